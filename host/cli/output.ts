// Where a verb's words go: results to standard output, notes and progress to standard error.
import { fstatSync, writeSync } from "node:fs";
import type { WriteStream } from "node:tty";
import pico from "picocolors";

type Colors = ReturnType<typeof pico.createColors>;

export type Output = {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours of standard output; without a terminal they change nothing. */
  readonly colors: Colors;
  /** A line of the result for people. Does nothing with --json. */
  line(text?: string): void;
  /** The result for programs, one line of JSON. Does nothing without --json. */
  value(value: unknown): void;
  /** Something that a person may want to know. */
  note(text: string): void;
  /** Where long work stands: a line that changes on a terminal, else a line each time `step` differs. */
  progress(text: string, step?: number | string): void;
  /** Takes the progress line away; lines written do so by themselves. */
  endProgress(): void;
};

export function openOutput(json: boolean, quiet: boolean): Output {
  const { stdout, stderr } = process;
  let shown = false; // a progress line stands on the terminal
  let lastStep: number | string | undefined;

  const endProgress = (): void => {
    if (shown) stderr.write("\r\x1b[K");
    shown = false;
  };
  const result = (text: string): void => {
    endProgress();
    writeResult(`${text}\n`);
  };
  return {
    json,
    quiet,
    colors: pico.createColors(hasColors(stdout)),
    line: (text = "") => {
      if (!json) result(text);
    },
    value: (value) => {
      if (json) result(JSON.stringify(value));
    },
    note: (text) => {
      if (quiet) return;
      endProgress();
      stderr.write(`${text}\n`);
    },
    progress: (text, step) => {
      if (quiet) return;
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[K${text.slice(0, (stderr.columns || 80) - 1)}`);
        shown = true;
      } else if (step === undefined || step !== lastStep) {
        stderr.write(`${text}\n`);
      }
      lastStep = step;
    },
    endProgress,
  };
}

/** To standard output, all of it or an error: into a file Node itself loses what a full disk does not take, unsaid. */
export function writeResult(content: string | Uint8Array): void {
  const { stdout } = process;
  if (!fstatSync(stdout.fd).isFile()) {
    stdout.write(content);
    return;
  }
  const bytes = Buffer.from(content);
  for (let done = 0; done < bytes.length; ) done += writeSync(stdout.fd, bytes, done);
}

function hasColors(stream: WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** Columns of text under a row of names: numbers aligned right, all else left; long text of the last one goes on below. */
export function table(rows: readonly (readonly (string | number)[])[], width = lineWidth()): string[] {
  const columns = rows[0].map((_, i) => rows.map((row) => `${row[i] ?? ""}`));
  const last = columns.length - 1;
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  const numeric = columns.map((cells) => cells.slice(1).every((cell) => /^([-+]?[\d.,]+(e[-+]?\d+)?|-)?$/.test(cell)));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  return columns[0].flatMap((_, n) => {
    const padded = columns.map((cells, i) =>
      numeric[i] && i > 0 ? cells[n].padStart(widths[i]) : cells[n].padEnd(widths[i]),
    );
    const [first, ...more] = numeric[last] ? [padded[last]] : wrapped(columns[last][n], Math.max(24, width - before));
    const lines = [[...padded.slice(0, -1), first].join("  "), ...more.map((line) => " ".repeat(before) + line)];
    return lines.map((line) => line.trimEnd());
  });
}

/** Lines of words, each of at most `width` letters unless a single word is longer. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What a line of text may take: the terminal's, if that says; not so much that a line is hard to follow. */
const lineWidth = (): number => Math.min(120, process.stdout.columns || 100);
