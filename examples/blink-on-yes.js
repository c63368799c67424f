// Blinks a board's LED when it hears "yes", with johnny-five. The board runs engram's firmware and a model with that label.
//   npm pkg set type=module && npm install engram johnny-five firmata-io serialport
//   engram flash kws.engram --port /dev/ttyACM0
//   arecord -t raw -f S16_LE -c 1 -r 16000 | node blink-on-yes.js /dev/ttyACM0
// In a clone, where all of these are there, `npm run prepack` makes what it imports; then `npm run engram --` for `engram`, and
//   node examples/blink-on-yes.js
// With the native board (built by `npm start` in a clone), which keeps its model in board.flash:
//   build/native/engram --tcp 4000 --flash board.flash
//   engram flash models/keywords.engram --port tcp:localhost:4000
//   node blink-on-yes.js tcp:localhost:4000 recording.wav
import { connect } from "node:net";
import { Keywords } from "engram/johnny-five";
import firmata from "firmata-io";
import five from "johnny-five";
import { SerialPort } from "serialport";

const [port = "/dev/ttyACM0", file] = process.argv.slice(2);
const [, host, tcpPort] = /^tcp:(.+):(\d+)$/.exec(port) ?? [];
const transport = host ? connect(Number(tcpPort), host) : new SerialPort({ path: port, baudRate: 115200 });

const io = new firmata.Firmata(transport);
io.on("error", fail);
io.once("ready", () => {
  // `once`: johnny-five emits "ready" on this io again.
  const board = new five.Board({ io, repl: false });
  board.once("ready", () => blink(board).catch(fail));
});

async function blink(board) {
  const led = new five.Led(13);
  const keywords = new Keywords(board);
  keywords.on("detection", ({ label, score, time }) => {
    console.log(`${time.toFixed(2)} s: ${label} (${score.toFixed(2)})`);
    if (label === "yes") led.blink(100);
    else led.stop().off();
  });
  await keywords.listen(file ?? process.stdin, { realtime: file !== undefined });
  await keywords.close();
  process.exit();
}

function fail({ message, hint }) {
  console.error(hint ? `${message}\n  ${hint}` : message);
  process.exit(1);
}
