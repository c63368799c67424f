// A board as a listener: sound over the link, the logits of every frame back. So a board is evaluated like V8.
import { readOutput } from "../features/output-section.ts";
import type { Session } from "../link/session.ts";
import type { SoundStream } from "../link/stream.ts";
import { readModel } from "../model/model.ts";
import { frontEndHead } from "../spec/frontend.ts";
import { UserError } from "../spec/user-error.ts";
import type { Listener } from "../tasks/keywords/listener.ts";

/** Runs the model that the board has. UserError if it has none, or one that takes no sound. */
export async function boardListener(session: Session): Promise<Listener> {
  const { sections } = readModel(await session.readModel(), "the board's model");
  const front = sections.get("FRNT");
  const output = sections.get("OUTP");
  if (!front || !output) throw new UserError("the board's model takes no sound", "flash a model with a front end");
  const { sampleRate, window, hop } = frontEndHead.read(front.bytes);
  const decoder = readOutput(output.bytes);
  const logits = new LogitStream(session, decoder.labels.length);
  return {
    name: session.hello.board,
    labels: decoder.labels,
    sampleRate,
    window,
    hop,
    decoder,
    reset: () => logits.reset(),
    hear: (samples) => logits.hear(samples, (all) => Math.max(0, Math.floor((all - window) / hop) + 1)),
  };
}

/** A stream that is opened when first needed, and its logits in the order of frames. */
class LogitStream {
  readonly #session: Session;
  readonly #labels: number;
  #stream: SoundStream | undefined;
  #events: AsyncIterator<unknown> | undefined;
  #samples = 0;
  #frames = 0;

  constructor(session: Session, labels: number) {
    this.#session = session;
    this.#labels = labels;
  }

  async reset(): Promise<void> {
    await this.#stream?.end();
    this.#stream = undefined;
  }

  async hear(samples: Int16Array, framesIn: (samples: number) => number): Promise<Int16Array> {
    if (!this.#stream) {
      this.#stream = await this.#session.stream({ logits: true });
      this.#events = this.#stream[Symbol.asyncIterator]();
      this.#samples = this.#frames = 0;
    }
    this.#samples += samples.length;
    const wanted = framesIn(this.#samples) - this.#frames;
    const written = this.#stream.write(samples);
    written.catch(() => {}); // the events end with the same error
    const out = new Int16Array(wanted * this.#labels);
    for (let i = 0; i < wanted; ) {
      const { value, done } = (await this.#events!.next()) as IteratorResult<{ type: string; logits: Int16Array }>;
      if (done) throw new Error("the stream ended early");
      if (value.type === "logits") out.set(value.logits, this.#labels * i++);
    }
    await written;
    this.#frames += wanted;
    return out;
  }
}
