/** Copying from within a page. */
import { command } from "./nodes";
import type { Copy } from "./protocol";

/** The forms by their media types. */
function forms({ markdown, html }: Copy): [string, string][] {
  return [
    ["text/html", html],
    ["text/plain", markdown],
  ];
}

/** Whether it was copied. Must follow a click: the browser asks for one. */
export async function copyBoth(copy: Copy): Promise<boolean> {
  try {
    const blobs = forms(copy).map(([type, text]) => [type, new Blob([text], { type })] as const);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    // Missing without TLS, forbidden by some pages: the old way needs neither.
    return copyByCommand(copy);
  }
}

function copyByCommand(copy: Copy): boolean {
  let copied = false;
  const write = (event: ClipboardEvent) => {
    for (const [type, text] of forms(copy)) event.clipboardData?.setData(type, text);
    event.preventDefault();
    event.stopImmediatePropagation();
    copied = true;
  };
  window.addEventListener("copy", write, true);
  command("copy");
  window.removeEventListener("copy", write, true);
  return copied;
}
