/**
 * The popup. Opening it switches highlights on for the page where rules allow it; what it shows
 * comes from one report, and switches act on the page through the settings alone.
 */
import {
  activeTab,
  ask,
  maySite,
  openOptions,
  openPanel,
  releaseSite,
  requestSite,
  type Tab,
  toggleKey,
} from "./browser";
import * as kept from "./change";
import { drawMark, element } from "./draw";
import { type Lead, lead, type Offer, READING } from "./lead";
import {
  type Act,
  CATEGORIES,
  type Category,
  type ExportFormat,
  type Filter,
  type SiteAct,
  type SiteRule,
  type Sourcing,
  type TabReport,
  type Way,
} from "./protocol";
import { choices, save } from "./save";
import { hostOf, ruleFor, settings, viewFor } from "./settings";
import { sensitivityNote, summarize } from "./summary";
import { sentence } from "./tell";
import { wear } from "./theme";
import { localize, number, text } from "./words";

interface State {
  tab: Tab;
  host: string;
  /** What of the settings holds here. */
  filter: Filter;
  /** As it acts: "always" only while the browser grants it. */
  rule: SiteRule;
  report: TabReport;
}

/** An element of popup.html; its absence would be a defect of ours. */
function at<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** How long the popup stays silent before it says that it is reading, in ms. */
const PATIENCE = 300;

const master = at<HTMLInputElement>("master");
let state: State;

void start();

async function start(): Promise<void> {
  localize(document);
  drawMark();
  const tab = await activeTab();
  if (!tab) return;
  const host = hostOf(tab.url);
  // Said only when it takes a moment, so that nothing flickers on most pages.
  const waiting = setTimeout(() => drawLead({ ...READING, note: host }), PATIENCE);
  const [report, all, granted, key] = await Promise.all([
    ask<"open">({ type: "open", tab: tab.id, url: tab.url }),
    settings(),
    host === "" ? false : maySite(tab.url),
    toggleKey(),
  ]);
  clearTimeout(waiting);
  const rule = ruleFor(all, host);
  wear(all.looks);
  // A page in a private window may have choices of its own.
  const filter = { ...viewFor(all, host), ...report.frames[0]?.lent };
  state = { tab, host, filter, rule: rule === "always" && !granted ? "click" : rule, report };
  at("key").textContent = report.state === "closed" ? "" : key;
  listen();
  draw();
}

function listen(): void {
  master.addEventListener("change", () => void switchPage(master.checked));
  for (const category of CATEGORIES) {
    const box = at<HTMLInputElement>(`show-${category}`);
    box.addEventListener("change", () => {
      void show(category, box.checked);
    });
  }
  for (const radio of radios("sensitivity")) {
    radio.addEventListener("change", () => {
      void change({ what: "filter", sensitivity: radio.value as Filter["sensitivity"] });
    });
  }
  for (const radio of radios("rule")) {
    radio.addEventListener("change", () => void setRule(radio.value as SiteRule));
  }
  at("whole").addEventListener("click", () => void readAs({ whole: !isWhole() }));
  at("options").addEventListener("click", () => void openOptions().then(() => window.close()));
  // The browser closes the popup itself only where the panel wasn't open yet.
  at("open-list").addEventListener("click", () => {
    void openPanel(state.tab.window).then(() => window.close());
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-format]")) {
    button.addEventListener("click", () => void saveAs(button.dataset.format as ExportFormat));
  }
  at("forms").append(...choices(["csvbom", "json", "webannotation", "hypothesis"], saveAs));
  at("more").addEventListener("click", () => {
    const open = at("forms").toggleAttribute("hidden") === false;
    at("more").ariaExpanded = String(open);
    if (open) at("forms").scrollIntoView({ block: "nearest" });
  });
}

function radios(name: string): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll(`input[name="${name}"]`);
}

// ── Acting ───────────────────────────────────────────────────────────────────────────────────────

/** The pages hear of it from the storage; the counts here need no round trip. */
async function change(act: Act & { what: "filter" }): Promise<void> {
  const { what: _, ...filter } = act;
  const before = state.filter;
  state.filter = { ...before, ...filter };
  draw();
  if (await keep(act)) return;
  state.filter = before;
  draw();
}

/** Whether what the reader did is kept; where it isn't, that is said. */
async function keep(act: Act | SiteAct): Promise<boolean> {
  const failed = await kept.change(state.tab, act);
  at("not-kept").hidden = failed === null;
  at("not-kept").textContent = failed?.error ?? "";
  return failed === null;
}

/** A category that is shown here is shown, whatever the site's own switches say. */
async function show(category: Category, shown: boolean): Promise<void> {
  const { host, filter } = state;
  const act = { what: "filter", categories: { ...filter.categories, [category]: shown } } as const;
  await Promise.all([change(act), shown && keep({ what: "site", host, shows: category })]);
}

let asked = 0;

/** Takes the report that was asked for last, whichever comes last. */
async function take(reply: Promise<TabReport>): Promise<void> {
  asked += 1;
  const turn = asked;
  const report = await reply;
  if (turn !== asked) return;
  state.report = report;
  draw();
}

async function switchPage(on: boolean): Promise<void> {
  const { id, url } = state.tab;
  // Switching on where the site is off says that the rule no longer holds.
  if (on && state.rule === "off") await keepRule("click");
  await take(ask<"switch">({ type: "switch", tab: id, url, on }));
}

/** The permission must be asked for within the click, so before anything else is awaited. */
async function setRule(rule: SiteRule): Promise<void> {
  const { id, url } = state.tab;
  const before = state.rule;
  if (rule === "always") {
    // Stored at once: the browser may close the popup while it asks, and the background finishes then.
    const [granted] = await Promise.all([requestSite(url).catch(() => false), keepRule("always")]);
    at("site-note").hidden = granted;
    if (!granted) await keepRule(before === "always" ? "click" : before);
  } else {
    at("site-note").hidden = true;
    await keepRule(rule);
    if (before === "always") await releaseSite(state.host);
  }
  if (state.rule === "off") await ask<"switch">({ type: "switch", tab: id, url, on: false });
  const resumes = before === "off" && state.rule !== "off";
  await take(
    resumes
      ? ask<"switch">({ type: "switch", tab: id, url, on: true })
      : ask<"open">({ type: "open", tab: id, url }),
  );
}

/** Where it can't be kept the rule stays as it was. */
async function keepRule(rule: SiteRule): Promise<void> {
  const before = state.rule;
  state.rule = rule;
  if (await keep({ what: "site", host: state.host, rule })) return;
  state.rule = before;
}

async function readAs(way: Way): Promise<void> {
  const { id, url } = state.tab;
  await take(ask<"readAs">({ type: "readAs", tab: id, url, way }));
}

/** Whether all of the page is read, and not its main text alone. */
function isWhole(): boolean {
  return state.report.frames[0]?.way.whole ?? false;
}

async function saveAs(format: ExportFormat): Promise<void> {
  const { id, url } = state.tab;
  const { document = null, title = "" } = state.report.frames[0] ?? {};
  const hidden = at<HTMLInputElement>("hidden-too").checked;
  const problem = await save(format, { tab: id, url, document, title, hidden });
  at("export-note").hidden = problem === null;
  at("export-note").textContent = problem ?? "";
}

// ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

function draw(): void {
  const { report, filter, rule, host } = state;
  const summary = summarize(report.frames, filter);
  const on = report.state === "on";
  const marked = on && summary.kind === "flags";
  document.body.classList.toggle("on", on);
  document.body.removeAttribute("aria-busy");
  document.body.dataset.state = on ? summary.kind : report.state;

  master.checked = on;
  (master.parentElement as HTMLElement).hidden = report.state === "closed";
  at("master-label").textContent = text(on ? "masterOn" : "masterOff");
  drawLead(lead(report.state, summary, host, filter.sensitivity));

  drawSourcing(summary.kind === "flags" || summary.kind === "nothing" ? report.sourcing : null);
  at("categories").hidden = !marked;
  for (const category of CATEGORIES) {
    at<HTMLInputElement>(`show-${category}`).checked = filter.categories[category];
    at(`count-${category}`).textContent = number(summary.counts[category]);
  }
  at("sensitivity").hidden = !marked;
  check("sensitivity", filter.sensitivity);
  at("sensitivity-note").textContent = sensitivityNote(filter, summary.fainter);
  at("site").hidden = host === "" || report.state === "closed" || state.tab.secret;
  at("private").hidden = !state.tab.secret || report.state === "closed";
  check("rule", rule);
  at("export").hidden = !marked;
  at("whole").hidden = !on || summary.kind === "foreign" || summary.kind === "failed";
  at("whole").textContent = text(isWhole() ? "readMain" : "readWhole");
  at("open-list").hidden = !on || !(marked || report.sourcing);
  at("hidden-choice").hidden = summary.shown === summary.found && summary.dismissed === 0;
}

function check(name: string, value: string): void {
  for (const radio of radios(name)) radio.checked = radio.value === value;
}

function drawLead({ headline, note, offer }: Lead): void {
  at("headline").textContent = headline;
  at("note").textContent = note;
  const button = at<HTMLButtonElement>("action");
  button.hidden = offer === undefined;
  button.textContent = offer?.label ?? "";
  button.onclick = offer ? () => void OFFERS[offer.what]() : null;
}

const OFFERS: Readonly<Record<Offer, () => Promise<void>>> = {
  english: () => readAs({ english: true }),
  everything: () => change({ what: "filter", sensitivity: "everything" }),
  read: () => switchPage(true),
};

/** A bar with a part for each basis, and the sentence, where each count bears the mark of its part. */
function drawSourcing(sourcing: Sourcing | null): void {
  at("sourcing").hidden = sourcing === null;
  const counts = sourcing?.counts ?? [];
  // A bar of one part would be a mere rule, and its mark stand for nothing.
  const several = counts.length > 1;
  at("bar").hidden = !several;
  const parts = counts.map(({ basis, claims }) => {
    const part = element("span", `part ${basis}`);
    part.style.flex = `${claims} 1 0`;
    return part;
  });
  at("bar").replaceChildren(...parts);
  at("sentence").replaceChildren(...(sourcing ? sentence(sourcing) : []));
}
