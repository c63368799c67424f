// Loads the AssemblyScript modules (ops, frontend, float) that tools/assembly.ts compiles to build/assembly.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Imports, instantiateSync } from "@assemblyscript/loader";
import { UserError } from "../spec/user-error.ts";

const modules = new Map<string, WebAssembly.Module>();

type Started<Exports> = Exports & { memory: WebAssembly.Memory; _start?: () => void };

/**
 * A fresh instance of build/assembly/NAME.wasm, compiled once a process. What comes back are the wasm's own exports, not the
 * loader's wrappers, so that they can be the imports of another module without JavaScript between them.
 */
export function loadAssembly<Exports>(name: string, imports: Imports = {}): Exports & { memory: WebAssembly.Memory } {
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(readModule(name));
    modules.set(name, module);
  }
  const exports = instantiateSync(module, imports).instance.exports as unknown as Started<Exports>;
  exports._start?.();
  return exports;
}

/** The folder of the package named engram that holds this file, in the source tree and in what is installed. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "engram") return folder;
    if (folder === dirname(folder)) throw new Error("no package.json of engram above host/compile");
  }
}

function readModule(name: string): Uint8Array<ArrayBuffer> {
  const file = join(packageRoot(), "build", "assembly", `${name}.wasm`);
  if (!existsSync(file)) {
    throw new UserError(`build/assembly/${name}.wasm is not there`, "run `npm run build` in the folder of engram");
  }
  return new Uint8Array(readFileSync(file));
}
