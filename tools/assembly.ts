// Compiles the AssemblyScript modules (targets of asconfig.json) from assembly/NAME/index.ts to build/assembly/NAME.wasm.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const wanted = process.argv.slice(2);
const { targets } = JSON.parse(readFileSync(`${root}asconfig.json`, "utf8")) as { targets: Record<string, unknown> };
mkdirSync(`${root}build/assembly`, { recursive: true });
for (const name of Object.keys(targets).filter((name) => wanted.length === 0 || wanted.includes(name))) {
  execFileSync(
    process.execPath,
    ["node_modules/assemblyscript/bin/asc.js", `assembly/${name}/index.ts`, "--target", name],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
}
