/** Scoring: figures worked out by hand, gold that must be refused, and the scorer that others use. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cli } from "./lib/cli.mjs";
import { parseGold, parseList } from "./lib/gold.mjs";
import { report } from "./lib/report.mjs";
import { complaint, rankCorrelation, score } from "./lib/score.mjs";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const OWN = path.join(HERE, "gold");
const SHARED = path.join(HERE, "..", "..", "shared");

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-eval-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const TEXT = "A senior aide said the plan may fail. The aide said it might work, and critics say it never will.\n";

/** A flag list as `.gold` lines tell it; a `rule` for each is given after `@`. */
function list(text, ...lines) {
  return lines.map((line) => {
    const [annotation, rule = "-"] = line.split("@");
    return { ...parseGold(annotation, text)[0], rule };
  });
}

function scored(gold, flagged, minStrength) {
  return score([{ name: "one", text: TEXT, gold: list(TEXT, ...gold), flagged: list(TEXT, ...flagged) }], minStrength);
}

test("precision, recall and F1 are over matched, wrong and missed flags", () => {
  const { hedged, anonymous } = scored(
    ["hedged/modal 0.8 | plan [may] fail", "hedged/modal 0.8 | it [might] work", "hedged/modal 0.8 | it never [will]"],
    ["hedged/modal 0.6 | plan [may] fail", "hedged/modal 0.6 | [critics] say"],
  ).categories;
  assert.deepEqual([hedged.gold, hedged.flagged], [3, 2]);
  assert.equal(hedged.precision, 1 / 2);
  assert.equal(hedged.recall, 1 / 3);
  assert.ok(Math.abs(hedged.f1 - 0.4) < 1e-12);
  assert.deepEqual([anonymous.gold, anonymous.flagged, anonymous.f1], [0, 0, 0]);
});

test("anchors match when they share a word that is no article", () => {
  const found = (gold, flag) => scored([`anonymous/person 0.8 | ${gold}`], [`anonymous/person 0.8 | ${flag}`]).categories.anonymous.recall;
  assert.equal(found("[A senior aide said]", "A senior aide [said] the plan"), 1);
  assert.equal(found("[A senior] aide", "A senior [aide said] the plan"), 0);
  assert.equal(found("[The aide] said", "[the plan] may"), 0);
});

test("an anchor of more than four content words more than the gold's matches nothing", () => {
  const found = (flag) => scored(["hedged/modal 0.8 | plan [may] fail"], [`hedged/modal 0.8 | ${flag}`]).categories.hedged.recall;
  assert.equal(found("A [senior aide said the plan may fail]"), 0, "six against one");
  assert.equal(found("[A senior aide said the plan may] fail"), 1, "five against one: articles don't count");
});

test("matching is one to one, most shared words first", () => {
  const { errors } = scored(
    ["anonymous/group 0.8 | and [critics say it] never"],
    ["anonymous/group 0.8 | work, [and critics] say@near", "anonymous/group 0.8 | critics [say it never]@nearest"],
  );
  assert.deepEqual(errors.map(({ what, flag }) => [what, flag.rule]), [["wrong", "near"]]);
});

test("doubtful gold is neither missed nor wrong", () => {
  const gold = ["hedged/modal 0.9? | plan [may] fail", "hedged/modal 0.4 | it [might] work", "hedged/modal 0.9? | it never [will]"];
  const { categories, rules } = scored(gold, ["hedged/modal 0.6 | plan [may] fail@x", "hedged/modal 0.6 | it [might] work@x"]);
  assert.deepEqual([categories.hedged.gold, categories.hedged.flagged], [0, 0]);
  assert.deepEqual(rules.map(({ right, wrong, unsure }) => [right, wrong, unsure]), [[0, 0, 2]]);
  assert.equal(scored(gold, [], 0.4).categories.hedged.gold, 1, "at 0.4 the weak one counts");
});

test("flags under the strength that is scored don't exist", () => {
  const { hedged } = scored(["hedged/modal 0.9 | plan [may] fail"], ["hedged/modal 0.45 | plan [may] fail"]).categories;
  assert.deepEqual([hedged.recall, hedged.flagged], [0, 0]);
});

test("a kind has its own row: recall over its gold, precision over its flags", () => {
  const { hedged } = scored(
    ["hedged/modal 0.8 | plan [may] fail", "hedged/modal 0.8 | it [might] work", "hedged/hearsay 0.8 | [critics] say"],
    ["hedged/modal 0.8 | plan [may] fail", "hedged/appearance 0.8 | it [might] work", "hedged/modal 0.8 | it never [will]"],
  ).categories;
  assert.equal(hedged.kindAccuracy, 1 / 2);
  const { modal, appearance, hearsay } = hedged.kinds;
  assert.deepEqual([modal.gold, modal.flagged, modal.precision, modal.recall, modal.kindAccuracy], [2, 2, 1 / 2, 1, 1 / 2]);
  assert.deepEqual([appearance.gold, appearance.flagged, appearance.precision], [0, 1, 1]);
  assert.deepEqual([hearsay.gold, hearsay.flagged, hearsay.recall], [1, 0, 0]);
});

test("sure flags are held to gold of at least 0.5, borderline or not", () => {
  const { hedged } = scored(
    ["hedged/modal 0.5? | plan [may] fail", "hedged/modal 0.4 | it [might] work"],
    ["hedged/modal 0.8 | plan [may] fail", "hedged/modal 0.9 | it [might] work", "hedged/modal 0.7 | [critics] say"],
  ).categories;
  assert.deepEqual([hedged.sure, hedged.surePrecision], [2, 1 / 2]);
});

test("rules are counted, the most often wrong first", () => {
  const { rules } = scored(
    ["hedged/modal 0.8 | plan [may] fail", "hedged/modal 0.8 | it [might] work"],
    ["hedged/modal 0.8 | plan [may] fail@good", "hedged/modal 0.8 | it [might] work@fair", "hedged/modal 0.8 | [critics] say@fair", "hedged/modal 0.8 | it never [will]@bad"],
  );
  assert.deepEqual(rules.map(({ rule, right, wrong }) => [rule, right, wrong]), [["bad", 0, 1], ["fair", 1, 1], ["good", 1, 0]]);
  // Two right and two wrong of two wanted: F1 2/3. Without “bad” 4/5, without “fair” 1/2, without “good” 2/5.
  assert.deepEqual(rules.map(({ without }) => without.toFixed(4)), ["0.1333", "-0.1667", "-0.2667"]);
});

test("sources: their words, and which flags share one", () => {
  const gold = ["anonymous/person 0.8 | [A senior aide said] | senior aide = S1", "anonymous/person 0.8 | [The aide said] | The aide = S1", "anonymous/group 0.8 | [critics say] | critics = S2"];
  const same = scored(gold, gold);
  assert.deepEqual([same.sourceF1, same.linkF1], [1, 1]);
  const flagged = ["anonymous/person 0.8 | [A senior aide said] | aide = S1", gold[1], "anonymous/group 0.8 | [critics say] | critics = S1"];
  const other = scored(gold, flagged);
  // Words: aide, aide, critics of senior aide, aide, critics. Links: one of one, and two that aren't.
  assert.equal(other.sourceF1.toFixed(4), ((2 * 1 * 0.75) / 1.75).toFixed(4));
  assert.equal(other.linkF1, 0.5);
  const none = scored(gold, gold.map((line) => line.replace(/ \| [^|]*$/, "")));
  assert.deepEqual([none.sourceF1, none.linkF1], [0, 0], "flags without a source share none");
});

test("rank correlation", () => {
  assert.equal(rankCorrelation([[1, 10], [2, 20], [3, 30]]), 1);
  assert.equal(rankCorrelation([[1, 30], [2, 20], [3, 10]]), -1);
  assert.equal(rankCorrelation([[1, 1], [2, 1], [3, 1]]), 0);
  assert.equal(rankCorrelation([[1, 1], [2, 2]]), 0, "two say nothing");
  assert.equal(rankCorrelation([[1, 1], [2, 1], [3, 2]]).toFixed(4), "0.8660", "ties share their mean rank");
});

test("words are counted in code points, as anchors are", () => {
  const text = "🚢🚢🚢 It may sink.";
  const [gold, flagged] = [list(text, "hedged/modal 0.8 | It [may] sink"), list(text, "hedged/modal 0.8 | It [may sink]")];
  // One word of one, one of two.
  assert.equal(score([{ name: "one", text, gold, flagged }]).categories.hedged.anchorF1.toFixed(4), "0.6667");
});

test("an error shows its anchor in its line", () => {
  const { errors } = scored([], ["hedged/modal 0.8 | it [might] work"]);
  const { line, before: left, words, after: right } = errors[0];
  assert.deepEqual([line, words], [1, "might"]);
  assert.ok(left.endsWith("The aide said it ") && right.startsWith(" work, and"));
  const text = report(scored([], ["hedged/modal 0.8 | it [might] work@hedge-might"]), { errors: 5, rules: true, mark: (anchor) => `[${anchor}]` });
  assert.match(text, /flagged without need: 1\n {2}one:1 {2}modal 0\.80, by hedge-might\n .*said it \[might\] work/);
});

test("gold: quotes become code points", () => {
  const text = "🚢 First.\nA “senior” aide 🚢 said so, [sic]. He said no.\n";
  const [flag] = parseGold("# a note\n\nanonymous/person 0.65? | “senior” [aide 🚢 said] so | “senior” aide = S1\r\n", text);
  const { rule, ...rest } = flag;
  assert.deepEqual(rest, { category: "anonymous", kind: "person", strength: 0.65, borderline: true, anchor: [20, 31], source: [11, 24], id: "S1" });
  assert.equal([...text].slice(20, 31).join(""), "aide 🚢 said");
});

for (const [what, annotation, words] of [
  ["an unknown kind", "hedged/modla 0.8 | plan [may] fail", /^1: there is no hedged\/modla$/],
  ["a kind of another category", "hedged/person 0.8 | plan [may] fail", /^1: there is no hedged\/person$/],
  ["no strength", "hedged/modal | plan [may] fail", /^1: “hedged\/modal” is not: category\/kind strength/],
  ["a strength over 1", "hedged/modal 1.5 | plan [may] fail", /^1: the strength 1.5 is not from 0 to 1$/],
  ["words that aren't there", "hedged/modal 0.8 | plan [might] fail", /^1: the words “plan might fail” are not in the text$/],
  ["words that are there twice", "anonymous/person 0.8 | [aide said]", /^1: the words “aide said” stand more than once in the text: quote more/],
  ["no anchor", "hedged/modal 0.8 | plan may fail", /^1: “plan may fail” doesn't have one anchor in brackets$/],
  ["two anchors", "hedged/modal 0.8 | [plan] [may] fail", /^1: .* doesn't have one anchor/],
  ["a source that isn't there", "anonymous/group 0.8 | [critics say] it | a critic = S1", /^1: the words “a critic” are not in the line$/],
  ["a source without a name", "anonymous/group 0.8 | [critics say] it | critics", /^1: “critics” is not: words of the source = name/],
  ["anchors that overlap", "hedged/modal 0.8 | plan [may] fail\n# note\nhedged/modal 0.8 | the [plan may] fail", /^3: two hedged anchors overlap: “plan may” and “may”$/],
]) {
  test(`gold is refused: ${what}`, () => assert.throws(() => parseGold(annotation, TEXT), { message: words }));
}

test("gold: all bad lines are told at once", () => {
  assert.throws(() => parseGold("nonsense\nhedged/modal 0.8 | plan [may] fail\nhedged/modal 0.8 | [gone]", TEXT), (error) => {
    assert.deepEqual(error.complaints.map((line) => line[0]), ["1", "3"]);
    return true;
  });
});

test("lists in JSON: gold's and the program's spans, and what is refused", () => {
  const flag = { category: "anonymous", kind: "person", strength: 0.8, anchor: [0, 18], source: [0, 13], source_id: "S1" };
  const printed = { ...flag, anchor: { start: 0, end: 18 }, source: { id: "S1", start: 0, end: 13 }, source_id: undefined };
  const nobody = { ...flag, source: { id: null, start: null, end: null }, source_id: undefined };
  const read = (flags) => parseList(JSON.stringify({ flags }), TEXT);
  assert.deepEqual(read([printed]), read([flag]));
  assert.deepEqual([read([nobody])[0].source, read([nobody])[0].id], [null, null]);
  assert.throws(() => read([{ ...flag, anchor: [5, 5] }]), /is empty or outside/);
  assert.throws(() => read([{ ...flag, anchor: [0, 400] }]), /is empty or outside/);
  assert.throws(() => read([{ ...flag, anchor: null }]), /is empty or outside/);
  assert.throws(() => read([flag, { ...flag, anchor: [2, 8] }]), /two anonymous anchors overlap/);
  assert.throws(() => parseList("[]", TEXT), /this is no list of flags/);
  assert.throws(() => parseList("{", TEXT), /this is no list of flags/);
  assert.match(complaint([{ ...flag, anchor: [90, 99] }], `${TEXT}.`), /crosses a line break/);
});

/** Runs the scorer as a user does; how it ended and what it said. */
function evaluate(...args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(HERE, "eval.mjs"), ...args], (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

test("eval names the file and the line of bad gold and ends with 1", async () => {
  const file = (name) => path.join(folder, name);
  await writeFile(file("a.txt"), TEXT);
  await writeFile(file("a.gold"), "hedged/modal 0.8 | plan [might] fail\n");
  await writeFile(file("b.txt"), TEXT);
  await writeFile(file("c.json"), "{}");
  const { code, stdout, stderr } = await evaluate(folder);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.ok(stderr.includes(`${file("a.gold")}:1: the words “plan might fail” are not in the text`), stderr);
  assert.match(stderr, /b\.txt: there must be one gold beside it/);
  assert.match(stderr, /c\.json: there is no c\.txt/);
});

test("eval ends with 1 without texts, with 2 on a command line without sense", async () => {
  assert.equal((await evaluate(path.join(folder, "nowhere"))).code, 1);
  for (const args of [[], [OWN, "--errors", "many"], [OWN, "--min-strength", "2"], [OWN, "--eros"], [OWN, OWN]]) {
    assert.equal((await evaluate(...args)).code, 2, args.join(" "));
  }
});

test("eval scores our own articles", async () => {
  const { code, stdout, stderr } = await evaluate(OWN, "--errors", "1", "--rules");
  assert.equal(code, 0, stderr);
  for (const words of [/^\d+ texts, \d+ words; flags of strength 0\.5 and up$/m, /^anonymous +\d+ +\d+ +[01]\.\d{3} /m, /^ {2}agentless +\d/m, /^Rules, the most often wrong first/m]) {
    assert.match(stdout, words);
  }
});

test("our own articles are enough, and of a size", async () => {
  const names = (await readdir(OWN)).filter((name) => name.endsWith(".txt"));
  assert.ok(names.length >= 14);
  for (const name of names) {
    const words = (await readFile(path.join(OWN, name), "utf8")).split(/\s+/).filter(Boolean).length;
    assert.ok(words >= 250 && words <= 500, `${name} has ${words} words`);
  }
});

/** Why the scorer that others use can't be compared with. */
function incomparable() {
  if (!existsSync(path.join(SHARED, "eval", "score.py"))) return "skipped: there is no other scorer beside this repository";
  try {
    execFileSync("python3", ["--version"]);
    return false;
  } catch {
    return "skipped: there is no Python 3";
  }
}

test("the figures are those of the scorer that others use", { skip: incomparable() }, async () => {
  const golds = path.join(SHARED, "gold", "dev");
  const names = (await readdir(golds)).filter((name) => name.endsWith(".txt")).map((name) => name.slice(0, -4));
  const documents = await Promise.all(
    names.map(async (name) => {
      const [text, gold] = await Promise.all([".txt", ".json"].map((ending) => readFile(path.join(golds, name + ending), "utf8")));
      const { stdout } = await cli(["--format", "json", path.join(golds, `${name}.txt`)]);
      await writeFile(path.join(folder, `${name}.json`), stdout);
      return { name, text, gold: parseList(gold, text), flagged: parseList(stdout, text) };
    }),
  );
  for (const strength of [0.5, 0.2]) {
    const args = [path.join(SHARED, "eval", "score.py"), golds, folder, "--json", "--min-strength", String(strength)];
    const theirs = JSON.parse(execFileSync("python3", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    const ours = score(documents, strength);
    const same = (a, b, what) => assert.equal(a.toFixed(3), b.toFixed(3), `${what} at ${strength}`);
    for (const [category, figures] of Object.entries(ours.categories)) {
      const other = theirs[category];
      assert.deepEqual([figures.gold, figures.flagged], [other.tp + other.fn, other.tp + other.fp], category);
      same(figures.precision, other.precision, `${category} precision`);
      same(figures.recall, other.recall, `${category} recall`);
      same(figures.f1, other.f1, `${category} F1`);
      same(figures.kindAccuracy, other.kind_accuracy, `${category} kind accuracy`);
      same(figures.anchorF1, other.anchor_f1, `${category} anchor F1`);
      same(figures.surePrecision, other.precision_at_080, `${category} precision at 0.8`);
      same(figures.rank, other.strength_rank, `${category} rank`);
    }
    same(ours.macroF1, theirs.macro_f1, "macro F1");
    same(ours.sourceF1, theirs.source_token_f1, "source words");
    same(ours.linkF1, theirs.source_link_f1, "links");
  }
});
