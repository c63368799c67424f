// What `npm pack` needs besides the sources: host/ as JavaScript in dist/, and wasm3's C files in build/wasm3, where
// firmware/cmake/wasm3.cmake looks for them once there is no node_modules beside it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const wasm3 = `${root}node_modules/react-native-webassembly/cpp/`;
const copy = `${root}build/wasm3/`;

rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`];
if (spawnSync(process.execPath, tsc, { stdio: "inherit" }).status !== 0) throw new Error("tsc failed");

// The interpreter without its wrappers for other hosts (libc, WASI, React Native). Its licence lies in third-party-licenses.
if (!existsSync(`${root}firmware/third-party-licenses/wasm3.txt`)) throw new Error("wasm3's licence is missing");
mkdirSync(copy, { recursive: true });
for (const file of readdirSync(wasm3)) {
  if (/^(m3_(?!api_)|wasm3(_defs)?\.h)/.test(file)) cpSync(wasm3 + file, copy + file);
}
