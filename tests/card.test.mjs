/** The card: what it says, when it comes and goes, and that it outlives the background. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { cardBox, cardButton, cardText, CATEGORIES, closedRoots, hover, pointAt, pressCard, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const still = "<p>The boats lay at the quay and the lamps were out. Nobody came to shut the gate before the morning.</p>";
const at = withBrowser({
  ...PAGES,
  // Two claims of one source far apart.
  "/claims": { body: PAGES["/story"].body.replace("</p>\n<p>“Nobody", `</p>${still.repeat(40)}\n<p>“Nobody`).replace("</article>", `${still.repeat(40)}</article>`) },
  "/paste": { body: "<!doctype html><title>Paste</title><textarea></textarea><div contenteditable></div>" },
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

test("a card peeks: it hides little, grows when the pointer comes into it, and never covers its sentence", async () => {
  const page = await read("/claims?peek");
  const near = (y) => page.evaluate(([where]) => {
    const [range] = CSS.highlights.get("hearsay-anonymous");
    const { top } = range.getBoundingClientRect();
    scrollBy({ top: top - innerHeight * where, behavior: "instant" });
    return innerHeight;
  }, [y]);
  const sentence = () => page.evaluate(() => {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) if (words.currentNode.data.startsWith("The council will not")) break;
    const range = new Range();
    range.setStart(words.currentNode, 0);
    range.setEnd(words.currentNode, words.currentNode.data.indexOf(".") + 1);
    const { top, bottom } = range.getBoundingClientRect();
    return { top, bottom };
  });
  await page.evaluate(() => {
    document.body.style.paddingBlock = "100vh";
  });
  for (const [where, y] of [["below", 0.2], ["above", 0.9]]) {
    const height = await near(y);
    const { x, y: line } = await page.evaluate(() => {
      const box = [...CSS.highlights.get("hearsay-anonymous")][0].getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    });
    await page.mouse.move(x - 3, line);
    await page.mouse.move(x, line, { steps: 3 });
    const short = await until("the card", () => cardBox(at.browser, page));
    assert.ok(short.peek);
    assert.ok(short.bottom - short.top < 110, `${where}: ${short.bottom - short.top} px`);
    await page.mouse.move(short.left + 20, (short.top + short.bottom) / 2);
    const whole = await until("all of it", async () => {
      const now = await cardBox(at.browser, page);
      return !now.peek && now;
    });
    const { top, bottom } = await sentence();
    // The edge at the sentence stays, the other one goes away from it.
    if (where === "below") {
      assert.ok(short.top >= bottom && Math.abs(whole.top - short.top) < 3 && whole.bottom > short.bottom + 80, JSON.stringify([short, whole]));
    } else {
      assert.ok(short.bottom <= top && Math.abs(whole.bottom - short.bottom) < 3 && whole.top < short.top - 80, JSON.stringify([short, whole]));
    }
    assert.ok(whole.top >= 0 && whole.bottom <= height);
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  }
});

test("a click on the words shows all of the card at once", async () => {
  const page = await read("/story?click");
  const { x, y } = await pointAt(page, "anonymous", 1);
  await page.mouse.click(x, y);
  const box = await until("the card", () => cardBox(at.browser, page));
  assert.equal(box.peek, false);
  await page.keyboard.press("Escape");
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
  await pressCard(at.browser, page, "Next claim of this source");
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
    await pressCard(at.browser, page, "Copy quote and link");
    await until("the word", async () => /Copied/.test(await cardText(at.browser, page)));
    const pasted = await at.browser.open(`${at.origin}/paste`);
    await pasted.locator("textarea").focus();
    await pasted.keyboard.press("Control+V");
    const text = await until("the text", () => pasted.locator("textarea").inputValue());
    const [, quote, about, link] = /^> (.*)\n\n(.*) \[.*\]\(<(.*)>\)\n$/.exec(text) ?? assert.fail(text);
    assert.match(quote, /\*\*said the clerk, who asked not to be named\*\* because the talks are private\.$/);
    assert.match(about, /^Anonymous source, one person\. Source: .*; reason given: .*the talks are private\.$/);
    assert.ok(link.startsWith(`${at.origin}${path}#:~:text=`), link);
    // What takes rich text gets the same, with a link to press.
    await pasted.locator("[contenteditable]").focus();
    await pasted.keyboard.press("Control+V");
    const rich = await until("the rich text", () =>
      pasted.locator("[contenteditable]").evaluate((box) => {
        const find = (name) => box.querySelector(name)?.textContent;
        return box.querySelector("a") && { link: box.querySelector("a").href, title: find("a"), bold: find("b"), text: box.innerText };
      }),
    );
    assert.equal(rich.link, link);
    assert.equal(rich.bold, "said the clerk, who asked not to be named");
    const words = (all) => all.replace(/[^\p{L}]+/gu, " ").trim();
    assert.equal(words(rich.text), words(`${quote} ${about} ${rich.title}`));
    const led = await at.browser.open(link);
    if (path.startsWith("/claims")) await until("the words", () => led.evaluate(() => scrollY > 500));
    await led.close();
    await pasted.close();
  });
}
