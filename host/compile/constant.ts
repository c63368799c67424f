// Conditions that options alone decide: the branch not taken does not exist for a cell that is compiled with them.
import {
  type Binary,
  type Identifier,
  NodeKind,
  type Parenthesized,
  type SyntaxNode,
  Token,
  type UnaryPrefix,
} from "./syntax.ts";

/** The value of a condition, undefined where not only options decide it. @param options by the name of their constant */
export function constantOf(node: SyntaxNode, options: Readonly<Record<string, boolean>>): boolean | undefined {
  switch (node.kind) {
    case NodeKind.Identifier:
      return options[(node as Identifier).text];
    case NodeKind.Parenthesized:
      return constantOf((node as Parenthesized).expression, options);
    case NodeKind.UnaryPrefix: {
      const { operator, operand } = node as UnaryPrefix;
      const value = operator === Token.Exclamation ? constantOf(operand, options) : undefined;
      return value === undefined ? undefined : !value;
    }
    case NodeKind.Binary: {
      const { operator, left, right } = node as Binary;
      // What one side alone decides: false an and, true an or.
      const decides = operator === Token.Bar_Bar;
      if (!decides && operator !== Token.Ampersand_Ampersand) return undefined;
      const values = [constantOf(left, options), constantOf(right, options)];
      if (values.includes(decides)) return decides;
      return values.includes(undefined) ? undefined : !decides;
    }
    default:
      return undefined;
  }
}
