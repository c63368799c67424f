// `npm run bench:boards`: measures every emulated board and writes what it finds into docs/boards.md and the boards' READMEs.
// `-- NAME …` measures these boards and prints it; `-- --budget [NAME …]` renews test/boards/budget.json.
import { readFileSync, writeFileSync } from "node:fs";
import { type BoardKind, boardKind } from "../../host/boards/registry.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { budgetFigures, budgetPath, budgetSubjects, readBudget, varying } from "./budget.ts";
import { emulatedBoards, type Report, reportOf } from "./figures.ts";
import { idleBoards, idleInstructions } from "./idle.ts";
import { frameSeconds, modelFile, subjects } from "./subjects.ts";
import { aloneTable, boardTable, tables } from "./tables.ts";

const atOnce = 2;
const root = new URL("../../", import.meta.url);
const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith("-"));

try {
  const kinds = await wantedBoards();
  if (words.includes("--budget")) writeBudget(await reports(kinds, budgetSubjects));
  else if (names.length > 0) for (const report of await reports(kinds, subjects)) print(report);
  else await writeDocuments(await reports(kinds, subjects));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`${error.message}\n  ${error.hint}`);
  process.exitCode = 1;
}

async function wantedBoards(): Promise<BoardKind[]> {
  const kinds = await emulatedBoards();
  const unknown = names.find((name) => !kinds.some((kind) => kind.name === name));
  if (unknown) throw new UserError(`there is no emulated board ${unknown}`, kinds.map(({ name }) => name).join(", "));
  return kinds.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** In the order of `kinds`. */
async function reports(kinds: BoardKind[], subjects: readonly string[]): Promise<Report[]> {
  const found: Report[] = [];
  const queue = [...kinds.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [i, kind] = next;
      try {
        found[i] = await reportOf(kind, subjects, (doing) => console.error(doing));
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
}

function print({ name, figures }: Report): void {
  for (const [subject, figure] of figures) {
    if (typeof figure === "string") console.log(`${name}  ${subject}: ${figure}`);
    else {
      const { step, macs, frontEnd, wasm3PerCall, heapMost, stackMost } = figure;
      const frame = frontEnd === undefined ? "" : `, a frame ${frontEnd}`;
      const each = `${(step / macs).toFixed(2)} a multiplication, wasm3 ${wasm3PerCall} an op call`;
      console.log(`${name}  ${subject}: ${step}${frame}, ${each}, heap ${heapMost}, stack ${stackMost}`);
    }
  }
}

function writeBudget(reports: Report[]): void {
  const budget = names.length > 0 ? readBudget() : {};
  for (const report of reports) {
    const figures = budgetFigures(report);
    const before = readBudget()[report.name];
    // Of the same compiler's the most that was ever seen; else what was found now, to be renewed until it stays.
    if (before?.compiler === report.compiler)
      for (const name of varying) figures[name] = Math.max(figures[name], before.figures[name]);
    budget[report.name] = { compiler: report.compiler, figures };
  }
  const sorted = Object.fromEntries(Object.entries(budget).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(budgetPath, `${JSON.stringify(sorted, null, 2)}\n`);
}

async function writeDocuments(reports: Report[]): Promise<void> {
  for (const [name, text] of Object.entries(tables(reports, await frameSeconds("microbit.engram"))))
    replace("docs/boards.md", name, text);
  const idle = new Map<string, number>();
  for (const name of idleBoards)
    idle.set(name, await idleInstructions(await boardKind(name), await modelFile("microbit.engram")));
  replace("docs/boards.md", "alone", aloneTable(reports, idle, await frameSeconds("keywords.engram")));
  for (const report of reports) replace(`firmware/boards/${report.name}/README.md`, "measured", boardTable(report));
}

/** Puts a text between `<!-- NAME -->` and `<!-- / -->` in a file. */
function replace(path: string, name: string, text: string): void {
  const url = new URL(path, root);
  const old = readFileSync(url, "utf8");
  const start = old.indexOf(`<!-- ${name} -->`);
  const end = old.indexOf("<!-- / -->", start);
  if (start < 0 || end < 0)
    throw new UserError(`${path} has no place for ${name}`, `put <!-- ${name} --> and <!-- / --> there`);
  writeFileSync(url, `${old.slice(0, start)}<!-- ${name} -->\n${text}\n${old.slice(end)}`);
}
