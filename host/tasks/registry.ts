// The sequence tasks by their place: a file kinds/NAME.ts that exports `task`.
import { readdirSync } from "node:fs";
import { meant, UserError } from "../spec/user-error.ts";
import type { Task } from "./task.ts";

const place = new URL("./kinds/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf(".")); // .ts in the source tree, .js in the package

/** Names of all tasks, sorted. */
export function taskNames(): string[] {
  return readdirSync(place)
    .filter((file) => file.endsWith(extension) && !file.includes(".d."))
    .map((file) => file.slice(0, -extension.length))
    .sort();
}

/** @throws UserError for a name that is none */
export async function taskOf(name: string): Promise<Task> {
  if (!taskNames().includes(name)) throw new UserError(`there is no task ${name}`, meant(name, taskNames()));
  const { task } = (await import(new URL(name + extension, place).href)) as { task: Task };
  return task;
}
