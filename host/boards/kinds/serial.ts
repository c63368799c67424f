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
    if (!port.startsWith("tcp:")) return closing(await serialLink(port));
    const [, host, number] = /^tcp:(.+):(\d{1,5})$/.exec(port) ?? [];
    if (!host || Number(number) > 65535) {
      throw new UserError(`${port} names no port`, "write tcp:HOST:PORT, the port up to 65535", { usage: true });
    }
    return closing(await tcpLink(host, Number(number)));
  },
};
