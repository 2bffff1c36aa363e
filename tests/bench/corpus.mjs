/**
 * `./build.sh bench corpus [--record]`: `hearsay --jsonl` as it is run, from a file to /dev/null, on one
 * core and on all. No block comes twice, so nothing is known before it is read.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine, record } from "./results.mjs";
import { windows } from "./text.mjs";

const PAGES = fileURLToPath(new URL("../../../shared/pages/", import.meta.url));
const ARTICLES = 6000;
const WORDS = 571;
/** How often each saved page comes, every time with other text. */
const TIMES = 12;
const RUNS = 3;

const { values: options } = parseArgs({ options: { record: { type: "boolean", default: false } } });

/** Runs the program; seconds, and the most memory it held where /proc tells, in MiB. */
async function run(file, threads) {
  const start = performance.now();
  const child = spawn(process.env.HEARSAY_CLI, ["--jsonl", "--threads", String(threads), file], { stdio: ["ignore", "ignore", "inherit"] });
  const status = `/proc/${child.pid}/status`;
  let memory = Number.NaN;
  const look = setInterval(async () => {
    const peak = /VmHWM:\s+(\d+)/.exec(await readFile(status, "utf8").catch(() => ""));
    if (peak) memory = Number(peak[1]) / 1024;
  }, 20);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`hearsay ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, memory };
}

const articles = (await windows()).next;
const texts = Array.from({ length: ARTICLES }, () => articles({ words: WORDS }));
const paragraphs = (text) => text.split("\n").map((line) => `<p>${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</p>`);
const sorts = [
  [`texts of ${WORDS} words`, texts.map((text) => ({ text }))],
  ["the same as plain web pages", texts.map((text) => ({ html: `<!doctype html><main>${paragraphs(text).join("\n")}</main>` }))],
];
if (existsSync(PAGES)) {
  const names = (await readdir(PAGES)).filter((name) => name.endsWith(".html"));
  const pages = await Promise.all(names.map((name) => readFile(path.join(PAGES, name), "utf8")));
  const other = (html, time) => html.replace(/>([^<]{30,})</g, `>$1 ${time}<`);
  sorts.push([`${names.length} saved pages of real sites`, Array.from({ length: TIMES }, (_, time) => pages.map((html) => ({ html: other(html, time) }))).flat()]);
} else console.log("skipped: there are no real pages beside this repository");

const described = machine();
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const count = (number) => Math.round(number).toLocaleString("en");
const cores = os.availableParallelism();
const lines = [
  `| hearsay --jsonl | KB each | a second on one core | a second on ${cores} cores | MiB at most |`,
  "| --- | ---: | ---: | ---: | ---: |",
];
const folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-corpus-"));
try {
  for (const [name, all] of sorts) {
    const file = path.join(folder, "articles.jsonl");
    await writeFile(file, all.map((article, id) => `${JSON.stringify({ id, ...article })}\n`).join(""));
    const size = (await stat(file)).size / all.length / 1000;
    const taken = { 1: [], [cores]: [] };
    let memory = 0;
    for (let i = 0; i < RUNS; i++) {
      for (const threads of new Set([1, cores])) {
        const spent = await run(file, threads);
        taken[threads].push(all.length / spent.seconds);
        memory = Math.max(memory, spent.memory);
      }
    }
    lines.push(`| ${name} | ${size.toFixed(1)} | ${count(median(taken[1]))} | ${count(median(taken[cores]))} | ${count(memory)} |`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const report = `${described}.\n\nArticles read, medians of ${RUNS} runs, each with the start of the program.\n\n${lines.join("\n")}`;
console.log(report);
if (options.record) await record(report);
