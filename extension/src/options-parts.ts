/** What the parts of the options page are made of. */
import { element } from "./draw";

/** An element of options.html; its absence would be a defect of ours. */
export function at<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** Draws a part anew where what it shows has changed; the focus stays on what has the same name. */
export function redraw(id: string, shows: unknown, make: () => Node[]): void {
  const box = at(id);
  const key = JSON.stringify(shows);
  if (box.dataset.shows === key) return;
  box.dataset.shows = key;
  const focused = box.contains(document.activeElement) ? document.activeElement : null;
  const name = focused instanceof HTMLElement ? focused.dataset.name : undefined;
  box.replaceChildren(...make());
  if (name !== undefined) {
    const same = [...box.querySelectorAll<HTMLElement>("[data-name]")].find(
      (one) => one.dataset.name === name,
    );
    (same ?? box.querySelector<HTMLElement>("button") ?? (box.parentElement as HTMLElement)).focus();
  }
}

export function button(face: string, label: string, act: () => void): HTMLButtonElement {
  const made = element("button", "link", face);
  made.type = "button";
  made.ariaLabel = label;
  made.dataset.name = label;
  made.addEventListener("click", act);
  return made;
}

let press: Promise<void> = Promise.resolve();
window.addEventListener(
  "pointerdown",
  () => {
    press = new Promise((resolve) => {
      // The click comes with the release, before what is put off.
      const end = () => void setTimeout(resolve);
      for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end, { once: true });
    });
  },
  true,
);

/** Resolves when nothing is being pressed: what is drawn anew under the pointer loses its click. */
export function released(): Promise<void> {
  return press;
}
