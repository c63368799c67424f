// build/generated/errors.h: the codes of host/spec/errors.ts as the C enum that the firmware returns.
import { errors } from "../../host/spec/errors.ts";
import { constant } from "../c-text.ts";

const text = `/* Generated from host/spec/errors.ts. */
#ifndef EN_ERRORS_H
#define EN_ERRORS_H

typedef enum en_error {
${Object.entries(errors)
  .map(([name, [code, meaning]]) => `  ${constant(name)} = ${code}, /* ${meaning} */`)
  .join("\n")}
} en_error;

#endif
`;

export const generated = [{ path: "errors.h", text }];
