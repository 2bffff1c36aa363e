/**
 * Page → blocks, and again only where the page changed.
 *
 * The page is walked over its flattened tree (shadow roots and slots included) on an explicit stack,
 * so that depth costs memory and never the call stack. What was found stays in one list in reading
 * order: blocks of text, and a mark where each block-level element opens and closes. No text runs
 * over such a mark, so what stands between two of them can be read again alone. A change is a place
 * in an element; from there the *gap* reaches left and right to the next block-level elements that
 * are known, and only that is walked.
 *
 * All work is a generator that pauses often; whoever drives it decides for how long. The page may
 * change during a pause: its records are digested before the walk goes on.
 */
import { bounds } from "../../crate/data/page/blocks.json";
import { isLink, isMark, type Kind, kindOf, landmarksOf, mayHostClosed } from "./kinds";
import * as nodes from "./nodes";
import { type Gathered, Gathering, PIECE, type Piece, squeeze } from "./pieces";
import type { Block } from "./protocol";

/** Blocks of a page, which beyond them is read up to there. */
const { blocks: MAX_BLOCKS } = bounds;
/** Elements around a block, and UTF-16 units of the words of the innermost of them. */
const { path: MAX_PATH, hint: MAX_HINT, hintElements: HINT_ELEMENTS } = bounds;
/** Nodes visited, or things checked, between two pauses. */
const STRIDE = 16;
/** Nodes on one way through the page, which beyond them is read up to there. */
const MAX_NODES = 250_000;
/** UTF-16 units of one block: more is another block. A message, and the search in a block, must end soon. */
const MAX_BLOCK = 400_000;
/** Nodes visited and things checked in one update, and changes that wait for one: the page is given up for now then. */
const MAX_STEPS = 2 * MAX_NODES;
const MAX_RECORDS = 50_000;
/** How often in one update the page may change under a walk so that its way on is lost. */
const MAX_LOSSES = 20;

/** A block and where its text stands. */
export interface Entry {
  readonly block: Block;
  /** By `start`; never empty. */
  readonly pieces: readonly Piece[];
}

/** What walks and checks have cost so far. */
export interface Walked {
  /** Nodes visited. */
  visited: number;
  /** Blocks made. */
  collected: number;
  /** Elements looked at for whether they are still shown, or shown by now. */
  checked: number;
}

/** What the collection wants to hear of. */
export interface Reach {
  /** UTF-16 units of text that are read. */
  most: number;
  /** The element's shadow root, open or closed. */
  shadowOf(element: Element, closed: boolean): ShadowRoot | null;
  /** A root whose changes matter from now on. */
  enter(root: ShadowRoot): void;
  /** An element without a box: say so when it gets one. */
  await(element: Element): void;
  /** No more. */
  dismiss(element: Element): void;
}

/** One element as it was met. */
interface Known {
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
interface Item {
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
interface Level {
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

type Work = Generator<void, void, void>;

const NOWHERE: readonly string[] = [];
const UNLINKED: Readonly<Item> = {
  prev: null,
  next: null,
  linked: false,
  entry: null,
  known: null,
  veiled: null,
};

export class Collection {
  readonly walked: Walked = { visited: 0, collected: 0, checked: 0 };
  /** Shadow roots that were met. */
  readonly roots = new Set<ShadowRoot>();

  private readonly reach: Reach;
  private root: Known | null = null;
  private known = new WeakMap<Node, Known>();
  private ids = 0;
  private text = 0;
  private count = 0;

  private records: MutationRecord[] = [];
  /** Places to read again: before these nodes of an element, null for its end. */
  private gaps = new Map<Known, Set<Node | null>>();
  /** Elements whose children are all looked through for gaps. */
  private doubtful = new Set<Known>();
  /** Elements whose visible and hidden parts are looked at again. */
  private checks = new Set<Known>();
  private steps = 0;
  /** `steps` when this update began. */
  private begun = 0;
  private losses = 0;
  /** Nothing that is known holds any more: all is read anew. */
  lost = false;
  /** Elements in which a way through the page was cut short. */
  private readonly cuts = new Set<Known>();
  /** Nodes that left their place since the walk last looked. */
  private left = new Set<Node>();
  /** Blocks that were read again and are as they were. */
  private again = new Set<Entry>();

  constructor(reach: Reach) {
    this.reach = reach;
  }

  /**
   * Notes what changed; nothing is looked at before the next `update`. False where that is too much to
   * note: all is read anew by then, and nothing more needs to be told before.
   */
  changed(records: readonly MutationRecord[]): boolean {
    if (this.lost || this.records.length + records.length > MAX_RECORDS) {
      this.lost = true;
      this.records = [];
      return false;
    }
    // Before the first reading everything is new anyway.
    if (this.root) for (const record of records) this.records.push(record);
    return true;
  }

  /** Whether the page goes on behind what was read. */
  get cut(): boolean {
    for (const known of this.cuts) {
      if (this.known.get(known.element) === known && nodes.isConnected(known.element)) return true;
    }
    return false;
  }

  /** What is hidden or shown in `element`, or for null anywhere, may have changed. */
  check(element: Element | null): void {
    const known = element ? this.known.get(element) : this.root;
    if (known) this.checks.add(known);
  }

  /**
   * Brings the list up to date: true once there is nothing left to do. False where the page changes
   * faster than it can be read; the list is of no use then before another update ends well.
   */
  *update(body: () => Element | null): Generator<void, boolean, void> {
    this.begun = this.steps;
    this.losses = 0;
    if (this.lost) this.reset(null);
    this.lost = false;
    try {
      yield* this.catchUp(body);
    } catch (reason) {
      if (reason !== RESTLESS) throw reason;
      this.lost = true;
      return false;
    }
    for (const root of this.roots) if (!root.isConnected) this.roots.delete(root);
    return true;
  }

  private *catchUp(body: () => Element | null): Work {
    for (;;) {
      yield* this.digest();
      const now = body();
      // A page may put another body in its place, or the same one once more.
      if ((this.root?.element ?? null) !== now || (now && this.known.get(now) !== this.root)) this.reset(now);
      const known = first(this.checks);
      const doubt = first(this.doubtful);
      const gap = first(this.gaps);
      if (known) {
        this.checks.delete(known);
        yield* this.look(known);
      } else if (doubt) {
        this.doubtful.delete(doubt);
        yield* this.findGaps(doubt);
      } else if (gap) {
        const [place, before] = gap;
        const node = first(before);
        if (node === undefined) this.gaps.delete(place);
        else {
          before.delete(node);
          yield* this.fill(place, node);
        }
      } else return;
    }
  }

  /** All blocks in reading order. */
  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let at = this.root?.open ?? null; at?.linked; at = at.next) if (at.entry) entries.push(at.entry);
    return entries;
  }

  /** Blocks that were read again and are as they were; their text nodes may have been written to. */
  takeAgain(): Set<Entry> {
    const again = this.again;
    this.again = new Set();
    return again;
  }

  private reset(body: Element | null): void {
    for (let at = this.root?.open ?? null; at?.linked; at = at.next) this.forget(at);
    this.known = new WeakMap();
    this.records = [];
    this.gaps.clear();
    this.doubtful.clear();
    this.checks.clear();
    this.roots.clear();
    this.cuts.clear();
    this.root = null;
    this.text = 0;
    this.count = 0;
    if (!body) return;
    const now = kindOf(body, getComputedStyle(body), null);
    const root = this.meet(body, null, now.kind === "inline" ? { kind: "block", box: true } : now);
    const open: Item = { ...UNLINKED, known: root, linked: true };
    const close: Item = { ...UNLINKED, known: root, linked: true, prev: open };
    open.next = close;
    root.open = open;
    root.close = close;
    this.root = root;
    if (root.kind === "hidden") this.reach.await(body);
    if (root.kind === "block") this.mark(root, startOf(root));
  }

  // ── What changed ───────────────────────────────────────────────────────────────────────────────

  private *digest(): Work {
    while (this.records.length > 0) {
      const records = this.records;
      this.records = [];
      // First what went: it must not be taken for what came elsewhere.
      for (const record of records) {
        for (const node of record.removedNodes) {
          this.drop(node, record);
          if (this.pause()) yield;
        }
      }
      for (const record of records) {
        if (record.type === "characterData") this.touch(record.target);
        else if (record.type === "attributes") this.attribute(record.target as Element, record.attributeName);
        else {
          if (isSheet(record.target)) this.check(null);
          for (const node of record.addedNodes) {
            if (isSheet(node)) this.check(null);
            this.touch(node);
            if (this.pause()) yield;
          }
        }
        if (this.pause()) yield;
      }
    }
  }

  /**
   * A node left its parent: what stood around it may run together. Where the node after it left too,
   * that one's record tells the place.
   */
  private drop(node: Node, { target, nextSibling }: MutationRecord): void {
    this.left.add(node);
    const known = this.known.get(node);
    if (known) this.take(known);
    const host = hostOf(target) ?? (target as Element);
    const around = this.known.get(host);
    if (!around || around.kind === "hidden" || around.kind === "skipped") return;
    if (around.root && target === host) {
      // Which slot it left, nobody can say any more. A block leaves nothing behind.
      if (known?.kind !== "block") this.renew(around);
    } else if (nextSibling === null || nodes.parentNode(nextSibling) === target)
      this.mark(around, nextSibling);
  }

  /** A node came, or holds another text than before. */
  private touch(node: Node): void {
    for (let at = node; ; ) {
      const parent = this.parentOf(at);
      if (!parent) {
        // The slots of a closed root don't show.
        const around = nodes.parentElement(at);
        const host = around && this.known.get(around);
        if (host?.root?.mode === "closed") this.renew(host);
        return;
      }
      const known = this.known.get(parent);
      if (known?.kind === "hidden" || known?.kind === "skipped") return;
      if (known) {
        this.mark(known, at);
        return;
      }
      at = parent;
    }
  }

  private attribute(element: Element, name: string | null): void {
    const known = this.known.get(element);
    if (!known) {
      if (this.root && element === nodes.parentNode(this.root.element)) this.check(null);
      return;
    }
    if (name === "slot") {
      const around = nodes.parentElement(element);
      const host = around && this.known.get(around);
      if (host?.root) this.renew(host);
    } else if (name === "open" && nodes.tagOf(element) === "details") this.renew(known);
    else this.checks.add(known);
  }

  /** Looks at what is hidden and what is shown in an element. */
  private *look(known: Known): Work {
    if (this.known.get(known.element) !== known) return;
    if (this.isStale(known)) {
      this.renew(known);
      return;
    }
    if (known.kind === "hidden" || known.kind === "skipped") return;
    if (known.kind === "inline") {
      this.touch(known.element);
      // It may hold blocks; they are among those of what is around it.
      if (nodes.firstElement(known.element)) {
        let block = known;
        while (block.kind !== "block" && block.up) block = block.up;
        this.checks.add(block);
      }
      return;
    }
    if (!known.open?.linked) return;
    for (let at: Item | null = known.open; at && at !== known.close; at = at.next) {
      if (at.known && at === at.known.open && at.known !== known && this.isStale(at.known)) {
        this.renew(at.known);
      } else if (at.entry) yield* this.lookAt(at.entry);
      else if (at.veiled?.parentElement && this.isSeen(at.veiled.parentElement)) this.touch(at.veiled);
      if (this.pause()) {
        yield;
        if (this.records.length > 0) yield* this.digest();
      }
      // What was taken out leads back to what is still there.
      while (at && !at.linked) at = at.prev;
      if (!at || !known.close?.linked) return;
    }
  }

  /** Text that can't be seen any more is no text. */
  private *lookAt(entry: Entry): Work {
    let last: Element | null = null;
    for (const { node } of entry.pieces) {
      const element = node.parentElement ?? this.parentOf(node);
      if (!element || element === last) continue;
      last = element;
      if (!this.isSeen(element)) this.touch(node);
      if (this.pause()) yield;
    }
  }

  private isSeen(element: Element): boolean {
    this.walked.checked += 1;
    return nodes.isVisible(element);
  }

  private isStale({ element, kind, box, up }: Known): boolean {
    this.walked.checked += 1;
    const now = kindOf(element, getComputedStyle(element), up?.element ?? null);
    if (up === null && now.kind === "inline") return kind !== "block";
    return now.kind !== kind || now.box !== box;
  }

  /** As if it had just come. */
  private renew(known: Known): void {
    if (known === this.root) {
      this.reset(known.element);
      return;
    }
    this.take(known);
    this.touch(known.element);
  }

  private mark(known: Known, before: Node | null): void {
    const places = this.gaps.get(known);
    if (places) places.add(before);
    else this.gaps.set(known, new Set([before]));
  }

  // ── The list ───────────────────────────────────────────────────────────────────────────────────

  /** Takes an element and what is in it out of the list, and forgets it. */
  private take(known: Known): void {
    this.unlink(known);
    this.known.delete(known.element);
    this.gaps.delete(known);
  }

  private unlink({ open, close }: Known): void {
    if (!open?.linked) return;
    const end = close ?? open;
    const { prev } = open;
    const { next } = end;
    for (let at: Item | null = open; at; at = at === end ? null : at.next) this.forget(at);
    if (prev) prev.next = next;
    if (next) next.prev = prev;
  }

  private forget(at: Item): void {
    at.linked = false;
    if (at.entry) {
      this.text -= at.entry.block.text.length;
      this.count -= 1;
    } else if (at.known?.kind === "hidden" && this.known.get(at.known.element) === at.known) {
      this.reach.dismiss(at.known.element);
    }
  }

  private insert(after: Item, at: Item): Item {
    at.prev = after;
    at.next = after.next;
    if (after.next) after.next.prev = at;
    after.next = at;
    at.linked = true;
    return at;
  }

  /** Whether an element is a block that was read where it stands now. */
  private clean(node: Node, up: Known): Known | null {
    const known = this.known.get(node);
    return known?.kind === "block" && known.up === up && known.open?.linked ? known : null;
  }

  // ── Walking ────────────────────────────────────────────────────────────────────────────────────

  private pause(): boolean {
    this.steps += 1;
    if (this.lost || this.steps - this.begun > MAX_STEPS) throw RESTLESS;
    return this.steps % STRIDE === 0;
  }

  /** Marks the gaps among all children of an element. */
  private *findGaps(known: Known): Work {
    if (this.known.get(known.element) !== known) return;
    const level = levelAt(known, startOf(known));
    this.left.clear();
    // Where the children so far end in the list; unknown after a gap.
    let end = known.kind === "block" ? known.open : null;
    for (let node = following(level); node; node = following(level)) {
      this.walked.visited += 1;
      const block = this.clean(node, known);
      if (!block) this.mark(known, node);
      else if (end?.next !== block.open) this.mark(known, node);
      end = block?.close ?? null;
      if (this.pause()) {
        yield;
        if (this.records.length > 0) yield* this.digest();
        if (this.known.get(known.element) !== known) return;
        if (!this.find(level)) {
          this.doubt([known]);
          return;
        }
        this.left.clear();
      }
    }
    if (known.kind !== "block" || end?.next !== known.close) this.mark(known, null);
  }

  /** Reads what stands between the known blocks around a place: before `node` of `place`. */
  private *fill(place: Known, node: Node | null): Work {
    if (!this.stands(place) || (node && this.parentOf(node) !== place.element)) return;
    const begun = yield* this.begin(place, node);
    if (!begun) return;
    const walk = new Walk(...begun);
    this.left.clear();
    let end: Item | null = null;
    while (walk.stack.length > 0) {
      const level = walk.stack[walk.stack.length - 1] as Level;
      const child = following(level);
      // Whatever else was noted before this node is read with it.
      if (this.gaps.size > 0 && !level.noted) this.gaps.get(level.known)?.delete(child);
      level.noted = false;
      if (child === null) {
        if (level.known.kind === "block") {
          this.flush(walk);
          if (walk.stack.length === 1) end = level.known.close;
          else walk.cursor = level.known.close as Item;
        }
        walk.stack.pop();
      } else {
        this.walked.visited += 1;
        walk.visited += 1;
        const block = this.clean(child, level.known);
        if (block) {
          this.flush(walk);
          end = block.open;
          break;
        }
        if (nodes.isText(child)) {
          if (!(yield* this.addText(child, level, walk))) return;
        } else if (nodes.isElement(child)) this.enter(child, level.known, walk);
        if (this.room(walk) <= 0 || this.count >= MAX_BLOCKS || walk.visited > MAX_NODES) {
          this.cuts.add(level.known);
          this.flush(walk);
          end = walk.bottom.close;
          break;
        }
      }
      if (this.pause()) {
        yield;
        if (this.records.length > 0) {
          yield* this.digest();
          if (!this.repair(walk)) return;
        }
      }
    }
    if (end?.linked) this.settle(walk, end);
  }

  /** Whether an element is still known where it is, up to the block that holds it. */
  private stands(known: Known): boolean {
    let at = known;
    for (; at.kind !== "block" && at.up; at = at.up) {
      if (this.known.get(at.element) !== at || this.parentOf(at.element) !== at.up.element) return false;
    }
    return this.known.get(at.element) === at && at.open?.linked === true;
  }

  /** Where a gap begins: the item before it, and the levels at its first node. Null: the page changed meanwhile. */
  private *begin(place: Known, node: Node | null): Generator<void, [Item, Level[]] | null, void> {
    // Asked for once: a slot copies the list of its nodes each time.
    let back = new Back(place, node);
    let start = place.open;
    const changed = function* (this: Collection) {
      if (!this.pause()) return false;
      yield;
      if (this.records.length === 0) return false;
      yield* this.digest();
      this.mark(place, node);
      return true;
    };
    for (;;) {
      const left = back.left();
      const block = left && this.clean(left, back.known);
      if (block) {
        start = block.close;
        break;
      }
      const inside = left && this.known.get(left);
      if (left) this.walked.visited += 1;
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

  private enter(element: Element, up: Known, walk: Walk): void {
    if (nodes.tagOf(element) === "br") {
      if (walk.gathering.lineBreak()) this.flush(walk);
      return;
    }
    const style = getComputedStyle(element);
    const now = kindOf(element, style, up.element);
    const { kind, box } = now;
    if (box) this.flush(walk);
    const before = this.known.get(element);
    const known = this.meet(element, up, now);
    if (before?.kind === "hidden" && kind !== "hidden") this.reach.dismiss(element);
    if (kind === "skipped") return;
    if (kind === "hidden") {
      known.open = { ...UNLINKED, known };
      walk.cursor = this.insert(walk.cursor, known.open);
      this.reach.await(element);
      return;
    }
    if (kind === "block") {
      known.open = { ...UNLINKED, known };
      known.close = { ...UNLINKED, known };
      walk.cursor = this.insert(walk.cursor, known.open);
      this.insert(known.open, known.close);
    }
    walk.stack.push(levelAt(known, startOf(known), style));
  }

  /** An inline element that is where it was stays known as it was, and the blocks in it with it. */
  private meet(element: Element, up: Known | null, { kind, box }: { kind: Kind; box: boolean }): Known {
    const before = this.known.get(element);
    const read = kind === "block" || kind === "inline";
    const root = read ? this.reach.shadowOf(element, mayHostClosed(element)) : null;
    if (before && before.up === up && before.root === root && before.kind === kind && kind === "inline") {
      return before;
    }
    if (root) {
      this.roots.add(root);
      this.reach.enter(root);
    }
    const known: Known = {
      element,
      id: before?.id ?? this.ids++,
      up,
      kind,
      box,
      link: read && (up?.link === true || isLink(element)),
      mark: read && (up?.mark === true || isMark(element)),
      within: read ? joined(up?.within ?? NOWHERE, landmarksOf(element)) : NOWHERE,
      words: null,
      root,
      open: null,
      close: null,
    };
    this.known.set(element, known);
    return known;
  }

  /** How many UTF-16 units may still be read. */
  private room(walk: Walk): number {
    return this.reach.most - this.text - walk.gathering.length;
  }

  /** Gathers a text node part by part. False where the walk is lost meanwhile. */
  private *addText(node: Text, { known, style }: Level, walk: Walk): Generator<void, boolean, void> {
    const { gathering } = walk;
    if (!gathering.wants(node)) return true;
    if (style.visibility !== "visible") {
      walk.cursor = this.insert(walk.cursor, { ...UNLINKED, veiled: node });
      return true;
    }
    let to = 0;
    for (let from = 0; from < Math.min(node.length, this.reach.most) && this.room(walk) > 0; from = to) {
      if (from > 0 && this.pause()) {
        yield;
        if (this.records.length > 0) {
          yield* this.digest();
          if (!this.repair(walk)) return false;
        }
      }
      to = from + PIECE;
      const end = nodes.here.isPlain() ? paragraphEnd(node.data, from, to) : null;
      to = end ?? to;
      gathering.add(node, from, to, known.link, known.mark);
      if (end !== null || gathering.length >= MAX_BLOCK) this.flush(walk);
    }
    return true;
  }

  /** The block that was being gathered ends here. */
  private flush(walk: Walk): void {
    const gathered = walk.gathering.take();
    if (!gathered || this.count >= MAX_BLOCKS) return;
    const block = describe(gathered, (walk.stack[walk.stack.length - 1] as Level).known);
    const made = { ...UNLINKED, entry: { block, pieces: gathered.pieces } };
    walk.cursor = this.insert(walk.cursor, made);
    walk.made.push(made);
    this.walked.collected += 1;
    this.text += block.text.length;
    this.count += 1;
  }

  /**
   * The page changed during a pause: finds the way on. False where it is lost; then the walk ends, and
   * the elements in which it was are looked through for what is missing.
   */
  private repair(walk: Walk): boolean {
    while (!walk.cursor.linked && walk.cursor.prev) walk.cursor = walk.cursor.prev;
    const gone = walk.stack.findIndex(({ known }) => this.known.get(known.element) !== known);
    if (gone >= 0) {
      if (gone > 0) this.flush(walk);
      walk.stack.length = gone;
    }
    const found = walk.stack.every((level) => this.find(level));
    for (const level of walk.stack) {
      const next = level.assigned ? (level.assigned[level.index] ?? null) : level.next;
      level.noted = this.gaps.get(level.known)?.has(next) === true;
    }
    this.left.clear();
    if (found) return true;
    this.flush(walk);
    this.doubt(walk.stack.map(({ known }) => known));
    return false;
  }

  /** A way is lost: these elements are looked through for what is missing. */
  private doubt(all: readonly Known[]): void {
    this.losses += 1;
    if (this.losses > MAX_LOSSES) throw RESTLESS;
    for (const known of all) this.doubtful.add(known);
  }

  /** Whether a level still knows its next node, or finds it after the one before. */
  private find(level: Level): boolean {
    const { known, assigned, next, last } = level;
    if (assigned) return same(assigned, assignedOf(known.element) ?? []);
    const stays = (node: Node) => !this.left.has(node) && this.parentOf(node) === known.element;
    if (!next || stays(next)) return true;
    if (!last || !stays(last)) return false;
    level.next = nodes.nextSibling(last);
    return true;
  }

  /** What the walk found takes the place of what stood there; blocks that are the same stay. */
  private settle(walk: Walk, end: Item): void {
    const stale: Item[] = [];
    let at = walk.cursor.next;
    for (; at && at !== end; at = at.next) stale.push(at);
    if (!at) {
      // The order of the list isn't that of the page: it must not happen, and costs a reading if it does.
      if (this.root) this.reset(this.root.element);
      return;
    }
    const made = walk.made.filter((one) => one.linked);
    const old = stale.filter((one) => one.entry !== null);
    for (const one of stale) this.forget(one);
    walk.cursor.next = end;
    end.prev = walk.cursor;
    const keep = (one: Item | undefined, other: Item | undefined) => {
      if (!one?.entry || !other?.entry || !sameEntry(one.entry, other.entry)) return false;
      one.entry = other.entry;
      this.again.add(other.entry);
      return true;
    };
    let from = 0;
    while (keep(made[from], old[from])) from += 1;
    for (let to = 1; made.length - to >= from && old.length - to >= from; to++) {
      if (!keep(made[made.length - to], old[old.length - to])) break;
    }
  }

  /** The element that a node is drawn in; null where it isn't, as far as can be told. */
  private parentOf(node: Node): Element | null {
    const slot = nodes.slotOf(node);
    if (slot) return slot;
    const parent = nodes.parentNode(node);
    if (!nodes.isElement(parent)) return parent && hostOf(parent);
    if (!nodes.shadowRootOf(parent) && !this.known.get(parent)?.root) return parent;
    // The slots of a closed root don't show; where an element was met, it is known.
    const up = this.known.get(node)?.up?.element;
    return up && nodes.tagOf(up) === "slot" ? up : null;
  }
}

/** Thrown where an update ends without having caught up. */
const RESTLESS = Symbol("restless");

/** One way through a gap. */
class Walk {
  readonly gathering = new Gathering();
  /** Nodes so far. */
  visited = 0;
  /** What was made, in order. */
  readonly made: Item[] = [];
  /** The block-level element whose gap it is. */
  readonly bottom: Known;
  readonly stack: Level[];
  /** The item after which the next one stands. */
  cursor: Item;

  constructor(cursor: Item, stack: Level[]) {
    this.cursor = cursor;
    this.stack = stack;
    this.bottom = (stack[0] as Level).known;
  }
}

/** Where a way back through the nodes of an element is: the next one stands before `at`. */
class Back {
  readonly known: Known;
  at: Node | null;
  /** The way that led here from around. */
  readonly around: Back | null;
  private readonly assigned: readonly Node[] | null;
  private index: number;

  constructor(known: Known, at: Node | null, around: Back | null = null) {
    this.known = known;
    this.at = at;
    this.around = around;
    this.assigned = assignedOf(known.element);
    this.index = this.assigned ? (at ? this.assigned.indexOf(at) : this.assigned.length) : 0;
  }

  /** The node drawn before `at`; before the end for null. */
  left(): Node | null {
    if (this.assigned) return this.assigned[--this.index] ?? null;
    const { element, root } = this.known;
    return this.at ? nodes.previousSibling(this.at) : nodes.lastChild(root ?? element);
  }
}

/** Where the paragraph of a plain text ends that begins at `from` or before; null: not before `to`. */
function paragraphEnd(data: string, from: number, to: number): number | null {
  const found = /\n[\t\r ]*\n\s*/.exec(data.slice(from, to));
  return found && from + found.index + found[0].length;
}

/** Whether a node is a style sheet. */
function isSheet(node: Node): boolean {
  return nodes.isElement(node) && /^(style|link)$/.test(nodes.tagOf(node));
}

/** The host of a shadow root; null for anything else. A link has a `host` too. */
function hostOf(node: Node): Element | null {
  return node instanceof ShadowRoot ? node.host : null;
}

/** Without a copy where there is nothing new. */
function joined(all: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = more.filter((name) => !all.includes(name));
  return fresh.length > 0 ? [...all, ...fresh] : all;
}

function first<T>(all: Iterable<T>): T | undefined {
  for (const one of all) return one;
  return undefined;
}

function assignedOf(element: Element): readonly Node[] | null {
  if (nodes.tagOf(element) !== "slot") return null;
  const assigned = (element as HTMLSlotElement).assignedNodes();
  return assigned.length > 0 ? assigned : null;
}

/** The first child of an element as it is drawn. */
function startOf({ element, root }: Known): Node | null {
  return assignedOf(element)?.[0] ?? nodes.firstChild(root ?? element);
}

/** A level whose next node is `next`. */
function levelAt(known: Known, next: Node | null, style = getComputedStyle(known.element)): Level {
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
function following(level: Level): Node | null {
  if (level.assigned) return level.assigned[level.index++] ?? null;
  const node = level.next;
  if (node) level.next = nodes.nextSibling(node);
  level.last = node;
  return node;
}

function describe({ text, links, marks }: Gathered, inner: Known): Block {
  let owner = inner;
  while (owner.kind !== "block" && owner.up) owner = owner.up;
  const path: number[] = [];
  for (let at: Known | null = owner; at && path.length < MAX_PATH; at = at.up) path.push(at.id);
  const block: Block = { text, tag: nodes.tagOf(owner.element), path: path.reverse() };
  if (owner.within.length > 0) block.within = [...owner.within];
  const hint = hintOf(owner);
  if (hint !== "") block.hint = hint;
  if (links.length > 0) block.links = links;
  if (marks.length > 0) block.marks = marks;
  return block;
}

function hintOf(owner: Known): string {
  let hint = "";
  let at: Known | null = owner;
  for (let i = 0; at && i < HINT_ELEMENTS && hint.length < MAX_HINT; i++, at = at.up) {
    at.words ??= `${wordsOf(at.element, "class")} ${wordsOf(at.element, "id")}`.trim();
    const { words } = at;
    if (words !== "") hint += `${hint === "" ? "" : " "}${words}`;
  }
  return squeeze(hint).toLowerCase().slice(0, MAX_HINT);
}

/** Ever so much more than counts. */
function wordsOf(element: Element, name: string): string {
  return (nodes.attribute(element, name) ?? "").slice(0, 10 * MAX_HINT);
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

/** Whether the engine would read the same. */
export function sameBlock(one: Block, other: Block): boolean {
  return (
    one.text === other.text &&
    one.tag === other.tag &&
    one.hint === other.hint &&
    same(one.path, other.path) &&
    same(one.within, other.within) &&
    same(one.links?.flat(), other.links?.flat()) &&
    same(one.marks?.flat(), other.marks?.flat())
  );
}

function same<T>(one: readonly T[] = [], other: readonly T[] = []): boolean {
  return one.length === other.length && one.every((value, i) => value === other[i]);
}
