// build/generated/store-format.h: host/spec/store.ts as C constants and structs.
import { commitRecord, entryHead, learnedHead, pageHead, ruleHead, store } from "../../host/spec/store.ts";
import { constants, struct } from "../c-text.ts";

const text = `/* Generated from host/spec/store.ts. */
#ifndef EN_STORE_FORMAT_H
#define EN_STORE_FORMAT_H

#include <stdint.h>

${constants("store", store)}
${struct("commitRecord", commitRecord)}
${struct("pageHead", pageHead)}
${struct("entryHead", entryHead)}
${struct("learnedHead", learnedHead)}
${struct("ruleHead", ruleHead)}
#endif
`;

export const generated = [{ path: "store-format.h", text }];
