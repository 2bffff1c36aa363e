/** What goes wrong around the extension: nothing that the reader did may be lost, and nothing stay half done. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { launch, until } from "./lib/browser.mjs";
import { faulty, killing } from "./lib/faulty.mjs";
import { CATEGORIES, cardText, closedRoots, command, downloaded, exportList, highlights, hover, options, POPUP, pressCard, registry, replaceStored, settled } from "./lib/hearsay.mjs";
import { PAGES as MADE, told } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const HOST = "127.0.0.1";
/** A hundred kilobytes: the engine can't hold them of a hundred pages. */
const BIG = `<!doctype html><html lang="en"><title>Harbour news</title><article><p>${told(1)}</p>${`<p>${"The quay was wet and the boats lay still. ".repeat(300)}</p>`.repeat(8)}</article>`;
/** So many frames, one in the other, each made when the one around it is there. */
const NEST = `<!doctype html><html lang="en"><p>${told(1)}</p><script>
  const left = Number(location.search.slice(1));
  if (left > 0) addEventListener("load", () => document.body.append(Object.assign(document.createElement("iframe"), { src: "/nest?" + (left - 1) })));
</script>`;
const PAGES = { ...MADE, "/nest": { body: NEST }, "/big": { body: BIG }, "/longer": { body: MADE["/story"].body.replace("</article>", `<p>${told(2)}</p></article>`) } };
const ALL = `*://${HOST}/*`;
const ends = [];
let server;
let browser;
/** A page of the extension's own, which reads storage and scripts whether or not the background is awake. */
let own;

/** The browser from here on. */
async function begin(options) {
  const folder = await faulty(options);
  ends.push(() => rm(folder, { recursive: true, force: true }));
  browser = await launch({ extension: folder });
  const running = browser;
  ends.push(() => running.close());
  own = await browser.open(`chrome-extension://${browser.id}/welcome.html`);
  await manage(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), ALL);
}

/** Does something on the browser's page of extensions. */
async function manage(work, argument) {
  const page = await browser.open("chrome://extensions/");
  await page.evaluate(work, [browser.id, argument]);
  await page.close();
}

before(async () => {
  server = await serve({ pages: PAGES });
  await begin();
});
after(async () => {
  for (const end of ends.reverse()) await end();
  await server?.close();
});

const stored = () => own.evaluate(() => chrome.storage.local.get(null));
const registered = () => own.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).sort());
const store = (values) => own.evaluate(replaceStored, values);
/** Anything wakes it. */
const wake = () => own.evaluate(() => chrome.runtime.sendMessage({ type: "guide" }));

/**
 * Everything that a reader does, once: what came of each step. Steps wait for what they lead to, so that
 * what is lost on the way ends the use with a word of its own.
 */
async function use(path) {
  const seen = {};
  const page = await browser.open(server.origin + path);
  const marks = () => highlights(page);
  const press = async (act) => {
    const popup = await browser.press(page);
    const result = await act(popup);
    await popup.close();
    await page.bringToFront();
    return result;
  };
  try {
    await press(async (popup) => {
      await settled(popup);
      await until("the count", async () => Number(await popup.text(POPUP.count("hedged"))) > 0);
      seen.on = await marks();
      await popup.click(POPUP.sensitivity("everything"));
      await until("more marks", async () => (await marks()).hedged.length > seen.on.hedged.length);
      seen.everything = await marks();
    });
    seen.card = (await hover(browser, page, "anonymous")).replace(/\s+/g, " ");
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(browser, page)) === "");

    const popup = await browser.press(page);
    await popup.click(POPUP.list).catch(() => {});
    const panel = await browser.panel();
    const rows = () => panel.evaluate(`[...document.querySelectorAll("#order .row b")].map((words) => words.textContent)`);
    await until("the list", async () => (await rows()).length === Object.values(seen.everything).flat().length);
    await panel.evaluate(`document.querySelector("#order li:nth-child(3) .row").click()`);
    const place = () => page.evaluate((names) => names.flatMap((name) => [...(CSS.highlights.get(`hearsay-${name}-active`) ?? [])].map(String)).join(), CATEGORIES);
    seen.jump = await until("the jump", place);

    await hover(browser, page, "hedged");
    await pressCard(browser, page, "Dismiss");
    await pressCard(browser, page, "flag");
    await until("one less", async () => (await marks()).hedged.length === seen.everything.hedged.length - 1);
    await until("one row less", async () => (await rows()).length === Object.values(seen.everything).flat().length - 1);
    await pressCard(browser, page, "Undo");
    await until("all again", async () => JSON.stringify(await marks()) === JSON.stringify(seen.everything));
    await hover(browser, page, "hedged");
    await pressCard(browser, page, "Dismiss");
    await pressCard(browser, page, "phrase");
    await until("a phrase less", async () => (await marks()).hedged.length < seen.everything.hedged.length);
    await page.keyboard.press("Escape");
    seen.dismissed = await marks();
    await until("the list of it", async () => (await rows()).length === Object.values(seen.dismissed).flat().length);
    seen.rows = await rows();
    seen.count = await panel.text("#count");
    await panel.close();

    await press(async (popup) => {
      const { flags, summary } = JSON.parse((await exportList(browser, popup, "json")).text);
      seen.exported = [flags.map(({ anchor }) => anchor.exact), summary];
      await popup.click(POPUP.site("always"));
      await until("the rule", async () => (await stored()).sites?.[HOST]?.rule === "always");
      await until("the scripts", async () => (await registered()).length > 0);
      await until("the rule to be drawn", () => popup.evaluate(`document.querySelector("input[name=rule][value=always]").checked`));
      await popup.click(POPUP.main);
      await until("nothing marked", async () => (await registry(page)).length === 0);
      await until("the switch", () => popup.evaluate(`document.body.dataset.state === "off"`));
    });
    const next = await browser.open(`${server.origin}${path}&next`);
    await until("highlights without a press", async () => (await highlights(next)).anonymous.length > 0);
    seen.next = await highlights(next);
    await next.evaluate((text) => document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${text}</p>`), told(1));
    await until("what comes late", async () => (await highlights(next)).anonymous.length > seen.next.anonymous.length);
    seen.late = await highlights(next);
    await next.close();
    // But for how it came about.
    seen.stored = Object.fromEntries(Object.entries(await stored()).filter(([name]) => name !== "made" && !name.startsWith("note ")));
    seen.registered = await registered();
    return seen;
  } finally {
    await browser.closeOurs("panel.html");
    await page.close();
  }
}

/** As new: no page but ours, no list, no settings, no site's script, and a background that is awake. */
async function afresh() {
  await browser.clear(own);
  await own.evaluate(() => chrome.scripting.unregisterContentScripts());
  await store({ version: 1 });
  await wake();
}
beforeEach(afresh);

/** Every so many messages it is killed: enough of them for any one act. Each is in its turn the last of a life. */
const EVERY = 12;

test("the background killed at every message of a whole use: what comes of it is the same", async (t) => {
  const stop = await killing(browser, own, { every: 0 });
  const undisturbed = await use("/story?whole");
  const { names } = await stop();
  t.diagnostic(`${names.length} messages: ${names.join(", ")}`);
  assert.ok(names.length > 40);
  for (let first = 0; first < EVERY; first++) {
    await afresh();
    const stop = await killing(browser, own, { every: EVERY, first });
    let failed = null;
    const outcome = await use("/story?whole").catch((error) => {
      failed = error;
    });
    const { killed } = await stop();
    const told = `killed at ${killed.join("; ")}`;
    t.diagnostic(told);
    assert.equal(failed, null, `${failed?.message}; ${told}`);
    assert.deepEqual(outcome, undisturbed, told);
    assert.ok(killed.length >= 3, told);
  }
});

test("what is lost is asked for once more where the reader switched the page's scripts off, too: timers don't run there", async () => {
  const page = await browser.context.newPage();
  const session = await browser.context.newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.goto(`${server.origin}/story?scripts-off`);
  await page.bringToFront();
  await press(page, settled);
  const stop = await killing(browser, own, { every: 1 });
  assert.match(await hover(browser, page, "anonymous"), /a senior clerk/);
  const { killed } = await stop();
  assert.ok(killed.some((one) => one.endsWith("heard")) && killed.some((one) => one.endsWith("done")), killed.join("; "));
});

/** Opens a page and presses the button; waits until it is read. */
async function read(path) {
  const page = await browser.open(server.origin + path);
  await press(page, settled);
  return page;
}

async function press(page, act) {
  const popup = await browser.press(page);
  const result = await act(popup);
  await popup.close();
  await page.bringToFront();
  return result;
}

const total = async (page) => Object.values(await highlights(page)).flat().length;

const NAMED = { sensitivity: "Sensitivity", categories: "Categories", looks: "Categories", phrases: "Your phrases", dismissed: "Dismissed", sites: "Sites", unread: "unread" };

test("whatever is stored, it starts, takes what it can read, tells of the rest, and keeps that until it may go", async () => {
  const entries = (n, make) => Array.from({ length: n }, (_, i) => make(i));
  const phrases = [{ category: "hedged", text: "autumn", pattern: false }];
  const wild = [
    [{ version: 1, phrases, sensitivity: 7, categories: "all", looks: [1], dismissed: "x".repeat(3_000_000), sites: null }, "Categories, Dismissed, Sensitivity, Sites"],
    [{ version: { a: 1 }, phrases, sensitivity: "loud", sites: { "b.example": { rule: "off" }, "c.example": 7 } }, "Sensitivity, Sites"],
    [{ version: 99, phrases, looks: { hedged: { line: "double" } }, later: true }, "Categories"],
    [{ version: 1, phrases, dismissed: entries(20_000, (i) => ({ category: "none", words: i })), unread: 3 }, "unread, Dismissed"],
    [{ version: 1, phrases: entries(5000, (i) => ({ ...phrases[0], text: i === 4000 ? "autumn" : `${i}` })), sites: { [HOST]: "junk" } }, "Your phrases, Sites"],
  ];
  for (const [all, named] of wild) {
    await store(all);
    await browser.killWorker();
    const page = await read("/story?wild");
    assert.ok((await highlights(page)).anonymous.length > 0, "the page is marked");
    const page2 = await options(browser);
    await until("the word about it", async () => (await page2.textContent("#unread-what")).includes(`can’t be read: ${named}.`));
    // A change writes what was changed, and puts aside what was there.
    await page2.getByRole("switch", { name: "Show: Hedged claims" }).uncheck();
    await until("the change", async () => (await stored()).categories?.hedged === false);
    const now = await stored();
    const { name, text } = await downloaded(browser, () => page2.click("#unread-save"));
    assert.match(name, /^hearsay-unread-.*\.json$/);
    const saved = JSON.parse(text);
    const { version: _, ...parts } = all;
    for (const [part, value] of Object.entries(parts)) {
      const among = (places) => places.some((one) => isDeepStrictEqual(one[part], value));
      assert.ok(among([now].concat(now.unread ?? [])), `${part} is still there`);
      if (named.includes(NAMED[part])) assert.ok(among(saved), `${part} is in the file`);
    }
    await page2.click("#unread-drop");
    await until("nothing to tell", () => page2.evaluate(() => document.querySelector("#unread").hidden));
    assert.equal((await stored()).categories.hedged, false, "the change stays");
    await page2.close();
    await page.close();
  }
  assert.deepEqual(browser.errors, []);
});

test("a full storage: what isn't kept is said where it was done, and nothing else is lost", async () => {
  await store({ version: 1, dismissed: [{ category: "hedged", words: "probably", flag: null }] });
  const page = await read("/story?full");
  const all = await highlights(page);
  await own.evaluate(async () => {
    const free = chrome.storage.local.QUOTA_BYTES - (await chrome.storage.local.getBytesInUse(null));
    await chrome.storage.local.set({ filler: "x".repeat(free - 20) });
  });
  const before = await stored();
  const same = async () => {
    assert.deepEqual(await stored(), before);
    assert.deepEqual(await highlights(page), all);
  };

  const FULL = "Not kept: the browser’s room for Hearsay is full.";
  for (const scope of ["flag", "site"]) {
    await hover(browser, page, "anonymous");
    await pressCard(browser, page, "Dismiss");
    await pressCard(browser, page, scope);
    await until("the card's word", async () => (await cardText(browser, page)).includes(FULL));
    assert.ok(!/Undo/.test(await cardText(browser, page)), "there is nothing to undo");
    await same();
    await until("the word to go", async () => (await cardText(browser, page)) === "");
  }
  await press(page, async (popup) => {
    await popup.click(POPUP.sensitivity("everything"));
    await until("the popup's word", async () => (await popup.text("#not-kept")) === FULL);
    await until("the switch to go back", () => popup.evaluate(`document.querySelector("input[value=normal]").checked`));
    await popup.evaluate(`document.querySelector("#not-kept").textContent = ""`);
    await popup.click(POPUP.site("off"));
    await until("the popup's word", async () => (await popup.text("#not-kept")) === FULL);
    await until("the rule to go back", () => popup.evaluate(`document.querySelector("input[value=click]").checked`));
  });
  await same();
  await command(browser, "hedged");
  await until("what is said", async () => (await cardText(browser, page)).includes(FULL));
  await same();

  const page2 = await options(browser);
  await page2.getByRole("radio", { name: "Everything" }).check({ force: true }).catch(() => {});
  await until("the options' word", async () => (await page2.textContent("#failure")) === FULL && (await page2.isVisible("#failure")));
  await until("the old choice", () => page2.getByRole("radio", { name: "Normal" }).isChecked());
  await page2.getByRole("textbox", { name: "A phrase" }).fill("as if");
  await page2.getByRole("textbox", { name: "A phrase" }).press("Enter");
  await until("the options' word", () => page2.isVisible("#failure"));
  assert.equal(await page2.getByRole("textbox", { name: "A phrase" }).inputValue(), "as if", "what was typed stays");
  await same();
  // What was read can be written still: a way back from a dismissal takes no room.
  await page2.getByRole("button", { name: "Undo: probably" }).click();
  await until("the way back", async () => (await stored()).dismissed.length === 0);
  await until("no word any more", async () => !(await page2.isVisible("#failure")));
  await own.evaluate(() => chrome.storage.local.remove("filler"));
  await page2.getByRole("textbox", { name: "A phrase" }).press("Enter");
  await until("the phrase", async () => (await stored()).phrases?.length === 1);
  await page2.close();
  await page.close();
});

/** The tab in front. */
const inFront = () => own.evaluate(async () => (await chrome.tabs.query({ active: true, lastFocusedWindow: true }))[0].id);

/** A page of that address, whichever target shows it by now. */
const shown = (url) => until(`a page at ${url}`, () => browser.context.pages().find((page) => page.url() === url));

test("a tab that is discarded comes back as a page that is loaded anew: what was kept holds, a site's rule too", async () => {
  const url = "/frames?discarded";
  const list = (page) =>
    press(page, async (popup) => {
      await settled(popup);
      return JSON.parse((await exportList(browser, popup, "json")).text).flags.map(({ anchor }) => anchor.exact);
    });
  const page = await read(url);
  const all = await list(page);
  await hover(browser, page, "anonymous");
  await pressCard(browser, page, "Dismiss");
  await pressCard(browser, page, "flag");
  await until("one less", async () => (await list(page)).length === all.length - 1);
  const wanted = await list(page);
  const back = async (one) => {
    await one.bringToFront();
    await one.evaluate(() => {
      window.before = true;
    });
    const tab = await inFront();
    const other = await browser.open("about:blank");
    await own.evaluate(async (id) => {
      const discarded = await chrome.tabs.discard(id);
      await chrome.tabs.update(discarded.id, { active: true });
    }, tab);
    const there = await shown(server.origin + url);
    await until("the page", () => there.evaluate(() => document.readyState === "complete" && !window.before));
    await other.close();
    return there;
  };
  const again = await back(page);
  assert.deepEqual(await registry(again), [], "it was switched on for that page alone");
  assert.deepEqual(await list(again), wanted, "and nothing of the page before is in its list");
  await press(again, async (popup) => {
    await popup.click(POPUP.site("always"));
    await until("the scripts", async () => (await registered()).length > 0);
  });
  const third = await back(again);
  await until("marks without a press", async () => (await highlights(third)).anonymous.length > 0);
  await until("the same list", async () => isDeepStrictEqual(await list(third), wanted));
  await third.close();
});

test("two windows: a page is switched for itself, the settings for both", async () => {
  const one = await read("/story?one-window");
  const url = `${server.origin}/longer?other-window`;
  await own.evaluate((url) => chrome.windows.create({ url, focused: true }), url);
  const other = await shown(url);
  await other.waitForLoadState();
  assert.deepEqual(await registry(other), [], "the other one waits for its own press");
  const popup = await browser.press(other);
  await settled(popup);
  assert.ok((await highlights(other)).hedged.length > 0);
  await popup.click(POPUP.category("hedged"));
  for (const page of [one, other]) await until("no hedges", async () => (await highlights(page)).hedged.length === 0);
  await popup.click(POPUP.main);
  await until("nothing marked", async () => (await registry(other)).length === 0);
  assert.ok((await highlights(one)).anonymous.length > 0, "this one stays on");
  await popup.close();

  // A list in each window, of the page in front there.
  const words = async (page) => Object.values(await highlights(page)).flat().sort();
  await press(other, (popup) => popup.click(POPUP.main).then(() => settled(popup)));
  await press(one, settled);
  for (const page of [one, other]) {
    const popup = await browser.press(page);
    await popup.click(POPUP.list).catch(() => {});
    await until("the popup to go", async () => (await browser.popupTargets()).length === 0);
  }
  const lists = async () => {
    const panels = [await browser.panel(0), await browser.panel(1)];
    return Promise.all(panels.map((panel) => panel.evaluate(`[...document.querySelectorAll("#order .row b")].map((words) => words.textContent).sort()`)));
  };
  const wanted = [await words(one), await words(other)];
  assert.notDeepEqual(wanted[0], wanted[1]);
  await until("both lists", async () => isDeepStrictEqual((await lists()).map(String).sort(), wanted.map(String).sort()));
  await other.close();
  await one.close();
});

test("a browser with a hundred tabs marked: memory is bounded, and a page of long ago answers as if it had been kept", async (t) => {
  await store({ version: 1, sites: { [HOST]: { rule: "always" } } });
  await press(await browser.open(`${server.origin}/story?allow`), (popup) => popup.click(POPUP.site("always")));
  await until("the scripts", async () => (await registered()).length > 0);
  /** Bytes of the engine's memory. */
  const memory = async () => {
    const worker = await browser.worker();
    const { result } = await worker.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await worker.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
    const sum = await worker.send("Runtime.callFunctionOn", { objectId: objects.objectId, returnByValue: true, functionDeclaration: "function () { return this.reduce((sum, one) => sum + one.buffer.byteLength, 0); }" });
    await worker.detach();
    return sum.result.value;
  };
  const pages = [];
  const sizes = [];
  for (let tens = 0; tens < 10; tens++) {
    const more = await Promise.all(Array.from({ length: 10 }, (_, i) => browser.open(`${server.origin}/big?${tens}${i}`)));
    for (const page of more) await until("marks", () => page.evaluate(() => CSS.highlights.get("hearsay-anonymous")?.size));
    pages.push(...more);
    sizes.push(await memory());
  }
  t.diagnostic(`the engine's memory after every tenth: ${sizes.map((bytes) => (bytes / 1e6).toFixed(1)).join(", ")} MB`);
  assert.ok(sizes.every((bytes) => bytes > 1e6));
  assert.ok(sizes[9] <= sizes[4] * 1.05, "the second half of them takes no more, but for what lies between");
  const [first] = pages;
  await first.bringToFront();
  assert.match(await hover(browser, first, "anonymous"), /Anonymous source/);
  await press(first, async (popup) => {
    await settled(popup);
    const { flags } = JSON.parse((await exportList(browser, popup, "json")).text);
    assert.equal(flags.length, await total(first));
  });
  // One that was not asked for anything since, changes.
  const second = pages[1];
  await second.bringToFront();
  const before = await total(second);
  await second.evaluate((text) => document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${text}</p>`), told(3));
  await until("what comes late", async () => (await total(second)) === before + 1);
  for (const page of pages) await page.close();
});

test("thirty frames in one another, there or coming one after the other: all are read, and each costs a few messages", async (t) => {
  const nested = async (act) => {
    const stop = await killing(browser, own, { every: 0 });
    const page = await act();
    const marked = (frame) => frame.evaluate(() => CSS.highlights.get("hearsay-anonymous")?.size > 0).catch(() => false);
    await until("the frames", () => page.frames().length === 31);
    await until("all their marks", async () => (await Promise.all(page.frames().map(marked))).every(Boolean));
    const { names } = await stop();
    const counts = Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]));
    t.diagnostic(`${names.length} messages: ${JSON.stringify(counts)}`);
    // An empty document may have been there before a frame's own, and been read too: on a slow machine in every frame.
    for (const [name, count] of Object.entries(counts)) assert.ok(count <= 2 * 31 + 2, `${count} ${name}`);
    assert.ok(names.length <= 2 * 8 * 31, `${names.length} messages`);
    await page.close();
  };
  await nested(async () => {
    const page = await browser.open(`${server.origin}/nest?30`);
    await until("all of them", () => page.frames().length === 31);
    await press(page, settled);
    return page;
  });
  await nested(async () => {
    const page = await read("/story?nest");
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("iframe"), { src: "/nest?29" })));
    return page;
  });
});

test("site scripts: made anew where the background ended in the middle of it, given up and taken up with the permission", async () => {
  await store({ version: 1, sites: { [HOST]: { rule: "always" } } });
  await press(await browser.open(`${server.origin}/story?scripts`), (popup) => popup.click(POPUP.site("always")));
  await until("the scripts", async () => (await registered()).length > 0);
  const all = await registered();
  // Stopped between taking away and putting in.
  await browser.killWorker();
  await own.evaluate(() => chrome.scripting.unregisterContentScripts());
  await wake();
  await until("the scripts", async () => isDeepStrictEqual(await registered(), all));
  // A script too many: of a site whose rule was taken back without a word.
  await browser.killWorker();
  await own.evaluate(() => chrome.scripting.registerContentScripts([{ id: "http://b.example/*", matches: ["http://b.example/*"], js: ["content.js"] }]));
  await wake();
  await until("no script too many", async () => isDeepStrictEqual(await registered(), all));

  await manage(([id, host]) => chrome.developerPrivate.removeHostPermission(id, host), ALL);
  await until("no scripts", async () => (await registered()).length === 0);
  const page = await browser.open(`${server.origin}/story?withdrawn`);
  const popup = await browser.press(page);
  await settled(popup);
  assert.equal(await popup.evaluate(`document.querySelector("input[name=rule]:checked").value`), "click", "the popup says how it acts");
  await popup.close();
  assert.equal((await stored()).sites[HOST].rule, "always", "the reader's rule is kept");
  const page2 = await options(browser);
  await until("the options' word", async () => /doesn’t allow it any more/.test(await page2.textContent("#site-list")));
  await page2.close();
  await manage(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), ALL);
  await page.close();
});

test("reloaded while its card is open: what is pressed there is not said to be done, nothing stays, and it goes on anew", async () => {
  const page = await read("/story?reloaded");
  const all = await highlights(page);
  await hover(browser, page, "anonymous");
  const old = (await browser.workerTarget()).targetId;
  await manage(async ([id]) => {
    await chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
    await chrome.developerPrivate.reload(id, { failQuietly: true });
  });
  await until("another background", async () => ![undefined, old].includes((await browser.workerTarget())?.targetId));
  own = await browser.open(`chrome-extension://${browser.id}/welcome.html`);
  await page.bringToFront();
  await pressCard(browser, page, "Dismiss");
  await until("nothing of ours", async () => (await closedRoots(browser, page)).length === 0 && (await registry(page)).length === 0);
  assert.deepEqual((await stored()).dismissed ?? [], []);
  await press(page, settled);
  assert.deepEqual(await highlights(page), all);
  await hover(browser, page, "anonymous");
  await pressCard(browser, page, "Dismiss");
  await pressCard(browser, page, "flag");
  await until("one less", async () => (await total(page)) === Object.values(all).flat().length - 1);
  assert.equal((await stored()).dismissed.length, 1);
  await page.close();
  assert.deepEqual(browser.errors, []);
});

test("a clock that is set forward and back all the time changes nothing", async () => {
  const undisturbed = await use("/story?clock");
  await begin({ moved: true });
  await store({ version: 1 });
  const dates = await own.evaluate(() => [Date.now(), Date.now()]);
  assert.ok(Math.abs(dates[0] - dates[1]) > 1e10, "it is");
  const moved = await use("/story?clock");
  const plain = (seen) => JSON.stringify(seen).replaceAll(/127\.0\.0\.1:\d+/g, "");
  assert.equal(plain(moved), plain(undisturbed));
});

test("the panel and an export show what the reader chose, though the page hasn't heard of it", async () => {
  await begin({ deaf: true });
  const page = await browser.open(`${server.origin}/story?deaf`);
  const popup = await browser.press(page);
  await settled(popup);
  await popup.click(POPUP.list).catch(() => {});
  const panel = await browser.panel();
  const rows = () => panel.evaluate(`[...document.querySelectorAll("#order .row b")].map((words) => words.className)`);
  const all = await until("the list", async () => {
    const now = await rows();
    return now.includes("hedged") && now;
  });
  await store({ version: 1, categories: { anonymous: true, unsourced: true, hedged: false } });
  const fewer = await until("fewer rows", async () => {
    const now = await rows();
    return now.length < all.length && now;
  });
  assert.deepEqual(fewer, all.filter((category) => category !== "hedged"));
  assert.notDeepEqual((await highlights(page)).hedged, [], "the page is deaf indeed");
  const again = await browser.press(page);
  assert.deepEqual(JSON.parse((await exportList(browser, again, "json")).text).flags.map(({ category }) => category), fewer);
  await again.close();
});
