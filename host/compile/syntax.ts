// The few parts of asc's syntax tree that the transform touches, typed here: its own declarations are ambient const enums,
// which a module that is compiled on its own cannot import.
import * as compiler from "assemblyscript";
import * as hooks from "assemblyscript/transform";

export type Range = { start: number; end: number };
export type SyntaxNode = { kind: number; range: Range };
export type Identifier = SyntaxNode & { text: string };
export type Text = SyntaxNode & { value: string };
export type Call = SyntaxNode & { expression: SyntaxNode; args: SyntaxNode[] };
export type Parenthesized = SyntaxNode & { expression: SyntaxNode };
export type Ternary = SyntaxNode & { condition: SyntaxNode; ifThen: SyntaxNode; ifElse: SyntaxNode };
export type UnaryPrefix = SyntaxNode & { operator: number; operand: SyntaxNode };
export type Binary = SyntaxNode & { operator: number; left: SyntaxNode; right: SyntaxNode };
export type Declaration = SyntaxNode & { name: Identifier; flags: number; initializer: SyntaxNode | null };
export type Variables = SyntaxNode & { declarations: Declaration[] };
export type Import = SyntaxNode & {
  path: Text;
  declarations: (SyntaxNode & { name: Identifier; foreignName: Identifier })[] | null;
  namespaceName: Identifier | null;
};
export type Block = SyntaxNode & { statements: SyntaxNode[] };
export type If = SyntaxNode & { condition: SyntaxNode; ifTrue: SyntaxNode; ifFalse: SyntaxNode | null };
export type Return = SyntaxNode & { value: SyntaxNode | null };
export type FunctionNode = SyntaxNode & {
  name: Identifier;
  flags: number;
  decorators: SyntaxNode[] | null;
  signature: { parameters: (SyntaxNode & { name: Identifier })[] };
  body: SyntaxNode | null;
};
export type Source = { internalPath: string; text: string; statements: SyntaxNode[]; lineAt(position: number): number };
export type Parser = { sources: Source[] };

type Make = {
  createTrueExpression(range: Range): SyntaxNode;
  createFalseExpression(range: Range): SyntaxNode;
  createBlockStatement(statements: SyntaxNode[], range: Range): SyntaxNode;
  createIntegerLiteralExpression(value: unknown, range: Range): SyntaxNode;
  createIdentifierExpression(text: string, range: Range): SyntaxNode;
  createBinaryExpression(operator: number, left: SyntaxNode, right: SyntaxNode, range: Range): SyntaxNode;
  createDecorator(name: SyntaxNode, args: null, range: Range): SyntaxNode;
  createSimpleTypeName(name: string, range: Range): SyntaxNode;
  createNamedType(name: SyntaxNode, args: null, nullable: boolean, range: Range): SyntaxNode;
  createParameter(
    kind: number,
    name: SyntaxNode,
    type: SyntaxNode,
    initializer: null,
    range: Range,
  ): SyntaxNode & { name: Identifier };
};

const asc = compiler as unknown as { Node: Make; NodeKind: Record<string, number>; Token: Record<string, number> };
export const make = asc.Node;
export const NodeKind = asc.NodeKind;
export const Token = asc.Token;

/** asc's base class of transforms. */
export const Transform = (hooks as unknown as { Transform: new () => object }).Transform;

/** An integer literal. asc takes its own 64-bit value, made by a function that it leaves in the global scope. */
export function integer(value: number, at: SyntaxNode): SyntaxNode {
  const { i64_new } = globalThis as unknown as { i64_new(low: number, high: number): unknown };
  return make.createIntegerLiteralExpression(i64_new(value, 0), at.range);
}
