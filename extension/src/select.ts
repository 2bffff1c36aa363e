/** What the reader has selected on the page, as words of a block. */
import { offsetIn } from "./pieces";
import type { Entry } from "./walk";

/** Part of a block, in UTF-16 units. */
export interface Selected {
  block: number;
  start: number;
  end: number;
}

/** "several": more than one paragraph; "none": nothing that is read. Without white space at the ends. */
export function selected(
  entries: readonly Entry[],
  roots: ReadonlySet<ShadowRoot>,
): Selected | "none" | "several" {
  const range = live(roots);
  if (!range) return "none";
  const found: Selected[] = [];
  for (const [block, { block: own, pieces }] of entries.entries()) {
    let [start, end] = [Number.POSITIVE_INFINITY, 0];
    for (const piece of pieces) {
      const { node } = piece;
      if (!range.intersectsNode(node)) continue;
      const from = offsetIn(piece, range.startContainer === node ? range.startOffset : 0);
      const to = offsetIn(piece, range.endContainer === node ? range.endOffset : node.data.length);
      if (from >= to) continue;
      start = Math.min(start, from);
      end = Math.max(end, to);
    }
    const words = own.text.slice(start, end);
    start += words.length - words.trimStart().length;
    if (words.trim() !== "") found.push({ block, start, end: start + words.trim().length });
  }
  const [only, further] = found;
  return further ? "several" : (only ?? "none");
}

/** Null where nothing is selected. What is selected in a shadow root is only told to whoever knows that root. */
function live(roots: ReadonlySet<ShadowRoot>): Range | null {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return null;
  const [composed] = selection.getComposedRanges?.({ shadowRoots: [...roots] }) ?? [];
  const { startContainer, startOffset, endContainer, endOffset } = composed ?? selection.getRangeAt(0);
  const range = new Range();
  range.setStart(startContainer, startOffset);
  range.setEnd(endContainer, endOffset);
  return range.collapsed ? null : range;
}
