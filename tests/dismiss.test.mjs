/** Dismissing flags from their card, going through them by key, and how a kind is decided. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cardText, closedRoots, command, exportList, highlights, hover, options, POPUP, pressCard, registry, settled, stored, storeSettings } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const twice = "<p>The gate may open. The gate may open. The gate may open, but the lamps on the quay are out and nobody goes there.</p>";
const at = withBrowser({ ...PAGES, "/twice": { body: PAGES["/story"].body.replace("</article>", `${twice}</article>`) } });
const HOST = "127.0.0.1";

beforeEach(() => storeSettings(at.browser, {}));

async function read(path) {
  const page = await at.browser.open(at.origin + path);
  await press(page);
  return page;
}

async function press(page) {
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.bringToFront();
}

const words = async (page, category) => (await highlights(page))[category];
const clean = (page) => until("nothing of ours", async () => (await closedRoots(at.browser, page)).length === 0);

test("one flag: only that one goes, stays away after a reload, and comes back by Undo", async () => {
  const page = await read("/twice?one");
  const all = await words(page, "hedged");
  const index = all.length - 2;
  assert.equal(all[index], "may");
  await hover(at.browser, page, "hedged", index);
  await pressCard(at.browser, page, "Dismiss");
  const menu = await until("the counts", async () => {
    const text = await cardText(at.browser, page);
    return /This phrase \d/.test(text) && text;
  });
  assert.match(menu, new RegExp(`This flag 1 here Only in this place, on this page This phrase ${all.filter((one) => one === "may").length} here “may”, on every page`));
  const everything = Object.values(await highlights(page)).flat().length;
  assert.match(menu, new RegExp(`This site ${everything} here Everything on ${HOST} This category ${all.length} here Hedged claims, on every page`));

  await pressCard(at.browser, page, "flag");
  await until("one less", async () => (await words(page, "hedged")).length === all.length - 1);
  await until("the word about it", async () => /This flag won’t be marked again\. Undo/.test(await cardText(at.browser, page)));
  assert.equal((await closedRoots(at.browser, page)).length, 1, "in the one place of ours");
  const [{ flag }] = (await stored(at.browser)).dismissed;
  assert.deepEqual(flag, { page: `${at.origin}/twice?one`, before: "The gate may open. The gate ", after: " open. The gate may open, but th" }, "a few words around it and no more");

  await page.reload();
  await press(page);
  assert.equal((await words(page, "hedged")).length, all.length - 1);
  // On another page the same words are another flag.
  const other = await read("/twice?other");
  assert.equal((await words(other, "hedged")).length, all.length);
  await other.close();

  await page.bringToFront();
  await hover(at.browser, page, "hedged", index);
  await pressCard(at.browser, page, "Dismiss");
  await pressCard(at.browser, page, "flag");
  await until("two less", async () => (await words(page, "hedged")).length === all.length - 2);
  await pressCard(at.browser, page, "Undo");
  await until("one back", async () => (await words(page, "hedged")).length === all.length - 1);
  await clean(page);
  assert.equal((await stored(at.browser)).dismissed.length, 1);
});

test("a phrase: it goes everywhere, list and export leave it out and say so, the options bring it back", async () => {
  const page = await read("/twice?phrase");
  const all = await words(page, "hedged");
  const gone = all.filter((one) => one === "may").length;
  await hover(at.browser, page, "hedged", all.indexOf("may"));
  await pressCard(at.browser, page, "Dismiss");
  await pressCard(at.browser, page, "phrase");
  await until("all of them gone", async () => !(await words(page, "hedged")).includes("may"));
  await until("the word about it", async () => /“may” won’t be marked again\./.test(await cardText(at.browser, page)));
  await page.keyboard.press("Escape");
  await clean(page);
  assert.deepEqual((await stored(at.browser)).dismissed, [{ category: "hedged", words: "may", flag: null }]);
  const other = await read("/story?phrase");
  assert.ok(!(await words(other, "hedged")).includes("may"));
  await other.close();

  await page.bringToFront();
  const popup = await at.browser.press(page);
  const exported = async () => JSON.parse((await exportList(at.browser, popup, "json")).text).flags.filter(({ anchor }) => anchor.exact === "may").length;
  assert.equal(await exported(), 0);
  await popup.evaluate(`document.querySelector("#hidden-too").click()`);
  assert.equal(await exported(), gone, "with the hidden ones, if asked for");
  await popup.click(POPUP.list).catch(() => {});
  const panel = await at.browser.panel();
  await until("the list's own word", async () => new RegExp(`, ${gone} dismissed$`).test(await panel.text("#count")));
  assert.ok(!(await panel.evaluate(`[...document.querySelectorAll("#order b.hedged")].map((one) => one.textContent)`)).includes("may"));

  const own = await options(at.browser);
  await own.getByRole("button", { name: "Undo: may" }).click();
  await page.bringToFront();
  await until("all of them back", async () => String(await words(page, "hedged")) === String(all));
  await until("no word in the list", async () => !/dismissed/.test(await panel.text("#count")));
});

test("a category, and a site: both with Undo at once", async () => {
  const page = await read("/story?wide");
  const all = await highlights(page);
  await hover(at.browser, page, "unsourced", 0);
  await pressCard(at.browser, page, "Dismiss");
  await pressCard(at.browser, page, "category");
  await until("the category gone", async () => (await words(page, "unsourced")).length === 0);
  await until("the word about it", async () => /Unsourced assertions: not marked any more\./.test(await cardText(at.browser, page)));
  assert.equal((await stored(at.browser)).categories.unsourced, false);
  await pressCard(at.browser, page, "Undo");
  await until("the category back", async () => String((await words(page, "unsourced"))) === String(all.unsourced));

  await hover(at.browser, page, "anonymous", 0);
  await pressCard(at.browser, page, "Dismiss");
  await pressCard(at.browser, page, "site");
  await until("nothing marked", async () => (await registry(page)).length === 0);
  await until("the word about it", async () => new RegExp(`Nothing will be marked on ${HOST}\\.`).test(await cardText(at.browser, page)));
  assert.deepEqual((await stored(at.browser)).sites, { [HOST]: { rule: "off" } });
  await pressCard(at.browser, page, "Undo");
  await until("all back", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  assert.deepEqual((await stored(at.browser)).sites, {});
});

test("the menu goes by keys, Escape closes it first and then the card, and the focus comes back", async () => {
  const page = await read("/story?menu");
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "#here";
    link.textContent = "A link";
    link.id = "link";
    document.querySelector("h1").after(link);
    link.focus();
  });
  await command(at.browser, "next");
  await until("a flag", () => page.evaluate(() => CSS.highlights.get("hearsay-current")?.size));
  await command(at.browser, "card");
  await until("the card", async () => /Anonymous source/.test(await cardText(at.browser, page)));
  // Over both ways to other claims, as far as there are any, and "Copy" to "Dismiss".
  for (const key of ["Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  await until("the menu", async () => /Stop marking/.test(await cardText(at.browser, page)));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await until("the menu to go", async () => !/Stop marking/.test(await cardText(at.browser, page)));
  assert.match(await cardText(at.browser, page), /Anonymous source/);
  await page.keyboard.press("Escape");
  await until("the card to go", async () => !/The words/.test(await cardText(at.browser, page)));
  assert.equal(await page.evaluate(() => document.activeElement.id), "link");
});

test("next and previous go through the flags of all frames and around, say where they are, and read a page first", async () => {
  const page = await at.browser.open(`${at.origin}/frames?keys`);
  await press(page);
  const inner = page.frames().find((frame) => frame.url().endsWith("/inner"));
  await until("the frame's highlights", async () => (await highlights(inner)).anonymous.length > 0);
  const [outside, inside] = [Object.values(await highlights(page)).flat().length, Object.values(await highlights(inner)).flat().length];
  const current = async () => {
    const one = (frame) => frame.evaluate(() => [...(CSS.highlights.get("hearsay-current") ?? [])].map((range) => [String(range), range.getBoundingClientRect().top])[0] ?? null);
    const [top, sub] = [await one(page), await one(inner)];
    assert.ok(!(top && sub), "one at a time");
    return top ? `page ${top}` : sub ? `frame ${sub[0]}` : null;
  };
  const step = async (name) => {
    const before = await current();
    await command(at.browser, name);
    return until("another flag", async () => {
      const now = await current();
      return now !== before && now;
    });
  };
  const seen = [];
  for (let i = 0; i < outside + inside; i++) seen.push(await step("next"));
  assert.equal(seen.filter((one) => one.startsWith("page")).length, outside);
  assert.equal(seen.filter((one) => one.startsWith("frame")).length, inside);
  assert.match(await step("next"), /^page a senior clerk said/, "and around");
  assert.match(await step("previous"), /^frame/);

  const fresh = await read("/story?unread");
  await command(at.browser, "toggle");
  await until("nothing marked", async () => (await registry(fresh)).length === 0);
  await command(at.browser, "next");
  await until("a flag", () => fresh.evaluate(() => CSS.highlights.get("hearsay-current")?.size));
  await until("what is said", async () => /^Anonymous source: a senior clerk said$/.test(await cardText(at.browser, fresh)));
  const status = (nodes) => nodes.some((node) => node.attributes?.includes("status") || status(node.children ?? []));
  assert.ok(status((await closedRoots(at.browser, fresh))[0].children), "politely");
  await clean(fresh);
  // A category by key.
  const all = await highlights(fresh);
  await command(at.browser, "hedged");
  await until("no hedges", async () => (await words(fresh, "hedged")).length === 0);
  await until("what is said", async () => /Hedged claims: off/.test(await cardText(at.browser, fresh)));
  await command(at.browser, "hedged");
  await until("hedges", async () => String(await words(fresh, "hedged")) === String(all.hedged));
  await command(at.browser, "toggle");
  await until("nothing marked", async () => (await registry(fresh)).length === 0);
  await command(at.browser, "toggle");
  await until("the count", async () => new RegExp(`^${Object.values(all).flat().length} flags on this page`).test(await cardText(at.browser, fresh)));
});

test("how a kind is decided: from the card to its place in the guide, for an own phrase to the phrases", async () => {
  const page = await read("/story?why");
  await hover(at.browser, page, "anonymous", 0);
  await pressCard(at.browser, page, "How is this decided?");
  const guide = await until("the guide", () => at.browser.context.pages().find((one) => one.url().endsWith("options.html#kind-person")));
  await until("the place", () => guide.evaluate(() => !document.body.hasAttribute("aria-busy") && document.querySelector("#kind-person.there")?.getBoundingClientRect().top < innerHeight));
  assert.match(await guide.textContent("#kind-person"), /one person.*a senior clerk said/i);
});

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
