// Damaged model files: every field of every table with wrong values, signed again so that only the checks behind the checksums
// can tell. Host and board must agree, and what both accept must run to the same integers or trap.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readModel } from "../../host/model/model.ts";
import { IntegerModel } from "../../host/runtime/integer-model.ts";
import {
  codeEntry,
  codeHead,
  flowHead,
  flowLine,
  flowPiece,
  header,
  layer,
  layersHead,
  record,
  section,
} from "../../host/spec/container.ts";
import { fieldBytes, type Layout } from "../../host/spec/layout.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { generator } from "../cells/reference.ts";
import { made, trials } from "../quantize/memory-cells.ts";
import { canBuild, Harness, int16s } from "./harness.ts";
import { blueprintModel, bothWays, composed, delaying, keeping, randomFrames, randomModel } from "./models.ts";

function sign(file: Uint8Array): void {
  file.set(createHash("sha256").update(file.subarray(header.bytes)).digest(), header.offset("sha256"));
  new DataView(file.buffer).setUint32(header.offset("crc"), crc32(file.subarray(0, header.offset("crc"))), true);
}

/** What the host says: undefined for a file that it would run. */
function refusal(file: Uint8Array): string | undefined {
  try {
    readModel(file, "the model");
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** All fields of a file's tables: name, position, width. */
function fieldsOf(file: Uint8Array): { name: string; at: number; width: number }[] {
  const model = readModel(file, "the model");
  const fields: { name: string; at: number; width: number }[] = [];
  const add = (what: string, table: Layout, at: number) => {
    for (const [name, type] of table.fields) {
      if (name !== "sha256" && name !== "crc")
        fields.push({ name: `${what}.${name}`, at: at + table.offset(name), width: fieldBytes(type) });
    }
  };
  add("header", header, 0);
  for (let i = 0; i < model.header.sections; i++) add(`section ${i}`, section, header.bytes + i * section.bytes);
  const layers = model.sections.get("LAYR")!.offset;
  const code = model.sections.get("CODE")!.offset;
  add("layers", layersHead, layers);
  add("code", codeHead, code);
  model.modules.forEach((_, i) => {
    add(`module ${i}`, codeEntry, code + codeHead.bytes + i * codeEntry.bytes);
  });
  model.layers.forEach(({ records, recordsAt }, i) => {
    add(`layer ${i}`, layer, layers + layersHead.bytes + i * layer.bytes);
    records.forEach((_, handle) => {
      add(`layer ${i} record ${handle}`, record, recordsAt + handle * record.bytes);
    });
  });
  const flow = model.sections.get("FLOW")?.offset;
  if (flow !== undefined) add("flow", flowHead, flow);
  model.pieces.forEach((_, i) => {
    add(`piece ${i}`, flowPiece, flow! + flowHead.bytes + i * flowPiece.bytes);
  });
  model.lines.forEach((_, i) => {
    const at = flow! + flowHead.bytes + model.pieces.length * flowPiece.bytes;
    add(`line ${i}`, flowLine, at + i * flowLine.bytes);
  });
  return fields;
}

if (canBuild()) {
  const harness = new Harness();

  const models = {
    "a chain": () => randomModel([["lstm", { peepholes: true }]], { units: 6, inputs: 4, outputs: 3 }, 4),
    "layers that gather": () => blueprintModel(composed, 4),
    delays: () => blueprintModel(delaying, 4),
    "sums that stay": () => blueprintModel(keeping, 4),
    "both directions": () => blueprintModel(bothWays, 4),
    "a memory that content addresses": () => made("turing", trials.turing),
    "a stack": () => made("stack", trials.stack),
    "an associative memory of 8 bits": () => made("hopfield", trials.hopfield),
  };
  for (const [of, make] of Object.entries(models))
    test(`every field of every table of ${of} with wrong values: host and board agree, and what they accept runs alike`, async () => {
      const { file } = await make();
      const frames = [...randomFrames(9, new IntegerModel(file).inputs, generator(2)), undefined];
      const seen = { refused: 0, ran: 0, trapped: 0 };
      for (const { name, at, width } of fieldsOf(file)) {
        const view = new DataView(file.buffer);
        const old = width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
        const most = 2 ** (8 * width) - 1;
        for (const value of new Set([0, 1, 2, old + 1, old - 1, old + 16, old * 2, most, most >>> 1, most - 15])) {
          if (value === old || value < 0 || value > most) continue;
          const changed = Uint8Array.from(file);
          const write = new DataView(changed.buffer);
          if (width === 1) write.setUint8(at, value);
          else if (width === 2) write.setUint16(at, value, true);
          else write.setUint32(at, value, true);
          sign(changed);
          const what = `${name} = ${value} instead of ${old}`;
          const reason = refusal(changed);
          const { error } = await harness.command("L", changed);
          assert.is(error === "ok", reason === undefined, `${what}: host says ${reason}, board ${error}`);
          if (reason !== undefined) {
            seen.refused++;
            continue;
          }
          const model = new IntegerModel(changed);
          for (const frame of frames) {
            const board = await harness.step(frame ?? new Int16Array());
            let host = "trap";
            try {
              host = (frame ? model.push(frame) : model.drain())?.join() ?? "";
            } catch {}
            assert.is(board.error === "ok" ? int16s(board).join() : "trap", host, what);
            if (host === "trap") seen.trapped++;
            else seen.ran++;
          }
        }
      }
      assert.ok(seen.refused > 1000 && seen.ran > 100, JSON.stringify(seen));
    });

  test("a module that no layer names is checked like the others", async () => {
    const { file } = await randomModel([["gru"]], { units: 5, inputs: 3, outputs: 2 }, 4);
    const { modules, sections } = readModel(file, "the model");
    const second = sections.get("LAYR")!.offset + layersHead.bytes + layer.bytes;
    const unnamed = Uint8Array.from(file);
    new DataView(unnamed.buffer).setUint16(second + layer.offset("module"), 0, true);
    sign(unnamed);
    assert.is(refusal(unnamed), undefined);
    unnamed.fill(0x55, modules[1].byteOffset + 8, modules[1].byteOffset + modules[1].length);
    sign(unnamed);
    assert.match(refusal(unnamed)!, "permitted subset");
    assert.is((await harness.command("M", unnamed)).error, "module");
  });

  test("a file cut at any length is refused by host and board", async () => {
    const { file } = await randomModel([["gru"]], { units: 5, inputs: 3, outputs: 2 }, 4);
    for (let length = 0; length < file.length; length += length < 200 ? 1 : 37) {
      const cut = file.slice(0, length);
      assert.ok(refusal(cut), `${length} bytes`);
      assert.is.not((await harness.command("M", cut)).error, "ok", `${length} bytes`);
    }
  });

  test("a file with one flipped bit is refused by host and board", async () => {
    const { file } = await randomModel([["gru"]], { units: 5, inputs: 3, outputs: 2 }, 4);
    const random = generator(8);
    for (let i = 0; i < 300; i++) {
      const changed = Uint8Array.from(file);
      changed[Math.floor(random() * file.length)] ^= 1 << Math.floor(random() * 8);
      assert.ok(refusal(changed));
      assert.is.not((await harness.command("M", changed)).error, "ok");
    }
  });

  test("a file of another kind is refused as such", async () => {
    const wav = new TextEncoder().encode(`RIFF${"\0".repeat(100)}`);
    assert.match(refusal(wav)!, "no engram model file");
    assert.is((await harness.command("M", wav)).error, "magic");
  });

  test.after(() => harness.close());
}
test.run();
