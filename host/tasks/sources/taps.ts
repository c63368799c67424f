// Time-delay networks: what a layer of one reads.
import type { Source } from "../../compile/blueprint.ts";

/** Three taps of the input or of an earlier layer, so many steps apart. */
export const taps = (name: string, apart: number): Source[] => [
  name,
  { delayed: name, by: apart },
  { delayed: name, by: 2 * apart },
];
