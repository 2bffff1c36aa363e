/** Scrolling to a place: briefly, and giving way to the reader's own hand. */
import * as here from "./here";
import * as nodes from "./nodes";
import { parent } from "./tone";

/** How long a jump scrolls, in ms. */
const GLIDE = 260;
/** Where a place that was jumped to comes to stand, as a share of the window's height; and where it may stay. */
const REST = 0.38;
const [UPPER, LOWER] = [0.12, 0.8];

/** The boxes that scroll around a node, from the inside out; the last one is the page itself. */
export function scrollersOf(node: Node): Element[] {
  const page = here.scroller();
  const boxes: Element[] = [];
  for (let at = nodes.parentElement(node) as Element | null; at; at = parent(at)) {
    if (at === page || at === here.body() || nodes.scrollHeight(at) <= nodes.clientHeight(at) + 1) continue;
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) boxes.push(at);
  }
  return page ? [...boxes, page] : boxes;
}

/** Brings a place into view; resolves when it stands still. */
export async function bring(range: Range, boxes = scrollersOf(range.startContainer)): Promise<void> {
  // Only an element can ask the windows around a frame to bring it into view.
  if (window !== window.top) {
    range.startContainer.parentElement?.scrollIntoView({ block: "center", behavior: "instant" });
  }
  for (const [i, box] of boxes.entries()) {
    const last = i === boxes.length - 1;
    const frame = last ? { top: 0, height: window.innerHeight } : box.getBoundingClientRect();
    const words = range.getBoundingClientRect();
    const top = words.top - frame.top;
    if (top > frame.height * UPPER && top + words.height < frame.height * LOWER) continue;
    await scrollTo(box, box.scrollTop + top - frame.height * REST, last);
  }
}

/** Scrolls a box to a position, at once or in a glide; resolves at the end. */
export async function scrollTo(box: Element, top: number, gliding: boolean): Promise<void> {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches || here.hidden();
  if (gliding && !still) await glide(box, top);
  else box.scrollTo({ top, behavior: "instant" });
}

let gliding: AbortController | null = null;

/** The browser's own smooth scrolling takes as long as it likes. */
function glide(box: Element, to: number): Promise<void> {
  gliding?.abort();
  const end = new AbortController();
  gliding = end;
  for (const hand of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    window.addEventListener(hand, () => end.abort(), { signal: end.signal, passive: true, capture: true });
  }
  const from = box.scrollTop;
  const begun = performance.now();
  return new Promise((resolve) => {
    end.signal.addEventListener("abort", () => resolve());
    const step = () => {
      if (end.signal.aborted) return;
      const done = Math.min(1, (performance.now() - begun) / GLIDE);
      box.scrollTo({ top: from + (to - from) * (1 - (1 - done) ** 3), behavior: "instant" });
      if (done < 1) requestAnimationFrame(step);
      else end.abort();
    };
    requestAnimationFrame(step);
  });
}
