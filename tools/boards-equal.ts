// `npm run boards`: the models that ship on every emulated board, over clips of the test split as 16-bit PCM. Writes
// docs/boards-equal.md. Fails, and writes nothing, where a logit is not V8's or a board does not answer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BoardKind, openBoard } from "../host/boards/registry.ts";
import { connect } from "../host/link/session.ts";
import { readModel } from "../host/model/model.ts";
import { emulatedBoards, versions } from "./boards/figures.ts";
import { type Comparison, compare, reference, testClips, twoAtATime } from "./equality.ts";

const clips = 200;
const root = fileURLToPath(new URL("../", import.meta.url));
const data = join(process.env.ENGRAM_DATA ?? join(root, "..", "shared", "data"), "speech-commands");
const folder = mkdtempSync(join(tmpdir(), "engram-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

type Row = { board: string; kernels: string; model: string; frames: number; seconds: number } & Comparison;

const recordings = await testClips(data, clips);
const models = ["microbit.engram", "keywords.engram"].map((name) => {
  const file = new Uint8Array(readFileSync(join(root, "models", name)));
  return { name, file, sha256: readModel(file, name).sha256, heard: reference(file, "pcm16", recordings) };
});
const kinds = await emulatedBoards();
const rows: Row[] = [];
await twoAtATime(kinds, async ({ name }) => {
  rows.push(...(await rowsOf(name)));
});
for (const { board, model, unequal, first } of rows)
  if (unequal > 0) throw new Error(`${board}, ${model}: ${unequal} logits are unequal; the first in ${first}`);
writeFileSync(join(root, "docs", "boards-equal.md"), await page(kinds));

async function rowsOf(name: string): Promise<Row[]> {
  const board = await openBoard(name, { flash: join(folder, name) });
  try {
    const session = await connect(board.link);
    const rows: Row[] = [];
    for (const { name: model, file, heard } of models) {
      await session.flashModel(file);
      const begun = Date.now();
      const comparison = await compare(session, heard);
      const seconds = Math.round((Date.now() - begun) / 1000);
      const { kernels } = session.hello;
      rows.push({ board: name, kernels, model, frames: heard.logits.length, seconds, ...comparison });
      console.log(`${name}, ${model}: ${comparison.logits} logits, ${comparison.unequal} unequal, ${seconds} s`);
    }
    session.close();
    return rows;
  } finally {
    await board.close();
  }
}

async function page(kinds: BoardKind[]): Promise<string> {
  const tools = await Promise.all(kinds.map(versions));
  const lines = (texts: string[]) => [...new Set(texts)].map((text) => `- ${text}`).join("\n");
  const count = (value: number) => value.toLocaleString("en");
  const table = kinds
    .flatMap(({ name }) => rows.filter(({ board }) => board === name))
    .map(({ board, kernels, model, frames, logits, unequal, seconds }) =>
      [board, kernels, model, count(frames), count(logits), unequal, seconds].join(" | "),
    );
  return `# Boards against V8

\`\`\`
 clips ──┬───────────▶ V8: front end, model ────────────▶ logits ──┐
         └─ PCM, line ▶ board: front end, model ──▶ line, logits ──┴──▶ the same integers?
\`\`\`

\`npm run boards\` writes this page, and only if all are equal: ${clips} clips of the test split of Speech Commands, in turn one of each
label, as 16-bit PCM over each board's line, one stream, states never reset; every logit of every frame compared with V8's.

${models.map(({ name, sha256 }) => `- \`${name}\`: SHA-256 ${sha256}`).join("\n")}

| board | kernels | model | frames | logits | unequal | seconds |
| --- | --- | --- | ---: | ---: | ---: | ---: |
${table.map((row) => `| ${row} |`).join("\n")}

Made on ${new Date().toISOString().slice(0, 10)}, two boards at a time, with

${lines(tools.map(({ emulator }) => emulator))}
${lines(tools.map(({ compiler }) => compiler))}
`;
}
