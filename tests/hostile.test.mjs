/**
 * Pages that mean harm, or act as if they did. In each: the page is as it was, the work is bounded by
 * counts, its console stays empty, the flags are right or there are none, and the popup says why.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { calm, cardText, highlights, hover, pageInput, pointAt, settled, status } from "./lib/hearsay.mjs";
import { PAGES, told } from "./lib/pages.mjs";

const story = (more = "") => PAGES["/story"].body.replace("<article>", `${more}<article>`);

/** Ways to forbid everything. */
const POLICIES = {
  "default-src 'none'": { "content-security-policy": "default-src 'none'" },
  "scripts and styles of its own only": { "content-security-policy": "default-src 'self'; style-src 'self'; script-src 'self' 'strict-dynamic' 'nonce-x'" },
  "trusted types": { "content-security-policy": "require-trusted-types-for 'script'; trusted-types 'none'; script-src 'none'; object-src 'none'" },
  "sandbox, with scripts": { "content-security-policy": "sandbox allow-scripts" },
  "sandbox": { "content-security-policy": "sandbox" },
  "isolated from all others": { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp", "cross-origin-resource-policy": "same-origin" },
  "no clipboard, no features": { "permissions-policy": "clipboard-write=(), clipboard-read=(), fullscreen=()", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff" },
};

/** Every name that a property of these has, on an element that is read, and on the document. */
const CLOBBER = `
  const names = new Set();
  for (let at = document.querySelector("form"); at; at = Object.getPrototypeOf(at)) for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  for (const type of [ShadowRoot, Text, HTMLSlotElement, HTMLAnchorElement, Document, HTMLDocument]) for (const name of Object.getOwnPropertyNames(type.prototype)) names.add(name);
  for (const name of names) {
    const input = document.createElement("input");
    input.setAttribute("name", name);
    input.type = "hidden";
    input.id = name;
    document.querySelector("form").append(input);
  }
  const all = document.createDocumentFragment();
  for (const name of names) {
    const image = document.createElement("img");
    image.name = name;
    image.hidden = true;
    all.append(image);
  }
  Document.prototype.querySelector.call(document, "#here").append(all);`;

const CLOBBERED = {
  "/clobbered": {
    body: `<!doctype html><html lang="en"><head><title>Harbour news</title></head><body><div id="here"></div><form>${/<article>[\s\S]*<\/article>/.exec(PAGES["/story"].body)[0]}</form><script>${CLOBBER}</script></body></html>`,
  },
  "/named-like-us": { body: story(`<p id="hearsay">The boats lay at the quay.</p><a id="navigation" name="scheduler"></a><p id="chrome"></p><p id="getSelection"></p>`) },
};

/** Markup that makes a page of ours: the story below something else, or in it. */
const STORY = /<article>[\s\S]*<\/article>/.exec(PAGES["/story"].body)[0];
const wrapped = (before, after = "") => PAGES["/story"].body.replace(STORY, () => before + STORY + after);
const scripted = (code, more = "") => wrapped(more, `<script>${code}</script>`);

/** What a page does to the marks, as often as it likes. */
const THIEF = {
  "clears the registry": "CSS.highlights.clear()",
  "overwrites our names": `for (const name of [...CSS.highlights.keys()]) CSS.highlights.set(name, new Highlight())`,
  "empties what is in them": "for (const one of CSS.highlights.values()) one.clear()",
  "puts its own words among ours": `const range = new Range(); range.selectNodeContents(document.querySelector("h1")); for (const one of CSS.highlights.values()) { one.delete([...one][0]); one.add(range); }`,
};

const at = withBrowser({
  ...PAGES,
  ...CLOBBERED,
  "/prototypes": {
    // Before anything of ours runs, and after it.
    body: wrapped("", `<script>
      const angry = () => { throw new Error("taken"); };
      for (const type of [Node, Element, HTMLElement, Document, Text, Range, Highlight, HighlightRegistry, MutationObserver, Array, Map, Set, WeakMap, Promise, String, RegExp, CSSStyleSheet, EventTarget, AbortController]) {
        for (const name of Object.getOwnPropertyNames(type.prototype)) {
          if (["constructor", "adoptNode"].includes(name)) continue;
          try { Object.defineProperty(type.prototype, name, { configurable: true, get: angry, set: angry }); } catch {}
        }
      }
      for (const name of ["MutationObserver", "ResizeObserver", "Range", "Highlight", "MessageChannel", "getComputedStyle", "requestAnimationFrame", "scheduler", "CSSStyleSheet", "queueMicrotask", "setTimeout"]) window[name] = angry;
      </script>`),
  },
  "/element-of-ours": {
    // It knows a closed root of an element that it has made its own.
    body: scripted(`window.roots = [];
      new MutationObserver((records) => {
        for (const { addedNodes } of records) for (const node of addedNodes) {
          if (!node.localName?.startsWith("hearsay")) continue;
          window.roots.push("came");
          if (!customElements.get(node.localName)) customElements.define(node.localName, class extends HTMLElement {
            constructor() { super(); const root = this.attachInternals().shadowRoot ?? this.shadowRoot; if (root) window.roots.push(root); }
          });
        }
      }).observe(document, { subtree: true, childList: true });
      customElements.define("hearsay-card", class extends HTMLElement {
        constructor() { super(); const root = this.attachInternals().shadowRoot; if (root) window.roots.push(root); }
        connectedCallback() { this.remove(); }
      });`),
  },
  "/host-thief": {
    body: scripted(`window.taken = 0; new MutationObserver((records) => { for (const { addedNodes } of records) for (const node of addedNodes) if (node.localName?.startsWith("hearsay")) { window.taken += 1; node.remove(); } }).observe(document.documentElement, { childList: true });`),
  },
  "/toggle-thief": {
    body: scripted(`document.addEventListener("beforetoggle", (event) => { event.target.remove(); event.preventDefault(); }, true);`),
  },
  "/sup": {
    // A sign that leads to a note, or all of a page in one sign in another.
    body: scripted(`let at = document.querySelector("#deep"); for (let i = 0; i < 4000; i++) { const sup = document.createElement("sup"); at.append("Officials said the wall may fall. ", sup); at = sup; }`, `<div id="deep" style="line-height: 0"></div>`),
  },
  "/link-host": { body: wrapped(`<p id="linked">The wall <a href="/x"><span>held, but </span>Officials said</a> that it may fall.</p>`) },
  "/long-words": { body: wrapped("").replace("<article>", () => `<article class="${"x ".repeat(200_000)}" id="${"y".repeat(500_000)}">`).replace("<title>Harbour news", () => `<title>${"Harbour news ".repeat(200_000)}`).replace('lang="en"', `lang="en-${"x".repeat(500_000)}"`) },
  ...Object.fromEntries(Object.values(POLICIES).map((headers, i) => [`/policy-${i}`, { body: story(), headers }])),
});

/** Every node of the document with what it holds. */
const nodesOf = (page) =>
  page.evaluate(() => {
    const nodes = [];
    const walker = Document.prototype.createTreeWalker.call(document, document);
    const name = Object.getOwnPropertyDescriptor(Node.prototype, "nodeName").get;
    const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue").get;
    const attributes = Object.getOwnPropertyDescriptor(Element.prototype, "attributes").get;
    for (let node = document; node; node = walker.nextNode()) {
      nodes.push(name.call(node), value.call(node) ?? "");
      if (node instanceof Element) for (const attribute of attributes.call(node)) nodes.push(`${attribute.name}=${attribute.value}`);
    }
    return nodes.join("\n");
  });

/** Opens a page and presses the button. `complaints`: what its console has against it, by whoever. */
async function attack(path) {
  const page = await at.browser.context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  await page.goto(at.origin + path);
  await page.bringToFront();
  const [before, said] = [await nodesOf(page), complaints.length];
  const popup = await at.browser.press(page);
  return {
    page,
    popup,
    now: await settled(popup),
    /** The page is as it was, and had nothing to say. */
    unharmed: async () => {
      assert.deepEqual(complaints.slice(said), []);
      assert.ok((await nodesOf(page)) === before, "the document was changed");
    },
  };
}

/** What the popup says first. */
const says = async (popup) => `${await popup.text("#headline")} ${await popup.text("#note")}`;

/** The flags of the plain story, read once. */
let plain;
async function marksOfStory() {
  if (!plain) {
    const { page } = await attack("/story?plain");
    plain = await highlights(page);
    await page.close();
  }
  return plain;
}

for (const [i, name] of Object.keys(POLICIES).entries()) {
  test(`policy: ${name}`, async () => {
    const expected = await marksOfStory();
    const { page, now, unharmed } = await attack(`/policy-${i}`);
    assert.equal(now.error, null);
    assert.deepEqual(await highlights(page), expected);
    assert.match(await hover(at.browser, page, "anonymous"), /a senior clerk/);
    await page.mouse.move(1, 1);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
    await unharmed();
  });
}

for (const path of Object.keys(CLOBBERED)) {
  test(`DOM clobbering: ${path}`, async () => {
    const expected = await marksOfStory();
    const { page, popup, now, unharmed } = await attack(path);
    assert.equal(now.error, null);
    assert.deepEqual(await highlights(page), expected);
    const { title, blocks } = await pageInput(popup);
    assert.equal(title, "Harbour news");
    assert.ok(blocks.some(({ text }) => text.startsWith("Mara Lindqvist, the harbour master, said")));
    assert.match(await hover(at.browser, page, "anonymous"), /a senior clerk/);
    await page.mouse.move(1, 1);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
    await unharmed();
    await page.evaluate((text) => {
      const p = Document.prototype.createElement.call(document, "p");
      p.append(text);
      Element.prototype.append.call(Document.prototype.querySelector.call(document, "article"), p);
    }, told(1));
    await until("what comes later", async () => (await highlights(page)).anonymous.includes("Officials said"));
  });
}

test("overwritten prototypes and globals are the page's own trouble", async () => {
  const expected = await marksOfStory();
  const page = await at.browser.context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${at.origin}/prototypes`);
  await page.bringToFront();
  const popup = await at.browser.press(page);
  const now = await settled(popup);
  assert.equal(now.error, null);
  assert.equal(now.shown, Object.values(expected).flat().length);
  assert.deepEqual(complaints.filter((text) => text.includes("taken")), []);
});

for (const [name, act] of Object.entries(THIEF)) {
  test(`marks: a page that ${name} once has them put back; one that never stops has its way, and the popup says so`, async () => {
    const expected = await marksOfStory();
    const { page, popup } = await attack(`/story?${encodeURIComponent(name)}`);
    await page.evaluate(act);
    await page.evaluate(() => document.body.append(document.createElement("i")));
    await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(expected));
    assert.equal((await status(popup)).troubles.length, 0);

    await page.evaluate((code) => {
      const act = new Function(code);
      const again = () => {
        if (CSS.highlights.size > 0) act();
        document.body.classList.toggle("x");
        window.stop = requestAnimationFrame(again);
      };
      again();
    }, act);
    await until("the end of the fight", async () => (await status(popup)).troubles.includes("beaten"), 60_000);
    const before = (await calmed(popup)).work;
    await page.evaluate(() => cancelAnimationFrame(window.stop));
    const { work } = await calm(popup);
    assert.equal(work.messages, before.messages, "the engine has no part in it");
    await popup.close();
    const again = await at.browser.press(page);
    assert.match(await says(again), /took the marks away/);
    // The reader may try once more.
    await again.click("#master");
    await until("off", async () => !(await status(again)).on);
    await again.click("#master");
    await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(expected));
    assert.deepEqual((await status(again)).troubles, []);
  });
}

/** The status, whether or not the page is calm. */
const calmed = (popup) => status(popup);

test("our element can't be made the page's own, and what is in it stays closed", async () => {
  const { page } = await attack("/element-of-ours");
  assert.match(await hover(at.browser, page, "anonymous"), /a senior clerk/);
  const roots = await until("the page to notice", () => page.evaluate(() => window.roots.length > 0 && window.roots.map(String)));
  assert.deepEqual([...new Set(roots)], ["came"], "a root of ours is open to the page");
});

test("a page that removes our element each time: no card, no loop, and the marks stay", async () => {
  const expected = await marksOfStory();
  const { page, popup, unharmed } = await attack("/host-thief");
  for (let time = 1; time <= 3; time++) {
    await page.mouse.move(1, 1);
    await page.waitForTimeout(500); // Longer than a card lingers.
    const { x, y } = await pointAt(page, "anonymous");
    await page.mouse.move(x - 3, y);
    await page.mouse.move(x, y, { steps: 2 });
    await until("it is taken", async () => (await page.evaluate("taken")) >= time);
    await page.waitForTimeout(400); // Longer than a card waits.
    assert.equal(await page.evaluate("taken"), time, "once for each time that the pointer rests");
  }
  assert.deepEqual(await highlights(page), expected);
  assert.equal((await calm(popup)).work.rounds, 1, "it is no change of the page");
  await unharmed();
});

test("a page that keeps our element from standing in front", async () => {
  const { page, now, unharmed } = await attack("/toggle-thief");
  assert.equal(now.error, null);
  const { x, y } = await pointAt(page, "anonymous");
  await page.mouse.move(x - 3, y);
  await page.mouse.move(x, y, { steps: 2 });
  await page.waitForTimeout(600);
  await unharmed();
});

test("messages and events that a page makes up are not heard", async () => {
  const { page, popup, unharmed } = await attack("/story?fakes");
  const before = await status(popup);
  const point = await pointAt(page, "anonymous");
  const heard = await page.evaluate(async ({ id, x, y }) => {
    const messages = [{ type: "off", dismiss: true }, { type: "read" }, { type: "on" }, { type: "bye", site: true }, { type: "siteOff", off: true }, { type: "hand" }];
    const answers = [];
    addEventListener("message", ({ source, data }) => source !== window && answers.push(data));
    for (const message of messages) {
      window.postMessage(message, "*");
      window.postMessage(JSON.stringify(message), "*");
      for (const to of [window, document, document.documentElement]) to.dispatchEvent(new CustomEvent(`hearsay-${message.type}`, { detail: message, bubbles: true }));
      // Only a page that an extension names may write to it; ours names none.
      if (globalThis.chrome?.runtime?.sendMessage) await chrome.runtime.sendMessage(id, message).then((reply) => answers.push(reply), () => {});
      if (globalThis.chrome?.runtime?.connect) try { chrome.runtime.connect(id, { name: "panel" }).postMessage(message); } catch {}
    }
    new BroadcastChannel("panel").postMessage(messages[0]);
    const target = document.elementFromPoint(x, y);
    for (const type of ["pointermove", "pointerover", "pointerdown", "click"]) target.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, clientX: x, clientY: y }));
    for (const key of ["Escape", "j", "Enter"]) document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, altKey: true, shiftKey: true }));
    for (const type of ["resize", "popstate", "hashchange", "pagehide", "visibilitychange"]) window.dispatchEvent(new Event(type));
    for (let i = 0; i < 50; i++) document.querySelector("p").dispatchEvent(new Event("load"));
    await new Promise((resolve) => setTimeout(resolve, 700)); // Longer than a card takes to open.
    return { answers, globals: Object.keys(window).filter((name) => /hearsay/i.test(name)) };
  }, { id: at.browser.id, ...point });
  assert.deepEqual(heard, { answers: [], globals: [] });
  assert.equal(await cardText(at.browser, page), "");
  const after = await status(popup);
  assert.ok(after.on);
  assert.deepEqual(after.work, before.work, "nothing was done");
  await unharmed();
});

test("a real card is not the page's to close or to press", async () => {
  const { page } = await attack("/story?pressed");
  await hover(at.browser, page, "anonymous");
  await page.evaluate(() => {
    const host = document.documentElement.lastElementChild;
    for (const type of ["pointerleave", "pointerout", "click"]) host.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true }));
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    window.dispatchEvent(new Event("scroll"));
    window.dispatchEvent(new Event("resize"));
  });
  await page.waitForTimeout(500);
  assert.match(await cardText(at.browser, page), /a senior clerk/);
});

test("what leaves a link is noticed, although a link has a host", async () => {
  const { page, popup } = await attack("/link-host");
  const linked = async () => (await pageInput(popup)).blocks.find(({ text }) => text.startsWith("The wall held"))?.text;
  assert.equal(await linked(), "The wall held, but Officials said that it may fall.");
  await page.evaluate(() => document.querySelector("#linked a").lastChild.remove());
  await until("the text without it", async () => (await linked()) === "The wall held, but that it may fall.");
});

test("a page in a raised sign in another, 4,000 deep, costs what its nodes cost", async () => {
  const { now, popup } = await attack("/sup");
  assert.equal(now.error, null);
  assert.ok((await calm(popup)).work.visited < 20_000);
});

test("what a page says of itself without end is cut: class words, title, language, address", async () => {
  const expected = await marksOfStory();
  const { page, popup, now } = await attack("/long-words");
  assert.equal(now.error, null);
  await page.evaluate(() => history.pushState(null, "", `?${"z".repeat(50_000)}`));
  await until("the address", async () => (await pageInput(popup)).url.includes("zzz"));
  await calm(popup);
  assert.deepEqual(await highlights(page), expected);
  const input = await pageInput(popup);
  const { blocks, ...facts } = input;
  assert.ok(JSON.stringify(facts).length < 12_000, "facts go with every message");
  assert.ok(JSON.stringify(blocks).length < 12_000);
});
