/**
 * The only file that touches the browser's extension API. Chromium and Firefox (Manifest V3) both
 * offer promises under `chrome`.
 */
import type {
  Envelope,
  FromFrames,
  FromOurPages,
  PageToPanel,
  PanelToPage,
  Reply,
  Settings,
  ToBackground,
  ToPage,
  ToPanel,
} from "./protocol";

/** The file names that the build writes; nothing else may be injected. */
const CONTENT_SCRIPT = "content.js";
const AUTO_SCRIPT = "auto.js";

export interface Sender {
  tab: number;
  frame: number;
  /** Of the tab, when the extension may know it, or the frame is all of the tab's page. */
  tabUrl: string | null;
  /** The frame's own, as the browser tells it; a change by script may be told late. */
  url: string;
  /** The frame's origin, which one without an address of its own has of its maker; "" where the browser doesn't tell. */
  origin: string;
  /** Whether the tab is in a private window. */
  secret: boolean;
}

export interface Tab {
  id: number;
  /** Empty where the extension may not know it. */
  url: string;
  window: number;
  loading: boolean;
  /** In a private window. */
  secret: boolean;
}

/** Lasts as long as both ends do. */
export interface Channel<Message> {
  send(message: Message): void;
  close(): void;
}

type Awaitable<T> = T | Promise<T>;
type Handlers<M, S> = { [K in keyof M]: (ask: Envelope<M, K>, sender: S) => Awaitable<Reply<M, K>> };

/** False once the extension was reloaded or removed under a running content script. */
export function alive(): boolean {
  try {
    return chrome.runtime?.id !== undefined;
  } catch {
    return false;
  }
}

/** An element's shadow root, also a closed one. Firefox has a property for it. */
export function closedRootOf(element: Element): ShadowRoot | null {
  try {
    const { openOrClosedShadowRoot: firefox } = element as { openOrClosedShadowRoot?: ShadowRoot | null };
    const root = firefox ?? chrome.dom?.openOrClosedShadowRoot(element as HTMLElement);
    return (root as ShadowRoot | undefined) ?? null;
  } catch {
    return null;
  }
}

/** What `_locales` has under a key in the browser's language, or in English. */
export function message(key: string, values: string[]): string {
  return chrome.i18n.getMessage(key, values);
}

/** Answers messages. Unknown messages and senders are left alone. */
function listen<M, S>(
  handlers: Handlers<M, S>,
  from: (sender: chrome.runtime.MessageSender) => S | null,
): void {
  chrome.runtime.onMessage.addListener((message: Envelope<M>, raw, respond: (reply: unknown) => void) => {
    const sender = raw.id === chrome.runtime.id ? from(raw) : null;
    const type = (message as { type?: unknown } | null)?.type;
    if (sender === null || typeof type !== "string" || !Object.hasOwn(handlers, type)) return false;
    const handle = handlers[type as keyof M] as (ask: unknown, sender: S) => unknown;
    // A handler reports what can go wrong in its reply; what is left is a defect, and must not
    // leave the other side waiting.
    Promise.resolve()
      .then(() => handle(message, sender))
      .then(respond, (reason) => respond({ error: String(reason) }));
    return true;
  });
}

/** In a content script: answers the background. */
export function onPageMessage(handlers: Handlers<ToPage, true>): void {
  listen<ToPage, true>(handlers, (sender) => (sender.tab ? null : true));
}

/**
 * Whether a message is from a page of ours: the browser says whose address that is. Options stand in a tab too, so
 * having one tells nothing.
 */
function isOurs({ url }: chrome.runtime.MessageSender): boolean {
  return url?.startsWith(fileUrl("")) ?? false;
}

/** In the background: answers content scripts. */
export function onFrameMessage(handlers: Handlers<FromFrames, Sender>): void {
  listen<FromFrames, Sender>(handlers, (sender) => {
    const { tab, frameId: frame, url = "", origin = "" } = sender;
    if (isOurs(sender) || tab?.id === undefined || frame === undefined) return null;
    const tabUrl = tab.url ?? (frame === 0 ? url : null);
    return { tab: tab.id, frame, tabUrl, url, origin, secret: tab.incognito };
  });
}

/** In the background: answers popup, panel and options. */
export function onOurMessage(handlers: Handlers<FromOurPages, true>): void {
  listen<FromOurPages, true>(handlers, (sender) => (isOurs(sender) ? true : null));
}

/** In the panel: answers the background. */
export function onPanelMessage(handlers: Handlers<ToPanel, true>): void {
  listen<ToPanel, true>(handlers, (sender) => (sender.tab ? null : true));
}

/** To every panel; there may be none. */
export function tellPanels(message: Envelope<ToPanel>): void {
  chrome.runtime.sendMessage(message).catch(() => {});
}

/** The name of the channel between the panel and a page. */
const CHANNEL = "panel";

/** In the panel: a channel to all frames of a tab that listen. `closed`: there is none (any more). */
export function follow(
  tab: number,
  heard: (message: PageToPanel) => void,
  closed: () => void,
): Channel<PanelToPage> {
  const port = chrome.tabs.connect(tab, { name: CHANNEL });
  port.onMessage.addListener(heard);
  port.onDisconnect.addListener(closed);
  return channel(port);
}

/** In a content script: keeps a channel for every panel that follows the tab; `changed` when one comes or goes. */
export function onFollowed(
  panels: Set<Channel<PageToPanel>>,
  changed: () => void,
  heard: (message: PanelToPage) => void,
): void {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== CHANNEL || port.sender?.tab) return;
    const panel = channel<PageToPanel>(port);
    panels.add(panel);
    changed();
    port.onMessage.addListener(heard);
    port.onDisconnect.addListener(() => {
      panels.delete(panel);
      changed();
    });
  });
}

/** The other end may have gone a moment ago, which is no error. */
function channel<M>(port: chrome.runtime.Port): Channel<M> {
  return {
    send: (message) => {
      try {
        port.postMessage(message);
      } catch {}
    },
    close: () => port.disconnect(),
  };
}

/**
 * To the background. The browser may stop that with the question unanswered, and while it is about to, which on a busy
 * machine takes a second and more, nobody can be reached: it is asked again then, for ten seconds, and every message may
 * come several times. Rejects when nobody is there to be reached, as after a reload of the extension.
 */
export async function ask<K extends keyof ToBackground>(
  message: Envelope<ToBackground, K>,
  again = 100,
): Promise<Reply<ToBackground, K>> {
  try {
    const reply = await chrome.runtime.sendMessage(message);
    // Every handler says something: nobody heard the question.
    if (reply === undefined) throw new Error("no answer");
    return reply as Reply<ToBackground, K>;
  } catch (reason) {
    if (again === 0 || !alive()) throw reason;
    // A timer doesn't run on a page whose scripts the reader switched off.
    await scheduler.postTask(() => {}, { delay: 100 });
    return ask(message, again - 1);
  }
}

/** The same; null when nobody can be reached. */
export async function tryAsk<K extends keyof ToBackground>(
  message: Envelope<ToBackground, K>,
): Promise<Reply<ToBackground, K> | null> {
  return ask(message).catch(() => null);
}

/** To one frame; null when no content script answers there. */
export async function askFrame<K extends keyof ToPage>(
  tab: number,
  frame: number,
  message: Envelope<ToPage, K>,
): Promise<Reply<ToPage, K> | null> {
  try {
    const reply = await chrome.tabs.sendMessage(tab, message, { frameId: frame });
    return (reply ?? null) as Reply<ToPage, K> | null;
  } catch {
    return null;
  }
}

/**
 * Puts the content script into every frame that may be scripted and returns their ids; [] for a
 * closed page. At once: waiting for each frame to load would let one slow advertisement hold up all.
 */
export async function inject(tab: number): Promise<number[]> {
  const run = () =>
    chrome.scripting.executeScript({
      target: { tabId: tab, allFrames: true },
      files: [CONTENT_SCRIPT],
      injectImmediately: true,
    });
  try {
    // The grant of a click sometimes arrives after the click's first call.
    const results = await run().catch(run);
    return results.map((result) => result.frameId);
  } catch {
    return [];
  }
}

/** The ids of the frames that have the content script, or those where it is off; nothing is put into any of them. */
export async function framesOf(tab: number, off = false): Promise<number[]> {
  try {
    const results = await chrome.scripting.executeScript({
      target: { tabId: tab, allFrames: true },
      func: (off) => globalThis.hearsay !== undefined && !(off && globalThis.hearsay.on()),
      args: [off],
      injectImmediately: true,
    });
    return results.filter(({ result }) => result).map(({ frameId }) => frameId);
  } catch {
    return [];
  }
}

/**
 * Puts what is only wanted now and then into one frame, beside the content script. A frame that is gone
 * needs none.
 */
export async function injectInto(
  tab: number,
  frame: number,
  script: "again" | "hand" | "say",
): Promise<void> {
  const target = { tabId: tab, frameIds: [frame] };
  await chrome.scripting
    .executeScript({ target, files: [`${script}.js`], injectImmediately: true })
    .catch(() => {});
}

/** A page that was closed or left meanwhile is no error: there is nothing to style. */
export async function insertStyle(tab: number, frame: number, css: string): Promise<void> {
  await chrome.scripting.insertCSS(sheet(tab, frame, css)).catch(() => {});
}

export async function removeStyle(tab: number, frame: number, css: string): Promise<void> {
  await chrome.scripting.removeCSS(sheet(tab, frame, css)).catch(() => {});
}

/** The reader's own sheet, not one of the page's: only that holds in shadow roots too, in Firefox. */
function sheet(tab: number, frame: number, css: string): chrome.scripting.CSSInjection {
  return { target: { tabId: tab, frameIds: [frame] }, css, origin: "USER" };
}

/** The icon of one tab; the browser puts the manifest's back on navigation. */
export async function setIcon(tab: number, path: Record<number, string>, title: string): Promise<void> {
  await Promise.all([
    chrome.action.setIcon({ tabId: tab, path }),
    chrome.action.setTitle({ tabId: tab, title }),
  ]).catch(() => {});
}

/** The URL of a file of the extension. */
export function fileUrl(name: string): string {
  return chrome.runtime.getURL(name);
}

/** The tab in front. */
export async function activeTab(): Promise<Tab | null> {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab ? ours(tab) : null;
}

function ours(tab: chrome.tabs.Tab): Tab | null {
  if (tab.id === undefined) return null;
  return {
    id: tab.id,
    url: tab.url ?? "",
    window: tab.windowId,
    loading: tab.status === "loading",
    secret: tab.incognito,
  };
}

/** Another tab came to the front, or the one in front goes elsewhere. */
export function onTabInFront(handle: () => void): void {
  chrome.tabs.onActivated.addListener(handle);
  chrome.tabs.onUpdated.addListener((_id, change, tab) => {
    if (tab.active && change.status !== undefined) handle();
  });
}

export function onTabRemoved(handle: (tab: number) => void): void {
  chrome.tabs.onRemoved.addListener(handle);
}

/** The keyboard commands; the browser grants the tab as it does for a click. */
export function onCommand(handlers: Record<string, (tab: Tab) => void>): void {
  chrome.commands.onCommand.addListener((command, raw) => {
    const tab = raw ? ours(raw) : null;
    if (tab && Object.hasOwn(handlers, command)) handlers[command]?.(tab);
  });
}

/** Opens the list beside the page. Must run inside a click or a command, before anything is awaited. */
export async function openPanel(window: number): Promise<void> {
  // Firefox's place for the list, which the types of Chromium's API don't know. It knows which window it is: the one of the click.
  const { sidebarAction: sidebar } = chrome as { sidebarAction?: { open(): Promise<void> } };
  await (sidebar ? sidebar.open() : chrome.sidePanel.open({ windowId: window }));
}

/** The commands with their keys as the reader has set them, "" where there is none. */
export async function commands(): Promise<{ name: string; description: string; key: string }[]> {
  const all = await chrome.commands.getAll();
  return all.map(({ name = "", description = "", shortcut = "" }) => ({ name, description, key: shortcut }));
}

/** The toggle's key, "" when there is none. */
export async function toggleKey(): Promise<string> {
  return (await commands()).find(({ name }) => name === "toggle")?.key ?? "";
}

/** Opens the options in a tab of their own, at one of their places if that is given. */
export async function openOptions(place = ""): Promise<void> {
  if (place === "") await chrome.runtime.openOptionsPage();
  else await chrome.tabs.create({ url: `${fileUrl("options.html")}#${place}` });
}

/** Opens the browser's own page for keys. */
export async function openKeys(): Promise<void> {
  // Firefox has a call for it, Chromium an address.
  const firefox = chrome.commands as { openShortcutSettings?: () => Promise<void> };
  if (firefox.openShortcutSettings) await firefox.openShortcutSettings();
  else await chrome.tabs.create({ url: "chrome://extensions/shortcuts" });
}

// ── Settings ─────────────────────────────────────────────────────────────────────────────────────

/** Stored values, unchecked: a settings file of another version may hold anything. */
export async function stored(names: string[]): Promise<Record<string, unknown>> {
  return chrome.storage.local.get(names);
}

/** All of it, or nothing: rejects where there is no room, as `isFull` tells, or the browser can't write. */
export async function store(
  values: Partial<Settings> & { version: number; unread?: unknown[]; made?: unknown[] },
): Promise<void> {
  await chrome.storage.local.set(values);
}

/** What is kept under a name, or under all of them; unchecked. */
export async function held(name: string | null): Promise<Record<string, unknown>> {
  return chrome.storage.local.get(name);
}

/** Rejects, and changes nothing, where there is no room; `isFull` tells that from other reasons. */
export async function keep(values: Record<string, unknown>): Promise<void> {
  await chrome.storage.local.set(values);
}

export async function drop(names: string[]): Promise<void> {
  await chrome.storage.local.remove(names);
}

/** Both browsers name the quota. */
export function isFull(reason: unknown): boolean {
  return /quota/i.test(String(reason));
}

/** Runs after everything else of that name, in whichever of our pages: so that no change is lost. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return (await navigator.locks.request(name, work)) as T;
}

/** What begins so is a note of what is being done, and not kept. */
export const NOTE = "note ";

/** `what`: hears of all that is kept, or of notes. */
export function onStored(handle: () => void, signal?: AbortSignal, what: "kept" | "notes" = "kept"): void {
  const listener = (changes: Record<string, chrome.storage.StorageChange>, area: string) => {
    const names = area === "local" ? Object.keys(changes) : [];
    if (names.some((name) => name.startsWith(NOTE) === (what === "notes"))) handle();
  };
  chrome.storage.onChanged.addListener(listener);
  signal?.addEventListener("abort", () => {
    if (alive()) chrome.storage.onChanged.removeListener(listener);
  });
}

// ── Sites ────────────────────────────────────────────────────────────────────────────────────────

/**
 * The least that covers a site: one scheme, one host, every port. The manifest names the two
 * schemes apart, so that `*://` would not be part of what it may ask for.
 */
function pattern(scheme: string, host: string): string {
  return `${scheme}//${host}/*`;
}

function patternOf(url: string): string {
  const { protocol, hostname } = new URL(url);
  return pattern(protocol, hostname);
}

/** Must run inside a click, before anything is awaited. */
export async function requestSite(url: string): Promise<boolean> {
  return chrome.permissions.request({ origins: [patternOf(url)] });
}

/** The same for a host under either scheme. */
export async function requestHost(host: string): Promise<boolean> {
  return chrome.permissions.request({ origins: [pattern("http:", host), pattern("https:", host)] });
}

export async function maySite(url: string): Promise<boolean> {
  return chrome.permissions.contains({ origins: [patternOf(url)] });
}

/** What the browser grants of a host, under either scheme. */
export async function grantedPatterns(host: string): Promise<string[]> {
  const both = [pattern("http:", host), pattern("https:", host)];
  const granted = await Promise.all(both.map((origin) => chrome.permissions.contains({ origins: [origin] })));
  return both.filter((_, i) => granted[i]);
}

export async function releaseSite(host: string): Promise<void> {
  const origins = await grantedPatterns(host);
  if (origins.length > 0) await chrome.permissions.remove({ origins }).catch(() => {});
}

export function onPermissions(handle: () => void): void {
  chrome.permissions.onAdded.addListener(handle);
  chrome.permissions.onRemoved.addListener(handle);
}

/** Once, when Hearsay is new here: not after an update of it or of the browser. */
export function onInstall(handle: () => void): void {
  chrome.runtime.onInstalled.addListener(({ reason }) => {
    if (reason === "install") handle();
  });
}

/** A page of the extension, in a tab of its own. */
export async function openPage(name: string): Promise<void> {
  await chrome.tabs.create({ url: fileUrl(name) });
}

/** An update drops registered scripts: with it, and with the browser, the background starts to see to that. */
export function startWithBrowser(): void {
  chrome.runtime.onInstalled.addListener(() => {});
  chrome.runtime.onStartup.addListener(() => {});
}

/** Makes the pages where Hearsay runs by itself exactly those that match these patterns. */
export async function registerSites(patterns: readonly string[]): Promise<void> {
  const registered = (await chrome.scripting.getRegisteredContentScripts()).map((script) => script.id);
  const gone = registered.filter((id) => !patterns.includes(id));
  if (gone.length > 0) await chrome.scripting.unregisterContentScripts({ ids: gone });
  const fresh = patterns.filter((id) => !registered.includes(id));
  if (fresh.length === 0) return;
  await chrome.scripting.registerContentScripts(
    fresh.map((id) => ({
      id,
      matches: [id],
      js: [CONTENT_SCRIPT, AUTO_SCRIPT],
      allFrames: true,
      // Frames without an address of their own, as `srcdoc` makes them, are their maker's.
      matchOriginAsFallback: true,
      runAt: "document_idle" as const,
    })),
  );
}
