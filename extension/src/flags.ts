/** Flags as the engine's flat numbers, and which of them the reader wants to see. */
import { CATEGORIES, type Category, CUT, type Filter, FLAG_SIZE } from "./protocol";

export interface Flag {
  /** Its number in the reading, by which details are asked for. */
  index: number;
  block: number;
  /** UTF-16 units in the block. */
  start: number;
  end: number;
  category: Category;
  /** Hundredths. */
  strength: number;
  dismissed: boolean;
}

/** Unpacks a reading's numbers. Entries of an unknown category are left out. */
export function unpack(numbers: readonly number[]): Flag[] {
  const flags: Flag[] = [];
  for (let at = 0; at + FLAG_SIZE <= numbers.length; at += FLAG_SIZE) {
    const [block = 0, start = 0, end = 0, kind = -1, , strength = 0, dismissed] = numbers.slice(
      at,
      at + FLAG_SIZE,
    );
    const category = CATEGORIES[kind];
    if (!category) continue;
    flags.push({ index: at / FLAG_SIZE, block, start, end, category, strength, dismissed: dismissed === 1 });
  }
  return flags;
}

/** Whether a flag is shown. */
export function passes(flag: Flag, filter: Filter): boolean {
  return !flag.dismissed && filter.categories[flag.category] && flag.strength >= CUT[filter.sensitivity];
}

/** A flag's words as its likes are told by. */
export function normalised(words: string): string {
  return words.trim().replace(/\s+/g, " ").toLowerCase();
}
