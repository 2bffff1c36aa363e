/** The words of the interface: that `_locales` holds all of them, in every language, and nothing else does. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ROOT, until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { hover, POPUP, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

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
    const between = [...shown.matchAll(/>([^<]*)</g)].map(([, words]) => words.trim()).filter(Boolean);
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
  await popup.click(POPUP.list).catch(() => {});
  const panel = await german.browser.panel();
  await until("the list", async () => /^\d+ Markierungen$/.test(await panel.text("#count")));
  assert.equal(await panel.evaluate(`document.querySelector("#query").placeholder`), "Suchen");
  assert.equal(await panel.evaluate("document.title"), "Hearsay: Liste der Markierungen");
  const card = await hover(german.browser, page, "anonymous", 1);
  assert.match(card, /Wortlaut.*Zitat mit Link kopieren/);
});

test("numbers and plurals are those of the language", async () => {
  const page = await german.browser.open(`${german.origin}/named?none`);
  const popup = await german.browser.press(page);
  await settled(popup);
  assert.equal(await popup.text("#headline"), "Hier ist nichts zu markieren.");
  assert.match(await popup.text("#note"), /^\d+ Wörter gelesen, bei normaler Empfindlichkeit\. Ein Urteil/);
});
