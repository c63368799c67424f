// The arrows of host/: a folder imports only from folders above it in `order`. test/structure runs this.
export const order = [
  "spec",
  "compile",
  "model",
  "link",
  "runtime",
  "autodiff",
  "data",
  "features",
  "train",
  "quantize",
  "evolve",
  "tasks",
  "boards",
  "flash",
  "cli",
];

const forbid = (name, from, to) => ({ name, severity: "error", from, to });

export default {
  forbidden: [
    ...order.map((folder, place) =>
      forbid(
        `${folder} imports only from folders above it`,
        { path: `^host/${folder}/` },
        { path: `^host/(?!(${order.slice(0, place + 1).join("|")})/)` },
      ),
    ),
    forbid("nothing imports cli", { pathNot: "^host/cli/" }, { path: "^host/cli/" }),
    forbid("no circles", {}, { circular: true }),
    forbid("every import resolves", {}, { couldNotResolve: true }),
    forbid("host needs neither tools nor tests", { path: "^host/" }, { path: "^(tools|test|examples)/" }),
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
