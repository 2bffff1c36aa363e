/** The list that a reader saves: the same as the native program makes of the same blocks. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cli, exportList, highlights, pageInput, POPUP, readBlocks, settled, sourcing } from "./lib/hearsay.mjs";

const at = withBrowser(undefined, path.join(ROOT, "tests", "article"));

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

test("a flag keeps its id at a second reading", async () => {
  const { popup: first } = await open("/index.html?first");
  const ids = async (popup) => (await readBlocks(await pageInput(popup), folder)).flags.map((flag) => flag.id);
  const once = await ids(first);
  const { popup: second } = await open("/index.html?second");
  assert.deepEqual(await ids(second), once);
  assert.equal(new Set(once).size, once.length);
});

test("CSV and Markdown equal the native program's too", async () => {
  const { popup } = await open("/story?formats");
  const input = await pageInput(popup);
  await readBlocks(input, folder);
  for (const [format, extension] of [["csv", "csv"], ["markdown", "md"]]) {
    const { name, text } = await exportList(at.browser, popup, format);
    assert.ok(name.endsWith(`.${extension}`), name);
    const native = await cli(["--format", format, "--min-strength", "0.5", "--blocks", path.join(folder, "blocks.json")]);
    assert.equal(native.code, 0, native.stderr);
    const undated = (list) => list.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "DATE");
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
