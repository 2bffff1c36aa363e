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
}

/** Unpacks a reading's numbers. Entries of an unknown category are left out. */
export function unpack(numbers: readonly number[]): Flag[] {
  const flags: Flag[] = [];
  for (let at = 0; at + FLAG_SIZE <= numbers.length; at += FLAG_SIZE) {
    const [block = 0, start = 0, end = 0, code = -1, , strength = 0] = numbers.slice(at, at + FLAG_SIZE);
    const category = CATEGORIES[code];
    if (category) flags.push({ index: at / FLAG_SIZE, block, start, end, category, strength });
  }
  return flags;
}

/** Whether a flag is shown. */
export function passes(flag: { category: Category; strength: number }, filter: Filter): boolean {
  return filter.categories[flag.category] && flag.strength >= CUT[filter.sensitivity];
}
