/**
 * `./build.sh bench start [STARTS]`: what the engine does before it can read, in Node and in Chromium,
 * each time in a process of its own: to instantiate the compiled module and to read a first tiny page,
 * less a second one. Most of that is V8 compiling each function when it is first called; the second row
 * has that done before, so it is what our own code does. Milliseconds; nothing here passes or fails.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch } from "../lib/browser.mjs";
import { serve } from "../lib/server.mjs";

const { HEARSAY_ENGINE } = process.env;

/** `engine` begins with a compiled `module`: the milliseconds it took to be there, to read, and to read again. */
function begin(engine, module) {
  const page = (text) => ({ url: "https://news.example/story", title: "A story", language: "en", blocks: [{ text, tag: "p", path: [0, 1, 7], within: ["main"], hint: "" }] });
  const [first, second] = [page("The mayor said on Monday that the bridge may close."), page("A clerk told the court that the ferry could sink.")];
  const times = [performance.now()];
  engine.initSync({ module });
  times.push(performance.now());
  engine.read("1", first);
  times.push(performance.now());
  engine.read("2", second);
  times.push(performance.now());
  return times.slice(1).map((time, i) => time - times[i]);
}

async function inNode() {
  const engine = await import(pathToFileURL(path.join(HEARSAY_ENGINE, "hearsay.js")));
  return begin(engine, await WebAssembly.compile(await readFile(path.join(HEARSAY_ENGINE, "hearsay_bg.wasm"))));
}

async function inChromium(origin) {
  const browser = await launch();
  try {
    const page = await browser.open(`${origin}/empty`);
    return await page.evaluate(async (begin) => {
      const bytes = await (await fetch("/hearsay_bg.wasm")).arrayBuffer();
      return new Function(`return ${begin}`)()(await import("/hearsay.js"), await WebAssembly.compile(bytes));
    }, String(begin));
  } finally {
    await browser.close();
  }
}

/** One line of the table. */
function tell(name, starts) {
  const quantiles = (of) => {
    const sorted = starts.map(of).sort((a, b) => a - b);
    return [0.5, 0.1, 0.9].map((q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(2));
  };
  const columns = [([there, first, second]) => there + first - second, ([there]) => there, ([, first]) => first, ([, , second]) => second];
  const cells = columns.map((of) => quantiles(of)).map(([median, low, high]) => `${median} (${low}–${high})`);
  console.log([name.padEnd(12), ...cells.map((cell) => cell.padStart(20))].join(""));
}

if (process.argv[2] === "--once") {
  console.log(JSON.stringify(await inNode()));
} else {
  const starts = Number(process.argv[2] ?? 15);
  console.log(["ms, medians", "start-up", "instantiate", "first page", "second page"].map((head, i) => (i === 0 ? head.padEnd(12) : head.padStart(20))).join(""));
  const once = (...flags) => JSON.parse(execFileSync(process.execPath, [...flags, fileURLToPath(import.meta.url), "--once"], { encoding: "utf8" }));
  for (const [name, ...flags] of [["Node"], ["  compiled", "--no-wasm-lazy-compilation"]]) tell(name, Array.from({ length: starts }, () => once(...flags)));
  const server = await serve({ root: HEARSAY_ENGINE, pages: { "/empty": { body: "<!doctype html><title>Empty</title>" } } });
  try {
    const times = [];
    while (times.length < starts) times.push(await inChromium(server.origin));
    tell("Chromium", times);
  } finally {
    await server.close();
  }
}
