// engram report: a model file to one HTML page, for whoever asks what the model is worth and what it costs.
import { UserError } from "../../spec/user-error.ts";
import type { Output } from "../output.ts";
import type { Evaluation } from "../report/evaluation.ts";
import type { HeldOut } from "../report/held-out.ts";
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
      .option(
        "--data <folder...>",
        "recordings or sequences, to show what the model makes of them (default: what a model of sequences keeps of its test)",
      )
      .option(
        "--split <split>",
        "of these recordings: train, val or test (default: test)",
        oneOf("--split", ["train", "val", "test"]),
      );
  },
  async run({ operands: [file], options, output, signal }) {
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const { byClass } = await import("../report/evaluation.ts");
    const { keptTest } = await import("../report/held-out.ts");
    const { reportMark, reportPage } = await import("../report/page.ts");
    const { readSubject } = await import("../report/subject.ts");
    if (options.split && !options.data)
      throw new UserError("--split is of --data", "give --data, or leave --split out", { usage: true });
    const subject = readSubject(file);
    const { sequenceTaskOf } = await import("../sequence-task.ts");
    const ofSequences = !subject.frontEnd && sequenceTaskOf(file) !== undefined;
    if (options.data && !subject.frontEnd && !ofSequences)
      throw new UserError(`${file} takes no sound`, "leave --data out");
    const out = options.out ?? `${file.replace(/\.(model|engram)$/, "")}.html`;
    checkPlace(out, { name: "report", begins: (head) => head.includes(reportMark) });
    const { data, split = "test" } = options;
    const evaluation = data && !ofSequences ? await evaluate(file, data, split, output, signal) : undefined;
    const held = data && ofSequences ? await examine(file, data, split, output, signal) : keptTest(subject);
    const page = Buffer.from(reportPage(subject, evaluation, held));
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
      ...(held && {
        metric: held.measure.name,
        on: held.on,
        split: held.split,
        scores: held.found.scores,
        ...(held.found.confusion && {
          confusion: held.found.confusion,
          classes: byClass({ labels: held.labels, confusion: held.found.confusion }).map(({ clips, ...rest }) => ({
            ...rest,
            sequences: clips,
          })),
        }),
        ...(held.found.values && { values: held.found.values }),
        notices: held.notices,
      }),
    });
    output.line(`${out}: ${page.length.toLocaleString("en")} bytes; open it in a browser`);
  },
};

async function examine(
  file: string,
  paths: string[],
  split: "train" | "val" | "test",
  output: Output,
  signal: AbortSignal,
): Promise<HeldOut> {
  const { examineModel } = await import("../sequence-task.ts");
  if (split === "train")
    throw new UserError("a model of sequences is measured on val or test", "give one of these", { usage: true });
  let held: HeldOut | undefined;
  await examineModel(file, { data: paths, split }, output, signal, async ({ found, runner, task, data, notices }) => {
    const [[name, { unit, better }]] = Object.entries(task.metrics);
    const measure = { name, unit, better };
    held = { found, measure, labels: task.labels ?? [], split, on: runner.name, data: data.name, notices };
  });
  return held!;
}

async function evaluate(
  file: string,
  folders: string[],
  split: "train" | "val" | "test",
  output: Output,
  signal: AbortSignal,
): Promise<Evaluation> {
  const { Notices } = await import("../../data/notices.ts");
  const { readDataSets } = await import("../../data/data-set.ts");
  const { evaluateClips } = await import("../../tasks/keywords/evaluation.ts");
  const { withListener } = await import("../listener.ts");
  const notices = new Notices();
  let found: Evaluation | undefined;
  await withListener(file, {}, output, signal, async (listener) => {
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
