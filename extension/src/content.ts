/**
 * One frame of a page. Owns what was read of it and what is shown; the engine sits in the background.
 * Being on is one `AbortController`: aborting it takes away everything. The page is read in rounds:
 * one when highlights are switched on, then one for whatever changed, never two at a time.
 */
import { alive, ask, onPageMessage, onStored, shadowOf } from "./browser";
import { Card, HOST, noted, type Scope } from "./card";
import { Collection, type Entry } from "./collect";
import { type Flag, normalised, unpack } from "./flags";
import { Follow } from "./follow";
import { Hover } from "./hover";
import { Pace } from "./pace";
import { Paint } from "./paint";
import {
  CATEGORIES,
  type Change,
  type Details,
  type Dismissal,
  type DocumentRef,
  type FrameStatus,
  type Mark,
  type MarkAct,
  type Quoted,
  type Reading,
  type ReadRequest,
  type Sheet,
  type Timings,
  type Tone,
  type View,
  type Way,
  type Work,
} from "./protocol";
import { LONGEST_WORDS, marked, marksOf } from "./reviews";
import { selected } from "./select";
import { changes, portions } from "./sent";
import { AROUND, acted, ruleFor, settings, viewFor } from "./settings";
import { Steps } from "./steps";
import { NAMES } from "./theme";
import { toneBehind } from "./tone";
import { Watch } from "./watch";
import { text } from "./words";

type Facts = Change["facts"];

/** What is there only while highlights are on. */
interface Life {
  end: AbortController;
  view: View;
  /** Resolves when the first reading is painted or has failed. */
  ready: Promise<void>;
  pace: Pace;
  collection: Collection;
  watch: Watch;
  paint: Paint;
  hover: Hover | null;
  /** Pointer and card under the present filter. */
  hovering: AbortController | null;
  /** The round that is under way, or the last one; it never fails. */
  round: Promise<void>;
  /** A round waits for its turn. */
  due: boolean;
  /** A round is under way. */
  busy: boolean;
  /** A frame was loaded since the last round. */
  frames: boolean;
  counts: Pick<Work, "rounds" | "messages" | "blocks">;
}

const EMPTY: Reading = {
  language: "und",
  readable: false,
  words: 0,
  sentences: 0,
  claims: 0,
  taken: 0,
  flags: [],
};

class Frame {
  private readonly document = randomName();
  private revision = 0;
  private life: Life | null = null;
  /** The page that the reader switched off by hand. */
  private dismissed: string | null = null;
  private way: Way = {};
  /** The host that the reader's rules for this page are kept under. */
  private site = "";
  /** In a private window: what the reader chose for this page alone. */
  private lent: Partial<View> = {};
  /** What the reader made of flags here; `lent`: in a private window, for as long as this page is there. */
  private marks: { page: string; kept: Mark[]; lent: MarkAct[] } = { page: "", kept: [], lent: [] };

  /** What the engine was sent last. */
  private facts: Facts | null = null;
  private entries: readonly Entry[] = [];
  private reading: Reading | null = null;
  /** The style sheet that the page has of us. */
  private sheet: Sheet | null = null;
  /** An element of the longest text: the page's ground is what is behind it. */
  private ground: Element | null = null;
  private readonly follow = new Follow();
  private readonly card = new Card();
  private readonly steps = new Steps(this.follow, this.card);
  private timings: Timings | null = null;
  private error: string | null = null;

  constructor() {
    onPageMessage({
      on: async ({ view, site, force }) => {
        if (force) this.dismissed = null;
        if (this.dismissed === address()) return this.status();
        const started = this.start(view, site);
        // Nobody waits for a frame that is slow to load; it marks its flags when it is there.
        if (window === window.top || document.readyState !== "loading") await started;
        return this.status();
      },
      off: ({ dismiss }) => {
        if (dismiss) this.dismissed = address();
        this.stop();
        return this.status();
      },
      status: () => this.status(),
      readAs: async ({ way }) => {
        this.way = { ...this.way, ...way };
        if (this.life) await this.round(this.life);
        return this.status();
      },
      resend: () => this.request(),
      lend: async ({ act }) => {
        const { life } = this;
        if (!life) return this.status();
        this.lent = { ...this.lent, ...acted(life.view, act) };
        await this.wear(life, { ...life.view, ...this.lent });
        return this.status();
      },
      tally: ({ category, words }) => {
        const shown = this.life?.paint.shown ?? [];
        const alike = shown.filter((flag) => flag.category === category);
        const paint = this.life?.paint;
        return {
          site: shown.length,
          category: alike.length,
          phrase: alike.filter((flag) => normalised(paint?.wordsOf(flag) ?? "") === words).length,
        };
      },
      quote: ({ document: own }) => (own === null || own === this.document ? this.quoted() : null),
      lendMark: async ({ act }) => {
        this.marks.lent.push(act);
        if (this.life) await this.wear(this.life, this.life.view);
        return null;
      },
      step: ({ by, enter }) => this.steps.step(by, enter),
      card: async () => ({ opened: await this.steps.open() }),
      say: ({ text }) => {
        this.card.say(text);
        return null;
      },
    });
  }

  /** A site rule loaded this script: may it start? */
  async hello(): Promise<void> {
    const reply = await ask<"hello">({ type: "hello" }).catch(() => null);
    if (reply?.view && this.dismissed !== address()) await this.start(reply.view, reply.site);
  }

  private async start(view: View, site: string): Promise<void> {
    if (this.life && !alive()) this.stop();
    if (this.life) return this.life.ready;
    this.site = site;
    const life = this.open({ ...view, ...this.lent });
    this.life = life;
    const { signal } = life.end;
    // The page may come back from the back/forward cache, where everything of ours would still stand.
    window.addEventListener("pagehide", (event) => this.leave(event.persisted), { signal });
    onStored(() => void this.stored(life), signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.due(life), { signal });
    life.ready = this.begin(life);
    return life.ready;
  }

  private open(view: View): Life {
    const end = new AbortController();
    const heard = (note: () => void) => {
      if (!this.alive()) return;
      note();
      this.due(life);
    };
    const watch = new Watch(
      {
        records: (records) => heard(() => life.collection.changed(records)),
        shown: (element) => heard(() => life.collection.check(element)),
        moved: () => heard(() => {}),
        frame: () =>
          heard(() => {
            life.frames = true;
          }),
      },
      end.signal,
    );
    const collection = new Collection({
      shadowOf,
      enter: (root) => watch.enter(root),
      await: (element) => watch.await(element),
      dismiss: (element) => watch.dismiss(element),
    });
    const life: Life = {
      end,
      view,
      ready: Promise.resolve(),
      pace: new Pace(end.signal),
      collection,
      watch,
      paint: new Paint(collection.roots),
      hover: null,
      hovering: null,
      round: Promise.resolve(),
      due: true,
      busy: false,
      frames: false,
      counts: { rounds: 0, messages: 0, blocks: 0 },
    };
    return life;
  }

  private async begin(life: Life): Promise<void> {
    await this.recall();
    if (document.readyState === "loading") await parsed(life.end.signal);
    life.due = false;
    await this.round(life);
  }

  /** Something may have changed: a round, as soon as our share of the page's time allows it. */
  private due(life: Life): void {
    if (life.due) return;
    life.due = true;
    void life.round.then(async () => {
      const on = await life.pace.rest();
      life.due = false;
      if (on && this.alive()) await this.round(life);
    });
  }

  /** One round, after the one under way. */
  private round(life: Life): Promise<void> {
    life.round = life.round.then(async () => {
      if (life.end.signal.aborted) return;
      life.counts.rounds += 1;
      life.busy = true;
      // A page may have replaced anything that a script relies on; the popup then says so.
      await this.read(life).catch((reason) => {
        this.error = String(reason);
      });
      life.pace.end();
      life.busy = false;
    });
    return life.round;
  }

  /** Page → engine → highlights, each as far as it changed. */
  private async read(life: Life): Promise<void> {
    const { collection, pace, paint } = life;
    const begun = performance.now();
    if (!(await pace.slices(collection.update(() => document.body)))) return;
    const before = this.entries;
    const entries = pace.once(() => collection.entries());
    const moved = this.facts !== null && withoutHash(this.facts.url ?? "") !== address();
    if (moved) this.way = {};
    if (this.marks.page !== address()) await this.recall();
    const written = collection.takeAgain();
    const splices = pace.once(() => changes(before, entries));
    const facts = this.factsNow(life.view);
    const sheet = { tone: pace.once(() => this.toneNow(entries)), looks: life.view.looks };
    if (life.frames) {
      life.frames = false;
      void ask<"frames">({ type: "frames" }).catch(() => null);
    }

    const news = splices.length > 0 || !sameFacts(this.facts, facts) || this.reading === null;
    const same = entries.length === before.length && entries.every((entry, i) => entry === before[i]);
    this.facts = facts;
    this.entries = entries;
    const sent = performance.now();
    let reading = this.reading;
    if (news) reading = await this.engine(life, { facts, splices }, sheet);
    else if (!sameSheet(sheet, this.sheet)) await this.restyle(sheet);
    if (life.end.signal.aborted) return;
    const received = performance.now();
    if (news || !same || written.size > 0) {
      const flags = pace.once(() => unpack(reading?.flags ?? []));
      // From here to the first step of `show` in one go: the page is never drawn in between.
      pace.once(() => paint.update(flags, entries, written));
      if (!(await pace.slices(paint.show(life.view)))) return;
      this.reading = reading;
      this.follow.shows(paint, this.ref());
      this.steps.shows(life.hover, paint);
    } else pace.once(() => paint.keep());
    if (life.hover) life.hover.check();
    else this.listen(life);
    if (this.timings) return;
    this.clock(
      { collect: sent - begun, engine: received - sent, paint: performance.now() - received },
      begun,
    );
  }

  /** Keeps the times of a reading, the last one when the next frame is drawn. */
  private clock(parts: Omit<Timings, "total">, begun: number): void {
    const timings = { ...parts, total: null };
    this.timings = timings;
    requestAnimationFrame(() => {
      // The task after a frame's callbacks runs once that frame is drawn.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (this.timings === timings) this.timings = { ...timings, total: performance.now() - begun };
        channel.port1.close();
      };
      channel.port2.postMessage(null);
    });
  }

  /** Listens for the pointer, afresh under each filter: a card may belong to a flag that is hidden now. */
  private listen(life: Life): void {
    life.hovering?.abort();
    life.hovering = new AbortController();
    life.hover = new Hover({
      paint: life.paint,
      card: this.card,
      looks: () => life.view.looks,
      site: this.site,
      details: (flag) => this.details(life, flag),
      tally: (flag) =>
        ask<"tally">({
          type: "tally",
          category: flag.category,
          words: normalised(life.paint.wordsOf(flag)),
        }).catch(() => null),
      dismiss: (flag, scope) => this.dismiss(life, flag, scope),
      explain: (kind) => void ask<"explain">({ type: "explain", kind }).catch(() => null),
      alive: () => this.alive(),
      signal: AbortSignal.any([life.end.signal, life.hovering.signal]),
    });
    this.steps.shows(life.hover, life.paint);
  }

  /** Takes flags away as the reader asked; what was done is said with a way back. */
  private async dismiss(life: Life, flag: Flag, scope: Scope): Promise<void> {
    const words = life.paint.wordsOf(flag);
    const { category } = flag;
    if (scope === "site") {
      this.card.note(
        noted(scope, words, category, this.site),
        () => void ask<"siteOff">({ type: "siteOff", off: false }),
      );
      await ask<"siteOff">({ type: "siteOff", off: true });
      return;
    }
    const { categories } = life.view;
    const text = life.paint.textOf(flag.block);
    const place = {
      page: address(),
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
    this.card.note(
      noted(scope, words, category, this.site),
      () => void ask<"act">({ type: "act", act: undo }),
    );
    await ask<"act">({ type: "act", act });
  }

  /** Null when the engine could not read; `error` then says why. */
  private async engine(life: Life, change: Change, sheet: Sheet): Promise<Reading | null> {
    const afresh = this.reading === null || this.reading === EMPTY;
    if (afresh && this.entries.length === 0) return EMPTY;
    let reply = await this.send(life, change, afresh, sheet);
    if ("resend" in reply) reply = await this.send(life, this.whole(life), true, sheet);
    if (life.end.signal.aborted) return null;
    if ("reading" in reply) {
      this.error = null;
      this.sheet = sheet;
      return reply.reading;
    }
    this.error = "error" in reply ? reply.error : text("engineLost");
    return null;
  }

  /** Sends a change in messages that the page can bear; the last one is answered with the reading. */
  private async send(life: Life, change: Change, afresh: boolean, sheet: Sheet) {
    const steps = portions(afresh ? this.whole(life).splices : change.splices);
    const { pace, counts } = life;
    let last: ReturnType<typeof ask<"read">> | null = null;
    const sending = function* (this: Frame) {
      for (const [i, splices] of steps.entries()) {
        const base = afresh && i === 0 ? null : this.revision;
        this.revision += 1;
        counts.messages += 1;
        counts.blocks += splices.reduce((sum, { blocks }) => sum + blocks.length, 0);
        last = ask<"read">({
          type: "read",
          ...this.ref(),
          base,
          change: { facts: change.facts, splices },
          more: i < steps.length - 1,
          sheet: i === 0 && !sameSheet(sheet, this.sheet) ? { now: sheet, before: this.sheet } : null,
        });
        // Only the last answer counts: where a step is lost, so is what follows.
        last.catch(() => null);
        yield;
      }
    };
    if (!(await pace.slices(sending.call(this))) || !last) return { error: text("calledOff") };
    return (last as ReturnType<typeof ask<"read">>).catch((reason) => ({ error: String(reason) }));
  }

  /** The whole document as a change of nothing. */
  private whole(life: Life): Change {
    const blocks = this.entries.map(({ block }) => block);
    return { facts: this.facts ?? this.factsNow(life.view), splices: [{ at: 0, remove: 0, blocks }] };
  }

  private async details(life: Life, flag: Flag): Promise<Details | null> {
    // Once more after sending the document again; a second "resend" would be one too many.
    for (let round = 0; round < 2; round++) {
      // A reading that is under way would renumber the flags.
      await life.round;
      if (life.end.signal.aborted || !life.paint.shown.includes(flag)) return null;
      const reply = await ask<"details">({
        type: "details",
        ...this.ref(),
        flag: flag.index,
        address: location.href,
      }).catch(() => null);
      if (reply && "details" in reply) return reply.details;
      if (!reply || !("resend" in reply)) return null;
      life.round = life.round.then(async () => {
        if (this.entries.length === 0 || !this.sheet) return;
        await this.send(life, this.whole(life), true, this.sheet);
        this.follow.shows(life.paint, this.ref());
      });
    }
    return null;
  }

  /** The reader changed a switch, here or in another tab. */
  private async stored(life: Life): Promise<void> {
    const [now] = await Promise.all([settings(), this.recall()]);
    if (life.end.signal.aborted) return;
    if (window === window.top && ruleFor(now, this.site) === "off") {
      this.stop(true);
      await ask<"bye">({ type: "bye", site: true }).catch(() => null);
      return;
    }
    await this.wear(life, { ...viewFor(now, this.site), ...this.lent });
  }

  /** Shows what a view asks for. What the engine must know of it takes a round. */
  private async wear(life: Life, view: View): Promise<void> {
    life.view = view;
    if (!this.reading) return;
    if (!sameFacts(this.facts, this.factsNow(view))) {
      await this.round(life);
    } else {
      const sheet = this.sheet && { ...this.sheet, looks: view.looks };
      if (sheet && !sameSheet(sheet, this.sheet)) await this.restyle(sheet);
      await life.pace.slices(life.paint.show(view));
    }
    if (life.end.signal.aborted) return;
    this.follow.shows(life.paint, this.ref());
    this.listen(life);
  }

  /** The ground changed under the text, by the system's colours or the page's own, or the reader's lines did. */
  private async restyle(sheet: Sheet): Promise<void> {
    const before = this.sheet;
    this.sheet = sheet;
    await ask<"sheet">({ type: "sheet", sheet: { now: sheet, before } }).catch(() => null);
  }

  private toneNow(entries: readonly Entry[]): Tone {
    if (!this.ground?.isConnected) {
      let longest = entries[0];
      for (const entry of entries) {
        if (entry.block.text.length > (longest?.block.text.length ?? 0)) longest = entry;
      }
      this.ground = longest?.pieces[0]?.node.parentElement ?? null;
    }
    return toneBehind(this.ground ?? document.documentElement);
  }

  private factsNow({ phrases, dismissed }: View): Facts {
    const page = address();
    const marks = this.marks.lent.reduce(marked, this.marks.kept);
    const here = dismissed.flatMap(({ category, words, flag }) =>
      flag === null || flag.page === page
        ? [{ category, words, around: flag && { before: flag.before, after: flag.after } }]
        : [],
    );
    return {
      url: location.href,
      title: document.title || null,
      language: document.documentElement.getAttribute("lang"),
      ...(this.way.english ? { assume: "en" } : {}),
      ...(this.way.whole ? { whole: true } : {}),
      ...(phrases.length === 0 ? {} : { phrases }),
      ...(here.length === 0 ? {} : { dismissed: here }),
      ...(marks.length === 0 ? {} : { marks }),
    };
  }

  /** Takes what is kept of the reader's marks on the page that is there now. */
  private async recall(): Promise<void> {
    const page = address();
    const kept = await marksOf(page);
    this.marks = { page, kept, lent: this.marks.page === page ? this.marks.lent : [] };
  }

  /** What the reader has selected. */
  private quoted(): Quoted {
    const page = { page: address(), title: document.title };
    const found = this.life ? selected(this.entries, this.life.collection.roots) : "none";
    if (typeof found === "string") return { ...page, quote: found };
    const text = this.entries[found.block]?.block.text ?? "";
    const words = text.slice(found.start, found.end);
    return { ...page, quote: words.length > LONGEST_WORDS ? "long" : { words, around: around(text, found) } };
  }

  private leave(persisted: boolean): void {
    this.stop();
    void ask<"bye">({ type: "bye", site: false }).catch(() => null);
    if (persisted) window.addEventListener("pageshow", () => void this.hello(), { once: true });
  }

  /** An orphan, whose extension was reloaded or removed, ends at the first event that it hears. */
  private alive(): boolean {
    return alive() || this.stop();
  }

  /**
   * Nothing is left: no range, no listener, no element, but for `noting` the word of what was done.
   * Returns false, for `alive() || stop()`.
   */
  private stop(noting = false): false {
    this.steps.shows(null, null);
    // What is already off has nothing to close, and may have something to say.
    if (!noting && this.life) this.card.remove();
    this.life?.end.abort();
    this.life?.paint.clear();
    this.life = null;
    this.follow.shows(null, this.ref());
    this.facts = null;
    this.entries = [];
    this.reading = null;
    this.sheet = null;
    this.ground = null;
    this.timings = null;
    this.error = null;
    return false;
  }

  private ref(): DocumentRef {
    return { document: this.document, revision: this.revision, order: position() };
  }

  private request(): ReadRequest | null {
    if (!this.facts) return null;
    return { ...this.ref(), page: { ...this.facts, blocks: this.entries.map(({ block }) => block) } };
  }

  private status(): FrameStatus {
    const all = unpack(this.reading?.flags ?? []);
    const flags = all.filter((flag) => !flag.dismissed);
    const { flags: _numbers, ...reading } = this.reading ?? EMPTY;
    return {
      ...this.ref(),
      on: this.life !== null,
      dismissed: this.dismissed === address(),
      url: location.href,
      title: document.title,
      reading: this.reading && reading,
      way: this.way,
      flags: flags.flatMap((flag) => [CATEGORIES.indexOf(flag.category), flag.strength]),
      hidden: all.length - flags.length,
      filter: this.life && filterOf(this.life.view),
      shown: this.life?.paint.shown.length ?? 0,
      scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      timings: this.timings,
      work: this.life && this.work(this.life),
      error: this.error,
    };
  }

  private work({ busy, collection, counts, due, paint, pace }: Life): Work {
    const pending = due || busy;
    return { ...collection.walked, ...counts, ranges: paint.made, longest: pace.longest, pending };
  }
}

/** What stands around words of a text. */
function around(text: string, { start, end }: { start: number; end: number }) {
  return { before: text.slice(Math.max(0, start - AROUND), start), after: text.slice(end, end + AROUND) };
}

/** The page that is shown, without the place in it. */
function address(): string {
  return withoutHash(location.href);
}

function withoutHash(url: string): string {
  return url.split("#", 1)[0] ?? "";
}

/** Whether the engine would take them for the same page. A place in the page is not part of it. */
function sameFacts(one: Facts | null, other: Facts): boolean {
  const key = ({ url, ...others }: Facts) => JSON.stringify([withoutHash(url ?? ""), others]);
  return one !== null && key(one) === key(other);
}

function sameSheet(one: Sheet, other: Sheet | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function filterOf({ sensitivity, categories }: View) {
  return { sensitivity, categories };
}

/** Resolves when the document is parsed, or when there is no more need. */
function parsed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    document.addEventListener("DOMContentLoaded", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => resolve());
  });
}

/** `crypto.randomUUID` is missing on pages without TLS. */
function randomName(): string {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("");
}

/** This frame's place among its siblings, level by level; works across origins. */
function position(): number[] {
  const order: number[] = [];
  for (let at: Window = window; at !== at.parent; at = at.parent) {
    let i = 0;
    while (i < at.parent.length && at.parent[i] !== at) i++;
    order.unshift(i);
  }
  return order;
}

/** Firefox ends a script without a word when its extension is reloaded, whatever it was showing. */
function sweep(): void {
  for (const name of NAMES) CSS.highlights.delete(name);
  for (const card of document.querySelectorAll(`:root > ${HOST}`)) card.remove();
}

// A second injection finds the first one, unless that one's extension is gone.
if (!globalThis.hearsay) {
  sweep();
  const frame = new Frame();
  globalThis.hearsay = { hello: () => void frame.hello() };
}
