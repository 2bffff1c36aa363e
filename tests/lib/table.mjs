/** The flag list as a table for a terminal. */

const pad = (text, width) => text + " ".repeat(Math.max(0, width - [...text].length));

function clip(text, width) {
  const characters = [...text.replace(/\s+/g, " ")];
  return characters.length <= width ? characters.join("") : `${characters.slice(0, width - 1).join("").trimEnd()}…`;
}

/**
 * Category, kind, strength, the words and, for anonymous flags, the source, one flag a line in
 * page order, then a line of counts. `columns` is the terminal's width in characters.
 */
export function table(flags, sources, columns = 110) {
  if (flags.length === 0) return "Nothing to mark here. That is no verdict on the page.";
  const label = new Map(sources.map((source) => [source.id, source.label]));
  const fixed = [
    ["Category", (flag) => flag.category],
    ["Kind", (flag) => flag.kind],
    ["Strength", (flag) => flag.strength.toFixed(2)],
  ];
  const widths = fixed.map(([head, value]) => Math.max(head.length, ...flags.map((flag) => value(flag).length)));
  const left = Math.max(40, Math.min(columns, 140) - widths.reduce((a, b) => a + b, 0) - 2 * (fixed.length + 1));
  const words = Math.ceil(left * 0.6);
  const line = (cells, text, source) =>
    [...cells.map((cell, i) => pad(cell, widths[i])), pad(clip(text, words), words), clip(source, left - words)].join("  ").trimEnd();
  const lines = flags.map((flag) => {
    const source = flag.source ? `${flag.source.id} ${label.get(flag.source.id) ?? ""}` : "";
    return line(fixed.map(([, value]) => value(flag)), flag.anchor.exact, source);
  });
  const heads = line(fixed.map(([head]) => head), "Words", "Source");
  const counts = ["anonymous", "unsourced", "hedged"].map((category) => `${flags.filter((flag) => flag.category === category).length} ${category}`);
  return [heads, "─".repeat(Math.max(...lines.map((text) => [...text].length), heads.length)), ...lines, "", counts.join(", ")].join("\n");
}
