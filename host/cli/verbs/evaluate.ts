// engram evaluate: what a model is worth, on clips or on hours of sound, as float network, in V8 or on a board.

import { UserError } from "../../spec/user-error.ts";
import { type BoardOptions, declareBoard } from "../board-options.ts";
import { numberAbove, oneOf, refuseStray, wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & {
  data?: string[];
  split: "train" | "val" | "test";
  stream?: boolean;
  hours?: number;
  seed?: number;
  gain?: number;
  on?: string;
};

export const verb: Verb<Options> = {
  summary: "measure a model on clips, or on hours of sound",
  examples: [
    "engram evaluate kws.engram --data recordings",
    "engram evaluate kws.engram --data recordings --stream --hours 2 --json",
    "engram evaluate kws.engram --data recordings --on native",
  ],
  declare(command) {
    command
      .argument("<file>", "model file (.engram, or .model for the float network)")
      .option(
        "--data <folder...>",
        "folders of recordings; for other tasks than keywords the folder of real data sets, if they read any",
      )
      .option("--split <split>", "train, val or test", oneOf("--split", ["train", "val", "test"]), "test")
      .option("--stream", "clips between gaps of noise, state never reset, instead of clip by clip")
      .option("--hours <h>", "length of the stream (default: 2)", numberAbove("--hours", 0, 1000))
      .option("--seed <n>", "of the stream (default: 1)", wholeNumber("--seed", 0))
      .option("--gain <x>", "make clips louder or quieter first, 0.1 for a tenth", numberAbove("--gain", 0, 1000))
      .option(
        "--on <where>",
        "float, v8, or a board: one started for it, or with --port yours, whose model it replaces (default: v8 for .engram, float for .model)",
      );
    declareBoard(command, "a temporary one");
  },
  async run({ operands: [file], options, output, signal }) {
    const { withListener } = await import("../listener.ts");
    const { readDataSets } = await import("../../data/data-set.ts");
    const { Notices } = await import("../../data/notices.ts");
    const { shareDone } = await import("../progress.ts");
    const { showClips, showStream } = await import("../scores.ts");
    const { evaluateClips, evaluateStream, evaluateUnheard } = await import("../../tasks/keywords/evaluation.ts");
    if (options.stream) refuseStray(options, ["gain"], "clips, not for --stream");
    const { sequenceTaskOf, evaluateOn } = await import("../sequence-task.ts");
    const task = sequenceTaskOf(file);
    if (task !== undefined) {
      refuseStray(options, ["stream", "gain", "hours", "seed"], `keywords, not for ${task}`);
      if (options.split === "train")
        throw new UserError(`${task} is measured on val or test`, "give one of these", { usage: true });
      return evaluateOn(task, file, { ...options, split: options.split }, output, signal);
    }
    if (!options.stream) refuseStray(options, ["hours", "seed"], "--stream");
    const { data, gain = 1, hours = 2, seed = 1 } = options;
    if (!data)
      throw new UserError("a model of keywords is measured on recordings", "give their folders: --data FOLDER", {
        usage: true,
      });
    const notices = new Notices();
    await withListener(file, options, output, signal, async (listener, sha256) => {
      const dataSet = await readDataSets(data, notices, listener.labels);
      const facts = {
        labels: listener.labels,
        on: listener.name,
        split: options.split,
        gain,
        sha256,
        data: dataSet.hash,
      };
      const tell = (what: string) => shareDone(output, what);
      const begun = performance.now();
      if (!options.stream) {
        const score = await evaluateClips(listener, dataSet, options.split, gain, notices, tell("clips"), signal);
        output.endProgress();
        const timesRealTime = score.seconds / ((performance.now() - begun) / 1000);
        const { decisions: _, seconds, ...rest } = score;
        output.value({ ...facts, ...rest, seconds, timesRealTime, notices: notices.lines });
        showClips(output, listener.name, score, timesRealTime);
      } else {
        const { threshold } = listener.decoder;
        const thresholds = [...new Set([threshold, 0.5, 0.6, 0.7, 0.8])].sort();
        const of = { hours, seed, thresholds, minutes: Math.min(20, 60 * hours) };
        const streams = await evaluateStream(listener, dataSet, options.split, of, notices, tell("stream"), signal);
        const sounds = await evaluateUnheard(
          listener,
          dataSet,
          options.split,
          of,
          notices,
          tell("other sounds"),
          signal,
        );
        output.endProgress();
        const chosen = streams.find((result) => result.threshold === threshold);
        output.value({
          ...facts,
          seed,
          ...chosen,
          thresholds: streams,
          unheard: sounds,
          notices: notices.lines,
        });
        showStream(output, listener.name, streams, sounds, threshold);
      }
    });
    for (const line of notices.lines) output.note(line);
  },
};
