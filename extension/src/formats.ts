/** The forms in which a list leaves the browser: what they are for, and what their files are called. Pure. */
import type { ExportFormat } from "./protocol";

interface Form {
  format: ExportFormat;
  label: string;
  /** What opens it, or what it is good for. */
  use: string;
  ending: string;
  media: string;
}

/** Those that most readers want come first. */
export const FORMS: readonly Form[] = [
  { format: "html", label: "Report", use: "one page to read and print", ending: "html", media: "text/html" },
  {
    format: "markdown",
    label: "Markdown",
    use: "for notes and issues",
    ending: "md",
    media: "text/markdown",
  },
  { format: "csv", label: "CSV", use: "for LibreOffice and pandas", ending: "csv", media: "text/csv" },
  {
    format: "csv-bom",
    label: "CSV for Excel",
    use: "opens with the right letters",
    ending: "csv",
    media: "text/csv",
  },
  {
    format: "json",
    label: "JSON",
    use: "all there is, for programs",
    ending: "json",
    media: "application/json",
  },
  {
    format: "webannotation",
    label: "Web Annotation",
    use: "for annotation tools",
    ending: "jsonld",
    media: "application/ld+json",
  },
  {
    format: "hypothesis",
    label: "Hypothesis",
    use: "for its Import",
    ending: "hypothesis.json",
    media: "application/json",
  },
];

function formOf(format: ExportFormat): Form {
  return FORMS.find((form) => form.format === format) as Form;
}

export function mediaType(format: ExportFormat): string {
  return `${formOf(format).media};charset=utf-8`;
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
  return `${name.join("-")}.${formOf(format).ending}`;
}

/** At most `length` code points, so that no surrogate pair is cut, ending with a whole word if there is one. */
function shorten(slug: string, length: number): string {
  const points = [...slug];
  if (points.length <= length) return slug;
  const end = points.lastIndexOf("-", length);
  return points.slice(0, end > 0 ? end : length).join("");
}
