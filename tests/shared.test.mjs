/** Real pages, where they are at hand beside the repository: they are never part of it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { calm, highlights, pageInput, readBlocks, settled, status } from "./lib/hearsay.mjs";

const SHARED = path.join(ROOT, "..", "shared");
const absent = !existsSync(path.join(SHARED, "pages")) && "skipped: there are no real pages beside this repository";
const at = absent ? {} : withBrowser({}, SHARED);
const pages = absent ? [] : (await readdir(path.join(SHARED, "pages"))).filter((name) => name.endsWith(".html"));

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-shared-"));
});
after(() => rm(folder, { recursive: true, force: true }));

if (absent) test("real pages", { skip: absent }, () => {});

for (const name of pages) {
  test(`reads ${name} without a trace`, async () => {
    // Without the page's own scripts: they would change the document under the comparison.
    const page = await at.browser.context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    const session = await at.browser.context.newCDPSession(page);
    await session.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.goto(`${at.origin}/pages/${name}`, { waitUntil: "load" });
    await page.bringToFront();
    const whole = () => page.evaluate(() => document.documentElement.outerHTML);
    const before_ = await whole();
    const popup = await at.browser.press(page);
    const now = await settled(popup);
    assert.equal(now.error, null);
    assert.equal(await whole(), before_);
    const marked = await highlights(page);
    const native = await readBlocks(await pageInput(popup), folder);
    assert.equal(native.page.words, now.reading.words);
    for (const category of Object.keys(marked)) {
      const expected = native.flags.filter((flag) => flag.category === category && flag.strength >= 0.5);
      assert.deepEqual(marked[category], expected.map((flag) => flag.anchor.exact), category);
    }
    assert.deepEqual(errors, []);

    // A paragraph that comes late costs itself, wherever it comes, and is read as it would have been before.
    const first = await calm(popup);
    await page.evaluate(() => {
      const all = [...document.querySelectorAll("p")].filter((p) => p.checkVisibility() && p.textContent.length > 80);
      const late = Object.assign(document.createElement("p"), { textContent: "Officials said that the boats might leave the quay before the storm." });
      if (all.length > 0) all[all.length >> 1].after(late);
      else document.body.append(late);
    });
    await until("another round", async () => (await status(popup)).work.rounds > first.work.rounds);
    const then = await calm(popup);
    const spent = (name) => then.work[name] - first.work[name];
    // A page may be one block from top to bottom; else the change and what is next to it.
    assert.ok(spent("visited") <= Math.max(60, first.reading.taken < 4 ? 2 * first.work.visited : 0), `${spent("visited")} nodes visited`);
    assert.ok(spent("collected") <= 4, `${spent("collected")} blocks made`);
    assert.ok(spent("blocks") <= 2, `${spent("blocks")} blocks sent`);
    assert.ok(then.reading.taken - first.reading.taken <= 2);
    const late = await highlights(page);
    const again = await readBlocks(await pageInput(popup), folder);
    for (const category of Object.keys(late)) {
      const expected = again.flags.filter((flag) => flag.category === category && flag.strength >= 0.5);
      assert.deepEqual(late[category], expected.map((flag) => flag.anchor.exact), category);
    }
    await popup.close();
    await page.close();
  });
}

test("the seed article: every clear “the source said” is marked", { skip: absent }, async () => {
  const page = await at.browser.open(`${at.origin}/seed/seed.html`);
  const popup = await at.browser.press(page);
  await settled(popup);
  const plain = (words) => words.toLowerCase().replace(/\s+/g, " ").trim();
  const marked = (await highlights(page)).anonymous.map(plain);
  const gold = JSON.parse(await readFile(path.join(SHARED, "gold", "dev", "seed.json"), "utf8"));
  const text = [...(await readFile(path.join(SHARED, "gold", "dev", "seed.txt"), "utf8"))];
  const clear = gold.flags
    .filter((flag) => flag.category === "anonymous" && !flag.borderline && flag.strength >= 0.8)
    .map((flag) => plain(text.slice(...flag.anchor).join("")))
    .filter((words) => /\bsource\b/.test(words));
  assert.ok(clear.length >= 8);
  // Each needs a highlight of its own that holds the same words, give or take a few at the ends.
  const missed = clear.filter((words) => {
    const found = marked.findIndex((mark) => mark.includes(words) || words.includes(mark));
    if (found >= 0) marked.splice(found, 1);
    return found < 0;
  });
  assert.deepEqual(missed, []);
});
