// Text as indices into its alphabet, divided by position: characters are one-hot to a network, and no set of float sequences.
import { createHash } from "node:crypto";
import { UserError } from "../../spec/user-error.ts";
import type { Split } from "../clip.ts";
import { compare } from "../listing.ts";
import { bytesOf } from "./bytes.ts";
import { nameOf } from "./read.ts";

export type Text = {
  name: string;
  /** SHA-256 of the text in UTF-8. */
  hash: string;
  text: string;
  /** Its different characters, by code point. */
  alphabet: string[];
  /** The characters' places in the alphabet: the first 90 % train, the next 5 % val, the rest test. */
  splits: Record<Split, Uint16Array>;
};

const TRAIN = 0.9;
const VAL = 0.05;
const LEAST = 100;

/** Reads a text file, plain or .gz. @throws UserError if it is missing, not UTF-8 or too short to divide */
export async function readText(path: string): Promise<Text> {
  const pieces: Buffer[] = [];
  for await (const piece of bytesOf(path)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const text = decode(bytes, path);
  const characters = [...text];
  if (characters.length < LEAST)
    throw new UserError(
      `${path} has ${characters.length} characters, expected at least ${LEAST}`,
      "Give a longer text.",
    );
  const alphabet = [...new Set(characters)].sort(compare);
  if (alphabet.length > 65536)
    throw new UserError(`${path} has ${alphabet.length} different characters`, "Expected at most 65536.");
  const places = new Map(alphabet.map((character, n) => [character, n]));
  const indices = Uint16Array.from(characters, (character) => places.get(character)!);
  const val = Math.floor(characters.length * TRAIN);
  const test = Math.floor(characters.length * (TRAIN + VAL));
  return {
    name: nameOf([path]).replace(/\.txt$/i, ""),
    hash: createHash("sha256").update(bytes).digest("hex"),
    text,
    alphabet,
    splits: { train: indices.slice(0, val), val: indices.slice(val, test), test: indices.slice(test) },
  };
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`${path} is not UTF-8 text`, `Convert it: iconv -t utf-8 ${path}`, { cause });
  }
}
