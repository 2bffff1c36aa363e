/** The part of the options page about the reader's marks: what there is, what room it takes, and the ways to delete it. */
import { onStored } from "./browser";
import { element, line, quoted, svg } from "./draw";
import { at, button, redraw, released } from "./options-parts";
import type { Looks, Mark } from "./protocol";
import { forget, type Reviewed, restore, reviews, siteOf } from "./reviews";
import { counted, size, text } from "./words";

const DAY = 24 * 60 * 60 * 1000;
/** In days. */
const AGES = { month: 30, year: 365 } as const;

/** Sites whose marks are shown. */
const open = new Set<string>();
let gone: Reviewed[] = [];
let looks: Looks;

/** Begins; `worn`: the reader's lines. */
export async function startReview(worn: Looks): Promise<void> {
  looks = worn;
  at("age").append(
    ...(["month", "year"] as const).map((age) => {
      const option = element("option", "", text(`age_${age}`));
      option.value = age;
      return option;
    }),
  );
  at("review-age").addEventListener("submit", (event) => {
    event.preventDefault();
    const days = AGES[at<HTMLSelectElement>("age").value as keyof typeof AGES];
    const limit = Date.now() - days * DAY;
    void take((_, mark) => mark.at < limit);
  });
  at("review-all").addEventListener("click", () => void take(() => true));
  at("review-undo").addEventListener("click", () => void undo());
  onStored(() => void draw());
  await draw();
}

async function draw(): Promise<void> {
  const all = await reviews();
  await released();
  const sites = new Map<string, Reviewed[]>();
  for (const page of all) {
    const site = siteOf(page);
    sites.set(site, [...(sites.get(site) ?? []), page]);
  }
  at("review-space").textContent = all.length === 0 ? "" : told(all);
  at("review-age").hidden = all.length === 0;
  redraw("review-list", [all, looks], () =>
    all.length === 0
      ? [element("li", "none", text("noReview"))]
      : [...sites].sort(([a], [b]) => a.localeCompare(b)).map(([site, pages]) => drawSite(site, pages)),
  );
}

/** "12 marks on 3 pages, 4 kB" */
function told(pages: readonly Reviewed[]): string {
  const marks = pages.reduce((sum, page) => sum + page.marks.length, 0);
  const bytes = pages.reduce((sum, page) => sum + page.bytes, 0);
  return text("marksOn", counted("marks", marks), counted("pages", pages.length), size(bytes));
}

function drawSite(site: string, pages: readonly Reviewed[]): HTMLElement {
  const row = element("li", "reviewed");
  const list = element("ul");
  list.id = `marks-${site}`;
  const fold = button(site, site, () => {
    if (!open.delete(site)) open.add(site);
    show();
  });
  fold.className = "fold";
  fold.prepend(svg("opens", "0 0 10 10", "M3.5 2 6.5 5 3.5 8"));
  fold.setAttribute("aria-controls", list.id);
  const show = () => {
    list.hidden = !open.has(site);
    fold.ariaExpanded = String(!list.hidden);
    if (!list.hidden && list.childElementCount === 0) list.append(...pages.flatMap(drawMarks));
  };
  show();
  const remove = button(
    text("delete"),
    text("deleteSite", site),
    () => void take((page) => siteOf(page) === site),
  );
  row.append(fold, element("span", "scope", told(pages)), remove, list);
  return row;
}

/** The newest first. */
function drawMarks(page: Reviewed): HTMLElement[] {
  return [...page.marks].reverse().map((mark) => {
    const row = element("li");
    const said = element("span", "scope", text(`marked_${mark.verdict}`));
    if (mark.note !== "") said.append(element("span", "note", mark.note));
    const words = quoted(element("bdi", "page", mark.words));
    const where = element("span", "where", page.title || page.address);
    where.title = page.address;
    words.append(where);
    const remove = button(
      text("delete"),
      text("deleteThis", mark.words),
      () => void take((other, one) => other.address === page.address && one.id === mark.id),
    );
    row.append(line(mark.category, looks[mark.category].line), words, said, remove);
    return row;
  });
}

async function take(meant: (page: Reviewed, mark: Mark) => boolean): Promise<void> {
  try {
    gone = await forget(meant);
    const marks = gone.reduce((sum, page) => sum + page.marks.length, 0);
    tell(counted("marksDeleted", marks), marks > 0);
  } catch (reason) {
    tell(String(reason), false);
  }
}

async function undo(): Promise<void> {
  try {
    await restore(gone);
    gone = [];
    tell(text("marksBack"), false);
    at("review").focus();
  } catch (reason) {
    tell(text("notKept", String(reason)), true);
  }
}

function tell(words: string, undoable: boolean): void {
  at("review-note").textContent = words;
  at("review-undo").hidden = !undoable;
}
