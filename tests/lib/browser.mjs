/**
 * A real Chromium with the real extension, driven as a reader drives it: the toolbar button is
 * pressed through the browser (`Extensions.triggerAction`), so that the extension holds just the
 * rights that a click gives it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { press } from "./aim.mjs";
import { until } from "./until.mjs";

export { until };

/** The repository's root. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The unpacked extension that the build makes. */
export const EXTENSION = path.join(ROOT, "dist", "chromium");

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** How long Playwright waits for whatever it waits for, in ms. */
const PATIENCE = 60_000;
const SWITCHES = [
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];
const OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

/**
 * Starts Chromium with the extension in a fresh profile.
 * `offline` (the default) lets the browser reach nothing but this machine. `welcome`: the page that
 * opens after the installation stays; else it is closed before anything begins.
 */
export async function launch({ headless = true, offline = true, viewport = { width: 1200, height: 900 }, extension = EXTENSION, args = [], welcome = false } = {}) {
  const profile = await mkdtemp(path.join(os.tmpdir(), "hearsay-profile-"));
  const asRoot = process.getuid?.() === 0;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: false, // Playwright's own headless mode is another program; the switch below is Chromium's.
    viewport,
    timeout: PATIENCE,
    ignoreDefaultArgs: ["--disable-extensions", "--disable-component-extensions-with-background-pages"],
    args: [
      ...SWITCHES,
      ...(headless ? ["--headless=new", "--disable-gpu", "--hide-scrollbars"] : []),
      ...(asRoot ? ["--no-sandbox"] : []),
      ...(offline ? [OFFLINE] : []),
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...args,
    ],
  });
  context.setDefaultTimeout(PATIENCE);
  const cdp = await context.browser().newBrowserCDPSession();
  // The browser may have extensions of its own, and workers of theirs: ours shows a page.
  const first = await until("the first page", () => context.pages().find((page) => /^chrome-extension:\/\/\w+\/welcome\.html$/.test(page.url())));
  const browser = new Browser(context, cdp, new URL(first.url()).host, profile);
  if (!welcome) await first.close();
  return browser;
}

/** One running browser. */
export class Browser {
  /** Page errors of the pages that `open` made, as text. */
  errors = [];

  constructor(context, cdp, id, profile) {
    Object.assign(this, { context, cdp, id, profile });
  }

  /** A new tab at `url`, in front. */
  async open(url, options = {}) {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.errors.push(`${page.url()}: ${error.message}`));
    await page.goto(url, { waitUntil: "load", ...options });
    await page.bringToFront();
    return page;
  }

  async targets() {
    return (await this.cdp.send("Target.getTargets", { filter: [{}] })).targetInfos;
  }

  /**
   * The CDP target of type "tab" around `page`: what `Extensions.triggerAction` wants.
   * The browser links the two by nothing but the URL, so no two tabs may show the same one.
   */
  async tabTarget(page) {
    const session = await this.context.newCDPSession(page);
    const tab = await until("one tab to show the page", async () => {
      const { targetInfo } = await session.send("Target.getTargetInfo");
      const tabs = (await this.targets()).filter((target) => target.type === "tab" && target.url === targetInfo.url);
      return targetInfo.url !== "" && tabs.length === 1 && tabs[0];
    });
    await session.detach();
    return tab.targetId;
  }

  /**
   * Presses the toolbar button on `page` and returns the popup that opens.
   * The first call after the press fails now and then, and on a busy machine a popup may come
   * without the extension's rights: either is tried again, twice at most, and said.
   */
  async press(page) {
    const targetId = await this.tabTarget(page);
    const trigger = () => this.cdp.send("Extensions.triggerAction", { id: this.id, targetId });
    for (let attempt = 1; ; attempt++) {
      await this.closePopups();
      try {
        await trigger();
        return await this.popup();
      } catch (error) {
        if (attempt === 3) throw error;
        console.error(`pressing the toolbar button again: ${error.message}`);
      }
    }
  }

  /** The popup that is open, driven by raw CDP (Playwright has no name for it). */
  async popup() {
    const target = await until("the popup", async () => (await this.popupTargets())[0], 10_000);
    const popup = await attach(this.cdp, target.targetId);
    const alive = "location.protocol === 'chrome-extension:' && document.readyState === 'complete' && typeof chrome.tabs === 'object'";
    await until("the popup's document", () => popup.evaluate(alive), 15_000);
    await until("the popup to be drawn", () => popup.evaluate("!document.body.hasAttribute('aria-busy')"), 60_000);
    return popup;
  }

  popupTargets() {
    return this.ours("popup.html");
  }

  /** The extension's open documents of that name. */
  async ours(name) {
    const url = `chrome-extension://${this.id}/${name}`;
    return (await this.targets()).filter((target) => target.url === url);
  }

  /** The side panel, once it is drawn, of several windows any other one; driven by raw CDP as the popup is. */
  async panel(number = 0) {
    const target = await until("the panel", async () => (await this.ours("panel.html"))[number]);
    const panel = await attach(this.cdp, target.targetId);
    await until("the panel to be drawn", () => panel.evaluate("document.readyState === 'complete' && !document.body.hasAttribute('aria-busy')"), 60_000);
    return panel;
  }

  closePopups() {
    return this.closeOurs("popup.html");
  }

  async closeOurs(name) {
    for (const target of await this.ours(name)) {
      await this.cdp.send("Target.closeTarget", { targetId: target.targetId }).catch(() => {});
    }
    await until(`${name} to close`, async () => (await this.ours(name)).length === 0);
  }

  /** Closes all that a test has opened, but for `keep`: it would hear of what the next one does, and ask. */
  async clear(keep = null) {
    for (const name of ["popup.html", "panel.html"]) await this.closeOurs(name);
    const pages = this.context.pages();
    // The last one would take the browser with it.
    const kept = keep ?? pages.find((page) => page.url() === "about:blank") ?? (await this.context.newPage());
    for (const page of pages) if (page !== kept) await page.close();
  }

  async workerTarget() {
    const prefix = `chrome-extension://${this.id}/`;
    return (await this.targets()).find((target) => target.type === "service_worker" && target.url.startsWith(prefix));
  }

  /** The background's service worker, once its script runs. It must be awake. */
  async worker() {
    return until("the service worker", async () => {
      const target = await this.workerTarget();
      const one = target && (await attach(this.cdp, target.targetId));
      // It is told of before its script runs.
      if (await one?.evaluate("typeof chrome === 'object' && typeof chrome.storage === 'object'").catch(() => false)) return one;
      await one?.detach();
      return null;
    });
  }

  /** The value of an expression in the background, whichever worker that is by now. */
  async inBackground(expression) {
    const worker = await this.worker();
    try {
      return await worker.evaluate(expression);
    } finally {
      await worker.detach();
    }
  }

  /** Kills the background's service worker, as the browser does when it is idle or short of memory. */
  async killWorker() {
    const target = await this.workerTarget();
    if (!target) return;
    // Whoever waits for an answer may wake another one at once, under the same name. One that is ending
    // answers nothing, not even with an error.
    const tell = async (expression) => {
      const one = await attach(this.cdp, target.targetId);
      return Promise.race([one.evaluate(expression), sleep(500)]).finally(() => one.detach());
    };
    // It may just have ended by itself.
    await tell("globalThis.ends = true").catch(() => {});
    await this.cdp.send("Target.closeTarget", { targetId: target.targetId }).catch(() => {});
    await until("the service worker to end", async () => !(await this.workerTarget()) || (await tell("globalThis.ends !== true")));
  }

  /** From here on the browser collects what goes wrong in our pages and scripts, for `complaints`. */
  async listen() {
    await this.#manage(async (id) => {
      await chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
      await chrome.developerPrivate.updateExtensionConfiguration({ extensionId: id, errorCollection: true });
    });
  }

  /** What has gone wrong since. */
  complaints() {
    return this.#manage(async (id) => {
      const { manifestErrors, runtimeErrors } = await chrome.developerPrivate.getExtensionInfo(id);
      return [...manifestErrors, ...runtimeErrors].map(({ source, message }) => `${source}: ${message}`);
    });
  }

  /** Does something on the browser's page of extensions. */
  async #manage(work) {
    const page = await this.open("chrome://extensions/");
    const answer = await page.evaluate(work, this.id);
    await page.close();
    return answer;
  }

  async close() {
    await this.context.close().catch(() => {});
    await rm(this.profile, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** A CDP session with one target over the browser's own session. */
async function attach(cdp, targetId) {
  const { sessionId } = await cdp.send("Target.attachToTarget", { targetId, flatten: false });
  return new Session(cdp, sessionId, targetId);
}

/** A popup (or any other target) that is driven through messages of the browser's session. */
class Session {
  #next = 1;
  #waiting = new Map();

  constructor(cdp, sessionId, targetId) {
    Object.assign(this, { cdp, sessionId, targetId });
    this.listener = ({ sessionId: from, message }) => {
      if (from !== sessionId) return;
      const answer = JSON.parse(message);
      const pending = this.#waiting.get(answer.id);
      if (!pending) return;
      this.#waiting.delete(answer.id);
      if (answer.error) pending.reject(new Error(answer.error.message));
      else pending.resolve(answer.result);
    };
    this.gone = ({ sessionId: which }) => {
      if (which !== sessionId) return;
      for (const { reject } of this.#waiting.values()) reject(new Error("the popup closed"));
      this.#waiting.clear();
    };
    cdp.on("Target.receivedMessageFromTarget", this.listener);
    cdp.on("Target.detachedFromTarget", this.gone);
  }

  send(method, params = {}) {
    const id = this.#next++;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const message = JSON.stringify({ id, method, params });
    this.cdp.send("Target.sendMessageToTarget", { sessionId: this.sessionId, message }).catch((error) => {
      this.#waiting.get(id)?.reject(error);
      this.#waiting.delete(id);
    });
    return answer;
  }

  /** The value of a JavaScript expression in the target; promises are awaited. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** The trimmed text of the first element that matches, or null. */
  text(selector) {
    return this.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent.replace(/\\s+/g, " ").trim() ?? null`);
  }

  /** A real mouse click in the middle of the first element that matches. */
  click(selector) {
    return press(selector, (code) => this.evaluate(code), async ({ x, y }) => {
      for (const type of ["mousePressed", "mouseReleased"]) await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    });
  }

  /** Presses a key, as the keyboard would: "ArrowDown", "Enter", "Escape", "/". */
  async key(key) {
    const code = { Enter: 13, Escape: 27, ArrowDown: 40, ArrowUp: 38, ArrowLeft: 37, ArrowRight: 39, Home: 36, End: 35, Tab: 9, " ": 32 }[key];
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", key, code: key.length > 1 ? key : "", windowsVirtualKeyCode: code ?? key.charCodeAt(0), text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode: code ?? key.charCodeAt(0) });
  }

  /** Types text into what has the focus. */
  type(text) {
    return this.send("Input.insertText", { text });
  }

  /** A PNG of the whole body, however far a click has scrolled it, and on whichever side of a wider window it stands. */
  async screenshot() {
    const clip = await this.evaluate(`(() => {
      scrollTo(0, 0);
      const { left, width, height } = document.body.getBoundingClientRect();
      return { x: left, y: 0, width, height, scale: 1 };
    })()`);
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(data, "base64");
  }

  /** Closes the target and stops listening. */
  async close() {
    await this.cdp.send("Target.closeTarget", { targetId: this.targetId }).catch(() => {});
    await this.detach();
  }

  /** Stops listening. */
  async detach() {
    await this.cdp.send("Target.detachFromTarget", { sessionId: this.sessionId }).catch(() => {});
    this.cdp.off("Target.receivedMessageFromTarget", this.listener);
    this.cdp.off("Target.detachedFromTarget", this.gone);
  }
}
