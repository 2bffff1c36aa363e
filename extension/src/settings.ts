/**
 * The settings: what is stored, in which version, and what comes of it. Whatever is stored, what comes
 * out is valid. Pure but for what reads and writes.
 */
import { alone, drop, keep, NOTE, store, stored } from "./browser";
import {
  type Act,
  CATEGORIES,
  type Category,
  type Switched as Change,
  COLOURS,
  type Dismissal,
  type Kept,
  LINE_STYLES,
  type Looks,
  type Phrase,
  SENSITIVITIES,
  type Settings,
  type Site,
  type SiteAct,
  type SiteRule,
  type View,
} from "./protocol";

/** Of what is stored. A change of its shape raises it, and adds a step to `STEPS`. */
export const VERSION = 1;

/** What turns version `i` into version `i + 1`. */
const STEPS: readonly ((raw: Raw) => Raw)[] = [
  // Before versions a site was its rule alone. Where only the version was spoilt, sites are as they are now.
  (raw) => {
    if (!isRecord(raw.sites)) return raw;
    const sites = Object.entries(raw.sites).map(([host, rule]) => [
      host,
      typeof rule === "string" ? { rule } : rule,
    ]);
    return { ...raw, sites: Object.fromEntries(sites) };
  },
];

/** The core leaves out what is beyond these. */
export const MOST_PHRASES = 200;
export const LONGEST_PHRASE = 200;
const MOST_DISMISSED = 1000;
/** UTF-16 units of text around a dismissed flag. */
export const AROUND = 32;

export const LOOKS: Readonly<Looks> = {
  anonymous: { line: "solid", colour: "violet" },
  unsourced: { line: "dotted", colour: "ochre" },
  hedged: { line: "wavy", colour: "petrol" },
};

export const DEFAULTS: Readonly<Settings> = {
  sensitivity: "normal",
  categories: { anonymous: true, unsourced: true, hedged: true },
  looks: LOOKS,
  phrases: [],
  dismissed: [],
  sites: {},
};

/** What the settings are stored under; the rest of the storage is not theirs. */
const names = () => [...Object.keys(DEFAULTS), "version", "unread", MADE];

/** For `alone`: whatever writes to what is put aside is one of those that write one after the other. */
export const LOCK = "settings";

/** The ids of the last changes that were made for pages which may be gone. */
const MADE = "made";

export type Raw = Record<string, unknown>;

/** The defaults where the browser's storage can't be read at all. */
export async function settings(): Promise<Settings> {
  return valid(await stored(names()).catch(() => ({})));
}

/**
 * Changes the settings as they are now, after every change that was asked for before; they come back.
 * What could not be read is put aside before anything is written in its place. Rejects, and changes
 * nothing, where the browser doesn't store it. `id`: of a change that may be asked for twice and is made once.
 */
export function update(step: (now: Settings) => Partial<Settings>, id?: string): Promise<Settings> {
  return alone(LOCK, async () => {
    const raw = await stored(names());
    const now = valid(raw);
    if (id && list(raw[MADE]).includes(id)) return now;
    const changes = step(now);
    const next = valid({ ...now, ...changes, version: VERSION });
    // What an older version stored is written anew with the first change.
    const written = raw.version === VERSION ? only(next, (name) => name in changes) : next;
    const lost = spoilt(raw, (name) => name in written);
    const aside = lost ? { unread: [...putAside(raw), lost] } : {};
    const made = id ? { [MADE]: [...list(raw[MADE]), id].slice(-PLACES.length) } : {};
    await store({ ...written, ...aside, ...made, version: VERSION });
    return next;
  });
}

/** Where changes are noted until they are made: more places than anybody needs at a time. */
const PLACES = /* @__PURE__ */ Array.from({ length: 16 }, (_, i) => NOTE + i);
let notes = 0;

/**
 * For a page that may be closed at any moment: the change is noted before anything is awaited, while the page has
 * it made. Where neither came about before the page went, `catchUp` makes it.
 */
export async function noted(change: Change, making: Promise<Kept>): Promise<Kept> {
  const place = PLACES[notes++ % PLACES.length] as string;
  // Where there is no room for a note the change is made, or it is told that it can't be.
  const note = keep({ [place]: change }).catch(() => {});
  const failed = await making;
  await note;
  await drop([place]);
  return failed;
}

/** Makes a change, unless it is made. */
export function make({ id, act }: Change): Promise<Settings> {
  return update((now) => (act.what === "site" ? atSite(now, act) : acted(now, act)), id);
}

/** Makes what was noted. What can't be made is let go of: nobody is there to hear why. */
export async function catchUp(): Promise<void> {
  const all = await stored(PLACES);
  if (Object.keys(all).length === 0) return;
  try {
    for (const { id, act } of Object.values(all).map(record)) {
      if (typeof id === "string" && isRecord(act)) await make({ id, act } as Change);
    }
  } finally {
    await drop(Object.keys(all));
  }
}

function atSite(now: Settings, { host, rule, shows }: SiteAct): Partial<Settings> {
  const hidden = now.sites[host]?.hidden?.filter((category) => category !== shows);
  return withSite(now, host, { ...(rule ? { rule } : {}), ...(hidden ? { hidden } : {}) });
}

/** What is stored and could not be read, as it was: the settings by their names, oldest first. */
export async function unread(): Promise<Raw[]> {
  const raw = await stored(names());
  const now = spoilt(raw, () => true);
  return now ? [...putAside(raw), now] : putAside(raw);
}

/** Lets go of it. */
export function dropUnread(): Promise<void> {
  return alone(LOCK, async () => {
    const raw = await stored(names());
    await store({ ...valid(raw), unread: [], version: VERSION });
  });
}

export function putAside({ unread }: Raw): Raw[] {
  const all: unknown[] = unread === undefined || Array.isArray(unread) ? (unread ?? []) : [unread];
  return all.map((one) => (isRecord(one) ? one : { unread: one }));
}

/** Those of the stored settings with a part that can't be read; null where there are none. */
function spoilt(stored: Raw, among: (name: string) => boolean): Raw | null {
  const raw = latest(stored);
  const now: Raw = { ...valid(stored) };
  const lost = only(stored, (name) => name in now && among(name) && !holds(now[name], raw[name]));
  return Object.keys(lost).length > 0 ? lost : null;
}

function only<T extends object>(all: T, among: (name: string) => boolean): Partial<T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => among(name))) as Partial<T>;
}

/** Whether every part of `other` is in `one`. */
export function holds(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && other.every((value, i) => holds(one[i], value));
  }
  if (!isRecord(one) || !isRecord(other)) return one === other;
  return Object.entries(other).every(([name, value]) => Object.hasOwn(one, name) && holds(one[name], value));
}

/** Brings what an older version stored up to date. An empty storage stays empty. */
export async function migrate(): Promise<void> {
  const raw = await stored(names());
  if (Object.keys(raw).length > 0 && raw.version !== VERSION) await update(() => ({}));
}

/** As `exported` wrote them, or any version before; null where it is no settings file. */
export function imported(text: string): Settings | null {
  try {
    const { hearsay, settings } = record(JSON.parse(text));
    return hearsay === "settings" ? valid(record(settings)) : null;
  } catch {
    return null;
  }
}

export function exported(all: Settings): string {
  return `${JSON.stringify({ hearsay: "settings", settings: { version: VERSION, ...all } }, null, 2)}\n`;
}

/** In the shape of this version. */
function latest(stored: Raw): Raw {
  const version = typeof stored.version === "number" ? stored.version : 0;
  // Of a later version we take what we know.
  return STEPS.slice(Math.max(0, Math.trunc(version))).reduce((all, step) => step(all), stored);
}

/** Takes the known values and leaves the defaults for everything else. */
export function valid(stored: Raw): Settings {
  const raw = latest(stored);
  const categories = record(raw.categories);
  const looks = record(raw.looks);
  return {
    sensitivity: one(SENSITIVITIES, raw.sensitivity) ?? DEFAULTS.sensitivity,
    categories: each((name) => {
      const shown = categories[name];
      return typeof shown === "boolean" ? shown : DEFAULTS.categories[name];
    }),
    looks: each((name) => {
      const { line, colour } = record(looks[name]);
      return {
        line: one(LINE_STYLES, line) ?? LOOKS[name].line,
        colour: one(COLOURS, colour) ?? LOOKS[name].colour,
      };
    }),
    phrases: unique(list(raw.phrases).flatMap(phrase)).slice(0, MOST_PHRASES),
    dismissed: unique(list(raw.dismissed).flatMap(dismissal)).slice(-MOST_DISMISSED),
    sites: Object.fromEntries(
      Object.entries(record(raw.sites)).flatMap(([host, value]) => {
        const kept = site(record(value));
        return kept && isHost(host) ? [[host, kept]] : [];
      }),
    ),
  };
}

function each<T>(make: (name: Category) => T): Record<Category, T> {
  return { anonymous: make("anonymous"), unsourced: make("unsourced"), hedged: make("hedged") };
}

function phrase(value: unknown): Phrase[] {
  const { category: name, text, pattern } = record(value);
  const category = one(CATEGORIES, name);
  if (!category || typeof text !== "string" || text.trim() === "") return [];
  return [...text].length > LONGEST_PHRASE ? [] : [{ category, text, pattern: pattern === true }];
}

function dismissal(value: unknown): Dismissal[] {
  const { category: name, words, flag } = record(value);
  const category = one(CATEGORIES, name);
  if (!category || typeof words !== "string" || words.trim() === "") return [];
  if (flag === null || flag === undefined) return [{ category, words, flag: null }];
  const { page, before, after } = record(flag);
  if (typeof page !== "string" || typeof before !== "string" || typeof after !== "string") return [];
  return [{ category, words, flag: { page, before: before.slice(-AROUND), after: after.slice(0, AROUND) } }];
}

/** Null where nothing is left to keep. */
export function site({ rule: how, hidden: names }: Raw): Site | null {
  const rule = one(["off", "always"] as const, how);
  const hidden = CATEGORIES.filter((name) => list(names).includes(name));
  if (!rule && hidden.length === 0) return null;
  return { ...(rule ? { rule } : {}), ...(hidden.length > 0 ? { hidden } : {}) };
}

export function one<T>(known: readonly T[], value: unknown): T | undefined {
  return known.find((name) => name === value);
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function record(value: unknown): Raw {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Raw {
  return typeof value === "object" && value !== null;
}

/** Of equals the last one stays. */
function unique<T>(all: T[]): T[] {
  return [...new Map(all.map((value) => [JSON.stringify(value), value])).values()];
}

// ── What comes of it ─────────────────────────────────────────────────────────────────────────────

function siteOf(all: Settings, host: string): Site {
  return (Object.hasOwn(all.sites, host) ? all.sites[host] : undefined) ?? {};
}

export function ruleFor(all: Settings, host: string): SiteRule {
  return siteOf(all, host).rule ?? "click";
}

/** What a page of this site shows. */
export function viewFor(all: Settings, host: string): View {
  const { sites: _, ...view } = all;
  const hidden = siteOf(all, host).hidden ?? [];
  return { ...view, categories: each((name) => all.categories[name] && !hidden.includes(name)) };
}

/** The sites with one of them changed. */
export function withSite(all: Settings, host: string, values: { rule?: SiteRule; hidden?: Category[] }) {
  const { [host]: _, ...sites } = all.sites;
  const kept = site({ ...siteOf(all, host), ...values });
  return { sites: kept ? { ...sites, [host]: kept } : sites };
}

/** What an act makes of a view. */
export function acted(view: View, act: Act): Partial<View> {
  if (act.what === "filter") {
    // Nothing else that a page may put into it.
    const { sensitivity, categories } = act;
    return { ...(sensitivity ? { sensitivity } : {}), ...(categories ? { categories } : {}) };
  }
  const key = JSON.stringify(act.dismissal);
  const others = view.dismissed.filter((one) => JSON.stringify(one) !== key);
  if (act.what === "restore") return { dismissed: others };
  return { dismissed: [...others, ...dismissal(act.dismissal)].slice(-MOST_DISMISSED) };
}

/** The host that a site rule is kept under; "" for what is no web page. */
export function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.hostname : "";
}

export function isHost(text: string): boolean {
  return text !== "" && hostOf(`https://${text}/`) === text;
}
