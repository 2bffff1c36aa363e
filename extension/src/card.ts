/**
 * The card. It knows nothing of hovering or the engine; it draws details at a place and says when the
 * pointer is over it.
 */
import sheetText from "./card.css";
import { element, line, quoted, svg } from "./draw";
import * as here from "./here";
import type { Host } from "./host";
import { later } from "./later";
import { clientWidth } from "./nodes";
import { type Box, EDGE, GAP, place } from "./place";
import type { Category, Details, Looks, Sheet, Tally } from "./protocol";
import { factLabel, factText, kindLabel, plain, strengthText, title } from "./tell";
import { lineProperties } from "./theme";
import { DIRECTION, form, LANGUAGE, number, text, weave } from "./words";

const FADE_OUT = 80;
/** More blocks than this say nothing at the card's width. */
const MAX_TICKS = 48;
/** A card with less room than this, in pixels, keeps less of itself in sight while it is scrolled, or nothing. */
const LOW = 300;
const LEAST = 140;
/** How long a way back is offered, in ms. */
const NOTE = 10_000;

export const SCOPES = ["flag", "phrase", "site", "category"] as const;
/** What goes with a dismissal. */
export type Scope = (typeof SCOPES)[number];

/** What is said of a dismissal. `host`: the site's. */
export function noted(scope: Scope, words: string, category: Category, host: string): string {
  const what = { flag: "", phrase: shortened(words), site: host, category: text(`category_${category}`) };
  return text(`noted_${scope}`, what[scope]);
}

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
  /** How many flags each dismissal takes away; null where that can't be told. */
  tally: () => Promise<Tally | null>;
  dismiss: (scope: Scope) => void;
  /** Its host; empty where there is none, and so no rule for it. */
  site: string;
  /** Tells how this kind of flag is decided. */
  explain: () => void;
}

export type Step = "previous" | "next";
/** What has the focus once the card stands: a button, or the card itself. */
export type Focus = Step | "card";

export class Card {
  readonly #host: Host;
  #card: HTMLElement | null = null;
  #menu: HTMLElement | null = null;
  #sheet: Sheet | null = null;
  /** Ends the fading early, where the card is fading out. */
  #fading: (() => void) | null = null;
  #callOff = () => {};
  #onOver: ((over: boolean) => void) | null = null;
  /** What had the focus before the card took it. */
  #before: Element | null = null;

  constructor(host: Host) {
    this.#host = host;
    host.over = (over) => {
      if (over) this.#card?.classList.remove("peek");
      this.#onOver?.(over);
    };
    host.wear(sheetText);
  }

  /** Whether it is what was hit. */
  holds(target: EventTarget | null): boolean {
    return this.#host.is(target);
  }

  /** Whether a flag's card is shown. */
  get open(): boolean {
    return this.#host.stands && this.#onOver !== null && this.#fading === null;
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
    sheet: Sheet,
    focus: Focus | null,
    peek: boolean,
    onOver: (over: boolean) => void,
  ): void {
    const replaces = this.open;
    if (focus && !this.#host.focused) this.#before = here.active();
    this.#take();
    this.#sheet = sheet;
    const card = draw(details, others, acts, sheet.looks, (button) => this.#openMenu(button, details, acts));
    this.#put(card);
    this.#onOver = onOver;

    const viewport = { width: width(), height: window.innerHeight };
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
    card.classList.toggle("low", at.maxHeight < LOW);
    card.classList.toggle("least", at.maxHeight < LEAST);
    card.classList.toggle("peek", peek);
    if (replaces) card.style.transition = "none";
    // Measuring above has drawn the first state, so that this is a change and fades in.
    card.classList.add("open");
    if (focus === "card") card.focus();
    else if (focus) card.querySelector<HTMLElement>(`.${focus}:enabled, .step:enabled`)?.focus();
  }

  /**
   * Says what was done where the card is or was, with a way back if there is one; gone after a while, or
   * when it was gone back.
   */
  note(said: string, undo: (() => void) | null): void {
    const was = this.#card;
    const above = was?.classList.contains("above") ?? false;
    const box = was?.getBoundingClientRect() ?? new DOMRect(EDGE, EDGE, 0, 0);
    this.#take();
    const note = element("section", "card note open");
    note.append(element("p", "", said));
    const button = element("button", "act undo", text("undo"));
    button.type = "button";
    button.addEventListener("click", () => {
      this.remove();
      undo?.();
    });
    if (undo) note.append(button);
    this.#put(note);
    note.style.left = `${box.left}px`;
    note.style.top = `${above ? box.bottom - note.offsetHeight : box.top}px`;
    const go = () => {
      this.#callOff();
      this.#callOff = later(() => this.remove(), NOTE);
    };
    note.addEventListener("pointerenter", () => this.#callOff());
    note.addEventListener("pointerleave", go);
    note.addEventListener("keydown", (event) => event.key === "Escape" && this.remove());
    go();
    if (undo) button.focus({ preventScroll: true });
    this.#host.say(said);
  }

  /** Fades out, then leaves no trace. */
  hide(): void {
    const card = this.#card;
    if (!card || this.#fading !== null || this.#onOver === null) return;
    this.#giveBack();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#take();
      this.#host.leave();
      return;
    }
    this.#menu?.remove();
    card.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE_OUT, fill: "forwards" });
    this.#fading = later(() => {
      this.#take();
      this.#host.leave();
    }, FADE_OUT);
  }

  /** Everything, at once. */
  remove(): void {
    this.#giveBack();
    this.#take();
    this.#host.hush();
  }

  /** Whether there was a menu to close. */
  closeMenu(): boolean {
    const menu = this.#menu;
    if (!menu) return false;
    this.#menu = null;
    menu.remove();
    const button = this.#card?.querySelector<HTMLElement>(".menu-button");
    button?.setAttribute("aria-expanded", "false");
    button?.focus();
    return true;
  }

  #giveBack(): void {
    const before = this.#before;
    this.#before = null;
    if (this.#host.focused && before instanceof HTMLElement) before.focus({ preventScroll: true });
  }

  /** Takes away the card or the note. */
  #take(): void {
    this.#fading?.();
    this.#fading = null;
    this.#callOff();
    this.#card?.remove();
    this.#menu?.remove();
    this.#card = null;
    this.#menu = null;
    this.#onOver = null;
  }

  #put(card: HTMLElement): void {
    const { root } = this.#host;
    this.#host.front();
    if (this.#sheet) this.#dress(card, this.#sheet);
    root.prepend(card);
    this.#card = card;
  }

  #dress(part: HTMLElement, { looks, tone }: Sheet): void {
    part.classList.toggle("dark", tone === "dark");
    for (const [name, value] of lineProperties(looks, tone)) part.style.setProperty(name, value);
  }

  #openMenu(button: HTMLElement, details: Details, acts: Acts): void {
    if (this.closeMenu()) return;
    const [card, sheet] = [this.#card, this.#sheet];
    if (!card || !sheet) return;
    const menu = drawMenu(details, acts);
    this.#dress(menu, sheet);
    this.#host.root.append(menu);
    this.#menu = menu;
    button.setAttribute("aria-expanded", "true");
    const at = button.getBoundingClientRect();
    const [windowWidth, height] = [width(), window.innerHeight];
    const below = height - EDGE - (at.bottom + GAP);
    const above = at.top - GAP - EDGE;
    const room = menu.offsetHeight <= below || below >= above ? below : above;
    menu.style.maxHeight = `${Math.max(room, 0)}px`;
    menu.style.left = `${Math.max(EDGE, Math.min(at.left, windowWidth - menu.offsetWidth - EDGE))}px`;
    menu.style.top = `${room === below ? at.bottom + GAP : at.top - GAP - menu.offsetHeight}px`;
    menu.querySelector<HTMLElement>("button")?.focus();
  }
}

/** Of the window without its scroll bar, in pixels. */
function width(): number {
  const root = here.root();
  return root ? clientWidth(root) : window.innerWidth;
}

/** Code points of a phrase in the menu. */
const SHORT = 48;

function shortened(words: string): string {
  // Signs that turn words round would turn ours round too.
  const points = [
    ...words
      .replace(/[\u202a-\u202e\u2066-\u2069]/g, "")
      .trim()
      .replace(/\s+/g, " "),
  ];
  return points.length > SHORT ? `${points.slice(0, SHORT - 1).join("")}…` : points.join("");
}

function draw(
  details: Details,
  others: readonly Other[],
  acts: Acts,
  looks: Looks,
  dismiss: (button: HTMLElement) => void,
): HTMLElement {
  const card = element("section", "card");
  card.lang = LANGUAGE;
  card.dir = DIRECTION;
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", text("cardLabel", title(details.category)));
  card.tabIndex = -1;

  const header = element("header");
  header.append(
    line(details.category, looks[details.category].line),
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
  facts.append(element("dt", "", text("strength")), element("dd", "", strengthText(details)));

  card.append(header, element("p", "plain", plain(details)), facts);
  const end = element("div", "end");
  if (details.rests) end.append(rests(details.rests, acts));
  for (const other of others) end.append(otherRow(other, looks));
  end.append(actions(acts, dismiss));
  card.append(end);
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

function actions({ copy, explain }: Acts, dismiss: (button: HTMLElement) => void): HTMLElement {
  const row = element("footer");
  const copying = element("button", "act", text("copyQuote"));
  copying.type = "button";
  copying.addEventListener("click", async () => {
    copying.textContent = text((await copy()) ? "copied" : "notCopied");
  });
  const dismissing = element("button", "act menu-button", text("dismiss"));
  dismissing.type = "button";
  dismissing.setAttribute("aria-haspopup", "menu");
  dismissing.setAttribute("aria-expanded", "false");
  dismissing.append(svg("opens", "0 0 10 10", "M2 3.5 5 6.5 8 3.5"));
  dismissing.addEventListener("click", () => dismiss(dismissing));
  const explaining = element("button", "act explain", text("howDecided"));
  explaining.type = "button";
  explaining.addEventListener("click", explain);
  row.append(copying, dismissing, explaining);
  return row;
}

/** The ways to dismiss a flag, each with how many go. */
function drawMenu({ category, words: parts }: Details, { dismiss, tally, site }: Acts): HTMLElement {
  const menu = element("div", "card menu open");
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", text("stopMarking"));
  const heading = element("p", "stop", text("stopMarking"));
  heading.ariaHidden = "true";
  menu.append(heading);
  const what = {
    flag: "",
    phrase: shortened(parts.map(({ text: own }) => own).join("")),
    site,
    category: text(`category_${category}`),
  };
  const counts = {} as Record<Scope, HTMLElement>;
  for (const scope of SCOPES) {
    if (scope === "site" && site === "") continue;
    const item = element("button", "item");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    item.dataset.scope = scope;
    counts[scope] = element("span", "count", scope === "flag" ? text("here", number(1)) : "");
    const note = element("span", "what", text(`scopeNote_${scope}`, what[scope]));
    item.append(element("b", "", text(`scope_${scope}`)), counts[scope], note);
    item.addEventListener("click", () => dismiss(scope));
    menu.append(item);
  }
  void tally().then((all) => {
    for (const scope of ["phrase", "site", "category"] as const) {
      if (all && counts[scope]) counts[scope].textContent = text("here", number(all[scope]));
    }
  });
  const end = element("p", "undoable", text("undoable"));
  menu.append(end);
  menu.addEventListener("keydown", (event) => turn(event, [...menu.querySelectorAll("button")]));
  return menu;
}

/** Arrow keys go through a menu. */
function turn(event: KeyboardEvent, items: HTMLElement[]): void {
  const root = items[0]?.getRootNode() as ShadowRoot | undefined;
  const at = items.indexOf(root?.activeElement as HTMLElement);
  const last = items.length - 1;
  const to = {
    ArrowDown: at === last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}

function otherRow({ category, open }: Other, looks: Looks): HTMLElement {
  const row = element("button", "other");
  row.type = "button";
  const label = element("span");
  label.append(...weave("alsoHere", element("b", "", text(`also_${category}`))));
  row.append(line(category, looks[category].line), label, svg("go", "0 0 8 12", "M1.5 1.5 6 6l-4.5 4.5"));
  row.addEventListener("click", open);
  return row;
}
