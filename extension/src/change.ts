/** The popup's and the panel's switches. Either may be closed at any moment: what was pressed there is kept all the same. */
import { ask, type Tab } from "./browser";
import type { Act, Kept, SiteAct } from "./protocol";
import { noted } from "./settings";

/** In a private window nothing is kept: the page alone is changed, and its site's rule is none. */
export async function change({ id: tab, secret }: Tab, act: Act | SiteAct): Promise<Kept> {
  if (secret) return act.what === "site" ? null : ask<"lend">({ type: "lend", tab, act });
  const change = { id: crypto.randomUUID(), act };
  // A message outlives its sender in Firefox, a note does in Chromium, whose background may have to be woken first.
  return noted(change, ask<"change">({ type: "change", ...change }));
}
