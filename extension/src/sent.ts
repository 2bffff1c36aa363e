/** What the engine is sent of a page, in messages that the page can bear. */
import type { Splice } from "./protocol";

/** UTF-16 units of text in one message: the page waits while a message is written. */
const MESSAGE = 96_000;
const MESSAGE_BLOCKS = 400;

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
