/** What popup and panel say of a page before anything else. Pure, no DOM. */
import type { ListReport, Sensitivity, TabReport } from "./protocol";
import { density, type Said } from "./summary";
import { counted, languageName, text } from "./words";

/** What the reader can do about it; whoever shows the lead carries it out. */
export type Offer = "english" | "everything" | "read";

export interface Lead {
  headline: string;
  note: string;
  offer?: { what: Offer; label: string };
}

export const READING: Lead = { headline: text("reading"), note: "" };

const ENGLISH = { what: "english", label: text("isEnglish") } as const;

export function lead(state: TabReport["state"], summary: Said, host: string, sensitivity: Sensitivity): Lead {
  switch (state) {
    case "closed":
      // A page of the web may as well not be there; the browser doesn't tell which it is.
      return host === ""
        ? { headline: text("closedHeadline"), note: text("closedNote") }
        : { headline: text("absentHeadline"), note: text("absentNote") };
    case "site-off":
      return { headline: text("siteOffHeadline", host), note: text("siteOffNote") };
    case "off":
      return { headline: text("offHeadline"), note: text("offNote") };
    case "on":
      return withTroubles(read(summary, host, sensitivity), summary);
  }
}

/** What went otherwise than it should is told after the rest. */
function withTroubles(lead: Lead, { kind, words, troubles }: Said): Lead {
  if (kind !== "flags" && kind !== "nothing") return lead;
  const said = troubles.map((trouble) =>
    trouble === "cut" ? counted("trouble_cut", words) : text(`trouble_${trouble}`),
  );
  return { ...lead, note: [lead.note, ...said].filter((part) => part !== "").join(" ") };
}

function read(summary: Said, host: string, sensitivity: Sensitivity): Lead {
  switch (summary.kind) {
    case "foreign":
      return {
        headline: text("foreignHeadline", languageName(summary.language)),
        note: text("foreignNote"),
        offer: ENGLISH,
      };
    case "short":
      return {
        headline: text("shortHeadline"),
        note: text("shortNote"),
        offer: ENGLISH,
      };
    case "failed":
      return { headline: text("failedHeadline"), note: summary.error ?? "" };
    case "nothing": {
      const { dismissed, fainter, words } = summary;
      const read = counted("wordsRead", words, text(`at_${sensitivity}`));
      const away = dismissed === 0 ? "" : ` ${counted("dismissedHere", dismissed)}`;
      const more = fainter === 0 ? away : `${away} ${counted("fainterShown", fainter)}`;
      return {
        headline: text("nothingHeadline"),
        note: text("nothingNote", read) + more,
        ...(fainter === 0 ? {} : { offer: { what: "everything", label: text("showEverything") } }),
      };
    }
    case "flags":
      if (summary.shown === 0) {
        return {
          headline: text("hiddenHeadline"),
          note: text("hiddenNote"),
        };
      }
      return {
        headline: counted("places", summary.shown),
        note: away(density(host, summary), summary),
      };
  }
}

function away(said: string, { dismissed }: Said): string {
  return dismissed === 0 ? said : text("pair", said, counted("dismissed", dismissed));
}

/** The panel's own states: it is there before a page is read. */
export function unread(state: ListReport["state"], url: string, key: string): Lead | null {
  if (state === "reading") return READING;
  if (state !== "unread") return null;
  // Where the browser tells the address, the reader has let Hearsay in before.
  if (url !== "") {
    return {
      headline: text("unreadHeadline"),
      note: text("unreadNote"),
      offer: { what: "read", label: text("readThisPage") },
    };
  }
  const note = key === "" ? text("unreadPress") : text("unreadPressOr", key);
  return { headline: text("unreadHeadline"), note };
}
