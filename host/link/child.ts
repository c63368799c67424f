// A link to a board that is a child process: its standard input and output, and its log lines from standard error.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { UserError } from "../spec/user-error.ts";

/** How a board's process opens the sentence that says why it ends. */
const complaint = "engram board: ";
const askMs = 100;
const endWaitMs = 2000;

/**
 * Starts a board's program. The link ends when the program does, with a UserError if it says why; destroying the link ends
 * the program.
 * @param onLog takes each line that the program logs
 */
export function childLink(program: string, parameters: string[], onLog: (line: string) => void = () => {}): Duplex {
  // In a process group of its own: Ctrl-C is for us, who then end the stream and ask the board for its summary.
  const detached = process.platform !== "win32";
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"], detached });
  endWithUs(child);
  let said = "";
  createInterface({ input: child.stderr! }).on("line", (line) => {
    if (line.startsWith(complaint)) said = line.slice(complaint.length);
    else onLog(line);
  });
  const link = new Duplex({
    read: () => void child.stdout!.resume(),
    // A write that fails meets a process that has ended, which is told below, with what it said.
    write: (chunk, _, done) => void child.stdin!.write(chunk, () => done()),
    final: (done) => void child.stdin!.end(done),
    destroy(error, done) {
      endProcess(child).then(() => done(error));
    },
  });
  child.stdout!.on("data", (chunk) => {
    if (!link.push(chunk)) child.stdout!.pause();
  });
  child.stdin!.on("error", () => {});
  child.once("error", (cause) => link.destroy(new UserError(`${program} does not start`, "build it again", { cause })));
  child.once("close", (code) => {
    if (said) link.destroy(new UserError(said, hintFor(said)));
    else if (code) link.destroy(new UserError(`the board's program has ended with code ${code}`, "start it again"));
    else link.destroy();
  });
  return link;
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Ends a process: it sees the end of its input; one with another link is asked, then made to end. */
function endProcess(child: ChildProcess): Promise<void> {
  if (ended(child) || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timers = [setTimeout(() => child.kill(), askMs), setTimeout(() => child.kill("SIGKILL"), endWaitMs)];
    child.once("exit", () => {
      for (const timer of timers) clearTimeout(timer);
      resolve();
    });
    child.stdout!.resume();
    child.stdin!.end();
  });
}

const running = new Set<ChildProcess>();
const signals = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

/** An emulator does not end with its input: without this it would outlive a program that throws or is told to end. */
function endWithUs(child: ChildProcess): void {
  if (running.size === 0) {
    process.on("exit", endAll);
    for (const signal of signals) process.on(signal, endBySignal);
  }
  running.add(child);
  child.once("close", () => {
    running.delete(child);
    if (running.size === 0) stopWatching();
  });
}

function stopWatching(): void {
  process.off("exit", endAll);
  for (const signal of signals) process.off(signal, endBySignal);
}

function endAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Where nobody else takes the signal, it ends the program as if nobody had listened. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  endAll();
  stopWatching();
  process.kill(process.pid, signal);
}

function hintFor(said: string): string {
  if (said.includes("in use")) return "end the other program first, or give another file";
  return said.includes("no flash file")
    ? "give another, or remove it if it is not needed"
    : "check the file and its folder";
}
