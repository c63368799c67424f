// Spoken digit strings from sound: the native board's detections spell what the best path of the model's integers in V8 does, and
// what was said. The shipped models over recordings of the test split, joined as samples.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listen } from "../../host/boards/listening.ts";
import { packageRoot } from "../../host/compile/assembly.ts";
import { readDataSets } from "../../host/data/data-set.ts";
import { Notices } from "../../host/data/notices.ts";
import { Random } from "../../host/data/random.ts";
import { readSounds } from "../../host/data/sound.ts";
import { bestPath } from "../../host/features/ctc.ts";
import { labelErrorRate } from "../../host/features/edit-distance.ts";
import { features } from "../../host/features/frontend.ts";
import { connect } from "../../host/link/session.ts";
import { integerRunner } from "../../host/tasks/runner.ts";
import { frontEnd, labels } from "../../host/tasks/sources/digit-strings.ts";
import { boardTest, startBoard } from "./program.ts";

const data = join(process.env.ENGRAM_DATA ?? join(packageRoot(), "..", "shared", "data"), "fsdd");
const there = existsSync(data);
if (!there) console.log(`skipped: no data at ${data}`);

const blank = labels.indexOf("blank");
const strings = 60;

type Spoken = { samples: Int16Array; said: number[] };

/** Strings of 3 to 5 digits of one speaker, with pauses of up to 0.2 s of near silence around them. */
async function spokenStrings(): Promise<Spoken[]> {
  const random = new Random(3, "spoken strings");
  const notices = new Notices();
  const { clips } = await readDataSets([data], notices);
  const test = clips.filter(({ split }) => split === "test");
  const speakers = new Map<string, { digit: number; samples: Int16Array }[]>();
  const paths = test.map(({ path }) => path);
  for (const { index, sound } of readSounds(paths, notices, frontEnd.sampleRate)) {
    const [, speaker] = /_(\w+)_\d+\./.exec(basename(paths[index]))!;
    const own = speakers.get(speaker) ?? [];
    own.push({ digit: Number(test[index].label), samples: sound.samples });
    speakers.set(speaker, own);
  }
  const pause = () =>
    Int16Array.from({ length: random.int(frontEnd.sampleRate / 5) }, () => Math.round(3 * random.normal()));
  return Array.from({ length: strings }, () => {
    const own = random.pick([...speakers.values()]);
    const words = Array.from({ length: 3 + random.int(3) }, () => random.pick(own));
    const pieces = [pause(), ...words.flatMap(({ samples }) => [samples, pause()])];
    return {
      samples: Int16Array.from(pieces.flatMap((piece) => [...piece])),
      said: words.map(({ digit }) => digit),
    };
  });
}

/** Percent. The tasks' own figures (docs/architectures.md) are of more strings, joined as frames. */
const most = 4;

for (const name of ["ctc-digit-strings", "ctc-digit-strings-both-ways"]) {
  (there ? boardTest : test.skip)(`a board spells the digits that it hears: ${name}`, async () => {
    const file = new Uint8Array(readFileSync(join(packageRoot(), "models", "architectures", `${name}.engram`)));
    const spoken = await spokenStrings();
    const scale = 2 ** -frontEnd.format;
    const frames = spoken.map(({ samples }) =>
      Float32Array.from(features(samples, frontEnd), (value) => value * scale),
    );
    const expected = (await integerRunner(file, name).run(frames)).map((logits) =>
      bestPath(
        Array.from({ length: logits.length / labels.length }, (_, t) =>
          logits.subarray(t * labels.length, (t + 1) * labels.length),
        ),
        blank,
      ),
    );
    const { link, close } = startBoard();
    const session = await connect(link);
    await session.flashModel(file);
    const heard: number[][] = [];
    for (const { samples } of spoken) {
      const digits: number[] = [];
      let before = 0;
      const whole = async function* () {
        yield samples;
      };
      for await (const event of listen(session, whole)) {
        if (event.type !== "detection") continue;
        assert.ok(event.time > before && event.time <= samples.length / frontEnd.sampleRate, `at ${event.time} s`);
        before = event.time;
        digits.push(Number(event.label));
      }
      heard.push(digits);
    }
    await close();
    assert.equal(heard, expected);
    const errors =
      100 *
      labelErrorRate(
        heard,
        spoken.map(({ said }) => said),
      );
    console.log(
      `${name}: ${errors.toFixed(2)} % of ${spoken.flatMap(({ said }) => said).length} digits wrong on ${strings} strings`,
    );
    assert.ok(errors <= most, `${errors} %`);
  });
}

test.run();
