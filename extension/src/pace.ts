/**
 * Our share of the page's time. Work is cut into slices, between which the page draws and answers;
 * after each round we rest in proportion to what it took, so that a page that never stops changing
 * is read now and then, and one that changes once is read at once.
 */
import { later } from "./later";

/** Milliseconds: half of a frame. */
const SLICE = 8;
/** Rest after a round, as a multiple of the time that it took. */
const SHARE = 9;
const LEAST_REST = 50;
const LONGEST_REST = 2000;

export class Pace {
  /** The longest that we kept the page from going on, in milliseconds. */
  longest = 0;
  readonly #signal: AbortSignal;
  #spent = 0;
  #next = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Does all of `work`, the first slice at once. False where it was cut short because all ends. */
  async slices(work: Iterator<void>): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) return false;
      if (this.once(() => this.#slice(work))) return true;
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

  /** A round is over. */
  end(): void {
    this.#next = performance.now() + Math.min(LONGEST_REST, Math.max(LEAST_REST, SHARE * this.#spent));
    this.#spent = 0;
  }

  /** Waits until the page is seen and we have rested. False when all ends meanwhile. */
  async rest(): Promise<boolean> {
    const left = this.#next - performance.now();
    // At once means after the page's present task.
    await (left > 0 ? this.#until((done) => later(done, left)) : turn());
    if (document.hidden) await this.#until((done) => visible(done));
    return !this.#signal.aborted;
  }

  #slice(work: Iterator<void>): boolean {
    const end = performance.now() + SLICE;
    while (!work.next().done) if (performance.now() > end) return false;
    return true;
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

function visible(done: () => void): () => void {
  const seen = () => {
    if (document.hidden) return;
    callOff();
    done();
  };
  const callOff = () => document.removeEventListener("visibilitychange", seen);
  document.addEventListener("visibilitychange", seen);
  return callOff;
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
