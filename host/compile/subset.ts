// The check of the module subset on the host; firmware/core/module.c is its twin and gives the same answer.
// One pass: all values are i32, so an operand count a frame validates, and since no branch goes back, code ends.
import { opOf } from "../spec/ops.ts";
import { instructions, limits, moduleSections } from "../spec/subset.ts";

class Refusal extends Error {}

type Signature = { parameters: number; results: number };
type Frame = { base: number; results: number; kind: "function" | "block" | "if" | "else" };
/** What one call of a function may cost: op calls, and slots of stack from its result on. */
type Cost = { calls: number; stack: number };

/**
 * @param inputs parameters that every export has
 * @returns undefined if the module is within the subset, else why not
 */
export function checkModule(bytes: Uint8Array, inputs: number): string | undefined {
  try {
    new ModuleCheck(bytes, inputs).run();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

const refuse = (why: string): never => {
  throw new Refusal(why);
};

class ModuleCheck {
  #at = 0;
  #end: number;
  readonly #types: Signature[] = [];
  readonly #functions: Signature[] = []; // imports first
  readonly #costs: Cost[] = [];
  #imports = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly inputs: number,
  ) {
    this.#end = bytes.length;
  }

  run(): void {
    if (this.bytes.length > limits.bytes) refuse(`larger than ${limits.bytes} bytes`);
    for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
      if (this.#u8() !== byte) refuse("no WebAssembly of version 1");
    for (const id of moduleSections) {
      if (this.#u8() !== id) refuse("a section is missing, doubled or not permitted");
      const length = this.#u32(this.bytes.length);
      const stop = this.#at + length;
      if (stop > this.bytes.length) refuse("a section ends behind the module");
      this.#end = stop;
      [this.#typeSection, this.#importSection, this.#functionSection, this.#exportSection, this.#codeSection][
        moduleSections.indexOf(id)
      ].call(this);
      if (this.#at !== stop) refuse("a section has bytes left over");
      this.#end = this.bytes.length;
    }
    if (this.#at !== this.bytes.length) refuse("a section is missing, doubled or not permitted");
  }

  #u8(): number {
    if (this.#at >= this.#end) refuse("truncated");
    return this.bytes[this.#at++];
  }

  #u32(most: number): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#u8();
      if (shift === 28 && byte > 15) refuse("a number is too long");
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value <= most ? value : refuse("a number is over its limit");
    }
  }

  #s32(): void {
    for (let count = 1; ; count++) {
      const byte = this.#u8();
      if (count === 5 && byte > 7 && (byte < 0x78 || byte > 0x7f)) refuse("a number is too long");
      if (byte < 128) return;
    }
  }

  #i32Types(most: number): number {
    const count = this.#u32(most);
    for (let i = 0; i < count; i++) if (this.#u8() !== 0x7f) refuse("a type is not i32");
    return count;
  }

  #name(): string {
    const length = this.#u32(limits.name);
    let name = "";
    for (let i = 0; i < length; i++) {
      const letter = this.#u8();
      if (letter < 33 || letter > 126) refuse("a name is not printable");
      name += String.fromCharCode(letter);
    }
    return name;
  }

  #typeSection(): void {
    for (let count = this.#u32(limits.types); count > 0; count--) {
      if (this.#u8() !== 0x60) refuse("a type is no function");
      const parameters = this.#i32Types(limits.parameters);
      this.#types.push({ parameters, results: this.#i32Types(1) });
    }
  }

  #type(): Signature {
    const index = this.#u32(limits.types);
    return this.#types[index] ?? refuse("a type index is out of range");
  }

  #importSection(): void {
    for (let count = this.#u32(limits.imports); count > 0; count--) {
      if (this.#name() !== "ops") refuse('an import is not from "ops"');
      const name = this.#name();
      if (this.#u8() !== 0) refuse("an import is no function");
      const type = this.#type();
      const op = opOf(name);
      if (!op) refuse(`op ${name} does not exist`);
      if (type.parameters !== op!.arguments.length + 1 || type.results !== 1)
        refuse(`op ${name} has another signature`);
      this.#functions.push(type);
      this.#costs.push({ calls: 1, stack: 2 * (type.parameters + type.results) });
    }
    this.#imports = this.#functions.length;
  }

  #functionSection(): void {
    for (let count = this.#u32(limits.functions); count > 0; count--) this.#functions.push(this.#type());
  }

  #exportSection(): void {
    const names = new Set<string>();
    for (let count = this.#u32(limits.exports); count > 0; count--) {
      const name = this.#name();
      if (names.has(name)) refuse(`${name} is exported twice`);
      names.add(name);
      if (this.#u8() !== 0) refuse("an export is no function");
      const index = this.#u32(limits.imports + limits.functions);
      if (index < this.#imports || index >= this.#functions.length) refuse("an export's index is out of range");
      const { parameters, results } = this.#functions[index];
      if (parameters !== this.inputs || results !== 1) refuse(`${name} has another signature`);
    }
    if (!names.has("step")) refuse("step is not exported");
  }

  #codeSection(): void {
    const count = this.#u32(limits.functions);
    if (count !== this.#functions.length - this.#imports) refuse("functions and bodies differ in number");
    for (let i = 0; i < count; i++) {
      const stop = this.#u32(this.bytes.length) + this.#at;
      const sectionEnd = this.#end;
      if (stop > sectionEnd) refuse("a body ends behind its section");
      this.#end = stop;
      this.#body(this.#functions[this.#imports + i]);
      if (this.#at !== stop) refuse("a body has bytes left over");
      this.#end = sectionEnd;
    }
  }

  #body({ parameters, results }: Signature): void {
    let locals = parameters;
    for (let groups = this.#u32(limits.locals); groups > 0; groups--) {
      locals += this.#u32(limits.locals);
      if (locals > limits.locals) refuse(`more than ${limits.locals} locals`);
      if (this.#u8() !== 0x7f) refuse("a local is not i32");
    }
    const frames: Frame[] = [{ base: 0, results, kind: "function" }];
    let depth = 0;
    let dead = false; // behind br or return, until the frame ends
    let deepest = 0;
    const cost: Cost = { calls: 0, stack: 0 };
    // wasm3's slots: results and parameters take two each, then come locals, constants, and what is computed. A value goes to the
    // first slot that is free; but the result of a call lies behind everything in use, the call's arguments included, and stays
    // there: `ends` says where, 0 for other operands.
    const first = 2 * results + parameters + locals + limits.constants;
    const ends = new Uint8Array(limits.depth);
    const slotsInUse = () => Math.max(first + deepest + 1, ...ends.subarray(0, depth));
    const pop = (count: number) => {
      depth -= count;
      if (depth < frames[frames.length - 1].base) refuse("an operand is missing");
    };
    const push = (count: number) => {
      depth += count;
      if (depth > limits.depth) refuse(`more than ${limits.depth} operands`);
      if (depth > deepest) deepest = depth;
    };
    const close = (frame: Frame) => {
      if (!dead && depth !== frame.base + frame.results) refuse("a block leaves other operands than its type says");
      depth = frame.base + frame.results;
      dead = false;
    };
    while (frames.length > 0) {
      const opcode = this.#u8();
      const instruction = (instructions as Record<number, (typeof instructions)[keyof typeof instructions]>)[opcode];
      if (!instruction) refuse(`instruction 0x${opcode.toString(16)} is not permitted`);
      const [name, immediate, takes, gives] = instruction;
      if (dead && name !== "end" && name !== "else") refuse("unreachable code");
      pop(dead ? 0 : takes);
      if (immediate === "local" && this.#u32(limits.locals) >= locals) refuse("a local is out of range");
      if (immediate === "constant") this.#s32();
      if (immediate === "block") {
        const type = this.#u8();
        if (type !== 0x40 && type !== 0x7f) refuse("a block's type is not empty or i32");
        if (frames.length >= limits.nesting) refuse(`blocks nest more than ${limits.nesting} deep`);
        frames.push({ base: depth, results: type === 0x7f ? 1 : 0, kind: name === "if" ? "if" : "block" });
      }
      if (immediate === "label") {
        const label = this.#u32(limits.nesting);
        if (label >= frames.length) refuse("a label is out of range");
        const target = frames[frames.length - 1 - label];
        pop(target.results);
        if (name === "br") dead = true;
        else push(target.results);
      }
      if (immediate === "function") {
        const index = this.#u32(limits.imports + limits.functions);
        if (index >= this.#costs.length) refuse("a call goes to itself, to a later function or out of range");
        const called = this.#functions[index];
        const top = 2 * Math.ceil(slotsInUse() / 2);
        if (top >= limits.slots) refuse("calls nest too deep");
        pop(called.parameters);
        push(called.results);
        if (called.results > 0) ends[depth - 1] = top + 1;
        cost.calls += this.#costs[index].calls;
        if (cost.calls > limits.calls) refuse(`more than ${limits.calls} op calls`);
        cost.stack = Math.max(cost.stack, top + this.#costs[index].stack);
      }
      if (name === "return") {
        pop(results);
        dead = true;
      }
      if (name === "else") {
        const frame = frames[frames.length - 1];
        if (frame.kind !== "if") refuse("an else is without its if");
        close(frame);
        depth = frame.base;
        frame.kind = "else";
      }
      if (name === "end") {
        const frame = frames.pop()!;
        if (frame.kind === "if" && frame.results > 0) refuse("an if with a result has no else");
        close(frame);
      }
      push(gives);
      if (name === "local.get" || name === "i32.const") ends[depth - 1] = 0;
    }
    if (first + deepest + 1 > limits.slots) refuse(`more than ${limits.slots} slots`);
    cost.stack = Math.max(cost.stack, first + deepest + 1);
    if (cost.stack > limits.stack) refuse(`more than ${limits.stack} slots of stack`);
    this.#costs.push(cost);
  }
}
