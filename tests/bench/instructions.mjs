/**
 * `./build.sh bench instructions [--bless]`: how many instructions the native engine takes for a byte
 * of our own articles, counted by valgrind's callgrind; what unfolds when it first meets their words is not
 * counted. Unlike times these are the same on a busy
 * machine, so more than 5 % above the figure kept in instructions.txt fails. `--bless` keeps the new
 * one: for a gain, or for a cost that is worth it.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compare } from "./kept.mjs";
import { ownArticles } from "./text.mjs";

const KEPT = fileURLToPath(new URL("instructions.txt", import.meta.url));
/** The one function of crate/examples/bench.rs in which instructions are counted. */
const COUNTED = "bench::read*";
/** Functions with a smaller share, in percent, are not listed. */
const SMALL = 2;

const { values: options } = parseArgs({ options: { bless: { type: "boolean", default: false } } });

function tool(program, args, input) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  return { stdout, stderr };
}

/** Our functions with their share of all instructions, the first reading's too, what they call included. */
function shares(profile) {
  const { stdout } = tool("callgrind_annotate", ["--inclusive=yes", profile]);
  return [...stdout.matchAll(/\(\s*([\d.]+)%\)\s+\S*:(<?hearsay::.*?)(?: \[.*)?$/gm)]
    .map(([, share, name]) => [Number(share), name])
    .filter(([share, name]) => share >= SMALL && !/'\d+$/.test(name));
}

const text = Buffer.from((await ownArticles()).join("\n"));
const [length, forget] = [Buffer.alloc(4), Buffer.alloc(4)];
length.writeUInt32LE(text.length);
const once = [length, text];

const folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-callgrind-"));
try {
  const profile = path.join(folder, "profile");
  const count = (input) => {
    const { stderr } = tool(
      "valgrind",
      ["--tool=callgrind", `--callgrind-out-file=${profile}`, `--toggle-collect=${COUNTED}`, process.env.HEARSAY_NATIVE],
      Buffer.concat(input),
    );
    return Number(/Collected : (\d+)/.exec(stderr)?.[1]);
  };
  const first = count(once);
  const total = count([...once, forget, ...once]) - first;
  if (!(total > 0)) throw new Error(`callgrind counted nothing in ${COUNTED}`);
  for (const [share, name] of shares(profile)) console.log(`${share.toFixed(1).padStart(6)} %  ${name}`);
  const { grew, said } = await compare(KEPT, (total / text.length).toFixed(1), {
    ...options,
    unit: "instructions a byte",
    comment: "Written by ./build.sh bench instructions --bless",
    note: `${total} for ${text.length} bytes, ${tool("rustc", ["--version"]).stdout.trim()}`,
  });
  console.log(said);
  if (grew) {
    console.log("That is too much. If it is worth it: ./build.sh bench instructions --bless");
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
