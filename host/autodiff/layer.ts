// A cell with its sizes on the tape: parameters and states in lasting memory, and the cell's own wasm with float ops as its
// imports. A handle names an operand; `step` runs the wasm, which calls the ops, which make nodes.
import {
  type CompiledCell,
  firstParameter,
  firstSite,
  firstState,
  handleCount,
  parameterLengths,
  shapeOf,
} from "../compile/cell.ts";
import { resultLength } from "../spec/lengths.ts";
import { type OpName, opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { Kept } from "./kept.ts";
import { padStride } from "./memory.ts";
import { floatOp, type Operand } from "./op.ts";
import type { Bias, Matrix, Node, Tape } from "./tape.ts";

export class Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** The greatest |value| that each handle has had since `measuring` was set; 0 for what was not visited. */
  readonly ranges: Float32Array;
  measuring = false;
  /** Changes what a call site gives, while training: noise. */
  after: ((site: number, result: Node) => Node) | undefined;
  /** Changes a parameter's values before products read them, in place; the values that are trained stay: rounding (`roundedBy`). */
  #rounding: { change: (parameter: number, values: Float32Array) => void; at: number } | undefined;
  /** The cell's states, in its order. */
  readonly states: Kept[];
  readonly #operands: (Operand | undefined)[];
  readonly #checked: boolean[] = [];
  readonly #step: (...handles: number[]) => number;
  #rows: (Node | undefined)[] = []; // vector parameters as nodes, made where they are first used in a pass
  readonly #still = new Set<number>(); // handles of parameters that are not trained

  /**
   * @param values address of the layer's parameters, one after the other
   * @param gradients likewise
   */
  constructor(
    readonly tape: Tape,
    readonly cell: CompiledCell,
    readonly sizes: Record<string, number>,
    readonly values: number,
    readonly gradients: number,
  ) {
    this.inputs = shapeOf(["inputs"], { cell, sizes })[0];
    this.outputs = shapeOf(["units"], { cell, sizes })[0];
    this.ranges = new Float32Array(handleCount(cell));
    this.#operands = new Array(handleCount(cell));
    this.states = cell.states.map(
      ({ shape }) =>
        new Kept(
          tape,
          shapeOf(shape, { cell, sizes }).reduce((a, b) => a * b, 1),
        ),
    );
    this.#layOutParameters();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(cell.wasm as BufferSource), {
      ops: this.#imports(),
    });
    this.#step = exports.step as (...handles: number[]) => number;
  }

  /** Packs the parameters as they are now, for the products of the passes that follow. */
  pack(): void {
    const { kernels } = this.tape;
    let at = this.values;
    for (let i = 0; i < this.cell.parameters.length; i++) {
      const parameter = this.#operands[firstParameter(this.cell) + i] as Matrix | Bias;
      const count = "byRows" in parameter ? parameter.rows * parameter.columns : parameter.length;
      const from = this.#rounded(i, at, count);
      if ("byRows" in parameter) {
        kernels.packRows(from, parameter.rows, parameter.columns, parameter.byRows);
        kernels.packColumns(from, parameter.rows, parameter.columns, parameter.byColumns);
      } else kernels.packVector(from, parameter.length, parameter.padded);
      at += count * 4;
    }
  }

  /**
   * From the next `pack` on products read changed copies of the parameters; gradients go to the parameters as they are (straight through:
   * Y. Bengio, N. Léonard and A. Courville 2013, "Estimating or propagating gradients through stochastic neurons"). Before the first pass.
   * @param change gets each parameter's number and a copy of its values
   */
  roundedBy(change: (parameter: number, values: Float32Array) => void): void {
    const most = Math.max(...parameterLengths(this));
    this.#rounding ??= { change, at: this.tape.memory.keep(most) };
    this.#rounding.change = change;
  }

  // Where the values that products read lie.
  #rounded(parameter: number, at: number, count: number): number {
    if (!this.#rounding) return at;
    const { memory } = this.tape;
    const copy = memory.floats(this.#rounding.at, count);
    copy.set(memory.floats(at, count));
    this.#rounding.change(parameter, copy);
    return this.#rounding.at;
  }

  /** Of a parameter that is not trained: nothing goes back to where it is used element by element. @param parameter its number */
  holdStill(parameter: number): void {
    this.#still.add(firstParameter(this.cell) + parameter);
  }

  /** Opens a pass: states become leaves with the values that they kept. */
  begin(): void {
    this.states.forEach((state, i) => {
      this.#operands[firstState(this.cell) + i] = state.leaf();
    });
    this.#rows = [];
  }

  /** One step on an input of [batch][inputs]. */
  step(x: Node): Node {
    this.#operands[0] = x;
    this.#measure(0, x);
    const handle = this.#step(...this.cell.inputs.keys());
    return this.#node(handle);
  }

  /** Sets the states of some sequences to zero, here in the pass. */
  restart(of: (row: number) => boolean): void {
    const { tape } = this;
    const rows = Array.from({ length: tape.batch }, (_, row) => of(row));
    if (!rows.includes(true)) return;
    this.states.forEach((_, i) => {
      const handle = firstState(this.cell) + i;
      const state = this.#operands[handle] as Node;
      const keeps = tape.node(state.length, false);
      const floats = tape.memory.floats(keeps.value, tape.count(keeps)).fill(1);
      rows.forEach((restarts, row) => {
        if (restarts) floats.fill(0, row * keeps.stride, (row + 1) * keeps.stride);
      });
      this.#operands[handle] = floatOp("multiply")(tape, state, keeps) as Node;
    });
  }

  /** Keeps the states' values for the next pass, without their gradients. */
  keepStates(): void {
    this.states.forEach((state, i) => {
      state.keep(this.#operands[firstState(this.cell) + i] as Node);
    });
  }

  #layOutParameters(): void {
    const { memory } = this.tape;
    let gradient = this.gradients;
    this.cell.parameters.forEach(({ role, shape }, i) => {
      const [rows, columns = 1] = shapeOf(shape, this);
      this.#operands[firstParameter(this.cell) + i] =
        role === "matrix"
          ? {
              rows,
              columns,
              gradient,
              byRows: memory.keep(padStride(rows) * columns),
              byColumns: memory.keep(rows * padStride(columns)),
            }
          : { length: rows, gradient, padded: memory.keep(padStride(rows)) };
      gradient += rows * columns * 4;
    });
  }

  // One import for each op, which finds its operands by handle and files its result under its call site.
  #imports(): Record<string, (...values: number[]) => number> {
    const names = new Set(this.cell.sites.map(({ op }) => op));
    return Object.fromEntries(
      [...names].map((name) => {
        const op = opOf(name);
        if (!op) throw new UserError(`cell ${this.cell.name} uses an unknown op, ${name}`, "compile it again");
        const body = floatOp(name);
        const kinds = op.arguments.map(([, takes]) => takes);
        const run = (...handles: number[]): number => {
          const site = handles[kinds.length];
          const operands = kinds.map((takes, i) =>
            takes === "matrix" || takes === "bias" ? this.#operands[handles[i]]! : this.#node(handles[i]),
          );
          if (!this.#checked[site]) this.#check(name as OpName, site, operands);
          const made = body(this.tape, ...operands);
          if (typeof made === "boolean") return made ? 1 : 0;
          const result = this.after && this.tape.recording ? this.after(site, made) : made;
          this.#operands[site] = result;
          this.#measure(site, result);
          if (op.updates !== undefined) {
            this.#operands[handles[op.updates]] = result;
            this.#measure(handles[op.updates], result);
          }
          return site;
        };
        return [name, run];
      }),
    );
  }

  // Lengths of a call site's operands must fit; checked once, since they never change.
  #check(name: OpName, site: number, operands: readonly Operand[]): void {
    const shapes = operands.filter((operand) => "rows" in operand);
    const lengths = operands.map((operand) => ("rows" in operand ? operand.rows : operand.length));
    const found = resultLength(name, lengths, ...shapes);
    if (typeof found === "string") {
      const { line } = this.cell.sites[site - firstSite(this.cell)];
      const sizes = operands.map((o) => ("rows" in o ? `${o.rows} × ${o.columns}` : `${o.length}`));
      const list = `${sizes.slice(0, -1).join(", ")} and ${sizes[sizes.length - 1]}`;
      throw new UserError(`${this.cell.name}, line ${line}: ${name} meets lengths of ${list}`, found);
    }
    this.#checked[site] = true;
  }

  #node(handle: number): Node {
    const operand = this.#operands[handle];
    if (!operand || "rows" in operand) throw new Error(`${this.cell.name}: handle ${handle} has no value`);
    if ("padded" in operand) return this.#parameterNode(handle, operand);
    return operand;
  }

  // A vector parameter that is used element by element: a row for each sequence, whose gradients are summed.
  #parameterNode(handle: number, { padded, length, gradient }: Bias): Node {
    const made = this.#rows[handle];
    if (made) return made;
    const { tape } = this;
    const node = tape.node(length, !this.#still.has(handle));
    tape.kernels.broadcast(node.value, padded, node.stride, tape.rows);
    tape.record(node, () => tape.kernels.columnSums(gradient, length, tape.rows, node.gradient, node.stride));
    this.#rows[handle] = node;
    this.#measure(handle, node);
    return node;
  }

  #measure(handle: number, { value, length, stride }: Node): void {
    if (!this.measuring) return;
    const most = this.tape.kernels.greatest(value, this.tape.batch, length, stride);
    if (!(most <= this.ranges[handle])) this.ranges[handle] = most;
  }
}
