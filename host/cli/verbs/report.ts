// engram report: a model file to one HTML page, for whoever asks what the model is worth and what it costs.
import { UserError } from "../../spec/user-error.ts";
import type { Evaluation } from "../report/evaluation.ts";
import { oneOf } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = { out?: string; data?: string[]; split?: "train" | "val" | "test" };

export const verb: Verb<Options> = {
  summary: "make one HTML page of a model file: learning curves, costs, sizes, what it takes for what",
  examples: ["engram report kws.model", "engram report kws.engram --data recordings --out page.html"],
  declare(command) {
    command
      .argument("<file>", "model file (.engram, or .model as trained)")
      .option("--out <file>", "the page to write (default: the model's name with .html)")
      .option("--data <folder...>", "folders of recordings, to show what the model takes for what")
      .option(
        "--split <split>",
        "of these recordings: train, val or test (default: test)",
        oneOf("--split", ["train", "val", "test"]),
      );
  },
  async run({ operands: [file], options, output, signal }) {
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const { byClass } = await import("../report/evaluation.ts");
    const { reportMark, reportPage } = await import("../report/page.ts");
    const { mayReplace } = await import("../report/replacing.ts");
    const { readSubject } = await import("../report/subject.ts");
    if (options.split && !options.data)
      throw new UserError("--split is of --data", "give --data, or leave --split out", { usage: true });
    const subject = readSubject(file);
    if (options.data && !subject.frontEnd)
      throw new UserError(`${file} takes no sound`, "leave --data out; `engram evaluate` measures it on its task");
    const out = options.out ?? `${file.replace(/\.(model|engram)$/, "")}.html`;
    checkPlace(out);
    if (!mayReplace(out, reportMark))
      throw new UserError(`${out} is there already and is no report`, "choose another name with --out");
    const evaluation = options.data && (await evaluate(file, options.data, options.split ?? "test", output, signal));
    const page = Buffer.from(reportPage(subject, evaluation));
    writeWhole(out, page);
    const { sha256, history } = subject;
    output.value({
      out,
      bytes: page.length,
      sha256,
      epochs: history.length,
      ...(evaluation && {
        accuracy: evaluation.score.accuracy,
        clips: evaluation.score.clips,
        on: evaluation.on,
        split: evaluation.split,
        confusion: evaluation.score.confusion,
        classes: byClass(evaluation.score),
        notices: evaluation.notices,
      }),
    });
    output.line(`${out}: ${page.length.toLocaleString("en")} bytes; open it in a browser`);
  },
};

async function evaluate(
  file: string,
  folders: string[],
  split: "train" | "val" | "test",
  output: Parameters<Verb["run"]>[0]["output"],
  signal: AbortSignal,
): Promise<Evaluation> {
  const { Notices } = await import("../../data/notices.ts");
  const { readDataSets } = await import("../../data/data-set.ts");
  const { evaluateClips } = await import("../../tasks/evaluation.ts");
  const { withListener } = await import("../listener.ts");
  const notices = new Notices();
  let found: Evaluation | undefined;
  await withListener(file, {}, output, async (listener) => {
    const dataSet = await readDataSets(folders, notices, listener.labels);
    const tell = (done: number, all: number) =>
      output.progress(`clips: ${Math.round((100 * done) / all)} %`, Math.floor((4 * done) / all));
    const score = await evaluateClips(listener, dataSet, split, 1, notices, tell, signal);
    output.endProgress();
    found = { score, split, on: listener.name, data: dataSet.name, notices: notices.lines };
  });
  for (const line of notices.lines) output.note(line);
  return found!;
}
