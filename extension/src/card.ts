/**
 * The card: our only element in the page, there only while a card is shown. It knows nothing of
 * hovering or the engine; it draws details at a place and says when the pointer is over it.
 */
import sheetText from "./card.css";
import { later } from "./later";
import { type Box, place } from "./place";
import type { Category, Details, Tone } from "./protocol";
import { lineProperties } from "./theme";

/** The one custom tag: page rules for `div` don't meet it. */
export const HOST = "hearsay-card";
const FADE_OUT = 80;
/** More blocks than this say nothing at the card's width. */
const MAX_TICKS = 48;

export interface Anchor {
  /** The last line of the flag. */
  line: Box;
  /** What must stay readable. */
  sentence: Box;
}

export interface Other {
  category: Category;
  open: () => void;
}

export class Card {
  private host: HTMLElement | null = null;
  /** Ends the fading early, where the card is fading out. */
  private fading: (() => void) | null = null;
  private readonly onOver: (over: boolean) => void;

  /** `onOver` hears when the pointer enters and leaves the card. */
  constructor(onOver: (over: boolean) => void) {
    this.onOver = onOver;
  }

  get open(): boolean {
    return this.host?.isConnected === true && this.fading === null;
  }

  /** Shows a card, instead of the one before. `others`: further flags on the same words. */
  show(details: Details, others: readonly Other[], anchor: Anchor, tone: Tone): void {
    const replaces = this.open;
    this.remove();
    const host = document.createElement(HOST);
    host.popover = "manual";
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${sheetText}\n.card { ${lineProperties(tone)} }`);
    root.adoptedStyleSheets = [sheet];
    const card = draw(details, others);
    card.classList.toggle("dark", tone === "dark");
    root.append(card);
    host.addEventListener("pointerenter", () => this.onOver(true));
    host.addEventListener("pointerleave", () => this.onOver(false));

    document.documentElement.append(host);
    host.showPopover();
    this.host = host;

    const viewport = { width: document.documentElement.clientWidth, height: window.innerHeight };
    const at = place(
      anchor.line,
      anchor.sentence,
      { width: card.offsetWidth, height: card.offsetHeight },
      viewport,
    );
    card.style.left = `${at.left}px`;
    card.style.top = `${at.top}px`;
    card.style.maxHeight = `${at.maxHeight}px`;
    card.classList.toggle("above", at.above);
    if (replaces) card.style.transition = "none";
    // Measuring above has drawn the first state, so that this is a change and fades in.
    card.classList.add("open");
  }

  /** Fades out, then leaves no trace. */
  hide(): void {
    const host = this.host;
    if (!host || this.fading !== null) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.remove();
      return;
    }
    host.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_OUT, fill: "forwards" });
    this.fading = later(() => this.remove(), FADE_OUT);
  }

  /** At once. */
  remove(): void {
    this.fading?.();
    this.fading = null;
    this.host?.remove();
    this.host = null;
  }
}

const NAMES: Readonly<Record<Category, string>> = {
  anonymous: "Anonymous source",
  unsourced: "Unsourced assertion",
  hedged: "Hedged claim",
};

function draw(details: Details, others: readonly Other[]): HTMLElement {
  const card = element("section", "card");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", `Hearsay: ${details.title}`);

  const header = element("header");
  header.append(
    line(details.category),
    element("strong", "", details.title),
    element("span", "kind", details.kindLabel),
  );

  const facts = element("dl");
  const words = element("dd", "page");
  for (const { text, cue } of details.words) words.append(cue ? element("b", "", text) : text);
  facts.append(element("dt", "", "The words"), words);
  for (const { label, text, fromPage } of details.facts) {
    facts.append(element("dt", "", label), element("dd", fromPage ? "page" : "", text));
  }
  facts.append(element("dt", "", "Strength"), element("dd", "", details.strength.text));

  card.append(header, element("p", "plain", details.plain), facts);
  if (details.rests) card.append(rests(details.rests));
  for (const other of others) card.append(otherRow(other));
  return card;
}

/** How much of the page rests on this source: one block is one claim. */
function rests({ claims, total, index, text }: NonNullable<Details["rests"]>): HTMLElement {
  const row = element("div", "rests");
  const sentence = element("p");
  const counted = /^\d+ of \d+/.exec(text)?.[0] ?? "";
  sentence.append(element("b", "", counted), text.slice(counted.length));
  row.append(sentence);
  if (claims > 1 && total <= MAX_TICKS) {
    const ticks = element("div", "ticks");
    ticks.setAttribute("aria-hidden", "true");
    for (let i = 0; i < total; i++) {
      ticks.append(element("i", i === index ? "this" : i < claims ? "its" : ""));
    }
    ticks.append(element("span", "", `${index + 1} of ${claims}`));
    row.append(ticks);
  }
  return row;
}

function otherRow({ category, open }: Other): HTMLElement {
  const row = element("button", "other") as HTMLButtonElement;
  row.type = "button";
  const label = element("span");
  label.append("Also here: ", element("b", "", NAMES[category].toLowerCase()));
  row.append(line(category), label, svg("go", "0 0 8 12", "M1.5 1.5 6 6l-4.5 4.5"));
  row.addEventListener("click", open);
  return row;
}

const LINES: Readonly<Record<Category, { path: string; width: string; dash?: string }>> = {
  anonymous: { path: "M0 4H22", width: "2" },
  unsourced: { path: "M1.25 4H22", width: "2.5", dash: "0 4" },
  hedged: { path: "M0 5.5q2.75-5 5.5 0t5.5 0t5.5 0t5.5 0", width: "1.5" },
};

/** The category's line as it is under the words. */
function line(category: Category): SVGElement {
  const { path, width, dash } = LINES[category];
  const drawing = svg("line", "0 0 22 8", path);
  drawing.style.stroke = `var(--${category})`;
  drawing.style.strokeWidth = width;
  if (dash) {
    drawing.style.strokeDasharray = dash;
    drawing.style.strokeLinecap = "round";
  }
  return drawing;
}

function svg(className: string, viewBox: string, d: string): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", viewBox);
  drawing.setAttribute("class", className);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", d);
  drawing.append(path);
  return drawing;
}

function element(tag: string, className = "", text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  return made;
}
