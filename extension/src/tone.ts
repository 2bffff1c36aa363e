/** Whether text stands on a light or a dark ground, by what the page really paints. */
import * as nodes from "./nodes";
import type { Tone } from "./protocol";

type Rgba = readonly [number, number, number, number];

/** How many elements are looked behind. */
const MAX_DEPTH = 256;

/** Measures behind `element`: the nearest opaque background, or, over pictures, the text's colour. */
export function toneBehind(element: Element): Tone {
  let at: Element | null = element;
  for (let i = 0; at && i < MAX_DEPTH; at = parent(at), i++) {
    const style = getComputedStyle(at);
    if (style.backgroundImage !== "none" && style.backgroundImage.includes("url(")) break;
    const colour = parse(style.backgroundColor);
    if (colour && colour[3] > 0.5) return luminance(colour) < 0.4 ? "dark" : "light";
  }
  const text = parse(getComputedStyle(element).color);
  return text && luminance(text) > 0.4 ? "dark" : "light";
}

/** The element around another in the flattened tree. */
export function parent(element: Element): Element | null {
  const around = nodes.slotOf(element) ?? nodes.parentElement(element);
  if (around) return around;
  const root = nodes.rootOf(element);
  return root instanceof ShadowRoot ? root.host : null;
}

/** A computed colour; null for one that cannot be drawn. */
function parse(colour: string): Rgba | null {
  const plain = /^rgba?\(/.test(colour) ? colour.match(/[\d.]+/g) : null;
  if (!plain) return drawn(colour);
  const [r = 0, g = 0, b = 0, a = 1] = plain.map(Number);
  return [r, g, b, a];
}

/** Wide-gamut and other notations are left to the browser: one pixel, read back. */
function drawn(colour: string): Rgba | null {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return null;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}

/** Perceived lightness from 0 to 1; near enough to tell light from dark. */
function luminance([r, g, b]: Rgba): number {
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
