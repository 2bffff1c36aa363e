/**
 * `./build.sh bench engine [--starts N] [--record]`: the engine beside the floor and its peers.
 *
 * Every system runs in a process of its own (systems.mjs says what each does). All are fed the same
 * windows of text in turn, one at a time, so that whatever else the machine does falls on all alike;
 * ratios are taken window by window. A system that finds something else in a window than it found
 * before ends the run. `--record` writes what was measured on top of RESULTS.md.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, record } from "./results.mjs";
import { NAMES } from "./systems.mjs";
import { windows } from "./text.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Most windows of each size in one start. */
const SIZES = [
  { name: "571 words", size: { words: 571 }, most: 60 },
  { name: "1,500 words", size: { words: 1500 }, most: 40 },
  { name: "60 KB", size: { bytes: 60_000 }, most: 12 },
  { name: "1 MB", size: { bytes: 1_000_000 }, most: 3 },
];
const WARM_UP = { windows: 60, ms: 1500 };
/** A slow system gets no further windows of a size after this time, and none that would take longer. */
const PATIENCE_MS = 4000;
const LONGEST_MS = 15_000;

/** Bytes of a window in which every system must find something. */
const MUST_FIND = 10_000;

const TITLES = { hearsay: "Hearsay, wasm", native: "Hearsay, native", floor: "floor" };
const title = (name) => TITLES[name] ?? name;

const { values: options } = parseArgs({ options: { starts: { type: "string", default: "3" }, record: { type: "boolean", default: false } } });

// --- systems -----------------------------------------------------------------------------------

/** A system's process: `ask(text)` gives its answer, `rss()` its resident bytes where /proc tells. */
async function launch(name) {
  const [program, ...rest] = name === "native" ? [process.env.HEARSAY_NATIVE] : [process.execPath, path.join(HERE, "systems.mjs"), name];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (piece) => {
    complaint += piece;
  });
  child.stdin.on("error", () => {}); // It ended; what it said last is told below.
  const ended = new Promise((resolve) => {
    child.on("error", resolve);
    child.on("close", resolve);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    await ended;
    throw new Error(complaint.trim().split("\n").find((line) => /error|panic/i.test(line)) ?? "it ended");
  };
  const { started } = await answer();
  const ask = (text) => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    child.stdin.write(Buffer.concat([length, bytes]));
    return answer();
  };
  const rss = async () => {
    const file = `/proc/${child.pid}/status`;
    return existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(await readFile(file, "utf8"))?.[1]) * 1024 : Number.NaN;
  };
  const close = async () => {
    child.stdin.end();
    await ended;
  };
  return { name, ask, rss, close, started };
}

async function launchAll(names) {
  const systems = [];
  for (const name of names) {
    try {
      systems.push(await launch(name));
    } catch (error) {
      if (name in TITLES) throw error;
      console.log(`skipped: ${name} (${error.message})`);
    }
  }
  return systems;
}

// --- measuring ---------------------------------------------------------------------------------

const samples = []; // { name, size, window, start, ns, … }, one an answer
const counts = new Map(); // what was found in a window, the first time

async function measure(system, size, window, start) {
  const answer = await system.ask(window.text);
  // Natively and in wasm the engine must find the same.
  const key = `${system.name === "native" ? "hearsay" : system.name} ${window.id}`;
  const known = counts.get(key) ?? answer.count;
  counts.set(key, answer.count);
  const nothing = window.bytes > MUST_FIND && answer.count.startsWith("0 ");
  if (known !== answer.count || nothing) {
    throw new Error(`${title(system.name)} found ${answer.count} in a window (${size.name}) where it should find ${nothing ? "some" : known}`);
  }
  samples.push({ ...answer, name: system.name, size: size.name, window, start });
  return answer.ns;
}

async function run(names, text, start) {
  const systems = await launchAll(names);
  for (const system of systems) {
    const end = performance.now() + WARM_UP.ms;
    for (let i = 0; performance.now() < end; i++) await system.ask(text.warmUp[i % text.warmUp.length]);
  }
  const slowness = new Map(); // ns a byte, from the size before
  for (const size of SIZES) {
    const spent = new Map();
    for (const [i, window] of text.of(size).entries()) {
      for (const system of rotated(systems, i)) {
        const before = spent.get(system) ?? 0;
        const expected = ((slowness.get(system) ?? 0) * window.bytes) / 1e6;
        if (expected > LONGEST_MS || before > PATIENCE_MS) continue;
        const ns = await measure(system, size, window, start);
        spent.set(system, before + ns / 1e6);
        slowness.set(system, ns / window.bytes);
      }
    }
  }
  for (const system of systems) await system.close();
  return systems.map(({ name, started }) => ({ name, started }));
}

const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);

/** Memory of fresh processes, in bytes: at the start, after 60 KB, and for Hearsay after 5 MB and, that forgotten, 5 MB more. */
async function memory(names, text) {
  const rows = [];
  for (const system of await launchAll(names)) {
    const figure = async (answer) => answer?.memory ?? (await system.rss());
    const row = { name: system.name, start: await system.rss() };
    row.small = await figure(await system.ask(text.small));
    if (["hearsay", "native"].includes(system.name)) {
      row.large = await figure(await system.ask(text.large[0]));
      await system.ask("");
      row.again = await figure(await system.ask(text.large[1]));
    }
    await system.close();
    rows.push(row);
  }
  return rows;
}

// --- telling -----------------------------------------------------------------------------------

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))];
const median = (values) => quantile(values, 0.5);

/** A figure to three digits. */
function figure(value) {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.01)))) });
}
const spread = (values, digits = figure) => (values.length === 0 ? "–" : `${digits(median(values))} (${digits(quantile(values, 0.1))}–${digits(quantile(values, 0.9))})`);
const mib = (bytes) => (Number.isFinite(bytes) ? `${(bytes / 2 ** 20).toFixed(1)}` : "–");

function table(head, rows) {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  return [line(head), line(widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))), ...rows.map(line)].join("\n");
}

const of = (name, size) => samples.filter((sample) => sample.name === name && sample.size === size);

/** How many times as long `name` takes as `base`, window by window. */
function ratios(name, base, size) {
  const key = ({ start, window }) => `${start} ${window.id}`;
  const bases = new Map(of(base, size).map((sample) => [key(sample), sample.ns]));
  return of(name, size).filter((sample) => bases.has(key(sample))).map((sample) => sample.ns / bases.get(key(sample)));
}

function speeds(names, tokens) {
  const head = ["", "size", "ms", "MB/s", "ns/token", "windows"];
  const rows = names.flatMap((name) =>
    SIZES.map(({ name: size }) => {
      const here = of(name, size);
      if (here.length === 0) return [title(name), size, "too slow", "–", "–", "0"];
      const ms = spread(here.map(({ ns }) => ns / 1e6));
      const rate = median(here.map(({ ns, window }) => (window.bytes * 1e3) / ns));
      const each = median(here.map(({ ns, window }) => ns / tokens.get(window.id)));
      return [title(name), size, ms, figure(rate), figure(each), String(here.length)];
    }),
  );
  return table(head, rows);
}

function comparisons(names) {
  const sizes = SIZES.map(({ name }) => name);
  const row = (label, name, base) => [label, ...sizes.map((size) => spread(ratios(name, base, size)))];
  const peers = names.filter((name) => !(name in TITLES));
  return table(["times as long", ...sizes], [
    row("Hearsay, wasm / floor", "hearsay", "floor"),
    row("Hearsay, wasm / native", "hearsay", "native"),
    ...peers.map((name) => row(`${name} / Hearsay, wasm`, name, "hearsay")),
  ]);
}

/**
 * Told apart without a word to the engine: read a second time, all blocks are known; and asked only
 * for language and main text (in wasm by a page of nothing but links), it goes no further.
 */
function stages() {
  const share = (name, part) => {
    const shares = of(name, "60 KB").map((sample) => (100 * part(sample)) / sample.ns).filter(Number.isFinite);
    return spread(shares, (value) => value.toFixed(0));
  };
  const row = (label, part) => [label, share("native", part), share("hearsay", part)];
  return table(["share of 60 KB, %", "native", "wasm"], [
    row("text into the engine, main text, language", ({ wayIn }) => wayIn),
    row("block by block: words, sentences, quotations, rules, attributions", ({ ns, again }) => ns - again),
    row("over the page: sources, flags", ({ again, wayIn }) => again - wayIn),
  ]);
}

// -----------------------------------------------------------------------------------------------

const described = machine();
const source = await windows();
let id = 0;
const bySize = new Map(
  SIZES.map(({ name, size, most }) => {
    const texts = Array.from({ length: most }, () => source.next(size));
    return [name, texts.map((text) => ({ id: id++, text, bytes: Buffer.byteLength(text) }))];
  }),
);
const text = {
  of: ({ name }) => bySize.get(name),
  warmUp: Array.from({ length: WARM_UP.windows }, () => source.next({ words: 1500 })),
  small: source.next({ bytes: 60_000 }),
  large: [source.next({ bytes: 5_000_000 }), source.next({ bytes: 5_000_000 })],
};

let names = ["hearsay", "native", ...NAMES.filter((name) => name !== "hearsay")];
const begun = [];
for (let start = 1; start <= Number(options.starts); start++) {
  console.log(`start ${start} of ${options.starts}`);
  begun.push(...(await run(names, text, start)));
  names = names.filter((name) => begun.some((system) => system.name === name));
}
// One count of tokens for all: what Hearsay counts as words.
const tokens = new Map(samples.filter(({ name }) => name === "hearsay").map(({ window, words }) => [window.id, words]));
const memories = await memory(names, text);
const starting = begun.filter(({ name }) => name === "hearsay").map(({ started }) => started / 1e6);
const pace = (size) => median(of("hearsay", size).map(({ ns, window }) => ns / tokens.get(window.id)));

const report = [
  `${described}.\n\nText: ${source.said()}. Medians (p10–p90) over ${options.starts} starts of every process.`,
  speeds(names, tokens),
  comparisons(names),
  `Hearsay in wasm takes ${figure(pace("1 MB") / pace("1,500 words"))} times as long a token at 1 MB as at 1,500 words; compiling and instantiating takes ${spread(starting)} ms.`,
  stages(),
  table(
    ["MiB", "at the start", "after 60 KB", "after 5 MB", "forgotten, 5 MB more", "of"],
    memories.map(({ name, start, small, large, again }) => [title(name), mib(start), mib(small), mib(large), mib(again), ["hearsay", "floor"].includes(name) ? "wasm memory (start: RSS)" : "RSS"]),
  ),
].join("\n\n");
console.log(`\n${report}`);

if (options.record) await record(report);
