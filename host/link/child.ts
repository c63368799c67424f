// A link to a board that is a child process: its standard input and output, and its log lines from standard error.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { UserError } from "../spec/user-error.ts";

/** How a board's process opens the sentence that says why it ends. */
const complaint = "engram board: ";
const endWaitMs = 2000;

/**
 * Starts a board's program. The link ends when the program does, with a UserError if it says why; destroying the link ends
 * the program.
 * @param onLog takes each line that the program logs
 */
export function childLink(program: string, parameters: string[], onLog: (line: string) => void = () => {}): Duplex {
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  createInterface({ input: child.stderr! }).on("line", (line) => {
    if (line.startsWith(complaint)) said = line.slice(complaint.length);
    else onLog(line);
  });
  const link = new Duplex({
    read: () => void child.stdout!.resume(),
    write: (chunk, _, done) => void child.stdin!.write(chunk, (error) => done(ended(child) ? null : error)),
    final: (done) => void child.stdin!.end(done),
    destroy(error, done) {
      endProcess(child).then(() => done(error));
    },
  });
  child.stdout!.on("data", (chunk) => {
    if (!link.push(chunk)) child.stdout!.pause();
  });
  child.stdin!.on("error", () => {}); // it has ended; that is told once, below
  child.once("error", (cause) => link.destroy(new UserError(`${program} does not start`, "build it again", { cause })));
  child.once("close", (code) => {
    if (said) link.destroy(new UserError(said, hintFor(said)));
    else if (code) link.destroy(new UserError(`the board's program has ended with code ${code}`, "start it again"));
    else link.destroy();
  });
  return link;
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Ends a process in order: it sees the end of its input; only if that does not help it is killed. */
function endProcess(child: ChildProcess): Promise<void> {
  if (ended(child) || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), endWaitMs);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.stdout!.resume();
    child.stdin!.end();
  });
}

const hintFor = (said: string): string =>
  said.includes("in use") ? "end the other program first, or give another file" : "check the file and its folder";
