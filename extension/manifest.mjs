/** One manifest for all browsers, and what each one needs on top. */

/**
 * The lowest versions: the ones that the tests run in, or that have all that is used. An older
 * browser reads them in the manifest and refuses the package with a word of its own.
 */
export const LEAST = { chromium: 128, firefox: 153 };

const base = {
  manifest_version: 3,
  name: "__MSG_name__",
  description: "__MSG_description__",
  default_locale: "en",
  icons: sizes("app", [16, 32, 48, 128]),
  action: {
    default_title: "__MSG_name__",
    default_popup: "popup.html",
    default_icon: sizes("off", [16, 24, 32, 48]),
  },
  commands: {
    toggle: {
      suggested_key: { default: "Alt+Shift+H" },
      description: "__MSG_commandToggle__",
    },
    next: { suggested_key: { default: "Alt+Shift+J" }, description: "__MSG_commandNext__" },
    previous: { suggested_key: { default: "Alt+Shift+K" }, description: "__MSG_commandPrevious__" },
    card: { suggested_key: { default: "Alt+Shift+L" }, description: "__MSG_commandCard__" },
    // Four keys are the platform's limit; to these the reader may give one.
    anonymous: { description: "__MSG_commandAnonymous__" },
    unsourced: { description: "__MSG_commandUnsourced__" },
    hedged: { description: "__MSG_commandHedged__" },
    list: { description: "__MSG_commandList__" },
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
    minimum_chrome_version: `${LEAST.chromium}`,
    background: { service_worker: "background.js", type: "module" },
    // No other permission opens a panel beside the page; this one grants nothing else and warns of nothing.
    permissions: [...base.permissions, "sidePanel"],
    side_panel: { default_path: "panel.html" },
  },
  firefox: {
    // Without `persistent` an event page: the browser ends it when it has nothing to do.
    background: { scripts: ["background.js"], type: "module" },
    // Firefox would open the sidebar by itself when the extension is installed.
    sidebar_action: {
      default_panel: "panel.html",
      default_title: "__MSG_panelTitle__",
      default_icon: sizes("off", [16, 32]),
      open_at_install: false,
    },
    browser_specific_settings: {
      gecko: {
        id: "hearsay@hearsay.invalid",
        strict_min_version: `${LEAST.firefox}.0`,
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
