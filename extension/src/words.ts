/**
 * Every word of ours that a reader sees comes from `_locales` through here. A key that English lacks is
 * an error of types; that the other locales have the same is a test's.
 */
import type english from "../_locales/en/messages.json";
import { isFull, message } from "./browser";

export type Key = keyof typeof english;
/** A key with a form for every plural category of its language: `flags_one`, `flags_other`. */
export type Counted = Key extends infer K ? (K extends `${infer Noun}_other` ? Noun : never) : never;

/** The language and the direction of the interface: what `_locales` has, whatever the browser is set to. */
export const LANGUAGE = /* @__PURE__ */ message("locale", []);
export const DIRECTION = /* @__PURE__ */ message("direction", []) === "rtl" ? "rtl" : "ltr";

/** The first of the private characters that stand for what is not text. */
const HOLE = 0xe000;

const plurals = /* @__PURE__ */ new Intl.PluralRules(LANGUAGE);
/** In a line from right to left a host or a key name would take the full stop to its other end. */
const apart = DIRECTION === "rtl" ? (value: string) => `\u2068${value}\u2069` : (value: string) => value;

/** What stands under a key, `$1` and on filled in. */
export function text(key: Key, ...values: readonly string[]): string {
  return message(key, values.map(apart));
}

/** Why something that the reader did is not kept. */
export function notKept(reason: unknown): string {
  return isFull(reason) ? text("storageFull") : text("storageFailed", String(reason));
}

/** The same in the form that `count` takes; `$1` is the count. */
export function counted(noun: Counted, count: number, ...values: readonly string[]): string {
  return text(form(noun, count), number(count), ...values);
}

/** The key of the form that `count` takes. */
export function form(noun: Counted, count: number): Key {
  return `${noun}_${plurals.select(count)}` as Key;
}

/** The same with elements at `$1` and on. */
export function weave(key: Key, ...values: readonly (string | Node)[]): (string | Node)[] {
  const places = values.map((_, i) => String.fromCharCode(HOLE + i));
  const parts = message(key, places).split(/([\ue000-\ue008])/);
  return parts.map((part, i) => (i % 2 === 0 ? part : (values[part.charCodeAt(0) - HOLE] ?? "")));
}

export function number(value: number): string {
  return value.toLocaleString(LANGUAGE);
}

/** So many bytes, as a reader counts them. */
export function size(bytes: number): string {
  const [unit, value] = bytes < 1e6 ? ["kilobyte", bytes / 1e3] : ["megabyte", bytes / 1e6];
  return value.toLocaleString(LANGUAGE, { style: "unit", unit, maximumFractionDigits: 1 } as const);
}

/** The name of a language by its subtag; the subtag itself where it has none. */
export function languageName(subtag: string): string {
  try {
    return new Intl.DisplayNames([LANGUAGE], { type: "language" }).of(subtag) ?? subtag;
  } catch {
    return subtag;
  }
}

/** Gives a page of ours its language and its words, named in it as in the manifest: `__MSG_key__`. */
export function localize(page: Document): void {
  const nodes = page.createNodeIterator(page, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const named = node instanceof Element ? node.attributes : [node as Text];
    for (const part of named) if (part.nodeValue?.includes("__MSG_")) part.nodeValue = filled(part.nodeValue);
  }
  page.documentElement.lang = LANGUAGE;
  page.documentElement.dir = DIRECTION;
}

function filled(named: string): string {
  return named.replace(/__MSG_(\w+?)__/g, (_, key) => text(key as Key));
}
