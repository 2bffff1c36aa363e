/**
 * News text for the benchmarks, with the quotation marks that newspapers print: real articles first,
 * then, without end, variants of them with other names and numbers and their sentences in another
 * order. No paragraph comes twice, so that nothing is known before it is read. The same in every run.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CORPUS = path.join(ROOT, "..", "shared", "polnear", "train.jsonl");
const OWN = [path.join(ROOT, "tests", "gold"), path.join(ROOT, "crate", "tests", "articles")];

const bytes = (text) => Buffer.byteLength(text);

/** Our own articles, each a text, in the order of their names. */
export async function ownArticles() {
  const articles = [];
  for (const folder of OWN) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
    for (const name of names) articles.push(await readFile(path.join(folder, name), "utf8"));
  }
  return articles;
}

/** The first `count` words of our word lists, closed classes first, then by the lists' names. */
export async function listedWords(count) {
  const folder = path.join(ROOT, "crate", "data", "words");
  const words = new Set();
  for (const name of ["function.txt", ...(await readdir(folder)).sort()]) {
    for (const line of (await readFile(path.join(folder, name), "utf8")).split("\n")) {
      const [, word] = /^([a-z]{1,16})\b/.exec(line) ?? [];
      if (word && words.size < count) words.add(word);
    }
  }
  return [...words];
}

/** The articles there are: `{ articles, from }`, where `from` says in words which they are. */
async function articles() {
  if (!existsSync(CORPUS)) {
    const own = await ownArticles();
    return { articles: own, from: `${own.length} own articles (there is no corpus beside this repository)` };
  }
  const lines = (await readFile(CORPUS, "utf8")).split("\n").filter(Boolean);
  return { articles: lines.map((line) => JSON.parse(line).text), from: `${lines.length} articles of ${path.basename(path.dirname(CORPUS))}/train.jsonl` };
}

/** Straight quotation marks as a newspaper prints them. */
function curly(text) {
  return text
    .replace(/(^|[\s([—])"/g, "$1“")
    .replaceAll('"', "”")
    .replace(/(^|[\s([—“])'/g, "$1‘")
    .replaceAll("'", "’");
}

/** Numbers from 0 up to 1 that look random: mulberry32. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SENTENCE = /(?<=[.!?]”?) (?=[“A-Z])/;
const NAME = /(?<=[a-z,] )[A-Z][a-z]{2,}\b/g;

/** The paragraph with other names and numbers, its sentences in another order. */
function varied(paragraph, names, roll) {
  const sentences = paragraph.split(SENTENCE);
  for (let last = sentences.length - 1; last > 0; last--) {
    const other = Math.floor(roll() * (last + 1));
    [sentences[last], sentences[other]] = [sentences[other], sentences[last]];
  }
  return sentences
    .join(" ")
    .replace(NAME, () => names[Math.floor(roll() * names.length)])
    .replace(/\d/g, (digit) => (digit === "0" ? "0" : String(1 + Math.floor(roll() * 9))));
}

function* paragraphs(originals, onVariants) {
  const seen = new Set();
  const roll = dice(1);
  const names = originals.flatMap((text) => text.match(NAME) ?? []);
  for (const text of originals) {
    if (!seen.has(text)) yield text;
    seen.add(text);
  }
  onVariants();
  for (;;) {
    for (const original of originals) {
      const text = varied(original, names, roll);
      if (!seen.has(text)) yield text;
      seen.add(text);
    }
  }
}

/** The paragraph's beginning, whole words of it, within `room` by `measure`. */
function cut(paragraph, room, measure) {
  const words = paragraph.split(" ");
  let used = 0;
  const kept = words.findIndex((word, i) => {
    used += measure(word) + (i > 0 ? measure(" ") : 0);
    return used > room;
  });
  return kept < 0 ? paragraph : words.slice(0, kept).join(" ");
}

const MEASURES = { words: (text) => text.split(/\s+/).filter(Boolean).length, bytes };

/**
 * Windows of text, one after the other: `next({ words: 571 })` or `next({ bytes: 60_000 })` is that
 * much, its paragraphs parted by line feeds. `said()` tells what text that was.
 */
export async function windows() {
  const { articles: texts, from } = await articles();
  const originals = texts
    .flatMap((text) => curly(text).split("\n"))
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter(Boolean);
  const given = { real: 0, varied: 0 };
  let sort = "real";
  const source = paragraphs(originals, () => {
    sort = "varied";
  });
  const next = (size) => {
    const [[unit, most]] = Object.entries(size);
    const measure = MEASURES[unit];
    const parts = [];
    for (let room = most; room > 0; ) {
      const part = cut(source.next().value, room, measure);
      if (part === "") break;
      parts.push(part);
      room -= measure(part) + measure("\n");
    }
    const text = parts.join("\n");
    given[sort] += bytes(text);
    return text;
  };
  const mb = (count) => `${(count / 1e6).toFixed(1)} MB`;
  const said = () => `${mb(given.real)} from ${from}, then ${mb(given.varied)} of variants: other names and numbers, sentences in another order`;
  return { next, said };
}
