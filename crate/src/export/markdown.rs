//! The list as Markdown, for notes and issues: CommonMark with GitHub's tables.

use super::wording::{self, Excerpt, one_line};
use super::{Options, schema, selected_flags};
use crate::explain;
use crate::model::Reading;
use crate::page::Page;

/// Code points of a sentence shown on either side of the anchor.
const AROUND: usize = 240;

/// The document: what the page is, the flags in order with their sentences, the ledger.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let title = wording::title(page).unwrap_or_else(|| wording::heading_of_list(page));
    let mut out = format!("# {}\n\n", escaped(&title));
    if let Some(url) = &page.input.url {
        out.push_str(&format!("{}\n\n", link(url, url)));
    }
    out.push_str(&format!(
        "Read by Hearsay {} on {}.\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        escaped(&wording::made(options)),
        escaped(&wording::summary(reading, options)),
    ));
    flags(page, reading, options, &mut out);
    orphans(page, reading, &mut out);
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
        let number = format!("{}. ", number + 1);
        // What belongs to the item stands under its first word, however wide the number is.
        let inset = " ".repeat(number.len());
        out.push_str(&format!(
            "\n{number}**{}**. {}.\n{inset}> {}\n",
            wording::heading(flag),
            explain::strength_word(flag.strength),
            marked(&shown),
        ));
        if let Some((index, source)) = wording::cited(reading, flag) {
            let id = schema::source_id(index);
            out.push_str(&format!("\n{inset}Source {id}: {}\n", escaped(&source)));
        }
        if let Some(mark) = wording::mark(page, flag) {
            let said = escaped(&wording::reviewed(mark));
            out.push_str(&format!("\n{inset}{said}\n"));
        }
    }
}

fn orphans(page: &Page, reading: &Reading, out: &mut String) {
    let orphans = wording::orphans(page, reading);
    if orphans.is_empty() {
        return;
    }
    out.push_str(&format!("\n## {} ({})\n", wording::ORPHANS, orphans.len()));
    for mark in orphans {
        out.push_str(&format!(
            "\n- **{}**. {}\n  > {}\n",
            explain::title(mark.category),
            escaped(&wording::reviewed(mark)),
            marked(&Excerpt {
                before: mark.around.before.clone(),
                anchor: &mark.words,
                after: mark.around.after.clone(),
            }),
        ));
    }
}

/// A sentence with the flag's words in bold.
pub(super) fn marked(shown: &Excerpt) -> String {
    let before = escaped(one_line(&shown.before).trim_start());
    let words = escaped(one_line(shown.anchor).trim());
    let after = escaped(one_line(&shown.after).trim_end());
    if words.is_empty() {
        return before + &after;
    }
    // Two stars open bold words only where a word begins, or after a space or a mark; as the number
    // of its code a letter ends in a mark.
    let (mut before, mut after) = (before, after);
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let apart = |c: Option<char>| c.is_none_or(|c| c == ' ' || c.is_ascii_punctuation());
    let last = before.chars().next_back();
    if let Some(c) = last.filter(|_| !word(words.chars().next()) && !apart(last)) {
        before.truncate(before.len() - c.len_utf8());
        before.push_str(&code(c));
    }
    let first = after.chars().next();
    if let Some(c) = first.filter(|_| !word(words.chars().next_back()) && !apart(first)) {
        after = code(c) + &after[c.len_utf8()..];
    }
    format!("{before}**{words}**{after}")
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
            wording::standing(source.kind, because),
            source.claims
        ));
    }
}

/// A link where the address can be linked to, else the words alone.
pub(super) fn link(words: &str, address: &str) -> String {
    let words = escaped(words);
    if !wording::is_web(address) {
        return words;
    }
    // In <…> anything may stand that `is_web` lets through, but `&…;` is read as a character.
    let and = if address.contains(';') { "&amp;" } else { "&" };
    format!("[{words}](<{}>)", address.replace('&', and))
}

/// Text as Markdown that shows just that text: on one line, no mark-up of its own, and no address
/// in it that becomes a link by itself. Marks that not every reader knows how to escape with a
/// backslash are given by their codes.
pub(super) fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut start = true;
    let mut number = false;
    for (at, c) in text.char_indices() {
        let so_far = &text[..at];
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '$' | '@' => out.push_str(&code(c)),
            // Marks that mean something anywhere, those that do at a line's start ("- ", "1. "), and
            // what makes an address of the words around it.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' => {
                out.extend(['\\', c]);
            }
            '-' | '+' | '=' | ':' if start => out.extend(['\\', c]),
            '.' | ')' if number => out.extend(['\\', c]),
            ':' if text[at..].starts_with("://") => out.extend(['\\', c]),
            '.' if ends_with_www(so_far) => out.extend(['\\', c]),
            _ => out.push(c),
        }
        number = c.is_ascii_digit() && (start || number);
        start = start && c == ' ';
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let from = text.len().wrapping_sub(3);
    text.get(from..)
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

/// A character by its code.
fn code(c: char) -> String {
    format!("&#{};", u32::from(c))
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
            text.contains("One unnamed source, “an \\*aide\\* &lt;b&gt; \\# of sorts”, carries"),
            "{text}"
        );
    }

    #[test]
    fn page_text_brings_no_mark_up() {
        assert_eq!(
            escaped("<b>*x*</b> [a](javascript:x) | `c`"),
            "&lt;b&gt;\\*x\\*&lt;/b&gt; \\[a\\](javascript:x) \\| \\`c\\`"
        );
        assert_eq!(
            escaped("- item\n# head\n1. one"),
            "\\- item \\# head 1. one"
        );
        assert_eq!(escaped("12) twelve 3. three"), "12\\) twelve 3. three");
        assert_eq!(escaped("&lt;script&gt;"), "&amp;lt;script&amp;gt;");
        assert_eq!(
            escaped("www.a.example, Https://a.example: a@b.example costs $5"),
            "www\\.a.example, Https\\://a.example: a&#64;b.example costs &#36;5"
        );
    }

    #[test]
    fn words_are_bold_wherever_they_begin_and_end() {
        let bold = |before: &str, anchor, after: &str| {
            marked(&Excerpt {
                before: before.to_owned(),
                anchor,
                after: after.to_owned(),
            })
        };
        assert_eq!(bold("It ", "may", " fall."), "It **may** fall.");
        assert_eq!(bold("un", "may", "ed"), "un**may**ed");
        assert_eq!(bold("so", "“may”", "be"), "s&#111;**“may”**&#98;e");
        assert_eq!(bold("“", "*may*", "”"), "&#8220;**\\*may\\***&#8221;");
        assert_eq!(bold("(", "*may*", ")"), "(**\\*may\\***)");
        assert_eq!(bold("a", " ", "b"), "ab");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(link("*a*", "javascript:alert(1)"), "\\*a\\*");
        assert_eq!(
            link("a", "HTTPS://a.example/)"),
            "[a](<HTTPS://a.example/)>)"
        );
    }
}
