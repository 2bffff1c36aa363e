/** Where the card goes: pure geometry in viewport pixels. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Placement {
  left: number;
  top: number;
  /** Less than the card's height only where it has to scroll. */
  maxHeight: number;
  above: boolean;
}

export const GAP = 8;
/** Least distance from the window's edges. */
export const EDGE = 8;
/** A card lower than this is no use; rather scroll inside. */
const MIN_HEIGHT = 96;

/**
 * Under the sentence, at the start of the flag's last line; above it where there is no room below.
 * `sentence` is never covered unless the window holds hardly more than the sentence; then the flag's
 * line isn't.
 */
export function place(
  flagLine: Box,
  sentence: Box,
  card: { width: number; height: number },
  viewport: { width: number; height: number },
): Placement {
  const left = Math.max(EDGE, Math.min(flagLine.left, viewport.width - card.width - EDGE));
  const top = Math.max(flagLine.bottom, sentence.bottom) + GAP;
  const bottom = Math.min(flagLine.top, sentence.top) - GAP;
  const below = viewport.height - EDGE - top;
  const above = bottom - EDGE;
  if (Math.max(below, above) < Math.min(card.height, MIN_HEIGHT) && sentence !== flagLine) {
    return place(flagLine, flagLine, card, viewport);
  }
  if (card.height <= below || below >= above) {
    const maxHeight = Math.max(MIN_HEIGHT, below);
    const height = Math.min(card.height, maxHeight);
    return { left, top: Math.min(top, viewport.height - EDGE - height), maxHeight, above: false };
  }
  const maxHeight = Math.max(MIN_HEIGHT, above);
  const height = Math.min(card.height, maxHeight);
  return { left, top: Math.max(EDGE, bottom - height), maxHeight, above: true };
}

/** The smallest box around all; null for none. */
export function around(boxes: Iterable<Box>): Box | null {
  let whole: Box | null = null;
  for (const { left, top, right, bottom } of boxes) {
    whole = whole
      ? {
          left: Math.min(whole.left, left),
          top: Math.min(whole.top, top),
          right: Math.max(whole.right, right),
          bottom: Math.max(whole.bottom, bottom),
        }
      : { left, top, right, bottom };
  }
  return whole;
}

/** The boxes of the last line among text boxes: those that overlap the lowest one vertically. */
export function lastLine(boxes: readonly Box[]): Box | null {
  const lowest = boxes.reduce<Box | null>((a, b) => (a === null || b.bottom > a.bottom ? b : a), null);
  if (lowest === null) return null;
  const middle = (lowest.top + lowest.bottom) / 2;
  return around(boxes.filter((box) => box.top <= middle && box.bottom >= middle));
}

/** How far around a flag a sentence is looked for, in UTF-16 units. */
const REACH = 1500;
/** Made when the first card asks: it costs some milliseconds, and most pages are left without one. */
let segmenter: Intl.Segmenter | null = null;

/** The sentence around a flag: start and end in the block. Only for placing, so the browser's notion will do. */
export function sentenceAround(text: string, start: number, end: number): [number, number] {
  const from = Math.max(0, start - REACH);
  segmenter ??= new Intl.Segmenter("en", { granularity: "sentence" });
  const segments = segmenter.segment(text.slice(from, end + REACH));
  const first = segments.containing(start - from);
  const last = segments.containing(Math.max(start, end - 1) - from);
  return [first ? from + first.index : start, last ? from + last.index + last.segment.trimEnd().length : end];
}
