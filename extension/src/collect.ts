/**
 * Page → blocks. What was found stays in one list in reading order: blocks of text, and a mark where each
 * block-level element opens and closes. No text runs over such a mark, so what stands between two of them
 * can be read again alone. That is for another script (`mend.ts`), which comes with the first change.
 *
 * All work is a generator that pauses often; whoever drives it decides for how long. The page may
 * change during a pause: its records are digested before the walk goes on.
 */
import { bounds } from "../../crate/data/page/blocks.json";
import * as here from "./here";
import { isLink, isMark, type Kind, kindOf, landmarksOf, mayHostClosed } from "./kinds";
import type { Mend } from "./mend";
import * as nodes from "./nodes";
import { type Gathered, Gathering, PIECE, squeeze } from "./pieces";
import type { Block } from "./protocol";
import {
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
import type { Watch } from "./watch";

/** Blocks of a page, which beyond them is read up to there; elements around a block, and UTF-16 units of the words of the innermost of them. */
const { blocks: MAX_BLOCKS, path: MAX_PATH, hint: MAX_HINT, hintElements: HINT_ELEMENTS } = bounds;
/** Nodes visited, or things checked, between two pauses. */
const STRIDE = 16;
/** Nodes on one way through the page, which beyond them is read up to there. */
const MAX_NODES = 250_000;
/** UTF-16 units of one block: the words after them are another block. A message, and the search in a block, must end soon. */
const MAX_BLOCK = 400_000;
/** Nodes visited and things checked in one update, and changes that wait for one: the page is given up for now then. */
const MAX_STEPS = 2 * MAX_NODES;
const MAX_RECORDS = 50_000;
/** How often in one update the page may change under a walk so that its way on is lost. */
const MAX_LOSSES = 20;

/** What walks and checks have cost so far. */
export interface Walked {
  /** Nodes visited. */
  visited: number;
  /** Blocks made. */
  collected: number;
  /** Elements looked at for whether they are still shown, or shown by now. */
  checked: number;
}

/** What the collection needs of the frame. */
export interface Reach {
  /** UTF-16 units of text that are read. */
  most: number;
  /** The element's shadow root, open or closed. */
  shadowOf(element: Element, closed: boolean): ShadowRoot | null;
  watch: Pick<Watch, "enter" | "await" | "dismiss">;
  /** The page has changed: `mend` is there when this settles, or not to be had. */
  changed(): Promise<unknown>;
}

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
  /** What reads again where the page changed; null before it first did. Both work on what follows. */
  mend: Mend | null = null;

  readonly reach: Reach;
  root: Known | null = null;
  known = new WeakMap<Node, Known>();
  /** UTF-16 units of text, and blocks, in the list. */
  text = 0;
  count = 0;
  /** What changed since it was last looked at. */
  records: MutationRecord[] = [];
  /** Elements whose visible and hidden parts are looked at again. */
  readonly checks = new Set<Known>();
  /** Elements in which a way through the page was cut short. */
  readonly cuts = new Set<Known>();
  /** Nothing that is known holds any more: all is read anew. */
  lost = false;
  #ids = 0;
  #steps = 0;
  /** `steps` when this update began. */
  #begun = 0;
  #losses = 0;

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
  *update(body: () => Element | null): Work<boolean> {
    this.#begun = this.#steps;
    this.#losses = 0;
    try {
      if (this.lost) (yield* this.#mended()).reset();
      this.lost = false;
      yield* this.#catchUp(body);
    } catch (reason) {
      if (reason !== RESTLESS) throw reason;
      this.lost = true;
      return false;
    }
    for (const root of this.roots) if (!root.isConnected) this.roots.delete(root);
    return true;
  }

  *#catchUp(body: () => Element | null): Work<void> {
    for (;;) {
      if (this.records.length + this.checks.size > 0) yield* (yield* this.#mended()).digest();
      const now = body();
      // A page may put another body in its place, or the same one once more.
      if ((this.root?.element ?? null) !== now || (now && this.known.get(now) !== this.root)) {
        if (this.root) (yield* this.#mended()).reset();
        if (now) yield* this.#begin(now);
      } else if (!this.mend || !(yield* this.mend.next())) return;
    }
  }

  *#mended(): Work<Mend> {
    if (!this.mend) yield this.reach.changed();
    if (!this.mend) throw RESTLESS;
    return this.mend;
  }

  /** All blocks in reading order. */
  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let at = this.root?.open ?? null; at?.linked; at = at.next) if (at.entry) entries.push(at.entry);
    return entries;
  }

  *#begin(body: Element): Work<void> {
    const now = kindOf(body, getComputedStyle(body), null);
    const root = this.#meet(body, null, now.kind === "inline" ? { kind: "block", box: true } : now);
    const open: Item = { ...UNLINKED, known: root, linked: true };
    root.open = open;
    root.close = this.#insert(open, { ...UNLINKED, known: root });
    this.root = root;
    if (root.kind === "hidden") this.reach.watch.await(body);
    if (root.kind === "block") yield* this.walk(open, [levelAt(root, startOf(root))]);
  }

  #insert(after: Item, at: Item): Item {
    at.prev = after;
    at.next = after.next;
    if (after.next) after.next.prev = at;
    after.next = at;
    at.linked = true;
    return at;
  }

  /** Counts a step; whether it is time for a pause. */
  pause(): boolean {
    this.#steps += 1;
    if (this.lost || this.#steps - this.#begun > MAX_STEPS) throw RESTLESS;
    return this.#steps % STRIDE === 0;
  }

  /** A way through the page was lost, as it changed under the walk. */
  lose(): void {
    this.#losses += 1;
    if (this.#losses > MAX_LOSSES) throw RESTLESS;
  }

  /** Reads what stands after an item of the list, from there to the next block that is known. `stack`: the way to its first node. */
  *walk(start: Item, stack: Level[]): Work<void> {
    const walk: Walk = { gathering: new Gathering(), made: [], stack, cursor: start };
    const [bottom] = stack;
    let visited = 0;
    let end: Item | null = null;
    for (let level = stack.at(-1); level; level = stack.at(-1)) {
      const child = following(level);
      const block = this.mend?.meets(child, level);
      if (child === null) {
        if (level.known.kind === "block") {
          this.flush(walk);
          if (stack.length === 1) end = level.known.close;
          else walk.cursor = level.known.close as Item;
        }
        stack.pop();
      } else {
        this.walked.visited += 1;
        visited += 1;
        if (block) {
          this.flush(walk);
          end = block.open;
          break;
        }
        if (nodes.isText(child)) {
          if (!(yield* this.#addText(child, level, walk))) return;
        } else if (nodes.isElement(child)) this.#enter(child, level.known, walk);
        if (this.#room(walk) <= 0 || this.count >= MAX_BLOCKS || visited > MAX_NODES) {
          this.cuts.add(level.known);
          this.flush(walk);
          end = bottom?.known.close ?? null;
          break;
        }
      }
      if (this.pause() && !(yield* this.#rest(walk))) return;
    }
    if (end?.linked) this.mend?.settle(walk, end);
  }

  /** A pause on a walk. False where the page changed meanwhile, and the way is lost. */
  *#rest(walk: Walk): Work<boolean> {
    yield;
    if (this.records.length === 0) return true;
    const mend = yield* this.#mended();
    yield* mend.digest();
    return mend.repair(walk);
  }

  #enter(element: Element, up: Known, walk: Walk): void {
    if (nodes.tagOf(element) === "br") {
      if (walk.gathering.lineBreak()) this.flush(walk);
      return;
    }
    const style = getComputedStyle(element);
    const now = kindOf(element, style, up.element);
    const { kind, box } = now;
    if (box) this.flush(walk);
    const before = this.known.get(element);
    const known = this.#meet(element, up, now);
    if (before?.kind === "hidden" && kind !== "hidden") this.reach.watch.dismiss(element);
    if (kind === "skipped") return;
    if (kind === "hidden") {
      known.open = { ...UNLINKED, known };
      walk.cursor = this.#insert(walk.cursor, known.open);
      this.reach.watch.await(element);
      return;
    }
    if (kind === "block") {
      known.open = { ...UNLINKED, known };
      known.close = { ...UNLINKED, known };
      walk.cursor = this.#insert(walk.cursor, known.open);
      this.#insert(known.open, known.close);
    }
    walk.stack.push(levelAt(known, startOf(known), style));
  }

  /** An inline element that is where it was stays known as it was, and the blocks in it with it. */
  #meet(element: Element, up: Known | null, { kind, box }: { kind: Kind; box: boolean }): Known {
    const before = this.known.get(element);
    const read = kind === "block" || kind === "inline";
    const root = read ? this.reach.shadowOf(element, mayHostClosed(element)) : null;
    if (before && before.up === up && before.root === root && before.kind === kind && kind === "inline") {
      return before;
    }
    if (root) {
      this.roots.add(root);
      this.reach.watch.enter(root);
    }
    const known: Known = {
      element,
      id: before?.id ?? this.#ids++,
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
  #room(walk: Walk): number {
    return this.reach.most - this.text - walk.gathering.length;
  }

  /** Gathers a text node part by part. False where the walk is lost meanwhile. */
  *#addText(node: Text, { known, style }: Level, walk: Walk): Work<boolean> {
    if (!walk.gathering.wants(node)) return true;
    if (style.visibility !== "visible") {
      walk.cursor = this.#insert(walk.cursor, { ...UNLINKED, veiled: node });
      return true;
    }
    let to = 0;
    for (let from = 0; from < Math.min(node.length, this.reach.most) && this.#room(walk) > 0; from = to) {
      if (from > 0 && this.pause() && !(yield* this.#rest(walk))) return false;
      to = from + PIECE;
      let end = here.isPlain() ? paragraphEnd(node.data, from, to) : null;
      if (walk.gathering.length + PIECE > MAX_BLOCK) end ??= lastSpace(node.data, from, to);
      to = end ?? to;
      walk.gathering.add(node, from, to, known.link, known.mark);
      if (end !== null) this.flush(walk);
    }
    return true;
  }

  /** The block that was being gathered ends here. */
  flush(walk: Walk): void {
    if (walk.gathering.length === 0) return;
    const gathered = walk.gathering.take();
    walk.gathering = new Gathering();
    if (gathered.text === "" || this.count >= MAX_BLOCKS) return;
    const block = describe(gathered, (walk.stack.at(-1) as Level).known);
    const made = { ...UNLINKED, entry: { block, pieces: gathered.pieces } };
    walk.cursor = this.#insert(walk.cursor, made);
    walk.made.push(made);
    this.walked.collected += 1;
    this.text += block.text.length;
    this.count += 1;
  }
}

/** Thrown where an update ends without having caught up. */
const RESTLESS = Symbol("restless");

/** Where the paragraph of a plain text ends that begins at `from` or before; null: not before `to`. */
function paragraphEnd(data: string, from: number, to: number): number | null {
  const found = /\n[\t\r ]*\n\s*/.exec(data.slice(from, to));
  return found && from + found.index + found[0].length;
}

/** Where the last word ends between two places; null where there is but one, which is never cut. */
function lastSpace(data: string, from: number, to: number): number | null {
  const part = data.slice(from, to);
  const at = Math.max(part.lastIndexOf(" "), part.lastIndexOf("\n"));
  return at < 0 ? null : from + at + 1;
}

/** Without a copy where there is nothing new. */
function joined(all: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = more.filter((name) => !all.includes(name));
  return fresh.length > 0 ? [...all, ...fresh] : all;
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
