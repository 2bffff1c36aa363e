/** `hearsay --jsonl` where people use it: by what the README says, on a terminal, as a step of Apache Spark. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { CLI, cli } from "./lib/cli.mjs";

const README = fileURLToPath(new URL("../README.md", import.meta.url));

/** Where commands find the program as they do at the root of this repository. */
let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-corpus-"));
  await mkdir(path.join(folder, "target", "release"), { recursive: true });
  await symlink(path.resolve(CLI), path.join(folder, "target", "release", "hearsay"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The blocks of code in the README's section on corpora. */
async function recipes() {
  const [, section] = (await readFile(README, "utf8")).split(/^## A corpus$/m);
  const code = section.split(/^## /m)[0].match(/(?:^ {4}.*\n|^\n(?= {4}))+/gm);
  return code.map((block) => block.replace(/^ {4}/gm, "").trim());
}

/** Runs a program in the folder; how it ended and what it said. */
function run(program, args, options = {}) {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, maxBuffer: 1 << 28, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
  });
}

const timeless = (line) => line.replace(/"created":"[^"]+",/, "");
const lists = (text) => text.trimEnd().split("\n").map(timeless);

/** Articles in lines, the second of which is none. */
const articles = (count) =>
  Array.from({ length: count }, (_, id) => (id === 1 ? "none\n" : `${JSON.stringify({ id, text: `Officials said boat ${id} may have left.\nCritics argue that “boat ${id}” sank.` })}\n`)).join("");

test("the README's commands make the lists that it says", async () => {
  const [shell] = await recipes();
  const { code, stderr } = await run("sh", ["-ec", shell]);
  assert.equal(code, 0, stderr);
  const [line, ...more] = lists(await readFile(path.join(folder, "lists.jsonl"), "utf8"));
  assert.deepEqual(more, []);
  const { id, schema, flags } = JSON.parse(line);
  assert.deepEqual([id, schema, flags.map((flag) => flag.anchor.exact)], ["a1", "hearsay/1", ["Officials said", "may"]]);
});

test("a terminal shows how far it is, and nothing of that goes into the lists", async (t) => {
  const works = await run("script", ["-qec", "true", "/dev/null"]);
  if (works.code !== 0) return t.skip("skipped: there is no program script that lends a terminal");
  await writeFile(path.join(folder, "some.jsonl"), articles(300));
  const env = { ...process.env, TERM: "xterm" };
  for (const [command, shown] of [
    ["target/release/hearsay --jsonl some.jsonl > out", / %, .* left +\d+ read.* a second/],
    ["cat some.jsonl | target/release/hearsay --jsonl > out", /\d+ read.* a second/],
  ]) {
    const { stdout } = await run("script", ["-qec", command, "/dev/null"], { env });
    assert.match(stdout, shown);
    assert.match(stdout, /line 2 passed over/);
    assert.match(stdout, /1 of 300 lines passed over/);
    const native = await cli(["--jsonl", path.join(folder, "some.jsonl")]);
    assert.equal(native.code, 3);
    assert.doesNotMatch(native.stderr, /a second/, "nor where there is no terminal");
    assert.deepEqual(lists(await readFile(path.join(folder, "out"), "utf8")), lists(native.stdout));
  }
  // Where the lists themselves run over the terminal, a bar would be in their way.
  const { stdout } = await run("script", ["-qec", "target/release/hearsay --jsonl some.jsonl", "/dev/null"], { env });
  assert.doesNotMatch(stdout, /a second/);
});

const python = process.env.PYTHON ?? "python3";
const spark = (() => {
  try {
    execFileSync(python, ["-c", "import pyspark"], { stdio: "ignore" });
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const noSpark = !spark && "skipped: pyspark or Java is missing. With pip: pip install pyspark (PYTHON=… picks a Python)";

test("the README's step of Apache Spark gives the same lists, in order", { skip: noSpark }, async () => {
  const [, step] = await recipes();
  await writeFile(path.join(folder, "articles.jsonl"), articles(500));
  await rm(path.join(folder, "lists"), { recursive: true, force: true });
  const { code, stderr } = await run(python, ["-c", step]);
  assert.equal(code, 0, stderr);
  const parts = (await readdir(path.join(folder, "lists"))).filter((name) => name.startsWith("part-")).sort();
  assert.ok(parts.length > 1, "more than one step ran");
  const texts = await Promise.all(parts.map((name) => readFile(path.join(folder, "lists", name), "utf8")));
  const native = await cli(["--jsonl", path.join(folder, "articles.jsonl")]);
  assert.equal(lists(native.stdout).length, 499);
  assert.deepEqual(lists(texts.join("")), lists(native.stdout));
  assert.match(stderr, /line 2 passed over/);
});

test("a step that Spark can't run fails its job", { skip: noSpark }, async () => {
  const [, step] = await recipes();
  const { code, stderr } = await run(python, ["-c", step.replace("target/release/hearsay", "target/release/nothing").replace('"lists"', '"no-lists"')]);
  assert.notEqual(code, 0);
  assert.match(stderr, /Pipe function .* exited with error code/);
  await assert.rejects(access(path.join(folder, "no-lists", "_SUCCESS")));
});
