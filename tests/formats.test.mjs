/** Each form of the list, read back by a reader that isn't ours, from a page that tries to be more than text. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { HtmlValidate } from "html-validate";
import jsonld from "jsonld";
import MarkdownIt from "markdown-it";
import Papa from "papaparse";
import { parse } from "parse5";
import { cli } from "./lib/cli.mjs";
import { hostilePage } from "./lib/hostile.mjs";

const here = (name) => new URL(name, import.meta.url);
const json = async (name) => JSON.parse(await readFile(here(name), "utf8"));
const plain = {
  url: "https://gazette.example/port?a=1&b=2",
  title: "The port",
  blocks: ["The wall may fall, a senior official told the Gazette.", "Fees have risen by 40 percent since 2019, said the official, who asked not to be named because the talks are private."].map(
    (text, i) => ({ text, tag: "p", path: [0, i], within: ["article"] }),
  ),
};
const around = (before, after) => ({ around: { before, after } });
/** The same with what a reader made of it: one flag each, and notes that would be more than text. */
const reviewed = {
  ...plain,
  marks: [
    { id: "a", category: "hedged", words: "may", ...around("The wall ", " fall, a senior official told the"), verdict: "wrong", note: "=1+1 <b>*so*</b> [a](javascript:x)\n# \u202e" },
    { id: "b", category: "anonymous", words: "a senior official told", ...around("The wall may fall, ", " the Gazette."), verdict: "right", note: "" },
    { id: "c", category: "unsourced", kind: "statistic", words: "talks are private", ...around("not to be named because the ", "."), verdict: "missed", note: "</p>" },
  ],
};
const PAGES = [["a plain page", plain], ["a reviewed page", reviewed], ...[1, 2, 3].map((seed) => [`a hostile page (${seed})`, hostilePage({ seed })])];

let folder;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-formats-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** The list of a page in a format, at any strength. */
async function list(page, format) {
  const file = path.join(folder, "page.json");
  await writeFile(file, JSON.stringify(page));
  const { code, stdout, stderr } = await cli(["--format", format, "--blocks", file]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** What a list for people shows of a page's words: one line, and nothing that steers it. */
const shown = (text) =>
  text
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/gu, "")
    .replace(/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu, " ")
    .replace(/[\0-\u001f\u007f-\u009f]/gu, "\ufffd")
    .trim();

/** Both sides of a comparison without what a reader may do to white space at the edge of an element. */
const same = (found, expected, what) => assert.equal(shown(found), shown(expected), what);

for (const [name, page] of PAGES) {
  test(`JSON fits its schema: ${name}`, async () => {
    const made = JSON.parse(await list(page, "json"));
    const fits = new Ajv({ strict: false }).compile(await json("../crate/data/schema/hearsay-1.schema.json"));
    assert.ok(fits(made), JSON.stringify(fits.errors));
    assert.ok(made.flags.length > 1);
    assert.ok(!fits({ ...made, flags: [{ ...made.flags[0], anchors: 1 }] }), "a misspelt field is seen");
    assert.equal(made.page.title, page.title);
  });

  test(`CSV is a table of just that text, and runs nothing: ${name}`, async () => {
    const { flags, page: facts } = JSON.parse(await list(page, "json"));
    const text = await list(page, "csv");
    const { data, errors, meta } = Papa.parse(text, { header: true, skipEmptyLines: true });
    assert.deepEqual(errors, []);
    assert.equal(meta.linebreak, "\r\n");
    assert.equal(data.length, flags.length);
    const bare = (field) => field.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, "");
    const control = (field) => field.replace(/[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
    for (const [i, row] of data.entries()) {
      for (const [column, field] of Object.entries(row)) {
        if (!["start", "end", "strength", "source_claims"].includes(column)) assert.doesNotMatch(field, /^[=+\-@\t\r\n＝＋－＠]/, column);
      }
      assert.deepEqual(
        [row.id, Number(row.strength), bare(row.quote), bare(row.source_label), bare(row.url), bare(row.title), Number(row.start)],
        [flags[i].id, flags[i].strength, control(flags[i].anchor.exact), bare(row.source_label), control(facts.url), control(facts.title), flags[i].anchor.start],
      );
    }
    const marked = await list(page, "csvbom");
    const undated = (all) => all.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "");
    assert.equal(undated(marked), undated(`\ufeff${text}`));
    assert.deepEqual(Papa.parse(marked, { header: true }).meta.fields, meta.fields, "the mark is no part of the first name");
  });

  test(`Markdown shows the page's words and takes no orders from them: ${name}`, async () => {
    const { flags, sources } = JSON.parse(await list(page, "json"));
    // As lenient as they come: raw HTML and bare addresses are taken.
    const reader = new MarkdownIt({ html: true, linkify: true });
    const tokens = reader.parse(await list(page, "markdown"), {});
    const kinds = new Set(tokens.flatMap((token) => [token, ...(token.children ?? [])]).map((token) => token.type.replace(/_(open|close)$/, "")));
    const ours = ["heading", "paragraph", "inline", "text", "link", "ordered_list", "list_item", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td"];
    assert.deepEqual([...kinds].filter((kind) => !ours.includes(kind)), []);
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === "link_open");
    // A reader may encode more of an address, to the same effect.
    const address = (url) => decodeURI(new URL(url).href).replace(/[|{}"]/g, encodeURIComponent);
    assert.deepEqual(links.map((link) => address(link.attrGet("href"))), [address(page.url)], "the page's own address");

    const words = ({ children }) => children.map(({ content }) => content).join("");
    same(words(tokens[1]), page.title, "the heading");
    const quoted = tokens.flatMap((token, i) => (token.type === "blockquote_open" ? [tokens[i + 2]] : []));
    assert.equal(quoted.length, flags.length);
    for (const [i, { children }] of quoted.entries()) {
      const from = children.findIndex(({ type }) => type === "strong_open");
      const to = children.findIndex(({ type }) => type === "strong_close");
      same(words({ children: children.slice(from, to) }), flags[i].anchor.exact, "the flag's words are bold");
    }
    const rows = tokens.flatMap((token, i) => (token.type === "td_open" ? [words(tokens[i + 1])] : []));
    const labels = rows.filter((_, i) => i % 4 === 1);
    const claiming = sources.filter(({ claims }) => claims > 0);
    assert.equal(rows.length, 4 * claiming.length);
    for (const [i, { label }] of claiming.entries()) same(labels[i], label);
  });

  test(`the report is valid HTML that holds no more than it should: ${name}`, async () => {
    const { flags, summary } = JSON.parse(await list(page, "json"));
    const html = await list(page, "html");
    const report = await new HtmlValidate({
      extends: ["html-validate:recommended", "html-validate:document"],
      // Lower case as HTML itself serializes it; blocks are a picture; and a title is as long as the page's.
      rules: { "doctype-style": "off", "long-title": "off", "no-trailing-whitespace": "off", "require-sri": "off" },
    }).validateString(html);
    assert.deepEqual(report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`)), []);

    const errors = [];
    const document = parse(html, { onParseError: (error) => errors.push(error.code), sourceCodeLocationInfo: true });
    assert.deepEqual(errors, []);
    const all = (node) => [node, ...(node.childNodes ?? []).flatMap(all)];
    const elements = all(document).filter(({ attrs }) => attrs);
    const words = (node) => (node.nodeName === "#text" ? node.value : (node.childNodes ?? []).map(words).join(""));
    const named = (name, within = document) => all(within).filter(({ nodeName }) => nodeName === name);
    const tags = "html head meta title style body header p svg path b main h1 h2 a section div i ul li table thead tbody tr th td ol blockquote use span footer".split(" ");
    assert.deepEqual([...new Set(elements.map(({ nodeName }) => nodeName))].filter((tag) => !tags.includes(tag)), []);
    const attributes = "lang charset name content http-equiv class viewBox aria-hidden aria-label role d id href scope".split(" ");
    assert.deepEqual([...new Set(elements.flatMap(({ attrs }) => attrs.map(({ name }) => name)))].filter((name) => !attributes.includes(name)), []);
    const attribute = (node, name) => node.attrs.find((one) => one.name === name)?.value;
    assert.ok(attribute(named("meta")[3], "content").startsWith("default-src 'none'"), "no script may run in it");

    same(words(named("h1")[0]), page.title);
    assert.equal(elements.filter((node) => node.nodeName === "i" && node.parentNode.nodeName === "div").length, summary.claims, "one block for each claim");
    const items = named("li", named("ol")[0]);
    assert.equal(items.length, flags.length);
    for (const [i, item] of items.entries()) {
      const [link] = named("a", item);
      same(words(link), flags[i].anchor.exact);
      assert.equal(attribute(link, "class"), flags[i].category);
      const href = attribute(link, "href");
      assert.ok(href.startsWith(`${page.url}${page.url.includes("#") ? "" : "#"}:~:text=`), href);
    }
    const links = named("a").map((link) => attribute(link, "href"));
    assert.deepEqual(links.filter((href) => !href.startsWith(page.url)), []);
  });

  test(`Web Annotations expand in safe mode, and fit the model: ${name}`, async () => {
    const { flags } = JSON.parse(await list(page, "json"));
    const collection = JSON.parse(await list(page, "webannotation"));
    const fits = new Ajv().compile(await json("formats/annotation.schema.json"));
    assert.ok(fits(collection), JSON.stringify(fits.errors?.slice(0, 3)));
    const context = await json("formats/anno.jsonld");
    const documentLoader = async (url) => {
      assert.equal(url, "http://www.w3.org/ns/anno.jsonld");
      return { document: context, documentUrl: url, contextUrl: null };
    };
    const expand = (document) => jsonld.expand(document, { safe: true, documentLoader });
    const [expanded] = await expand(collection);
    const as = "http://www.w3.org/ns/activitystreams#";
    const oa = "http://www.w3.org/ns/oa#";
    assert.deepEqual(expanded["@type"], [`${as}OrderedCollection`]);
    const items = expanded[`${as}first`][0][`${as}items`][0]["@list"];
    assert.equal(items.length, flags.length);
    assert.equal(Number(expanded[`${as}totalItems`][0]["@value"]), flags.length);
    assert.equal(new Set(items.map((item) => item["@id"])).size, flags.length, "every annotation has a name of its own");
    for (const [i, item] of items.entries()) {
      assert.deepEqual(item["@type"], [`${oa}Annotation`]);
      const [target] = item[`${oa}hasTarget`];
      const quote = target[`${oa}hasSelector`].find((one) => one["@type"][0] === `${oa}TextQuoteSelector`);
      assert.equal(quote[`${oa}exact`][0]["@value"], flags[i].anchor.exact);
    }
    const purposes = items.flatMap((item) => [item[`${oa}motivatedBy`], ...item[`${oa}hasBody`].map((body) => body[`${oa}hasPurpose`])]).flat();
    const ours = ["classifying", "commenting", "tagging", ...(page.marks ? ["assessing"] : [])];
    assert.deepEqual(new Set(purposes.map((one) => one["@id"])), new Set(ours.map((one) => oa + one)));
    const verdicts = items.flatMap((item) => item[`${oa}hasBody`].filter((body) => body[`${oa}hasPurpose`][0]["@id"] === `${oa}assessing`));
    assert.deepEqual(verdicts.map((body) => body["http://www.w3.org/1999/02/22-rdf-syntax-ns#value"][0]["@value"]).sort(), page.marks ? ["missed", "right", "wrong"] : []);
    // A misspelt term is no silent loss.
    const [item] = collection.first.items;
    const misspelt = (edited) => ({ ...collection, first: { ...collection.first, items: [{ ...item, ...edited }] } });
    await expand(misspelt({}));
    for (const edited of [{ motivations: [] }, { type: "Annotations" }, { body: [{ ...item.body[0], valeu: "x" }] }, { target: { ...item.target, selector: [{ type: "TextQuote", exact: "x" }] } }]) {
      assert.ok(!fits(misspelt(edited)));
      await assert.rejects(expand(misspelt(edited)), { name: "jsonld.ValidationError" });
    }
    assert.ok(!fits(misspelt({ motivation: ["clasifying"] })), "a value that JSON-LD takes for a name, the schema doesn't");
  });

  test(`Hypothesis finds what its importer looks for: ${name}`, async () => {
    const { flags } = JSON.parse(await list(page, "json"));
    const file = JSON.parse(await list(page, "hypothesis"));
    // What becomes of a file there: one user's annotations, of each six fields, sent to be kept.
    const [user, ...others] = new Set(file.annotations.map((one) => one.user));
    assert.deepEqual(others, [], "there is one to choose");
    assert.match(user, /^acct:[^@]+@.+$/);
    const keeps = new Ajv().compile({
      type: "object",
      required: ["uri", "text", "tags", "target", "document", "permissions"],
      properties: {
        permissions: { type: "object", required: ["read"], properties: { read: { type: "array", items: { type: "string", pattern: "^acct:" } } } },
        uri: { type: "string", pattern: "\\S" },
        text: { type: "string" },
        tags: { type: "array", items: { type: "string" } },
        document: { type: "object", required: ["title"], properties: { title: { type: "array", items: { type: "string" }, minItems: 1 } } },
        target: {
          type: "array",
          minItems: 1,
          maxItems: 1,
          items: { type: "object", required: ["selector"], properties: { selector: { type: "array", items: { type: "object", required: ["type"] } } } },
        },
      },
    });
    assert.equal(file.annotations.length, flags.length);
    const reader = new MarkdownIt({ html: true, linkify: true });
    for (const [i, one] of file.annotations.entries()) {
      assert.ok(keeps(one), JSON.stringify(keeps.errors));
      const quotes = one.target[0].selector.filter(({ type }) => type === "TextQuoteSelector");
      assert.deepEqual(quotes.map(({ exact }) => exact), [flags[i].anchor.exact]);
      const kinds = new Set(reader.parse(one.text, {}).flatMap(({ type, children }) => [type, ...(children ?? []).map((child) => child.type)]));
      assert.deepEqual([...kinds].filter((kind) => !["paragraph_open", "paragraph_close", "inline", "text"].includes(kind)), [], one.text);
    }
  });
}

test("a reader's marks are in every list, and those that have no flag any more in those that have room for them", async () => {
  const gone = { id: "d", category: "anonymous", words: "<i>critics argue</i>", ...around("Some *", "* so"), verdict: "unsure", note: "x" };
  const page = { ...reviewed, marks: [...reviewed.marks, gone] };
  const json_ = JSON.parse(await list(page, "json"));
  assert.deepEqual(json_.flags.filter(({ review }) => review).map(({ review }) => review.verdict).sort(), ["missed", "right", "wrong"]);
  assert.deepEqual(json_.orphans.map(({ exact, verdict }) => [exact, verdict]), [[gone.words, "unsure"]]);
  const rows = Papa.parse(await list(page, "csv"), { header: true, skipEmptyLines: true }).data;
  assert.deepEqual(rows.filter(({ review }) => review).map(({ review }) => review).sort(), ["missed", "right", "wrong"]);
  const markdown = new MarkdownIt({ html: true, linkify: true }).render(await list(page, "markdown"));
  assert.match(markdown, /<h2>Marks whose flags are gone \(1\)<\/h2>\s*<ul>\s*<li><strong>Anonymous source<\/strong>\. Reviewed: unsure\. Note: x\s*<blockquote>\s*<p>Some \*<strong>&lt;i&gt;critics argue&lt;\/i&gt;<\/strong>\* so<\/p>/);
  assert.match(markdown, /Reviewed: wrong\. Note: =1\+1 &lt;b&gt;\*so\*/);
  const html = await list(page, "html");
  assert.match(html, /<h2>Marks whose flags are gone<\/h2>/);
  const report = await new HtmlValidate({ extends: ["html-validate:recommended", "html-validate:document"], rules: { "doctype-style": "off", "long-title": "off", "no-trailing-whitespace": "off", "require-sri": "off" } }).validateString(html);
  assert.deepEqual(report.results.flatMap(({ messages }) => messages.map(({ message }) => message)), []);
  const hypothesis = JSON.parse(await list(page, "hypothesis"));
  assert.deepEqual(hypothesis.annotations.flatMap(({ tags }) => tags.slice(3)).sort(), ["Added by the reader", "Reviewed: right", "Reviewed: wrong"]);
});

test("gold needs a mark, and that is said", async () => {
  const { code, stdout, stderr } = await cli(["--format", "gold"], { input: "Officials said the wall may fall.\n" });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /no flag of this page is marked right, wrong or unsure/);
});

test("without an address there is no file for Hypothesis, and that is said", async () => {
  const { code, stdout, stderr } = await cli(["--format", "hypothesis"], { input: "Officials said the wall may fall.\n" });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^hearsay: standard input: a file for Hypothesis needs the address of the page/);
});

test("a text without an address has its Web Annotations all the same", async () => {
  const { code, stdout } = await cli(["--format", "webannotation"], { input: "Officials said the wall may fall.\n" });
  assert.equal(code, 0);
  const fits = new Ajv().compile(await json("formats/annotation.schema.json"));
  assert.ok(fits(JSON.parse(stdout)), JSON.stringify(fits.errors));
});

test("the report is drawn in the extension's colours, and bears its mark", async () => {
  const [css, tokens, mark] = await Promise.all(["../crate/src/export/html.css", "../extension/src/tokens.css", "../extension/src/mark.json"].map((name) => readFile(here(name), "utf8")));
  const colour = (text, name) => [...text.matchAll(new RegExp(`--${name}: (#\\w+)`, "g"))].slice(0, 2).map(([, value]) => value);
  for (const name of ["ink", "ink2", "rule", "control", "anonymous", "unsourced", "hedged"]) {
    const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(css);
    assert.deepEqual([light, dark], colour(tokens, name), name);
  }
  const html = await list(plain, "html");
  for (const drawing of Object.values(JSON.parse(mark))) assert.ok(html.includes(`d="${drawing}"`));
});

/** Whether a program runs; a module of Python with it. */
function have(...command) {
  try {
    execFileSync(command[0], command.slice(1), { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const python = process.env.PYTHON ?? "python3";
const pandas = have(python, "-c", "import pandas");
test("pandas reads the CSV with its numbers, with and without the mark", { skip: pandas ? false : "skipped: pandas is missing (pip install pandas)" }, async () => {
  for (const [name, page] of PAGES) {
    const { flags } = JSON.parse(await list(page, "json"));
    for (const format of ["csv", "csvbom"]) {
      const file = path.join(folder, "list.csv");
      await writeFile(file, await list(page, format));
      const read = `import pandas, json, sys
table = pandas.read_csv(sys.argv[1], keep_default_na=False)
print(json.dumps([list(table["id"]), [float(x) for x in table["strength"]], str(table["start"].dtype), list(table["quote"])]))`;
      const [ids, strengths, kind, quotes] = JSON.parse(execFileSync(python, ["-c", read, file], { encoding: "utf8" }));
      assert.deepEqual(ids, flags.map((flag) => flag.id), name);
      assert.deepEqual(strengths, flags.map((flag) => flag.strength), name);
      assert.equal(kind, "int64");
      assert.equal(quotes.length, flags.length);
    }
  }
});

const office = ["soffice", "libreoffice"].find((program) => have(program, "--version"));
test("LibreOffice opens the CSV as the same table, and runs nothing", { skip: office ? false : "skipped: LibreOffice is missing" }, async () => {
  const file = path.join(folder, "office.csv");
  const text = await list(hostilePage(), "csv");
  await writeFile(file, text);
  const out = path.join(folder, "office");
  // 44: comma, 34: quotation marks, 76: UTF-8, as its import dialogue proposes them.
  execFileSync(office, ["--headless", "--infilter=CSV:44,34,76,1", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false", "--outdir", out, file], { stdio: "ignore" });
  const rows = (all) => Papa.parse(all.replace(/^\ufeff/, ""), { header: true, skipEmptyLines: true }).data;
  const [before_, opened] = [rows(text), rows(await readFile(path.join(out, "office.csv"), "utf8"))];
  assert.deepEqual(opened.map(({ id, quote }) => [id, quote]), before_.map(({ id, quote }) => [id, quote]));
});
