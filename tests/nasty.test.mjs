/** Pages that try to make it stumble: nothing hangs, and what is marked is what the core meant. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { withBrowser } from "./lib/fixture.mjs";
import { CATEGORIES, highlights, pageInput, readBlocks, settled, status } from "./lib/hearsay.mjs";
import { NASTY } from "./lib/pages.mjs";

const names = Object.keys(NASTY);
const at = withBrowser(Object.fromEntries(names.map((name, i) => [`/${i}`, NASTY[name]])));

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-nasty-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Every node below the body with what it holds, without recursion: `outerHTML` crashes Chromium on very deep pages. */
const nodesOf = (page) =>
  page.evaluate(() => {
    const nodes = [];
    const walker = document.createTreeWalker(document.body);
    for (let node = document.body; node; node = walker.nextNode()) {
      nodes.push(node.nodeName, node.nodeValue ?? "", ...[...(node.attributes ?? [])].map((attribute) => `${attribute.name}=${attribute.value}`));
    }
    return nodes.join("\n");
  });

for (const [i, name] of names.entries()) {
  test(name, async (t) => {
    const page = await at.browser.open(`${at.origin}/${i}`);
    // Whatever becomes of this page, the next one finds a background that has nothing else to do.
    t.after(async () => {
      await page.close();
      await at.browser.killWorker();
    });
    const before_ = await nodesOf(page);
    const popup = await at.browser.press(page);
    const now = await settled(popup);
    assert.equal(now.error, null);
    assert.ok(now.reading);
    const marked = await highlights(page);
    assert.ok((await nodesOf(page)) === before_, "the document was changed");

    const native = await readBlocks(await pageInput(popup), folder);
    assert.equal(native.page.words, now.reading.words);
    let more = false;
    for (const category of CATEGORIES) {
      const expected = native.flags.filter((flag) => flag.category === category && flag.strength >= 0.5).map((flag) => flag.anchor.exact);
      if (marked[category].length === expected.length) assert.deepEqual(marked[category], expected, category);
      else {
        // On an endless page only the clearest few thousand are painted: more would slow it down.
        more = true;
        let from = 0;
        const stray = marked[category].find((words) => (from = expected.indexOf(words, from) + 1) === 0);
        assert.equal(stray, undefined, `${category}: “${stray}” is marked, the core didn't mean it`);
      }
    }
    const { sure } = NASTY[name];
    if (more) assert.ok(Object.values(marked).flat().length >= 2_000, "a few thousand are painted");
    else {
      for (const [category, words] of [["anonymous", "Officials said"], ["hedged", "probably"]]) {
        const times = marked[category].filter((text) => text === words).length;
        assert.ok(times >= sure, `${times} times “${words}”, not ${sure}`);
      }
    }
    assert.equal((await status(popup)).error, null);
    await popup.close();
  });
}

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
