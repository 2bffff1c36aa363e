/** One browser and one server for a test file. */
import { after, afterEach, before, test as node } from "node:test";
import { launch } from "./browser.mjs";
import { findFirefox, launchFirefox } from "./firefox.mjs";
import { PAGES } from "./pages.mjs";
import { serve } from "./server.mjs";

/**
 * Starts a browser and a server of made-up pages before the tests of a file and ends them after. Each test finds no
 * page and no list that another has left open.
 * `options` are those of `launch`. The returned object is filled in by then: `browser`, `origin`.
 */
export function withBrowser(pages = PAGES, root = null, options = {}) {
  const fixture = {};
  let server;
  before(async () => {
    server = await serve({ pages, root });
    fixture.origin = server.origin;
    fixture.browser = await launch(options);
  });
  afterEach(() => fixture.browser?.clear());
  after(async () => {
    await fixture.browser?.close();
    await server?.close();
  });
  return fixture;
}

/**
 * The same with a Firefox. `test` is the runner's, and skips with a word where there is no Firefox that
 * will do; `at` is filled in by then.
 */
export async function withFirefox(pages = PAGES, root = null, options = {}) {
  const { program, missing } = await findFirefox();
  const at = {};
  let server;
  before(async () => {
    if (missing) return;
    server = await serve({ pages, root });
    at.origin = server.origin;
    at.browser = await launchFirefox(program, options);
  });
  afterEach(() => at.browser?.clear());
  after(async () => {
    await at.browser?.close();
    await server?.close();
  });
  return { at, test: (name, run) => node(name, { skip: missing ?? false }, run) };
}
