/** The demo's web server and its table: no browser needed. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { serve, textPage } from "./lib/server.mjs";
import { table } from "./lib/table.mjs";

let folder;
let server;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-server-"));
  await mkdir(path.join(folder, "open"));
  await writeFile(path.join(folder, "secret.html"), "secret");
  await writeFile(path.join(folder, "open", "a b.html"), "<p>hello");
  await writeFile(path.join(folder, "open", "note.txt"), "First <b>line</b> & more\n\nSecond\nline");
  await symlink(path.join(folder, "secret.html"), path.join(folder, "open", "link.html"));
  server = await serve({ root: path.join(folder, "open") });
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Sends the path as it stands: `fetch` would tidy it up first. */
function get(rawPath) {
  const { port } = new URL(server.origin);
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: rawPath }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (body += part)).on("end", () => resolve({ status: response.statusCode, type: response.headers["content-type"], body }));
    })
      .on("error", reject)
      .end();
  });
}

test("serves a file with its type", async () => {
  const answer = await get("/a%20b.html?x=1");
  assert.deepEqual(answer, { status: 200, type: "text/html; charset=utf-8", body: "<p>hello" });
});

test("nothing outside the folder is served", async () => {
  for (const attempt of ["/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/%2e%2e%2fsecret.html", "//../secret.html", "/link.html", "/", "/%00", "/%zz", "/missing.html"]) {
    const answer = await get(attempt);
    assert.equal(answer.status, 404, attempt);
    assert.doesNotMatch(answer.body, /secret/, attempt);
  }
});

test("a text file is a simple page, its signs kept as text", async () => {
  const { type, body } = await get("/note.txt");
  assert.equal(type, "text/html; charset=utf-8");
  assert.match(body, /<p>First &lt;b&gt;line&lt;\/b&gt; &amp; more<\/p>\n<p>Second\nline<\/p>/);
});

test("a text without blank lines has a paragraph a line", () => {
  assert.match(textPage("one\r\ntwo\n", "t"), /<p>one<\/p>\n<p>two<\/p>/);
});

test("the table shows each flag with its source and counts them", () => {
  const flag = { category: "anonymous", kind: "person", strength: 0.9, anchor: { exact: "a clerk said" }, source: { id: "S1" } };
  const text = table([flag, { ...flag, category: "hedged", kind: "modal", anchor: { exact: "may" }, source: null }], [{ id: "S1", label: "a clerk" }], 80);
  assert.match(text, /anonymous {2}person {2}0\.90 {6}a clerk said +S1 a clerk/);
  assert.match(text, /1 anonymous, 0 unsourced, 1 hedged$/);
  assert.ok(text.split("\n").every((line) => line.length <= 80));
  assert.match(table([], [], 80), /no verdict/);
});
