/** What popup and panel say of a page before anything else. Pure, no DOM. */
import type { ListReport, Sensitivity, TabReport } from "./protocol";
import { density, languageName, plural, type Summary } from "./summary";

/** What the reader can do about it; whoever shows the lead carries it out. */
export type Offer = "english" | "everything" | "read";

export interface Lead {
  headline: string;
  note: string;
  offer?: { what: Offer; label: string };
}

export const READING: Lead = { headline: "Reading…", note: "" };

const ENGLISH = { what: "english", label: "It is in English" } as const;

export function lead(
  state: TabReport["state"],
  summary: Summary,
  host: string,
  sensitivity: Sensitivity,
): Lead {
  switch (state) {
    case "closed":
      return {
        headline: "This page is closed to extensions.",
        note: "The browser keeps its own pages, its store and some documents to itself. There is nothing to fix.",
      };
    case "site-off":
      return { headline: `Off on ${host}.`, note: "Nothing is loaded into this page." };
    case "off":
      return { headline: "Off on this page.", note: "Nothing is marked until you switch it on again." };
    case "on":
      return read(summary, host, sensitivity);
  }
}

function read(summary: Summary, host: string, sensitivity: Sensitivity): Lead {
  switch (summary.kind) {
    case "foreign":
      return {
        headline: `This page is in ${languageName(summary.language)}.`,
        note: "Hearsay reads only English for now, so nothing is marked.",
        offer: ENGLISH,
      };
    case "short":
      return {
        headline: "Too little text to read.",
        note: "There are not enough sentences here to tell the language, so nothing is marked.",
        offer: ENGLISH,
      };
    case "failed":
      return { headline: "This page could not be read.", note: summary.error ?? "" };
    case "nothing": {
      const { fainter, words } = summary;
      const more = fainter
        ? ` ${plural(fainter, "fainter flag shows", "fainter flags show")} under Everything.`
        : "";
      return {
        headline: "Nothing to mark here.",
        note: `${plural(words, "word", "words")} read at ${sensitivity} sensitivity. That is no verdict on the page.${more}`,
        ...(fainter === 0 ? {} : { offer: { what: "everything", label: "Show everything" } }),
      };
    }
    case "flags":
      if (summary.shown === 0) {
        return {
          headline: "Nothing shown.",
          note: "The flags on this page are in categories that are switched off.",
        };
      }
      return {
        headline: `${plural(summary.shown, "place", "places")} to read twice`,
        note: density(host, summary),
      };
  }
}

/** The panel's own states: it is there before a page is read. */
export function unread(state: ListReport["state"], url: string, key: string): Lead | null {
  if (state === "reading") return READING;
  if (state !== "unread") return null;
  // Where the browser tells the address, the reader has let Hearsay in before.
  if (url !== "") {
    return {
      headline: "Not read yet.",
      note: "Hearsay reads a page only when you ask for it.",
      offer: { what: "read", label: "Read this page" },
    };
  }
  const or = key === "" ? "" : ` or ${key}`;
  return {
    headline: "Not read yet.",
    note: `Hearsay reads a page only when you ask for it: press its button in the toolbar${or}, and the list appears here.`,
  };
}
