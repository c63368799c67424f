// engram state: the states of a board's model, to a file and back.
import { UserError } from "../../spec/user-error.ts";
import { type BoardOptions, declareBoard } from "../board-options.ts";
import { oneOf } from "../values.ts";
import type { Verb } from "../verb.ts";

/** What stands in the file. */
type Saved = { engram: "state"; model: string; states: string; sha256: string };

const doings = ["save", "restore"] as const;

export const verb: Verb<BoardOptions> = {
  summary: "save the states of a board's model in a file, or restore them",
  examples: ["engram state save kws.state --port /dev/ttyACM0", "engram state restore kws.state --port /dev/ttyACM0"],
  declare(command) {
    command.argument("<doing>", doings.join(" or "));
    command.argument("<file>", "file of states (JSON)");
    declareBoard(command);
  },
  async run({ operands: [doing, file], options, output }) {
    const { createHash } = await import("node:crypto");
    const { readFileSync } = await import("node:fs");
    const { withBoard } = await import("../board.ts");
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const save = oneOf("the first word", doings)(doing) === "save";
    const hash = (states: Uint8Array) => createHash("sha256").update(states).digest("hex");
    const saved = save ? undefined : read(readFileSync(file, "utf8"), file, hash);
    if (save) checkPlace(file);
    await withBoard(options, output, async (session) => {
      const { sha256 } = await session.status();
      const running = Buffer.from(await session.saveStates());
      const states = saved ? Buffer.from(saved.states, "base64") : running;
      if (saved?.model === sha256 && states.length !== running.length)
        throw new UserError(
          `${file} holds ${states.length} bytes of states; the board's model has ${running.length}`,
          "give a file that `engram state save` wrote with this model",
        );
      if (saved) await session.restoreStates(states, saved.model);
      const content: Saved = {
        engram: "state",
        model: sha256,
        states: states.toString("base64"),
        sha256: hash(states),
      };
      if (save) writeWhole(file, Buffer.from(`${JSON.stringify(content)}\n`));
      output.value({ board: session.hello.board, model: sha256, bytes: states.length, [doing]: file });
      output.line(
        `${file}: ${states.length} bytes of states ${save ? "saved" : "restored"}, model ${sha256.slice(0, 12)}`,
      );
    });
  },
};

function read(text: string, file: string, hash: (states: Uint8Array) => string): Saved {
  let saved: Saved | undefined;
  try {
    saved = JSON.parse(text) as Saved;
  } catch {
    // said below
  }
  if (saved?.engram !== "state" || !/^[0-9a-f]{64}$/.test(saved.model) || typeof saved.states !== "string")
    throw new UserError(`${file} holds no states`, "give a file that `engram state save` wrote");
  const states = Buffer.from(saved.states, "base64");
  if (states.toString("base64") !== saved.states || hash(states) !== saved.sha256)
    throw new UserError(`${file} is damaged: its checksum does not match`, "copy it again, or save the states again");
  return saved;
}
