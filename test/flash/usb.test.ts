// What is plugged in, by USB ids, and what comes and goes. Ports and drives are given, none of this machine's is touched.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Plugged, plugged, type Sources, usbIdsIn, watchPlugged } from "../../host/flash/usb.ts";

const sources = (
  facts: Partial<{ ports: [string, string?][]; drives: ReturnType<Sources["drives"]>; usb: string[] }>,
): Sources => ({
  ports: async () => (facts.ports ?? []).map(([path, usb]) => ({ path, usb })),
  drives: () => facts.drives ?? [],
  usb: () => facts.usb ?? [],
});
const pico = { path: "/media/RPI-RP2", by: "uf2", id: "RPI-RP2" } as const;

test("ports are named by their ids, by the vendor alone, or as what they are", async () => {
  const found = await plugged(
    sources({
      ports: [
        ["/dev/ttyACM0", "303a:1001"],
        ["/dev/ttyUSB0", "10c4:ea60"],
        ["/dev/ttyUSB1", "1a86:55d4"],
        ["/dev/ttyACM1", "2e8a:000a"],
        ["/dev/ttyACM2", "0d28:0204"],
        ["/dev/ttyACM3", "2341:0043"],
        ["/dev/ttyACM4", "1234:5678"],
        ["COM1"],
      ],
    }),
  );
  const says = [
    /Espressif|ESP32/,
    /CP210x/,
    /CH9102/,
    /Pico/,
    /DAPLink/,
    /Arduino/,
    /unknown USB device/,
    /^serial port$/,
  ];
  assert.is(found.length, says.length);
  for (const [i, { what }] of found.entries()) assert.match(what, says[i]);
});

test("a boot loader is a drive where that is mounted, else what USB lists; hubs are left out", async () => {
  const usb = ["1d6b:0002", "2e8a:0003", "0483:df11"];
  assert.equal(
    (await plugged(sources({ usb, drives: [pico] }))).map(({ at, usb }) => [at, usb]),
    [
      ["/media/RPI-RP2", undefined],
      ["usb", "0483:df11"],
    ],
  );
  assert.equal(
    (await plugged(sources({ usb }))).map(({ what }) => what),
    ["RP2040 in its boot loader", "STM32 in its boot loader (DFU)"],
  );
});

test("ids are read from Linux's list of devices, and elsewhere there are none", () => {
  const folder = mkdtempSync(join(tmpdir(), "engram-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const [device, vendor, product] of [
    ["1-1", "0483", "df11"],
    ["usb1", "1d6b", "0002"],
  ]) {
    mkdirSync(join(folder, device));
    writeFileSync(join(folder, device, "idVendor"), `${vendor}\n`);
    writeFileSync(join(folder, device, "idProduct"), `${product}\n`);
  }
  mkdirSync(join(folder, "1-1:1.0"));
  assert.equal(usbIdsIn(folder).sort(), ["0483:df11", "1d6b:0002"]);
  assert.equal(usbIdsIn(join(folder, "nothing")), []);
});

test("what comes and goes is told once, a board that shows another face as two, until the signal", async () => {
  const steps: Parameters<typeof sources>[0][] = [
    { ports: [["/dev/ttyACM0", "2e8a:000a"]] },
    { ports: [["/dev/ttyACM0", "2e8a:000a"]] },
    { drives: [pico] },
    {},
    { ports: [["/dev/ttyACM0", "2e8a:000a"]] },
    { ports: [["/dev/ttyACM0", "303a:1001"]] },
  ];
  const stop = new AbortController();
  let step = -1;
  const turn: Sources = {
    ports: () => {
      step++;
      if (step === steps.length - 1) setTimeout(() => stop.abort(), 5);
      return sources(steps[Math.min(step, steps.length - 1)]).ports();
    },
    drives: () => sources(steps[Math.min(step, steps.length - 1)]).drives(),
    usb: () => [],
  };
  const told: string[] = [];
  const names = (all: Plugged[]): string => all.map(({ at, usb }) => `${at} ${usb ?? ""}`.trim()).join();
  await watchPlugged((come, gone) => told.push(`+${names(come)} -${names(gone)}`), {
    ...{ signal: stop.signal, everyMs: 1, sources: turn },
  });
  assert.equal(told, [
    "+/dev/ttyACM0 2e8a:000a -",
    "+/media/RPI-RP2 -/dev/ttyACM0 2e8a:000a",
    "+ -/media/RPI-RP2",
    "+/dev/ttyACM0 2e8a:000a -",
    "+/dev/ttyACM0 303a:1001 -/dev/ttyACM0 2e8a:000a",
  ]);
});

test.run();
