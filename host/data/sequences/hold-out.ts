// Which sequences choose and test where the data does not say: whole groups where they are known, so that nobody is in two
// splits, of each label its share, and the same ones for the same seed. The rule for sound (../split.ts) goes by a hash of
// the speaker: it balances neither labels nor the few groups that sequences tend to have.
import { UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";
import type { Notices } from "../notices.ts";
import { Random } from "../random.ts";
import type { FoundSequence } from "./sequence-set.ts";

export type Shares = {
  /** Chooses among equally good divisions; absent: 1. */
  seed?: number;
  /** Parts of what has no split yet (or of train) that validate and test, where the data has no such split; 0: none.
   * Absent: a tenth each. */
  val?: number;
  test?: number;
};

type Unit = { members: number[]; counts: Map<string, number> };

/**
 * The split of each sequence. Those that the data gives stay; the rest trains, less what is held out.
 * @param keys what makes two sequences the same: these stay together
 * @throws UserError if there are too few groups or sequences to divide
 */
export function holdOut(
  found: readonly FoundSequence[],
  keys: readonly string[],
  shares: Shares,
  name: string,
  notices: Notices,
): Split[] {
  const splits = found.map(({ split }) => split ?? "train");
  const wanted = wantedSplits(splits, shares);
  if (wanted.length === 0) return splits;
  const units = unitsOf(found, keys, splits);
  const grouped = found.some(({ group }) => group !== undefined);
  if (units.length <= wanted.length)
    throw new UserError(
      `${name} has ${units.length} ${grouped ? "group" : "different sequence"}${units.length === 1 ? "" : "s"} to divide into train, ${wanted.map(([split]) => split).join(" and ")}`,
      grouped
        ? "Add another person's sequences, name another column of groups, or say train, val or test in a column split."
        : "Add sequences, or say train, val or test in a column split.",
    );
  const totals = countsOf(units);
  let rest = units;
  const held: string[] = [];
  const amount = (of: readonly Unit[]) => (grouped ? of.length : of.flatMap(({ members }) => members).length);
  for (const [split, share] of wanted) {
    const random = new Random(shares.seed ?? 1, "hold out", split);
    const chosen = choose(random.shuffle([...rest]), share, totals, rest.length - remaining(wanted, split));
    for (const { members } of chosen) for (const index of members) splits[index] = split;
    rest = rest.filter((unit) => !chosen.has(unit));
    held.push(`${amount([...chosen])} for ${split}`);
  }
  notices.note(`of ${amount(units)} ${grouped ? "groups" : "sequences"}, held out ${held.join(" and ")}`, name);
  return splits;
}

/** The splits to be held out, test first. */
export function wantedSplits(splits: readonly Split[], { val = 0.1, test = 0.1 }: Shares): [Split, number][] {
  const there = new Set(splits);
  if (!there.has("train")) return [];
  const shares: [Split, number][] = [
    ["test", test],
    ["val", val],
  ];
  return shares.filter(([split, share]) => share > 0 && !there.has(split));
}

// How many units the splits after this one, and train, need at least.
function remaining(wanted: readonly [Split, number][], split: Split): number {
  return wanted.length - wanted.findIndex(([name]) => name === split);
}

// What is divided as a whole: groups; sequences of no group with those of the same content.
function unitsOf(found: readonly FoundSequence[], keys: readonly string[], splits: readonly Split[]): Unit[] {
  const units = new Map<string, Unit>();
  found.forEach(({ group, label = "" }, index) => {
    if (splits[index] !== "train") return;
    const key = group === undefined ? `content ${keys[index]}` : `group ${group}`;
    const unit: Unit = units.get(key) ?? { members: [], counts: new Map() };
    unit.members.push(index);
    unit.counts.set(label, (unit.counts.get(label) ?? 0) + 1);
    units.set(key, unit);
  });
  return [...units.values()];
}

function countsOf(units: Iterable<Unit>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { counts } of units) for (const [label, n] of counts) sums.set(label, (sums.get(label) ?? 0) + n);
  return sums;
}

// Takes a unit if it brings the labels' counts nearer to their shares, at least one, at most `most`. A label of three or more
// sequences has one held out, though its share be smaller than any of its groups; the last unit of a label stays in train.
function choose(units: readonly Unit[], share: number, totals: Map<string, number>, most: number): Set<Unit> {
  const goals = new Map([...totals].map(([label, n]) => [label, n >= 3 ? Math.max(1, n * share) : 0]));
  const left = countsOf(units);
  const have = new Map<string, number>();
  const gain = ({ counts }: Unit) => {
    let sum = 0;
    for (const [label, n] of counts) {
      const missing = goals.get(label)! - (have.get(label) ?? 0);
      sum += (missing ** 2 - (missing - n) ** 2) / Math.max(1, goals.get(label)!);
    }
    return sum;
  };
  const spares = ({ counts }: Unit) => [...counts].every(([label, n]) => left.get(label)! > n);
  const chosen = new Set<Unit>();
  const take = (unit: Unit) => {
    chosen.add(unit);
    for (const [label, n] of unit.counts) {
      have.set(label, (have.get(label) ?? 0) + n);
      left.set(label, left.get(label)! - n);
    }
  };
  const takeBest = (candidates: readonly Unit[]) =>
    take(candidates.reduce((best, unit) => (gain(unit) > gain(best) ? unit : best)));
  for (const unit of units) if (chosen.size < most && gain(unit) > 0 && spares(unit)) take(unit);
  for (const [label, goal] of goals) {
    if (goal === 0 || have.has(label) || chosen.size >= most) continue;
    const holders = units.filter((unit) => !chosen.has(unit) && unit.counts.has(label) && spares(unit));
    if (holders.length > 0) takeBest(holders);
  }
  if (chosen.size === 0) takeBest(units.some(spares) ? units.filter(spares) : units);
  return chosen;
}
