// engram tasks: what can be trained, with what the literature reached and what is asked for here.
import { table } from "../output.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "list the tasks that `engram train` knows",
  examples: ["engram tasks", "engram tasks --json"],
  declare() {},
  async run({ output }) {
    const { taskNames, taskOf } = await import("../../tasks/registry.ts");
    const rows = [["task", "what, measured by what against which threshold, by which architectures"]];
    const values = [];
    for (const name of taskNames()) {
      const { summary, source, metrics, recipes, budgetSeconds, inputs, outputs } = await taskOf(name);
      values.push({
        name,
        summary,
        source,
        metrics,
        architectures: Object.keys(recipes),
        budgetSeconds,
        inputs,
        outputs,
      });
      const measured = Object.entries(metrics).map(([metric, { published, recalled, threshold, unit, better }]) => {
        const bound = `${metric} ${better === "higher" ? "≥" : "≤"} ${threshold} ${unit}`;
        if (published === undefined) return bound;
        const figures =
          typeof published === "number" ? [published] : Object.entries(published).map((of) => of.join(" "));
        return `${bound} (published: ${figures.join(", ")}${recalled ? ", not re-read" : ""})`;
      });
      rows.push([name, summary], ["", `${measured.join(", ")}: ${Object.keys(recipes).join(", ")}`]);
    }
    for (const [name, summary, metric] of [
      ["classify", "tell which class sequences of your own are of", "accuracy"],
      ["predict", "the next or named values in sequences of your own", "error"],
      ["keywords", "words in recordings of your own or Speech Commands", "accuracy"],
    ])
      rows.push([name, summary], ["", `${metric}: any cell`]);
    output.value({ tasks: values });
    for (const line of table(rows)) output.line(line);
  },
};
