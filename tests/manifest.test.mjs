/** What the packages ask for and hold. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "./lib/browser.mjs";

const dist = path.join(ROOT, "dist");
const manifest = async (name) => JSON.parse(await readFile(path.join(dist, name, "manifest.json"), "utf8"));
const files = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
};

for (const name of ["chromium", "firefox"]) {
  test(`${name}: asks for no more rights than it may`, async () => {
    const { permissions, optional_permissions, host_permissions, optional_host_permissions, content_scripts, web_accessible_resources, externally_connectable } = await manifest(name);
    // Chromium's panel has a permission of its own; it warns of nothing and opens nothing else.
    const panel = name === "chromium" ? ["sidePanel"] : [];
    assert.deepEqual([...permissions].sort(), ["activeTab", "scripting", ...panel, "storage"]);
    assert.deepEqual(optional_permissions ?? [], []);
    assert.deepEqual(host_permissions ?? [], []);
    assert.deepEqual([...(optional_host_permissions ?? [])].sort(), ["http://*/*", "https://*/*"]);
    assert.deepEqual(content_scripts ?? [], [], "nothing may run before the reader asks for it");
    assert.equal(web_accessible_resources, undefined);
    assert.equal(externally_connectable, undefined);
  });

  test(`${name}: everything the manifest names is there`, async () => {
    const { action, background, icons, content_security_policy, manifest_version, version, side_panel, sidebar_action } = await manifest(name);
    assert.equal(manifest_version, 3);
    assert.match(version, /^\d+(\.\d+){1,3}$/);
    const named = [action.default_popup, background.service_worker, ...(background.scripts ?? []), ...Object.values(icons), ...Object.values(action.default_icon ?? {}), side_panel?.default_path, sidebar_action?.default_panel, ...Object.values(sidebar_action?.default_icon ?? {})].filter(Boolean);
    assert.ok(named.length >= 4);
    for (const file of named) assert.ok((await stat(path.join(dist, name, file))).size > 0, file);
    assert.match(content_security_policy.extension_pages, /'wasm-unsafe-eval'/);
    assert.doesNotMatch(content_security_policy.extension_pages, /'unsafe-eval'|'unsafe-inline'|https?:/);
  });

  test(`${name}: nothing in the package can reach the network or run text as code`, async () => {
    for (const file of await files(path.join(dist, name))) {
      if (!/\.(m?js|html|css)$/.test(file)) continue;
      const text = await readFile(path.join(dist, name, file), "utf8");
      assert.doesNotMatch(text, /\b(XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeerConnection|importScripts)\b/, file);
      assert.doesNotMatch(text, /\beval\(|new Function\(/, file);
      // Text of a page is set as text: nothing here makes mark-up of a string.
      assert.doesNotMatch(text, /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|DOMParser)\b|\bdocument\.write/, file);
      assert.doesNotMatch(text, /sourceMappingURL/, file);
    }
  });
}

for (const browser of ["chromium", "firefox"]) {
  test(`${browser}: the list is a command, and takes no key by itself`, async () => {
    const { commands } = await manifest(browser);
    assert.ok(commands.list.description);
    assert.equal(commands.list.suggested_key, undefined);
  });

  test(`${browser}: the archive holds the unpacked extension, the manifest on top`, async () => {
    const { unzipSync } = await import("fflate");
    const archive = unzipSync(await readFile(path.join(dist, `hearsay-${browser}.zip`)));
    const unpacked = await files(path.join(dist, browser));
    assert.ok("manifest.json" in archive);
    assert.deepEqual(Object.keys(archive).filter((name) => !name.endsWith("/")).sort(), unpacked.sort());
    for (const name of unpacked) assert.deepEqual(Buffer.from(archive[name]), await readFile(path.join(dist, browser, name)), name);
  });

  test(`${browser}: names the lowest version, which the README names too`, async () => {
    const { minimum_chrome_version, browser_specific_settings } = await manifest(browser);
    const [name, least] = { chromium: ["Chromium", minimum_chrome_version], firefox: ["Firefox", browser_specific_settings?.gecko.strict_min_version] }[browser];
    const readme = await readFile(path.join(ROOT, "README.md"), "utf8");
    assert.match(readme, new RegExp(`\\b${name} ${Number.parseInt(least, 10)}\\b`));
  });
}

test("firefox: an event page, a sidebar that stays closed until it is asked for, and no data collected", async () => {
  const { background, sidebar_action, browser_specific_settings } = await manifest("firefox");
  assert.equal(background.persistent, undefined);
  assert.equal(sidebar_action.open_at_install, false);
  assert.deepEqual(browser_specific_settings.gecko.data_collection_permissions, { required: ["none"] });
});

test("four commands have a key to begin with, which is all that the platform gives; each category has a command", async () => {
  for (const name of ["chromium", "firefox"]) {
    const { commands, options_ui } = await manifest(name);
    const keys = Object.entries(commands).filter(([, { suggested_key }]) => suggested_key);
    assert.deepEqual(keys.map(([command]) => command), ["toggle", "next", "previous", "card"], name);
    assert.equal(new Set(keys.map(([, { suggested_key }]) => suggested_key.default)).size, 4, name);
    for (const category of ["anonymous", "unsourced", "hedged"]) assert.ok(commands[category].description, `${name}: ${category}`);
    assert.deepEqual(options_ui, { page: "options.html", open_in_tab: true });
  }
});

/** What Mozilla's linter warns of, and why it may. */
const EXPLAINED = {
  "sidePanel.open is not supported": "Chromium's name for the list's place; browser.ts calls sidebarAction.open where there is one",
  "dom.openOrClosedShadowRoot is not supported": "Chromium's way into closed shadow roots; browser.ts reads the element's property where there is one",
};

test("Mozilla's linter finds no error in the Firefox package, and warns of nothing that isn't explained", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [path.join(ROOT, "tests", "node_modules", "web-ext", "bin", "web-ext.js"), "lint", "--output", "json", "--source-dir", path.join(dist, "firefox")],
    { maxBuffer: 1 << 26, env: { ...process.env, NO_UPDATE_NOTIFIER: "1" } },
  ).catch((error) => error);
  const report = JSON.parse(stdout);
  assert.deepEqual(report.errors.map((error) => `${error.code}: ${error.message} ${error.file ?? ""}`), []);
  assert.deepEqual([...new Set(report.warnings.map((warning) => warning.message))].sort(), Object.keys(EXPLAINED).sort());
});
