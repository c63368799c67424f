// engram teach: patterns into the associative memory of a board, which keeps them through resets.
import { type BoardOptions, declareBoard } from "../board-options.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { binary?: boolean; forget?: string; list?: boolean };

/** Values of a row of what is listed: drawings have any width, which the board does not keep. */
const listed = 16;

export const verb: Verb<Options> = {
  summary: "teach the associative memory that a board runs patterns, which it keeps through resets",
  examples: [
    "engram teach letter-a.txt letter-b.txt",
    "engram teach --forget 2 --port /dev/ttyACM0",
    "engram teach --list",
  ],
  declare(command) {
    command.argument("[files...]", "patterns: rows of # and ., or numbers 1 and -1; of a pair x, then y");
    command.option("--binary", "numbers are 0 and 1");
    command.option("--forget <number>", "forget a pattern by its number, whose place the last one takes, or all");
    command.option("--list", "say what the memory holds");
    declareBoard(command);
  },
  async run({ operands: files, options, output }) {
    const { UserError } = await import("../../spec/user-error.ts");
    const { withBoard } = await import("../board.ts");
    const { readPattern, drawPattern } = await import("../pattern-file.ts");
    const { memoryOf, checkPattern, cautions, forget, teach } = await import("../memory.ts");
    if (files.length === 0 && options.forget === undefined && !options.list)
      throw new UserError("there is nothing to teach", "give files with patterns, --list or --forget", { usage: true });
    const patterns = files.map((file) => readPattern(file, options.binary));
    await withBoard(options, output, async (session) => {
      const memory = await memoryOf(session);
      for (const pattern of patterns) checkPattern(memory, pattern, true);
      const count = memory.learned.length;
      if (options.forget !== undefined) {
        const number = options.forget === "all" ? undefined : Number(options.forget);
        if (number !== undefined && !(Number.isInteger(number) && number >= 1 && number <= count))
          throw new UserError(
            `there is no pattern ${options.forget}`,
            count > 0 ? `give a number from 1 to ${count}, or all` : "the memory holds none",
          );
        await forget(memory, number === undefined ? undefined : number - 1);
        output.line(number === undefined ? `forgot all ${count} patterns` : `forgot pattern ${number}`);
      }
      for (const pattern of patterns) {
        for (const caution of cautions(memory, pattern)) output.note(caution);
        const number = await teach(memory, pattern);
        output.line(`${pattern.name}: learned as pattern ${number + 1}`);
      }
      if (options.list && memory.learned.length === 0) output.line("the memory holds no pattern");
      const rows = memory.layers.flatMap((units) => [
        ...Array(Math.floor(units / listed)).fill(listed),
        units % listed,
      ]);
      if (options.list)
        memory.learned.forEach((values, i) => {
          output.line(values ? `pattern ${i + 1}:` : `pattern ${i + 1}: of another model`);
          if (values) for (const line of drawPattern(values, rows)) output.line(`  ${line}`);
        });
      const stored = options.list ? { stored: memory.learned.map((values) => (values ? [...values] : null)) } : {};
      output.value({ board: session.hello.board, model: memory.sha256, patterns: memory.learned.length, ...stored });
    });
  },
};
