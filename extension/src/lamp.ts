/** What is lit on the page beside its marks: the flag that is active, the one that is current, a place that the panel leads to. */
import type { Flag } from "./flags";
import type { Paint } from "./paint";
import { CATEGORIES } from "./protocol";
import { activeName } from "./theme";

/** Lights one thing at a time, under a name of the highlight registry. */
export class Lamp {
  #lit: { name: string; highlight: Highlight } | null = null;
  readonly #priority: number;

  /** `priority`: those of the marks are up to the number of categories. */
  constructor(priority: number) {
    this.#priority = priority;
  }

  light(name: string, ranges: readonly Range[]): void {
    this.dark();
    const highlight = new Highlight(...ranges);
    highlight.priority = this.#priority;
    CSS.highlights.set(name, highlight);
    this.#lit = { name, highlight };
  }

  /** Leaves alone what the page or another instance put in its place. */
  dark(): void {
    const lit = this.#lit;
    this.#lit = null;
    if (lit && CSS.highlights.get(lit.name) === lit.highlight) CSS.highlights.delete(lit.name);
  }
}

/** The flag whose card is open, or that the panel led to. */
export class Active {
  readonly #lamp = new Lamp(CATEGORIES.length + 1);
  #paint: Paint | null = null;
  #flag: Flag | null = null;

  /** The page shows this now; null: nothing any more. What is active stays so, where it stands by now. */
  shows(paint: Paint | null): void {
    const flag = this.#flag;
    this.set(null);
    this.#paint = paint;
    if (flag && paint?.shown.includes(flag)) this.set(flag);
  }

  set(flag: Flag | null): void {
    if (flag === this.#flag) return;
    this.#flag = flag;
    if (flag && this.#paint) this.#lamp.light(activeName(flag.category), this.#paint.rangesOf(flag));
    else this.#lamp.dark();
  }
}
