/**
 * One frame of a page. Owns what was read of it and what is shown; the engine sits in the background,
 * and what answers the reader's hand is sent for when it first comes (`hand.ts`).
 * Being on is one `AbortController`: aborting it takes away everything. The page is read in rounds:
 * one when highlights are switched on, then one for whatever changed, never two at a time.
 */
import { bounds } from "../../crate/data/page/blocks.json";
import { alive, ask, type Channel, closedRootOf, onFollowed, onPageMessage, onStored } from "./browser";
import { Collection, type Entry } from "./collect";
import { type Flag, normalised, unpack } from "./flags";
import type { Hand, Page } from "./hand";
import { HOST, type Host, randomName } from "./host";
import { all, attribute, here, isConnected, listen, shadowRootOf, tagOf } from "./nodes";
import { Pace } from "./pace";
import { Paint } from "./paint";
import {
  CATEGORIES,
  type Change,
  type Details,
  type DocumentName,
  type DocumentRef,
  type FrameStatus,
  type Mark,
  type MarkAct,
  type PageToPanel,
  type Reading,
  type ReadRequest,
  type Sheet,
  type Timings,
  type Tone,
  type Trouble,
  type View,
  type Way,
  type Work,
} from "./protocol";
import { changes, portions } from "./sent";
import { acted } from "./settings";
import { NAMES } from "./theme";
import { toneBehind } from "./tone";
import { waitForTouch } from "./touch";
import { Watch } from "./watch";
import { text } from "./words";

type Facts = Change["facts"];

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
  /** Ends the waiting for that hand. */
  untouched: AbortController;
  /** The round that is under way, or the last one; it never fails. */
  round: Promise<void>;
  /** A round waits for its turn. */
  due: boolean;
  /** A round is under way. */
  busy: boolean;
  /** A frame was loaded since the last round. */
  frames: boolean;
  /** How many more rounds may ask for frames to be read. */
  framesLeft: number;
  /** The page changed faster than it could be read. */
  restless: boolean;
  /** How long the last round kept the engine busy, in milliseconds. */
  elsewhere: number;
  /** The root of the document and what listens to its events: both go when a page is written anew. */
  root: Element | null;
  hearing: AbortController;
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
  readonly #document = randomName();
  #revision = 0;
  #life: Life | null = null;
  /** The page that the reader switched off by hand. */
  #dismissed: string | null = null;
  #way: Way = {};
  /** The host that the reader's rules for this page are kept under. */
  #site = "";
  /** In a private window: what the reader chose for this page alone. */
  #lent: Partial<View> = {};
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
  #hand: Hand | null = null;
  /** The hand is on its way. */
  #coming: Promise<unknown> | null = null;
  #timings: Timings | null = null;
  #error: string | null = null;

  constructor() {
    onPageMessage({
      on: async ({ view, site, force }) => {
        if (force) this.#dismissed = null;
        if (this.#dismissed === address()) return this.#status();
        const started = this.#start(view, site);
        // Nobody waits for a frame that is slow to load; it marks its flags when it is there.
        if (window === window.top || !here.loading()) await started;
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
        const life = this.#life;
        if (!life) return this.#status();
        this.#lent = { ...this.#lent, ...acted(life.view, act) };
        await this.#wear(life, { ...life.view, ...this.#lent });
        return this.#status();
      },
      tally: ({ category, words }) => {
        const shown = this.#life?.paint.shown ?? [];
        const alike = shown.filter((flag) => flag.category === category);
        const paint = this.#life?.paint;
        return {
          site: shown.length,
          category: alike.length,
          phrase: alike.filter((flag) => normalised(paint?.wordsOf(flag) ?? "") === words).length,
        };
      },
      quote: async ({ document: own }) =>
        own === null || own === this.#document ? ((await this.#handed())?.quoted() ?? null) : null,
      lendMark: async ({ act }) => {
        this.#marks.lent.push(act);
        await this.#recall();
        if (this.#life) await this.#wear(this.#life, this.#life.view);
        return null;
      },
      step: async ({ by, enter }) => {
        // Nobody has come to a flag before there is a hand.
        const hand = enter && this.#life?.paint.shown.length ? await this.#handed() : this.#hand;
        return (await hand?.step(by, enter)) ?? { at: null, words: "", category: null, was: false };
      },
      card: async () => ({ opened: (await this.#hand?.open()) ?? false }),
      say: ({ text }) => {
        const host = globalThis.hearsay?.host;
        host?.say(text);
        return { said: host !== null };
      },
    });
    onFollowed((channel) => {
      this.#panels.add(channel);
      this.#followed();
      return {
        heard: async (message) => (await this.#handed())?.heard(message),
        closed: () => {
          this.#panels.delete(channel);
          this.#followed();
        },
      };
    });
  }

  /** A site rule loaded this script: may it start? */
  async hello(): Promise<void> {
    const reply = await ask<"hello">({ type: "hello" }).catch(() => null);
    if (reply?.view && this.#dismissed !== address()) await this.#start(reply.view, reply.site);
  }

  async #start(view: View, site: string): Promise<void> {
    if (this.#life && !alive()) this.#stop();
    if (this.#life) return this.#life.ready;
    this.#site = site;
    const life = this.#open({ ...view, ...this.#lent });
    this.#life = life;
    const { signal } = life.end;
    this.#listen(life);
    onStored(() => void this.#stored(life), signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#due(life), { signal });
    life.ready = this.#begin(life);
    return life.ready;
  }

  /** Listens to the document's events, from the start and where a page was written anew. */
  #listen(life: Life): void {
    life.hearing.abort();
    life.hearing = new AbortController();
    life.root = here.root();
    const signal = AbortSignal.any([life.end.signal, life.hearing.signal]);
    life.watch.listen(signal);
    // The page may come back from the back/forward cache, where everything of ours would still stand.
    listen(window, "pagehide", (event) => this.#leave(event.persisted), { signal });
    if (life.page && this.#hand) this.#hand.wears(life.page);
    else if (life.page) this.#wait(life, life.page);
  }

  #open(view: View): Life {
    const end = new AbortController();
    const heard = <T>(note: () => T) => {
      if (!this.#alive()) return null;
      const noted = note();
      this.#due(life);
      return noted;
    };
    const watch = new Watch(
      {
        records: (records) => heard(() => life.collection.changed(records)) !== false,
        ours: (node) => globalThis.hearsay?.host?.is(node) === true,
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
      most: window === window.top ? MAX_TEXT : MAX_FRAME_TEXT,
      shadowOf: (element, closed) => shadowRootOf(element) ?? (closed ? closedRootOf(element) : null),
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
      page: null,
      untouched: new AbortController(),
      round: Promise.resolve(),
      due: true,
      busy: false,
      frames: false,
      framesLeft: MAX_FRAME_ROUNDS,
      restless: false,
      elsewhere: 0,
      root: null,
      hearing: new AbortController(),
      counts: { rounds: 0, messages: 0, blocks: 0 },
    };
    return life;
  }

  async #begin(life: Life): Promise<void> {
    if (here.loading()) await parsed(life.end.signal);
    life.due = false;
    await this.#round(life);
  }

  /** Something may have changed: a round, as soon as our share of the page's time allows it. */
  #due(life: Life): void {
    if (life.due) return;
    life.due = true;
    void life.round.then(async () => {
      const on = await life.pace.rest();
      life.due = false;
      if (on && this.#alive()) await this.#round(life);
    });
  }

  /** One round, after the one under way. */
  #round(life: Life): Promise<void> {
    life.round = life.round.then(async () => {
      if (life.end.signal.aborted) return;
      life.counts.rounds += 1;
      life.busy = true;
      // A page may have replaced anything that a script relies on; the popup then says so.
      await this.#read(life).catch((reason) => {
        this.#error = String(reason);
      });
      life.pace.end(life.elsewhere);
      life.elsewhere = 0;
      life.busy = false;
      // What it missed nobody tells: it looks again.
      if (life.restless) this.#due(life);
    });
    return life.round;
  }

  /** Page → engine → highlights, each as far as it changed. */
  async #read(life: Life): Promise<void> {
    const { collection, pace, paint } = life;
    const begun = performance.now();
    // Where there was too much to tell, nothing is told any more.
    if (collection.lost) life.watch.resume();
    const recalled = this.#marks.all && this.#marks.page === address() ? null : this.#recall();
    const caughtUp = await pace.slices(collection.update(here.body));
    if (life.end.signal.aborted) return;
    life.restless = !caughtUp;
    if (!caughtUp) {
      this.#error = text("restless");
      return;
    }
    if (this.#reading) this.#error = null;
    if (here.root() !== life.root) this.#listen(life);
    const before = this.#entries;
    const entries = pace.once(() => collection.entries());
    const moved = this.#facts !== null && withoutHash(this.#facts.url ?? "") !== address();
    if (moved) this.#way = {};
    await recalled;
    const written = collection.takeAgain();
    const splices = pace.once(() => changes(before, entries));
    const facts = this.#factsNow(life.view);
    const sheet = { tone: pace.once(() => this.#toneNow(entries)), looks: life.view.looks };
    if (life.frames && life.framesLeft > 0) {
      life.frames = false;
      life.framesLeft -= 1;
      void ask<"frames">({ type: "frames" }).catch(() => null);
    }

    const news = splices.length > 0 || !sameFacts(this.#facts, facts) || this.#reading === null;
    const same = entries.length === before.length && entries.every((entry, i) => entry === before[i]);
    this.#facts = facts;
    this.#entries = entries;
    const sent = performance.now();
    let reading = this.#reading;
    if (news) reading = await this.#engine(life, { facts, splices }, sheet);
    else if (!sameSheet(sheet, this.#sheet)) await this.#restyle(sheet);
    if (life.end.signal.aborted) return;
    const received = performance.now();
    life.elsewhere = received - sent;
    const changed = news || !same || written.size > 0;
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
    if (this.#timings) return;
    this.#clock(
      { collect: sent - begun, engine: received - sent, paint: performance.now() - received },
      begun,
    );
  }

  /** Keeps the times of a reading, the last one when the next frame is drawn. */
  #clock(parts: Omit<Timings, "total">, begun: number): void {
    const timings = { ...parts, total: null };
    this.#timings = timings;
    requestAnimationFrame(() => {
      // The task after a frame's callbacks runs once that frame is drawn.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (this.#timings === timings) this.#timings = { ...timings, total: performance.now() - begun };
        channel.port1.close();
      };
      channel.port2.postMessage(null);
    });
  }

  /** There is something to touch from now on. */
  #offer(life: Life): void {
    const { signal } = life.end;
    const page: Page = {
      paint: life.paint,
      site: this.#site,
      signal,
      view: () => life.view,
      ref: () => this.#ref(),
      address,
      title,
      entries: () => this.#entries,
      details: (flag) => this.#details(life, flag),
      alive: () => this.#alive(),
    };
    life.page = page;
    if (this.#hand) {
      this.#hand.wears(page);
      return;
    }
    this.#wait(life, page);
    this.#followed();
  }

  #wait(life: Life, { alive, paint }: Page): void {
    const signal = AbortSignal.any([life.end.signal, life.hearing.signal, life.untouched.signal]);
    waitForTouch(paint, alive, signal, async (last) => (await this.#handed())?.touched(last()));
  }

  /** A panel came or went, or there is something for it. */
  #followed(): void {
    if (this.#hand) this.#hand.panels();
    else if (this.#panels.size > 0) void this.#handed();
  }

  /** What answers the reader's hand; null where nothing is marked, or where it can't be had. */
  async #handed(): Promise<Hand | null> {
    if (!this.#hand && this.#life?.page) {
      this.#coming ??= ask<"hand">({ type: "hand" })
        .catch(() => null)
        .finally(() => {
          this.#coming = null;
        });
      await this.#coming;
    }
    return this.#hand;
  }

  /** The other script is there. */
  arrive(make: (panels: ReadonlySet<Channel<PageToPanel>>) => Hand): void {
    if (this.#hand) return;
    const hand = make(this.#panels);
    this.#hand = hand;
    if (!this.#life?.page) return;
    this.#life.untouched.abort();
    hand.wears(this.#life.page);
  }

  /** Null when the engine could not read; `error` then says why. */
  async #engine(life: Life, change: Change, sheet: Sheet): Promise<Reading | null> {
    const afresh = this.#reading === null || this.#reading === EMPTY;
    if (afresh && this.#entries.length === 0) {
      if (!TEXT.test(here.type())) this.#error = text("noText");
      return EMPTY;
    }
    let reply = await this.#send(life, change, afresh, sheet);
    if ("resend" in reply) reply = await this.#send(life, this.#whole(life), true, sheet);
    if (life.end.signal.aborted) return null;
    if ("reading" in reply) {
      this.#error = null;
      this.#sheet = sheet;
      return reply.reading;
    }
    this.#error = "error" in reply ? reply.error : text("engineLost");
    return null;
  }

  /** Sends a change in messages that the page can bear; the last one is answered with the reading. */
  async #send(life: Life, change: Change, afresh: boolean, sheet: Sheet) {
    const steps = portions(afresh ? this.#whole(life).splices : change.splices);
    const { pace, counts } = life;
    let last: ReturnType<typeof ask<"read">> | null = null;
    const sending = function* (this: Frame) {
      for (const [i, splices] of steps.entries()) {
        const base = afresh && i === 0 ? null : this.#revision;
        this.#revision += 1;
        counts.messages += 1;
        counts.blocks += splices.reduce((sum, { blocks }) => sum + blocks.length, 0);
        last = ask<"read">({
          type: "read",
          ...this.#ref(),
          base,
          change: { facts: change.facts, splices },
          more: i < steps.length - 1,
          sheet: i === 0 && !sameSheet(sheet, this.#sheet) ? { now: sheet, before: this.#sheet } : null,
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
  #whole(life: Life): Change {
    const blocks = this.#entries.map(({ block }) => block);
    return { facts: this.#facts ?? this.#factsNow(life.view), splices: [{ at: 0, remove: 0, blocks }] };
  }

  async #details(life: Life, flag: Flag): Promise<Details | null> {
    // Once more after sending the document again; a second "resend" would be one too many.
    for (let round = 0; round < 2; round++) {
      // A reading that is under way would renumber the flags.
      await life.round;
      if (life.end.signal.aborted || !life.paint.shown.includes(flag)) return null;
      const reply = await ask<"details">({
        type: "details",
        ...this.#ref(),
        flag: flag.index,
        address: url(),
      }).catch(() => null);
      if (reply && "details" in reply) return reply.details;
      if (!reply || !("resend" in reply)) return null;
      life.round = life.round.then(async () => {
        if (this.#entries.length === 0 || !this.#sheet) return;
        await this.#send(life, this.#whole(life), true, this.#sheet);
        if (life.page) this.#hand?.shows(life.page);
      });
    }
    return null;
  }

  /** The reader changed a switch, here or in another tab. */
  async #stored(life: Life): Promise<void> {
    const asked = ask<"view">({ type: "view" }).catch(() => null);
    const [now] = await Promise.all([asked, this.#recall()]);
    if (!now || life.end.signal.aborted) return;
    if (now.off && window === window.top) {
      this.#stop(true);
      await ask<"bye">({ type: "bye", site: true }).catch(() => null);
      return;
    }
    await this.#wear(life, { ...now.view, ...this.#lent });
  }

  /** Shows what a view asks for. What the engine must know of it takes a round. */
  async #wear(life: Life, view: View): Promise<void> {
    life.view = view;
    if (!this.#reading) return;
    if (!sameFacts(this.#facts, this.#factsNow(view))) {
      await this.#round(life);
    } else {
      const sheet = this.#sheet && { ...this.#sheet, looks: view.looks };
      if (sheet && !sameSheet(sheet, this.#sheet)) await this.#restyle(sheet);
      await life.pace.slices(life.paint.show(view));
    }
    if (life.end.signal.aborted) return;
    if (life.page) this.#hand?.wears(life.page);
  }

  /** The ground changed under the text, by the system's colours or the page's own, or the reader's lines did. */
  async #restyle(sheet: Sheet): Promise<void> {
    const before = this.#sheet;
    this.#sheet = sheet;
    await ask<"sheet">({ type: "sheet", sheet: { now: sheet, before } }).catch(() => null);
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
    const page = address();
    const here = dismissed.flatMap(({ category, words, flag }) =>
      flag === null || flag.page === page
        ? [{ category, words, around: flag && { before: flag.before, after: flag.after } }]
        : [],
    );
    return {
      url: url(),
      title: title() || null,
      language: language(),
      ...(this.#way.english ? { assume: "en" } : {}),
      ...(this.#way.whole ? { whole: true } : {}),
      ...(phrases.length === 0 ? {} : { phrases }),
      ...(here.length === 0 ? {} : { dismissed: here }),
      ...(this.#marks.all?.length ? { marks: this.#marks.all } : {}),
    };
  }

  /** Takes what there is of the reader's marks on the page that is there now. */
  async #recall(): Promise<void> {
    const page = address();
    if (this.#marks.page !== page) this.#marks = { page, all: null, lent: [] };
    const { lent } = this.#marks;
    this.#marks.all = await ask<"marks">({ type: "marks", page, lent }).catch(() => []);
  }

  #leave(persisted: boolean): void {
    this.#stop();
    void ask<"bye">({ type: "bye", site: false }).catch(() => null);
    if (persisted) window.addEventListener("pageshow", () => void this.hello(), { once: true });
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
    if (this.#life && !noting) globalThis.hearsay?.host?.hush();
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
    return { ...ref, page: { ...this.#facts, blocks: this.#entries.map(({ block }) => block) } };
  }

  #status(): FrameStatus {
    const all = unpack(this.#reading?.flags ?? []);
    const flags = all.filter((flag) => !flag.dismissed);
    const { flags: _numbers, ...reading } = this.#reading ?? EMPTY;
    return {
      ...this.#ref(),
      on: this.#life !== null,
      dismissed: this.#dismissed === address(),
      url: url(),
      title: title(),
      reading: this.#reading && reading,
      way: this.#way,
      flags: flags.flatMap((flag) => [CATEGORIES.indexOf(flag.category), flag.strength]),
      hidden: all.length - flags.length,
      lent: this.#lent,
      shown: this.#life?.paint.shown.length ?? 0,
      scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      timings: this.#timings,
      work: this.#life && this.#work(this.#life),
      troubles: this.#life ? troublesOf(this.#life) : [],
      error: this.#error,
    };
  }

  #work({ busy, collection, counts, due, paint, pace, watch }: Life): Work {
    const pending = due || busy;
    return {
      ...collection.walked,
      awaited: watch.waiting,
      ...counts,
      ranges: paint.made,
      longest: pace.longest,
      pending,
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

function language(): string | null {
  const root = here.root();
  return (root && attribute(root, "lang"))?.slice(0, MAX_LANGUAGE) ?? null;
}

/** What is read of as text: all other kinds of file are shown by the browser in ways of its own. */
const TEXT = /^(text\/html|application\/xhtml\+xml|text\/plain)$/;

function troublesOf({ collection, restless, paint }: Life): Trouble[] {
  return [
    ...(collection.cut ? (["cut"] as const) : []),
    ...(restless ? (["restless"] as const) : []),
    ...(paint.beaten ? (["beaten"] as const) : []),
  ];
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

/** Resolves when the document is parsed, or when there is no more need. */
function parsed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    listen(document, "readystatechange", () => here.loading() || resolve(), { signal });
    signal.addEventListener("abort", () => resolve());
  });
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
  for (const one of all(":root > *")) if (tagOf(one).startsWith(HOST)) one.remove();
}

/** What our scripts in one frame know each other by. */
interface Ours {
  /** A site rule loaded this script: may it start? */
  hello(): void;
  arrive(make: (panels: ReadonlySet<Channel<PageToPanel>>) => Hand): void;
  host: Host | null;
}

declare global {
  /** In the extension's own world; the page cannot see it. */
  var hearsay: Ours | undefined;
}

// A second injection finds the first one, unless that one's extension is gone.
if (!Object.hasOwn(globalThis, "hearsay")) {
  sweep();
  const frame = new Frame();
  globalThis.hearsay = {
    hello: () => void frame.hello(),
    arrive: (make) => frame.arrive(make),
    host: null,
  };
}
