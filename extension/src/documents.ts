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

export class Documents {
  private readonly tabs = new Map<number, Map<number, Entry>>();

  /** Whether a tab has as many frames as it may, without this one. */
  full(tab: number, frame: number): boolean {
    const frames = this.tabs.get(tab);
    return frame !== 0 && frames !== undefined && frames.size >= MAX_FRAMES && !frames.has(frame);
  }

  /** Notes a frame's document; returns the key that it replaces, if any. */
  set(tab: number, frame: number, ref: DocumentRef): { key: string; replaced: string | null } {
    const frames = this.tabs.get(tab) ?? new Map<number, Entry>();
    this.tabs.set(tab, frames);
    const before = frames.get(frame)?.key;
    const key = keyOf(tab, frame, ref);
    const name = { document: ref.document, revision: ref.revision };
    frames.set(frame, { key, name, order: ref.order });
    return { key, replaced: before !== undefined && before !== key ? before : null };
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
