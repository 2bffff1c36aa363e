/**
 * The options page. It shows the settings as they are stored, and every control changes them at once;
 * whatever changes them elsewhere is shown here too. Samples are painted as a page is.
 */
import { ask, commands, grantedPatterns, onStored, openKeys, releaseSite, requestHost } from "./browser";
import { drawMark, element, line, stroke } from "./draw";
import { at, button, redraw, released } from "./options-parts";
import { startReview } from "./options-review";
import {
  CATEGORIES,
  type Category,
  COLOURS,
  type Dismissal,
  type Guide,
  LINE_STYLES,
  type Phrase,
  SENSITIVITIES,
  type Settings,
  SITE_RULES,
  type SiteRule,
} from "./protocol";
import { dropUnreadMarks, PREFIX, unreadMarks } from "./reviews";
import {
  acted,
  dropUnread,
  exported,
  hostOf,
  imported,
  isHost,
  MOST_PHRASES,
  ruleFor,
  settings,
  unread,
  update,
  withSite,
} from "./settings";
import { sensitivityNote } from "./summary";
import { kindLabel } from "./tell";
import { colourOf, highlightName, highlightSheet, wear } from "./theme";
import { type Key, localize, notKept, text } from "./words";

/** Shown as it is typed, whatever the language. */
const EXPRESSION = "\\b(sources?|insiders?) close to\\b";
const FILE = "hearsay-settings";

let now: Settings;
let guide: Guide = [];
/** The words that stand for flags here. */
const samples = new Map<Category, Text[]>();
const sheet = new CSSStyleSheet();
const dark = matchMedia("(prefers-color-scheme: dark)");

void start();

async function start(): Promise<void> {
  localize(document);
  drawMark();
  document.adoptedStyleSheets = [sheet];
  const [all, told] = await Promise.all([settings(), ask<"guide">({ type: "guide" }), drawKeys()]);
  now = all;
  if ("guide" in told) guide = told.guide;
  else fail(text("optionsFailed", told.error));
  drawGuide();
  fillPhraseForm();
  draw();
  await Promise.all([drawUnread(), startReview(now.looks)]);
  listen();
  document.body.removeAttribute("aria-busy");
  // What the address leads to is only there by now.
  arrive();
}

function listen(): void {
  onStored(async () => {
    const all = await settings();
    await released();
    now = all;
    draw();
    await drawUnread();
  });
  dark.addEventListener("change", paint);
  window.addEventListener("hashchange", arrive);
  // The keys are changed on a page of the browser's.
  document.addEventListener("visibilitychange", () => void (document.hidden || drawKeys()));
  at("phrase").addEventListener("input", () => void checkPhrase());
  at("phrase-pattern").addEventListener("change", () => void checkPhrase());
  at("phrase-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void addPhrase();
  });
  at("site-form").addEventListener("submit", (event) => {
    event.preventDefault();
    void addSite();
  });
  at("unread-save").addEventListener("click", () => void saveUnread());
  at("unread-drop").addEventListener("click", () => void kept(dropUnread().then(dropUnreadMarks)));
  at("change-keys").addEventListener("click", () => void openKeys());
  at("save").addEventListener("click", save);
  at("load").addEventListener("click", () => at("file").click());
  at<HTMLInputElement>("file").addEventListener("change", () => void load());
  at("unload").addEventListener("click", () => void unload());
}

function arrive(): void {
  const name = decodeURIComponent(location.hash.slice(1));
  const place = name === "" ? null : document.getElementById(name);
  for (const there of document.querySelectorAll(".there")) there.classList.remove("there");
  if (!place) return;
  // The browser's own `:target` is only for what stands there when the page comes.
  place.classList.add("there");
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView();
  for (const link of document.querySelectorAll("nav a")) {
    const section = place.closest("section")?.id ?? place.id;
    if (link.getAttribute("href") === `#${section}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** Changes the settings; what comes of it is drawn when the storage tells. */
function change(step: (all: Settings) => Partial<Settings>): void {
  void kept(update(step));
}

/** Whether it went well. Where it didn't that is said, and all is drawn as it is stored. */
async function kept(work: Promise<unknown>): Promise<boolean> {
  const failed = await work.then(() => null, notKept);
  fail(failed);
  if (failed === null) return true;
  for (const box of document.querySelectorAll<HTMLElement>("[data-shows]")) delete box.dataset.shows;
  draw();
  return false;
}

function fail(why: string | null): void {
  at("failure").hidden = why === null;
  at("failure").textContent = why ?? "";
}

/** What the parts of the settings are called here. */
const PARTS: Readonly<Record<string, Key>> = {
  categories: "categories",
  looks: "categories",
  sensitivity: "sensitivity",
  phrases: "phrases",
  sites: "sites",
  dismissed: "dismissedTitle",
};

/** What is stored and can't be read: it is named, and may be saved before it is let go of. */
async function drawUnread(): Promise<void> {
  const all = await allUnread().catch((reason) => {
    fail(text("optionsFailed", String(reason)));
    return [];
  });
  const names = all.flatMap(Object.keys).map(partName);
  at("unread").hidden = all.length === 0;
  at("unread-what").textContent = text("spoilt", [...new Set(names)].join(", "));
}

async function allUnread(): Promise<object[]> {
  return [...(await unread()), ...(await unreadMarks())];
}

function partName(name: string): string {
  const part = name.startsWith(PREFIX) ? "reviewTitle" : PARTS[name];
  return part ? text(part) : name;
}

async function saveUnread(): Promise<void> {
  saveFile("hearsay-unread", JSON.stringify(await allUnread(), null, 2));
}

// ── Drawing ──────────────────────────────────────────────────────────────────────────────────────

function draw(): void {
  wear(now.looks);
  redraw("looks", [now.looks, now.categories], () => CATEGORIES.map(drawLook));
  redraw("levels", now.sensitivity, drawLevels);
  redraw("phrase-list", [now.phrases, now.looks], drawPhrases);
  redraw("site-list", [now.sites, now.looks], drawSites);
  redraw("dismissed-list", [now.dismissed, now.categories, now.sites, now.looks], drawDismissed);
  paint();
}

/** The samples, by the rules that a page is painted by. */
function paint(): void {
  sheet.replaceSync(highlightSheet({ tone: dark.matches ? "dark" : "light", looks: now.looks }));
  for (const category of CATEGORIES) {
    const words = (samples.get(category) ?? []).filter((own) => own.isConnected);
    samples.set(category, words);
    const ranges = words
      .filter((own) => now.categories[category] || own.parentElement?.closest("#looks") === null)
      .map((own) => {
        const range = new Range();
        range.selectNodeContents(own);
        return range;
      });
    CSS.highlights.set(highlightName(category), new Highlight(...ranges));
  }
}

function sample(category: Category, [before, words, after]: readonly [string, string, string]): HTMLElement {
  const box = element("p", "sample");
  const marked = document.createTextNode(words);
  box.lang = "en";
  box.dir = "ltr";
  box.append(before, marked, after);
  samples.set(category, [...(samples.get(category) ?? []), marked]);
  return box;
}

function drawLook(category: Category): HTMLElement {
  const look = now.looks[category];
  const title = text(`category_${category}`);
  const example = guide.find((one) => one.category === category)?.example;
  const row = element("div", "look");
  row.setAttribute("role", "group");
  row.setAttribute("aria-labelledby", `look-${category}`);
  const words = element("div", "words");
  const heading = element("h3", "", title);
  heading.id = `look-${category}`;
  words.append(heading);
  words.append(element("p", "what", text(`what_${category}`)));
  if (example) words.append(sample(category, example));

  const setLook = (values: Partial<typeof look>) =>
    change((all) => ({ looks: { ...all.looks, [category]: { ...all.looks[category], ...values } } }));
  const lines = LINE_STYLES.map((name) => {
    const drawing = stroke(name, name === look.line ? `var(--${category})` : "currentColor");
    return { value: name, label: text(`line_${name}`), face: drawing };
  });
  const colours = COLOURS.map((name) => {
    const face = element("i", "dot");
    face.style.background = colourOf(name);
    return { value: name, label: text(`colour_${name}`), face };
  });
  const toggle = element("input", "switch");
  toggle.type = "checkbox";
  toggle.setAttribute("role", "switch");
  toggle.checked = now.categories[category];
  toggle.ariaLabel = text("show", title);
  toggle.dataset.name = `show ${category}`;
  toggle.addEventListener("change", () => {
    const shown = toggle.checked;
    change((all) => ({ categories: { ...all.categories, [category]: shown } }));
  });
  row.append(
    words,
    radios(`line-${category}`, text("line"), "segments lines", lines, look.line, (value) =>
      setLook({ line: value }),
    ),
    radios(`colour-${category}`, text("colour"), "dots", colours, look.colour, (value) =>
      setLook({ colour: value }),
    ),
    toggle,
  );
  return row;
}

function drawLevels(): Node[] {
  const levels = SENSITIVITIES.map((value) => ({ value, label: "", face: text(`sensitivity_${value}`) }));
  const group = radios(
    "level",
    at("sensitivity-title").textContent,
    "segments",
    levels,
    now.sensitivity,
    (sensitivity) => change(() => ({ sensitivity })),
  );
  return [group, element("p", "hint", sensitivityNote(now, 0))];
}

/** One of several. `label`: where what is shown has no words. */
function radios<T extends string>(
  name: string,
  legend: string,
  className: string,
  choices: readonly { value: T; label: string; face: string | Element }[],
  chosen: T,
  choose: (value: T) => void,
): HTMLElement {
  const group = element("div", className);
  group.setAttribute("role", "radiogroup");
  group.ariaLabel = legend;
  for (const { value, label, face } of choices) {
    const box = element("label");
    const radio = element("input");
    radio.type = "radio";
    radio.name = name;
    radio.value = value;
    radio.checked = value === chosen;
    radio.dataset.name = `${name} ${value}`;
    if (label !== "") {
      radio.ariaLabel = label;
      box.title = label;
    }
    radio.addEventListener("change", () => choose(value));
    const shown = element("span");
    shown.append(face);
    box.append(radio, shown);
    group.append(box);
  }
  return group;
}

// ── Phrases ──────────────────────────────────────────────────────────────────────────────────────

function drawPhrases(): Node[] {
  if (now.phrases.length === 0) return [element("li", "none", text("noPhrases"))];
  return now.phrases.map((phrase) => {
    const { category, text: own, pattern } = phrase;
    const row = element("li");
    const words = element("span", pattern ? "pattern" : "page", own);
    const drawing = line(category, now.looks[category].line);
    const what = element(
      "span",
      "unseen",
      text(pattern ? "anExpression" : "aPhrase", text(`category_${category}`)),
    );
    row.append(drawing, what, words);
    row.append(
      button(text("remove"), text("removeThis", own), () =>
        change((all) => ({ phrases: all.phrases.filter((one) => !same(one, phrase)) })),
      ),
    );
    return row;
  });
}

function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function fillPhraseForm(): void {
  at("phrase-category").replaceChildren(
    ...CATEGORIES.map((category) => {
      const option = element("option", "", text(`category_${category}`));
      option.value = category;
      return option;
    }),
  );
  at("phrase-hint").textContent = text("phraseHint");
}

function typed(): Phrase {
  return {
    category: at<HTMLSelectElement>("phrase-category").value as Category,
    text: at<HTMLInputElement>("phrase").value.trim(),
    pattern: at<HTMLInputElement>("phrase-pattern").checked,
  };
}

/** What is wrong with the phrase as typed, shown beside it; only the last answer counts. */
async function checkPhrase(): Promise<string> {
  const phrase = typed();
  at("phrase-hint").textContent = phrase.pattern ? text("expressionHint", EXPRESSION) : text("phraseHint");
  let wrong = "";
  if (phrase.text !== "") {
    const reply = await ask<"check">({ type: "check", phrase });
    if ("error" in reply) wrong = reply.error;
    else if (reply.wrong) wrong = text(`wrong_${reply.wrong.what}`, reply.wrong.detail);
    else if (now.phrases.some((one) => same(one, phrase))) wrong = text("wrong_known");
    else if (now.phrases.length >= MOST_PHRASES) wrong = text("wrong_full");
  }
  if (same(phrase, typed())) {
    at("phrase-wrong").textContent = wrong;
    at("phrase").ariaInvalid = String(wrong !== "");
  }
  return wrong;
}

async function addPhrase(): Promise<void> {
  const phrase = typed();
  if (phrase.text === "" || (await checkPhrase()) !== "") {
    at("phrase").focus();
    return;
  }
  if (await kept(update((all) => ({ phrases: [...all.phrases, phrase] })))) {
    at<HTMLInputElement>("phrase").value = "";
  }
}

// ── Sites ────────────────────────────────────────────────────────────────────────────────────────

function drawSites(): Node[] {
  const others = element("li");
  others.append(element("span", "host", text("otherSites")), element("span", "fixed", text("rule_click")));
  const hosts = Object.keys(now.sites).sort((a, b) => a.localeCompare(b));
  return [...hosts.map(drawSite), others];
}

function drawSite(host: string): HTMLElement {
  const row = element("li");
  const rule = ruleFor(now, host);
  const hidden = now.sites[host]?.hidden ?? [];
  const categories = element("span", "categories");
  for (const category of CATEGORIES) {
    const toggle = element("button", "toggle");
    toggle.type = "button";
    toggle.ariaLabel = text("shownOn", text(`category_${category}`), host);
    toggle.title = toggle.ariaLabel;
    toggle.dataset.name = `${host} ${category}`;
    toggle.ariaPressed = String(!hidden.includes(category));
    toggle.append(line(category, now.looks[category].line));
    toggle.addEventListener("click", () => {
      change((all) => {
        const before = all.sites[host]?.hidden ?? [];
        const after = before.includes(category)
          ? before.filter((one) => one !== category)
          : [...before, category];
        return withSite(all, host, { hidden: after });
      });
    });
    categories.append(toggle);
  }
  const select = element("select");
  select.ariaLabel = text("ruleOf", host);
  select.dataset.name = `${host} rule`;
  for (const value of SITE_RULES) {
    const option = element("option", "", text(`rule_${value}`));
    option.value = value;
    option.selected = value === rule;
    select.append(option);
  }
  select.addEventListener("change", () => void setRule(host, select.value as SiteRule));
  row.append(element("span", "host", host), categories, select);
  if (rule === "always") {
    void grantedPatterns(host).then((granted) => {
      if (granted.length > 0) return;
      const note = element("p", "lapsed", text("lapsed"));
      note.append(button(text("allow"), text("allowThis", host), () => void requestHost(host)));
      row.append(note);
    });
  }
  return row;
}

/** The permission must be asked for within the click, so before anything else is awaited. */
async function setRule(host: string, rule: SiteRule): Promise<void> {
  at("site-wrong").textContent = "";
  if (rule === "always" && !(await requestHost(host).catch(() => false))) {
    at("site-wrong").textContent = text("ruleRefused");
    delete at("site-list").dataset.shows;
    draw();
    return;
  }
  const before = ruleFor(now, host);
  if (!(await kept(update((all) => withSite(all, host, { rule }))))) return;
  if (before === "always" && rule !== "always") await releaseSite(host);
}

/** A site's name, or an address there. Off at first: that asks for no permission. */
async function addSite(): Promise<void> {
  const field = at<HTMLInputElement>("site");
  const typed = field.value.trim().toLowerCase();
  if (typed === "") return;
  const host = hostOf(typed.includes("://") ? typed : `https://${typed}`);
  const known = isHost(host) && (host.includes(".") || host === "localhost");
  at("site-wrong").textContent = known ? "" : text("noSite");
  field.ariaInvalid = String(!known);
  if (!known) return;
  const add = () => kept(update((all) => withSite(all, host, { rule: "off" })));
  if (Object.hasOwn(now.sites, host) || (await add())) field.value = "";
}

// ── Dismissed ────────────────────────────────────────────────────────────────────────────────────

function drawDismissed(): Node[] {
  const rows = [
    ...[...now.dismissed].reverse().map(dismissedRow),
    ...CATEGORIES.filter((category) => !now.categories[category]).map((category) => {
      const title = text(`category_${category}`);
      return undoRow(category, title, false, text("wholeCategory"), "", (all) => ({
        categories: { ...all.categories, [category]: true },
      }));
    }),
    ...Object.keys(now.sites)
      .filter((host) => ruleFor(now, host) === "off")
      .map((host) =>
        undoRow(null, host, false, text("wholeSite"), "", (all) => withSite(all, host, { rule: "click" })),
      ),
  ];
  return rows.length > 0 ? rows : [element("li", "none", text("nothingDismissed"))];
}

function dismissedRow(dismissal: Dismissal): HTMLElement {
  const { category, words, flag } = dismissal;
  const scope = flag ? text("onePage") : text("everyPage");
  return undoRow(category, words, true, scope, flag?.page ?? "", (all) =>
    acted(all, { what: "restore", dismissal }),
  );
}

function undoRow(
  category: Category | null,
  words: string,
  fromPage: boolean,
  scope: string,
  page: string,
  step: (all: Settings) => Partial<Settings>,
): HTMLElement {
  const row = element("li");
  row.append(category ? line(category, now.looks[category].line) : element("i", "line"));
  if (category && fromPage)
    row.append(element("span", "unseen", text("aPhrase", text(`category_${category}`))));
  const where = element("span", "scope", scope);
  if (page !== "") where.title = page;
  row.append(
    element("span", fromPage ? "page" : "ours", words),
    where,
    button(text("undo"), text("undoThis", words), () => change(step)),
  );
  return row;
}

// ── Keys and guide ───────────────────────────────────────────────────────────────────────────────

/** As they are shown; the browser gives them in the order of their names. */
const KEYS = ["toggle", "next", "previous", "card", "list", ...CATEGORIES];

async function drawKeys(): Promise<void> {
  const known = (await commands()).filter(({ name }) => KEYS.includes(name));
  known.sort((a, b) => KEYS.indexOf(a.name) - KEYS.indexOf(b.name));
  at("key-list").replaceChildren(
    ...known.map(({ description, key }) => {
      const row = element("li");
      row.append(
        element("span", "what", description),
        key === "" ? element("span", "none", text("noKey")) : element("kbd", "", key),
      );
      return row;
    }),
  );
}

function drawGuide(): void {
  const chapters = CATEGORIES.map((category) => {
    const chapter = element("div", "chapter");
    const head = element("div", "head");
    head.append(
      element("h3", "", text(`question_${category}`)),
      element("p", "what", text(`category_${category}`)),
      element("p", "advice", text(`advice_${category}`)),
    );
    const list = element("div", "kinds");
    for (const { kind, example } of guide.filter((one) => one.category === category)) {
      const entry = element("div", "kind");
      entry.id = `kind-${kind}`;
      const decided = element("p", "decided", text(`decided_${kind}`));
      entry.append(element("h4", "", kindLabel(kind)), sample(category, example), decided);
      list.append(entry);
    }
    chapter.append(head, list);
    return chapter;
  });
  at("chapters").replaceChildren(...chapters);
}

// ── Back up and restore ──────────────────────────────────────────────────────────────────────────

function save(): void {
  saveFile(FILE, exported(now));
}

function saveFile(name: string, json: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  // The download has its own hold on the blob once it began.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

let before: Settings | null = null;

async function load(): Promise<void> {
  const field = at<HTMLInputElement>("file");
  const file = field.files?.[0];
  if (!file) return;
  const all = imported(await file.text());
  // The same file may be chosen again.
  field.value = "";
  const was = now;
  const restored = all !== null && (await kept(update(() => all)));
  if (restored) before = was;
  at("unload").hidden = !restored;
  if (restored || !all) at("backup-note").textContent = text(restored ? "restored" : "noSettings");
  else at("backup-note").textContent = "";
}

async function unload(): Promise<void> {
  const all = before;
  if (!all || !(await kept(update(() => all)))) return;
  at("unload").hidden = true;
  at("backup-note").textContent = text("undone");
  at("load").focus();
}
