/** The popup's and the panel's switches. Either may be closed at any moment: what was pressed there is kept all the same. */
import { ask, type Tab } from "./browser";
import type { Act, Kept, SiteAct } from "./protocol";
import { wish } from "./settings";
import { notKept } from "./words";

/** In a private window nothing is kept: the page alone is changed, and its site's rule is none. */
export async function change({ id, secret }: Tab, act: Act | SiteAct): Promise<Kept> {
  if (secret) return act.what === "site" ? null : ask<"lend">({ type: "lend", tab: id, act });
  try {
    await wish(act);
    return null;
  } catch (reason) {
    return { error: notKept(reason) };
  }
}
