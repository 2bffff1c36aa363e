/**
 * What is measured, each system in a process of its own:
 *
 *     node tests/bench/systems.mjs NAME
 *
 * Texts come in on stdin, each after its length in bytes (four bytes, little-endian), and each is
 * answered with a line of JSON: `ns`, the time from the text to what was found in it, and `count`,
 * which must be the same whenever the same text is read. A text of length 0 forgets what was read.
 * crate/examples/bench.rs speaks the same way. Memory (`memory`) is WebAssembly's, in bytes.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { listedWords } from "./text.mjs";

const { HEARSAY_ENGINE, HEARSAY_FLOOR } = process.env;

/** Of a flag in what the engine gives back: `FLAG_SIZE` of extension/src/protocol.ts. */
const NUMBERS = 7;

const now = () => process.hrtime.bigint();
const since = (start) => Number(now() - start);

/** Each starts its system and gives `read(text)`, which answers as above. */
const SYSTEMS = {
  /** As the background script calls it: the page's blocks in, numbers out. */
  async hearsay() {
    const engine = await import(pathToFileURL(path.join(HEARSAY_ENGINE, "hearsay.js")));
    const bytes = await readFile(path.join(HEARSAY_ENGINE, "hearsay_bg.wasm"));
    const start = now();
    const { memory } = engine.initSync({ module: new WebAssembly.Module(bytes) });
    const started = since(start);
    const blocks = (text) => text.split("\n").map((line, i) => ({ text: line, tag: "p", path: [0, 1, 7, 9, 12 + i], within: ["main", "article"], hint: "article body story" }));
    let documents = 0;
    const forget = () => engine.forget(`1:0:${documents}`);
    const ask = (page) => {
      const start = now();
      forget();
      const reading = engine.read(`1:0:${++documents}`, page);
      return [since(start), reading];
    };
    const read = (text) => {
      const page = { url: "https://news.example/story", title: "A story", language: "en", blocks: blocks(text) };
      const [ns, { flags, words }] = ask(page);
      // Read again, every block is known: the way in and out and the passes over the page are left.
      const [again] = ask(page);
      // Where all text is links there is no main text: only the way in is left.
      const linked = page.blocks.map((block) => ({ ...block, links: [[0, block.text.length]] }));
      const [wayIn, none] = ask({ ...page, blocks: linked });
      return { ns, count: `${flags.length / NUMBERS} flags`, words, again, wayIn: none.words === 0 ? wayIn : undefined, memory: memory.buffer.byteLength };
    };
    return { read, forget, started };
  },

  async floor() {
    const bytes = await readFile(HEARSAY_FLOOR);
    const { exports: kernel } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const encoder = new TextEncoder();
    const into = (text) => {
      const most = text.length * 3;
      const at = kernel.floor_room(most);
      return encoder.encodeInto(text, new Uint8Array(kernel.memory.buffer, at, most)).written;
    };
    kernel.floor_teach(into((await listedWords(3000)).join(" ")));
    const read = (text) => {
      const start = now();
      const words = kernel.floor_read(into(text));
      const ns = since(start);
      return { ns, count: `${words} words, ${kernel.floor_hits()} of them listed`, memory: kernel.memory.buffer.byteLength };
    };
    return { read };
  },

  async "wink-nlp"() {
    const { default: winkNLP } = await import("wink-nlp");
    const { default: model } = await import("wink-eng-lite-web-model");
    const nlp = winkNLP(model, ["sbd", "pos"]);
    return timed((text) => {
      const doc = nlp.readDoc(text);
      const sentences = doc.sentences().out(nlp.its.span);
      const tags = doc.tokens().out(nlp.its.pos);
      return `${tags.length} tags, ${sentences.length} sentences`;
    });
  },

  async "write-good"() {
    const { default: writeGood } = await import("write-good");
    return timed((text) => `${writeGood(text).length} suggestions`);
  },

  async compromise() {
    const { default: nlp } = await import("compromise");
    return timed((text) => {
      const doc = nlp(text);
      return `${doc.termList().length} tagged terms, ${doc.length} sentences`;
    });
  },

  async retext() {
    const { unified } = await import("unified");
    const { VFile } = await import("vfile");
    const plugins = await Promise.all(["retext-english", "retext-intensify", "retext-equality"].map((name) => import(name)));
    const processor = unified().use(plugins.map((plugin) => plugin.default)).freeze();
    return timed((text) => {
      const file = new VFile(text);
      processor.runSync(processor.parse(file), file);
      return `${file.messages.length} messages`;
    });
  },

  async "harper.js"() {
    const { LocalLinter } = await import("harper.js");
    const { binaryInlined } = await import("harper.js/binaryInlined");
    const linter = new LocalLinter({ binary: binaryInlined });
    await linter.setup();
    return timed(async (text) => {
      const lints = await linter.lint(text, { language: "plaintext" });
      const count = lints.map((lint) => lint.span()).length;
      for (const lint of lints) lint.free?.();
      return `${count} lints`;
    });
  },
};

/** A system that is a function from text to its count. */
function timed(work) {
  return {
    async read(text) {
      const start = now();
      const count = await work(text);
      return { ns: since(start), count };
    },
  };
}

/** The texts on stdin. */
async function* texts() {
  const end = (bytes) => 4 + (bytes.length < 4 ? 0 : bytes.readUInt32LE());
  let [pieces, size, enough] = [[], 0, 4];
  for await (const piece of process.stdin) {
    pieces.push(piece);
    size += piece.length;
    if (size < enough) continue;
    let bytes = Buffer.concat(pieces);
    while (bytes.length >= 4 && bytes.length >= end(bytes)) {
      yield bytes.toString("utf8", 4, end(bytes));
      bytes = bytes.subarray(end(bytes));
    }
    [pieces, size, enough] = [[bytes], bytes.length, end(bytes)];
  }
}

/** Everything measured, by name; the native program is another process's. */
export const NAMES = Object.keys(SYSTEMS);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const answer = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const { read, forget, started } = await SYSTEMS[process.argv[2]]();
  answer({ started });
  for await (const text of texts()) {
    if (text === "") forget?.();
    answer(text === "" ? {} : await read(text));
  }
}
