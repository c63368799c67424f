// `npm run bench [NAME …]`: runs the files of tools/bench/subjects, or those named. Each exports `bench`, which prints its
// figures; what runs against a peer alternates with it in one process, since ratios hold where times do not.
import { readdirSync } from "node:fs";

const folder = new URL("./subjects/", import.meta.url);
const wanted = process.argv.slice(2);
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .sort()) {
  const name = file.replace(/\.ts$/, "");
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const { bench } = (await import(new URL(file, folder).href)) as { bench(): Promise<void> };
  await bench();
}
