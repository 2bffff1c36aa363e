/** The words of the interface: that `_locales` holds all of them, in every language, and nothing else does. */
import assert from "node:assert/strict";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { hover, inCard, POPUP, settled, TALLEST, unfolded } from "./lib/hearsay.mjs";
import { mirrored } from "./lib/mirror.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const extension = path.join(ROOT, "extension");
const SUFFIX = /_(zero|one|two|few|many|other)$/;

const names = await readdir(path.join(extension, "_locales"));
const locales = Object.fromEntries(
  await Promise.all(
    names.map(async (name) => {
      const entries = JSON.parse(await readFile(path.join(extension, "_locales", name, "messages.json"), "utf8"));
      return [name, new Map(Object.entries(entries).map(([key, { message }]) => [key, message]))];
    }),
  ),
);
const english = locales.en;
/** Keys without their plural forms. */
const nouns = (messages) => [...new Set([...messages.keys()].map((key) => key.replace(SUFFIX, "_#")))].sort();
const places = (message) => [...new Set(message.match(/\$\d/g))].sort().join();

const sources = await Promise.all(
  [...(await readdir(path.join(extension, "src"))).filter((name) => /\.(ts|html)$/.test(name)).map((name) => `src/${name}`), "manifest.mjs"].map(
    async (name) => [name, await readFile(path.join(extension, name), "utf8")],
  ),
);
const scripts = sources.filter(([name]) => name.endsWith(".ts"));

/** The strings of a script, templates with their holes as `${}`; without comments and regular expressions. */
function strings(script) {
  const found = [];
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*(?=[.,;)\s])/g;
  for (const [, plain, template] of script.matchAll(token)) {
    if (plain !== undefined) found.push(plain);
    if (template === undefined) continue;
    found.push(template.replace(/\$\{[^}]*\}/g, "${}"));
    for (const [, inner] of template.matchAll(/\$\{([^}]*)\}/g)) found.push(...strings(inner));
  }
  return found;
}

for (const [name, messages] of Object.entries(locales)) {
  test(`${name}: has what English has, filled in at the same places, in the plural forms of its language`, () => {
    assert.deepEqual(nouns(messages), nouns(english));
    const language = messages.get("locale");
    assert.equal(new Intl.Locale(language).language, name.split("_")[0]);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const noun of nouns(messages)) {
      const own = noun.endsWith("_#") ? forms.map((form) => noun.replace("#", form)) : [noun];
      for (const key of own) {
        const message = messages.get(key);
        assert.ok(message?.trim(), key);
        // A form may say its number in a word.
        const expected = places(english.get(english.has(key) ? key : noun.replace("#", "other")));
        assert.equal(places(message), expected, key);
        assert.doesNotMatch(message, /[<>]|\$[^1-9]|\s\s|^\s|\s$/, key);
      }
      if (noun.endsWith("_#")) assert.equal([...messages.keys()].filter((key) => key.replace(SUFFIX, "_#") === noun).length, forms.length, noun);
    }
    // The stores cut a longer one.
    assert.ok(messages.get("description").length <= 132, `${messages.get("description").length} characters`);
  });
}

test("every key that is used exists, and every key that exists is used", () => {
  const used = new Set();
  for (const [name, text] of sources) {
    for (const [, key] of name.endsWith(".ts") ? [] : text.matchAll(/__MSG_(\w+?)__/g)) {
      assert.ok(english.has(key), `${key} in ${name}`);
      used.add(key);
    }
  }
  // Scripts are held to existing keys by their types.
  const all = new Set(scripts.flatMap(([, script]) => strings(script)));
  const patterns = [...all].filter((one) => /^\w+_\$\{\}$/.test(one)).map((one) => one.replace("${}", ""));
  const left = [...english.keys()].filter((key) => {
    const noun = key.replace(SUFFIX, "");
    return !used.has(key) && !all.has(key) && !all.has(noun) && !patterns.some((start) => key.startsWith(start) && key !== start);
  });
  assert.deepEqual(left, []);
});

test("no word of the interface stands outside", () => {
  for (const [name, text] of sources) {
    if (!name.endsWith(".html")) continue;
    const shown = text.replace(/<!--[\s\S]*?-->/g, "").replace(/__MSG_\w+?__/g, "");
    const own = shown.replace(/<blockquote[^>]*lang="en"[\s\S]*?<\/blockquote>/g, "");
    const between = [...own.matchAll(/>([^<]*)</g)].map(([, words]) => words.trim()).filter(Boolean);
    // Names of formats are the same in every language.
    assert.deepEqual(between.filter((words) => /\p{L}/u.test(words) && !/^(JSON|CSV|Markdown)$/.test(words)), [], name);
    const said = [...shown.matchAll(/\b(aria-label|title|placeholder|alt|aria-description)="([^"]*\p{L}[^"]*)"/gu)].map(([all]) => all);
    assert.deepEqual(said, [], name);
  }
  for (const [name, script] of scripts) {
    const prose = strings(script).filter((one) => /^\p{Lu}\p{Ll}+( |…|[.:!?]$)|\p{L} .*[.…!?]$/u.test(one));
    assert.deepEqual(prose, [], name);
  }
});

test("the core and the interface name a flag alike, and every kind has its sentence", async () => {
  const rust = async (name) => (await readFile(path.join(ROOT, "crate", "src", name), "utf8")).matchAll(/(?:Kind|Category)::(\w+) => "([^"]*)"/g);
  const words = {};
  for (const [, variant, name] of await rust("model.rs")) words[variant] ??= { name };
  for (const [, variant, said] of await rust("explain.rs")) words[variant].said = said;
  const said = Object.values(words).filter((one) => one.said);
  assert.ok(said.length >= 20, JSON.stringify(words));
  for (const { name, said: core } of said) {
    assert.equal(english.get(english.has(`kind_${name}`) ? `kind_${name}` : `title_${name}`), core);
    if (!english.has(`kind_${name}`)) continue;
    const plain = english.has(`plain_${name}`) ? [`plain_${name}`] : [`plain_${name}_author`, `plain_${name}_source`];
    for (const key of plain) assert.ok(english.has(key), key);
  }
});

/** Words that would judge. */
const VERDICTS = /(?<!\p{L})(true|false|wrong|lies?|bias|biased|suspicious|warnings?|wahr|falsch|gelogen|Lügen?|verdächtig|Warnung)(?!\p{L})/iu;

/** What a reader says of a flag, never of the page. */
const OF_FLAGS = /^(verdict_|marked_|reviewAbout$)/;

test("nothing in the interface speaks of what is true", () => {
  for (const messages of Object.values(locales)) for (const [key, message] of messages) if (!OF_FLAGS.test(key)) assert.doesNotMatch(message, VERDICTS, key);
});

const german = withBrowser(PAGES, null, { args: ["--lang=de"] });

test("in German the popup, the card and the panel speak German", async () => {
  const page = await german.browser.open(`${german.origin}/story`);
  const popup = await german.browser.press(page);
  await settled(popup);
  assert.deepEqual(await popup.evaluate("[document.documentElement.lang, document.documentElement.dir]"), ["de", "ltr"]);
  assert.match(await popup.text("#headline"), /^\d+ Stellen für einen zweiten Blick$/);
  assert.match(await popup.text("#note"), /^127\.0\.0\.1, eine Markierung auf \d+ Wörter$/);
  for (const [category, name] of [["anonymous", "Anonyme Quellen"], ["unsourced", "Behauptungen ohne Quelle"], ["hedged", "Abgeschwächte Aussagen"]]) {
    assert.equal(await popup.text(`.name.${category}`), name);
  }
  assert.equal(await popup.evaluate(`chrome.runtime.getManifest().description`), locales.de.get("description"));
  const { height, ...rest } = await unfolded(popup);
  assert.ok(height <= TALLEST, `${height} px`);
  assert.deepEqual(rest, { within: true, cut: [] });
  await popup.click(POPUP.list).catch(() => {});
  const panel = await german.browser.panel();
  await until("the list", async () => /^\d+ Markierungen$/.test(await panel.text("#count")));
  assert.equal(await panel.evaluate(`document.querySelector("#query").placeholder`), "Suchen");
  assert.equal(await panel.evaluate("document.title"), "Hearsay: Liste der Markierungen");
  const card = await hover(german.browser, page, "anonymous", 1);
  assert.match(card, /^Anonyme Quelle eine Person Hier kommt jemand zu Wort, .* Wortlaut .* Begründung because the talks are private Deutlichkeit Mittel\. .* 2 von \d+ Aussagen mit Quelle auf dieser Seite stützen sich auf diese Quelle\. .*Zitat mit Link kopieren Verwerfen Wie wird das entschieden\?$/);
  assert.match(await panel.text("#sentence"), /^Von \d+ Aussagen mit Quelle stützen sich 2 auf namentlich genannte Personen und 5 auf anonyme Quellen\. Eine ungenannte Quelle, „a senior clerk“, trägt 2 der \d+\.$/);
});

test("numbers and plurals are those of the language", async () => {
  const page = await german.browser.open(`${german.origin}/named?none`);
  const popup = await german.browser.press(page);
  await settled(popup);
  assert.equal(await popup.text("#headline"), "Hier ist nichts zu markieren.");
  assert.match(await popup.text("#note"), /^\d+ Wörter gelesen, bei normaler Empfindlichkeit\. Ein Urteil/);
});

const mirror = {};
before(async () => {
  mirror.extension = await mirrored();
  mirror.server = await serve({ pages: PAGES });
  mirror.browser = await launch({ extension: mirror.extension });
});
after(async () => {
  await mirror.browser?.close();
  await mirror.server?.close();
  if (mirror.extension) await rm(mirror.extension, { recursive: true, force: true });
});

/** What the elements of a page of ours say in Latin letters, and which of them stick out of the window. */
const INSPECT = `(() => {
  const foreign = [], out = [];
  // The page's words, addresses and keys, and the names of formats.
  const others = "bdi, q, #title, #key, #note, [data-format]";
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { parentElement, data } = nodes.currentNode;
    if (data.trim() === "" || !parentElement.checkVisibility()) continue;
    if (/[a-z]{2}/i.test(data) && !parentElement.closest(others)) foreign.push(data);
    // What is cut with an ellipsis ends where its element does.
    const shown = getComputedStyle(parentElement).overflowX === "visible" ? new Range() : parentElement;
    if (shown instanceof Range) shown.selectNodeContents(nodes.currentNode);
    for (const { left, right } of shown.getClientRects()) if (left < -0.5 || right > innerWidth + 0.5) out.push(data);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    for (const name of ["aria-label", "title", "placeholder"]) if (/[a-z]{2}/i.test(element.getAttribute(name) ?? "")) foreign.push(name + ": " + element.getAttribute(name));
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) out.push("the page");
  return { dir: getComputedStyle(document.body).direction, foreign, out };
})()`;
const MIRRORED = { dir: "rtl", foreign: [], out: [] };

test("from right to left everything is mirrored, nothing sticks out, and nothing speaks English", async () => {
  const { browser, server } = mirror;
  const page = await browser.open(`${server.origin}/story`);
  const popup = await browser.press(page);
  await settled(popup);
  assert.deepEqual(await popup.evaluate(INSPECT), MIRRORED, "the popup");
  const sides = await popup.evaluate(`["#mark", "#master", "#show-hedged", ".name.hedged"].map((one) => document.querySelector(one).getBoundingClientRect().left < innerWidth / 2)`);
  assert.deepEqual(sides, [false, true, true, false], "names on the right, switches on the left");
  await until("the knob at the left", () => popup.evaluate(`getComputedStyle(document.querySelector("#master"), "::before").translate === "-12px"`));

  await popup.click(POPUP.list).catch(() => {});
  const panel = await browser.panel();
  await until("the list", async () => (await panel.evaluate(`document.querySelectorAll("#order .row").length`)) > 0);
  for (const width of [280, 380]) {
    await panel.send("Emulation.setDeviceMetricsOverride", { width, height: 700, deviceScaleFactor: 1, mobile: false });
    for (const tab of ["order", "source", "category"]) {
      await panel.click(`#tab-${tab}`);
      assert.deepEqual(await panel.evaluate(INSPECT), MIRRORED, `the panel's ${tab} at ${width}`);
    }
  }
  // The strip runs from the right, and a click on its right end leads to the first flag.
  await panel.click("#tab-order");
  const strip = await panel.evaluate(`(() => { const { right, top } = document.querySelector("#strip").getBoundingClientRect(); return { x: right - 4, y: top + 5 }; })()`);
  for (const type of ["mousePressed", "mouseReleased"]) await panel.send("Input.dispatchMouseEvent", { type, ...strip, button: "left", clickCount: 1 });
  await until("the first flag", () => panel.evaluate(`document.querySelector("#order [aria-current=true]")?.dataset.flag === "0"`));
  // The arrows go where they point.
  await panel.evaluate(`document.querySelector("#tab-order").focus()`);
  await panel.key("ArrowLeft");
  assert.equal(await panel.evaluate("document.activeElement.id"), "tab-source");

  await page.bringToFront();
  await hover(browser, page, "anonymous", 1);
  const card = await inCard(browser, page, CARD);
  assert.equal(card.direction, "rtl");
  assert.ok(card.previous > card.next, "the way back points to the right");
  assert.ok(card.left >= 0 && card.right <= card.window, JSON.stringify(card));
  // The page's own words, in serif, are English.
  assert.doesNotMatch(card.ours, /[a-z]{2}/i);
});

/** How the open card lies, and what it says that isn't the page's. */
const CARD = `function () {
  const { left, right } = this.getBoundingClientRect();
  const at = (name) => this.querySelector(name).getBoundingClientRect().left;
  const copy = this.cloneNode(true);
  for (const words of copy.querySelectorAll(".page")) words.remove();
  return { left, right, window: innerWidth, direction: getComputedStyle(this).direction, previous: at(".previous"), next: at(".next"), ours: copy.textContent };
}`;
