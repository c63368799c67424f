// Figures and small pieces of a report as people read them.
import { type Content, type Markup, markup } from "./markup.ts";

export const count = (amount: number): string => amount.toLocaleString("en");
export const bytes = (amount: number): string => `${count(amount)} bytes`;
export const percent = (fraction: number | null | undefined): string =>
  fraction === null || fraction === undefined ? "–" : `${(100 * fraction).toFixed(2)} %`;

/** A fact of any type, fractions to four digits. */
export function plain(value: unknown): string {
  const rounded = (_: string, part: unknown): unknown =>
    typeof part === "number" && !Number.isInteger(part) ? Number(part.toPrecision(4)) : part;
  return typeof value === "string" ? value : (JSON.stringify(value, rounded) ?? "–");
}

/** `96 units, 40 inputs`. */
export const sizesText = (sizes: Record<string, number>): string =>
  Object.entries(sizes)
    .map(([name, size]) => `${size} ${name}`)
    .join(", ");

/** A label or another name that a user chose: whatever its writing direction, it leaves its surroundings alone. */
export const name = (text: string): Markup => markup`<bdi>${text}</bdi>`;

/** Rows of a name and what it is; those without a value are left out. */
export function factTable(rows: readonly (readonly [name: string, value: Content])[]): Markup {
  const there = rows.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return markup`<table class="facts"><tbody>
${there.map(([title, value]) => markup`<tr><th scope="row">${title}</th><td>${value}</td></tr>\n`)}</tbody></table>`;
}

/** Wide content that scrolls by itself, by keyboard too. */
export const scrolling = (label: string, content: Content): Markup =>
  markup`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;

export const section = (title: string, ...content: Content[]): Markup =>
  markup`<section>\n<h2>${title}</h2>\n${content}\n</section>\n`;
