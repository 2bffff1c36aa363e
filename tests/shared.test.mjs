/** Real pages, where they are at hand beside the repository: they are never part of it. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { highlights, pageInput, readBlocks, settled } from "./lib/hearsay.mjs";

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
    await popup.close();
    await page.close();
  });
}

test("the seed article: every clear “the source said” is marked", { skip: absent }, async () => {
  const page = await at.browser.open(`${at.origin}/seed/seed.html`);
  const popup = await at.browser.press(page);
  await settled(popup);
  const marked = (await highlights(page)).anonymous.map((words) => words.toLowerCase());
  const gold = JSON.parse(await readFile(path.join(SHARED, "gold", "dev", "seed.json"), "utf8"));
  const text = [...(await readFile(path.join(SHARED, "gold", "dev", "seed.txt"), "utf8"))];
  const clear = gold.flags
    .filter((flag) => flag.category === "anonymous" && !flag.borderline && (flag.strength ?? 1) >= 0.8)
    .map((flag) => {
      const [start, end] = Array.isArray(flag.anchor) ? flag.anchor : [flag.anchor.start, flag.anchor.end];
      return text.slice(start, end).join("");
    })
    .filter((words) => /\bthe source (said|says|told)\b|\bsaid the source\b/i.test(words));
  assert.ok(clear.length > 0);
  const missed = clear.filter((words) => !marked.some((mark) => mark.includes("source") && words.toLowerCase().split(/\W+/).some((word) => word === "source")));
  assert.deepEqual(missed, []);
  const said = (await page.evaluate(() => document.body.innerText)).match(/\b(the source (said|says|told)|said the source)\b/gi) ?? [];
  const found = marked.filter((mark) => /\bsource\b/.test(mark)).length;
  assert.ok(found >= said.length, `${found} of ${said.length}`);
});
