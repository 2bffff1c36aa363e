/** How the marks are painted: seen on every ground, apart from links, and as the reader's system wants it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withBrowser } from "./lib/fixture.mjs";
import { CATEGORIES, hover, settled } from "./lib/hearsay.mjs";

/** Grounds with the colour of their text, and the set of colours that belongs on them. */
const GROUNDS = {
  white: ["#ffffff", "#1d1b18", "light"],
  cream: ["#fdfcf9", "#1d1b18", "light"],
  sepia: ["#f4ecd8", "#3b2f1e", "light"],
  pink: ["#fff1e5", "#33302e", "light"],
  grey: ["#eeeeee", "#222222", "light"],
  dark: ["#161618", "#ece9e3", "dark"],
  slate: ["#1e293b", "#e2e8f0", "dark"],
  black: ["#000000", "#cccccc", "dark"],
};
const TEXT = `<p>The wall may fall, a senior clerk said. Fares have risen by 40 percent since 2019. <a href="#x">Critics argue</a> that it is not safe.</p>
<p>The boats lay at the quay and nobody came to shut the gate before the morning, when all the people were there.</p>`;
const page = (style) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Harbour news</title><body style="font: 19px/1.6 Georgia, serif; ${style}">${TEXT}`;
const at = withBrowser({
  ...Object.fromEntries(Object.entries(GROUNDS).map(([name, [ground, ink]]) => [`/${name}`, { body: page(`background: ${ground}; color: ${ink}`) }])),
  "/picture-light": { body: page(`background: url('data:image/gif;base64,R0lGODlhAQABAAAAACw='); color: #111`) },
  "/picture-dark": { body: page(`background: url('data:image/gif;base64,R0lGODlhAQABAAAAACw='); color: #eee`) },
});

async function read(path, media = {}) {
  const opened = await at.browser.context.newPage();
  await opened.emulateMedia(media);
  await opened.goto(at.origin + path, { waitUntil: "load" });
  await opened.bringToFront();
  const popup = await at.browser.press(opened);
  await settled(popup);
  await popup.close();
  await opened.bringToFront();
  return opened;
}

/** What a highlight sets on words in `selector`; colours as red, green, blue, alpha from 0 to 1. */
const painted = (opened, name, selector = "p") =>
  opened.evaluate(
    ([pseudo, where]) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      const rgba = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
      };
      const style = getComputedStyle(document.querySelector(where), `::highlight(${pseudo})`);
      const { color, textDecorationColor, textDecorationStyle, textDecorationThickness, textUnderlineOffset, backgroundColor } = style;
      const own = getComputedStyle(document.querySelector(where));
      return {
        line: rgba(textDecorationColor),
        // Eight bits of an alpha of a few percent would be too coarse.
        tint: [...rgba(backgroundColor.replace(/\/ [\d.]+\)/, "/ 1)").replace(/rgba\((.*), [\d.]+\)/, "rgb($1)")).slice(0, 3), Number(/(?:\/ |, )([\d.]+)\)$/.exec(backgroundColor)?.[1] ?? 1)],
        style: textDecorationStyle,
        thickness: Number.parseFloat(textDecorationThickness),
        offset: Number.parseFloat(textUnderlineOffset) / Number.parseFloat(own.fontSize),
        recoloured: color !== own.color,
      };
    },
    [name, selector],
  );

const over = ([r, g, b, a], ground) => [r, g, b].map((part, i) => part * a + ground[i] * (1 - a));
const hex = (colour) => [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255);
function contrast(one, other) {
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

test("the measure is the usual one, and a pale line would be seen", () => {
  assert.equal(contrast([0, 0, 0], [1, 1, 1]), 21);
  assert.ok(contrast(hex("#b3a4fa"), [1, 1, 1]) < 3, "the dark set's violet on white");
});

for (const [name, [ground, ink, tone]] of Object.entries(GROUNDS)) {
  test(`on ${name} lines and words stand out, at rest and under an open card`, async () => {
    const opened = await read(`/${name}`);
    await hover(at.browser, opened, "anonymous");
    const styles = new Set();
    for (const category of CATEGORIES) {
      const rest = await painted(opened, `hearsay-${category}`);
      const active = await painted(opened, `hearsay-${category}-active`);
      styles.add(rest.style);
      assert.ok(!rest.recoloured && !active.recoloured, "the page's text keeps its colour");
      const resting = over(rest.tint, hex(ground));
      const opening = over(active.tint, resting);
      const report = `${category} on ${ground}`;
      assert.ok(contrast(rest.line, resting) >= 4, `${report}: ${contrast(rest.line, resting)} at rest`);
      assert.ok(contrast(rest.line, opening) >= 3, `${report}: ${contrast(rest.line, opening)} under a card`);
      // A tint takes a little of what the page has, and never what is needed to read.
      assert.ok(contrast(hex(ink), resting) >= Math.min(7, contrast(hex(ink), hex(ground)) * 0.8), `${report}: words at rest ${contrast(hex(ink), resting)}`);
      assert.ok(contrast(hex(ink), opening) >= 6, `${report}: words under a card ${contrast(hex(ink), opening)}`);
    }
    assert.deepEqual([...styles], ["solid", "dotted", "wavy"], "told apart without colour");
    const [r, g, b] = (await painted(opened, "hearsay-anonymous")).line;
    assert.equal(r + g + b > 1.8 ? "dark" : "light", tone);
    await opened.close();
  });
}

test("over a picture the text's own colour says which set it takes", async () => {
  for (const tone of ["light", "dark"]) {
    const opened = await read(`/picture-${tone}`);
    const [r, g, b] = (await painted(opened, "hearsay-anonymous")).line;
    assert.equal(r + g + b > 1.8 ? "dark" : "light", tone);
    await opened.close();
  }
});

test("in a link our line runs clear of the link's own", async () => {
  const opened = await read("/white?links");
  for (const category of CATEGORIES) {
    const plain = await painted(opened, `hearsay-${category}`, "p");
    const link = await painted(opened, `hearsay-${category}`, "a");
    assert.ok(link.offset - plain.offset > 0.15, `${category}: ${plain.offset} em, in a link ${link.offset} em`);
  }
  // Links of two pixels, at the distance that browsers give them: there is ground between the two lines.
  const own = 0.1 * 19 + 2;
  assert.ok((await painted(opened, "hearsay-anonymous", "a")).offset * 19 - own > 2);
});

test("a reader who wants more contrast gets stronger lines; under forced colours the lines stay within the ground", async () => {
  const plain = await read("/white?plain");
  const more = await read("/white?more", { contrast: "more" });
  const forced = await read("/white?forced", { forcedColors: "active" });
  for (const category of CATEGORIES) {
    const name = `hearsay-${category}`;
    assert.ok((await painted(more, name)).thickness > (await painted(plain, name)).thickness, category);
    for (const where of ["p", "a"]) {
      const { offset, thickness } = await painted(forced, name, where);
      // A font's ground reaches a fifth of its size below the line of the letters.
      assert.ok(offset * 19 + 2 * thickness <= 0.22 * 19, `${category} in ${where}: ${offset} em, ${thickness} px`);
    }
  }
});
