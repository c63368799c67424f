// engram tune: how a model's results become detections, on a board that has it or in its file.

import { type BoardOptions, declareBoard } from "../board-options.ts";
import type { Tuning } from "../tune.ts";
import { numberAbove, wholeNumber } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & Tuning & { out?: string };

export const verb: Verb<Options> = {
  summary: "change when a model detects: its threshold, smoothing and pauses",
  examples: [
    "engram tune --port /dev/ttyACM0",
    "engram tune --threshold 0.7 --refractory 50 --port /dev/ttyACM0",
    "engram tune kws.engram --window 20 --out quick.engram",
  ],
  declare(command) {
    command.argument("[file]", "model file (.engram); none: the board's model");
    command.option(
      "--threshold <score>",
      "probability above which a label is detected",
      numberAbove("--threshold", 0, 1),
    );
    command.option("--rearm <score>", "probability below which it may be detected again", numberAbove("--rearm", 0, 1));
    command.option(
      "--refractory <frames>",
      "frames between detections, at least",
      wholeNumber("--refractory", 0, 65535),
    );
    command.option("--window <frames>", "frames that are averaged", wholeNumber("--window", 1, 255));
    command.option("--out <file>", "where the tuned file goes");
    declareBoard(command);
  },
  async run({ operands: [file], options, output, signal }) {
    const { UserError } = await import("../../spec/user-error.ts");
    const { tuned, tuningOf } = await import("../tune.ts");
    const { readModel } = await import("../../model/model.ts");
    const { opCodes, openModel } = await import("../model-file.ts");
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    const { modelFile } = await import("../../model/container.ts");
    const { withBoard } = await import("../board.ts");
    const { threshold, rearm, refractory, window, out } = options;
    const tuning = Object.fromEntries(
      Object.entries({ threshold, rearm, refractory, window }).filter(([, value]) => value !== undefined),
    );
    const changes = Object.keys(tuning).length > 0;
    const show = (bytes: Uint8Array): void => {
      const { threshold, rearm, refractory, window } = tuningOf(readModel(bytes, "the model"));
      output.value({ threshold, rearm, refractory, window });
      output.line(
        `threshold ${threshold.toFixed(2)}, rearm ${rearm.toFixed(2)}, refractory ${refractory} frames, window ${window} frames`,
      );
    };
    if (file !== undefined) {
      if (changes !== (out !== undefined))
        throw new UserError(
          changes ? "where does the tuned file go?" : "--out without a change",
          changes ? "give --out FILE" : "give --threshold, --rearm, --refractory or --window",
          { usage: true },
        );
      if (out !== undefined) checkPlace(out, modelFile);
      const model = openModel(file);
      const made = changes ? tuned(model, tuning) : model.file;
      if (out !== undefined) writeWhole(out, made);
      return show(made);
    }
    if (out !== undefined)
      throw new UserError("--out is for a file", "the board's model is tuned where it is", { usage: true });
    await withBoard(options, output, async (session) => {
      const model = readModel(await session.readModel(), "the board's model");
      const made = changes ? tuned(model, tuning) : model.file;
      if (changes) await session.flashModel(made, { ops: opCodes(model), signal });
      show(made);
    });
  },
};
