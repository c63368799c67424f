// A board as a runner of sequences: frames over the link, the results of every step back.
import type { Session } from "../link/session.ts";
import { type Model, resultOf } from "../model/model.ts";
import { toIntegers, toValues } from "../runtime/values.ts";
import { inStep } from "../tasks/full-stack.ts";
import { checkSequences, type Runner } from "../tasks/runner.ts";

/** Runs the model that the board has, which is this one. @param onStep is called when the results of a step have come */
export function boardRunner(session: Session, model: Model, onStep = (): void => {}): Runner {
  const { frame, layers, window } = model;
  const { rows: outputs, format } = resultOf(layers[layers.length - 1]);
  const inputs = frame.rows;
  return {
    name: session.hello.board,
    inputs,
    outputs,
    async run(sequences) {
      checkSequences(sequences, inputs);
      const results: Float32Array[] = [];
      for (const sequence of sequences) results.push(toValues(await stepped(session, sequence, frame.format), format));
      return results;
    },
    ...(!window && {
      async play(episode) {
        const stream = await session.stream({ source: "frames", logits: true });
        const events = stream[Symbol.asyncIterator]();
        const answer = async (): Promise<Int16Array> => {
          for (;;) {
            const { value: event, done } = await events.next();
            if (done) throw new Error("the stream ended before a result");
            if (event.type === "logits") return event.logits;
          }
        };
        let turn = episode.next();
        while (!turn.done) {
          await stream.write(toIntegers(turn.value, frame.format));
          turn = episode.next(toValues(await answer(), format));
          onStep();
        }
        await stream.end();
        return turn.value;
      },
    }),
  };
  async function stepped(of: Session, sequence: Float32Array, inputFormat: number): Promise<Int16Array> {
    const stream = await of.stream({ source: "frames", logits: true });
    const steps = sequence.length / inputs;
    const found = new Int16Array(steps * outputs);
    const waiting = window ? Math.min(steps, window.hop + window.after - 1) : 0;
    const written = stream
      .write(toIntegers(sequence, inputFormat))
      .then(() => stream.drain(waiting))
      .then(() => stream.end());
    written.catch(() => {}); // the events end with the same error
    let step = 0;
    try {
      for await (const event of stream) {
        if (event.type === "logits") {
          found.set(event.logits, outputs * step++);
          onStep();
        }
        if (step === steps) break;
      }
      await written;
    } catch (error) {
      throw inStep(step, error, model); // the steps before it have their results
    }
    return found;
  }
}
