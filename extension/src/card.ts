/**
 * The card: our only element in the page, there only while a card is shown. It knows nothing of
 * hovering or the engine; it draws details at a place and says when the pointer is over it.
 */
import sheetText from "./card.css";
import { element, line, quoted, svg } from "./draw";
import { later } from "./later";
import { type Box, place } from "./place";
import type { Category, Details, Tone } from "./protocol";
import { factLabel, factText, kindLabel, plain, strengthText, title } from "./tell";
import { lineProperties } from "./theme";
import { DIRECTION, form, LANGUAGE, number, text, weave } from "./words";

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

/** What can be done from a card. */
export interface Acts {
  /** To the claim of the same source before or after; null where there is none. */
  previous: (() => void) | null;
  next: (() => void) | null;
  /** Copies the quote with its link; whether that went well. */
  copy: () => Promise<boolean>;
}

/** Which button has the focus once the card stands. */
export type Step = "previous" | "next";

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

  /**
   * Shows a card, instead of the one before. `others`: further flags on the same words. `peek`: the plain
   * sentence alone, which hides little of the page, until the pointer comes into the card.
   */
  show(
    details: Details,
    others: readonly Other[],
    acts: Acts,
    anchor: Anchor,
    tone: Tone,
    focus: Step | null,
    peek: boolean,
  ): void {
    const replaces = this.open;
    this.remove();
    const host = document.createElement(HOST);
    host.popover = "manual";
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${sheetText}\n.card { ${lineProperties(tone)} }`);
    root.adoptedStyleSheets = [sheet];
    const card = draw(details, others, acts);
    card.classList.toggle("dark", tone === "dark");
    root.append(card);
    host.addEventListener("pointerenter", () => {
      card.classList.remove("peek");
      this.onOver(true);
    });
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
    // There is room for all of it: what grows keeps the edge at the sentence.
    if (at.above) card.style.bottom = `${-(at.top + Math.min(card.offsetHeight, at.maxHeight))}px`;
    else card.style.top = `${at.top}px`;
    card.style.maxHeight = `${at.maxHeight}px`;
    card.classList.toggle("above", at.above);
    card.classList.toggle("peek", peek);
    if (replaces) card.style.transition = "none";
    // Measuring above has drawn the first state, so that this is a change and fades in.
    card.classList.add("open");
    if (focus) card.querySelector<HTMLElement>(`.${focus}:enabled, .step:enabled`)?.focus();
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

function draw(details: Details, others: readonly Other[], acts: Acts): HTMLElement {
  const card = element("section", "card");
  card.lang = LANGUAGE;
  card.dir = DIRECTION;
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", text("cardLabel", title(details.category)));

  const header = element("header");
  header.append(
    line(details.category),
    element("strong", "", title(details.category)),
    element("span", "kind", kindLabel(details.kind)),
    svg("more", "0 0 10 10", "M2 3.5 5 6.5 8 3.5"),
  );

  const facts = element("dl");
  const words = quoted(element("dd", "page"));
  for (const { text: own, cue } of details.words) words.append(cue ? element("b", "", own) : own);
  facts.append(element("dt", "", text("theWords")), words);
  for (const fact of details.facts) {
    const said = factText(fact);
    const value = fact.ours === null ? quoted(element("dd", "page", said)) : element("dd", "", said);
    facts.append(element("dt", "", factLabel(fact)), value);
  }
  facts.append(element("dt", "", text("strength")), element("dd", "", strengthText(details.strength)));

  card.append(header, element("p", "plain", plain(details)), facts);
  if (details.rests) card.append(rests(details.rests, acts));
  for (const other of others) card.append(otherRow(other));
  card.append(actions(acts));
  return card;
}

/** How much of the page rests on this source: one block is one claim. */
function rests({ claims, total, index }: NonNullable<Details["rests"]>, acts: Acts): HTMLElement {
  const row = element("div", "rests");
  const sentence = element("p");
  const share = element("b", "", text("countOf", number(claims), number(total)));
  sentence.append(...weave(form("rests", claims), share));
  row.append(sentence);
  if (claims > 1) {
    const way = element("div", "way");
    if (total <= MAX_TICKS) way.append(ticks(claims, total, index));
    way.append(
      step("previous", text("previousClaim"), acts.previous, "M6.5 1.5 2 6l4.5 4.5"),
      element("span", "", text("countOf", number(index + 1), number(claims))),
      step("next", text("nextClaim"), acts.next, "M1.5 1.5 6 6l-4.5 4.5"),
    );
    row.append(way);
  }
  return row;
}

function ticks(claims: number, total: number, index: number): HTMLElement {
  const all = element("div", "ticks");
  all.setAttribute("aria-hidden", "true");
  for (let i = 0; i < total; i++) {
    all.append(element("i", i === index ? "this" : i < claims ? "its" : ""));
  }
  return all;
}

function step(name: Step, label: string, act: (() => void) | null, path: string): HTMLElement {
  const button = element("button", `step ${name}`);
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.disabled = act === null;
  button.append(svg("go", "0 0 8 12", path));
  if (act) button.addEventListener("click", act);
  return button;
}

function actions({ copy }: Acts): HTMLElement {
  const row = element("footer");
  const button = element("button", "act", text("copyQuote"));
  button.type = "button";
  button.addEventListener("click", async () => {
    button.textContent = text((await copy()) ? "copied" : "notCopied");
  });
  row.append(button);
  return row;
}

function otherRow({ category, open }: Other): HTMLElement {
  const row = element("button", "other");
  row.type = "button";
  const label = element("span");
  label.append(...weave("alsoHere", element("b", "", text(`also_${category}`))));
  row.append(line(category), label, svg("go", "0 0 8 12", "M1.5 1.5 6 6l-4.5 4.5"));
  row.addEventListener("click", open);
  return row;
}
