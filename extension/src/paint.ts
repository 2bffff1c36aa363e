/** Flags → DOM ranges → the highlight registry. The page's nodes are never touched. */
import { type Collected, locate, type Point, parts } from "./collect";
import { type Flag, passes } from "./flags";
import { CATEGORIES, type Filter } from "./protocol";
import { activeName, highlightName } from "./theme";

/** Beyond this many live ranges editing on the page gets slow; the faintest flags go first. */
const MAX_PAINTED = 3000;

export class Paint {
  private readonly flags: readonly Flag[];
  private readonly collected: Collected;
  private readonly ranges = new Map<Flag, Range[]>();
  private readonly owners = new Map<AbstractRange, Flag>();
  /** What we put into the registry, by name: the page may have replaced it since. */
  private readonly mine = new Map<string, Highlight>();
  /** Text node → block, made when the first caret asks. */
  private blocks: Map<Node, number> | null = null;
  private active: Flag | null = null;
  private visible: Flag[] = [];

  constructor(flags: readonly Flag[], collected: Collected) {
    this.flags = flags;
    this.collected = collected;
  }

  /** Flags that are painted now. */
  get shown(): readonly Flag[] {
    return this.visible;
  }

  get roots(): readonly ShadowRoot[] {
    return this.collected.roots;
  }

  /** Sets the registry to the flags that pass, whatever the page has done to our names meanwhile. */
  show(filter: Filter): void {
    const passing = this.flags.filter((flag) => passes(flag, filter));
    if (passing.length > MAX_PAINTED) {
      passing.sort((a, b) => b.strength - a.strength);
      passing.length = MAX_PAINTED;
    }
    const highlights = Object.fromEntries(CATEGORIES.map((category) => [category, new Highlight()]));
    this.visible = [];
    for (const flag of passing) {
      const ranges = this.rangesOf(flag);
      if (ranges.length > 0) this.visible.push(flag);
      for (const range of ranges) highlights[flag.category]?.add(range);
    }
    CATEGORIES.forEach((category, i) => {
      const highlight = highlights[category] as Highlight;
      highlight.priority = CATEGORIES.length - i;
      this.set(highlightName(category), highlight);
    });
    if (this.active && !this.visible.includes(this.active)) this.activate(null);
  }

  /** Marks the flag under the pointer. */
  activate(flag: Flag | null): void {
    if (flag === this.active) return;
    if (this.active) this.remove(activeName(this.active.category));
    this.active = flag;
    if (!flag) return;
    const highlight = new Highlight(...this.rangesOf(flag));
    highlight.priority = CATEGORIES.length + 1;
    this.set(activeName(flag.category), highlight);
  }

  /** Takes everything of ours out of the registry, and nothing that another instance put there. */
  clear(): void {
    this.active = null;
    this.visible = [];
    for (const name of [...this.mine.keys()]) this.remove(name);
  }

  /** The live ranges of a flag: one, or several where it crosses a shadow boundary. */
  rangesOf(flag: Flag): Range[] {
    const known = this.ranges.get(flag);
    if (known) return known;
    const ranges = this.between(flag.block, flag.start, flag.end);
    this.ranges.set(flag, ranges);
    for (const range of ranges) this.owners.set(range, flag);
    return ranges;
  }

  /** Ranges over any part of a block. */
  between(block: number, start: number, end: number): Range[] {
    const pieces = this.collected.map[block];
    if (!pieces || start >= end) return [];
    const from = locate(pieces, start, false);
    const to = locate(pieces, end, true);
    const whole = from && to && range(from, to);
    if (whole) return [whole];
    return parts(pieces, start, end).flatMap(([a, b]) => range(a, b) ?? []);
  }

  textOf(block: number): string {
    return this.collected.blocks[block]?.text ?? "";
  }

  /** Visible flags at a point of the viewport, the one whose card opens first in front. */
  at(x: number, y: number): Flag[] {
    const shadowRoots = this.collected.roots;
    const found = new Set<Flag>();
    for (const hit of CSS.highlights.highlightsFromPoint?.(x, y, { shadowRoots }) ?? []) {
      for (const range of hit.ranges) {
        const flag = this.owners.get(range);
        if (flag) found.add(flag);
      }
    }
    // Where the call is missing, or answers nothing as Chromium does under an emulated pixel ratio.
    if (found.size === 0) this.byCaret(x, y, found);
    const rank = (flag: Flag) => CATEGORIES.indexOf(flag.category);
    return [...found].sort((a, b) => rank(a) - rank(b));
  }

  private byCaret(x: number, y: number, found: Set<Flag>): void {
    const caret = document.caretPositionFromPoint?.(x, y, { shadowRoots: [...this.collected.roots] });
    const block = caret && this.blockOf(caret.offsetNode);
    if (block === undefined || block === null) return;
    for (const flag of this.visible) {
      // The caret snaps to text near the point; the boxes say whether the point is really inside.
      if (flag.block === block && this.rangesOf(flag).some((range) => covers(range, x, y))) found.add(flag);
    }
  }

  private blockOf(node: Node): number | undefined {
    if (!this.blocks) {
      this.blocks = new Map();
      for (const [block, pieces] of this.collected.map.entries()) {
        for (const piece of pieces) this.blocks.set(piece.node, block);
      }
    }
    return this.blocks.get(node);
  }

  private set(name: string, highlight: Highlight): void {
    this.mine.set(name, highlight);
    CSS.highlights.set(name, highlight);
  }

  private remove(name: string): void {
    if (CSS.highlights.get(name) === this.mine.get(name)) CSS.highlights.delete(name);
    this.mine.delete(name);
  }
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

function covers(range: Range, x: number, y: number): boolean {
  for (const box of range.getClientRects()) {
    if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return true;
  }
  return false;
}
