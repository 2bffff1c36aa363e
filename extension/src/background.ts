/**
 * One engine for all tabs. Holds nothing that a page cannot send again: the browser may end this
 * script at any moment, so listeners are registered synchronously and each awaits one start.
 */
import init, * as engine from "hearsay-engine";
import {
  askFrame,
  fileUrl,
  grantedPatterns,
  inject,
  insertStyle,
  onBackgroundMessage,
  onCommand,
  onInstall,
  onPermissions,
  onStart,
  onStored,
  onTabRemoved,
  openPage,
  openPanel,
  registerSites,
  removeStyle,
  tellPanels,
} from "./browser";
import { compare, Documents, keyOf } from "./documents";
import { showIcon } from "./icon";
import {
  CATEGORIES,
  CUT,
  type Envelope,
  type FrameStatus,
  type ListReport,
  type ReadRequest,
  type Sourcing,
  type TabReport,
  type Tone,
  type ToPage,
} from "./protocol";
import { hostOf, ruleFor, settings } from "./settings";
import { highlightSheet } from "./theme";
import { text } from "./words";

const documents = new Documents();
const SHEETS: Readonly<Record<Tone, string>> = {
  light: highlightSheet("light"),
  dark: highlightSheet("dark"),
};

let starting: Promise<unknown> | null = null;

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

onBackgroundMessage({
  hello: async (_ask, { tab, frame, tabUrl }) => {
    const all = await settings();
    const host = hostOf(tabUrl ?? "");
    if (ruleFor(all, host) !== "always") return { filter: null };
    if (frame === 0) void markOn(tab);
    return { filter: all };
  },

  read: async ({ base, change: what, more, tone, ...ref }, { tab, frame }) => {
    const styled = tone ? setTone(tab, frame, tone) : null;
    try {
      const { key, replaced } = documents.set(tab, frame, ref);
      const { change, forget, knows } = await ready();
      const from = base === null ? undefined : keyOf(tab, frame, { ...ref, revision: base });
      if (replaced && replaced !== from) forget(replaced);
      if (from !== undefined && !knows(from)) return { resend: true };
      const reading = change(from, key, what, more);
      await styled;
      return reading ? { reading } : { more: true };
    } catch (reason) {
      return { error: errorOf(reason) };
    } finally {
      changed(tab);
    }
  },

  frames: async (_ask, { tab }) => {
    const all = await settings();
    const asked = (await inject(tab)).map(async (frame) => {
      const now = await askFrame<"status">(tab, frame, { type: "status" });
      if (now && !now.on) await askFrame<"on">(tab, frame, { type: "on", filter: all, force: false });
    });
    await Promise.all(asked);
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

  tone: async ({ tone }, { tab, frame }) => {
    await setTone(tab, frame, tone);
    return null;
  },

  bye: async ({ site }, { tab, frame }) => {
    if (site) await switchOff(tab, false);
    else await forget(tab, frame);
    changed(tab);
    return null;
  },

  open: async ({ tab, url }) => switchOn(tab, url, false),

  switch: async ({ tab, url, on }) => {
    if (on) return switchOn(tab, url, true);
    return { state: "off", frames: await switchOff(tab, true), sourcing: null };
  },

  assumeEnglish: async ({ tab }) => {
    const frames = await askAll(tab, await inject(tab), { type: "assume", language: "en" });
    return { state: "on", frames, sourcing: await sourcingOf(tab) };
  },

  list: async ({ tab, url }) => {
    try {
      return await list(tab, url);
    } catch (reason) {
      return { ...NO_LIST, state: "on", error: errorOf(reason) };
    }
  },

  export: async ({ tab, document, format, hidden }) => {
    try {
      const { export_list } = await ready();
      const [all, keys, top] = await Promise.all([
        settings(),
        complete(tab),
        askFrame<"status">(tab, 0, { type: "status" }),
      ]);
      // What is there may be another page by now, or the same one loaded anew.
      if (documents.names(tab, keys)[0]?.document !== document) return { error: text("pageLeft") };
      const list = export_list(keys, {
        format,
        minStrength: hidden ? 0 : CUT[all.sensitivity] / 100,
        categories: CATEGORIES.filter((category) => hidden || all.categories[category]),
        url: top?.url ?? null,
        title: top?.title || null,
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
    if (top?.on) await switchOff(id, true);
    else await switchOn(id, url, true);
  },
  list: ({ id, url, window }) => {
    void openPanel(window);
    void switchOn(id, url, false);
  },
});

onTabRemoved((tab) => void forget(tab, 0));
onStored(() => void syncSites());
onPermissions(() => void syncSites());
onStart(() => void syncSites());
onInstall(() => void openPage("welcome.html"));

/** Switches on where rules and the reader allow it, and tells how it stands. */
async function switchOn(tab: number, url: string, force: boolean): Promise<TabReport> {
  // The engine compiles while the page is being asked; a failure comes back with the reading.
  void ready().catch(() => {});
  const all = await settings();
  if (ruleFor(all, hostOf(url)) === "off") return { state: "site-off", frames: [], sourcing: null };
  const frames = await askAll(tab, await inject(tab), { type: "on", filter: all, force });
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
  const keys = await complete(tab);
  if (keys.length === 0) return { ...NO_LIST, state: "on", title };
  const { panel } = await ready();
  const found = panel(keys, {
    minStrength: CUT[all.sensitivity] / 100,
    categories: CATEGORIES.filter((category) => all.categories[category]),
  });
  return { state: "on", title, list: found, documents: documents.names(tab, keys), error: null };
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
  const ids = await inject(tab);
  const frames = await askAll(tab, ids, { type: "off", dismiss });
  await Promise.all([
    ...ids.flatMap((frame) => Object.values(SHEETS).map((sheet) => removeStyle(tab, frame, sheet))),
    showIcon(tab, false, "light"),
    forget(tab, 0),
  ]);
  changed(tab);
  return frames;
}

async function markOn(tab: number): Promise<void> {
  const top = await askFrame<"status">(tab, 0, { type: "status" });
  await showIcon(tab, true, top?.scheme ?? "light");
}

/** The same message to these frames; replies in page order, frames that don't answer left out. */
async function askAll(
  tab: number,
  frames: readonly number[],
  message: Envelope<ToPage, "on" | "off" | "assume">,
): Promise<FrameStatus[]> {
  const replies = await Promise.all(
    frames.map((frame) => askFrame<"on" | "off" | "assume">(tab, frame, message)),
  );
  return replies
    .filter((reply): reply is FrameStatus => reply !== null)
    .sort((a, b) => compare(a.order, b.order));
}

async function setTone(tab: number, frame: number, tone: Tone): Promise<void> {
  const other = tone === "light" ? "dark" : "light";
  await Promise.all([insertStyle(tab, frame, SHEETS[tone]), removeStyle(tab, frame, SHEETS[other])]);
}

/** Keys of all documents of the tab in page order, after asking for those that the engine lost. */
async function complete(tab: number): Promise<string[]> {
  const { knows, read } = await ready();
  if (lost(tab, knows)) {
    documents.drop(tab, 0);
    const resend = async (frame: number): Promise<[number, ReadRequest | null]> => [
      frame,
      await askFrame<"resend">(tab, frame, { type: "resend" }),
    ];
    for (const [frame, request] of await Promise.all((await inject(tab)).map(resend))) {
      if (!request) continue;
      const { page, ...ref } = request;
      read(documents.set(tab, frame, ref).key, page);
    }
  }
  return documents.keys(tab).filter((key) => knows(key));
}

function lost(tab: number, knows: (key: string) => boolean): boolean {
  const keys = documents.keys(tab);
  return keys.length === 0 || keys.some((key) => !knows(key));
}

async function forget(tab: number, frame: number): Promise<void> {
  const keys = documents.drop(tab, frame);
  if (keys.length === 0) return;
  const { forget } = await ready();
  for (const key of keys) forget(key);
}

let syncing: Promise<void> = Promise.resolve();

/** Hearsay runs by itself where the reader said so and the browser still allows it. One at a time. */
function syncSites(): Promise<void> {
  syncing = syncing.then(registerAllowed, registerAllowed);
  return syncing;
}

async function registerAllowed(): Promise<void> {
  const { sites } = await settings();
  const always = Object.keys(sites).filter((host) => sites[host] === "always");
  await registerSites((await Promise.all(always.map(grantedPatterns))).flat());
}

function errorOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
