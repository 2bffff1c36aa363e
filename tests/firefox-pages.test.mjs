/** Our own pages in a real Firefox, what they keep, and who may ask for it. */
import assert from "node:assert/strict";
import { until } from "./lib/browser.mjs";
import { withFirefox } from "./lib/fixture.mjs";
import { FOR_FRAMES, forOurPages, CATEGORIES, highlights, POPUP, registry, replaceStored, settled } from "./lib/hearsay.mjs";
import { ABSENT, CLOSED, closedTests, closingTests } from "./lib/reading.mjs";

const { at, test } = await withFirefox();

const HOST = "127.0.0.1";
const open = (url) => at.browser.open(at.origin + url);

/** Opens a page and presses the button; waits for the highlights. */
async function read(url) {
  const page = await open(url);
  const popup = await at.browser.press(page);
  await settled(popup);
  return { page, popup };
}

/** One of our pages in a tab, drawn. */
async function ours(name) {
  const page = await at.browser.open(`moz-extension://${at.browser.host}/${name}`);
  await until(`${name} to be drawn`, () => page.evaluate("document.documentElement.dir !== '' && !document.body.hasAttribute('aria-busy')"), 60_000);
  return page;
}

const stored = (own) => own.evaluate("chrome.storage.local.get(null)");
const store = (own, values) => own.evaluate(replaceStored, values);

/** Writes into a field, as a reader who types does. */
const write = (own, selector, text) =>
  own.evaluate(
    ([which, words]) => {
      const field = document.querySelector(which);
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    [selector, text],
  );

/** How a category is drawn: line, colour. */
const drawn = (page, category) =>
  page.evaluate((name) => {
    const style = getComputedStyle(document.querySelector("p"), `::highlight(hearsay-${name})`);
    return `${style.textDecorationStyle} ${style.textDecorationColor}`;
  }, category);

const total = async (page) => Object.values(await highlights(page)).flat().length;

test("after the installation a page opens by itself, with a sample that is marked, and keeps nothing", async () => {
  const page = await at.browser.pageAt("welcome.html");
  await until("its words", () => page.evaluate("document.documentElement.dir !== ''"));
  const marked = await highlights(page);
  assert.deepEqual(CATEGORIES.map((category) => marked[category]), [["a senior engineer at the yard told"], ["risen by 38 percent"], ["might"]]);
  assert.equal(await drawn(page, "hedged"), "wavy rgb(10, 116, 122)");
  assert.match(await page.text("#key"), /^Or press Alt\+Shift\+H\.$/);
  assert.deepEqual(await stored(page), {});
});

test("options: lines, colours, categories and sensitivity change the page as they are chosen", async () => {
  const { page } = await read("/story?looks");
  const all = await highlights(page);
  const own = await ours("options.html");
  for (const category of CATEGORIES) assert.equal(await drawn(own, category), await drawn(page, category), category);
  await own.click("label:has([data-name='line-hedged dashed'])");
  await own.click("label:has([data-name='colour-hedged blue'])");
  await until("the page's line", async () => (await drawn(page, "hedged")) === "dashed rgb(31, 95, 180)");
  assert.equal(await drawn(own, "hedged"), "dashed rgb(31, 95, 180)");
  await own.click("[data-name='show hedged']");
  await until("no hedges", async () => (await highlights(page)).hedged.length === 0);
  await own.click("[data-name='show hedged']");
  await until("the hedges", async () => String((await highlights(page)).hedged) === String(all.hedged));
  await own.click("label:has([data-name='level everything'])");
  await until("more hedges", async () => (await highlights(page)).hedged.length > all.hedged.length);
  const { looks, sensitivity } = await stored(own);
  assert.deepEqual([looks.hedged, sensitivity], [{ line: "dashed", colour: "blue" }, "everything"]);
  await store(own, {});
});

test("options: an own phrase is checked, marked on the page, and removed", async () => {
  const { page } = await read("/story?phrase");
  const before = (await highlights(page)).hedged;
  const own = await ours("options.html");
  await own.click("#phrase-pattern");
  await write(own, "#phrase", "(moor");
  await until("what is wrong", async () => /no regular expression/.test(await own.text("#phrase-wrong")));
  await own.evaluate(`document.querySelector("#phrase-category").value = "hedged"`);
  await write(own, "#phrase", "would (moor|sink)");
  await until("nothing wrong", async () => (await own.text("#phrase-wrong")) === "");
  await own.click("#phrase-form [type=submit]");
  await until("the phrase on the page", async () => (await highlights(page)).hedged.includes("would moor"));
  assert.deepEqual((await stored(own)).phrases, [{ category: "hedged", text: "would (moor|sink)", pattern: true }]);
  await own.click("#phrase-list button");
  await until("the page as before", async () => String((await highlights(page)).hedged) === String(before));
});

test("options: a site's own categories, a site that is off, and what is dismissed with its way back", async () => {
  const { page } = await read("/story?sites");
  const all = await highlights(page);
  const own = await ours("options.html");
  await store(own, { version: 1, sites: { [HOST]: { hidden: ["anonymous"] } }, dismissed: [{ category: "hedged", words: "may", flag: null }] });
  await until("what is hidden", async () => (await highlights(page)).anonymous.length === 0);
  await own.click(`[data-name='${HOST} hedged']`);
  await until("no hedges", async () => (await highlights(page)).hedged.length === 0);
  assert.deepEqual((await highlights(page)).unsourced, all.unsourced);
  await write(own, "#site", "https://News.example:8080/a?b");
  await own.click("#site-form [type=submit]");
  await until("the site", async () => (await stored(own)).sites["news.example"]?.rule === "off");
  await until("its row", async () => /news\.example/.test(await own.text("#dismissed-list")));
  // The last one first: the phrase, then the site.
  await own.click("#dismissed-list li:nth-child(2) button");
  await until("the site's way back", async () => !("news.example" in (await stored(own)).sites));
  await own.click("#dismissed-list li:nth-child(1) button");
  await until("the phrase's", async () => (await stored(own)).dismissed.length === 0);
  for (const category of ["anonymous", "hedged"]) await own.click(`[data-name='${HOST} ${category}']`);
  await until("all as before", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  assert.deepEqual((await stored(own)).sites, {});
});

test("options: the settings go into a file and come back from it; a file that is none changes nothing", async () => {
  const own = await ours("options.html");
  await store(own, { version: 1, sensitivity: "quiet" });
  await until("the choice", () => own.evaluate(`document.querySelector("[data-name='level quiet']").checked`));
  const { name, text } = await at.browser.downloaded(() => own.click("#save"));
  assert.match(name, /^hearsay-settings-\d{4}-\d\d-\d\d\.json$/);
  await own.click("label:has([data-name='level everything'])");
  await until("another choice", async () => (await stored(own)).sensitivity === "everything");
  /** As if the reader had chosen a file with that text. */
  const choose = (json) =>
    own.evaluate((contents) => {
      const field = document.querySelector("#file");
      const chosen = new DataTransfer();
      chosen.items.add(new File([contents], "settings.json"));
      field.files = chosen.files;
      field.dispatchEvent(new Event("change"));
    }, json);
  await choose('{"hearsay":"list"}');
  await until("the refusal", async () => /no file of Hearsay’s settings/.test(await own.text("#backup-note")));
  assert.equal((await stored(own)).sensitivity, "everything");
  await choose(text);
  await until("what the file says", async () => (await stored(own)).sensitivity === "quiet");
  await own.click("#unload");
  await until("the way back", async () => (await stored(own)).sensitivity === "everything");
  await store(own, {});
});

test("options: what can't be read is told, and kept until it may go", async () => {
  const own = await ours("options.html");
  await store(own, { version: 1, sensitivity: "loud", "review https://a.example/x": { version: 1, title: "T", marks: [{ id: 7 }] } });
  await until("the word about it", async () => (await own.text("#unread-what")).includes("can’t be read: Sensitivity, Review."));
  await own.click("label:has([data-name='level quiet'])");
  await until("it aside", async () => (await stored(own)).unread?.length === 1);
  await own.click("#unread-drop");
  await until("nothing to tell", () => own.evaluate(`document.querySelector("#unread").hidden`));
  const { "review https://a.example/x": gone, ...rest } = await stored(own);
  assert.deepEqual([rest.sensitivity, gone], ["quiet", undefined]);
  await store(own, {});
});

test("a flag is marked in the sidebar, kept, told again after a reload, listed in the options, and deleted there", async () => {
  const { page, popup } = await read("/story?review");
  await popup.click(POPUP.list);
  let panel = await at.browser.view("sidebar");
  const rows = () => panel.evaluate(`document.querySelectorAll("#order > ol > li").length`);
  await until("the rows", async () => (await rows()) === (await total(page)));
  await until("the line", async () => {
    await panel.click("#order > ol > li:nth-child(1) .row");
    return panel.evaluate(`document.querySelector("#order > ol > li:nth-child(1) .open") !== null`);
  });
  await panel.click("#order > ol > li:nth-child(1) .verdicts button:nth-of-type(2)");
  const own = await ours("options.html");
  const key = `review ${at.origin}/story?review`;
  await until("it to be kept", async () => (await stored(own))[key]?.marks[0].verdict === "wrong");
  assert.equal((await stored(own))[key].marks[0].words, "a senior clerk said");

  await page.goto(`${at.origin}/plain?between`);
  await page.goto(`${at.origin}/story?review`);
  await at.browser.front(page);
  await settled(await at.browser.press(page));
  await at.browser.closePopup();
  panel = await at.browser.view("sidebar");
  await until("it again", async () => /You marked this wrong/.test((await panel.text("#order")) ?? ""));

  await at.browser.front(own);
  await until("it in the options", async () => /1 mark/.test(await own.text("#review-space")));
  await own.click("#review-all");
  await until("it gone", async () => !(key in (await stored(own))));
  await own.click("#review-undo");
  await until("it back", async () => (await stored(own))[key]?.marks.length === 1);
  await own.click("#review-all");
  await until("it gone for good", async () => !(key in (await stored(own))));
});

test("a card's dismissal is undone there and listed in the options", async () => {
  const { page } = await read("/story?dismiss");
  await at.browser.closePopup();
  const own = await ours("options.html");
  await at.browser.front(page);
  const all = await total(page);
  await at.browser.hover(page, "anonymous");
  await page.pressCard("Dismiss");
  await page.pressCard("flag");
  await until("one less", async () => (await total(page)) === all - 1);
  assert.equal((await stored(own)).dismissed.length, 1);
  await page.pressCard("Undo");
  await until("all of them", async () => (await total(page)) === all);
  assert.deepEqual((await stored(own)).dismissed, []);
});

closingTests(test, at, {
  own: () => `moz-extension://${at.browser.host}/welcome.html`,
  kill: () => at.browser.killBackground(),
  close: () => at.browser.closePopup(),
});

closedTests(test, at, {
  addresses: (origin, shut) => [
    [shut, ABSENT],
    ["http://nowhere.invalid/", ABSENT],
    [origin.replace("http:", "https:"), ABSENT],
    ["about:addons", CLOSED],
    [`view-source:${origin}/story`, CLOSED],
    [`moz-extension://${at.browser.host}/options.html`, CLOSED],
  ],
  visit: (address) => at.browser.visit(address),
  list: async (page) => {
    const popup = await at.browser.press(page);
    await popup.click(POPUP.list);
    return at.browser.view("sidebar");
  },
});

/** What is answered to a message, or that nobody does. */
const answer = (message) => `chrome.runtime.sendMessage(${JSON.stringify(message)}).then((reply) => (reply === undefined ? "unanswered" : { reply }), () => "unanswered")`;

test("messages: neither a web page nor a content script may ask for what our pages may, nor they for a frame", async () => {
  const { page } = await read("/story?messages");
  await at.browser.closePopup();
  const own = await ours("options.html");
  const before = await stored(own);
  const tab = await own.evaluate(`chrome.tabs.query({}).then((all) => all[0].id)`);
  for (const message of forOurPages(tab, `${at.origin}/story`)) assert.equal(await page.asContentScript(answer(message)), "unanswered", message.type);
  assert.equal((await page.asContentScript(answer({ type: "hello" }))).reply.site, HOST, "a content script is answered");
  for (const type of FOR_FRAMES) assert.equal(await own.evaluate(answer({ type, off: true })), "unanswered", type);
  assert.ok((await own.evaluate(answer({ type: "guide" }))).reply.guide);
  assert.equal(await page.evaluate("typeof (globalThis.browser ?? globalThis.chrome)?.runtime"), "undefined", "the page has nobody to ask");
  assert.deepEqual(await stored(own), before);
});

test("a reload while the card is open: what is pressed there isn't said to be done, and it goes on anew", async () => {
  const { page } = await read("/story?reloaded");
  await at.browser.closePopup();
  const all = await highlights(page);
  await at.browser.hover(page, "anonymous");
  await at.browser.install();
  // Firefox takes the old script's world away, and its listeners with it.
  await page.pressCard("Dismiss").catch(() => {});
  const own = await ours("options.html");
  assert.deepEqual((await stored(own)).dismissed ?? [], []);
  await at.browser.front(page);
  await settled(await at.browser.press(page));
  await at.browser.closePopup();
  assert.deepEqual(await highlights(page), all);
  await at.browser.hover(page, "anonymous");
  await page.pressCard("Dismiss");
  await page.pressCard("flag");
  await until("one less", async () => (await total(page)) === Object.values(all).flat().length - 1);
  assert.equal((await stored(own)).dismissed.length, 1);
  await store(own, {});
});

test("an event page that ends as soon as it is idle: all that a reader does comes out the same", async (t) => {
  const own = await ours("options.html");
  await store(own, {});
  const undisturbed = await use("/story?idle");
  await store(own, {});
  // What it is woken for it may finish; a moment later it ends.
  const ended = await at.browser.idleAfter(50, async () => {
    assert.deepEqual(await use("/story?idle"), undisturbed);
  });
  t.diagnostic(`it ended ${ended} times`);
  assert.ok(ended >= 5, `${ended} times`);
  await store(own, {});
});

/** What a reader does with a page, step by step; what came of it. */
async function use(url) {
  const idle = () => at.browser.whenIdle();
  const { page, popup } = await read(url);
  const seen = { first: await highlights(page) };
  await idle();
  await popup.click(POPUP.sensitivity("everything"));
  await until("more", async () => (await highlights(page)).hedged.length > seen.first.hedged.length);
  seen.everything = await highlights(page);
  await idle();
  seen.csv = (await at.browser.exportList(popup, "csv")).text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "DATE");
  await at.browser.closePopup();
  await idle();
  seen.card = await at.browser.hover(page, "anonymous");
  await idle();
  await page.pressCard("Dismiss");
  await page.pressCard("phrase");
  await until("less", async () => (await highlights(page)).anonymous.length < seen.everything.anonymous.length);
  seen.dismissed = await highlights(page);
  await page.key("Escape");
  await idle();
  const again = await at.browser.press(page);
  await again.click(POPUP.list);
  const panel = await at.browser.view("sidebar");
  await until("the list", () => panel.evaluate(`document.querySelectorAll("#order .row").length > 0`));
  seen.rows = await panel.evaluate(`[...document.querySelectorAll("#order .row b")].map((words) => words.textContent)`);
  await at.browser.closeSidebar();
  await idle();
  await at.browser.front(page);
  const last = await at.browser.press(page);
  await last.click(POPUP.main);
  await until("nothing marked", async () => (await registry(page)).length === 0);
  await at.browser.closePopup();
  return seen;
}

test("in a private window the page alone is changed, and nothing is stored", async () => {
  await at.browser.install({ secret: true });
  const own = await ours("options.html");
  await store(own, { version: 1, sensitivity: "normal" });
  const before = await stored(own);
  await at.browser.privately(async () => {
    const { page, popup } = await read("/story?private");
    const all = await highlights(page);
    assert.ok(all.hedged.length > 0);
    assert.match(await popup.text("#private"), /private window/i);
    assert.equal(await popup.evaluate(`document.querySelector("#site").hidden`), true);
    await popup.click(POPUP.category("hedged"));
    await until("no hedges", async () => (await highlights(page)).hedged.length === 0);
    await popup.click(POPUP.sensitivity("quiet"));
    await until("fewer", async () => (await highlights(page)).unsourced.length < all.unsourced.length);
    await popup.click(POPUP.sensitivity("normal"));
    await until("all but the hedges", async () => (await total(page)) === all.anonymous.length + all.unsourced.length);
    await at.browser.closePopup();
    await at.browser.hover(page, "anonymous");
    await page.pressCard("Dismiss");
    await page.pressCard("flag");
    await until("one less", async () => (await highlights(page)).anonymous.length === all.anonymous.length - 1);
    // Another page knows nothing of it.
    const { page: next } = await read("/story?private-next");
    assert.deepEqual(await highlights(next), all);
  });
  assert.deepEqual(await stored(own), before);
  const { page } = await read("/story?public");
  assert.ok((await highlights(page)).hedged.length > 0);
});

test("the browser has nothing to complain of", async () => {
  assert.deepEqual(await at.browser.complaints(), []);
});
