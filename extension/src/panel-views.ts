/** The three ways of listing what the core found, and the strip above them. Each keeps its elements from one drawing to the next. */
import { element, line, quoted, svg } from "./draw";
import type { Reviews } from "./panel-review";
import type { Basis, Category, LineStyle, List, ListedFlag, ListedSource, Looks } from "./protocol";
import { LOOKS } from "./settings";
import { along, kindLabel, sourceLabel, standing, title } from "./tell";
import { type Counted, counted, DIRECTION, number, text } from "./words";

/** The arrow keys by the direction of reading. */
export const [ONWARD, BACKWARD] =
  DIRECTION === "rtl" ? (["ArrowLeft", "ArrowRight"] as const) : (["ArrowRight", "ArrowLeft"] as const);

/** What a row does. Numbers are places in the list. */
export interface Acts {
  flag: (index: number) => void;
  claim: (source: string, index: number) => void;
}

export interface Wanted {
  /** Lower-case; all of them must be there. */
  words: readonly string[];
  off: ReadonlySet<Category>;
  looks: Looks;
}

export interface View {
  /** Draws what is wanted; how many things it shows, of how many. */
  draw(list: List, wanted: Wanted): { shown: number; all: number; noun: Counted };
  /** Marks where the reader is. */
  mark(flag: number): void;
  /** The row that is marked. */
  current(): HTMLElement | null;
  /** Another page: what the reader opened on the one before is closed. */
  begin(): void;
}

/** Makes `parent`'s children exactly these, and moves none that is in its place: focus and scroll stay. */
function sync(parent: Element, wanted: readonly Element[]): void {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const one of wanted) {
    if (one === at) at = at.nextElementSibling;
    else parent.insertBefore(one, at);
  }
}

/** Elements by name, made anew only when what they show has changed. */
class Kept<E extends Element> {
  private before = new Map<string, { shows: string; element: E }>();
  private now = new Map<string, { shows: string; element: E }>();

  get(name: string, shows: unknown, make: () => E): E {
    const text = JSON.stringify(shows);
    const known = this.now.get(name) ?? this.before.get(name);
    const entry = known?.shows === text ? known : { shows: text, element: make() };
    this.now.set(name, entry);
    return entry.element;
  }

  /** A new list is drawn: what it doesn't ask for goes. */
  next(): void {
    this.before = this.now;
    this.now = new Map();
  }
}

function matches(words: readonly string[], ...texts: readonly string[]): boolean {
  const text = texts.join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The flags that are wanted, each with its place in the list. A flag is also found by its source. */
function wantedFlags(list: List, { words, off }: Pick<Wanted, "words" | "off">): [ListedFlag, number][] {
  const sources = new Map<number, string>();
  for (const { label, claims } of list.sources) {
    for (const { flag } of claims) if (flag !== null) sources.set(flag, label ?? "");
  }
  return list.flags.flatMap((flag, index): [ListedFlag, number][] => {
    const { category, kind, before, words: own, after } = flag;
    const source = sources.get(index) ?? "";
    const found =
      !off.has(category) &&
      matches(words, title(category), kindLabel(kind), `${before}${own}${after}`, source);
    return found ? [[flag, index]] : [];
  });
}

function row(className: string, act: (row: HTMLElement) => void): HTMLButtonElement {
  const made = element("button", `row ${className}`);
  made.type = "button";
  made.tabIndex = -1;
  made.addEventListener("click", () => act(made));
  return made;
}

/** Words of the page: in serif, and of their own direction. */
function page(text: string, className = ""): HTMLElement {
  return quoted(element("bdi", `page ${className}`.trim(), text));
}

/** Marks rows by the flags they stand for. */
class Marker {
  private rows: HTMLElement[] = [];
  private marked: HTMLElement | null = null;
  private flag = -1;

  set(rows: HTMLElement[]): void {
    this.rows = rows;
    this.mark(this.flag);
  }

  mark(flag: number): void {
    this.flag = flag;
    const row = flag < 0 ? null : (this.rows.find((one) => one.dataset.flag === String(flag)) ?? null);
    if (this.marked !== row) this.marked?.removeAttribute("aria-current");
    row?.setAttribute("aria-current", "true");
    this.marked = row;
  }

  get current(): HTMLElement | null {
    return this.marked;
  }
}

// ── In order ─────────────────────────────────────────────────────────────────────────────────────

export class Order implements View {
  private readonly box: Element;
  private readonly gone: HTMLDetailsElement;
  private readonly acts: Acts;
  private readonly reviews: Reviews;
  private readonly kept = new Kept<HTMLLIElement>();
  private readonly marker = new Marker();

  constructor(section: HTMLElement, acts: Acts, reviews: Reviews) {
    this.box = section.querySelector("ol") as Element;
    this.gone = section.querySelector("details") as HTMLDetailsElement;
    this.acts = acts;
    this.reviews = reviews;
  }

  draw(list: List, wanted: Wanted) {
    const found = wantedFlags(list, wanted);
    const items = found.map(([flag, index]) => {
      const { id, category, kind, before, words, after } = flag;
      const style = wanted.looks[category].line;
      const item = this.kept.get(id, [category, style, kind, before, words, after], () =>
        this.item(flag, style),
      );
      const button = item.firstElementChild as HTMLElement;
      button.dataset.flag = String(index);
      (button.querySelector(".number") as Element).textContent = number(index + 1);
      const review = this.reviews.line(flag);
      sync(item, review ? [button, review] : [button]);
      return item;
    });
    sync(this.box, items);
    this.reviews.orphans(this.gone, list.orphans, wanted.looks);
    this.kept.next();
    this.marker.set(items.map((item) => item.firstElementChild as HTMLElement));
    return { shown: found.length, all: list.flags.length, noun: "flags" as const };
  }

  private item({ category, kind, before, words, after }: ListedFlag, style: LineStyle): HTMLLIElement {
    const item = element("li");
    const button = row("flag", (own) => this.acts.flag(Number(own.dataset.flag)));
    const quote = page("", "quote");
    quote.append(before, element("b", category, words), after);
    button.append(
      line(category, style),
      element("span", "what", text("pair", title(category), kindLabel(kind))),
      element("span", "number"),
      quote,
    );
    item.append(button);
    return item;
  }

  mark(flag: number): void {
    this.marker.mark(flag);
  }

  current(): HTMLElement | null {
    return this.marker.current;
  }

  begin(): void {}
}

// ── By source ────────────────────────────────────────────────────────────────────────────────────

/** More claims than this are drawn as lengths: nobody counts so many blocks. */
const COUNTABLE = 400;

function blocks(basis: Basis, count: number, all: number): HTMLElement[] {
  if (all <= COUNTABLE) return Array.from({ length: count }, () => element("i", `block ${basis}`));
  const length = element("i", `block length ${basis}`);
  length.style.setProperty("--count", String(count));
  return [length];
}

/** A picture that is read as a table: one block is one claim, one line is one source. */
export class Ledger implements View {
  private readonly section: HTMLElement;
  private readonly acts: Acts;
  private readonly kept = new Kept<HTMLTableRowElement>();
  private readonly marker = new Marker();
  /** Sources whose claims are shown. */
  private readonly open = new Set<string>();
  private list: List | null = null;
  private wanted: Wanted = { words: [], off: new Set(), looks: LOOKS };
  private flag = -1;

  constructor(section: HTMLElement, acts: Acts) {
    this.section = section;
    this.acts = acts;
  }

  draw(list: List, wanted: Wanted) {
    this.list = list;
    this.wanted = wanted;
    this.picture(list);
    const lines: HTMLTableRowElement[] = [];
    let shown = 0;
    for (const source of list.sources) {
      const whole = matches(wanted.words, sourceLabel(source), standing(source));
      const claims = source.claims.map(
        (claim) => whole || matches(wanted.words, sourceLabel(source), claim.text),
      );
      if (!claims.some(Boolean)) continue;
      shown += 1;
      const searched = wanted.words.length > 0 && !whole;
      const open = searched || this.open.has(source.id);
      lines.push(this.line(source, open));
      if (open) lines.push(this.claims(source, claims));
    }
    sync(this.section.querySelector("tbody") as Element, lines);
    this.kept.next();
    // All lines are drawn to one scale.
    const most = Math.max(1, ...list.sources.map((source) => source.count));
    this.section.style.setProperty("--most", String(most));
    (this.section.querySelector("#picture") as HTMLElement).hidden = wanted.words.length > 0;
    (this.section.querySelector("table") as HTMLElement).hidden = shown === 0;
    this.mark(this.flag);
    return { shown, all: list.sources.length, noun: "sources" as const };
  }

  private at(id: string): HTMLElement {
    return this.section.querySelector(`#${id}`) as HTMLElement;
  }

  private picture({ claims, groups }: List): void {
    this.at("ledger").textContent = counted("ledgerOf", claims);
    const box = this.at("blocks");
    const shows = JSON.stringify(groups);
    if (box.dataset.shows !== shows) {
      box.dataset.shows = shows;
      const all = groups.reduce((sum, { claims }) => sum + claims, 0);
      box.style.setProperty("--most", String(all));
      box.style.setProperty("--gaps", String(groups.length - 1));
      const drawn = groups.map(({ basis, claims }) => blocks(basis, claims, all));
      for (const group of drawn.slice(1)) group[0]?.classList.add("first");
      box.replaceChildren(...drawn.flat());
      this.at("legend").replaceChildren(
        ...groups.map(({ basis, claims: count }) => {
          const entry = element("li");
          entry.append(
            element("i", `block ${basis}`),
            text(`basis_${basis}`),
            element("b", "", number(count)),
          );
          return entry;
        }),
      );
    }
  }

  private line(source: ListedSource, open: boolean): HTMLTableRowElement {
    const { id, label, basis, kind, because, count } = source;
    const made = this.kept.get(id, [label, basis, kind, because, count], () => {
      const line = element("tr", "source");
      const head = element("th");
      head.scope = "row";
      const button = row("", () => this.toggle(id));
      button.setAttribute("aria-controls", `claims-${id}`);
      button.append(
        label === null ? element("span", "label", sourceLabel(source)) : page(label, "label"),
        element("span", "standing", standing(source)),
      );
      button.addEventListener("keydown", (event) => {
        const opens = { [ONWARD]: true, [BACKWARD]: false }[event.key];
        if (opens !== undefined && opens !== this.open.has(id)) this.toggle(id);
      });
      head.append(button);
      const weight = element("td", "weight");
      const inner = element("div");
      const picture = element("span", "blocks");
      picture.append(...blocks(basis, count, this.list?.sourcing?.claims ?? 0));
      picture.ariaHidden = "true";
      const figure = element("span", "count", number(count));
      figure.title = counted("claims", count);
      inner.append(picture, figure, svg("opens", "0 0 10 10", "M2 3.5 5 6.5 8 3.5"));
      weight.append(inner);
      line.append(head, weight);
      return line;
    });
    (made.querySelector(".row") as HTMLElement).ariaExpanded = String(open);
    return made;
  }

  private claims(source: ListedSource, shown: readonly boolean[]): HTMLTableRowElement {
    const own = source.claims.map(({ text, flag }, i) => [text, flag, shown[i]]);
    return this.kept.get(`claims of ${source.id}`, own, () => {
      const line = element("tr", "claims");
      line.id = `claims-${source.id}`;
      const cell = element("td");
      cell.colSpan = 2;
      const claims = element("ol");
      for (const [index, { text: said, flag }] of source.claims.entries()) {
        if (!shown[index]) continue;
        const item = element("li");
        const button = row("", () => this.acts.claim(source.id, index));
        if (flag !== null) button.dataset.flag = String(flag);
        const own = element("span", "number", flag === null ? "" : number(flag + 1));
        button.append(own, page(said));
        item.append(button);
        claims.append(item);
      }
      cell.append(claims);
      line.append(cell);
      return line;
    });
  }

  private toggle(id: string): void {
    if (!this.open.delete(id)) this.open.add(id);
    if (this.list) this.draw(this.list, this.wanted);
  }

  /** The claim's row where it is open, its block and its source in any case. */
  mark(flag: number): void {
    this.flag = flag;
    const rows = [...this.section.querySelectorAll<HTMLElement>(".claims .row")];
    this.marker.set(rows);
    this.marker.mark(flag);
    for (const block of this.section.querySelectorAll(".block.this")) block.classList.remove("this");
    for (const line of this.section.querySelectorAll(".source.here")) line.classList.remove("here");
    const source =
      flag < 0
        ? undefined
        : this.list?.sources.find((one) => one.claims.some((claim) => claim.flag === flag));
    const line = source && this.section.querySelector(`.source:has([aria-controls="claims-${source.id}"])`);
    line?.classList.add("here");
    const index = source?.claims.findIndex((claim) => claim.flag === flag) ?? -1;
    line?.querySelectorAll(".block")[index]?.classList.add("this");
  }

  begin(): void {
    this.open.clear();
  }

  current(): HTMLElement | null {
    return this.marker.current ?? this.section.querySelector<HTMLElement>(".source.here .row");
  }
}

// ── By category ──────────────────────────────────────────────────────────────────────────────────

export class Themes implements View {
  private readonly section: HTMLElement;
  private readonly acts: Acts;
  private readonly kept = new Kept<HTMLElement>();
  private readonly marker = new Marker();

  constructor(section: HTMLElement, acts: Acts) {
    this.section = section;
    this.acts = acts;
  }

  draw(list: List, wanted: Wanted) {
    const found = wantedFlags(list, wanted);
    const rows: HTMLElement[] = [];
    const parts = list.categories.flatMap(({ category }) => {
      const own = found.filter(([flag]) => flag.category === category);
      if (own.length === 0) return [];
      const part = this.kept.get(category, null, () => {
        const made = element("section");
        const heading = element("h2", category);
        heading.append(element("span", "", text(`category_${category}`)), element("b"));
        made.append(heading, element("ol"));
        return made;
      });
      (part.querySelector("h2 b") as Element).textContent = number(own.length);
      const items = own.map(([{ id, words, kind }, index]) => {
        const item = this.kept.get(id, [words, kind], () => {
          const made = element("li");
          const button = row("short", (one) => this.acts.flag(Number(one.dataset.flag)));
          button.append(page(words), element("span", "kind", kindLabel(kind)));
          made.append(button);
          return made;
        });
        const button = item.firstElementChild as HTMLElement;
        button.dataset.flag = String(index);
        rows.push(button);
        return item;
      });
      sync(part.querySelector("ol") as Element, items);
      return [part];
    });
    sync(this.section, parts);
    this.kept.next();
    this.marker.set(rows);
    return { shown: found.length, all: list.flags.length, noun: "flags" as const };
  }

  mark(flag: number): void {
    this.marker.mark(flag);
  }

  current(): HTMLElement | null {
    return this.marker.current;
  }

  begin(): void {}
}

// ── The strip ────────────────────────────────────────────────────────────────────────────────────

/** As many places along the text as can be told apart. */
const PLACES = 64;

/** Where the flags stand along the text. Its words say the same to whom doesn't see it; the rows lead there by key. */
export class Strip {
  private readonly box: HTMLElement;
  private readonly here = element("i", "here");
  private list: List | null = null;

  constructor(box: HTMLElement, pick: (flag: number) => void) {
    this.box = box;
    box.addEventListener("click", (event) => {
      const { left, width } = box.getBoundingClientRect();
      const along = (event.clientX - left) / width;
      const at = DIRECTION === "rtl" ? 1 - along : along;
      const flags = this.list?.flags ?? [];
      const distance = (index: number) => Math.abs((flags[index]?.at ?? 0) - at);
      const nearest = flags.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
      if (flags.length > 0) pick(nearest);
    });
  }

  draw(list: List): void {
    this.list = list;
    this.box.ariaLabel = along(list);
    this.box.title = this.box.ariaLabel;
    const places = new Set(list.flags.map(({ category, at }) => `${category} ${Math.round(at * PLACES)}`));
    const marks = [...places].map((place) => {
      const [category = "", at = "0"] = place.split(" ");
      const mark = element("i", `mark ${category}`);
      mark.style.setProperty("--at", String(Number(at) / PLACES));
      if (category === "hedged") mark.append(svg("wave", "0 0 6 9", "M0 4.5q1.5-5 3 0t3 0"));
      return mark;
    });
    this.box.replaceChildren(this.here, ...marks);
  }

  /** Null: nowhere yet. */
  mark(at: number | null): void {
    this.here.hidden = at === null;
    this.here.style.setProperty("--at", String(at ?? 0));
  }
}
