/** Who may ask the background for what: a page that got hold of its content script must gain nothing by it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { FOR_FRAMES, forOurPages, highlights, options, settled, stored, storeSettings } from "./lib/hearsay.mjs";

const at = withBrowser();

/** A page that is read, and a way to send what its content script could send. `prepared`: what the page does before. */
async function held(path = "/story", prepared = () => {}) {
  const page = await at.browser.open(at.origin + path);
  await page.evaluate(prepared);
  const popup = await at.browser.press(page);
  await settled(popup);
  await popup.close();
  const session = await page.context().newCDPSession(page);
  const worlds = [];
  session.on("Runtime.executionContextCreated", ({ context }) => worlds.push(context));
  await session.send("Runtime.enable");
  const { frameTree } = await session.send("Page.getFrameTree");
  const top = ({ auxData }) => auxData.frameId === frameTree.frame.id;
  const ours = () => worlds.filter(({ origin }) => origin === `chrome-extension://${at.browser.id}`).sort((a, b) => top(b) - top(a));
  await until("the content scripts' worlds", () => ours().length === page.frames().length);
  /** From the page itself, or from the frame with that number in it. */
  const send = async (message, frame = 0) => {
    const world = ours()[frame];
    const sent = `chrome.runtime.sendMessage(${JSON.stringify(message)}).then((reply) => reply === undefined ? "unanswered" : { reply }, () => "unanswered")`;
    const { result } = await session.send("Runtime.evaluate", { contextId: world.id, expression: sent, awaitPromise: true, returnByValue: true });
    return result.value;
  };
  const marks = async () => Object.values(await highlights(page)).flat().length;
  await until("flags", marks);
  return { page, send, marks };
}

test("what concerns other tabs and all that is kept, our own pages alone may ask for", async () => {
  await storeSettings(at.browser, {});
  const { page, send } = await held();
  const before = await stored(at.browser);
  const tab = await at.browser.inBackground("chrome.tabs.query({}).then((all) => all[0].id)");
  for (const message of forOurPages(tab, `${at.origin}/story`)) {
    assert.equal(await send(message), "unanswered", message.type);
  }
  assert.deepEqual(await stored(at.browser), before);
  assert.equal((await send({ type: "hello" })).reply.site, "127.0.0.1", "a content script is answered");
  await page.close();
});

test("of other sites and pages a frame learns nothing, and changes nothing", async () => {
  const other = at.origin.replace("127.0.0.1", "localhost");
  const mark = (words) => ({ marks: [{ id: "a", category: "hedged", kind: null, words, around: { before: "", after: "" }, verdict: "wrong", note: "n", at: 1 }], title: "", version: 1 });
  const pages = { own: `${at.origin}/story?elsewhere`, other: `${other}/story`, file: "file:///home/reader/notes.html", frame: "about:srcdoc" };
  await storeSettings(at.browser, {
    version: 1,
    sites: { localhost: { hidden: ["hedged"] }, "127.0.0.1": { hidden: ["unsourced"] } },
    ...Object.fromEntries(Object.entries(pages).map(([name, page]) => [`review ${page}`, mark(name)])),
  });
  const before = await stored(at.browser);
  const { page, send } = await held("/story?own", () => {
    document.body.append(Object.assign(document.createElement("iframe"), { srcdoc: "<p>Officials said so.</p>" }));
  });
  const view = async (page, frame) => (await send({ type: "view", site: "localhost", page, lent: [], lentMarks: [] }, frame)).reply;
  const words = async (name, frame) => (await view(pages[name], frame)).marks.map((one) => one.words);
  // A page's address may have changed by script since the browser told of it.
  await page.evaluate(() => history.pushState(null, "", "/story?pushed"));
  assert.deepEqual(await words("own"), ["own"]);
  for (const name of ["other", "file", "frame"]) assert.deepEqual(await words(name), [], name);
  assert.deepEqual(await words("frame", 1), ["frame"], "a frame without an address of its own");
  assert.deepEqual(await words("own", 1), ["own"], "whose origin is its maker's");
  for (const name of ["other", "file"]) assert.deepEqual(await words(name, 1), [], name);
  for (const frame of [0, 1]) {
    const { view: shown } = await view(pages.own, frame);
    assert.deepEqual(shown.categories, { anonymous: true, unsourced: false, hedged: true }, "of the tab's site");
  }
  for (const name of ["other", "file"]) {
    const dismissal = { category: "hedged", words: "may", flag: { page: pages[name], before: "", after: "" } };
    for (const what of ["dismiss", "restore"]) assert.ok((await send({ type: "act", act: { what, dismissal } })).reply.error, `${what} ${name}`);
  }
  assert.deepEqual(await stored(at.browser), before);
  const dismissal = { category: "hedged", words: "may", flag: { page: pages.own, before: "", after: "" } };
  assert.equal((await send({ type: "act", act: { what: "dismiss", dismissal } })).reply, null);
  await page.close();
});

test("our own pages may not speak for a frame", async () => {
  const page = await options(at.browser);
  const send = (message) => page.evaluate((sent) => chrome.runtime.sendMessage(sent).then((reply) => (reply === undefined ? "unanswered" : { reply }), () => "unanswered"), message);
  for (const type of FOR_FRAMES) assert.equal(await send({ type, off: true }), "unanswered", type);
  assert.ok((await send({ type: "guide" })).reply.guide);
  await page.close();
});

test("messages that make no sense change nothing and stop nothing", async () => {
  await storeSettings(at.browser, {});
  const { page, send, marks } = await held();
  const [before, shown] = [await stored(at.browser), await marks()];
  const ref = { document: "d", revision: 1, order: [0] };
  const facts = { url: null, title: null, language: null };
  const block = { text: "Officials said it may rain.", tag: "p", path: [0] };
  for (const message of [null, 7, "read", [], {}, { type: 7 }, { type: "toString" }, { type: "__proto__" }, { type: "constructor" }, { type: "nonsense" }]) {
    assert.equal(await send(message), "unanswered", JSON.stringify(message));
  }
  for (const message of [
    { type: "read" },
    { type: "read", ...ref, base: null, change: 7, more: false, sheet: null },
    { type: "read", ...ref, base: null, change: { facts: {}, splices: [{ at: 0, remove: 0, blocks: [{}] }] }, more: false, sheet: null },
    { type: "read", ...ref, base: null, change: { facts: { ...facts, phrases: 7 }, splices: [] }, more: false, sheet: null },
    // Found by the fuzzer: this took the engine down.
    { type: "read", ...ref, base: null, change: { facts, splices: [{ at: 0, remove: 0, blocks: [block, block] }] }, more: false, sheet: null },
    { type: "read", ...ref, revision: 2, base: 1, change: { facts, splices: [{ at: 2, remove: 0, blocks: [] }, { at: 1, remove: 1, blocks: [] }, { at: 0, remove: 2, blocks: [] }, { at: 2, remove: 0, blocks: [block] }] }, more: false, sheet: null },
    { type: "details", ...ref, flag: {}, address: 7 },
    { type: "details", ...ref, flag: 4_000_000_000, address: "" },
    { type: "sheet", sheet: { now: { tone: "__proto__", looks: { anonymous: { line: "constructor", colour: "}" } } }, before: null } },
    { type: "act" },
    { type: "act", act: { what: "nonsense" } },
    { type: "act", act: { what: "filter", sites: { "example.org": { rule: "always" } }, phrases: [{ category: "hedged", text: "the", pattern: false }] } },
    { type: "act", act: { what: "dismiss", dismissal: { category: "all", words: 7 } } },
    { type: "tally", category: "all", words: null },
  ]) {
    assert.notEqual(await send(message), "unanswered", JSON.stringify(message));
  }
  const { version, ...after } = await stored(at.browser);
  const kept = { sites: {}, phrases: [], dismissed: [] };
  for (const [name, value] of Object.entries(kept)) assert.deepEqual(after[name] ?? value, before[name] ?? value, name);
  assert.equal(await marks(), shown);
  await page.close();
  // The engine answers as before.
  const next = await held();
  assert.equal(await next.marks(), shown);
  await next.page.close();
});
