/** What the engine holds of a page, and what it takes to bring that up to date. */
import { type Entry, sameBlock } from "./collect";
import type { Splice } from "./protocol";

/** UTF-16 units of text in one message: the page waits while a message is written. */
const MESSAGE = 96_000;
const MESSAGE_BLOCKS = 400;

/** How to turn the blocks of before into those of now. Blocks are told by identity, then by what they say. */
export function changes(before: readonly Entry[], now: readonly Entry[]): Splice[] {
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

/**
 * The same changes as several messages' worth, each no larger than the page can bear. They are made
 * one after the other, each on what the ones before it left; the last ones in the page come first,
 * so that no place moves before its turn.
 */
export function portions(splices: readonly Splice[]): Splice[][] {
  const all: Splice[][] = [];
  let part: Splice[] = [];
  let size = 0;
  let count = 0;
  const close = () => {
    if (part.length > 0) all.push(part.reverse());
    part = [];
    size = 0;
    count = 0;
  };
  for (const { at, remove, blocks } of [...splices].reverse()) {
    let open = blocks.length;
    let removed = 0;
    // From the back: what was there goes with the first part, and each later part stands before it.
    do {
      let begin = open;
      while (begin > 0 && (count === 0 || (size < MESSAGE && count < MESSAGE_BLOCKS))) {
        begin--;
        size += blocks[begin]?.text.length ?? 0;
        count += 1;
      }
      part.push({ at, remove: removed === 0 ? remove : 0, blocks: blocks.slice(begin, open) });
      removed = 1;
      open = begin;
      if (size >= MESSAGE || count >= MESSAGE_BLOCKS) close();
    } while (open > 0);
  }
  close();
  return all.length > 0 ? all : [[]];
}
