// Drawings and reports are made again and again in the same place; what somebody else put there stays.
import { closeSync, existsSync, openSync, readSync } from "node:fs";

const looked = 1000;

/**
 * Whether nothing is lost if a file is written there: there is none, or one of ours.
 * @param mark stands near the beginning of what engram writes there
 */
export function mayReplace(path: string, mark: string): boolean {
  if (!existsSync(path)) return true;
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(looked);
    return head.toString("latin1", 0, readSync(file, head, 0, looked, 0)).includes(mark);
  } finally {
    closeSync(file);
  }
}
