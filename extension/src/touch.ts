/** Waits for the reader to come near a mark for the first time. What answers from then on is sent for only then. */
import type { Page } from "./hand";
import { listen } from "./nodes";

/** Where the reader's hand was last, in viewport pixels. */
export interface Touch {
  x: number;
  y: number;
  /** What was clicked; null: nothing, the pointer only moved there. */
  clicked: EventTarget | null;
  /** When it came there, on the page's clock. */
  since: number;
}

/**
 * Calls `come` when the pointer is in a paragraph with marks, or such a one was clicked; not again before it has ended.
 * `last` tells where the hand is by then. `signal` ends it.
 */
export function waitForTouch(
  { alive, paint }: Page,
  signal: AbortSignal,
  come: (last: () => Touch) => Promise<void>,
): void {
  let last: Touch = { x: 0, y: 0, clicked: null, since: 0 };
  let frame = 0;
  let coming = false;
  const look = async () => {
    frame = 0;
    if (coming || !alive()) return;
    coming = paint.near(last.x, last.y).length > 0;
    if (coming) await come(() => last);
    coming = false;
    last.clicked = null;
  };
  const note = ({ clientX: x, clientY: y }: MouseEvent, clicked: EventTarget | null) => {
    last = { x, y, clicked, since: performance.now() };
    if (frame === 0) frame = requestAnimationFrame(look);
  };
  const options = { signal, capture: true };
  listen(
    document,
    "pointermove",
    (event) => {
      // A click on a mark counts until it is answered.
      if (event.pointerType !== "touch" && !last.clicked) note(event, null);
    },
    options,
  );
  listen(document, "click", (event) => note(event, event.composedPath()[0] ?? null), options);
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));
}
