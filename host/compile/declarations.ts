// What a cell imports from "#ops": as i32 imports for asc, and as opaque classes for the editor and the type check,
// which so refuses operators on handles. Both come from the op table.
import { type Argument, opNames, ops } from "../spec/ops.ts";

const types: Record<Argument, string> = {
  matrix: "Matrix",
  bias: "Parameter",
  vector: "Vector",
  memory: "Vector",
  state: "State",
};

const parameters = (name: keyof typeof ops): string =>
  ops[name].arguments.map(([argument, takes]) => `${argument}: ${types[takes]}`).join(", ");

const result = (name: keyof typeof ops): string => (ops[name].result === "condition" ? "Condition" : "Vector");

/** The text of #ops for asc: every op an import of module "ops" with its call site as last argument. */
export function compilerDeclarations(): string {
  return [
    "export type Size = i32; export type Matrix = i32; export type Vector = i32; export type Parameter = i32;",
    "export type State = i32; export type Condition = bool;",
    "export const units: Size = 0; export const inputs: Size = 0;",
    "export declare function size(name: i32, initial?: Size): Size;",
    "export declare function option(name: i32, group?: i32): bool;",
    "export declare function matrix(rows: Size, columns: Size): Matrix;",
    "export declare function vector(rows: Size): Parameter;",
    "export declare function state(rows: Size, columns?: Size): State;",
    "export declare function state8(rows: Size, columns?: Size): State;",
    "export declare function state32(rows: Size, columns?: Size): State;",
    ...opNames.map(
      (name) =>
        `@external("ops", "${name}") export declare function ${name}(${parameters(name)}, site: i32): ${result(name)};`,
    ),
  ].join("\n");
}

/** The text of #ops for the editor (ops.d.ts). */
export function editorDeclarations(): string {
  return [
    '// Generated from host/spec/ops.ts. What a cell may import from "#ops".',
    "declare const handle: unique symbol;",
    "export declare class Size { private readonly [handle]: 0; private constructor(); }",
    "export declare class Matrix { private readonly [handle]: 1; private constructor(); }",
    "export declare class Vector { protected readonly [handle]: 2 | 3 | 4; protected constructor(); }",
    "export declare class Parameter extends Vector { protected override readonly [handle]: 3; private constructor(); }",
    "export declare class State extends Vector { protected override readonly [handle]: 4; private constructor(); }",
    "export type Condition = boolean;",
    "/** Length of the layer's state and result. */ export declare const units: Size;",
    "/** Length of the layer's input. */ export declare const inputs: Size;",
    "/** A further size that the layer gives, with its default. */ export declare function size(name: string, initial?: number): Size;",
    "/** A choice made when the cell is compiled; of a group at most one is chosen. */ export declare function option(name: string, group?: string): boolean;",
    "/** A trained matrix. */ export declare function matrix(rows: Size | number, columns: Size | number): Matrix;",
    "/** A trained vector. */ export declare function vector(rows: Size | number): Parameter;",
    "/** What the cell keeps from step to step, zero at the start; with columns a matrix, row by row. */ export declare function state(rows: Size | number, columns?: Size | number): State;",
    "/** A state of 8 bits: whole numbers, −128 … 127, which only ops of memories take. */ export declare function state8(rows: Size | number, columns?: Size | number): State;",
    "/** A state of 32 bits, for what moves slowly or counts far. */ export declare function state32(rows: Size | number, columns?: Size | number): State;",
    ...opNames.map(
      (name) => `/** ${ops[name].meaning}. */ export declare function ${name}(${parameters(name)}): ${result(name)};`,
    ),
    "",
  ].join("\n");
}
