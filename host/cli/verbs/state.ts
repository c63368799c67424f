// engram state: the states of a board's model, to a file and back.
import { type BoardOptions, boardOf, declareBoard } from "../board-options.ts";
import { oneOf } from "../values.ts";
import type { Verb } from "../verb.ts";

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
    const { withBoard } = await import("../board.ts");
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const { hashOf, readStates, restore, stateFile } = await import("../state-file.ts");
    const save = oneOf("the first word", doings)(doing) === "save";
    const kind = boardOf(options) ?? "native";
    if (kind !== "serial")
      output.note(
        `a board of kind ${kind} begins anew with each command, its states too; give --port of one that runs, or use \`engram stream --state FILE\``,
      );
    const saved = save ? undefined : readStates(file);
    if (save) checkPlace(file, stateFile);
    await withBoard(options, output, async (session) => {
      const { sha256 } = await session.status();
      const states = save ? Buffer.from(await session.saveStates()) : undefined;
      const bytes = saved ? await restore(session, saved, file) : states!.length;
      if (states) {
        const content = { engram: "state", model: sha256, states: states.toString("base64"), sha256: hashOf(states) };
        writeWhole(file, Buffer.from(`${JSON.stringify(content)}\n`));
      }
      output.value({ board: session.hello.board, model: sha256, bytes, [doing]: file });
      output.line(`${file}: ${bytes} bytes of states ${save ? "saved" : "restored"}, model ${sha256.slice(0, 12)}`);
    });
  },
};
