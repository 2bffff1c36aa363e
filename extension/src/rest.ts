/** Waiting for the next round. */

import * as here from "./here";
import { later, turn } from "./later";

/** Waits until the page is seen and its clock shows `next`. False when all ends meanwhile. */
export async function rest(next: number, signal: AbortSignal): Promise<boolean> {
  const left = next - performance.now();
  // At once means after the page's present task.
  await (left > 0 ? until((done) => later(done, left), signal) : turn());
  // No frame is drawn of a page that nobody sees. A listener might not outlast the wait, a frame does.
  while (here.hidden() && !signal.aborted) await until(drawn, signal);
  return !signal.aborted;
}

/** Waits for `start` to call back or for the end of all; `start` returns how to call it off. */
function until(start: (done: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const stop = () => {
      callOff();
      resolve();
    };
    const callOff = start(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}

function drawn(done: () => void): () => void {
  const frame = requestAnimationFrame(done);
  return () => cancelAnimationFrame(frame);
}
