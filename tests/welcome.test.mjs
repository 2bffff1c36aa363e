/** What is shown once, after the installation. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, until } from "./lib/browser.mjs";
import { CATEGORIES, cli, highlights, registry, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

let browser;
let page;
before(async () => {
  browser = await launch({ welcome: true });
  page = browser.context.pages().find((one) => one.url().endsWith("/welcome.html"));
  await until("its words", () => page.evaluate(() => document.documentElement.dir !== ""));
});
after(() => browser?.close());

test("it opens by itself, in front, and marks in its sample what the engine marks", async () => {
  assert.equal(await page.evaluate(() => document.visibilityState), "visible");
  const sample = await page.evaluate(() => document.querySelector("#sample").textContent.trim());
  const { code, stdout } = await cli(["--format", "json"], { input: sample });
  assert.equal(code, 0);
  const { flags } = JSON.parse(stdout);
  const found = await highlights(page);
  for (const category of CATEGORIES) {
    const own = flags.filter((flag) => flag.category === category && flag.strength >= 0.5).map((flag) => flag.anchor.exact);
    assert.deepEqual(found[category], own, category);
    assert.equal(own.length, 1, category);
  }
  // The sentences are those of these kinds' cards.
  assert.deepEqual(flags.map((flag) => flag.kind), ["person", "statistic", "modal"]);
  assert.deepEqual(await registry(page), CATEGORIES.map((name) => `hearsay-${name}`).sort());
});

test("it is painted by a page's own rules, in the tone of the system", async () => {
  const server = await serve({ pages: PAGES });
  for (const [tone, path] of [["light", "/story"], ["dark", "/dark"]]) {
    await page.emulateMedia({ colorScheme: tone });
    const marked = await browser.open(server.origin + path);
    const popup = await browser.press(marked);
    await settled(popup);
    await popup.close();
    const rules = await marked.evaluate(looks, CATEGORIES);
    await until(`the ${tone} rules`, async () => JSON.stringify(await page.evaluate(looks, CATEGORIES)) === JSON.stringify(rules));
    await marked.close();
  }
  await server.close();
});

/** What the rules set, category by category. */
function looks(categories) {
  return categories.map((category) => {
    const style = getComputedStyle(document.body, `::highlight(hearsay-${category})`);
    return [style.textDecorationLine, style.textDecorationStyle, style.textDecorationColor, style.textDecorationThickness, style.backgroundColor];
  });
}

test("it says how to switch on by key, keeps nothing, and axe finds no violation", async () => {
  assert.match(await page.evaluate(() => document.querySelector("#key").textContent), /^Or press Alt\+Shift\+H\.$/);
  assert.deepEqual(await page.evaluate(() => chrome.storage.local.get(null)), {});
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  await page.evaluate(`${axe}; 0`);
  const violations = () => page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)));
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(), [], colorScheme);
  }
  await page.evaluate(() => document.querySelector("h1").remove());
  assert.notDeepEqual(await violations(), [], "a planted one");
});

test("it comes once: not again when the extension is loaded anew, as by an update", async () => {
  await page.close();
  const worker = await browser.workerTarget();
  const extensions = await browser.open("chrome://extensions/");
  await extensions.evaluate(async (id) => {
    await chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
    await chrome.developerPrivate.reload(id, { failQuietly: true });
  }, browser.id);
  await until("another background", async () => {
    const now = await browser.workerTarget();
    return now && now.targetId !== worker?.targetId;
  });
  // The background is there again, and has heard of why, once a page of the extension has its answer.
  await until("its answer", async () => {
    const asking = await browser.context.newPage();
    try {
      await asking.goto(`chrome-extension://${browser.id}/popup.html`);
      return await asking.evaluate(() => chrome.runtime.sendMessage({ type: "list", tab: -1, url: "" }).then((answer) => answer?.state));
    } finally {
      await asking.close();
    }
  });
  assert.deepEqual(await browser.ours("welcome.html"), []);
});
