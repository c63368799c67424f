// CSV with a header row, a row a step. The column `sequence` (or `id`) says which rows belong together; without one the
// file is one sequence. `label`, `group`, `split` hold for a sequence; `time` is checked and left out; the rest are inputs.
import { basename } from "node:path";
import { parse } from "csv-parse/sync";
import { near, UserError } from "../../../spec/user-error.ts";
import type { Notices } from "../../notices.ts";
import { linesOf } from "../bytes.ts";
import { Numbers } from "../numbers.ts";
import type { FoundSequence, Naming, SequenceReader } from "../sequence-set.ts";
import { numberIn, splitIn, splitNamed } from "../value.ts";

const NAME = /\.csv(\.gz)?$/i;

/** Names of columns that are no inputs; the first that is there has the role. */
const ROLES = {
  sequence: ["sequence", "id"],
  label: ["label"],
  group: ["group", "person", "writer", "speaker"],
  split: ["split"],
  time: ["time"],
} as const;
type Role = keyof typeof ROLES;

type Layout = { names: string[]; roles: Partial<Record<Role, number>>; inputs: number[]; targets: number[] };

export const reader: SequenceReader = {
  choose: (names) => names.filter((name) => NAME.test(name)),

  async *read(path, naming, notices) {
    const ended = new Set<string>();
    let layout: Layout | undefined;
    let open: OpenSequence | undefined;
    for await (const { cells, line } of rowsOf(path)) {
      if (!layout) {
        layout = layoutOf(cells, naming, path, notices);
        continue;
      }
      const id = cell(layout, "sequence", cells) ?? "";
      if (!open || open.id !== id) {
        if (open) {
          ended.add(open.id);
          yield open.close();
        }
        if (ended.has(id))
          throw new UserError(
            `${path}:${line}: sequence "${id}" goes on after another one began`,
            "Sort the rows by sequence, keeping the order of steps.",
          );
        open = new OpenSequence(path, line, id, layout, cells);
      }
      open.add(cells, line, notices);
    }
    if (open) yield open.close();
  },
};

// Nearly all lines are numbers between commas. csv-parse takes 9 s for a million of them, this 3; it gets the
// lines with quotes. A line end within quotes is refused: no number, label or name needs one.
async function* rowsOf(path: string): AsyncGenerator<{ cells: string[]; line: number }> {
  for await (const { text, line } of linesOf(path)) {
    const cells = text.includes('"') ? quotedCells(text, `${path}:${line}`) : text.split(",");
    yield { cells: cells.map((cell) => cell.trim()), line };
  }
}

function quotedCells(text: string, where: string): string[] {
  try {
    return parse(text, { trim: true })[0];
  } catch (cause) {
    throw new UserError(`${where} cannot be read: ${(cause as Error).message}`, "Check its quotes.", { cause });
  }
}

function layoutOf(names: string[], naming: Naming, path: string, notices: Notices): Layout {
  if (isRowOfValues(names, naming))
    throw new UserError(`${path} begins with values: ${names.slice(0, 6).join(", ")}`, HEADER);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw new UserError(`${path} has two columns "${twice}"`, "Rename one of them.");
  if (names.every((name) => name !== "" && Number.isFinite(Number(name))))
    throw new UserError(`${path} begins with numbers`, HEADER);
  const mark = /[;\t]/.exec(names.length === 1 ? names[0] : "")?.[0];
  if (mark)
    throw new UserError(
      `${path} has ${mark === ";" ? "semicolons" : "tabs"} between its columns`,
      "Save it with commas between columns and points in numbers.",
    );
  const roles: Layout["roles"] = {};
  const taken = new Set<number>();
  for (const role of Object.keys(ROLES) as Role[]) {
    const wanted = role === "split" || role === "time" ? undefined : naming[role];
    const known = ROLES[role].map((name) => names.findIndex((column) => column.toLowerCase() === name));
    const there = wanted === undefined ? known.filter((n) => n >= 0) : [columnNamed(wanted, names, path)];
    if (there.length > 0) roles[role] = there[0];
    for (const n of there) taken.add(n);
    for (const n of there.slice(1)) notices.note(`column "${names[n]}" not used`, path);
  }
  const targets = (naming.targets ?? []).map((name) => columnNamed(name, names, path));
  const inputs = naming.inputs
    ? naming.inputs.map((name) => columnNamed(name, names, path))
    : [...names.keys()].filter((n) => !taken.has(n) && !targets.includes(n));
  const both = inputs.find((n) => targets.includes(n));
  if (both !== undefined) throw new UserError(`column "${names[both]}" is both an input and a target`, "Name it once.");
  if (inputs.length > 0) return { names, roles, inputs, targets };
  throw new UserError(
    `${path} has no columns of inputs: ${names.join(", ")}`,
    "Every column but sequence, label, group, split, time and targets is one; commas stand between columns.",
  );
}

const HEADER = "Its first line should name the columns, such as sequence,label,x,y.";

// Names like 0.1 and -3, none that is known, none that the user gives. (Tables of other programs have columns 0, 1, 2.)
function isRowOfValues(names: readonly string[], naming: Naming): boolean {
  const known: string[] = Object.values(ROLES).flat();
  const named = Object.keys(naming).length > 0 || names.some((name) => known.includes(name.toLowerCase()));
  return !named && names.some((name) => /^(-|\d*\.)/.test(name) && Number.isFinite(Number(name)));
}

function columnNamed(name: string, names: readonly string[], path: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const likely = near(name, names);
  const asked = likely === undefined ? "" : `Did you mean "${likely}"? `;
  throw new UserError(`${path} has no column "${name}"`, `${asked}Its columns are ${names.join(", ")}.`);
}

function cell({ roles }: Layout, role: Role, cells: readonly string[]): string | undefined {
  return roles[role] === undefined ? undefined : cells[roles[role]];
}

const CONSTANT = ["label", "group", "split"] as const;

class OpenSequence {
  private readonly numbers = new Numbers();
  private readonly targets = new Numbers();
  private steps = 0;
  private time = Number.NEGATIVE_INFINITY;
  private readonly path: string;
  private readonly line: number;
  readonly id: string;
  private readonly layout: Layout;
  private readonly first: readonly string[];

  constructor(path: string, line: number, id: string, layout: Layout, first: readonly string[]) {
    this.path = path;
    this.line = line;
    this.id = id;
    this.layout = layout;
    this.first = first;
  }

  add(cells: readonly string[], line: number, notices: Notices): void {
    const { path, layout } = this;
    if (cells.length !== layout.names.length)
      throw new UserError(
        `${path}:${line}: ${cells.length} values, expected ${layout.names.length}`,
        "Each row needs one value for each column of the first line.",
      );
    const where = (n: number) => () => `${path}:${line}: column "${layout.names[n]}"`;
    for (const n of layout.inputs) this.numbers.push(numberIn(cells[n], where(n), layout.names[n]));
    for (const n of layout.targets) this.targets.push(numberIn(cells[n], where(n)));
    for (const role of CONSTANT) this.requireConstant(role, cells, line);
    const time = Number(cell(layout, "time", cells));
    if (time < this.time) notices.note("time goes back within a sequence", `${path}:${line}`);
    this.time = time;
    this.steps++;
  }

  close(): FoundSequence {
    const { path, line, layout, first, steps } = this;
    const label = cell(layout, "label", first);
    const group = cell(layout, "group", first);
    const named = splitNamed(basename(path).replace(NAME, ""));
    const split = splitIn(cell(layout, "split", first), `${path}:${line}`) ?? named;
    return {
      x: this.numbers.take(),
      steps,
      inputs: layout.inputs.length,
      columns: layout.inputs.map((n) => layout.names[n]),
      ...(layout.targets.length > 0 && { targets: this.targets.take(), outputs: layout.targets.length }),
      ...(label && { label }),
      ...(group && { group }),
      ...(split && { split }),
      origin: `${path}:${line}`,
    };
  }

  private requireConstant(role: Role, cells: readonly string[], line: number): void {
    const now = cell(this.layout, role, cells);
    const before = cell(this.layout, role, this.first);
    if (now === before) return;
    throw new UserError(
      `${this.path}:${line}: ${role} "${now}" in a sequence whose ${role} is "${before}" (line ${this.line})`,
      this.layout.roles.sequence === undefined
        ? "Without a column sequence the file is one sequence: add one."
        : "Give the rows a sequence of their own.",
    );
  }
}
