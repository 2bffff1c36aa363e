/** What is shown once after the installation: a sample with its marks, painted as a page is. It keeps nothing. */
import { toggleKey } from "./browser";
import { drawMark, line } from "./draw";
import { CATEGORIES } from "./protocol";
import { LOOKS } from "./settings";
import { highlightName, highlightSheet } from "./theme";
import { toneBehind } from "./tone";
import { localize, text } from "./words";

const sheet = new CSSStyleSheet();

void start();

async function start(): Promise<void> {
  localize(document);
  drawMark();
  for (const category of CATEGORIES) {
    const words = document.querySelector(`[data-category=${category}]`)?.firstChild;
    const range = new Range();
    if (words) range.selectNode(words);
    CSS.highlights.set(highlightName(category), new Highlight(range));
    document.querySelector(`[data-line=${category}]`)?.prepend(line(category, LOOKS[category].line));
  }
  document.adoptedStyleSheets = [sheet];
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  const key = await toggleKey();
  const said = document.getElementById("key");
  if (said && key !== "") said.textContent = text("switchOnKey", key);
}

function paint(): void {
  sheet.replaceSync(highlightSheet({ tone: toneBehind(document.body), looks: LOOKS }));
}
