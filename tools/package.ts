// What `npm pack` needs besides the sources: host/ as JavaScript in dist/, and wasm3's C files in firmware/third-party/wasm3.
// With --clean it removes the copy of wasm3 again.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const wasm3 = `${root}node_modules/react-native-webassembly/cpp/`;
const copy = `${root}firmware/third-party/wasm3/`;

rmSync(copy, { recursive: true, force: true });
if (!process.argv.includes("--clean")) {
  rmSync(`${root}dist`, { recursive: true, force: true });
  const tsc = [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`];
  if (spawnSync(process.execPath, tsc, { stdio: "inherit" }).status !== 0) throw new Error("tsc failed");
  copyWasm3();
}

// The interpreter without its wrappers for other hosts (libc, WASI, React Native). Its licence lies in third-party-licenses.
function copyWasm3(): void {
  if (!existsSync(`${root}firmware/third-party-licenses/wasm3.txt`)) throw new Error("wasm3's licence is missing");
  mkdirSync(copy, { recursive: true });
  for (const file of readdirSync(wasm3)) {
    if (/^(m3_(?!api_)|wasm3(_defs)?\.h)/.test(file)) cpSync(wasm3 + file, copy + file);
  }
}
