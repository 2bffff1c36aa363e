/** Changes from popup and panel, made from beside a page: in a private window for that page alone. */
import { ask, type Tab } from "./browser";
import type { Act } from "./protocol";
import { acted, update } from "./settings";

export async function perform({ id, url, secret }: Tab, act: Act): Promise<void> {
  if (secret) await ask<"lend">({ type: "lend", tab: id, url, act });
  else await update((now) => acted(now, act));
}
