// What detections in an evaluation stream are worth.
import type { StreamEvent } from "./stream.ts";

/** A model's detection; `seconds` from the stream's start. */
export type Detection = { label: string; seconds: number };

export type StreamScore = {
  /** Of clips of a keyword: the fraction heard (with their own word), and that gave another keyword. */
  hits: number;
  wrongWords: number;
  /** Of clips labelled `unknown`: the fraction that gave any keyword. */
  unknownFiring: number;
  /** Detections that belong to no clip, and those per hour of the time in which no clip could have been meant. */
  falseAccepts: number;
  falseAcceptsPerHour: number;
  /** Seconds from a clip's start to its first right detection; null without any. */
  medianLatency: number | null;
  keywordClips: number;
  unknownClips: number;
  hours: number;
  hoursOfNoise: number;
};

/** A detection belongs to the clip that started this many seconds before it. */
const EARLIEST = 0.16;
const LATEST = 1.7;

/**
 * A detection belongs to the latest clip that started 0.16 to 1.7 s before it; without one it is a false accept. A clip's
 * first right detection is its hit. Detections of `unknown` and `silence` do not count.
 * @param seconds length of the stream
 */
export function scoreStream(
  detections: readonly Detection[],
  events: readonly StreamEvent[],
  sampleRate: number,
  seconds: number,
): StreamScore {
  const clips = [...events]
    .sort((a, b) => a.startSample - b.startSample)
    .map(({ label, startSample }) => ({ label, start: startSample / sampleRate, latency: -1, wrong: false }));
  let falseAccepts = 0;
  for (const { label, seconds: at } of detections) {
    if (!isKeyword(label)) continue;
    const clip = clips.findLast(({ start }) => start <= at - EARLIEST);
    if (!clip || at > clip.start + LATEST) falseAccepts++;
    else if (clip.label !== label) clip.wrong = true;
    else if (clip.latency < 0) clip.latency = at - clip.start;
  }
  const keywords = clips.filter(({ label }) => isKeyword(label));
  const unknowns = clips.filter(({ label }) => label === "unknown");
  const latencies = keywords.map(({ latency }) => latency).filter((latency) => latency >= 0);
  const noise = seconds - claimedSeconds(clips, seconds);
  return {
    hits: fraction(latencies.length, keywords.length),
    wrongWords: fraction(keywords.filter(({ wrong }) => wrong).length, keywords.length),
    unknownFiring: fraction(unknowns.filter(({ wrong }) => wrong).length, unknowns.length),
    falseAccepts,
    falseAcceptsPerHour: noise > 0 ? (falseAccepts * 3600) / noise : 0,
    medianLatency: median(latencies),
    keywordClips: keywords.length,
    unknownClips: unknowns.length,
    hours: seconds / 3600,
    hoursOfNoise: noise / 3600,
  };
}

function isKeyword(label: string): boolean {
  return label !== "unknown" && label !== "silence";
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

// Time in which a detection would belong to a clip; `clips` in order of their start.
function claimedSeconds(clips: readonly { start: number }[], seconds: number): number {
  let claimed = 0;
  let until = 0;
  for (const { start } of clips) {
    const end = Math.min(seconds, start + LATEST);
    claimed += Math.max(0, end - Math.max(until, start + EARLIEST));
    until = Math.max(until, end);
  }
  return claimed;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
