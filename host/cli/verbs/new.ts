// engram new: a small project of one's own, to start from.
import { wordList } from "../values.ts";
import type { Verb } from "../verb.ts";

type Options = { words: string[] };

export const verb: Verb<Options> = {
  summary: "make a small project: folder for recordings, training, a johnny-five script, README",
  examples: ["engram new my-words", "engram new door --words open,close"],
  declare(command) {
    command.argument("<dir>", "new folder");
    command.option("--words <list>", "words that its model is to hear", wordList("--words"), ["yes", "no"]);
  },
  async run({ operands: [dir], options: { words }, output }) {
    const { existsSync, mkdirSync, readFileSync, writeFileSync } = await import("node:fs");
    const { basename, dirname, join, resolve } = await import("node:path");
    const { packageRoot } = await import("../../compile/assembly.ts");
    const { projectFiles } = await import("../project.ts");
    const { UserError } = await import("../../spec/user-error.ts");
    if (existsSync(dir)) throw new UserError(`${dir} is there already`, "give the name of a new folder");
    const odd = words.find((word) => !/^[\p{L}\p{N}_-]+$/u.test(word));
    if (odd !== undefined)
      throw new UserError(`--words has "${odd}", which cannot be a folder`, "use letters, digits, - and _", {
        usage: true,
      });
    const name = basename(resolve(dir))
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-");
    const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
    const files = projectFiles(name.replace(/^-+|-+$/g, "") || "words", words, manifest);
    for (const [path, text] of files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    output.value({ dir, files: [...files.keys()] });
    output.line(`${dir} is there: begin with its README.md`);
  },
};
