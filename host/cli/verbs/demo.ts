// engram demo, and `npm start`: a board that hears keywords, on this machine. Starts it, flashes the model that ships, streams
// recordings as fast as they are spoken, and compares what was heard with what was said.
import type { Output } from "../output.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "watch a board on this machine hear keywords",
  examples: ["engram demo", "engram demo recording.wav"],
  declare(command) {
    command.argument(
      "[source]",
      "wav or FLAC file, folder of them, or - for raw samples (default: recordings that ship)",
    );
  },
  async run({ operands: [source], output, signal }) {
    const { join } = await import("node:path");
    const { packageRoot } = await import("../../compile/assembly.ts");
    const { cacheFolder } = await import("../../boards/build.ts");
    const { withBoard } = await import("../board.ts");
    const { checkSource } = await import("../sound-source.ts");
    const { describe, opCodes, openModel } = await import("../model-file.ts");
    const { demonstrate, readSaid } = await import("../demonstration.ts");
    const models = join(packageRoot(), "models");
    const sound = source ?? join(models, "demo");
    checkSource(sound);
    const model = openModel(join(models, "keywords.engram"));
    const { cell, labels, weightBytes } = describe(model);
    const board = await chooseBoard(output);
    await withBoard({ board, flash: join(cacheFolder(), "demo.flash") }, output, async (session) => {
      output.line(`board   ${session.hello.board}, kernels ${session.hello.kernels}`);
      output.line(`model   ${cell}, ${weightBytes.toLocaleString("en")} bytes of weights; hears ${labels.join(", ")}`);
      await session.flashModel(model.file, { ops: opCodes(model), signal });
      output.line(`flashed ${model.file.length.toLocaleString("en")} bytes over the link`);
      await demonstrate(session, sound, source ? [] : readSaid(sound), output, signal);
    });
  },
};

// The firmware as a process where it can be built, else the same messages answered inside Node.
async function chooseBoard(output: Output): Promise<string> {
  const { missingTools, nativeProgram } = await import("../../boards/build.ts");
  const { UserError } = await import("../../spec/user-error.ts");
  const missing = await missingTools();
  try {
    if (!missing) await nativeProgram(output.note);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    output.note(`${error.message}; a board inside Node takes its place, with V8 instead of wasm3`);
    return "node";
  }
  if (!missing) return "native";
  output.note(`${missing.what} (${missing.hint}); a board inside Node takes its place, with V8 instead of wasm3`);
  return "node";
}
