import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Notices } from "../../../host/data/notices.ts";
import { readSequences } from "../../../host/data/sequences/read.ts";
import { inFolder, read, refuses, WHOLE } from "./files.ts";

const WALK = `time,sequence,label,group,split,ax,ay
0,a,walk,ann,train,1,2
1,a,walk,ann,train,3,4.5
0,b,run,bob,test,-5e1,6
`;

test("rows of a sequence become its steps; label, group, split and time are no inputs", async () => {
  await inFolder({ "walk.csv": WALK }, async (folder) => {
    const path = join(folder, "walk.csv");
    const set = await readSequences([path], new Notices(), WHOLE);
    assert.is(set.name, "walk");
    assert.is(set.inputs, 2);
    assert.equal(set.columns, ["ax", "ay"]);
    assert.equal(set.labels, ["run", "walk"]);
    const [a, b] = set.sequences;
    assert.equal(a, {
      x: Float32Array.of(1, 2, 3, 4.5),
      steps: 2,
      split: "train",
      label: 1,
      group: "ann",
      origin: `${path}:2`,
    });
    assert.equal(b, {
      x: Float32Array.of(-50, 6),
      steps: 1,
      split: "test",
      label: 0,
      group: "bob",
      origin: `${path}:4`,
    });
  });
});

test("gzip, a byte order mark, Windows line ends, quotes, blanks and empty lines change nothing", async () => {
  const plain = await read({ "a.csv": WALK });
  const odd = `\uFEFF${WALK.replaceAll("\n", "\r\n").replace("\r\n1,a", '\r\n\r\n1,"a" ')}`;
  const same = await read({ "a.csv.gz": gzipSync(odd) });
  assert.is(same.hash, plain.hash);
  assert.is(same.sequences[1].origin.split(":").at(-1), "5");
});

test("a comma or a quote within quotes belongs to the cell", async () => {
  const { labels, columns } = await read({ "a.csv": 'label,"x, raw"\n"a, ""b""","1.5"\n' });
  assert.equal([labels, columns], [['a, "b"'], ["x, raw"]]);
});

test("without a column sequence the file is one sequence", async () => {
  const { sequences, labels } = await read({ "a.csv": "x\n1\n2\n3\n" });
  assert.equal(
    sequences.map(({ x }) => [...x]),
    [[1, 2, 3]],
  );
  assert.is(labels, undefined);
});

test("columns can be named, targets are values of each step", async () => {
  const naming = { sequence: "run", label: "kind", group: "who", targets: ["next"] };
  const text = "run,kind,who,next,x\n1,p,ann,10,1\n1,p,ann,20,2\n2,q,bob,30,3\n";
  const { sequences, labels, columns } = await read({ "a.csv": text }, { ...WHOLE, naming });
  assert.equal(columns, ["x"]);
  assert.equal(labels, ["p", "q"]);
  assert.equal(
    sequences.map(({ targets }) => [...targets!]),
    [[10, 20], [30]],
  );
  assert.equal(
    sequences.map(({ group }) => group),
    ["ann", "bob"],
  );
  await refuses({ "a.csv": text }, 'a.csv has no column "knd"', { ...WHOLE, naming: { label: "knd" } });
});

test("the only inputs can be named, in an order of their own; other columns may hold anything", async () => {
  const naming = { inputs: ["z", "x"] };
  const text = "x,y,date,z\n1,2,monday,3\n4,5,,6\n";
  const { sequences, columns } = await read({ "a.csv": text }, { ...WHOLE, naming });
  assert.equal(columns, ["z", "x"]);
  assert.equal([...sequences[0].x], [3, 1, 6, 4]);
  await refuses({ "a.csv": text }, 'a.csv has no column "q"', { ...WHOLE, naming: { inputs: ["q"] } });
  const both = { inputs: ["x", "z"], targets: ["z"] };
  await refuses({ "a.csv": text }, 'column "z" is both an input and a target', { ...WHOLE, naming: both });
});

test("columns that other marks than commas divide are refused", async () => {
  await refuses({ "a.csv": "x;y\n1;2\n" }, "a.csv has semicolons between its columns");
  await refuses({ "a.csv": "x\ty\n1\t2\n" }, "a.csv has tabs between its columns");
});

test("a file named train, val or test is that split where it has no column of its own", async () => {
  const { sequences } = await read({ "train.csv": "x\n1\n", "test.csv": "x\n2\n", "val.csv": "x,split\n3,train\n" });
  assert.equal(
    sequences.map(({ split }) => split),
    ["test", "train", "train"],
  );
});

test("files of a folder are joined by name, and sequences of equal ids in two files stay two", async () => {
  const set = await read({ "b.csv": "id,x\n1,2\n", "a.csv": "id,x\n1,1\n", "README.md": "about", ".hidden.csv": "?" });
  assert.equal(
    set.sequences.map(({ x }) => [...x]),
    [[1], [2]],
  );
});

test("a time that goes back and a second column of ids are noted", async () => {
  const notices = new Notices();
  const { columns } = await read({ "a.csv": "time,sequence,id,x\n2,1,7,5\n1,1,8,5\n" }, WHOLE, notices);
  assert.equal(columns, ["x"]);
  assert.is(notices.count("time goes back within a sequence"), 1);
  assert.is(notices.count('column "id" not used'), 1);
});

test("a step of another width is refused with line, found and expected width", async () => {
  await refuses({ "a.csv": "x,y\n1,2\n3\n" }, "a.csv:3: 1 values, expected 2");
  await refuses({ "a.csv": "x,y\n1,2\n3,4,5\n" }, "a.csv:3: 3 values, expected 2");
});

test("what is no finite number is refused with line and column", async () => {
  for (const bad of ["nan", "NaN", "inf", "-Infinity", "one", "0x10", "1_000", "1e999", "1e39"])
    await refuses({ "a.csv": `x,y\n1,2\n3,${bad}\n` }, `a.csv:3: column "y" holds "${bad}", not a finite number`);
  await refuses({ "a.csv": "x,y\n1,2\n3,\n" }, 'a.csv:3: column "y" holds nothing, not a finite number');
  const naming = { targets: ["y"] };
  await refuses({ "a.csv": "x,y\n3,?\n" }, 'a.csv:2: column "y" holds "?", not a finite number', { ...WHOLE, naming });
});

test("files of other inputs are refused, also where only their order differs", async () => {
  await refuses({ "a.csv": "x,y\n1,2\n", "b.csv": "x\n1\n" }, "b.csv:2 has 1 inputs a step, expected 2 as in a.csv:2");
  await refuses({ "a.csv": "x,y\n1,2\n", "b.csv": "y,x\n1,2\n" }, /b.csv:2 has the inputs y, x, expected x, y/);
});

test("rows of a sequence that are not consecutive, or disagree about it, are refused", async () => {
  await refuses({ "a.csv": "id,x\n1,1\n2,1\n1,1\n" }, 'a.csv:4: sequence "1" goes on after another one began');
  const moved = 'a.csv:3: label "q" in a sequence whose label is "p" (line 2)';
  await refuses({ "a.csv": "id,label,x\n1,p,1\n1,q,1\n" }, moved);
  await refuses({ "a.csv": "label,x\np,1\nq,1\n" }, moved);
});

test("a file in UTF-16 is refused as such", async () => {
  const text = Buffer.from("\uFEFFx,y\n1,2\n", "utf16le");
  for (const bytes of [text, Buffer.from(text).swap16(), text.subarray(2)])
    await refuses({ "a.csv": bytes }, "a.csv is no text in UTF-8: its first line holds bytes of 0, as in UTF-16");
});

test("a header that is missing, doubled, or leaves no inputs is refused", async () => {
  await refuses({ "a.csv": "1,2\n3,4\n" }, "a.csv begins with numbers");
  await refuses({ "a.csv": "1,wave,0.5\n1,wave,0.7\n" }, "a.csv begins with values: 1, wave, 0.5");
  await refuses({ "a.csv": "x,x\n3,4\n" }, 'a.csv has two columns "x"');
  await refuses({ "a.csv": "id,label\n3,4\n" }, "a.csv has no columns of inputs: id, label");
});

test("an unknown split, an open quote and an empty file are refused", async () => {
  await refuses({ "a.csv": "x,split\n3,tset\n" }, 'a.csv:2: split "tset" is not train, val or test');
  await refuses({ "a.csv": 'x\n"3\n' }, /^a.csv:2 cannot be read: Quote Not Closed/);
  await refuses({ "a.csv": "" }, / holds no sequences$/);
  await refuses({ "a.csv": "x,y\n" }, / holds no sequences$/);
});

test("gzip that ends too soon, is damaged, or is none is refused", async () => {
  const packed = gzipSync(`${WALK}1,b,run,bob,test,7,8\n`);
  await refuses({ "a.csv.gz": packed.subarray(0, -4) }, "a.csv.gz ends before its gzip stream does");
  const damaged = Buffer.from(packed);
  damaged[packed.length - 8] ^= 1; // of the checksum
  await refuses({ "a.csv.gz": damaged }, /^a.csv.gz is not gzip, or damaged/);
  await refuses({ "a.csv.gz": WALK }, /^a.csv.gz is not gzip, or damaged/);
});

test("a path that is missing, of no known format, or a folder without such files is refused", async () => {
  await refuses({ "a.txt": "1" }, / holds no files of sequences$/);
  await inFolder({ "a.txt": "1" }, async (folder) => {
    for (const [name, what] of [
      ["a.txt", "is not a file of sequences"],
      ["b.csv", "does not exist"],
    ])
      try {
        await readSequences([join(folder, name)], new Notices());
        assert.unreachable();
      } catch (error) {
        assert.is((error as Error).message, `${join(folder, name)} ${what}`);
      }
  });
});

test.run();
