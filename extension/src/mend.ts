/**
 * What reads a page again, and only where it changed. A change is a place in an element; from there the
 * *gap* reaches left and right to the next block-level elements that are known, and only that is walked.
 * The list, and the walk itself, are those of `collect.ts`.
 */
import { same, sameBlock } from "./changes";
import type { Collection } from "./collect";
import { kindOf } from "./kinds";
import * as nodes from "./nodes";
import type { Piece } from "./pieces";
import {
  assignedOf,
  type Entry,
  following,
  type Item,
  type Known,
  type Level,
  levelAt,
  startOf,
  type Walk,
  type Work,
} from "./walk";

export class Mend {
  readonly #page: Collection;
  /** Places to read again: before these nodes of an element, null for its end. */
  readonly #gaps = new Map<Known, Set<Node | null>>();
  /** Elements whose children are all looked through for gaps. */
  readonly #doubtful = new Set<Known>();
  /** Nodes that left their place when a walk last looked. */
  readonly #left = new Set<Node>();
  /** Blocks that were read again and are as they were. */
  #again = new Set<Entry>();

  constructor(page: Collection) {
    this.#page = page;
  }

  /** Blocks that were read again and are as they were; their text nodes may have been written to. */
  takeAgain(): Set<Entry> {
    const again = this.#again;
    this.#again = new Set();
    return again;
  }

  /** Looks at one thing that changed; false where nothing is left. */
  *next(): Work<boolean> {
    const known = first(this.#page.checks);
    const doubt = first(this.#doubtful);
    const gap = first(this.#gaps);
    if (known) {
      this.#page.checks.delete(known);
      yield* this.#look(known);
    } else if (doubt) {
      this.#doubtful.delete(doubt);
      yield* this.#findGaps(doubt);
    } else if (gap) {
      const [place, before] = gap;
      const node = first(before);
      if (node === undefined) this.#gaps.delete(place);
      else {
        before.delete(node);
        yield* this.#fill(place, node);
      }
    } else return false;
    return true;
  }

  /** Forgets all of the page. */
  reset(): void {
    const page = this.#page;
    for (let at = page.root?.open ?? null; at?.linked; at = at.next) this.#forget(at);
    page.known = new WeakMap();
    page.records = [];
    page.checks.clear();
    page.roots.clear();
    page.cuts.clear();
    page.root = null;
    page.text = 0;
    page.count = 0;
    this.#gaps.clear();
    this.#doubtful.clear();
    this.#left.clear();
  }

  /** What a walk comes to: whatever was noted before it is read with it. It ends at a block that is known. */
  meets(child: Node | null, level: Level): Known | null {
    if (!level.noted) this.#gaps.get(level.known)?.delete(child);
    level.noted = false;
    return child && this.#clean(child, level.known);
  }

  /** Takes note of what changed. */
  *digest(): Work<void> {
    while (this.#page.records.length > 0) {
      const records = this.#page.records;
      this.#page.records = [];
      // First what went: it must not be taken for what came elsewhere.
      for (const record of records) {
        for (const node of record.removedNodes) {
          this.#drop(node, record);
          if (this.#page.pause()) yield;
        }
      }
      for (const record of records) {
        if (record.type === "characterData") this.#touch(record.target);
        else if (record.type === "attributes")
          this.#attribute(record.target as Element, record.attributeName);
        else {
          if (isSheet(record.target)) this.#page.check(null);
          for (const node of record.addedNodes) {
            if (isSheet(node)) this.#page.check(null);
            this.#touch(node);
            if (this.#page.pause()) yield;
          }
        }
        if (this.#page.pause()) yield;
      }
    }
  }

  /**
   * A node left its parent: what stood around it may run together. Where the node after it left too,
   * that one's record tells the place.
   */
  #drop(node: Node, { target, nextSibling }: MutationRecord): void {
    this.#left.add(node);
    const known = this.#page.known.get(node);
    if (known) this.#take(known);
    const host = hostOf(target) ?? (target as Element);
    const around = this.#page.known.get(host);
    if (!around || around.kind === "hidden" || around.kind === "skipped") return;
    if (around.root && target === host) {
      // Which slot it left, nobody can say any more. A block leaves nothing behind.
      if (known?.kind !== "block") this.#renew(around);
    } else if (nextSibling === null || nodes.parentNode(nextSibling) === target)
      this.#mark(around, nextSibling);
  }

  /** A node came, or holds another text than before. */
  #touch(node: Node): void {
    for (let at = node; ; ) {
      const parent = this.#parentOf(at);
      if (!parent) {
        // The slots of a closed root don't show.
        const around = nodes.parentElement(at);
        const host = around && this.#page.known.get(around);
        if (host?.root?.mode === "closed") this.#renew(host);
        return;
      }
      const known = this.#page.known.get(parent);
      if (known?.kind === "hidden" || known?.kind === "skipped") return;
      if (known) {
        this.#mark(known, at);
        return;
      }
      at = parent;
    }
  }

  #attribute(element: Element, name: string | null): void {
    const known = this.#page.known.get(element);
    if (!known) {
      if (this.#page.root && element === nodes.parentNode(this.#page.root.element)) this.#page.check(null);
      return;
    }
    if (name === "slot") {
      const around = nodes.parentElement(element);
      const host = around && this.#page.known.get(around);
      if (host?.root) this.#renew(host);
    } else if (name === "open" && nodes.tagOf(element) === "details") this.#renew(known);
    else this.#page.checks.add(known);
  }

  /** Looks at what is hidden and what is shown in an element. */
  *#look(known: Known): Work<void> {
    if (this.#page.known.get(known.element) !== known) return;
    if (this.#isStale(known)) {
      this.#renew(known);
      return;
    }
    if (known.kind === "hidden" || known.kind === "skipped") return;
    if (known.kind === "inline") {
      this.#touch(known.element);
      // It may hold blocks; they are among those of what is around it.
      if (nodes.firstElement(known.element)) {
        let block = known;
        while (block.kind !== "block" && block.up) block = block.up;
        this.#page.checks.add(block);
      }
      return;
    }
    if (!known.open?.linked) return;
    for (let at: Item | null = known.open; at && at !== known.close; at = at.next) {
      if (at.known && at === at.known.open && at.known !== known && this.#isStale(at.known)) {
        this.#renew(at.known);
      } else if (at.entry) yield* this.#lookAt(at.entry);
      else if (at.veiled?.parentElement && this.#isSeen(at.veiled.parentElement)) this.#touch(at.veiled);
      if (this.#page.pause()) {
        yield;
        if (this.#page.records.length > 0) yield* this.digest();
      }
      // What was taken out leads back to what is still there.
      while (at && !at.linked) at = at.prev;
      if (!at || !known.close?.linked) return;
    }
  }

  /** Text that can't be seen any more is no text. */
  *#lookAt(entry: Entry): Work<void> {
    let last: Element | null = null;
    for (const { node } of entry.pieces) {
      const element = node.parentElement ?? this.#parentOf(node);
      if (!element || element === last) continue;
      last = element;
      if (!this.#isSeen(element)) this.#touch(node);
      if (this.#page.pause()) yield;
    }
  }

  #isSeen(element: Element): boolean {
    this.#page.walked.checked += 1;
    return nodes.isVisible(element);
  }

  #isStale({ element, kind, box, up }: Known): boolean {
    this.#page.walked.checked += 1;
    const now = kindOf(element, getComputedStyle(element), up?.element ?? null);
    if (up === null && now.kind === "inline") return kind !== "block";
    return now.kind !== kind || now.box !== box;
  }

  /** As if it had just come. */
  #renew(known: Known): void {
    if (known === this.#page.root) {
      this.reset();
      return;
    }
    this.#take(known);
    this.#touch(known.element);
  }

  #mark(known: Known, before: Node | null): void {
    const places = this.#gaps.get(known);
    if (places) places.add(before);
    else this.#gaps.set(known, new Set([before]));
  }

  /** Takes an element and what is in it out of the list, and forgets it. */
  #take(known: Known): void {
    this.#unlink(known);
    this.#page.known.delete(known.element);
    this.#gaps.delete(known);
  }

  #unlink({ open, close }: Known): void {
    if (!open?.linked) return;
    const end = close ?? open;
    const { prev } = open;
    const { next } = end;
    for (let at: Item | null = open; at; at = at === end ? null : at.next) this.#forget(at);
    if (prev) prev.next = next;
    if (next) next.prev = prev;
  }

  #forget(at: Item): void {
    at.linked = false;
    if (at.entry) {
      this.#page.text -= at.entry.block.text.length;
      this.#page.count -= 1;
    } else if (at.known?.kind === "hidden" && this.#page.known.get(at.known.element) === at.known) {
      this.#page.reach.watch.dismiss(at.known.element);
    }
  }

  /** Whether an element is a block that was read where it stands now. */
  #clean(node: Node, up: Known): Known | null {
    const known = this.#page.known.get(node);
    return known?.kind === "block" && known.up === up && known.open?.linked ? known : null;
  }

  /** Marks the gaps among all children of an element. */
  *#findGaps(known: Known): Work<void> {
    if (this.#page.known.get(known.element) !== known) return;
    const level = levelAt(known, startOf(known));
    this.#left.clear();
    // Where the children so far end in the list; unknown after a gap.
    let end = known.kind === "block" ? known.open : null;
    for (let node = following(level); node; node = following(level)) {
      this.#page.walked.visited += 1;
      const block = this.#clean(node, known);
      if (!block) this.#mark(known, node);
      else if (end?.next !== block.open) this.#mark(known, node);
      end = block?.close ?? null;
      if (this.#page.pause()) {
        yield;
        if (this.#page.records.length > 0) yield* this.digest();
        if (this.#page.known.get(known.element) !== known) return;
        if (!this.#find(level)) {
          this.#doubt([known]);
          return;
        }
        this.#left.clear();
      }
    }
    if (known.kind !== "block" || end?.next !== known.close) this.#mark(known, null);
  }

  /** Reads what stands between the known blocks around a place: before `node` of `place`. */
  *#fill(place: Known, node: Node | null): Work<void> {
    if (!this.#stands(place) || (node && this.#parentOf(node) !== place.element)) return;
    const begun = yield* this.#begin(place, node);
    if (!begun) return;
    this.#left.clear();
    yield* this.#page.walk(...begun);
  }

  /** Whether an element is still known where it is, up to the block that holds it. */
  #stands(known: Known): boolean {
    let at = known;
    for (; at.kind !== "block" && at.up; at = at.up) {
      if (this.#page.known.get(at.element) !== at || this.#parentOf(at.element) !== at.up.element)
        return false;
    }
    return this.#page.known.get(at.element) === at && at.open?.linked === true;
  }

  /** Where a gap begins: the item before it, and the levels at its first node. Null: the page changed meanwhile. */
  *#begin(place: Known, node: Node | null): Work<[Item, Level[]] | null> {
    // Asked for once: a slot copies the list of its nodes each time.
    let back = new Back(place, node);
    let start = place.open;
    const changed = function* (this: Mend) {
      if (!this.#page.pause()) return false;
      yield;
      if (this.#page.records.length === 0) return false;
      yield* this.digest();
      this.#mark(place, node);
      return true;
    };
    for (;;) {
      const left = back.left();
      const block = left && this.#clean(left, back.known);
      if (block) {
        start = block.close;
        break;
      }
      const inside = left && this.#page.known.get(left);
      if (left) this.#page.walked.visited += 1;
      const { up } = back.known;
      if (inside?.kind === "inline" && inside.up === back.known) {
        // There may be blocks in it, the last of which is where to begin.
        back.at = left;
        back = new Back(inside, null, back);
      } else if (left) back.at = left;
      else if (back.known.kind === "block" || !up) {
        start = back.known.open;
        break;
      } else back = back.around ?? new Back(up, back.known.element);
      if (yield* changed.call(this)) return null;
    }
    // Around the level of the first node those up to the block, each after the element that is walked.
    const stack = [levelAt(back.known, back.at)];
    for (let inner = back.known; inner.kind !== "block" && inner.up; inner = inner.up) {
      const outer = levelAt(inner.up, inner.element);
      following(outer);
      stack.push(outer);
      if (yield* changed.call(this)) return null;
    }
    return [start as Item, stack.reverse()];
  }

  /**
   * The page changed during a pause: finds the way on. False where it is lost; then the walk ends, and
   * the elements in which it was are looked through for what is missing.
   */
  repair(walk: Walk): boolean {
    while (!walk.cursor.linked && walk.cursor.prev) walk.cursor = walk.cursor.prev;
    const gone = walk.stack.findIndex(({ known }) => this.#page.known.get(known.element) !== known);
    if (gone >= 0) {
      if (gone > 0) this.#page.flush(walk);
      walk.stack.length = gone;
    }
    const found = walk.stack.every((level) => this.#find(level));
    for (const level of walk.stack) {
      const next = level.assigned ? (level.assigned[level.index] ?? null) : level.next;
      level.noted = this.#gaps.get(level.known)?.has(next) === true;
    }
    this.#left.clear();
    if (found) return true;
    this.#page.flush(walk);
    this.#doubt(walk.stack.map(({ known }) => known));
    return false;
  }

  /** A way is lost: these elements are looked through for what is missing. */
  #doubt(all: readonly Known[]): void {
    this.#page.lose();
    for (const known of all) this.#doubtful.add(known);
  }

  /** Whether a level still knows its next node, or finds it after the one before. */
  #find(level: Level): boolean {
    const { known, assigned, next, last } = level;
    if (assigned) return same(assigned, assignedOf(known.element) ?? []);
    const stays = (node: Node) => !this.#left.has(node) && this.#parentOf(node) === known.element;
    if (!next || stays(next)) return true;
    if (!last || !stays(last)) return false;
    level.next = nodes.nextSibling(last);
    return true;
  }

  /** What the walk found takes the place of what stood there; blocks that are the same stay. */
  settle(walk: Walk, end: Item): void {
    const stale: Item[] = [];
    let at = walk.cursor.next;
    for (; at && at !== end; at = at.next) stale.push(at);
    if (!at) {
      // The order of the list isn't that of the page: it must not happen, and costs a reading if it does.
      this.reset();
      return;
    }
    const made = walk.made.filter((one) => one.linked);
    const old = stale.filter((one) => one.entry !== null);
    for (const one of stale) this.#forget(one);
    walk.cursor.next = end;
    end.prev = walk.cursor;
    const keep = (one: Item | undefined, other: Item | undefined) => {
      if (!one?.entry || !other?.entry || !sameEntry(one.entry, other.entry)) return false;
      one.entry = other.entry;
      this.#again.add(other.entry);
      return true;
    };
    let from = 0;
    while (keep(made[from], old[from])) from += 1;
    for (let to = 1; made.length - to >= from && old.length - to >= from; to++) {
      if (!keep(made[made.length - to], old[old.length - to])) break;
    }
  }

  /** The element that a node is drawn in; null where it isn't, as far as can be told. */
  #parentOf(node: Node): Element | null {
    const slot = nodes.slotOf(node);
    if (slot) return slot;
    const parent = nodes.parentNode(node);
    if (!nodes.isElement(parent)) return parent && hostOf(parent);
    if (!nodes.shadowRootOf(parent) && !this.#page.known.get(parent)?.root) return parent;
    // The slots of a closed root don't show; where an element was met, it is known.
    const up = this.#page.known.get(node)?.up?.element;
    return up && nodes.tagOf(up) === "slot" ? up : null;
  }
}

/** Where a way back through the nodes of an element is: the next one stands before `at`. */
class Back {
  readonly known: Known;
  at: Node | null;
  /** The way that led here from around. */
  readonly around: Back | null;
  readonly #assigned: readonly Node[] | null;
  #index: number;

  constructor(known: Known, at: Node | null, around: Back | null = null) {
    this.known = known;
    this.at = at;
    this.around = around;
    this.#assigned = assignedOf(known.element);
    this.#index = this.#assigned ? (at ? this.#assigned.indexOf(at) : this.#assigned.length) : 0;
  }

  /** The node drawn before `at`; before the end for null. */
  left(): Node | null {
    if (this.#assigned) return this.#assigned[--this.#index] ?? null;
    const { element, root } = this.known;
    return this.at ? nodes.previousSibling(this.at) : nodes.lastChild(root ?? element);
  }
}

/** Whether a node is a style sheet. */
function isSheet(node: Node): boolean {
  return nodes.isElement(node) && /^(style|link)$/.test(nodes.tagOf(node));
}

/** The host of a shadow root; null for anything else. A link has a `host` too. */
function hostOf(node: Node): Element | null {
  return node instanceof ShadowRoot ? node.host : null;
}

function first<T>(all: Iterable<T>): T | undefined {
  for (const one of all) return one;
  return undefined;
}

function sameEntry(one: Entry, other: Entry): boolean {
  return (
    sameBlock(one.block, other.block) &&
    one.pieces.length === other.pieces.length &&
    one.pieces.every((piece, i) => {
      const its = other.pieces[i] as Piece;
      return (
        piece.node === its.node &&
        piece.start === its.start &&
        piece.from === its.from &&
        piece.collapsed === its.collapsed &&
        piece.trimmed === its.trimmed
      );
    })
  );
}
