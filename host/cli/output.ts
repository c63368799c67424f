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
        stderr.write(`\r\x1b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
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

/** Columns of text, the first aligned left, the others right. */
export function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, `${cell}`.length);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? `${cell}`.padEnd(widths[i]) : `${cell}`.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}
