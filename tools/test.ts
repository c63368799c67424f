// `npm test`: type checks, formatting, then every folder of test/ in a process of its own, two at a time.
// The last line is `N passed, N failed`, with `, N skipped` when there were any.
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

type Task = { name: string; command: string[] };
type Outcome = { passed: number; failed: number; skipped: number };

const root = fileURLToPath(new URL("../", import.meta.url));
const strict = process.env.ENGRAM_STRICT === "1";
const minutesPerTask = 30;
const endSeconds = 5;
const lingerSeconds = 30;
const wanted = process.argv.slice(2);

const checks: Task[] = [
  { name: "type check", command: ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "."] },
  { name: "type check of assembly", command: ["node_modules/typescript/bin/tsc", "-p", "assembly"] },
  { name: "type check of cells", command: ["node_modules/typescript/bin/tsc", "-p", "assembly/cells"] },
  { name: "lint and format", command: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"] },
];
// Those with most text first, so that the two processes end at about the same time.
const subjects: Task[] = readdirSync(`${root}test`)
  .map((name) => ({ name: `test/${name}`, bytes: testBytes(`${root}test/${name}`) }))
  .filter(({ bytes }) => bytes > 0)
  .sort((a, b) => b.bytes - a.bytes)
  .map(({ name }) => ({ name, command: ["--import", "tsx", "node_modules/uvu/bin.js", name, "\\.test\\.ts$"] }));

const queue = [...checks, ...subjects].filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
if (queue.length === 0 && total.passed + total.failed === 0) console.log(`nothing is named ${wanted.join(" ")}`);
if (strict && total.skipped > 0) console.log(`ENGRAM_STRICT=1: ${total.skipped} skipped tests count as failures`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
process.exitCode = total.failed > 0 || total.passed === 0 || (strict && total.skipped > 0) ? 1 : 0;

function testBytes(folder: string): number {
  if (!statSync(folder).isDirectory()) return 0;
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  return files.reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);
}

async function worker(): Promise<void> {
  for (let task = queue.shift(); task; task = queue.shift()) {
    const started = Date.now();
    const { code, output } = await run(task.command);
    const outcome = task.name.startsWith("test/")
      ? counts(code, output)
      : { passed: +(code === 0), failed: +(code !== 0), skipped: 0 };
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
    report(task.name, outcome, output, (Date.now() - started) / 1000);
  }
}

function run(command: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const pieces: Buffer[] = [];
    const timer = setTimeout(() => {
      pieces.push(Buffer.from(`\nstopped after ${minutesPerTask} minutes\n`));
      child.kill(); // first this way, so that it ends the boards that it has started
      setTimeout(() => child.kill("SIGKILL"), endSeconds * 1000).unref();
    }, minutesPerTask * 60_000);
    child.stdout.on("data", (piece: Buffer) => {
      pieces.push(piece);
      // All has run; what a failed test left open is no reason to wait.
      if (/^ {2}Skipped: /m.test(piece.toString())) setTimeout(() => child.kill(), lingerSeconds * 1000).unref();
    });
    child.stderr.on("data", (piece: Buffer) => pieces.push(piece));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(pieces).toString() });
    });
  });
}

// uvu ends with three lines: Total, Passed, Skipped. A process that dies before them counts as one failure.
function counts(code: number | null, output: string): Outcome {
  const figure = (name: string): number | undefined => {
    const found = [...output.matchAll(new RegExp(`^ {2}${name}: +(\\d+)`, "gm"))].at(-1);
    return found && Number(found[1]);
  };
  const [all, passed, skipped] = [figure("Total"), figure("Passed"), figure("Skipped")];
  if (all === undefined || passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return { passed, failed: Math.max(all - passed, code === 0 ? 0 : 1), skipped: skipped ?? 0 };
}

// What passed is one line; what failed or skipped a test is shown whole.
function report(name: string, { passed, failed, skipped }: Outcome, output: string, seconds: number): void {
  const verdict = failed > 0 ? "FAILED" : "ok";
  const figures = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
    .filter(Boolean)
    .join(", ");
  console.log(`${verdict.padEnd(6)} ${name.padEnd(24)} ${seconds.toFixed(1).padStart(6)} s  ${figures}`);
  if (failed > 0 || skipped > 0) console.log(output.trimEnd());
}
