/** Colours and lines: what stands behind the names in `protocol.ts`, for pages, cards and our own pages. */
import {
  CATEGORIES,
  type Category,
  type Colour,
  type LineStyle,
  type Looks,
  type Sheet,
  type Tone,
} from "./protocol";

/** On a light page and on a dark one. */
const COLOURS: Readonly<Record<Colour, Record<Tone, string>>> = {
  violet: { light: "#6a41b3", dark: "#b3a4fa" },
  ochre: { light: "#955700", dark: "#e2ae58" },
  petrol: { light: "#0a747a", dark: "#62c8c6" },
  blue: { light: "#1f5fb4", dark: "#8ab4f8" },
  grey: { light: "#4a4741", dark: "#c9c4ba" },
};

interface Line {
  /** Thickness in pixels, distance from the words in em. */
  width: number;
  offset: number;
  /** Percent of the colour behind marked text, and percent more while the card is open. */
  tint: Record<Tone, number>;
  active: Record<Tone, number>;
}

const ACTIVE = { light: 15, dark: 20 };
const LINES: Readonly<Record<LineStyle, Line>> = {
  solid: { width: 2, offset: 0.2, tint: { light: 7, dark: 11 }, active: ACTIVE },
  dotted: { width: 2.5, offset: 0.2, tint: { light: 7.5, dark: 9 }, active: { light: 16, dark: 20 } },
  wavy: { width: 1.5, offset: 0.16, tint: { light: 0, dark: 0 }, active: ACTIVE },
  dashed: { width: 2, offset: 0.2, tint: { light: 7, dark: 10 }, active: ACTIVE },
};

/** How all names of ours in a page begin. */
export const OURS = "hearsay-";

/** Registry name of a category's ranges. */
export const highlightName = (category: Category) => OURS + category;
/** Registry name of the flag whose card is open. */
export const activeName = (category: Category) => `${OURS + category}-active`;
/** Registry name of the flag that the reader has come to by key. */
export const CURRENT = "hearsay-current";

/** Registry name of words that the panel leads to and no flag marks: the claim of a named source. */
export const PLACE = "hearsay-place";

/** All that is ever ours in a page's registry, which Firefox lets no script of ours look through. */
export const names = () => [
  ...CATEGORIES.flatMap((one) => [highlightName(one), activeName(one)]),
  PLACE,
  CURRENT,
];

const alpha = (colour: string, percent: number) => `rgb(from ${colour} r g b / ${percent}%)`;

/** The style sheet that goes into a page. It never sets `color`: the page's text stays the page's. */
export function highlightSheet({ tone, looks }: Sheet): string {
  const rules = CATEGORIES.flatMap((category) => {
    const { line, colour: name } = looks[category];
    const colour = COLOURS[name][tone];
    const { width, offset, tint, active } = LINES[line];
    const background = tint[tone] > 0 ? `background-color: ${alpha(colour, tint[tone])};` : "";
    return [
      `::highlight(${highlightName(category)}) { text-decoration: underline ${line} ${width}px; text-underline-offset: ${em(offset)}; text-decoration-color: ${colour}; ${background} }`,
      `::highlight(${activeName(category)}) { background-color: ${alpha(colour, active[tone])}; }`,
    ];
  });
  const place = `::highlight(${PLACE}) { background-color: ${alpha("#8b857a", tone === "light" ? 22 : 34)}; }`;
  // The focus: a bar in the colour of the page's text on both sides of the words.
  const current = `::highlight(${CURRENT}) { text-decoration: underline overline solid 2px currentcolor; text-underline-offset: .3em; }`;
  return [...rules, place, current, links(), contrast(), forced()].join("\n");
}

const marks = (prefix: string, of: (category: Category) => string) =>
  CATEGORIES.map((category) => `${prefix}::highlight(${of(category)})`).join(", ");

/** A link has its own line: ours runs clear of it, below. */
const links = () => `${marks(":any-link", highlightName)} { text-underline-offset: .38em; }`;

const contrast = () =>
  `@media (prefers-contrast: more) { ${marks("", highlightName)} { text-decoration-thickness: 3px; } }`;

/** The browser paints every mark as it does a selection and takes no other colour: the lines move into that ground, to be seen. */
const forced = () =>
  `@media (forced-colors: active) { ${marks("", highlightName)}, ${marks(":any-link", highlightName)} { text-decoration-thickness: 1.5px; text-underline-offset: .04em; } }`;

const em = (length: number) => `${String(length).replace(/^0/, "")}em`;

/**
 * The lines as custom properties: `--anonymous` its colour, `--anonymous-line` its style, width and
 * colour, `--anonymous-offset` its distance. Without a tone they follow the system's.
 */
export function lineProperties(looks: Looks, tone: Tone | null = null): [name: string, value: string][] {
  return CATEGORIES.flatMap((category) => {
    const { line, colour: name } = looks[category];
    const { light, dark } = COLOURS[name];
    const { width, offset } = LINES[line];
    const colour = tone ? COLOURS[name][tone] : `light-dark(${light}, ${dark})`;
    return [
      [`--${category}`, colour],
      [`--${category}-line`, `${line} ${width}px ${colour}`],
      [`--${category}-offset`, em(offset)],
    ] as [string, string][];
  });
}

/** A colour on our own pages. */
export function colourOf(name: Colour): string {
  const { light, dark } = COLOURS[name];
  return `light-dark(${light}, ${dark})`;
}

/** Draws our own page with the reader's lines. */
export function wear(looks: Looks): void {
  for (const [name, value] of lineProperties(looks)) document.documentElement.style.setProperty(name, value);
}
