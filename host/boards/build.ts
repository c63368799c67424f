// Builds the native board with CMake: into build/native of the source tree, or into the user's cache folder where the package
// is installed.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../compile/assembly.ts";
import { UserError } from "../spec/user-error.ts";
import { takeLock } from "./lock.ts";

const run = promisify(execFile);
const lockPatienceMs = 300_000;

/** Where engram keeps what it can make again: build of an installed package, flash files. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === "win32") return join(LOCALAPPDATA ?? homedir(), "engram");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "engram");
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "engram");
}

/** What the build lacks here, if anything. */
export async function missingTools(): Promise<{ what: string; hint: string } | undefined> {
  const hint =
    process.platform === "darwin" ? "xcode-select --install, brew install cmake" : "sudo apt-get install cmake gcc";
  if (process.platform === "win32")
    return { what: "the native board runs on Linux and macOS", hint: "use --board node" };
  if (!(await works("cmake"))) return { what: "CMake is missing", hint };
  const compiler = process.env.CC?.split(" ")[0] || "cc";
  return (await works(compiler)) ? undefined : { what: `a C compiler (${compiler}) is missing`, hint };
}

/** The native board's program, built if it is older than its sources. UserError if it cannot be built. */
export async function nativeProgram(onProgress: (doing: string) => void = () => {}): Promise<string> {
  const missing = await missingTools();
  if (missing) throw new UserError(`the native board cannot be built: ${missing.what}`, missing.hint);
  const folder = await buildFolder();
  await mkdir(folder, { recursive: true });
  const unlock = await lock(join(folder, "building"), onProgress);
  try {
    await build(folder, onProgress);
  } finally {
    unlock();
  }
  return join(folder, "engram");
}

async function build(folder: string, onProgress: (doing: string) => void): Promise<void> {
  const source = join(packageRoot(), "firmware");
  if (!(await exists(join(folder, "CMakeCache.txt")))) {
    onProgress("building the native board (once)");
    await cmake("-S", source, "-B", folder, "-DENGRAM_BOARD=native", "-DCMAKE_BUILD_TYPE=Release");
  }
  await cmake("--build", folder, "--parallel", "2");
}

async function cmake(...parameters: string[]): Promise<void> {
  const child = spawn("cmake", parameters, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code === 0) return;
  const line = output.split("\n").find((line) => /error/i.test(line)) ?? output.trim().split("\n").at(-1);
  throw new UserError(
    `the native board does not build: ${line?.trim()}`,
    `run \`cmake ${parameters.join(" ")}\` to see all`,
    {
      cause: output,
    },
  );
}

/** In the source tree build/native; a package that is installed may belong to somebody else. */
async function buildFolder(): Promise<string> {
  const root = packageRoot();
  const ours =
    !root.includes("node_modules") &&
    (await access(root, constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (ours) return join(root, "build", "native");
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const place = createHash("sha256").update(root).digest("hex").slice(0, 8);
  return join(cacheFolder(), `native-${version}-${place}`);
}

/** One build at a time in a folder. */
async function lock(path: string, onProgress: (doing: string) => void): Promise<() => void> {
  const end = Date.now() + lockPatienceMs;
  for (let waited = false; Date.now() < end; waited = true) {
    const unlock = takeLock(path);
    if (unlock) return unlock;
    if (!waited) onProgress("waiting for another program that builds the native board");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new UserError(`another program is building the native board`, `wait for it, or remove ${path}`);
}

const works = (program: string): Promise<boolean> =>
  run(program, ["--version"]).then(
    () => true,
    () => false,
  );
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
