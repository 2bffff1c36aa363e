/**
 * What the packages that Hearsay is built and tested with may be: licences, sources, known holes.
 *
 *     node audit.mjs [--offline]
 *
 * Licences are those that `deny.toml` allows. Known holes of npm packages are asked of the registry, where it
 * tells them; `--offline` leaves that out.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const read = (name) => readFileSync(path.join(ROOT, name), "utf8");
const deny = read("deny.toml");
const words = (text) => [...text.matchAll(/"([^"]+)"/g)].map(([, word]) => word);
const ALLOWED = new Set(words(/^allow = \[([^\]]*)\]/m.exec(deny)[1]));
const EXCEPTIONS = new Map([...deny.matchAll(/crate = "([^"]+)", allow = \[([^\]]*)\]/g)].map(([, name, list]) => [name, words(list)]));
/** What only tests run, and nobody gets from us. */
const TOOLS = ["MPL-2.0", "Python-2.0", "PSF-2.0", "NCSA", "BSL-1.0", "BSD"];

/** Whether an expression of licences (SPDX, or with "/" for "OR") can be kept to with these. */
function fits(expression, allowed) {
  const parts = expression.replaceAll("/", " OR ").match(/\(|\)|[^\s()]+/g) ?? [];
  const either = () => {
    let fits = both();
    while (parts[0] === "OR") {
      parts.shift();
      fits = both() || fits;
    }
    return fits;
  };
  const both = () => {
    let fits = one();
    while (parts[0] === "AND") {
      parts.shift();
      fits = one() && fits;
    }
    return fits;
  };
  const one = () => {
    let name = parts.shift();
    if (name === "(") {
      const inner = either();
      parts.shift();
      return inner;
    }
    if (parts[0] === "WITH") name += ` ${parts.shift()} ${parts.shift()}`;
    return allowed(name);
  };
  return either() && parts.length === 0;
}

const wrong = [];
let seen = 0;

function licence(name, expression, more = []) {
  seen += 1;
  if (!expression || !fits(expression, (one) => ALLOWED.has(one) || more.includes(one))) wrong.push(`${name}: licence ${expression ?? "not told"}`);
}

/** The Rust packages of a workspace. `wasm`: those that are in the WebAssembly. */
function crates(manifest, more, wasm = false) {
  const platform = wasm ? ["--filter-platform", "wasm32-unknown-unknown"] : [];
  const told = execFileSync("cargo", ["metadata", "--locked", "--format-version", "1", "--manifest-path", path.join(ROOT, manifest), ...platform], { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  const { packages, resolve } = JSON.parse(told);
  const byId = new Map(packages.map((one) => [one.id, one]));
  const own = packages.filter(({ name, source }) => source === null && name === "hearsay").map(({ id }) => id);
  const within = new Set(wasm ? own : byId.keys());
  if (wasm) {
    const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
    for (const id of within) {
      for (const { pkg, dep_kinds } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) within.add(pkg);
    }
  }
  for (const id of within) {
    const { name, version, license, source } = byId.get(id);
    licence(`${name} ${version}`, license, wasm ? [] : [...(EXCEPTIONS.get(name) ?? []), ...more]);
    if (source !== null && !source.startsWith("registry+")) wrong.push(`${name} ${version}: comes from ${source}`);
  }
}

crates("Cargo.toml", ["BSL-1.0"]);
crates("Cargo.toml", [], true);
crates("crate/fuzz/Cargo.toml", TOOLS);

for (const folder of ["extension", "tests", "tests/bench"]) {
  const { packages } = JSON.parse(read(`${folder}/package-lock.json`));
  for (const [place, { version, license, integrity, dependencies, optional }] of Object.entries(packages)) {
    if (place === "") {
      // Nothing of npm's is in the package: whatever the extension runs is ours.
      if (folder === "extension" && dependencies) wrong.push(`extension: depends on ${Object.keys(dependencies)}`);
      continue;
    }
    licence(`${place} ${version}`, license, TOOLS);
    if (!integrity && !optional) wrong.push(`${place} ${version}: its lock doesn't say by what it is known`);
  }
  if (process.argv.includes("--offline")) continue;
  const { stdout } = spawnSync("npm", ["audit", "--json"], { cwd: path.join(ROOT, folder), encoding: "utf8" });
  let holes = null;
  try {
    holes = JSON.parse(stdout).vulnerabilities ?? null;
  } catch {}
  if (!holes) console.log(`skipped: known holes of npm packages in ${folder}/, since the registry doesn't tell them`);
  for (const [name, { severity, range }] of Object.entries(holes ?? {})) {
    if (["high", "critical"].includes(severity)) wrong.push(`${folder}: ${name} ${range} has a known hole (${severity})`);
  }
}

for (const line of wrong) console.error(line);
console.log(`${seen} packages looked at, ${wrong.length} wrong`);
if (seen < 100) wrong.push("too few packages to be true");
process.exitCode = wrong.length > 0 ? 1 : 0;
