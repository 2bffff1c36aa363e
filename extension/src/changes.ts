/** What it takes to bring what the engine holds of a page up to date. */
import type { Block, Splice } from "./protocol";
import type { Entry } from "./walk";

/** How to turn the blocks of before into those of now; null: all are the same. They are told by identity, then by what they say. */
export function changes(before: readonly Entry[], now: readonly Entry[]): Splice[] | null {
  if (same(before, now)) return null;
  const there = new Set(now);
  const known = new Set(before);
  const splices: Splice[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < now.length) {
    let [from, to] = [i, j];
    while (i < before.length && !there.has(before[i] as Entry)) i++;
    while (j < now.length && !known.has(now[j] as Entry)) j++;
    if (from === i && to === j) {
      // The same block on both sides, unless two of them changed places.
      if (before[i] !== now[j])
        return [{ at: 0, remove: before.length, blocks: now.map(({ block }) => block) }];
      i++;
      j++;
      continue;
    }
    let [end, stop] = [i, j];
    const alike = (a: number, b: number) => sameBlock((before[a] as Entry).block, (now[b] as Entry).block);
    while (from < end && to < stop && alike(from, to)) {
      from++;
      to++;
    }
    while (from < end && to < stop && alike(end - 1, stop - 1)) {
      end--;
      stop--;
    }
    if (from < end || to < stop) {
      splices.push({ at: from, remove: end - from, blocks: now.slice(to, stop).map(({ block }) => block) });
    }
  }
  return splices;
}

/** Whether the engine would read the same. */
export function sameBlock(one: Block, other: Block): boolean {
  return (
    one.text === other.text &&
    one.tag === other.tag &&
    one.hint === other.hint &&
    same(one.path, other.path) &&
    same(one.within, other.within) &&
    same(one.links?.flat(), other.links?.flat()) &&
    same(one.marks?.flat(), other.marks?.flat())
  );
}

export function same<T>(one: readonly T[] = [], other: readonly T[] = []): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}
