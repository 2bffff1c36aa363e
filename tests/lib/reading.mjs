/** What a reader gets of a page, the same in every browser: the tests of both call this. */
import assert from "node:assert/strict";
import { until } from "./browser.mjs";
import { CATEGORIES, highlights, POPUP, registry, settled, sourcing, status } from "./hearsay.mjs";
import { PAGES } from "./pages.mjs";
import { selfSigned, serve } from "./server.mjs";

/** The story with readers' comments below it, which are no part of it. */
const comments = `<section class="comments">${"<p>The gate may have been open for weeks, and the harbour might flood before anybody comes to look at it, I would think.</p>".repeat(2)}</section>`;
/** What the server must have beside `PAGES`. */
export const COMMENTED = { "/commented": { body: PAGES["/story"].body.replace("</article>", `</article>${comments}`) } };

/** Declares the tests, with the runner's `test`. `at` has a `browser` and the server's `origin` once they run. */
export function readingTests(test, at) {
  /** Opens a page and presses the button; waits for the highlights. */
  const read = async (path) => {
    const page = await at.browser.open(at.origin + path);
    const popup = await at.browser.press(page);
    return { page, popup, status: await settled(popup) };
  };

  test("on again after off marks the same words", async () => {
    const { page, popup } = await read("/story?again");
    const first = await highlights(page);
    await popup.click(POPUP.main);
    await until("off", async () => (await registry(page)).length === 0);
    await popup.click(POPUP.main);
    await until("on", async () => (await registry(page)).length > 0);
    await settled(popup);
    assert.deepEqual(await highlights(page), first);
  });

  test("navigation, forms, code and hidden text are not read", async () => {
    const { page } = await read("/around");
    const around = await highlights(page);
    const { page: story } = await read("/story?around");
    assert.deepEqual(around, await highlights(story));
    assert.ok(around.anonymous.length > 0);
  });

  test("each category has its switch and its count", async () => {
    const { page, popup } = await read("/story?categories");
    const all = await highlights(page);
    for (const category of CATEGORIES) {
      assert.equal(await popup.text(POPUP.count(category)), String(all[category].length), category);
      await popup.click(POPUP.category(category));
      await until(`${category} off`, async () => (await highlights(page))[category].length === 0);
      assert.deepEqual(await highlights(page), { ...all, [category]: [] });
      await popup.click(POPUP.category(category));
      await until(`${category} on`, async () => (await highlights(page))[category].length > 0);
      assert.deepEqual(await highlights(page), all);
    }
  });

  test("sensitivity shows what the strength allows", async () => {
    const { page, popup, status: read_ } = await read("/story?sensitivity");
    const strengths = read_.flags.filter((_, i) => i % 2 === 1);
    const shown = async () => Object.values(await highlights(page)).flat().length;
    for (const [level, cut] of [["everything", 0], ["quiet", 80], ["normal", 50]]) {
      const expected = strengths.filter((strength) => strength >= cut).length;
      await popup.click(POPUP.sensitivity(level));
      await until(`${expected} flags at ${level}`, async () => (await shown()) === expected);
    }
    assert.ok(strengths.some((strength) => strength < 50) && strengths.some((strength) => strength >= 50 && strength < 80), "the story has flags of every strength");
  });

  test("a page in French stays unmarked and the popup says why", async () => {
    const { page, popup, status: now } = await read("/french");
    assert.equal(now.reading.readable, false);
    assert.deepEqual(await highlights(page), { anonymous: [], unsourced: [], hedged: [] });
    await until("the reason", async () => /French/.test(await popup.text("body")));
    assert.match(await popup.text("body"), /English/);
  });

  test("a page with nothing to mark says so, and that it is no verdict", async () => {
    const { popup } = await read("/plain");
    await until("the sentence", async () => /Nothing to mark here/.test(await popup.text("body")));
    assert.match(await popup.text("body"), /no verdict/);
  });

  test("the popup says what the claims rest on, of all frames as one page, and nothing where there is none", async () => {
    const nothing = { sentence: null, bar: [] };
    const { popup: plain } = await read("/plain?sourcing");
    assert.deepEqual(await sourcing(plain), nothing);
    const { popup: french } = await read("/french?sourcing");
    assert.deepEqual(await sourcing(french), nothing);

    const { popup: one } = await read("/named");
    assert.match(await one.text("body"), /Nothing to mark here/);
    assert.deepEqual(await sourcing(one), { sentence: "Both attributed claims rest on named people.", bar: [] });

    const anonymous = async (popup) => Number(/(\d+) on anonymous sources/.exec((await sourcing(popup)).sentence)?.[1]);
    const { popup: story } = await read("/story?sourcing");
    const alone = await anonymous(story);
    const { popup } = await read("/frames?sourcing");
    assert.equal(await anonymous(popup), alone + 1, "the frame's two officials count too");

    await popup.click(POPUP.main);
    await until("off", async () => (await sourcing(popup)).sentence === null);
    await popup.click(POPUP.main);
    await until("on", async () => (await anonymous(popup)) === alone + 1);
  });

  test("a frame is read as a document of its own", async () => {
    const { page, popup } = await read("/frames");
    const inner = () => page.evaluate(() => [...(frames[0].CSS.highlights.get("hearsay-anonymous") ?? [])].map(String));
    assert.deepEqual(await until("the frame's highlights", async () => (await inner()).length > 0 && inner()), ["Two officials said"]);
    const outer = await highlights(page);
    await until("the counts of both", async () => (await popup.text(POPUP.count("anonymous"))) === String(outer.anonymous.length + 1));
  });

  test("the palette follows the page's background, not the system", async () => {
    const { page: light } = await read("/story?tone");
    const { page: dark } = await read("/dark");
    const colour = (page) => page.evaluate(() => getComputedStyle(document.querySelector("p"), "::highlight(hearsay-anonymous)").textDecorationColor);
    assert.notEqual(await colour(light), await colour(dark));
  });

  test("a page that clears the registry does not leave the popup and the page at odds", async () => {
    const { page, popup } = await read("/story?tamper");
    const all = await highlights(page);
    await page.evaluate(() => CSS.highlights.clear());
    // Whatever the reader does next paints our own state again, not the page's.
    await popup.click(POPUP.category("hedged"));
    await until("anonymous flags", async () => (await highlights(page)).anonymous.length > 0);
    assert.deepEqual(await highlights(page), { ...all, hedged: [] });
    await popup.click(POPUP.category("hedged"));
  });

  test("the reader may have the whole page read, and the main text alone again", async () => {
    const { page, popup, status: first } = await read("/commented");
    const words = async (more) => until("other words", async () => {
      const { reading } = await status(popup);
      return reading && (more ? reading.words > first.reading.words : reading.words === first.reading.words);
    });
    const main = await highlights(page);
    assert.equal(await popup.text(POPUP.whole), "Read the whole page");
    await popup.click(POPUP.whole);
    await words(true);
    await until("more marks", async () => (await highlights(page)).hedged.length > main.hedged.length);
    assert.equal(await popup.text(POPUP.whole), "Read the main text alone");
    await popup.click(POPUP.whole);
    await words(false);
    await until("the marks of before", async () => (await highlights(page)).hedged.length === main.hedged.length);
    assert.deepEqual(await highlights(page), main);
  });
}

/**
 * As `readingTests`: pages that no extension may read, or that aren't there; `addresses` are given the server's origin
 * and an address where nobody answers. `visit` opens an address in a tab, whatever
 * comes of it, `list` opens the list beside a page.
 */
export function closedTests(test, at, { addresses, visit, list }) {
  /** Opens an address: popup and list have that headline, and nothing to offer. */
  const told = async (panel, address, headline) => {
    const popup = await at.browser.press(await visit(address));
    for (const view of [popup, panel]) {
      await until(`the word about ${address}`, async () => headline.test(await view.text("#headline")));
      assert.notEqual(await view.text("#note"), "", address);
    }
    const open = await popup.evaluate(`[...document.querySelectorAll("section:not([hidden])")].map(({ id }) => id).join()`);
    assert.equal(open, "lead", `${address}: nothing is offered that can't be had`);
  };

  test("pages that are closed or didn't load: popup and list say so, and nothing of ours fails", async () => {
    const panel = await list(await at.browser.open(`${at.origin}/story?closed`));
    const gone = await serve();
    await gone.close();
    for (const [address, headline] of addresses(at.origin, `${gone.origin}/shut`)) await told(panel, address, headline);
    assert.deepEqual(await at.browser.complaints(), []);
  });

  test("a page whose certificate the browser refuses is told as one that can't be read, and nothing of ours fails", async (t) => {
    const tls = await selfSigned();
    if (!tls) return t.skip("there is no openssl here to make a certificate");
    const refused = await serve({ pages: PAGES, tls });
    try {
      const panel = await list(await at.browser.open(`${at.origin}/story?certificate`));
      await told(panel, `${refused.origin}/story`, ABSENT);
    } finally {
      await refused.close();
    }
    assert.deepEqual(await at.browser.complaints(), []);
  });
}

/** For `closedTests`, what a page of the web that isn't there is told with, and what one of the browser's is. */
export const ABSENT = /^This page can’t be read\.$/;
export const CLOSED = /^This page is closed to extensions\.$/;

/** Each switch of the popup, and how what is stored tells that it was pressed. */
const SWITCHES = [
  [POPUP.sensitivity("everything"), (all) => all.sensitivity === "everything"],
  [POPUP.category("hedged"), (all) => all.categories.hedged === false],
  [POPUP.sensitivity("normal"), (all) => all.sensitivity === "normal"],
  [POPUP.site("off"), (all) => all.sites["127.0.0.1"]?.rule === "off"],
  [POPUP.site("click"), (all) => !all.sites["127.0.0.1"]?.rule],
  [POPUP.category("hedged"), (all) => all.categories.hedged === true],
];

/** As `readingTests`. `own`: the address of a page of ours; `kill` ends the background, `close` a popup. */
export function closingTests(test, at, { own, kill, close }) {
  test("a popup that is closed at the very click, and no background awake: what was pressed is kept, and the page follows", async () => {
    const beside = await at.browser.open(own());
    const page = await at.browser.open(`${at.origin}/story?closing`);
    await settled(await at.browser.press(page));
    const all = await highlights(page);
    const stored = () => beside.evaluate("chrome.storage.local.get(null)");
    for (let round = 0; round < 4; round++) {
      for (const [control, kept] of SWITCHES) {
        const popup = await at.browser.press(page);
        // Where its site was off the page itself may be.
        if ((await popup.evaluate("document.body.dataset.state")) === "off") await popup.click(POPUP.main);
        await until(control, () => popup.evaluate(`document.querySelector(${JSON.stringify(control)})?.getBoundingClientRect().width > 0`));
        await kill();
        await popup.click(control);
        await close(popup);
        await until(`${control} to be kept`, async () => kept(await stored()));
      }
    }
    await settled(await at.browser.press(page));
    await until("no note left", async () => Object.keys(await stored()).every((name) => !name.startsWith("note ")));
    await until("the page as before", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  });
}
