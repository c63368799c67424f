// NDJSON: one JSON object a line.
import { UserError } from "../../spec/user-error.ts";
import { linesOf } from "./bytes.ts";

/** The objects of a file and where they stand (`file:line`). @throws UserError for a line that is no JSON object */
export async function* jsonLinesOf(path: string): AsyncGenerator<{ row: Record<string, unknown>; origin: string }> {
  for await (const { text, line } of linesOf(path)) {
    const origin = `${path}:${line}`;
    const row = parseLine(text, origin);
    if (typeof row !== "object" || row === null || Array.isArray(row))
      throw new UserError(`${origin} is not a JSON object`, 'A line should look like {"x": [[1, 2], [3, 4]]}.');
    yield { row: row as Record<string, unknown>, origin };
  }
}

function parseLine(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const word = /[[,:\s](-?(?:NaN|Infinity))\b/.exec(text)?.[1];
    throw word
      ? new UserError(`${origin} holds ${word}, not a finite number`, "Leave the sequence out, or repair it.", {
          cause,
        })
      : new UserError(`${origin} is not JSON: ${(cause as Error).message}`, "One object a line, nothing else.", {
          cause,
        });
  }
}
