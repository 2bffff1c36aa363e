/**
 * One frame of a page. Owns the blocks, the node map and what is shown; the engine sits in the
 * background. Being on is one `AbortController`: aborting it takes away everything.
 */
import { alive, ask, onPageMessage, onStored } from "./browser";
import { collect } from "./collect";
import { type Flag, unpack } from "./flags";
import { Follow } from "./follow";
import { hover } from "./hover";
import { Paint } from "./paint";
import {
  CATEGORIES,
  type Details,
  type DocumentRef,
  type Filter,
  type FrameStatus,
  type PageInput,
  type Reading,
  type ReadRequest,
  type Timings,
  type Tone,
} from "./protocol";
import { hostOf, settings } from "./settings";
import { toneBehind } from "./tone";

/** What is there only while highlights are on. */
interface Life {
  end: AbortController;
  filter: Filter;
  /** Resolves when the first reading is painted or has failed. */
  ready: Promise<void>;
}

const EMPTY: Reading = { language: "und", readable: false, words: 0, sentences: 0, claims: 0, flags: [] };

class Frame {
  private readonly document = randomName();
  private readonly order = position();
  private revision = 0;
  private life: Life | null = null;
  private dismissed = false;
  private assumed: string | undefined;

  private page: PageInput | null = null;
  private paint: Paint | null = null;
  private reading: Reading | null = null;
  private tone: Tone | null = null;
  /** Pointer and card over the present reading. */
  private hovering: AbortController | null = null;
  private readonly follow = new Follow();
  private timings: Timings | null = null;
  private error: string | null = null;

  constructor() {
    onPageMessage({
      on: async ({ filter, force }) => {
        if (force) this.dismissed = false;
        if (this.dismissed) return this.status();
        const started = this.start(filter);
        // Nobody waits for a frame that is slow to load; it marks its flags when it is there.
        if (window === window.top || document.readyState !== "loading") await started;
        return this.status();
      },
      off: ({ dismiss }) => {
        if (dismiss) this.dismissed = true;
        this.stop();
        return this.status();
      },
      status: () => this.status(),
      assume: async ({ language }) => {
        this.assumed = language;
        if (this.life) await this.read(this.life, performance.now());
        return this.status();
      },
      resend: () => this.request(),
    });
  }

  /** A site rule loaded this script: may it start? */
  async hello(): Promise<void> {
    const reply = await ask<"hello">({ type: "hello" }).catch(() => null);
    if (reply?.filter && !this.dismissed) await this.start(reply.filter);
  }

  private async start(filter: Filter): Promise<void> {
    if (this.life && !alive()) this.stop();
    if (this.life) return this.life.ready;
    const end = new AbortController();
    const life: Life = { end, filter, ready: Promise.resolve() };
    this.life = life;
    // The page may come back from the back/forward cache, where everything of ours would still stand.
    window.addEventListener("pagehide", (event) => this.leave(event.persisted), { signal: end.signal });
    onStored(() => void this.stored(life), end.signal);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => void this.retone(life), {
      signal: end.signal,
    });
    life.ready = this.begin(life);
    return life.ready;
  }

  private async begin(life: Life): Promise<void> {
    if (document.readyState === "loading") await parsed(life.end.signal);
    if (life.end.signal.aborted) return;
    // A page may have replaced anything that a script relies on; the popup then says so.
    await this.read(life, performance.now()).catch((reason) => {
      this.error = String(reason);
    });
  }

  /** Page → engine → highlights. */
  private async read(life: Life, begun: number): Promise<void> {
    this.hovering?.abort();
    const collected = collect(document);
    const longest = collected.blocks.reduce((best, block, i, all) => {
      return block.text.length > (all[best]?.text.length ?? 0) ? i : best;
    }, 0);
    const element = collected.map[longest]?.[0]?.node.parentElement ?? document.documentElement;
    const tone = toneBehind(element);
    this.page = {
      url: location.href,
      title: document.title || null,
      language: document.documentElement.getAttribute("lang"),
      ...(this.assumed === undefined ? {} : { assume: this.assumed }),
      blocks: collected.blocks,
    };
    this.revision += 1;
    const sent = performance.now();
    const reading = collected.blocks.length > 0 ? await this.engine(tone) : EMPTY;
    if (life.end.signal.aborted) return;
    const received = performance.now();
    this.reading = reading;
    this.paint?.clear();
    const paint = new Paint(unpack(reading?.flags ?? []), collected);
    this.paint = paint;
    paint.show(life.filter);
    this.watch(life, paint);
    const painted = performance.now();
    const timings = {
      collect: sent - begun,
      engine: received - sent,
      paint: painted - received,
      total: null,
    };
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

  /** Listens for the pointer afresh: a card of before may belong to a flag that is hidden now. */
  private watch(life: Life, paint: Paint): void {
    this.hovering?.abort();
    this.hovering = new AbortController();
    this.follow.shows(paint, this.ref());
    hover({
      paint,
      details: (flag) => this.details(flag),
      alive: () => alive() || this.stop(),
      signal: AbortSignal.any([life.end.signal, this.hovering.signal]),
    });
  }

  /** Null when the engine could not read; `error` then says why. */
  private async engine(tone: Tone): Promise<Reading | null> {
    const request = this.request();
    if (!request) return null;
    const reply = await ask<"read">({
      type: "read",
      ...request,
      tone: tone === this.tone ? null : tone,
    }).catch((reason) => ({ error: String(reason) }));
    if ("error" in reply) {
      this.error = reply.error;
      return null;
    }
    this.error = null;
    this.tone = tone;
    return reply.reading;
  }

  private async details(flag: Flag): Promise<Details | null> {
    // Once more after sending the document again; a second "resend" would be one too many.
    for (let round = 0; round < 2; round++) {
      const reply = await ask<"details">({ type: "details", ...this.ref(), flag: flag.index }).catch(
        () => null,
      );
      if (reply && "details" in reply) return reply.details;
      const request = this.request();
      if (!reply || !("resend" in reply) || !request) return null;
      await ask<"read">({ type: "read", ...request, tone: null }).catch(() => null);
    }
    return null;
  }

  /** The reader changed a switch, here or in another tab. */
  private async stored(life: Life): Promise<void> {
    const now = await settings();
    if (life.end.signal.aborted) return;
    if (window === window.top && now.sites[hostOf(location.href)] === "off") {
      this.stop();
      await ask<"bye">({ type: "bye", site: true }).catch(() => null);
      return;
    }
    life.filter = now;
    if (!this.paint) return;
    this.paint.show(life.filter);
    this.watch(life, this.paint);
  }

  /** The system's colours changed, and the page's with them. */
  private async retone(life: Life): Promise<void> {
    const node = this.paint?.shown[0] && this.paint.rangesOf(this.paint.shown[0])[0]?.startContainer;
    const tone = toneBehind(node?.parentElement ?? document.documentElement);
    if (life.end.signal.aborted || tone === this.tone) return;
    this.tone = tone;
    await ask<"tone">({ type: "tone", tone }).catch(() => null);
  }

  private leave(persisted: boolean): void {
    this.stop();
    void ask<"bye">({ type: "bye", site: false }).catch(() => null);
    if (persisted) window.addEventListener("pageshow", () => void this.hello(), { once: true });
  }

  /** Nothing is left: no range, no listener, no element. Returns false, for `alive() || stop()`. */
  private stop(): false {
    this.life?.end.abort();
    this.life = null;
    this.paint?.clear();
    this.paint = null;
    this.follow.shows(null, this.ref());
    this.page = null;
    this.reading = null;
    this.tone = null;
    this.timings = null;
    this.error = null;
    this.hovering = null;
    return false;
  }

  private ref(): DocumentRef {
    return { document: this.document, revision: this.revision, order: this.order };
  }

  private request(): ReadRequest | null {
    return this.page && { ...this.ref(), page: this.page };
  }

  private status(): FrameStatus {
    const flags = unpack(this.reading?.flags ?? []);
    const { flags: _numbers, ...reading } = this.reading ?? EMPTY;
    return {
      ...this.ref(),
      on: this.life !== null,
      dismissed: this.dismissed,
      url: location.href,
      title: document.title,
      reading: this.reading && reading,
      flags: flags.flatMap((flag) => [CATEGORIES.indexOf(flag.category), flag.strength]),
      shown: this.paint?.shown.length ?? 0,
      scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
      timings: this.timings,
      error: this.error,
    };
  }
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

// A second injection finds the first one, unless that one's extension is gone.
if (!globalThis.hearsay) {
  const frame = new Frame();
  globalThis.hearsay = { hello: () => void frame.hello() };
}
