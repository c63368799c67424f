// What quantization costs: signal to noise by layer, saturated call sites by name, decisions that differ. Measured by running
// the float network and the integers over the same frames.
import { FloatNetwork } from "../autodiff/float-network.ts";
import { eachWindow } from "../autodiff/windows.ts";
import { aliasOf, type FloatLayer, firstParameter, lanesOf, siteName } from "../compile/cell.ts";
import type { Window } from "../model/pieces.ts";
import { IntegerModel } from "../runtime/integer-model.ts";
import type { Assembled } from "./assemble.ts";
import { eachBatch, type Frames, valuesOf } from "./calibrate.ts";
import { type ClippedSite, clippedSites, type Known, saturationWarnings } from "./saturation.ts";

export type QuantizationReport = {
  sequences: number;
  frames: number;
  /** By layer, in decibels: the float result against its difference to the integers. */
  signalToNoise: number[];
  /** Call sites where values were saturated, worst first. */
  clipped: ClippedSite[];
  /** What a person must know of them, and of thresholds that nothing reaches. */
  warnings: string[];
  /** Saturated values of call sites that feed sigmoid or tanh, as a part of all of them. */
  preActivationsClipped: number;
  /** Sites that got a coarser format, since a weight's ratio would not fit. */
  coarser: string[];
  /** Part of the sequences whose decision (greatest mean of the last logits) is the same. */
  decisionsEqual: number;
  /** Parts decided right, where the classes are known. */
  accuracy?: { float: number; integer: number };
};

/**
 * @param window frames at the end of a sequence whose results are averaged for the decision
 * @param classes what each sequence is, if known
 */
export function measureCost(
  layers: FloatLayer[],
  made: Assembled,
  frames: Frames,
  window: number,
  classes?: ArrayLike<number>,
): QuantizationReport {
  const model = new IntegerModel(made.file);
  if (model.model.window) return windowCost(layers, made, model, frames, model.model.window);
  const { inputs, outputs } = model;
  const { sequences } = frames;
  const lanes = lanesOf(layers);
  const network = new FloatNetwork(layers, lanes);
  const signal = layers.map(() => 0);
  const noise = layers.map(() => 0);
  // Float results by layer of the batch that is on: [frame][lane][row].
  let float: Float32Array[][] = [];
  let equal = 0;
  const right = { float: 0, integer: 0 };
  const greatest = (sums: Float64Array) => sums.reduce((best, value, i) => (value > sums[best] ? i : best), 0);

  const finish = (first: number) => {
    for (let lane = 0; lane < lanes && first + lane < sequences.length; lane++) {
      model.reset();
      const sequence = sequences[first + lane];
      const length = sequence.length / inputs;
      const sums = { float: new Float64Array(outputs), integer: new Float64Array(outputs) };
      for (let frame = 0; frame < length; frame++) {
        model.step(sequence.subarray(frame * inputs, (frame + 1) * inputs));
        layers.forEach(({ sizes: { units } }, i) => {
          const { result, records } = model.model.layers[i];
          const scale = 2 ** -records[result].format;
          const integers = model.values(i, result);
          for (let row = 0; row < units; row++) {
            const exact = float[frame][i][lane * units + row];
            signal[i] += exact * exact;
            noise[i] += (exact - integers[row] * scale) ** 2;
            if (i < layers.length - 1 || frame < length - window) continue;
            sums.float[row] += exact;
            sums.integer[row] += integers[row];
          }
        });
      }
      const [a, b] = [greatest(sums.float), greatest(sums.integer)];
      if (a === b) equal++;
      if (classes?.[first + lane] === a) right.float++;
      if (classes?.[first + lane] === b) right.integer++;
    }
  };
  let begun = -1;
  eachBatch(
    inputs,
    frames,
    (first) => {
      if (begun >= 0) finish(begun);
      begun = first;
      float = [];
      network.reset();
    },
    (x) => float.push(network.stepAll(x)),
    lanes,
  );
  finish(begun);
  const steps = sequences.reduce((sum, { length }) => sum + length / inputs, 0);

  const clipped = clippedSites(model, steps, knownOf(layers, made), made.ranges);
  const preActivations = layers.map(({ cell }, i) =>
    [...made.formats[i].activationOnly].map((site) => ({
      rows: made.placement.rows[i][site],
      count: model.clips()[i][site],
      cell,
    })),
  );
  const all = preActivations.flat().reduce((sum, { rows }) => sum + rows, 0) * steps;
  return {
    sequences: sequences.length,
    frames: steps,
    signalToNoise: signal.map((s, i) => 10 * Math.log10(s / noise[i])),
    clipped,
    warnings: [...saturationWarnings(clipped, "calibration data"), ...idleThresholds(layers, made, frames)],
    preActivationsClipped: all > 0 ? preActivations.flat().reduce((sum, { count: hits }) => sum + hits, 0) / all : 0,
    coarser: coarserSites(layers, made),
    decisionsEqual: equal / sequences.length,
    ...(classes
      ? { accuracy: { float: right.float / sequences.length, integer: right.integer / sequences.length } }
      : {}),
  };
}

// Of a network that reads whole windows: the signal to noise of the results alone, a decision at each step.
function windowCost(
  layers: FloatLayer[],
  made: Assembled,
  model: IntegerModel,
  frames: Frames,
  window: Window,
): QuantizationReport {
  const { inputs, outputs } = model;
  const exact = frames.sequences.map(({ length }) => new Float32Array((length / inputs) * outputs));
  eachWindow(new FloatNetwork(layers, 32), valuesOf(frames), window, 32, ({ i, from, first, count }, results, lane) => {
    for (let t = first; t < first + count; t++)
      exact[i].set(results[layers.length - 1][t - from].subarray(lane * outputs, (lane + 1) * outputs), t * outputs);
  });
  const scale = 2 ** -model.formats.output;
  const sums = { signal: 0, noise: 0, steps: 0, equal: 0 };
  const greatest = (row: ArrayLike<number>) =>
    Array.from(row).reduce((best, value, i, all) => (value > all[best] ? i : best), 0);
  frames.sequences.forEach((sequence, i) => {
    model.reset();
    const steps = sequence.length / inputs;
    for (let step = 0, t = 0; t < steps; step++) {
      const found = step < steps ? model.push(sequence.subarray(step * inputs, (step + 1) * inputs)) : model.drain();
      if (!found) continue;
      const row = exact[i].subarray(t * outputs, ++t * outputs);
      row.forEach((value, c) => {
        sums.signal += value * value;
        sums.noise += (value - found[c] * scale) ** 2;
      });
      if (greatest(row) === greatest(found)) sums.equal++;
      sums.steps++;
    }
  });
  const clipped = clippedSites(model, sums.steps, knownOf(layers, made), made.ranges);
  return {
    sequences: frames.sequences.length,
    frames: sums.steps,
    signalToNoise: [10 * Math.log10(sums.signal / sums.noise)],
    clipped,
    warnings: [...saturationWarnings(clipped, "calibration data"), ...idleThresholds(layers, made, frames)],
    preActivationsClipped: 0,
    coarser: coarserSites(layers, made),
    decisionsEqual: sums.equal / sums.steps,
  };
}

const coarserSites = (layers: FloatLayer[], made: Assembled): string[] =>
  made.coarser.map(({ layer, site, format }) => `${siteName(layers[layer].cell, site)}: ${format} fraction bits`);

const knownOf = (layers: FloatLayer[], { formats }: Assembled): Known[] =>
  layers.map(({ cell }, i) => ({ cell, flat: formats[i].activationOnly }));

// Thresholds of `change` above all that is compared with them: what they guard never counts.
function idleThresholds(layers: FloatLayer[], { formats, ranges }: Assembled, frames: Frames): string[] {
  return layers.flatMap(({ cell, parameters, sizes }, layer) =>
    formats[layer].flow.visits
      .filter(({ op }) => op === "change")
      .flatMap(({ site, arguments: [[x], , [threshold]] }) => {
        const parameter = threshold - firstParameter(cell);
        const values = parameters[parameter];
        if (!values) return [];
        const direct = x === 0 && aliasOf(layers, layer) === 0;
        const most = direct
          ? greatestByInput(frames, sizes.inputs)
          : new Float64Array(values.length).fill(ranges[layer][x]);
        const idle = [...values.keys()].filter((i) => values[i] > most[i]);
        if (idle.length === 0) return [];
        const [first] = idle;
        const [theta, reached] = [values[first], most[first]].map((value) => Number(value.toPrecision(3)));
        const what = `${idle.length} of ${values.length} values never count: ${cell.parameters[parameter].name} of value ${first} is ${theta}, and it reaches ${reached} on calibration data`;
        return [`${siteName(cell, site)}: ${what}`];
      }),
  );
}

function greatestByInput({ sequences, format }: Frames, inputs: number): Float64Array {
  const most = new Float64Array(inputs);
  for (const sequence of sequences)
    sequence.forEach((value, i) => {
      most[i % inputs] = Math.max(most[i % inputs], Math.abs(value) * 2 ** -format);
    });
  return most;
}
