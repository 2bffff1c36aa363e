/** One block's text, gathered from text nodes, and the way from its offsets back to the page. */

/** UTF-16 units of a text node that a piece holds at most: offsets are looked for within a piece. */
export const PIECE = 4096;

/** The part of a block that comes from one text node, or from a part of a long one. */
export interface Piece {
  node: Text;
  /** Where it starts in the node, in UTF-16 units. */
  from: number;
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

/** What was gathered. */
export interface Gathered {
  text: string;
  /** By `start`. */
  pieces: Piece[];
  links: [number, number][];
  marks: [number, number][];
}

const SPACE = /[\t\n\f\r ]+/g;
const NEEDS_COLLAPSING = /[\t\n\f\r]| {2}/;
const BLANK = /^[\t\n\f\r ]*$/;

/** Makes a block out of text nodes. */
export class Gathering {
  readonly #parts: string[] = [];
  /** UTF-16 units so far. */
  length = 0;
  #endsInSpace = false;
  readonly #pieces: Piece[] = [];
  readonly #links: [number, number][] = [];
  readonly #marks: [number, number][] = [];
  #breaks = 0;

  /** White space between blocks is most text nodes of a page: it never needs a style. */
  wants({ data }: Text): boolean {
    return data.length > 0 && !(this.length === 0 && data.length <= PIECE && BLANK.test(data));
  }

  /** Adds what stands in a node from `from` up to `to`, no more than a piece. */
  add(node: Text, from: number, to: number, link: boolean, mark: boolean): void {
    const data = node.data.slice(from, to);
    const trimmed = (this.length === 0 || this.#endsInSpace) && isSpace(data.charCodeAt(0));
    let added = NEEDS_COLLAPSING.test(data) ? data.replace(SPACE, " ") : data;
    const collapsed = added.length !== data.length;
    if (trimmed) added = added.slice(1);
    if (added === "") return;
    if (added !== " ") this.#breaks = 0;

    const start = this.length;
    this.#pieces.push({ node, from, start, collapsed, trimmed });
    this.#append(added);
    if (link) extend(this.#links, start, this.length);
    if (mark) extend(this.#marks, start, this.length);
  }

  /** One break is a space; two in a row end a paragraph on pages that have no others: true then. */
  lineBreak(): boolean {
    if (this.length === 0) return false;
    this.#breaks += 1;
    if (this.#breaks > 1) return true;
    if (!this.#endsInSpace) this.#append(" ");
    return false;
  }

  /** What there is of the block, which ends here; without text where there is only white space. */
  take(): Gathered {
    const joined = this.#parts.join("");
    const text = this.#endsInSpace ? joined.slice(0, -1) : joined;
    const { length } = text;
    return { text, pieces: this.#pieces, links: clip(this.#links, length), marks: clip(this.#marks, length) };
  }

  #append(text: string): void {
    this.#parts.push(text);
    this.length += text.length;
    this.#endsInSpace = text.endsWith(" ");
  }
}

/** White space as one space each, for words of attributes. */
export function squeeze(text: string): string {
  return text.replace(SPACE, " ");
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
  const piece = pieces[pieceAt(pieces, offset, atEnd)];
  if (!piece) return null;
  const wanted = Math.max(0, offset - piece.start);
  const length = piece.node.data.length;
  return { node: piece.node, offset: Math.min(rawOffset(piece, wanted, atEnd), length) };
}

/** The piece that an offset is in. */
function pieceAt(pieces: readonly Piece[], offset: number, atEnd: boolean): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const start = (pieces[middle] as Piece).start;
    if (start < offset || (start === offset && !atEnd)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** From an offset in a piece's collapsed text to one in its node. */
function rawOffset(piece: Piece, wanted: number, atEnd: boolean): number {
  const data = piece.node.data;
  if (!piece.collapsed) return piece.from + wanted + (piece.trimmed ? 1 : 0);
  let raw = piece.from;
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

/** From an offset in a node to one in its block, in UTF-16 units both; what is beyond the piece is at its edge. */
export function offsetIn({ node, from, start, collapsed, trimmed }: Piece, raw: number): number {
  const before = node.data.slice(from, Math.min(raw, from + PIECE));
  const length = collapsed ? squeeze(before).length : before.length;
  return start + Math.max(0, length - (trimmed ? 1 : 0));
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b);
}

/** The text nodes and their parts under a range of a block, for where one DOM range will not do. */
export function parts(pieces: readonly Piece[], start: number, end: number): [Point, Point][] {
  const found: [Point, Point][] = [];
  for (let i = pieceAt(pieces, start, false); i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (piece.start >= end) break;
    const from = Math.max(start, piece.start);
    const to = Math.min(end, pieces[i + 1]?.start ?? end);
    if (from >= to) continue;
    const a = locate([piece], from, false);
    const b = locate([piece], to, true);
    if (a && b && a.offset < b.offset) found.push([a, b]);
  }
  return found;
}
