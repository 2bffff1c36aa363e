/**
 * Builds the unpacked extension and the zip for each browser.
 *
 *     node build.mjs [ENGINE]
 *
 * ENGINE is the folder with the wasm-bindgen output (hearsay.js, hearsay_bg.wasm); without it,
 * $HEARSAY_ENGINE, then ../target/bindgen. Writes dist/ at the repository's root.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { icons } from "./icons/draw.mjs";
import { BROWSERS, LEAST, manifest } from "./manifest.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "../dist");
const engine = resolve(process.argv[2] ?? process.env.HEARSAY_ENGINE ?? join(here, "../target/bindgen"));

for (const name of ["hearsay.js", "hearsay_bg.wasm"]) {
  if (!existsSync(join(engine, name))) {
    console.error(`build.mjs: ${join(engine, name)} is missing. Build the engine first: ./build.sh`);
    process.exit(1);
  }
}

const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));
const TARGET = [`chrome${LEAST.chromium}`, `firefox${LEAST.firefox}`];
const files = new Map();
const LOCALES = await readdir(join(here, "_locales"));
const add = async (name, path) => files.set(name, await readFile(path));

const bundle = async (entries, options) => {
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => join(here, "src", name)),
    outdir: dist,
    write: false,
    bundle: true,
    minify: true,
    charset: "utf8",
    target: TARGET,
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
  for (const { path, contents } of outputFiles) files.set(relative(dist, path), contents);
};

await Promise.all([
  // Classic scripts: content scripts know no modules.
  bundle(
    [
      "content.ts",
      "again.ts",
      "hand.ts",
      "say.ts",
      "auto.ts",
      "popup.ts",
      "panel.ts",
      "options.ts",
      "welcome.ts",
    ],
    {
      format: "iife",
      loader: { ".css": "text" },
      plugins: [squeezed()],
    },
  ),
  bundle(["background.ts"], { format: "esm", alias: { "hearsay-engine": join(engine, "hearsay.js") } }),
  bundle(["popup.css", "panel.css", "options.css", "welcome.css"], { loader: { ".css": "css" } }),
  add("popup.html", join(here, "src/popup.html")),
  add("panel.html", join(here, "src/panel.html")),
  add("options.html", join(here, "src/options.html")),
  add("welcome.html", join(here, "src/welcome.html")),
  ...LOCALES.map((name) => `_locales/${name}/messages.json`).map((file) => add(file, join(here, file))),
  add("hearsay_bg.wasm", join(engine, "hearsay_bg.wasm")),
]);
for (const [name, bytes] of icons()) files.set(`icons/${name}`, bytes);

for (const browser of BROWSERS) {
  const folder = join(dist, browser);
  await rm(folder, { recursive: true, force: true });
  const own = new Map(files);
  own.set("manifest.json", Buffer.from(`${JSON.stringify(manifest(browser, version), null, 2)}\n`));
  for (const [name, bytes] of own) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  await writeFile(join(dist, `hearsay-${browser}.zip`), await zip(folder));
}

/** Style sheets that a script carries as text, without the white space. */
function squeezed() {
  return {
    name: "squeezed-css",
    setup(pipeline) {
      pipeline.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { outputFiles } = await build({
          entryPoints: [path],
          write: false,
          minify: true,
          target: TARGET,
        });
        return { contents: outputFiles[0].text, loader: "text" };
      });
    },
  };
}

/** The same files give the same bytes: sorted names, one fixed time. */
async function zip(folder) {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  const entries = await Promise.all(
    names.map(async (name) => [
      name.split(sep).join("/"),
      new Uint8Array(await readFile(join(folder, name))),
    ]),
  );
  return zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) });
}
