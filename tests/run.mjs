/**
 * `./build.sh run [--firefox] [FILE-or-URL]`: opens a browser with Hearsay on. With a display it stays open
 * for the reader; without one the flags are printed here and a screenshot and the list are kept.
 */
import { realpathSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { launch, ROOT } from "./lib/browser.mjs";
import { findFirefox, launchFirefox } from "./lib/firefox.mjs";
import { exportList, hover, POPUP, settled } from "./lib/hearsay.mjs";
import { serve } from "./lib/server.mjs";
import { table } from "./lib/table.mjs";

const [kind = "chromium", what = path.join(ROOT, "tests", "article", "index.html")] = process.argv.slice(2);
const remote = /^https?:\/\//.test(what);
const display = process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const DEMO = path.join(ROOT, "dist", "demo");
const say = (text) => console.log(`\x1b[2m›\x1b[0m ${text}`);

const file = remote ? null : realpathSync(what);
const server = remote ? null : await serve({ root: path.dirname(file) });
const url = remote ? what : `${server.origin}/${encodeURIComponent(path.basename(file))}`;
if (server) say(`Serving ${path.relative(process.cwd(), what) || what} at ${url}`);

const name = { chromium: "Chromium", firefox: "Firefox" }[kind];
say(display ? `Opening ${name}` : `There is no display: using ${name} without a window`);
try {
  await { chromium: inChromium, firefox: inFirefox }[kind]();
} catch (error) {
  console.error(`run: ${error.message}`);
  process.exitCode = 1;
} finally {
  await server?.close();
}

async function inChromium() {
  const browser = await launch({
    headless: !display,
    offline: !remote,
    viewport: display ? null : { width: 1200, height: 900 },
  });
  try {
    const page = await browser.open(url);
    for (const other of browser.context.pages()) if (other !== page) await other.close();
    const { popup, status } = await press(browser, page);
    if (display) {
      await browser.cdp.send("Browser.setDownloadBehavior", { behavior: "default" });
      stays();
      await browser.context.waitForEvent("close", { timeout: 0 });
    } else {
      await demonstrate(page, popup, status, {
        list: () => exportList(browser, popup, "json"),
        card: (category, n) => hover(browser, page, category, n),
        closePopup: () => popup.close(),
      });
    }
  } finally {
    await browser.close();
  }
}

async function inFirefox() {
  const { program, missing } = await findFirefox();
  if (missing) throw new Error(`${missing}. On Debian: sudo apt install firefox-esr; or FIREFOX=/path/to/firefox`);
  const firefox = await launchFirefox(program, { headless: !display, offline: !remote });
  try {
    const page = await firefox.open(url);
    const { popup, status } = await press(firefox, page);
    if (display) {
      stays();
      await firefox.exit;
      return;
    }
    await demonstrate(page, popup, status, {
      list: () => firefox.exportList(popup, "json"),
      card: (category, n) => firefox.hover(page, category, n),
      closePopup: () => firefox.closePopup(),
    });
  } finally {
    await firefox.close();
  }
}

async function press(browser, page) {
  say("Pressing the toolbar button");
  const popup = await browser.press(page);
  const status = await settled(popup);
  if (status.error) throw new Error(status.error);
  return { popup, status };
}

function stays() {
  say("Rest the pointer on a highlight to see its card. Close the window to end.");
}

/** Prints the flags and keeps the list and a picture. */
async function demonstrate(page, popup, status, { list, card, closePopup }) {
  await mkdir(DEMO, { recursive: true });
  const { text } = await list();
  await writeFile(path.join(DEMO, "flags.json"), text);
  await writeFile(path.join(DEMO, "popup.png"), await popup.screenshot());
  await closePopup();
  const { flags, sources } = JSON.parse(text);
  if (!status.reading.readable) say(`The page is not in English (${status.reading.language}): nothing is marked.`);
  console.log(`\n${table(flags, sources, process.stdout.columns)}\n`);
  const chosen = typical(flags, sources);
  if (chosen) await card(chosen.category, flags.filter((flag) => flag.category === chosen.category).indexOf(chosen));
  await new Promise((resolve) => setTimeout(resolve, 300)); // The card fades in.
  await writeFile(path.join(DEMO, "screenshot.png"), await page.screenshot());
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
