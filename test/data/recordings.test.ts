// On the real recordings, where they are there.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readDataSets } from "../../host/data/data-set.ts";
import { decodeFlac } from "../../host/data/flac.ts";
import { Notices } from "../../host/data/notices.ts";

const data = process.env.ENGRAM_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

for (const [name, labels, counts] of [
  ["speech-commands", ["yes", "no", "up", "down", "unknown", "silence"], { train: 5494, val: 717, test: 2471 }],
  ["fsdd", undefined, { train: 2433, val: 267, test: 300 }],
] as const) {
  test(`${name}: splits as its README says, and every fortieth clip has the MD5 in its header`, async () => {
    const folder = join(data, name);
    if (!existsSync(folder)) {
      if (process.env.ENGRAM_STRICT === "1") assert.unreachable(`${folder} is not there`);
      console.log(`skipped: ${folder} is not there`);
      return;
    }
    const { clips, noises } = await readDataSets([folder], new Notices(), labels);
    const count = (split: string) => clips.filter((clip) => clip.split === split).length;
    assert.equal({ train: count("train"), val: count("val"), test: count("test") }, counts);
    const paths = clips.map(({ path }) => path).filter((_, n) => n % 40 === 0);
    for (const path of [...paths, ...noises]) {
      const bytes = readFileSync(path);
      const [samples] = decodeFlac(bytes, path).channels;
      const sum = createHash("md5")
        .update(new Uint8Array(Int16Array.from(samples).buffer))
        .digest("hex");
      assert.is(sum, bytes.subarray(26, 42).toString("hex"), path);
    }
  });
}

test.run();
