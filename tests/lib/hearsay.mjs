/** What the tests, the demo and the benchmark ask of the extension, in a reader's words. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { until } from "./browser.mjs";
import { cli } from "./cli.mjs";

export { cli };

export const CATEGORIES = ["anonymous", "unsourced", "hedged"];

/** The popup's controls. */
export const POPUP = {
  main: "#master",
  category: (category) => `#show-${category}`,
  count: (category) => `#count-${category}`,
  sensitivity: (level) => `label:has(input[name=sensitivity][value=${level}])`,
  sentence: "#sentence",
  site: (rule) => `label:has(input[name=rule][value=${rule}])`,
  list: "#open-list",
  more: "#more",
  whole: "#whole",
  export: (format) => `button[data-format=${format}]`,
};

/** What only our own pages may ask of the background, here for a page of the web in that tab. */
export function forOurPages(tab, url) {
  const ref = { tab, url };
  return [
    { type: "change", id: "x", act: { what: "site", host: "127.0.0.1", rule: "always" } },
    { type: "change", id: "y", act: { what: "filter", sensitivity: "quiet" } },
    { type: "lend", tab, act: { what: "filter", sensitivity: "quiet" } },
    { type: "export", ...ref, document: null, format: "json", hidden: true },
    { type: "list", ...ref },
    { type: "open", ...ref },
    { type: "switch", ...ref, on: false },
    { type: "readAs", ...ref, way: { whole: true } },
    { type: "check", phrase: { category: "hedged", text: "a", pattern: true } },
    { type: "guide" },
  ];
}

/** What only a frame's script may. */
export const FOR_FRAMES = ["hello", "again", "hand", "frames", "siteOff", "act", "bye"];

/** The message that switches a page on with the settings that nobody has touched. */
export const ON = {
  type: "on",
  force: true,
  site: "127.0.0.1",
  view: {
    sensitivity: "normal",
    categories: { anonymous: true, unsourced: true, hedged: true },
    looks: { anonymous: { line: "solid", colour: "violet" }, unsourced: { line: "dotted", colour: "ochre" }, hedged: { line: "wavy", colour: "petrol" } },
    phrases: [],
    dismissed: [],
  },
};

/** The status of the tab's top document, asked from the popup as the background would. */
export function status(popup) {
  return askPage(popup, { type: "status" });
}

/** Waits until all that changed on the page is read; the status then. */
export function calm(popup) {
  return until("a calm page", async () => {
    const now = await status(popup);
    return now.work && !now.work.pending ? now : null;
  }, 60_000);
}

/** What the content script sends to the engine, exactly: the page's blocks. */
export async function pageInput(popup) {
  const request = await askPage(popup, { type: "resend", known: [] });
  return request?.page ?? null;
}

/** Sends a message to the top document of the tab below the popup. */
export function askPage(popup, message) {
  return popup.evaluate(`(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    return chrome.tabs.sendMessage(tab.id, ${JSON.stringify(message)}, { frameId: 0 });
  })()`);
}

/**
 * What the popup says the claims rest on: the sentence, null while none is shown, and the parts of
 * the bar with their share of its width, from 0 to 1.
 */
export async function sourcing(popup) {
  const bar = await popup.evaluate(`(() => {
    const box = (element) => element.getBoundingClientRect().width;
    if (box(document.querySelector("#sourcing")) === 0) return null;
    const parts = [...document.querySelectorAll("#bar > .part")].filter((part) => box(part) > 0);
    const whole = parts.reduce((sum, part) => sum + box(part), 0);
    return parts.map((part) => [part.className.replace("part ", ""), box(part) / whole]);
  })()`);
  return { sentence: bar && (await popup.text(POPUP.sentence)), bar: bar ?? [] };
}

/** Waits until the page was read and painted; the status then. */
export function settled(popup) {
  return until("highlights", async () => {
    const now = await status(popup);
    return now.on && (now.reading || now.error) ? now : null;
  }, 60_000);
}

/**
 * The visible highlights as the page's own registry lists them:
 * `{ anonymous: ["a source said", …], … }`, in document order.
 */
export function highlights(page) {
  return page.evaluate((categories) => {
    const words = (range) => {
      const live = new Range();
      live.setStart(range.startContainer, range.startOffset);
      live.setEnd(range.endContainer, range.endOffset);
      return live.toString().replace(/[ \t\n\f\r]+/g, " ");
    };
    return Object.fromEntries(
      categories.map((category) => {
        const ranges = [...(CSS.highlights.get(`hearsay-${category}`) ?? [])];
        ranges.sort((a, b) => {
          const [x, y] = [a, b].map((range) => {
            const at = new Range();
            at.setStart(range.startContainer, range.startOffset);
            return at;
          });
          // In two trees, one of them a shadow root's, there is no order.
          return x.startContainer.getRootNode() === y.startContainer.getRootNode() ? x.compareBoundaryPoints(Range.START_TO_START, y) : 0;
        });
        return [category, ranges.map(words)];
      }),
    );
  }, CATEGORIES);
}

/** Names of all highlights of ours in the page's registry. */
export function registry(page) {
  return page.evaluate(() => [...CSS.highlights.keys()].filter((name) => name.startsWith("hearsay")).sort());
}

/** The middle of the first line of the n-th highlight of a category, in the viewport's CSS pixels, scrolled into view. */
export async function pointAt(page, category, n = 0) {
  return page.evaluate(
    ([name, index]) => {
      const range = [...(CSS.highlights.get(name) ?? [])][index];
      if (!range) return null;
      const live = new Range();
      live.setStart(range.startContainer, range.startOffset);
      live.setEnd(range.endContainer, range.endOffset);
      live.startContainer.parentElement?.scrollIntoView({ block: "center", behavior: "instant" });
      const box = live.getClientRects()[0];
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    [`hearsay-${category}`, n],
  );
}

/** Moves the pointer onto a highlight and waits for its card, which is short then; the card's text, hidden or not. */
export async function peek(browser, page, category, n = 0) {
  const point = await pointAt(page, category, n);
  if (!point) throw new Error(`there is no highlight ${category} ${n}`);
  await page.mouse.move(point.x - 3, point.y);
  await page.mouse.move(point.x, point.y, { steps: 3 });
  return until("the card", () => cardText(browser, page));
}

/** The same, and on into the card, which then shows all it has. */
export async function hover(browser, page, category, n = 0) {
  const text = await peek(browser, page, category, n);
  const { left, top } = await until("the card to stand", () => cardBox(browser, page));
  await page.mouse.move(left + 12, top + 12);
  await until("all of the card", async () => !(await cardBox(browser, page)).peek);
  return text;
}

/** Where the open card is, in the viewport, and whether it is short; null while none is open. */
export async function cardBox(browser, page) {
  return inCard(browser, page, `function () {
    const { left, top, right, bottom } = this.getBoundingClientRect();
    return { left, top, right, bottom, peek: this.classList.contains("peek") };
  }`);
}

/** What a function says of the open card's element, which is `this` to it; null while none is open. */
export async function inCard(browser, page, code) {
  const session = await browser.context.newCDPSession(page);
  try {
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const isCard = (node) => node.nodeName === "SECTION" && node.attributes?.some((value) => /^card\b/.test(value));
    const find = (node) => (isCard(node) ? node : [...(node.shadowRoots ?? []), ...(node.children ?? [])].reduce((found, child) => found ?? find(child), null));
    const card = find(root);
    if (!card) return null;
    const { object } = await session.send("DOM.resolveNode", { nodeId: card.nodeId });
    const { result } = await session.send("Runtime.callFunctionOn", { objectId: object.objectId, returnByValue: true, functionDeclaration: code });
    return result.value;
  } finally {
    await session.detach();
  }
}

/** The text of the card that is open now, "" when there is none. It lives in a closed shadow root: only the debugger sees it. */
export async function cardText(browser, page) {
  const roots = await closedRoots(browser, page);
  return roots.map((root) => textOf(root)).join(" ").replace(/\s+/g, " ").trim();
}

/** The middle of a button of the open card, by its label or by a value that an attribute of it has. */
export async function cardButton(browser, page, label) {
  const session = await browser.context.newCDPSession(page);
  try {
    const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
    const named = (node) => node.nodeName === "BUTTON" && (node.attributes?.includes(label) || node.children?.some((child) => child.nodeValue === label));
    const find = (node) => (named(node) ? node : [...(node.shadowRoots ?? []), ...(node.children ?? [])].reduce((found, child) => found ?? find(child), null));
    const html = root.children.find((node) => node.nodeType === 1);
    const found = html.children.flatMap((child) => child.shadowRoots ?? []).reduce((one, shadow) => one ?? find(shadow), null);
    if (!found) throw new Error(`no button ${label}`);
    const { model } = await session.send("DOM.getBoxModel", { nodeId: found.nodeId });
    const [x, y, , , right, bottom] = model.content;
    return { x: (x + right) / 2, y: (y + bottom) / 2, disabled: found.attributes.includes("disabled") };
  } finally {
    await session.detach();
  }
}

/** Clicks a button of the open card. */
export async function pressCard(browser, page, label) {
  // Counts that come late make a menu wider: what is clicked on must stand still.
  let before = null;
  const { x, y } = await until(`the card's ${label}`, async () => {
    const now = await cardButton(browser, page, label);
    const still = now && before && now.x === before.x && now.y === before.y;
    before = now;
    return still && now;
  });
  await page.mouse.click(x, y);
}

/** Presses the key of a command, as far as the extension can tell. */
export function command(browser, name) {
  return inWorker(browser, async (name) => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    chrome.commands.onCommand.dispatch(name, tab);
  }, name);
}

/** Runs a function in the background. */
export function inWorker(browser, work, argument) {
  return browser.inBackground(`(${work})(${JSON.stringify(argument)})`);
}

/** What is stored. */
export function stored(browser) {
  return inWorker(browser, () => chrome.storage.local.get(null));
}

/**
 * For a page of ours or the background: stores settings, in place of all there are. Never are there none in between,
 * to which whoever hears of it would go back for a moment.
 */
export async function replaceStored(values) {
  const all = Object.keys(await chrome.storage.local.get(null));
  await chrome.storage.local.set(values);
  await chrome.storage.local.remove(all.filter((name) => !(name in values)));
}

/** The same from outside. */
export function storeSettings(browser, values) {
  return inWorker(browser, replaceStored, values);
}

/** The options page, drawn. */
export async function options(browser, place = "") {
  const page = await browser.open(`chrome-extension://${browser.id}/options.html${place}`);
  await until("the options", () => page.evaluate(() => !document.body.hasAttribute("aria-busy")), 60_000);
  return page;
}

/** Closed shadow roots whose host is a child of the document's element. */
export async function closedRoots(browser, page) {
  const session = await browser.context.newCDPSession(page);
  const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
  await session.detach();
  const html = root.children?.find((node) => node.nodeType === 1);
  return (html?.children ?? []).flatMap((child) => (child.shadowRoots ?? []).filter((shadow) => shadow.shadowRootType === "closed"));
}

function textOf(node) {
  if (node.nodeName === "STYLE") return "";
  if (node.nodeType === 3) return ` ${node.nodeValue}`;
  return (node.children ?? []).map(textOf).join("");
}

/** Saves the list from the popup, in whichever of its buttons the format is, and returns the downloaded file: its name and its text. */
export function exportList(browser, popup, format) {
  return downloaded(browser, () => pressExport(popup, format));
}

/** Presses the popup's button for that format, wherever it is. */
export async function pressExport(popup, format) {
  const hidden = () => popup.evaluate(`!document.querySelector(${JSON.stringify(POPUP.export(format))}).checkVisibility()`);
  // The popup may still be growing, and the button move from under the pointer.
  await until("the button", async () => !(await hidden()) || (await popup.click(POPUP.more), !(await hidden())));
  await popup.click(POPUP.export(format));
}

/** How tall the popup is with its menu of forms open, in CSS pixels, and whether that menu is within it, all of it to be seen. */
export async function unfolded(popup) {
  const open = () => popup.evaluate(`document.querySelector("#forms").matches(":popover-open")`);
  await until("the menu", async () => (await open()) || (await popup.click(POPUP.more), open()));
  const measured = await popup.evaluate(`(() => {
    const [menu, body] = [document.querySelector("#forms"), document.body].map((one) => one.getBoundingClientRect());
    const cut = [...document.querySelectorAll("#forms *")].filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 0).map((one) => one.textContent);
    const within = menu.height > 0 && menu.top >= 0 && menu.left >= body.left && menu.right <= body.right && menu.bottom <= document.querySelector("#more").getBoundingClientRect().top;
    return { height: document.documentElement.scrollHeight, within, cut };
  })()`);
  await popup.key("Escape");
  await until("the menu to go", async () => !(await open()));
  return measured;
}

/** Browsers cut a popup off that is taller. */
export const TALLEST = 600;

/** Does what makes a file, and returns that once it is all there: its name and its text. */
export async function downloaded(browser, act) {
  const folder = path.join(browser.profile, "downloads");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await browser.cdp.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, eventsEnabled: true });
  let complete = false;
  const progress = ({ state }) => {
    complete ||= state === "completed";
  };
  browser.cdp.on("Browser.downloadProgress", progress);
  try {
    await act();
    await until("the download", () => complete);
  } finally {
    browser.cdp.off("Browser.downloadProgress", progress);
  }
  // Complete is told a moment before the file takes its name.
  const name = await until("the file", async () => (await readdir(folder)).find((file) => !file.endsWith(".crdownload") && !file.startsWith(".")));
  return { name, text: await readFile(path.join(folder, name), "utf8") };
}

/** The flag list that the native program makes of the blocks that a content script sent. */
export async function readBlocks(input, folder) {
  const file = path.join(folder, "blocks.json");
  await writeFile(file, JSON.stringify(input));
  const { code, stdout, stderr } = await cli(["--format", "json", "--blocks", file]);
  if (code !== 0) throw new Error(`hearsay --blocks ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
