// Errors as a user reads them: one sentence, one hint, an exit code. What is not listed here is a bug.
import { CommanderError } from "commander";
import { UserError } from "../spec/user-error.ts";

export type Explained = { what: string; hint: string; exitCode: number };

/** Sentences for what the operating system refuses, by its code. */
const refusals: Record<string, [what: string, hint: string]> = {
  ENOENT: ["does not exist", "check the path"],
  EACCES: ["may not be read or written by you", "check its permissions"],
  EPERM: ["may not be changed by you", "check its permissions"],
  EEXIST: ["is there already and is no folder", "choose another place"],
  ELOOP: ["is a link that leads nowhere", "check the path"],
  ENAMETOOLONG: ["has too long a name", "choose a shorter one"],
  EIO: ["could not be read or written: the disk fails", "check the disk"],
  EISDIR: ["is a folder", "give a file"],
  ENOTDIR: ["lies below something that is no folder", "check the path"],
  EROFS: ["lies on a disk that cannot be written", "choose another place"],
  ENOSPC: ["could not be written: the disk is full", "make room, then run the command again"],
  EDQUOT: ["could not be written: your quota is used up", "make room, then run the command again"],
  EMFILE: ["could not be opened: too many files are open", "raise the limit with `ulimit -n`"],
};

/** What to tell the user, or undefined if the error is a bug of ours. */
export function explain(error: unknown, verb?: string): Explained | undefined {
  if (error instanceof UserError) return { what: error.message, hint: error.hint, exitCode: error.usage ? 2 : 1 };
  if (error instanceof CommanderError) {
    const [what, suggestion] = error.message.replace(/^error: /, "").split("\n");
    const known = verb && error.code !== "engram.unknownVerb" && error.code !== "commander.unknownCommand";
    const help = `see \`engram ${known ? `${verb} ` : ""}--help\``;
    return { what, hint: suggestion ? `${suggestion.replace(/[()]/g, "")} (${help})` : help, exitCode: 2 };
  }
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const refusal = code && syscall ? refusals[code] : undefined;
  return refusal && { what: `${path ?? "a file"} ${refusal[0]}`, hint: refusal[1], exitCode: 1 };
}
