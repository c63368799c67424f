// The one error that a user sees: what is wrong, and what to do. Everything else is a bug and shows its stack.

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
