/** The rule of a site: always, off, on click. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { highlights, inWorker, POPUP, registry, settled, storeSettings } from "./lib/hearsay.mjs";

const at = withBrowser();

beforeEach(() => storeSettings(at.browser, {}));

/** Grants the host permission that the browser's own prompt would grant. */
async function allow(pattern) {
  const page = await at.browser.open("chrome://extensions/");
  await page.evaluate(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), [at.browser.id, pattern]);
  await page.close();
}

/** Long enough for a script of ours to have run, had one been there. */
const aWhile = (page) => page.waitForTimeout(700);

test("on click: the next page waits for the button", async () => {
  const page = await at.browser.open(`${at.origin}/story?click`);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  await page.goto(`${at.origin}/story?next`, { waitUntil: "load" });
  await aWhile(page);
  assert.deepEqual(await registry(page), []);
});

test("always: the next page of the site is marked by itself; off: nothing is loaded into it", async () => {
  await allow("*://127.0.0.1/*");
  const page = await at.browser.open(`${at.origin}/story?always`);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.click(POPUP.site("always"));
  await until("the rule", async () => popup.evaluate(`document.querySelector("input[name=rule][value=always]").checked`));
  await popup.close();
  // The browser may load a page before it has heard of the script for it.
  await until("the scripts", () => inWorker(at.browser, async () => (await chrome.scripting.getRegisteredContentScripts()).length > 0));

  const next = await at.browser.open(`${at.origin}/story?by-itself`);
  await until("highlights without a press", async () => (await highlights(next)).anonymous.length > 0);

  const again = await at.browser.press(next);
  await settled(again);
  await again.click(POPUP.site("off"));
  await until("nothing marked", async () => (await registry(next)).length === 0);
  await again.close();

  const third = await at.browser.open(`${at.origin}/story?off`);
  await aWhile(third);
  assert.deepEqual(await registry(third), []);
  const last = await at.browser.press(third);
  await until("the sentence", async () => /Off on 127\.0\.0\.1/.test(await last.text("body")));
  assert.deepEqual(await registry(third), []);
});
