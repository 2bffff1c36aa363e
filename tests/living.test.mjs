/** Pages that change while they are read. What it costs is counted: nodes, blocks, messages, ranges. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { until } from "./lib/browser.mjs";
import { withBrowser } from "./lib/fixture.mjs";
import { askPage, calm, cardText, highlights, hover, ON, pageInput, POPUP, registry, settled, status, storeSettings } from "./lib/hearsay.mjs";
import { LIVING, told } from "./lib/pages.mjs";

const at = withBrowser(LIVING);

// What one test chose to see, the next one would have to expect.
beforeEach(() => storeSettings(at.browser, {}));

/** Opens a page and presses the button; waits until it is read. */
async function read(path) {
  const page = await at.browser.open(at.origin + path);
  const popup = await at.browser.press(page);
  await settled(popup);
  const { work } = await calm(popup);
  return { page, popup, work };
}

/** Does something to the page and tells what reading it again cost. */
async function cost(popup, act) {
  const before = await calm(popup);
  await act();
  const after = await calm(popup);
  const spent = { taken: after.reading.taken - before.reading.taken };
  for (const [name, value] of Object.entries(after.work)) if (typeof value === "number") spent[name] = value - before.work[name];
  return spent;
}

const anonymous = async (page) => (await highlights(page)).anonymous;
const count = async (page, words) => (await anonymous(page)).filter((text) => text === words).length;

/** The blocks with the numbers of elements counted afresh: what a page looks like, whatever happened to it before. */
function shape(input) {
  const ids = new Map();
  return input.blocks.map(({ path, ...block }) => ({ ...block, path: path.map((id) => ids.get(id) ?? (ids.set(id, ids.size), ids.size - 1)) }));
}

/** What was read bit by bit is what a reading from nothing finds, and is painted the same. */
async function sameAsAfresh(page, popup, message) {
  await calm(popup);
  const marks = async () => Object.values(await highlights(page)).map((words) => words.sort());
  const [blocks, marked] = [shape(await pageInput(popup)), await marks()];
  await askPage(popup, { type: "off", dismiss: false });
  await askPage(popup, ON);
  await calm(popup);
  const fresh = shape(await pageInput(popup));
  // Class words stay as they were met: they may differ.
  const plain = ({ hint: _hint, ...block } = {}) => JSON.stringify(block);
  const odd = fresh.findIndex((block, i) => plain(block) !== plain(blocks[i]));
  assert.equal(odd, -1, `${message ?? ""}: ${plain(blocks[odd])} should be ${plain(fresh[odd])}`);
  assert.equal(blocks.length, fresh.length);
  assert.deepEqual(marked, await marks(), message);
}

const append = (page, ...texts) =>
  page.evaluate((all) => {
    const where = document.querySelector("article");
    for (const text of all) where.append(Object.assign(document.createElement("p"), { textContent: text }));
  }, texts);

for (const path of ["/story?late", "/long?late"]) {
  test(`${path}: a paragraph that comes late is marked, and costs itself`, async () => {
    const { page, popup } = await read(path);
    const before = await highlights(page);
    await page.evaluate(() => {
      window.kept = [...CSS.highlights.get("hearsay-anonymous")];
    });
    const spent = await cost(popup, () => append(page, told(path.length * 1000)));
    const after = await anonymous(page);
    assert.equal(after.length, before.anonymous.length + 1);
    assert.ok(spent.visited <= 4, `${spent.visited} nodes visited`);
    assert.equal(spent.collected, 1);
    assert.equal(spent.blocks, 1);
    assert.equal(spent.messages, 1);
    assert.equal(spent.taken, 1);
    assert.equal(spent.ranges, 1);
    assert.ok(await page.evaluate(() => kept.every((range) => CSS.highlights.get("hearsay-anonymous").has(range))), "the others stay as they are");
    await sameAsAfresh(page, popup);
  });
}

test("in the middle of a long page it costs no more", async () => {
  const { page, popup } = await read("/long?middle");
  const spent = await cost(popup, () =>
    page.evaluate((text) => document.querySelector("#p120").before(Object.assign(document.createElement("p"), { textContent: text })), told(7001)),
  );
  assert.ok(spent.visited <= 5, `${spent.visited} nodes visited`);
  assert.equal(spent.collected, 1);
  assert.equal(spent.blocks, 1);
  assert.equal(spent.taken, 1);
  const gone = await cost(popup, () => page.evaluate(() => document.querySelector("#p40").remove()));
  assert.ok(gone.visited <= 5, `${gone.visited} nodes visited`);
  assert.deepEqual([gone.collected, gone.blocks, gone.taken, gone.ranges], [0, 0, 0, 0]);
  await sameAsAfresh(page, popup);
});

test("infinite scroll: each load costs what it brings", async () => {
  const { page, popup } = await read("/long?scroll");
  for (let load = 0; load < 4; load++) {
    const texts = Array.from({ length: 10 }, (_, i) => told(9000 + load * 10 + i));
    const before = (await anonymous(page)).length;
    const spent = await cost(popup, () => append(page, ...texts));
    assert.equal(spent.collected, 10);
    assert.equal(spent.taken, 10);
    assert.ok(spent.visited <= 35, `${spent.visited} nodes visited`);
    assert.equal((await anonymous(page)).length, before + 10);
  }
  await sameAsAfresh(page, popup);
});

test("text replaced in place is read anew, that block alone", async () => {
  const { page, popup } = await read("/long?replace");
  const was = (await anonymous(page)).length;
  const data = await cost(popup, () =>
    page.evaluate((text) => {
      document.querySelector("#p31").firstChild.data = text;
    }, told(31)),
  );
  assert.equal((await anonymous(page)).length, was + 1);
  assert.deepEqual([data.collected, data.blocks, data.taken, data.messages], [1, 1, 1, 1]);
  assert.ok(data.visited <= 6, `${data.visited} nodes visited`);
  const content = await cost(popup, () =>
    page.evaluate(() => {
      document.querySelector("#p31").textContent = "Mara Lindqvist, the harbour master, went home.";
    }),
  );
  assert.equal((await anonymous(page)).length, was);
  assert.deepEqual([content.collected, content.blocks, content.taken], [1, 1, 1]);
  await sameAsAfresh(page, popup);
});

test("the same text once more is no news: nothing is sent, the marks stand", async () => {
  const { page, popup } = await read("/story?same");
  const before = await highlights(page);
  const spent = await cost(popup, () =>
    page.evaluate(() => {
      for (const p of document.querySelectorAll("p")) p.firstChild.data = String(p.firstChild.data);
      document.querySelector("h1").textContent = document.querySelector("h1").textContent;
    }),
  );
  assert.equal(spent.messages, 0);
  assert.deepEqual(await highlights(page), before);
});

test("“read more”: what a class, an attribute, a summary or a checkbox unfolds is read, and let go of again", async () => {
  const { page, popup } = await read("/fold");
  const base = await count(page, "Officials said");
  const steps = [
    ["a class on what is around it", () => document.querySelector("#fold").classList.toggle("open"), 1],
    ["the attribute hidden", () => document.querySelector("#hidden").toggleAttribute("hidden"), 1],
    ["a summary", () => document.querySelector("#details").toggleAttribute("open"), 1],
    ["a class on the body, for a part of a sentence too", () => document.body.classList.toggle("open"), 2],
  ];
  for (const [name, toggle, more] of steps) {
    await page.evaluate(toggle);
    await until(name, async () => (await count(page, "Officials said")) + (await count(page, "and Officials said")) >= base + more);
    await sameAsAfresh(page, popup, name);
    await page.evaluate(toggle);
    await until(`${name}, closed`, async () => (await count(page, "Officials said")) === base);
    await sameAsAfresh(page, popup, name);
  }
  await page.click("#box");
  await until("a checkbox that only the style sheet knows of", async () => (await count(page, "Officials said")) === base + 1);
});

test("a style sheet that comes late may show and hide", async () => {
  const { page, popup } = await read("/fold?sheet");
  const base = await count(page, "Officials said");
  await page.evaluate(() => document.head.append(Object.assign(document.createElement("style"), { textContent: ".boxed { display: block !important } article > p { display: none }" })));
  await until("what it shows", async () => (await anonymous(page)).length > 0 && (await count(page, "Officials said")) === base + 1);
  assert.ok(!(await anonymous(page)).includes("a senior clerk said"), "what it hides is let go of");
  await sameAsAfresh(page, popup);
});

test("single-page navigation: address and title are those of now, and so is the text", async () => {
  const { page, popup } = await read("/story?spa");
  const renamed = await cost(popup, () => page.evaluate(() => history.replaceState(null, "", "/story?renamed")));
  assert.deepEqual([renamed.messages, renamed.blocks, renamed.visited], [1, 0, 0], "an address alone sends no text");
  assert.match((await pageInput(popup)).url, /\?renamed$/);

  await page.evaluate((text) => {
    history.pushState(null, "", "/another");
    document.title = "Another story";
    document.querySelector("article").innerHTML = `<h1>Another story</h1><p>${text}</p><p>The boats lay at the quay and nobody came to the gate before the evening.</p>`;
  }, told(1));
  await until("the other story's marks", async () => JSON.stringify(await anonymous(page)) === '["Officials said"]');
  const { url, title } = await pageInput(popup);
  assert.match(url, /\/another$/);
  assert.equal(title, "Another story");
  await sameAsAfresh(page, popup);

  await page.evaluate(() => {
    window.addEventListener("popstate", () => {
      document.querySelector("article").innerHTML = "<h1>Back</h1><p>Two officials said the boats might return before the harbour froze over for the winter.</p>";
    });
    history.back();
  });
  await until("the way back", async () => JSON.stringify(await anonymous(page)) === '["Two officials said"]');
  assert.match((await pageInput(popup)).url, /\?renamed$/);
});

test("switched off by hand: the page stays off, the next one of the same application is another page", async () => {
  const { page, popup } = await read("/story?dismiss");
  await popup.click(POPUP.main);
  await until("off", async () => (await registry(page)).length === 0);
  assert.equal((await status(popup)).dismissed, true);
  assert.equal((await askPage(popup, { ...ON, force: false })).on, false);
  await page.evaluate(() => history.pushState(null, "", "/story?dismissed-no-more"));
  assert.equal((await askPage(popup, { ...ON, force: false })).on, true);
});

test("another body, another document", async () => {
  const { page, popup } = await read("/story?body");
  await page.evaluate((text) => {
    const body = document.createElement("body");
    body.innerHTML = `<article><p>${text} The boats lay at the quay and nobody came.</p></article>`;
    document.body = body;
  }, told(1));
  await until("the other body's marks", async () => JSON.stringify(await anonymous(page)) === '["Officials said"]');
  await append(page, told(2));
  await until("what comes later", async () => (await anonymous(page)).length === 2);
  await page.evaluate((text) => {
    document.open();
    document.write(`<title>Written</title><article><p>${text} ${text} ${text}</p></article>`);
    document.close();
  }, told(3));
  await until("the written document's marks", async () => (await anonymous(page)).length === 3);
  await sameAsAfresh(page, popup);
});

test("shadow roots, open and closed, are read, and read again where they change", async () => {
  const { page, popup } = await read("/shadow");
  const base = (await anonymous(page)).length;
  let expected = base;
  for (const mode of ["open", "closed"]) {
    await page.evaluate(([m, html, light]) => grow(m, html, light), [mode, `<p>${told(1)}</p><slot></slot><p>${told(2)}</p>`, `<p>${told(3)}</p>`]);
    expected += 3;
    await until(`the ${mode} root's marks`, async () => (await anonymous(page)).length === expected);
    const spent = await cost(popup, () =>
      page.evaluate(([m, text]) => {
        roots[m].querySelector("p").firstChild.data = text;
      }, [mode, `${told(mode.length * 100)} ${told(5)}`]),
    );
    expected += 1;
    assert.equal((await anonymous(page)).length, expected);
    assert.ok(spent.visited <= 3, `${spent.visited} nodes visited`);
    assert.equal(spent.taken, 1);
    await page.evaluate(([m, text]) => document.querySelector(`my-${m}`).append(Object.assign(document.createElement("p"), { textContent: text })), [mode, told(6)]);
    expected += 1;
    await until("what comes into the slot", async () => (await anonymous(page)).length === expected);
    await page.evaluate((m) => document.querySelector(`my-${m} > p`).remove(), mode);
    expected -= 1;
    await until("what leaves the slot", async () => (await anonymous(page)).length === expected);
    await sameAsAfresh(page, popup, mode);
  }
});

test("a root that is attached to an element that is there already is seen with the next change around it", async () => {
  const { page, popup } = await read("/shadow?attached");
  const base = (await anonymous(page)).length;
  const attached = await cost(popup, () =>
    page.evaluate((text) => {
      document.querySelector("#late").attachShadow({ mode: "open" }).innerHTML = `<p>${text}</p><p>${text}</p>`;
    }, told(1)),
  );
  assert.equal(attached.rounds, 0, "nobody can hear of it");
  await page.evaluate(() => document.querySelector("#late").setAttribute("class", "ready"));
  await until("its marks", async () => (await anonymous(page)).length === base + 1);
  await sameAsAfresh(page, popup);
});

test("whatever happens to a page, in whatever order: read bit by bit is the same as read afresh", async () => {
  const { page, popup } = await read("/shadow?any");
  await page.evaluate((source) => {
    let seed = 7;
    const random = (n) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    const told = new Function(`return ${source}`)();
    const story = document.querySelector("article");
    const deep = [story];
    const all = () => deep.flatMap((root) => [...root.querySelectorAll("*")]).filter((element) => element.isConnected && element.id !== "late");
    const any = () => all()[random(all().length)] ?? story;
    let number = 0;
    const text = () => (random(3) === 0 ? told(number++) : ["the wall ", " held", ", ", " ", "\n", "boats"][random(6)]);
    const make = () => {
      const element = document.createElement(["p", "div", "span", "b", "br", "a", "my-box", "section", "nav", "details", "button"][random(11)]);
      if (element.localName === "my-box") {
        const root = element.attachShadow({ mode: random(2) ? "open" : "closed" });
        root.innerHTML = `<p>${told(number++)}</p><i>in </i><slot></slot> out<slot name="x"></slot>`;
        deep.push(root);
      }
      if (random(3) > 0) element.append(text());
      if (random(3) === 0) element.append(make());
      if (random(6) === 0) element.style.display = ["none", "block", "inline", "contents"][random(4)];
      return element;
    };
    const acts = [
      () => any().append(make()),
      () => any().before(make(), text()),
      () => any().append(text()),
      () => any().remove(),
      () => {
        const [one, other] = [any(), any()];
        if (!one.contains(other)) other.append(one);
      },
      () => {
        const [one, other] = [any(), any()];
        if (!one.contains(other)) other.after(one);
      },
      () => {
        const node = any().firstChild;
        if (node?.nodeType === 3) node.data = text();
      },
      () => (any().textContent = text()),
      () => (any().style.display = ["none", "block", "inline", "contents", ""][random(5)]),
      () => (any().style.visibility = ["hidden", "visible", ""][random(3)]),
      () => any().toggleAttribute("hidden"),
      () => any().toggleAttribute("open"),
      () => any().setAttribute("slot", ["x", "y", ""][random(3)]),
      () => any().setAttribute("aria-hidden", ["true", "false"][random(2)]),
      () => any().normalize(),
      () => {
        const element = any();
        if (element.parentNode !== story) return;
        const shell = document.createElement(["div", "span"][random(2)]);
        element.replaceWith(shell);
        shell.append(element);
      },
    ];
    window.live = (n) => {
      for (let i = 0; i < n; i++) acts[random(acts.length)]();
      while (all().length > 150) any().remove();
    };
  }, told.toString());
  for (let turn = 0; turn < 60; turn++) {
    await page.evaluate((n) => live(n), 1 + (turn % 12));
    // Sometimes the next changes come before these are read.
    if (turn % 3 > 0) await calm(popup);
    if (turn % 4 === 3) await sameAsAfresh(page, popup, `turn ${turn}`);
  }
});

/** Keeps back what reads pages again, until `letGo`; or has the browser refuse it once. */
const withhold = (how) =>
  at.browser.inBackground(`{
    const { scripting } = chrome;
    globalThis.executeScript ??= scripting.executeScript;
    const held = new Promise((go) => {
      globalThis.letGo = go;
    });
    globalThis.asked = 0;
    scripting.executeScript = async (injection) => {
      if (!injection.files?.includes("again.js")) return executeScript.call(scripting, injection);
      asked += 1;
      if ("${how}" === "held") await held;
      scripting.executeScript = executeScript;
      if ("${how}" === "refused") throw new Error("refused");
      return executeScript.call(scripting, injection);
    };
  }`);
const letGo = () => at.browser.inBackground("letGo()");
const asked = () => at.browser.inBackground("asked");
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test("what changes while that which reads again is on its way is kept, and costs itself", async () => {
  const { page, popup, work } = await read("/fold?held");
  await withhold("held");
  const before = await highlights(page);
  await append(page, told(1001));
  await until("the question", asked);
  // Whatever can be heard of, and first that of which no record tells.
  await page.evaluate(() => {
    document.querySelector("#box").checked = true;
    document.querySelector("#fold").classList.add("open");
    document.querySelector("#hidden").hidden = false;
    document.querySelector("#details").open = true;
    history.pushState(null, "", "?elsewhere");
  });
  await drawn(page);
  await page.evaluate((text) => {
    const host = document.createElement("div");
    host.attachShadow({ mode: "open" }).innerHTML = `<p>${text}</p>`;
    document.querySelector("article").append(host);
    document.querySelector("#hidden").remove();
  }, told(1002));
  await append(page, told(1003));
  await drawn(page);
  const { work: waiting } = await status(popup);
  assert.ok(waiting.pending, "the page is told to have changed");
  assert.deepEqual([waiting.visited, waiting.rounds, waiting.messages], [work.visited, work.rounds, work.messages]);
  assert.deepEqual(await highlights(page), before);
  await letGo();
  const after = await calm(popup);
  assert.equal(await asked(), 1, "it is asked for once");
  assert.equal((await anonymous(page)).length, before.anonymous.length + 6);
  assert.equal(after.url, `${at.origin}/fold?elsewhere`);
  assert.ok(after.work.collected <= work.collected + 14, `${after.work.collected - work.collected} blocks made`);
  await sameAsAfresh(page, popup);
});

test("more changes while it is on its way than are kept: all is read anew", async () => {
  const { page, popup } = await read("/long?flooded");
  await withhold("held");
  await append(page, told(1001));
  await until("the question", asked);
  await page.evaluate((text) => {
    const { firstChild } = document.querySelector("#p31");
    for (let i = 0; i < 60_000; i++) firstChild.data = `${i}`;
    firstChild.data = text;
  }, told(1002));
  await letGo();
  await calm(popup);
  for (const text of [told(1001), told(1002)]) assert.ok((await pageInput(popup)).blocks.some((block) => block.text.startsWith(text)));
  await sameAsAfresh(page, popup);
});

test("where it can't be had it is asked for with the next change, and nothing is lost", async () => {
  const { page, popup } = await read("/story?refused");
  const before = (await anonymous(page)).length;
  await withhold("refused");
  await append(page, told(1001));
  await until("the question", asked);
  await calm(popup);
  assert.equal((await anonymous(page)).length, before);
  await append(page, told(1002));
  await until("both", async () => (await anonymous(page)).length === before + 2);
  await sameAsAfresh(page, popup);
});

test("a page that changes under its first reading waits for it, and is read as it is by then", async () => {
  const page = await at.browser.open(`${at.origin}/very-long?early`);
  await withhold("held");
  await page.evaluate((text) => {
    const change = () => {
      document.querySelector("article").append(Object.assign(document.createElement("p"), { textContent: text }));
      document.querySelector("#p3")?.remove();
      if (CSS.highlights.size === 0 && !window.enough) setTimeout(change, 1);
    };
    change();
  }, told(1));
  // The popup waits for what it will show.
  const pressed = at.browser.press(page);
  await until("the question", asked);
  await page.evaluate(() => {
    window.enough = true;
  });
  await letGo();
  const popup = await pressed;
  await settled(popup);
  await sameAsAfresh(page, popup);
});

test("frames that come late are read without a press: of the same origin, without an address, in other frames", async () => {
  const { page } = await read("/frame-late");
  const add = (frame, html) =>
    frame.evaluate((code) => document.querySelector("#here").insertAdjacentHTML("beforeend", code), html);
  await add(page, `<iframe name="late" src="/nested"></iframe>`);
  await until("its marks", async () => (await anonymous(page.frame("late"))).length === 1);
  await add(page.frame("late"), `<iframe name="inmost" src="/inner"></iframe>`);
  await until("the inmost frame's marks", async () => (await anonymous(page.frame("inmost"))).length === 1);
  await add(page, `<iframe name="written" srcdoc="<p>Two officials said the boats might return before the harbour froze over for the winter.</p>"></iframe>`);
  await until("the marks of one without an address", async () => (await anonymous(page.frame("written"))).length === 1);
  await page.frame("late").evaluate(() => location.assign("/inner?again"));
  await until("its next page", async () => page.frame("late").url().endsWith("again") && (await anonymous(page.frame("late"))).length === 1);
});

test("frames of another origin are read where the reader allowed that, and left alone elsewhere", async () => {
  const other = at.origin.replace("127.0.0.1", "localhost");
  const { page } = await read("/frame-late?cross");
  const add = (name) =>
    page.evaluate(([called, url]) => document.querySelector("#here").insertAdjacentHTML("beforeend", `<iframe name="${called}" src="${url}"></iframe>`), [name, `${other}/inner?${name}`]);
  await add("foreign");
  await until("the frame", () => page.frame("foreign")?.url().includes("localhost"));
  await page.waitForTimeout(700); // Longer than a mark takes to come.
  assert.deepEqual(await registry(page.frame("foreign")), []);

  const tab = await at.browser.open("chrome://extensions/");
  await tab.evaluate((id) => chrome.developerPrivate.addHostPermission(id, "*://localhost/*"), at.browser.id);
  await tab.close();
  await page.bringToFront();
  // What its button for the site asks for.
  const asking = await at.browser.press(page);
  assert.ok(await asking.evaluate(`chrome.permissions.request({ origins: ["http://localhost/*"] })`));
  await add("allowed");
  await until("its marks", async () => (await anonymous(page.frame("allowed"))).length === 1);
});

test("a name further down takes a flag away in the same frame as it brings others", async () => {
  const { page, popup } = await read("/named-later");
  await popup.click(POPUP.sensitivity("everything"));
  await until("the engineer", async () => (await anonymous(page)).length > 0);
  assert.ok((await anonymous(page)).includes("The engineer said"), (await anonymous(page)).join("; "));
  const states = await page.evaluate(async (text) => {
    const seen = new Set();
    const note = () => {
      const all = [...CSS.highlights.get("hearsay-anonymous")].map((range) => range.toString());
      seen.add(`${all.includes("The engineer said")} ${all.includes("Officials said")}`);
    };
    note(); // The change may be read before the next frame is drawn.
    document.querySelector("article").insertAdjacentHTML("beforeend", `<p>${text}</p><p>Ada Quill, the engineer, lives by the quay.</p>`);
    // Until the others are there, and some frames more.
    const end = performance.now() + 30_000;
    for (let left = 30; left > 0 && performance.now() < end; left -= [...seen].some((state) => state.endsWith("true")) ? 1 : 0) {
      await new Promise(requestAnimationFrame);
      note();
    }
    return [...seen];
  }, told(1));
  assert.deepEqual(states, ["true false", "false true"]);
});

test("a storm of changes is read in few rounds, and in the end all is right", async () => {
  const { page, popup } = await read("/long?storm");
  let took = 0;
  const spent = await cost(popup, async () => {
    took = await page.evaluate(async (text) => {
      const begun = performance.now();
      const story = document.querySelector("#story");
      const all = [...story.querySelectorAll("p")];
      for (let turn = 0; turn < 400; turn++) {
        for (let i = 0; i < 10; i++) {
          const p = all[(turn * 31 + i * 7) % all.length];
          if (i % 3 === 0) story.insertBefore(p, story.children[(turn * 13 + i) % 60]);
          else if (i % 3 === 1) p.firstChild.data = `${text} ${turn}`;
          else p.classList.toggle("x");
        }
        await new Promise((resolve) => setTimeout(resolve));
      }
      return performance.now() - begun;
    }, told(5));
  });
  // At least 50 ms lie between two rounds.
  assert.ok(spent.rounds <= took / 50 + 3, `${spent.rounds} rounds for 4,000 changes in ${took} ms`);
  assert.ok(spent.messages <= spent.rounds * 2, `${spent.messages} messages`);
  await sameAsAfresh(page, popup);
});

test("noise that changes no text sends nothing", async () => {
  const { page, popup } = await read("/long?noise");
  const spent = await cost(popup, () =>
    page.evaluate(async () => {
      const story = document.querySelector("#story");
      for (let turn = 0; turn < 100; turn++) {
        document.body.classList.toggle("scrolled");
        story.style.transform = `translateX(${turn % 2}px)`;
        const p = document.querySelector(`#p${turn}`);
        p.replaceChildren(...p.childNodes);
        await new Promise(requestAnimationFrame);
      }
    }),
  );
  assert.deepEqual([spent.messages, spent.blocks, spent.taken], [0, 0, 0]);
  assert.ok(spent.collected <= 110, `${spent.collected} blocks made`);
  await sameAsAfresh(page, popup);
});

test("nothing happens while nothing happens, and the card is no change of the page", async () => {
  const { page, popup } = await read("/story?idle");
  const still = await cost(popup, () => page.waitForTimeout(1500));
  assert.deepEqual(Object.values(still).filter((value) => value !== 0), []);
  const card = await cost(popup, async () => {
    await hover(at.browser, page, "anonymous");
    await page.mouse.move(2, 2);
    await until("the card to go", async () => (await cardText(at.browser, page)) === "");
  });
  assert.equal(card.rounds, 0);
});

test("a card stays open while the page changes elsewhere, and goes with its flag", async () => {
  const { page } = await read("/story?open");
  await hover(at.browser, page, "anonymous");
  await append(page, told(1));
  await until("the mark", async () => (await count(page, "Officials said")) === 1);
  assert.match(await cardText(at.browser, page), /Anonymous source/);
  await page.evaluate(() => {
    document.querySelector("p").textContent = "The council met.";
  });
  await until("the card to go", async () => (await cardText(at.browser, page)) === "");
});

test("marks that the page clears or overwrites come back with the next event", async () => {
  const { page, popup } = await read("/story?tamper");
  const all = await highlights(page);
  const acts = [
    () => CSS.highlights.clear(),
    () => CSS.highlights.set("hearsay-anonymous", new Highlight()),
    () => CSS.highlights.get("hearsay-hedged").clear(),
  ];
  /** Before the page hears of anything: fewer marks are there than before. */
  const tamper = async (act) => {
    const size = "[...CSS.highlights].reduce((sum, [name, one]) => sum + (name.startsWith('hearsay-') ? one.size : 0), 0)";
    const [before, after] = await page.evaluate(`(() => { const before = ${size}; (${act})(); return [before, ${size}]; })()`);
    assert.ok(after < before, `${after} of ${before} are left`);
  };
  for (const act of acts) {
    await tamper(act);
    await page.evaluate(() => document.body.append(document.createElement("i")));
    await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
    await tamper(act);
    await page.mouse.move(300, 300);
    await page.mouse.move(320, 310, { steps: 3 });
    await until("the marks", async () => JSON.stringify(await highlights(page)) === JSON.stringify(all));
  }
  assert.equal((await calm(popup)).work.messages, 1, "the engine was not asked again");
});

test("printing breaks nothing", async () => {
  const { page, popup } = await read("/story?print");
  const before = await highlights(page);
  await hover(at.browser, page, "anonymous");
  const session = await at.browser.context.newCDPSession(page);
  const { data } = await session.send("Page.printToPDF", { printBackground: true });
  assert.ok(Buffer.from(data, "base64").subarray(0, 5).equals(Buffer.from("%PDF-")));
  await until("no card", async () => (await cardText(at.browser, page)) === "");
  await calm(popup);
  assert.deepEqual(await highlights(page), before);
  assert.equal((await status(popup)).error, null);
});

test("the background may be killed between two changes", async () => {
  const { page, popup } = await read("/story?killed");
  const before = (await anonymous(page)).length;
  await at.browser.killWorker();
  await append(page, told(1));
  await until("the mark", async () => (await anonymous(page)).length === before + 1);
  assert.match(await hover(at.browser, page, "anonymous", 0), /Anonymous source/);
  assert.equal((await calm(popup)).error, null);
});

test("a page of 100,000 words comes in portions, and what is in view is marked first", async () => {
  const page = await at.browser.open(`${at.origin}/very-long`);
  const first = page.evaluate(async () => {
    document.querySelector("#p1500").scrollIntoView();
    for (;;) {
      await new Promise(requestAnimationFrame);
      const ranges = [...(CSS.highlights.get("hearsay-anonymous") ?? [])];
      if (ranges.length === 0) continue;
      const seen = ranges.filter((range) => range.getBoundingClientRect().top < innerHeight && range.getBoundingClientRect().bottom > 0);
      const there = [...document.querySelectorAll("p")].filter((p, i) => i % 2 === 0 && p.getBoundingClientRect().top > 0 && p.getBoundingClientRect().top < innerHeight - 20);
      return { painted: ranges.length, seen: seen.length, there: there.length };
    }
  });
  const popup = await at.browser.press(page);
  const { painted, seen, there } = await first;
  assert.ok(there > 0 && seen >= there, `${seen} of ${there} flags in view are in the first frame with flags, among ${painted}`);
  const { work, reading, shown } = await settled(popup).then(() => calm(popup));
  assert.ok(work.messages >= 5, `${work.messages} messages`);
  assert.equal(work.blocks, work.collected);
  assert.ok(reading.taken <= work.blocks);
  assert.ok(shown >= 1000);
  const spent = await cost(popup, () => append(page, told(99_999)));
  assert.deepEqual([spent.collected, spent.blocks, spent.taken, spent.messages], [1, 1, 1, 1]);
});

test("a tab that is not seen waits", async () => {
  const { page, popup } = await read("/story?unseen");
  const before = (await anonymous(page)).length;
  const other = await at.browser.open(`${at.origin}/story?front`);
  if (!(await page.evaluate(() => document.hidden))) return; // This browser shows both.
  await append(page, told(1));
  await page.waitForTimeout(500);
  assert.equal((await anonymous(page)).length, before);
  await other.close();
  await page.bringToFront();
  await until("the mark", async () => (await anonymous(page)).length === before + 1);
  await popup.close();
});

test("an extension that is reloaded leaves nothing behind, and reads again when it is asked to", async () => {
  const { page, popup } = await read("/story?reload");
  const before = await highlights(page);
  await hover(at.browser, page, "anonymous");
  await popup.close();
  const worker = await at.browser.workerTarget();
  const tab = await at.browser.open("chrome://extensions/");
  await tab.evaluate(async (id) => {
    await chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
    await chrome.developerPrivate.reload(id, { failQuietly: true });
  }, at.browser.id);
  await until("another background", async () => {
    const now = await at.browser.workerTarget();
    return now && now.targetId !== worker?.targetId;
  });
  await tab.close();
  await page.bringToFront();
  await page.evaluate(() => document.body.append(document.createElement("i")));
  await until("nothing marked", async () => (await registry(page)).length === 0);
  assert.equal(await cardText(at.browser, page), "");
  // Nothing listens any more: what the page does meets no error and leaves no mark.
  await append(page, told(1));
  await page.mouse.move(300, 300);
  await page.waitForTimeout(300);
  assert.deepEqual(await registry(page), []);

  const again = await at.browser.press(page);
  await settled(again);
  assert.equal(await count(page, "Officials said"), 1);
  assert.deepEqual((await anonymous(page)).slice(0, 2), before.anonymous.slice(0, 2));
});

test("no page error came from any of this", () => {
  assert.deepEqual(at.browser.errors, []);
});
