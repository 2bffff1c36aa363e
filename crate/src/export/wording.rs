//! What Markdown and the terminal table say in the same words.

use super::{Options, selected_flags};
use crate::explain;
use crate::model::{Category, Flag, Reading, Source, SourceKind, Span};
use crate::page::Page;
use crate::sourcing::Sourcing;

/// The list's opening sentences: what there is, in numbers.
pub fn summary(reading: &Reading, options: &Options) -> String {
    if !reading.readable {
        return format!(
            "The text doesn’t look English (language: {}). Hearsay reads English only, so nothing is marked.",
            reading.language
        );
    }
    let sourcing = match Sourcing::of(reading).text() {
        text if text.is_empty() => "No claim is attributed to anybody.".to_owned(),
        text => text,
    };
    let mut out = format!(
        "{} {} read. {sourcing}",
        thousands(reading.words),
        if reading.words == 1 { "word" } else { "words" },
    );
    let count = |category| {
        selected_flags(reading, options)
            .filter(|f| f.category() == category)
            .count()
    };
    let [anonymous, unsourced, hedged] = Category::ALL.map(count);
    if anonymous + unsourced + hedged == 0 {
        out.push_str(" Nothing to mark here. That is no verdict on the page.");
    } else {
        out.push_str(&format!(
            " Marked here: {}, {} and {}.",
            counted(anonymous, "anonymous source"),
            counted(unsourced, "unsourced assertion"),
            counted(hedged, "hedged claim"),
        ));
    }
    out
}

/// What every list ends on.
pub const CLOSING: &str = "A flag is a place to slow down, not a verdict.";

fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// A count with commas: `1,180`.
pub fn thousands(count: u32) -> String {
    let digits: Vec<char> = count.to_string().chars().collect();
    let groups: Vec<String> = digits
        .rchunks(3)
        .rev()
        .map(|group| group.iter().collect())
        .collect();
    groups.join(",")
}

/// "Anonymous source, one person".
pub fn heading(flag: &Flag) -> String {
    format!(
        "{}, {}",
        explain::title(flag.category()),
        explain::kind_label(flag.kind)
    )
}

/// What the page says of why a source isn't named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Because {
    /// Nothing.
    Unsaid,
    /// That anonymity was asked for or granted, and not why.
    Granted,
    /// The reason.
    Given,
}

/// For every source of the ledger, the most that one of its flags says of its anonymity.
pub fn reasons(reading: &Reading) -> Vec<Because> {
    let mut said = vec![Because::Unsaid; reading.sources.len()];
    for flag in &reading.flags {
        let because = match &flag.details {
            d if d.reason.is_some() => Because::Given,
            d if d.anonymity.is_some() => Because::Granted,
            _ => Because::Unsaid,
        };
        if let Some(slot) = flag.source.and_then(|(i, _)| said.get_mut(i)) {
            *slot = because.max(*slot);
        }
    }
    said
}

/// What a source is, in the ledger's words.
pub fn standing(source: &Source, because: Because) -> String {
    let because = match because {
        Because::Given => "reason given",
        Because::Granted => "anonymity asked for or granted, no reason given",
        Because::Unsaid => "no reason given",
    };
    match source.kind {
        SourceKind::NamedPerson => "named".to_owned(),
        SourceKind::Institution => "institution".to_owned(),
        SourceKind::Publication => "publication".to_owned(),
        SourceKind::Person => format!("anonymous, one person; {because}"),
        SourceKind::Group => format!("anonymous, a group; {because}"),
        SourceKind::Document => "document, not identified".to_owned(),
        SourceKind::Agentless => "nobody named".to_owned(),
    }
}

/// The anchor with its sentence around it, at most `before` and `after` code points of that, cut
/// at words where there are any.
pub struct Excerpt<'a> {
    /// Text before the anchor; opens with `…` if cut.
    pub before: String,
    /// The anchor.
    pub anchor: &'a str,
    /// Text after the anchor; closes with `…` if cut.
    pub after: String,
}

/// Cuts the excerpt of a flag.
pub fn excerpt<'a>(page: &'a Page, flag: &Flag, before: usize, after: usize) -> Excerpt<'a> {
    let (sentence, anchor) = (flag.sentence, flag.anchor);
    let part = |start: u32, end: u32| {
        page.words(Span {
            block: anchor.block,
            start,
            end,
        })
    };
    let left = part(sentence.start.min(anchor.start), anchor.start);
    let right = part(anchor.end, sentence.end.max(anchor.end));
    Excerpt {
        before: match left.char_indices().rev().nth(before) {
            None => left.to_owned(),
            Some((i, c)) => {
                let kept = &left[i + c.len_utf8()..];
                let word = kept
                    .find(char::is_whitespace)
                    .map_or(kept, |space| &kept[space..]);
                format!("…{}", word.trim_start())
            }
        },
        anchor: page.words(anchor),
        after: match right.char_indices().nth(after) {
            None => right.to_owned(),
            Some((i, _)) => {
                let kept = &right[..i];
                let word = kept
                    .rfind(char::is_whitespace)
                    .map_or(kept, |space| &kept[..space]);
                format!("{}…", word.trim_end())
            }
        },
    }
}

/// Page text for showing on one line: white space collapsed, no control characters, and none of
/// the marks that turn the direction of what follows.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{061C}' => {}
            '\u{FEFF}' => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;

    fn all() -> Options {
        Options {
            min_strength: 0.0,
            categories: Category::ALL.to_vec(),
            include_text: false,
            created: "2026-01-02T03:04:05Z".to_owned(),
        }
    }

    #[test]
    fn numbers_in_words() {
        let (_, reading) = example();
        assert_eq!(
            summary(&reading, &all()),
            "27 words read. Of 3 attributed claims, 1 rests on a named person and 2 on anonymous sources. \
             One unnamed source, “a port official”, carries 2 of the 3. \
             Marked here: 2 anonymous sources, 1 unsourced assertion and 1 hedged claim."
        );
        assert_eq!(
            [0, 999, 1000, 1234567].map(thousands),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn the_ledger_tells_a_reason_from_anonymity_without_one() {
        let (_, mut reading) = example();
        let port = |reading: &Reading| standing(&reading.sources[0], reasons(reading)[0]);
        assert_eq!(port(&reading), "anonymous, one person; reason given");
        for flag in &mut reading.flags {
            flag.details.reason = None;
        }
        assert_eq!(port(&reading), "anonymous, one person; no reason given");
        reading.flags[0].details.anonymity = Some("asked not to be named".to_owned());
        assert_eq!(
            port(&reading),
            "anonymous, one person; anonymity asked for or granted, no reason given"
        );
    }

    #[test]
    fn nothing_marked_is_no_verdict_and_a_foreign_page_says_why() {
        let (_, mut reading) = example();
        reading.flags.clear();
        assert!(
            summary(&reading, &all())
                .ends_with("Nothing to mark here. That is no verdict on the page.")
        );
        reading.sources.clear();
        assert!(
            summary(&reading, &all())
                .starts_with("27 words read. No claim is attributed to anybody. Nothing")
        );
        reading.readable = false;
        reading.language = "fr";
        assert!(summary(&reading, &all()).contains("(language: fr)"));
    }

    #[test]
    fn excerpts_are_cut_at_words() {
        let (page, reading) = example();
        let cut = excerpt(&page, &reading.flags[0], 10, 5);
        assert_eq!(
            (cut.before.as_str(), cut.anchor, cut.after.as_str()),
            ("…May,” ", "A port official told", " the…")
        );
        let whole = excerpt(&page, &reading.flags[0], 500, 500);
        assert_eq!(
            format!("{}{}{}", whole.before, whole.anchor, whole.after),
            page.text(0)
        );
    }

    #[test]
    fn a_word_that_never_ends_is_cut_all_the_same() {
        let (mut page, reading) = example();
        page.input.blocks[0].text = format!("{}{}", page.text(0), "x".repeat(1000)).into();
        let mut flag = reading.flags[0].clone();
        flag.sentence.end = page.text(0).len() as u32;
        assert!(excerpt(&page, &flag, 10, 40).after.chars().count() <= 41);
    }

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it() {
        assert_eq!(
            one_line("a\u{1b}[2J\r\nb\u{202e}c\u{feff}\0 \t d\u{a0}e"),
            "a\u{fffd}[2J bc\u{fffd} d e"
        );
    }
}
