/** Copying from within a page. */

/** Whether it was copied. Must follow a click: the browser asks for one. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Missing without TLS, forbidden by some pages: the old way needs neither.
    return copyByCommand(text);
  }
}

function copyByCommand(text: string): boolean {
  let copied = false;
  const write = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
    copied = true;
  };
  window.addEventListener("copy", write, true);
  document.execCommand("copy");
  window.removeEventListener("copy", write, true);
  return copied;
}

/** The address of this document, leading to words in it. */
export function addressOf(directive: string): string {
  const [address = "", fragment] = location.href.split(":~:", 1)[0]?.split("#") ?? [];
  return directive === "" ? location.href : `${address}#${fragment ?? ""}:~:${directive}`;
}
