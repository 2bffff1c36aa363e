/** Figures of a score as text for a terminal, with what each column means. */
import { CATEGORIES } from "./score.mjs";

const LABEL = 20;
/** How many rules are shown when not every rule is wanted. */
const RULES = 12;

/** The columns of the table of figures: head, width, and a row's value as text. */
const COLUMNS = [
  ["gold", 6, (row) => String(row.gold)],
  ["flags", 7, (row) => String(row.flagged)],
  ["precision", 11, (row) => ratio(row.precision, row.flagged)],
  ["recall", 8, (row) => ratio(row.recall, row.gold)],
  ["F1", 8, (row) => ratio(row.f1, row.gold + row.flagged)],
  ["kind", 8, (row) => ratio(row.kindAccuracy, row.gold * row.recall)],
  ["at 0.8", 8, (row) => ratio(row.surePrecision, row.sure)],
  ["of", 5, (row) => String(row.sure)],
  ["anchor", 8, (row) => ratio(row.anchorF1, row.gold * row.recall)],
  ["rank", 8, (row) => ratio(row.rank, row.gold * row.recall)],
];

const LEGEND = `
gold       flags that careful readers want; the doubtful (borderline, or weaker than what is
           scored) count for nothing, nor does what matches them
flags      flags shown, less those that match doubtful gold
precision  how many of the flags shown are wanted
recall     how many of the wanted flags are shown
F1         the harmonic mean of both
kind       how many of those found are of the right kind. In a row of a kind, precision is over
           flags of that kind and recall over gold of that kind, whatever kind its partner is
at 0.8     how many of the flags of strength 0.8 and up, counted by “of”, are wanted
anchor     F1 of the marked words of those found
rank       whether strengths order flags as gold's do (1: just so, 0: not at all)`;

const TITLES = { missed: "missed", wrong: "flagged without need", kind: "of another kind" };

/** A figure to three decimals, or a dash where there was nothing to measure. */
function ratio(value, of) {
  if (value === undefined) return "";
  return of > 0 ? value.toFixed(3) : "–";
}

/**
 * The whole report. `look.errors`: how many errors of each sort to list; `look.rules`: every rule,
 * not only those that were wrong; `look.mark(words)`: how an anchor is set off.
 */
export function report(result, look) {
  return [figures(result), LEGEND.slice(1), mistakes(result.errors, look), rules(result.rules, look.rules)]
    .filter(Boolean)
    .join("\n\n");
}

function figures({ categories, macroF1, sourceF1, linkF1 }) {
  const cells = (label, row) =>
    (label.padEnd(LABEL) + COLUMNS.map(([, width, value]) => value(row).padStart(width)).join("")).trimEnd();
  const heads = "".padEnd(LABEL) + COLUMNS.map(([head, width]) => head.padStart(width)).join("");
  const rows = CATEGORIES.flatMap((category) => [
    "",
    cells(category, categories[category]),
    ...Object.entries(categories[category].kinds).map(([kind, row]) => cells(`  ${kind}`, row)),
  ]);
  const last = `Mean F1 ${macroF1.toFixed(3)}. Of the anonymous flags found: F1 of the sources' words ${sourceF1.toFixed(3)}, F1 of which flags share a source ${linkF1.toFixed(3)}.`;
  return [heads, "─".repeat(heads.length), ...rows.slice(1), "", last].join("\n");
}

function mistakes(errors, { errors: most, mark }) {
  if (most === 0) return "";
  const parts = CATEGORIES.flatMap((category) =>
    Object.entries(TITLES).map(([what, title]) => {
      const all = errors.filter((error) => error.category === category && error.what === what);
      if (all.length === 0) return "";
      all.sort((a, b) => b.flag.strength - a.flag.strength);
      const some = all.length > most ? `, the strongest ${most}` : "";
      return [`${category}, ${title}: ${all.length}${some}`, ...all.slice(0, most).map((error) => mistake(error, mark))].join("\n");
    }),
  );
  return parts.filter(Boolean).join("\n\n");
}

function mistake({ document, what, flag, other, line, before, words, after }, mark) {
  const kind = what === "kind" ? `${flag.kind}, flagged as ${other.kind} by ${other.rule}` : flag.kind;
  const rule = what === "wrong" ? `, by ${flag.rule}` : "";
  return `  ${document}:${line}  ${kind} ${flag.strength.toFixed(2)}${rule}\n      ${before}${mark(words)}${after}`;
}

function rules(all, every) {
  const wrong = all.filter((rule) => rule.wrong > 0);
  const shown = every ? all : wrong.slice(0, RULES);
  if (shown.length === 0) return "";
  const rows = shown.map(({ category, rule, right, wrong, unsure, without }) => {
    const change = (without >= 0 ? "+" : "−") + Math.abs(without).toFixed(3);
    const counts = [right, wrong, unsure].map((n) => String(n).padStart(8)).join("");
    return `${counts}${change.padStart(10)}  ${category} ${rule}`;
  });
  const title = every
    ? "Rules, the most often wrong first."
    : `Rules that were wrong: ${wrong.length}; the ${shown.length} most often wrong (every rule: --rules).`;
  return [
    title,
    "right, wrong  flags that match wanted gold, that match none; unsure: that match doubtful gold",
    "without       how the F1 of its category would change if the rule's flags were not there",
    "",
    "   right   wrong  unsure   without  rule",
    ...rows,
  ].join("\n");
}
