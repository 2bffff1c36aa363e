/** The file for Hypothesis in Hypothesis itself: its real client on a page of ours, against a service that keeps what it is sent. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch, until } from "./lib/browser.mjs";
import { exportList, settled } from "./lib/hearsay.mjs";
import { PAGES } from "./lib/pages.mjs";

const CLIENT = new URL("./node_modules/hypothesis/", import.meta.url);
const USER = "acct:reader@localhost";
const TYPES = { ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".woff2": "font/woff2" };

/** What it was sent, in order. */
const kept = [];
let origin;
let server;
let browser;
let folder;

const config = (values) => `<script type="application/json" class="js-hypothesis-config">${JSON.stringify(values)}</script>`;
const boot = '<script src="/client/build/boot.js"></script>';

/** The addresses of the service, as its client asks for them. */
function links() {
  const link = (method, address) => ({ method, url: `${origin}/api/${address}`, desc: "" });
  return {
    search: link("GET", "search"),
    links: link("GET", "links"),
    profile: { read: link("GET", "profile"), update: link("PATCH", "profile"), groups: { read: link("GET", "profile/groups") } },
    groups: { read: link("GET", "groups") },
    group: { read: link("GET", "groups/:id"), member: { delete: link("DELETE", "groups/:pubid/members/:userid") } },
    annotation: { create: link("POST", "annotations"), read: link("GET", "annotations/:id"), update: link("PATCH", "annotations/:id"), delete: link("DELETE", "annotations/:id"), flag: link("PUT", "annotations/:id/flag"), hide: link("PUT", "annotations/:id/hide"), unhide: link("DELETE", "annotations/:id/hide") },
    analytics: { events: { create: link("POST", "analytics/events") } },
  };
}

const GROUP = { id: "__world__", name: "Public", organization: null, type: "open", scoped: false, scopes: { enforced: false, uri_patterns: [] }, links: {} };

function answer({ method, url }, sent) {
  const address = url.replace(/\?.*/, "");
  switch (`${method} ${address}`) {
    case "GET /api/":
      return { links: links() };
    case "GET /api/links":
      return { "account.settings": origin, "forgot-password": origin, "groups.new": origin, help: origin, "oauth.authorize": origin, "oauth.revoke": origin, "search.tag": `${origin}/?q=:tag`, signup: origin, user: `${origin}/u/:user` };
    case "GET /api/profile":
      return { userid: USER, authority: "localhost", features: {}, groups: [GROUP], preferences: {}, user_info: { display_name: "A reader" } };
    case "GET /api/groups":
    case "GET /api/profile/groups":
      return [GROUP];
    case "GET /api/search":
      return { total: 0, rows: [], replies: [] };
    case "POST /api/annotations":
      kept.push(sent);
      return { ...sent, id: `kept${kept.length}`, flagged: false, links: {} };
    default:
      return null;
  }
}

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-hypothesis-"));
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const send = (status, type, body) => response.writeHead(status, { "content-type": type, "access-control-allow-origin": "*" }).end(body);
    const { pathname } = new URL(request.url, origin);
    if (pathname === "/story") return send(200, "text/html", PAGES["/story"].body.replace("</head>", `${config({ assetRoot: `${origin}/client/`, sidebarAppUrl: `${origin}/app`, openSidebar: true })}${boot}</head>`));
    if (pathname === "/plain") return send(200, "text/html", PAGES["/story"].body);
    if (pathname === "/app") {
      const own = config({ apiUrl: `${origin}/api/`, assetRoot: `${origin}/client/`, authDomain: "localhost", oauthClientId: "x", release: "x" });
      return send(200, "text/html", `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hypothesis</title></head><body><hypothesis-app></hypothesis-app>${own}${boot}</body></html>`);
    }
    if (pathname.startsWith("/client/build/") && !pathname.includes("..")) {
      const file = await readFile(new URL(pathname.replace("/client/", ""), CLIENT)).catch(() => null);
      return file ? send(200, TYPES[path.extname(pathname)] ?? "text/plain", file) : send(404, "text/plain", "");
    }
    const body = answer(request, chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : null);
    return body ? send(200, "application/json", JSON.stringify(body)) : send(404, "application/json", "{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

test("its client imports the list and finds the very words on the page", async () => {
  // The page as it is, so that nothing but the story is read.
  const plain = await browser.open(`${origin}/plain`);
  const popup = await browser.press(plain);
  await settled(popup);
  const { text, name } = await exportList(browser, popup, "hypothesis");
  const flags = JSON.parse((await exportList(browser, popup, "json")).text).flags;
  await popup.close();
  await plain.close();
  const file = path.join(folder, name);
  // The same story at the address where the client runs.
  await writeFile(file, text.replaceAll(`${origin}/plain`, `${origin}/story`));

  const page = await browser.context.newPage();
  // A reader who is logged in.
  await page.addInitScript(() => {
    const token = { accessToken: "a", refreshToken: "b", expiresAt: Date.now() + 3_600_000 };
    localStorage.setItem("hypothesis.oauth.127%2E0%2E0%2E1.token", JSON.stringify(token));
  });
  await page.goto(`${origin}/story`);
  const sidebar = page.frameLocator('iframe[src*="/app"]');
  await sidebar.getByRole("button", { name: "Show share panel" }).click();
  await sidebar.getByRole("tab", { name: "Import" }).click();
  await sidebar.locator('input[type="file"]').setInputFiles(file);
  await sidebar.getByRole("combobox", { name: /whose|user/i }).click();
  await sidebar.getByRole("option", { name: new RegExp(`Hearsay.*${flags.length}`) }).click();
  await sidebar.getByTestId("import-button").click();
  await until("all of them to be kept", () => kept.length === flags.length);

  // Several are sent at a time, so in no order.
  const words = (all) => all.map((text) => text.replace(/\s+/g, " ")).sort();
  const quotes = words(flags.map((flag) => flag.anchor.exact));
  assert.deepEqual(words(kept.map(({ target }) => target[0].selector[0].exact)), quotes);
  for (const { uri, tags, permissions, extra, text: note } of kept) {
    assert.equal(uri, `${origin}/story`);
    assert.equal(tags[0], "Hearsay");
    assert.deepEqual(permissions.read, [USER], "the reader's own, shown to nobody else");
    assert.ok(flags.some((flag) => flag.id === extra.original_id));
    assert.match(note, /Strength: (clear|fair)$/);
  }
  // It marks what it has found. Words that two flags share are marked twice, one mark inside the other.
  const marked = () => page.evaluate(() => [...document.querySelectorAll("hypothesis-highlight")].map((mark) => mark.textContent));
  await until("the words on the page", async () => (await marked()).length >= flags.length);
  assert.deepEqual(words(await marked()), quotes);
});
