// What a model file runs on: the float network, the integer engine in V8, or a board that gets the file first.
import { createHash } from "node:crypto";
import { boardListener } from "../boards/board-listener.ts";
import { decodeFloatModel } from "../model/float-model.ts";
import { readWhole } from "../model/whole-file.ts";
import { UserError } from "../spec/user-error.ts";
import { floatListener, integerListener, type Listener } from "../tasks/keywords/listener.ts";
import { withModel } from "./board.ts";
import { type BoardOptions, placeOf } from "./board-options.ts";
import { isFloatModel, notQuantized, openModel } from "./model-file.ts";
import type { Output } from "./output.ts";

/**
 * Opens the file for `on` and hands over what hears, with the SHA-256 of the file's bytes.
 * @throws UserError if the file cannot run there
 */
export async function withListener(
  file: string,
  options: BoardOptions & { on?: string },
  output: Output,
  signal: AbortSignal,
  use: (listener: Listener, sha256: string) => Promise<void>,
): Promise<void> {
  const bytes = readWhole(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const isFloat = isFloatModel(file);
  const on = placeOf(options) ?? (isFloat ? "float" : "v8");
  if (isFloat !== (on === "float")) {
    throw isFloat
      ? notQuantized(file, ", or give --on float")
      : new UserError(`${file} holds integers, no float network`, "give the .model file it was quantized from");
  }
  if (on === "float") return use(floatListener(decodeFloatModel(bytes, file)), sha256);
  if (on === "v8") return use(integerListener(bytes, file), sha256);
  const subject = { file, model: openModel(file) };
  await withModel(subject, { ...options, board: on }, output, signal, async (session) =>
    use(await boardListener(session), sha256),
  );
}
