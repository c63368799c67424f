// The loop: it learns, reproduces itself to the byte, stops, goes on, and notices when it diverges.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Network } from "../../host/autodiff/network.ts";
import { loadCell } from "../../host/compile/load.ts";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { readCheckpoint } from "../../host/train/checkpoint.ts";
import { initialize } from "../../host/train/initialize.ts";
import { countCorrect, crossEntropy, oneHot } from "../../host/train/loss.ts";
import { type Material, type TrainOptions, type TrainResult, train } from "../../host/train/train.ts";

const [units, batch, frames] = [12, 16, 6];
const test = suite<{ folder: string }>("training");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "engram-train-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

async function newNetwork(seed: number): Promise<Network> {
  const [cell, dense] = [await loadCell("gru"), await loadCell("dense")];
  const sizes = [
    { units, inputs: 1 },
    { units: 2, inputs: units },
  ];
  const layers = [cell, dense].map((each, i) => ({
    cell: each,
    sizes: sizes[i],
    parameters: initialize(each, sizes[i], seed, i),
  }));
  return new Network(layers, batch);
}

// Which of two values came first; the rest is noise. Needs memory.
function recallFirst(seed: number, spoil = -1): Material {
  let carried = new Float32Array(1);
  const pass = (network: Network, random: Random, recording: boolean) => {
    const classes = Int32Array.from({ length: batch }, () => random.int(2));
    network.resetStates();
    network.begin(recording);
    let logits = network.step(Float32Array.from(classes, (c) => 2 * c - 1));
    for (let t = 1; t < frames; t++) {
      logits = network.step(Float32Array.from({ length: batch }, () => random.uniform(-1, 1)));
    }
    return { classes, logits };
  };
  return {
    stepsPerEpoch: 20,
    accumulate(network, epoch, step) {
      const { classes, logits } = pass(network, new Random(seed, epoch, step, carried[0]), true);
      carried = Float32Array.of(classes[0]);
      const weights = new Float32Array(batch).fill(epoch === spoil ? Number.NaN : 1 / batch);
      const loss = crossEntropy(network, logits, oneHot(classes, 2), weights);
      network.backward();
      return { loss, correct: countCorrect(network, logits, classes), examples: batch };
    },
    validate(network) {
      const { classes, logits } = pass(network, new Random(99), false);
      return countCorrect(network, logits, classes) / batch;
    },
    save: () => ({ carried }),
    load: (kept) => {
      carried = kept.carried as Float32Array<ArrayBuffer>;
    },
  };
}

const options: TrainOptions = {
  epochs: 6,
  optimizer: { kind: "adam", weightDecay: 1e-3 },
  schedule: { kind: "cosine", rate: 0.02, warmUp: 0.05 },
  clipNorm: 1,
};

const hash = ({ parameters }: TrainResult): string => {
  const sum = createHash("sha256");
  for (const values of parameters.flat()) sum.update(new Uint8Array(values.buffer));
  return sum.digest("hex");
};

test("a network learns to keep its first input, with Adam and with momentum", async () => {
  const adam = await train(await newNetwork(1), recallFirst(1), options);
  assert.is(adam.ended, "finished");
  assert.is(adam.validation, 1);
  const sgd: TrainOptions = { ...options, optimizer: { kind: "sgd" }, schedule: { kind: "constant", rate: 0.1 } };
  assert.is((await train(await newNetwork(1), recallFirst(1), sgd)).validation, 1);
});

test("the same seed gives the same bytes, another one others", async () => {
  const run = async (seed: number) =>
    hash(await train(await newNetwork(seed), recallFirst(seed), { ...options, epochs: 2 }));
  const first = await run(1);
  assert.is(await run(1), first);
  assert.is.not(await run(2), first);
});

test("a run that was stopped in an epoch goes on to the same bytes", async ({ folder }) => {
  const whole = hash(await train(await newNetwork(1), recallFirst(1), options));
  const checkpoint = { path: join(folder, "run.checkpoint"), run: "recall" };
  const stopAt = async (epoch: number, step: number) => {
    const stop = new AbortController();
    const result = await train(
      await newNetwork(7), // its own first parameters must not matter once there is a checkpoint
      recallFirst(1),
      { ...options, checkpoint },
      (progress) => {
        if (progress.epoch === epoch && progress.step === step) stop.abort();
      },
      stop.signal,
    );
    assert.is(result.ended, "aborted");
  };
  const first = new AbortController();
  await train(
    await newNetwork(1),
    recallFirst(1),
    { ...options, checkpoint },
    ({ step }) => step === 7 && first.abort(),
    first.signal,
  );
  await stopAt(3, 13);
  await stopAt(5, 20);
  assert.is(hash(await train(await newNetwork(7), recallFirst(1), { ...options, checkpoint })), whole);
});

test("the history has an entry for each epoch, the same after a stop in one of them", async ({ folder }) => {
  const { history, validation } = await train(await newNetwork(1), recallFirst(1), options);
  assert.equal(
    history.map(({ epoch }) => epoch),
    [1, 2, 3, 4, 5, 6],
  );
  assert.ok(history[5].loss < history[0].loss / 2 && history[5].accuracy > history[0].accuracy);
  assert.is(Math.max(...history.map((entry) => entry.validation!)), validation);
  assert.ok(history[5].rate < history[0].rate);
  const checkpoint = { path: join(folder, "run.checkpoint"), run: "recall" };
  const stop = new AbortController();
  const stopped = await train(
    await newNetwork(1),
    recallFirst(1),
    { ...options, checkpoint },
    ({ epoch, step }) => epoch === 4 && step === 11 && stop.abort(),
    stop.signal,
  );
  assert.equal(stopped.history, history.slice(0, 3));
  const resumed = await train(await newNetwork(1), recallFirst(1), { ...options, checkpoint });
  assert.equal(resumed.history, history);
});

test("a run that turns NaN ends, and keeps the checkpoint of the last sound epoch", async ({ folder }) => {
  const path = join(folder, "run.checkpoint");
  const network = await newNetwork(1);
  const result = await train(network, recallFirst(1, 2), { ...options, checkpoint: { path, run: "r" } });
  assert.is(result.ended, "diverged");
  assert.is(result.reason, "the loss is NaN");
  assert.is(result.epoch, 2);
  const kept = readCheckpoint(path, "r")!;
  assert.is(kept.step, 40);
  assert.ok(kept.parameters.flat().every((values) => values.every(Number.isFinite)));
  assert.ok(result.parameters.flat().every((values) => values.every(Number.isFinite)));
});

test("a run whose losses stay above ten times the first ends, and says so; a spike does not", async ({ folder }) => {
  const path = join(folder, "run.checkpoint");
  const risen = (isHigh: (step: number) => boolean): Material => {
    const material = recallFirst(1);
    return {
      ...material,
      accumulate(network, epoch, step) {
        const outcome = material.accumulate(network, epoch, step);
        const at = epoch * material.stepsPerEpoch + step;
        return isHigh(at) ? { ...outcome, loss: 100 } : outcome;
      },
    };
  };
  const result = await train(
    await newNetwork(1),
    risen((step) => step >= 50),
    { ...options, checkpoint: { path, run: "r" } },
  );
  assert.is(result.ended, "diverged");
  assert.match(result.reason!, /^the loss is 100, and has been above 10 times the first one, 0\.\d+, for 20 steps$/);
  assert.is(result.epoch, 3);
  assert.is(result.steps, 69);
  assert.is(result.history.length, 3);
  assert.is(readCheckpoint(path, "r")?.step, 60);
  assert.is(
    (
      await train(
        await newNetwork(1),
        risen((step) => step >= 50 && step !== 69 && step < 89),
        options,
      )
    ).ended,
    "finished",
  );
});

test("a run that goes on still knows its first loss", async ({ folder }) => {
  const checkpoint = { path: join(folder, "run.checkpoint"), run: "r" };
  const stop = new AbortController();
  await train(
    await newNetwork(1),
    recallFirst(1),
    { ...options, checkpoint },
    ({ step }) => step === 7 && stop.abort(),
    stop.signal,
  );
  const material = recallFirst(1);
  const high: Material = { ...material, accumulate: (...of) => ({ ...material.accumulate(...of), loss: 100 }) };
  const result = await train(await newNetwork(1), high, { ...options, checkpoint });
  assert.is(result.ended, "diverged");
});

test("a checkpoint of another run, or a damaged one, is refused and not overwritten", async ({ folder }) => {
  const path = join(folder, "run.checkpoint");
  const brief = { ...options, epochs: 1 };
  await train(await newNetwork(1), recallFirst(1), { ...brief, checkpoint: { path, run: "one" } });
  let refused: unknown;
  try {
    await train(await newNetwork(1), recallFirst(1), { ...brief, checkpoint: { path, run: "two" } });
  } catch (error) {
    refused = error;
  }
  assert.instance(refused, UserError);
  assert.ok(existsSync(path));
  assert.is(readCheckpoint(path, "one")?.step, 20);
  writeFileSync(path, readFileSync(path).subarray(0, 300));
  try {
    readCheckpoint(path, "one");
    assert.unreachable("was accepted");
  } catch (error) {
    assert.match((error as UserError).hint, /remove .*run\.checkpoint/);
  }
});

test("training ends early when validation no longer rises", async () => {
  const constant = { ...recallFirst(1), validate: () => 0.5 };
  let falling = 1;
  const material = { ...constant, validate: () => falling-- };
  const result = await train(await newNetwork(1), material, { ...options, patience: 2 });
  assert.is(result.ended, "early");
  assert.is(result.epoch, 3);
  assert.is(result.validation, 1);
});

test("progress counts steps and epochs", async () => {
  const seen: string[] = [];
  await train(await newNetwork(1), recallFirst(1), { ...options, epochs: 2 }, (progress) => {
    if (progress.step % 10 === 0) seen.push(`${progress.epoch}/${progress.epochs} ${progress.step}/${progress.steps}`);
    assert.ok(progress.loss > 0 && progress.accuracy >= 0 && progress.accuracy <= 1);
  });
  assert.equal(seen, ["1/2 10/20", "1/2 20/20", "2/2 10/20", "2/2 20/20"]);
});

test("the time left counts validations, and is not told before one was seen", async () => {
  const validate = () => new Promise<number>((resolve) => setTimeout(resolve, 50, 0.5));
  const left: (number | undefined)[] = [];
  await train(await newNetwork(1), { ...recallFirst(1), validate }, { ...options, epochs: 3 }, ({ secondsLeft }) => {
    left.push(secondsLeft);
  });
  assert.equal(left.slice(0, 20), new Array(20).fill(undefined));
  assert.ok(left[20]! > 0.09 && left[59]! > 0.045, `${left}`);
  assert.ok(left[59]! < left[20]!);
});

test("the time left without validations is told from the second step on, without what the first one compiled", async () => {
  const left: (number | undefined)[] = [];
  const { validate: _, ...material } = recallFirst(1);
  const slowAtFirst: typeof material = {
    ...material,
    accumulate(network, epoch, step) {
      const begun = performance.now();
      while (epoch === 0 && step === 0 && performance.now() < begun + 300);
      return material.accumulate(network, epoch, step);
    },
  };
  await train(await newNetwork(1), slowAtFirst, { ...options, epochs: 2 }, (now) => left.push(now.secondsLeft));
  assert.is(left[0], undefined);
  assert.ok(left[1]! < 38 * 0.15, `${left[1]}`);
  assert.is(left.at(-1), 0);
});

test.run();
