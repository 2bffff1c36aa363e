/** The card: what it says, when it comes and goes, and that it outlives the background. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cardText, CATEGORIES, closedRoots, hover, settled } from "./lib/hearsay.mjs";

const at = withBrowser();

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
