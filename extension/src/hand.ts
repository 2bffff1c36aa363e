/**
 * What answers the reader's hand on a marked page: pointer, keys and panel. A script of its own, which
 * comes into a frame when it is first wanted there; the other one owns what is shown.
 */
import { ask, type Channel, tryAsk } from "./browser";
import { Card, noted, type Scope } from "./card";
import { type Flag, normalised } from "./flags";
import { Follow } from "./follow";
import { Host } from "./host";
import { Hover } from "./hover";
import { Active } from "./lamp";
import type { Paint } from "./paint";
import type {
  Act,
  Details,
  Dismissal,
  DocumentRef,
  Entrance,
  Kept,
  PageToPanel,
  PanelToPage,
  Quoted,
  Stepped,
  View,
} from "./protocol";
import { LONGEST_WORDS } from "./reviews";
import { selected } from "./select";
import { AROUND } from "./settings";
import { Steps } from "./steps";
import type { Touch } from "./touch";
import type { Entry } from "./walk";
import { notKept } from "./words";

/** What a frame has to offer from its first reading on, for as long as it is on. */
export interface Page {
  readonly paint: Paint;
  /** The host that the reader's rules for this page are kept under. */
  readonly site: string;
  /** Aborts when the frame goes off. */
  readonly signal: AbortSignal;
  view(): View;
  ref(): DocumentRef;
  url(): string;
  /** Its address without the place in it. */
  address(): string;
  title(): string;
  entries(): readonly Entry[];
  /** When no reading is under way, which would renumber the flags. */
  settled(): Promise<void>;
  /** The engine may have lost the document: has it sent once more, before it is settled again. */
  resend(): void;
  /** False ends everything: the extension is gone. */
  alive(): boolean;
}

export class Hand {
  readonly #active = new Active();
  readonly #card: Card;
  readonly #follow: Follow;
  readonly #steps: Steps;
  #page: Page | null = null;
  #hover: Hover | null = null;
  /** Pointer and card under the present filter. */
  #hovering: AbortController | null = null;

  /** `channels`: one for every panel that follows the frame, kept up to date by their owner. */
  constructor(host: Host, channels: ReadonlySet<Channel<PageToPanel>>) {
    this.#card = new Card(host);
    this.#follow = new Follow(channels, this.#active);
    this.#steps = new Steps(this.#follow, this.#card);
  }

  /** The page shows other flags than before. */
  shows(page: Page): void {
    this.#follow.shows(page.paint, page.ref());
    this.#hover?.check();
    this.#steps.shows(this.#hover, page.paint);
    this.#active.shows(page.paint);
  }

  /** The same flags as before, some of which may stand elsewhere. */
  check(): void {
    this.#hover?.check();
  }

  /** The page is new here, or under another filter: a card may belong to a flag that is hidden now. */
  wears(page: Page): void {
    this.#page = page;
    this.#hovering?.abort();
    this.#hovering = new AbortController();
    this.#hover = new Hover({
      paint: page.paint,
      card: this.#card,
      active: this.#active,
      looks: () => page.view().looks,
      site: page.site,
      details: (flag) => this.#details(page, flag),
      tally: (flag) =>
        tryAsk<"tally">({
          type: "tally",
          category: flag.category,
          words: normalised(page.paint.wordsOf(flag)),
        }),
      dismiss: (flag, scope) => this.#dismiss(page, flag, scope),
      explain: (kind) => void tryAsk<"explain">({ type: "explain", kind }),
      alive: () => page.alive(),
      signal: AbortSignal.any([page.signal, this.#hovering.signal]),
    });
    this.shows(page);
  }

  /** Nothing is shown any more. `noting`: what was said of it stays. */
  leaves(noting: boolean): void {
    this.#steps.shows(null, null);
    if (!noting) this.#card.remove();
    this.#follow.shows(null, null);
    this.#active.shows(null);
    this.#page = null;
    this.#hover = null;
  }

  /** The hand came before this script did. */
  touched(touch: Touch): void {
    this.#hover?.touched(touch);
  }

  step(by: 1 | -1, enter: Entrance | null): Promise<Stepped> {
    return this.#steps.step(by, enter);
  }

  /** Opens the card of the current flag; whether there is one. */
  open(): Promise<boolean> {
    return this.#steps.open();
  }

  /** A panel came or went. */
  panels(): void {
    this.#follow.changed();
  }

  heard(message: PanelToPage): void {
    this.#follow.heard(message);
  }

  /** What the reader has selected. */
  quoted(): Quoted | null {
    if (!this.#page) return null;
    const { paint, address, title, entries } = this.#page;
    const page = { page: address(), title: title() };
    const found = selected(entries(), paint.roots);
    if (typeof found === "string") return { ...page, quote: found };
    const text = paint.textOf(found.block);
    const words = text.slice(found.start, found.end);
    return { ...page, quote: words.length > LONGEST_WORDS ? "long" : { words, around: around(text, found) } };
  }

  async #details(page: Page, flag: Flag): Promise<Details | null> {
    // Once more after sending the document again; a second "resend" would be one too many.
    for (let round = 0; round < 2; round++) {
      await page.settled();
      if (page.signal.aborted || !page.paint.shown.includes(flag)) return null;
      const asked = { ...page.ref(), flag: flag.index, address: page.url() };
      const reply = await tryAsk<"details">({ type: "details", ...asked });
      if (reply && "details" in reply) return reply.details;
      if (!reply || !("resend" in reply)) return null;
      page.resend();
    }
    return null;
  }

  /** Takes flags away as the reader asked; what was done is said with a way back. */
  async #dismiss(page: Page, flag: Flag, scope: Scope): Promise<void> {
    const { paint, site } = page;
    const words = paint.wordsOf(flag);
    const { category } = flag;
    if (scope === "site") {
      const off = (off: boolean) => this.#tell(page, ask<"siteOff">({ type: "siteOff", off }));
      this.#card.note(noted(scope, words, category, site), () => off(false));
      await off(true);
      return;
    }
    const { categories } = page.view();
    const text = paint.textOf(flag.block);
    const place = {
      page: page.address(),
      ...around(text, flag),
    };
    const dismissal: Dismissal = { category, words, flag: scope === "flag" ? place : null };
    const [act, undo] =
      scope === "category"
        ? ([
            { what: "filter", categories: { ...categories, [category]: false } },
            { what: "filter", categories },
          ] as const)
        : ([
            { what: "dismiss", dismissal },
            { what: "restore", dismissal },
          ] as const);
    const perform = (act: Act) => this.#tell(page, ask<"act">({ type: "act", act }));
    this.#card.note(noted(scope, words, category, site), () => perform(undo));
    await perform(act);
  }

  /** Says so where something that the reader did could not be kept. */
  async #tell(page: Page, reply: Promise<Kept>): Promise<void> {
    const failed = await reply.catch((reason) => page.alive() && { error: notKept(reason) });
    if (failed) this.#card.note(failed.error, null);
  }
}

/** What stands around words of a text. */
function around(text: string, { start, end }: { start: number; end: number }) {
  return { before: text.slice(Math.max(0, start - AROUND), start), after: text.slice(end, end + AROUND) };
}

const ours = globalThis.hearsay;
if (ours) {
  ours.host ??= new Host();
  const { host } = ours;
  ours.hand((panels) => new Hand(host, panels));
}
