// How far long work is, and how long it still takes.
import { existsSync } from "node:fs";
import type { Output } from "./output.ts";

/** Before the first line: until then the estimate is a guess. */
const quietMs = 1000;
const betweenMs = 100;
/** Lines that are written where there is no terminal. */
const lines = 10;

/** A function that shows how much is done; where less is done than before, something else has begun. */
export function shareDone(output: Output, what: string): (done: number, all: number) => void {
  let [begun, first, before, next] = [0, 0, Number.POSITIVE_INFINITY, 0];
  return (done, all) => {
    const now = performance.now();
    if (done < before) [begun, first, next] = [now, done, now + quietMs];
    before = done;
    if (now < next) return;
    next = now + betweenMs;
    const left = (((now - begun) / 1000) * (all - done)) / (done - first);
    const share = done / all;
    output.progress(`${what}: ${Math.round(100 * share)} %, ${clock(left)} left`, Math.floor(lines * share));
  };
}

/** The same where nobody knows how much there is: a line at every so many steps. */
export function stepsDone(output: Output, what: string): (done: number) => void {
  const every = 50_000;
  return (done) => {
    if (done % every === 0) output.progress(`${what}: ${done.toLocaleString("en")} steps`, done);
  };
}

/** The same of bytes over a line: how many, how fast, and what time is left. */
export function bytesDone(output: Output): (done: number, all: number, doing: string) => void {
  let [begun, first, now] = [0, 0, ""];
  return (done, all, doing) => {
    if (doing !== now) [begun, first, now] = [performance.now(), done, doing];
    const seconds = (performance.now() - begun) / 1000;
    const rate = (done - first) / seconds;
    const speed =
      rate > 0 && seconds > 0.2 ? `, ${(rate / 1000).toFixed(1)} KB/s, ${clock((all - done) / rate)} left` : "";
    const bytes = (count: number): string => count.toLocaleString("en");
    output.progress(
      `${doing}: ${bytes(done)} of ${bytes(all)} bytes${speed}`,
      `${doing} ${Math.floor((lines * done) / all)}`,
    );
  };
}

/** `, 1:05 left`, or nothing before that can be told. */
export const left = ({ secondsLeft }: { secondsLeft?: number }): string =>
  secondsLeft === undefined ? "" : `, ${clock(secondsLeft)} left`;

/** A function that says once that work goes on from a checkpoint, where there is one: called when that was taken. */
export function goesOn(output: Output, checkpoint: string): () => void {
  let unsaid = existsSync(checkpoint);
  return () => {
    if (unsaid) output.note(`going on from ${checkpoint}`);
    unsaid = false;
  };
}

/** Minutes and seconds, hours where there are any. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}
