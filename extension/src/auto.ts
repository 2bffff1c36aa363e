/** Runs after the content script on sites with the rule "always": asks to be switched on. */
globalThis.hearsay?.hello();
