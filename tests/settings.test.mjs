/** The settings as such: whatever is stored, what comes out is valid; and what older versions stored is kept. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { before, test } from "node:test";
import { ROOT } from "./lib/browser.mjs";

let module;
let marks;
let kept = {};
const writes = [];

before(async () => {
  // The module as it is, with a browser that has a storage and nothing else.
  const { build } = createRequire(path.join(ROOT, "extension/package.json"))("esbuild");
  const { outputFiles } = await build({ entryPoints: ["settings", "reviews"].map((name) => path.join(ROOT, `extension/src/${name}.ts`)), outdir: "out", bundle: true, write: false, format: "esm" });
  globalThis.chrome = {
    storage: {
      local: {
        get: async (names) => structuredClone(Object.fromEntries(Object.entries(kept).filter(([name]) => names === null || names.includes(name)))),
        remove: async (names) => {
          for (const name of names) delete kept[name];
        },
        set: async (values) => {
          writes.push(values);
          Object.assign(kept, structuredClone(values));
        },
      },
    },
  };
  let last = Promise.resolve();
  const request = (_name, work) => {
    last = last.then(work, work);
    return last;
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request } }, configurable: true });
  [module, marks] = await Promise.all(outputFiles.map(({ text }) => import(`data:text/javascript,${encodeURIComponent(text)}`)));
});

const DEFAULTS = () => module.valid({});

test("an empty storage gives the defaults", () => {
  const all = DEFAULTS();
  assert.equal(all.sensitivity, "normal");
  assert.deepEqual(all.categories, { anonymous: true, unsourced: true, hedged: true });
  assert.deepEqual([all.phrases, all.dismissed, all.sites], [[], [], {}]);
});

test("what was stored before versions is kept", () => {
  const old = { sensitivity: "quiet", categories: { anonymous: true, unsourced: false, hedged: true }, sites: { "a.example": "always", "b.example": "off" } };
  assert.deepEqual(module.valid(old), {
    ...DEFAULTS(),
    sensitivity: "quiet",
    categories: old.categories,
    sites: { "a.example": { rule: "always" }, "b.example": { rule: "off" } },
  });
});

test("what is valid stays as it is, also by way of a file, and from a later version what is known", () => {
  const all = {
    ...DEFAULTS(),
    sensitivity: "everything",
    looks: { ...DEFAULTS().looks, hedged: { line: "dashed", colour: "blue" } },
    phrases: [{ category: "hedged", text: "as if", pattern: false }, { category: "hedged", text: "a|b", pattern: true }],
    dismissed: [{ category: "anonymous", words: "some say", flag: null }, { category: "hedged", words: "may", flag: { page: "https://a.example/x", before: "it ", after: " be" } }],
    sites: { "a.example": { rule: "always", hidden: ["hedged"] }, "b.example": { hidden: ["anonymous"] } },
  };
  assert.deepEqual(module.valid({ version: module.VERSION, ...all }), all);
  assert.deepEqual(module.valid({ version: 99, future: 1, ...all }), all);
  assert.deepEqual(module.imported(module.exported(all)), all);
});

test("whatever is stored, what comes out is valid", () => {
  const wild = [undefined, null, 0, -1, 1e300, "", "x", "__proto__", true, [], {}, [null], [[[]]], { length: -1 }, { a: { b: 1 } }, ["anonymous", 3], "always", "off", { rule: "off" }, { rule: 7, hidden: "hedged" }, { category: "hedged", text: "x".repeat(999), words: 4 }, { category: "hedged", words: "w", flag: { page: 1 } }];
  let seed = 7;
  const one = (list) => list[(seed = (seed * 1103515245 + 12345) % 2147483648) % list.length];
  const keys = ["version", "sensitivity", "categories", "looks", "phrases", "dismissed", "sites", "other"];
  const again = (value) => module.valid({ version: module.VERSION, ...value });
  for (let i = 0; i < 3000; i++) {
    const raw = Object.fromEntries(keys.map((key) => [key, one([one(wild), [one(wild), one(wild)], { anonymous: one(wild), hedged: one(wild), "a.example": one(wild), "not a host": one(wild), ["__proto__"]: one(wild) }])]));
    const all = module.valid(raw);
    assert.deepEqual(Object.keys(all).sort(), Object.keys(DEFAULTS()).sort());
    assert.ok(["quiet", "normal", "everything"].includes(all.sensitivity));
    assert.ok(Object.values(all.categories).every((shown) => typeof shown === "boolean"));
    assert.ok(Object.values(all.looks).every(({ line, colour }) => typeof line === "string" && typeof colour === "string"));
    assert.ok(all.phrases.every(({ text, pattern }) => text.length <= 200 && typeof pattern === "boolean"));
    assert.ok(Object.entries(all.sites).every(([host, site]) => !host.includes(" ") && (site.rule || site.hidden.length > 0)));
    assert.deepEqual(again(all), all, "what is valid stays as it is");
  }
});

test("a file that is none of ours is refused", () => {
  for (const text of ["", "{", "null", "[]", "7", '{"hearsay":"list"}', '{"settings":{}}']) assert.equal(module.imported(text), null, text);
  // Of ours, but of before versions, or spoilt.
  assert.equal(module.imported('{"hearsay":"settings","settings":{"sites":{"a.example":"off"}}}').sites["a.example"].rule, "off");
  assert.deepEqual(module.imported('{"hearsay":"settings","settings":7}'), DEFAULTS());
});

test("an update is written with the version, and never undoes another that runs at the same time", async () => {
  kept = { sites: { "a.example": "always" } };
  const host = (name) => (all) => module.withSite(all, name, { rule: "off" });
  await Promise.all([module.update(host("b.example")), module.update(host("c.example")), module.update(() => ({ sensitivity: "quiet" }))]);
  assert.deepEqual(module.valid(kept).sites, { "a.example": { rule: "always" }, "b.example": { rule: "off" }, "c.example": { rule: "off" } });
  assert.equal(kept.version, module.VERSION);
  assert.equal(kept.sensitivity, "quiet");
});

test("a change is noted at once, made once, and made by others where whoever noted it is gone", async () => {
  kept = {};
  const change = (id, act) => ({ id, act });
  const off = change("a", { what: "site", host: "a.example", rule: "off" });
  // Gone before anything came of it.
  void module.noted(off, new Promise(() => {}));
  assert.deepEqual(Object.values(kept), [off], "before anything is awaited");
  await module.catchUp();
  assert.deepEqual([module.valid(kept).sites, noteNames()], [{ "a.example": { rule: "off" } }, []]);

  // Made, and gone before the note was.
  void module.noted(off, new Promise(() => {}));
  await module.update((all) => module.withSite(all, "a.example", { rule: "click" }));
  await module.catchUp();
  assert.deepEqual([module.valid(kept).sites, noteNames()], [{}, []], "nothing is made twice");

  const quiet = change("b", { what: "filter", sensitivity: "quiet" });
  assert.equal(await module.noted(quiet, module.make(quiet).then(() => null)), null);
  assert.deepEqual([kept.sensitivity, noteNames()], ["quiet", []]);
  // A category that a site shows again; and whatever else may stand in a note's place.
  kept["note 3"] = change("c", { what: "site", host: "b.example", shows: "hedged" });
  Object.assign(kept, { sites: { "b.example": { hidden: ["hedged", "anonymous"] } }, "note 4": 7, "note 5": { id: "d", act: null }, "note 6": { id: "e", act: { what: "site" } } });
  await module.catchUp().catch(() => {});
  assert.deepEqual([module.valid(kept).sites, noteNames()], [{ "b.example": { hidden: ["anonymous"] } }, []]);
});

const noteNames = () => Object.keys(kept).filter((name) => name.startsWith("note "));

test("what can't be read is kept as it was: in its place until something is written there, then aside", async () => {
  const spoilt = { sites: { "a.example": { rule: "always" }, "no host": { rule: "off" } }, dismissed: 7, sensitivity: "loud" };
  kept = { version: module.VERSION, phrases: [{ category: "hedged", text: "as if", pattern: false }], ...spoilt };
  const { sites, dismissed, sensitivity } = await module.settings();
  assert.deepEqual([sites, dismissed, sensitivity], [{ "a.example": { rule: "always" } }, [], "normal"], "the rest is read");
  assert.deepEqual(await module.unread(), [spoilt]);
  await module.update(() => ({ sensitivity: "quiet" }));
  assert.deepEqual([kept.sensitivity, kept.dismissed, kept.unread], ["quiet", 7, [{ sensitivity: "loud" }]]);
  await module.update((all) => module.withSite(all, "b.example", { rule: "off" }));
  assert.deepEqual(kept.sites, { "a.example": { rule: "always" }, "b.example": { rule: "off" } });
  assert.deepEqual(await module.unread(), [{ sensitivity: "loud" }, { sites: spoilt.sites }, { dismissed: 7 }]);
  await module.dropUnread();
  assert.deepEqual(await module.unread(), []);
  const all = await module.settings();
  assert.deepEqual([all.sensitivity, Object.keys(all.sites), all.phrases.length], ["quiet", ["a.example", "b.example"], 1], "nothing else goes");
  // What is put aside may be spoilt itself.
  kept = { version: module.VERSION, unread: "x", looks: [] };
  assert.deepEqual(await module.unread(), [{ unread: "x" }]);
});

test("marks that can't be read are put aside as well, and what can be read of a page stays", async () => {
  const mark = (id) => ({ id, category: "hedged", kind: null, words: "may", around: { before: "it ", after: " be" }, verdict: "wrong", note: "", at: 1 });
  const [sound, half, none] = ["https://a.example/sound", "https://a.example/half", "https://a.example/none"].map((address) => `review ${address}`);
  const spoilt = { version: 1, title: "T", marks: [mark("a"), { ...mark("b"), verdict: "perhaps" }, mark("c")] };
  kept = { [sound]: { version: 1, title: "S", marks: [mark("a")] }, [half]: spoilt, [none]: 7 };
  assert.deepEqual(await marks.unreadMarks(), [{ [half]: spoilt }, { [none]: 7 }]);
  assert.equal((await marks.marksOf("https://a.example/half")).length, 2, "the rest is read");
  await marks.review("https://a.example/sound", "S", { what: "add", mark: mark("d") });
  assert.equal(kept.unread, undefined);
  await marks.review("https://a.example/half", "T", { what: "delete", id: "a" });
  assert.deepEqual([kept[half].marks.map(({ id }) => id), kept.unread], [["c"], [{ [half]: spoilt }]]);
  // What is put aside of the settings is kept beside it.
  kept.sensitivity = "loud";
  await Promise.all([module.update(() => ({ sensitivity: "quiet" })), marks.review("https://a.example/none", "N", { what: "delete", id: "x" })]);
  assert.deepEqual([...kept.unread].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))), [{ [half]: spoilt }, { [none]: 7 }, { sensitivity: "loud" }]);
  assert.equal(none in kept, false);
  // Where it may go, only that goes.
  kept[half] = spoilt;
  await module.dropUnread();
  await marks.dropUnreadMarks();
  assert.deepEqual([kept.unread, kept[half].marks.map(({ id }) => id), kept[sound].marks.length], [[], ["a", "c"], 2]);
  assert.deepEqual(await marks.unreadMarks(), []);
});

test("a spoilt version costs nothing but itself, and what a later one stored outlasts this one", async () => {
  const sites = { "a.example": { rule: "always", hidden: ["hedged"] } };
  for (const version of ["x", null, -3, {}, 0.5]) assert.deepEqual(module.valid({ version, sites }).sites, sites, String(version));
  kept = { version: 99, sensitivity: "loudest", future: { a: 1 }, sites };
  await module.migrate();
  assert.deepEqual([kept.version, kept.sensitivity, kept.sites], [module.VERSION, "normal", sites]);
  assert.deepEqual([kept.future, kept.unread], [{ a: 1 }, [{ sensitivity: "loudest" }]]);
});

test("what comes of an update can be read again, whatever the update made", async () => {
  kept = {};
  const phrase = { category: "hedged", text: "as if", pattern: false };
  await module.update(() => ({ phrases: [phrase, phrase], sensitivity: "loud" }));
  assert.deepEqual([kept.phrases, kept.sensitivity, await module.unread()], [[phrase], "normal", []]);
});

test("where the storage can't be read there are the defaults, and nothing is written", async () => {
  const { get } = chrome.storage.local;
  chrome.storage.local.get = async () => {
    throw new Error("Corruption");
  };
  writes.length = 0;
  assert.deepEqual(await module.settings(), DEFAULTS());
  await assert.rejects(module.update(() => ({ sensitivity: "quiet" })), /Corruption/);
  await assert.rejects(module.unread(), /Corruption/);
  chrome.storage.local.get = get;
  assert.deepEqual(writes, []);
});

test("an old storage is brought up to date once, an empty one stays empty", async () => {
  kept = {};
  writes.length = 0;
  await module.migrate();
  assert.deepEqual([kept, writes], [{}, []]);
  kept = { sites: { "a.example": "off" } };
  await module.migrate();
  await module.migrate();
  assert.deepEqual(kept.sites, { "a.example": { rule: "off" } });
  assert.deepEqual([kept.version, writes.length], [module.VERSION, 1]);
});

test("a site's own switches, its rule and the view that comes of them", () => {
  let all = { ...DEFAULTS(), ...module.withSite(DEFAULTS(), "a.example", { hidden: ["hedged"] }) };
  assert.deepEqual(module.viewFor(all, "a.example").categories, { anonymous: true, unsourced: true, hedged: false });
  assert.deepEqual(module.viewFor(all, "b.example").categories, all.categories);
  assert.equal(module.ruleFor(all, "a.example"), "click");
  assert.equal(module.ruleFor(all, "__proto__"), "click");
  all = { ...all, ...module.withSite(all, "a.example", { rule: "always" }) };
  assert.deepEqual(all.sites["a.example"], { rule: "always", hidden: ["hedged"] });
  all = { ...all, ...module.withSite(all, "a.example", { rule: "click" }) };
  all = { ...all, ...module.withSite(all, "a.example", { hidden: [] }) };
  assert.deepEqual(all.sites, {}, "a site with nothing of its own isn't kept");
});

test("dismissing twice is dismissing once, and is taken back", () => {
  const dismissal = { category: "hedged", words: "may", flag: null };
  const act = (what, view) => ({ ...view, ...module.acted(view, { what, dismissal }) });
  let all = act("dismiss", act("dismiss", DEFAULTS()));
  assert.deepEqual(all.dismissed, [dismissal]);
  all = act("restore", all);
  assert.deepEqual(all.dismissed, []);
});
