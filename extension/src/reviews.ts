/**
 * What the reader made of flags: the marks of each page under a key of its own, so that a mark costs one
 * page's room, and one that does not fit any more harms no other. Whatever is stored, what comes out is
 * valid; what can't be read is put aside as that of the settings is. Pure but for what reads and writes.
 */
import { alone, drop, held, keep, stored } from "./browser";
import { CATEGORIES, type Decided, KINDS, type Mark, type MarkAct, VERDICTS, type Verdict } from "./protocol";
import { AROUND, holds, hostOf, LOCK, list, one, putAside, type Raw, record } from "./settings";

/** Of what is stored of a page. A change of its shape raises it. */
const VERSION = 1;
export const PREFIX = "review ";

/** The core leaves out what is beyond this. */
export const MOST_MARKS = 500;
/** UTF-16 units. */
export const LONGEST_WORDS = 300;
export const LONGEST_NOTE = 1000;

/** The marks of one page. */
export interface Reviewed {
  /** Without the place in it. */
  address: string;
  title: string;
  /** The oldest first; at least one. */
  marks: Mark[];
  /** What it takes in the browser's storage. */
  bytes: number;
}

export async function marksOf(address: string): Promise<Mark[]> {
  const key = PREFIX + address;
  return valid((await held(key))[key]).marks;
}

/** Carries out an act on what is kept of a page. Rejects, and changes nothing, where there is no room. */
export function review(address: string, title: string, act: MarkAct): Promise<void> {
  return change(address, (kept) => ({ title, marks: marked(kept.marks, act) }));
}

/** `without`: lets go of what can't be read. */
function change(address: string, step: (kept: Kept) => Kept, without = false): Promise<void> {
  const key = PREFIX + address;
  return alone(LOCK, async () => {
    const raw = await stored([key, "unread"]);
    const { title, marks } = step(valid(raw[key]));
    const page = marks.length === 0 ? {} : { [key]: { version: VERSION, title, marks } };
    const aside = without || !spoilt(raw[key]) ? {} : { unread: [...putAside(raw), { [key]: raw[key] }] };
    await keep({ ...page, ...aside });
    if (marks.length === 0) await drop([key]);
  });
}

/** Whether there is a part of what is stored that can't be read. */
function spoilt(page: unknown): boolean {
  return page !== undefined && !holds({ ...valid(page), version: record(page).version }, page);
}

/** The pages of which not all can be read, as they are stored: each by its key. */
export async function unreadMarks(): Promise<Raw[]> {
  const all = Object.entries(await held(null)).filter(([key]) => key.startsWith(PREFIX));
  return all.flatMap(([key, page]) => (spoilt(page) ? [{ [key]: page }] : []));
}

/** Lets go of what can't be read of them. */
export async function dropUnreadMarks(): Promise<void> {
  for (const key of (await unreadMarks()).flatMap(Object.keys)) {
    await change(key.slice(PREFIX.length), (kept) => kept, true);
  }
}

/** What an act makes of a page's marks. */
export function marked(marks: readonly Mark[], act: MarkAct): Mark[] {
  // A message may come twice.
  if (act.what === "add") return [...marks.filter(({ id }) => id !== act.mark.id), act.mark];
  if (act.what === "delete") return marks.filter(({ id }) => id !== act.id);
  const { verdict, note, at } = act;
  return marks.map((mark) => (mark.id === act.id ? { ...mark, verdict, note, at } : mark));
}

/** All pages with marks, by address. */
export async function reviews(): Promise<Reviewed[]> {
  const all = Object.entries(await held(null)).flatMap(([key, value]): Reviewed[] => {
    if (!key.startsWith(PREFIX)) return [];
    const { title, marks } = valid(value);
    const bytes = new TextEncoder().encode(key + JSON.stringify(value)).length;
    return [{ address: key.slice(PREFIX.length), title, marks, bytes }];
  });
  return all.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The site that a page is listed under: its host, or the page itself where it has none. */
export function siteOf({ address }: Reviewed): string {
  return hostOf(address) || address;
}

/** Deletes the marks that are meant; what was deleted comes back, for `restore`. */
export async function forget(meant: (page: Reviewed, mark: Mark) => boolean): Promise<Reviewed[]> {
  const gone: Reviewed[] = [];
  for (const page of await reviews()) {
    const marks = page.marks.filter((mark) => meant(page, mark));
    if (marks.length === 0 && page.marks.length > 0) continue;
    gone.push({ ...page, marks });
    const ids = new Set(marks.map(({ id }) => id));
    await change(page.address, (kept) => ({ ...kept, marks: kept.marks.filter(({ id }) => !ids.has(id)) }));
  }
  return gone;
}

/** Puts back what `forget` took. */
export async function restore(gone: readonly Reviewed[]): Promise<void> {
  for (const { address, title, marks } of gone) {
    await change(address, (kept) => {
      const there = new Set(kept.marks.map(({ id }) => id));
      return { title, marks: [...marks.filter(({ id }) => !there.has(id)), ...kept.marks] };
    });
  }
}

type Kept = Pick<Reviewed, "title" | "marks">;

/** Takes the known values and leaves out everything else. */
function valid(stored: unknown): Kept {
  const { title, marks } = record(stored);
  return { title: typeof title === "string" ? title : "", marks: list(marks).flatMap(mark) };
}

function mark(value: unknown): Mark[] {
  const raw = record(value);
  const around = record(raw.around);
  const category = one(CATEGORIES, raw.category);
  const verdict = one<Verdict>([...VERDICTS, "missed"], raw.verdict);
  const [id, words, before, after] = [raw.id, raw.words, around.before, around.after].map(string);
  if (!category || !verdict || !id || !words) return [];
  return [
    {
      id,
      category,
      kind: one<Decided>(Object.values(KINDS).flat(), raw.kind) ?? null,
      words,
      around: { before: (before ?? "").slice(-AROUND), after: (after ?? "").slice(0, AROUND) },
      verdict,
      note: (string(raw.note) ?? "").slice(0, LONGEST_NOTE),
      at: typeof raw.at === "number" ? raw.at : 0,
    },
  ];
}

function string(value: Raw[string]): string | null {
  return typeof value === "string" ? value : null;
}
