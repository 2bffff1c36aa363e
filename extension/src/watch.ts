/**
 * What can change on a page, heard of through events alone: nothing runs while nothing happens, and
 * nothing of the page's own world is touched. It cannot be heard when a root is attached to an element
 * that is there already, or when a style sheet's rules are edited in place; the next change shows it.
 */
import { HOST } from "./host";

const ATTRIBUTES = ["class", "style", "hidden", "open", "aria-hidden", "role", "contenteditable", "slot"];
const OPTIONS: MutationObserverInit = {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ATTRIBUTES,
};

export interface Heard {
  /** The document or a root that is watched changed. */
  records(records: MutationRecord[]): void;
  /** What is shown in an element, or for null anywhere, may have changed. */
  shown(element: Element | null): void;
  /** The address may be another one. */
  moved(): void;
  /** A frame was loaded. */
  frame(): void;
}

export class Watch {
  private readonly mutations: MutationObserver;
  private readonly sizes: ResizeObserver;

  /** Starts to listen; `signal` ends it. */
  constructor(heard: Heard, signal: AbortSignal) {
    this.mutations = new MutationObserver((records) => {
      const theirs = records.filter((record) => !isOurs(record));
      if (theirs.length > 0) heard.records(theirs);
    });
    this.mutations.observe(document, OPTIONS);
    this.sizes = new ResizeObserver((entries) => {
      for (const { target } of entries) heard.shown(target);
    });
    signal.addEventListener("abort", () => {
      this.mutations.disconnect();
      this.sizes.disconnect();
    });

    const options = { signal, passive: true, capture: true };
    // Neither bubbles, both can be caught on their way down.
    document.addEventListener("load", (event) => this.loaded(event.target, heard), options);
    document.addEventListener(
      "transitionend",
      (event) => {
        if (event.propertyName === "visibility" || event.propertyName === "display") {
          heard.shown(event.target as Element);
        }
      },
      options,
    );
    window.addEventListener("resize", () => heard.shown(null), options);
    window.addEventListener("popstate", () => heard.moved(), options);
    window.addEventListener("hashchange", () => heard.moved(), options);
    // Where it exists it tells of pushState and replaceState too; elsewhere the change of the page does.
    const { navigation } = window as { navigation?: EventTarget };
    navigation?.addEventListener("currententrychange", () => heard.moved(), { signal });
  }

  /** Mutations don't cross the border of a shadow root by themselves. */
  enter(root: ShadowRoot): void {
    this.mutations.observe(root, OPTIONS);
  }

  /** Tells when an element gets or loses its box. */
  await(element: Element): void {
    this.sizes.observe(element);
  }

  dismiss(element: Element): void {
    this.sizes.unobserve(element);
  }

  private loaded(target: EventTarget | null, heard: Heard): void {
    const name = (target as Element | null)?.localName;
    if (name === "link" || name === "style") heard.shown(null);
    else if (name === "iframe" || name === "frame") heard.frame();
  }
}

/** The card is no change of the page. */
function isOurs({ target, addedNodes, removedNodes }: MutationRecord): boolean {
  const ours = (node: Node) => (node as Element).localName === HOST;
  if (ours(target)) return true;
  if (target !== document.documentElement || addedNodes.length + removedNodes.length === 0) return false;
  return [...addedNodes, ...removedNodes].every(ours);
}
