// engram quantize: a float model to the file that boards run.
import { UserError } from "../../spec/user-error.ts";
import { numberAbove, refuseStray } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = { data?: string[]; out: string; threshold?: number; hours?: number; for?: string };

export const verb: Verb<Options> = {
  summary: "turn a trained model into the integers that boards run, and say what that costs",
  examples: ["engram quantize kws.model --data recordings --out kws.engram"],
  declare(command) {
    command
      .argument("<file>", "trained model (.model)")
      .option(
        "--data <folder...>",
        "folders of recordings, whose validation part calibrates and chooses the threshold; for other tasks than keywords the folder of real data sets, if they read any",
      )
      .requiredOption("--out <file>", "the model file to write (.engram)")
      .option(
        "--threshold <p>",
        "probability above which a word is detected (default: chosen on a stream)",
        numberAbove("--threshold", 0, 0.999),
      )
      .option("--for <board>", "refuse a model that this board has no room for (see `engram boards`)")
      .option("--hours <h>", "length of that stream (default: 2)", numberAbove("--hours", 0, 100));
  },
  async run({ operands: [file], options, output, signal }) {
    const { createHash } = await import("node:crypto");
    const { Notices } = await import("../../data/notices.ts");
    const { readFloatModel } = await import("../../model/float-model.ts");
    const { modelFile } = await import("../../model/container.ts");
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const { quantizeKeywords } = await import("../../tasks/keywords/quantize-keywords.ts");
    const { showQuantization, showThreshold } = await import("../scores.ts");
    const { boardKind } = await import("../../boards/registry.ts");
    const known = options.for === undefined ? undefined : (await boardKind(options.for)).limits;
    if (options.for !== undefined && !known)
      throw new UserError(
        `boards of kind ${options.for} differ in their limits`,
        "`engram flash` says whether one fits",
      );
    const limits = known && { board: options.for!, ...known };
    checkPlace(options.out, modelFile);
    const model = readFloatModel(file);
    if (model.training.task !== "keywords") {
      refuseStray(options, ["threshold", "hours"], `keywords, not for ${model.training.task}`);
      const { quantizeFor } = await import("../sequence-task.ts");
      return quantizeFor(model, options.data, options.out, output, limits);
    }
    const { data, hours = 2 } = options;
    if (!data)
      throw new UserError("a model of keywords is quantized with recordings", "give their folders: --data FOLDER", {
        usage: true,
      });
    const notices = new Notices();
    output.note(`calibrating on validation clips of ${data.join(", ")}`);
    let part = 1; // the stream, then each kind of sound that is no word
    let before = 0;
    const tell = (done: number, all: number): void => {
      if (done < before) part++;
      before = done;
      const percent = Math.round((100 * done) / all);
      output.progress(`choosing the threshold, sounds ${part} of 4: ${percent} %`, Math.floor((4 * done) / all));
    };
    const made = await quantizeKeywords(model, { ...options, data, hours, limits }, notices, tell, signal);
    output.endProgress();
    writeWhole(options.out, made.file);
    for (const line of notices.lines) output.note(line);
    const sha256 = createHash("sha256").update(made.file).digest("hex");
    const { report, threshold, stream, rareEnough } = made;
    output.value({
      out: options.out,
      bytes: made.file.length,
      sha256,
      threshold,
      ...report,
      stream,
      notices: notices.lines,
    });
    output.line(`${options.out}: ${made.file.length.toLocaleString("en")} bytes, threshold ${threshold}`);
    showQuantization(output, report);
    const chosen = stream.find((result) => result.threshold === threshold);
    if (!chosen) return;
    showThreshold(output, chosen);
    if (!rareEnough)
      output.note(`no threshold keeps false detections rare; ${threshold} is the highest that was tried`);
    if (!chosen.hits) output.note("it hears none of its words there: train longer, or with more recordings");
  },
};
