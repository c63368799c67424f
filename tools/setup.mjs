// Makes a clone ready: packages, generated files, AssemblyScript modules, compiled cells. Each only where its inputs changed,
// by a hash of their content that is kept in build/. Plain JavaScript without packages, since it runs before there are any.
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const leastNode = [20, 15];
const secondsPerStep = 180;
const root = fileURLToPath(new URL("../", import.meta.url));
const stampFile = join(root, "build", "setup.json");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
  fail(
    `Node ${process.versions.node} is too old: engram needs ${leastNode.join(".")} or newer`,
    "install it from https://nodejs.org or with your package manager",
  );
}
if (!packagesMatchLockfile()) {
  say("installing packages (npm install)");
  // Not `npm ci`: it refuses a lockfile that lacks the binaries of other systems, as one does that npm wrote behind a registry
  // without them. What the lockfile names is installed as named.
  npm(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
}

const stamps = readStamps();
const { targets } = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8"));
const packages = lockedVersions(["assemblyscript", "typescript", "tsx"]);

const generators = ["tools/generate.ts", ...list("tools/generate", ".ts")];
await step("generate", "writing generated files", generators, "build/generated/ops.d.ts", ["tools/generate.ts"]);
const cells = ["tools/cells.ts", ...list("assembly/cells", ".ts")];
await Promise.all([
  step("cells", "compiling the cells", cells, "build/cells", ["tools/cells.ts"]),
  ...Object.keys(targets).map((name) => {
    const sources = [`assembly/${name}/index.ts`, "asconfig.json", "tools/assembly.ts"];
    const output = `build/assembly/${name}.wasm`;
    return step(`assembly/${name}`, `compiling assembly/${name}`, sources, output, ["tools/assembly.ts", name]);
  }),
]);

// Whether what npm installed is what the lockfile names. Optional packages may be missing: they belong to other systems.
function packagesMatchLockfile() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === "" || entry.optional || (entry.peer && !entry.dev && !entry.devOptional)) return true;
    return installed[path]?.version === entry.version;
  });
}

// Runs a script if the content of its sources, of what they import, or a compiler's version changed since it last succeeded.
async function step(name, saying, sources, output, script) {
  const hash = createHash("sha256").update(packages);
  for (const file of closure(sources))
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  const digest = hash.digest("hex");
  if (stamps[name] === digest && existsSync(join(root, output))) return;
  say(saying);
  await run(script);
  stamps[name] = digest;
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamps, undefined, 2));
}

// The files and everything they import by a relative path, in a fixed order.
function closure(sources) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith(".ts")) return;
    for (const [, target] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
      const imported = [target, `${target}.ts`, `${target}/index.ts`].map((path) => resolve(dirname(file), path));
      const there = imported.find((path) => existsSync(path) && /\.[a-z]+$/.test(path));
      if (there) visit(there);
    }
  };
  for (const source of sources) visit(join(root, source));
  return [...found].sort();
}

function list(folder, extension) {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`);
}

function lockedVersions(names) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return names.map((name) => `${name}@${packages[`node_modules/${name}`]?.version}`).join(" ");
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
}

// What a script prints is shown only if it fails.
function run(script) {
  const options = { cwd: root, timeout: secondsPerStep * 1000, killSignal: "SIGKILL", maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", ...script], options, (error, stdout, stderr) => {
      if (!error) return resolve();
      process.stderr.write(stdout + stderr);
      fail(`${script.join(" ")} failed`, "the lines above say why");
    });
  });
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const ran = cli?.endsWith(".js")
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: ["inherit", 2, 2] })
    : spawnSync("npm", args, { cwd: root, stdio: ["inherit", 2, 2], shell: process.platform === "win32" });
  if (ran.status !== 0) fail("npm could not install the packages", "check the network, then run the command again");
}

function say(text) {
  process.stderr.write(`engram: ${text} …\n`);
}

function fail(what, hint) {
  process.stderr.write(`engram: ${what}\n  ${hint}\n`);
  process.exit(1);
}
