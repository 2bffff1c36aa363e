/**
 * `./build.sh bench browser [REPETITIONS]`: how long a reader waits, measured in this browser beside the
 * floor that the browser itself sets. Milliseconds; nothing here passes or fails.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { launch, ROOT, until } from "../lib/browser.mjs";
import { askPage, calm, cli, settled, status, ON } from "../lib/hearsay.mjs";
import { longPage, told } from "../lib/pages.mjs";
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
  const lengths = [10_000, 100_000];
  const long = await serve({ root: path.dirname(pages[1][1]), pages: Object.fromEntries(lengths.map((words) => [`/${words}`, { body: longPage(words) }])) });
  try {
    if (existsSync(pages[1][1])) await change("seed article", `${long.origin}/${path.basename(pages[1][1])}`);
    for (const words of lengths) await change(`${words.toLocaleString("en")} words`, `${long.origin}/${words}`);
  } finally {
    await long.close();
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

    await toggles(name, popup, times);
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

/**
 * Highlights off and on again, with the background awake and with it killed: to the frame in which
 * what is in view is marked ("total"), and to the moment at which nothing is left to be done.
 */
async function toggles(name, popup, n) {
  const toggle = async (prepare) => {
    await askPage(popup, { type: "off", dismiss: false });
    await prepare();
    const start = performance.now();
    await askPage(popup, ON);
    const timings = await until("a painted frame", async () => {
      const { timings } = await status(popup);
      return timings?.total != null && timings;
    });
    await calm(popup);
    return { ...timings, complete: performance.now() - start };
  };
  await toggle(() => {}); // Warms up.
  const warm = await repeat(n, () => toggle(() => {}));
  for (const part of ["collect", "engine", "paint", "total", "complete"]) record(`${name}: warm toggle, ${part}`, warm.map((timings) => timings[part]));
  const cold = await repeat(n, () => toggle(() => browser.killWorker()));
  for (const part of ["engine", "total", "complete"]) record(`${name}: cold toggle (worker killed), ${part}`, cold.map((timings) => timings[part]));
}

/** What a page with highlights takes up besides, and the background, in MB of heap once garbage is collected. */
async function memory(name, page, popup) {
  const used = async (session) => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
    return (usedSize + backingStorageSize) / 2 ** 20;
  };
  await status(popup);
  const background = await used(await browser.worker());
  const tab = await browser.context.newCDPSession(page);
  const on = await used(tab);
  await askPage(popup, { type: "off", dismiss: false });
  const off = await used(tab);
  await tab.detach();
  console.log(`${name}: ${(on - off).toFixed(1)} MB more in the tab with highlights on (${off.toFixed(1)} without), ${background.toFixed(1)} MB of heap in the background, WebAssembly apart`);
}

/** A page that is read, then changes: what each costs, and the longest task with any of our work in it. */
async function change(name, url) {
  const page = await browser.open(url);
  let popup;
  const reading = await longestTask(page, async () => {
    popup = await browser.press(page);
    await settled(popup);
    await calm(popup);
  });
  record(`${name}: longest task with our script in it, being loaded and reading all`, [reading.wall]);
  record(`${name}: the most processor time in one of them`, [reading.processor]);
  const { work } = await status(popup);
  record(`${name}: longest stretch of our own in it`, [work.longest]);

  // From the insertion to the mark in the registry, asked for by task after task.
  const insert = (text) =>
    page.evaluate(async (words) => {
      const size = () => CSS.highlights.get("hearsay-anonymous")?.size ?? 0;
      const before = size();
      const { port1, port2 } = new MessageChannel();
      const turn = () => new Promise((resolve) => { port1.onmessage = resolve; port2.postMessage(null); });
      const start = performance.now();
      (document.querySelector("article") ?? document.body).append(Object.assign(document.createElement("p"), { textContent: words }));
      while (size() === before && performance.now() - start < 5000) await turn();
      return performance.now() - start;
    }, text);
  const before = await calm(popup);
  const samples = [];
  const changing = await longestTask(page, async () => {
    for (let i = 0; i < times; i++) {
      samples.push(await insert(told(`${i} of ${name}`)));
      await calm(popup);
      await page.waitForTimeout(300); // We rest after each round, in proportion to its work.
    }
  });
  record(`${name}: one paragraph inserted, to its mark`, samples);
  record(`${name}: longest task with our script in it, paragraphs inserted`, [changing.wall]);
  record(`${name}: the most processor time in one of them`, [changing.processor]);
  const after = await calm(popup);
  const each = (value) => (value / times).toFixed(1);
  const counts = ["visited", "checked", "collected", "messages", "blocks", "ranges"].map((key) => `${key} ${each(after.work[key] - before.work[key])}`);
  console.log(`${name}: ${before.work.messages} messages for all; each paragraph: ${counts.join(", ")}, taken apart ${each(after.reading.taken - before.reading.taken)}`);

  // Nothing may happen while nothing happens.
  const session = await browser.context.newCDPSession(page);
  await session.send("Performance.enable");
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find((metric) => metric.name === "ScriptDuration").value;
  };
  const idle = await busy();
  await page.waitForTimeout(30_000);
  record(`${name}: script time in 30 s without a change`, [(await busy()) - idle]);
  await session.detach();
  if (name !== "seed article") await toggles(name, popup, Math.ceil(times / 3));
  await memory(name, page, popup);
  await popup.close();
  await page.close();
}

/**
 * Milliseconds of the longest task of the page in which our script ran while `act` went on; and the most
 * that one of them had of a processor, which other work on this machine does not lengthen.
 */
async function longestTask(page, act) {
  const events = [];
  const take = ({ value }) => events.push(...value);
  browser.cdp.on("Tracing.dataCollected", take);
  await browser.cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] } });
  await act();
  const complete = new Promise((resolve) => browser.cdp.once("Tracing.tracingComplete", resolve));
  await browser.cdp.send("Tracing.end");
  await complete;
  browser.cdp.off("Tracing.dataCollected", take);
  const scripts = ["content.js", "again.js", "hand.js"].map((name) => `chrome-extension://${browser.id}/${name}`);
  const ours = events.filter((event) => event.dur && scripts.includes(event.args?.data?.url));
  const within = (task) => ours.some(({ pid, tid, ts, dur }) => pid === task.pid && tid === task.tid && ts >= task.ts && ts + dur <= task.ts + task.dur);
  const tasks = events.filter((event) => event.name === "RunTask" && event.dur && within(event));
  const most = (key) => Math.max(0, ...tasks.map((task) => (task[key] ?? 0) / 1000));
  return { wall: most("dur"), processor: most("tdur") };
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
