// engram flash: a model file into a board. The model before it stays until the new one has run well. With --firmware what runs it.
import { type BoardOptions, boardOf, declareBoard } from "../board-options.ts";
import type { Call, Verb } from "../verb.ts";

type Options = BoardOptions & { firmware?: boolean; image?: string[]; model?: string; to?: string };

export const verb: Verb<Options> = {
  summary: "write a model into a board, or with --firmware the firmware",
  examples: [
    "engram flash kws.engram",
    "engram flash kws.engram --port /dev/ttyACM0",
    "engram flash --firmware --board microbit --model kws.engram",
    "engram flash --firmware --image engram.bin --port /dev/ttyUSB0",
  ],
  declare(command) {
    command.argument("[file]", "model file (.engram)");
    declareBoard(command);
    command
      .option("--firmware", "write the firmware, by the tool that fits the board")
      .option(
        "--image <file...>",
        "with --firmware: this image instead of building one; FILE@ADDRESS for a place of its own",
      )
      .option("--model <file>", "with --firmware: put a model into the image (microbit, rp2040, stm32f405)")
      .option("--to <folder>", "with --firmware: write files into a folder, or onto the drive that is there");
  },
  async run(call) {
    const { UserError } = await import("../../spec/user-error.ts");
    const { refuseStray } = await import("../values.ts");
    const { operands, options } = call;
    if (options.firmware) {
      if (operands.length > 0)
        throw new UserError(
          `--firmware takes no file, and ${operands[0]} is given`,
          `give a model with --model ${operands[0]}, an image with --image ${operands[0]}`,
          { usage: true },
        );
      refuseStray(options, ["flash"], "a model, not for --firmware");
      return flashFirmware(call);
    }
    if (operands.length === 0)
      throw new UserError("the model's file is missing", "give FILE, or --firmware", { usage: true });
    refuseStray(options, ["image", "model", "to"], "--firmware");
    return flashModel(call);
  },
};

async function flashModel({ operands: [file], options, output, signal }: Call<Options>): Promise<void> {
  const { opCodes, openModel } = await import("../model-file.ts");
  const { withBoard } = await import("../board.ts");
  const { boardKind } = await import("../../boards/registry.ts");
  const model = openModel(file);
  const emulated = (await boardKind(boardOf(options) ?? "native")).forgets ?? false;
  await withBoard(options, output, async (session) => {
    const begun = performance.now();
    await session.flashModel(model.file, {
      ops: opCodes(model),
      onProgress: (bytes, total) =>
        output.progress(`flashing: ${count(bytes)} of ${count(total)} bytes`, Math.floor((4 * bytes) / total)),
      signal,
    });
    output.endProgress();
    const seconds = (performance.now() - begun) / 1000;
    const { ramBytes, heapBytes } = await session.status();
    const { board, kernels, forgets } = session.hello;
    output.value({
      board,
      kernels,
      forgets: emulated || forgets === 1,
      name: model.sha256,
      bytes: model.file.length,
      seconds,
      ramBytes,
      heapBytes,
    });
    output.line(
      `${board} runs ${file} (${count(model.file.length)} bytes in ${seconds.toFixed(1)} s; RAM ${count(ramBytes)}, heap ${count(heapBytes)} bytes)`,
    );
    if (emulated)
      output.note(`${board} is emulated and forgets this model now: give stream or bench --model ${file} instead`);
    else if (forgets) output.note(`${board} keeps models in RAM: it forgets this one when it is switched off`);
  });
}

async function flashFirmware({ options, output, signal }: Call<Options>): Promise<void> {
  const { flashFirmware } = await import("../../flash/flash.ts");
  const { openModel } = await import("../model-file.ts");
  const { bytesDone } = await import("../progress.ts");
  const begun = performance.now();
  const { board, port, to, image: images, model } = options;
  const flashed = await flashFirmware({
    ...{ board, port, to, images, signal },
    model: model === undefined ? undefined : openModel(model).file,
    onProgress: bytesDone(output),
    onNote: output.note,
  });
  output.endProgress();
  const seconds = (performance.now() - begun) / 1000;
  output.value({ ...flashed, seconds });
  const { board: name, by, bytes, verified } = flashed;
  output.line(`firmware for ${name}: ${count(bytes)} bytes by ${by} in ${seconds.toFixed(1)} s; verified: ${verified}`);
}

function count(bytes: number): string {
  return bytes.toLocaleString("en");
}
