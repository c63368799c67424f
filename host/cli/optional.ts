// Packages that only one verb needs: optional peers, looked for beside engram and in the folder where the command runs.
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "../spec/user-error.ts";

/**
 * The main file of an optional package.
 * @param purpose what needs it, as the start of a sentence: "the voice flite"
 * @throws UserError with the `npm install` line
 */
export function optionalPackage(name: string, purpose: string): string {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return createRequire(place).resolve(name);
    } catch {}
  }
  throw new UserError(`${purpose} needs the package ${name}, which is not installed`, `npm install ${name}`);
}
