/** Highlights on the page: what is marked, what is left alone, what remains after. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { askPage, CATEGORIES, closedRoots, highlights, POPUP, registry, settled, status } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";
import { ABSENT, CLOSED, closedTests, closingTests, COMMENTED, readingTests } from "./lib/reading.mjs";

const at = withBrowser({ ...PAGES, ...COMMENTED });

const bodyOf = (page) => page.evaluate(() => document.body.outerHTML);
const wholeOf = (page) => page.evaluate(() => document.documentElement.outerHTML);
const sheetsOf = (page) => page.evaluate(() => [document.styleSheets.length, document.adoptedStyleSheets.length]);

test("before the button is pressed nothing of ours is in the page", async () => {
  const page = await at.browser.open(`${at.origin}/story?before`);
  const worlds = [];
  const session = await at.browser.context.newCDPSession(page);
  session.on("Runtime.executionContextCreated", ({ context }) => worlds.push(context));
  await session.send("Runtime.enable");
  assert.deepEqual(await registry(page), []);
  assert.ok(worlds.length > 0);
  assert.deepEqual(worlds.filter((world) => world.origin.startsWith("chrome-extension:")).map((world) => world.name), []);
  // The same look at a page that Hearsay reads does find it: this test can fail.
  const popup = await at.browser.press(page);
  await settled(popup);
  assert.equal(worlds.filter((world) => world.name === "Hearsay" || world.origin.startsWith("chrome-extension:")).length, 1);
});

test("a press marks all three categories and changes nothing in the document; off leaves nothing", async () => {
  const page = await at.browser.open(`${at.origin}/story?dom`);
  const before = { body: await bodyOf(page), whole: await wholeOf(page), sheets: await sheetsOf(page), picture: await page.screenshot() };
  const popup = await at.browser.press(page);
  await settled(popup);

  const marked = await highlights(page);
  assert.deepEqual(marked.anonymous.slice(0, 2), ["a senior clerk said", "said the clerk, who asked not to be named"]);
  assert.ok(marked.anonymous.includes("Critics argue"));
  assert.ok(marked.unsourced.some((words) => /\bClearly\b/.test(words)), marked.unsourced.join("; "));
  assert.ok(marked.unsourced.some((words) => /risen by 40 percent/.test(words)), marked.unsourced.join("; "));
  assert.ok(marked.hedged.includes("may") && marked.hedged.includes("probably"), marked.hedged.join("; "));
  assert.ok(!Object.values(marked).flat().some((words) => /Lindqvist|She said/.test(words)), "a named source is no flag");
  assert.equal(await bodyOf(page), before.body);
  assert.equal(await wholeOf(page), before.whole);
  assert.notDeepEqual(await page.screenshot(), before.picture, "the highlights are painted");

  await popup.click(POPUP.main);
  await until("nothing marked", async () => (await registry(page)).length === 0);
  assert.equal(await bodyOf(page), before.body);
  assert.equal(await wholeOf(page), before.whole);
  assert.deepEqual(await sheetsOf(page), before.sheets);
  assert.deepEqual(await closedRoots(at.browser, page), []);
  await popup.close();
  await until("the page to look as before", async () => (await page.screenshot()).equals(before.picture));
});

test("a strict page (CSP without scripts, sandboxed) is marked and painted all the same", async () => {
  const page = await at.browser.open(`${at.origin}/strict`);
  const before = { whole: await wholeOf(page), picture: await page.screenshot() };
  const popup = await at.browser.press(page);
  await settled(popup);
  const marked = await highlights(page);
  for (const category of CATEGORIES) assert.ok(marked[category].length > 0, category);
  assert.equal(await wholeOf(page), before.whole);
  await popup.close();
  assert.notDeepEqual(await page.screenshot(), before.picture, "the highlights are painted");
});

readingTests(test, at);
closingTests(test, at, {
  own: () => `chrome-extension://${at.browser.id}/welcome.html`,
  kill: () => at.browser.killWorker(),
  close: (popup) => popup.close(),
});

closedTests(test, at, {
  addresses: (origin, shut) => [
    [shut, ABSENT],
    ["http://nowhere.invalid/", ABSENT],
    [origin.replace("http:", "https:"), ABSENT],
    ["chrome://version/", CLOSED],
    [`view-source:${origin}/story`, CLOSED],
    ["data:text/html,<p>Officials said so.</p>", CLOSED],
    [`chrome-extension://${at.browser.id}/options.html`, CLOSED],
  ],
  visit: async (address) => {
    const page = await at.browser.context.newPage();
    await page.goto(address).catch(() => {});
    await page.bringToFront();
    return page;
  },
  list: async (page) => {
    await at.browser.listen();
    const popup = await at.browser.press(page);
    await popup.click(POPUP.list).catch(() => {});
    return at.browser.panel();
  },
});

test("no page error came from any of this", async () => {
  assert.deepEqual(at.browser.errors, []);
  const page = await at.browser.open(`${at.origin}/story?alive`);
  const popup = await at.browser.press(page);
  await settled(popup);
  assert.equal((await status(popup)).error, null);
  assert.equal(await askPage(popup, { type: "unknown" }).catch(() => null) ?? null, null, "an unknown message is left alone");
});

