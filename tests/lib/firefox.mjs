/**
 * A real Firefox with the real extension, driven through Marionette, the remote protocol that every
 * Firefox carries: no driver program is needed. All of it happens in the browser's own ("chrome")
 * context, where popup, sidebar and pages are reached alike, by the number of their browser element.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { press } from "./aim.mjs";
import { ROOT, until } from "./browser.mjs";
import { pointAt, pressExport } from "./hearsay.mjs";

/** The unpacked extension that the build makes. */
export const EXTENSION = path.join(ROOT, "dist", "firefox");
const ID = "hearsay@hearsay.invalid";

/** Ours, beside those that Marionette sets so that the browser calls nobody and asks nothing. */
const PREFS = {
  "browser.startup.page": 0,
  "browser.shell.checkDefaultBrowser": false,
  "browser.download.folderList": 2,
  "browser.download.alwaysOpenPanel": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "intl.locale.requested": "en-GB",
  "marionette.port": 0,
  // Its questions can be answered at once.
  "security.notification_enable_delay": 0,
  "ui.systemUsesDarkTheme": 0,
};
/** A proxy that isn't there, for all but this machine. */
const OFFLINE = {
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 9,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 9,
  "network.proxy.no_proxies_on": "127.0.0.1, localhost",
};

/** Pages, windows and the background are ended in the middle of a conversation, or of their beginning; that the browser says so is no error. */
const ENDED = /context unloaded|context is inactive|Script terminated|FrameData missing/;

/** The Firefox to test with, or why there is none. The manifest says which versions will do. */
export async function findFirefox() {
  const { browser_specific_settings } = JSON.parse(await readFile(path.join(EXTENSION, "manifest.json"), "utf8"));
  const least = Number.parseInt(browser_specific_settings.gecko.strict_min_version, 10);
  let old = "";
  for (const program of process.env.FIREFOX ? [process.env.FIREFOX] : ["firefox-esr", "firefox"]) {
    const { stdout } = await promisify(execFile)(program, ["--version"]).catch(() => ({ stdout: "" }));
    const version = Number(/Firefox (\d+)/.exec(stdout)?.[1]);
    if (version >= least) return { program };
    if (version) old = `, ${program} is ${version}`;
  }
  return { missing: `there is no Firefox ${least} or later here${old}` };
}

/** Starts Firefox with the extension in a fresh profile. */
export async function launchFirefox(program, { headless = true, offline = true, prefs = {} } = {}) {
  const profile = await mkdtemp(path.join(os.tmpdir(), "hearsay-firefox-"));
  const downloads = path.join(profile, "downloads");
  const all = { ...PREFS, "browser.download.dir": downloads, ...(offline ? OFFLINE : {}), ...prefs };
  const lines = Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  await writeFile(path.join(profile, "user.js"), lines.join(""));
  const child = spawn(
    program,
    ["--no-remote", "--profile", profile, "--marionette", "--remote-allow-system-access", ...(headless ? ["--headless", "--width", "1200", "--height", "900"] : [])],
    { stdio: "ignore" },
  );
  const exit = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  const port = await until(
    "Firefox to start",
    async () => Number(await readFile(path.join(profile, "MarionetteActivePort"), "utf8")),
    60_000,
  );
  const firefox = new Firefox(await Marionette.connect(port), child, exit, profile);
  await firefox.begin();
  return firefox;
}

/** The wire: `LENGTH:[0, id, command, parameters]`, answered by `LENGTH:[1, id, error, result]`. */
class Marionette {
  #next = 1;
  #waiting = new Map();
  #bytes = Buffer.alloc(0);

  static connect(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, "127.0.0.1", () => resolve(new Marionette(socket)));
      socket.once("error", reject);
    });
  }

  constructor(socket) {
    this.socket = socket;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Firefox is gone"));
      this.#waiting.clear();
    });
  }

  #read(bytes) {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const colon = this.#bytes.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#bytes.toString("latin1", 0, colon));
      if (this.#bytes.length < end) return;
      const message = JSON.parse(this.#bytes.toString("utf8", colon + 1, end));
      this.#bytes = this.#bytes.subarray(end);
      // The first one is a greeting.
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message;
      const pending = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) pending?.reject(new Error(`${error.error}: ${error.message}`));
      else pending?.resolve(result);
    }
  }

  send(command, parameters = {}) {
    const id = this.#next++;
    const text = JSON.stringify([0, id, command, parameters]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  }
}

/** One running browser. */
class Firefox {
  constructor(wire, child, exit, profile) {
    Object.assign(this, { wire, child, exit, profile });
  }

  async begin() {
    await this.wire.send("WebDriver:NewSession", { capabilities: { alwaysMatch: { timeouts: { script: 60_000 } } } });
    await this.wire.send("Marionette:SetContext", { value: "chrome" });
    await this.install();
  }

  /** Installs the extension, in the place of the one that is there. `secret`: private windows have it too. */
  async install({ secret = false } = {}) {
    await this.wire.send("Addon:Install", { path: EXTENSION, temporary: true, allowPrivateBrowsing: secret });
    this.host = await this.chrome((id) => WebExtensionPolicy.getByID(id).mozExtensionHostname, ID);
  }

  /** Runs a function in the browser's own context. Argument and answer travel as JSON. */
  async chrome(run, argument = null) {
    const script = `return (${run})(arguments[0])`;
    const { value } = await this.wire.send("WebDriver:ExecuteScript", { script, args: [argument], newSandbox: true });
    return value;
  }

  /** A new tab at `url`, in front, once it is loaded. */
  async open(url) {
    const page = await this.visit(url);
    await page.loaded(url);
    return page;
  }

  /** The same with whatever comes of it: a page that doesn't load shows one of the browser's. */
  async visit(url) {
    const number = await this.chrome((address) => {
      const tab = gBrowser.addTab(address, { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
      gBrowser.selectedTab = tab;
      return tab.linkedBrowser.browserId;
    }, url);
    await until(`what comes of ${url}`, () =>
      this.chrome((which) => {
        const { currentURI, webProgress } = gBrowser.browsers.find(({ browserId }) => browserId === which);
        return currentURI.spec !== "about:blank" && !webProgress.isLoadingDocument;
      }, number));
    return new View(this, number);
  }

  /** Brings a page's tab to the front. */
  front(page) {
    return this.chrome((number) => {
      gBrowser.selectedTab = gBrowser.tabs.find((tab) => tab.linkedBrowser.browserId === number);
    }, page.number);
  }

  /** The page of ours with that file name, which a tab shows already. */
  async pageAt(name) {
    const number = await until(name, () =>
      this.chrome((file) => gBrowser.browsers.find((one) => one.currentURI.spec.endsWith(`/${file}`))?.browserId, name),
    );
    return new View(this, number);
  }

  /** Does something in a private window, which is closed then. */
  async privately(act) {
    const windows = () => this.wire.send("WebDriver:GetWindowHandles");
    const { value: here } = await this.wire.send("WebDriver:GetWindowHandle");
    const before = await windows();
    await this.chrome(() => {
      OpenBrowserWindow({ private: true });
    });
    const [handle] = await until("the private window", async () => (await windows()).filter((one) => !before.includes(one)));
    await this.wire.send("WebDriver:SwitchToWindow", { handle, focus: true });
    await until("it to be ready", () => this.chrome(() => PrivateBrowsingUtils.isWindowPrivate(window) && gBrowserInit.delayedStartupFinished));
    try {
      await act();
    } finally {
      await this.chrome(() => {
        setTimeout(() => window.close(), 0);
      });
      await this.wire.send("WebDriver:SwitchToWindow", { handle: here, focus: true });
    }
  }

  /** Presses the toolbar button on `page` and returns the popup that opens. */
  async press(page) {
    await this.closePopup();
    await this.front(page);
    await this.chrome((id) => {
      const { ExtensionParent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
      const { extension } = WebExtensionPolicy.getByID(id);
      ExtensionParent.apiManager.global.browserActionFor(extension).triggerAction(window);
    }, ID);
    return this.view("popup");
  }

  /** Popup or sidebar, once it is drawn. */
  async view(name) {
    const number = await until(`the ${name}`, () => this.find(name));
    const view = new View(this, number);
    await until(`the ${name} to be drawn`, () => view.evaluate("document.readyState === 'complete' && location.protocol === 'moz-extension:' && !document.body.hasAttribute('aria-busy')"), 60_000);
    return view;
  }

  /** The number of the browser element that shows the popup or the sidebar; null where none does. */
  find(name) {
    return this.chrome((which) => {
      const browser =
        which === "popup"
          ? document.querySelector("browser.webextension-popup-browser:not(.webextension-preload-browser)")
          : document.getElementById("sidebar")?.contentDocument.getElementById("webext-panels-browser");
      return browser?.browserId || null;
    }, name);
  }

  async closePopup() {
    // One that is still coming stays.
    await until("the popup to close", async () => {
      await this.chrome(() => {
        for (const browser of document.querySelectorAll("browser.webextension-popup-browser")) browser.closest("panel")?.hidePopup();
      });
      return (await this.find("popup")) === null;
    });
  }

  /** Says yes to the browser's own question, whether the extension may have a site; the question's text. */
  async allow() {
    await until("the question", () => this.chrome(() => PopupNotifications.isPanelOpen));
    const question = await this.chrome(() => {
      const asked = PopupNotifications.panel.firstElementChild;
      const text = asked.textContent;
      asked.button.click();
      return text;
    });
    await until("the question to go", () => this.chrome(() => !PopupNotifications.isPanelOpen));
    return question;
  }

  /** What was copied last. */
  clipboard() {
    return this.chrome(() => navigator.clipboard.readText());
  }

  closeSidebar() {
    return this.chrome(() => SidebarController.hide());
  }

  /** Closes all that a test has opened: it would hear of what the next one does, and ask. */
  async clear() {
    await this.closePopup();
    await this.closeSidebar();
    await this.chrome(() => {
      const blank = gBrowser.addTab("about:blank", { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
      gBrowser.selectedTab = blank;
      for (const tab of [...gBrowser.tabs]) if (tab !== blank) gBrowser.removeTab(tab, { skipPermitUnload: true });
    });
  }

  /**
   * Does what the extension's key with that letter does. Synthetic keys don't reach a browser's
   * shortcuts, so this begins where the browser has recognised the key.
   */
  shortcut(letter) {
    return this.chrome((key) => document.querySelector(`keyset[id^="ext-keyset-id-hearsay"] > key[key="${key}"]`).doCommand(), letter);
  }

  /** Ends the background's event page, as the browser does when it is idle. Whatever comes next may wake another. */
  async killBackground() {
    const ended = () =>
      this.chrome(async (id) => {
        const { extension } = WebExtensionPolicy.getByID(id);
        if (extension.backgroundState === "starting") return false;
        await extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true });
        return extension.backgroundState !== "running";
      }, ID);
    await until("the background to end", ended);
  }

  /** While something is done the background ends as soon as it has been idle for so many milliseconds; how often it did. */
  async idleAfter(ms, act) {
    const TIMEOUT = "extensions.background.idle.timeout";
    await this.chrome(
      ([id, name, timeout]) => {
        Services.prefs.setIntPref(name, timeout);
        const { extension } = WebExtensionPolicy.getByID(id);
        window.ends = 0;
        window.ended = () => window.ends++;
        extension.on("background-script-suspend", window.ended);
      },
      [ID, TIMEOUT, ms],
    );
    this.fleeting = true;
    try {
      await this.killBackground();
      await act();
    } finally {
      this.fleeting = false;
      await this.chrome(
        ([id, name]) => {
          Services.prefs.clearUserPref(name);
          WebExtensionPolicy.getByID(id).extension.off("background-script-suspend", window.ended);
        },
        [ID, TIMEOUT],
      );
    }
    return this.chrome(() => window.ends);
  }

  /** Waits until the background has ended, where it does so by itself. */
  async whenIdle() {
    if (!this.fleeting) return;
    await until("the background to end", () => this.chrome((id) => WebExtensionPolicy.getByID(id).extension.backgroundState === "stopped", ID));
  }

  /** What the browser reports that is ours: errors and policy violations with our address in them. */
  async complaints() {
    const all = await this.chrome((host) => {
      const all = Services.console.getMessageArray();
      return all.filter((one) => one instanceof Ci.nsIScriptError).map((one) => `${one.sourceName}:${one.lineNumber} ${one.errorMessage}`).filter((text) => text.includes(host));
    }, this.host);
    return all.filter((text) => !ENDED.test(text));
  }

  /** Presses an export button of the popup and returns the downloaded file: its name and its text. */
  exportList(popup, format) {
    return this.downloaded(() => pressExport(popup, format));
  }

  /** Does what makes a file, and returns that: its name and its text. */
  async downloaded(act) {
    const folder = path.join(this.profile, "downloads");
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await act();
    // While a file is being written a second one beside it says so.
    const name = await until("the file", async () => {
      const files = await readdir(folder);
      return files.length === 1 && !files[0].endsWith(".part") && files[0];
    });
    const text = await until("its text", () => readFile(path.join(folder, name), "utf8"));
    return { name, text };
  }

  /** Moves the pointer onto a highlight and on into its card, which then shows all it has; the card's text. */
  async hover(page, category, n = 0) {
    const point = await pointAt(page, category, n);
    if (!point) throw new Error(`there is no highlight ${category} ${n}`);
    await page.pointer("mousemove", point.x - 3, point.y);
    await page.pointer("mousemove", point.x, point.y);
    const text = await until("the card", () => page.card());
    const { x, y } = await page.inCard(".card header");
    await page.pointer("mousemove", x, y);
    await until("all of the card", async () => !(await page.inCard(".card.peek")));
    return text;
  }

  async close() {
    await this.wire.send("Marionette:Quit", { flags: ["eForceQuit"] }).catch(() => {});
    const slow = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.exit;
    clearTimeout(slow);
    this.wire.socket.destroy();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** A page, the popup or the sidebar. Answers the calls of lib/hearsay.mjs as Chromium's pages do. */
class View {
  constructor(firefox, number) {
    Object.assign(this, { firefox, number });
  }

  /**
   * The value of an expression, or of a function called with `argument`, in the document's own world;
   * promises are awaited. `system`: with the browser's eyes, which see closed shadow roots.
   */
  evaluate(code, argument = null, system = false) {
    const script = typeof code === "function" ? `return (${code})(arguments[0])` : `return (${code})`;
    return this.firefox.chrome(
      ({ number, script, argument, system }) => {
        const actor = BrowsingContext.getCurrentTopByBrowserId(number).currentWindowGlobal.getActor("MarionetteCommands");
        return actor.executeScript(script, [argument], { sandboxName: system ? "system" : null, timeout: 60_000 });
      },
      { number: this.number, script, argument, system },
    );
  }

  url() {
    return this.evaluate("location.href");
  }

  loaded(url) {
    // A page may have put something of its own where the document answers.
    const state = `Object.getOwnPropertyDescriptor(Document.prototype, "readyState").get.call(document)`;
    return until(`${url} to load`, () => this.evaluate(`${state} === "complete" && location.href !== "about:blank"`));
  }

  async goto(url) {
    await this.evaluate((address) => {
      location.href = address;
    }, url);
    await until(`${url}`, async () => (await this.url()) === url);
    await this.loaded(url);
  }

  /** The trimmed text of the first element that matches, or null. */
  text(selector) {
    return this.evaluate((which) => document.querySelector(which)?.textContent.replace(/\s+/g, " ").trim() ?? null, selector);
  }

  /** A real event of the mouse, at a point of the viewport in CSS pixels. */
  pointer(type, x, y) {
    const eventData = { type, button: 0, ...(type === "mousemove" ? {} : { clickCount: 1 }) };
    return this.dispatch("synthesizeMouseAtPoint", { x, y, eventData });
  }

  dispatch(event, details) {
    return this.firefox.chrome(
      ({ number, event, details }) => {
        const actor = BrowsingContext.getCurrentTopByBrowserId(number).currentWindowGlobal.getActor("MarionetteCommands");
        return actor.dispatchEvent(event, details);
      },
      { number: this.number, event, details },
    );
  }

  /** A real click in the middle of the first element that matches. */
  click(selector) {
    return press(selector, (code) => this.evaluate(code), async ({ x, y }) => {
      for (const type of ["mousemove", "mousedown", "mouseup"]) await this.pointer(type, x, y);
    });
  }

  /** Presses a key with the focus in this document: "ArrowDown", "Enter", "Escape", "/". */
  async key(key) {
    await this.firefox.chrome((number) => BrowsingContext.getCurrentTopByBrowserId(number).embedderElement.focus(), this.number);
    await until("the focus", () => this.evaluate("document.hasFocus()"));
    const eventData = { key, code: key.length > 1 ? key : "", location: 0, printable: key.length === 1 };
    await this.dispatch("synthesizeKeyDown", { eventData });
    await this.dispatch("synthesizeKeyUp", { eventData });
  }

  /** A PNG of the viewport. */
  async screenshot() {
    const data = await this.firefox.chrome(async (number) => {
      const context = BrowsingContext.getCurrentTopByBrowserId(number);
      const bitmap = await context.currentWindowGlobal.drawSnapshot(null, 1, "white");
      const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      return canvas.toDataURL("image/png").split(",")[1];
    }, this.number);
    return Buffer.from(data, "base64");
  }

  /** A real click on the first element of our card that matches. */
  async clickCard(selector) {
    const point = await this.inCard(selector);
    for (const type of ["mousemove", "mousedown", "mouseup"]) await this.pointer(type, point.x, point.y);
  }

  /** A real click on the button of our card with that label, or with an attribute of that value. */
  async pressCard(label) {
    let before = null;
    const point = await until(`the card's ${label}`, async () => {
      const now = await this.evaluate(
        (wanted) => {
          const roots = [...document.querySelectorAll(":root > *")].map((child) => child.openOrClosedShadowRoot);
          const buttons = [...(roots.find((root) => root?.mode === "closed")?.querySelectorAll("button") ?? [])];
          const named = (one) => [...one.attributes].some(({ value }) => value === wanted) || [...one.childNodes].some(({ nodeValue }) => nodeValue === wanted);
          const box = buttons.find(named)?.getBoundingClientRect();
          return box?.width > 0 ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
        },
        label,
        true,
      );
      const still = now !== null && JSON.stringify(now) === JSON.stringify(before);
      before = now;
      return still && now;
    });
    for (const type of ["mousemove", "mousedown", "mouseup"]) await this.pointer(type, point.x, point.y);
  }

  /** The value of an expression in the world of our content script, which must be there. */
  asContentScript(expression) {
    return this.evaluate(
      ([id, code]) => {
        const { ExtensionContent } = ChromeUtils.importESModule("resource://gre/modules/ExtensionContent.sys.mjs");
        const context = ExtensionContent.getContextByExtensionId(id, window);
        return Cu.evalInSandbox(code, context.cloneScope);
      },
      [ID, expression],
      true,
    );
  }

  /** The middle of what matches within our card; null where nothing does. */
  inCard(selector) {
    return this.evaluate(
      (which) => {
        const roots = [...Document.prototype.querySelectorAll.call(document, ":root > *")].map((child) => child.openOrClosedShadowRoot);
        const box = roots.find((root) => root?.mode === "closed")?.querySelector(which)?.getBoundingClientRect();
        return box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
      },
      selector,
      true,
    );
  }

  /** The text of our card, "" when there is none. It lives in a closed shadow root. */
  card() {
    return this.evaluate(
      () => {
        const roots = [...Document.prototype.querySelectorAll.call(document, ":root > *")].map((child) => child.openOrClosedShadowRoot).filter((root) => root?.mode === "closed");
        return roots.map((root) => root.textContent).join(" ").replace(/\s+/g, " ").trim();
      },
      null,
      true,
    );
  }
}
