// engram flash --firmware and engram boards, as a user types them. The chip is the simulated boot ROM behind a TCP port.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { intelHex } from "../../host/boards/intel-hex.ts";
import { serialLink } from "../../host/link/serial.ts";
import { espImage, type RomOptions, RomSimulator } from "../flash/boot-rom.ts";
import { boardTest, startBoard, until } from "../native/program.ts";
import { engram, type Ran, temporaryFolder } from "./engram.ts";

const folder = temporaryFolder();
const main = fileURLToPath(new URL("../../host/cli/main.ts", import.meta.url));
const image = espImage(5, 30_000);
const file = join(folder, "c3.bin");
writeFileSync(file, image);

/** Runs `engram` while this process goes on. */
function running(args: string[]): { ended: Promise<Ran>; kill: (signal: NodeJS.Signals) => void; said: () => string } {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args]);
  let [out, error] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    error += text;
  });
  const ended = new Promise<Ran>((resolve) => child.once("close", (code) => resolve({ code, out, error })));
  return { ended, kill: (signal) => child.kill(signal), said: () => out + error };
}

/** Flashes over a port that leads to a boot ROM. */
async function flash(options: RomOptions, args: string[]): Promise<Ran & { rom: RomSimulator }> {
  const rom = new RomSimulator(options);
  const server = createServer((socket) => {
    socket.pipe(rom.duplex).pipe(socket);
    rom.duplex.once("close", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const port = `tcp:127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ran = await running(["flash", "--firmware", "--port", port, ...args]).ended;
  server.close();
  return { ...ran, rom };
}

function refuses({ code, error, out }: Ran, what: RegExp, exit = 1): void {
  assert.is(code, exit, error);
  assert.match(error, what);
  assert.not(/\n {4}at /.test(error), error);
  assert.is(out, "");
}

test("an image goes to the chip that its header names, with progress and JSON", async () => {
  const { code, out, error, rom } = await flash({}, ["--image", file, "--json"]);
  assert.is(code, 0, error);
  const { board, bytes, verified, sha256, seconds } = JSON.parse(out);
  assert.equal([board, bytes], ["ESP32-C3", image.length]);
  assert.match(verified, /MD5/);
  assert.ok(sha256.length === 64 && seconds >= 0);
  assert.match(error, /flashing: [\d,]+ of 30,0\d\d bytes/);
  assert.match(error, /press RESET/);
  assert.ok(Buffer.from(image).equals(rom.flash.subarray(0, image.length)));
});

test("several images go to their places", async () => {
  const app = join(folder, "app.bin");
  writeFileSync(app, espImage(5, 9000, 7));
  const { code, out, error, rom } = await flash({}, ["--image", file, `${app}@0x10000`]);
  assert.is(code, 0, error);
  assert.match(out, /^firmware for ESP32-C3: 39,\d+ bytes by tcp:.* verified: MD5/);
  assert.ok(readFileSync(app).equals(Buffer.from(rom.flash.subarray(0x10000, 0x10000 + readFileSync(app).length))));
});

test("another chip is named in one sentence, and nothing is written", async () => {
  const { rom, ...ran } = await flash({ chip: "esp32s3" }, ["--image", file]);
  refuses(
    ran,
    /^engram: the chip at tcp:\S+ is an ESP32-S3, the image is for an ESP32-C3\n {2}nothing was written.*\n$/,
  );
  assert.is(rom.erased, 0);
});

test("unplugged in the middle: how far, and what to do", async () => {
  const { rom: _, ...ran } = await flash({ unplugAt: 20 }, ["--image", file, "--quiet"]);
  refuses(ran, /^engram: tcp:\S+ is gone after 16,384 of 30,0\d\d bytes\n {2}plug the board in and flash again.*\n$/);
});

test("a damaged image, a port that is not there, and options that do nothing", () => {
  const damaged = join(folder, "damaged.bin");
  writeFileSync(
    damaged,
    image.map((byte, i) => (i === 900 ? byte ^ 1 : byte)),
  );
  refuses(engram(["flash", "--firmware", "--image", damaged]), /damaged.bin is damaged: its checksum does not match/);
  refuses(
    engram(["flash", "--firmware", "--image", file, "--port", "/dev/ttyNOTHING"]),
    /there is no port \/dev\/ttyNOTHING/,
  );
  refuses(
    engram(["flash", "--firmware", "--image", file, "--board", "microbit"]),
    /c3.bin is an image for ESP chips, not for microbit/,
  );
  for (const [words, says] of [
    [["--firmware", "kws.engram"], /--firmware takes no file.*\n.*--model kws.engram/],
    [["--image", file], /the model's file is missing/],
    [["kws.engram", "--to", folder], /--to is for --firmware/],
    [["--firmware", "--flash", "a"], /--flash is for a model/],
    [["--firmware", "--board", "nothing"], /no board nothing/],
  ] as const)
    refuses(engram(["flash", ...words]), says, 2);
  refuses(
    engram(["flash", "--firmware", "--board", "qemu-m4"]),
    /no firmware for real boards of kind qemu-m4\n.*microbit/,
  );
});

test("a model has no place in an image for ESP chips, and a port is not for a micro:bit", () => {
  const hex = join(folder, "a.hex");
  writeFileSync(hex, intelHex([{ address: 0, bytes: image }]));
  const model = fileURLToPath(new URL("../../models/microbit.engram", import.meta.url));
  const flash = ["flash", "--firmware", "--image"];
  refuses(engram([...flash, file, "--model", model]), /no place for a model/);
  refuses(engram([...flash, hex, "--board", "microbit", "--model", model]), /microbit has no place for a model/);
  refuses(
    engram([...flash, hex, "--board", "microbit", "--port", "/dev/ttyACM0"]),
    /--port is for ESP chips; microbit goes by its drive/,
    2,
  );
});

boardTest("a port that another program has is named", async () => {
  const { log, close } = startBoard("--pty");
  const path = (await until(() => log.find((line) => line.startsWith("pty ")))).slice(4);
  const port = await serialLink(path);
  refuses(
    await running(["flash", "--firmware", "--image", file, "--port", path]).ended,
    /is in use by another program/,
  );
  port.destroy();
  await new Promise((resolve) => port.once("close", resolve));
  refuses(
    await running(["flash", "--firmware", "--image", file, "--port", path]).ended,
    /the chip at \S+ (does not answer|runs its program)/,
  );
  await close();
});

test("boards lists kinds and what is plugged in; --watch ends with Ctrl-C", async () => {
  const { boards, ports, plugged } = JSON.parse(engram(["boards", "--json"]).out);
  assert.ok(Array.isArray(ports) && Array.isArray(plugged));
  const named = (wanted: string) => boards.find(({ name }: { name: string }) => name === wanted);
  assert.equal([named("microbit").firmware, named("microbit").tried], [true, "runs in emulation"]);
  assert.equal([named("esp32c3").firmware, named("esp32c3").tried], [true, "built and image checked"]);
  assert.equal([named("node").firmware, named("node").tried], [false, undefined]);
  for (const { name, tried } of boards.filter(({ tried }: { tried?: string }) => tried)) {
    const readme = readFileSync(new URL(`../../firmware/boards/${name}/README.md`, import.meta.url), "utf8");
    assert.ok(readme.toLowerCase().includes(`**${tried}.**`), name);
  }
  const { ended, kill, said } = running(["boards", "--watch"]);
  await until(() => said().includes("Ctrl-C ends it"));
  kill("SIGINT");
  const { code, error } = await ended;
  assert.is(code, 130, error);
});

test.run();
