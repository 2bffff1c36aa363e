/**
 * Page → blocks and a map back to the page's text nodes.
 *
 * One walk over the flattened tree (open shadow roots and slots included) on an explicit stack, so
 * that depth costs memory and never the call stack. What is main text is the core's decision; only
 * what nobody reads as text is left out here.
 */
import type { Block } from "./protocol";

/** Bounds of one walk: a page beyond them is read up to there. */
const MAX_TEXT = 8_000_000;
const MAX_BLOCKS = 60_000;
const MAX_PATH = 24;
const MAX_HINT = 200;
const HINT_ELEMENTS = 6;

/** Never text of the article, whatever the style sheet says. */
const SKIPPED = new Set(
  (
    "script style noscript template head nav button label legend select textarea input option datalist meter progress " +
    "iframe frame object embed video audio canvas svg math code pre samp kbd dialog map area"
  ).split(" "),
);
const SKIPPED_ROLES = new Set(
  "navigation dialog alertdialog menu menubar toolbar tablist search tooltip button textbox".split(" "),
);
/** Elements that may be drawn inside a sentence, even where a float turns them into a box. */
const INLINE = new Set(
  (
    "a abbr acronym b bdi bdo big cite data del dfn em font i ins label mark q rp rt ruby s small span " +
    "strike strong sub sup time tt u var wbr"
  ).split(" "),
);
const LANDMARKS = new Set("article main aside header footer figure form table blockquote".split(" "));
const LANDMARK_ROLES: Readonly<Record<string, string>> = {
  article: "article",
  main: "main",
  complementary: "aside",
  banner: "header",
  contentinfo: "footer",
  figure: "figure",
  form: "form",
};

/** The part of a block that comes from one text node. */
interface Piece {
  node: Text;
  /** Where it starts in the block, in UTF-16 units. */
  start: number;
  /** Whether white space was taken out, so that offsets are not simply shifted. */
  collapsed: boolean;
  /** Whether white space at its beginning was dropped. */
  trimmed: boolean;
}

/** A place in the page. */
export interface Point {
  node: Text;
  /** UTF-16 units into the node's data. */
  offset: number;
}

export interface Collected {
  blocks: Block[];
  /** For each block its pieces, by `start`. */
  map: Piece[][];
  /** Open shadow roots with text in them. */
  roots: ShadowRoot[];
}

/** An element whose children are being walked. */
interface Level {
  element: Element;
  /** Preorder number. */
  id: number;
  next: Node | null;
  /** Instead of siblings: the nodes assigned to a slot. */
  assigned: readonly Node[] | null;
  index: number;
  block: boolean;
  /** Live; read when text asks whether it is visible. */
  style: CSSStyleDeclaration;
  link: boolean;
  mark: boolean;
}

const SPACE = /[\t\n\f\r ]+/g;
const NEEDS_COLLAPSING = /[\t\n\f\r]| {2}/;
const BLANK = /^[\t\n\f\r ]*$/;

/** Reads the document. Never throws for what a page contains. */
export function collect(document: Document): Collected {
  const walk = new Walk();
  if (document.body) walk.run(document.body);
  return { blocks: walk.blocks, map: walk.map, roots: walk.roots };
}

class Walk {
  readonly blocks: Block[] = [];
  readonly map: Piece[][] = [];
  readonly roots: ShadowRoot[] = [];

  private readonly stack: Level[] = [];
  private counter = 0;
  private total = 0;

  /** The block being gathered. */
  private parts: string[] = [];
  private length = 0;
  private endsInSpace = false;
  private pieces: Piece[] = [];
  private links: [number, number][] = [];
  private marks: [number, number][] = [];
  private breaks = 0;

  run(root: Element): void {
    this.enter(root);
    while (this.stack.length > 0) {
      const level = this.stack[this.stack.length - 1] as Level;
      const node = following(level);
      if (node === null) {
        if (level.block) this.flush();
        this.stack.pop();
      } else if (node.nodeType === Node.TEXT_NODE) {
        this.add(node as Text, level);
        if (this.total > MAX_TEXT || this.blocks.length >= MAX_BLOCKS) break;
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        this.enter(node as Element);
      }
    }
    this.flush();
  }

  private enter(element: Element): void {
    const tag = element.localName;
    if (tag === "br") {
      this.lineBreak();
      return;
    }
    const id = this.counter++;
    const above = this.stack[this.stack.length - 1];
    const style = getComputedStyle(element);
    const display = style.display;
    if (display === "none") return;
    const block = isBlock(tag, display, style);
    if (block) this.flush();
    if (isSkipped(element, tag) || isFolded(tag, above?.element)) return;
    const root = element.shadowRoot;
    if (root) this.roots.push(root);
    const slotted = tag === "slot" ? (element as HTMLSlotElement).assignedNodes() : [];
    this.stack.push({
      element,
      id,
      next: (root ?? element).firstChild,
      assigned: slotted.length > 0 ? slotted : null,
      index: 0,
      block,
      style,
      link: above?.link === true || isLink(element, tag),
      mark: above?.mark === true || isMark(element, tag),
    });
  }

  private add(node: Text, level: Level): void {
    const data = node.data;
    if (data.length === 0) return;
    // White space between blocks is most text nodes of a page: it never needs a style.
    if (this.length === 0 && BLANK.test(data)) return;
    if (level.style.visibility !== "visible") return;

    const trimmed = (this.length === 0 || this.endsInSpace) && isSpace(data.charCodeAt(0));
    let added = NEEDS_COLLAPSING.test(data) ? data.replace(SPACE, " ") : data;
    const collapsed = added.length !== data.length;
    if (trimmed) added = added.slice(1);
    if (added === "") return;
    if (added !== " ") this.breaks = 0;

    const start = this.length;
    this.pieces.push({ node, start, collapsed, trimmed });
    this.append(added);
    if (level.link) extend(this.links, start, this.length);
    if (level.mark) extend(this.marks, start, this.length);
  }

  private append(text: string): void {
    this.parts.push(text);
    this.length += text.length;
    this.total += text.length;
    this.endsInSpace = text.endsWith(" ");
  }

  /** One break is a space; two in a row end a paragraph on pages that have no others. */
  private lineBreak(): void {
    if (this.length === 0) return;
    this.breaks += 1;
    if (this.breaks > 1) this.flush();
    else if (!this.endsInSpace) this.append(" ");
  }

  private flush(): void {
    this.breaks = 0;
    if (this.length === 0) return;
    const joined = this.parts.join("");
    const text = this.endsInSpace ? joined.slice(0, -1) : joined;
    if (text !== "" && this.blocks.length < MAX_BLOCKS) {
      this.blocks.push(this.block(text));
      this.map.push(this.pieces);
    }
    this.parts = [];
    this.length = 0;
    this.endsInSpace = false;
    this.pieces = [];
    this.links = [];
    this.marks = [];
  }

  private block(text: string): Block {
    let last = this.stack.length - 1;
    while (last > 0 && !this.stack[last]?.block) last--;
    const path: number[] = [];
    for (let i = Math.max(0, last + 1 - MAX_PATH); i <= last; i++) path.push((this.stack[i] as Level).id);

    const block: Block = { text, tag: this.stack[last]?.element.localName ?? "body", path };
    const within = this.landmarks();
    if (within.length > 0) block.within = within;
    const hint = this.hint(last);
    if (hint !== "") block.hint = hint;
    if (this.links.length > 0) block.links = clip(this.links, text.length);
    if (this.marks.length > 0) block.marks = clip(this.marks, text.length);
    return block;
  }

  private landmarks(): string[] {
    const found = new Set<string>();
    for (const { element } of this.stack) {
      if (LANDMARKS.has(element.localName)) found.add(element.localName);
      const role = LANDMARK_ROLES[element.getAttribute("role") ?? ""];
      if (role !== undefined) found.add(role);
    }
    return [...found];
  }

  private hint(last: number): string {
    let hint = "";
    for (let i = last; i >= 0 && i > last - HINT_ELEMENTS && hint.length < MAX_HINT; i--) {
      const element = this.stack[i]?.element;
      if (!element) continue;
      const words = `${element.getAttribute("class") ?? ""} ${element.id}`.trim();
      if (words !== "") hint += `${hint === "" ? "" : " "}${words}`;
    }
    return hint.replace(SPACE, " ").toLowerCase().slice(0, MAX_HINT);
  }
}

/** The next node to visit at this level, null when it is done. */
function following(level: Level): Node | null {
  if (level.assigned) return level.assigned[level.index++] ?? null;
  const node = level.next;
  if (node) level.next = node.nextSibling;
  return node;
}

function isSkipped(element: Element, tag: string): boolean {
  if (SKIPPED.has(tag)) return true;
  if (!element.hasAttributes()) return false;
  if (element.hasAttribute("hidden") || element.getAttribute("aria-hidden") === "true") return true;
  const editable = element.getAttribute("contenteditable");
  if (editable !== null && editable !== "false") return true;
  const role = element.getAttribute("role");
  return role !== null && SKIPPED_ROLES.has(role);
}

/** The part of a closed `<details>` that is not its heading. */
function isFolded(tag: string, parent: Element | undefined): boolean {
  return parent?.localName === "details" && tag !== "summary" && !parent.hasAttribute("open");
}

function isBlock(tag: string, display: string, style: CSSStyleDeclaration): boolean {
  if (display.startsWith("inline") || display === "contents" || display.startsWith("ruby")) return false;
  // A drop cap: a box only because it floats.
  return !(INLINE.has(tag) && style.float !== "none");
}

function isLink(element: Element, tag: string): boolean {
  if (tag !== "a") return false;
  const href = element.getAttribute("href");
  return href !== null && href !== "" && href !== "#" && !/^\s*javascript:/i.test(href);
}

/** A number or sign that leads to a note; not the raised letters of "1st" or "m2". */
function isMark(element: Element, tag: string): boolean {
  if (element.getAttribute("role") === "doc-noteref") return true;
  if (tag === "sup") {
    return (
      element.querySelector("a") !== null || /^\s*(\[.{1,4}\]|[*†‡§])\s*$/u.test(element.textContent ?? "")
    );
  }
  return element.classList.contains("reference") && (tag === "a" || tag === "span");
}

/** Adds a range, joined to the last one when they touch. */
function extend(ranges: [number, number][], start: number, end: number): void {
  const last = ranges[ranges.length - 1];
  if (last && last[1] === start) last[1] = end;
  else ranges.push([start, end]);
}

function clip(ranges: [number, number][], length: number): [number, number][] {
  return ranges.flatMap(([start, end]) => (start < length ? [[start, Math.min(end, length)]] : []));
}

/**
 * Where an offset of a block lies in the page. `atEnd`: the offset ends a range, so it belongs to
 * the piece before it rather than the one after. Null only for a block without pieces. A node that
 * changed since is answered within its new length.
 */
export function locate(pieces: readonly Piece[], offset: number, atEnd: boolean): Point | null {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const start = (pieces[middle] as Piece).start;
    if (start < offset || (start === offset && !atEnd)) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  if (!piece) return null;
  const wanted = Math.max(0, offset - piece.start);
  const length = piece.node.data.length;
  return { node: piece.node, offset: Math.min(rawOffset(piece, wanted, atEnd), length) };
}

/** From an offset in a piece's collapsed text to one in its node. */
function rawOffset(piece: Piece, wanted: number, atEnd: boolean): number {
  const data = piece.node.data;
  if (!piece.collapsed) return wanted + (piece.trimmed ? 1 : 0);
  let raw = 0;
  let seen = 0;
  let inSpace = piece.trimmed;
  while (raw < data.length) {
    const space = isSpace(data.charCodeAt(raw));
    if (!(space && inSpace)) {
      if (seen === wanted) return raw;
      seen += 1;
      if (atEnd && seen === wanted) return raw + 1;
    }
    inSpace = space;
    raw += 1;
  }
  return raw;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b);
}

/** The text nodes and their parts under a range of a block, for where one DOM range will not do. */
export function parts(pieces: readonly Piece[], start: number, end: number): [Point, Point][] {
  const found: [Point, Point][] = [];
  pieces.forEach((piece, i) => {
    const from = Math.max(start, piece.start);
    const to = Math.min(end, pieces[i + 1]?.start ?? end);
    if (from >= to) return;
    const a = locate([piece], from, false);
    const b = locate([piece], to, true);
    if (a && b && a.offset < b.offset) found.push([a, b]);
  });
  return found;
}
