/**
 * One engine for all tabs. Holds nothing that a page cannot send again: the browser may end this
 * script at any moment, so listeners are registered synchronously and each awaits one start.
 */
import init, * as engine from "hearsay-engine";
import {
  askFrame,
  fileUrl,
  framesOf,
  grantedPatterns,
  inject,
  injectInto,
  insertStyle,
  isFull,
  onCommand,
  onFrameMessage,
  onInstall,
  onOurMessage,
  onPermissions,
  onStored,
  onTabRemoved,
  openOptions,
  openPage,
  openPanel,
  registerSites,
  removeStyle,
  type Sender,
  startWithBrowser,
  type Tab,
  tellPanels,
} from "./browser";
import { compare, Documents, keyOf } from "./documents";
import { showIcon } from "./icon";
import {
  type Act,
  CATEGORIES,
  type Category,
  CUT,
  categoryOf,
  type Entrance,
  type Envelope,
  type Filter,
  type FrameStatus,
  type Kept,
  type ListReport,
  type MarkAct,
  type NotKept,
  type Reply,
  type Restyle,
  type Reviewing,
  type Sourcing,
  type TabReport,
  type ToPage,
} from "./protocol";
import { review as keepMark, MOST_MARKS, marked, marksOf } from "./reviews";
import {
  acted,
  catchUp,
  hostOf,
  make,
  migrate,
  ruleFor,
  settings,
  update,
  viewFor,
  withLent,
  withSite,
} from "./settings";
import { title } from "./tell";
import { highlightSheet } from "./theme";
import { counted, notKept, number, text } from "./words";

const documents = new Documents();

/** Bytes of text that the engine may hold, beside the tab that is being read: some thousand articles. */
const ROOM = 4 << 20;

let starting: Promise<unknown> | null = null;
let syncing: Promise<void> = Promise.resolve();
/** The tabs whose frames are being looked for, and whether they are to be once more. */
const rounds = new Map<number, boolean>();

/** The engine, compiled once. A failed start is tried again by the next call. */
async function ready(): Promise<typeof engine> {
  starting ??= init({ module_or_path: fileUrl("hearsay_bg.wasm") });
  try {
    await starting;
  } catch (reason) {
    starting = null;
    throw new Error(text("engineFailed", errorOf(reason)));
  }
  return engine;
}

onFrameMessage({
  hello: async (_ask, { tab, frame, tabUrl }) => {
    const all = await settings();
    const host = hostOf(tabUrl ?? "");
    if (ruleFor(all, host) !== "always") return { view: null, site: host };
    if (frame === 0) void markOn(tab);
    return { view: viewFor(all, host), site: host };
  },

  again: async (_ask, { tab, frame }) => {
    await injectInto(tab, frame, "again");
    return null;
  },

  hand: async (_ask, { tab, frame }) => {
    await injectInto(tab, frame, "hand");
    return null;
  },

  view: async ({ page, lent, lentMarks }, sender) => {
    const own = isOwn(page, sender) ? marksOf(page).catch(() => []) : [];
    const [all, marks] = await Promise.all([settings(), own]);
    const { tabUrl } = sender;
    const site = hostOf(tabUrl ?? "");
    return {
      view: tabUrl === null ? null : withLent(viewFor(all, site), lent),
      off: ruleFor(all, site) === "off",
      marks: lentMarks.reduce(marked, marks),
    };
  },

  read: async ({ base, change: splices, more, sheet, ...ref }, { tab, frame }) => {
    if (documents.full(tab, frame)) return { error: text("tooManyFrames") };
    const styled = sheet ? restyle(tab, frame, sheet) : null;
    try {
      const { change, forget, knows } = await ready();
      // From here to the reading nobody else has a turn: who asks for the list finds this one or the last.
      const { key, replaced } = documents.set(tab, frame, ref);
      const from = base === null ? undefined : keyOf(tab, frame, { ...ref, revision: base });
      for (const old of replaced) if (old !== from) forget(old);
      if (from !== undefined && !knows(from)) return { resend: true };
      const reading = change(from, key, splices, more);
      await styled;
      await tidy(tab);
      return reading ? { reading } : { more: true };
    } catch (reason) {
      return { error: errorOf(reason) };
    } finally {
      changed(tab);
    }
  },

  frames: async (_ask, { tab, tabUrl }) => {
    // Frames within frames ask one after the other: what comes during a round is for one more, whoever asks.
    const under = rounds.has(tab);
    rounds.set(tab, true);
    if (under) return null;
    try {
      while (rounds.get(tab)) {
        rounds.set(tab, false);
        await readFrames(tab, hostOf(tabUrl ?? ""));
      }
    } finally {
      rounds.delete(tab);
    }
    return null;
  },

  details: async ({ flag, address, ...ref }, { tab, frame }) => {
    try {
      const { details, knows } = await ready();
      const { key } = documents.set(tab, frame, ref);
      const keys = await complete(tab);
      if (!knows(key)) return { resend: true };
      const found = details(keys, key, flag, address);
      return found ? { details: found } : { error: text("noFlag") };
    } catch (reason) {
      return { error: errorOf(reason) };
    }
  },

  sheet: async ({ sheet }, { tab, frame }) => {
    await restyle(tab, frame, sheet);
    return null;
  },

  act: async ({ act }, sender) => {
    const page = act.what === "filter" ? undefined : act.dismissal.flag?.page;
    if (page !== undefined && !isOwn(page, sender)) return { error: text("pageLeft") };
    return kept(perform(sender.tab, sender.secret, act));
  },

  siteOff: async ({ off }, { tab, tabUrl, secret }) => {
    const url = tabUrl ?? "";
    // Where nothing is kept, the page alone goes off.
    if (secret && off) await switchOff(tab, true);
    const rule = off ? "off" : "click";
    const failed = secret ? null : await kept(update((now) => withSite(now, hostOf(url), { rule })));
    if (!off && !failed) await switchOn(tab, url, true);
    return failed;
  },

  tally: async (flag, { tab }) => {
    const own = (await framesOf(tab)).map((frame) =>
      askFrame<"tally">(tab, frame, { ...flag, type: "tally" }),
    );
    const sum = { phrase: 0, category: 0, site: 0 };
    for (const one of await Promise.all(own)) {
      for (const scope of ["phrase", "category", "site"] as const) sum[scope] += one?.[scope] ?? 0;
    }
    return sum;
  },

  explain: async ({ kind }) => {
    await openOptions(kind === "phrase" ? "phrases" : `kind-${kind}`);
    return null;
  },

  bye: async ({ site }, { tab, frame }) => {
    if (site) await switchOff(tab, false);
    else await forget(tab, frame);
    changed(tab);
    return null;
  },
});

onOurMessage({
  change: (change) => kept(make(change)),

  lend: ({ tab, act }) => kept(perform(tab, true, act)),

  check: async ({ phrase }) => {
    try {
      const { check_phrase } = await ready();
      return { wrong: check_phrase(phrase) ?? null };
    } catch (reason) {
      return { error: errorOf(reason) };
    }
  },

  guide: async () => {
    try {
      const { guide } = await ready();
      return { guide: guide() };
    } catch (reason) {
      return { error: errorOf(reason) };
    }
  },

  open: async ({ tab, url }) => switchOn(tab, url, false),

  switch: async ({ tab, url, on }) => {
    if (on) return switchOn(tab, url, true);
    return { state: "off", frames: await switchOff(tab, true), sourcing: null };
  },

  readAs: async ({ tab, way }) => {
    const frames = await askAll(tab, await framesOf(tab), { type: "readAs", way });
    return { state: "on", frames, sourcing: await sourcingOf(tab) };
  },

  list: async ({ tab, url }) => {
    try {
      return await list(tab, url);
    } catch (reason) {
      return { ...NO_LIST, state: "on", error: errorOf(reason) };
    }
  },

  review: async ({ tab, secret, document, review }) => {
    try {
      return { failed: await reviewed(tab, secret, document, review) };
    } catch (reason) {
      const full = isFull(reason);
      return { failed: { why: full ? text("marksFull") : errorOf(reason), full } };
    }
  },

  export: async ({ tab, document, format, hidden }) => {
    try {
      const [{ export_list }, top] = await Promise.all([
        ready(),
        askFrame<"status">(tab, 0, { type: "status" }),
      ]);
      if (!top?.on) return { error: text("pageLeft") };
      const filter = await filterOf(top);
      // Nothing is awaited from the keys on: with its next change the page has others.
      const keys = await complete(tab);
      // What is there may be another page by now, or the same one loaded anew.
      if (documents.names(tab, keys)[0]?.document !== document) return { error: text("pageLeft") };
      const list = export_list(keys, {
        format,
        ...(hidden ? { minStrength: 0, categories: [...CATEGORIES], dismissed: true } : choice(filter)),
        url: top.url,
        title: top.title || null,
        created: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      });
      return { text: list };
    } catch (reason) {
      return { error: errorOf(reason) };
    }
  },
});

onCommand({
  toggle: async ({ id, url }) => {
    if (ruleFor(await settings(), hostOf(url)) === "off") return;
    const top = await askFrame<"status">(id, 0, { type: "status" });
    if (top?.on) {
      await switchOff(id, true);
      await say(id, 0, text("saidOff"));
    } else {
      const { frames } = await switchOn(id, url, true);
      const shown = frames.reduce((sum, frame) => sum + frame.shown, 0);
      if (frames.length > 0) await say(id, 0, counted("saidOn", shown));
    }
  },
  next: (tab) => void go(tab, 1),
  previous: (tab) => void go(tab, -1),
  card: async (tab) => {
    if (!(await openCard(tab.id)) && (await go(tab, 1))) await openCard(tab.id);
  },
  anonymous: (tab) => void turn(tab, "anonymous"),
  unsourced: (tab) => void turn(tab, "unsourced"),
  hedged: (tab) => void turn(tab, "hedged"),
  list: ({ id, url, window }) => {
    void openPanel(window);
    void switchOn(id, url, false);
  },
});

onTabRemoved((tab) => void forget(tab, 0));
onStored(() => void syncSites());
onStored(makeNoted, undefined, "notes");
onPermissions(() => void syncSites());
onInstall(() => void openPage("welcome.html"));
startWithBrowser();
// With every start of this script: the last one may have ended in the middle of it.
void migrate().catch(() => {});
makeNoted();
void syncSites();

/** Switches on what came to a tab's frames. */
async function readFrames(tab: number, site: string): Promise<void> {
  const view = viewFor(await settings(), site);
  await inject(tab);
  const late = await framesOf(tab, true);
  await Promise.all(
    late.map((frame) => askFrame<"on">(tab, frame, { type: "on", view, site, force: false })),
  );
}

/**
 * To the next or previous flag of the page, over its frames in order and from its end to its start.
 * Where nothing is marked yet, the page is read first. False: there is no flag to go to.
 */
async function go({ id, url }: Tab, by: 1 | -1): Promise<boolean> {
  const { state, frames } = await switchOn(id, url, true);
  if (state !== "on") return false;
  const ids = await framesInOrder(id);
  if (by < 0) ids.reverse();
  const step = (frame: number, enter: Entrance | null) =>
    askFrame<"step">(id, frame, { type: "step", by, enter });
  let [found, left] = [false, false];
  const arrive = async (frame: number, enter: Entrance | null) => {
    const now = await step(frame, enter);
    left ||= now?.was ?? false;
    found = now !== null && now.at !== null;
    if (!now?.category || now.at === null) return;
    await say(id, frame, text("saidFlag", title(now.category), now.words));
  };
  for (const frame of ids) {
    if (!found) await arrive(frame, left ? "edge" : null);
  }
  for (const frame of ids) {
    if (!found) await arrive(frame, left ? "edge" : "view");
  }
  if (!found && frames.length > 0) await say(id, 0, text("saidNone"));
  return found;
}

async function openCard(tab: number): Promise<boolean> {
  for (const frame of await framesOf(tab)) {
    const reply = await askFrame<"card">(tab, frame, { type: "card" });
    if (reply?.opened) return true;
  }
  return false;
}

/** Switches a category on or off by key. */
async function turn({ id, url, secret }: Tab, category: Category): Promise<void> {
  const top = await askFrame<"status">(id, 0, { type: "status" });
  const { categories } = top ? await filterOf(top) : viewFor(await settings(), hostOf(url));
  const act = { what: "filter", categories: { ...categories, [category]: !categories[category] } } as const;
  const failed = await kept(perform(id, secret, act));
  const said = act.categories[category] ? "saidShown" : "saidHidden";
  await say(id, 0, failed?.error ?? text(said, text(`category_${category}`)));
}

async function say(tab: number, frame: number, words: string): Promise<void> {
  const saying = { type: "say", text: words } as const;
  const reply = await askFrame<"say">(tab, frame, saying);
  if (!reply || reply.said) return;
  await injectInto(tab, frame, "say");
  await askFrame<"say">(tab, frame, saying);
}

/** Switches on where rules and the reader allow it, and tells how it stands. */
async function switchOn(tab: number, url: string, force: boolean): Promise<TabReport> {
  // The engine compiles while the page is being asked; a failure comes back with the reading.
  void ready().catch(() => {});
  const all = await settings();
  const site = hostOf(url);
  if (ruleFor(all, site) === "off") return { state: "site-off", frames: [], sourcing: null };
  const view = viewFor(all, site);
  // Into our own pages no script may go, and Firefox says so to whoever reads its console.
  const ours = url.startsWith(fileUrl(""));
  const frames = await askAll(tab, ours ? [] : await inject(tab), { type: "on", view, site, force });
  const [top] = frames;
  changed(tab, !top);
  if (!top) return { state: "closed", frames: [], sourcing: null };
  if (top.dismissed) return { state: "off", frames, sourcing: null };
  await showIcon(tab, true, top.scheme);
  return { state: "on", frames, sourcing: await sourcingOf(tab) };
}

const NO_LIST: Omit<ListReport, "state"> = { title: "", list: null, documents: [], error: null };

/** The tab as the panel shows it. Nothing is injected, and nothing switched on. */
async function list(tab: number, url: string): Promise<ListReport> {
  const all = await settings();
  const host = hostOf(url);
  if (ruleFor(all, host) === "off") return { ...NO_LIST, state: "site-off" };
  const top = await askFrame<"status">(tab, 0, { type: "status" });
  // Without a click the browser doesn't tell where a tab is; where it does, only web pages can be read.
  if (!top) return { ...NO_LIST, state: url !== "" && !readable(url) ? "closed" : "unread" };
  const { title, error } = top;
  if (!top.on) return { ...NO_LIST, state: top.dismissed ? "off" : "unread", title };
  // The engine may have answered before the page has heard of it.
  if (!top.reading && documents.keys(tab).length === 0) {
    return { ...NO_LIST, state: error === null ? "reading" : "on", title, error };
  }
  const [{ panel }, filter] = await Promise.all([ready(), filterOf(top)]);
  const keys = await complete(tab);
  if (keys.length === 0) return { ...NO_LIST, state: "on", title };
  // Nothing is awaited from the keys on: with its next change the page has others.
  const found = panel(keys, choice(filter));
  return { state: "on", title, list: found, documents: documents.names(tab, keys), error: null };
}

/**
 * What a page shows, or will in a moment: the storage is asked and not the page, which hears of a
 * change no sooner than we do.
 */
async function filterOf({ url, lent }: FrameStatus): Promise<Filter> {
  return withLent(viewFor(await settings(), hostOf(url)), lent);
}

/** The same as the core is asked for it. */
function choice({ sensitivity, categories }: Filter) {
  return {
    minStrength: CUT[sensitivity] / 100,
    categories: CATEGORIES.filter((category) => categories[category]),
  };
}

/** Changes the settings, or in a private window the page alone. */
async function perform(tab: number, secret: boolean, act: Act): Promise<void> {
  if (!secret) {
    await update((now) => acted(now, act));
    return;
  }
  await askAll(tab, await framesOf(tab), { type: "lend", act });
  changed(tab);
}

/** How it went with something that the reader wants kept. */
async function kept(work: Promise<unknown>): Promise<Kept> {
  try {
    await work;
    return null;
  } catch (reason) {
    return { error: notKept(reason) };
  }
}

/** Keeps what the reader makes of a flag, or in a private window tells the page alone. Why it doesn't, in words. */
async function reviewed(
  tab: number,
  secret: boolean,
  document: string | null,
  review: Reviewing,
): Promise<NotKept | null> {
  const failed = (why: string) => ({ why, full: false });
  const asked = (await inject(tab)).map(async (frame) => {
    const reply = await askFrame<"quote">(tab, frame, { type: "quote", document });
    return reply ? [{ frame, ...reply }] : [];
  });
  const frames = (await Promise.all(asked)).flat();
  // Of all frames the one where something is selected.
  const found = frames.find(({ quote }) => quote !== "none") ?? frames[0];
  if (!found) return failed(text("pageLeft"));
  const at = Date.now();
  let act: MarkAct;
  if (review.what === "mark" || review.what === "add") {
    const quote = review.what === "mark" ? review.quote : found.quote;
    if (typeof quote === "string") return failed(text(`selected_${quote}`));
    if ((await marksOf(found.page)).length >= MOST_MARKS) {
      return failed(text("marksMost", number(MOST_MARKS)));
    }
    const { id } = review;
    const what =
      review.what === "mark"
        ? { category: review.category, kind: null, verdict: review.verdict, note: review.note }
        : { category: categoryOf(review.kind), kind: review.kind, verdict: "missed" as const, note: "" };
    act = { what: "add", mark: { id, ...what, ...quote, at } };
  } else {
    act = review.what === "change" ? { ...review, at } : review;
  }
  if (secret) await askFrame<"lendMark">(tab, found.frame, { type: "lendMark", act });
  else await keepMark(found.page, found.title, act);
  return null;
}

/**
 * Whether the address of a page is one that a frame may have. The origin decides: a page may change the rest by script,
 * and the browser tells of that late.
 */
function isOwn(page: string, { url, origin }: Sender): boolean {
  const own = originOf(page);
  if (own !== "null") return own === originOf(url) || own === origin;
  const path = (address: string) => address.split(/[?#]/, 1)[0];
  return path(page) === path(url);
}

/** "null" where an address has none that others share. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : "null";
}

function readable(url: string): boolean {
  return /^(https?|file|ftp):/.test(url);
}

/** Told after whatever may change a tab's list; a panel that shows it asks again. */
function changed(tab: number, closed = false): void {
  tellPanels({ type: "changed", tab, closed });
}

/** What the tab's claims rest on. The popup has a page to show without it: a failure leaves it out. */
async function sourcingOf(tab: number): Promise<Sourcing | null> {
  try {
    const { sourcing } = await ready();
    const keys = await complete(tab);
    return keys.length > 0 ? (sourcing(keys) ?? null) : null;
  } catch {
    return null;
  }
}

async function switchOff(tab: number, dismiss: boolean): Promise<FrameStatus[]> {
  const ids = await framesOf(tab);
  const { looks } = await settings();
  const sheets = (["light", "dark"] as const).map((tone) => highlightSheet({ tone, looks }));
  const frames = await askAll(tab, ids, { type: "off", dismiss });
  await Promise.all([
    ...ids.flatMap((frame) => sheets.map((sheet) => removeStyle(tab, frame, sheet))),
    showIcon(tab, false, "light"),
    forget(tab, 0),
  ]);
  changed(tab);
  return frames;
}

/** The ids of the tab's frames in page order. */
async function framesInOrder(tab: number): Promise<number[]> {
  const all = (await framesOf(tab)).map(async (frame) => {
    const now = await askFrame<"status">(tab, frame, { type: "status" });
    return now ? [{ frame, order: now.order }] : [];
  });
  const known = (await Promise.all(all)).flat();
  return known.sort((a, b) => compare(a.order, b.order)).map(({ frame }) => frame);
}

async function markOn(tab: number): Promise<void> {
  const top = await askFrame<"status">(tab, 0, { type: "status" });
  await showIcon(tab, true, top?.scheme ?? "light");
}

/** The same message to these frames; replies in page order, frames that don't answer left out. */
async function askAll(
  tab: number,
  frames: readonly number[],
  message: Envelope<ToPage, "on" | "off" | "readAs" | "lend" | "status">,
): Promise<FrameStatus[]> {
  const replies = await Promise.all(
    frames.map((frame) => askFrame<"on" | "off" | "readAs" | "lend" | "status">(tab, frame, message)),
  );
  return replies
    .filter((reply): reply is FrameStatus => reply !== null)
    .sort((a, b) => compare(a.order, b.order));
}

/** The new sheet first, so that the page is never without. */
async function restyle(tab: number, frame: number, { now, before }: Restyle): Promise<void> {
  const [sheet, old] = [highlightSheet(now), before && highlightSheet(before)];
  await insertStyle(tab, frame, sheet);
  if (old && old !== sheet) await removeStyle(tab, frame, old);
}

/** Keys of all documents of the tab in page order, after asking for those that the engine lost. */
async function complete(tab: number): Promise<string[]> {
  const { forget, knows, read } = await ready();
  documents.use(tab);
  const keys = documents.keys(tab);
  if (!documents.whole(tab) || !keys.every(knows)) {
    const known = documents.names(tab, keys.filter(knows));
    const resend = async (frame: number): Promise<[number, Reply<ToPage, "resend"> | null]> => [
      frame,
      await askFrame<"resend">(tab, frame, { type: "resend", known }),
    ];
    const there = new Set<number>();
    for (const [frame, reply] of await Promise.all((await framesOf(tab)).map(resend))) {
      if (!reply) continue;
      there.add(frame);
      if ("known" in reply || documents.full(tab, frame)) continue;
      const { page, ...ref } = reply;
      const { key, replaced } = documents.set(tab, frame, ref);
      for (const old of replaced) forget(old);
      read(key, page);
    }
    for (const key of documents.settle(tab, there)) forget(key);
    await tidy(tab);
  }
  return documents.keys(tab).filter(knows);
}

/** Gives back what was out of use for longest; those pages are asked for it when it is wanted again. */
async function tidy(but: number): Promise<void> {
  const { forget, held } = await ready();
  for (let tab = documents.oldest(but); tab !== null && held() > ROOM; tab = documents.oldest(but)) {
    for (const key of documents.drop(tab, 0)) forget(key);
  }
}

async function forget(tab: number, frame: number): Promise<void> {
  const keys = documents.drop(tab, frame);
  if (keys.length === 0) return;
  const { forget } = await ready();
  for (const key of keys) forget(key);
}

/** Hearsay runs by itself where the reader said so and the browser still allows it. One at a time. */
function syncSites(): Promise<void> {
  // What fails is tried again by the next event or start.
  syncing = syncing.then(registerAllowed).catch(() => {});
  return syncing;
}

/** Whoever wanted it may be gone. */
function makeNoted(): void {
  void catchUp().catch(() => {});
}

async function registerAllowed(): Promise<void> {
  const { sites } = await settings();
  const always = Object.keys(sites).filter((host) => sites[host]?.rule === "always");
  await registerSites((await Promise.all(always.map(grantedPatterns))).flat());
}

function errorOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
