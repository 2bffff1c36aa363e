/**
 * What can change on a page, heard of through events alone: nothing runs while nothing happens, and
 * nothing of the page's own world is touched. It cannot be heard when a root is attached to an element
 * that is there already, or when a style sheet's rules are edited in place; the next change shows it.
 */
import { listen, tagOf } from "./nodes";

const ATTRIBUTES = ["class", "style", "hidden", "open", "aria-hidden", "role", "contenteditable", "slot"];
const OPTIONS: MutationObserverInit = {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ATTRIBUTES,
};

/** Elements without a box that are awaited at a time: the browser looks at each in every frame. */
const MAX_AWAITED = 2000;

export interface Heard {
  /** The document or a root that is watched changed. False: no need to tell more before `resume`. */
  records(records: MutationRecord[]): boolean;
  /** Whether a node is ours, and no part of the page. */
  ours(node: Node): boolean;
  /** What is shown in an element, or for null anywhere, may have changed. */
  shown(element: Element | null): unknown;
  /** The address may be another one. */
  moved(): unknown;
  /** A frame was loaded. */
  frame(): void;
}

export class Watch {
  readonly #heard: Heard;
  readonly #mutations: MutationObserver;
  readonly #sizes: ResizeObserver;
  /** Elements without a box, of which it is told when they get one. */
  readonly awaited = new Set<Element>();

  /** Starts to listen; `signal` ends it. `listen` must be called too. */
  constructor(heard: Heard, signal: AbortSignal) {
    this.#heard = heard;
    this.#mutations = new MutationObserver((records) => {
      const theirs = records.filter((record) => !this.#isOurs(record));
      if (theirs.length > 0 && !heard.records(theirs)) this.#mutations.disconnect();
    });
    this.resume();
    this.#sizes = new ResizeObserver((entries) => {
      // That it has no box is the first that is told of each.
      for (const { contentRect: box, target } of entries) if (box.width + box.height > 0) heard.shown(target);
    });
    signal.addEventListener("abort", () => {
      this.#mutations.disconnect();
      this.#sizes.disconnect();
    });
  }

  /** Hears of changes again; the roots in the document are to be entered anew. */
  resume(): void {
    this.#mutations.observe(document, OPTIONS);
  }

  /** Listens to events. A document that a page writes anew (`document.open`) has lost all its listeners. */
  listen(signal: AbortSignal): void {
    const heard = this.#heard;
    const options = { signal, capture: true };
    // Neither bubbles, both can be caught on their way down.
    listen(document, "load", (event) => this.#loaded(event.target), options);
    listen(
      document,
      "transitionend",
      (event) => {
        if (event.propertyName === "visibility" || event.propertyName === "display") {
          heard.shown(event.target as Element);
        }
      },
      options,
    );
    listen(window, "resize", () => heard.shown(null), options);
    navigation.addEventListener("currententrychange", () => heard.moved(), { signal });
  }

  /** Mutations don't cross the border of a shadow root by themselves. */
  enter(root: ShadowRoot): void {
    this.#mutations.observe(root, OPTIONS);
  }

  /** Tells when an element gets or loses its box. */
  await(element: Element): void {
    if (this.awaited.size >= MAX_AWAITED) return;
    this.awaited.add(element);
    this.#sizes.observe(element);
  }

  dismiss(element: Element): void {
    if (this.awaited.delete(element)) this.#sizes.unobserve(element);
  }

  #loaded(target: EventTarget | null): void {
    const name = target instanceof Element ? tagOf(target) : "";
    if (/^(link|style)$/.test(name)) this.#heard.shown(null);
    else if (/^i?frame$/.test(name)) this.#heard.frame();
  }

  /** The card is no change of the page. */
  #isOurs({ target, addedNodes, removedNodes }: MutationRecord): boolean {
    const { ours } = this.#heard;
    const moved = [...addedNodes, ...removedNodes];
    return ours(target) || (moved.length > 0 && moved.every(ours));
  }
}
