/** Flags → DOM ranges → the highlight registry. The page's nodes are never touched. */
import { type Flag, passes } from "./flags";
import { boxOf, caretAt, isPutOff, parentElement } from "./nodes";
import { locate, type Point, parts } from "./pieces";
import { CATEGORIES, type Category, type Filter } from "./protocol";
import { highlightName } from "./theme";
import type { Entry } from "./walk";

/** Beyond this many live ranges editing on the page gets slow; the faintest flags go first. */
const MAX_PAINTED = 3000;
/** How many times in a row marks are put back that the page takes away. */
const PATIENCE = 20;
/** Flags that are painted in one go; of more those in view come first. */
const AT_ONCE = 250;

export class Paint {
  /** Ranges made so far. */
  made = 0;
  readonly roots: ReadonlySet<ShadowRoot>;

  #entries: readonly Entry[] = [];
  #flags: readonly Flag[] = [];
  #byEntry = new Map<Entry, Flag[]>();
  readonly #ranges = new Map<Flag, Range[]>();
  readonly #owners = new WeakMap<AbstractRange, Flag>();
  /** What we put into the registry: the page may have replaced it since. */
  readonly #mine = new Map<Category, Highlight>();
  /** Flags that are painted, in no order. */
  #painted = new Set<Flag>();
  #order: Flag[] | null = null;
  /** How many ranges our highlights should hold. */
  #held = 0;
  /** How many times in a row the page has had its way with what is ours in the registry. */
  #fights = 0;
  /** Counts calls of `show`: an earlier one that is not done yet is overtaken. */
  #wave = 0;
  /** Text node → block, made when the first caret asks. */
  #blocks: Map<Node, Entry> | null = null;

  /** `roots`: shadow roots that hold text; kept up to date by their owner. */
  constructor(roots: ReadonlySet<ShadowRoot>) {
    this.roots = roots;
  }

  /** Flags that are painted now, in reading order. */
  get shown(): readonly Flag[] {
    this.#order ??= this.#flags.filter((flag) => this.#painted.has(flag));
    return this.#order;
  }

  /**
   * A new reading. A flag that was there before stays the same object, its ranges with it; `written`
   * are blocks whose text nodes may have been written to, which moves ranges. Nothing is painted yet.
   */
  update(flags: readonly Flag[], entries: readonly Entry[], written: ReadonlySet<Entry>): void {
    const before = this.#byEntry;
    this.#byEntry = new Map();
    this.#entries = entries;
    this.#blocks = null;
    this.#flags = flags.flatMap((flag) => {
      const entry = entries[flag.block];
      if (!entry) return [];
      const known = before.get(entry);
      const at = known?.findIndex((one) => sameFlag(one, flag)) ?? -1;
      const kept = known && at >= 0 ? (known.splice(at, 1)[0] as Flag) : null;
      const all = this.#byEntry.get(entry);
      const one = kept ? Object.assign(kept, flag) : flag;
      if (all) all.push(one);
      else this.#byEntry.set(entry, [one]);
      return [one];
    });
    for (const gone of before.values()) for (const flag of gone) this.#unpaint(flag);
    for (const entry of written) for (const flag of this.#byEntry.get(entry) ?? []) this.#unpaint(flag);
  }

  /**
   * Sets the registry to the flags that pass, whatever the page has done to our names meanwhile. What
   * goes, goes in the first step, together with what comes in view; the rest follows step by step.
   */
  *show(filter: Filter): Generator<void, void, void> {
    this.#wave += 1;
    const wave = this.#wave;
    let passing = this.#flags.filter((flag) => passes(flag, filter));
    if (passing.length > MAX_PAINTED) {
      passing = [...passing].sort((a, b) => b.strength - a.strength).slice(0, MAX_PAINTED);
    }
    const wanted = new Set(passing);
    for (const flag of this.#painted) if (!wanted.has(flag)) this.#unpaint(flag, true);
    this.keep();
    let fresh = passing.filter((flag) => !this.#painted.has(flag));
    if (fresh.length > AT_ONCE) fresh = this.#inViewFirst(fresh);
    for (const [i, flag] of fresh.entries()) {
      if (i >= AT_ONCE && i % 16 === 0) {
        yield;
        if (wave !== this.#wave) return;
      }
      this.#paint(flag);
    }
  }

  /**
   * Puts back into the registry what the page took out of it, which is the page's as well as ours. One
   * that does so again and again has its way in the end. `thoroughly`: whether all that is there is ours.
   */
  keep(thoroughly = false): void {
    if (this.beaten) return;
    if (this.#isWhole(thoroughly)) {
      this.#fights = 0;
      return;
    }
    if (this.#mine.size > 0) this.#fights += 1;
    for (const [i, category] of CATEGORIES.entries()) {
      const highlight = this.#mine.get(category) ?? new Highlight();
      highlight.priority = CATEGORIES.length - i;
      highlight.clear();
      this.#mine.set(category, highlight);
      CSS.highlights.set(highlightName(category), highlight);
    }
    for (const flag of this.#painted) {
      for (const range of this.rangesOf(flag)) this.#mine.get(flag.category)?.add(range);
    }
  }

  /** Whether the marks stay away, because the page would take them away again. */
  get beaten(): boolean {
    return this.#fights > PATIENCE;
  }

  #isWhole(thoroughly: boolean): boolean {
    let size = 0;
    for (const category of CATEGORIES) {
      const highlight = this.#mine.get(category);
      if (!highlight || CSS.highlights.get(highlightName(category)) !== highlight) return false;
      size += highlight.size;
    }
    // Firefox lets nobody go through the ranges: where all of ours are there, and no more, the rest can't be.
    const ours = (flag: Flag) =>
      this.rangesOf(flag).every((range) => this.#mine.get(flag.category)?.has(range));
    return size === this.#held && (!thoroughly || [...this.#painted].every(ours));
  }

  #paint(flag: Flag): void {
    const ranges = this.rangesOf(flag);
    if (ranges.length === 0) return;
    for (const range of ranges) this.#mine.get(flag.category)?.add(range);
    this.#held += ranges.length;
    this.#painted.add(flag);
    this.#order = null;
  }

  /** `keeping` its ranges: only the reader's choice hides it. */
  #unpaint(flag: Flag, keeping = false): void {
    if (this.#painted.delete(flag)) {
      const ranges = this.#ranges.get(flag) ?? [];
      for (const range of ranges) this.#mine.get(flag.category)?.delete(range);
      this.#held -= ranges.length;
    }
    if (!keeping) this.#ranges.delete(flag);
    this.#order = null;
  }

  /** From the top of the window on, then what is above; block by block downwards is near enough. */
  #inViewFirst(flags: readonly Flag[]): Flag[] {
    const sorted = [...flags].sort((a, b) => a.block - b.block);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const node = this.#entries[(sorted[middle] as Flag).block]?.pieces[0]?.node;
      const holder = node && laidOut(node);
      const box = holder && boxOf(holder);
      if (box && box.bottom < 0) low = middle + 1;
      else high = middle;
    }
    return [...sorted.slice(low), ...sorted.slice(0, low).reverse()];
  }

  /** The words that a flag marks. */
  wordsOf(flag: Flag): string {
    return this.textOf(flag.block).slice(flag.start, flag.end);
  }

  /** Takes everything of ours out of the registry, and nothing that another instance put there. */
  clear(): void {
    this.#wave += 1;
    this.#fights = 0;
    this.#painted.clear();
    this.#order = null;
    this.#held = 0;
    for (const [category, highlight] of this.#mine) {
      const name = highlightName(category);
      if (CSS.highlights.get(name) === highlight) CSS.highlights.delete(name);
    }
    this.#mine.clear();
  }

  /** The live ranges of a flag: one, or several where it crosses a shadow boundary. */
  rangesOf(flag: Flag): Range[] {
    const known = this.#ranges.get(flag);
    if (known) return known;
    const ranges = this.between(flag.block, flag.start, flag.end);
    this.made += ranges.length;
    this.#ranges.set(flag, ranges);
    for (const range of ranges) this.#owners.set(range, flag);
    return ranges;
  }

  /** Ranges over any part of a block. */
  between(block: number, start: number, end: number): Range[] {
    const pieces = this.#entries[block]?.pieces;
    if (!pieces || start >= end) return [];
    const from = locate(pieces, start, false);
    const to = locate(pieces, end, true);
    const whole = from && to && range(from, to);
    if (whole) return [whole];
    return parts(pieces, start, end).flatMap(([a, b]) => range(a, b) ?? []);
  }

  textOf(block: number): string {
    return this.#entries[block]?.block.text ?? "";
  }

  /** The flag that a range of ours marks. */
  flagOf(range: AbstractRange): Flag | undefined {
    return this.#owners.get(range);
  }

  /** Flags painted in the block whose text is next to a point of the viewport. */
  near(x: number, y: number): Flag[] {
    this.#blocks ??= new Map(this.#entries.flatMap((entry) => entry.pieces.map(({ node }) => [node, entry])));
    const caret = caretAt(x, y, [...this.roots]);
    const entry = caret && this.#blocks.get(caret.offsetNode);
    const flags = entry && this.#byEntry.get(entry);
    return flags?.filter((flag) => this.#painted.has(flag)) ?? [];
  }
}

/** The element around a text that has a place by now: asking for that of what the browser has put off would have it done. */
function laidOut(node: Node): Element | null {
  let at = parentElement(node);
  while (at && isPutOff(at)) at = parentElement(at);
  return at;
}

function sameFlag(one: Flag, other: Flag): boolean {
  return one.start === other.start && one.end === other.end && one.category === other.category;
}

/** A live range, or null where the two ends cannot be joined or nodes are gone. */
function range(from: Point, to: Point): Range | null {
  if (!from.node.isConnected || from.node.getRootNode() !== to.node.getRootNode()) return null;
  const made = new Range();
  made.setStart(from.node, from.offset);
  made.setEnd(to.node, to.offset);
  // Slots may show nodes in another order than the tree has them.
  return made.collapsed || made.startContainer !== from.node ? null : made;
}
