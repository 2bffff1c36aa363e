/**
 * `./build.sh bench browser [REPETITIONS]`: how long a reader waits, measured in this browser beside the
 * floor that the browser itself sets. Milliseconds; nothing here passes or fails.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { launch, ROOT, until } from "../lib/browser.mjs";
import { askPage, settled, status } from "../lib/hearsay.mjs";
import { serve } from "../lib/server.mjs";

const times = Number(process.argv[2] ?? 15);
const pages = [["own article", path.join(ROOT, "tests", "article", "index.html")], ["seed article", path.join(ROOT, "..", "shared", "seed", "seed.html")]];

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const rows = [];
/** Adds one line to the table: median and the tenth and ninetieth percentile. */
function record(name, samples) {
  const sorted = samples.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  const cell = (q) => (sorted.length > 0 ? quantile(sorted, q).toFixed(1) : "–");
  rows.push([name, cell(0.5), cell(0.1), cell(0.9), String(sorted.length)]);
}

const browser = await launch();
try {
  for (const [name, file] of pages) {
    if (!existsSync(file)) {
      console.log(`skipped: ${name} is not here`);
      continue;
    }
    await measure(name, file);
  }
} finally {
  await browser.close();
}

const head = ["ms", "median", "p10", "p90", "n"];
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
console.log();
for (const row of [head, ...rows]) console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join("  "));

async function measure(name, file) {
  const server = await serve({ root: path.dirname(file) });
  try {
    const page = await browser.open(`${server.origin}/${path.basename(file)}`);
    const popup = await browser.press(page);
    const first = await settled(popup);
    const on = { type: "on", force: true, filter: { sensitivity: "normal", categories: { anonymous: true, unsourced: true, hedged: true } } };
    const off = { type: "off", dismiss: false };
    const painted = () =>
      until("a painted frame", async () => {
        const { timings } = await status(popup);
        return timings?.total != null && timings;
      });

    // The floor: a message to the page and back, and a frame that changes nothing.
    record(`${name}: floor, message to the page and back`, await repeat(times, () => timeInPopup(popup, { type: "status" })));
    record(`${name}: floor, an idle frame`, await page.evaluate(async (n) => {
      const frames = [];
      for (let i = 0; i < n; i++) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        const start = performance.now();
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        frames.push(performance.now() - start);
      }
      return frames;
    }, times));

    const toggle = async (prepare) => {
      await askPage(popup, off);
      await prepare();
      await askPage(popup, on);
      return painted();
    };
    await toggle(() => {}); // Warms up.
    const warm = await repeat(times, () => toggle(() => {}));
    for (const part of ["collect", "engine", "paint", "total"]) record(`${name}: warm toggle, ${part}`, warm.map((timings) => timings[part]));
    const cold = await repeat(times, () => toggle(() => browser.killWorker()));
    for (const part of ["engine", "total"]) record(`${name}: cold toggle (worker killed), ${part}`, cold.map((timings) => timings[part]));
    await popup.close();

    // From the press to the frame with highlights on it: the page's clock and ours are one machine's.
    const click = async (prepare) => {
      await page.reload({ waitUntil: "load" });
      await prepare();
      const watched = page.evaluate(
        () =>
          new Promise((resolve) => {
            const look = () => ((CSS.highlights?.size ?? 0) > 0 ? setTimeout(() => resolve(performance.timeOrigin + performance.now())) : requestAnimationFrame(look));
            requestAnimationFrame(look);
          }),
      );
      const start = await pressTime(page);
      const end = await watched;
      await browser.closePopups();
      return end - start;
    };
    record(`${name}: click to paint with the popup, worker awake`, await repeat(times, () => click(async () => {})));
    record(`${name}: click to paint with the popup, worker killed`, await repeat(times, () => click(() => browser.killWorker())));
    console.log(`${name}: ${first.reading.words} words, ${first.shown} highlights`);
    await page.close();
  } finally {
    await server.close();
  }
}

/** Presses the toolbar button; the moment before, in milliseconds since 1970. */
async function pressTime(page) {
  await browser.closePopups();
  const targetId = await browser.tabTarget(page);
  const start = performance.timeOrigin + performance.now();
  const press = () => browser.cdp.send("Extensions.triggerAction", { id: browser.id, targetId });
  await press().catch(press);
  return start;
}

async function repeat(n, measureOnce) {
  const samples = [];
  for (let i = 0; i < n; i++) samples.push(await measureOnce());
  return samples;
}

/** A message's round trip, on the popup's own clock. */
function timeInPopup(popup, message) {
  return popup.evaluate(`(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const start = performance.now();
    await chrome.tabs.sendMessage(tab.id, ${JSON.stringify(message)}, { frameId: 0 });
    return performance.now() - start;
  })()`);
}
