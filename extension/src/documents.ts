/** Which documents of which tabs the engine holds. Pure bookkeeping: losing it costs a re-read. */
import type { DocumentName, DocumentRef } from "./protocol";

export function keyOf(tab: number, frame: number, ref: DocumentRef): string {
  return `${tab}.${frame}.${ref.document}.${ref.revision}`;
}

interface Entry {
  key: string;
  name: DocumentName;
  order: readonly number[];
}

/** Frames of a tab that are read at a time: each takes room here. */
const MAX_FRAMES = 64;

/** Of one tab. */
interface Frames extends Map<number, Entry> {
  /** Whether all frames were asked: one that came by itself may be one of several. */
  whole?: boolean;
}

export class Documents {
  /** The one that was last in use comes last. */
  private readonly tabs = new Map<number, Frames>();

  /** Whether a tab has as many frames as it may, without this one. */
  full(tab: number, frame: number): boolean {
    const frames = this.tabs.get(tab);
    return frame !== 0 && frames !== undefined && frames.size >= MAX_FRAMES && !frames.has(frame);
  }

  /**
   * Notes a frame's document; returns the keys that it replaces. Another top document has other frames: those
   * of the one before may have gone without a word, as when the browser discards a tab.
   */
  set(tab: number, frame: number, ref: DocumentRef): { key: string; replaced: string[] } {
    const top = frame === 0 ? this.tabs.get(tab)?.get(0) : undefined;
    const gone = top && top.name.document !== ref.document ? this.drop(tab, 0) : [];
    const frames: Frames = this.tabs.get(tab) ?? new Map<number, Entry>();
    this.tabs.set(tab, frames);
    this.use(tab);
    const before = frames.get(frame)?.key;
    const key = keyOf(tab, frame, ref);
    const name = { document: ref.document, revision: ref.revision };
    frames.set(frame, { key, name, order: ref.order });
    return { key, replaced: before !== undefined && before !== key ? [...gone, before] : gone };
  }

  /** Keys of the tab's documents in page order: each document before the frames inside it. */
  keys(tab: number): string[] {
    return this.sorted(tab).map((entry) => entry.key);
  }

  /** The names of the tab's documents under these keys, in page order. */
  names(tab: number, keys: readonly string[]): DocumentName[] {
    return this.sorted(tab)
      .filter((entry) => keys.includes(entry.key))
      .map((entry) => entry.name);
  }

  /** The tab is in use now. */
  use(tab: number): void {
    const frames = this.tabs.get(tab);
    if (!frames) return;
    this.tabs.delete(tab);
    this.tabs.set(tab, frames);
  }

  /** The other tab that was out of use for longest. */
  oldest(but: number): number | null {
    return [...this.tabs.keys()].find((tab) => tab !== but) ?? null;
  }

  /** Whether no frame of the tab holds anything that isn't noted. */
  whole(tab: number): boolean {
    return this.tabs.get(tab)?.whole ?? false;
  }

  /** The tab has these frames and no others; returns the keys to forget. */
  settle(tab: number, frames: ReadonlySet<number>): string[] {
    const all = this.tabs.get(tab);
    if (!all) return [];
    all.whole = true;
    return [...all.keys()].filter((frame) => !frames.has(frame)).flatMap((frame) => this.drop(tab, frame));
  }

  private sorted(tab: number): Entry[] {
    return [...(this.tabs.get(tab)?.values() ?? [])].sort((a, b) => compare(a.order, b.order));
  }

  /** Drops one frame, or the whole tab when it was the top one; returns the keys to forget. */
  drop(tab: number, frame: number): string[] {
    const frames = this.tabs.get(tab);
    if (!frames) return [];
    if (frame === 0) {
      this.tabs.delete(tab);
      return [...frames.values()].map((entry) => entry.key);
    }
    const key = frames.get(frame)?.key;
    frames.delete(frame);
    return key === undefined ? [] : [key];
  }
}

/** Page order of two frame positions. */
export function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
