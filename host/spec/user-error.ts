// The one error that a user sees: what is wrong, and what to do. Everything else is a bug and shows its stack.
import { distance } from "fastest-levenshtein";

/** An error of the input, not of the program. The CLI prints `engram: WHAT`, then the hint, and exits with 1 (2 for usage). */
export class UserError extends Error {
  override name = "UserError";
  readonly hint: string;
  readonly usage: boolean;

  /**
   * @param what one sentence that names the thing: file, field, value found, value expected
   * @param hint a command to type or a fact to check
   */
  constructor(what: string, hint: string, options: { usage?: boolean; cause?: unknown } = {}) {
    super(what, { cause: options.cause });
    this.hint = hint;
    this.usage = options.usage ?? false;
  }
}

/** The known name that a mistyped one may mean: begun, with letters in another order, or a third of them others at most. */
export function near(name: string, known: readonly string[]): string | undefined {
  const sorted = (word: string): string => [...word].sort().join("");
  const far = (other: string): number => {
    if (name !== "" && other.startsWith(name)) return 0;
    return sorted(name) === sorted(other) ? 1 : distance(name, other);
  };
  const isNear = (other: string): boolean => {
    const longer = Math.max(name.length, other.length);
    return far(other) <= Math.ceil(longer / 3) && far(other) < longer;
  };
  return known.filter(isNear).sort((a, b) => far(a) - far(b))[0];
}

/** A hint for a name that does not exist. */
export function meant(name: string, known: readonly string[]): string {
  const names = [...new Set(known)];
  if (names.length === 0) return "leave it out";
  const [likely, list] = [near(name, names), names.join(", ")];
  return likely === undefined ? `there are: ${list}` : `did you mean ${likely}? There are: ${list}`;
}
