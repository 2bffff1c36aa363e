/** Made-up pages for the browser tests. Every name in them is invented. */

const document = (body, { lang = "en", head = "" } = {}) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Harbour news</title>${head}</head><body>${body}</body></html>`;

/** A short story with all three categories in it, enough of it to be told as English. */
export const STORY = `<article>
<h1>Council puts off vote on the harbour wall</h1>
<p>The council will not vote on the harbour wall this week, a senior clerk said on Monday. The wall may have to wait until autumn.</p>
<p>“Nobody has read the survey,” said the clerk, who asked not to be named because the talks are private.</p>
<p>Clearly, the delay suits the builders. The bill has risen by 40 percent since 2019. Critics argue that the wall is probably unsafe.</p>
<p>Mara Lindqvist, the harbour master, said the wall was sound. She said boats would moor there through the winter.</p>
<p>It was reported in May that some 30 boats had left. According to documents seen by the Gazette, two of them sank.</p>
</article>`;

/** What is not to be read, around a story and in the middle of it. */
const NAVIGATION = `<nav><a href="#a">Sources say menus are long</a></nav>`;
const UNREAD = `<p hidden>Officials said the hidden line is hidden.</p>
<div aria-hidden="true"><p>Critics argue that nobody hears this.</p></div>
<div style="display:none"><p>Experts believe that nobody sees this.</p></div>
<div contenteditable="true"><p>Observers say that this is being typed.</p></div>
<pre><code>officials said: printf()</code></pre>
<form><label>Residents say <input value="x"></label><textarea>Aides said so.</textarea></form>
<script type="text/plain">Insiders said so.</script>`;

const FRENCH = document(
  `<article><h1>Le conseil reporte le vote sur la digue</h1>
<p>Le conseil municipal ne votera pas cette semaine sur la digue du port, a déclaré lundi un responsable de la mairie. Les travaux
pourraient attendre l’automne, et les pêcheurs s’inquiètent de voir l’hiver arriver avant les maçons.</p>
<p>« Personne n’a lu le rapport », a dit ce responsable, qui a demandé à ne pas être nommé parce que les discussions sont encore
en cours. Selon lui, la facture aurait augmenté de moitié depuis le printemps, et nul ne sait qui la paiera.</p>
<p>La capitaine du port assure que la digue est solide. Elle a ajouté que les bateaux y resteront pendant tout l’hiver, comme
chaque année, et que la mairie recevra les habitants jeudi soir dans la grande salle.</p></article>`,
  { lang: "fr" },
);

/** Pages by path, as `serve({ pages })` takes them. */
export const PAGES = {
  "/story": { body: document(STORY) },
  "/around": { body: document(NAVIGATION + STORY.replace("<p>Clearly", `${UNREAD}<p>Clearly`)) },
  "/french": { body: FRENCH },
  "/plain": { body: document("<article><p>The boats came in at noon. Mara Lindqvist, the harbour master, met them at the quay with coffee and bread for all.</p></article>") },
  "/named": { body: document("<article><p>Mara Lindqvist, the harbour master, said the wall was sound. She said boats would moor there through the winter, and everybody went home before it was dark.</p></article>") },
  "/strict": {
    body: document(STORY),
    headers: { "content-security-policy": "default-src 'none'; script-src 'none'; sandbox" },
  },
  "/anonymity": {
    body: document(`<article><h1>Gate of the harbour stood open all night</h1>
<p>The gate stood open all night, said a guard, who spoke on condition of anonymity. The boats lay at the quay and nobody came to shut it before the morning.</p>
<p>A sailor said he had seen two men at the gate. It was dark by then, and the lamps on the quay were out.</p>
<p>The Gazette reported that a third man had the key, quoting an official.</p></article>`),
  },
  "/frames": { body: document(`${STORY}<iframe src="/inner" width="600" height="300"></iframe>`) },
  "/inner": { body: document("<article><p>Two officials said the boats might return. The harbour master met them at the quay, and everybody went home before it was dark.</p></article>") },
  "/dark": { body: document(STORY, { head: "<style>html { background: #161618; color: #ece9e3 }</style>" }) },
};

/** Two sentences that are surely flagged, put between nastier things. */
export const SURE = "Officials said the wall may fall. Critics argue that it is probably too late.";

const script = (code) => document(`<article id="story"><p>${SURE}</p></article><script>${code}</script>`);

/**
 * Pages that try to make the engine stumble. `sure` counts how often SURE stands there at least
 * as one block of its own, so that its highlights can be expected.
 */
export const NASTY = {
  "empty page": { body: "", sure: 0 },
  "a page without words": { body: document("<p> </p><p>&nbsp;</p><p>…</p><p>— — —</p>"), sure: 0 },
  "5 MB of text": {
    body: document(`<article>${`<p>${SURE} ${"The quay was wet and the boats lay still. ".repeat(10)}</p>\n`.repeat(10_300)}</article>`),
    sure: 10_300,
  },
  "one line of 2 MB": { body: document(`<article><p>${`${SURE} The quay was wet. `.repeat(21_000)}</p></article>`), sure: 1 },
  "one word of 2 MB": { body: document(`<article><p>${SURE}</p><p>${"a".repeat(2_000_000)}</p></article>`), sure: 1 },
  "2 MB of quotation marks": { body: document(`<article><p>${SURE}</p><p>${"“‘\"".repeat(250_000)}</p></article>`), sure: 1 },
  "lone surrogates": {
    body: script(`for (const bad of ["\\uD800", "\\uDC00", "\\uDC00\\uD800", "x\\uD83D"]) {
      const p = document.createElement("p"); p.textContent = bad + " " + ${JSON.stringify(SURE)} + " " + bad; story.append(p); }`),
    sure: 5,
  },
  "bidirectional marks": { body: document(`<article><p>\u202E\u2067${SURE}\u2069\u202C</p><p dir="rtl">\u200F${SURE}\u200E</p></article>`), sure: 0 },
  emoji: { body: document(`<article><p>👩🏽‍🚒🏳️‍🌈🇫🇮 ${SURE} 🤷🏽‍♀️</p><p>𝔒𝔣𝔣𝔦𝔠𝔦𝔞𝔩𝔰 🦀🦀🦀 ${SURE}</p></article>`), sure: 2 },
  "NUL and other controls": {
    body: script(`for (const bad of ["\\0", "\\u0001\\u001b", "\\u0085\\u2028\\u2029", "\\uFFFE\\uFFFF"]) {
      const p = document.createElement("p"); p.textContent = bad + " " + ${JSON.stringify(SURE)} + bad; story.append(p); }`),
    sure: 5,
  },
  // Boxes nested this deep crash Chromium's own layout, with or without an extension: these have none, but for the last.
  "10,000 nested elements": {
    body: script(`document.head.append(Object.assign(document.createElement("style"), { textContent: "#story * { display: contents }" })); let at = story; for (let i = 0; i < 10000; i++) { const next = document.createElement(i % 2 ? "div" : "span"); at.append(next); at = next; }
      at.textContent = ${JSON.stringify(SURE)};`),
    sure: 1,
  },
  "words cut up by elements": {
    body: document(`<article><p>Off<b>ici</b>als <i>sa</i>id the <a href="#x">wall</a> m<sub>a</sub>y fall.<br>Critics
      \t argue&nbsp;that<wbr> it is <span>pro</span><span>bab</span><span>ly</span> too late.</p></article>`),
    sure: 0,
  },
};

/** A sentence that is surely flagged as anonymous, told from others like it by a number. */
export const told = (n) => `Officials said that boat ${n} had left the quay before the storm.`;

/** A page of some `words` words in paragraphs of about 40, every second one with a flag. */
export function longPage(words) {
  const paragraphs = Array.from({ length: Math.ceil(words / 42) }, (_, i) => {
    const first = i % 2 === 0 ? told(i) : `Mara Lindqvist, the harbour master, counted the boats of row ${i} at noon.`;
    return `<p id="p${i}">${first} The quay was wet and the boats lay still, and nobody came to the gate before the
<a href="#p0">bell of the harbour</a> rang in the evening, when the lamps were lit.</p>`;
  });
  return document(`<main><article id="story"><h1>All the boats of the harbour</h1>\n${paragraphs.join("\n")}</article></main>`);
}

/** The story with more in its article. */
const within = (more) => STORY.replace("</article>", `${more}</article>`);

/** Pages that change, by path. */
export const LIVING = {
  "/story": PAGES["/story"],
  "/inner": PAGES["/inner"],
  "/long": { body: longPage(10_000) },
  "/very-long": { body: longPage(100_000) },
  "/fold": {
    body: document(
      within(`<section id="fold"><p>The council met at noon in the old hall beside the harbour.</p><div class="more"><p>${told(1)}</p></div></section>
<p id="hidden" hidden>${told(2)}</p>
<details id="details"><summary>More of it</summary><p>${told(3)}</p></details>
<input id="box" type="checkbox"><div class="boxed"><p>${told(4)}</p></div>
<p>The mayor waved from the quay<span class="rest">, and ${told(5)}</span></p>`),
      {
        head: `<style>.more, .rest { display: none } .open .more, .open .rest { display: revert }
.boxed { display: none } #box:checked ~ .boxed { display: block }</style>`,
      },
    ),
  },
  "/shadow": {
    body: document(`${within(`<div id="here"></div><my-late id="late"><p>${told(9)}</p></my-late>`)}
<script>
  window.roots = {};
  window.grow = (mode, html, light = "") => {
    const host = document.createElement("my-" + mode);
    host.style.display = "block";
    roots[mode] = host.attachShadow({ mode });
    roots[mode].innerHTML = html;
    host.innerHTML = light;
    here.append(host);
    return host;
  };
</script>`),
  },
  "/frame-late": { body: document(within(`<div id="here"></div>`)) },
  "/nested": { body: document(`<p>Two officials said the boats might return before the harbour froze over for the winter.</p><div id="here"></div>`) },
  "/named-later": {
    body: document(`<article id="story"><h1>Bell of the harbour rings again</h1>
<p>The harbour bell rang at noon for the first time in years, and everybody on the quay stood still for a while. It might rain.</p>
<p>The engineer said the wall was sound. The boats lay at the quay and nobody came to the gate before the evening.</p></article>`),
  },
};

/** The story with something before and after it. */
export const wrapped = (before = "", after = "") => document(before + STORY + after);

/** Every name that a property has, of an element that is read or of the document, on an element of the page. */
const CLOBBER = `
  const names = new Set();
  for (let at = document.querySelector("form"); at; at = Object.getPrototypeOf(at)) for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  for (const type of [ShadowRoot, Text, HTMLSlotElement, HTMLAnchorElement, Document, HTMLDocument]) for (const name of Object.getOwnPropertyNames(type.prototype)) names.add(name);
  const inputs = document.createDocumentFragment();
  const images = document.createDocumentFragment();
  for (const name of names) {
    const input = document.createElement("input");
    input.setAttribute("name", name);
    input.type = "hidden";
    input.id = name;
    inputs.append(input);
    const image = document.createElement("img");
    image.name = name;
    image.hidden = true;
    images.append(image);
  }
  document.querySelector("form").append(inputs);
  document.querySelector("#here").append(images);`;

/** Pages whose elements bear the names of what a script asks for. */
export const CLOBBERED = {
  "/clobbered": { body: document(`<div id="here"></div><form>${STORY}</form><script>${CLOBBER}</script>`) },
  "/named-like-us": { body: wrapped(`<p id="hearsay">The boats lay at the quay.</p><a id="navigation" name="scheduler"></a><p id="chrome"></p><p id="getSelection"></p>`) },
};

/** Pages that take our element away, or make it theirs. */
export const THIEVES = {
  "/element-of-ours": {
    // It knows a closed root of an element that it has made its own.
    body: wrapped("", `<script>window.roots = [];
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
      });</script>`),
  },
  "/host-thief": {
    body: wrapped("", `<script>window.taken = 0; new MutationObserver((records) => { for (const { addedNodes } of records) for (const node of addedNodes) if (node.localName?.startsWith("hearsay")) { window.taken += 1; node.remove(); } }).observe(document.documentElement, { childList: true });</script>`),
  },
};
