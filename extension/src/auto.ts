/** Runs after the content script on sites with the rule "always": asks to be switched on. */
export {};

declare global {
  /** Set by the content script, in the extension's own world; the page cannot see it. */
  var hearsay: { hello: () => void } | undefined;
}

globalThis.hearsay?.hello();
