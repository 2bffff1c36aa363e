/**
 * Gold: the flags that a careful reader wants on a text. Two ways to write it beside `NAME.txt`.
 *
 * `NAME.gold`, for people. A flag a line; what begins with `#` and blank lines are notes:
 *
 *     anonymous/person 0.9 | [a senior aide said] the vote was off | a senior aide = S1
 *     unsourced/statistic 0.6? | Crime [rose 14 percent] last year
 *
 * Category and kind, then the strength (`?`: borderline, careful readers differ); the words as they
 * stand in the text, the anchor in brackets, with enough around it to be found once; where there is a
 * source, its words and its name within the document. The source is looked for in the anchor, else
 * in the quoted words, else in their line, and must stand once in the first of these that has it.
 *
 * `NAME.json`, for programs: `{ "flags": [{ category, kind, anchor: [start, end], source: [start, end]
 * or null, source_id, strength, borderline }] }`, in code points. The program's own lists, where spans
 * are objects and the source carries its `id`, are read the same way. What the extension saves of a
 * reader's marks has its `text` beside its `flags` (`crate/src/export/gold.rs`).
 */
import { complaint } from "./score.mjs";

/** What is wrong with gold, a line for each complaint: `12: the words … stand twice in the text`. */
export class GoldError extends Error {
  constructor(complaints) {
    super(complaints.join("\n"));
    this.complaints = complaints;
  }
}

const HEAD = /^(\S+?)\/(\S+)\s+(\d(?:\.\d+)?)(\??)$/;

/** The flags of a `.gold` file for its text. Throws a GoldError that tells of every bad line. */
export function parseGold(annotation, text) {
  const complaints = [];
  const flags = [];
  annotation.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    try {
      const flag = parseLine(line, text);
      const wrong = complaint([...flags, flag], text);
      if (wrong) throw new Error(wrong);
      flags.push(flag);
    } catch (error) {
      complaints.push(`${i + 1}: ${error.message}`);
    }
  });
  if (complaints.length > 0) throw new GoldError(complaints);
  return flags;
}

function parseLine(line, text) {
  const fields = line.split("|").map((field) => field.trim());
  if (fields.length < 2 || fields.length > 3) throw new Error("a flag is: category/kind strength | words with the [anchor] | source = name");
  const head = HEAD.exec(fields[0]);
  if (!head) throw new Error(`“${fields[0]}” is not: category/kind strength, as in “hedged/modal 0.8” or “hedged/modal 0.4?”`);
  const quote = findQuote(fields[1], text);
  const source = fields[2] ? findSource(fields[2], text, quote) : null;
  const toPoints = (span) => span.map((unit) => [...text.slice(0, unit)].length);
  return {
    category: head[1],
    kind: head[2],
    strength: Number(head[3]),
    borderline: head[4] === "?",
    anchor: toPoints(quote.anchor),
    source: source && toPoints(source.span),
    id: source?.id ?? null,
    rule: "-",
  };
}

/** Where the words of a field stand, and its anchor among them, in the UTF-16 units of the text. */
function findQuote(field, text) {
  const parts = /^([^[\]]*)\[([^[\]]+)\]([^[\]]*)$/.exec(field);
  if (!parts) throw new Error(`“${field}” doesn't have one anchor in brackets`);
  const [, before, words, after] = parts;
  const start = findOnce(before + words + after, text, 0, text.length, "the text");
  return {
    whole: [start, start + before.length + words.length + after.length],
    anchor: [start + before.length, start + before.length + words.length],
  };
}

function findSource(field, text, { whole, anchor }) {
  const parts = /^(.+?)\s*=\s*(\w+)$/.exec(field);
  if (!parts) throw new Error(`“${field}” is not: words of the source = name, as in “a senior aide = S1”`);
  const [, words, id] = parts;
  const lineEnd = text.indexOf("\n", whole[1]);
  const line = [text.lastIndexOf("\n", whole[0]) + 1, lineEnd < 0 ? text.length : lineEnd];
  const places = [[anchor, "the anchor"], [whole, "the quoted words"], [line, "the line"]];
  const [place, name] = places.find(([[a, b]]) => text.slice(a, b).includes(words)) ?? places[2];
  const start = findOnce(words, text, ...place, name);
  return { id, span: [start, start + words.length] };
}

/** Where words stand between two places of a text: they must stand there exactly once. */
function findOnce(words, text, from, to, where) {
  const within = text.slice(from, to);
  const at = within.indexOf(words);
  if (at < 0) throw new Error(`the words “${words}” are not in ${where}`);
  if (within.indexOf(words, at + 1) >= 0) throw new Error(`the words “${words}” stand more than once in ${where}: quote more around them`);
  return from + at;
}

/** The flags of a list in JSON, gold's or the program's. Throws a GoldError. */
export function parseList(json, text) {
  let flags;
  try {
    flags = JSON.parse(json).flags.map((flag) => ({
      category: flag.category,
      kind: flag.kind,
      anchor: span(flag.anchor),
      source: span(flag.source),
      id: flag.source?.id ?? flag.source_id ?? null,
      strength: flag.strength ?? 1,
      rule: flag.rule ?? "-",
      borderline: flag.borderline ?? false,
    }));
  } catch (error) {
    throw new GoldError([`this is no list of flags: ${error.message}`]);
  }
  const wrong = complaint(flags, text);
  if (wrong) throw new GoldError([wrong]);
  return flags;
}

function span(value) {
  if (Array.isArray(value)) return value;
  return value && value.start !== null && value.start !== undefined ? [value.start, value.end] : null;
}
