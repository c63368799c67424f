// The Mackey-Glass series with the reservoir of the wide task in narrow integers: states of 16 bits, and of 32 nothing but the weights of
// the read-out. Half the memory and a fraction of the instructions; a free run feeds the rounding of its states back.
import { mackeyGlassFacts, metricOf, openMackeyGlass, reservoir } from "../sources/mackey-glass-series.ts";
import type { Task } from "../task.ts";

export const task: Task = {
  ...mackeyGlassFacts,
  summary: "the Mackey-Glass series 84 steps on, with states of 16 bits",
  metrics: metricOf(-1.9),
  recipes: { esn: reservoir({ sites: { y: "int32" } }) },
  open: () => openMackeyGlass([1e-13, 1e-12, 1e-11, 1e-5, 3e-5, 1e-4, 3e-4]),
};
