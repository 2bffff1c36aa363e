/** Small pieces of drawing that the card and our pages share. */
import mark from "./mark.json";
import type { Category, LineStyle } from "./protocol";

export const HTML = "http://www.w3.org/1999/xhtml";
const SVG = "http://www.w3.org/2000/svg";

/** An element of the page that we draw in, which may call something else `document.createElement` (`nodes.ts`). */
export function make(space: string, tag: string): Element {
  return Document.prototype.createElementNS.call(document, space, tag);
}

const LINES: Readonly<Record<LineStyle, { path: string; width: string; dash?: string; round?: boolean }>> = {
  solid: { path: "M0 4H22", width: "2" },
  dotted: { path: "M1.25 4H22", width: "2.5", dash: "0 4", round: true },
  wavy: { path: "M0 5.5q2.75-5 5.5 0t5.5 0t5.5 0t5.5 0", width: "1.5" },
  dashed: { path: "M0 4H22", width: "2", dash: "5 3.5" },
};

/** Draws our mark into the page that has a place for it. */
export function drawMark(): void {
  for (const part of ["quotes", "line"] as const) {
    document.querySelector(`#mark .${part}`)?.setAttribute("d", mark[part]);
  }
}

/** A category's line as it is under the words, in its colour: the custom property of that name. */
export function line(category: Category, style: LineStyle): SVGElement {
  return stroke(style, `var(--${category})`);
}

/** A line of this style. */
export function stroke(style: LineStyle, colour: string): SVGElement {
  const { path, width, dash, round } = LINES[style];
  const drawing = svg("line", "0 0 22 8", path);
  drawing.style.stroke = colour;
  drawing.style.strokeWidth = width;
  if (dash) drawing.style.strokeDasharray = dash;
  if (round) drawing.style.strokeLinecap = "round";
  return drawing;
}

export function svg(className: string, viewBox: string, d: string): SVGElement {
  const drawing = make(SVG, "svg") as SVGElement;
  drawing.setAttribute("viewBox", viewBox);
  drawing.setAttribute("class", className);
  drawing.setAttribute("aria-hidden", "true");
  const path = make(SVG, "path");
  path.setAttribute("d", d);
  drawing.append(path);
  return drawing;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const made = make(HTML, tag) as HTMLElementTagNameMap[K];
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}

/** The page's own words, which are English whatever the interface speaks; signs in them that turn words round end with them. */
export function quoted<E extends HTMLElement>(words: E): E {
  words.lang = "en";
  words.dir = "ltr";
  return words;
}
