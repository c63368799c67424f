// Error codes that a board sends, as sentences for people.
import { errorName, errors } from "../spec/errors.ts";
import { UserError } from "../spec/user-error.ts";

/** What the board answered to `doing` (a sentence's subject and verb), as an error. */
export function refusal(doing: string, code: number, detail = 0): UserError {
  const name = errorName(code);
  if (!name) return new UserError(`${doing}: the board answers with error ${code}`, "update engram");
  const [, meaning, hint] = errors[name];
  return new UserError(`${doing}: ${meaning}${details(name, detail)}`, hint);
}

function details(name: string, detail: number): string {
  if (detail === 0) return "";
  if (name === "space" || name === "memory") return ` (${detail} bytes)`;
  return name === "unknownOp" ? ` (op ${detail})` : "";
}
