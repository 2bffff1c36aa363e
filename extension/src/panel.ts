/**
 * The list beside the page. It shows the tab in front, asks again when that tab's list has changed,
 * and follows the reader over a channel to the page. What it says comes from the core.
 */
import {
  activeTab,
  ask,
  type Channel,
  follow,
  onPanelMessage,
  onStored,
  onTabInFront,
  openOptions,
  type Tab,
  toggleKey,
} from "./browser";
import { change } from "./change";
import { element, line } from "./draw";
import { FORMATS } from "./formats";
import { type Lead, lead, type Offer, READING, unread } from "./lead";
import { kindChoices, Reviews } from "./panel-review";
import { type Acts, BACKWARD, Ledger, ONWARD, Order, Strip, Themes, type View } from "./panel-views";
import {
  CATEGORIES,
  type Category,
  type Decided,
  type ExportFormat,
  type List,
  type ListReport,
  type Looks,
  type PanelToPage,
} from "./protocol";
import { choices, save } from "./save";
import { hostOf, LOOKS, ruleFor, settings } from "./settings";
import { ofList } from "./summary";
import { pageLine, sentence } from "./tell";
import { wear } from "./theme";
import { counted, localize, number, text } from "./words";

/** An element of panel.html; its absence would be a defect of ours. */
function at<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** How long the panel keeps what it shows before it says that it is reading, in ms. */
const PATIENCE = 300;
const TABS = ["order", "source", "category"] as const;
type TabName = (typeof TABS)[number];

const query = at<HTMLInputElement>("query");
const strip = new Strip(at("strip"), (flag) => acts.flag(flag));

let tab: Tab | null = null;
let report: ListReport | null = null;
/** The page that the reader's place and search are of. */
let begun = "";
let channel: { tab: number; documents: string; to: Channel<PanelToPage> } | null = null;
/** The tab that could not be read when the reader asked for it. */
let shut: number | null = null;
/** Where the reader is: a place in the list's flags, or -1. */
let current = -1;
let chosen: TabName = "order";
const off = new Set<Category>();
let looks: Looks = LOOKS;

const acts: Acts = {
  flag(index) {
    const flag = report?.list?.flags[index];
    if (!flag) return;
    go(flag.place, flag.flag);
    reviews.pick(flag);
  },
  claim(source, index) {
    const claim = report?.list?.sources.find((one) => one.id === source)?.claims[index];
    if (!claim) return;
    if (claim.flag === null) go(claim.place, null);
    else acts.flag(claim.flag);
  },
};

const reviews = new Reviews(
  () => tab && report && { tab, documents: report.documents },
  () => drawList(),
);

const views: Readonly<Record<TabName, View>> = {
  order: new Order(at("order"), acts, reviews),
  source: new Ledger(at("source"), acts),
  category: new Themes(at("category"), acts),
};

start();

function start(): void {
  localize(document);
  onPanelMessage({
    changed: ({ tab: which, closed }) => {
      if (closed) shut = which;
      if (which === tab?.id || tab === null) void refresh();
      return null;
    },
  });
  onTabInFront(() => {
    shut = null;
    void refresh();
  });
  onStored(() => {
    reviews.again();
    void refresh();
  });
  for (const name of TABS) at(`tab-${name}`).addEventListener("click", () => choose(name));
  at("tabs").addEventListener("keydown", turn);
  query.addEventListener("input", () => drawList());
  at("back").addEventListener("click", () => back());
  at("options").addEventListener("click", () => void openOptions());
  at("copy").addEventListener("click", () => void copy());
  at("forms").append(...choices(FORMATS, saveAs));
  at("kind").append(...kindChoices());
  at("adding").addEventListener("submit", (event) => {
    event.preventDefault();
    void add();
  });
  at("adding").addEventListener("beforetoggle", () => at("adding-note").replaceChildren());
  document.addEventListener("keydown", pressed);
  at("views").addEventListener("focusin", (event) => rove(event.target as Element));
  void refresh();
}

// ── Asking ───────────────────────────────────────────────────────────────────────────────────────

/** A request under way, and whether something changed since it was sent. */
let asking = false;
let stale = false;

/** One request at a time; what comes meanwhile is asked for once, afterwards. */
async function refresh(): Promise<void> {
  if (asking) {
    stale = true;
    return;
  }
  asking = true;
  const waiting = setTimeout(() => {
    document.body.setAttribute("aria-busy", "true");
    if (!report) drawLead(READING);
  }, PATIENCE);
  try {
    do {
      stale = false;
      await load();
    } while (stale);
  } finally {
    clearTimeout(waiting);
    asking = false;
    document.body.removeAttribute("aria-busy");
  }
}

async function load(): Promise<void> {
  tab = await activeTab();
  if (!tab) return;
  const { id, url, loading } = tab;
  const now = await ask<"list">({ type: "list", tab: id, url });
  // A site that is always read will be, once it has loaded.
  if (now.state === "unread" && loading && ruleFor(await settings(), hostOf(url)) === "always") {
    now.state = "reading";
  }
  if (now.state === "unread" && shut === id) now.state = "closed";
  report = now;
  const page = pageOf(tab, now);
  if (page !== begun) begin();
  begun = page;
  listen(id, now);
  await draw();
}

/** The page that is shown: its tab and top document. Where there is no list, which may be for a moment, it is the same one as before. */
function pageOf({ id }: Tab, { documents: [top] }: ListReport): string {
  return top || !begun.startsWith(`${id} `) ? `${id} ${top?.document ?? ""}` : begun;
}

/** Nothing of the page before holds for this one. */
function begin(): void {
  current = -1;
  query.value = "";
  at("back").hidden = true;
  for (const view of Object.values(views)) view.begin();
  reviews.begin();
}

/** The channel is made anew when the page has other documents than it was made for. */
function listen(id: number, { documents }: ListReport): void {
  const names = documents.map((name) => name.document).join();
  if (channel?.tab === id && channel.documents === names) return;
  channel?.to.close();
  channel = null;
  if (names === "") return;
  const to = follow(
    id,
    ({ document, revision, flag, picked }) => {
      const flags = report?.list?.flags ?? [];
      const found = flags.findIndex((one) => {
        const name = report?.documents[one.place.document];
        return one.flag === flag && name?.document === document && name.revision === revision;
      });
      if (found >= 0) come(found, picked);
    },
    () => {
      if (channel?.to === to) channel = null;
    },
  );
  channel = { tab: id, documents: names, to };
}

// ── Acting ───────────────────────────────────────────────────────────────────────────────────────

function go({ document, block, start, end }: List["flags"][number]["place"], flag: number | null): void {
  const name = report?.documents[document];
  if (!name) return;
  channel?.to.send({ type: "go", ...name, block, start, end, flag });
  at("back").hidden = false;
}

function back(): void {
  if (at("back").hidden) return;
  channel?.to.send({ type: "back" });
  const focused = document.activeElement === at("back");
  at("back").hidden = true;
  if (focused) rows()[0]?.focus();
}

/** The reader has come to a flag. The list follows, unless the reader is busy in it. */
function come(index: number, picked: boolean): void {
  current = index;
  for (const view of Object.values(views)) view.mark(index);
  const flag = report?.list?.flags[index];
  strip.mark(flag?.at ?? null);
  if (picked && flag) reviews.pick(flag);
  const busy = document.querySelector("#views:hover, #views :focus-visible") !== null;
  if (busy && !picked) return;
  views[chosen].current()?.scrollIntoView({ block: "nearest" });
}

async function saveAs(format: ExportFormat): Promise<void> {
  at("forms").hidePopover();
  if (!tab) return;
  const { id, url } = tab;
  const { documents = [], title = "" } = report ?? {};
  const document = documents[0]?.document ?? null;
  const problem = await save(format, { tab: id, url, document, title, hidden: false });
  if (problem !== null) at("count").textContent = problem;
}

async function copy(): Promise<void> {
  if (!tab) return;
  const { id, url } = tab;
  const document = report?.documents[0]?.document ?? null;
  const reply = await ask<"export">({
    type: "export",
    tab: id,
    url,
    document,
    format: "markdown",
    hidden: false,
  });
  const copied =
    "text" in reply &&
    (await navigator.clipboard.writeText(reply.text).then(
      () => true,
      () => false,
    ));
  at("count").textContent = text(copied ? "copiedMarkdown" : "listNotCopied");
}

/** Makes a flag of what is selected on the page. */
async function add(): Promise<void> {
  const said = await reviews.add(at<HTMLSelectElement>("kind").value as Decided);
  at("adding-note").replaceChildren(...said);
}

const OFFERS: Readonly<Record<Offer, () => Promise<unknown>>> = {
  english: async () =>
    tab && ask<"readAs">({ type: "readAs", tab: tab.id, url: tab.url, way: { english: true } }),
  everything: async () => {
    if (!tab) return;
    const failed = await change(tab, { what: "filter", sensitivity: "everything" });
    if (failed) at("note").textContent = failed.error;
  },
  read: async () => tab && ask<"switch">({ type: "switch", tab: tab.id, url: tab.url, on: true }),
};

// ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

async function draw(): Promise<void> {
  if (!report || !tab) return;
  const { state, list, title } = report;
  const [all, key] = await Promise.all([settings(), toggleKey()]);
  if (JSON.stringify(looks) !== JSON.stringify(all.looks) || at("filter").childElementCount === 0) {
    looks = all.looks;
    at("filter").replaceChildren(...CATEGORIES.map(filterButton));
  }
  wear(looks);
  const host = hostOf(tab.url);
  const summary = ofList(list, report.error);
  const some = list !== null && list.flags.length + list.sources.length + list.orphans.length > 0;
  const shown = state === "on" && some;
  const said =
    state === "unread" || state === "reading"
      ? unread(state, tab.url, key)
      : lead(state, summary, host, all.sensitivity);
  document.body.dataset.state = state === "on" ? summary.kind : state;
  at("title").textContent = title || host || text("name");
  at("title").classList.toggle("ours", !title);
  at("line").textContent = list?.readable ? pageLine(list) : host;
  // A list speaks for itself.
  drawLead(shown && list.flags.length > 0 ? null : said);
  at("sentence").hidden = !list?.sourcing;
  at("sentence").replaceChildren(...(list?.sourcing ? sentence(list.sourcing) : []));
  at("along").hidden = !list || list.flags.length === 0;
  for (const part of ["tools", "views"]) at(part).hidden = !shown;
  // Where nothing is marked the reader may see more.
  at("foot").hidden = !shown && !(state === "on" && list?.readable);
  if (!shown) {
    at("count").textContent = "";
    return;
  }
  strip.draw(list);
  drawList();
  if (current >= list.flags.length) current = -1;
  for (const view of Object.values(views)) view.mark(current);
  strip.mark(list.flags[current]?.at ?? null);
}

function drawLead(said: Lead | null): void {
  at("lead").hidden = said === null;
  at("headline").textContent = said?.headline ?? "";
  at("note").textContent = said?.note ?? "";
  const button = at<HTMLButtonElement>("action");
  button.hidden = said?.offer === undefined;
  button.textContent = said?.offer?.label ?? "";
  button.onclick = said?.offer ? () => void OFFERS[(said.offer as { what: Offer }).what]() : null;
}

/** The chosen view, by what is searched for. */
function drawList(): void {
  const list = report?.list;
  if (!list) return;
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const { shown, all, noun } = views[chosen].draw(list, { words, off, looks });
  at("filter").hidden = chosen === "source";
  at("empty").hidden = shown > 0;
  at("empty").textContent =
    words.length > 0 ? text("nothingWith", query.value.trim()) : text("nothingFiltered");
  const whole = counted(noun, all);
  const more = noun === "flags" && list.more > 0;
  let count = more ? text("countMore", whole, number(list.more)) : whole;
  if (shown < all) count = text("countOf", number(shown), whole);
  if (noun === "flags") {
    const reviewed = list.flags.filter((flag) => reviews.of(flag)).length;
    if (reviewed > 0) count = text("pair", count, counted("reviewed", reviewed));
    if (list.dismissed > 0) count = text("pair", count, counted("dismissed", list.dismissed));
  }
  at("count").textContent = count;
  rove(null);
}

function filterButton(category: Category): HTMLElement {
  const button = element("button");
  button.type = "button";
  button.ariaPressed = String(!off.has(category));
  button.ariaLabel = text(`category_${category}`);
  button.title = button.ariaLabel;
  button.append(line(category, looks[category].line));
  button.addEventListener("click", () => {
    if (!off.delete(category)) off.add(category);
    button.ariaPressed = String(!off.has(category));
    drawList();
  });
  return button;
}

// ── Tabs and keys ────────────────────────────────────────────────────────────────────────────────

function choose(name: TabName): void {
  chosen = name;
  for (const other of TABS) {
    const picked = other === name;
    at(`tab-${other}`).ariaSelected = String(picked);
    at(`tab-${other}`).tabIndex = picked ? 0 : -1;
    at(other).hidden = !picked;
  }
  drawList();
  views[name].mark(current);
  // The list begins under the tabs, wherever the one before was scrolled to.
  const top = at("tools").offsetTop;
  if (window.scrollY > top) window.scrollTo({ top, behavior: "instant" });
}

function turn(event: KeyboardEvent): void {
  const step = { [ONWARD]: 1, [BACKWARD]: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(chosen) + step + TABS.length) % TABS.length] as TabName;
  choose(next);
  at(`tab-${next}`).focus();
}

/** The rows that can be gone through, in the order in which they stand. */
function rows(): HTMLElement[] {
  const all = document.querySelectorAll<HTMLElement>(`#${chosen} .row`);
  return [...all].filter((row) => row.closest("[hidden]") === null);
}

/** One row takes part in tabbing: the one that was last in use, else where the reader is. */
function rove(to: Element | null): void {
  const all = rows();
  const known = all.find((row) => row === to) ?? all.find((row) => row.tabIndex === 0);
  const one = known ?? views[chosen].current() ?? all[0];
  for (const row of all) {
    const index = row === one ? 0 : -1;
    if (row.tabIndex !== index) row.tabIndex = index;
  }
}

function pressed(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  // What is being written, and what opens of itself, have keys of their own.
  if (target.closest("textarea, select, [popover]")) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") {
    // The browser closes it.
    if (document.querySelector(":popover-open")) return;
    if (target === query && query.value !== "") {
      query.value = "";
      drawList();
    } else {
      back();
    }
    event.preventDefault();
    return;
  }
  if (event.key === "/" && target !== query) {
    query.focus();
    event.preventDefault();
    return;
  }
  const all = rows();
  const here = all.indexOf(target);
  if (here < 0 && target !== query) return;
  const to = {
    ArrowDown: here + 1,
    ArrowUp: here - 1,
    Home: here < 0 ? null : 0,
    End: here < 0 ? null : all.length - 1,
  }[event.key];
  if (to === undefined || to === null) return;
  event.preventDefault();
  if (to < 0) query.focus();
  else all[Math.min(to, all.length - 1)]?.focus();
}
