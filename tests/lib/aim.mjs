/**
 * A press on what a page of ours draws. What comes late may move it between the look and the press: a press that
 * would go elsewhere nobody hears, and it is made once more. The functions up to `press` run in the page.
 */
import { until } from "./until.mjs";

/** Brings the first element that matches into view; where its middle is, null where there is nothing to be seen. */
function look(selector) {
  const element = document.querySelector(selector);
  element?.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element?.getBoundingClientRect();
  if (!box || box.width === 0) return null;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, window: [innerWidth, innerHeight, screenX, screenY].join() };
}

/** Lets the next press through to what matches by then, and to nothing else. */
function guard(selector) {
  const end = new AbortController();
  window.aimed = { end, hit: null };
  const hear = (event) => {
    window.aimed.hit ??= event.composedPath()[0].closest?.(selector) === document.querySelector(selector);
    if (window.aimed.hit) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
  for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) addEventListener(type, hear, { capture: true, signal: end.signal });
}

/** Whether the press was let through; null where none has come yet. */
function answer() {
  const { end, hit } = window.aimed;
  if (hit !== null) end.abort();
  return hit;
}

/** More often it isn't missed by chance. */
const TRIES = 20;

/** `evaluate` gives the value of an expression in the page, `dispatch` presses and lets go at a point of it. */
export async function press(selector, evaluate, dispatch) {
  const run = (work) => evaluate(`(${work})(${JSON.stringify(selector)})`);
  for (let time = 0; time < TRIES; time++) {
    let before = null;
    const point = await until(`${selector} to stand still`, async () => {
      const now = await run(look);
      const still = now !== null && JSON.stringify(now) === JSON.stringify(before);
      before = now;
      return still && now;
    });
    await run(guard);
    await dispatch(point);
    let hit = null;
    await until("the press to be heard", async () => {
      // It may have closed the page.
      hit = await run(answer).catch(() => true);
      return hit !== null;
    });
    if (hit) return;
  }
  throw new Error(`something else is always where ${selector} was`);
}
