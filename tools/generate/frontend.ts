// build/generated/frontend-layout.h, frontend-layout.ts: the layouts and limits of host/spec/frontend.ts for C and AssemblyScript.
import { frontEndHead, frontEndLimits, frontEndState, logFloor, logSteps } from "../../host/spec/frontend.ts";
import { leastAndMost, offsets } from "../assembly-text.ts";
import { constants, struct } from "../c-text.ts";

const limits = { ...leastAndMost(frontEndLimits), logSteps, logFloor };

const header = `/* Generated from host/spec/frontend.ts. All structs are little-endian and have no padding. */
#ifndef EN_FRONTEND_LAYOUT_H
#define EN_FRONTEND_LAYOUT_H

#include <stdint.h>

${constants("frontend", limits)}
${struct("frontendHead", frontEndHead)}
${struct("frontendState", frontEndState)}
#endif
`;

const assembly = `// Generated from host/spec/frontend.ts.
${offsets("HEAD", frontEndHead)}
${offsets("STATE", frontEndState)}
export const LOG_FLOOR: i32 = ${logFloor};
`;

export const generated = [
  { path: "frontend-layout.h", text: header },
  { path: "frontend-layout.ts", text: assembly },
];
