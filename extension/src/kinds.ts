/**
 * What an element is to a reader: part of a sentence, a block of its own, or nothing to read. What is
 * main text is the core's decision; only what nobody reads as text is left out here. The names of
 * elements are data that the command-line program shares, which reads pages without a browser.
 */
import { inline, landmarkRoles, landmarks, skipped, skippedRoles } from "../../crate/data/page/blocks.json";

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
  const tag = element.localName;
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
  if (SKIPPED.has(tag)) return true;
  if (!element.hasAttributes()) return false;
  if (element.hasAttribute("hidden") || element.getAttribute("aria-hidden") === "true") return true;
  const editable = element.getAttribute("contenteditable");
  if (editable !== null && editable !== "false") return true;
  const role = element.getAttribute("role");
  return role !== null && SKIPPED_ROLES.has(role);
}

/** The part of a closed `<details>` that is not its heading. */
function isFolded(tag: string, parent: Element | null): boolean {
  return parent?.localName === "details" && tag !== "summary" && !parent.hasAttribute("open");
}

function isBlock(tag: string, display: string, style: CSSStyleDeclaration): boolean {
  if (display.startsWith("inline") || display === "contents" || display.startsWith("ruby")) return false;
  // A drop cap: a box only because it floats.
  return !(INLINE.has(tag) && style.float !== "none");
}

/** Whether an element leads somewhere else. */
export function isLink(element: Element): boolean {
  if (element.localName !== "a") return false;
  const href = element.getAttribute("href");
  return href !== null && href !== "" && href !== "#" && !/^\s*javascript:/i.test(href);
}

/** A number or sign that leads to a note; not the raised letters of "1st" or "m2". */
export function isMark(element: Element): boolean {
  const tag = element.localName;
  if (element.getAttribute("role") === "doc-noteref") return true;
  if (tag === "sup") {
    return (
      element.querySelector("a") !== null || /^\s*(\[.{1,4}\]|[*†‡§])\s*$/u.test(element.textContent ?? "")
    );
  }
  return element.classList.contains("reference") && (tag === "a" || tag === "span");
}

/** The landmarks that an element is, by name and by role. */
export function landmarksOf(element: Element): readonly string[] {
  const tag = element.localName;
  if (!LANDMARKS.has(tag) && !element.hasAttribute("role")) return NONE;
  const role = LANDMARK_ROLES[element.getAttribute("role") ?? ""];
  return [...(LANDMARKS.has(tag) ? [tag] : []), ...(role === undefined || role === tag ? [] : [role])];
}

/**
 * Whether to ask for a closed root, which costs a call into the browser. A standard element that has
 * children of its own would hide them behind a root: hardly any page does that.
 */
export function mayHostClosed(element: Element): boolean {
  const tag = element.localName;
  return tag.includes("-") || (MAY_HOST.has(tag) && !element.hasChildNodes());
}
