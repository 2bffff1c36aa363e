/** The card: what it says, when it comes and goes, and that it outlives the background. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cardButton, cardText, CATEGORIES, closedRoots, hover, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const still = "<p>The boats lay at the quay and the lamps were out. Nobody came to shut the gate before the morning.</p>";
const at = withBrowser({
  ...PAGES,
  // Two claims of one source far apart.
  "/claims": { body: PAGES["/story"].body.replace("</p>\n<p>“Nobody", `</p>${still.repeat(40)}\n<p>“Nobody`).replace("</article>", `${still.repeat(40)}</article>`) },
  "/paste": { body: "<!doctype html><title>Paste</title><textarea></textarea>" },
});

async function read(path) {
  const page = await at.browser.open(at.origin + path);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.bringToFront();
  return page;
}

const shape = (page) =>
  page.evaluate(() => ({ body: document.body.outerHTML, children: [...document.documentElement.children].map((element) => element.localName) }));

test("resting on a highlight shows what it is, in words", async () => {
  const page = await read("/story?card");
  const before = await shape(page);
  const text = await hover(at.browser, page, "anonymous", 1);
  for (const part of ["Anonymous source", "the clerk", "asked not to be named", "the talks are private", "Strength", "attributed claims on this page"]) {
    assert.ok(text.includes(part), `“${part}” in “${text}”`);
  }
  assert.doesNotMatch(text, /undefined|null|NaN|\[object/);

  const during = await shape(page);
  assert.equal(during.body, before.body, "the card is outside the body");
  assert.deepEqual(during.children.slice(0, -1), before.children, "one host, after everything else");
  assert.equal((await closedRoots(at.browser, page)).length, 1);
  assert.equal(await page.evaluate(() => document.documentElement.lastElementChild.shadowRoot), null, "its root is closed to the page");
  assert.equal(await page.evaluate(() => document.documentElement.lastElementChild.childNodes.length), 0);

  await page.mouse.move(2, 2);
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  await until("the host to go", async () => JSON.stringify(await shape(page)) === JSON.stringify(before));
});

test("every category has its card", async () => {
  const page = await read("/story?cards");
  for (const [category, title] of CATEGORIES.map((name) => [name, { anonymous: /Anonymous source/, unsourced: /Unsourced assertion/, hedged: /Hedged claim/ }[name]])) {
    assert.match(await hover(at.browser, page, category), title);
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  }
});

test("a card tells anonymity without a reason from what is simply not said", async () => {
  const page = await read("/anonymity");
  const facts = [
    [/Reason given\s*Anonymity was asked for or granted; no reason is given\./, /nobody: the article reports it directly/],
    [/Reason given\s*no reason given/, /nobody: the article reports it directly/],
    [/Reason given\s*no reason given/, /Relayed by\s*The Gazette/],
  ];
  for (const [index, [reason, relay]] of facts.entries()) {
    const text = await hover(at.browser, page, "anonymous", index);
    assert.match(text, reason);
    assert.match(text, relay);
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  }
});

test("Escape closes the card", async () => {
  const page = await read("/story?escape");
  await hover(at.browser, page, "anonymous");
  await page.keyboard.press("Escape");
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
});

test("the card comes on a strict page too", async () => {
  const page = await read("/strict");
  assert.match(await hover(at.browser, page, "anonymous"), /Anonymous source/);
});

test("the card comes and goes where the reader switched the page's scripts off", async () => {
  const page = await at.browser.context.newPage();
  const session = await at.browser.context.newCDPSession(page);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.goto(`${at.origin}/story?scripts-off`, { waitUntil: "load" });
  await page.bringToFront();
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  assert.match(await hover(at.browser, page, "anonymous"), /Anonymous source/);
  await page.mouse.move(2, 2);
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
});

test("the card comes although the background was killed meanwhile", async () => {
  const page = await read("/story?killed");
  await at.browser.killWorker();
  assert.match(await hover(at.browser, page, "anonymous", 1), /asked not to be named/);
});

test("plain text beside a highlight shows no card", async () => {
  const page = await read("/story?beside");
  const name = page.getByText("Mara Lindqvist, the harbour master");
  const box = await name.boundingBox();
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.move(box.x + 24, box.y + 12, { steps: 4 });
  await page.waitForTimeout(900); // Longer than a card takes to open.
  assert.equal(await cardText(at.browser, page), "");
});

test("from the card to the other claims of its source, and back", async () => {
  const page = await read("/claims");
  assert.match(await hover(at.browser, page, "anonymous", 0), /2 of 7 attributed claims on this page rest on this source.*1 of 2/);
  const [previous, next] = [await cardButton(at.browser, page, "Previous claim of this source"), await cardButton(at.browser, page, "Next claim of this source")];
  assert.deepEqual([previous.disabled, next.disabled], [true, false]);
  await page.mouse.click(next.x, next.y);
  await until("the card of the second", async () => /2 of 2/.test(await cardText(at.browser, page)));
  const there = await page.evaluate(() => {
    const [range] = CSS.highlights.get("hearsay-anonymous-active");
    const { top, bottom } = range.getBoundingClientRect();
    return { words: range.toString(), inView: top > 0 && bottom < innerHeight, scrolled: scrollY };
  });
  assert.deepEqual([there.words, there.inView], ["said the clerk, who asked not to be named", true]);
  assert.ok(there.scrolled > 500);
  // By key as well: the button that was used has the focus.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await until("the card of the first", async () => /1 of 2/.test(await cardText(at.browser, page)));
  await page.keyboard.press("Escape");
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
});

for (const path of ["/claims?copy", "/strict?copy"]) {
  test(`the quote is copied with a link that leads to its words: ${path}`, async () => {
    const page = await read(path);
    await hover(at.browser, page, "anonymous", 1);
    const { x, y } = await cardButton(at.browser, page, "Copy quote and link");
    await page.mouse.click(x, y);
    await until("the word", async () => /Copied/.test(await cardText(at.browser, page)));
    const pasted = await at.browser.open(`${at.origin}/paste`);
    await pasted.locator("textarea").focus();
    await pasted.keyboard.press("Control+V");
    const [quote, link] = (await until("the text", () => pasted.locator("textarea").inputValue())).split("\n");
    assert.match(quote, /said the clerk, who asked not to be named because the talks are private\.$/);
    assert.ok(link.startsWith(`${at.origin}${path}#:~:text=`), link);
    const led = await at.browser.open(link);
    if (path.startsWith("/claims")) await until("the words", () => led.evaluate(() => scrollY > 500));
    await led.close();
    await pasted.close();
  });
}
