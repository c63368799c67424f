// engram recall: what the associative memory of a board makes of a damaged pattern.
import { type BoardOptions, declareBoard } from "../board-options.ts";
import { wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { binary?: boolean; steps?: string };

export const verb: Verb<Options> = {
  summary: "recall a pattern from a damaged one by the associative memory that a board runs",
  examples: ["engram recall damaged.txt", "engram recall damaged.txt --port /dev/ttyACM0 --json"],
  declare(command) {
    command.argument(
      "<file>",
      "pattern: rows of # and . (? where nothing is known), or numbers; of a pair x is enough",
    );
    command.option("--binary", "numbers are 0 and 1");
    command.option("--steps <n>", "steps at most", "50");
    declareBoard(command);
  },
  async run({ operands: [file], options, output }) {
    const { withBoard } = await import("../board.ts");
    const { readPattern, drawPattern } = await import("../pattern-file.ts");
    const { memoryOf, checkPattern, nearest, recall } = await import("../memory.ts");
    const pattern = readPattern(file, options.binary);
    const steps = wholeNumber("--steps", 1, 1000)(options.steps ?? "50");
    await withBoard(options, output, async (session) => {
      const memory = await memoryOf(session);
      checkPattern(memory, pattern, false);
      if (memory.learned.length === 0) output.note("the memory has learned nothing: teach it with `engram teach`");
      const { values, steps: taken, ended, energies } = await recall(memory, pattern.values, steps, false);
      const energy = energies.at(-1)!;
      const near = nearest(memory, values);
      for (const line of drawPattern(values, pattern.rows)) output.line(line);
      const how = { settled: "settled", cycle: "goes back and forth between two states", unsettled: "has not settled" }[
        ended
      ];
      const which = near && `${near.overlap < 0 ? "the complement of " : ""}pattern ${near.number + 1}`;
      const like = near ? `, ${which} with an overlap of ${Math.abs(near.overlap).toFixed(3)}` : "";
      output.line(`${how} after ${taken} step${taken === 1 ? "" : "s"}${like}, energy ${energy}`);
      output.value({
        board: session.hello.board,
        values: [...values],
        pattern: near ? near.number + 1 : null,
        overlap: near?.overlap ?? null,
        steps: taken,
        ended,
        energy,
      });
    });
  },
};
