/** Colours and lines of the three categories, for the page and for the card. */
import { CATEGORIES, type Category, type Tone } from "./protocol";

interface Palette {
  line: Record<Category, string>;
  /** Percent of the line's colour behind marked text. */
  tint: Record<Category, number>;
  /** Percent more while its card is open. */
  active: Record<Category, number>;
}

const PALETTES: Readonly<Record<Tone, Palette>> = {
  light: {
    line: { anonymous: "#6a41b3", unsourced: "#955700", hedged: "#0a747a" },
    tint: { anonymous: 7, unsourced: 7.5, hedged: 0 },
    active: { anonymous: 15, unsourced: 16, hedged: 15 },
  },
  dark: {
    line: { anonymous: "#b3a4fa", unsourced: "#e2ae58", hedged: "#62c8c6" },
    tint: { anonymous: 11, unsourced: 9, hedged: 0 },
    active: { anonymous: 20, unsourced: 20, hedged: 20 },
  },
};

/** A category is its line: somebody unseen, nothing to stand on, it wavers. */
const LINES: Readonly<Record<Category, string>> = {
  anonymous: "text-decoration: underline solid 2px; text-underline-offset: .2em;",
  unsourced: "text-decoration: underline dotted 2.5px; text-underline-offset: .2em;",
  hedged: "text-decoration: underline wavy 1.5px; text-underline-offset: .16em;",
};

/** Registry name of a category's ranges. */
export const highlightName = (category: Category) => `hearsay-${category}`;
/** Registry name of the flag whose card is open. */
export const activeName = (category: Category) => `hearsay-${category}-active`;

/** Registry name of words that the panel leads to and no flag marks: the claim of a named source. */
export const PLACE = "hearsay-place";

/** All that is ever ours in a page's registry. */
export const NAMES: readonly string[] = [
  ...CATEGORIES.flatMap((one) => [highlightName(one), activeName(one)]),
  PLACE,
];

const alpha = (colour: string, percent: number) => `rgb(from ${colour} r g b / ${percent}%)`;

/** The style sheet that goes into a page. It never sets `color`: the page's text stays the page's. */
export function highlightSheet(tone: Tone): string {
  const { line, tint, active } = PALETTES[tone];
  const rules = CATEGORIES.flatMap((category) => {
    const colour = line[category];
    const background = tint[category] > 0 ? `background-color: ${alpha(colour, tint[category])};` : "";
    return [
      `::highlight(${highlightName(category)}) { ${LINES[category]} text-decoration-color: ${colour}; ${background} }`,
      `::highlight(${activeName(category)}) { background-color: ${alpha(colour, active[category])}; }`,
    ];
  });
  const place = `::highlight(${PLACE}) { background-color: ${alpha("#8b857a", tone === "light" ? 22 : 34)}; }`;
  return [...rules, place].join("\n");
}

/** The category colours as custom properties. */
export function lineProperties(tone: Tone): string {
  return CATEGORIES.map((category) => `--${category}: ${PALETTES[tone].line[category]};`).join(" ");
}
