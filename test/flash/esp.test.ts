// Firmware over the boot ROM of ESP chips, against a simulated one: good lines, bad lines, wrong chips, and what cannot be written.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chipOf, type EspOptions, type EspPart, flashEsp } from "../../host/flash/esp/esp.ts";
import { readEspImage } from "../../host/flash/esp/image.ts";
import { SlipFinder, slip } from "../../host/flash/esp/slip.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { espImage, type Fault, type RomOptions, RomSimulator } from "./boot-rom.ts";

const pace = 0.02;
const image = espImage(5, 20_000);
const part = (bytes: Uint8Array, address = 0, name = "engram.bin"): EspPart => ({ name, address, bytes });

function flash(rom: RomSimulator, parts = [part(image)], options: EspOptions & { signals?: boolean } = {}) {
  const setSignals = options.signals ? (dtr: boolean, rts: boolean) => rom.setSignals(dtr, rts) : undefined;
  return flashEsp({ name: "/dev/ttyTEST", duplex: rom.duplex, setSignals }, parts, { pace, ...options });
}

const holds = (rom: RomSimulator, { bytes, address }: EspPart): boolean =>
  Buffer.from(bytes).equals(rom.flash.subarray(address, address + bytes.length));

/** The error, which must be the user's and say `what`; nothing of the flash has changed. */
async function refused(rom: RomSimulator, doing: Promise<void>, what: RegExp): Promise<UserError> {
  const error = await doing.then(
    () => assert.unreachable("it was written"),
    (error) => error,
  );
  assert.instance(error, UserError, error.stack);
  assert.match(error.message, what);
  assert.is(rom.erased, 0);
  assert.not(rom.commands.has(3));
  return error;
}

for (const chip of ["esp32", "esp32s3", "esp32c3"] as const)
  test(`${chip}: parts are written byte for byte, and nothing beside them`, async () => {
    const id = { esp32: 0, esp32s3: 9, esp32c3: 5 }[chip];
    const rom = new RomSimulator({ chip });
    const parts = [
      part(espImage(id, 20_000), chip === "esp32" ? 0x1000 : 0),
      part(espImage(id, 70_001), 0x10000, "app.bin"),
    ];
    const done: number[] = [];
    let all = 0;
    const onProgress = (now: number, total: number): void => {
      done.push(now);
      all = total;
    };
    await flash(rom, parts, { onProgress });
    for (const each of parts) assert.ok(holds(rom, each));
    assert.is(rom.flash[0x10000 - 1], 0x5a);
    assert.is(rom.flash[0x10000 + 76 * 1024], 0x5a);
    assert.equal(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.is(done.at(-1), all);
  });

test("what the flash holds already is not written again", async () => {
  const rom = new RomSimulator();
  rom.flash.set(image);
  await flash(rom);
  assert.is(rom.erased, 0);
});

const kinds = ["drop", "double", "damage"] as const;

/** Flashes once for each fault, hundreds at a time; each must end with the image in the flash. */
async function survives(faults: readonly Fault[], options: RomOptions): Promise<void> {
  for (let i = 0; i < faults.length; i += 500)
    await Promise.all(
      faults.slice(i, i + 500).map(async (fault) => {
        const rom = new RomSimulator({ ...options, flashBytes: 1 << 18, faults: [fault] });
        await flash(rom).catch((error) => assert.unreachable(`${JSON.stringify(fault)}: ${error.message}`));
        assert.ok(holds(rom, part(image)), JSON.stringify(fault));
      }),
    );
}

const good = new RomSimulator();
await flash(good);
const everyByte = (to: Fault["to"], op: number, nth = 0): Fault[] =>
  Array.from({ length: good.lengths.get(`${to} ${op}`)! }, (_, at) =>
    kinds.map((kind): Fault => ({ to, op, nth, at, kind })),
  ).flat();
const flashData = 0x03;
const commands = [...good.commands.keys()];

/** All where the ROM is hardest to please: a block that comes twice moves those after it. */
const sample = (faults: Fault[], repeats: string): Fault[] =>
  repeats === "append" ? faults : faults.filter((_, i) => i % 11 === 0);

for (const [repeats, ends] of [
  ["append", "open"],
  ["rewrite", "toggle"],
  ["refuse", "open"],
] as const) {
  test(`bytes of a block of data lost, doubled or damaged, and of its answer (a block twice: ${repeats}; an END twice: ${ends})`, async () => {
    const faults = [...everyByte("rom", flashData, 5), ...everyByte("host", flashData, 5)];
    assert.ok(faults.length > 3 * 1050);
    await survives(sample(faults, repeats), { repeats, ends });
  });

  test(`bytes of every other command and answer likewise (a block twice: ${repeats}; an END twice: ${ends})`, async () => {
    const others = commands.filter((op) => op !== flashData);
    assert.is(others.length, 7);
    const nths = [0, 1];
    const faults = others.flatMap((op) =>
      nths.flatMap((nth) => [...everyByte("rom", op, nth), ...everyByte("host", op, nth)]),
    );
    await survives(sample(faults, repeats), { repeats, ends });
  });

  test(`whole packets lost, doubled or damaged, twice in a row (a block twice: ${repeats}; an END twice: ${ends})`, async () => {
    const faults = commands.flatMap((op) =>
      [0, 1, 2].flatMap((nth) =>
        kinds.flatMap((kind) =>
          (["rom", "host"] as const).map((to): Fault => ({ to, op, nth, kind, times: kind === "drop" ? 2 : 1 })),
        ),
      ),
    );
    await survives(faults, { repeats, ends });
  });
}

test("packets come back from SLIP whatever they hold, and what is spoilt costs one packet", () => {
  const found: number[][] = [];
  const finder = new SlipFinder((packet) => found.push([...packet]));
  const packets = [[0xc0], [0xdb, 0xdc, 0xdb, 0xdd, 1], [0xdb, 0xc0, 0xdb, 0xc0], [0]];
  assert.equal([...slip(Uint8Array.of(1, 0xc0, 0xdb))], [0xc0, 1, 0xdb, 0xdc, 0xdb, 0xdd, 0xc0]);
  for (const packet of packets) finder.take(slip(Uint8Array.from(packet)));
  assert.equal(found.splice(0), packets);
  finder.take(Uint8Array.from([7, 8, 0xc0, 1, 0xdb, 7, 2, 0xc0, ...slip(Uint8Array.of(5)), 0xc0, 9, 9]));
  assert.equal(found.splice(0), [[5]]);
  finder.reset();
  finder.take(slip(Uint8Array.of(6)).subarray(1)); // its first END is lost
  finder.take(slip(Uint8Array.of(7)));
  assert.equal(found, [[7]]);
});

test("a chip that only a register tells is not taken for another when an answer is damaged", async () => {
  const esp32 = part(espImage(0, 5000), 0x1000);
  for (const fault of [0, 1].flatMap((nth) => everyByte("host", 0x0a, nth))) {
    const rom = new RomSimulator({ chip: "esp32", faults: [fault] });
    await flash(rom, [esp32]).catch((error) => assert.unreachable(`${JSON.stringify(fault)}: ${error.message}`));
    assert.ok(holds(rom, esp32));
  }
});

test("a damaged address that hits what was written before is repaired", async () => {
  const at = 22; // of FLASH_BEGIN's fourth word the second byte: 0x4000 becomes 0
  const rom = new RomSimulator({ faults: [{ to: "rom", op: 2, nth: 1, at, kind: "damage", mask: 0x40 }] });
  await flash(rom);
  assert.ok(holds(rom, part(image)));
  assert.is(rom.commands.get(2), 4);
});

test("a block that is lost each time is told after the third try, with its place", async () => {
  const rom = new RomSimulator({ faults: [{ to: "rom", op: flashData, nth: 16, kind: "drop", times: 1000 }] });
  const error = await flash(rom).catch((error) => error);
  assert.instance(error, UserError);
  assert.match(error.message, /does not take 3,6\d\d bytes at 0x4000: no answer/);
  assert.match(error.hint, /third try/);
  assert.is(rom.commands.get(2), 4);
});

test("a flash that does not keep a byte is told, too", async () => {
  const rom = new RomSimulator({ broken: 1000 });
  const error = await flash(rom).catch((error) => error);
  assert.match(error.message, /at 0x0: it reads back otherwise/);
  assert.is(rom.commands.get(2), 3);
});

test("a chip that is another than the image's is named, and nothing is written", async () => {
  for (const [options, id, says] of [
    [{ chip: "esp32s3" }, 5, /is an ESP32-S3, the image is for an ESP32-C3/],
    [{ chip: "esp32" }, 9, /is an ESP32, the image is for an ESP32-S3/],
    [{ chip: "esp32c3", magic: 0x2ce0806f }, 0, /is an ESP32-C3, the image is for an ESP32/],
    [{ chip: "esp32", magic: 0xfff0c101 }, 0, /is an ESP8266, the image/],
  ] as const) {
    const rom = new RomSimulator(options);
    await refused(rom, flash(rom, [part(espImage(id, 20_000), id === 0 ? 0x1000 : 0)]), says);
  }
});

test("an image larger than the chip's flash is refused with both sizes", async () => {
  const rom = new RomSimulator({ flashBytes: 1 << 19 });
  const error = await refused(rom, flash(rom, [part(espImage(5, 600_000))]), /ends at 600,\d+ bytes.*has 524,288/);
  assert.match(error.hint, /nothing was written/);
});

test("a board that runs its program is reset into its boot loader by DTR and RTS, and started afterwards", async () => {
  const rom = new RomSimulator({ program: "hello from a program" });
  await flash(rom, undefined, { signals: true });
  assert.ok(holds(rom, part(image)));
  assert.ok(rom.runs);
});

test("behind a UART the line is made faster, and slow again where that is not heard", async () => {
  for (const deafAbove of [undefined, 115200]) {
    const rom = new RomSimulator({ needsReset: true, deafAbove });
    const setBaudRate = async (rate: number): Promise<void> => {
      rom.rates.host = rate;
    };
    const setSignals = (dtr: boolean, rts: boolean) => rom.setSignals(dtr, rts);
    await flashEsp({ name: "/dev/ttyTEST", duplex: rom.duplex, setSignals, setBaudRate }, [part(image)], { pace });
    assert.ok(holds(rom, part(image)));
    assert.is(rom.rates.host, deafAbove ?? 460800);
  }
});

test("over the chip's own USB it is reset otherwise, and its watchdogs are stopped", async () => {
  const rom = new RomSimulator({ program: "hello", ownUsb: true });
  const setSignals = (dtr: boolean, rts: boolean) => rom.setSignals(dtr, rts);
  await flashEsp({ name: "/dev/ttyTEST", duplex: rom.duplex, setSignals, ownUsb: true }, [part(image)], { pace });
  assert.ok(holds(rom, part(image)));
  assert.ok(rom.runs);
  assert.is(rom.register(0x60008090), 0);
  assert.is(rom.register(0x600080ac), 0x80000000);
});

test("without these lines it is told apart from one that is silent", async () => {
  const talking = new RomSimulator({ program: "hello from a program" });
  const error = await refused(talking, flash(talking), /runs its program and is not in its boot loader/);
  assert.match(error.hint, /BOOT/);
  const silent = new RomSimulator({ needsReset: true });
  await refused(silent, flash(silent), /\/dev\/ttyTEST does not answer/);
});

test("unplugged in the middle, it is told how far; flashed again, it goes on from there", async () => {
  const rom = new RomSimulator({ unplugAt: 18 });
  const error = await flash(rom).catch((error) => error);
  assert.instance(error, UserError);
  assert.match(error.message, /ttyTEST is gone after 16,384 of 20,0\d\d bytes/);
  const again = new RomSimulator();
  again.flash.set(rom.flash);
  await flash(again);
  assert.ok(holds(again, part(image)));
  assert.is(again.commands.get(flashData), 4);
});

test("a port that closes as serial ports do, without having been destroyed, is told likewise", async () => {
  const rom = new RomSimulator();
  const onProgress = (done: number): void => {
    if (done > 17_000) rom.duplex.push(null);
  };
  const error = await flash(rom, undefined, { onProgress }).catch((error) => error);
  assert.match(error.message, /gone after 16,384 of/);
});

test("stopped by a signal it ends at once", async () => {
  const stop = new AbortController();
  const rom = new RomSimulator();
  const onProgress = (done: number) => done > 3000 && stop.abort();
  await flash(rom, undefined, { signal: stop.signal, onProgress }).catch((error) =>
    assert.is(error.name, "AbortError"),
  );
  assert.is(rom.commands.get(flashData), 3);
});

test("an image with any byte changed is refused, or is for another chip", () => {
  const small = espImage(5, 400);
  assert.equal(readEspImage(small, "a"), { chip: 5, bytes: small.length });
  for (let i = 0; i < small.length; i++) {
    const damaged = small.map((byte, k) => (k === i ? byte ^ 0x41 : byte));
    let chip: number | undefined;
    try {
      ({ chip } = readEspImage(damaged, "a"));
    } catch (error) {
      assert.instance(error, UserError);
    }
    // Without the flag for a hash there is none to check.
    if (i !== 23) assert.is(chip, undefined, `byte ${i}`);
  }
  for (let length = 0; length < small.length; length++)
    assert.throws(() => readEspImage(small.subarray(0, length), "a"), /^a is (cut off|no image)/);
});

test("parts that contradict each other are refused before the port is asked", () => {
  const c3 = part(espImage(5, 10_000));
  const direct = part(Uint8Array.from([0x1d, 4, 0xdb, 0xae, 0x1d, 4, 0xdb, 0xae, 0, 0]), 0, "direct.bin");
  assert.is(chipOf([c3]).name, "ESP32-C3");
  assert.is(chipOf([direct]).name, "ESP32-C3");
  assert.is(chipOf([part(Uint8Array.from([...new Array(0x1000).fill(0xff), ...espImage(0, 5000)]))]).name, "ESP32");
  for (const [parts, says] of [
    [[c3, part(espImage(9, 10_000), 0x10000, "app.bin")], /engram.bin is for ESP32-C3, app.bin for ESP32-S3/],
    [[c3, part(new Uint8Array(10), 0x2000, "table.bin")], /engram.bin reaches over 0x2000, where table.bin begins/],
    [[part(espImage(5, 5000), 0x100)], /cannot begin at 0x100/],
    [[part(espImage(13, 5000))], /is for ESP32-C6/],
    [[part(new Uint8Array(100))], /no image for ESP chips/],
  ] as const)
    assert.throws(() => chipOf([...parts]), says);
});

test.run();
