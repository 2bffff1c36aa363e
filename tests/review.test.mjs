/** What a reader makes of flags: marks in the panel, where they are kept, what becomes of them, and what is made of them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { downloaded, highlights, inWorker, options, POPUP, settled, stored, storeSettings } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const at = withBrowser(PAGES);

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-review-"));
});
after(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => storeSettings(at.browser, {}));

/** Opens a page with the list beside it. */
async function open(url) {
  const page = await at.browser.open(at.origin + url);
  return { page, panel: await list(page) };
}

let lists = 0;

async function list(page) {
  // What the panel shows of a page before stays until this one's list is there: only by its title that is told.
  await page.evaluate((title) => {
    document.title = title;
  }, `Harbour news ${++lists}`);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.click(POPUP.list).catch(() => {});
  const panel = await at.browser.panel();
  await until("the popup to go", async () => (await at.browser.popupTargets()).length === 0);
  await until("the list", async () => (await panel.text("#title")) === (await page.title()) && (await panel.evaluate(`!document.querySelector("#views").hidden`)));
  return panel;
}

/** The rows with what is said under them. */
const rows = (panel) =>
  panel.evaluate(`[...document.querySelectorAll("#order > ol > li")].map((item) => ({
    words: item.querySelector("b").textContent,
    category: item.querySelector("b").className,
    pressed: [...item.querySelectorAll("[aria-pressed=true]")].map((one) => one.textContent).join(),
    said: [...item.querySelectorAll(".said:not([hidden]), .verdicts:not([hidden]) .asked")].map((one) => one.innerText).join(),
    trouble: item.querySelector(".trouble:not([hidden])")?.innerText ?? "",
  }))`);

const row = async (panel, words) => (await rows(panel)).find((one) => one.words === words);

/** Where a row stands, as a selector. */
async function item(panel, words) {
  const index = (await rows(panel)).findIndex((one) => one.words === words);
  assert.ok(index >= 0, `no row says ${words}`);
  return `#order > ol > li:nth-child(${index + 1})`;
}

/** Opens a row's line and presses one of its verdicts. */
async function mark(panel, words, verdict) {
  const own = await item(panel, words);
  // A list that is being drawn anew moves under the pointer.
  await until("the line", async () => {
    await panel.click(`${own} .row`);
    return panel.evaluate(`document.querySelector(${JSON.stringify(own)}).querySelector(".open") !== null`);
  });
  await panel.click(`${own} .verdicts button:nth-of-type(${["Right", "Wrong", "Unsure"].indexOf(verdict) + 1})`);
}

/** What is kept of a page: its marks by their words. */
async function kept(url) {
  const all = await stored(at.browser);
  return (all[`review ${at.origin}${url}`]?.marks ?? []).map(({ words, verdict, note, category, kind }) => ({ words, verdict, note, category, kind }));
}

/** Selects words on the page, as with the mouse. */
const select = (page, words) =>
  page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const start = walker.currentNode.data.indexOf(wanted);
      if (start < 0) continue;
      const range = new Range();
      range.setStart(walker.currentNode, start);
      range.setEnd(walker.currentNode, start + wanted.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
    throw new Error(`nothing says ${wanted}`);
  }, words);

/** Adds what is selected as a flag of that kind; what is said of it. */
async function add(panel, kind) {
  const there = () => panel.evaluate(`document.querySelector("#adding").matches(":popover-open")`);
  // The list may still be drawn anew, and the button move from under the pointer.
  await until("the place for it", async () => (await there()) || (await panel.click("#add"), there()));
  await panel.evaluate(`document.querySelector("#kind").value = ${JSON.stringify(kind)}; document.querySelector("#adding-note").replaceChildren()`);
  await panel.click("#adding button[type=submit]");
  return until("a word about it", () => panel.text("#adding-note"));
}

/** Saves the list from the panel. */
async function save(panel, format) {
  const menu = () => panel.evaluate(`document.querySelector("#forms").matches(":popover-open")`);
  await until("the menu", async () => (await menu()) || (await panel.click("#save"), menu()));
  return (await downloaded(at.browser, () => panel.click(`#forms [data-format=${format}]`))).text;
}

test("a flag is marked, and shown so when the reader comes back", async () => {
  const { page, panel } = await open("/story?mark");
  const flags = await rows(panel);
  const clerk = flags[0].words;
  await mark(panel, clerk, "Wrong");
  assert.equal((await row(panel, clerk)).pressed, "Wrong", "at once");
  await until("it to be kept", async () => (await kept("/story?mark")).length === 1);
  await until("the count", async () => (await panel.text("#count")) === `${flags.length} flags, 1 reviewed`);

  const own = await item(panel, clerk);
  await panel.click(`${own} button.quiet`);
  await until("the field", () => panel.evaluate(`document.activeElement.localName === "textarea"`));
  await panel.type("She is named, in the /next/ line.");
  await until("the words in it", () => panel.evaluate(`document.activeElement.value === "She is named, in the /next/ line."`));
  await until("the note to be kept", async () => {
    const { trouble } = await row(panel, clerk);
    if (trouble) throw new Error(trouble);
    return (await kept("/story?mark"))[0].note !== "";
  });
  const [first] = (await stored(at.browser))[`review ${at.origin}/story?mark`].marks;
  assert.deepEqual(first, {
    id: first.id,
    category: "anonymous",
    kind: null,
    words: clerk,
    around: { before: "ote on the harbour wall this week, ".slice(-32), after: " on Monday. The wall may have to wait".slice(0, 32) },
    verdict: "wrong",
    note: "She is named, in the /next/ line.",
    at: first.at,
  });
  await mark(panel, flags[1].words, "Unsure");
  await until("both to be kept", async () => (await kept("/story?mark")).length === 2);
  assert.equal((await row(panel, clerk)).said.replace(/\s+/g, " "), "You marked this wrong She is named, in the /next/ line.");

  await page.reload();
  const again = await list(page);
  await until("both as they were", async () => (await row(again, clerk)).said.startsWith("You marked this wrong") && (await row(again, flags[1].words)).said === "You marked this unsure");
  // The same flag on another page is another flag.
  const { page: other, panel: beside } = await open("/story?other");
  assert.deepEqual((await rows(beside)).filter(({ said }) => said !== ""), []);
  await other.close();

  // The same once more takes the mark away.
  await page.bringToFront();
  await until("the list of this page", async () => (await row(again, clerk))?.said.startsWith("You marked"));
  await mark(again, flags[1].words, "Right");
  await until("the change", async () => (await kept("/story?mark"))[1].verdict === "right");
  await mark(again, flags[1].words, "Right");
  await until("one left", async () => (await kept("/story?mark")).length === 1);
});

test("by key: Enter opens a row's line, Tab leads through it, and what is written is nobody's key", async () => {
  const { panel } = await open("/story?keys");
  const [first, second] = await rows(panel);
  await panel.evaluate(`document.querySelector("#order .row").focus()`);
  await panel.key("Enter");
  await until("the line", () => panel.evaluate(`document.querySelector("#order li .open") !== null`));
  const focused = () => panel.evaluate("document.activeElement.textContent || document.activeElement.localName");
  const seen = [];
  for (let i = 0; i < 3; i++) {
    await panel.key("Tab");
    seen.push(await focused());
  }
  assert.deepEqual(seen, ["Right", "Wrong", "Unsure"]);
  await panel.key(" ");
  await until("the mark", async () => (await row(panel, first.words)).pressed === "Unsure");
  await panel.key("Tab");
  assert.equal(await focused(), "Add a note");
  await panel.key("Enter");
  await until("the field", async () => (await focused()) === "textarea");
  await panel.key("/");
  await panel.key("Home");
  assert.equal(await focused(), "textarea");
  await panel.key("Escape");
  assert.match(await focused(), new RegExp(first.words));
  await panel.key("ArrowDown");
  assert.match(await focused(), new RegExp(second.words));
  await until("the note", async () => (await kept("/story?keys"))[0]?.note === "/");
});

test("where the page has changed a mark is found again by its words and what is around them", async () => {
  const { page, panel } = await open("/story?changed");
  const [first] = await rows(panel);
  await mark(panel, first.words, "Right");
  await until("it to be kept", async () => (await kept("/story?changed")).length === 1);
  await page.evaluate(() => {
    const one = document.querySelector("article p");
    one.textContent = one.textContent.replace("The council will not vote", "On Tuesday it became known: nobody will vote");
    document.querySelector("h1").insertAdjacentHTML("afterend", "<p>A senior clerk said so. Officials said it too, and went home before it was dark.</p>");
  });
  await until("more rows", async () => (await rows(panel)).length > 8 && (await rows(panel))[0].words === "A senior clerk said");
  const marked = await until("the mark", async () => {
    const all = (await rows(panel)).filter(({ said, pressed }) => said.startsWith("You") || pressed);
    return all.length > 0 && all;
  });
  assert.deepEqual(marked.map(({ words, pressed }) => [words, pressed]), [[first.words, "Right"]]);
});

test("a mark whose words are gone is listed apart, and deleted there", async () => {
  const { page, panel } = await open("/story?gone");
  const [first, second] = await rows(panel);
  await mark(panel, first.words, "Wrong");
  await mark(panel, second.words, "Right");
  await until("both to be kept", async () => (await kept("/story?gone")).length === 2);
  await page.evaluate(() => document.querySelector("article p").remove());
  await until("the orphans", async () => (await panel.text("#orphans summary")) === "2 marks whose flags are gone");
  await panel.click("#orphans summary");
  assert.match(await panel.text("#orphans li"), new RegExp(`^${first.words} ?Delete ?You marked this wrong$`));
  const markdown = await save(panel, "markdown");
  assert.match(markdown, /## Marks whose flags are gone \(2\)/);
  await panel.evaluate(`document.querySelector("#orphans li button").click()`);
  await until("one left", async () => (await panel.text("#orphans summary")) === "1 mark whose flag is gone");
  assert.deepEqual((await kept("/story?gone")).map(({ words }) => words), [second.words]);
  await panel.evaluate(`document.querySelector("#orphans li button").click()`);
  await until("none left", () => panel.evaluate(`document.querySelector("#orphans").hidden`));
  assert.equal(`review ${at.origin}/story?gone` in (await stored(at.browser)), false, "nor anything of the page");
});

test("words that were missed are added by selecting them, marked on the page, and taken away again", async () => {
  const { page, panel } = await open("/story?missed");
  const before_ = await rows(panel);
  await panel.click("#add");
  assert.equal(await add(panel, "group"), "Nothing that is read is selected on the page.");
  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector("article")));
  assert.equal(await add(panel, "group"), "The words must stand in one paragraph.");
  await select(page, " said the wall was sound");
  assert.equal(await add(panel, "motive"), "Added to the list.");
  await until("its row", async () => (await row(panel, "said the wall was sound"))?.category === "unsourced");
  assert.equal((await rows(panel)).length, before_.length + 1);
  assert.deepEqual(await kept("/story?missed"), [{ words: "said the wall was sound", verdict: "missed", note: "", category: "unsourced", kind: "motive" }]);
  await until("its line on the page", async () => (await highlights(page)).unsourced.includes("said the wall was sound"));

  await page.reload();
  const again = await list(page);
  await until("it again", async () => (await row(again, "said the wall was sound"))?.said === "You added this flag");
  const own = await item(again, "said the wall was sound");
  await again.click(`${own} .row`);
  await until("its line", () => again.evaluate(`document.querySelector(${JSON.stringify(own)}).querySelector(".open") !== null`));
  await again.evaluate(`[...document.querySelectorAll(${JSON.stringify(`${own} .verdicts button`)})].find((one) => one.textContent === "Remove").click()`);
  await until("it gone", async () => (await rows(again)).length === before_.length);
  assert.deepEqual(await kept("/story?missed"), []);
});

test("every export has the marks, and the gold is what the engine is scored by", async () => {
  const { page, panel } = await open("/story?export");
  const flags = await rows(panel);
  const [right, wrong, unsure] = ["anonymous", "hedged", "unsourced"].map((category) => flags.find((one) => one.category === category).words);
  await mark(panel, right, "Right");
  await mark(panel, wrong, "Wrong");
  await mark(panel, unsure, "Unsure");
  await select(page, "nobody has read the survey".replace("nobody", "Nobody"));
  await add(panel, "superlative");
  await until("all four", async () => (await panel.text("#count")).endsWith("4 reviewed"));
  await panel.evaluate(`document.querySelector("#adding").hidePopover()`);

  const json = JSON.parse(await save(panel, "json"));
  const told = json.flags.filter((flag) => flag.review).map(({ anchor, review }) => [anchor.exact, review.verdict]);
  assert.deepEqual(new Map(told), new Map([[right, "right"], [wrong, "wrong"], [unsure, "unsure"], ["Nobody has read the survey", "missed"]]));
  assert.match(await save(panel, "csv"), /"wrong",""\r\n/);
  assert.match(await save(panel, "markdown"), /Reviewed: wrong/);
  assert.match(await save(panel, "html"), /<p>Added by the reader<\/p>/);
  const web = JSON.parse(await save(panel, "webannotation"));
  assert.equal(web.first.items.filter(({ motivation }) => motivation.includes("assessing")).length, 4);
  const hypothesis = JSON.parse(await save(panel, "hypothesis"));
  assert.equal(hypothesis.annotations.filter(({ tags }) => tags.includes("Reviewed: right")).length, 1);

  await writeFile(path.join(folder, "story.gold.json"), await save(panel, "gold"));
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(ROOT, "tests", "eval.mjs"), folder, "--errors", "all"]);
  // One of each category: found, not wanted, borderline; and one that is missed.
  const figures = Object.fromEntries([...stdout.matchAll(/^(anonymous|unsourced|hedged) +(.+)$/gm)].map(([, name, rest]) => [name, rest.trim().split(/ +/)]));
  assert.deepEqual(figures.anonymous.slice(0, 5), ["1", "1", "1.000", "1.000", "1.000"], stdout);
  assert.deepEqual(figures.unsourced.slice(0, 2), ["1", "0"], stdout);
  assert.deepEqual(figures.hedged.slice(0, 2), ["0", "1"], stdout);
  assert.match(stdout, /unsourced, missed: 1\n.*\n.*\[Nobody has read the survey\]/);
});

test("in a private window a mark lasts as long as the page, and nothing is kept", async () => {
  const { page, panel } = await open("/story?secret");
  const [first] = await rows(panel);
  // The panel as it is beside a private window: it tells the background so with everything it asks.
  await panel.evaluate(`(() => {
    const query = chrome.tabs.query.bind(chrome.tabs);
    chrome.tabs.query = async (...of) => (await query(...of)).map((tab) => ({ ...tab, incognito: true }));
  })()`);
  await page.evaluate(() => document.querySelector("h1").append(" again"));
  await until("the list to be asked for", async () => {
    await panel.click(`${await item(panel, first.words)} .row`);
    return /private window/.test(await panel.text("#order .open .hint:not([hidden])"));
  });
  await mark(panel, first.words, "Right");
  await until("the mark", async () => (await panel.text("#count")).endsWith("1 reviewed"));
  const saved = JSON.parse(await save(panel, "json"));
  assert.deepEqual(saved.flags.filter(({ review }) => review).map(({ review }) => review.verdict), ["right"]);
  await select(page, "moor there");
  assert.equal(await add(panel, "prediction"), "Added to the list.");
  await until("its row", () => row(panel, "moor there"));
  assert.deepEqual(await stored(at.browser), {});
  await page.reload();
  const again = await list(page);
  assert.deepEqual((await rows(again)).filter(({ said }) => said !== ""), []);
  await again.close();
});

test("where there is no more room that is said, nothing is lost, and it is kept as soon as there is some", async () => {
  const { panel } = await open("/story?full");
  const [first, second, third] = await rows(panel);
  await mark(panel, first.words, "Right");
  await until("it to be kept", async () => (await kept("/story?full")).length === 1);
  const room = await inWorker(at.browser, async () => {
    const left = chrome.storage.local.QUOTA_BYTES - (await chrome.storage.local.getBytesInUse(null));
    await chrome.storage.local.set({ filler: "x".repeat(left - 60) });
    return chrome.storage.local.QUOTA_BYTES - (await chrome.storage.local.getBytesInUse(null));
  });
  assert.ok(room >= 0 && room < 100, `${room} bytes left`);
  await mark(panel, second.words, "Wrong");
  const told = await until("the word about it", async () => (await row(panel, second.words)).trouble);
  assert.match(told, /^Not saved\. There is no more room for marks\. Delete some in Options, under Review\. Try again Make room$/);
  assert.deepEqual((await kept("/story?full")).map(({ verdict }) => verdict), ["right"], "what was kept is as it was");
  await mark(panel, third.words, "Unsure");
  await until("the word about that too", async () => (await row(panel, third.words)).trouble);
  assert.equal((await row(panel, second.words)).pressed, "Wrong", "and stays to be seen");
  await panel.evaluate(`[...document.querySelectorAll("#order .trouble button")].find((one) => one.textContent === "Make room").click()`);
  const place = await until("the options", () => at.browser.context.pages().find((one) => one.url().endsWith("options.html#review")));
  await place.close();
  await inWorker(at.browser, () => chrome.storage.local.remove("filler"));
  await until("both to be kept", async () => (await kept("/story?full")).length === 3);
  await until("no more words about it", async () => (await rows(panel)).every(({ trouble }) => trouble === ""));
});

/** Marks as they are kept, `days` old. */
const aged = (words, days, verdict = "right") => ({ id: words, category: "hedged", kind: null, words, around: { before: "", after: "" }, verdict, note: "", at: Date.now() - days * 86_400_000 });

test("the options tell what room the marks take, and delete them one by one, by site, by age and all together, with a way back", async () => {
  const all = {
    "review https://a.example/x": { version: 1, title: "The first", marks: [aged("may", 400), aged("might", 40, "wrong")] },
    "review https://a.example/y": { version: 1, title: "The second", marks: [aged("could", 1)] },
    "review https://b.example/": { version: 1, title: "", marks: [aged("perhaps", 2, "unsure")] },
  };
  await storeSettings(at.browser, { ...all, sensitivity: "quiet", version: 1 });
  const own = await options(at.browser, "#review");
  const shown = () => own.evaluate(() => [...document.querySelectorAll("#review-list > li")].map((one) => one.innerText.replace(/\s+/g, " ")));
  const left = async () => Object.entries(await stored(at.browser)).filter(([key]) => key.startsWith("review")).flatMap(([, { marks }]) => marks.map(({ words }) => words)).sort().join();
  const undo = async () => {
    await own.locator("#review-undo").click();
    await until("all back", async () => (await left()) === "could,may,might,perhaps");
  };
  assert.deepEqual((await shown()).map((one) => one.replace(/[\d.]+ kB/, "N kB")), ["a.example 3 marks on 2 pages, N kB Delete", "b.example 1 mark on 1 page, N kB Delete"]);
  assert.match(await own.textContent("#review-space"), /^4 marks on 3 pages, 0\.\d kB$/);

  await own.getByRole("button", { name: "Delete the marks on a.example" }).click();
  await until("one site left", async () => (await left()) === "perhaps");
  await until("the word about it", async () => (await own.textContent("#review-note")) === "3 marks deleted.");
  await undo();

  await own.locator("#age").selectOption("year");
  await own.locator("#review-age button[type=submit]").click();
  await until("the oldest gone", async () => (await left()) === "could,might,perhaps");
  await own.locator("#age").selectOption("month");
  await own.locator("#review-age button[type=submit]").click();
  await until("the old ones gone", async () => (await left()) === "could,perhaps");
  assert.equal("review https://a.example/x" in (await stored(at.browser)), false, "a page without marks");

  await own.getByRole("button", { name: "a.example", exact: true }).click();
  await own.getByRole("button", { name: "Delete: could" }).click();
  await until("that one gone", async () => (await left()) === "perhaps");
  await own.getByRole("button", { name: "Delete all marks" }).click();
  await until("none left", async () => (await left()) === "");
  await until("that it is said", async () => (await shown()).join().startsWith("Nothing so far."));
  assert.equal((await stored(at.browser)).sensitivity, "quiet", "and nothing but the marks");
});

test("whatever is stored as marks, what comes out is valid, and what can't be read is kept until it may go", async () => {
  const bad = { "review https://a.example/": { version: 9, title: 5, marks: [null, 7, { id: "a" }, { ...aged("may", 1), verdict: "true" }, { ...aged("might", 1), kind: "rumour", note: "x".repeat(5000), at: "now" }] }, "review https://b.example/": "nonsense" };
  await storeSettings(at.browser, bad);
  const own = await options(at.browser, "#review");
  assert.match(await own.evaluate(() => document.querySelector("#review-list").innerText.replace(/\s+/g, " ")), /^a\.example 1 mark on 1 page, .* b\.example 0 marks on 1 page/);
  await own.getByRole("button", { name: "Delete all marks" }).click();
  // What couldn't be read nobody has seen: it is put aside, and told, until that may go too.
  await until("no page left", async () => Object.keys(await stored(at.browser)).join() === "unread");
  assert.deepEqual((await stored(at.browser)).unread, Object.entries(bad).map(([name, page]) => ({ [name]: page })));
  await until("the word about it", async () => (await own.textContent("#unread-what")).includes("can’t be read: Review."));
  await own.click("#unread-drop");
  await until("nothing left", async () => (await stored(at.browser)).unread.length === 0);
});

test("axe finds nothing in the panel with its lines open, nor in the options with marks", async () => {
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  const run = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" | ").slice(0, 300)))`;
  const { page, panel } = await open("/story?axe");
  const [first, second, third] = await rows(panel);
  await mark(panel, first.words, "Right");
  await mark(panel, second.words, "Wrong");
  await until("both to be kept", async () => (await kept("/story?axe")).length === 2);
  await page.evaluate(() => document.querySelector("article p").remove());
  await until("an orphan", async () => /flag/.test(await panel.text("#orphans summary")));
  await panel.click("#orphans summary");
  await mark(panel, third.words, "Unsure");
  await panel.evaluate(`document.querySelector("#order .open button.quiet").click()`);
  await panel.click("#add");
  await panel.evaluate(`${axe}; 0`);
  for (const scheme of ["light", "dark"]) {
    await panel.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await panel.evaluate("document.getAnimations().forEach((animation) => animation.finish())");
    assert.deepEqual(await panel.evaluate(run), [], `the panel, ${scheme}`);
  }
  await panel.send("Emulation.setDeviceMetricsOverride", { width: 280, height: 700, deviceScaleFactor: 1, mobile: false });
  assert.ok(await panel.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "nothing sticks out at 280 px");
  const own = await options(at.browser, "#review");
  await own.locator("#review .fold").first().click();
  const session = await at.browser.context.newCDPSession(own);
  const evaluate = async (expression) => (await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })).result.value;
  await evaluate(`${axe}; 0`);
  for (const colorScheme of ["light", "dark"]) {
    await own.emulateMedia({ colorScheme });
    await own.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    assert.deepEqual(await evaluate(run), [], `the options, ${colorScheme}`);
  }
  await own.setViewportSize({ width: 340, height: 700 });
  assert.ok(await own.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out at 340 px");
});

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
