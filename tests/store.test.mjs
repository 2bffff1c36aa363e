/** What the stores are told: within their limits, and the same as what the package does. */
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { ROOT } from "./lib/browser.mjs";

const read = (file) => readFile(path.join(ROOT, file), "utf8");
const manifest = async (name) => JSON.parse(await read(`dist/${name}/manifest.json`));

/** Heading → text of a store page. */
async function sections(name) {
  const [, ...parts] = (await read(`extension/store/${name}.md`)).split(/^## /m);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n")).trim()]));
}

/** In characters, as developer.chrome.com/docs/webstore and extensionworkshop.com give them; the stricter of the two. */
const LIMITS = { Name: 45, Summary: 132, Description: 15_000 };

test("the listing keeps to the stores' limits and says what the package says", async () => {
  const listing = await sections("listing");
  for (const [heading, limit] of Object.entries(LIMITS)) {
    const length = [...listing.get(heading)].length;
    assert.ok(length > 0 && length <= limit, `${heading}: ${length} of ${limit}`);
  }
  const messages = JSON.parse(await read("extension/_locales/en/messages.json"));
  assert.equal(listing.get("Name"), messages.name.message);
  assert.equal(listing.get("Summary"), messages.description.message);
});

test("every permission is justified, and none that isn't asked for", async () => {
  const told = [...(await sections("permissions")).keys()].filter((heading) => /^[a-z]/.test(heading));
  const asked = await Promise.all(["chromium", "firefox"].map(manifest));
  assert.deepEqual(told.sort(), [...new Set(asked.flatMap(({ permissions }) => permissions))].sort());
});

test("packages are within the stores' limits", async () => {
  for (const name of ["chromium", "firefox"]) {
    const { size } = await stat(path.join(ROOT, `dist/hearsay-${name}.zip`));
    // addons.mozilla.org takes 200 MB and its linter reads scripts of up to 5 MB; a reader waits for far less.
    assert.ok(size < 1_000_000, `${name}: ${size} bytes`);
  }
});

test("extension, program and changelog have one version", async () => {
  const versions = [
    (await manifest("chromium")).version,
    (await manifest("firefox")).version,
    (await read("crate/Cargo.toml")).match(/^version = "(.+)"$/m)[1],
    (await read("CHANGELOG.md")).match(/^## (\S+)/m)[1],
  ];
  assert.equal(new Set(versions).size, 1, versions.join(", "));
});
