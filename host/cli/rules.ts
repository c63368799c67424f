// The rules of a board that listens by itself: read, set, forgotten.
import type { Session } from "../link/session.ts";
import { packRule, type Rule, unpackRule } from "../runtime/rules.ts";
import { errors } from "../spec/errors.ts";
import { store } from "../spec/store.ts";
import { UserError } from "../spec/user-error.ts";

/** What a board's journal holds, by place; undefined where there is none. */
export async function rulesOf(session: Session): Promise<(Rule | undefined)[]> {
  const rules: (Rule | undefined)[] = [];
  for (let i = 0; i < store.rulesMost; i++) rules.push(await ruleAt(session, i));
  return rules;
}

async function ruleAt(session: Session, place: number): Promise<Rule | undefined> {
  try {
    return unpackRule(await session.get(store.rules + place));
  } catch (error) {
    if (error instanceof UserError && error.hint === errors.notFound[2]) return undefined;
    throw error;
  }
}

/** Sets a rule, in the place of one for the same label and pin. @throws UserError if there is no place */
export async function setRule(session: Session, rules: readonly (Rule | undefined)[], rule: Rule): Promise<void> {
  const same = rules.findIndex((each) => each?.label === rule.label && each.pin === rule.pin);
  const place = same >= 0 ? same : rules.indexOf(undefined);
  if (place < 0)
    throw new UserError(`the board keeps ${store.rulesMost} rules`, "forget one: `engram rule LABEL --forget`");
  await session.set(store.rules + place, packRule(rule));
}

/** Forgets the rules for a label, or all. @returns how many */
export async function forgetRules(session: Session, rules: readonly (Rule | undefined)[], label?: string) {
  let count = 0;
  for (const [place, rule] of rules.entries()) {
    if (!rule || (label !== undefined && rule.label !== label)) continue;
    await session.set(store.rules + place, new Uint8Array());
    count++;
  }
  return count;
}

/** One line: what is done, and when. */
export function said({ label, pin, threshold, holdMs }: Rule): string {
  const least = threshold > 0 ? `, with a score of at least ${threshold.toFixed(2)}` : "";
  return `${label}: pin ${pin} goes high for ${holdMs} ms${least}`;
}
