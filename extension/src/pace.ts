/**
 * Our share of the page's time. Work is cut into slices, between which the page draws and answers;
 * after each round we rest (`rest.ts`) in proportion to what it took, so that a page that never stops
 * changing is read now and then, and one that changes once is read at once.
 */
import { turn } from "./later";

/** Milliseconds: half of a frame. */
const SLICE = 8;
/** Rest after a round, as a multiple of the time that it took. */
const SHARE = 9;
const LEAST_REST = 50;
const LONGEST_REST = 10_000;

export class Pace {
  /** The longest that we kept the page from going on, in milliseconds. */
  longest = 0;
  /** When the next round may begin, on the page's clock. */
  next = 0;
  readonly #signal: AbortSignal;
  #spent = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Does all of `work`, the first slice at once. Where it pauses with a promise, that comes first. False where
   * it says so itself, or is cut short because all ends.
   */
  async slices(work: Iterator<unknown, unknown>): Promise<boolean> {
    for (;;) {
      if (this.#signal.aborted) return false;
      const { done, value } = this.once(() => this.#slice(work));
      if (done) return value !== false;
      await (value ?? turn());
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
    this.next = performance.now() + Math.min(LONGEST_REST, rest);
    this.#spent = 0;
  }

  #slice(work: Iterator<unknown, unknown>): IteratorResult<unknown, unknown> {
    const end = performance.now() + SLICE;
    for (;;) {
      const now = work.next();
      if (now.done || now.value || performance.now() > end) return now;
    }
  }
}
