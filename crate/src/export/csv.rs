//! The list as CSV (RFC 4180): a header and one row a flag.

use super::Options;
use super::schema::{FlagEntry, List};
use crate::model::{Flag, Reading};
use crate::page::Page;

const HEADER: [&str; 25] = [
    "id",
    "category",
    "kind",
    "strength",
    "quote",
    "sentence",
    "start",
    "end",
    "cues",
    "claim",
    "source",
    "source_label",
    "source_claims",
    "voice",
    "descriptor",
    "affiliation",
    "count",
    "relay",
    "anonymity",
    "reason",
    "rule",
    "why",
    "url",
    "title",
    "created",
];

/// The rows. Offsets count Unicode code points as in the JSON list.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let list = List::new(page, reading, options);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
    let flags = list
        .flags
        .iter()
        .zip(super::selected_flags(reading, options));
    rows.extend(flags.map(|(entry, flag)| row(page, &list, entry, flag)));
    for row in rows {
        // Every row has the header's length and memory takes all: there is nothing to report.
        let _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(page: &Page, list: &List, flag: &FlagEntry, read: &Flag) -> Vec<String> {
    let text = |t: Option<&str>| guarded(t.unwrap_or(""));
    let cues: Vec<&str> = flag.cues.iter().map(|c| c.exact).collect();
    let source = flag.source.as_ref();
    let entry = read.source.and_then(|(index, _)| list.sources.get(index));
    vec![
        flag.id.clone(),
        flag.category.to_owned(),
        flag.kind.to_owned(),
        flag.strength.to_string(),
        guarded(flag.anchor.exact),
        guarded(page.words(read.sentence)),
        flag.anchor.start.to_string(),
        flag.anchor.end.to_string(),
        guarded(&cues.join(" | ")),
        text(flag.claim.as_ref().map(|c| c.exact)),
        text(source.map(|s| s.id.as_str())),
        text(entry.map(|e| e.label)),
        entry.map_or(String::new(), |e| e.claims.to_string()),
        flag.voice
            .source
            .clone()
            .unwrap_or_else(|| flag.voice.by.to_owned()),
        text(flag.details.descriptor),
        text(flag.details.affiliation),
        text(flag.details.count),
        guarded(&flag.details.relay.join(" | ")),
        text(flag.details.anonymity),
        text(flag.details.reason),
        guarded(flag.rule),
        guarded(flag.why),
        text(list.page.url),
        text(list.page.title),
        guarded(list.page.created),
    ]
}

/// Quoting doesn't stop a spreadsheet from running a field as a formula; a leading `'` does.
fn guarded(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;
    use crate::model::Category;

    #[test]
    fn details_stand_under_their_names() {
        let (page, mut reading) = example();
        let details = &mut reading.flags[0].details;
        details.relay.push("Nordwire".to_owned());
        details.anonymity = Some("asked not to be named".to_owned());
        let options = Options {
            min_strength: 0.9,
            categories: Category::ALL.to_vec(),
            include_text: false,
            created: "2026-01-02T03:04:05Z".to_owned(),
        };
        let text = write(&page, &reading, &options);
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let names = rows.headers().unwrap().clone();
        let row = rows.records().next().unwrap().unwrap();
        let field = |name: &str| &row[names.iter().position(|n| n == name).unwrap()];
        assert_eq!(field("descriptor"), "A port official");
        assert_eq!(field("relay"), "the Gazette | Nordwire");
        assert_eq!(field("anonymity"), "asked not to be named");
        assert_eq!(field("reason"), "because the inquiry is still open");
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_quoted() {
        for field in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1",
        ] {
            assert_eq!(guarded(field), format!("'{field}"));
        }
        for field in ["", "officials said", "'=1", "a=b", " =1", "—"] {
            assert_eq!(guarded(field), field);
        }
    }
}
