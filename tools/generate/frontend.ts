// build/generated/frontend-layout.h, frontend-layout.ts: the layouts and limits of host/spec/frontend.ts for C and AssemblyScript.
import { errors } from "../../host/spec/errors.ts";
import { frontEndHead, frontEndLimits, frontEndState, logFloor, logSteps } from "../../host/spec/frontend.ts";
import { offsets } from "../assembly-text.ts";
import { constants, snake, struct } from "../c-text.ts";

const limits = Object.fromEntries([
  ...Object.entries(frontEndLimits).flatMap(([name, [least, most]]) => [
    [`${name}Least`, least],
    [`${name}Most`, most],
  ]),
  ["logSteps", logSteps],
  ["logFloor", logFloor],
]) as Record<string, number>;

const header = `/* Generated from host/spec/frontend.ts. All structs are little-endian and have no padding. */
#ifndef EN_FRONTEND_LAYOUT_H
#define EN_FRONTEND_LAYOUT_H

#include <stdint.h>

${constants("frontend", limits)}
${struct("frontendHead", frontEndHead)}
${struct("frontendState", frontEndState)}
#endif
`;

const assembly = `// Generated from host/spec/frontend.ts and errors.ts.
${offsets("HEAD", frontEndHead)}
${offsets("STATE", frontEndState)}
${Object.entries(limits)
  .map(([name, value]) => `export const ${snake(name).toUpperCase()}: i32 = ${value};`)
  .join("\n")}

export const OK: i32 = ${errors.ok[0]};
export const TRUNCATED: i32 = ${errors.truncated[0]};
export const SECTION: i32 = ${errors.section[0]};
export const LIMIT: i32 = ${errors.limit[0]};
`;

export const generated = [
  { path: "frontend-layout.h", text: header },
  { path: "frontend-layout.ts", text: assembly },
];
