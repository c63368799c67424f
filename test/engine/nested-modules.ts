// Modules of the subset at random, whose calls nest in one another's arguments: helpers with up to eight parameters, locals,
// constants, branches. Every value is the handle of a state or of a tanh, so that whatever is accepted runs to its end.
const [i32, func] = [0x7f, 0x60];
const most = 8;

const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)]);
const counted = (bytes: number[]): number[] => [...unsigned(bytes.length), ...bytes];
const list = (items: number[][]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (name: string): number[] => counted([...new TextEncoder().encode(name)]);
const constant = (value: number): number[] => [0x41, ...(value < 64 ? [value] : [(value & 127) | 128, value >> 7])];

/**
 * @param random 0 … 1
 * @param state handle of a state as long as the result of tanh
 * @param site handle of a call of tanh
 */
export function nestedModule(random: () => number, state: number, site: number): Uint8Array {
  const below = (count: number) => Math.floor(random() * count);
  const helpers = Array.from({ length: below(12) }, () => 1 + below(most));
  const bodies: number[][] = [];
  for (const parameters of [...helpers, 1]) {
    const locals = below(3) * below(16);
    let left = below(bodies.length < helpers.length ? 12 : 160);
    const calls = below(20);
    const anywhere = () => below(parameters + locals);
    const expression = (): number[] => {
      const callable = bodies.length - 1 - below(Math.min(bodies.length, 2));
      const kind = left-- <= 0 ? 0 : below(8 + calls);
      if (kind === 0) return constant(state);
      if (kind === 1) return [...expression(), 0x22, ...unsigned(anywhere())]; // local.tee
      if (kind === 2) return [...expression(), ...expression(), ...constant(below(2)), 0x1b]; // select
      if (kind === 3) return [...constant(below(2)), 0x04, i32, ...expression(), 0x05, ...expression(), 0x0b];
      if (kind === 4) return [0x02, i32, ...expression(), ...constant(below(2)), 0x0d, 0, 0x0b]; // block, br_if
      if (kind === 5) return [...constant(100 + below(99)), 0x1a, ...expression()]; // a constant that is dropped
      if (kind > 9 || bodies.length === 0) return [...expression(), ...constant(site), 0x10, 0];
      return [...Array.from({ length: helpers[callable] }, expression).flat(), 0x10, ...unsigned(1 + callable)];
    };
    const declared = locals > 0 ? [1, ...unsigned(locals), i32] : [0];
    bodies.push(counted([...declared, ...expression(), 0x0b]));
  }
  // Type n has n parameters; the first function is tanh, which is imported.
  const types = Array.from({ length: most + 1 }, (_, n) => [func, ...counted(Array(n).fill(i32)), 1, i32]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, ...counted(list(types))],
    ...[2, ...counted(list([[...text("ops"), ...text("tanh"), 0, 2]]))],
    ...[3, ...counted(list([...helpers, 1].map((parameters) => [parameters])))],
    ...[7, ...counted(list([[...text("step"), 0, bodies.length]]))],
    ...[10, ...counted(list(bodies))],
  ]);
}
