/** The same extension in a real Firefox: everything a reader does with it, once. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import { ROOT, until } from "./lib/browser.mjs";
import { withFirefox } from "./lib/fixture.mjs";
import { CATEGORIES, calm, cli, highlights, pageInput, pointAt, POPUP, readBlocks, registry, settled, status } from "./lib/hearsay.mjs";
import { CLOBBERED, LIVING, PAGES, THIEVES, told } from "./lib/pages.mjs";
import { COMMENTED, readingTests } from "./lib/reading.mjs";

const { at, test } = await withFirefox({ ...LIVING, ...PAGES, ...CLOBBERED, ...THIEVES, ...COMMENTED }, path.join(ROOT, "tests", "article"));

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-firefox-"));
});
after(() => rm(folder, { recursive: true }));

const open = (url) => at.browser.open(at.origin + url);
const bodyOf = (page) => page.evaluate("document.documentElement.outerHTML");

/** Opens a page and presses the button; waits for the highlights. */
async function read(url) {
  const page = await open(url);
  const popup = await at.browser.press(page);
  return { page, popup, status: await settled(popup) };
}

/** A list without what depends on when it was made. */
const timeless = (list) => ({ ...list, page: { ...list.page, created: null } });

test("nothing of ours is in a page before the button is pressed", async () => {
  const page = await open("/story?before");
  assert.deepEqual(await registry(page), []);
});

for (const url of ["/story", "/index.html"]) {
  test(`a press marks what the native program finds, and changes nothing in the document: ${url}`, async () => {
    const page = await open(url);
    const before_ = { body: await bodyOf(page), picture: await page.screenshot() };
    const popup = await at.browser.press(page);
    assert.equal((await settled(popup)).error, null);
    const native = await readBlocks(await pageInput(popup), folder);
    const marked = await highlights(page);
    for (const category of CATEGORIES) {
      const flags = native.flags.filter((flag) => flag.category === category && flag.strength >= 0.5);
      assert.ok(flags.length > 0, category);
      assert.deepEqual(marked[category], flags.map((flag) => flag.anchor.exact), category);
      assert.equal(await popup.text(POPUP.count(category)), String(flags.length));
    }
    assert.equal(await bodyOf(page), before_.body);
    assert.notDeepEqual(await page.screenshot(), before_.picture, "the highlights are painted");

    await popup.click(POPUP.main);
    await until("nothing marked", async () => (await registry(page)).length === 0);
    assert.equal(await bodyOf(page), before_.body);
    await until("the page to look as before", async () => (await page.screenshot()).equals(before_.picture));
  });
}

readingTests(test, at);

test("a strict page (CSP without scripts, sandboxed) is marked, painted and has its cards", async () => {
  const page = await open("/strict");
  const before_ = await page.screenshot();
  const popup = await at.browser.press(page);
  await settled(popup);
  await at.browser.closePopup();
  for (const [category, words] of Object.entries(await highlights(page))) assert.ok(words.length > 0, category);
  assert.notDeepEqual(await page.screenshot(), before_);
  assert.match(await at.browser.hover(page, "anonymous"), /a senior clerk/);
  // A style that the page's policy has dropped would leave the card without place and colour.
  const drawn = await page.evaluate(
    () => {
      const card = [...document.documentElement.children].find((child) => child.openOrClosedShadowRoot)?.openOrClosedShadowRoot.querySelector(".card");
      const { backgroundColor, position } = getComputedStyle(card);
      const line = getComputedStyle(card.querySelector("svg.line"));
      return { backgroundColor, position, top: card.getBoundingClientRect().top > 50, stroke: line.stroke };
    },
    null,
    true,
  );
  assert.deepEqual(drawn, { backgroundColor: "rgb(255, 255, 255)", position: "absolute", top: true, stroke: "rgb(106, 65, 179)" });
});

test("the card opens on rest, goes with Escape, and leads to the source's next claim", async () => {
  const { page } = await read("/story?card");
  await at.browser.closePopup();
  const first = await at.browser.hover(page, "anonymous", 0);
  assert.match(first, /Anonymous source.*a senior clerk said.*because the talks are private.*1 of 2/);
  await page.key("Escape");
  await until("no card", async () => (await page.card()) === "");
  await at.browser.hover(page, "anonymous", 0);
  await page.clickCard("button.next");
  await until("the next claim's card", async () => /2 of 2/.test(await page.card()));
});

for (const url of ["/story?copy", "/strict?copy"]) {
  test(`a quote is copied with a link that leads to its words: ${url}`, async () => {
    const { page } = await read(url);
    await at.browser.closePopup();
    await at.browser.hover(page, "anonymous", 1);
    await page.clickCard("footer .act");
    await until("the word", async () => /Copied/.test(await page.card()));
    const text = await at.browser.clipboard();
    const [, quote, link] = /^> (.*)\n\n.* \[.*\]\(<(.*)>\)\n$/.exec(text) ?? assert.fail(text);
    assert.match(quote, /said the clerk, who asked not to be named\*\* because the talks are private\.$/);
    assert.ok(link.startsWith(`${at.origin}${url}#:~:text=`), link);
  });
}

test("open and closed shadow roots are read and painted, without a sheet of ours in them", async () => {
  const page = await open("/shadow");
  await page.evaluate(
    ([one, two]) => {
      grow("open", `<p>${one}</p>`);
      grow("closed", `<p>${two}</p>`);
    },
    [told(71), told(72)],
  );
  const popup = await at.browser.press(page);
  await settled(popup);
  assert.equal((await highlights(page)).anonymous.filter((words) => words === "Officials said").length, 3);
  const painted = await page.evaluate(() =>
    [document, roots.open, roots.closed].map((root) => [
      root.adoptedStyleSheets.length,
      getComputedStyle(root.querySelector("p"), "::highlight(hearsay-anonymous)").textDecorationLine,
    ]),
  );
  assert.deepEqual(painted, [[0, "underline"], [0, "underline"], [0, "underline"]]);
});

test("what comes later on the page is read too, and only that", async () => {
  const { page, popup } = await read("/frame-late");
  const before_ = (await calm(popup)).work.blocks;
  await page.evaluate((words) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = words;
    here.append(paragraph);
  }, told(5));
  await until("its highlight", async () => (await highlights(page)).anonymous.includes("Officials said"));
  assert.equal((await calm(popup)).work.blocks - before_, 1);
});

for (const url of Object.keys(CLOBBERED)) {
  test(`names of the page's own elements are not taken for ours: ${url}`, async () => {
    const expected = await highlights((await read("/story?named")).page);
    const { page, popup, status } = await read(url);
    assert.equal(status.error, null);
    assert.deepEqual(await highlights(page), expected);
    assert.equal((await pageInput(popup)).title, "Harbour news");
    await at.browser.closePopup();
    assert.match(await at.browser.hover(page, "anonymous"), /a senior clerk/);
  });
}

test("marks that the page takes away come back; from one that never stops they stay away, and the popup says so", async () => {
  const { page, popup } = await read("/story?thief");
  const all = await highlights(page);
  await page.evaluate(() => {
    CSS.highlights.clear();
    document.body.append(document.createElement("i"));
  });
  await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  await page.evaluate(() => {
    const again = () => {
      CSS.highlights.clear();
      document.body.classList.toggle("x");
      window.stop = requestAnimationFrame(again);
    };
    again();
  });
  await until("the end of the fight", async () => (await status(popup)).troubles.includes("beaten"), 60_000);
  await page.evaluate("cancelAnimationFrame(window.stop)");
  await at.browser.closePopup();
  assert.match(await (await at.browser.press(page)).text("#note"), /took the marks away/);
});

test("a page that takes our element away, or makes one of its name its own", async () => {
  const { page, popup } = await read("/element-of-ours");
  await at.browser.closePopup();
  assert.match(await at.browser.hover(page, "anonymous"), /a senior clerk/);
  assert.deepEqual(await page.evaluate("[...new Set(window.roots.map(String))]"), ["came"]);
  const thief = await read("/host-thief");
  await at.browser.closePopup();
  const { x, y } = await pointAt(thief.page, "anonymous");
  for (const way of [x - 3, x]) await thief.page.pointer("mousemove", way, y);
  await until("it is taken", () => thief.page.evaluate("taken > 0"));
  assert.equal(await thief.page.card(), "");
  await thief.page.pointer("mousemove", 2, 2);
  await until("the flag to be left", () => thief.page.evaluate("!CSS.highlights.has('hearsay-anonymous-active')"));
  assert.ok((await thief.page.evaluate("taken")) <= 3);
  assert.equal((await highlights(thief.page)).anonymous.length, (await highlights(page)).anonymous.length);
});

test("a page that is written anew keeps its marks and has cards", async () => {
  const { page, popup } = await read("/story?written");
  const all = await highlights(page);
  await page.evaluate(() => {
    const story = document.querySelector("article").outerHTML;
    document.open();
    document.write(`<title>Written</title>${story}`);
    document.close();
  });
  await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  assert.equal((await calm(popup)).title, "Written");
  await at.browser.closePopup();
  assert.match(await at.browser.hover(page, "anonymous"), /a senior clerk/);
});

test("the list is saved as a file, and is the native program's", async () => {
  const { popup } = await read("/story?export");
  await readBlocks(await pageInput(popup), folder);
  for (const [format, extension] of [["json", "json"], ["csv", "csv"], ["markdown", "md"]]) {
    const { name, text } = await at.browser.exportList(popup, format);
    assert.match(name, new RegExp(`^hearsay.*\\.${extension}$`));
    const native = await cli(["--format", format, "--min-strength", "0.5", "--blocks", path.join(folder, "blocks.json")]);
    if (format === "json") assert.deepEqual(timeless(JSON.parse(text)), timeless(JSON.parse(native.stdout)));
    else {
      const undated = (list) => list.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "DATE");
      assert.equal(undated(text), undated(native.stdout));
    }
  }
});

test("the sidebar has the list, leads to the words, and follows the tab in front", async () => {
  const { page, popup } = await read("/story?sidebar");
  const count = Object.values(await highlights(page)).flat().length;
  await popup.click(POPUP.list);
  const panel = await at.browser.view("sidebar");
  const rows = () => panel.evaluate(`document.querySelectorAll("#order .row").length`);
  await until("the rows", async () => (await rows()) === count);
  assert.equal(await at.browser.find("popup"), null, "the popup makes room");

  await panel.click("#order li:nth-child(3) .row");
  const active = () => page.evaluate(() => [...CSS.highlights].filter(([name]) => name.endsWith("-active")).flatMap(([, ranges]) => [...ranges].map(String)));
  await until("the words", async () => (await active())[0] === "said the clerk, who asked not to be named");
  await panel.key("ArrowDown");
  await panel.key("Enter");
  await until("the next words", async () => (await active())[0] === "Clearly");
  await panel.key("Escape");
  await until("the way back", async () => (await active()).length === 0);

  await panel.click("#tab-source");
  assert.match(await until("the ledger", () => panel.text("#source tbody")), /a senior clerk/);
  await at.browser.front(await open("/plain?sidebar"));
  await until("the other tab", async () => (await panel.evaluate("document.body.dataset.state")) === "unread");
  await at.browser.front(page);
  await until("the first one", async () => (await rows()) === count);
});

test("the keyboard: one key reads the page, and the list opens with the key that the reader has given it", async () => {
  const popup = await at.browser.press(await open("/plain?keys"));
  await popup.evaluate(`chrome.commands.update({ name: "list", shortcut: "Alt+Shift+Y" })`);
  await at.browser.closePopup();
  const page = await open("/story?keys");
  await at.browser.shortcut("H");
  await until("highlights", async () => (await highlights(page)).anonymous?.length > 0);
  await at.browser.shortcut("H");
  await until("none", async () => (await registry(page)).length === 0);
  await open("/story?list-key");
  await at.browser.shortcut("Y");
  const panel = await at.browser.view("sidebar");
  await until("the list", () => panel.evaluate(`document.querySelectorAll("#order .row").length > 0`));
});

test("the background may end at any time", async () => {
  const { page, popup } = await read("/story?background");
  const all = await highlights(page);
  await at.browser.killBackground();
  await popup.click(POPUP.category("hedged"));
  await until("hedges off", async () => (await highlights(page)).hedged.length === 0);
  await popup.click(POPUP.category("hedged"));
  await until("hedges on", async () => (await highlights(page)).hedged.length === all.hedged.length);
  await at.browser.killBackground();
  assert.match((await at.browser.exportList(popup, "csv")).text, /a senior clerk said/);
  await at.browser.closePopup();
  assert.match(await at.browser.hover(page, "anonymous"), /a senior clerk/);
});

test("a reload of the extension ends all marks at once; the next press finds nothing left of it", async () => {
  const { page } = await read("/story?reload");
  const all = await highlights(page);
  const line = () => page.evaluate(`getComputedStyle(document.querySelector("p"), "::highlight(hearsay-anonymous)").textDecorationLine`);
  const hosts = () => page.evaluate("document.documentElement.children.length");
  await at.browser.closePopup();
  const before_ = await hosts();
  await at.browser.hover(page, "anonymous");
  assert.equal(await hosts(), before_ + 1, "the card is open");
  assert.equal(await line(), "underline");
  await at.browser.install();
  await until("no marks", async () => (await line()) === "none");

  const again = await at.browser.press(page);
  await settled(again);
  assert.deepEqual(await highlights(page), all);
  assert.equal(await hosts(), before_, "the card of before is gone");
  await again.click(POPUP.main);
  await until("nothing marked", async () => (await registry(page)).length === 0);
});

test("always: the next page of the site is marked by itself; off: nothing is loaded into it", async () => {
  const { popup } = await read("/story?site");
  await popup.click(POPUP.site("always"));
  assert.match(await at.browser.allow(), /sites in 127\.0\.0\.1/);
  await until("the permission", () => popup.evaluate(`chrome.permissions.contains({ origins: ["http://127.0.0.1/*"] })`));
  await until("the rule", () => popup.evaluate(`chrome.scripting.getRegisteredContentScripts().then((all) => all.length > 0)`));
  const next = await open("/story?by-itself");
  await until("highlights without a press", async () => (await highlights(next)).anonymous.length > 0);

  const again = await at.browser.press(next);
  await settled(again);
  await again.click(POPUP.site("off"));
  await until("nothing marked", async () => (await registry(next)).length === 0);
  await until("no script", () => again.evaluate(`chrome.scripting.getRegisteredContentScripts().then((all) => all.length === 0)`));
  const third = await open("/story?off");
  const last = await at.browser.press(third);
  await until("the sentence", async () => /Off on 127\.0\.0\.1/.test(await last.text("#lead")));
  assert.deepEqual(await registry(third), []);
  await last.click(POPUP.site("click"));
  await until("highlights", async () => (await highlights(third)).anonymous.length > 0);
});

test("the browser has nothing to complain of", async () => {
  assert.deepEqual(await at.browser.complaints(), []);
  // This test can fail: the same ear hears of a script that isn't there.
  const popup = await at.browser.press(await open("/story?complaints"));
  await popup.evaluate(`document.head.append(Object.assign(document.createElement("script"), { src: "missing.js" }))`);
  await until("the complaint", async () => (await at.browser.complaints()).some((text) => text.includes("missing.js")));
});
