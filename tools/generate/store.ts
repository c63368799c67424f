// build/generated/store-format.h: host/spec/store.ts as C constants and structs, and what the store and the session read of a
// model file: its header and section table.
import { formatVersion, header, magic, section } from "../../host/spec/container.ts";
import { commitRecord, entryHead, pageHead, store } from "../../host/spec/store.ts";
import { constants, struct } from "../c-text.ts";

const text = `/* Generated from host/spec/store.ts. */
#ifndef EN_STORE_FORMAT_H
#define EN_STORE_FORMAT_H

#include <stdint.h>

${constants("store", store)}
enum { EN_MODEL_MAGIC = ${magic}, EN_MODEL_VERSION = ${formatVersion} };

${struct("modelHeader", header)}
${struct("modelSection", section)}
${struct("commitRecord", commitRecord)}
${struct("pageHead", pageHead)}
${struct("entryHead", entryHead)}
#endif
`;

export const generated = [{ path: "store-format.h", text }];
