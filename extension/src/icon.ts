/** The toolbar icon: grey when off, ink and violet when on, after the toolbar's own colour. */
import { setIcon } from "./browser";
import type { Tone } from "./protocol";
import { text } from "./words";

const SIZES = [16, 24, 32, 48];

/** File name of an icon, as the build writes it. */
const file = (variant: string, size: number) => `icons/${variant}-${size}.png`;

export function showIcon(tab: number, on: boolean, scheme: Tone): Promise<void> {
  const variant = on ? `on-${scheme}` : "off";
  const paths = Object.fromEntries(SIZES.map((size) => [size, file(variant, size)]));
  return setIcon(tab, paths, text(on ? "iconOn" : "name"));
}
