// How far strings of labels are from what was said.
import { distance } from "fastest-levenshtein";
import { UserError } from "../spec/user-error.ts";

/** The fewest insertions, deletions and substitutions that make one string of labels (0 … 65,535) the other. */
export function editDistance(a: readonly number[], b: readonly number[]): number {
  return distance(String.fromCharCode(...a), String.fromCharCode(...b));
}

/** The sum of the edit distances of all strings by the number of labels that they should have; more than 1 is possible. */
export function labelErrorRate(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  if (found.length !== wanted.length) throw new Error(`${found.length} strings found, ${wanted.length} wanted`);
  const labels = wanted.reduce((sum, string) => sum + string.length, 0);
  if (labels === 0)
    throw new UserError(`${wanted.length} strings have no label at all`, "check that the test data is not empty");
  return wanted.reduce((sum, string, i) => sum + editDistance(found[i], string), 0) / labels;
}
