// engram export: a model as C source or as bytes, for those who link it into a firmware of their own.
import type { Verb } from "../verb.ts";

type Options = { c?: boolean; bin?: boolean; out?: string; name?: string };

export const verb: Verb<Options> = {
  summary: "write a model as C source or as bytes, to link it into your own firmware",
  examples: ["engram export kws.engram --c --out src/kws.c", "engram export kws.engram --bin --out kws.bin"],
  declare(command) {
    command
      .argument("<file>", "model file (.engram)")
      .option("--c", "an array in C; with --out also a header beside it")
      .option("--bin", "the bytes, to be placed at a multiple of 16")
      .option("--out <file>", "where to write (default: standard output)")
      .option("--name <identifier>", "the array's name (default: from the file's name)");
  },
  async run({ operands: [file], options, output }) {
    const { UserError } = await import("../../spec/user-error.ts");
    const { openModel } = await import("../model-file.ts");
    const { exportC, exportedFile, identifierOf } = await import("../c-source.ts");
    const { writeResult } = await import("../output.ts");
    const { modelFile } = await import("../../model/container.ts");
    const { checkPlace, writeWhole } = await import("../../model/whole-file.ts");
    if (!options.c === !options.bin) {
      throw new UserError("the form is missing: --c or --bin, one of them", "see `engram export --help`", {
        usage: true,
      });
    }
    const { out } = options;
    if (out === undefined && output.json) throw new UserError("--json needs --out", "give --out FILE", { usage: true });
    const model = openModel(file);
    const name = identifierOf(options.name ?? file);
    const { source, header } = exportC(model, name, out ?? `${name}.c`);
    if (out === undefined) {
      writeResult(options.c ? source : model.file);
      return;
    }
    const written = options.c ? [out, `${out.replace(/\.c$/, "")}.h`] : [out];
    for (const path of written) checkPlace(path, options.c ? exportedFile : modelFile, [file]);
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    writeWhole(out, options.c ? bytes(source) : model.file);
    if (options.c) writeWhole(written[1], bytes(header));
    output.value({ files: written, name, bytes: model.file.length, ramBytes: model.header.ramBytes });
    output.line(`${written.join(", ")}: ${model.file.length} bytes, ${model.header.ramBytes} bytes of RAM`);
  },
};
