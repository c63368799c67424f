// The drawing that `engram train` leaves beside a model.
import { basename } from "node:path";
import type { Epoch } from "../../model/float-model.ts";
import { writeWhole } from "../../model/whole-file.ts";
import { UserError } from "../../spec/user-error.ts";
import { curvesFile, curvesMark } from "./curves.ts";
import type { Measure } from "./measure.ts";
import { mayReplace } from "./replacing.ts";

/**
 * Draws a training's curves into NAME.svg beside NAME.model.
 * @param tell hears why there is no drawing: a training that took hours does not fail for it
 * @returns its path, if it was drawn
 */
export function drawCurves(
  model: string,
  history: readonly Epoch[],
  tell: (why: string) => void,
  measure?: Measure,
): string | undefined {
  if (history.length === 0) return undefined;
  const path = `${model.replace(/\.model$/, "")}.svg`;
  try {
    if (!mayReplace(path, curvesMark)) throw new UserError(`${path} is there already and is no learning curves`, "");
    writeWhole(path, Buffer.from(curvesFile(history, `${basename(model)}: learning curves`, measure)));
    return path;
  } catch (error) {
    if (!(error instanceof UserError) && !(error as NodeJS.ErrnoException).syscall) throw error;
    tell(`the learning curves are not drawn: ${(error as Error).message}`);
    return undefined;
  }
}
