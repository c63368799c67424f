// build/generated/decoder-layout.h, decoder-layout.ts: the layouts and limits of host/spec/decoder.ts for C and AssemblyScript.
import { decoderHead, decoderLimits, decoderState, powerSteps } from "../../host/spec/decoder.ts";
import { leastAndMost, offsets } from "../assembly-text.ts";
import { constants, struct } from "../c-text.ts";

const numbers = { ...leastAndMost(decoderLimits), powerSteps };

const header = `/* Generated from host/spec/decoder.ts. All structs are little-endian and have no padding. */
#ifndef EN_DECODER_LAYOUT_H
#define EN_DECODER_LAYOUT_H

#include <stdint.h>

${constants("decoder", numbers)}
${struct("decoderHead", decoderHead)}
${struct("decoderState", decoderState)}
#endif
`;

const assembly = `// Generated from host/spec/decoder.ts.
${offsets("HEAD", decoderHead)}
${offsets("STATE", decoderState)}
`;

export const generated = [
  { path: "decoder-layout.h", text: header },
  { path: "decoder-layout.ts", text: assembly },
];
