// engram stream: sound to a board, detections back, a line each as they come.

import { UserError } from "../../spec/user-error.ts";
import { type BoardOptions, boardOf, declareBoard } from "../board-options.ts";
import type { Verb } from "../verb.ts";

type Options = BoardOptions & { realtime?: boolean; model?: string; keep?: boolean; state?: string };

export const verb: Verb<Options> = {
  summary: "send sound to a board and print what it hears",
  examples: [
    "engram stream recording.wav",
    "arecord -t raw -f S16_LE -c 1 -r 16000 | engram stream - --port /dev/ttyACM0",
    "engram stream my-recordings --json",
    "engram stream recording.wav --board qemu-m4 --model kws.engram",
  ],
  declare(command) {
    command.argument(
      "<source>",
      "wav or FLAC file, folder of them, or - for raw 16-bit mono samples on standard input",
    );
    declareBoard(command);
    command.option("--model <file>", "flash this model first, for boards that forget theirs");
    command.option("--keep", "go on from the states that the board's model has");
    command.option("--state <file>", "go on from states that `engram state save` wrote");
    command.option("--realtime", "no faster than spoken");
  },
  async run({ operands: [source], options, output, signal }) {
    const { withBoard } = await import("../board.ts");
    const { listen } = await import("../../boards/listening.ts");
    const { boardKind } = await import("../../boards/registry.ts");
    const { checkSource, soundPieces } = await import("../sound-source.ts");
    const { Notices } = await import("../../data/notices.ts");
    const { readStates, restore } = await import("../state-file.ts");
    const { meter } = await import("../meter.ts");
    const { opCodes, openModel } = await import("../model-file.ts");
    checkSource(source);
    const notices = new Notices();
    const files: { file: string; start: number }[] = [];
    let sent = 0;
    let rate = 1;

    async function* sound(sampleRate: number): AsyncGenerator<Int16Array> {
      if (source === "-") signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
      for await (const { samples, file } of soundPieces(source, sampleRate, 0.05, notices)) {
        rate = sampleRate;
        if (file) files.push({ file, start: sent / rate });
        sent += samples.length;
        yield samples;
      }
    }

    const counts: Record<string, number> = {};
    const saved = options.state === undefined ? undefined : readStates(options.state);
    const model = options.model === undefined ? undefined : openModel(options.model);
    const statistics = await withBoard(options, output, async (session) => {
      if (model) await session.flashModel(model.file, { ops: opCodes(model), signal });
      if (saved) await restore(session, saved, options.state!);
      const levels = !output.quiet && process.stderr.isTTY === true;
      const heard = listen(session, sound, {
        realtime: options.realtime,
        levels,
        keep: options.keep || saved !== undefined,
        signal,
      });
      for (;;) {
        const { done, value } = await heard.next();
        if (done) return value;
        if (value.type === "level") {
          output.progress(`${value.time.toFixed(1).padStart(7)} s ${meter(value, 30)}`);
          continue;
        }
        const { type: _, ...detection } = value;
        const { time, label, score, latency } = detection;
        const from = files.findLast(({ start }) => start < time);
        counts[label] = (counts[label] ?? 0) + 1;
        output.value({ ...detection, ...(from && { file: from.file, fileTime: time - from.start }) });
        const where = from && files.length > 1 ? `  ${from.file} at ${(time - from.start).toFixed(2)} s` : "";
        const name = output.colors.green(label.padEnd(10));
        output.line(
          `${time.toFixed(2).padStart(8)} s  ${name} ${score.toFixed(2)}  +${Math.round(latency * 1000)} ms${where}`,
        );
      }
    });
    for (const line of notices.lines) output.note(line);
    if (source === "-" && sent === 0 && !signal.aborted)
      throw new UserError(
        "standard input ended without sound",
        "check the command before the |: does it run by itself?",
      );
    const { frames, ticks, ticksMost, ticksPerSecond, resent, damaged, host } = statistics;
    const stepSeconds = frames > 0 ? ticks / ticksPerSecond / frames : 0;
    const seconds = sent / rate;
    const summary = {
      seconds,
      steps: frames,
      detections: counts,
      stepSeconds,
      stepSecondsMost: ticksMost / ticksPerSecond,
      resent: resent + host.resent,
      damaged: damaged + host.damaged,
      notices: notices.lines,
    };
    output.value({ summary });
    const found = Object.entries(counts)
      .map(([label, count]) => `${label} ×${count}`)
      .join(", ");
    // How fast QEMU is says nothing of the chip; `engram bench` counts its instructions.
    const { tools: emulated } = await boardKind(boardOf(options) ?? "native");
    const each = emulated ? "" : ` of ${(stepSeconds * 1e6).toFixed(0)} µs`;
    output.line(`${seconds.toFixed(1)} s of sound, ${frames} steps${each}; heard: ${found || "nothing"}`);
  },
};
