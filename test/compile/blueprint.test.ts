// Blueprints: what they mean, and that everything wrong in one is named before anything is trained.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layersOf } from "../../host/compile/blueprint.ts";
import { aliasOf, networkInputs, readsWindows } from "../../host/compile/cell.ts";
import { UserError } from "../../host/spec/user-error.ts";

const gru = { cell: "gru", units: 4 };
const out = { name: "out", cell: "dense", units: 2 };

test("layers follow each other unless they say what they read", async () => {
  const layers = await layersOf({ inputs: 3, layers: [gru, gru, out] });
  assert.equal(
    layers.map(({ sizes }) => sizes),
    [
      { units: 4, inputs: 3 },
      { units: 4, inputs: 4 },
      { units: 2, inputs: 4 },
    ],
  );
  assert.equal(
    layers.map((_, i) => aliasOf(layers, i)),
    [0, 1, 2],
  );
  assert.is(networkInputs(layers), 3);
});

test("joined, added and previous results become pieces", async () => {
  const from = ["input", { sum: ["a", "b"] }, { previous: "out" }];
  const layers = await layersOf({
    inputs: 3,
    layers: [{ ...gru, name: "a" }, { ...gru, name: "b" }, { ...gru, name: "c", from }, out],
  });
  assert.is(layers[2].sizes.inputs, 3 + 4 + 2);
  assert.equal(layers[2].pieces, [
    { source: 0, previous: false, length: 3, at: 0, adds: false },
    { source: 1, previous: false, length: 4, at: 3, adds: false },
    { source: 2, previous: false, length: 4, at: 3, adds: true },
    { source: 4, previous: true, length: 2, at: 7, adds: false },
  ]);
  assert.is(aliasOf(layers, 2), undefined);
});

test("a layer that reads one earlier result reads it where it lies", async () => {
  const layers = await layersOf({ inputs: 3, layers: [{ ...gru, name: "a" }, gru, { ...out, from: "a" }] });
  assert.is(aliasOf(layers, 2), 1);
});

test("a backward layer makes a network of windows", async () => {
  const window = { before: 0, hop: 8, after: 0 };
  const layers = await layersOf({ inputs: 3, window, layers: [{ ...gru, direction: "backward" }, out] });
  assert.ok(readsWindows(layers));
});

const slow = { name: "slow", cell: "mtrnn", units: 2, sizes: { tau: 30 } };
const fast = { name: "fast", cell: "mtrnn", units: 4, sizes: { tau: 2 } };

test("slow units are joined to input and output where a blueprint says so, and alone", async () => {
  const said = { ...slow, from: ["input", { previous: "fast" }] };
  await layersOf({ inputs: 3, layers: [said, fast, out] });
  await layersOf({ inputs: 3, layers: [fast, slow, { ...out, from: ["fast", "slow"] }] });
  await layersOf({ inputs: 3, layers: [slow, out] });
});

const wrong: [what: string, blueprint: unknown, message: RegExp, hint: RegExp][] = [
  ["no object", [], /the blueprint is \[\]/, /object/],
  ["an unknown field", { inputs: 3, layers: [out], units: 3 }, /field units/, /^there are: inputs/],
  ["no layers", { inputs: 3, layers: [] }, /no layers/, /read-out/],
  ["no inputs", { inputs: 0, layers: [out] }, /inputs of the blueprint is 0/, /1 to 4096/],
  ["units 0", { inputs: 3, layers: [{ ...gru, units: 0 }, out] }, /units of layer 1 .* is 0/, /1 to 4096/],
  ["an unknown cell", { inputs: 3, layers: [{ ...gru, cell: "grv" }, out] }, /a cell grv/, /did you mean gru\?/],
  [
    "an unknown option",
    { inputs: 3, layers: [{ ...gru, cell: "lstm+peephole" }, out] },
    /lstm with an option peephole/,
    /did you mean peepholes\?/,
  ],
  [
    "a size that the cell has not",
    { inputs: 3, layers: [{ ...gru, sizes: { slots: 2 } }, out] },
    /gives slots/,
    /leave/,
  ],
  ["a layer that is not there", { inputs: 3, layers: [gru, { ...out, from: "gur" }] }, /reads "gur"/, /mean gru\?/],
  ["a layer that runs later", { inputs: 3, layers: [{ ...gru, from: "out" }, out] }, /runs after it/, /previous/],
  [
    "an earlier layer's previous result",
    { inputs: 3, layers: [gru, { ...out, from: { previous: "gru" } }] },
    /before it/,
    /own/,
  ],
  [
    "a sum of unequal lengths",
    { inputs: 3, layers: [gru, { ...out, from: { sum: ["gru", "input"] } }] },
    /adds results of 4 and 3/,
    /same units/,
  ],
  [
    "two layers of one name that is read",
    { inputs: 3, layers: [gru, gru, { ...out, from: "gru" }] },
    /two layers named "gru"/,
    /name/,
  ],
  [
    "a window without a backward layer",
    { inputs: 3, window: { before: 0, hop: 8, after: 0 }, layers: [out] },
    /no backward/,
    /leave/,
  ],
  [
    "a backward layer without a window",
    { inputs: 3, layers: [{ ...gru, direction: "backward" }, out] },
    /no window/,
    /hop/,
  ],
  [
    "a window of 0 steps",
    { inputs: 3, window: { before: 0, hop: 0, after: 0 }, layers: [{ ...gru, direction: "backward" }, out] },
    /hop of the window/,
    /1 to 4096/,
  ],
  [
    "a window of more steps than a model can state",
    { inputs: 3, window: { before: 4000, hop: 90, after: 10 }, layers: [{ ...gru, direction: "backward" }, out] },
    /the window .* has 4100 steps/,
    /at most 4096/,
  ],
  [
    "a window that looks back",
    {
      inputs: 3,
      window: { before: 0, hop: 8, after: 0 },
      layers: [{ ...gru, direction: "backward", from: ["input", { previous: "out" }] }, out],
    },
    /looks back within a window/,
    /leave previous and delayed out/,
  ],
  [
    "an unknown direction",
    { inputs: 3, layers: [{ ...gru, direction: "sideways" }, out] },
    /direction "sideways"/,
    /backward is possible/,
  ],
  [
    "units that are no whole number",
    { inputs: 3, layers: [{ ...gru, units: 2.5 }, out] },
    /units of layer 1 .* is 2.5/,
    /1 to 4096/,
  ],
  ["a variant of the GRU that is not there", { inputs: 3, layers: [{ ...gru, cell: "gru+mug" }, out] }, /mug/, /mgu\?/],
  [
    "a delay of 0 steps",
    { inputs: 3, layers: [{ cell: "fir", units: 4, from: ["input", { delayed: "input", by: 0 }] }, out] },
    /the delay of input in layer 1 .* is 0/,
    /1 to 4096/,
  ],
  [
    "a time constant of half a step",
    { inputs: 3, layers: [{ cell: "mtrnn", units: 4, sizes: { tau: 0.5 } }, out] },
    /size tau of layer 1 .* is 0.5/,
    /1 to 4096/,
  ],
  [
    "slow units that read the input by their place",
    { inputs: 3, layers: [slow, fast, out] },
    /"slow" .* slowest \(tau 30\), is wired to the input/,
    /its from/,
  ],
  [
    "slow units that the read-out reads by its place",
    { inputs: 3, layers: [fast, slow, out] },
    /"slow" .* slowest \(tau 30\), is wired to "out"/,
    /that layer's from/,
  ],
  [
    "a memory of more values than a model can state",
    { inputs: 3, layers: [{ name: "memory", cell: "ntm", units: 64, sizes: { slots: 513 } }, out] },
    /"memory" .* keeps M of 513 × 64, which takes at least 65664 bytes of RAM/,
    /at most 32768 values: give fewer slots or units/,
  ],
  [
    "a memory with links between 257 slots",
    { inputs: 3, layers: [{ name: "memory", cell: "dnc", units: 4, sizes: { slots: 257 } }, out] },
    /"memory" .* keeps L of 257 × 257, which takes at least 132098 bytes of RAM/,
    /at most 32768 values/,
  ],
  [
    "linked slots of more than 64 values",
    { inputs: 3, layers: [{ name: "memory", cell: "dnc", units: 65, sizes: { slots: 10 } }, out] },
    /"memory" .* has linked slots of 65 values/,
    /at most 64/,
  ],
  [
    "an unknown kind of matrix",
    { inputs: 3, layers: [{ ...gru, numbers: { matrices: "int4" } }, out] },
    /matrices of int4/,
    /int16/,
  ],
  [
    "a state that is not there",
    { inputs: 3, layers: [{ ...gru, numbers: { states: { c: "int32" } } }, out] },
    /no state c/,
    /^there are: h/,
  ],
];
for (const [what, blueprint, message, hint] of wrong)
  test(`${what} is refused with a hint`, async () => {
    try {
      await layersOf(blueprint);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as UserError).message, message);
      assert.match((error as UserError).hint, hint);
    }
  });

test.run();
