/** One browser and one server for a test file. */
import { after, before } from "node:test";
import { launch } from "./browser.mjs";
import { PAGES } from "./pages.mjs";
import { serve } from "./server.mjs";

/**
 * Starts a browser and a server of made-up pages before the tests of a file and ends them after.
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
  after(async () => {
    await fixture.browser?.close();
    await server?.close();
  });
  return fixture;
}
