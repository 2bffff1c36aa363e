/** Our main text beside Mozilla's Readability, word for word, on real pages, where they are at hand. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { ROOT } from "./lib/browser.mjs";
import { cli } from "./lib/cli.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { pageInput, settled } from "./lib/hearsay.mjs";

const SHARED = path.join(ROOT, "..", "shared");
const absent = !existsSync(path.join(SHARED, "pages")) && "skipped: there are no real pages beside this repository";
const at = absent ? {} : withBrowser({}, SHARED);
/** Share of our words that are Readability's, and of its words that are ours, from which on the two mean the same text. */
const ALIKE = 0.9;
/** Where we leave out more, and on purpose. */
const DIFFERENT = {
  "ietf-1.html": "the text stands in `pre`, as code does, and that is not read",
  "mercurial.html": "listings of commands, in `pre`",
  "wikipedia-2.html": "tables of figures, and lists that are mostly links",
};

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-readability-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** How many words two texts share, each as often as both have it. */
function shared(one, other) {
  const left = new Map();
  for (const word of one) left.set(word, (left.get(word) ?? 0) + 1);
  let count = 0;
  for (const word of other) {
    const rest = left.get(word) ?? 0;
    if (rest > 0) {
      left.set(word, rest - 1);
      count += 1;
    }
  }
  return count;
}

test("the main text is Readability's, but for what each leaves out on purpose", { skip: absent }, async () => {
  const reader = await readFile(new URL("./node_modules/@mozilla/readability/Readability.js", import.meta.url), "utf8");
  const names = (await readdir(path.join(SHARED, "pages"))).filter((name) => name.endsWith(".html"));
  const rows = [];
  for (const name of names) {
    const page = await at.browser.context.newPage();
    await page.goto(`${at.origin}/pages/${name}`, { waitUntil: "domcontentloaded" });
    await page.bringToFront();
    const popup = await at.browser.press(page);
    await settled(popup);
    const file = path.join(folder, "page.json");
    await writeFile(file, JSON.stringify(await pageInput(popup)));
    const { code, stdout, stderr } = await cli(["--blocks", "--print-text", file]);
    assert.equal(code, 0, stderr);
    const ours = words(stdout);
    const theirs = words(await page.evaluate(`(() => { ${reader}; return new Readability(document.cloneNode(true)).parse()?.textContent ?? ""; })()`));
    const both = shared(ours, theirs);
    rows.push({ name, ours: ours.length, theirs: theirs.length, precision: both / Math.max(1, ours.length), recall: both / Math.max(1, theirs.length) });
    await popup.close();
    await page.close();
  }
  for (const { name, ours, theirs, precision, recall } of rows) {
    const why = DIFFERENT[name] ? ` (${DIFFERENT[name]})` : "";
    console.log(`${name}: ${ours} words, Readability ${theirs}; of ours theirs ${precision.toFixed(2)}, of theirs ours ${recall.toFixed(2)}${why}`);
  }
  for (const { name, precision, recall } of rows) {
    assert.ok(precision >= ALIKE, `${name}: we read what Readability leaves out`);
    assert.equal(recall < ALIKE, name in DIFFERENT, `${name}: we leave out what Readability reads`);
  }
});
