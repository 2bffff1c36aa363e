/**
 * Our share of the page's time. Work is cut into slices, between which the page draws and answers;
 * after each round we rest in proportion to what it took, so that a page that never stops changing
 * is read now and then, and one that changes once is read at once.
 */
import { later } from "./later";
import { here } from "./nodes";

/** Milliseconds: half of a frame. */
const SLICE = 8;
/** Rest after a round, as a multiple of the time that it took. */
const SHARE = 9;
const LEAST_REST = 50;
const LONGEST_REST = 10_000;

export class Pace {
  /** The longest that we kept the page from going on, in milliseconds. */
  longest = 0;
  readonly #signal: AbortSignal;
  #spent = 0;
  #next = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Does all of `work`, the first slice at once. False where it says so itself, or is cut short because all ends. */
  async slices(work: Iterator<void, unknown>): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) return false;
      const { done, value } = this.once(() => this.#slice(work));
      if (done) return value !== false;
      await turn();
    }
  }

  /** Does `work` in one go, and counts its time. */
  once<T>(work: () => T): T {
    const begun = performance.now();
    try {
      return work();
    } finally {
      const took = performance.now() - begun;
      this.#spent += took;
      this.longest = Math.max(this.longest, took);
    }
  }

  /** A round is over. `elsewhere`: how long it kept others than the page busy, in milliseconds. */
  end(elsewhere: number): void {
    const rest = Math.max(LEAST_REST, SHARE * this.#spent, elsewhere);
    this.#next = performance.now() + Math.min(LONGEST_REST, rest);
    this.#spent = 0;
  }

  /** Waits until the page is seen and we have rested. False when all ends meanwhile. */
  async rest(): Promise<boolean> {
    const left = this.#next - performance.now();
    // At once means after the page's present task.
    await (left > 0 ? this.#until((done) => later(done, left)) : turn());
    // No frame is drawn of a page that nobody sees. A listener might not outlast the wait, a frame does.
    while (here.hidden() && !this.#signal.aborted) await this.#until(drawn);
    return !this.#signal.aborted;
  }

  #slice(work: Iterator<void, unknown>): IteratorResult<void, unknown> {
    const end = performance.now() + SLICE;
    for (;;) {
      const now = work.next();
      if (now.done || performance.now() > end) return now;
    }
  }

  /** Waits for `start` to call back or for the end of all; `start` returns how to call it off. */
  #until(start: (done: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      if (this.#signal.aborted) return resolve();
      const stop = () => {
        callOff();
        resolve();
      };
      const callOff = start(() => {
        this.#signal.removeEventListener("abort", stop);
        resolve();
      });
      this.#signal.addEventListener("abort", stop, { once: true });
    });
  }
}

function drawn(done: () => void): () => void {
  const frame = requestAnimationFrame(done);
  return () => cancelAnimationFrame(frame);
}

/** The next task, after what the page has waiting; a timer would be held back to 4 ms and more. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
