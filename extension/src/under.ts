/** Which flags lie under a point of the window. */
import type { Flag } from "./flags";
import type { Paint } from "./paint";
import { CATEGORIES } from "./protocol";

/** The one whose card opens first in front. */
export function under(paint: Paint, x: number, y: number): Flag[] {
  const found = new Set<Flag>();
  const shadowRoots = [...paint.roots];
  for (const hit of CSS.highlights.highlightsFromPoint?.(x, y, { shadowRoots }) ?? []) {
    for (const range of hit.ranges) {
      const flag = paint.flagOf(range);
      if (flag) found.add(flag);
    }
  }
  // Where the call is missing, or answers nothing as Chromium does under an emulated pixel ratio.
  if (found.size === 0) {
    for (const flag of paint.near(x, y)) {
      if (paint.rangesOf(flag).some((range) => covers(range, x, y))) found.add(flag);
    }
  }
  const rank = (flag: Flag) => CATEGORIES.indexOf(flag.category);
  return [...found].sort((a, b) => rank(a) - rank(b));
}

function covers(range: Range, x: number, y: number): boolean {
  for (const box of range.getClientRects()) {
    if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return true;
  }
  return false;
}
