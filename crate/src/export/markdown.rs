//! The list as Markdown, for notes and issues.

use super::wording::{self, one_line};
use super::{Options, schema, selected_flags};
use crate::explain;
use crate::model::{Reading, SourceKind};
use crate::page::Page;

/// Code points of a sentence shown on either side of the anchor.
const AROUND: usize = 240;

/// The document: what the page is, the flags in order with their sentences, the ledger.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let title = page.input.title.as_deref().filter(|t| !t.trim().is_empty());
    let mut out = format!(
        "# {}\n\n",
        title.map_or("List of flags".to_owned(), escaped)
    );
    if let Some(url) = &page.input.url {
        out.push_str(&format!("{}\n\n", link(url)));
    }
    out.push_str(&format!(
        "Read by Hearsay {} at {}.\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        escaped(&options.created),
        escaped(&wording::summary(reading, options)),
    ));
    flags(page, reading, options, &mut out);
    ledger(reading, &mut out);
    out.push_str(&format!("\n{}\n", wording::CLOSING));
    out
}

fn flags(page: &Page, reading: &Reading, options: &Options, out: &mut String) {
    let count = selected_flags(reading, options).count();
    if count == 0 {
        return;
    }
    out.push_str(&format!("\n## Flags in order ({count})\n"));
    for (number, flag) in selected_flags(reading, options).enumerate() {
        let shown = wording::excerpt(page, flag, AROUND, AROUND);
        let before = escaped(&shown.before);
        out.push_str(&format!(
            "\n{}. **{}**. {}.\n   > {}**{}**{}\n",
            number + 1,
            wording::heading(flag),
            explain::strength_word(flag.strength),
            before.trim_start(),
            escaped(shown.anchor.trim()),
            escaped(&shown.after).trim_end(),
        ));
        if let Some(source) = flag
            .source
            .and_then(|(i, _)| Some((i, reading.sources.get(i)?)))
        {
            let absent = source.1.kind == SourceKind::Agentless;
            let who = if absent {
                "nobody named"
            } else {
                &source.1.label
            };
            out.push_str(&format!(
                "\n   Source {}: {}",
                schema::source_id(source.0),
                escaped(who)
            ));
            let mut more = |what: &str, text: Option<&String>| {
                if let Some(text) = text {
                    out.push_str(&format!("; {what}: {}", escaped(text)));
                }
            };
            more("relayed by", explain::relayed(&flag.details.relay).as_ref());
            more("reason given", flag.details.reason.as_ref());
            if flag.details.reason.is_none() && flag.details.anonymity.is_some() {
                out.push_str("; anonymity was asked for or granted, no reason is given");
            }
            out.push('\n');
        }
    }
}

fn ledger(reading: &Reading, out: &mut String) {
    if reading.sources.is_empty() {
        return;
    }
    out.push_str("\n## Who the claims come from\n\n| | Source | What it is | Claims |\n| --- | --- | --- | ---: |\n");
    let reasons = wording::reasons(reading);
    for (index, (source, because)) in reading.sources.iter().zip(reasons).enumerate() {
        // Who only takes a stance, or is quoted at second hand, has claims of nobody's.
        if source.claims == 0 {
            continue;
        }
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            schema::source_id(index),
            escaped(&source.label),
            wording::standing(source, because),
            source.claims
        ));
    }
}

/// A link where the address is http(s), else its text.
fn link(url: &str) -> String {
    let lower = url.to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https://");
    // In <…> a destination ends only at these; anything else may stand there.
    if web && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\\".contains(c)) {
        format!("[{}](<{url}>)", escaped(url))
    } else {
        escaped(url)
    }
}

/// Page text as Markdown that shows just that text: on one line, no mark-up of its own.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut start = true;
    let mut number = false;
    for c in text.chars() {
        // Marks that mean something anywhere, and those that do at a line's start ("- ", "1. ").
        let always = matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '~'
                | '&'
                | '$'
                | '@'
        );
        let first = start && matches!(c, '-' | '+' | '=' | ':');
        if always || first || (number && matches!(c, '.' | ')')) {
            out.push('\\');
        }
        out.push(c);
        number = c.is_ascii_digit() && (start || number);
        start = start && c == ' ';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;
    use crate::model::Category;

    fn options(min_strength: f32) -> Options {
        Options {
            min_strength,
            categories: Category::ALL.to_vec(),
            include_text: false,
            created: "2026-01-02T03:04:05Z".to_owned(),
        }
    }

    #[test]
    fn the_whole_document() {
        let (page, reading) = example();
        let text = write(&page, &reading, &options(0.5));
        assert!(text.starts_with("# The port \\| \\*today\\*\n\n"), "{text}");
        assert!(
            text.contains("(<https://gazette.example/port?a=1&b=2>)"),
            "{text}"
        );
        assert!(text.contains("## Flags in order (3)\n\n1. **Anonymous source, one person**. Clear.\n   > “The board may"));
        assert!(
            text.contains(",” **A port official told** the Gazette.\n"),
            "{text}"
        );
        assert!(
            text.contains(
                "Source S1: A port official; relayed by: the Gazette; reason given: because"
            ),
            "{text}"
        );
        assert!(text.contains("| S2 | Ms. Vale | named | 1 |"), "{text}");
        assert!(!text.contains("Hedged claim, a possibility"), "{text}");
        assert!(
            text.contains(
                "\n27 words read. Of 3 attributed claims, 1 rests on a named person and 2 on anonymous sources. \
                 One unnamed source, “a port official”, carries 2 of the 3."
            ),
            "{text}"
        );
    }

    #[test]
    fn anonymity_without_a_reason_is_said_and_a_chain_told() {
        let (page, mut reading) = example();
        reading.flags[0].details.reason = None;
        reading.flags[0].details.relay.push("Nordwire".to_owned());
        let text = write(&page, &reading, &options(0.9));
        assert!(
            text.contains("relayed by: the Gazette, from Nordwire\n"),
            "{text}"
        );
        reading.flags[0].details.anonymity = Some("asked not to be named".to_owned());
        let text = write(&page, &reading, &options(0.9));
        assert!(
            text.contains("Nordwire; anonymity was asked for or granted, no reason is given\n"),
            "{text}"
        );
    }

    #[test]
    fn a_label_in_the_summary_brings_no_mark_up() {
        let (page, mut reading) = example();
        reading.sources[0].label = "an *aide* <b>\n# of sorts".to_owned();
        let text = write(&page, &reading, &options(0.5));
        assert!(
            text.contains("One unnamed source, “an \\*aide\\* \\<b\\> \\# of sorts”, carries"),
            "{text}"
        );
    }

    #[test]
    fn page_text_brings_no_mark_up() {
        assert_eq!(
            escaped("<b>*x*</b> [a](javascript:x) | `c`"),
            "\\<b\\>\\*x\\*\\</b\\> \\[a\\](javascript:x) \\| \\`c\\`"
        );
        assert_eq!(
            escaped("- item\n# head\n1. one"),
            "\\- item \\# head 1. one"
        );
        assert_eq!(escaped("12) twelve 3. three"), "12\\) twelve 3. three");
        assert_eq!(escaped("&lt;script&gt;"), "\\&lt;script\\&gt;");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(link("file:///etc/hosts"), "file:///etc/hosts");
        assert!(link("HTTPS://a.example/").starts_with("[HTTPS://a.example/](<"));
        assert!(!link("https://a.example/> [x](<javascript:x").contains("](<h"));
    }
}
