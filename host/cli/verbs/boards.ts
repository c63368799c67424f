// engram boards: the kinds of boards, whether each can be used here, and the serial ports.
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "list the boards that can be used here",
  examples: ["engram boards"],
  declare() {},
  async run({ output }) {
    const { boardKinds } = await import("../../boards/registry.ts");
    const { serialPorts } = await import("../../link/serial.ts");
    const kinds = await boardKinds();
    const boards = await Promise.all(
      kinds.map(async ({ name, describe, available }) => ({ name, describe, missing: await available() })),
    );
    const ports = await serialPorts();
    output.value({
      boards: boards.map(({ name, describe, missing }) => ({ name, describe, available: !missing, ...missing })),
      ports,
    });
    const { bold, yellow } = output.colors;
    for (const { name, describe, missing } of boards) {
      output.line(`${bold(name.padEnd(9))} ${describe}`);
      if (missing) output.line(`${" ".repeat(10)}${yellow(`not here: ${missing.what}; ${missing.hint}`)}`);
    }
    for (const port of ports) output.line(`port      ${typeof port === "string" ? port : JSON.stringify(port)}`);
  },
};
