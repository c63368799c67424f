// engram monitor: what a board with a microphone hears by itself, and what it says.
import { type BoardOptions, declareBoard, declareMicrophone } from "../board-options.ts";
import { numberAbove } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { seconds?: number };

/** A microphone that is connected is never quite still for so long. */
const stillSeconds = 3;
/** What is written with --json covers so much. */
const levelSeconds = 0.5;

export const verb: Verb<Options> = {
  summary: "show what a board with a microphone hears by itself: levels, detections, its log",
  examples: [
    "engram monitor --port /dev/ttyACM0",
    "engram monitor --microphone recording.wav",
    "engram monitor --json",
  ],
  declare(command) {
    declareBoard(command);
    declareMicrophone(command);
    command.option("--seconds <number>", "end after so long (default: until Ctrl-C)", numberAbove("--seconds", 0, 1e9));
  },
  async run({ options, output, signal }) {
    const { withBoard } = await import("../board.ts");
    const { overhear, modelLabels } = await import("../../boards/listening.ts");
    const { meter } = await import("../meter.ts");
    await withBoard(options, output, async (session) => {
      const before = await session.heard();
      const { labels } = await modelLabels(session);
      for (const { agoMs, label, score } of before.last) {
        output.value({ type: "heard", ago: agoMs / 1000, label: labels[label], score });
        output.line(`${(agoMs / 1000).toFixed(1)} s ago  ${labels[label]} ${score.toFixed(2)}`);
      }
      const over = options.seconds === undefined ? [] : [AbortSignal.timeout(options.seconds * 1000)];
      const levels = new Levels();
      const shows = !output.quiet && process.stderr.isTTY === true;
      for await (const event of overhear(session, { levels: true, signal: AbortSignal.any([signal, ...over]) })) {
        if (event.type === "level") {
          const { level, caution } = levels.take(event);
          if (caution) output.note(caution);
          if (level) output.value({ type: "level", ...level });
          if (shows) output.progress(`${event.time.toFixed(1).padStart(7)} s ${meter(event, 30)}`);
          continue;
        }
        const { type, time, label, score } = event;
        output.value({ type, time, label, score });
        output.line(`${time.toFixed(2).padStart(8)} s  ${output.colors.green(label.padEnd(10))} ${score.toFixed(2)}`);
      }
    });
  },
};

type Level = { time: number; peak: number; rms: number };

/** The levels of hops, put together, and what they tell of a microphone, said once. */
class Levels {
  #hops: Level[] = [];
  #stillSince: number | undefined;
  readonly #said = new Set<string>();

  take(hop: Level): { level?: Level; caution?: string } {
    const { time, peak } = hop;
    this.#hops.push(hop);
    this.#stillSince = peak === 0 ? (this.#stillSince ?? time) : undefined;
    const still = this.#stillSince !== undefined && time - this.#stillSince >= stillSeconds;
    const clips = peak >= 32767 / 32768;
    const caution = clips
      ? "it clips: be less loud, farther away, or lower the gain"
      : still
        ? "nothing but zeros comes from the microphone: check its wiring"
        : undefined;
    return { level: this.#together(), ...(caution && !this.#said.has(caution) && { caution: this.#note(caution) }) };
  }

  #note(caution: string): string {
    this.#said.add(caution);
    return caution;
  }

  #together(): Level | undefined {
    const [first, last] = [this.#hops[0], this.#hops[this.#hops.length - 1]];
    if (last.time - first.time < levelSeconds) return undefined;
    const hops = this.#hops.splice(0);
    const square = hops.reduce((sum, { rms }) => sum + rms * rms, 0) / hops.length;
    return { time: last.time, peak: Math.max(...hops.map(({ peak }) => peak)), rms: Math.sqrt(square) };
  }
}
