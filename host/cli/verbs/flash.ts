// engram flash: a model file into a board. The model before it stays until the new one has run well.
import { type BoardOptions, boardOf, declareBoard } from "../board-options.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb<BoardOptions> = {
  summary: "write a model into a board, without touching its firmware",
  examples: ["engram flash kws.engram", "engram flash kws.engram --port /dev/ttyACM0"],
  declare(command) {
    command.argument("<file>", "model file (.engram)");
    declareBoard(command);
  },
  async run({ operands: [file], options, output, signal }) {
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
  },
};

function count(bytes: number): string {
  return bytes.toLocaleString("en");
}
