// The CTC loss: against PyTorch, against sums over all paths, against its own differences; and what it refuses.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import type { Node } from "../../host/autodiff/tape.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { ctcLoss, framesNeeded } from "../../host/train/ctc.ts";

type Golden = {
  what: string;
  labels: number;
  blank: number;
  lengths: number[];
  targets: number[][];
  logits: number[];
  losses: number[];
  gradients: number[];
};
const file = new URL("../autodiff/golden/ctc.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Golden[] };
const dense = await loadCell("dense");

/** A pass whose frames have given logits, [frames][batch][labels], and the losses over them. */
class Pass {
  readonly network: Network;
  readonly frames: Node[];

  constructor(
    readonly logits: ArrayLike<number>,
    readonly labels: number,
    readonly batch: number,
  ) {
    const parameters = [new Float32Array(labels * labels), new Float32Array(labels)];
    this.network = new Network([{ cell: dense, sizes: { units: labels, inputs: labels }, parameters }], batch);
    this.network.begin(true);
    const { tape, memory } = this.network;
    this.frames = Array.from({ length: logits.length / labels / batch }, () => tape.node(labels, true));
    this.frames.forEach((node, t) => {
      const floats = memory.floats(node.value, tape.count(node)).fill(Number.NaN); // padding must not matter
      for (let i = 0; i < batch * labels; i++) {
        floats[Math.floor(i / labels) * node.stride + (i % labels)] = logits[t * batch * labels + i];
      }
    });
  }

  loss(targets: number[][], lengths: number[], blank: number, weights = new Float32Array(this.batch).fill(1)): number {
    return ctcLoss(this.network, this.frames, targets, lengths, blank, weights);
  }

  /** As the logits lie; zero where no gradient has come. */
  gradients(): number[] {
    return this.frames.flatMap(({ gradient, length, stride }) =>
      gradient === 0
        ? new Array<number>(this.batch * length).fill(0)
        : Array.from(this.network.read({ value: gradient, gradient: 0, length, stride, wants: false })),
    );
  }
}

function close(found: number, wanted: number, relative: number, absolute: number, what: string): void {
  assert.ok(Math.abs(found - wanted) <= relative * Math.abs(wanted) + absolute, `${what}: ${found} against ${wanted}`);
}

for (const { what, labels, blank, lengths, targets, logits, losses, gradients } of cases) {
  test(`losses and gradients are PyTorch's: ${what}`, () => {
    const batch = targets.length;
    const all = new Pass(logits, labels, batch);
    const sum = losses.reduce((a, b) => a + b, 0);
    close(all.loss(targets, lengths, blank), sum, 1e-8, 0, "the sum");
    all.gradients().forEach((value, i) => {
      close(value, gradients[i], 1e-5, 1e-9, `gradient ${i}`);
    });
    losses.forEach((loss, row) => {
      const weights = new Float32Array(batch);
      weights[row] = 1;
      close(new Pass(logits, labels, batch).loss(targets, lengths, blank, weights), loss, 1e-8, 0, `loss ${row}`);
    });
  });
}

test("the loss is that of the sum over all paths", () => {
  const random = new Random(1, "ctc", "paths");
  for (let round = 0; round < 60; round++) {
    const labels = 2 + random.int(3);
    const steps = 1 + random.int(5);
    const blank = random.int(labels);
    const logits = Float32Array.from({ length: steps * labels }, () => random.normal() * 2);
    const all = spelled(logits, labels, blank);
    let total = 0;
    for (const { target, probability } of all.values()) {
      total += probability;
      const loss = new Pass(logits, labels, 1).loss([target], [steps], blank);
      close(loss, -Math.log(probability), 1e-12, 1e-12, `round ${round}, target [${target}]`);
    }
    close(total, 1, 1e-12, 0, "the sum of all targets' probabilities");
  }
});

test("gradients are the differences of losses", () => {
  const random = new Random(2, "ctc", "differences");
  const h = 2 ** -10; // logits in steps of h, so that float32 holds all of them exactly
  for (let round = 0; round < 20; round++) {
    const labels = 3 + random.int(3);
    const blank = random.int(labels);
    const lengths = [7, 4, 6];
    const targets = lengths.map((length) => randomTarget(random, labels, blank, length));
    const weights = Float32Array.from([1, 0.25, 2]);
    const logits = Array.from({ length: 7 * 3 * labels }, () => Math.round(random.normal() / h) * h);
    const pass = new Pass(logits, labels, 3);
    pass.loss(targets, lengths, blank, weights);
    const gradients = pass.gradients();
    for (let k = 0; k < 12; k++) {
      const i = random.int(logits.length);
      const at = (value: number) => new Pass(logits.with(i, value), labels, 3).loss(targets, lengths, blank, weights);
      const difference = (at(logits[i] + h) - at(logits[i] - h)) / (2 * h);
      close(gradients[i], difference, 1e-6, 1e-6, `round ${round}, gradient ${i}`);
    }
  }
});

test("losses add to gradients that are there, by weight", () => {
  const logits = cases[0].logits;
  const [once, twice] = [0, 1].map(() => new Pass(logits, 5, 3));
  const weights = Float32Array.from([0.5, 0, 3]);
  const { targets, lengths } = cases[0];
  const loss = once.loss(targets, lengths, 0, weights);
  twice.loss(targets, lengths, 0, weights);
  twice.loss(targets, lengths, 0, weights);
  close(loss, 0.5 * cases[0].losses[0] + 3 * cases[0].losses[2], 1e-8, 0, "loss");
  const doubled = twice.gradients();
  once.gradients().forEach((value, i) => {
    assert.is(doubled[i], 2 * value);
    close(value, weights[Math.floor(i / 5) % 3] * cases[0].gradients[i], 1e-5, 1e-9, `gradient ${i}`);
  });
});

test("a sequence of weight 0 is neither checked nor learned", () => {
  const pass = new Pass(new Float32Array(4 * 2 * 3), 3, 2);
  const loss = pass.loss([[7, 7, 7, 7, 7, 7, 7, 7, 7, 7], [1]], [-1, 4], 0, Float32Array.from([0, 1]));
  assert.ok(loss > 0 && loss < 4);
  pass.gradients().forEach((value, i) => {
    if (Math.floor(i / 3) % 2 === 0) assert.is(value, 0);
  });
});

test("improbable and impossible targets give great losses and infinite ones, never NaN", () => {
  const far = Array.from({ length: 50 }, () => [0, 1e4, -1e4]).flat();
  const pass = new Pass(far, 3, 1);
  // 48 blanks at −10,000 and two labels at −20,000, in C(49, 2) ways.
  close(pass.loss([[2, 2]], [50], 0), 520_000 - Math.log(1176), 1e-12, 0, "the loss");
  for (const value of pass.gradients()) assert.ok(Number.isFinite(value), `a gradient of ${value}`);

  const never = Array.from({ length: 4 }, () => [0, 1, -Infinity]).flat();
  const blocked = new Pass(never, 3, 1);
  assert.is(blocked.loss([[2]], [4], 0), Infinity);
  assert.ok(blocked.gradients().every((value) => value === 0));
});

test("a logit that is no number makes the loss none", () => {
  const logits = cases[0].logits.with(31, Number.NaN);
  assert.ok(Number.isNaN(new Pass(logits, 5, 3).loss(cases[0].targets, cases[0].lengths, 0)));
});

test("repeats count in what a target needs", () => {
  assert.equal([[], [1], [1, 2, 1], [1, 1], [3, 3, 3, 2, 2]].map(framesNeeded), [0, 1, 3, 3, 8]);
});

const refused = (targets: number[][], lengths: number[], frames = 4): string => {
  const pass = new Pass(new Float32Array(frames * 2 * 5), 5, 2);
  try {
    pass.loss(targets, lengths, 0);
  } catch (error) {
    assert.instance(error, UserError);
    assert.ok((error as UserError).hint.length > 0);
    assert.ok(pass.gradients().every((value) => value === 0));
    return (error as UserError).message;
  }
  return "";
};

test("a target longer than its input is refused, with what it needs", () => {
  assert.match(
    refused([[1], [1, 2, 3, 4, 1]], [4, 4]),
    "sequence 1 has T = 4 frames, but its target of 5 labels needs 5",
  );
  assert.match(refused([[1, 2, 3], [1]], [2, 4]), "sequence 0 has T = 2 frames");
});

test("a target whose repeats do not fit is refused, with what it needs", () => {
  assert.match(refused([[1], [1, 1, 2, 2]], [4, 4]), "sequence 1 has T = 4 frames, but its target of 4 labels needs 6");
  assert.is(refused([[1], [1, 1, 2]], [4, 4]), "");
});

test("a blank in a target is refused", () => {
  assert.match(refused([[1, 0], [1]], [4, 4]), "label 1 of sequence 0's target is the blank (0)");
});

test("a label out of range is refused", () => {
  assert.match(refused([[1], [2, 5]], [4, 4]), "label 1 of sequence 1's target is 5, not one of 0 … 4");
  assert.match(refused([[-1], [1]], [4, 4]), "is -1, not one of");
  assert.match(refused([[1.5], [1]], [4, 4]), "is 1.5, not one of");
});

test("an empty batch is refused", () => {
  assert.match(refused([], []), "0 sequences and 4 frames");
  assert.match(refused([[], []], [0, 0], 0), "2 sequences and 0 frames");
});

// Every target that paths through the logits spell, with the sum of the paths' probabilities.
function spelled(logits: Float32Array, labels: number, blank: number) {
  const steps = logits.length / labels;
  const softmax = Array.from({ length: steps }, (_, t) => {
    const powers = Array.from(logits.subarray(t * labels, (t + 1) * labels), Math.exp);
    return powers.map((power) => power / powers.reduce((a, b) => a + b));
  });
  const found = new Map<string, { target: number[]; probability: number }>();
  for (let path = 0; path < labels ** steps; path++) {
    const symbols = softmax.map((_, t) => Math.floor(path / labels ** t) % labels);
    const target = symbols.filter((symbol, t) => symbol !== symbols[t - 1] && symbol !== blank);
    const probability = softmax.reduce((product, row, t) => product * row[symbols[t]], 1);
    const entry = found.get(target.join()) ?? { target, probability: 0 };
    entry.probability += probability;
    found.set(target.join(), entry);
  }
  return found;
}

function randomTarget(random: Random, labels: number, blank: number, frames: number): number[] {
  const others = Array.from({ length: labels }, (_, i) => i).filter((label) => label !== blank);
  for (;;) {
    const target = Array.from({ length: random.int(frames + 1) }, () => random.pick(others));
    if (framesNeeded(target) <= frames) return target;
  }
}

test.run();
