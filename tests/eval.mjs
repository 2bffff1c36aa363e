/**
 * `./build.sh eval`: scores the program's flags against gold.
 *
 *     node tests/eval.mjs DIR [--errors N] [--rules] [--min-strength S]
 *
 * DIR holds texts (NAME.txt), each with its gold (NAME.gold or NAME.json, see lib/gold.mjs), or gold with
 * its text within, as the extension saves what a reader made of a page's flags (NAME.gold.json). Ends
 * with 0 if it could score, however well; with 1 if texts or gold can't be read; with 2 if the
 * command line makes no sense.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { cli } from "./lib/cli.mjs";
import { GoldError, parseGold, parseList } from "./lib/gold.mjs";
import { report } from "./lib/report.mjs";
import { score } from "./lib/score.mjs";

const USAGE = "eval DIR [--errors N] [--rules] [--min-strength S]";
const FORMATS = { ".gold": parseGold, ".json": parseList };

/** The command line, or null if it makes no sense. */
function commandLine() {
  const number = (text, most) => (/^\d+(\.\d+)?$/.test(text) && Number(text) <= most ? Number(text) : null);
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        errors: { type: "string", default: "5" },
        rules: { type: "boolean", default: false },
        "min-strength": { type: "string", default: "0.5" },
      },
    });
    const errors = values.errors === "all" ? Number.POSITIVE_INFINITY : number(values.errors, 1e6);
    const minStrength = number(values["min-strength"], 1);
    if (positionals.length !== 1 || errors === null || minStrength === null) return null;
    return { folder: positionals[0], errors, rules: values.rules, minStrength };
  } catch {
    return null;
  }
}

/** Every text of a folder with its gold and the program's flags. Throws a GoldError that tells of all that is amiss. */
async function documents(folder) {
  const files = await readdir(folder);
  const named = (ending) => new Set(files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length)));
  const [texts, golds] = [named(".txt"), Object.keys(FORMATS).map((ending) => [ending, named(ending)])];
  const complaints = [];
  const read = [];
  for (const [ending, names] of golds) {
    for (const name of [...names].filter((one) => !texts.has(one)).sort()) {
      const file = path.join(folder, name + ending);
      const gold = await readFile(file, "utf8");
      const text = ending === ".json" ? textOf(gold) : null;
      if (text === null) complaints.push(`${file}: there is no ${name}.txt`);
      else add({ name, file, text }, gold, ending, file);
    }
  }
  if (texts.size + read.length === 0) complaints.push(`${folder}: there are no texts here`);
  for (const name of [...texts].sort()) {
    const endings = golds.filter(([, names]) => names.has(name)).map(([ending]) => ending);
    const file = path.join(folder, `${name}.txt`);
    if (endings.length !== 1) {
      complaints.push(`${file}: there must be one gold beside it, ${name}.gold or ${name}.json; there ${endings.length ? "are both" : "is none"}`);
      continue;
    }
    const gold = path.join(folder, name + endings[0]);
    add({ name, file, text: await readFile(file, "utf8") }, await readFile(gold, "utf8"), endings[0], gold);
  }
  function add(document, gold, ending, from) {
    try {
      read.push({ ...document, gold: FORMATS[ending](gold, document.text) });
    } catch (error) {
      if (!(error instanceof GoldError)) throw error;
      complaints.push(...error.complaints.map((words) => `${from}:${words}`));
    }
  }
  if (complaints.length > 0) throw new GoldError(complaints);
  return Promise.all(read.map(async (document) => ({ ...document, flagged: await flagsOf(document) })));
}

/** The text that gold has within; null where it has none. */
function textOf(gold) {
  try {
    const { text } = JSON.parse(gold);
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}

/** What the program flags in a text. */
async function flagsOf({ file, text }) {
  const { code, stdout, stderr } = await cli(["--format", "json"], { input: text });
  if (code !== 0) throw new Error(`hearsay ended with ${code} on ${file}: ${stderr}`);
  try {
    return parseList(stdout, text);
  } catch (error) {
    throw new Error(`the list for ${file} can't be scored: ${error.message}`);
  }
}

const options = commandLine();
if (!options) {
  console.error(`usage: ${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    const all = await documents(options.folder);
    const words = all.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
    console.log(`${all.length} texts, ${words} words; flags of strength ${options.minStrength} and up\n`);
    const mark = (anchor) => (process.stdout.isTTY ? `\x1b[1m[${anchor}]\x1b[0m` : `[${anchor}]`);
    console.log(report(score(all, options.minStrength), { ...options, mark }));
  } catch (error) {
    console.error(`eval: ${error.message.replaceAll("\n", "\neval: ")}`);
    process.exitCode = 1;
  }
}
