/** What outlasts an update, and what a private window leaves behind: nothing. */
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { EXTENSION, launch, until } from "./lib/browser.mjs";
import { closedRoots, hover, inWorker, options, pressCard, stored, storeSettings } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";
import { serve } from "./lib/server.mjs";

const HOST = "127.0.0.1";
let folder;
let server;
let browser;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-update-"));
  await cp(EXTENSION, folder, { recursive: true });
  server = await serve({ pages: PAGES });
  browser = await launch({ extension: folder });
  // Without it the browser switches off what isn't from its store when that starts anew.
  await manage(() => chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }));
});
after(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Does something on the browser's page of extensions. */
async function manage(work, argument) {
  const page = await browser.open("chrome://extensions/");
  await page.evaluate(work, [browser.id, argument]);
  await page.close();
}

const version = () => inWorker(browser, () => chrome.runtime.getManifest().version);
const registered = () => inWorker(browser, async () => (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).sort());
const marked = (page) => page.evaluate(() => CSS.highlights.get("hearsay-anonymous")?.size ?? 0);

test("site rules of a version without versions survive an update, and are registered anew", async () => {
  await manage(([id, host]) => chrome.developerPrivate.addHostPermission(id, host), `*://${HOST}/*`);
  // The browser's question is answered beforehand; asked it must be.
  const own = await options(browser);
  await own.getByRole("textbox", { name: "A site" }).fill(HOST);
  await own.getByRole("textbox", { name: "A site" }).press("Enter");
  await own.getByRole("combobox", { name: `On ${HOST}` }).selectOption("always");
  await until("the rule", async () => (await stored(browser)).sites?.[HOST]?.rule === "always");
  await own.close();
  await storeSettings(browser, { sensitivity: "everything", sites: { [HOST]: "always", "b.example": "off" } });
  const patterns = [`http://${HOST}/*`, `https://${HOST}/*`];
  await until("the scripts", async () => String(await registered()) === String(patterns));

  const file = path.join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...manifest, version: "9.9.9" }));
  // As an update would: the new version starts with none of the old one's scripts.
  // What the old one still does for the settings of before may have put them in again.
  await until("no scripts", async () => {
    await inWorker(browser, () => chrome.scripting.unregisterContentScripts());
    return (await registered()).length === 0;
  });
  await manage(([id]) => chrome.developerPrivate.reload(id, { failQuietly: true }));
  await until("the new version", async () => (await version()) === "9.9.9");
  await until("the scripts again", async () => String(await registered()) === String(patterns));
  const all = await until("the new shape", async () => {
    const now = await stored(browser);
    return now.version === 1 && now;
  });
  assert.deepEqual(all.sites, { [HOST]: { rule: "always" }, "b.example": { rule: "off" } });
  assert.equal(all.sensitivity, "everything");
  assert.deepEqual(manifest.permissions, JSON.parse(await readFile(file, "utf8")).permissions);
  const page = await browser.open(`${server.origin}/story?updated`);
  await until("highlights without a press", () => marked(page));
  await page.close();
});

test("in a private window a page has its choices, and nothing is stored", async () => {
  await storeSettings(browser, { version: 1, sites: { [HOST]: { rule: "always" } } });
  await manage(([id]) => chrome.developerPrivate.updateExtensionConfiguration({ extensionId: id, incognitoAccess: true }));
  // That starts the extension anew; a page of it wakes the background.
  await (await options(browser)).close();
  await until("the background", () => version());
  await until("the scripts", async () => (await registered()).length === 2);
  const before = await stored(browser);

  const url = `${server.origin}/story?private`;
  await inWorker(browser, (url) => chrome.windows.create({ incognito: true, url }), url);
  const page = await until("the private page", () => browser.context.browser().contexts().flatMap((context) => context.pages()).find((one) => one.url() === url));
  await until("highlights", () => marked(page));
  const all = await marked(page);
  const ask = (message) =>
    inWorker(browser, async ([url, message]) => {
      const tab = (await chrome.tabs.query({})).find((one) => one.incognito);
      return chrome.tabs.sendMessage(tab.id, message, { frameId: 0 });
    }, [url, message]);
  assert.equal((await ask({ type: "status" })).on, true);

  // From the card: as anywhere, but for this page alone.
  await hover(browser, page, "anonymous", 0);
  await pressCard(browser, page, "Dismiss");
  await pressCard(browser, page, "flag");
  await until("one less", async () => (await marked(page)) === all - 1);
  await pressCard(browser, page, "Undo");
  await until("one back", async () => (await marked(page)) === all);
  await until("nothing of ours", async () => (await closedRoots(browser, page)).length === 0);
  // From the popup: the same message.
  await ask({ type: "lend", act: { what: "filter", categories: { anonymous: false, unsourced: true, hedged: true } } });
  await until("none", async () => (await marked(page)) === 0);
  assert.equal((await ask({ type: "status" })).lent.at(-1).categories.anonymous, false);
  assert.deepEqual(await stored(browser), before);
});
