// What a wrong module or a wrong file can ask of an op: other handles, lengths, kinds and formats than it takes. V8 and C trap alike, or
// come to the same, and C, under sanitizers, leaves no bounds.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { modelLimits } from "../../host/spec/container.ts";
import { type OpName, ops } from "../../host/spec/ops.ts";
import { canBuild, Harness } from "../engine/harness.ts";
import { makers } from "./cases.ts";
import { functionMakers } from "./function-cases.ts";
import { anyFormat, between, chance, memoryMakers, pick, shorts, vectorOf } from "./memory-cases.ts";
import { type Given, type More, oneOpModel } from "./one-op-model.ts";
import { stepOfBoth } from "./twins.ts";
import { wideMakers } from "./wide-cases.ts";

type Made = { given: Given[]; rows: number; format: number; kind?: string; constants?: Int32Array };
type Vector = Extract<Given, { kind: "vector" }>;
const cases = 150;

/** A case that is not long: what is wrong shows in few values. */
function drawn(make: () => Made): Made {
  for (;;) {
    const made = make();
    if (made.given.every((each) => !("values" in each) || each.values.length < 600)) return made;
  }
}

/** Another length or format, or the one that it has. */
function altered(given: Vector): Vector {
  const { values } = given;
  const kind = values instanceof Int8Array ? "int8" : values instanceof Int16Array ? "int16" : "int32";
  const length = Math.max(1, values.length + pick([-1, 1, values.length]));
  return chance(0.5) ? { ...given, format: anyFormat() } : vectorOf(kind, length, given.format);
}

function wrong(op: OpName, make: () => Made): { file: Uint8Array; what: string } {
  const { given, rows, format, kind, constants } = drawn(make);
  const lengths = given.map((each) => ("values" in each ? each.values.length : 1));
  const length = () => Math.min(modelLimits.values, Math.max(1, pick([...lengths, rows]) + pick([0, 0, 0, -1, 1])));
  const changed = given.map((each) => (each.kind === "vector" && chance(0.15) ? altered(each) : each));
  // A site that writes a state lies on it, and what is far longer would not lie in the RAM.
  const other = () => (ops[op].result === "state" ? Math.max(1, rows + pick([-1, 1])) : length());
  const result = { rows: chance(0.9) ? rows : other(), format: chance(0.9) ? format : anyFormat() };
  const vectors = (["int8", "int16", "int32"] as const).map((each) => vectorOf(each, length(), anyFormat()));
  const sites: More["sites"] = [
    { op, rows: length(), format, kind: pick(["int16", "int32"]) },
    { op: "exceeds", rows: 0, format: pick([0, anyFormat()]) },
  ];
  const count = 1 + given.length + vectors.length + 1 + sites.length;
  const handle = () => (chance(0.1) ? pick([-1, count, 2 ** 31 - 1, -(2 ** 31)]) : between(0, count - 1));
  let called: number[] = [];
  const handles = (right: number[]) => {
    called = [...right];
    for (let n = pick([0, 1, 1, 2]); n > 0; n--) called[between(0, called.length - 1)] = handle();
    return called;
  };
  const wanted = kind === "int8" || kind === "int32" ? { kind: kind as "int8" | "int32" } : {};
  const file = oneOpModel(op, changed, { ...result, ...wanted }, constants, { vectors: [...vectors], sites, handles });
  return { file, what: `${op}(${called}) of ${lengths} to ${rows}` };
}

if (canBuild()) {
  const harness = new Harness();

  for (const [op, make] of Object.entries({ ...memoryMakers, ...functionMakers }) as [OpName, () => Made][]) {
    test(`${op} with wrong handles, lengths, kinds and formats: V8 and C trap alike, or come to the same`, async () => {
      const seen = { ok: 0, stopped: 0 };
      for (let i = 0; i < cases; i++) {
        const { file, what } = wrong(op, make);
        const { outcome } = await stepOfBoth(harness, file, `case ${i}: ${what}`);
        if (outcome === "ok") seen.ok++;
        else seen.stopped++;
      }
      assert.ok(seen.ok > cases / 20 && seen.stopped > cases / 4, JSON.stringify(seen));
    });
  }

  test("a condition, which has no value, is none that an op could read", async () => {
    const E: Given = { kind: "matrix", values: Int16Array.of(1, 2), columns: 2 };
    for (const [op, given, at, format] of [
      ["softmax", [shorts(2, 3), shorts(1, 3)], 1, 15],
      ["power", [shorts(2, 3), shorts(1, 3)], 1, 15],
      ["spread", [shorts(1, 0), shorts(2, 0)], 0, 0],
      ["pop", [shorts(2, 12), shorts(1, 12)], 1, 12],
      ["embed", [E, shorts(1, 0)], 1, 0],
    ] as [OpName, Given[], number, number][]) {
      const sites = [{ op: "exceeds" as const, rows: 0, format: op === "spread" || op === "embed" ? 0 : 3 }];
      const handles = (right: number[]) => right.with(at, right.at(-1)! + 1);
      const file = oneOpModel(op, given, { rows: 2, format }, undefined, { sites, handles });
      assert.is((await stepOfBoth(harness, file, op)).outcome, "trap", op);
    }
  });

  /** Where a state of int8 belongs, other than in what an op writes. */
  const takes: Partial<Record<OpName, number>> = { rowsDot: 0, weightedRows: 0, sweep: 1, thin: 1 };
  const exceeds = () => ({ given: [shorts(3, 0), shorts(3, 0)], rows: 0, format: 0 });
  const all = { ...wideMakers, ...makers, ...memoryMakers, ...functionMakers, exceeds };
  test("a state of int8 is refused by every op in every place but those that are for one", async () => {
    for (const [op, make] of Object.entries(all) as [OpName, () => Made][]) {
      const { given, rows, format, constants, kind } = drawn(make);
      given.forEach((each, i) => {
        if (each.kind === "vector") each.values.fill(0); // no full stack, no symbol beyond its table
        if (op === "sweep") Object.assign(given[i], { format: 0 });
      });
      const wanted = kind === "int32" ? { kind: "int32" as const } : {};
      for (const [at, each] of given.entries()) {
        if (each.kind === "bias") continue; // only its constants are read
        const length = "values" in each ? Math.min(each.values.length, 600) : rows;
        const vectors = [vectorOf("int8", length, "format" in each ? (each.format ?? 0) : 0)];
        const own = given.filter((other) => other.kind === "vector").length;
        const with8 = (right: number[]) => right.with(at, 1 + own);
        const model = (handles: (right: number[]) => number[]) =>
          oneOpModel(op, given, { rows, format, ...wanted }, constants, { vectors, handles });
        if (kind !== "int8" || at > 0) {
          const right = await stepOfBoth(
            harness,
            model((handles) => handles),
            op,
          );
          assert.ok(right.outcome === "ok" || op in wideMakers, `${op}: ${right.outcome}`);
        }
        const { outcome } = await stepOfBoth(harness, model(with8), `${op}, argument ${at}`);
        const fits = takes[op] === at && (op !== "thin" || kind === "int8"); // of one kind with what it writes
        assert.is(outcome, fits ? "ok" : "trap", `${op}, argument ${at}`);
      }
    }
  });

  test.after(() => harness.close());
}

test.run();
