/**
 * From the pointer to the card. Listens only while highlights are on, looks at most once a frame,
 * and schedules nothing while the pointer is still.
 */
import type { Acts, Card, Focus, Other, Scope, Step } from "./card";
import { copyBoth } from "./clipboard";
import type { Flag } from "./flags";
import * as here from "./here";
import type { Active } from "./lamp";
import { later } from "./later";
import { listen, nearest, parentElement } from "./nodes";
import type { Paint } from "./paint";
import { around, lastLine, sentenceAround } from "./place";
import type { Details, Looks, Tally } from "./protocol";
import { bring } from "./scroll";
import { toneBehind } from "./tone";
import type { Touch } from "./touch";
import { under } from "./under";

/** How long the pointer rests before a card opens, and how long a card waits for it to come back. */
const REST = 250;
const LINGER = 300;

export interface HoverOptions {
  paint: Paint;
  card: Card;
  active: Active;
  looks: () => Looks;
  /** The host that the page's rules are kept under. */
  site: string;
  /** Null when the details are not to be had. */
  details: (flag: Flag) => Promise<Details | null>;
  /** How many flags dismissals of this one's likes would take away. */
  tally: (flag: Flag) => Promise<Tally | null>;
  dismiss: (flag: Flag, scope: Scope) => Promise<void>;
  /** How this kind of flag is decided. */
  explain: (kind: Details["kind"]) => void;
  /** False ends everything: the extension is gone. */
  alive: () => boolean;
  signal: AbortSignal;
}

/** Listens from the start; `signal` ends it and takes the card away. */
export class Hover {
  readonly #options: HoverOptions;
  readonly #card: Card;
  #frame = 0;
  #callOff = () => {};
  /** Whether the timer is the one that closes. */
  #lingering = false;
  #point = { x: 0, y: 0 };
  /** Flags under the pointer, the first one is active. */
  #under: Flag[] = [];
  /** The flag whose card is shown or being fetched. */
  #shown: Flag | null = null;
  #asked: { flag: Flag; details: Promise<Details | null> } | null = null;
  #pinned = false;
  #entered = false;

  constructor(options: HoverOptions) {
    this.#options = options;
    this.#card = options.card;
    const { signal } = options;
    const passive = { signal, passive: true, capture: true };
    listen(document, "pointermove", (event) => this.#moved(event), passive);
    listen(document, "pointerout", (event) => event.relatedTarget === null && this.#left(), passive);
    listen(document, "click", (event) => this.#heard(event), passive);
    listen(window, "scroll", () => this.#scrolled(), passive);
    listen(window, "resize", () => this.#close(), passive);
    listen(window, "beforeprint", () => this.#close(), passive);
    listen(window, "keydown", (event) => event.key === "Escape" && this.#escape(), passive);
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#frame);
      this.#stopTimer();
      // What the card says of a dismissal outlasts the flag.
      if (this.#shown) this.#card.remove();
      options.active.set(null);
    });
  }

  /** The flags are others than before: a card whose flag is gone goes too. */
  check(): void {
    if (this.#shown && !this.#options.paint.shown.includes(this.#shown)) this.#close();
    this.#under = this.#under.filter((flag) => this.#options.paint.shown.includes(flag));
  }

  /** The page may take the card away under the pointer, which nobody hears of. */
  get #inside(): boolean {
    return this.#entered && this.#card.open;
  }

  /** What the hand did before anyone listened here. */
  touched({ x, y, clicked, since }: Touch): void {
    this.#point = { x, y };
    if (!clicked) this.#look(Math.max(0, REST - (performance.now() - since)));
    else if (this.#options.alive()) this.#clicked(x, y, clicked);
  }

  /** Opens a flag's card and sets the focus there, as a key asks for it. */
  async open(flag: Flag): Promise<void> {
    this.#stopTimer();
    await this.#show(flag, [flag], true, "card");
  }

  #escape(): void {
    if (!this.#card.closeMenu()) this.#close();
  }

  #close(): void {
    this.#stopTimer();
    if (!this.#shown) return;
    this.#shown = null;
    this.#pinned = false;
    this.#entered = false;
    this.#card.hide();
    this.#options.active.set(null);
  }

  #moved(event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    this.#point = { x: event.clientX, y: event.clientY };
    if (this.#frame !== 0 || this.#inside) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#options.alive()) this.#look();
    });
  }

  #look(rest = REST): void {
    const { paint } = this.#options;
    if (this.#inside) return;
    paint.keep();
    this.#under = under(paint, this.#point.x, this.#point.y);
    const flag = this.#under[0];
    if (!flag) {
      this.#leaveFlag();
    } else if (this.#shown && this.#under.includes(this.#shown)) {
      this.#stopTimer();
    } else if (!this.#pinned) {
      this.#details(flag);
      this.#startTimer(rest, () => this.#under.includes(flag) && void this.#show(flag, this.#under, false));
    }
  }

  #leaveFlag(): void {
    this.#under = [];
    if (!this.#shown) this.#stopTimer();
    else if (!this.#pinned && !this.#lingering) {
      this.#startTimer(LINGER, () => this.#close());
      this.#lingering = true;
    }
  }

  #left(): void {
    if (!this.#inside) this.#leaveFlag();
  }

  #overCard(over: boolean): void {
    this.#entered = over;
    if (over) this.#stopTimer();
    else this.#leaveFlag();
  }

  #heard(event: MouseEvent): void {
    const target = event.composedPath()[0] ?? null;
    const inCard = this.#card.holds(target);
    if (this.#options.alive()) this.#clicked(event.clientX, event.clientY, target);
    // The card is gone with its extension: nothing of it would work.
    else if (inCard) event.stopPropagation();
  }

  /** A click on marked words opens at once and pins, unless it is the page's: a link, a selection. */
  #clicked(x: number, y: number, target: EventTarget | null): void {
    // A key's click on a button of the card has no place.
    if (this.#inside || this.#card.holds(target)) return;
    const flags = under(this.#options.paint, x, y);
    const flag = flags[0];
    if (!flag) {
      if (this.#pinned) this.#close();
      return;
    }
    if (target instanceof Element && nearest(target, "a[href], button, input, label, summary")) return;
    if (getSelection()?.isCollapsed === false) return;
    this.#stopTimer();
    void this.#show(flag, flags, true);
  }

  #scrolled(): void {
    if (this.#pinned) return;
    this.#stopTimer();
    if (this.#shown) this.#close();
  }

  /** Asked for while the pointer is still coming to rest, so that the card opens complete. */
  #details(flag: Flag): Promise<Details | null> {
    if (this.#asked?.flag !== flag) this.#asked = { flag, details: this.#options.details(flag) };
    return this.#asked.details;
  }

  async #show(
    flag: Flag,
    flags: readonly Flag[],
    pinned: boolean,
    focus: Focus | null = null,
  ): Promise<void> {
    const { active, paint, signal } = this.#options;
    this.#shown = flag;
    this.#pinned = pinned;
    const details = await this.#details(flag);
    if (signal.aborted || this.#shown !== flag) return;
    const boxes = paint.rangesOf(flag).flatMap((range) => [...range.getClientRects()]);
    const line = lastLine(boxes);
    if (!details || !line) {
      this.#asked = null;
      this.#close();
      return;
    }
    const [start, end] = sentenceAround(paint.textOf(flag.block), flag.start, flag.end);
    const sentence = around(
      paint.between(flag.block, start, end).flatMap((range) => [...range.getClientRects()]),
    );
    const words = paint.rangesOf(flag)[0]?.startContainer;
    const element = words ? parentElement(words) : here.root();
    const others: Other[] = flags
      .filter((other) => other !== flag)
      .map((other) => ({ category: other.category, open: () => void this.#show(other, flags, pinned) }));
    active.set(flag);
    this.#entered = false;
    const anchor = { line, sentence: sentence ?? line };
    const sheet = { tone: element ? toneBehind(element) : "light", looks: this.#options.looks() };
    this.#card.show(details, others, this.#acts(flag, details), anchor, sheet, focus, !pinned, (over) =>
      this.#overCard(over),
    );
  }

  #acts(flag: Flag, { document: own, claims, copy, kind }: Details): Acts {
    const marks = claims
      .filter((place) => place.document === own)
      .flatMap(({ block, start, end }) => {
        const { shown } = this.#options.paint;
        return (
          shown.find(
            (one) =>
              one.category === "anonymous" && one.block === block && one.start === start && one.end === end,
          ) ?? []
        );
      });
    const at = marks.indexOf(flag);
    const leap = (to: Flag | undefined, by: Step) => (at >= 0 && to ? () => void this.#leap(to, by) : null);
    return {
      previous: leap(marks[at - 1], "previous"),
      next: leap(marks[at + 1], "next"),
      copy: () => copyBoth(copy),
      tally: () => this.#options.tally(flag),
      site: this.#options.site,
      dismiss: (scope) => {
        this.#close();
        void this.#options.dismiss(flag, scope);
      },
      explain: () => this.#options.explain(kind),
    };
  }

  /** To another claim of the same source, with its card. */
  async #leap(flag: Flag, by: Step): Promise<void> {
    const { active, paint, signal } = this.#options;
    const [range] = paint.rangesOf(flag);
    if (!range) return;
    this.#stopTimer();
    this.#card.remove();
    this.#entered = false;
    // Pinned, so that scrolling leaves it alone.
    this.#pinned = true;
    this.#shown = flag;
    active.set(flag);
    void this.#details(flag);
    await bring(range);
    if (!signal.aborted && this.#shown === flag) await this.#show(flag, [flag], true, by);
  }

  #startTimer(after: number, then: () => void): void {
    this.#stopTimer();
    this.#callOff = later(() => {
      this.#lingering = false;
      then();
    }, after);
  }

  #stopTimer(): void {
    this.#callOff();
    this.#lingering = false;
  }
}
