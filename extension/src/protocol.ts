/**
 * Everything that crosses a boundary: what the content script sends to the engine, what the engine
 * answers, and the messages between popup, panel, background and page. No other file declares a message.
 *
 * Offsets are UTF-16 units, strengths in a reading are hundredths (0..100), times are milliseconds.
 */

/** In the order of precedence: where highlights overlap, the card of the first one opens. */
export const CATEGORIES = ["anonymous", "unsourced", "hedged"] as const;
export type Category = (typeof CATEGORIES)[number];

export const SENSITIVITIES = ["quiet", "normal", "everything"] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** The faintest strength that each sensitivity still shows, in hundredths. */
export const CUT: Readonly<Record<Sensitivity, number>> = { quiet: 80, normal: 50, everything: 0 };

/** What Hearsay does on a site by itself. "click" is the rule of every site without another one. */
export const SITE_RULES = ["off", "click", "always"] as const;
export type SiteRule = (typeof SITE_RULES)[number];

/** Which flags the reader wants to see. Changing it never needs the engine. */
export interface Filter {
  sensitivity: Sensitivity;
  categories: Record<Category, boolean>;
}

/** How a category is drawn, by name; what stands behind the names is in `theme.ts`. */
export const LINE_STYLES = ["solid", "dotted", "wavy", "dashed"] as const;
export type LineStyle = (typeof LINE_STYLES)[number];
export const COLOURS = ["violet", "ochre", "petrol", "blue", "grey"] as const;
export type Colour = (typeof COLOURS)[number];
export type Looks = Record<Category, { line: LineStyle; colour: Colour }>;

/** Words that the reader wants marked; `pattern`: a regular expression. */
export interface Phrase {
  category: Category;
  text: string;
  pattern: boolean;
}

/** What the reader asked not to see any more: these words wherever they stand, or one flag. */
export interface Dismissal {
  category: Category;
  words: string;
  /** Of one flag: the address of its document without the place in it, and the text around it. */
  flag: { page: string; before: string; after: string } | null;
}

/** What the reader can make of a flag; "missed": there should have been one. */
export const VERDICTS = ["right", "wrong", "unsure"] as const;
export type Verdict = (typeof VERDICTS)[number] | "missed";

/** Words of a page, and what stands around them there. */
export interface Quote {
  words: string;
  around: { before: string; after: string };
}

/** What the reader made of one flag of a page. */
export interface Mark extends Quote {
  /** Unlike that of any other mark of its page. */
  id: string;
  category: Category;
  /** Of a missed flag. */
  kind: Decided | null;
  verdict: Verdict;
  note: string;
  /** When it was made or changed last. */
  at: number;
}

/** What happens to the marks of one page. */
export type MarkAct =
  | { what: "add"; mark: Mark }
  | { what: "change"; id: string; verdict: Verdict; note: string; at: number }
  | { what: "delete"; id: string };

/** What of the settings concerns a page. */
export interface View extends Filter {
  looks: Looks;
  phrases: Phrase[];
  dismissed: Dismissal[];
}

/** What holds on one site beside the rest; never empty. */
export interface Site {
  rule?: Exclude<SiteRule, "click">;
  /** Categories that aren't shown there. */
  hidden?: Category[];
}

/** All that is kept between sessions. `sites` is keyed by host name. */
export interface Settings extends View {
  sites: Record<string, Site>;
}

/** What the reader changed from a page or for it. */
export type Act =
  | ({ what: "filter" } & Partial<Filter>)
  | { what: "dismiss" | "restore"; dismissal: Dismissal };

/** What the reader changed for a site: `shows` is a category that it shows again. */
export type SiteAct = { what: "site"; host: string; rule?: SiteRule; shows?: Category };

/** Either, from the popup or the panel; the id tells one that comes twice. */
export interface Switched {
  id: string;
  act: Act | SiteAct;
}

/** The background of the page decides the palette, not the system. */
export type Tone = "light" | "dark";

/** What the style sheet in a page is made of. */
export interface Sheet {
  tone: Tone;
  looks: Looks;
}

// ── The engine ───────────────────────────────────────────────────────────────────────────────────

/** One block-level run of text, with the facts from which the core decides what is main text. */
export interface Block {
  /** Visible text: runs of white space are one space, the ends are trimmed, no-break spaces are kept. */
  text: string;
  /** Lower-case name of the nearest block-level element. */
  tag: string;
  /** Preorder numbers of the elements from the outermost one down to the block's, the innermost 24. */
  path: number[];
  /** Landmarks around it: article main aside header footer figure form table blockquote. */
  within?: string[];
  /** Class and id words of the nearest six elements, lower-case, at most 200 characters. */
  hint?: string;
  /** Ranges of `text` inside links. */
  links?: [number, number][];
  /** Ranges of `text` that are citation marks. */
  marks?: [number, number][];
}

/** One document as the engine reads it; the native program takes the same object. */
export interface PageInput {
  url: string | null;
  title: string | null;
  /** `<html lang>` as written. */
  language: string | null;
  /** Set when the reader said what language the page is in. */
  assume?: string;
  /** Set when the reader wants the whole page read, and not its main text alone. */
  whole?: boolean;
  /** The reader's own phrases, and what of the page was dismissed. */
  phrases?: Phrase[];
  dismissed?: { category: Category; words: string; around: { before: string; after: string } | null }[];
  /** What the reader made of flags on the page. */
  marks?: Mark[];
  blocks: Block[];
}

/** Blocks that gave way to others: `remove` blocks from `at` on, counted before any other change. */
export interface Splice {
  at: number;
  remove: number;
  blocks: Block[];
}

/** What changed of a document, in the order of its blocks. */
export interface Change {
  /** As they are now. */
  facts: Omit<PageInput, "blocks">;
  splices: Splice[];
}

/** Numbers a flag takes in `Reading.flags`: block, start, end, category, kind, strength, 1 if it is dismissed. */
export const FLAG_SIZE = 7;

/** What the engine found in one document. */
export interface Reading {
  /** Primary language subtag of the text, "und" when there is too little of it. */
  language: string;
  /** False when the text is not English; then there are no flags. */
  readable: boolean;
  words: number;
  sentences: number;
  /** Attributed claims. */
  claims: number;
  /** Blocks that the engine took apart for this document so far, in all its readings. */
  taken: number;
  /** `FLAG_SIZE` numbers a flag, sorted by block and start. */
  flags: number[];
}

/** What a flag is, as the core names it. */
export type Kind = Decided | "phrase";

/** The kinds of each category that rules make, in the order in which they are told. */
export const KINDS = {
  anonymous: ["person", "group", "document", "agentless"],
  unsourced: ["consensus", "statistic", "accusation", "motive", "cause", "superlative", "prediction"],
  hedged: ["modal", "likelihood", "appearance", "hearsay", "condition", "approximation"],
} as const satisfies Record<Category, readonly string[]>;
export type Decided = (typeof KINDS)[Category][number];
export const categoryOf = (kind: Decided): Category =>
  CATEGORIES.find((category) => (KINDS[category] as readonly Decided[]).includes(kind)) ?? "hedged";

/** What a source is. */
export type SourceKind =
  | "named-person"
  | "institution"
  | "publication"
  | "person"
  | "group"
  | "document"
  | "agentless";

/** What the card tells. The core finds it, `tell.ts` has the words. */
export interface Details {
  category: Category;
  kind: Kind;
  /** Whose words the flag sits in. */
  voice: "author" | "source";
  /** The flag's own words; cues carry the weight. */
  words: { text: string; cue: boolean }[];
  /** In card order: the page's own words, of a chain the nearest first; or, where it has none, what there is to say. */
  facts: { name: string; page: string[]; ours: string | null }[];
  /** From 0 to 1. */
  strength: number;
  /** How many of the page's attributed claims rest on the same source; `index` counts from 0. */
  rests: { claims: number; total: number; index: number } | null;
  rule: string;
  why: string;
  /** Which of the tab's documents the flag is in. */
  document: number;
  /** Where the claims of its source stand, in page order. */
  claims: Place[];
  copy: Copy;
}

/** One flag for the clipboard: its sentence, its source and a link to its words. */
export interface Copy {
  markdown: string;
  html: string;
}

/** What an attributed claim rests on, in the order in which it is told. */
export type Basis = "people" | "institutions" | "documents" | "anonymous";

/** What the page's attributed claims rest on. */
export interface Sourcing {
  /** All attributed claims, at least one. */
  claims: number;
  /** Those on each basis; a basis without claims is left out. */
  counts: { basis: Basis; claims: number }[];
  /** The anonymous source that most of them rest on, in the page's words; null where none carries two. */
  heaviest: { label: string; kind: SourceKind; claims: number } | null;
}

/** Where something stands: UTF-16 units in a block of one of the page's documents. */
export interface Place {
  /** Which of the documents, in page order from 0. */
  document: number;
  block: number;
  start: number;
  end: number;
}

/** One flag of the list. */
export interface ListedFlag {
  /** Stable over readings. */
  id: string;
  /** Its number in its document's reading. */
  flag: number;
  place: Place;
  category: Category;
  kind: Kind;
  /** The page's words: the sentence before it, its own, the sentence after it. */
  before: string;
  words: string;
  after: string;
  /** How far down the text it stands, from 0 to 1. */
  at: number;
  /** Its words as they stand, and what is around them. */
  quote: Quote;
  review: Review | null;
}

/** What the reader made of a flag. */
export interface Review {
  /** The mark's. */
  id: string;
  verdict: Verdict;
  note: string;
}

/** A mark that no flag has any more. */
export interface Orphan {
  /** Which of the documents. */
  document: number;
  category: Category;
  words: string;
  review: Review;
}

/** One source of the ledger. */
export interface ListedSource {
  id: string;
  /** The page's own wording; null for nobody. */
  label: string | null;
  basis: Basis;
  kind: SourceKind;
  /** What the page says of why it isn't named. */
  because: "unsaid" | "granted" | "given";
  count: number;
  /** `flag`: the listed flag that marks it, by its place in `List.flags`. */
  claims: { text: string; place: Place; flag: number | null }[];
}

/** What the panel shows. The core finds and groups it, `tell.ts` has the words. */
export interface List {
  language: string;
  readable: boolean;
  words: number;
  /** Flags that this sensitivity shows, whether their category is switched on or not. */
  strong: number;
  /** Flags that only a higher sensitivity would show. */
  fainter: number;
  /** Flags that would be listed, had the reader not dismissed them. */
  dismissed: number;
  /** Attributed claims. */
  claims: number;
  sourcing: Sourcing | null;
  /** How many flags stand in each third of the text. */
  thirds: [number, number, number];
  categories: { category: Category; flags: number }[];
  /** In reading order. */
  flags: ListedFlag[];
  /** How many more there are than the list takes. */
  more: number;
  orphans: Orphan[];
  /** What the picture of all claims shows. */
  groups: { basis: Basis; claims: number }[];
  /** Those that most claims rest on first. */
  sources: ListedSource[];
}

/** As the core names them; `formats.ts` says what they are for. */
export type ExportFormat =
  | "html"
  | "markdown"
  | "csv"
  | "csvbom"
  | "json"
  | "webannotation"
  | "hypothesis"
  | "gold";

/** An example for every kind that rules make: before, the words that the engine marks, after. */
export type Guide = { category: Category; kind: Decided; example: [string, string, string] }[];

/** What is wrong with a phrase: a name, and what there is to say of a pattern. */
export interface Wrong {
  what: "empty" | "long" | "everywhere" | "pattern";
  detail: string;
}

export interface ExportOptions {
  format: ExportFormat;
  /** From 0 to 1. */
  minStrength: number;
  categories: Category[];
  includeText?: boolean;
  /** Whether dismissed flags go along. */
  dismissed?: boolean;
  url: string | null;
  title: string | null;
  /** ISO 8601 in UTC, ending in Z. */
  created: string;
}

// ── Messages ─────────────────────────────────────────────────────────────────────────────────────

/** Names one reading of one document. The background adds tab and frame. */
export interface DocumentRef {
  /** Random, new for every document. */
  document: string;
  /** Counts the readings of that document. */
  revision: number;
  /** Position among its siblings at every level below the top document, which is []. */
  order: number[];
}

/** The whole document. */
export interface ReadRequest extends DocumentRef {
  page: PageInput;
}

/** A step from one revision of a document to the next. */
export interface ChangeRequest extends DocumentRef {
  /** The revision that changes; null: a document that is empty so far. */
  base: number | null;
  change: Change;
  /** The next step follows at once: no reading is wanted of this one. */
  more: boolean;
}

/** What a frame has cost since highlights were switched on, in counts; `longest` in milliseconds. */
export interface Work {
  /** Nodes of the page visited. */
  visited: number;
  /** Blocks made of them. */
  collected: number;
  /** Elements looked at for whether they are still shown, or shown by now. */
  checked: number;
  /** Elements without a box that are awaited now. */
  awaited: number;
  /** Rounds of reading what changed. */
  rounds: number;
  /** Messages about the page's text, and blocks in them. */
  messages: number;
  blocks: number;
  /** Ranges made. */
  ranges: number;
  /** The longest that the page was kept from going on. */
  longest: number;
  /** Whether something that changed is still to be read. */
  pending: boolean;
}

/** How long the first reading took. */
export interface Timings {
  /** Page to blocks and node map. */
  collect: number;
  /** Message to the background, engine, style sheet, message back. */
  engine: number;
  /** Ranges built and registered. */
  paint: number;
  /** From the message (or start) to the next frame after registering; null while no frame was drawn. */
  total: number | null;
}

/** One frame as it is now. */
export interface FrameStatus extends DocumentRef {
  on: boolean;
  /** The reader switched this page off by hand; opening the popup respects that. */
  dismissed: boolean;
  url: string;
  title: string;
  reading: Omit<Reading, "flags"> | null;
  way: Way;
  /** Category (0, 1, 2) and strength, two numbers a flag, of all flags that aren't dismissed, shown or not. */
  flags: number[];
  /** Flags that are dismissed. */
  hidden: number;
  /** In a private window: what the reader chose for this page alone. */
  lent: Act[];
  /** Ranges painted now. */
  shown: number;
  /** What the reader's system prefers: the toolbar's colour, not the page's. */
  scheme: Tone;
  timings: Timings | null;
  work: Work | null;
  troubles: Trouble[];
  /** Why there is no reading, in words. */
  error: string | null;
}

/**
 * What the reader should know of how it went. cut: the page goes on behind what was read; restless: it
 * changes faster than it can be read; beaten: it took the marks away so often that they stay away.
 */
export type Trouble = "cut" | "restless" | "beaten";

/** How the reader wants this page read: as English, and all of it. Holds until another page is there. */
export type Way = Pick<PageInput, "assume" | "whole">;

/** To the content script of one frame: message → reply. */
export interface ToPage {
  /** Switches on. Without `force` a page that the reader dismissed stays off. */
  on: { ask: { view: View; site: string; force: boolean }; reply: FrameStatus };
  /** Switches off. `dismiss`: by hand, so it stays off on this page. */
  off: { ask: { dismiss: boolean }; reply: FrameStatus };
  status: { ask: object; reply: FrameStatus };
  /** Reads again as the reader wants it. */
  readAs: { ask: { way: Way }; reply: FrameStatus };
  /** The background may have lost this document: all of it once more, unless it is among the known ones; null when off. */
  resend: { ask: { known: DocumentName[] }; reply: ReadRequest | { known: true } | null };
  /** In a private window, where nothing is kept: this holds for as long as the page does. */
  lend: { ask: { act: Act }; reply: FrameStatus };
  tally: { ask: Tallied; reply: Tally };
  /** What the reader has selected in this document; null where it isn't the one that is named. */
  quote: { ask: { document: string | null }; reply: Quoted | null };
  /** In a private window: as `lend`, for the reader's marks. */
  lendMark: { ask: { act: MarkAct }; reply: null };
  /** To the next or previous flag. Without a current one, and without an entrance, nothing happens. */
  step: { ask: { by: 1 | -1; enter: Entrance | null }; reply: Stepped | null };
  /** Opens the card of the current flag, and sets the focus there. */
  card: { ask: object; reply: { opened: boolean } };
  /** Tells the reader who hears rather than sees; whether there is something to say it with. */
  say: { ask: { text: string }; reply: { said: boolean } };
}

export interface Quoted {
  /** The address of the document without the place in it. */
  page: string;
  title: string;
  /** Or why there is none. */
  quote: Quote | "none" | "several" | "long";
}

/** What the reader does about a flag of the panel's list, or one that isn't in it. */
export type Reviewing =
  | { what: "mark"; id: string; category: Category; quote: Quote; verdict: Verdict; note: string }
  | { what: "add"; id: string; kind: Decided }
  | { what: "change"; id: string; verdict: Verdict; note: string }
  | { what: "delete"; id: string };

/** Where a frame that has no current flag begins: at what is in view, or at its first or last flag. */
export type Entrance = "view" | "edge";

/** The flag that is current now. */
export interface Stepped {
  /** Its number among those shown, from 0; null: there is none in this frame. */
  at: number | null;
  category: Category | null;
  words: string;
  /** Whether there was one before. */
  was: boolean;
}

/** A flag by what a dismissal of its likes would go by. */
export interface Tallied {
  category: Category;
  words: string;
}

/** How many flags are shown that a dismissal would take away. */
export interface Tally {
  phrase: number;
  category: number;
  site: number;
}

/** To the background, from the content scripts of one frame: what that frame and its tab may ask for. */
export interface FromFrames {
  /** A script that runs by site rule asks whether to start. */
  hello: { ask: object; reply: { view: View | null; site: string } };
  /** What reads a page again is wanted in this frame, or what answers the reader's hand; it is there when the reply comes. */
  again: { ask: object; reply: null };
  hand: { ask: object; reply: null };
  /**
   * What the tab's site shows by now, with what this page was lent; null where the browser keeps its address to itself.
   * `off`: by the site's rule. And what the reader made of flags on this page, with what only the page knows of that:
   * `page` is its address without the place in it, which must be the frame's.
   */
  view: {
    ask: { page: string; lent: Act[]; lentMarks: MarkAct[] };
    reply: { view: View | null; off: boolean; marks: Mark[] };
  };
  /** `sheet` is there when the page needs that style sheet first. `resend`: the base is not known (any more). */
  read: {
    ask: ChangeRequest & { sheet: Restyle | null };
    reply: { reading: Reading } | { more: true } | { resend: true } | Failure;
  };
  /** Frames were loaded in the page: they may be among those to be read. */
  frames: { ask: object; reply: null };
  /** `address`: the document's. `resend`: it is not known (any more); read it again and ask again. */
  details: {
    ask: DocumentRef & { flag: number; address: string };
    reply: { details: Details } | { resend: true } | Failure;
  };
  /** The page's background changed, or how the reader wants flags drawn. */
  sheet: { ask: { sheet: Restyle }; reply: null };
  /** The reader dismissed something from its card, or took that back. */
  act: { ask: { act: Act }; reply: Kept };
  /** The same for all of the site. */
  siteOff: { ask: { off: boolean }; reply: Kept };
  /** Over all frames. */
  tally: { ask: Tallied; reply: Tally };
  /** The reader wants to know how a kind of flag is decided. */
  explain: { ask: { kind: Kind }; reply: null };
  /** The document goes away, or its site was switched off. */
  bye: { ask: { site: boolean }; reply: null };
}

/**
 * To the background, from popup, panel and options alone: it concerns any tab and all that is kept, and a page that
 * got hold of its content script must not have it.
 */
export interface FromOurPages {
  /** The popup opened: switches on where the rules allow it. */
  open: { ask: TabRef; reply: TabReport };
  switch: { ask: TabRef & { on: boolean }; reply: TabReport };
  readAs: { ask: TabRef & { way: Way }; reply: TabReport };
  /** The popup's and the panel's switches: made here, because either may close before it is done. */
  change: { ask: Switched; reply: Kept };
  /** The same in a private window: for this page alone. */
  lend: { ask: { tab: number; act: Act }; reply: Kept };
  /** What is wrong with a phrase; null where nothing is. */
  check: { ask: { phrase: Phrase }; reply: { wrong: Wrong | null } | Failure };
  guide: { ask: object; reply: { guide: Guide } | Failure };
  /** The panel shows this tab. */
  list: { ask: TabRef; reply: ListReport };
  /** `document`: the one that the flag or mark is in; null for what is selected. `failed`: why nothing is kept of it. */
  review: {
    ask: TabRef & { secret: boolean; document: string | null; review: Reviewing };
    reply: { failed: NotKept | null };
  };
  /** `document`: the top one of what the reader was shown. */
  export: {
    ask: TabRef & { document: string | null; format: ExportFormat; hidden: boolean };
    reply: { text: string } | Failure;
  };
}

/** Why a mark isn't kept, in words; `full`: there is no room for it. */
export interface NotKept {
  why: string;
  full: boolean;
}

export interface ToBackground extends FromFrames, FromOurPages {}

/** The style sheet that a page needs, and the one that it replaces. */
export interface Restyle {
  now: Sheet;
  before: Sheet | null;
}

/** What the panel draws. Asking for it switches nothing on. */
export interface ListReport {
  /** unread: nobody has asked for this page to be read; reading: not yet done. */
  state: TabReport["state"] | "unread" | "reading";
  title: string;
  list: List | null;
  /** The documents that a `Place` names, in page order. */
  documents: DocumentName[];
  /** Why there is no list, in words. */
  error: string | null;
}

/** One reading of one document. */
export type DocumentName = Pick<DocumentRef, "document" | "revision">;

/** From the background to every panel. */
export interface ToPanel {
  /** What a tab's list is made of has changed. `closed`: the reader asked for it, and no script may run there. */
  changed: { ask: { tab: number; closed: boolean }; reply: null };
}

/** From the panel to the frames of the tab it shows, over a channel that lasts as long as both do. */
export type PanelToPage =
  /** Scrolls there and marks it; without a flag, the words alone. */
  | ({ type: "go"; flag: number | null } & DocumentName & Omit<Place, "document">)
  /** Scrolls to where the reader was before the first `go`. */
  | { type: "back" };

/** From a frame to the panel that follows it. */
export type PageToPanel =
  /** The reader has come to this flag; `picked`: by a click on its words. */
  { type: "at"; flag: number; picked: boolean } & DocumentName;

export interface Failure {
  error: string;
}

/** Why what the reader did could not be kept, in words; null where it is. */
export type Kept = Failure | null;

export interface TabRef {
  tab: number;
  url: string;
}

/** What the popup draws. */
export interface TabReport {
  /** closed: no script may run here; site-off: the site's rule; off: this page, by hand. */
  state: "closed" | "site-off" | "off" | "on";
  /** In page order, the top document first. */
  frames: FrameStatus[];
  /** Of all frames as one page; null where no claim is attributed, or nothing is read. */
  sourcing: Sourcing | null;
}

/** A message as it is sent. */
export type Envelope<M, K extends keyof M = keyof M> = K extends keyof M
  ? { type: K } & (M[K] extends { ask: infer A } ? A : never)
  : never;
export type Reply<M, K extends keyof M> = M[K] extends { reply: infer R } ? R : never;
