/**
 * What Hearsay says of a flag, a source and a page: the core's findings in the reader's language.
 * Pieces of elements are for whoever shows them.
 */
import { element, quoted } from "./draw";
import {
  type Basis,
  type Category,
  CUT,
  type Details,
  type Kind,
  type List,
  type ListedSource,
  type Sourcing,
} from "./protocol";
import { counted, form, type Key, LANGUAGE, number, text, weave } from "./words";

// ── A flag ───────────────────────────────────────────────────────────────────────────────────────

/** "Anonymous source" */
export function title(category: Category): string {
  return text(`title_${category}`);
}

/** "one person" */
export function kindLabel(kind: Kind): string {
  return text(`kind_${kind}`);
}

/** The plain sentence. Hedges in what a source says are the source's, not the article's. */
export function plain({ category, kind, voice }: Pick<Details, "category" | "kind" | "voice">): string {
  if (kind === "phrase") return text("plain_phrase");
  return text((category === "hedged" ? `plain_${kind}_${voice}` : `plain_${kind}`) as Key);
}

export function factLabel({ name }: Details["facts"][number]): string {
  return text(`fact_${name}` as Key);
}

/** The page's own words, or what there is to say where it has none. */
export function factText({ name, page, ours }: Details["facts"][number]): string {
  if (ours !== null) return text(`fact_${name}_${ours}` as Key);
  return page.reduceRight((from, own) => text("relay", own, from));
}

/** The cuts are those of the sensitivities. */
export function strengthText({ kind, strength }: Pick<Details, "kind" | "strength">): string {
  if (kind === "phrase") return text("strength_own");
  const hundredths = Math.round(strength * 100);
  if (hundredths >= CUT.quiet) return text("strength_clear");
  return text(hundredths >= CUT.normal ? "strength_fair" : "strength_faint");
}

// ── A source ─────────────────────────────────────────────────────────────────────────────────────

/** How the page names it; null for nobody. */
export function sourceLabel({ label }: Pick<ListedSource, "label">): string {
  return label ?? text("nobody");
}

export function standing({ kind, because }: Pick<ListedSource, "kind" | "because">): string {
  switch (kind) {
    case "agentless":
      return text("nobodyStanding");
    case "named-person":
      return text("standing_named");
    case "person":
    case "group":
      return text(`standing_${kind}`, text(`because_${because}`));
    default:
      return text(`standing_${kind}`);
  }
}

// ── A page ───────────────────────────────────────────────────────────────────────────────────────

/** "1,180 words, 14 flags". Where claims are attributed, the sentence about them counts them. */
export function pageLine({ words, claims, flags, more }: List): string {
  const read = counted("words", words);
  const listed = counted("flags", flags.length + more);
  return text("pair", claims === 0 ? text("pair", read, text("noClaims")) : read, listed);
}

/** Where the flags stand. */
export function along({ thirds: [first, middle, last] }: List): string {
  return counted("along", first, number(middle), number(last));
}

/** What the claims rest on. Where there are several bases, each count bears the class of its own; the page's words are in a `q`. */
export function sentence({ claims, counts, heaviest }: Sourcing): (string | Node)[] {
  const [only, further] = counts;
  const spread = only && !further ? [single(only.basis, claims)] : several(claims, counts);
  if (!heaviest) return spread;
  const { label, kind, claims: own } = heaviest;
  const share = own === claims ? text("shareAll") : text("share", number(own), number(claims));
  const what = kind === "group" || kind === "document" ? kind : "source";
  return [...spread, " ", ...weave(`heaviest_${what}`, quoted(element("q", "", label)), share)];
}

function single(basis: Basis, claims: number): string {
  const what = counted(`on_${basis}`, claims);
  return claims === 2 ? text("both", what) : counted("all", claims, what);
}

function several(claims: number, counts: Sourcing["counts"]): (string | Node)[] {
  const parts = counts.map(({ basis, claims: own }, i) => {
    const what = counted(`on_${basis}`, own);
    const words = i === 0 ? counted("first", own, what) : text("further", number(own), what);
    return element("span", `counted ${basis}`, words);
  });
  const list = new DocumentFragment();
  const joined = new Intl.ListFormat(LANGUAGE).formatToParts(parts.map((_, i) => String(i)));
  for (const { type, value } of joined)
    list.append(type === "element" ? (parts[Number(value)] ?? "") : value);
  const first = counts[0]?.claims ?? 0;
  return weave(form("sourcing", first), number(first), number(claims), list);
}
