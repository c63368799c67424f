// engram energy: the energy of a board's associative memory, step by step from a pattern, or as it is.
import { type BoardOptions, declareBoard } from "../board-options.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { binary?: boolean };

export const verb: Verb<Options> = {
  summary: "read the energy of the associative memory that a board runs, as it is or while it recalls",
  examples: ["engram energy --port /dev/ttyACM0", "engram energy damaged.txt"],
  declare(command) {
    command.argument("[file]", "pattern from which it recalls; without one: of its state now");
    command.option("--binary", "numbers are 0 and 1");
    declareBoard(command);
  },
  async run({ operands: [file], options, output }) {
    const { withBoard } = await import("../board.ts");
    const { readPattern } = await import("../pattern-file.ts");
    const { memoryOf, checkPattern, energyOf, recall } = await import("../memory.ts");
    const pattern = file === undefined ? undefined : readPattern(file, options.binary);
    await withBoard(options, output, async (session) => {
      const memory = await memoryOf(session);
      if (pattern) checkPattern(memory, pattern, false);
      const energies = pattern ? (await recall(memory, pattern.values, 50, true)).energies : [await energyOf(memory)];
      energies.forEach((energy, i) => {
        output.line(pattern ? `step ${i + 1}: ${energy}` : `${energy}`);
      });
      output.value({ board: session.hello.board, energies });
    });
  },
};
