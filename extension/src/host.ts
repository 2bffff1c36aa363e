/**
 * Our only element in the page, there only while it holds the card, or what is said to the reader who
 * hears rather than sees.
 */
import { element, HTML, make } from "./draw";
import * as here from "./here";
import sheetText from "./host.css";
import { later } from "./later";
import { isConnected, listen } from "./nodes";
import { OURS } from "./theme";

/** A live region must have been there for a moment before what is put into it is read out, in ms. */
const LISTENING = 150;
/** How long what was said stays to be read out. */
const SPOKEN = 5000;

export class Host {
  /** Told when the pointer comes into what stands in it, and when it leaves. */
  over: (over: boolean) => void = () => {};
  #element: HTMLElement | null = null;
  #root: ShadowRoot | null = null;
  #status: HTMLElement | null = null;
  #quiet = () => {};
  readonly #sheets: CSSStyleSheet[] = [];
  readonly #made = new WeakSet<object>();
  /**
   * Page rules for `div` don't meet it. Its end is by chance, so that no page can have made it an element
   * of its own, to which even a closed root is open.
   */
  readonly #tag = OURS + randomName();

  constructor() {
    this.wear(sheetText);
  }

  /** Whether it is in the page, which may take it away at any time. */
  get stands(): boolean {
    return this.#element !== null && isConnected(this.#element);
  }

  /** Whether it is this element. */
  is(one: object | null): boolean {
    return one !== null && this.#made.has(one);
  }

  get focused(): boolean {
    return this.#element !== null && here.active() === this.#element;
  }

  /** What stands in it goes here. */
  get root(): ShadowRoot {
    return this.stands && this.#root ? this.#root : this.#make();
  }

  /** In front of what the page may have opened since. */
  front(): void {
    try {
      this.#element?.hidePopover();
      this.#element?.showPopover();
    } catch {
      // The page hears of it first, and may have taken the element away.
    }
  }

  /** Adds a style sheet for what will stand in it. */
  wear(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    this.#sheets.push(sheet);
    if (this.#root) this.#root.adoptedStyleSheets = this.#sheets;
  }

  /** Goes, unless something is left in it. */
  leave(): void {
    if (this.#root?.childElementCount) return;
    this.#element?.remove();
    this.#element = null;
    this.#root = null;
  }

  /** Politely, to who hears rather than sees. */
  say(said: string): void {
    this.#quiet();
    const known = this.stands ? this.#status : null;
    const status = known ?? element("p", "said");
    if (!known) {
      status.role = "status";
      this.root.append(status);
      this.#status = status;
    }
    const speak = later(
      () => {
        status.textContent = said;
      },
      known ? 0 : LISTENING,
    );
    const end = later(() => this.hush(), LISTENING + SPOKEN);
    this.#quiet = () => {
      speak();
      end();
    };
  }

  /** Takes back what was said. */
  hush(): void {
    this.#quiet();
    this.#status?.remove();
    this.#status = null;
    this.leave();
  }

  #make(): ShadowRoot {
    const host = make(HTML, this.#tag) as HTMLElement;
    host.popover = "manual";
    const root = host.attachShadow({ mode: "closed" });
    listen(host, "pointerenter", () => this.over(true), {});
    listen(host, "pointerleave", () => this.over(false), {});
    root.adoptedStyleSheets = this.#sheets;
    this.#element = host;
    this.#root = root;
    this.#made.add(host);
    here.root()?.append(host);
    this.front();
    return root;
  }
}

/** `crypto.randomUUID` is missing on pages without TLS. */
export function randomName(): string {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("");
}
