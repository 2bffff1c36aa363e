/**
 * A way through the page as it is drawn: over its flattened tree, shadow roots and slots included, on an
 * explicit stack, so that depth costs memory and never the call stack. And what is known of what it met.
 */
import type { Kind } from "./kinds";
import * as nodes from "./nodes";
import type { Gathering, Piece } from "./pieces";
import type { Block } from "./protocol";

/** A block and where its text stands. */
export interface Entry {
  readonly block: Block;
  /** By `start`; never empty. */
  readonly pieces: readonly Piece[];
}

/** One element as it was met. */
export interface Known {
  readonly element: Element;
  /** Unlike that of any other element. */
  readonly id: number;
  /** The element around it in the flattened tree. */
  readonly up: Known | null;
  readonly kind: Kind;
  /** Whether it parts the text around it. */
  readonly box: boolean;
  readonly link: boolean;
  readonly mark: boolean;
  /** Landmarks that it is or stands in. */
  readonly within: readonly string[];
  /** Its class and id words when it was met: pages change them all the time, and mean the same by it. */
  words: string | null;
  readonly root: ShadowRoot | null;
  /** Where a block opens and closes; a hidden element's place is `open`. */
  open: Item | null;
  close: Item | null;
}

/** A link of the list: a block of text, or the place of an element. */
export interface Item {
  prev: Item | null;
  next: Item | null;
  /** Whether it is in the list. One that was taken out still leads back to what stood before it. */
  linked: boolean;
  entry: Entry | null;
  known: Known | null;
  /** Text that is laid out and can't be seen. */
  veiled: Text | null;
}

/** An element whose children are being walked. */
export interface Level {
  readonly known: Known;
  next: Node | null;
  /** The node visited last. */
  last: Node | null;
  /** Whether something may have left from just before `next`. */
  noted: boolean;
  /** Instead of siblings: the nodes assigned to a slot. */
  readonly assigned: readonly Node[] | null;
  index: number;
  /** Live; read when text asks whether it is visible. */
  readonly style: CSSStyleDeclaration;
}

/** Work that pauses often, for as long as its driver likes; where something must come first, until that has settled. */
export type Work<T> = Generator<Promise<unknown> | undefined, T, void>;

/** One way through what stands between two items of the list. */
export interface Walk {
  /** The block that is under way. */
  gathering: Gathering;
  /** What was made, in order. */
  readonly made: Item[];
  readonly stack: Level[];
  /** The item after which the next one stands. */
  cursor: Item;
}

export function assignedOf(element: Element): readonly Node[] | null {
  if (nodes.tagOf(element) !== "slot") return null;
  const assigned = (element as HTMLSlotElement).assignedNodes();
  return assigned.length > 0 ? assigned : null;
}

/** The first child of an element as it is drawn. */
export function startOf({ element, root }: Known): Node | null {
  return assignedOf(element)?.[0] ?? nodes.firstChild(root ?? element);
}

/** A level whose next node is `next`. */
export function levelAt(known: Known, next: Node | null, style = getComputedStyle(known.element)): Level {
  const assigned = assignedOf(known.element);
  const index = assigned ? (next ? assigned.indexOf(next) : assigned.length) : 0;
  return {
    known,
    next: assigned ? null : next,
    last: null,
    noted: false,
    assigned,
    index: Math.max(0, index),
    style,
  };
}

/** The next node to visit at this level, null when it is done. */
export function following(level: Level): Node | null {
  if (level.assigned) return level.assigned[level.index++] ?? null;
  const node = level.next;
  if (node) level.next = nodes.nextSibling(node);
  level.last = node;
  return node;
}
