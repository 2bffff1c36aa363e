/** The forms in which a list leaves the browser, and what their files are called. Pure. */
import type { ExportFormat } from "./protocol";

/** The ending of a file, and its media type. */
const FILES: Readonly<Record<ExportFormat, readonly [string, string]>> = {
  html: ["html", "text/html"],
  markdown: ["md", "text/markdown"],
  csv: ["csv", "text/csv"],
  csvbom: ["csv", "text/csv"],
  json: ["json", "application/json"],
  webannotation: ["jsonld", "application/ld+json"],
  hypothesis: ["hypothesis.json", "application/json"],
  gold: ["gold.json", "application/json"],
};

/** All of them, those that most readers want first. */
export const FORMATS = Object.keys(FILES) as ExportFormat[];

export function mediaType(format: ExportFormat): string {
  return `${FILES[format][1]};charset=utf-8`;
}

/** "hearsay-valleycourier.example-repairs-to-the-velm-dam-2026-03-14.json", fit for any file system. */
export function fileName(format: ExportFormat, host: string, title: string, day: string): string {
  const slug = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-");
  const short = shorten(slug, 60).replace(/^-+|-+$/g, "");
  const name = ["hearsay", host.replace(/[^a-z0-9.-]+/gi, "-"), short, day].filter((part) => part !== "");
  return `${name.join("-")}.${FILES[format][0]}`;
}

/** At most `length` code points, so that no surrogate pair is cut, ending with a whole word if there is one. */
function shorten(slug: string, length: number): string {
  const points = [...slug];
  if (points.length <= length) return slug;
  const end = points.lastIndexOf("-", length);
  return points.slice(0, end > 0 ? end : length).join("");
}
