/** The list that a reader saves: the same as the native program makes of the same blocks. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { calm, cli, exportList, highlights, pageInput, POPUP, readBlocks, settled, sourcing, TALLEST, unfolded } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const still = "<p>The boats lay at the quay and the lamps were out. Nobody came to shut the gate before the morning.</p>";
/** The story with room between its paragraphs, so that there is something to scroll. */
const LONG = PAGES["/story"].body.replaceAll("</p>\n<p>", `</p>${still.repeat(25)}\n<p>`);

const at = withBrowser({ ...PAGES, "/long": { body: LONG } }, path.join(ROOT, "tests", "article"));

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-export-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The parts of a list that must not depend on when it was made. */
function timeless(list) {
  const { created, ...page } = list.page;
  assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  return { ...list, page };
}

/** The sentence that a flag stands in. */
function sentenceOf({ blocks }, { sentence }) {
  const whole = [...blocks.map(({ text }) => text).join("\n\n")];
  return whole.slice(sentence.start, sentence.end).join("");
}

async function open(url) {
  const page = await at.browser.open(at.origin + url);
  const popup = await at.browser.press(page);
  await settled(popup);
  return { page, popup };
}

test("the JSON list equals the native program's on the same blocks", async () => {
  const { popup, page } = await open("/index.html");
  const input = await pageInput(popup);
  const { name, text } = await exportList(at.browser, popup, "json");
  const list = JSON.parse(text);
  const native = await readBlocks(input, folder);
  assert.match(name, /\.json$/);
  assert.match(name, /hearsay/i);
  assert.equal(list.schema, "hearsay/1");
  assert.equal(list.page.url, page.url());
  assert.equal(list.page.title, await page.title());

  // The popup saved what is shown: normal sensitivity, all categories.
  const shown = { ...timeless(native), flags: native.flags.filter((flag) => flag.strength >= 0.5) };
  assert.deepEqual(timeless(list), shown);
  assert.ok(native.flags.length > shown.flags.length, "the article has fainter flags too");
  const marked = await highlights(page);
  for (const category of Object.keys(marked)) {
    assert.deepEqual(marked[category], list.flags.filter((flag) => flag.category === category).map((flag) => flag.anchor.exact), category);
  }
});

test("the article that ships with the project shows every kind of flag", async () => {
  const { popup } = await open("/index.html?kinds");
  const native = await readBlocks(await pageInput(popup), folder);
  const kinds = new Set(native.flags.map((flag) => `${flag.category}/${flag.kind}`));
  const expected = {
    anonymous: ["person", "group", "document", "agentless"],
    unsourced: ["consensus", "statistic", "accusation", "motive", "cause", "superlative", "prediction"],
    hedged: ["modal", "likelihood", "appearance", "hearsay", "condition", "approximation"],
  };
  for (const [category, names] of Object.entries(expected)) {
    for (const kind of names) assert.ok(kinds.has(`${category}/${kind}`), `${category}/${kind}`);
  }
  const engineer = native.sources.find((source) => /engineer/.test(source.label));
  assert.ok(engineer.claims >= 4, "the engineer comes back several times");
  const flags = native.flags.filter((flag) => flag.source?.id === engineer.id);
  assert.ok(flags.some((flag) => flag.details.relay?.some((relay) => /Gazette/.test(relay))), "who relayed it");
  assert.ok(flags.some((flag) => /authorised/.test(flag.details.reason ?? "")), "the reason for anonymity");
  const texts = native.flags.map((flag) => flag.anchor.exact).join("\n");
  assert.doesNotMatch(texts, /Sources say|Experts believe/, "teasers are not read");
});

test("the popup says of the article what its claims rest on, as the lists do", async () => {
  const { popup } = await open("/index.html?sourcing");
  const { summary, sources } = await readBlocks(await pageInput(popup), folder);
  const bases = ["people", "institutions", "documents", "anonymous"];
  assert.equal(bases.reduce((sum, basis) => sum + summary[basis], 0), summary.claims);
  for (const basis of bases) assert.ok(summary[basis] > 0, `the article has claims of every sort: ${basis}`);
  const engineer = sources.find((source) => /engineer/.test(source.label));
  assert.deepEqual(summary.heaviest, { source: engineer.id, label: engineer.label, claims: engineer.claims });

  const { sentence, bar } = await sourcing(popup);
  const counted = sentence.match(
    /^Of (\d+) attributed claims, (\d+) rests? on (?:a )?named p\w+, (\d+) on (?:an )?institutions?, (\d+) on (?:a )?documents? and (\d+) on (?:an )?anonymous sources?\. /,
  );
  assert.deepEqual(counted?.slice(1).map(Number), [summary.claims, ...bases.map((basis) => summary[basis])], sentence);
  assert.ok(sentence.endsWith(` One unnamed source, “${engineer.label}”, carries ${engineer.claims} of the ${summary.claims}.`), sentence);
  assert.deepEqual(bar.map(([basis]) => basis), bases, "in the order of the sentence");
  for (const [basis, share] of bar) {
    assert.ok(Math.abs(share - summary[basis] / summary.claims) < 0.01, `${basis}: ${share} of the bar`);
  }
  const markdown = (await exportList(at.browser, popup, "markdown")).text;
  assert.ok(markdown.includes(sentence), markdown);

  // The figure is the page's, not the selection's.
  await popup.click(POPUP.category("anonymous"));
  await until("the switch", () => popup.evaluate(`!document.querySelector("#show-anonymous").checked`));
  assert.deepEqual(await sourcing(popup), { sentence, bar });
  await popup.click(POPUP.category("anonymous"));
});

test("the popup with everything in it, its menu open, is within what browsers show of it", async () => {
  const { popup } = await open("/index.html?unfolded");
  // The longest of the three.
  await popup.click(POPUP.sensitivity("quiet"));
  await until("its note", () => popup.evaluate(`document.querySelector("input[value=quiet]").checked`));
  const { height, ...rest } = await unfolded(popup);
  assert.ok(height > 400 && height <= TALLEST, `${height} px`);
  assert.deepEqual(rest, { within: true, cut: [] });
  await popup.click(POPUP.sensitivity("normal"));
  await popup.close();
});

test("a flag keeps its id at a second reading", async () => {
  const { popup: first } = await open("/index.html?first");
  const ids = async (popup) => (await readBlocks(await pageInput(popup), folder)).flags.map((flag) => flag.id);
  const once = await ids(first);
  const { popup: second } = await open("/index.html?second");
  assert.deepEqual(await ids(second), once);
  assert.equal(new Set(once).size, once.length);
});

test("every other form equals the native program's too", async () => {
  const { popup } = await open("/story?formats");
  const input = await pageInput(popup);
  await readBlocks(input, folder);
  const endings = { html: "html", markdown: "md", csv: "csv", "csvbom": "csv", webannotation: "jsonld", hypothesis: "hypothesis.json" };
  for (const [format, ending] of Object.entries(endings)) {
    const { name, text } = await exportList(at.browser, popup, format);
    assert.match(name, /^hearsay-127\.0\.0\.1-harbour-news-\d{4}-\d\d-\d\d\.[a-z.]+$/);
    assert.ok(name.endsWith(`.${ending}`), name);
    const native = await cli(["--format", format, "--min-strength", "0.5", "--blocks", path.join(folder, "blocks.json")]);
    assert.equal(native.code, 0, native.stderr);
    // Names of a collection are made of its date too.
    const undated = (list) => list.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "DATE").replace(/"id":"urn:uuid:[^"]+","type":"AnnotationCollection"|"id":"urn:uuid:[^"]+","type":"AnnotationPage"/g, "NAME");
    assert.equal(undated(text), undated(native.stdout));
  }
});

test("the list holds what is shown: a category that is off is left out", async () => {
  const { popup, page } = await open("/story?shown");
  await popup.click(POPUP.category("hedged"));
  await until("hedges off", async () => (await highlights(page)).hedged.length === 0);
  const list = JSON.parse((await exportList(at.browser, popup, "json")).text);
  await popup.click(POPUP.category("hedged"));
  assert.deepEqual([...new Set(list.flags.map((flag) => flag.category))].sort(), ["anonymous", "unsourced"]);
});

test("the list can be saved although the background was killed meanwhile", async () => {
  const { popup } = await open("/story?worker");
  const before_ = JSON.parse((await exportList(at.browser, popup, "json")).text);
  await at.browser.killWorker();
  const list = JSON.parse((await exportList(at.browser, popup, "json")).text);
  assert.deepEqual(timeless(list), timeless(before_));
});

test("a list isn't saved of a page that has since been left, and the word stays until it is", async () => {
  const { page, popup } = await open("/story?left");
  await page.goto(`${at.origin}/story?another`);
  await popup.click(POPUP.export("markdown"));
  const note = () => popup.evaluate(`document.querySelector("#export-note").checkVisibility() && document.querySelector("#export-note").textContent`);
  assert.match(await until("the word", note), /^The list could not be made\. The page was left or loaded anew/);
  await popup.close();
  await page.bringToFront();
  const again = await at.browser.press(page);
  await settled(again);
  const { text } = await exportList(at.browser, again, "markdown");
  assert.ok(text.includes(`${at.origin}/story?another`), text);
  assert.equal(await again.evaluate(`document.querySelector("#export-note").checkVisibility()`), false);
});

test("the list is of the page as it was last read, whatever the page does meanwhile", async () => {
  const { page, popup } = await open("/story?changes");
  await page.evaluate(() => {
    document.querySelector("p").remove();
    document.querySelector("article").insertAdjacentHTML("beforeend", "<p>The tide may turn, an old pilot said.</p>");
  });
  await calm(popup);
  const { flags } = JSON.parse((await exportList(at.browser, popup, "json")).text);
  const words = flags.map((flag) => flag.anchor.exact);
  assert.ok(words.includes("an old pilot said") && !words.includes("a senior clerk said"), words.join());
});

test("the panel saves every form, and its list stays as it is", async () => {
  const { page, popup } = await open("/story?panel");
  await popup.click(POPUP.list).catch(() => {});
  const panel = await at.browser.panel();
  await until("the list", async () => (await panel.evaluate(`document.querySelectorAll("#order .row").length`)) > 0);
  const menu = () => panel.evaluate(`document.querySelector("#forms").matches(":popover-open")`);
  // The list may still be drawn anew, and the button move from under the pointer.
  const openMenu = () => until("the menu", async () => (await menu()) || (await panel.click("#save"), menu()));
  for (const format of ["html", "hypothesis"]) {
    await openMenu();
    const { name, text } = await exportList(at.browser, panel, format);
    assert.match(name, /^hearsay-127\.0\.0\.1-harbour-news-\d{4}-\d\d-\d\d\./);
    assert.ok(name.endsWith(format === "html" ? ".html" : ".hypothesis.json"), name);
    assert.ok(text.includes(page.url()), format);
    assert.equal(await menu(), false);
  }
  await openMenu();
  await panel.key("Escape");
  await until("the menu to close", async () => !(await menu()));
  await panel.close();
});

test("a click in the report leads to the very words", async () => {
  const page = await at.browser.open(`${at.origin}/long`);
  const popup = await at.browser.press(page);
  await settled(popup);
  const input = await pageInput(popup);
  const native = await readBlocks(input, folder);
  const { text, name } = await exportList(at.browser, popup, "html");
  await popup.close();
  const file = path.join(folder, name);
  await writeFile(file, text);
  const flags = native.flags.filter((flag) => flag.strength >= 0.5);
  for (const [i, flag] of flags.entries()) {
    const report = await at.browser.context.newPage();
    await report.goto(pathToFileURL(file).href);
    const link = report.locator("ol a").nth(i);
    assert.equal(await link.textContent(), flag.anchor.exact);
    await link.click();
    await report.waitForURL(`${at.origin}/long**`);
    // The words as the page itself finds them, the first of their kind after those of the flags before.
    const seen = await until(`the words of flag ${i + 1}`, () =>
      report.evaluate(
        ([words, sentence]) => {
          const paragraph = [...document.querySelectorAll("p, h1")].find((one) => one.textContent.replace(/\s+/g, " ").includes(sentence));
          const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
          const node = walker.nextNode();
          const at = node.data.replace(/\s/g, " ").indexOf(sentence) + sentence.indexOf(words);
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + words.length);
          const { top, bottom } = range.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight ? { words: range.toString().replace(/\s/g, " "), scrolled: scrollY } : null;
        },
        [flag.anchor.exact, sentenceOf(input, flag)],
      ),
    );
    assert.equal(seen.words, flag.anchor.exact);
    if (i > 2) assert.ok(seen.scrolled > 500, "it had to scroll there");
    await report.close();
  }
});

test("the report prints on white, its picture too, and axe finds nothing in it", async () => {
  const { popup } = await open("/index.html?print");
  const { text, name } = await exportList(at.browser, popup, "html");
  const file = path.join(folder, name);
  await writeFile(file, text);
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  const report = await at.browser.context.newPage();
  await report.goto(pathToFileURL(file).href);
  for (const colorScheme of ["light", "dark"]) {
    await report.emulateMedia({ colorScheme });
    // Its own policy lets no script in, so the browser puts it there.
    const session = await at.browser.context.newCDPSession(report);
    const run = async (expression) => (await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, allowUnsafeEvalBlockedByCSP: true })).result.value;
    await run(`${axe}; 0`);
    assert.deepEqual(await run(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))`), [], colorScheme);
  }
  await report.emulateMedia({ colorScheme: "dark", media: "print" });
  const printed = await report.evaluate(() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return { page: style("body").backgroundColor, words: style("h1").color, blocks: style(".blocks i").printColorAdjust };
  });
  assert.deepEqual(printed, { page: "rgb(255, 255, 255)", words: "rgb(29, 27, 24)", blocks: "exact" });
});

test("the native program reads texts, standard input and says what is wrong", async () => {
  const sentence = "Officials said the wall may fall.\n";
  const json = await cli(["--format", "json"], { input: sentence });
  assert.equal(json.code, 0);
  assert.deepEqual(JSON.parse(json.stdout).flags.map((flag) => [flag.category, flag.anchor]), [
    ["anonymous", { start: 0, end: 14, exact: "Officials said" }],
    ["hedged", { start: 24, end: 27, exact: "may" }],
  ]);
  const usage = await cli(["--no-such-option"]);
  assert.equal(usage.code, 2);
  assert.match(usage.stderr, /no-such-option/);
  const missing = await cli([path.join(folder, "missing.txt")]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /missing\.txt/);
});
