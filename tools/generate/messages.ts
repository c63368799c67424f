// build/generated/messages.h: the wire's codes and payloads as C constants and structs; build/generated/wire.md: as tables.
import type { Layout } from "../../host/spec/layout.ts";
import {
  control,
  endings,
  events,
  frame,
  modelStates,
  replyHead,
  requests,
  sources,
  wants,
  wire,
} from "../../host/spec/messages.ts";
import { constants, struct } from "../c-text.ts";

type Entry = { code: number; payload: Layout; rest?: string; reply?: Layout; replyRest?: string; meaning: string };
const table = (entries: Record<string, Entry>): [string, Entry][] => Object.entries(entries);
const all = [...table(control), ...table(requests), ...table(events)];
const codes = (entries: [string, Entry][]): Record<string, number> =>
  Object.fromEntries(entries.map(([name, { code }]) => [name, code]));

const header = `/* Generated from host/spec/messages.ts. All structs are little-endian and have no padding. */
#ifndef EN_MESSAGES_H
#define EN_MESSAGES_H

#include <stdint.h>

${constants("wire", wire)}
${constants("message", codes(all))}
${constants("source", sources)}
${constants("want", wants)}
${constants("model", modelStates)}
${constants("ended", endings)}
${struct("frame", frame)}
${struct("reply", replyHead)}
${structs().join("\n")}
#endif
`;

// A layout that two messages share (statistics) makes one struct, named after the message of the same name.
function structs(): string[] {
  const named = new Map<Layout, string>();
  for (const [name, { payload, reply }] of all) {
    if (payload.bytes > 0) named.set(payload, `${name}Payload`);
    if (reply && reply.bytes > 0) named.set(reply, `${name}Reply`);
  }
  return [...named].map(([fields, name]) => struct(name, fields));
}

const fieldTable = (fields: Layout, at: number): string[] =>
  fields.fields.map(([name, type, meaning]) => `| ${at + fields.offset(name)} | ${type} | ${name} | ${meaning} |`);

function section([name, { code, payload, rest, reply, replyRest, meaning }]: [string, Entry]): string {
  const rows = ["| at | type | field | meaning |", "| --- | --- | --- | --- |"];
  const request = [...fieldTable(payload, 0), ...(rest ? [`| ${payload.bytes} | bytes | | ${rest} |`] : [])];
  const parts = [
    `### ${name}, 0x${code.toString(16).padStart(2, "0")}`,
    `${meaning[0]!.toUpperCase()}${meaning.slice(1)}.`,
  ];
  if (request.length > 0) parts.push([...rows, ...request].join("\n"));
  if (reply) {
    const answer = [
      ...fieldTable(reply, replyHead.bytes),
      ...(replyRest ? [`| ${replyHead.bytes + reply.bytes} | bytes | | ${replyRest} |`] : []),
    ];
    parts.push(
      answer.length > 0 ? `Reply, after its head:\n\n${[...rows, ...answer].join("\n")}` : "Reply: the head alone.",
    );
  }
  return parts.join("\n\n");
}

const document = [
  "## Frame\n",
  ["| at | type | field | meaning |", "| --- | --- | --- | --- |", ...fieldTable(frame, 0)].join("\n"),
  "\n## Head of a reply\n",
  ["| at | type | field | meaning |", "| --- | --- | --- | --- |", ...fieldTable(replyHead, 0)].join("\n"),
  `\n## Control frames\n\n${table(control).map(section).join("\n\n")}`,
  `\n## Requests\n\n${table(requests).map(section).join("\n\n")}`,
  `\n## Events\n\n${table(events).map(section).join("\n\n")}`,
].join("\n");

export const generated = [
  { path: "messages.h", text: header },
  { path: "wire.md", text: `${document}\n` },
];
