// A cell's source to wasm: asc with the transform, then the check of the module subset. asc is loaded only here.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../spec/user-error.ts";
import type { CompiledCell } from "./cell.ts";
import { compilerDeclarations } from "./declarations.ts";
import { checkFlow } from "./flow.ts";
import { checkModule } from "./subset.ts";

const flags = [
  ...[
    "--runtime",
    "stub",
    "--optimizeLevel",
    "3",
    "--shrinkLevel",
    "2",
    "--converge",
    "--noAssert",
    "--noExportMemory",
    "--noColors",
  ],
  ...["bulk-memory", "sign-extension", "nontrapping-f2i", "mutable-globals"].flatMap((feature) => [
    "--disable",
    feature,
  ]),
];

/**
 * Compiles a cell file.
 * @param path the cell's source, a .ts file
 * @param options values of the options that the cell declares; false where absent
 * @throws UserError that names file and line where the source leaves what a cell may be
 */
export async function compileCell(path: string, options: Record<string, boolean> = {}): Promise<CompiledCell> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(
      `the cell ${path} cannot be read`,
      "give the path of a .ts file, or the name of a cell that ships",
      { cause },
    );
  }
  return compileSource(text, basename(path), options);
}

/**
 * Compiles a cell's source.
 * @param file its name, as errors have it; what stands before .ts is the cell's
 */
export async function compileSource(
  text: string,
  file: string,
  options: Record<string, boolean> = {},
): Promise<CompiledCell> {
  const [{ default: asc }, { CellTransform }] = await loadCompiler();
  const outputs: Record<string, Uint8Array | string> = {};
  const transform = new CellTransform(file, options);
  const result = await asc.main(["cell.ts", "--outFile", "cell.wasm", ...flags], {
    transforms: [transform as never],
    readFile(name) {
      if (name === "cell.ts") return text;
      if (name === "node_modules/#ops/index.ts") return compilerDeclarations();
      return name.endsWith(".ts") ? "" : null; // whatever else it imports, the transform refuses with its line
    },
    writeFile: (name, contents) => {
      outputs[name] = contents;
    },
    listFiles: () => [],
  });
  if (result.error instanceof UserError) throw result.error;
  const declared = transform.declared;
  if (result.error || !declared) {
    const [, first = String(result.error), line] =
      /^ERROR (.*)$(?:[\s\S]*? in cell\.ts\((\d+),)?/m.exec(result.stderr.toString()) ?? [];
    const place = line ? `${file}:${line}` : file;
    throw new UserError(`${place} does not compile: ${first}`, "compare it with the cells in assembly/cells");
  }
  const cell: CompiledCell = {
    name: file.replace(/\.ts$/, ""),
    wasm: outputs["cell.wasm"] as Uint8Array,
    source: createHash("sha256").update(text).digest("hex"),
    ...declared,
  };
  const reason = checkModule(cell.wasm, cell.inputs.length);
  if (reason)
    throw new UserError(
      `${file} compiles to a module outside the permitted subset: ${reason}`,
      "make it smaller; docs/write-a-cell.md gives the limits",
    );
  checkFlow(cell, file);
  return cell;
}

async function loadCompiler() {
  try {
    return await Promise.all([import("assemblyscript/asc"), import("./transform.ts")]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new UserError(
      "compiling a cell needs the AssemblyScript compiler, which is not installed",
      "npm install assemblyscript",
      { cause },
    );
  }
}
