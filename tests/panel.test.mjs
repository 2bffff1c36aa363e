/** The list beside the page: what it shows, how it and the page lead to each other, and its states. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { CATEGORIES, highlights, pageInput, POPUP, readBlocks, registry, settled, sourcing } from "./lib/hearsay.mjs";
import { PAGES, SURE } from "./lib/pages.mjs";

const still = "<p>The boats lay at the quay and the lamps were out. Nobody came to shut the gate before the morning.</p>";
const story = PAGES["/story"].body;
/** The story with room between its paragraphs, so that there is something to scroll. */
const LONG = story.replaceAll("</p>\n<p>", `</p>${still.repeat(25)}\n<p>`).replace("</article>", `${still.repeat(25)}</article>`);
/** The same inside a box that scrolls, on a page that doesn't. */
const BOXED = LONG.replace("<article>", '<article style="height: 100vh; overflow: auto">').replace("<body>", '<body style="margin: 0; overflow: hidden">');

const at = withBrowser({ ...PAGES, "/long": { body: LONG }, "/boxed": { body: BOXED }, "/many": { body: `<!doctype html><html lang="en"><title>Harbour news</title><article>${`<p>${SURE}</p>`.repeat(700)}</article>` }, "/slow": { body: story.replace("</article>", "<script src='/held.js'></script></article>") } });

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-panel-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Opens a page, presses the button, and in the popup the one that opens the list. */
async function open(url) {
  const page = await at.browser.open(at.origin + url);
  // The list of a page before is left in the panel until this one's is there: only by its title that is told.
  await page.evaluate((title) => {
    document.title = title;
  }, `Harbour news of ${url}`);
  const popup = await at.browser.press(page);
  await settled(popup);
  const said = (await sourcing(popup)).sentence;
  const input = await pageInput(popup);
  // The popup closes under the click, which may not hear of its own end.
  await popup.click(POPUP.list).catch(() => {});
  const panel = await at.browser.panel();
  await until("the popup to go", async () => (await at.browser.popupTargets()).length === 0);
  await until("the list", async () => (await panel.text("#title")) === (await page.title()) && (await shows(panel)));
  await panel.click("#tab-order");
  return { page, panel, said, input };
}

/** Takes the pointer out of the list: while it is there the list stays where it is. */
const leave = (panel) => panel.send("Input.dispatchMouseEvent", { type: "mouseMoved", x: 5, y: 5 });

/** Presses the button and does something in the popup. */
async function inPopup(page, act) {
  const popup = await at.browser.press(page);
  await act(popup);
  await popup.close();
  await page.bringToFront();
}

const listed = (panel) =>
  panel.evaluate(`[...document.querySelectorAll("#order .row")].map((row) => ({
    words: row.querySelector("b").textContent,
    category: row.querySelector("b").className,
    what: row.querySelector(".what").textContent,
    number: row.querySelector(".number").textContent,
  }))`);

const shows = (panel) => panel.evaluate(`!document.querySelector("#views").hidden`);

/** The words of the rows in the chosen view that are marked as current. */
const current = (panel) =>
  panel.evaluate(`[...document.querySelectorAll("[role=tabpanel]:not([hidden]) [aria-current=true]")].map((row) => (row.querySelector("b") ?? row.querySelector("bdi") ?? row).textContent)`);
const focused = (panel) => panel.evaluate(`(document.activeElement.querySelector("b") ?? document.activeElement.querySelector("bdi") ?? document.activeElement).textContent`);
/** Waits until the list is in that state, with nothing under way. */
async function state(panel, name) {
  let now;
  const there = async () => {
    now = await panel.evaluate(`(document.body.hasAttribute("aria-busy") ? "busy, " : "") + document.body.dataset.state`);
    return now === name;
  };
  await until(`the state ${name}`, there).catch((error) => {
    throw new Error(`${error.message}: it is ${now}`);
  });
}

/** Two more frames: what listens to scrolling has heard of it. */
const drawn = (view) => view.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

/** The words of a highlight of that name, and where they stand in the window. */
const marked = (page, name) =>
  page.evaluate((key) => {
    const [range] = CSS.highlights.get(key) ?? [];
    if (!range) return null;
    const { top, bottom } = range.getBoundingClientRect();
    return { words: range.toString().replace(/\s+/g, " "), inView: top >= 0 && bottom <= innerHeight };
  }, name);

test("a button in the popup opens it: every mark of the page in reading order, and the profile", async () => {
  const { page, panel, said, input } = await open("/story?order");
  const native = await readBlocks(input, folder);
  const strong = native.flags.filter((flag) => flag.strength >= 0.5);
  const rows = await listed(panel);
  assert.deepEqual(rows.map((row) => [row.words, row.category]), strong.map((flag) => [flag.anchor.exact, flag.category]));
  assert.deepEqual(rows.map((row) => row.number), strong.map((_, i) => String(i + 1)));
  assert.equal(rows[0].what, "Anonymous source, one person");
  const painted = await highlights(page);
  for (const category of CATEGORIES) {
    assert.deepEqual(rows.filter((row) => row.category === category).map((row) => row.words), painted[category], category);
  }
  assert.equal(await panel.text("#sentence"), said);
  assert.equal(await panel.text("#line"), `${native.page.words} words, ${rows.length} flags`);
  assert.equal(await panel.text("#count"), `${rows.length} flags`);
  const spread = await panel.evaluate(`document.querySelector("#strip").ariaLabel`);
  const thirds = spread.match(/^Along the text: (\d+) flags? in its first third, (\d+) in the second, (\d+) in the last\.$/);
  assert.equal(thirds.slice(1).reduce((sum, n) => sum + Number(n), 0), rows.length, spread);
  const drawn = await panel.evaluate(`Object.fromEntries(${JSON.stringify(CATEGORIES)}.map((name) => [name, document.querySelectorAll("#strip .mark." + name).length]))`);
  for (const category of CATEGORIES) assert.ok(drawn[category] > 0 && drawn[category] <= painted[category].length, category);
});

test("the ledger is a table of sources, and a picture in which one block is one claim", async () => {
  const { panel, input } = await open("/story?source");
  await panel.click("#tab-source");
  const native = await readBlocks(input, folder);
  const table = await panel.evaluate(`(() => {
    const table = document.querySelector("#source table");
    return {
      caption: document.getElementById(table.getAttribute("aria-labelledby")).textContent,
      head: [...table.tHead.rows[0].cells].map((cell) => [cell.textContent, cell.scope]),
      rows: [...table.tBodies[0].rows].map((row) => ({
        label: row.cells[0].querySelector(".label").textContent,
        scope: row.cells[0].scope,
        standing: row.cells[0].querySelector(".standing").textContent,
        count: Number(row.cells[1].querySelector(".count").textContent),
        blocks: [...row.cells[1].querySelectorAll(".block")].map((block) => block.classList[1]),
      })),
    };
  })()`);
  assert.equal(table.caption, `Who the ${native.summary.claims} claims come from`);
  assert.deepEqual(table.head, [["Source", "col"], ["Claims", "col"]]);
  const people = table.rows.find((row) => row.label === "Mara Lindqvist");
  assert.deepEqual([people.standing, people.count, people.blocks], ["named", 2, ["people", "people"]]);
  const clerk = table.rows.find((row) => row.label === "a senior clerk");
  assert.deepEqual([clerk.standing, clerk.blocks], ["anonymous, one person; reason given", ["anonymous", "anonymous"]]);
  assert.deepEqual(table.rows.at(-1).label, "Nobody", "whom the page leaves out comes last");
  for (const row of table.rows) {
    assert.equal(row.scope, "row");
    assert.equal(row.blocks.length, row.count, row.label);
  }
  const counts = table.rows.slice(0, -1).map((row) => row.count);
  assert.deepEqual(counts, [...counts].sort((a, b) => b - a), "the heaviest first");
  assert.equal(table.rows.reduce((sum, row) => sum + row.count, 0), native.summary.claims);

  const legend = await panel.evaluate(`[...document.querySelectorAll("#legend li")].map((entry) => [entry.querySelector(".block").className.replace("block ", ""), Number(entry.querySelector("b").textContent)])`);
  const bases = ["people", "institutions", "documents", "anonymous"];
  assert.deepEqual(legend, bases.map((basis) => [basis, native.summary[basis]]).filter(([, n]) => n > 0));
  const drawn = await panel.evaluate(`[...document.querySelectorAll("#blocks .block")].map((block) => block.classList[1])`);
  assert.deepEqual(drawn, legend.flatMap(([basis, n]) => Array(n).fill(basis)));

  // A line opens its claims, each with the number of its flag.
  await panel.click(".source .row");
  const claims = await panel.evaluate(`[...document.querySelectorAll(".claims .row")].map((row) => row.textContent)`);
  assert.equal(claims.length, clerk.count, claims.join("; "));
  assert.equal(await panel.evaluate(`document.querySelector(".source .row").ariaExpanded`), "true");
});

test("by category: the three with their counts", async () => {
  const { page, panel } = await open("/story?category");
  await panel.click("#tab-category");
  const painted = await highlights(page);
  const parts = await panel.evaluate(`[...document.querySelectorAll("#category > section")].map((part) => [
    part.querySelector("h2 span").textContent,
    Number(part.querySelector("h2 b").textContent),
    [...part.querySelectorAll(".row bdi")].map((words) => words.textContent),
  ])`);
  const titles = ["Anonymous sources", "Unsourced assertions", "Hedged claims"];
  assert.deepEqual(parts, CATEGORIES.map((category, i) => [titles[i], painted[category].length, painted[category]]));
});

test("search and filter narrow the list, and say to what", async () => {
  const { panel } = await open("/story?search");
  const all = (await listed(panel)).length;
  await panel.click("#query");
  await panel.type("CLERK said");
  const found = await until("fewer rows", async () => (await listed(panel)).length < all && (await listed(panel)));
  assert.ok(found.length > 0);
  assert.equal(await panel.text("#count"), `${found.length} of ${all} flags`);
  // Other views are searched too, a source by what it claims.
  await panel.click("#tab-source");
  assert.deepEqual(await panel.evaluate(`[...document.querySelectorAll(".source .label")].map((label) => label.textContent)`), []);
  await panel.evaluate(`document.querySelector("#query").select()`);
  await panel.type("moor");
  await until("one source", async () => (await panel.text("#count"))?.startsWith("1 of "));
  assert.equal(await panel.text(".source .label"), "Mara Lindqvist");
  assert.match(await panel.text(".claims"), /moor there/);
  await panel.click("#query");
  await panel.key("Escape");
  await panel.click("#tab-order");
  assert.equal((await listed(panel)).length, all, "Escape empties the search");

  await panel.click("#filter button:nth-child(1)");
  assert.ok((await listed(panel)).every((row) => row.category !== "anonymous"));
  assert.equal(await panel.evaluate(`document.querySelector("#filter button").ariaPressed`), "false");
  for (const n of [2, 3]) await panel.click(`#filter button:nth-child(${n})`);
  assert.equal(await panel.text("#empty"), "Nothing here with this filter.");
  for (const n of [1, 2, 3]) await panel.click(`#filter button:nth-child(${n})`);
  assert.equal((await listed(panel)).length, all);
});

for (const [name, url, box] of [["a page that scrolls", "/long", "html"], ["a box that scrolls", "/boxed", "article"]]) {
  test(`a click leads to the words, and back: ${name}`, async () => {
    const { page, panel } = await open(`${url}?go`);
    const scrolled = () => page.evaluate((tag) => document.querySelector(tag).scrollTop, box);
    await page.evaluate((tag) => document.querySelector(tag).scrollTo(0, 300), box);
    const rows = await listed(panel);
    const last = rows.findLastIndex((row) => row.category === "anonymous");
    const before_ = await scrolled();
    await panel.click(`#order li:nth-child(${last + 1}) .row`);
    const there = await until("the words in view", async () => {
      const now = await marked(page, "hearsay-anonymous-active");
      return now?.inView && now;
    });
    assert.equal(there.words, rows[last].words);
    assert.ok((await scrolled()) > before_ + 500, "a long way down");
    await until("its row", async () => String(await current(panel)) === rows[last].words);

    // A jump after a jump comes back to where the reading was.
    await panel.click(`#order li:nth-child(${last - 1}) .row`);
    await until("the other words", async () => (await current(panel))[0] === rows[last - 2].words);
    await panel.click("#back");
    await until("back", async () => (await scrolled()) === before_);
    assert.equal(await marked(page, "hearsay-anonymous-active"), null);
    assert.equal(await panel.evaluate(`document.querySelector("#back").hidden`), true);
  });
}

test("a claim of a named source is shown where it stands, though no flag marks it", async () => {
  const { page, panel } = await open("/long?claim");
  await panel.click("#tab-source");
  await panel.evaluate(`[...document.querySelectorAll(".source .row")].find((row) => row.textContent.includes("Lindqvist")).click()`);
  await panel.click(".claims li:nth-child(2) .row");
  const there = await until("the words in view", async () => {
    const now = await marked(page, "hearsay-place");
    return now?.inView && now;
  });
  assert.match(there.words, /^She said boats would moor there/);
  await panel.click("#back");
  await until("no mark", async () => (await marked(page, "hearsay-place")) === null);
});

test("as the reader scrolls every flag has its turn, and nothing is done while nothing moves", async () => {
  const { page, panel } = await open("/long?follow");
  const rows = await listed(panel);
  await until("the first", async () => (await current(panel))[0] === rows[0].words);
  await panel.evaluate(`(() => { window.seen = [];
    new MutationObserver(() => { const row = document.querySelector("#order [aria-current=true]"); if (row) seen.push(Number(row.dataset.flag)); })
      .observe(document.querySelector("#order"), { subtree: true, attributes: true, attributeFilter: ["aria-current"] }); })()`);
  await leave(panel);
  await page.mouse.move(300, 300);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 60) {
    const wanted = await page.evaluate(() => Math.min(scrollY + 60, document.documentElement.scrollHeight - innerHeight));
    await page.mouse.wheel(0, 60);
    await until("the page to have scrolled", () => page.evaluate((top) => scrollY >= top - 1, wanted));
    await drawn(page);
  }
  await until("the last", async () => (await current(panel))[0] === rows.at(-1).words);
  const seen = await panel.evaluate("[...new Set(seen)]");
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b), "down the page, down the list");
  assert.ok(seen.length >= rows.length - 4, `${seen.length} of ${rows.length} (neighbours in one line share a turn)`);
  const visible = await panel.evaluate(`(() => { const box = document.querySelector("#order [aria-current=true]").getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })()`);
  assert.ok(visible, "the list has followed");

  const session = await at.browser.context.newCDPSession(page);
  await session.send("Performance.enable");
  const work = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return Object.fromEntries(metrics.filter(({ name }) => ["ScriptDuration", "LayoutCount", "RecalcStyleCount"].includes(name)).map(({ name, value }) => [name, value]));
  };
  // What the scrolling has left to do is done when nothing has been for a while.
  let rest;
  await until("rest", async () => {
    rest = await work();
    await page.waitForTimeout(300);
    return isDeepStrictEqual(await work(), rest);
  });
  await page.waitForTimeout(1000);
  assert.deepEqual(await work(), rest, "no script runs, no style, no layout");
  await session.detach();
});

test("a click on marked words shows their row", async () => {
  const { page, panel } = await open("/long?picked");
  const rows = await listed(panel);
  const point = await page.evaluate(() => {
    const range = [...CSS.highlights.get("hearsay-hedged")].at(-1);
    range.startContainer.parentElement.scrollIntoView({ block: "end", behavior: "instant" });
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2, words: range.toString() };
  });
  await page.mouse.click(point.x, point.y);
  await until("the row", async () => (await current(panel))[0] === point.words);
  assert.ok(rows.some((row) => row.words === point.words));
  await page.keyboard.press("Escape");
});

test("all of it by key", async () => {
  const { page, panel } = await open("/long?keys");
  const rows = await listed(panel);
  await panel.evaluate(`document.querySelector("#order .row").focus()`);
  await panel.key("ArrowDown");
  await panel.key("ArrowDown");
  assert.equal(await focused(panel), rows[2].words);
  await panel.key("End");
  assert.equal(await focused(panel), rows.at(-1).words);
  await panel.key("Enter");
  await until("there", async () => (await page.evaluate(() => scrollY)) > 500);
  assert.equal(await focused(panel), rows.at(-1).words, "the focus stays in the list");
  await panel.key("Escape");
  await until("back", async () => (await page.evaluate(() => scrollY)) === 0);
  await panel.key("Home");
  await panel.key("ArrowUp");
  assert.equal(await panel.evaluate("document.activeElement.id"), "query", "above the first row is the search");
  await panel.key("ArrowDown");
  assert.equal(await focused(panel), rows[0].words);
  await panel.key("/");
  assert.equal(await panel.evaluate("document.activeElement.id"), "query");
  assert.equal(await panel.evaluate("document.activeElement.value"), "");
  // One stop of the tab key for all rows.
  assert.equal(await panel.evaluate(`document.querySelectorAll("#order .row[tabindex='0']").length`), 1);

  await panel.evaluate(`document.querySelector("#tab-order").focus()`);
  await panel.key("ArrowRight");
  assert.equal(await panel.evaluate("document.activeElement.id"), "tab-source");
  assert.equal(await panel.evaluate(`document.querySelector("#source").hidden`), false);
  await panel.evaluate(`document.querySelector(".source .row").focus()`);
  await panel.key("ArrowRight");
  assert.equal(await panel.evaluate("document.activeElement.ariaExpanded"), "true");
  await panel.key("ArrowDown");
  assert.ok(await panel.evaluate(`document.activeElement.closest(".claims") !== null`));
  await panel.key("ArrowUp");
  await panel.key("ArrowLeft");
  assert.equal(await panel.evaluate("document.activeElement.ariaExpanded"), "false");
});

test("it changes with the page's reading, and keeps focus and place", async () => {
  const { page, panel } = await open("/story?live");
  const all = await listed(panel);
  const kept = all.findIndex((row) => row.category === "anonymous" && row.words !== all[0].words);
  await panel.evaluate(`document.querySelectorAll("#order .row")[${kept}].focus()`);
  // What else is there is of no interest here.
  /** A reader doesn't close the popup within the same moment. */
  const turn = (on) =>
    inPopup(page, async (popup) => {
      await popup.click(POPUP.category("hedged"));
      await until("it to be kept", () => popup.evaluate(`chrome.storage.local.get("categories").then(({ categories }) => categories?.hedged === ${on})`));
    });
  await turn(false);
  const fewer = await until("fewer rows", async () => {
    const rows = await listed(panel);
    return rows.length < all.length && rows;
  });
  assert.deepEqual(fewer.map((row) => row.words), all.filter((row) => row.category !== "hedged").map((row) => row.words));
  assert.equal(await focused(panel), all[kept].words);
  await turn(true);
  await until("all rows", async () => (await listed(panel)).length === all.length);
  assert.equal(await focused(panel), all[kept].words);

  /** A reader sees it done before the popup is closed. */
  const switched = (on) =>
    inPopup(page, async (popup) => {
      await popup.click(POPUP.main);
      await until("the switch", () => popup.evaluate(`(document.body.dataset.state !== "off") === ${on}`));
    });
  await switched(false);
  await state(panel, "off");
  assert.equal(await panel.text("#headline"), "Off on this page.");
  await page.evaluate(() => document.querySelector("article p").insertAdjacentHTML("beforebegin", "<p>Two sailors said the quay was wet.</p>"));
  await switched(true);
  await until("the new flag on top", async () => (await listed(panel))[0]?.words === "Two sailors said");
  assert.equal((await listed(panel)).length, all.length + 1);
});

test("while a page goes on changing its list stays, however slow what is stored is to come", async () => {
  const { page, panel } = await open("/story?restless");
  const all = (await listed(panel)).length;
  await at.browser.inBackground(`{
    const { local } = chrome.storage;
    globalThis.quick ??= local.get;
    local.get = async (...of) => {
      const found = await quick.apply(local, of);
      await new Promise((go) => setTimeout(go, 150));
      return found;
    };
  }`);
  await panel.evaluate(`window.gone = 0; new MutationObserver(() => { if (document.querySelector("#views").hidden) gone += 1; }).observe(document.querySelector("#views"), { attributes: true })`);
  await page.evaluate((words) => {
    let left = 30;
    const more = setInterval(() => {
      document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${words}</p>`);
      if (--left === 0) clearInterval(more);
    }, 50);
  }, "Officials said that the boats had left the quay.");
  await until("all of them", async () => (await listed(panel)).length === all + 30);
  await at.browser.inBackground("chrome.storage.local.get = quick");
  assert.equal(await panel.evaluate("gone"), 0);
});

test("nothing in the panel moves while the reader scrolls and jumps", async () => {
  const { page, panel } = await open("/long?shift");
  const rows = await listed(panel);
  // What a click itself unfolds is the reader's own doing.
  await panel.click("#order li:nth-child(2) .row");
  await until("there", async () => (await current(panel))[0] === rows[1].words);
  await drawn(page);
  await drawn(panel);
  await panel.evaluate(`window.moved = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) moved += entry.value; }).observe({ type: "layout-shift" })`);
  for (let i = 0; i < 12; i++) {
    const before = await page.evaluate(() => scrollY);
    await page.mouse.wheel(0, 300);
    await until("the page to have scrolled", () => page.evaluate((top) => scrollY > top || scrollY >= document.documentElement.scrollHeight - innerHeight - 1, before));
    await drawn(page);
  }
  await drawn(panel);
  assert.equal(await panel.evaluate("moved"), 0);
  await panel.click("#back");
  await until("back", async () => (await page.evaluate(() => scrollY)) === 0);
  await drawn(panel);
  assert.equal(await panel.evaluate("moved"), 0);
});

test("it follows the tab in front", async () => {
  const { page, panel } = await open("/story?tabs");
  const other = await at.browser.open(`${at.origin}/plain?tabs`);
  await state(panel, "unread");
  assert.equal(await panel.text("#headline"), "Not read yet.");
  assert.match(await panel.text("#note"), /press its button in the toolbar or .+, and the list appears here/);
  assert.deepEqual(await registry(other), [], "looking at it reads nothing");
  await page.bringToFront();
  await until("the list again", async () => (await listed(panel)).length > 0 && shows(panel));
  await other.close();
});

test("a frame's flags are in the list, and a click leads into the frame", async () => {
  const { page, panel } = await open("/frames?list");
  const rows = await until("the frame's flag", async () => {
    const all = await listed(panel);
    return all.some((row) => row.words === "Two officials said") && all;
  });
  const index = rows.findIndex((row) => row.words === "Two officials said");
  assert.ok(index > 0, "after the story's");
  await panel.click(`#order li:nth-child(${index + 1}) .row`);
  const inner = page.frames().find((frame) => frame.url().endsWith("/inner"));
  await until("the words", async () => (await marked(inner, "hearsay-anonymous-active"))?.words === "Two officials said");
});

test("the list comes although the background was killed meanwhile", async () => {
  const { page, panel } = await open("/story?worker");
  const all = await listed(panel);
  await at.browser.killWorker();
  await panel.click(`#order li:nth-child(${all.length}) .row`);
  await until("the words", async () => (await current(panel))[0] === all.at(-1).words);
  const other = await at.browser.open(`${at.origin}/plain?worker`);
  await state(panel, "unread");
  await page.bringToFront();
  await until("the list", async () => (await listed(panel)).length === all.length && shows(panel));
  await other.close();
});

test("it says what is the matter where there is no list", async () => {
  const { panel } = await open("/story?states");
  const say = async (url, act = async () => {}) => {
    const page = await at.browser.open(url.includes(":") ? url : at.origin + url);
    await inPopup(page, act);
    return page;
  };
  await say("/french?states");
  await state(panel, "foreign");
  assert.equal(await panel.text("#headline"), "This page is in French.");
  assert.equal(await panel.text("#action"), "It is in English");

  await say("/plain?states");
  await state(panel, "nothing");
  assert.equal(await panel.text("#headline"), "Nothing to mark here.");
  assert.match(await panel.text("#note"), /no verdict on the page/);
  assert.equal(await panel.evaluate(`document.querySelector("#views").hidden`), true);

  await say("/french?again");
  await state(panel, "foreign");
  // Nothing is marked, but there is a ledger to look at.
  await say("/named?states");
  await state(panel, "nothing");
  await panel.click("#tab-source");
  assert.equal(await panel.text(".source .label"), "Mara Lindqvist");
  await panel.click("#tab-order");

  await say("chrome://version/");
  await state(panel, "closed");
  assert.equal(await panel.text("#headline"), "This page is closed to extensions.");

  await say("/story?site-off", async (popup) => {
    await popup.click(POPUP.site("off"));
    await until("off", () => popup.evaluate(`document.body.dataset.state === "site-off"`));
  });
  await state(panel, "site-off");
  assert.equal(await panel.text("#headline"), "Off on 127.0.0.1.");
  const page = await at.browser.open(`${at.origin}/story?site-on`);
  await inPopup(page, async (popup) => {
    await popup.click(POPUP.site("click"));
    await until("on", () => popup.evaluate(`document.body.classList.contains("on")`));
  });
  await until("a list again", async () => (await listed(panel)).length > 0 && shows(panel));

  // Where the browser still lets us in, the panel can read the next page itself.
  await page.goto(`${at.origin}/story?next`);
  await state(panel, "unread");
  assert.equal(await panel.text("#action"), "Read this page");
  assert.deepEqual(await registry(page), []);
  await panel.click("#action");
  await until("the list", () => shows(panel));

  // A site that is always read, while a page of it is still coming.
  const extensions = await at.browser.open("chrome://extensions/");
  await extensions.evaluate((id) => chrome.developerPrivate.addHostPermission(id, "*://127.0.0.1/*"), at.browser.id);
  await extensions.close();
  await page.bringToFront();
  await inPopup(page, async (popup) => {
    await popup.click(POPUP.site("always"));
    await until("the rule", () => popup.evaluate(`document.querySelector("input[name=rule][value=always]").checked`));
    await until("the scripts", () => popup.evaluate(`chrome.scripting.getRegisteredContentScripts().then((all) => all.length > 0)`));
  });
  let letGo;
  const held = new Promise((resolve) => {
    letGo = resolve;
  });
  await page.route("**/held.js", async (route) => {
    await held;
    await route.abort();
  });
  await page.goto(`${at.origin}/slow`, { waitUntil: "commit" });
  await state(panel, "reading");
  assert.equal(await panel.text("#headline"), "Reading…");
  letGo();
  await until("the list", () => shows(panel));
  assert.equal((await listed(panel)).length, (await highlights(page).then((all) => Object.values(all).flat())).length);
  await inPopup(page, async (popup) => {
    await popup.click(POPUP.site("click"));
    await until("no rule", () => popup.evaluate(`document.querySelector("input[name=rule][value=click]").checked`));
  });
});

test("a page with more flags than a list can hold says so", async () => {
  const { panel } = await open("/many");
  const rows = await panel.evaluate(`document.querySelectorAll("#order .row").length`);
  assert.equal(rows, 2000);
  assert.match(await panel.text("#count"), /^2,000 flags and [\d,]+ more on the page$/);
  await panel.click("#tab-source");
  // Lengths now: the picture is no bigger than its groups.
  assert.equal(await panel.evaluate(`document.querySelectorAll("#blocks .block").length === document.querySelectorAll("#legend li").length`), true);
  await panel.click("#tab-order");
});

test("narrow, wide and large: nothing is cut off", async () => {
  const { panel } = await open("/story?sizes");
  for (const [width, height] of [[280, 700], [380, 700], [700, 700], [190, 350]]) {
    await panel.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    for (const tab of ["order", "source", "category"]) {
      await panel.click(`#tab-${tab}`);
      const wide = await panel.evaluate(`[document.documentElement.scrollWidth, document.documentElement.clientWidth]`);
      assert.ok(wide[0] <= wide[1], `${tab} at ${width}: ${wide}`);
    }
  }
  await panel.send("Emulation.clearDeviceMetricsOverride");
});

test("axe finds no violation in panel and popup, and sees one that is planted", async () => {
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  const violations = async (target) => {
    await target.evaluate(`${axe}; 0`);
    const found = await target.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)`);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ").slice(0, 300)}`);
  };
  const { page, panel } = await open("/story?axe");
  await panel.evaluate(`document.querySelector("#query").removeAttribute("aria-label"); document.querySelector("#line").style.color = "#ccc"`);
  const planted = (await violations(panel)).map((text) => text.split(":")[0]);
  assert.ok(planted.includes("color-contrast"), planted.join());
  await panel.evaluate(`document.querySelector("#query").setAttribute("aria-label", "Search the list"); document.querySelector("#line").style.color = ""`);
  for (const scheme of ["light", "dark"]) {
    await panel.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    for (const tab of ["order", "category", "source"]) {
      await panel.click(`#tab-${tab}`);
      if (tab === "source" && scheme === "light") await panel.click(".source .row");
      await panel.evaluate(`document.getAnimations().forEach((animation) => animation.finish())`);
      assert.deepEqual(await violations(panel), [], `${tab}, ${scheme}`);
    }
  }
  await panel.send("Emulation.setEmulatedMedia", { features: [] });
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.evaluate(`document.querySelector("#master").removeAttribute("aria-label"); document.querySelector("#master-label").remove()`);
  assert.notDeepEqual(await violations(popup), [], "the popup's planted one");
  await popup.close();
  const again = await at.browser.press(page);
  await settled(again);
  assert.deepEqual(await violations(again), [], "popup");
  await again.close();
  const other = await at.browser.open(`${at.origin}/plain?axe`);
  await state(panel, "unread");
  assert.deepEqual(await violations(panel), [], "unread");
  await other.close();
});

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
