/**
 * What the reader makes of flags, in the panel: the line under a flag's row, the marks whose flag is
 * gone, and what it takes to add a flag. What isn't kept stays where it is, and says so.
 */
import { ask, openOptions, type Tab } from "./browser";
import { element, line, quoted } from "./draw";
import {
  CATEGORIES,
  type Decided,
  KINDS,
  type ListedFlag,
  type Looks,
  type NotKept,
  type Orphan,
  type Review,
  type Reviewing,
  VERDICTS,
  type Verdict,
} from "./protocol";
import { LONGEST_NOTE } from "./reviews";
import { kindLabel, title } from "./tell";
import { counted, text } from "./words";

/** How long the reader pauses in a note before it is kept, in ms. */
const PAUSE = 700;

/** The tab that the panel shows, and the documents of its list by name. */
export interface Shown {
  tab: Tab;
  documents: readonly { document: string; revision: number }[];
}

/** What the reader wants of a flag that the list doesn't show yet. */
interface Wanted {
  tab: Tab;
  document: string;
  flag: ListedFlag;
  /** The mark's; it is there before the mark is kept. */
  id: string;
  review: Review | null;
  failed: NotKept | null;
  /** The list as it was when the mark was kept. */
  kept: string | null;
}

interface Line {
  root: HTMLElement;
  update: (review: Review | null, failed: NotKept | null, open: boolean) => void;
}

export class Reviews {
  /** The flag whose line is open. */
  private open: string | null = null;
  /** By document and flag: another page may be looked at while there is no room for a mark on this one. */
  private readonly wanted = new Map<string, Wanted>();
  /** Of the flags that have one; and those flags, as they are listed now. */
  private readonly lines = new Map<string, Line>();
  private readonly flags = new Map<string, ListedFlag>();
  /** One at a time, in the order of the reader's clicks. */
  private sending: Promise<unknown> = Promise.resolve();
  private readonly shown: () => Shown | null;
  private readonly redraw: () => void;

  constructor(shown: () => Shown | null, redraw: () => void) {
    this.shown = shown;
    this.redraw = redraw;
  }

  /** Another page: what was open on the one before is closed. */
  begin(): void {
    this.open = null;
    for (const [key, { failed }] of this.wanted) if (!failed?.full) this.wanted.delete(key);
    this.lines.clear();
    this.flags.clear();
  }

  /** The reader has picked this flag. */
  pick(flag: ListedFlag): void {
    if (this.open === flag.id) return;
    this.open = flag.id;
    this.redraw();
  }

  /** What the reader made of a flag, or wants to. */
  of(flag: ListedFlag): Review | null {
    const wanted = this.pending(flag);
    return wanted ? wanted.review : flag.review;
  }

  /** The line under a flag's row; null where there is nothing to show. */
  line(flag: ListedFlag): HTMLElement | null {
    const open = this.open === flag.id;
    const review = this.of(flag);
    const failed = this.pending(flag)?.failed ?? null;
    if (!open && !review && !failed) {
      this.lines.delete(flag.id);
      this.flags.delete(flag.id);
      return null;
    }
    let one = this.lines.get(flag.id);
    if (!one) {
      one = this.make(flag.id);
      this.lines.set(flag.id, one);
    }
    this.flags.set(flag.id, flag);
    one.update(review, failed, open || failed !== null);
    return one.root;
  }

  /** What of the reader's wishes the list doesn't show yet. */
  private pending(flag: ListedFlag): Wanted | undefined {
    const key = this.key(flag);
    const wanted = this.wanted.get(key);
    if (!wanted) return undefined;
    const asWanted =
      wanted.review?.verdict === flag.review?.verdict && wanted.review?.note === flag.review?.note;
    const later = wanted.kept !== null && wanted.kept !== this.revisions();
    if (wanted.failed || !(asWanted || later) || wanted.kept === null) return wanted;
    this.wanted.delete(key);
    return undefined;
  }

  private key({ id, place }: ListedFlag): string {
    return `${this.shown()?.documents[place.document]?.document} ${id}`;
  }

  private revisions(): string {
    return JSON.stringify(this.shown()?.documents);
  }

  /** Sends again what there was no room for: some of it may have been made. */
  again(): void {
    for (const wanted of this.wanted.values()) if (wanted.failed?.full) this.send(wanted);
  }

  private want(flag: ListedFlag, verdict: Verdict | null, note: string): void {
    const before = this.wanted.get(this.key(flag));
    const { tab, documents } = this.shown() ?? {};
    const document = documents?.[flag.place.document]?.document;
    if (!tab || document === undefined) return;
    const id = before?.id ?? flag.review?.id ?? newId();
    const review = verdict && { id, verdict, note };
    const wanted = { tab, document, flag, id, review, failed: null, kept: null };
    this.wanted.set(this.key(flag), wanted);
    this.send(wanted);
    this.redraw();
  }

  private send(wanted: Wanted): void {
    const { tab, flag, document, id, review } = wanted;
    const { category, quote } = flag;
    this.sending = this.sending.then(async () => {
      const known = flag.review?.id === id;
      const step: Reviewing = !review
        ? { what: "delete", id }
        : known
          ? { what: "change", id, verdict: review.verdict, note: review.note }
          : { what: "mark", id, category, quote, verdict: review.verdict, note: review.note };
      wanted.failed = await this.tell(tab, document, step);
      wanted.kept = wanted.failed ? null : this.revisions();
      this.redraw();
    });
  }

  /** Has something kept; why it isn't. */
  private async tell(
    tab: Tab | undefined,
    document: string | null,
    review: Reviewing,
  ): Promise<NotKept | null> {
    if (!tab) return { why: text("pageLeft"), full: false };
    const { id, url, secret } = tab;
    try {
      return (await ask<"review">({ type: "review", tab: id, url, secret, document, review })).failed;
    } catch (reason) {
      return { why: String(reason), full: false };
    }
  }

  private make(id: string): Line {
    const root = element("div", "review");
    const said = element("p", "said");
    const verdicts = element("div", "verdicts");
    verdicts.setAttribute("role", "group");
    const asked = element("span", "asked");
    asked.id = `asked-${id}`;
    verdicts.setAttribute("aria-labelledby", asked.id);
    const flag = () => this.flags.get(id) as ListedFlag;
    const note = element("textarea");
    note.rows = 2;
    note.maxLength = LONGEST_NOTE;
    note.ariaLabel = text("note");
    note.placeholder = text("note");
    const buttons = VERDICTS.map((verdict) => {
      const button = push(text(`verdict_${verdict}`), () => {
        const off = this.of(flag())?.verdict === verdict;
        this.want(flag(), off ? null : verdict, note.value.trim());
      });
      return { verdict, button };
    });
    const remove = push(text("remove"), () => this.want(flag(), null, ""));
    verdicts.append(asked, ...buttons.map(({ button }) => button), remove);

    let unfolded = false;
    const unfold = push(
      text("addNote"),
      () => {
        unfolded = true;
        this.redraw();
        note.focus();
      },
      "quiet",
    );
    let pause = 0;
    const keep = () => {
      clearTimeout(pause);
      const review = this.of(flag());
      if (review && note.value.trim() !== review.note) this.want(flag(), review.verdict, note.value.trim());
    };
    note.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(keep, PAUSE);
    });
    note.addEventListener("change", keep);
    note.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") root.parentElement?.querySelector<HTMLElement>(".row")?.focus();
    });

    const trouble = element("p", "trouble");
    trouble.setAttribute("role", "status");
    const hint = element("p", "hint", text("privateMarks"));

    const update: Line["update"] = (review, failed, open) => {
      const missed = review?.verdict === "missed";
      root.classList.toggle("open", open);
      said.hidden = open;
      said.replaceChildren(...(review ? tellMark(review) : []));
      verdicts.hidden = !open;
      asked.textContent = text(missed ? "marked_missed" : "askRight");
      remove.hidden = !missed;
      for (const { verdict, button } of buttons) {
        button.hidden = missed;
        button.ariaPressed = String(review?.verdict === verdict);
      }
      if (document.activeElement !== note && (review || !open)) note.value = review?.note ?? "";
      const noted = unfolded || note.value !== "";
      note.hidden = !open || !noted;
      unfold.hidden = !open || noted || !review;
      hint.hidden = !open || !this.shown()?.tab.secret;
      trouble.hidden = failed === null;
      if (failed && trouble.dataset.why !== failed.why) {
        trouble.dataset.why = failed.why;
        trouble.replaceChildren(...this.excuse(failed, id));
      } else if (!failed) {
        delete trouble.dataset.why;
        trouble.replaceChildren();
      }
    };
    root.append(said, verdicts, unfold, note, trouble, hint);
    return { root, update };
  }

  private excuse({ why, full }: NotKept, id: string): (string | Node)[] {
    const again = push(text("tryAgain"), () => {
      const flag = this.flags.get(id);
      const wanted = flag && this.wanted.get(this.key(flag));
      if (wanted) this.send(wanted);
    });
    return [text("notKept", why), " ", again, ...(full ? [" ", makeRoom()] : [])];
  }

  // ── What has no flag ───────────────────────────────────────────────────────────────────────────

  /** Draws the marks that no flag has any more. */
  orphans(box: HTMLDetailsElement, orphans: readonly Orphan[], looks: Looks): void {
    const shows = JSON.stringify([orphans, looks]);
    if (box.dataset.shows === shows) return;
    box.dataset.shows = shows;
    box.hidden = orphans.length === 0;
    (box.querySelector("summary") as HTMLElement).textContent = counted("orphans", orphans.length);
    (box.querySelector("ul") as HTMLElement).replaceChildren(
      ...orphans.map(({ document, category, words, review }) => {
        const row = element("li");
        const drawing = line(category, looks[category].line);
        const said = element("p", "said");
        said.append(...tellMark(review));
        const trouble = element("p", "trouble");
        const act = async () => {
          const { tab, documents } = this.shown() ?? {};
          const name = documents?.[document]?.document ?? null;
          const failed = await this.tell(tab, name, { what: "delete", id: review.id });
          trouble.textContent = failed?.why ?? "";
        };
        const remove = push(text("delete"), act, "quiet");
        remove.ariaLabel = text("deleteThis", words);
        row.append(drawing, quoted(element("bdi", "page", words)), remove, said, trouble);
        return row;
      }),
    );
  }

  /** Makes what is selected on the page a flag; what there is to say of that. */
  async add(kind: Decided): Promise<(string | Node)[]> {
    const failed = await this.tell(this.shown()?.tab, null, { what: "add", id: newId(), kind });
    if (!failed) return [text("added")];
    return failed.full ? [text("notKept", failed.why), " ", makeRoom()] : [failed.why];
  }
}

/** All kinds of flag, by category. */
export function kindChoices(): HTMLElement[] {
  return CATEGORIES.map((category) => {
    const group = element("optgroup");
    group.label = title(category);
    group.append(
      ...KINDS[category].map((kind) => {
        const option = element("option", "", kindLabel(kind));
        option.value = kind;
        return option;
      }),
    );
    return group;
  });
}

/** "You marked this unsure", and the note. */
function tellMark({ verdict, note }: Review): (string | Node)[] {
  return [text(`marked_${verdict}`), ...(note === "" ? [] : [element("span", "note", note)])];
}

function makeRoom(): HTMLElement {
  return push(text("makeRoom"), () => void openOptions("review"));
}

function push(face: string, act: () => void, className = "push"): HTMLButtonElement {
  const made = element("button", className, face);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** As unlike others as the marks of one page need it. */
function newId(): string {
  return crypto.randomUUID().slice(0, 8);
}
