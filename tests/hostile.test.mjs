/**
 * Pages that mean harm, or act as if they did. In each: the page is as it was, the work is bounded by
 * counts, its console stays empty, the flags are right or there are none, and the popup says why.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { calm, cardText, highlights, hover, inCard, pageInput, peek, pointAt, settled, sourcing, status } from "./lib/hearsay.mjs";
import { CLOBBERED, PAGES, STORY, SURE, THIEVES, told, wrapped } from "./lib/pages.mjs";


const scripted = (code, more = "") => wrapped(more, `<script>${code}</script>`);

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

/** What a page does to the marks, as often as it likes. */
const THIEF = {
  "clears the registry": "CSS.highlights.clear()",
  "overwrites our names": `for (const name of [...CSS.highlights.keys()]) CSS.highlights.set(name, new Highlight())`,
  "empties what is in them": "for (const one of CSS.highlights.values()) one.clear()",
  "puts its own words among ours": `const range = new Range(); range.selectNodeContents(document.querySelector("h1")); for (const one of CSS.highlights.values()) { one.delete([...one][0]); one.add(range); }`,
};

/** More than a page can mean. What is far from the first window is not laid out, for the browser's sake. */
const SURE_AND_STILL = `${SURE} ${"The quay was wet and the boats lay still. ".repeat(10)}`;
const huge = (code) => ({
  body: `<!doctype html><html lang="en"><head><title>Harbour news</title><style>.far { content-visibility: auto; contain-intrinsic-size: 1px 400px }</style></head>
<body><article id="story"><p>${SURE}</p><div style="height: 3000px"></div></article><script>${code}</script></body></html>`,
});
const HUGE = {
  "/million-texts": huge(`for (let i = 0; i < 5000; i++) {
    const p = document.createElement("p"); p.className = "far";
    for (let j = 0; j < 200; j++) p.append(j % 20 ? "boat " : ${JSON.stringify(`${SURE} `)});
    story.append(p);
  }`),
  "/one-text-of-50-MB": huge(`const p = document.createElement("p"); p.className = "far"; p.textContent = ${JSON.stringify(SURE_AND_STILL)}.repeat(105_000); story.append(p);`),
  "/50-MB": huge(`for (let i = 0; i < 1050; i++) {
    const div = document.createElement("div"); div.className = "far";
    div.innerHTML = ${JSON.stringify(`<p>${SURE_AND_STILL}</p>`)}.repeat(100);
    story.append(div);
  }`),
  "/million-comments": huge(`const part = document.createDocumentFragment(); for (let i = 0; i < 1000; i++) part.append(document.createComment(""), "\\n"); for (let i = 0; i < 500; i++) story.append(part.cloneNode(true));
    story.append(Object.assign(document.createElement("p"), { textContent: "Officials said nothing down here." }));`),
};

/** Files of other kinds. */
const FILES = {
  "/text": { type: "text/plain; charset=utf-8", body: STORY.replace(/<h1>(.*)<\/h1>/, "$1\n\n").replace(/<\/p>/g, "\n\n").replace(/<[^>]*>/g, "") },
  "/xhtml": { type: "application/xhtml+xml", body: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>Harbour news</title></head><body>${STORY}</body></html>` },
  "/svg": { type: "image/svg+xml", body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20"><text y="10">Officials said the wall may fall.</text></svg>` },
  "/xml": { type: "application/xml", body: `<?xml version="1.0"?><news><p>Officials said the wall may fall.</p></news>` },
  "/json": { type: "application/json", body: JSON.stringify({ text: SURE }) },
  "/pdf": { type: "application/pdf", body: `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n` },
};

const at = withBrowser({
  ...PAGES,
  ...CLOBBERED,
  ...THIEVES,
  ...HUGE,
  ...FILES,
  "/restless": { body: wrapped(`<div id="here"></div>`) },
  "/slotted": { body: PAGES["/story"].body.replace("</article>", `<my-list></my-list></article><script>
      const list = document.querySelector("my-list");
      list.attachShadow({ mode: "open" }).innerHTML = "<div><slot></slot></div>";
      for (let i = 0; i < 5000; i++) list.append(document.createElement("i"), " ");
    </script>`) },
  "/hidden": { body: scripted(`for (let i = 0; i < 5000; i++) { const p = document.createElement("p"); p.hidden = true; p.append("Officials said so."); document.querySelector("#here").append(p); }`, `<div id="here"></div>`) },
  "/dying": { body: wrapped(`<div id="here"></div>`) },
  "/zero-width": { body: wrapped("", `<p id="zero">Off\u200bicials sa\u200did the wall \u2060may fall. \u202eCritics argue\u202c that it is \u2067probably\u2069 too late.</p><p>\u202e\u202e\u202eA senior \u202eclerk said\u2066 that it held.</p>`) },
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
  "/toggle-thief": {
    body: scripted(`document.addEventListener("beforetoggle", (event) => { event.target.remove(); event.preventDefault(); }, true);`),
  },
  "/sup": {
    // A sign that leads to a note, or all of a page in one sign in another.
    body: scripted(`let at = document.querySelector("#deep"); for (let i = 0; i < 1500; i++) { const sup = document.createElement("sup"); at.append("Officials said the wall may fall. ", sup); at = sup; }`, `<div id="deep" style="line-height: 0"></div>`),
  },
  "/link-host": { body: wrapped(`<p id="linked">The wall <a href="/x"><span>held, but </span>Officials said</a> that it may fall.</p>`) },
  "/long-words": { body: wrapped("").replace("<article>", () => `<article class="${"x ".repeat(200_000)}" id="${"y".repeat(500_000)}">`).replace("<title>Harbour news", () => `<title>${"Harbour news ".repeat(200_000)}`).replace('lang="en"', `lang="en-${"x".repeat(500_000)}"`) },
  ...Object.fromEntries(Object.values(POLICIES).map((headers, i) => [`/policy-${i}`, { body: wrapped(), headers }])),
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

/** Opens a page and presses the button. Without `whole` nothing is remembered of it. */
async function attack(path, whole = true) {
  const page = await at.browser.context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  await page.goto(at.origin + path);
  await page.bringToFront();
  const [before, said] = [whole && (await nodesOf(page)), complaints.length];
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
    if (path === "/clobbered") assert.equal(await page.evaluate(() => [document.body, document.createRange, document.forms, document.title].every((one) => one instanceof HTMLImageElement)), true, "the page does what it is here for");
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
    await until("the flag to be left", () => page.evaluate(() => !CSS.highlights.has("hearsay-anonymous-active")));
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
  const before = await calm(popup);
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

test("a page in a raised sign in another, 1,500 deep, costs what its nodes cost", async () => {
  const { now, popup } = await attack("/sup");
  assert.equal(now.error, null);
  assert.ok((await calm(popup)).work.visited < 10_000);
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

for (const path of Object.keys(HUGE)) {
  test(`${path.slice(1).replaceAll("-", " ")}: the beginning is read, in bounded steps, and the popup says so`, async () => {
    const { page, popup, now } = await attack(path, false);
    assert.equal(now.error, null);
    assert.deepEqual(now.troubles, ["cut"]);
    const { work, reading, shown } = await calm(popup);
    assert.ok(work.visited <= 250_010, `${work.visited} nodes visited`);
    assert.ok(work.collected <= 60_000, `${work.collected} blocks`);
    assert.equal(work.blocks, work.collected, "each is sent once");
    assert.ok(work.ranges <= 3_000 && shown <= 3_000, `${work.ranges} ranges`);
    assert.ok(work.messages <= 100, `${work.messages} messages`);
    // What the background holds of it.
    const { blocks } = await pageInput(popup);
    const text = blocks.reduce((sum, block) => sum + block.text.length, 0);
    assert.ok(text <= 8_005_000, `${text} units of text`);
    assert.ok(blocks.every((block) => block.text.length <= 405_000), "no block is longer than a message should be");
    assert.match(await says(popup), new RegExp(`Only the first ${reading.words.toLocaleString("en")} words were read`));
    assert.ok(Object.values(await highlights(page)).flat().length > 1);

    // A change costs itself, not all of it again.
    if (text < 8_000_000) {
      await page.evaluate((text) => {
        document.querySelector("p").after(Object.assign(document.createElement("p"), { textContent: text }));
      }, told(1));
      await until("what is added", async () => (await pageInput(popup)).blocks[1].text.startsWith("Officials said that boat"), 60_000);
      const more = (await calm(popup)).work;
      assert.ok(more.visited - work.visited <= 10, `${more.visited - work.visited} nodes visited for a paragraph`);
    }
    await page.close();
    await at.browser.killWorker();
  });
}

/** Does something to the page again and again, without a pause, until `window.done`. */
const restless = (page, act) =>
  page.evaluate((code) => {
    window.turns = 0;
    const act = new Function(`return (${code})()`)();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      if (window.done) return;
      window.turns += 1;
      act();
      channel.port2.postMessage(null);
    };
    channel.port2.postMessage(null);
  }, String(act));

test("a page that changes faster than it can be read gets no marks, at a bounded price, and the popup says so; once it rests it is read", async () => {
  const expected = await marksOfStory();
  const { page, popup } = await attack("/restless");
  await restless(page, () => {
    const part = document.createDocumentFragment();
    for (let i = 0; i < 5_000; i++) part.append(Object.assign(document.createElement("i"), { textContent: "boat " }));
    return () => document.querySelector("#here").replaceChildren(part.cloneNode(true));
  });
  const { work } = await until("restless", async () => {
    const now = await status(popup);
    return now.troubles.includes("restless") && now;
  }, 120_000);
  assert.ok(work.visited + work.checked <= work.rounds * 500_020, `${work.visited} nodes visited in ${work.rounds} rounds`);
  assert.ok(work.messages <= work.rounds, `${work.messages} messages in ${work.rounds} rounds`);
  await popup.close();
  const again = await at.browser.press(page);
  assert.match(await says(again), /changes faster than it can be read/);
  await page.evaluate(() => {
    window.done = true;
    document.querySelector("#here").replaceChildren();
  });
  const now = await until("a calm page", async () => {
    const now = await status(again);
    return !now.work.pending && now.troubles.length === 0 && now;
  }, 120_000);
  assert.equal(now.error, null);
  assert.deepEqual(await highlights(page), expected);
});

test("more changes at a time than anyone can note are not noted", async () => {
  const expected = await marksOfStory();
  const { page, popup } = await attack("/restless?many");
  await restless(page, () => {
    const text = document.querySelector("#here").appendChild(new Text(""));
    return () => { for (let i = 0; i < 60_000; i++) text.data = `Boat ${i}.`; };
  });
  await until("20 turns", () => page.evaluate("turns > 20"), 60_000);
  await page.evaluate(() => {
    window.done = true;
    document.querySelector("#here").replaceChildren();
  });
  const { work, error } = await calm(popup);
  assert.equal(error, null);
  // All of it is read anew, which is less than what was told.
  assert.ok(work.visited <= work.rounds * 30, `${work.visited} nodes visited in ${work.rounds} rounds`);
  assert.deepEqual(await highlights(page), expected);
});

test("a page that answers every change with another, or moves its text about, is read at our pace", async () => {
  const { page, popup } = await attack("/story?answers");
  const before = (await calm(popup)).work;
  const took = await page.evaluate(async () => {
    const [begun, story] = [performance.now(), document.querySelector("article")];
    let answers = 0;
    await new Promise((resolve) => {
      new MutationObserver((_, observer) => setTimeout(() => {
        if (++answers === 400) {
          observer.disconnect();
          return resolve();
        }
        if (answers % 2) story.append(story.children[1]);
        else story.children[1].before(story.lastChild);
        story.classList.toggle("x");
      })).observe(document, { subtree: true, childList: true, attributes: true });
      story.append(story.children[1]);
    });
    return performance.now() - begun;
  });
  const { work } = await calm(popup);
  // At least 50 ms lie between two rounds.
  const rounds = work.rounds - before.rounds;
  assert.ok(rounds <= took / 50 + 3, `${rounds} rounds in ${took} ms`);
  assert.ok(work.visited - before.visited <= rounds * 40, `${work.visited - before.visited} nodes visited`);
  assert.ok(work.messages - before.messages <= rounds);
  assert.equal(Object.values(await highlights(page)).flat().length, Object.values(await marksOfStory()).flat().length);
});

test("5,000 hidden elements: some are awaited; 10,000 nodes in a slot: each is looked at once", async () => {
  const hidden = await attack("/hidden");
  assert.ok((await calm(hidden.popup)).work.awaited <= 2_000);
  await hidden.page.close();
  const { page, popup } = await attack("/slotted");
  const before = (await calm(popup)).work;
  await page.evaluate((text) => document.querySelector("my-list").append(text), told(1));
  await until("its mark", async () => (await highlights(page)).anonymous.includes("Officials said"), 60_000);
  const { work } = await calm(popup);
  assert.ok(work.visited - before.visited <= 6 * 10_000, `${work.visited - before.visited} nodes visited`);
});

test("a page that is written anew while it is read has marks and cards, and is heard", async () => {
  const expected = await marksOfStory();
  const page = await at.browser.open(`${at.origin}/story?written`);
  await page.evaluate((story) => {
    window.times = 0;
    const write = () => {
      document.open();
      document.write(`<!doctype html><title>Written ${times}</title>${story}`);
      document.close();
      if (++window.times < 40) setTimeout(write, 10);
    };
    write();
  }, STORY);
  const popup = await at.browser.press(page);
  await until("the last one", () => page.evaluate("times === 40"));
  await settled(popup);
  const now = await calm(popup);
  assert.equal(now.error, null);
  assert.equal(now.title, "Written 39");
  assert.deepEqual(await highlights(page), expected);
  await popup.close();
  assert.match(await hover(at.browser, page, "anonymous"), /a senior clerk/);
  await page.keyboard.press("Escape");
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  // Once more, now that the script is there which answers the pointer.
  await page.evaluate((story) => {
    document.open();
    document.write(`<title>Once more</title>${story}`);
    document.close();
  }, STORY);
  await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(expected));
  const again = await at.browser.press(page);
  await calm(again);
  await again.close();
  await page.mouse.move(1, 1);
  assert.match(await hover(at.browser, page, "anonymous"), /a senior clerk/);
});

test("a page that takes its root or its body away, and brings it back", async () => {
  const expected = await marksOfStory();
  const { page, popup } = await attack("/story?rootless");
  for (const what of ["documentElement", "body"]) {
    await page.evaluate((name) => {
      window.kept = document[name];
      window.kept.remove();
    }, what);
    await until("nothing", async () => (await status(popup)).shown === 0);
    assert.equal((await calm(popup)).error, null);
    await page.evaluate((name) => (name === "body" ? document.documentElement : document).append(window.kept), what);
    await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(expected));
  }
});

for (const path of ["/text", "/xhtml"]) {
  test(`${path.slice(1)} is read as a page is`, async () => {
    const expected = await marksOfStory();
    const { page, now, unharmed } = await attack(path);
    assert.equal(now.error, null);
    assert.deepEqual(await highlights(page), expected);
    assert.match(await peek(at.browser, page, "anonymous"), /Someone is quoted here/);
    await page.mouse.move(1, 1);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
    await unharmed();
  });
}

test("xml that the browser draws as a tree is marked as what is drawn", async () => {
  const { page, now, unharmed } = await attack("/xml");
  assert.equal(now.error, null);
  assert.deepEqual((await highlights(page)).anonymous, ["Officials said"]);
  await unharmed();
});

for (const path of ["/svg", "/json", "/pdf"]) {
  test(`${path.slice(1)}: the popup says what it is not`, async () => {
    const page = await at.browser.open(at.origin + path);
    const popup = await at.browser.press(page);
    assert.match(await says(popup), /could not be read.* a picture, a document or data/);
    assert.deepEqual(await page.evaluate(() => [...CSS.highlights.values()].flatMap((one) => [...one]).length), 0);
    await popup.close();
  });
}

test("pages of the browser's, of extensions and without an address of their own are closed, and the popup says so", async () => {
  for (const open of at.browser.context.pages()) if (open.url() === "about:blank") await open.close();
  const page = await at.browser.context.newPage();
  for (const url of ["about:blank", "chrome://version/", `chrome-extension://${at.browser.id}/options.html`, "data:text/html,<p>Officials said so.</p>"]) {
    await page.goto(url).catch(() => {});
    await page.bringToFront();
    const popup = await at.browser.press(page);
    assert.match(await says(popup), /closed to extensions/, url);
    await popup.close();
  }
});

test("frames that die in the middle leave nothing behind", async () => {
  const { page, popup, unharmed } = await attack("/dying");
  const own = (await sourcing(popup)).sentence;
  // Long ones, so that they die before, while and after they are read.
  await page.evaluate(async (text) => {
    for (let i = 0; i < 30; i++) {
      const frame = document.createElement("iframe");
      frame.srcdoc = `<p>${text.repeat(1 + (i % 3) * 400)}</p>`;
      here.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (i % 2) frame.remove();
      else setTimeout(() => frame.remove(), 20 * i);
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
  }, `${told(1)} Mara Lindqvist, the harbour master, said so. `);
  assert.equal(await page.evaluate(() => document.querySelectorAll("iframe").length), 0);
  assert.equal((await calm(popup)).error, null);
  await popup.close();
  const again = await at.browser.press(page);
  assert.equal((await sourcing(again)).sentence, own, "what the page's claims rest on");
  await unharmed();
});

test("more frames than anyone reads: some are, the others are left", async () => {
  const { page, popup } = await attack("/dying?many");
  await page.evaluate((text) => {
    for (let i = 0; i < 90; i++) here.insertAdjacentHTML("beforeend", `<iframe srcdoc="<p>${text}</p>" width="300" height="60"></iframe>`);
  }, `${told(1)} The quay was wet and the boats lay still, and nobody came to the gate before the evening.`);
  const marked = () => page.evaluate(() => [...document.querySelectorAll("iframe")].filter((frame) => [...(frame.contentWindow.CSS.highlights.get("hearsay-anonymous") ?? [])].length > 0).length);
  await until("those that are read", async () => (await marked()) === 63, 60_000);
  assert.equal((await calm(popup)).error, null);
});

test("signs without width and signs that turn words round: the flags are right or there are none, and the card stays in order", async () => {
  const expected = await marksOfStory();
  const { page, popup, now, unharmed } = await attack("/zero-width");
  assert.equal(now.error, null);
  const marks = await highlights(page);
  for (const [category, words] of Object.entries(expected)) for (const one of words) assert.ok(marks[category].includes(one), one);
  // Whatever is marked beside them is there in the page, sign for sign.
  const text = await page.evaluate(() => document.body.textContent.replace(/\s+/g, " "));
  for (const one of Object.values(marks).flat()) assert.ok(text.includes(one), one);
  // Where the page's words stand in the card, nothing of them reaches beyond.
  await hover(at.browser, page, "anonymous");
  const isolated = await inCard(at.browser, page, `function () {
    return [...this.querySelectorAll("[lang=en]")].map((one) => getComputedStyle(one).unicodeBidi);
  }`);
  assert.ok(isolated.length > 1 && isolated.every((how) => how === "isolate" || how === "plaintext"), String(isolated));
  assert.equal((await calm(popup)).work.rounds, 1);
  await page.mouse.move(1, 1);
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  await unharmed();
});
