// The compiler transform: a cell's declarations become handles, every op call gets its call site, options are folded,
// and whatever a cell may not contain is refused with its line. Runs inside asc, on its syntax tree.
import { opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import type { CellParameter, CellSite, CellState, Kind, Size } from "./cell.ts";
import { constantOf } from "./constant.ts";
import {
  type Binary,
  type Block,
  type Call,
  type Declaration,
  type FunctionNode,
  type Identifier,
  type If,
  type Import,
  integer,
  make,
  NodeKind,
  type Parenthesized,
  type Parser,
  type Return,
  type Source,
  type SyntaxNode,
  type Ternary,
  Token,
  Transform,
  type UnaryPrefix,
  type Variables,
} from "./syntax.ts";

/** What the transform learns of a cell. */
export type Declared = {
  inputs: string[];
  states: CellState[];
  parameters: CellParameter[];
  sites: CellSite[];
  functions: string[];
  sizes: Record<string, number | undefined>;
  options: Record<string, boolean>;
};

type FunctionFacts = { node: FunctionNode; exported: boolean; sites: CellSite[] | "open" | undefined };
/** What is known while a function's body is read. */
type FunctionWalk = { name: string; facts: FunctionFacts; sites: CellSite[] };
type Named = { node: Declaration; state: Kind | undefined; shape: Size[]; uses: number };

const makers = new Set(["matrix", "vector", "state", "state8", "state32", "size", "option"]);
const exportFlag = 2;
const constantFlag = 8;

/** A transform for one cell file; `declared` is filled when asc has run it. */
export class CellTransform extends Transform {
  declared: Declared | undefined;
  readonly #file: string;
  readonly #chosen: Record<string, boolean>;
  #source!: Source;
  #imported = new Set<string>();
  #declarations = new Map<string, Named>();
  #sizes: Record<string, number | undefined> = {};
  #options: Record<string, boolean> = {};
  /** Names of the options that are declared. */
  readonly #labels = new Set<string>();
  /** The chosen option of each group. */
  readonly #groups = new Map<string, string>();
  #functions = new Map<string, FunctionFacts>();
  // Calls and the site they get, relative to their function's first; numbers are known only when all is read.
  #calls: { call: Call; owner: FunctionFacts; relative: number }[] = [];

  /** @param file the name to print in errors; @param chosen values of options, false where absent */
  constructor(file: string, chosen: Record<string, boolean>) {
    super();
    this.#file = file;
    this.#chosen = chosen;
  }

  afterParse(parser: Parser): void {
    this.#source = parser.sources.find((source) => source.internalPath === "cell")!;
    for (const statement of this.#source.statements) this.#topLevel(statement);
    const exported = [...this.#functions].filter(([, facts]) => facts.exported);
    if (!exported.some(([name]) => name === "step")) {
      throw new UserError(
        `${this.#file} exports no function step`,
        "a cell is `export function step(x: Vector): Vector { … }`",
      );
    }
    exported.sort(([a], [b]) => Number(b === "step") - Number(a === "step"));
    for (const name of this.#functions.keys()) this.#sitesOf(name);
    this.#number(exported);
  }

  #refuse(node: SyntaxNode, what: string, hint: string): never {
    const line = this.#source.lineAt(node.range.start);
    throw new UserError(`${this.#file}:${line} ${what}`, hint);
  }

  #topLevel(statement: SyntaxNode): void {
    switch (statement.kind) {
      case NodeKind.Import: {
        const { path, declarations, namespaceName } = statement as Import;
        if (path.value !== "#ops" || namespaceName || !declarations) {
          this.#refuse(statement, `imports "${path.value}"`, 'a cell imports nothing but names from "#ops"');
        }
        for (const { foreignName, name } of declarations) {
          if (foreignName.text !== name.text)
            this.#refuse(name, `renames ${foreignName.text}`, "import ops under their own names");
          this.#imported.add(name.text);
        }
        return;
      }
      case NodeKind.Variable:
        for (const declaration of (statement as Variables).declarations) this.#declare(declaration);
        return;
      case NodeKind.FunctionDeclaration: {
        const node = statement as FunctionNode;
        this.#functions.set(node.name.text, { node, exported: (node.flags & exportFlag) !== 0, sites: undefined });
        return;
      }
      default:
        this.#refuse(
          statement,
          "is no import, declaration or function",
          "a cell file holds imports, constants and functions",
        );
    }
  }

  #declare(node: Declaration): void {
    const call = node.initializer as Call | null;
    const maker = call?.kind === NodeKind.Call ? (call.expression as Identifier).text : undefined;
    if (!(node.flags & constantFlag) || !call || !maker || !makers.has(maker)) {
      this.#refuse(
        node,
        `declares ${node.name.text} as something else than matrix, vector, state, size or option`,
        "write for example `const W = matrix(units, inputs)`",
      );
    }
    if (maker === "option" || maker === "size") {
      const label = call.args[0] as { value?: string } | undefined;
      if (typeof label?.value !== "string") this.#refuse(call, `gives ${maker} no name`, `write ${maker}("name")`);
      if (maker === "option") {
        this.#labels.add(label.value);
        this.#choose(label.value, call);
        this.#options[node.name.text] = this.#chosen[label.value] ?? false;
        node.initializer = this.#options[node.name.text]
          ? make.createTrueExpression(call.range)
          : make.createFalseExpression(call.range);
      } else {
        const initial = call.args[1] as { value?: unknown } | undefined;
        this.#sizes[node.name.text] = initial ? Number(String(initial.value)) : undefined;
        node.initializer = integer(0, call);
      }
      return;
    }
    const shape = call.args.map((argument): Size => {
      if (argument.kind === NodeKind.Literal) {
        const text = this.#source.text.slice(argument.range.start, argument.range.end);
        if (/^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return Number(text);
      } else if (argument.kind === NodeKind.Identifier) {
        const name = (argument as Identifier).text;
        if (name === "units" || name === "inputs" || name in this.#sizes) return name;
      }
      return this.#refuse(
        argument,
        "gives a size that is no declared size and no number from 1 to 65535",
        "use units, inputs, size(…) or a number",
      );
    });
    const state = ({ state: "int16", state8: "int8", state32: "int32" } as const)[maker];
    const wanted = maker === "matrix" ? [2] : state ? [1, 2] : [1];
    if (!wanted.includes(shape.length)) {
      const hints = [`a ${maker} has one size`, "a matrix has rows and columns"];
      this.#refuse(
        call,
        `gives ${maker} ${shape.length} sizes`,
        state ? `a ${maker} has a length, or rows and columns` : hints[wanted[0] - 1],
      );
    }
    this.#declarations.set(node.name.text, { node, state, shape, uses: 0 });
  }

  // Options of a group exclude each other.
  #choose(option: string, call: Call): void {
    const group = (call.args[1] as { value?: string } | undefined)?.value;
    if (!this.#chosen[option] || group === undefined) return;
    const other = this.#groups.get(group);
    if (other !== undefined)
      this.#refuse(call, `is compiled with ${other} and ${option}, two options of "${group}"`, "choose one of them");
    this.#groups.set(group, option);
  }

  // The sites of one activation of a function, in evaluation order; those of the functions it calls are within.
  #sitesOf(name: string): CellSite[] {
    const facts = this.#functions.get(name)!;
    if (facts.sites === "open")
      this.#refuse(facts.node, `calls itself (${name})`, "a cell has no recursion: write the rounds out");
    if (facts.sites) return facts.sites;
    facts.sites = "open";
    const sites: CellSite[] = [];
    if (!facts.node.body) this.#refuse(facts.node, "has a function without a body", "write its body");
    this.#statement(facts.node.body, { name, facts, sites });
    facts.sites = sites;
    return sites;
  }

  // Whether it returns on every way; what then follows in its block is never reached, and cut off.
  #statement(node: SyntaxNode, walk: FunctionWalk): boolean {
    switch (node.kind) {
      case NodeKind.Block: {
        const { statements } = node as Block;
        const last = statements.findIndex((inner) => this.#statement(inner, walk));
        if (last >= 0) statements.length = last + 1;
        return last >= 0;
      }
      case NodeKind.Expression: {
        const statement = node as Parenthesized;
        statement.expression = this.#expression(statement.expression, walk, "");
        return false;
      }
      case NodeKind.Variable:
        for (const declaration of (node as Variables).declarations) {
          if (!declaration.initializer)
            this.#refuse(declaration, `declares ${declaration.name.text} without a value`, "give it one");
          declaration.initializer = this.#expression(declaration.initializer, walk, declaration.name.text);
        }
        return false;
      case NodeKind.Return: {
        const statement = node as Return;
        if (statement.value) statement.value = this.#expression(statement.value, walk, "");
        return true;
      }
      case NodeKind.If: {
        const statement = node as If;
        const known = constantOf(statement.condition, this.#options);
        if (known === undefined) statement.condition = this.#expression(statement.condition, walk, "");
        else
          statement.condition = known
            ? make.createTrueExpression(statement.range)
            : make.createFalseExpression(statement.range);
        const ends = known === false || this.#statement(statement.ifTrue, walk);
        const otherwise = known === true || (statement.ifFalse ? this.#statement(statement.ifFalse, walk) : false);
        const empty = (): SyntaxNode => make.createBlockStatement([], statement.range);
        if (known === false) statement.ifTrue = empty();
        if (known === true && statement.ifFalse) statement.ifFalse = empty();
        return ends && otherwise;
      }
      case NodeKind.Empty:
        return false;
      default:
        return this.#refuse(
          node,
          "has a statement that a cell may not have",
          "cells call ops, assign, return and use if; they have no loops",
        );
    }
  }

  #expression(node: SyntaxNode, walk: FunctionWalk, variable: string): SyntaxNode {
    switch (node.kind) {
      case NodeKind.Identifier: {
        const declaration = this.#declarations.get((node as Identifier).text);
        if (declaration) declaration.uses++;
        return node;
      }
      case NodeKind.True:
      case NodeKind.False:
        return node;
      case NodeKind.Parenthesized: {
        const inner = node as Parenthesized;
        inner.expression = this.#expression(inner.expression, walk, variable);
        return inner;
      }
      case NodeKind.Ternary: {
        const choice = node as Ternary;
        const known = constantOf(choice.condition, this.#options);
        if (known !== undefined) return this.#expression(known ? choice.ifThen : choice.ifElse, walk, variable);
        choice.condition = this.#expression(choice.condition, walk, "");
        choice.ifThen = this.#expression(choice.ifThen, walk, variable);
        choice.ifElse = this.#expression(choice.ifElse, walk, variable);
        return choice;
      }
      case NodeKind.UnaryPrefix: {
        const unary = node as UnaryPrefix;
        if (unary.operator !== Token.Exclamation)
          this.#refuse(node, "computes with a handle", "use ops; only ! && || == != take conditions");
        unary.operand = this.#expression(unary.operand, walk, "");
        return unary;
      }
      case NodeKind.Binary: {
        const binary = node as Binary;
        if (binary.operator === Token.Equals && binary.left.kind === NodeKind.Identifier) {
          binary.right = this.#expression(binary.right, walk, (binary.left as Identifier).text);
          return binary;
        }
        const logical = [Token.Ampersand_Ampersand, Token.Bar_Bar, Token.Equals_Equals, Token.Exclamation_Equals];
        if (!logical.includes(binary.operator))
          this.#refuse(node, "computes with handles", "use ops such as add, multiply or blend");
        binary.left = this.#expression(binary.left, walk, "");
        binary.right = this.#expression(binary.right, walk, "");
        return binary;
      }
      case NodeKind.Call:
        return this.#call(node as Call, walk, variable);
      default:
        return this.#refuse(
          node,
          "has an expression that a cell may not have",
          "cells only call ops and their own functions",
        );
    }
  }

  #call(call: Call, walk: FunctionWalk, variable: string): SyntaxNode {
    const name = (call.expression as Partial<Identifier>).text ?? "";
    const own = this.#functions.has(name);
    const op = this.#imported.has(name) ? opOf(name) : undefined;
    if (!own && !op)
      this.#refuse(
        call,
        `calls ${name || "something"}, which is no op and no function of this file`,
        "import ops from #ops; docs/ops.md lists them",
      );
    if (op && call.args.length !== op.arguments.length) {
      this.#refuse(
        call,
        `gives ${name} ${call.args.length} arguments`,
        `${name}(${op.arguments.map(([a]) => a).join(", ")})`,
      );
    }
    call.args = call.args.map((argument) => this.#expression(argument, walk, variable));
    this.#calls.push({ call, owner: walk.facts, relative: walk.sites.length });
    if (op)
      walk.sites.push({ op: name, function: walk.name, line: this.#source.lineAt(call.range.start), name: variable });
    else walk.sites.push(...this.#sitesOf(name));
    return call;
  }

  // Handles: inputs, states, parameters, sites. What no chosen branch uses falls away.
  #number(exported: [string, FunctionFacts][]): void {
    const step = this.#functions.get("step")!.node;
    const inputs = step.signature.parameters.map((parameter) => parameter.name.text);
    const states: CellState[] = [];
    const parameters: CellParameter[] = [];
    const hasOptions = Object.keys(this.#options).length > 0;
    const used = [...this.#declarations].filter(([name, declaration]) => {
      if (declaration.uses === 0 && !hasOptions) {
        this.#refuse(declaration.node, `declares ${name} and never uses it`, "remove it");
      }
      return declaration.uses > 0;
    });
    for (const [name, { state, shape }] of used) if (state) states.push({ name, shape, kind: state });
    for (const [name, { state, shape }] of used) {
      if (!state) parameters.push({ name, shape, role: shape.length === 2 ? "matrix" : "vector" });
    }
    const handles = [...states, ...parameters].map(({ name }) => name);
    for (const [name, { node }] of this.#declarations)
      node.initializer = integer(inputs.length + Math.max(0, handles.indexOf(name)), node);

    const sites: CellSite[] = [];
    const bases = new Map<FunctionFacts, number>();
    for (const [, facts] of exported) {
      bases.set(facts, inputs.length + handles.length + sites.length);
      sites.push(...(facts.sites as CellSite[]));
    }
    for (const { call, owner, relative } of this.#calls) {
      const base = bases.get(owner);
      call.args.push(
        base !== undefined
          ? integer(base + relative, call)
          : make.createBinaryExpression(
              Token.Plus,
              make.createIdentifierExpression("$site", call.range),
              integer(relative, call),
              call.range,
            ),
      );
    }
    for (const facts of this.#functions.values()) if (!facts.exported) takeSite(facts.node);
    const functions = exported.map(([name]) => name);
    this.declared = {
      inputs,
      states,
      parameters,
      sites,
      functions,
      sizes: { units: undefined, inputs: undefined, ...this.#sizes },
      // Those not chosen come last: the chosen ones name the compiled file.
      options: Object.fromEntries(
        [...Object.keys(this.#chosen), ...this.#labels]
          .filter((label) => this.#labels.has(label))
          .map((label) => [label, this.#chosen[label] ?? false]),
      ),
    };
  }
}

// A helper is inlined and takes the number of its first site.
function takeSite(node: FunctionNode): void {
  const identifier = (text: string) => make.createIdentifierExpression(text, node.range);
  node.decorators = [...(node.decorators ?? []), make.createDecorator(identifier("inline"), null, node.range)];
  const type = make.createNamedType(make.createSimpleTypeName("i32", node.range), null, false, node.range);
  node.signature.parameters.push(make.createParameter(0, identifier("$site"), type, null, node.range));
}
