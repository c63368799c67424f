// HTML and SVG as text: a template whose every value is escaped, so that a label or a path can say nothing but itself.

/** What a template takes; nothing at all for undefined and false. */
export type Content = string | number | Markup | undefined | false | readonly Content[];

/** Text that is markup already. Only `markup` and `verbatim` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Tag of a template: markup`<b>${label}</b>`. Values may stand in elements and in quoted attributes. */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(parts.map((part, i) => part + textOf(values[i])).join(""));
}

/** For text of our own that is not to be escaped, such as a style sheet. */
export const verbatim = (text: string): Markup => new Markup(text);

function textOf(content: Content): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  return Array.isArray(content) ? content.map(textOf).join("") : escaped(String(content));
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

// Control characters end an XML document with an error, and are none of HTML; halves of a pair are no text at all.
const noText = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

const escaped = (text: string): string =>
  text.replace(noText, "\ufffd").replace(/[&<>"']/g, (found) => entities[found]);
