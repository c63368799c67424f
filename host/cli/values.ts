// Values of options: text from the command line to numbers and lists, refused with the option's name.
import { UserError } from "../spec/user-error.ts";

/** Reads a whole number from `least` to `most`. */
export function wholeNumber(option: string, least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw wrong(`${option} must be a whole number ${range}, not "${text}"`);
  };
}

/** Reads a number above `above` and up to `most`. */
export function numberAbove(option: string, above: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value > above && value <= most) return value;
    throw wrong(`${option} must be a number above ${above} and up to ${most}, not "${text}"`);
  };
}

/** Reads words separated by commas: no empty ones, none twice. */
export function wordList(option: string): (text: string) => string[] {
  return (text) => {
    const words = text.split(",").map((word) => word.trim());
    if (words.some((word) => word === "")) throw wrong(`${option} "${text}" has an empty word`);
    const twice = words.find((word, i) => words.indexOf(word) < i);
    if (twice !== undefined) throw wrong(`${option} names "${twice}" twice`);
    return words;
  };
}

/** Reads one of a few words. */
export function oneOf<const Choice extends string>(
  option: string,
  choices: readonly Choice[],
): (text: string) => Choice {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found) return found;
    throw wrong(`${option} must be ${choices.join(" or ")}, not "${text}"`);
  };
}

/** Refuses the first of some options that is given. @param of what it is for */
export function refuseStray(options: Record<string, unknown>, names: readonly string[], of: string): void {
  const stray = names.find((name) => options[name] !== undefined);
  const dashed = stray?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (stray) throw new UserError(`--${dashed} is for ${of}`, "leave it out", { usage: true });
}

function wrong(what: string): UserError {
  return new UserError(what, "the verb's --help has an example", { usage: true });
}
