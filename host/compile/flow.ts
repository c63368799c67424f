// What flows where in a cell: every op call of a function in code order, with the handles that each argument can be.
// Read from the wasm itself (which has passed the check), so that branches, inlining and asc's rewriting are all in it.
import { opOf } from "../spec/ops.ts";
import { UserError } from "../spec/user-error.ts";
import { type CompiledCell, firstParameter, firstSite, firstState, handleCount } from "./cell.ts";

/** A visited call site. `arguments[i]` lists the handles that argument i can be, ascending. */
export type Visit = { op: string; site: number; arguments: number[][] };
/** One exported function: its op calls in code order, and the handles that it can return. */
export type Flow = { visits: Visit[]; results: number[] };

type Value = ReadonlySet<number>;
type Parsed = {
  imports: string[];
  parameters: number[]; // of every function, imports first
  bodies: { locals: number; at: number; end: number }[];
  exports: Map<string, number>;
};

/** The flow of each exported function, by name. */
export function flowOf(cell: CompiledCell): Map<string, Flow> {
  const module = parse(cell.wasm);
  const inputs = cell.inputs.map((_, i) => new Set([i]));
  return new Map(
    cell.functions.map((name) => {
      const visits: Visit[] = [];
      const result = new Walk(cell.wasm, module, visits).run(module.exports.get(name)!, inputs);
      return [name, { visits, results: [...result].sort((a, b) => a - b) }];
    }),
  );
}

/**
 * Checks that arguments are what the op table wants: matrices, biases and states where they belong, and that the result
 * of a `set` is not used after another `set` of the same state.
 * @throws UserError with file and line
 */
export function checkFlow(cell: CompiledCell, file: string): void {
  for (const { visits, results } of flowOf(cell).values()) {
    const shorts = new Set(
      [...cell.states.keys()].filter((i) => cell.states[i].kind === "int8").map((i) => firstState(cell) + i),
    );
    for (const { op, site, arguments: given } of visits) {
      if (opOf(op)!.result === "state" && shorts.has(given[0][0])) shorts.add(site);
      const { line } = cell.sites[site - firstSite(cell)];
      opOf(op)!.arguments.forEach(([name, takes], i) => {
        for (const handle of given[i]) {
          const is = roleOf(cell, handle);
          const fits =
            takes === "vector" || takes === "memory"
              ? is !== "matrix"
              : takes === "bias"
                ? is === "vector"
                : takes === "matrix"
                  ? is === "matrix"
                  : is === "state";
          if (!fits)
            throw new UserError(`${file}:${line} gives ${op} a ${is} as ${name}`, `${name} must be a ${takes}`);
          if (shorts.has(handle) && takes !== "memory" && !(takes === "state" && ofMemories.has(op)))
            throw new UserError(
              `${file}:${line} gives ${op} a state of 8 bits as ${name}`,
              "declare it with state; those of 8 bits are for outer, erase, sweep, thin, rowsDot and weightedRows",
            );
        }
      });
    }
    checkSets(cell, file, visits, results);
  }
}

/** Ops that write a state of 8 bits. */
const ofMemories: ReadonlySet<string> = new Set(["outer", "erase", "thin"]);

/** matrix, vector (parameters), state, input or site; "nothing" for a number that is no handle. */
export function roleOf(
  cell: CompiledCell,
  handle: number,
): "input" | "state" | "matrix" | "vector" | "site" | "nothing" {
  if (handle < 0 || handle >= handleCount(cell)) return "nothing";
  if (handle < firstState(cell)) return "input";
  if (handle < firstParameter(cell)) return "state";
  if (handle < firstSite(cell)) return cell.parameters[handle - firstParameter(cell)].role;
  return "site";
}

function checkSets(cell: CompiledCell, file: string, visits: Visit[], results: number[]): void {
  const latest = new Map<number, number>(); // state → the site that set it last
  const stale = new Set<number>();
  for (const { op, site, arguments: given } of visits) {
    const used = given.flat().find((handle) => stale.has(handle));
    const { line } = cell.sites[site - firstSite(cell)];
    if (used !== undefined) {
      throw new UserError(
        `${file}:${line} uses the result of a set after the state was set again`,
        "use the state itself: it means its current value",
      );
    }
    if (opOf(op)!.updates === undefined) continue;
    for (const state of given[opOf(op)!.updates!]) {
      const before = latest.get(state);
      if (before !== undefined) stale.add(before);
      latest.set(state, site);
    }
  }
  if (results.some((handle) => stale.has(handle))) {
    throw new UserError(`${file} returns the result of a set after the state was set again`, "return the state itself");
  }
}

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  u8(): number {
    return this.bytes[this.at++];
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  s32(): number {
    let value = 0;
    for (let shift = 0; ; ) {
      const byte = this.u8();
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) return shift < 32 && byte & 64 ? value | (-1 << shift) : value;
    }
  }

  /** Passes a list of single bytes and gives its length. */
  skip(): number {
    const count = this.u32();
    this.at += count;
    return count;
  }

  name(): string {
    const length = this.skip();
    return String.fromCharCode(...this.bytes.subarray(this.at - length, this.at));
  }
}

function parse(bytes: Uint8Array): Parsed {
  const read = new Reader(bytes, 8);
  const types: number[] = [];
  const module: Parsed = { imports: [], parameters: [], bodies: [], exports: new Map() };
  while (read.at < bytes.length) {
    const id = read.u8();
    const length = read.u32();
    const end = read.at + length;
    for (let count = read.u32(); count > 0; count--) {
      if (id === 1) {
        read.u8();
        types.push(read.skip());
        read.skip();
      } else if (id === 2) {
        read.name();
        module.imports.push(read.name());
        read.u8();
        module.parameters.push(types[read.u32()]);
      } else if (id === 3) module.parameters.push(types[read.u32()]);
      else if (id === 7) {
        const name = read.name();
        read.u8();
        module.exports.set(name, read.u32());
      } else {
        const bodyEnd = read.u32() + read.at;
        let locals = 0;
        for (let groups = read.u32(); groups > 0; groups--) {
          locals += read.u32();
          read.u8();
        }
        module.bodies.push({ locals, at: read.at, end: bodyEnd });
        read.at = bodyEnd;
      }
    }
    read.at = end;
  }
  return module;
}

const unknown: Value = new Set();
const union = (a: Value, b: Value): Value => new Set([...a, ...b]);
const merge = (a: Value[] | undefined, b: Value[]): Value[] => (a ? a.map((value, i) => union(value, b[i])) : [...b]);

// What reaches a label or the end of a block: the locals, and the block's result if it has one.
type Arrival = { locals: Value[]; result: Value } | undefined;
type Frame = {
  kind: "function" | "block" | "if";
  results: number;
  base: number;
  out: Arrival;
  entry: Value[] | undefined;
};

class Walk {
  constructor(
    readonly bytes: Uint8Array,
    readonly module: Parsed,
    readonly visits: Visit[],
  ) {}

  run(index: number, given: Value[]): Value {
    const body = this.module.bodies[index - this.module.imports.length];
    const read = new Reader(this.bytes, body.at);
    let locals: Value[] = [...given, ...Array.from({ length: body.locals }, () => unknown)];
    let alive = true;
    const stack: Value[] = [];
    const frames: Frame[] = [{ kind: "function", results: 1, base: 0, out: undefined, entry: undefined }];
    const arrive = (frame: Frame) => {
      if (!alive) return;
      const result = frame.results > 0 ? stack[stack.length - 1] : unknown;
      frame.out = { locals: merge(frame.out?.locals, locals), result: union(frame.out?.result ?? unknown, result) };
    };
    const call = (target: number) => {
      const count = this.module.parameters[target];
      const values = stack.splice(stack.length - count);
      const { imports } = this.module;
      if (target >= imports.length) return stack.push(this.run(target, values));
      const site = [...values[count - 1]][0];
      const sorted = values.slice(0, -1).map((value) => [...value].sort((a, b) => a - b));
      this.visits.push({ op: imports[target], site, arguments: sorted });
      return stack.push(opOf(imports[target])!.result === "condition" ? unknown : new Set([site]));
    };
    while (frames.length > 0) {
      const opcode = read.u8();
      const frame = frames[frames.length - 1];
      if (opcode === 0x20) stack.push(locals[read.u32()]);
      else if (opcode === 0x21) locals = locals.with(read.u32(), stack.pop()!);
      else if (opcode === 0x22) locals = locals.with(read.u32(), stack[stack.length - 1]);
      else if (opcode === 0x41) stack.push(new Set([read.s32()]));
      else if (opcode === 0x1a) stack.pop();
      else if (opcode === 0x1b) {
        stack.pop();
        const second = stack.pop()!;
        stack.push(union(stack.pop()!, second));
      } else if (opcode === 0x45) stack[stack.length - 1] = unknown;
      else if (opcode === 0x46 || opcode === 0x47) {
        stack.pop();
        stack[stack.length - 1] = unknown;
      } else if (opcode === 0x6a) {
        const [a, b] = stack.splice(stack.length - 2);
        stack.push(new Set([...a].flatMap((x) => [...b].map((y) => x + y))));
      } else if (opcode === 0x10) call(read.u32());
      else if (opcode === 0x02 || opcode === 0x04) {
        if (opcode === 0x04) stack.pop();
        frames.push({
          kind: opcode === 0x04 ? "if" : "block",
          results: read.u8() === 0x7f ? 1 : 0,
          base: stack.length,
          out: undefined,
          entry: [...locals],
        });
      } else if (opcode === 0x0c || opcode === 0x0d) {
        if (opcode === 0x0d) stack.pop();
        arrive(frames[frames.length - 1 - read.u32()]);
        if (opcode === 0x0c) alive = false;
      } else if (opcode === 0x0f) {
        arrive(frames[0]);
        alive = false;
      } else if (opcode === 0x05) {
        arrive(frame);
        stack.length = frame.base;
        locals = frame.entry!;
        alive = true;
        frame.kind = "block"; // the way past the if is now the else's
      } else {
        arrive(frame);
        if (frame.kind === "if") frame.out = { locals: merge(frame.out?.locals, frame.entry!), result: unknown };
        frames.pop();
        alive = frame.out !== undefined;
        stack.length = frame.base;
        if (frame.out) {
          locals = frame.out.locals;
          if (frame.results > 0) stack.push(frame.out.result);
        }
      }
    }
    return stack.pop() ?? unknown;
  }
}
