/** A page that tries to be more than text in whatever its list is written as. */

/** Each means something to one format or other, or to what opens it. */
export const HOSTILE = [
  "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "<!--", "-->", "]]>", "<svg/onload=alert(1)>", "&lt;b&gt;", "&#60;i&#62;", "&amp;", "\"", "'", "\" onmouseover=\"alert(1)", "' x='",
  "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x.example\")", "\t=1", "＝1+1", ",", ";", "\"\"", "a\"\"b", "'=1",
  "**bold**", "*", "_em_", "`code`", "```", "# head", "- item", "1. one", "> quote", "| a | b |", "\\", "\\|", "\\\\", "[a](javascript:alert(1))", "![i](http://x.example/i.png)", "[ref]: http://x.example", "<http://x.example>", "http://x.example/", "www.x.example", "a@x.example", "~~gone~~", "$$x$$", "\\(x\\)", "---", "===", "&copy;", ":smile:", "[^1]",
  "\u0000", "\u0007", "\u001b[31m", "\r", "\n", "\u2028", "\u0085", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffd", "é", "字", "😀", "a\u0301", "İ", "ẞ", "%", "%s", "{}", "{0}", "${x}", "{{x}}", "#:~:text=x", "}]}", "\\u0022", "null",
];

/** The same numbers for the same seed. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

/**
 * A page as the extension sends it, with flags and sources of every category between and inside of hostile words;
 * `some` alone in the first blocks, then `mixed` blocks of several at once.
 */
export function hostilePage({ seed = 1, mixed = 60 } = {}) {
  const random = numbers(seed);
  const pick = () => HOSTILE[Math.floor(random.next().value * HOSTILE.length)];
  const several = () => Array.from({ length: 1 + Math.floor(random.next().value * 3) }, pick).join(random.next().value < 0.5 ? " " : "");
  const texts = HOSTILE.map((words) => `${words} it may fall ${words}, a ${words} official said${words}.`);
  for (let i = 0; i < mixed; i++) {
    texts.push(`${several()}Critics argue ${several()} that it will${several()} probably ${several()}fail, a senior “${several()}” aide at the ${several()} Ministry told the Gazette because ${several()} he was not authorised to speak.`);
  }
  return {
    url: `https://x.example/${encodeURIComponent(several())}?a="b'|{}&lt;=1&copy;c#top`,
    title: `${several()} <title> ${several()}`,
    language: "en",
    blocks: texts.map((text, i) => ({ text, tag: "p", path: [0, i], within: ["article"] })),
  };
}
