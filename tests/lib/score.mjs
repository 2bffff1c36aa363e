/**
 * How a flag list compares with gold. Pure: texts and flags in, figures out. All positions count
 * Unicode code points from the start of a text.
 *
 * A flag matches a gold flag of its category when their anchors share a content word and the flag's
 * is at most four content words longer; one to one, most shared words first. Gold that is borderline
 * or weaker than what is scored is never missed, and what matches it is never wrong.
 *
 * A flag here is `{ category, kind, anchor: [start, end], source: [start, end] | null, id, strength,
 * rule, borderline }`; `id` names its source within the document.
 */

/** The categories and the kinds of each, in the order in which they are told. */
export const KINDS = {
  anonymous: ["person", "group", "document", "agentless"],
  unsourced: ["consensus", "statistic", "accusation", "motive", "cause", "superlative", "prediction"],
  hedged: ["modal", "likelihood", "appearance", "hearsay", "condition", "approximation"],
};
export const CATEGORIES = Object.keys(KINDS);

/** From this strength on a flag claims that nearly every careful reader would agree. */
const SURE = 0.8;
/** A gold flag at least this strong bears such a claim out. */
const CLEAR = 0.5;
/** A flagged anchor may be this many content words longer than the gold's. */
const LONGER = 4;
/** Code points of context on each side of an error. */
const CONTEXT = 55;

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*|[%$£€]/gu;
const ARTICLES = new Set(["a", "an", "the"]);

/** The words of a text with their ends in code points. */
function wordsOf(text) {
  const words = [];
  let units = 0;
  let points = 0;
  const upTo = (unit) => {
    for (; units < unit; points++) units += text.codePointAt(units) > 0xffff ? 2 : 1;
    return points;
  };
  for (const match of text.matchAll(WORD)) {
    const start = upTo(match.index);
    words.push({ start, end: upTo(match.index + match[0].length), article: ARTICLES.has(match[0].toLowerCase()) });
  }
  return words;
}

/** Which content words a span touches, by their numbers; articles only where it has nothing else. */
function touched(words, [start, end]) {
  const hit = [...words.keys()].filter((i) => words[i].start < end && start < words[i].end);
  const content = hit.filter((i) => !words[i].article);
  return new Set(content.length > 0 ? content : hit);
}

const common = (a, b) => [...a].filter((word) => b.has(word)).length;

/** Pairs gold with flagged one to one, most shared words first, the shorter flag first among equals. */
function match(gold, flagged) {
  const pairs = [];
  gold.forEach((g, i) => {
    flagged.forEach((f, j) => {
      const shared = common(g.words, f.words);
      if (shared > 0 && f.words.size <= g.words.size + LONGER) pairs.push({ i, j, shared, size: f.words.size });
    });
  });
  pairs.sort((a, b) => b.shared - a.shared || a.size - b.size || a.i - b.i || a.j - b.j);
  const [left, right] = [new Set(), new Set()];
  return pairs.flatMap(({ i, j }) => {
    if (left.has(i) || right.has(j)) return [];
    left.add(i);
    right.add(j);
    return [[gold[i], flagged[j]]];
  });
}

/** Precision, recall and F1; 0 where there is nothing to divide by. */
export function rates({ right, wrong, missed }) {
  const over = (a, b) => (b > 0 ? a / b : 0);
  const precision = over(right, right + wrong);
  const recall = over(right, right + missed);
  return { precision, recall, f1: over(2 * precision * recall, precision + recall) };
}

/** Spearman's rank correlation of pairs of numbers; 0 for fewer than three, or where one side never varies. */
export function rankCorrelation(pairs) {
  if (pairs.length < 3) return 0;
  const [a, b] = [0, 1].map((side) => ranks(pairs.map((pair) => pair[side])));
  const mean = (pairs.length - 1) / 2;
  const product = (x, y) => x.reduce((sum, value, i) => sum + (value - mean) * (y[i] - mean), 0);
  const spread = Math.sqrt(product(a, a) * product(b, b));
  return spread > 0 ? product(a, b) / spread : 0;
}

/** Each value's rank from 0; equal values share the mean of theirs. */
function ranks(values) {
  const sorted = [...values].sort((x, y) => x - y);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Of the pairs of flags within a document: how many both sides lay on one source, only the flags, only gold. */
function links(pairs) {
  const count = { right: 0, wrong: 0, missed: 0 };
  const same = (a, b) => Boolean(a.id) && a.id === b.id;
  pairs.forEach(([gold, flagged], i) => {
    for (const [otherGold, otherFlagged] of pairs.slice(i + 1)) {
      const [inGold, inFlagged] = [same(gold, otherGold), same(flagged, otherFlagged)];
      if (inGold && inFlagged) count.right++;
      else if (inFlagged) count.wrong++;
      else if (inGold) count.missed++;
    }
  });
  return count;
}

/** What is wrong with a list of flags for a text, in words; null if it can be scored. */
export function complaint(flags, text) {
  const points = [...text];
  const words = (anchor) => `“${points.slice(...anchor).join("").replaceAll("\n", "⏎")}”`;
  for (const { category, kind, anchor, source, strength } of flags) {
    if (!KINDS[category]?.includes(kind)) return `there is no ${category}/${kind}`;
    if (!within(anchor, points)) return `the anchor ${JSON.stringify(anchor)} is empty or outside the text`;
    if (source && !within(source, points)) return `the source ${JSON.stringify(source)} is empty or outside the text`;
    if (points.slice(...anchor).includes("\n")) return `the anchor ${words(anchor)} crosses a line break`;
    if (!(strength >= 0 && strength <= 1)) return `the strength ${strength} is not from 0 to 1`;
  }
  for (const category of CATEGORIES) {
    const anchors = flags.filter((flag) => flag.category === category).map((flag) => flag.anchor);
    anchors.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const i = anchors.findIndex((anchor, at) => at > 0 && anchor[0] < anchors[at - 1][1]);
    if (i > 0) return `two ${category} anchors overlap: ${words(anchors[i - 1])} and ${words(anchors[i])}`;
  }
  return null;
}

const within = (span, points) =>
  Array.isArray(span) && span.every(Number.isInteger) && 0 <= span[0] && span[0] < span[1] && span[1] <= points.length;

/**
 * What became of each flag of one category in one document: `pairs` of gold and flagged, `missed`
 * gold, `wrong` and `unsure` flags (those that match doubtful gold, which count for nothing).
 */
function compare(gold, flagged, minStrength) {
  const clear = gold.filter((flag) => !flag.borderline && flag.strength >= minStrength);
  const doubtful = gold.filter((flag) => flag.borderline || flag.strength < minStrength);
  const shown = flagged.filter((flag) => flag.strength >= minStrength);
  const pairs = match(clear, shown);
  const [found, taken] = [0, 1].map((side) => new Set(pairs.map((pair) => pair[side])));
  const rest = shown.filter((flag) => !taken.has(flag));
  const unsure = new Set(match(doubtful, rest).map(([, flag]) => flag));
  return {
    pairs,
    missed: clear.filter((flag) => !found.has(flag)),
    unsure: [...unsure],
    wrong: rest.filter((flag) => !unsure.has(flag)),
  };
}

/** The flags that claim to be sure, each with whether clear gold bears it out. */
function sureOnes(gold, flagged) {
  const sure = flagged.filter((flag) => flag.strength >= SURE);
  const right = new Set(match(gold, sure).filter(([g]) => g.strength >= CLEAR).map(([, flag]) => flag));
  return sure.map((flag) => ({ kind: flag.kind, right: right.has(flag) }));
}

/** A span's words with a little of its line on both sides. */
function context(points, [start, end]) {
  const line = points.lastIndexOf("\n", start) + 1;
  const next = points.indexOf("\n", end);
  const [from, to] = [Math.max(line, start - CONTEXT), Math.min(next < 0 ? points.length : next, end + CONTEXT)];
  const words = (a, b) => points.slice(a, b).join("").replace(/\s+/g, " ");
  return {
    line: points.slice(0, start).filter((point) => point === "\n").length + 1,
    before: (from > line ? "…" : "") + words(from, start),
    words: words(start, end),
    after: words(end, to) + (to < points.length && points[to] !== "\n" ? "…" : ""),
  };
}

/**
 * Scores documents: `[{ name, text, gold, flagged }]`, lists that `complaint` has nothing against.
 *
 * - `categories[c]`: `gold` and `flagged` (how many counted), `precision`, `recall`, `f1`,
 *   `kindAccuracy` and `anchorF1` over the matched, `sure` (how many flags at 0.8 and up) and
 *   `surePrecision`, `rank` (correlation of strengths), and the same but the last by `kinds`.
 * - `macroF1`; `sourceF1` over the words of matched anonymous sources; `linkF1` over same-source links.
 * - `errors`: what was missed, wrong or of another kind, in the documents' order.
 * - `rules`: how often each was `right`, `wrong`, `unsure`, and `without`: how much the category's
 *   F1 would change were the rule's flags not there. The most often wrong first.
 */
export function score(documents, minStrength = 0.5) {
  const outcomes = Object.fromEntries(CATEGORIES.map((category) => [category, []]));
  const errors = [];
  const source = { right: 0, wrong: 0, missed: 0 };
  const link = { right: 0, wrong: 0, missed: 0 };
  for (const { name, text, gold, flagged } of documents) {
    const words = wordsOf(text);
    const points = [...text];
    const known = (flags) => flags.map((flag) => ({ ...flag, words: touched(words, flag.anchor) }));
    const [everyGold, everyFlag] = [known(gold), known(flagged)];
    for (const category of CATEGORIES) {
      const [g, f] = [everyGold, everyFlag].map((flags) => flags.filter((flag) => flag.category === category));
      const outcome = compare(g, f, minStrength);
      outcome.sure = sureOnes(g, f);
      outcome.strengths = match(g, f).map((pair) => pair.map((flag) => flag.strength));
      outcomes[category].push(outcome);
      const at = (what, flag, other) => errors.push({ document: name, category, what, flag, other, ...context(points, flag.anchor) });
      for (const flag of outcome.missed) at("missed", flag);
      for (const flag of outcome.wrong) at("wrong", flag);
      for (const [flag, other] of outcome.pairs) if (flag.kind !== other.kind) at("kind", flag, other);
      if (category !== "anonymous") continue;
      add(link, links(outcome.pairs));
      for (const [a, b] of outcome.pairs) add(source, overlap(...[a, b].map((flag) => (flag.source ? touched(words, flag.source) : new Set()))));
    }
  }
  const categories = Object.fromEntries(CATEGORIES.map((category) => [category, figures(outcomes[category], KINDS[category])]));
  return {
    categories,
    macroF1: CATEGORIES.reduce((sum, category) => sum + categories[category].f1, 0) / CATEGORIES.length,
    sourceF1: rates(source).f1,
    linkF1: rates(link).f1,
    errors,
    rules: CATEGORIES.flatMap((category) => ruleFigures(category, outcomes[category])).sort(
      (a, b) => b.wrong - a.wrong || a.right - b.right || a.rule.localeCompare(b.rule),
    ),
  };
}

function add(total, count) {
  for (const key of Object.keys(total)) total[key] += count[key];
}

/** Words that both sets have, only the second (wrong), only the first (missed). */
function overlap(gold, flagged) {
  const right = common(gold, flagged);
  return { right, wrong: flagged.size - right, missed: gold.size - right };
}

/** All of a category's documents taken together. */
function pooled(outcomes) {
  const all = (part) => outcomes.flatMap((outcome) => outcome[part]);
  return { pairs: all("pairs"), missed: all("missed"), wrong: all("wrong"), unsure: all("unsure"), sure: all("sure"), strengths: all("strengths") };
}

function figures(outcomes, kinds) {
  const all = pooled(outcomes);
  const { precision, recall, f1 } = rates({ right: all.pairs.length, wrong: all.wrong.length, missed: all.missed.length });
  const anchor = { right: 0, wrong: 0, missed: 0 };
  for (const [gold, flagged] of all.pairs) add(anchor, overlap(gold.words, flagged.words));
  return {
    gold: all.pairs.length + all.missed.length,
    flagged: all.pairs.length + all.wrong.length,
    precision,
    recall,
    f1,
    kindAccuracy: share(all.pairs, ([gold, flagged]) => gold.kind === flagged.kind),
    anchorF1: rates(anchor).f1,
    sure: all.sure.length,
    surePrecision: share(all.sure, (flag) => flag.right),
    rank: rankCorrelation(all.strengths),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, kindFigures(all, kind)])),
  };
}

/** Recall over gold of this kind, whatever kind it was found as; precision over flags of this kind, whatever they match. */
function kindFigures(all, kind) {
  const found = all.pairs.filter(([gold]) => gold.kind === kind);
  const said = all.pairs.filter(([, flagged]) => flagged.kind === kind);
  const of = (flags) => flags.filter((flag) => flag.kind === kind);
  const { precision } = rates({ right: said.length, wrong: of(all.wrong).length, missed: 0 });
  const { recall } = rates({ right: found.length, wrong: 0, missed: of(all.missed).length });
  return {
    gold: found.length + of(all.missed).length,
    flagged: said.length + of(all.wrong).length,
    precision,
    recall,
    f1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0,
    kindAccuracy: share(found, ([, flagged]) => flagged.kind === kind),
    sure: of(all.sure).length,
    surePrecision: share(of(all.sure), (flag) => flag.right),
  };
}

const share = (all, good) => (all.length > 0 ? all.filter(good).length / all.length : 0);

function ruleFigures(category, outcomes) {
  const all = pooled(outcomes);
  const rules = new Map();
  const count = (flag, what) => {
    if (!rules.has(flag.rule)) rules.set(flag.rule, { category, rule: flag.rule, right: 0, wrong: 0, unsure: 0 });
    rules.get(flag.rule)[what]++;
  };
  for (const [, flag] of all.pairs) count(flag, "right");
  for (const flag of all.wrong) count(flag, "wrong");
  for (const flag of all.unsure) count(flag, "unsure");
  const total = { right: all.pairs.length, wrong: all.wrong.length, missed: all.missed.length };
  const left = ({ right, wrong }) => ({ right: total.right - right, wrong: total.wrong - wrong, missed: total.missed + right });
  return [...rules.values()].map((rule) => ({ ...rule, without: rates(left(rule)).f1 - rates(total).f1 }));
}
