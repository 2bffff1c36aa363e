/**
 * Our only element in the page, there only while it holds the card, or what is said to the reader who
 * hears rather than sees.
 */
import sheetText from "./host.css";
import { later } from "./later";

/** The one custom tag: page rules for `div` don't meet it. */
export const HOST = "hearsay-card";
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

  constructor() {
    this.wear(sheetText);
  }

  /** Whether it is in the page, which may take it away at any time. */
  get stands(): boolean {
    return this.#element?.isConnected === true;
  }

  get focused(): boolean {
    return this.#element !== null && document.activeElement === this.#element;
  }

  /** What stands in it goes here. */
  get root(): ShadowRoot {
    return this.stands && this.#root ? this.#root : this.#make();
  }

  /** In front of what the page may have opened since. */
  front(): void {
    this.#element?.hidePopover();
    this.#element?.showPopover();
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
    const status = known ?? document.createElement("p");
    if (!known) {
      status.className = "said";
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
    const element = document.createElement(HOST);
    element.popover = "manual";
    const root = element.attachShadow({ mode: "closed" });
    element.addEventListener("pointerenter", () => this.over(true));
    element.addEventListener("pointerleave", () => this.over(false));
    document.documentElement.append(element);
    element.showPopover();
    root.adoptedStyleSheets = this.#sheets;
    this.#element = element;
    this.#root = root;
    return root;
  }
}
