//! What the lists for people say in the same words.

use super::{Options, selected_flags};
use crate::explain;
use crate::model::{Category, Flag, Reading, SourceKind, Span};
use crate::order;
use crate::page::{Mark, Page, Verdict};
use crate::review;
use crate::sourcing::{Basis, Sourcing};

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
    let (mut marked, mut left_out) = (Vec::new(), Vec::new());
    let mut total = 0;
    for category in Category::ALL {
        let noun = explain::title(category).to_lowercase();
        if !options.categories.contains(&category) {
            left_out.push(format!("{noun}s"));
            continue;
        }
        let flags = selected_flags(reading, options);
        let count = flags.filter(|f| f.category() == category).count();
        total += count;
        marked.push(counted(count, &noun));
    }
    if total == 0 {
        out.push_str(" Nothing to mark here. That is no verdict on the page.");
    } else {
        out.push_str(&format!(" Marked here: {}.", listed(&marked)));
    }
    if !left_out.is_empty() {
        out.push_str(&format!(" Left out: {}.", listed(&left_out)));
    }
    out
}

/// When the list was made and how much of what was found is in it: "15 March 2026, normal sensitivity".
pub fn made(options: &Options) -> String {
    let choice = match (options.min_strength * 100.0).round() as u32 {
        0 => "all flags, the faintest too".to_owned(),
        50 => "normal sensitivity".to_owned(),
        80 => "quiet sensitivity".to_owned(),
        _ => format!("strength {} and up", decimal(options.min_strength.into())),
    };
    match day(&options.created) {
        Some(day) => format!("{day}, {choice}"),
        None => choice,
    }
}

/// "2026-03-15T…" as "15 March 2026"; none where it is no such thing.
fn day(created: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = created.get(..10)?.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{} {month} {year}", day.parse::<u8>().ok()?))
}

/// A number to the hundredth: "0.93", "0.5", "1".
pub fn decimal(number: f64) -> String {
    let hundredths = (number * 100.0).round() as u32;
    let digits = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// "a, b and c".
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Who makes the lists.
pub const GENERATOR: &str = concat!("Hearsay ", env!("CARGO_PKG_VERSION"));

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

/// The page's title; none where there are no words in it.
pub fn title(page: &Page) -> Option<String> {
    let title = one_line(page.input.title.as_deref()?);
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

/// What a list of a page's flags is called.
pub fn heading_of_list(page: &Page) -> String {
    title(page).map_or("List of flags".to_owned(), |title| {
        format!("Flags in “{title}”")
    })
}

/// What a note beside a flag says: what was seen, whom it cites, how clear the case is.
pub fn note(reading: &Reading, flag: &Flag) -> Vec<String> {
    let mut out = vec![flag.why().to_owned()];
    if let Some((_, source)) = cited(reading, flag) {
        out.push(one_line(&format!("Source: {source}")));
    }
    out.push(format!(
        "Strength: {}",
        explain::strength_word(flag.strength).to_lowercase()
    ));
    out
}

/// What the reader made of a flag.
pub fn mark<'a>(page: &'a Page, flag: &Flag) -> Option<&'a Mark> {
    page.input.marks.get(flag.review? as usize)
}

/// "Reviewed: wrong".
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Right => "Reviewed: right",
        Verdict::Wrong => "Reviewed: wrong",
        Verdict::Unsure => "Reviewed: unsure",
        Verdict::Missed => "Added by the reader",
    }
}

/// "Reviewed: wrong. Note: He is named in the headline."
pub fn reviewed(mark: &Mark) -> String {
    let verdict = verdict(mark.verdict);
    match one_line(&mark.note).trim() {
        "" => verdict.to_owned(),
        note => format!("{verdict}. Note: {note}"),
    }
}

/// The marks of a page that no flag has any more.
pub fn orphans<'a>(page: &'a Page, reading: &Reading) -> Vec<&'a Mark> {
    review::orphans(&page.input.marks, &reading.flags).collect()
}

/// What those are called.
pub const ORPHANS: &str = "Marks whose flags are gone";

/// Who an anonymous flag's words are laid on, and what the page tells of that source: its place in
/// the ledger, and "a port official; relayed by: the Gazette". None on other flags.
pub fn cited(reading: &Reading, flag: &Flag) -> Option<(usize, String)> {
    let (index, _) = flag.source?;
    let source = reading.sources.get(index)?;
    let mut out = match source.kind {
        SourceKind::Agentless => "nobody named".to_owned(),
        _ => source.label.clone(),
    };
    let details = &flag.details;
    if let Some(relay) = explain::relayed(&details.relay) {
        out.push_str(&format!("; relayed by: {relay}"));
    }
    if let Some(reason) = &details.reason {
        out.push_str(&format!("; reason given: {reason}"));
    } else if details.anonymity.is_some() {
        out.push_str("; anonymity was asked for or granted, no reason is given");
    }
    Some((index, out))
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
pub fn standing(kind: SourceKind, because: Because) -> String {
    let because = match because {
        Because::Given => "reason given",
        Because::Granted => "anonymity asked for or granted, no reason given",
        Because::Unsaid => "no reason given",
    };
    match kind {
        SourceKind::NamedPerson => "named".to_owned(),
        SourceKind::Institution => "institution".to_owned(),
        SourceKind::Publication => "publication".to_owned(),
        SourceKind::Person => format!("anonymous, one person; {because}"),
        SourceKind::Group => format!("anonymous, a group; {because}"),
        SourceKind::Document => "document, not identified".to_owned(),
        SourceKind::Agentless => "nobody named".to_owned(),
    }
}

/// One line of the ledger.
pub struct Line<'a> {
    /// Places in [`Reading::sources`]; one but for the last line.
    pub sources: Vec<usize>,
    /// How the page first describes or names it; none where the page leaves out who says it.
    pub label: Option<&'a str>,
    /// What it is to its claims.
    pub basis: Basis,
    /// What it is.
    pub kind: SourceKind,
    /// What the page says of why it isn't named.
    pub because: Because,
    /// How many claims rest on it: at least 1.
    pub claims: u32,
}

impl Line<'_> {
    /// The label, or our word for nobody.
    pub fn name(&self) -> &str {
        self.label.unwrap_or("Nobody")
    }

    /// "anonymous, one person; reason given".
    pub fn standing(&self) -> String {
        match self.label {
            Some(_) => standing(self.kind, self.because),
            None => "the page leaves out who says it".to_owned(),
        }
    }
}

/// The ledger: the heaviest first, equals in order of mention, and last, as one line, the claims of
/// whom the page leaves out. Who only takes a stance, or is quoted at second hand, has claims of
/// nobody's and no line.
pub fn ledger(reading: &Reading) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut nobody = Line {
        sources: Vec::new(),
        label: None,
        basis: Basis::Anonymous,
        kind: SourceKind::Agentless,
        because: Because::Unsaid,
        claims: 0,
    };
    let sources = reading.sources.iter().zip(reasons(reading)).enumerate();
    for (index, (source, because)) in sources.filter(|(_, (source, _))| source.claims > 0) {
        if source.kind == SourceKind::Agentless {
            nobody.sources.push(index);
            nobody.claims += source.claims;
            continue;
        }
        lines.push(Line {
            sources: vec![index],
            label: Some(&source.label),
            basis: Basis::of(source),
            kind: source.kind,
            because,
            claims: source.claims,
        });
    }
    order::sort_by_key(&mut lines, |line| [!line.claims, 0, 0]);
    if nobody.claims > 0 {
        lines.push(nobody);
    }
    lines
}

/// "Who the 11 claims come from".
pub fn ledger_title(claims: u32) -> String {
    match claims {
        1 => "Who the one claim comes from".to_owned(),
        _ => format!("Who the {} claims come from", thousands(claims)),
    }
}

/// Whether an address can be linked to: http or https, and nothing in it that could end a link.
pub fn is_web(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\\".contains(c))
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
    use crate::export::{all, example};
    use crate::model::Source;

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
        let port = |reading: &Reading| standing(reading.sources[0].kind, reasons(reading)[0]);
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
    fn what_was_chosen_is_said() {
        let (_, reading) = example();
        let said = |categories: &[Category]| {
            let options = Options {
                categories: categories.to_vec(),
                ..all()
            };
            let summary = summary(&reading, &options);
            summary[summary.rfind("of the 3. ").unwrap() + 10..].to_owned()
        };
        assert_eq!(
            said(&[Category::Hedged]),
            "Marked here: 1 hedged claim. Left out: anonymous sources and unsourced assertions."
        );
        assert!(said(&[]).starts_with("Nothing to mark here."));
        let made = |min_strength, created: &str| {
            made(&Options {
                min_strength,
                created: created.to_owned(),
                ..all()
            })
        };
        assert_eq!(
            made(0.5, "2026-03-05T01:02:03Z"),
            "5 March 2026, normal sensitivity"
        );
        assert_eq!(
            made(0.8, "2026-12-31T01:02:03Z"),
            "31 December 2026, quiet sensitivity"
        );
        assert_eq!(made(0.0, ""), "all flags, the faintest too");
        assert_eq!(made(0.65, "2026-13-01"), "strength 0.65 and up");
        assert_eq!(
            [0.0, 0.05, 0.5, 0.93, 1.0].map(decimal),
            ["0", "0.05", "0.5", "0.93", "1"]
        );
    }

    #[test]
    fn the_ledger_ends_on_nobody() {
        let (_, mut reading) = example();
        for label in ["it was said", "reportedly"] {
            reading.sources.insert(
                0,
                Source {
                    label: label.to_owned(),
                    kind: SourceKind::Agentless,
                    mentions: Vec::new(),
                    claims: 1,
                },
            );
        }
        let lines = ledger(&reading);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.name(), line.sources.as_slice(), line.claims))
            .collect();
        assert_eq!(
            told,
            [
                ("A port official", &[2][..], 2),
                ("Ms. Vale", &[3], 1),
                ("Nobody", &[0, 1], 2)
            ]
        );
    }

    #[test]
    fn only_web_addresses_are_linked_to() {
        for url in ["http://a.example", "HTTPS://a.example/?b=c&d#e"] {
            assert!(is_web(url), "{url}");
        }
        for url in [
            "javascript:alert(1)",
            "file:///etc/hosts",
            "https://a.example/> [x](<javascript:x",
            "https:a.example",
            " https://a.example",
            "https://a\n.example",
            "",
        ] {
            assert!(!is_web(url), "{url}");
        }
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
