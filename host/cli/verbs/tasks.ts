// engram tasks: what can be trained, with what the literature reached and what is asked for here.
import { table } from "../output.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  summary: "list the tasks that `engram train` knows",
  examples: ["engram tasks", "engram tasks --json"],
  declare() {},
  async run({ output }) {
    const { taskNames, taskOf } = await import("../../tasks/registry.ts");
    const rows = [["task", "metric", "published", "threshold", "architectures", "what"]];
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
      Object.entries(metrics).forEach(([metric, { published, threshold, unit, better }], i) => {
        const bound = `${better === "higher" ? "≥" : "≤"} ${threshold} ${unit}`;
        const first = i === 0 ? [Object.keys(recipes).join(", "), summary] : ["", ""];
        rows.push([i === 0 ? name : "", metric, published === undefined ? "-" : `${published}`, bound, ...first]);
      });
    }
    rows.push(["classify", "accuracy", "-", "-", "any cell", "which class sequences of your own are of"]);
    rows.push(["predict", "error", "-", "-", "any cell", "the next or named values in sequences of your own"]);
    rows.push(["keywords", "accuracy", "-", "-", "any cell", "words in recordings of your own or Speech Commands"]);
    output.value({ tasks: values });
    for (const line of table(rows)) output.line(line);
  },
};
