// engram boards: the kinds of boards, whether each can be used here, and what is plugged in.
import type { Plugged } from "../../flash/usb.ts";
import type { Output } from "../output.ts";
import type { Call, Verb } from "../verb.ts";

type Options = { watch?: boolean };

export const verb: Verb<Options> = {
  summary: "list the boards that can be used here, and those that are plugged in",
  examples: ["engram boards", "engram boards --watch"],
  declare(command) {
    command.option("--watch", "say what is plugged in and out, until Ctrl-C");
  },
  async run(call) {
    if (call.options.watch) return watch(call);
    const { output } = call;
    const { boardKinds } = await import("../../boards/registry.ts");
    const { plugged } = await import("../../flash/usb.ts");
    const kinds = await boardKinds();
    const boards = await Promise.all(
      kinds.map(async ({ name, describe, firmware, tried, available }) => ({
        ...{ name, describe, firmware: firmware !== undefined, tried },
        missing: await available(),
      })),
    );
    const there = await plugged();
    output.value({
      boards: boards.map(({ missing, ...board }) => ({ ...board, available: !missing, ...missing })),
      ports: there.filter(({ isPort }) => isPort).map(({ at }) => at),
      plugged: there.map(facts),
    });
    const { bold, yellow } = output.colors;
    for (const { name, describe, tried, missing } of boards) {
      output.line(`${bold(name.padEnd(9))} ${describe}${tried ? `; ${tried}` : ""}`);
      if (missing) output.line(`${" ".repeat(10)}${yellow(`not here: ${missing.what}; ${missing.hint}`)}`);
    }
    for (const each of there) output.line(`plugged   ${sentence(each)}`);
  },
};

async function watch({ output, signal }: Call): Promise<void> {
  const { watchPlugged } = await import("../../flash/usb.ts");
  output.note("watching; Ctrl-C ends it");
  const tell = tellOf(output);
  await watchPlugged(
    (come, gone) => {
      for (const each of gone) tell("unplugged", each);
      for (const each of come) tell("plugged", each);
    },
    { signal },
  );
}

const tellOf =
  (output: Output) =>
  (event: "plugged" | "unplugged", each: Plugged): void => {
    output.value({ event, ...facts(each) });
    output.line(`${event.padEnd(9)} ${sentence(each)}`);
  };

const facts = ({ at, what, usb }: Plugged) => ({ at, what, usb });
const sentence = ({ at, what, usb }: Plugged): string => `${at}: ${what}${usb ? ` (${usb})` : ""}`;
