// Makes a clone ready: packages, generated files, AssemblyScript modules, compiled cells. Each only where its inputs changed,
// by a hash of their content that is kept in build/. Plain JavaScript without packages, since it runs before there are any.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const leastNode = 20;
const secondsPerStep = 180;
const root = fileURLToPath(new URL("../", import.meta.url));
const stampFile = join(root, "build", "setup.json");

if (Number(process.versions.node.split(".")[0]) < leastNode) {
  fail(
    `Node ${process.versions.node} is too old: engram needs ${leastNode} or newer`,
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

step(
  "generate",
  "writing generated files",
  ["tools/generate.ts", ...list("tools/generate", ".ts")],
  "build/generated/ops.d.ts",
  () => script("tools/generate.ts"),
);
for (const name of Object.keys(targets)) {
  const sources = [`assembly/${name}/index.ts`, "asconfig.json", "tools/assembly.ts"];
  step(`assembly/${name}`, `compiling assembly/${name}`, sources, `build/assembly/${name}.wasm`, () =>
    script("tools/assembly.ts", name),
  );
}
step("cells", "compiling the cells", ["tools/cells.ts", ...list("assembly/cells", ".ts")], "build/cells", () =>
  script("tools/cells.ts"),
);

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

// Runs a step if the content of its sources, of what they import, or a compiler's version changed since it last succeeded.
function step(name, saying, sources, output, run) {
  if (!existsSync(join(root, sources[0]))) return;
  const hash = createHash("sha256").update(packages);
  for (const file of closure(sources))
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  const digest = hash.digest("hex");
  if (stamps[name] === digest && existsSync(join(root, output))) return;
  say(saying);
  run();
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

function script(...args) {
  const options = { cwd: root, stdio: "inherit", timeout: secondsPerStep * 1000, killSignal: "SIGKILL" };
  const { status } = spawnSync(process.execPath, ["--import", "tsx", ...args], options);
  if (status !== 0) fail(`${args.join(" ")} failed`, "the lines above say why");
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const ran = cli?.endsWith(".js")
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (ran.status !== 0) fail("npm could not install the packages", "check the network, then run the command again");
}

function say(text) {
  process.stderr.write(`engram: ${text} …\n`);
}

function fail(what, hint) {
  process.stderr.write(`engram: ${what}\n  ${hint}\n`);
  process.exit(1);
}
