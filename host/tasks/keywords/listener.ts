// Something that hears: sound in, logits frame by frame out. The float network and the integer model in V8 are listeners; a
// board is one over its link (host/boards/board-listener.ts).
import { FloatNetwork } from "../../autodiff/float-network.ts";
import { FrontEndStream } from "../../features/frontend.ts";
import { readOutput } from "../../features/output-section.ts";
import type { FloatModel } from "../../model/float-model.ts";
import { IntegerModel } from "../../runtime/integer-model.ts";
import { type DecoderParameters, keywordDecoder } from "../../spec/decoder.ts";
import { type FrontEnd, frontEndHead } from "../../spec/frontend.ts";
import { UserError } from "../../spec/user-error.ts";

export type Listener = {
  /** `float`, `v8`, or a board's name. */
  name: string;
  labels: readonly string[];
  sampleRate: number;
  /** Samples of a frame, and from frame to frame. */
  window: number;
  hop: number;
  /** Decoding of the logits that `hear` gives, which are in its format. */
  decoder: DecoderParameters;
  /** Forgets all it has heard. */
  reset(): Promise<void>;
  /** The logits of the frames that these samples complete, frames × labels. */
  hear(samples: Int16Array): Promise<Int16Array>;
};

/** The integer model, as V8 runs it. UserError if the file has no front end or no labels. */
export function integerListener(file: Uint8Array, name: string): Listener {
  const engine = new IntegerModel(file, name);
  const front = engine.model.sections.get("FRNT");
  const output = engine.model.sections.get("OUTP");
  if (!front || !output) throw new UserError(`${name} takes no sound`, "give a model with a front end and labels");
  const frontEnd = new FrontEndStream(front.bytes);
  const decoder = readOutput(output.bytes);
  const { sampleRate, window, hop } = frontEndHead.read(front.bytes);
  return {
    name: "v8",
    labels: decoder.labels,
    sampleRate,
    window,
    hop,
    decoder,
    async reset() {
      frontEnd.reset();
      engine.reset();
    },
    async hear(samples) {
      const frames = frontEnd.push(samples);
      const logits = new Int16Array(frames.length * engine.outputs);
      for (const [i, frame] of frames.entries()) logits.set(engine.step(frame), i * engine.outputs);
      return logits;
    },
  };
}

/** Fraction bits in which a float model's logits are handed out: ±64 in steps of 1/512. */
const floatFormat = 9;

/** The float network behind the integer front end. `decoding` gives thresholds where the float model has none. */
export function floatListener(model: FloatModel, decoding: Partial<DecoderParameters> = {}): Listener {
  const { frontEnd: parameters, labels } = model;
  if (!parameters) throw new UserError("the model takes no sound", "give a model with a front end");
  const frontEnd = new FrontEndStream(parameters);
  const network = new FloatNetwork(model.layers, 1);
  const scale = 2 ** -parameters.format;
  return {
    name: "float",
    labels,
    ...rates(parameters),
    decoder: {
      labels,
      quiet: labels.filter((label) => label === "unknown" || label === "silence"),
      ...keywordDecoder,
      ...decoding,
      window: model.window,
      format: floatFormat,
    },
    async reset() {
      frontEnd.reset();
      network.reset();
    },
    async hear(samples) {
      const frames = frontEnd.push(samples);
      const logits = new Int16Array(frames.length * labels.length);
      for (const [i, frame] of frames.entries()) {
        const out = network.step(Float32Array.from(frame, (value) => value * scale));
        for (const [k, value] of out.entries()) logits[i * labels.length + k] = toFormat(value);
      }
      return logits;
    },
  };
}

const rates = ({ sampleRate, window, hop }: FrontEnd): Pick<Listener, "sampleRate" | "window" | "hop"> => ({
  sampleRate,
  window,
  hop,
});

const toFormat = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value * 2 ** floatFormat)));
