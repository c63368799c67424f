// The module subset: V8's validator, the host's check and the board's check on mutants of three cells, and what is accepted run
// in wasm3 under sanitizers.
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CompiledCell } from "../../host/compile/cell.ts";
import { compileCell } from "../../host/compile/compile.ts";
import { loadCell } from "../../host/compile/load.ts";
import { checkModule } from "../../host/compile/subset.ts";
import { nextOffset, readContainer, writeContainer } from "../../host/model/container.ts";
import { readModel } from "../../host/model/model.ts";
import { assemble } from "../../host/quantize/assemble.ts";
import { codeEntry, codeHead, type SectionTag } from "../../host/spec/container.ts";
import { generator, Reference, randomLayer } from "../cells/reference.ts";
import { made, trials } from "../quantize/memory-cells.ts";
import { canBuild, Harness } from "./harness.ts";
import { randomFrames } from "./models.ts";
import { mutate } from "./mutants.ts";
import { nestedModule } from "./nested-modules.ts";

/** Of all cells together; ENGRAM_MUTANTS=N for more, with what they did. */
const count = Number(process.env.ENGRAM_MUTANTS ?? 12000);
const each = count / 3;
const nested = count / 12;
const branches = fileURLToPath(new URL("./fixtures/branches.ts", import.meta.url));

/** The model with another module: the old one stays as a section that readers skip, so that no offset changes. */
function withModule(file: Uint8Array, wasm: Uint8Array): Uint8Array {
  const { header, sections } = readContainer(file, "the model");
  const of = (tag: SectionTag) => sections.get(tag)!;
  const { offset, bytes } = of("WGHT");
  const code = new Uint8Array(codeHead.bytes + codeEntry.bytes + wasm.length);
  codeHead.write(code, 0, { count: 1 });
  const at = codeHead.bytes + codeEntry.bytes;
  codeEntry.write(code, codeHead.bytes, { offset: nextOffset(offset, bytes.length) + at, length: wasm.length });
  code.set(wasm, at);
  const parts: [string, Uint8Array][] = [
    ["LAYR", of("LAYR").bytes],
    ["SITE", of("SITE").bytes],
    ["code", of("CODE").bytes],
    ["WGHT", bytes],
    ["CODE", code],
  ];
  return writeContainer(parts as [SectionTag, Uint8Array][], header);
}

if (canBuild()) {
  const harness = new Harness();

  const ofCell = async (cell: CompiledCell) => {
    const layer = randomLayer(cell, { units: 6, inputs: 4 }, generator(11));
    const reference = new Reference([layer]);
    for (const frame of randomFrames(60, 4, generator(5))) reference.step(Float64Array.from(frame, (v) => v / 8192));
    return assemble([layer], { inputFormat: 13, ranges: reference.ranges, meta: { engram: "test" } }).file;
  };
  const subjects: Record<string, () => Promise<Uint8Array>> = {
    gru: async () => ofCell(await loadCell("gru")),
    "branches.ts": async () => ofCell(await compileCell(branches)),
    "a cell with a stack": async () => (await made("stack", trials.stack)).file,
  };
  for (const [name, make] of Object.entries(subjects)) {
    test(`of ${each} mutants of ${name} none is accepted that V8 refuses, and none hangs or leaves its bounds`, async () => {
      const file = await make();
      const [wasm] = readModel(file, "the model").modules;
      const random = generator(20261122);
      const seen = { invalid: 0, accepted: 0, ran: 0, trapped: 0 };
      const frames = randomFrames(3, 4, generator(1));
      for (let i = 0; i < each; i++) {
        const mutant = mutate(wasm, random);
        const valid = WebAssembly.validate(new Uint8Array(mutant));
        const reason = checkModule(mutant, 1);
        const board = (await harness.command("C", Uint8Array.from([1, ...mutant]))).error;
        assert.is(board === "ok", reason === undefined, `mutant ${i}: host says ${reason}, board ${board}`);
        if (!valid) seen.invalid++;
        if (reason !== undefined) continue;
        assert.ok(valid, `mutant ${i} is accepted, though it is not valid`);
        seen.accepted++;
        const loaded = await harness.command("L", withModule(file, mutant));
        if (loaded.error !== "ok") continue;
        for (const frame of frames) {
          const { error } = await harness.step(frame);
          if (error === "ok") seen.ran++;
          else seen.trapped++;
        }
      }
      assert.ok(seen.invalid > each / 5 && seen.accepted > each / 75 && seen.trapped > 0, JSON.stringify(seen));
      if (process.env.ENGRAM_MUTANTS) console.log(seen);
    });
  }

  test("modules whose calls nest in arguments get no slot that wasm3 has not, at load and in a step", async () => {
    const layer = randomLayer(await loadCell("gru"), { units: 6, inputs: 4 }, generator(11));
    const reference = new Reference([layer]);
    for (const frame of randomFrames(60, 4, generator(5))) reference.step(Float64Array.from(frame, (v) => v / 8192));
    const { file } = assemble([layer], { inputFormat: 13, ranges: reference.ranges, meta: { engram: "test" } });
    const { records, inputs } = readModel(file, "the model").layers[0];
    const site = records.findIndex(({ op }) => op === "tanh");
    const random = generator(20261123);
    const seen = { refused: 0, ran: 0 };
    for (let i = 0; i < nested; i++) {
      const module = nestedModule(random, inputs, site);
      assert.ok(WebAssembly.validate(new Uint8Array(module)), `module ${i}`);
      const reason = checkModule(module, 1);
      const { error: board } = await harness.command("C", Uint8Array.from([1, ...module]));
      assert.is(board === "ok", reason === undefined, `module ${i}: host says ${reason}, board ${board}`);
      if (reason !== undefined) {
        seen.refused++;
        continue;
      }
      assert.is((await harness.command("L", withModule(file, module))).error, "ok", `module ${i}`);
      const { error } = await harness.step(new Int16Array(4));
      assert.ok(error === "ok" || error === "trapResult", `module ${i}: ${error}`);
      seen.ran++;
    }
    assert.ok(seen.refused > nested / 20 && seen.ran > nested / 4, JSON.stringify(seen));
  });

  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [1, 12, 2, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f];
  const imports = [2, 12, 1, 3, 0x6f, 0x70, 0x73, 4, 0x74, 0x61, 0x6e, 0x68, 0, 0];
  const exported = [7, 8, 1, 4, 0x73, 0x74, 0x65, 0x70, 0, 1];
  const moduleOf = (...body: number[]) =>
    Uint8Array.from([
      ...header,
      ...types,
      ...imports,
      3,
      2,
      1,
      1,
      ...exported,
      10,
      body.length + 4,
      1,
      body.length + 2,
      0,
      ...body,
      0x0b,
    ]);

  const cases: [name: string, body: number[], accepted: boolean][] = [
    ["a call of an op", [0x20, 0, 0x41, 1, 0x10, 0], true],
    ["an endless loop", [0x03, 0x40, 0x0c, 0, 0x0b, 0x20, 0], false],
    ["a br_table with a count of 2^32 − 4", [0x20, 0, 0x0e, 0xfc, 0xff, 0xff, 0xff, 0x0f, 0], false],
    ["a load", [0x41, 0, 0x28, 2, 0], false],
    ["an indirect call", [0x20, 0, 0x11, 1, 0], false],
    ["a missing operand", [0x10, 0], false],
    ["an operand too many", [0x20, 0, 0x20, 0], false],
    ["a call of itself", [0x20, 0, 0x10, 1], false],
    ["a local that does not exist", [0x20, 1], false],
    ["code behind return", [0x20, 0, 0x0f, 0x20, 0], false],
    ["an if with a result and no else", [0x20, 0, 0x04, 0x7f, 0x20, 0, 0x0b], false],
    ["a forward branch with a result", [0x02, 0x7f, 0x20, 0, 0x20, 0, 0x0d, 0, 0x0b], true],
    ["a branch to a label that does not exist", [0x20, 0, 0x0c, 1], false],
  ];
  for (const [name, body, accepted] of cases) {
    test(`${name} is ${accepted ? "accepted" : "refused"} by host and board`, async () => {
      const module = moduleOf(...body);
      const reason = checkModule(module, 1);
      assert.is(reason === undefined, accepted, reason);
      assert.is((await harness.command("C", Uint8Array.from([1, ...module]))).error === "ok", accepted);
    });
  }

  test("calls that double twenty times are refused, though they end", async () => {
    // Function 0 calls the op, each later one calls the one before twice: 2^20 op calls in 250 bytes.
    const bodies: number[][] = [[0x20, 0, 0x41, 1, 0x10, 0]];
    for (let i = 1; i < 15; i++) bodies.push([0x20, 0, 0x10, i, 0x10, i]);
    const code = bodies.flatMap((body) => [body.length + 2, 0, ...body, 0x0b]);
    const module = Uint8Array.from([
      ...header,
      ...types,
      ...imports,
      ...[3, 16, 15, ...Array(15).fill(1)],
      ...[7, 8, 1, 4, 0x73, 0x74, 0x65, 0x70, 0, 15],
      ...[10, ((code.length + 1) & 127) | 128, (code.length + 1) >> 7, 15, ...code],
    ]);
    assert.ok(WebAssembly.validate(module));
    assert.match(checkModule(module, 1) ?? "", "op calls");
    assert.is((await harness.command("C", Uint8Array.from([1, ...module]))).error, "module");
  });

  test.after(() => harness.close());
}
test.run();
