/**
 * The card wherever it has little room, and for every hand: low and narrow windows, 400 % zoom, touch, real
 * keys, and what axe finds in it. And what comes into a page, and when.
 */
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { build } from "../extension/node_modules/esbuild/lib/main.js";
import { EXTENSION, ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cardBox, cardText, command, inCard, pointAt, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const ARTICLE = path.join(ROOT, "tests", "article");
const at = withBrowser(PAGES, ARTICLE);
const TOLD = "a senior engineer at the yard told";

/** Opens the article in a window of that size, marked. */
async function read(name, { width = 1200, height = 900 } = {}) {
  const page = await at.browser.open(`${at.origin}/index.html?${name}`);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.setViewportSize({ width, height });
  // It would lie over the words in a low window.
  await page.evaluate(() => document.querySelector(".cookie-notice").remove());
  await page.bringToFront();
  return page;
}

/** Brings marked words to a share of the window's height; the middle of their first line, and their lines and sentence. */
function find(page, words, share = 0.3) {
  return page.evaluate(
    ([wanted, where]) => {
      const all = ["anonymous", "unsourced", "hedged"].flatMap((name) => [...(CSS.highlights.get(`hearsay-${name}`) ?? [])]);
      const live = (from, start, to, end) => {
        const range = new Range();
        range.setStart(from, start);
        range.setEnd(to, end);
        return range;
      };
      const mark = all.map((one) => live(one.startContainer, one.startOffset, one.endContainer, one.endOffset)).find((one) => one.toString() === wanted);
      scrollBy({ top: mark.getBoundingClientRect().top - innerHeight * where, behavior: "instant" });
      const text = mark.startContainer;
      const from = text.data.lastIndexOf(". ", mark.startOffset) + 1;
      const end = text.data.indexOf(".", mark.endOffset);
      const box = ({ left, top, right, bottom }) => ({ left, top, right, bottom });
      const [line] = mark.getClientRects();
      return {
        x: line.x + line.width / 2,
        y: line.y + line.height / 2,
        mark: box(mark.getBoundingClientRect()),
        sentence: box(live(text, from, text, end + 1).getBoundingClientRect()),
        window: { width: innerWidth, height: innerHeight },
      };
    },
    [words, share],
  );
}

const apart = (card, box) => card.top >= box.bottom || card.bottom <= box.top;

/** Goes through all of a card: what can be pressed in it, and whether each can be brought into its sight. */
const reach = (page) =>
  inCard(at.browser, page, `function () {
    const inside = (element) => {
      element.scrollIntoView({ block: "nearest", behavior: "instant" });
      const [card, box] = [this.getBoundingClientRect(), element.getBoundingClientRect()];
      const middle = [box.left + box.width / 2, box.top + box.height / 2];
      const front = this.getRootNode().elementFromPoint(...middle);
      return box.top >= card.top - 1 && box.bottom <= card.bottom + 1 && box.left >= card.left && box.right <= card.right && (element === front || element.contains(front));
    };
    const all = [...this.querySelectorAll("strong, .plain, dd, .rests p, button:enabled")];
    return all.filter((element) => !inside(element)).map((element) => element.className + ": " + element.textContent);
  }`);

/** The rows that matter most, as they are seen without scrolling. */
const seen = (page, selector) =>
  inCard(at.browser, page, `function () {
    const element = this.querySelector(${JSON.stringify(selector)});
    const [card, box] = [this.getBoundingClientRect(), element.getBoundingClientRect()];
    const front = this.getRootNode().elementFromPoint(box.left + 4, box.top + box.height / 2);
    return box.top >= card.top && box.bottom <= card.bottom && (element === front || element.contains(front));
  }`);

const ROOMS = {
  "a low window": { width: 900, height: 420 },
  "320 pixels wide": { width: 320, height: 700 },
  "400 % of 1280 by 1024": { width: 320, height: 256 },
};
for (const [name, size] of Object.entries(ROOMS)) {
  test(`${name}: the card covers neither its sentence nor anything of its own, and all of it is reached`, async () => {
    const page = await read(name.replaceAll(/\W+/g, "-"), size);
    const { x, y, mark, sentence, window } = await find(page, TOLD);
    await page.mouse.click(x, y);
    const card = await until("the card", () => cardBox(at.browser, page));
    assert.ok(card.left >= 0 && card.right <= window.width && card.top >= 0 && card.bottom <= window.height, JSON.stringify(card));
    const whole = sentence.bottom - sentence.top + 2 * 96 < window.height;
    assert.ok(apart(card, whole ? sentence : mark), JSON.stringify([card, sentence, mark]));
    if (window.height >= 420) {
      assert.ok(await seen(page, ".rests p"), "how much rests on the source is in sight");
      assert.ok(await seen(page, ".plain"), "and so is the plain sentence");
    }
    assert.deepEqual(await reach(page), []);
    await page.close();
  });
}

test("the browser's own zoom to 400 %: the same", async () => {
  const page = await read("zoomed");
  const zoom = (factor) => at.browser.inBackground(`chrome.tabs.query({ active: true, lastFocusedWindow: true }).then(([tab]) => chrome.tabs.setZoom(tab.id, ${factor}))`);
  await zoom(4);
  await until("the zoom", () => page.evaluate(() => innerWidth < 400));
  const { x, y, mark, window } = await find(page, TOLD);
  await page.mouse.click(x, y);
  const card = await until("the card", () => cardBox(at.browser, page));
  assert.ok(card.left >= 0 && card.right <= window.width && card.bottom <= window.height, JSON.stringify([card, window]));
  assert.ok(apart(card, mark), JSON.stringify([card, mark]));
  assert.deepEqual(await reach(page), []);
  // The browser keeps it for the site.
  await zoom(1);
  await page.close();
});

test("touch: a tap on the words opens the card, one beside it closes it; its buttons take a tap", async () => {
  const page = await read("touch", { width: 390, height: 760 });
  const session = await at.browser.context.newCDPSession(page);
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 1 });
  // Both at once: where the page is slow to answer the first one, a finger that waits for that would press long.
  const tap = ({ x, y }) =>
    Promise.all([
      session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] }),
      session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] }),
    ]);
  const { x, y, sentence } = await find(page, TOLD);
  await tap({ x, y });
  const card = await until("the card", () => cardBox(at.browser, page));
  assert.equal(card.peek, false, "all of it at once: nothing can rest on it");
  assert.ok(apart(card, sentence), JSON.stringify([card, sentence]));
  const small = await inCard(at.browser, page, `function () {
    return [...this.querySelectorAll("button")].map((one) => one.getBoundingClientRect()).filter((box) => box.width < 24 || box.height < 24).length;
  }`);
  assert.equal(small, 0, "targets of 24 pixels at least");
  const next = await inCard(at.browser, page, `function () {
    const box = this.querySelector(".next").getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }`);
  await tap(next);
  await until("the next claim", async () => /2 of 7/.test(await cardText(at.browser, page)));
  await tap({ x: 4, y: 4 });
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  await page.close();
});

test("by key: the focus goes through all of the card and no further than the page, Escape gives it back", async () => {
  const page = await read("keys");
  const current = () => page.evaluate(() => [...(CSS.highlights.get("hearsay-current") ?? [])].map(String).join());
  await command(at.browser, "next");
  const first = await until("a flag", current);
  await command(at.browser, "next");
  await until("the next one", async () => ![first, ""].includes(await current()));
  await command(at.browser, "card");
  await until("the card", () => cardBox(at.browser, page));
  const focused = () => inCard(at.browser, page, `function () { return this.getRootNode().activeElement?.className ?? null; }`);
  await until("the focus in it", async () => /^card\b/.test(await focused()));
  const way = [];
  for (let i = 0; i < 8; i++) {
    way.push(await focused());
    await page.keyboard.press("Tab");
  }
  for (const name of ["step next", "act", "act menu-button", "act explain"]) assert.ok(way.includes(name), `${name} in ${way.join()}`);
  assert.ok(way.includes(null), "the focus isn't kept in");
  await page.keyboard.press("Escape");
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  await page.close();
});

test("axe finds no violation in the card, and sees one that is planted", async () => {
  const source = (name) => path.join(ROOT, "extension", "src", name);
  const { outputFiles } = await build({
    stdin: {
      contents: `import { Card } from ${JSON.stringify(source("card.ts"))};
        import { Host } from ${JSON.stringify(source("host.ts"))};
        import { LOOKS } from ${JSON.stringify(source("settings.ts"))};
        globalThis.host = () => [...document.documentElement.children].find(({ localName }) => localName.startsWith("hearsay-"));
        globalThis.mount = (details, tone) => {
          // In the page's world the root is closed; here it is open, for whoever looks into it.
          const attach = Element.prototype.attachShadow;
          Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: "open" }); };
          const card = new Card(new Host());
          const nothing = () => {};
          const acts = { previous: null, next: nothing, copy: async () => true, tally: async () => ({ phrase: 2, site: 9, category: 5 }), dismiss: nothing, site: "paper.example", explain: nothing };
          const box = { left: 20, top: 20, right: 120, bottom: 40 };
          card.show(details, [{ category: "hedged", open: nothing }], acts, { line: box, sentence: box }, { tone, looks: LOOKS }, null, false, nothing);
          globalThis.card = card;
        };`,
      resolveDir: ROOT,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "iife",
    loader: { ".css": "text" },
  });
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  // A page of the extension: the card's words are the extension's.
  const page = await at.browser.open(`chrome-extension://${at.browser.id}/welcome.html?card`);
  const session = await at.browser.context.newCDPSession(page);
  // Its policy forbids what axe is put in by; the debugger may.
  const run = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
    return result.value;
  };
  await run(`document.body.innerHTML = "<main><h1>A page</h1></main>"; ${outputFiles[0].text}; ${axe}; 0`);
  // Of an element without a size in the top layer axe can't tell the ground: it looks at a copy that stands in the page.
  const violations = () =>
    run(`(async () => {
      const { shadowRoot } = host();
      await Promise.all(shadowRoot.getAnimations().map((one) => one.finished));
      document.getElementById("stage")?.remove();
      const stage = Object.assign(document.createElement("div"), { id: "stage", style: "position: relative; height: 600px" });
      const root = stage.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = shadowRoot.adoptedStyleSheets.slice(1);
      root.append(...[...shadowRoot.children].map((one) => one.cloneNode(true)));
      document.querySelector("main").append(stage);
      host().style.display = "none";
      const { violations, passes, incomplete } = await axe.run({ include: [["#stage"]] }, { resultTypes: ["violations", "incomplete"] });
      const told = (all) => all.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" | ").slice(0, 300));
      return { violations: told(violations), unsure: told(incomplete), passes: passes.length };
    })()`);
  const details = {
    category: "anonymous",
    kind: "person",
    voice: "author",
    words: [{ text: "a senior engineer ", cue: false }, { text: "told", cue: true }],
    facts: [
      { name: "described", page: ["a senior engineer at the yard"], ours: null },
      { name: "reason", page: [], ours: "none" },
    ],
    strength: 0.9,
    rests: { claims: 7, total: 28, index: 0 },
    rule: "say-after",
    why: "",
    document: 0,
    claims: [],
    copy: { markdown: "", html: "" },
  };
  for (const tone of ["light", "dark"]) {
    for (const one of [details, { ...details, category: "unsourced", kind: "statistic", rests: null }, { ...details, category: "hedged", kind: "modal", rests: { claims: 1, total: 9, index: 0 } }]) {
      await run(`document.body.style.background = "${tone === "dark" ? "#161618" : "#fff"}"; mount(${JSON.stringify(one)}, "${tone}")`);
      const found = await violations();
      assert.ok(found.passes > 5, "there was something to look at");
      assert.deepEqual(found.unsure, [], "it could tell of all of it");
      assert.deepEqual(found.violations, [], `${one.category}, ${tone}`);
      // The button opens the menu.
      await run(`host().shadowRoot.querySelector(".menu-button").click()`);
      assert.deepEqual((await violations()).violations, [], `${one.category}, ${tone}, with its menu`);
      await run(`card.note("Done.", () => {})`);
      assert.deepEqual((await violations()).violations, [], `${one.category}, ${tone}, the note`);
      await run(`card.remove()`);
    }
  }
  await run(`mount(${JSON.stringify(details)}, "light"); const { shadowRoot: root } = host(); root.querySelector(".next").removeAttribute("aria-label"); root.querySelector(".next").removeAttribute("title"); root.querySelector(".plain").style.color = "#ccc"; 0`);
  const planted = (await violations()).violations.map((text) => text.split(":")[0]);
  assert.ok(planted.includes("color-contrast") && planted.includes("button-name"), planted.join());
  await page.close();
});

test("the popup fits into the 600 pixels that the browser gives it", async () => {
  const page = await at.browser.open(`${at.origin}/index.html?popup`);
  const popup = await at.browser.press(page);
  await settled(popup);
  const height = await popup.evaluate("document.body.getBoundingClientRect().height");
  assert.ok(height > 400 && height <= 600, `${height}`);
  await popup.close();
});

/** What the build says of the sizes, and the browser of what runs where. */
const AT_ONCE = 30_000;

test(`what comes with the press is no larger than ${AT_ONCE} bytes; the rest comes when it is wanted, where it is wanted`, async () => {
  const { size } = await stat(path.join(EXTENSION, "content.js"));
  assert.ok(size <= AT_ONCE, `content.js has ${size} bytes`);
  const page = await at.browser.open(`${at.origin}/index.html?scripts`);
  const session = await at.browser.context.newCDPSession(page);
  const ran = [];
  session.on("Debugger.scriptParsed", ({ url }) => {
    if (url.startsWith(`chrome-extension://${at.browser.id}/`)) ran.push(url.split("/").at(-1));
  });
  await session.send("Debugger.enable");
  const count = (script) => ran.filter((name) => name === script).length;
  const marks = () => page.evaluate(() => CSS.highlights.get("hearsay-anonymous").size);
  assert.deepEqual(ran, [], "nothing of ours before the press");
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.bringToFront();
  // The pointer goes over words that aren't marked.
  const title = await page.evaluate(() => {
    scrollTo(0, 0);
    const { x, y } = document.querySelector("h1").getBoundingClientRect();
    return { x: x + 5, y: y + 10 };
  });
  await page.mouse.move(title.x, title.y, { steps: 5 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(ran, ["content.js"]);
  const { x, y } = await pointAt(page, "anonymous");
  await page.mouse.move(x - 2, y);
  await page.mouse.move(x, y);
  await until("the card", () => cardBox(at.browser, page));
  await until("the word of what ran", () => ran.length > 1);
  assert.deepEqual(ran, ["content.js", "hand.js"]);
  await page.mouse.move(2, 2);
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  await page.mouse.move(x, y);
  await until("the card once more", () => cardBox(at.browser, page));
  const again = await at.browser.press(page);
  await settled(again);
  await again.close();
  assert.deepEqual(["again.js", "hand.js", "say.js"].map(count), [0, 1, 0], "nothing has changed");
  for (const words of ["Officials said it may freeze.", "Officials said it may thaw."]) {
    const before = await marks();
    await page.evaluate((text) => document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${text}</p>`), words);
    await until("its marks", async () => (await marks()) > before);
    await until("the word of what ran", () => count("again.js") > 0);
    assert.deepEqual(["again.js", "hand.js", "say.js"].map(count), [1, 1, 0]);
  }
  await page.close();
});

test("the first key brings the hand too", async () => {
  const page = await at.browser.open(`${at.origin}/index.html?first-key`);
  const session = await at.browser.context.newCDPSession(page);
  const ran = [];
  session.on("Debugger.scriptParsed", ({ url }) => ran.push(url.split("/").at(-1)));
  await session.send("Debugger.enable");
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.bringToFront();
  assert.ok(!ran.includes("hand.js"));
  await command(at.browser, "next");
  await until("a flag", () => page.evaluate(() => CSS.highlights.get("hearsay-current")?.size));
  await until("the word of what ran", () => ran.includes("hand.js"));
  await page.close();
});
