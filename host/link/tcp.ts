// A link to a board over TCP. Nothing is encrypted or authenticated: for the local host and networks one trusts.
import { connect, type Socket } from "node:net";
import { UserError } from "../spec/user-error.ts";

const patienceMs = 5000;

/** Connects. UserError if nobody listens there, or another program has the board. */
export function tcpLink(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (cause?: Error): void => {
      socket.destroy();
      reject(
        new UserError(`no board answers at ${host}:${port}`, "check address and port, and that the board runs", {
          cause,
        }),
      );
    };
    const timer = setTimeout(fail, patienceMs);
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
