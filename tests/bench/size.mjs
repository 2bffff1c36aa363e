/**
 * `./build.sh bench size [--bless]`: what takes how much room in the module that is shipped: by
 * section, and by module or crate as the linker's map tells, before wasm-bindgen writes numbers
 * shorter. `--quiet` (the build) says only when it grew by more than 5 % over size.txt, compressed;
 * `--bless` keeps the new figure there.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { compare } from "./kept.mjs";

const { HEARSAY_ENGINE, HEARSAY_LINKED, HEARSAY_MAP } = process.env;
const KEPT = fileURLToPath(new URL("size.txt", import.meta.url));
const SECTIONS = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];
/** Parts of fewer bytes are summed up. */
const SMALL = 2000;

const { values: options } = parseArgs({ options: { bless: { type: "boolean", default: false }, quiet: { type: "boolean", default: false } } });

/** The sections of a module: `[name, contents]`. */
function sections(module) {
  const found = [];
  for (let at = 8; at < module.length; ) {
    const name = SECTIONS[module[at++]] ?? "unknown";
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = module[at++];
      size += (byte & 127) * 2 ** shift;
      more = byte > 127;
    }
    found.push([name, module.subarray(at, at + size)]);
    at += size;
  }
  return found;
}

/** The words of a mangled name's path, outermost first; hashes and generics left out. */
function pathOf(symbol) {
  const exported = /^[a-z_]+_[0-9a-f]{16}$/.test(symbol); // by wasm-bindgen
  if (exported) return ["hearsay", "wasm"];
  const inner = /^_ZN\d+_(?:\$LT\$|\$RF\$|mut\$u20\$|\.)*([a-z]\w*(?:\.\.\w+)*)/.exec(symbol); // <some::Type as Trait>::f
  if (inner) return inner[1].split("..");
  const crate = /Cs[0-9A-Za-z]*_(\d+)_?/.exec(symbol); // v0, the standard library's: its crate says enough
  if (crate) return [symbol.slice(crate.index + crate[0].length).slice(0, Number(crate[1]))];
  const words = [];
  let rest = symbol.startsWith("_ZN") ? symbol.slice(3) : "";
  for (let length = /^\d+/.exec(rest)?.[0]; length; length = /^\d+/.exec(rest)?.[0]) {
    words.push(rest.slice(length.length, length.length + Number(length)));
    rest = rest.slice(length.length + Number(length));
  }
  return words.filter((word) => !/^h[0-9a-f]{16}$/.test(word));
}

/** Where a function or a constant comes from. Of our code the module, of our tables the name. */
function partOf(section, symbol, bytes) {
  const [crate, ...inner] = pathOf(symbol.replace(/^\.(rodata|data|bss)\./, ""));
  if (crate === "hearsay") return `hearsay::${section === "CODE" ? inner[0] : inner.join("::")}`;
  if (crate) return crate;
  if (section === "CODE") return "the rest";
  const letters = bytes.filter((byte) => byte >= 0x20 && byte < 0x7f).length;
  return `constants without a name, ${letters > 0.9 * bytes.length ? "text" : "numbers"}`;
}

/** What the linker's map says that `linked` is made of: for `CODE` and `DATA` parts with their bytes. */
function parts(map, linked) {
  const found = { CODE: new Map(), DATA: new Map() };
  let section = "";
  for (const line of map.split("\n")) {
    section = /^\s+-\s+[0-9a-f]+\s+[0-9a-f]+ ([A-Z]+)$/.exec(line)?.[1] ?? section;
    const [, from, size, symbol] = /^\s+\S+\s+([0-9a-f]+)\s+([0-9a-f]+)\s+\S*:\((.+)\)$/.exec(line) ?? [];
    // What begins as zeros takes no bytes; descriptions are for wasm-bindgen, which drops them.
    if (!symbol || !(section in found) || /^\.bss\./.test(symbol) || /describe/i.test(symbol)) continue;
    const start = Number.parseInt(from, 16);
    const bytes = linked.subarray(start, start + Number.parseInt(size, 16));
    const part = partOf(section, symbol, bytes);
    found[section].set(part, [...(found[section].get(part) ?? []), bytes]);
  }
  return found;
}

const row = (cells, name) => console.log(`${cells.map((cell) => cell.toLocaleString("en").padStart(10)).join("")}  ${name}`);
const sizes = (bytes) => [bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length];

function report(module, map, linked) {
  row(["raw", "gzip", "brotli"], "bytes");
  row(sizes(module), "the module");
  for (const [name, bytes] of sections(module)) row(sizes(bytes), name);
  for (const [section, list] of Object.entries(parts(map, linked))) {
    console.log(`\n${section.toLowerCase()} as linked, each part compressed by itself`);
    const all = [...list].map(([name, pieces]) => [name, Buffer.concat(pieces)]).sort((a, b) => b[1].length - a[1].length);
    for (const [name, bytes] of all.filter(([, bytes]) => bytes.length >= SMALL)) row(sizes(bytes), name);
    row(sizes(Buffer.concat(all.map(([, bytes]) => bytes).filter((bytes) => bytes.length < SMALL))), "smaller parts");
  }
}

const module = await readFile(path.join(HEARSAY_ENGINE, "hearsay_bg.wasm"));
if (!options.quiet) {
  report(module, await readFile(HEARSAY_MAP, "utf8"), await readFile(HEARSAY_LINKED));
  console.log();
}
const { grew, said } = await compare(KEPT, gzipSync(module, { level: 9 }).length, {
  bless: options.bless,
  unit: "bytes of WebAssembly, gzip",
  comment: "Written by ./build.sh bench size --bless",
  note: `${module.length} raw`,
});
if (grew || !options.quiet) console.log(said);
if (grew) console.log("The module grew. See ./build.sh bench size; if it is worth it: ./build.sh bench size --bless");
