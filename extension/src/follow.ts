/**
 * What the panel and the page have to do with each other: the page tells which flag the reader has
 * come to, the panel sends the reader to a place and back. All of it exists only while a panel is
 * open, and works on events: nothing is looked at while nothing moves.
 */
import type { Channel } from "./browser";
import type { Flag } from "./flags";
import * as here from "./here";
import { type Active, Lamp } from "./lamp";
import * as nodes from "./nodes";
import type { Paint } from "./paint";
import type { DocumentName, PageToPanel, PanelToPage } from "./protocol";
import { bring, scrollersOf, scrollTo } from "./scroll";
import { PLACE } from "./theme";
import { under } from "./under";

export class Follow {
  readonly #channels: ReadonlySet<Channel<PageToPanel>>;
  #paint: Paint | null = null;
  #name: DocumentName | null = null;
  #eyes: Eyes | null = null;
  /** The flag that was told last. */
  #told: Flag | null = null;
  /** Set by a jump: the reader is at this flag until scrolling on by hand. */
  #held: Flag | null = null;
  /** Where the reader was before the first jump: boxes and their scroll positions. */
  #before: [Element, number][] | null = null;
  readonly #active: Active;
  readonly #place = new Lamp(0);

  /** `channels`: one for every panel that is there, kept up to date by their owner. */
  constructor(channels: ReadonlySet<Channel<PageToPanel>>, active: Active) {
    this.#channels = channels;
    this.#active = active;
  }

  /** A panel came or went. */
  changed(): void {
    this.#told = null;
    if (this.#channels.size > 0) this.#open();
    else this.#close();
  }

  /** The page shows this now; null: it shows nothing any more. */
  shows(paint: Paint | null, name: DocumentName | null): void {
    this.#close();
    this.#paint = paint;
    this.#name = name;
    if (this.#channels.size > 0) this.#open();
  }

  /** The reader has come to a flag by key. */
  pick(flag: Flag): void {
    this.#eyes?.jump();
    this.#held = flag;
    this.#tell(flag, true);
  }

  #open(): void {
    const paint = this.#paint;
    if (!paint) return;
    this.#eyes ??= new Eyes(paint, {
      come: (flag) => this.#tell(this.#held ?? flag, false),
      picked: (flag) => {
        this.#held = flag;
        this.#tell(flag, true);
      },
      left: () => {
        this.#held = null;
      },
    });
    this.#eyes.look();
  }

  #close(): void {
    this.#eyes?.close();
    this.#eyes = null;
    this.#told = null;
    if (this.#held) this.#active.set(null);
    this.#held = null;
    this.#place.dark();
  }

  #tell(flag: Flag, picked: boolean): void {
    if (!this.#name || (flag === this.#told && !picked)) return;
    this.#told = flag;
    for (const channel of this.#channels)
      channel.send({ type: "at", ...this.#name, flag: flag.index, picked });
  }

  heard(message: PanelToPage): void {
    if (message.type === "back") this.#back();
    else this.#go(message);
  }

  #go({ document, revision, block, start, end, flag: index }: PanelToPage & { type: "go" }): void {
    const [paint, name] = [this.#paint, this.#name];
    if (!paint || name?.document !== document || name.revision !== revision) return;
    const flag = index === null ? undefined : paint.shown.find((shown) => shown.index === index);
    const ranges = flag ? paint.rangesOf(flag) : paint.between(block, start, end);
    const [range] = ranges;
    if (!range) return;
    this.#place.dark();
    if (flag) this.#active.set(flag);
    else this.#place.light(PLACE, ranges);
    const boxes = scrollersOf(range.startContainer);
    // A jump after a jump keeps the first one's way back; after reading on, the way is a new one.
    if (!this.#before || !this.#eyes?.jumped) this.#before = boxes.map((box) => [box, box.scrollTop]);
    this.#eyes?.jump();
    void bring(range, boxes);
    if (flag) {
      this.#held = flag;
      this.#tell(flag, false);
    }
  }

  #back(): void {
    this.#place.dark();
    this.#active.set(null);
    const before = this.#before;
    this.#before = null;
    this.#held = null;
    this.#eyes?.jump();
    for (const [i, [box, top]] of (before ?? []).entries()) {
      void scrollTo(box, top, i === (before?.length ?? 0) - 1);
    }
  }
}

interface Seen {
  /** The reader has come to this flag. */
  come: (flag: Flag) => void;
  picked: (flag: Flag) => void;
  /** The reader scrolls on by hand after a jump. */
  left: () => void;
}

/** Which flag the reader has come to: the last one above a line that goes down the window as the page scrolls by. */
class Eyes {
  /** Whether the reader has done nothing by hand since the last jump. */
  jumped = false;
  /** The same since the last jump or click on a flag: what scrolls is not the reader's hand. */
  #holding = false;
  readonly #end = new AbortController();
  readonly #paint: Paint;
  readonly #seen: Seen;
  readonly #observer: IntersectionObserver;
  /** The elements that hold flags, each with its own in page order. */
  readonly #holders = new Map<Element, Flag[]>();
  readonly #inView = new Set<Element>();
  #frame = 0;
  #scrolled = here.scroller();

  constructor(paint: Paint, seen: Seen) {
    this.#paint = paint;
    this.#seen = seen;
    this.#observer = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        if (isIntersecting) this.#inView.add(target);
        else this.#inView.delete(target);
      }
      this.#soon();
    });
    for (const flag of paint.shown) {
      const words = paint.rangesOf(flag)[0]?.startContainer;
      const holder = words && nodes.parentElement(words);
      if (!holder) continue;
      const known = this.#holders.get(holder);
      if (known) known.push(flag);
      else {
        this.#holders.set(holder, [flag]);
        this.#observer.observe(holder);
      }
    }
    const passive = { signal: this.#end.signal, passive: true, capture: true };
    nodes.listen(document, "scroll", (event) => this.#moved(event.target), passive);
    nodes.listen(document, "click", (event) => this.#clicked(event), passive);
    for (const hand of ["wheel", "touchmove", "keydown", "pointerdown"] as const) {
      nodes.listen(window, hand, () => this.#byHand(), passive);
    }
  }

  close(): void {
    this.#end.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  jump(): void {
    this.jumped = true;
    this.#holding = true;
  }

  #byHand(): void {
    this.jumped = false;
    this.#holding = false;
  }

  #moved(target: EventTarget | null): void {
    if (target instanceof Element) this.#scrolled = target;
    else this.#scrolled = here.scroller();
    if (!this.#holding) this.#seen.left();
    this.#soon();
  }

  #clicked(event: MouseEvent): void {
    const [flag] = under(this.#paint, event.clientX, event.clientY);
    if (!flag) return;
    this.#holding = true;
    this.#seen.picked(flag);
  }

  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.look();
    });
  }

  /** Reads the places of a few flags: those of the elements in view, by halving. */
  look(): void {
    const line = this.#line();
    let above: { flag: Flag; top: number } | null = null;
    let below: { flag: Flag; top: number } | null = null;
    for (const element of this.#inView) {
      const flags = this.#holders.get(element) ?? [];
      let [from, to] = [0, flags.length];
      while (from < to) {
        const middle = (from + to) >> 1;
        if (this.#topOf(flags[middle] as Flag) <= line) from = middle + 1;
        else to = middle;
      }
      const [before, after] = [flags[from - 1], flags[from]];
      if (before) {
        const top = this.#topOf(before);
        if (!above || top >= above.top) above = { flag: before, top };
      }
      if (after) {
        const top = this.#topOf(after);
        if (!below || top < below.top) below = { flag: after, top };
      }
    }
    const flag = above?.flag ?? below?.flag;
    if (flag) this.#seen.come(flag);
  }

  /** At the start of what scrolls its upper edge, at the end its lower one: every flag gets its turn. */
  #line(): number {
    if (!this.#scrolled) return 0;
    const { scrollTop, scrollHeight, clientHeight } = this.#scrolled;
    const way = scrollHeight - clientHeight;
    const done = way > 0 ? Math.min(1, Math.max(0, scrollTop / way)) : 0;
    const whole = this.#scrolled === here.scroller();
    const top = whole ? 0 : this.#scrolled.getBoundingClientRect().top;
    return top + done * (whole ? window.innerHeight : clientHeight);
  }

  #topOf(flag: Flag): number {
    return this.#paint.rangesOf(flag)[0]?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY;
  }
}
