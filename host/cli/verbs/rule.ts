// engram rule: what a board that listens by itself does on a detection.
import { type BoardOptions, declareBoard, declareMicrophone } from "../board-options.ts";
import { numberAbove, wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { pin?: number; threshold?: number; hold: number; forget?: boolean };

const dayMs = 24 * 3600 * 1000;

export const verb: Verb<Options> = {
  summary: "let a board with a microphone drive a pin on what it hears, with no host attached",
  examples: [
    "engram rule yes --pin 13 --port /dev/ttyACM0",
    "engram rule no --pin 12 --threshold 0.8 --hold 2000 --port /dev/ttyACM0",
    "engram rule --port /dev/ttyACM0",
    "engram rule yes --forget --port /dev/ttyACM0",
  ],
  declare(command) {
    command.argument("[label]", "a label of the board's model; none: say which rules there are");
    command.option("--pin <number>", "the pin that goes high", wholeNumber("--pin", 0, 127));
    command.option(
      "--threshold <score>",
      "the least score (default: what the model asks for)",
      numberAbove("--threshold", 0, 1),
    );
    command.option("--hold <ms>", "milliseconds until it goes low again", wholeNumber("--hold", 1, dayMs), 500);
    command.option("--forget", "forget the label's rules; without a label all");
    declareBoard(command);
    declareMicrophone(command);
  },
  async run({ operands: [label], options, output }) {
    const { UserError, meant } = await import("../../spec/user-error.ts");
    const { withBoard } = await import("../board.ts");
    const { rulesOf, setRule, forgetRules, said } = await import("../rules.ts");
    const { modelLabels } = await import("../../boards/listening.ts");
    const { pin, threshold = 0, hold: holdMs, forget } = options;
    if (forget && pin !== undefined)
      throw new UserError("give --forget or --pin, not both", "--forget alone takes the label's rules away", {
        usage: true,
      });
    if (pin !== undefined && label === undefined)
      throw new UserError("--pin wants a label", "for example `engram rule yes --pin 13`", { usage: true });
    if (label !== undefined && pin === undefined && !forget)
      throw new UserError(`what is to be done on ${label}?`, "give --pin NUMBER, or --forget", { usage: true });
    await withBoard(options, output, async (session) => {
      const rules = await rulesOf(session);
      if (forget) {
        const count = await forgetRules(session, rules, label);
        const which = label === undefined ? "" : ` for ${label}`;
        if (count === 0) throw new UserError(`the board has no rule${which}`, "`engram rule` says which it has");
        output.line(`forgot ${count} rule${count > 1 ? "s" : ""}${which}`);
      } else if (label !== undefined) {
        const { labels, quiet } = await modelLabels(session);
        if (!labels.includes(label))
          throw new UserError(`the board's model has no label ${label}`, meant(label, labels));
        if (quiet.includes(label))
          throw new UserError(
            `${label} is never detected`,
            `rules are for ${labels.filter((each) => !quiet.includes(each)).join(", ")}`,
          );
        const rule = { label, pin: pin!, threshold, holdMs };
        await setRule(session, rules, rule);
        output.line(said(rule));
      }
      const now = (await rulesOf(session)).filter((rule) => rule !== undefined);
      if (label === undefined && !forget)
        for (const line of now.length > 0 ? now.map(said) : ["the board has no rules"]) output.line(line);
      output.value({ board: session.hello.board, rules: now });
    });
  },
};
