// engram synthesize: recordings of any words without a microphone.
import { wholeNumber, wordList } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = {
  words: string[];
  out: string;
  takes: number;
  others: number;
  text?: string;
  with: string[];
  seed: number;
};

export const verb: Verb<Options> = {
  summary: "make recordings of your own words with speech synthesizers",
  examples: [
    "engram synthesize --words start,stop --out my-words",
    "engram train keywords --data my-words --out my.model",
  ],
  declare(command) {
    command
      .requiredOption("--words <list>", "words, separated by commas", wordList("--words"))
      .requiredOption("--out <folder>", "new folder for the recordings")
      .option("--takes <n>", "clips of each word", wholeNumber("--takes", 1), 200)
      .option("--others <n>", "other words, as examples of unknown (up to 35)", wholeNumber("--others", 0, 35), 20)
      .option("--text <file>", "text to read aloud, as further examples of unknown")
      .option("--with <list>", "synthesizers: flite, espeak", wordList("--with"), ["flite"])
      .option("--seed <n>", "the same seed gives the same recordings", wholeNumber("--seed", 0), 1);
  },
  async run({ options, output, signal }) {
    const { readText, synthesize } = await import("../synthesize.ts");
    const { synthesizerNames } = await import("../synthesizer.ts");
    const { UserError } = await import("../../spec/user-error.ts");
    for (const name of options.with) {
      if (synthesizerNames().includes(name)) continue;
      throw new UserError(`there is no synthesizer "${name}"`, `there are ${synthesizerNames().join(", ")}`, {
        usage: true,
      });
    }
    const plan = { ...options, synthesizers: options.with, text: options.text && readText(options.text) };
    const made = await synthesize(
      plan,
      options.out,
      (done, all) => output.progress(`speaking: ${done} of ${all}`, Math.floor((10 * done) / all)),
      signal,
    );
    output.value({ out: options.out, ...made });
    output.line(`${made.clips} clips of ${made.speakers} speakers and ${made.noises} noises in ${options.out}`);
  },
};
