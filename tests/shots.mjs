/**
 * `./build.sh shots [WORD…]`: a picture of every screen, in every language and tone, with a sheet that shows
 * them all: dist/shots/index.html. With words, only the screens whose names hold one of them.
 */
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { EXTENSION, launch, ROOT, until } from "./lib/browser.mjs";
import { cardText, highlights, inWorker, pointAt, POPUP, settled } from "./lib/hearsay.mjs";
import { mirrored } from "./lib/mirror.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const SHOTS = path.join(ROOT, "dist", "shots");
const wanted = process.argv.slice(2);

/** Where the interface is what it is. Beyond the first, only the screens marked `everywhere` are taken. */
const LANGUAGES = [
  { name: "en", options: async () => ({}) },
  { name: "de", options: async () => ({ args: ["--lang=de"] }) },
  { name: "rtl", options: async () => ({ extension: await mirrored() }), clean: ({ extension }) => rm(extension, { recursive: true, force: true }) },
];
/** What the reader's system wants. The last two are taken in the first language only. */
const TONES = {
  light: { "prefers-color-scheme": "light" },
  dark: { "prefers-color-scheme": "dark" },
  forced: { "prefers-color-scheme": "light", "forced-colors": "active" },
  contrast: { "prefers-color-scheme": "light", "prefers-contrast": "more" },
};

/** Pages of the extension that open in a tab: file, widths, and how to get at the state that is shown. */
const OWN_PAGES = [
  { name: "welcome", file: "welcome.html", widths: [1000, 340] },
  { name: "options", file: "options.html", widths: [1000, 340], stored: { ...marks("valleycourier.example", 3), ...marks("evening-post.example", 1) }, act: (page) => page.locator("#review .fold").first().click() },
];

/** Marks as the extension keeps them, on a page of that site. */
function marks(host, count) {
  const all = ["said the official, who asked not to be named", "could", "has risen by 40 per cent"].map((words, i) => ({
    id: String(i), category: ["anonymous", "hedged", "unsourced"][i], kind: null, words, around: { before: "", after: "" },
    verdict: ["wrong", "unsure", "right"][i], note: i === 0 ? "The headline names him." : "", at: 0,
  }));
  return { [`review https://${host}/dam`]: { version: 1, title: "Repairs to the Velm dam are put off for a third year", marks: all.slice(-count) } };
}

/** Cards by the words that are pointed at in the article. `act`: what is done before the picture. */
const CARDS = [
  { name: "peek", category: "anonymous", words: /a senior engineer at the yard told/ },
  { name: "peek-narrow", category: "anonymous", words: /a senior engineer at the yard told/, width: 320 },
  { name: "person", category: "anonymous", words: /a senior engineer at the yard told/, act: click },
  { name: "document", category: "anonymous", words: /leaked memo/, act: click },
  { name: "assertion", category: "unsourced", words: /risen by 38 percent/, act: click },
  { name: "hedge", category: "hedged", words: /probably/, act: click },
  { name: "two-flags", category: "hedged", words: /suggest/, act: click },
  { name: "narrow", category: "anonymous", words: /a senior engineer at the yard told/, act: click, width: 320 },
];

/** A click on the words pins the card and shows all of it. */
function click(page, { x, y }) {
  return page.mouse.click(x, y);
}

/** The popup by the page below it. `act`: what is done in it first. */
const POPUPS = [
  { name: "on", url: "/article" },
  { name: "another-language", url: "/french" },
  { name: "closed", url: "chrome://version/" },
  { name: "nothing-found", url: "/named" },
  { name: "off", url: "/article", act: (popup) => popup.click(POPUP.main) },
  { name: "off-here", url: "/article", act: (popup) => popup.click(POPUP.site("off")), undo: (popup) => popup.click(POPUP.site("click")) },
];

/** Name → how to take it; each gives pictures by name. */
const SCREENS = {
  page: { everywhere: false, take: takePage },
  card: { everywhere: true, take: takeCards },
  popup: { everywhere: true, take: takePopups },
  panel: { everywhere: true, take: takePanel },
  ...Object.fromEntries(OWN_PAGES.map((own) => [own.name, { everywhere: true, take: (world) => takeOwn(world, own) }])),
  store: { everywhere: false, tones: ["light"], take: takeStore },
};

const server = await serve({
  root: path.join(ROOT, "tests", "article"),
  pages: PAGES,
});
const pictures = [];

/** An address of its own for every picture: the browser tells tabs apart by nothing else. */
let opened = 0;
const address = (url) => (url.startsWith("/") ? `${server.origin}${url === "/article" ? "/index.html" : url}?${++opened}` : url);

async function open({ browser, tone }, url, { width = 1200, height = 900 } = {}) {
  const page = await browser.context.newPage();
  const { "prefers-color-scheme": colorScheme, "forced-colors": forcedColors = null, "prefers-contrast": contrast = null } = TONES[tone];
  await page.emulateMedia({ colorScheme, forcedColors, contrast });
  await page.setViewportSize({ width, height });
  await page.goto(address(url), { waitUntil: "load" });
  await page.bringToFront();
  return page;
}

async function marked(world, url, size) {
  const page = await open(world, url, size);
  const popup = await world.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.bringToFront();
  return page;
}

async function takePage(world) {
  const found = [];
  for (const [what, size] of [["wide", { width: 1200, height: 1000 }], ["narrow", { width: 390, height: 800 }]]) {
    const page = await marked(world, "/article", size);
    found.push([what, await page.screenshot()]);
    await page.close();
  }
  return found;
}

async function takeCards(world) {
  const found = [];
  for (const { name, category, words, act, width = 1000 } of CARDS) {
    const page = await marked(world, "/article", { width, height: 760 });
    const n = (await highlights(page))[category].findIndex((text) => words.test(text));
    if (n < 0) throw new Error(`no ${category} flag in the article says ${words}`);
    const point = await pointAt(page, category, n);
    await page.mouse.move(point.x - 3, point.y);
    await page.mouse.move(point.x, point.y, { steps: 3 });
    await until("the card", () => cardText(world.browser, page));
    await act?.(page, point);
    await drawn(page);
    found.push([name, await page.screenshot()]);
    await page.close();
  }
  return found;
}

async function takePopups(world) {
  const found = [];
  for (const { name, url, act, undo } of POPUPS) {
    const page = await open(world, url);
    const popup = await world.browser.press(page);
    await scheme(popup, world.tone);
    await act?.(popup);
    await drawn(popup);
    found.push([name, await popup.screenshot()]);
    await undo?.(popup);
    await popup.close();
    await page.close();
  }
  return found;
}

async function takePanel(world) {
  const { browser, tone } = world;
  const page = await open(world, "/article");
  const popup = await browser.press(page);
  await settled(popup);
  await popup.click(POPUP.list).catch(() => {});
  const panel = await browser.panel();
  await until("the list", () => panel.evaluate(`document.querySelectorAll("#order .row").length > 0`));
  await scheme(panel, tone);
  const found = [];
  for (const width of [380, 280]) {
    await panel.send("Emulation.setDeviceMetricsOverride", { width, height: 760, deviceScaleFactor: 1, mobile: false });
    for (const tab of ["order", "source", "category"]) {
      await panel.click(`#tab-${tab}`);
      if (tab === "source" && width === 380) await panel.click(".source .row");
      await panel.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: 2, y: 2 });
      await drawn(panel);
      const { data } = await panel.send("Page.captureScreenshot", { format: "png" });
      found.push([`${tab}-${width}`, Buffer.from(data, "base64")]);
      if (tab === "source" && width === 380) await panel.click(".source .row");
    }
  }
  await panel.click("#tab-order");
  for (const [row, verdict, note] of [[2, 2, "He is named in the headline."], [4, 3, ""], [3, 1, ""]]) {
    const item = `#order > ol > li:nth-child(${row})`;
    await panel.click(`${item} .row`);
    await panel.click(`${item} .verdicts button:nth-of-type(${verdict})`);
    if (note) {
      await panel.click(`${item} .review > .quiet`);
      await panel.type(note);
    }
  }
  await until("the marks to be kept", () => inWorker(browser, async () => Object.values(await chrome.storage.local.get(null)).some((one) => one?.marks?.length === 3)));
  for (const width of [380, 280]) {
    await panel.send("Emulation.setDeviceMetricsOverride", { width, height: 760, deviceScaleFactor: 1, mobile: false });
    await panel.evaluate(`document.querySelector("#order > ol > li").scrollIntoView()`);
    await until("no work under way", () => panel.evaluate(`!document.body.hasAttribute("aria-busy")`));
    await drawn(panel);
    const { data } = await panel.send("Page.captureScreenshot", { format: "png" });
    found.push([`review-${width}`, Buffer.from(data, "base64")]);
  }
  await panel.click("#add");
  await drawn(panel);
  const { data } = await panel.send("Page.captureScreenshot", { format: "png" });
  found.push(["add-280", Buffer.from(data, "base64")]);
  await inWorker(browser, () => chrome.storage.local.clear());
  await panel.close();
  await page.close();
  return found;
}

async function takeOwn(world, { name, file, widths, stored = {}, act }) {
  const here = await access(path.join(EXTENSION, file)).then(() => true, () => false);
  if (!here) {
    console.log(`skipped: there is no ${file}`);
    return [];
  }
  await inWorker(world.browser, (values) => chrome.storage.local.set(values), stored);
  const found = [];
  for (const width of widths) {
    const page = await open(world, `chrome-extension://${world.browser.id}/${file}`, { width, height: 800 });
    await until(`${name} to be drawn`, () => page.evaluate(() => document.documentElement.dir !== "" && !document.body.hasAttribute("aria-busy")));
    await act?.(page);
    await drawn(page);
    found.push([String(width), await page.screenshot({ fullPage: true })]);
    await page.close();
  }
  await inWorker(world.browser, () => chrome.storage.local.clear());
  return found;
}

/** The stores' pictures: 1280 × 800, and Chrome's tile of 440 × 280. The list stands beside the page, as browsers show it. */
async function takeStore(world) {
  const { browser } = world;
  const [width, height, side] = [1280, 800, 380];
  const [{ category, words }] = CARDS;
  const article = async (size) => {
    const page = await marked(world, "/article", size);
    await page.evaluate(() => document.querySelector(".cookie-notice").remove());
    return page;
  };
  const cards = async (size, act) => {
    const page = await article(size);
    const n = (await highlights(page))[category].findIndex((text) => words.test(text));
    const point = await pointAt(page, category, n);
    await page.mouse.move(point.x - 3, point.y);
    await page.mouse.move(point.x, point.y, { steps: 3 });
    await until("the card", () => cardText(browser, page));
    await act?.(page, point);
    await drawn(page);
    return page;
  };
  const found = [];
  const card = await cards({ width, height }, click);
  found.push(["card", await card.screenshot()]);
  await card.close();

  const page = await article({ width: width - side - 1, height });
  const popup = await browser.press(page);
  await popup.click(POPUP.list).catch(() => {});
  const panel = await browser.panel();
  await until("the list", () => panel.evaluate(`document.querySelectorAll("#order .row").length > 0`));
  await scheme(panel, world.tone);
  await panel.send("Emulation.setDeviceMetricsOverride", { width: side, height, deviceScaleFactor: 1, mobile: false });
  for (const tab of ["order", "source"]) {
    await panel.click(`#tab-${tab}`);
    await drawn(panel);
    const { data } = await panel.send("Page.captureScreenshot", { format: "png" });
    const left = (await page.screenshot()).toString("base64");
    found.push([`list-${tab}`, await composed(browser, { width, height }, `<img src="data:image/png;base64,${left}"><img src="data:image/png;base64,${data}">`)]);
  }
  await panel.close();
  await page.close();

  const options = await open(world, `chrome-extension://${browser.id}/options.html`, { width, height });
  await until("options to be drawn", () => options.evaluate(() => !document.body.hasAttribute("aria-busy")));
  await drawn(options);
  found.push(["options", await options.screenshot()]);
  await options.close();

  const { quotes, line } = JSON.parse(await readFile(path.join(ROOT, "extension", "src", "mark.json"), "utf8"));
  const mark = `<svg width="104" viewBox="0 0 16 16"><path fill="#2a2723" d="${quotes}"/><path fill="#6a41b3" d="${line}"/></svg>`;
  found.push(["tile", await composed(browser, { width: 440, height: 280 }, `<figure>${mark}<figcaption>Hearsay</figcaption></figure>`)]);
  return found;
}

/** A picture of pictures side by side. */
async function composed(browser, size, html) {
  const page = await browser.context.newPage();
  await page.setViewportSize(size);
  await page.setContent(`<!doctype html><style>
    body { margin: 0; display: flex; gap: 1px; height: 100vh; background: #d8d3ca }
    figure { flex: 1; margin: 0; display: grid; align-content: center; justify-items: center; gap: 18px; background: #f7f4ee; font: 600 34px/1 Georgia, serif; color: #2a2723 }
  </style>${html}`);
  const png = await page.screenshot();
  await page.close();
  return png;
}

const scheme = (target, tone) =>
  target.send("Emulation.setEmulatedMedia", { features: Object.entries(TONES[tone]).map(([name, value]) => ({ name, value })) });

/** Fading and sliding are over. */
async function drawn(target) {
  const over = "document.getAnimations({ subtree: true }).every((one) => one.playState !== 'running')";
  await until("a picture at rest", () => target.evaluate(over));
  // A card's own animations are out of sight: its root is closed.
  await new Promise((resolve) => setTimeout(resolve, 250));
}

/** All of them, by screen. */
function sheet() {
  const parts = Object.keys(SCREENS).map((name) => {
    const own = pictures.filter((picture) => picture.name === name);
    const figures = own.map(({ file }) => `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${file.replace(".png", "")}</figcaption></figure>`);
    return own.length === 0 ? "" : `<h2>${name}</h2><div>${figures.join("")}</div>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Hearsay: every screen</title>
<style>
  body { margin: 32px; background: #8b8780; font: 12px/18px system-ui, sans-serif; color: #fff }
  div { display: flex; flex-wrap: wrap; align-items: start; gap: 20px }
  figure { margin: 0; max-width: 420px }
  img { display: block; max-width: 100%; max-height: 620px; box-shadow: 0 1px 6px #0006 }
</style>
<h1>Every screen</h1>
${parts.join("\n")}
`;
}

try {
  await rm(SHOTS, { recursive: true, force: true });
  await mkdir(SHOTS, { recursive: true });
  for (const [i, language] of LANGUAGES.entries()) {
    const options = await language.options();
    const browser = await launch(options);
    try {
      for (const tone of i === 0 ? Object.keys(TONES) : ["light", "dark"]) {
        for (const [name, { everywhere, tones = [tone], take }] of Object.entries(SCREENS)) {
          if ((i > 0 && !everywhere) || !tones.includes(tone)) continue;
          if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
          for (const [what, png] of await take({ browser, tone })) {
            const file = [name, ...(what ? [what] : []), language.name, tone].join("-") + ".png";
            await writeFile(path.join(SHOTS, file), png);
            pictures.push({ name, file });
            console.log(`dist/shots/${file}`);
          }
        }
      }
    } finally {
      await browser.close();
      await language.clean?.(options);
    }
  }
  await writeFile(path.join(SHOTS, "index.html"), sheet());
  console.log("All on one sheet: dist/shots/index.html");
} finally {
  await server.close();
}
