/**
 * One frame of a page. Owns what was read of it and what is shown; the engine sits in the background. What
 * reads the page again is sent for when it first changes (`again.ts`), what answers the reader's hand when
 * that first comes (`hand.ts`).
 * Being on is one `AbortController`: aborting it takes away everything. The page is read in rounds:
 * one when highlights are switched on, then one for whatever changed, never two at a time.
 */
import { bounds } from "../../crate/data/page/blocks.json";
import type { Again } from "./again";
import {
  alive,
  ask,
  type Channel,
  closedRootOf,
  onFollowed,
  onPageMessage,
  onStored,
  tryAsk,
} from "./browser";
import { Collection } from "./collect";
import { normalised, unpack } from "./flags";
import type { Hand, Page } from "./hand";
import * as here from "./here";
import { type Host, randomName } from "./host";
import { turn } from "./later";
import { all, attribute, isConnected, listen, shadowRootOf, tagOf } from "./nodes";
import { Pace } from "./pace";
import { Paint } from "./paint";
import {
  type Act,
  type Block,
  CATEGORIES,
  type Change,
  type DocumentName,
  type DocumentRef,
  type FrameStatus,
  type FromFrames,
  type Mark,
  type MarkAct,
  type PageToPanel,
  type Reading,
  type ReadRequest,
  type Reply,
  type Sheet,
  type Splice,
  type Timings,
  type Tone,
  type Trouble,
  type View,
  type Way,
  type Work,
} from "./protocol";
import { portions } from "./sent";
import { names, OURS } from "./theme";
import { toneBehind } from "./tone";
import { waitForTouch } from "./touch";
import type { Entry } from "./walk";
import { Watch } from "./watch";
import { text } from "./words";

type Facts = Change["facts"];

const TOP = window === window.top;
/** UTF-16 units that are read of a page, and of a frame in one: there may be many. */
const MAX_TEXT = bounds.text;
const MAX_FRAME_TEXT = 200_000;
/** Rounds that ask for frames which came late. */
const MAX_FRAME_ROUNDS = 100;

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
  /** What is offered to the reader's hand, from the first reading on. */
  page: Page | null;
  /** The round that is under way, or the last one; it never fails. */
  round: Promise<void>;
  /** A round waits for its turn. */
  due: boolean;
  /** A round is under way. */
  busy: boolean;
  /** A frame was, or may have been, loaded since the last round. */
  frames: boolean;
  /** How many more rounds may ask for frames to be read. */
  framesLeft: number;
  /** The page changed faster than it could be read. */
  restless: boolean;
  /** The root of the document and what listens to its events: both go when a page is written anew. */
  root: Element | null;
  hearing: AbortController | null;
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

class Frame implements Ours {
  host: Host | null = null;
  readonly #document = randomName();
  #revision = 0;
  #life: Life | null = null;
  /** The page that the reader switched off by hand. */
  #dismissed: string | null = null;
  #way: Way = {};
  /** The host that the reader's rules for this page are kept under. */
  #site = "";
  /** In a private window: what the reader chose for this page alone. */
  readonly #lent: Act[] = [];
  /** What the reader made of flags on a page; `lent`: in a private window, for as long as that page is there. */
  #marks: { page: string; all: Mark[] | null; lent: MarkAct[] } = { page: "", all: null, lent: [] };

  /** What the engine was sent last. */
  #facts: Facts | null = null;
  #entries: readonly Entry[] = [];
  #reading: Reading | null = null;
  /** The style sheet that the page has of us. */
  #sheet: Sheet | null = null;
  /** An element of the longest text: the page's ground is what is behind it. */
  #ground: Element | null = null;
  readonly #panels = new Set<Channel<PageToPanel>>();
  #again: Again | null = null;
  #hand: Hand | null = null;
  /** Scripts that are on their way. */
  readonly #coming = new Map<"again" | "hand", Promise<unknown>>();
  #timings: Timings | null = null;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  #error: string | null = null;

  constructor() {
    onPageMessage({
      on: async ({ view, site, force }) => {
        if (force) this.#dismissed = null;
        const started = this.#start(view, site);
        // Nobody waits for a frame that is slow to load; it marks its flags when it is there.
        if (TOP || !here.loading()) await started;
        return this.#status();
      },
      off: ({ dismiss }) => {
        if (dismiss) this.#dismissed = address();
        this.#stop();
        return this.#status();
      },
      status: () => this.#status(),
      readAs: async ({ way }) => {
        this.#way = { ...this.#way, ...way };
        if (this.#life) await this.#round(this.#life);
        return this.#status();
      },
      resend: ({ known }) => this.#request(known),
      lend: async ({ act }) => {
        if (this.#life) {
          this.#lent.push(act);
          await this.#stored(this.#life);
        }
        return this.#status();
      },
      tally: ({ category, words }) => {
        const paint = this.#life?.paint;
        const shown = paint?.shown ?? [];
        const alike = shown.filter((flag) => flag.category === category);
        const same = alike.filter((flag) => normalised(paint?.wordsOf(flag) ?? "") === words);
        return { site: shown.length, category: alike.length, phrase: same.length };
      },
      quote: async ({ document: own }) =>
        own === null || own === this.#document ? ((await this.#handed())?.quoted() ?? null) : null,
      lendMark: async ({ act }) => {
        this.#marks.lent.push(act);
        if (this.#life) await this.#stored(this.#life);
        return null;
      },
      step: async ({ by, enter }) => {
        // Nobody has come to a flag before there is a hand.
        const hand = enter && this.#life?.paint.shown.length ? await this.#handed() : this.#hand;
        return (await hand?.step(by, enter)) ?? null;
      },
      card: async () => ({ opened: (await this.#hand?.open()) ?? false }),
      say: ({ text }) => {
        const { host } = this;
        host?.say(text);
        return { said: host !== null };
      },
    });
    onFollowed(
      this.#panels,
      () => {
        if (this.#hand) this.#hand.panels();
        else if (this.#panels.size > 0) void this.#handed();
      },
      async (message) => (await this.#handed())?.heard(message),
    );
  }

  on(): boolean {
    return this.#life !== null;
  }

  /** A site rule loaded this script: may it start? */
  async hello(): Promise<void> {
    const reply = await tryAsk<"hello">({ type: "hello" });
    if (reply?.view) await this.#start(reply.view, reply.site);
  }

  /** Unless the reader switched the page off by hand. */
  async #start(view: View, site: string): Promise<void> {
    if (this.#dismissed === address()) return;
    if (this.#life && !alive()) this.#stop();
    if (this.#life) return this.#life.ready;
    this.#site = site;
    const life = this.#open(view);
    this.#life = life;
    const { signal } = life.end;
    this.#listen(life);
    onStored(() => void this.#stored(life), signal);
    this.#dark.addEventListener("change", () => this.#due(life), { signal });
    // Before the page is parsed nothing that changes is news.
    life.round = parsed(signal).then(() => {
      life.due = false;
    });
    life.ready = this.#round(life);
    return life.ready;
  }

  /** Listens to the document's events: from the start, where a page was written anew, and for the hand. */
  #listen(life: Life): void {
    life.hearing?.abort();
    life.hearing = new AbortController();
    life.root = here.root();
    const signal = AbortSignal.any([life.end.signal, life.hearing.signal]);
    life.watch.listen(signal);
    listen(
      window,
      "pagehide",
      ({ persisted }) => {
        this.#stop();
        void tryAsk<"bye">({ type: "bye", site: false });
        // It may come back from the back/forward cache, where everything of ours would still stand.
        if (persisted) window.addEventListener("pageshow", () => void this.hello(), { once: true });
      },
      { signal },
    );
    const { page } = life;
    if (page && this.#hand) this.#hand.wears(page);
    else if (page) waitForTouch(page, signal, async (last) => (await this.#handed())?.touched(last()));
  }

  #open(view: View): Life {
    const end = new AbortController();
    const watch = new Watch(
      {
        records: (records) => this.#due(life) && life.collection.changed(records),
        ours: (node) => this.host?.is(node) === true,
        shown: (element) => this.#due(life) && life.collection.check(element),
        moved: () => this.#due(life),
        frame: () => {
          life.frames = this.#due(life);
        },
      },
      end.signal,
    );
    const collection = new Collection({
      most: TOP ? MAX_TEXT : MAX_FRAME_TEXT,
      shadowOf: (element, closed) => shadowRootOf(element) ?? (closed ? closedRootOf(element) : null),
      watch,
      changed: () => this.#bring("again"),
    });
    collection.mend = this.#again?.mend(collection) ?? null;
    const life: Life = {
      end,
      view,
      ready: Promise.resolve(),
      pace: new Pace(end.signal),
      collection,
      watch,
      paint: new Paint(collection.roots),
      page: null,
      round: Promise.resolve(),
      due: true,
      busy: false,
      // Of those that are there some may have been loaded since scripts were put into frames, and nobody heard.
      frames: window.length > 0,
      framesLeft: MAX_FRAME_ROUNDS,
      restless: false,
      root: null,
      hearing: null,
      counts: { rounds: 0, messages: 0, blocks: 0 },
    };
    return life;
  }

  /** Something may have changed: a round, as soon as our share of the page's time allows it. False where all ends instead. */
  #due(life: Life): boolean {
    if (!this.#alive()) return false;
    if (life.due) return true;
    life.due = true;
    const brought = this.#again ? null : this.#bring("again");
    void life.round.then(async () => {
      await brought;
      const on = await this.#again?.rest(life.pace.next, life.end.signal);
      life.due = false;
      if (on && this.#alive()) await this.#round(life);
    });
    return true;
  }

  /** One round, after the one under way. */
  #round(life: Life): Promise<void> {
    life.round = life.round.then(async () => {
      if (life.end.signal.aborted) return;
      life.counts.rounds += 1;
      life.busy = true;
      // A page may have replaced anything that a script relies on; the popup then says so.
      const elsewhere = await this.#read(life).catch((reason) => {
        this.#error = String(reason);
      });
      life.pace.end(elsewhere ?? 0);
      life.busy = false;
      // What it missed nobody tells: it looks again.
      if (life.restless) this.#due(life);
    });
    return life.round;
  }

  /** Page → engine → highlights, each as far as it changed. How long that kept the engine busy, in milliseconds. */
  async #read(life: Life): Promise<number | undefined> {
    const { collection, pace, paint } = life;
    const begun = performance.now();
    // Where there was too much to tell, nothing is told any more.
    if (collection.lost) life.watch.resume();
    const recalled = this.#marks.all && this.#marks.page === address() ? null : this.#recall();
    life.restless = !(await pace.slices(collection.update(here.body)));
    if (life.end.signal.aborted) return;
    if (life.restless) {
      this.#error = text("restless");
      return;
    }
    if (this.#reading) this.#error = null;
    if (here.root() !== life.root) this.#listen(life);
    const before = this.#entries;
    const entries = pace.once(() => collection.entries());
    const moved = this.#facts !== null && withoutHash(this.#facts.url ?? "") !== address();
    if (moved) this.#way = {};
    // What was chosen for this page alone came with nothing else.
    const chosen = await recalled;
    if (chosen?.view && this.#lent.length > 0) life.view = chosen.view;
    const written = collection.mend?.takeAgain() ?? new Set();
    // Without what reads again all is the same, but for the first time, when the whole is sent.
    const splices = pace.once(() => this.#again?.changes(before, entries) ?? null);
    const facts = this.#factsNow(life.view);
    const sheet = { tone: pace.once(() => this.#toneNow(entries)), looks: life.view.looks };
    if (life.frames && life.framesLeft > 0) {
      life.frames = false;
      life.framesLeft -= 1;
      void tryAsk<"frames">({ type: "frames" });
    }

    const news = splices?.length || !sameFacts(this.#facts, facts) || this.#reading === null;
    this.#facts = facts;
    this.#entries = entries;
    const sent = performance.now();
    let reading = this.#reading;
    if (news) reading = await this.#engine(life, splices ?? [], sheet);
    else await this.#restyle(sheet);
    if (life.end.signal.aborted) return;
    const received = performance.now();
    const changed = news || splices || written.size > 0;
    if (changed) {
      const flags = pace.once(() => unpack(reading?.flags ?? []));
      // From here to the first step of `show` in one go: the page is never drawn in between.
      pace.once(() => paint.update(flags, entries, written));
      if (!(await pace.slices(paint.show(life.view)))) return;
      this.#reading = reading;
    } else pace.once(() => paint.keep(true));
    if (!life.page) this.#offer(life);
    else if (changed) this.#hand?.shows(life.page);
    else this.#hand?.check();
    const engine = received - sent;
    if (!this.#timings)
      this.#clock({ collect: sent - begun, engine, paint: performance.now() - received }, begun);
    return engine;
  }

  /** Keeps the times of a reading, the last one when the next frame is drawn. */
  #clock(parts: Omit<Timings, "total">, begun: number): void {
    const timings = { ...parts, total: null };
    this.#timings = timings;
    requestAnimationFrame(async () => {
      // The task after a frame's callbacks runs once that frame is drawn.
      await turn();
      if (this.#timings === timings) this.#timings = { ...timings, total: performance.now() - begun };
    });
  }

  /** There is something to touch from now on. */
  #offer(life: Life): void {
    life.page = {
      paint: life.paint,
      site: this.#site,
      signal: life.end.signal,
      view: () => life.view,
      ref: () => this.#ref(),
      url,
      address,
      title,
      entries: () => this.#entries,
      settled: () => life.round,
      resend: () => this.#resend(life),
      alive: () => this.#alive(),
    };
    this.#listen(life);
    if (this.#panels.size > 0) void this.#handed();
  }

  /** What answers the reader's hand; null where nothing is marked, or where it can't be had. */
  async #handed(): Promise<Hand | null> {
    if (!this.#hand && this.#life?.page) await this.#bring("hand");
    return this.#hand;
  }

  /** Sends for another script of ours: when this settles it is there, or not to be had. */
  #bring(script: "again" | "hand"): Promise<unknown> {
    const coming =
      this.#coming.get(script) ??
      tryAsk<typeof script>({ type: script }).finally(() => this.#coming.delete(script));
    this.#coming.set(script, coming);
    return coming;
  }

  /** What reads again is there. */
  again(again: Again): void {
    this.#again ??= again;
    const collection = this.#life?.collection;
    if (collection) collection.mend ??= again.mend(collection);
  }

  /** What answers the hand is there. */
  hand(make: (panels: ReadonlySet<Channel<PageToPanel>>) => Hand): void {
    if (this.#hand) return;
    this.#hand = make(this.#panels);
    if (this.#life?.page) this.#listen(this.#life);
  }

  /** Null when the engine could not read; `error` then says why. */
  async #engine(life: Life, splices: readonly Splice[], sheet: Sheet): Promise<Reading | null> {
    const afresh = this.#reading === null || this.#reading === EMPTY;
    if (afresh && this.#entries.length === 0) {
      if (!TEXT.test(here.type())) this.#error = text("noText");
      return EMPTY;
    }
    let reply = await this.#send(life, afresh ? null : splices, sheet);
    if ("resend" in reply) reply = await this.#send(life, null, sheet);
    if (life.end.signal.aborted) return null;
    if ("reading" in reply) {
      this.#error = null;
      this.#sheet = sheet;
      return reply.reading;
    }
    this.#error = "error" in reply ? reply.error : text("engineLost");
    return null;
  }

  /** Sends a change, for null all there is, in messages that the page can bear; the last one is answered with the reading. */
  async #send({ counts, pace }: Life, change: readonly Splice[] | null, sheet: Sheet) {
    const steps = portions(change ?? [{ at: 0, remove: 0, blocks: this.#blocks() }]);
    const facts = this.#facts as Facts;
    // Only the last answer counts: where a step is lost, so is what follows.
    let last: Promise<Reply<FromFrames, "read">> | null = null;
    const sending = function* (this: Frame) {
      for (const [i, splices] of steps.entries()) {
        const base = change || i > 0 ? this.#revision : null;
        this.#revision += 1;
        counts.messages += 1;
        counts.blocks += splices.reduce((sum, { blocks }) => sum + blocks.length, 0);
        last = ask<"read">({
          type: "read",
          ...this.#ref(),
          base,
          change: { facts, splices },
          more: i < steps.length - 1,
          sheet: i === 0 && !same(sheet, this.#sheet) ? { now: sheet, before: this.#sheet } : null,
        }).catch((reason) => ({ error: String(reason) }));
        yield;
      }
    };
    if (!(await pace.slices(sending.call(this))) || !last) return { error: text("calledOff") };
    return last as Promise<Reply<FromFrames, "read">>;
  }

  #blocks(): Block[] {
    return this.#entries.map(({ block }) => block);
  }

  /** The whole document once more. */
  #resend(life: Life): void {
    life.round = life.round.then(async () => {
      if (this.#entries.length === 0 || !this.#sheet) return;
      await this.#send(life, null, this.#sheet);
      if (life.page) this.#hand?.shows(life.page);
    });
  }

  /** The reader changed a switch, here or in another tab. What the engine must know of that takes a round. */
  async #stored(life: Life): Promise<void> {
    const now = await this.#recall();
    if (!now || life.end.signal.aborted) return;
    if (now.off && TOP) {
      this.#stop(true);
      await tryAsk<"bye">({ type: "bye", site: true });
      return;
    }
    const { view } = now;
    if (!view) return;
    life.view = view;
    if (!this.#reading) return;
    if (!sameFacts(this.#facts, this.#factsNow(view))) {
      await this.#round(life);
    } else {
      if (this.#sheet) await this.#restyle({ ...this.#sheet, looks: view.looks });
      await life.pace.slices(life.paint.show(view));
    }
    if (life.end.signal.aborted) return;
    if (life.page) this.#hand?.wears(life.page);
  }

  /** The ground may have changed under the text, by the system's colours or the page's own, or the reader's lines did. */
  async #restyle(sheet: Sheet): Promise<void> {
    const before = this.#sheet;
    if (same(sheet, before)) return;
    this.#sheet = sheet;
    await tryAsk<"sheet">({ type: "sheet", sheet: { now: sheet, before } });
  }

  #toneNow(entries: readonly Entry[]): Tone {
    if (!this.#ground || !isConnected(this.#ground)) {
      let longest = entries[0];
      for (const entry of entries) {
        if (entry.block.text.length > (longest?.block.text.length ?? 0)) longest = entry;
      }
      this.#ground = longest?.pieces[0]?.node.parentElement ?? null;
    }
    const ground = this.#ground ?? here.root();
    return ground ? toneBehind(ground) : "light";
  }

  #factsNow({ phrases, dismissed }: View): Facts {
    const [page, root] = [address(), here.root()];
    const own = dismissed.flatMap(({ category, words, flag }) =>
      flag === null || flag.page === page
        ? [{ category, words, around: flag && { before: flag.before, after: flag.after } }]
        : [],
    );
    return {
      url: url(),
      title: title() || null,
      language: (root && attribute(root, "lang"))?.slice(0, MAX_LANGUAGE) ?? null,
      ...this.#way,
      phrases,
      dismissed: own,
      marks: this.#marks.all ?? [],
    };
  }

  /** Asks what the reader chose, and takes what there is of marks on the page that is there now. */
  async #recall(): Promise<Reply<FromFrames, "view"> | null> {
    const page = address();
    if (this.#marks.page !== page) this.#marks = { page, all: null, lent: [] };
    const { lent: lentMarks } = this.#marks;
    const now = await tryAsk<"view">({ type: "view", page, lent: this.#lent, lentMarks });
    this.#marks.all = now?.marks ?? this.#marks.all ?? [];
    return now;
  }

  /** An orphan, whose extension was reloaded or removed, ends at the first event that it hears. */
  #alive(): boolean {
    return alive() || this.#stop();
  }

  /**
   * Nothing is left: no range, no listener, no element, but for `noting` the word of what was done.
   * Returns false, for `alive() || stop()`.
   */
  #stop(noting = false): false {
    // What is already off has nothing to close, and may have something to say.
    if (this.#life) this.#hand?.leaves(noting);
    if (this.#life && !noting) this.host?.hush();
    this.#life?.end.abort();
    this.#life?.paint.clear();
    this.#life = null;
    this.#marks.all = null;
    this.#facts = null;
    this.#entries = [];
    this.#reading = null;
    this.#sheet = null;
    this.#ground = null;
    this.#timings = null;
    this.#error = null;
    return false;
  }

  #ref(): DocumentRef {
    return { document: this.#document, revision: this.#revision, order: position() };
  }

  #request(known: readonly DocumentName[]): ReadRequest | { known: true } | null {
    if (!this.#facts) return null;
    const ref = this.#ref();
    if (known.some(({ document, revision }) => document === ref.document && revision === ref.revision))
      return { known: true };
    return { ...ref, page: { ...this.#facts, blocks: this.#blocks() } };
  }

  #status(): FrameStatus {
    const life = this.#life;
    const all = unpack(this.#reading?.flags ?? []);
    const flags = all.filter((flag) => !flag.dismissed);
    const { flags: _numbers, ...reading } = this.#reading ?? EMPTY;
    return {
      ...this.#ref(),
      on: life !== null,
      dismissed: this.#dismissed === address(),
      url: url(),
      title: title(),
      reading: this.#reading && reading,
      way: this.#way,
      flags: flags.flatMap((flag) => [CATEGORIES.indexOf(flag.category), flag.strength]),
      hidden: all.length - flags.length,
      lent: this.#lent,
      shown: life?.paint.shown.length ?? 0,
      scheme: this.#dark.matches ? "dark" : "light",
      timings: this.#timings,
      work: life && workOf(life),
      troubles: life ? troublesOf(life) : [],
      error: this.#error,
    };
  }
}

/** The page that is shown, without the place in it. */
function address(): string {
  return withoutHash(url());
}

/** UTF-16 units of what a page says of itself; every message about it carries that. */
const MAX_URL = 8192;
const MAX_TITLE = 1000;
const MAX_LANGUAGE = 64;

function url(): string {
  return location.href.slice(0, MAX_URL);
}

function title(): string {
  return here.title().slice(0, MAX_TITLE);
}

/** What is read of as text: all other kinds of file are shown by the browser in ways of its own. */
const TEXT = /^(text\/html|application\/xhtml\+xml|text\/plain)$/;

function workOf({ busy, collection, counts, due, pace, paint, watch }: Life): Work {
  return {
    ...collection.walked,
    ...counts,
    awaited: watch.awaited.size,
    ranges: paint.made,
    longest: pace.longest,
    pending: due || busy,
  };
}

function troublesOf({ collection, restless, paint }: Life): Trouble[] {
  const all = [collection.cut && "cut", restless && "restless", paint.beaten && "beaten"];
  return all.filter(Boolean) as Trouble[];
}

function withoutHash(url: string): string {
  return url.split("#", 1)[0] ?? "";
}

/** Whether the engine would take them for the same page. A place in the page is not part of it. */
function sameFacts(one: Facts | null, other: Facts): boolean {
  const told = (facts: Facts) => ({ ...facts, url: withoutHash(facts.url ?? "") });
  return same(one && told(one), told(other));
}

/** Whether two things look the same in a message. */
function same(one: object | null, other: object | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Resolves when the document is parsed, or when there is no more need. */
function parsed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => here.loading() || resolve();
    listen(document, "readystatechange", look, { signal });
    signal.addEventListener("abort", () => resolve());
    look();
  });
}

/** This frame's place among its siblings, level by level; works across origins. */
function position(): number[] {
  const order: number[] = [];
  for (let at: Window = window; at !== at.parent; at = at.parent) {
    // Not much else of a window may be asked across origins.
    order.unshift(Array.prototype.indexOf.call(at.parent, at));
  }
  return order;
}

/** What our scripts in one frame know each other by. */
interface Ours {
  /** A site rule loaded this script: may it start? */
  hello(): Promise<void>;
  on(): boolean;
  again(again: Again): void;
  hand(make: (panels: ReadonlySet<Channel<PageToPanel>>) => Hand): void;
  host: Host | null;
}

declare global {
  /** In the extension's own world; the page cannot see it. */
  var hearsay: Ours | undefined;
}

// A second injection finds the first one, unless that one's extension is gone.
if (!Object.hasOwn(globalThis, "hearsay")) {
  // Firefox ends a script without a word when its extension is reloaded, whatever it was showing.
  for (const name of names()) CSS.highlights.delete(name);
  for (const one of all(":root > *")) if (tagOf(one).startsWith(OURS)) one.remove();
  globalThis.hearsay = new Frame();
}
