//! The list as CSV (RFC 4180): a header and one row a flag.

use super::schema::{FlagEntry, List};
use super::template::Text;
use super::{Options, selected_flags};
use crate::model::{Flag, Reading};
use crate::page::Page;

const HEADER: &str = "id,category,kind,strength,quote,sentence,start,end,cues,claim,source,source_label,\
    source_claims,voice,descriptor,affiliation,count,relay,anonymity,reason,rule,why,url,title,created,review,note\r\n";
/// By these first bytes Excel tells UTF-8 from a text in the computer's own encoding.
pub const BOM: char = '\u{FEFF}';

/// The rows. Offsets count Unicode code points as in the JSON list. Texts are quoted, numbers not.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let list = List::new(page, reading, options);
    let mut out = Text::new(guarded);
    out.literal(HEADER);
    let flags = list.flags.iter().zip(selected_flags(reading, options));
    for (entry, flag) in flags {
        row(page, &list, entry, flag, &mut out);
    }
    out.done()
}

fn row(page: &Page, list: &List, flag: &FlagEntry, read: &Flag, out: &mut Text) {
    let cues: Vec<&str> = flag.cues.iter().map(|c| c.exact).collect();
    let source = flag.source.as_ref();
    let entry = read.source.and_then(|(index, _)| list.sources.get(index));
    let details = &flag.details;
    out.add("%,%,%,", &[&flag.id, flag.category, flag.kind]);
    out.fraction(flag.strength);
    out.add(",%,%,", &[flag.anchor.exact, page.words(read.sentence)]);
    out.number(flag.anchor.start);
    out.literal(",");
    out.number(flag.anchor.end);
    out.add(
        ",%,%,%,%,",
        &[
            &cues.join(" | "),
            flag.claim.as_ref().map_or("", |c| c.exact),
            source.map_or("", |s| &s.id),
            entry.map_or("", |e| e.label),
        ],
    );
    if let Some(entry) = entry {
        out.number(entry.claims as usize);
    }
    out.add(
        ",%,%,%,%,%,%,%,%,%,%,%,%,%,%\r\n",
        &[
            flag.voice.source.as_deref().unwrap_or(flag.voice.by),
            details.descriptor.unwrap_or(""),
            details.affiliation.unwrap_or(""),
            details.count.unwrap_or(""),
            &details.relay.join(" | "),
            details.anonymity.unwrap_or(""),
            details.reason.unwrap_or(""),
            flag.rule,
            flag.why,
            list.page.url.unwrap_or(""),
            list.page.title.unwrap_or(""),
            list.page.created,
            flag.review.as_ref().map_or("", |r| r.verdict),
            flag.review.as_ref().map_or("", |r| r.note),
        ],
    );
}

/// A field in its quotation marks that a spreadsheet shows as it is. Quoting doesn't stop it from running one as a formula,
/// a leading `'` does; and there are readers that take a control character for the end of the file.
fn guarded(field: &str) -> String {
    let field = field.replace(
        |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n'),
        "\u{FFFD}",
    );
    // The last four are the wide forms of the first, which East Asian spreadsheets take for them.
    let formula = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let guard = if field.starts_with(formula) { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
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
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x",
        ] {
            assert_eq!(guarded(field), format!("\"'{field}\""));
        }
        assert_eq!(guarded("\0\"=1\u{1b}"), "\"\u{FFFD}\"\"=1\u{FFFD}\"");
        for field in ["", "officials said", "'=1", "a=b", " =1", "—"] {
            assert_eq!(guarded(field), format!("\"{field}\""));
        }
    }
}
