/** Going from flag to flag by key, and opening the card of the one that the reader has come to. */
import type { Card } from "./card";
import type { Flag } from "./flags";
import type { Follow } from "./follow";
import type { Hover } from "./hover";
import { Lamp } from "./lamp";
import type { Paint } from "./paint";
import { CATEGORIES, type Entrance, type Stepped } from "./protocol";
import { bring } from "./scroll";
import { CURRENT } from "./theme";

export class Steps {
  readonly #follow: Follow;
  readonly #card: Card;
  #hover: Hover | null = null;
  #paint: Paint | null = null;
  #current: Flag | null = null;
  readonly #lamp = new Lamp(CATEGORIES.length + 2);

  constructor(follow: Follow, card: Card) {
    this.#follow = follow;
    this.#card = card;
  }

  /** The page shows this now; null: nothing any more. A flag that is gone is no longer the current one. */
  shows(hover: Hover | null, paint: Paint | null): void {
    this.#hover = hover;
    this.#paint = paint;
    this.#point(this.#current && paint?.shown.includes(this.#current) ? this.#current : null);
  }

  /** To the flag after or before the current one. Without one, and with an entrance, to where that leads. */
  async step(by: 1 | -1, enter: Entrance | null): Promise<Stepped> {
    const [paint, current] = [this.#paint, this.#current];
    const flags = paint?.shown ?? [];
    const was = current !== null;
    let at = was ? flags.indexOf(current) + by : -1;
    if (!was && enter === "view") at = this.#inView(flags, by);
    if (!was && enter === "edge") at = by > 0 ? 0 : flags.length - 1;
    const flag = flags[at] ?? null;
    this.#point(flag);
    if (!flag || !paint) return { at: null, words: "", category: null, was };
    this.#card.hide();
    this.#follow.pick(flag);
    const [range] = paint.rangesOf(flag);
    if (range) await bring(range);
    return { at, words: paint.wordsOf(flag), category: flag.category, was };
  }

  /** Whether there is a card to open. */
  async open(): Promise<boolean> {
    if (!this.#current || !this.#hover) return false;
    await this.#hover.open(this.#current);
    return true;
  }

  #point(flag: Flag | null): void {
    this.#current = flag;
    if (flag && this.#paint) this.#lamp.light(CURRENT, this.#paint.rangesOf(flag));
    else this.#lamp.dark();
  }

  /** The first flag below the window's upper edge, or the last one above its lower edge. */
  #inView(flags: readonly Flag[], by: 1 | -1): number {
    const top = (flag: Flag) => this.#paint?.rangesOf(flag)[0]?.getBoundingClientRect().top ?? 0;
    // Flags follow each other down the page, near enough: halving reads the places of a few.
    let [from, to] = [0, flags.length];
    const edge = by > 0 ? 0 : window.innerHeight;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (top(flags[middle] as Flag) < edge) from = middle + 1;
      else to = middle;
    }
    const at = by > 0 ? from : from - 1;
    return Math.min(flags.length - 1, Math.max(0, at));
  }
}
