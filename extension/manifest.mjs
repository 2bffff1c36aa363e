/** One manifest for all browsers, and what each one needs on top. */

const base = {
  manifest_version: 3,
  name: "Hearsay",
  description:
    "Marks anonymous sources, unsourced assertions and hedged claims in English news. Reads on your machine, sends nothing.",
  icons: sizes("app", [16, 32, 48, 128]),
  action: {
    default_title: "Hearsay",
    default_popup: "popup.html",
    default_icon: sizes("off", [16, 24, 32, 48]),
  },
  commands: {
    toggle: {
      suggested_key: { default: "Alt+Shift+H" },
      description: "Show or hide the flags on this page",
    },
    next: { suggested_key: { default: "Alt+Shift+J" }, description: "Go to the next flag" },
    previous: { suggested_key: { default: "Alt+Shift+K" }, description: "Go to the previous flag" },
    card: { suggested_key: { default: "Alt+Shift+L" }, description: "Open the card of the flag you are at" },
    // Four keys are the platform's limit; to these the reader may give one.
    anonymous: { description: "Show or hide anonymous sources" },
    unsourced: { description: "Show or hide unsourced assertions" },
    hedged: { description: "Show or hide hedged claims" },
  },
  options_ui: { page: "options.html", open_in_tab: true },
  permissions: ["activeTab", "scripting", "storage"],
  optional_host_permissions: ["http://*/*", "https://*/*"],
  content_security_policy: {
    // No address but the extension's own: the engine cannot send anything anywhere.
    extension_pages:
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
  },
};

const patches = {
  chromium: {
    minimum_chrome_version: "128",
    background: { service_worker: "background.js", type: "module" },
    // No other permission opens a panel beside the page; this one grants nothing else and warns of nothing.
    permissions: [...base.permissions, "sidePanel"],
    side_panel: { default_path: "panel.html" },
    commands: {
      ...base.commands,
      // No key of its own: the reader may give it one.
      list: { description: "Open the list of flags beside the page" },
    },
  },
  firefox: {
    background: { scripts: ["background.js"], type: "module" },
    browser_specific_settings: {
      gecko: {
        id: "hearsay@hearsay.invalid",
        strict_min_version: "142.0",
        data_collection_permissions: { required: ["none"] },
      },
    },
  },
};

export const BROWSERS = Object.keys(patches);

export function manifest(browser, version) {
  const { manifest_version, name, ...rest } = base;
  return { manifest_version, name, version, ...rest, ...patches[browser] };
}

function sizes(variant, all) {
  return Object.fromEntries(all.map((size) => [size, `icons/${variant}-${size}.png`]));
}
