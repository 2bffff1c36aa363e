/**
 * What an element is to a reader: part of a sentence, a block of its own, or nothing to read. What is
 * main text is the core's decision; only what nobody reads as text is left out here. The names of
 * elements are data that the command-line program shares, which reads pages without a browser.
 */
import { inline, landmarkRoles, landmarks, skipped, skippedRoles } from "../../crate/data/page/blocks.json";
import * as here from "./here";
import * as nodes from "./nodes";

/** Never text of the article, whatever the style sheet says. */
const SKIPPED = new Set(skipped.split(" "));
const SKIPPED_ROLES = new Set(skippedRoles.split(" "));
/** Elements that may be drawn inside a sentence, even where a float turns them into a box. */
const INLINE = new Set(inline.split(" "));
const LANDMARKS = new Set(landmarks.split(" "));
const LANDMARK_ROLES: Readonly<Record<string, string>> = landmarkRoles;
const NONE: readonly string[] = [];
/** Elements that the platform lets have a shadow root, beside those with a name of their own. */
const MAY_HOST = new Set(
  "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "),
);

/**
 * hidden: it has no box, and may get one; skipped: it is drawn, or never will be, and isn't text;
 * block: text in it doesn't run on into what is around it; inline: it does.
 */
export type Kind = "hidden" | "skipped" | "block" | "inline";

/** `box`: whether it parts the text around it, which a skipped element does as well. */
export function kindOf(
  element: Element,
  style: CSSStyleDeclaration,
  parent: Element | null,
): { kind: Kind; box: boolean } {
  const tag = nodes.tagOf(element);
  const display = style.display;
  // An element outside the document has no style at all.
  if (display === "none" || display === "") {
    return { kind: SKIPPED.has(tag) ? "skipped" : "hidden", box: false };
  }
  const box = isBlock(tag, display, style);
  if (isSkipped(element, tag) || isFolded(tag, parent)) return { kind: "skipped", box };
  return { kind: box ? "block" : "inline", box };
}

function isSkipped(element: Element, tag: string): boolean {
  if (SKIPPED.has(tag)) return !(tag === "pre" && here.isPlain());
  if (!nodes.hasAnyAttribute(element)) return false;
  if (nodes.hasAttributeOf(element, "hidden") || nodes.attribute(element, "aria-hidden") === "true")
    return true;
  const editable = nodes.attribute(element, "contenteditable");
  if (editable !== null && editable !== "false") return true;
  const role = nodes.attribute(element, "role");
  return role !== null && SKIPPED_ROLES.has(role);
}

/** The part of a closed `<details>` that is not its heading. */
function isFolded(tag: string, parent: Element | null): boolean {
  return (
    parent !== null &&
    nodes.tagOf(parent) === "details" &&
    tag !== "summary" &&
    !nodes.hasAttributeOf(parent, "open")
  );
}

function isBlock(tag: string, display: string, style: CSSStyleDeclaration): boolean {
  if (display.startsWith("inline") || display === "contents" || display.startsWith("ruby")) return false;
  // A drop cap: a box only because it floats.
  return !(INLINE.has(tag) && style.float !== "none");
}

/** Whether an element leads somewhere else. */
export function isLink(element: Element): boolean {
  if (nodes.tagOf(element) !== "a") return false;
  const href = nodes.attribute(element, "href");
  return href !== null && href !== "" && href !== "#" && !/^\s*javascript:/i.test(href);
}

/** A number or sign that leads to a note; not the raised letters of "1st" or "m2". */
export function isMark(element: Element): boolean {
  const tag = nodes.tagOf(element);
  if (nodes.attribute(element, "role") === "doc-noteref") return true;
  if (tag === "sup") {
    return isRaisedMark(element);
  }
  return (tag === "a" || tag === "span") && nodes.classesOf(element).contains("reference");
}

/** A mark is short: no more of what is in it is looked at, which may be a page in a page in a page. */
const MARK_NODES = 32;
const MARK_TEXT = 32;

function isRaisedMark(sup: Element): boolean {
  let words = "";
  const way = nodes.wayThrough(sup);
  for (let i = 0; way.nextNode(); i++) {
    const node = way.currentNode;
    if (i === MARK_NODES || words.length > MARK_TEXT) return false;
    if (nodes.isElement(node) && nodes.tagOf(node) === "a") return true;
    if (nodes.isText(node)) words += node.data.slice(0, MARK_TEXT + 1);
  }
  return /^\s*(\[.{1,4}\]|[*†‡§])\s*$/u.test(words);
}

/** The landmarks that an element is, by name and by role. */
export function landmarksOf(element: Element): readonly string[] {
  const tag = nodes.tagOf(element);
  if (!LANDMARKS.has(tag) && !nodes.hasAttributeOf(element, "role")) return NONE;
  const role = LANDMARK_ROLES[nodes.attribute(element, "role") ?? ""];
  return [...(LANDMARKS.has(tag) ? [tag] : []), ...(role === undefined || role === tag ? [] : [role])];
}

/**
 * Whether to ask for a closed root, which costs a call into the browser. A standard element that has
 * children of its own would hide them behind a root: hardly any page does that.
 */
export function mayHostClosed(element: Element): boolean {
  const tag = nodes.tagOf(element);
  return tag.includes("-") || (MAY_HOST.has(tag) && !nodes.hasChildren(element));
}
