// A board at a serial port, or one that listens on TCP.
import { serialLink, serialPorts } from "../../link/serial.ts";
import { tcpLink } from "../../link/tcp.ts";
import { UserError } from "../../spec/user-error.ts";
import { closing } from "../closing.ts";
import type { BoardKind } from "../registry.ts";

export const board: BoardKind = {
  name: "serial",
  describe: "a board at a serial port (--port /dev/ttyACM0) or over TCP (--port tcp:HOST:PORT)",

  async available() {
    const ports = await serialPorts();
    return ports.length > 0 ? undefined : { what: "no serial port is there", hint: "plug a board in" };
  },

  async open({ port }) {
    if (!port) throw new UserError("a serial board needs a port", "give one with --port PATH", { usage: true });
    const tcp = /^tcp:(.+):(\d+)$/.exec(port);
    return closing(tcp ? await tcpLink(tcp[1]!, Number(tcp[2])) : await serialLink(port));
  },
};
