/**
 * `./build.sh run [FILE-or-URL]`: opens a browser with Hearsay on. With a display it stays open
 * for the reader; without one the flags are printed here and a screenshot and the list are kept.
 */
import { realpathSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { launch, ROOT } from "./lib/browser.mjs";
import { exportList, hover, settled } from "./lib/hearsay.mjs";
import { serve } from "./lib/server.mjs";
import { table } from "./lib/table.mjs";

const what = process.argv[2] ?? path.join(ROOT, "tests", "article", "index.html");
const remote = /^https?:\/\//.test(what);
const display = process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const DEMO = path.join(ROOT, "dist", "demo");
const say = (text) => console.log(`\x1b[2m›\x1b[0m ${text}`);

const file = remote ? null : realpathSync(what);
const server = remote ? null : await serve({ root: path.dirname(file) });
const url = remote ? what : `${server.origin}/${encodeURIComponent(path.basename(file))}`;
if (server) say(`Serving ${path.relative(process.cwd(), what) || what} at ${url}`);

say(display ? "Opening Chromium" : "There is no display: using Chromium without a window");
const browser = await launch({
  headless: !display,
  offline: !remote,
  viewport: display ? null : { width: 1200, height: 900 },
});
try {
  const page = await browser.open(url);
  for (const other of browser.context.pages()) if (other !== page) await other.close();
  say("Pressing the toolbar button");
  const popup = await browser.press(page);
  const status = await settled(popup);
  if (status.error) throw new Error(status.error);
  if (display) await show();
  else await demonstrate(page, popup, status);
} catch (error) {
  console.error(`run: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server?.close();
}

/** Leaves the browser to the reader until its window is closed. */
async function show() {
  await browser.cdp.send("Browser.setDownloadBehavior", { behavior: "default" });
  say("Rest the pointer on a highlight to see its card. Close the window to end.");
  await browser.context.waitForEvent("close", { timeout: 0 });
}

/** Prints the flags and keeps the list and a picture. */
async function demonstrate(page, popup, status) {
  await mkdir(DEMO, { recursive: true });
  const list = await exportList(browser, popup, "json");
  await writeFile(path.join(DEMO, "flags.json"), list.text);
  await writeFile(path.join(DEMO, "popup.png"), await popup.screenshot());
  await popup.close();
  const { flags, sources } = JSON.parse(list.text);
  if (!status.reading.readable) say(`The page is not in English (${status.reading.language}): nothing is marked.`);
  console.log(`\n${table(flags, sources, process.stdout.columns)}\n`);
  const chosen = typical(flags, sources);
  if (chosen) await hover(browser, page, chosen.category, flags.filter((flag) => flag.category === chosen.category).indexOf(chosen));
  await page.waitForTimeout(300); // The card fades in.
  await page.screenshot({ path: path.join(DEMO, "screenshot.png") });
  say("Kept dist/demo/flags.json, dist/demo/screenshot.png and dist/demo/popup.png");
}

/** The flag for the picture: of the source with the most claims, with flags of other categories nearby. */
function typical(flags, sources) {
  const claims = new Map(sources.map((source) => [source.id, source.claims]));
  const most = (flag) => claims.get(flag.source?.id) ?? 0;
  const lonely = (flag) =>
    ["anonymous", "unsourced", "hedged"]
      .map((category) => Math.min(5000, ...flags.filter((other) => other.category === category).map((other) => Math.abs(other.anchor.start - flag.anchor.start))))
      .reduce((sum, distance) => sum + distance, 0);
  return [...flags].sort((a, b) => most(b) - most(a) || lonely(a) - lonely(b))[0];
}
