/** What goes wrong around the extension: nothing that the reader did may be lost, and nothing stay half done. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, until } from "./lib/browser.mjs";
import { faulty, killing } from "./lib/faulty.mjs";
import { CATEGORIES, cardText, exportList, highlights, hover, POPUP, pressCard, registry, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const HOST = "127.0.0.1";
let folder;
let server;
let browser;
/** A page of the extension's own, which reads storage and scripts whether or not the background is awake. */
let own;

before(async () => {
  folder = await faulty();
  server = await serve({ pages: PAGES });
  browser = await launch({ extension: folder });
  own = await browser.open(`chrome-extension://${browser.id}/welcome.html`);
  const page = await browser.open("chrome://extensions/");
  await page.evaluate(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), [browser.id, `*://${HOST}/*`]);
  await page.close();
});
after(async () => {
  await browser?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const stored = () => own.evaluate(() => chrome.storage.local.get(null));
const registered = () => own.evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).sort());
const store = (values) =>
  own.evaluate(async (all) => {
    await chrome.storage.local.clear();
    await chrome.storage.local.set(all);
  }, values);
/** Anything wakes it. */
const wake = () => own.evaluate(() => chrome.runtime.sendMessage({ type: "guide" }));

/**
 * Everything that a reader does, once: what came of each step. Steps wait for what they lead to, so that
 * what is lost on the way ends the use with a word of its own.
 */
async function use(path) {
  const seen = {};
  const page = await browser.open(server.origin + path);
  const marks = () => highlights(page);
  const press = async (act) => {
    const popup = await browser.press(page);
    const result = await act(popup);
    await popup.close();
    await page.bringToFront();
    return result;
  };
  try {
    await press(async (popup) => {
      await settled(popup);
      await until("the count", async () => Number(await popup.text(POPUP.count("hedged"))) > 0);
      seen.on = await marks();
      await popup.click(POPUP.sensitivity("everything"));
      await until("more marks", async () => (await marks()).hedged.length > seen.on.hedged.length);
      seen.everything = await marks();
    });
    seen.card = (await hover(browser, page, "anonymous")).replace(/\s+/g, " ");
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(browser, page)) === "");

    const popup = await browser.press(page);
    await popup.click(POPUP.list).catch(() => {});
    const panel = await browser.panel();
    const rows = () => panel.evaluate(`[...document.querySelectorAll("#order .row b")].map((words) => words.textContent)`);
    await until("the list", async () => (await rows()).length === Object.values(seen.everything).flat().length);
    await panel.evaluate(`document.querySelector("#order li:nth-child(3) .row").click()`);
    const place = () => page.evaluate((names) => names.flatMap((name) => [...(CSS.highlights.get(`hearsay-${name}-active`) ?? [])].map(String)).join(), CATEGORIES);
    seen.jump = await until("the jump", place);

    await hover(browser, page, "hedged");
    await pressCard(browser, page, "Dismiss");
    await pressCard(browser, page, "flag");
    await until("one less", async () => (await marks()).hedged.length === seen.everything.hedged.length - 1);
    await until("one row less", async () => (await rows()).length === Object.values(seen.everything).flat().length - 1);
    await pressCard(browser, page, "Undo");
    await until("all again", async () => JSON.stringify(await marks()) === JSON.stringify(seen.everything));
    await hover(browser, page, "hedged");
    await pressCard(browser, page, "Dismiss");
    await pressCard(browser, page, "phrase");
    await until("a phrase less", async () => (await marks()).hedged.length < seen.everything.hedged.length);
    await page.keyboard.press("Escape");
    seen.dismissed = await marks();
    await until("the list of it", async () => (await rows()).length === Object.values(seen.dismissed).flat().length);
    seen.rows = await rows();
    seen.count = await panel.text("#count");
    await panel.close();

    await press(async (popup) => {
      const { flags, summary } = JSON.parse((await exportList(browser, popup, "json")).text);
      seen.exported = [flags.map(({ anchor }) => anchor.exact), summary];
      await popup.click(POPUP.site("always"));
      await until("the rule", async () => (await stored()).sites?.[HOST]?.rule === "always");
      await until("the scripts", async () => (await registered()).length > 0);
      await until("the rule to be drawn", () => popup.evaluate(`document.querySelector("input[name=rule][value=always]").checked`));
      await popup.click(POPUP.main);
      await until("nothing marked", async () => (await registry(page)).length === 0);
      await until("the switch", () => popup.evaluate(`document.body.dataset.state === "off"`));
    });
    const next = await browser.open(`${server.origin}${path}&next`);
    await until("highlights without a press", async () => (await highlights(next)).anonymous.length > 0);
    seen.next = await highlights(next);
    await next.close();
    seen.stored = await stored();
    seen.registered = await registered();
    return seen;
  } finally {
    for (const target of await browser.ours("panel.html")) await browser.cdp.send("Target.closeTarget", { targetId: target.targetId });
    await page.close();
  }
}

/** As new, with a background that is awake. */
async function afresh() {
  await own.evaluate(() => chrome.scripting.unregisterContentScripts());
  await store({ version: 1 });
  await wake();
}

/** Every so many messages it is killed: enough of them for any one act. Each is in its turn the last of a life. */
const EVERY = 12;

test("the background killed at every message of a whole use: what comes of it is the same", async (t) => {
  await afresh();
  const stop = await killing(browser, { every: 0 });
  const undisturbed = await use("/story?whole");
  const { names } = await stop();
  t.diagnostic(`${names.length} messages: ${names.join(", ")}`);
  assert.ok(names.length > 40);
  for (let first = 0; first < EVERY; first++) {
    await afresh();
    const stop = await killing(browser, { every: EVERY, first });
    let failed = null;
    const outcome = await use("/story?whole").catch((error) => {
      failed = error;
    });
    const { killed } = await stop();
    const told = `killed at ${killed.join("; ")}`;
    t.diagnostic(told);
    assert.equal(failed, null, `${failed?.message}; ${told}`);
    assert.deepEqual(outcome, undisturbed, told);
    assert.ok(killed.length >= 3, told);
  }
});
