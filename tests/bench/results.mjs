/** What was measured and on what, written on top of RESULTS.md. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const RESULTS = path.join(HERE, "RESULTS.md");
const HEADING = "# What was measured, latest first\n\n`./build.sh bench engine --record` and `bench corpus --record` write here.\n";

/** The machine, its load now, and what is measured, in one line. */
export function machine() {
  const tell = (program, ...rest) => execFileSync(program, rest, { encoding: "utf8", cwd: HERE }).trim();
  const cpus = os.cpus();
  const dirty = tell("git", "status", "--porcelain", "--", "../../crate") ? " and uncommitted changes" : "";
  return [
    `${cpus.length} × ${cpus[0]?.model.trim()}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GB, ${os.type()} ${os.release()}`,
    `load ${os.loadavg()[0].toFixed(1)} at the start, Node ${process.version}, ${tell("rustc", "--version")}`,
    `commit ${tell("git", "rev-parse", "--short", "HEAD")}${dirty}`,
  ].join("; ");
}

/** Keeps a report under today's date. */
export async function record(report) {
  const before = await readFile(RESULTS, "utf8");
  const kept = before.slice(before.indexOf("\n## "));
  await writeFile(RESULTS, `${HEADING}\n## ${new Date().toISOString().slice(0, 10)}\n\n${report}\n${kept}`);
  console.log(`\nwritten to ${path.relative(process.cwd(), RESULTS)}`);
}
