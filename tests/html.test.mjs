/**
 * Pages as the command-line program reads them from their HTML, beside what the extension reads in the
 * browser: the same blocks and flags, but for what only style sheets, frames and scripts can tell.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "./lib/browser.mjs";
import { cli } from "./lib/cli.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { pageInput, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const SHARED = path.join(ROOT, "..", "shared", "pages");
const absent = !existsSync(SHARED) && "skipped: there are no real pages beside this repository";
const real = absent ? [] : (await readdir(SHARED)).filter((name) => name.endsWith(".html")).sort();

/** What an element may be to the text around it. */
const MARKUP = `<!doctype html><html lang="en-GB"><head><title> All sorts
of markup </title></head><body class="Story Page" id="top"><header role="banner"><h1>One <i>two</i></h1></header>
<main><article class="long"><p>Plain   text<!-- no --> with <b>bold</b>, an <a href="/x">address <em>in it</em></a>, <a href="#">none</a>,
a note<sup><a href="#n1">1</a></sup>, m<sup>2</sup> and a sign<sup>*</sup>.<br>Next line<br><br>Next paragraph 🦀 <a href="/y">y</a>
<p>Unclosed <span style="display:none">gone</span><span style="visibility:hidden">gone</span><span style="display:block">Boxed</span> rest
<ul><li>One<li>Two <ul><li>Inner</ul></ul><dl><dt>T<dd>D</dl><table>fostered<caption>Cap</caption><tr><th>H<td>C</table>
<blockquote><p>Quoted</p><footer>Her</footer></blockquote><figure><img alt="no"><figcaption>Caption</figcaption></figure>
<details><summary>Sum</summary><p>Folded</p></details><details open><summary>Sum</summary>Open</details>
<div hidden>no</div><div aria-hidden="true">no</div><div role="menu">no</div><nav>no</nav>Loose <button>no</button>text
<pre>no</pre><aside class="Related  Stories"><p>Beside</p></aside><ruby>漢<rp>(</rp><rt>kan</rt></ruby> <x-y>own</x-y> <font>font</font>
<center>Centre</center><address>Address</address><form><fieldset><legend>no</legend>Field <label>no</label></fieldset></form>
<div role="complementary"><p>By role</p></div><section></section><hr>After<template>no</template><noscript>no</noscript>
<b><p>Misnested</b> still</p></article></main><footer>Foot</footer></body></html>`;

/** What only a browser sees. */
const STYLED = `<!doctype html><title>Styled</title><style>.gone { display: none } span { display: block }</style>
<p>Seen <span>boxed</span></p><p class="gone">Officials said that this is hidden.</p>`;

const at = withBrowser({ ...PAGES, "/markup": { body: MARKUP }, "/styled": { body: STYLED } }, path.join(ROOT, "tests", "article"));

/** The blocks and flags that both find on a page without the page's own scripts, which would change it. */
async function both(origin, url, html) {
  const page = await at.browser.context.newPage();
  const session = await at.browser.context.newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.goto(origin + url, { waitUntil: "load" });
  await page.bringToFront();
  const popup = await at.browser.press(page);
  await settled(popup);
  const input = await pageInput(popup);
  await popup.close();
  await page.close();
  const run = async (args, text) => {
    const { code, stdout, stderr } = await cli(args, { input: text });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const list = async (sort, text) => {
    const { flags, page } = await run([sort, "--format", "json"], text);
    return { words: page.words, flags: flags.map(({ category, kind, anchor }) => `${category} ${kind}: ${anchor.exact}`) };
  };
  return {
    extension: { ...input, ...(await list("--blocks", JSON.stringify(input))) },
    program: { ...(await run(["--html", "--print-blocks"], html)), ...(await list("--html", html)) },
  };
}

/** The landmarks that tell the core something: it keeps no others. */
const TELLING = ["aside", "nav", "footer", "form", "blockquote", "figure"];

/** A block, but for the numbers of its elements: the program numbers none that a script or the browser adds. */
function facts({ text, tag, path: around, within = [], hint = "", links = [], marks = [] }) {
  return JSON.stringify([text, tag, around.length, TELLING.filter((name) => within.includes(name)), hint, links, marks]);
}

/** Share of two lists that both have in the same order, from 0 to 1. */
function agreement(one, other) {
  let row = new Uint32Array(other.length + 1);
  for (const a of one) {
    const next = new Uint32Array(other.length + 1);
    for (const [i, b] of other.entries()) next[i + 1] = a === b ? row[i] + 1 : Math.max(row[i + 1], next[i]);
    row = next;
  }
  const all = one.length + other.length;
  return all === 0 ? 1 : (2 * row[other.length]) / all;
}

for (const url of ["/markup", ...Object.keys(PAGES)]) {
  test(`${url}: the same page, block by block`, async () => {
    const html = await (await fetch(at.origin + url)).text();
    const { extension, program } = await both(at.origin, url, html);
    assert.deepEqual(program.blocks.map(facts), extension.blocks.map(facts));
    assert.deepEqual(program.blocks.map((block) => block.path), extension.blocks.map((block) => block.path));
    assert.deepEqual(program.flags, extension.flags);
    assert.equal(program.title, extension.title);
    assert.equal(program.language, extension.language);
  });
}

test("our article, whose style sheet boxes nothing but its masthead's link", async () => {
  const { extension, program } = await both(at.origin, "/index.html", await readFile(path.join(ROOT, "tests", "article", "index.html"), "utf8"));
  const words = (block) => block.text;
  assert.deepEqual(program.blocks.map(words), extension.blocks.map(words));
  assert.deepEqual(program.blocks.slice(1).map(facts), extension.blocks.slice(1).map(facts));
  assert.deepEqual(program.flags, extension.flags);
  assert.ok(program.flags.length > 20);
});

test("what a style sheet hides or boxes is read as if there were none", async () => {
  const { extension, program } = await both(at.origin, "/styled", STYLED);
  assert.deepEqual(extension.blocks.map((block) => block.text), ["Seen", "boxed"]);
  assert.deepEqual(program.blocks.map((block) => block.text), ["Seen boxed", "Officials said that this is hidden."]);
});

if (absent) test("real pages", { skip: absent }, () => {});

for (const name of real) {
  test(`${name}: nearly the same blocks and flags`, async (t) => {
    const server = await serve({ root: SHARED });
    t.after(() => server.close());
    const html = await readFile(path.join(SHARED, name), "utf8");
    const { extension, program } = await both(server.origin, `/${name}`, html);
    const shares = {
      texts: agreement(program.blocks.map((block) => block.text), extension.blocks.map((block) => block.text)),
      blocks: agreement(program.blocks.map(facts), extension.blocks.map(facts)),
      flags: agreement(program.flags, extension.flags),
      words: Math.min(program.words, extension.words) / Math.max(program.words, extension.words, 1),
    };
    const percent = Object.entries(shares).map(([what, share]) => `${what} ${Math.round(100 * share)} %`);
    t.diagnostic(`${percent.join(", ")} (${program.blocks.length} and ${extension.blocks.length} blocks, ${program.flags.length} and ${extension.flags.length} flags)`);
    // The rest is around the article: style sheets hide or box it, which the program cannot see.
    assert.ok(shares.flags >= 0.95, `flags ${shares.flags}`);
    assert.ok(shares.words >= 0.98, `words of main text ${shares.words}`);
  });
}
