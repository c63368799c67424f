// #ops as the editor and the type check of assembly/cells see it.
import { editorDeclarations } from "../../host/compile/declarations.ts";

export const generated = [{ path: "ops.d.ts", text: editorDeclarations() }];
