/** Saving a list from popup or panel. */
import { ask } from "./browser";
import { element } from "./draw";
import { fileName, mediaType } from "./formats";
import type { ExportFormat } from "./protocol";
import { hostOf } from "./settings";
import { text } from "./words";

/** What is on the page as the reader was shown it. */
export interface Shown {
  tab: number;
  url: string;
  /** Its top document. */
  document: string | null;
  title: string;
  /** Whether flags that are hidden go along. */
  hidden: boolean;
}

/** Makes the file and hands it to the browser; why that was not possible, in words. */
export async function save(format: ExportFormat, shown: Shown): Promise<string | null> {
  const { tab, url, document: own, title, hidden } = shown;
  const reply = await ask<"export">({ type: "export", tab, url, document: own, format, hidden });
  if ("error" in reply) return text("listFailed", reply.error);
  const link = element("a");
  // A link with a blob needs no permission to save files.
  link.href = URL.createObjectURL(new Blob([reply.text], { type: mediaType(format) }));
  link.download = fileName(format, hostOf(url), title, new Date().toISOString().slice(0, 10));
  link.click();
  // The download has its own hold on the blob once it began.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return null;
}

/** A button for each of the forms, which tells what it is for. */
export function choices(
  formats: readonly ExportFormat[],
  choose: (format: ExportFormat) => void,
): HTMLElement[] {
  return formats.map((format) => {
    const button = element("button", "form");
    button.type = "button";
    button.dataset.format = format;
    button.append(element("span", "", text(`form_${format}`)), element("small", "", text(`use_${format}`)));
    button.addEventListener("click", () => choose(format));
    return button;
  });
}
