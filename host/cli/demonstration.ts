// What `engram demo` shows: a level meter, detections as they come, then what was said against what was heard.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type Detection, listen } from "../boards/listening.ts";
import { Notices } from "../data/notices.ts";
import type { Session, Statistics } from "../link/session.ts";
import { meter } from "./meter.ts";
import type { Output } from "./output.ts";
import { soundPieces } from "./sound-source.ts";

/** A word in a recording, at seconds from the recording's start. */
export type Said = { file: string; second: number; label: string };

/** A detection belongs to the word that began so many seconds before it. */
const earliest = 0.16;
const latest = 1.7;
const pieceSeconds = 0.05;

/** What is said in a folder's recordings, from its said.csv (file,second,label); nothing if there is none. */
export function readSaid(folder: string): Said[] {
  const file = join(folder, "said.csv");
  if (!existsSync(file)) return [];
  const rows: Record<string, string>[] = parse(readFileSync(file), { columns: true, trim: true });
  return rows.map(({ file, second, label }) => ({ file, second: Number(second), label }));
}

/** Streams the sound in real time and prints what happens. `said` may be empty. */
export async function demonstrate(
  session: Session,
  source: string,
  said: readonly Said[],
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const notices = new Notices();
  const starts = new Map<string, number>();
  let sent = 0;
  let rate = 1;

  async function* sound(sampleRate: number): AsyncGenerator<Int16Array> {
    if (source === "-") signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
    for await (const { samples, file } of soundPieces(source, sampleRate, pieceSeconds, notices)) {
      rate = sampleRate;
      if (file) starts.set(file, sent / rate);
      sent += samples.length;
      yield samples;
    }
  }

  const heard: Detection[] = [];
  const showLevels = process.stderr.isTTY === true && !output.quiet;
  const events = listen(session, sound, { realtime: true, levels: showLevels, signal });
  let next = await events.next();
  for (; !next.done; next = await events.next()) {
    const event = next.value;
    if (event.type === "level") output.progress(`${event.time.toFixed(1).padStart(7)} s  ${meter(event, 40)}`);
    else {
      heard.push(event);
      const { time, label, score } = event;
      output.line(`${time.toFixed(1).padStart(7)} s  ${output.colors.green(label.padEnd(8))} ${score.toFixed(2)}`);
    }
  }
  output.endProgress();
  for (const line of notices.lines) output.note(line);
  const words = said.flatMap(({ file, second, label }) => {
    const start = starts.get(file);
    return start === undefined ? [] : [{ time: start + second, label }];
  });
  await sum(session, next.value, words, heard, sent / rate, output);
}

async function sum(
  session: Session,
  { frames, ticks, ticksPerSecond }: Statistics,
  said: readonly { time: number; label: string }[],
  heard: readonly Detection[],
  seconds: number,
  output: Output,
): Promise<void> {
  const pairs = said.map((word) => ({ ...word, heard: heard.filter(({ time }) => belongs(word.time, time)) }));
  const right = pairs.filter(({ label, heard }) => heard.length === 1 && heard[0].label === label).length;
  const beside = heard.filter(({ time }) => !said.some((word) => belongs(word.time, time)));
  const { ramBytes, heapBytes } = await session.status();
  const stepSeconds = frames > 0 ? ticks / ticksPerSecond / frames : 0;
  const load = seconds > 0 ? (frames * stepSeconds) / seconds : 0;
  if (said.length > 0) {
    output.line();
    output.line("     at    said      heard");
    for (const { time, label, heard } of pairs) {
      const words = heard.map(({ label }) => label).join(", ") || "nothing";
      output.line(`${time.toFixed(1).padStart(7)} s  ${label.padEnd(8)}  ${words}`);
    }
    const extra = beside.length > 0 ? `; heard besides: ${beside.map(({ label }) => label).join(", ")}` : "";
    output.line(`${right} of ${said.length} words heard right${extra}`);
  }
  output.line(
    `a step takes ${(stepSeconds * 1e6).toFixed(0)} µs, ${(100 * load).toFixed(2)} % of the time; ` +
      `RAM ${ramBytes.toLocaleString("en")} bytes for the model, ${heapBytes.toLocaleString("en")} for the interpreter`,
  );
  output.value({ said, heard, right, seconds, steps: frames, stepSeconds, ramBytes, heapBytes });
}

const belongs = (said: number, heard: number): boolean => heard >= said + earliest && heard <= said + latest;
