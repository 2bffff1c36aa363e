/**
 * What crosses to the engine and back with every reading: each value that crosses by itself costs a
 * call, so all of them cross at once. `wasm.rs` says what the parts hold, `packed.rs` reads the blocks.
 */

const BREAKS = /[\n\r]/g;

/** The blocks of `page`, or of all splices of a change. */
export function pack(page) {
  const texts = [];
  const numbers = [];
  const lines = new Map();
  // A line break is the space that a browser draws.
  const line = (text) => (text.includes("\n") || text.includes("\r") ? text.replace(BREAKS, " ") : text);
  const name = (text) => {
    const known = lines.get(text);
    if (known !== undefined) return known;
    lines.set(text, lines.size);
    return lines.size - 1;
  };
  const ranges = (list) => {
    numbers.push(list?.length ?? 0);
    if (list) for (const [start, end] of list) numbers.push(start, end);
  };
  for (const { at, remove, blocks } of page.splices ?? [{ at: 0, remove: 0, blocks: page.blocks }]) {
    numbers.push(at, remove, blocks.length);
    for (const { text, tag, path, within, hint, links, marks } of blocks) {
      texts.push(line(text));
      numbers.push(name(tag), within?.length ?? 0);
      if (within) for (const landmark of within) numbers.push(name(landmark));
      numbers.push(name(hint ?? ""), path.length);
      for (const id of path) numbers.push(id);
      ranges(links);
      ranges(marks);
    }
  }
  return {
    texts: texts.join("\n"),
    names: [...lines.keys()].map(line).join("\n"),
    numbers: new Uint32Array(numbers),
  };
}

/** The answer to a page; `flags` is a view of the engine's memory, which goes on. */
export function reply(language, readable, words, sentences, claims, taken, flags) {
  return { language, readable, words, sentences, claims, taken, flags: Array.from(flags) };
}
