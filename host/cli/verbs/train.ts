// engram train: recordings, sequences of numbers, or a task's data to a float model.
import { meant, UserError } from "../../spec/user-error.ts";
import { clock, goesOn, left } from "../progress.ts";
import { numberAbove, oneOf, refuseStray, wholeNumber, wordList } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = {
  data?: string[];
  out: string;
  cell?: string;
  units?: number;
  words?: string[];
  seed: number;
  rate?: "8000" | "16000";
  hop?: number;
  bands?: number;
  epochs?: number;
  steps?: number;
  negatives?: number;
  learningRate?: number;
  optimizer?: "adam" | "sgd";
  patience?: number;
  label?: string;
  group?: string;
  sequence?: string;
  inputs?: string[];
  targets?: string[];
  window?: number;
  splitSeed?: number;
  queue?: string;
  threads?: number;
};

/** Options that only sound has. */
const ofSound = ["words", "rate", "bands", "hop", "epochs", "negatives", "optimizer"] as const;
/** Options that only users' own sequences have. */
const ofSequences = ["label", "group", "sequence", "inputs", "targets", "window", "splitSeed"] as const;

export const verb: Verb<Options> = {
  summary: "train a model: words from recordings, sequences of your own, or one of the tasks of `engram tasks`",
  examples: [
    "engram train keywords --data recordings --words yes,no --out kws.model",
    "engram train keywords --data recordings --cell lstm --units 48 --seed 2 --out kws.model",
    "engram train reber --cell elman --out reber.model",
    "engram train classify --data gestures.csv --cell gru --units 24 --out gestures.model",
    "engram train predict --data plant.csv --targets temperature --out plant.model",
    "engram train double-pole --queue redis://localhost:6379 --out poles.model",
  ],
  declare(command) {
    command
      .argument("<task>", "what to learn: keywords, classify or predict, or a task that `engram tasks` lists")
      .option(
        "--data <folder...>",
        "folders of recordings; for classify and predict files or folders of sequences (CSV, NDJSON, npy); for other tasks the folder of real data sets, if they read any",
      )
      .requiredOption("--out <file>", "the model to write (.model)")
      .option(
        "--cell <cell>",
        "a cell (`lstm+peepholes` with an option), the path of your own cell's source, or an architecture of the task (default: gru, for a task its first)",
      )
      .option(
        "--units <n>",
        "length of the cell's state (default: 64 for keywords, 32 for sequences of your own, else the task's)",
        wholeNumber("--units", 1, 512),
      )
      .option(
        "--words <list>",
        "words to tell apart; unknown and silence are added (default: the labels of the data)",
        wordList("--words"),
      )
      .option("--seed <n>", "the same seed gives the same model", wholeNumber("--seed", 0), 1)
      .option(
        "--rate <hz>",
        "samples a second that the model hears (default: 16000)",
        oneOf("--rate", ["8000", "16000"]),
      )
      .option("--bands <n>", "values of a frame", wholeNumber("--bands", 1, 64))
      .option("--hop <ms>", "milliseconds from frame to frame, at most 32 (default: 20)", wholeNumber("--hop", 1, 32))
      .option("--steps <n>", "steps of training, for tasks other than keywords", wholeNumber("--steps", 1, 1e7))
      .option("--epochs <n>", "passes over the recordings", wholeNumber("--epochs", 1, 10000))
      .option(
        "--negatives <n>",
        "clips of sounds that are no words, made for training",
        wholeNumber("--negatives", 0, 100000),
      )
      .option(
        "--optimizer <name>",
        "adam (AdamW, the default) or sgd (momentum 0.9)",
        oneOf("--optimizer", ["adam", "sgd"]),
      )
      .option("--learning-rate <x>", "greatest step size", numberAbove("--learning-rate", 0, 1))
      .option(
        "--patience <n>",
        "end after so many epochs without a better validation (default: never)",
        wholeNumber("--patience", 1, 10000),
      )
      .option("--label <column>", "of sequences: the column that holds their class (default: label)")
      .option(
        "--group <column>",
        "of sequences: the column of persons or places, each wholly in train, val or test (default: group, person, writer or speaker)",
      )
      .option(
        "--sequence <column>",
        "of sequences: the column that tells them apart (default: sequence or id, else each file is one)",
      )
      .option("--inputs <columns>", "of sequences: the only inputs (default: all other columns)", wordList("--inputs"))
      .option(
        "--targets <columns>",
        "for predict: the columns to predict, step by step (default: the inputs of the next step)",
        wordList("--targets"),
      )
      .option(
        "--window <n>",
        "for predict: steps of a sequence that are learnt from at a time (default: 100)",
        wholeNumber("--window", 2, 4096),
      )
      .option(
        "--split-seed <n>",
        "of sequences: another division into train, val and test (default: 1)",
        wholeNumber("--split-seed", 0),
      )
      .option(
        "--queue <url>",
        "of evolved weights: candidates are judged by the workers (`engram worker`) of a queue, redis://HOST:PORT",
      )
      .option(
        "--threads <n>",
        "of evolved weights: threads that judge candidates here (default: one a core)",
        wholeNumber("--threads", 1, 256),
      );
  },
  async run({ operands: [task], options, output, signal }) {
    const { createHash } = await import("node:crypto");
    const { rmSync } = await import("node:fs");
    const { Notices } = await import("../../data/notices.ts");
    const { isPath, partsOf } = await import("../../compile/load.ts");
    const { readDataSets } = await import("../../data/data-set.ts");
    const { encodeFloatModel, floatModelFile, writeFloatModel } = await import("../../model/float-model.ts");
    const { checkPlace } = await import("../../model/whole-file.ts");
    const { keywordFrontEnd, narrowFrontEnd } = await import("../../spec/frontend.ts");
    const { drawCurves } = await import("../report/beside.ts");
    const { trainKeywords } = await import("../../tasks/keywords/keywords.ts");
    const { cell: named = "gru", units = 64, rate = "16000", hop: hopMs = 20, data, steps } = options;
    if (task !== "keywords") {
      const { taskNames } = await import("../../tasks/registry.ts");
      const { isOwn, ownTasks } = await import("../../tasks/own-data/own-data.ts");
      const known = ["keywords", ...ownTasks, ...taskNames()];
      if (!known.includes(task)) throw new UserError(`there is no task ${task}`, meant(task, known), { usage: true });
      refuseStray(options, ofSound, `keywords, not for ${task}`);
      if (!isOwn(task)) refuseStray(options, ofSequences, `${ownTasks.join(" and ")}, not for ${task}`);
      if (task === "classify") refuseStray(options, ["targets", "window"], "predict, not for classify");
      const { trainOn } = await import("../sequence-task.ts");
      return trainOn(task, { ...options, reading: readingOf(options) }, output, signal);
    }
    refuseStray(options, ofSequences, "classify and predict, not for keywords");
    refuseStray(options, ["queue", "threads"], "tasks whose weights are evolved, not for keywords");
    if (!data)
      throw new UserError("keywords are trained from recordings", "give their folders: --data FOLDER", { usage: true });
    if (steps) throw new UserError("--steps is for other tasks than keywords", "give --epochs", { usage: true });
    checkPlace(options.out, floatModelFile);
    const notices = new Notices();
    const labels = labelsOf((await readDataSets(data, new Notices())).clips, options.words);
    output.note(`labels: ${labels.join(", ")}`);
    const checkpoint = `${options.out}.checkpoint`;
    const going = goesOn(output, checkpoint);
    const base = rate === "8000" ? narrowFrontEnd : keywordFrontEnd;
    const hop = (base.sampleRate * hopMs) / 1000;
    const frontEnd = { ...base, hop, bands: options.bands ?? base.bands };
    const recipe = {
      ...(options.epochs !== undefined && { epochs: options.epochs }),
      ...(options.negatives !== undefined && { negatives: options.negatives }),
      ...(options.learningRate !== undefined && { rate: options.learningRate }),
      ...(options.optimizer === "sgd" && { optimizer: options.optimizer }),
      ...(options.patience !== undefined && { patience: options.patience }),
    };
    const begun = performance.now();
    const model = await trainKeywords(
      {
        data,
        labels,
        cell: named,
        units,
        seed: options.seed,
        frontEnd,
        recipe,
        checkpoint,
      },
      notices,
      (now) => {
        going();
        output.progress(progressLine(now), now.step === now.steps ? now.epoch : now.epoch - 1);
      },
      signal,
    );
    output.endProgress();
    for (const line of notices.lines) output.note(line);
    if (!model) {
      output.note(`stopped; the same command goes on from ${checkpoint}`);
      throw new Error("stopped");
    }
    writeFloatModel(options.out, model);
    rmSync(checkpoint, { force: true });
    const curves = drawCurves(options.out, model.training.history ?? [], output.note);
    const sha256 = createHash("sha256").update(encodeFloatModel(model)).digest("hex");
    const seconds = (performance.now() - begun) / 1000;
    const { accuracy } = model.training;
    const cell = isPath(named) ? [model.layers[0].cell.name, ...partsOf(named).slice(1)].join("+") : named;
    output.value({
      out: options.out,
      labels,
      cell,
      units,
      seed: options.seed,
      accuracy,
      seconds,
      sha256,
      curves,
      notices: notices.lines,
    });
    output.line(
      `${options.out}: ${cell}-${units}, ${(100 * accuracy.val).toFixed(2)} % of validation clips, in ${clock(seconds)}`,
    );
  },
};

function readingOf({ label, group, sequence, inputs, targets, window = 100, splitSeed = 1 }: Options) {
  const naming = {
    ...(label !== undefined && { label }),
    ...(group !== undefined && { group }),
    ...(sequence !== undefined && { sequence }),
    ...(inputs && { inputs }),
    ...(targets && { targets }),
  };
  return { naming, window, splitSeed };
}

/** The words, then `unknown` (if the data has other words) and `silence`; without words the labels of the data. */
function labelsOf(clips: readonly { label: string; word: string }[], words: readonly string[] | undefined): string[] {
  const special = ["unknown", "silence"];
  const found = [...new Set(clips.map(({ label }) => label))].sort();
  if (!words)
    return [...found.filter((label) => !special.includes(label)), ...special.filter((label) => found.includes(label))];
  const others = clips.some(
    ({ label, word }) => label !== "silence" && !words.includes(label) && !words.includes(word),
  );
  return [...words, ...special.filter((label) => !words.includes(label) && (label === "silence" || others))];
}

type Now = { epoch: number; epochs: number; loss: number; accuracy: number; validation?: number; secondsLeft?: number };

function progressLine({ epoch, epochs, loss, accuracy, validation, secondsLeft }: Now): string {
  const checked = validation === undefined ? "" : `, validation ${(100 * validation).toFixed(1)} %`;
  return `epoch ${epoch} of ${epochs}: loss ${loss.toPrecision(4)}, ${(100 * accuracy).toFixed(1)} % right${checked}${left({ secondsLeft })}`;
}
