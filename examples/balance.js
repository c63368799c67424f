// A board keeps two poles up on a cart that is simulated here, and shows with johnny-five what it does: a servo at pin 9 leans as hard as
// it pushes, the LED at pin 13 is on while it pushes to the right. The policy's weights were evolved (`engram train double-pole`).
//   npm pkg set type=module && npm install engram johnny-five firmata-io serialport
//   engram flash node_modules/engram/models/architectures/fitness-double-pole.engram --port /dev/ttyACM0
//   node balance.js /dev/ttyACM0
// In a clone, where all of these are there, `npm run prepack` makes what it imports; then `npm run engram --` for `engram`.
// With the native board (built by `npm start` in a clone), which keeps its model in board.flash:
//   build/native/engram --tcp 4000 --flash board.flash
//   engram flash models/architectures/fitness-double-pole.engram --port tcp:localhost:4000
//   node balance.js tcp:localhost:4000 500
import { connect } from "node:net";
import { balance, cartAt } from "engram";
import { Policy } from "engram/johnny-five";
import firmata from "firmata-io";
import five from "johnny-five";
import { SerialPort } from "serialport";

const [port = "/dev/ttyACM0", actions = "1000"] = process.argv.slice(2);
const [, host, tcpPort] = /^tcp:(.+):(\d+)$/.exec(port) ?? [];
const transport = host ? connect(Number(tcpPort), host) : new SerialPort({ path: port, baudRate: 115200 });

const io = new firmata.Firmata(transport);
io.on("error", fail);
io.once("ready", () => {
  // `once`: johnny-five emits "ready" on this io again.
  const board = new five.Board({ io, repl: false });
  board.once("ready", () => run(board).catch(fail));
});

async function run(board) {
  const servo = new five.Servo(9);
  const led = new five.Led(13);
  const policy = new Policy(board);
  policy.on("result", ([force]) => {
    servo.to(90 + 60 * force); // force: −1 … 1
    if (force > 0) led.on();
    else led.off();
  });
  const stood = await policy.play(balance(cartAt(0, 0, 0.07, 0), Number(actions)));
  console.log(`the poles stood for ${stood} of ${actions} actions`);
  await policy.close();
  process.exit();
}

function fail({ message, hint }) {
  console.error(hint ? `${message}\n  ${hint}` : message);
  process.exit(1);
}
