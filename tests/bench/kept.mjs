/** A figure that is kept in the repository, to be told when it grows. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";

/** How much a figure may grow before it is worth a word. */
const GROWTH = 0.05;

/**
 * Compares `value` with the first number in `file`. With `bless` it is kept there instead, after
 * `comment` and followed by `note`. Gives `{ grew, said }`: whether it grew too much, and the words.
 */
export async function compare(file, value, { bless, unit, comment, note = "" }) {
  if (bless) {
    await writeFile(file, `# ${comment}\n${value} ${unit}${note && `, ${note}`}\n`);
    return { grew: false, said: `${value} ${unit}, kept from now on` };
  }
  const [kept] = existsSync(file) ? (/^\d+(\.\d+)?/m.exec(await readFile(file, "utf8")) ?? []) : [];
  if (kept === undefined) return { grew: false, said: `${value} ${unit}; there is none to compare it with` };
  const growth = value / kept - 1;
  const percent = `${Math.abs(growth * 100).toFixed(1)} %`;
  return { grew: growth > GROWTH, said: `${value} ${unit}, ${percent} ${growth > 0 ? "more" : "less"} than the ${kept} that were kept` };
}
