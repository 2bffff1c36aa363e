/** Scrolling to a place: briefly, and giving way to the reader's own hand. */
import { parent } from "./tone";

/** How long a jump scrolls, in ms. */
const GLIDE = 260;

/** The boxes that scroll around a node, from the inside out; the last one is the page itself. */
export function scrollersOf(node: Node): Element[] {
  const page = document.scrollingElement ?? document.documentElement;
  const boxes: Element[] = [];
  for (let at = node.parentElement; at; at = parent(at) as HTMLElement | null) {
    if (at === page || at === document.body || at.scrollHeight <= at.clientHeight + 1) continue;
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) boxes.push(at);
  }
  return [...boxes, page];
}

/** Scrolls a box to a position, at once or in a glide. */
export function scrollTo(box: Element, top: number, gliding: boolean): void {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden;
  if (gliding && !still) glide(box, top);
  else box.scrollTo({ top, behavior: "instant" });
}

let gliding: AbortController | null = null;

/** The browser's own smooth scrolling takes as long as it likes. */
function glide(box: Element, to: number): void {
  gliding?.abort();
  const end = new AbortController();
  gliding = end;
  for (const hand of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    window.addEventListener(hand, () => end.abort(), { signal: end.signal, passive: true, capture: true });
  }
  const from = box.scrollTop;
  const begun = performance.now();
  const step = () => {
    if (end.signal.aborted) return;
    const done = Math.min(1, (performance.now() - begun) / GLIDE);
    box.scrollTo({ top: from + (to - from) * (1 - (1 - done) ** 3), behavior: "instant" });
    if (done < 1) requestAnimationFrame(step);
    else end.abort();
  };
  requestAnimationFrame(step);
}
