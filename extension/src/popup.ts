/**
 * The popup. Opening it switches highlights on for the page where rules allow it; what it shows
 * comes from one report, and switches act on the page through the settings alone.
 */
import { activeTab, ask, maySite, openPanel, releaseSite, requestSite, store, toggleKey } from "./browser";
import { element } from "./draw";
import { type Lead, lead, type Offer, READING } from "./lead";
import mark from "./mark.json";
import {
  CATEGORIES,
  type ExportFormat,
  type Settings,
  type SiteRule,
  type Sourcing,
  type TabReport,
} from "./protocol";
import { hostOf, ruleFor, settings } from "./settings";
import { fileName, mediaType, sensitivityNote, summarize } from "./summary";
import { sentence } from "./tell";
import { localize, number, text } from "./words";

interface State {
  tab: { id: number; url: string; window: number };
  host: string;
  settings: Settings;
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
  for (const part of ["quotes", "line"] as const) {
    document.querySelector(`#mark .${part}`)?.setAttribute("d", mark[part]);
  }
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
  state = { tab, host, settings: all, rule: rule === "always" && !granted ? "click" : rule, report };
  at("key").textContent = report.state === "closed" ? "" : key;
  listen();
  draw();
}

function listen(): void {
  master.addEventListener("change", () => void switchPage(master.checked));
  for (const category of CATEGORIES) {
    const box = at<HTMLInputElement>(`show-${category}`);
    box.addEventListener("change", () => {
      void change({ categories: { ...state.settings.categories, [category]: box.checked } });
    });
  }
  for (const radio of radios("sensitivity")) {
    radio.addEventListener("change", () => {
      void change({ sensitivity: radio.value as Settings["sensitivity"] });
    });
  }
  for (const radio of radios("rule")) {
    radio.addEventListener("change", () => void setRule(radio.value as SiteRule));
  }
  // The browser closes the popup itself only where the panel wasn't open yet.
  at("open-list").addEventListener("click", () => {
    void openPanel(state.tab.window).then(() => window.close());
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-format]")) {
    button.addEventListener("click", () => void save(button.dataset.format as ExportFormat));
  }
}

function radios(name: string): NodeListOf<HTMLInputElement> {
  return document.querySelectorAll(`input[name="${name}"]`);
}

// ── Acting ───────────────────────────────────────────────────────────────────────────────────────

/** The pages hear of it from the storage; the counts here need no round trip. */
async function change(values: Partial<Settings>): Promise<void> {
  state.settings = { ...state.settings, ...values };
  draw();
  await store(values);
}

async function switchPage(on: boolean): Promise<void> {
  const { id, url } = state.tab;
  // Switching on where the site is off says that the rule no longer holds.
  if (on && state.rule === "off") await keepRule("click");
  state.report = await ask<"switch">({ type: "switch", tab: id, url, on });
  draw();
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
  state.report = resumes
    ? await ask<"switch">({ type: "switch", tab: id, url, on: true })
    : await ask<"open">({ type: "open", tab: id, url });
  draw();
}

async function keepRule(rule: SiteRule): Promise<void> {
  const sites = { ...state.settings.sites };
  if (rule === "click") delete sites[state.host];
  else sites[state.host] = rule;
  state.rule = rule;
  state.settings = { ...state.settings, sites };
  await store({ sites });
}

async function readAsEnglish(): Promise<void> {
  const { id, url } = state.tab;
  state.report = await ask<"assumeEnglish">({ type: "assumeEnglish", tab: id, url });
  draw();
}

/** A link with a blob needs no permission to save files. */
async function save(format: ExportFormat): Promise<void> {
  const { id, url } = state.tab;
  const hidden = at<HTMLInputElement>("hidden-too").checked;
  const reply = await ask<"export">({ type: "export", tab: id, url, format, hidden });
  const failed = "error" in reply;
  at("export-note").hidden = !failed;
  at("export-note").textContent = failed ? text("listFailed", reply.error) : "";
  if (failed) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([reply.text], { type: mediaType(format) }));
  const title = state.report.frames[0]?.title ?? "";
  link.download = fileName(format, state.host, title, new Date().toISOString().slice(0, 10));
  link.click();
  // The download has its own hold on the blob once it began.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

function draw(): void {
  const { report, settings, rule, host } = state;
  const summary = summarize(report.frames, settings);
  const on = report.state === "on";
  const marked = on && summary.kind === "flags";
  document.body.classList.toggle("on", on);
  document.body.removeAttribute("aria-busy");
  document.body.dataset.state = on ? summary.kind : report.state;

  master.checked = on;
  (master.parentElement as HTMLElement).hidden = report.state === "closed";
  at("master-label").textContent = text(on ? "masterOn" : "masterOff");
  drawLead(lead(report.state, summary, host, settings.sensitivity));

  drawSourcing(summary.kind === "flags" || summary.kind === "nothing" ? report.sourcing : null);
  at("categories").hidden = !marked;
  for (const category of CATEGORIES) {
    at<HTMLInputElement>(`show-${category}`).checked = settings.categories[category];
    at(`count-${category}`).textContent = number(summary.counts[category]);
  }
  at("sensitivity").hidden = !marked;
  check("sensitivity", settings.sensitivity);
  at("sensitivity-note").textContent = sensitivityNote(settings, summary.fainter);
  at("site").hidden = host === "" || report.state === "closed";
  check("rule", rule);
  at("export").hidden = !marked;
  at("list").hidden = !on || !(marked || report.sourcing);
  at("hidden-choice").hidden = summary.shown === summary.found;
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
  english: readAsEnglish,
  everything: () => change({ sensitivity: "everything" }),
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
