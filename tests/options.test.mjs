/** The options page: every control changes the settings, and the pages with them. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { CATEGORIES, downloaded, exportList, highlights, hover, inWorker, options, POPUP, settled, stored, storeSettings } from "./lib/hearsay.mjs";

const at = withBrowser();
const HOST = "127.0.0.1";

beforeEach(() => storeSettings(at.browser, {}));

/** Opens a page and reads it. */
async function read(path) {
  const page = await at.browser.open(at.origin + path);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  return page;
}

/** How a category is drawn on a page: line, colour. */
const drawn = (page, category, element = "p") =>
  page.evaluate(([name, selector]) => {
    const style = getComputedStyle(document.querySelector(selector), `::highlight(${name})`);
    return [style.textDecorationStyle, style.textDecorationColor];
  }, [`hearsay-${category}`, element]);

const words = async (page, category) => (await highlights(page))[category];

test("the samples are painted as a page is, and change with the line and the colour as the page does", async () => {
  const page = await read("/story?looks");
  const own = await options(at.browser);
  for (const category of CATEGORIES) {
    assert.deepEqual(await drawn(own, category), await drawn(page, category), category);
    assert.ok((await highlights(own))[category].length > 4, "a sample, and an example for each kind");
  }
  assert.deepEqual(await drawn(page, "hedged"), ["wavy", "rgb(10, 116, 122)"]);
  await own.getByRole("group", { name: "Hedged claims" }).getByRole("radio", { name: "Dashed" }).check();
  await own.getByRole("group", { name: "Hedged claims" }).getByRole("radio", { name: "Blue" }).check();
  const wanted = ["dashed", "rgb(31, 95, 180)"];
  await until("the page's line", async () => String(await drawn(page, "hedged")) === String(wanted));
  await until("the sample's line", async () => String(await drawn(own, "hedged")) === String(wanted));
  assert.deepEqual((await stored(at.browser)).looks.hedged, { line: "dashed", colour: "blue" });
  assert.equal(await own.evaluate(() => document.activeElement.value), "blue", "the focus stays");
  // The card and the popup draw it so as well.
  await page.bringToFront();
  const popup = await at.browser.press(page);
  assert.match(await popup.evaluate(`getComputedStyle(document.querySelector(".name.hedged")).textDecoration`), /dashed.*rgb\(31, 95, 180\)/);
  await popup.close();
});

test("a category and the sensitivity, switched here, switch on the page", async () => {
  const page = await read("/story?switches");
  const all = await highlights(page);
  const own = await options(at.browser);
  await own.getByRole("switch", { name: "Show: Hedged claims" }).uncheck();
  await until("no hedges", async () => (await words(page, "hedged")).length === 0);
  await until("no sample", async () => (await own.evaluate(() => [...CSS.highlights.get("hearsay-hedged")].filter((range) => range.startContainer.parentElement.closest("#looks")).length)) === 0);
  assert.deepEqual(await words(page, "anonymous"), all.anonymous);
  await own.getByRole("switch", { name: "Show: Hedged claims" }).check();
  await until("the hedges", async () => String(await words(page, "hedged")) === String(all.hedged));
  await own.getByRole("radio", { name: "Everything" }).check();
  await until("more hedges", async () => (await words(page, "hedged")).length > all.hedged.length);
});

test("an own phrase is checked as it is typed, marked on open pages, told by card and list, and gone when removed", async () => {
  const page = await read("/story?phrase");
  const before = await words(page, "hedged");
  const own = await options(at.browser);
  await own.getByRole("textbox", { name: "A phrase" }).fill("(moor");
  assert.equal(await own.textContent("#phrase-wrong"), "", "plain words may be anything");
  await own.getByRole("checkbox", { name: "Regular expression" }).check();
  await until("what is wrong", async () => /no regular expression/.test(await own.textContent("#phrase-wrong")));
  await own.getByRole("button", { name: "Add", exact: true }).first().click();
  assert.equal((await stored(at.browser)).phrases, undefined, "nothing wrong is stored");
  await own.getByRole("textbox", { name: "A phrase" }).fill("would (moor|sink)");
  await until("nothing wrong", async () => (await own.textContent("#phrase-wrong")) === "");
  await own.getByRole("combobox", { name: "Mark it as" }).selectOption("hedged");
  await own.getByRole("button", { name: "Add", exact: true }).first().click();
  await until("the phrase on the page", async () => (await words(page, "hedged")).includes("would moor"));
  assert.deepEqual((await stored(at.browser)).phrases, [{ category: "hedged", text: "would (moor|sink)", pattern: true }]);

  await own.getByRole("checkbox", { name: "Regular expression" }).uncheck();
  await own.getByRole("textbox", { name: "A phrase" }).fill("Through  the winter");
  await own.getByRole("textbox", { name: "A phrase" }).press("Enter");
  await until("the second phrase", async () => (await words(page, "hedged")).includes("through the winter"));
  await own.getByRole("textbox", { name: "A phrase" }).fill("Through  the winter");
  await until("that it is known", async () => /there already/.test(await own.textContent("#phrase-wrong")));

  await page.bringToFront();
  const index = (await page.evaluate(() => [...CSS.highlights.get("hearsay-hedged")].map(String))).indexOf("through the winter");
  const card = await hover(at.browser, page, "hedged", index);
  assert.match(card, /Hedged claim your phrase You asked for these words to be marked/);
  const popup = await at.browser.press(page);
  const list = JSON.parse((await exportList(at.browser, popup, "json")).text);
  const flag = list.flags.find(({ anchor }) => anchor.exact === "through the winter");
  assert.deepEqual([flag.category, flag.kind, flag.strength], ["hedged", "phrase", 1]);
  await popup.close();

  await own.bringToFront();
  for (const left of [1, 0]) {
    await own.getByRole("button", { name: /^Remove/ }).first().click();
    await until("one less", async () => (await stored(at.browser)).phrases.length === left);
  }
  await until("the page as before", async () => String(await words(page, "hedged")) === String(before));
});

test("a category can be off on one site, and is on again from the popup there", async () => {
  const page = await read("/story?site");
  const all = await highlights(page);
  const other = await at.browser.open(at.origin.replace(HOST, "localhost") + "/story?other");
  const popup = await at.browser.press(other);
  await settled(popup);
  await popup.close();
  const own = await options(at.browser);
  await own.getByRole("textbox", { name: "A site" }).fill("no site");
  await own.getByRole("textbox", { name: "A site" }).press("Enter");
  await until("a word about it", async () => /no site’s name/.test(await own.textContent("#site-wrong")));
  await own.getByRole("textbox", { name: "A site" }).fill("https://news.example:8080/a?b");
  await own.getByRole("textbox", { name: "A site" }).press("Enter");
  await until("the site", async () => (await stored(at.browser)).sites?.["news.example"]?.rule === "off");
  await own.getByRole("combobox", { name: "On news.example" }).selectOption("click");
  await until("no site", async () => Object.keys((await stored(at.browser)).sites).length === 0);

  await inWorker(at.browser, (host) => chrome.storage.local.set({ sites: { [host]: { hidden: ["anonymous"] } } }), HOST);
  await until("no anonymous ones", async () => (await words(page, "anonymous")).length === 0);
  await own.getByRole("button", { name: `Hedged claims on ${HOST}` }).click();
  await until("no hedges", async () => (await words(page, "hedged")).length === 0);
  assert.deepEqual(await words(page, "unsourced"), all.unsourced);
  assert.deepEqual(await highlights(other), all, "elsewhere nothing changed");
  const button = own.getByRole("button", { name: `Hedged claims on ${HOST}` });
  await until("the state", async () => (await button.getAttribute("aria-pressed")) === "false");

  await page.bringToFront();
  const again = await at.browser.press(page);
  assert.equal(await again.evaluate(`document.querySelector("#show-hedged").checked`), false);
  await again.click(POPUP.category("hedged"));
  await until("hedges", async () => (await words(page, "hedged")).length > 0);
  await again.close();
  assert.deepEqual((await stored(at.browser)).sites, { [HOST]: { hidden: ["anonymous"] } });
});

test("all settings go into a file and come back from it; a file that is none changes nothing", async () => {
  await storeSettings(at.browser, { version: 1, sensitivity: "quiet", phrases: [{ category: "hedged", text: "as if", pattern: false }], sites: { "a.example": { rule: "off" } } });
  const own = await options(at.browser);
  const { name, text } = await downloaded(at.browser, () => own.getByRole("button", { name: "Save to a file" }).click());
  assert.match(name, /^hearsay-settings-\d{4}-\d\d-\d\d\.json$/);
  assert.equal(JSON.parse(text).settings.sensitivity, "quiet");
  const file = path.join(at.browser.profile, "settings.json");
  await writeFile(file, text);

  await own.getByRole("radio", { name: "Everything" }).check();
  await until("another state", async () => (await stored(at.browser)).sensitivity === "everything");
  const changed = await stored(at.browser);
  const none = path.join(at.browser.profile, "none.json");
  await writeFile(none, '{"hearsay":"list"}');
  await own.setInputFiles("#file", none);
  await until("the refusal", async () => /no file of Hearsay’s settings/.test(await own.textContent("#backup-note")));
  assert.deepEqual(await stored(at.browser), changed);

  await own.setInputFiles("#file", file);
  await until("the settings of the file", async () => (await stored(at.browser)).sensitivity === "quiet");
  await until("the radio", () => own.getByRole("radio", { name: "Quiet" }).isChecked());
  await own.getByRole("button", { name: "Undo", exact: true }).last().click();
  await until("the state before", async () => (await stored(at.browser)).sensitivity === "everything");
});

test("what is dismissed is listed with its way back, categories and sites that are off among it", async () => {
  const flag = { page: "https://a.example/x", before: "It ", after: " be" };
  await storeSettings(at.browser, {
    version: 1,
    categories: { anonymous: true, unsourced: true, hedged: false },
    dismissed: [{ category: "anonymous", words: "some farmers say", flag: null }, { category: "hedged", words: "may", flag }],
    sites: { "poetry.example": { rule: "off" } },
  });
  const own = await options(at.browser);
  const rows = () => own.evaluate(() => [...document.querySelectorAll("#dismissed-list li")].map((row) => row.innerText.replace(/\s+/g, " ")));
  assert.deepEqual((await rows()).map((row) => row.replace(/^\S+ \S+: /, "")), [
    "may This flag, on one page Undo",
    "some farmers say This phrase, on every page Undo",
    "Hedged claims This category, on every page Undo",
    "poetry.example This site Undo",
  ]);
  for (let left = 3; left >= 0; left--) {
    await own.getByRole("button", { name: /^Undo: / }).first().click();
    await until("one less", async () => (await own.getByRole("button", { name: /^Undo: / }).count()) === left);
  }
  const all = await stored(at.browser);
  assert.deepEqual([all.dismissed, all.sites, all.categories.hedged], [[], {}, true]);
});

test("all commands are shown with their keys, four of them with one to begin with", async () => {
  const own = await options(at.browser);
  const keys = await own.evaluate(() => [...document.querySelectorAll("#key-list li")].map((row) => [row.children[0].textContent, row.children[1].textContent]));
  assert.equal(keys.length, 8);
  assert.equal(keys.filter(([, key]) => key !== "no key").length, 4);
  assert.ok(keys.some(([what, key]) => what === "Go to the next flag" && key === "Alt+Shift+J"), JSON.stringify(keys));
  await own.getByRole("button", { name: "Change keys…" }).click();
  await until("the browser's page", async () => (await at.browser.targets()).some(({ url }) => url === "chrome://extensions/shortcuts"));
});

test("from the popup to the options", async () => {
  const page = await at.browser.open(`${at.origin}/story?link`);
  const popup = await at.browser.press(page);
  const there = async () => (await at.browser.ours("options.html")).length;
  const before = await there();
  await popup.click("#options").catch(() => {});
  await until("the options", async () => (await there()) > 0 && (await at.browser.popupTargets()).length === 0);
  assert.ok(before <= (await there()));
});

test("axe finds no violation, and sees one that is planted", async () => {
  const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  await storeSettings(at.browser, {
    version: 1,
    phrases: [{ category: "anonymous", text: "a person in the room", pattern: false }, { category: "unsourced", text: "as (we|you) all", pattern: true }],
    dismissed: [{ category: "anonymous", words: "some farmers say", flag: null }],
    sites: { "a.example": { rule: "always", hidden: ["hedged"] }, "b.example": { rule: "off" } },
  });
  const own = await options(at.browser, "#kind-modal");
  const session = await at.browser.context.newCDPSession(own);
  // Our pages forbid what axe is put in by; the debugger may.
  const violations = async () => {
    await session.send("Runtime.evaluate", { expression: `${axe}; 0` });
    const expression = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" | ").slice(0, 300)))`;
    return (await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true })).result.value;
  };
  await own.evaluate(() => {
    document.querySelector("#phrase").removeAttribute("aria-label");
    document.querySelector("#phrase").removeAttribute("placeholder");
  });
  assert.ok((await violations()).some((text) => text.startsWith("label:")), "the planted one");
  await own.reload();
  await until("the options", () => own.evaluate(() => !document.body.hasAttribute("aria-busy")));
  for (const colorScheme of ["light", "dark"]) {
    await own.emulateMedia({ colorScheme });
    await own.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
    assert.deepEqual(await violations(), [], colorScheme);
  }
  await own.setViewportSize({ width: 340, height: 700 });
  assert.deepEqual(await violations(), [], "narrow");
  assert.ok(await own.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out at 340 px");
});

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
