/** Reading settings from storage: whatever is stored, what comes out is valid. */
import { stored } from "./browser";
import { CATEGORIES, SENSITIVITIES, type Settings, type SiteRule } from "./protocol";

export const DEFAULTS: Readonly<Settings> = {
  sensitivity: "normal",
  categories: { anonymous: true, unsourced: true, hedged: true },
  sites: {},
};

export async function settings(): Promise<Settings> {
  return valid(await stored());
}

/** Takes the known values and leaves the defaults for everything else. */
export function valid(raw: Record<string, unknown>): Settings {
  const categories = record(raw.categories);
  const sites = record(raw.sites);
  return {
    sensitivity: SENSITIVITIES.find((name) => name === raw.sensitivity) ?? DEFAULTS.sensitivity,
    categories: {
      ...DEFAULTS.categories,
      ...Object.fromEntries(
        CATEGORIES.flatMap((name) =>
          typeof categories[name] === "boolean" ? [[name, categories[name]]] : [],
        ),
      ),
    },
    sites: Object.fromEntries(
      Object.entries(sites).flatMap(([host, rule]) =>
        rule === "off" || rule === "always" ? [[host, rule]] : [],
      ),
    ),
  };
}

export function ruleFor(all: Settings, host: string): SiteRule {
  return (Object.hasOwn(all.sites, host) ? all.sites[host] : undefined) ?? "click";
}

/** The host that a site rule is kept under; "" for what is no web page. */
export function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.hostname : "";
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
