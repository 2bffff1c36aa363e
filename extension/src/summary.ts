/** What the popup says about a page, from the frames' numbers. Pure, no DOM. */
import {
  CATEGORIES,
  type Category,
  CUT,
  type Filter,
  type FrameStatus,
  type List,
  type Trouble,
} from "./protocol";
import { counted, text } from "./words";

export interface Summary {
  /** "short": too little text to tell the language; "failed": the engine gave an error. */
  kind: "flags" | "nothing" | "foreign" | "short" | "failed";
  language: string;
  words: number;
  /** Flags at this sensitivity, whether their category is switched on or not. */
  counts: Record<Category, number>;
  /** Flags on the page now. */
  shown: number;
  /** All flags of the page, shown or not. */
  found: number;
  /** Flags that only a higher sensitivity would show, in categories that are switched on. */
  fainter: number;
  /** Flags that the reader dismissed, which nothing else here counts. */
  dismissed: number;
  /** Of all frames. */
  troubles: Trouble[];
  error: string | null;
}

/** What a page's lead needs of it. */
export type Said = Omit<Summary, "found">;

export function summarize(frames: readonly FrameStatus[], filter: Filter): Summary {
  const readings = frames.flatMap((frame) => frame.reading ?? []);
  const readable = readings.filter((reading) => reading.readable);
  const main = readings.reduce<(typeof readings)[number] | null>(
    (best, reading) => (best === null || reading.words > best.words ? reading : best),
    null,
  );
  const counts: Record<Category, number> = { anonymous: 0, unsourced: 0, hedged: 0 };
  let found = 0;
  let shown = 0;
  let fainter = 0;
  for (const { flags } of frames) {
    for (let at = 0; at + 1 < flags.length; at += 2) {
      const category = CATEGORIES[flags[at] ?? -1];
      if (!category) continue;
      found += 1;
      const strong = (flags[at + 1] ?? 0) >= CUT[filter.sensitivity];
      if (strong) counts[category] += 1;
      if (filter.categories[category]) {
        if (strong) shown += 1;
        else fainter += 1;
      }
    }
  }
  const dismissed = frames.reduce((sum, { hidden }) => sum + hidden, 0);
  const error = frames.find((frame) => frame.error !== null)?.error ?? null;
  const language = main?.language ?? "und";
  const strong = counts.anonymous + counts.unsourced + counts.hedged;
  let kind: Summary["kind"] = strong > 0 ? "flags" : "nothing";
  if (readable.length === 0) kind = error !== null ? "failed" : language === "und" ? "short" : "foreign";
  const words = readable.reduce((sum, reading) => sum + reading.words, 0);
  const troubles = [...new Set(frames.flatMap((frame) => frame.troubles))];
  return { kind, language, words, counts, found, shown, fainter, dismissed, troubles, error };
}

/** The same of a list, which holds the flags that are shown; null where there is none. */
export function ofList(list: List | null, error: string | null): Said {
  const { language = "und", readable = false, words = 0, strong = 0 } = list ?? {};
  const { fainter = 0, dismissed = 0 } = list ?? {};
  const shown = (list?.flags.length ?? 0) + (list?.more ?? 0);
  let kind: Summary["kind"] = strong > 0 ? "flags" : "nothing";
  if (!readable) kind = error !== null ? "failed" : language === "und" ? "short" : "foreign";
  const counts: Record<Category, number> = { anonymous: 0, unsourced: 0, hedged: 0 };
  for (const { category, flags } of list?.categories ?? []) counts[category] = flags;
  return { kind, language, words, counts, shown, fainter, dismissed, troubles: [], error };
}

export function sensitivityNote(filter: Filter, fainter: number): string {
  const what = text(`sensitivityNote_${filter.sensitivity}`);
  return fainter === 0 ? what : `${what} ${counted("fainterLeft", fainter)}`;
}

/** "valleycourier.example, one flag in 85 words" */
export function density(host: string, { shown, words }: Said): string {
  if (shown === 0) return host;
  const every = counted("density", Math.max(1, Math.round(words / shown)));
  return host === "" ? every : text("pair", host, every);
}
