//! What a page tells about a source beside its words: affiliation, count, relay, anonymity, reason.
//!
//! The wordings are those that news stylebooks ask for ("spoke on condition of anonymity because
//! …"). They are read off the source phrase, its sentence, and the next one where that is about the
//! source. What isn't said in such words is left out.

use std::ops::Range;

use crate::attribution::Found;
use crate::block::Parsed;
use crate::lexicon as lex;
use crate::model::Details;
use crate::phrases::{Phrase, View};

/// Verbs that ask for anonymity or grant it, in the forms that news uses.
const ASKING: [&str; 26] = [
    "ask",
    "asked",
    "asking",
    "asks",
    "declined",
    "declining",
    "demanded",
    "demanding",
    "given",
    "granted",
    "insisted",
    "insisting",
    "preferred",
    "refused",
    "refusing",
    "requested",
    "requesting",
    "speak",
    "speaking",
    "speaks",
    "spoke",
    "spoken",
    "wanted",
    "wished",
    "talked",
    "talking",
];
/// Words that may stand before a count and change it: "more than a dozen", "at least three".
const ROUGHLY: [&str; 16] = [
    "about", "almost", "around", "at", "fewer", "half", "least", "less", "more", "most", "nearly",
    "over", "roughly", "some", "than", "up",
];
/// How far from the word "anonymity" its verb may stand, in tokens.
const NEAR: usize = 7;

/// Adds to `details` what the phrase and its surroundings tell. `fresh` where the phrase describes
/// the source, and does not merely lead back to it.
pub fn describe(
    view: View,
    block: &Parsed,
    found: &Found,
    p: &Phrase,
    fresh: bool,
    details: &mut Details,
) {
    if fresh && details.descriptor.is_none() {
        details.descriptor = Some(words(view, p.start..p.end));
        details.affiliation = affiliation(view, p).map(|r| words(view, r));
        details.count = count(view, p).map(|r| words(view, r));
    }
    // What came through somebody once stays relayed; a mention with a relay of its own says its own.
    let relay = relay(view, block, found, p);
    if !relay.is_empty() {
        details.relay = relay;
    }
    let Some(own) = block.sentences.get(found.sentence) else {
        return;
    };
    let next = block
        .sentences
        .get(found.sentence + 1)
        .filter(|next| is_about(view, next.start, p));
    for sentence in [Some(own), next].into_iter().flatten() {
        let asked = anonymity(view, sentence);
        if details.reason.is_none() {
            details.reason =
                reason(view, sentence, asked.as_ref(), found.cue.start).map(|r| words(view, r));
        }
        if details.anonymity.is_none() {
            details.anonymity = asked.map(|r| words(view, r));
        }
    }
}

fn words(view: View, range: Range<usize>) -> String {
    let (start, end) = view.bytes(range.start, range.end);
    view.text[start as usize..end as usize].to_owned()
}

fn quoted(view: View, at: usize) -> bool {
    view.tokens.get(at).is_some_and(|t| t.quoted)
}

/// Whether the token belongs to an institution's name or is a word for one.
fn bodily(view: View, at: usize) -> bool {
    view.any(at, lex::COLLECTIVE)
        || view.any(at, lex::CAP) && !view.any(at, lex::FUNCTION | lex::PUNCT | lex::DEMONYM)
}

/// "a researcher at the Velm Institute", "White House officials": the institution's whole words.
fn affiliation(view: View, p: &Phrase) -> Option<Range<usize>> {
    after_head(view, p).or_else(|| before_head(view, p))
}

fn after_head(view: View, p: &Phrase) -> Option<Range<usize>> {
    let at = (p.head + 1..p.end)
        .take_while(|i| !view.any(*i, lex::FUNCTION_REL | lex::QUOTE))
        .find(|i| {
            view.is(
                *i,
                &["at", "of", "from", "in", "with", "for", "within", "inside"],
            )
        })?;
    let body = view.noun_phrase(at + 1, p.end)?;
    let inside = body.start..body.end;
    let institution = inside
        .clone()
        .any(|i| view.any(i, lex::COLLECTIVE | lex::ACRONYM));
    // "a resident of Paris" belongs to no institution; "a clerk at Corvex" does.
    let employer = view.is(at, &["at", "with", "for"]) && inside.clone().any(|i| bodily(view, i));
    (institution || employer).then(|| body.start..with_of(view, body.end, p.end))
}

/// The end of a name that goes on: "the Ministry of Defence".
fn with_of(view: View, end: usize, limit: usize) -> usize {
    if !view.is(end, &["of", "for"]) {
        return end;
    }
    view.noun_phrase(end + 1, limit)
        .filter(|n| view.any(n.head, lex::CAP))
        .map_or(end, |n| n.end)
}

fn before_head(view: View, p: &Phrase) -> Option<Range<usize>> {
    // A sentence's first word has a capital anyway.
    let proper = |i: usize| {
        bodily(view, i)
            && (i > p.start
                || view.any(i, lex::UNKNOWN | lex::COLLECTIVE | lex::ACRONYM)
                || bodily(view, i + 1))
    };
    let from = (p.start..p.head).find(|i| proper(*i))?;
    let to = (from..p.head)
        .take_while(|i| bodily(view, *i) || view.is(*i, &["of", "and", "’s", "'s"]))
        .filter(|i| bodily(view, *i))
        .last()?;
    let owner = view.is(to + 1, &["'s", "’s"]);
    let from = if owner && from > p.start && view.is(from - 1, &["the"]) {
        from - 1
    } else {
        from
    };
    Some(from..to + 1)
}

/// "three", "more than a dozen", "two of the four".
fn count(view: View, p: &Phrase) -> Option<Range<usize>> {
    let number = |i: usize| {
        view.any(i, lex::FUNCTION_NUM | lex::NUM)
            || view.is(i, &["dozen", "dozens", "scores", "hundreds"])
    };
    let first = (p.start..p.head.min(p.start + 4)).find(|i| number(*i))?;
    let filler = |i: usize| view.is(i, &ROUGHLY) || view.is(i, &["a", "the", "to"]);
    if (p.start..first).any(|i| !filler(i))
        || view.is(first, &["one"]) && !view.is(first + 1, &["of"])
    {
        return None;
    }
    let mut start = p.start;
    if view.is(start, &["the"]) && start < first {
        start += 1;
    }
    while start > 0 && start + 4 > p.start && view.is(start - 1, &ROUGHLY) {
        start -= 1;
    }
    let mut end = first + 1;
    while number(end) && end < p.head {
        end += 1;
    }
    if view.is(end, &["of"]) && view.is(end + 1, &["the", "its", "their"]) && number(end + 2) {
        end += 3;
    }
    Some(start..end)
}

/// A publication or an agency as the phrase at `at`.
fn outlet(view: View, at: usize) -> Option<Range<usize>> {
    let n = view.noun_phrase(at, view.tokens.len())?;
    (view.any(n.head, lex::CAP | lex::COLLECTIVE_MEDIA)).then_some(n.start..n.end)
}

/// Through whom the page has it, nearest to the page first.
fn relay(view: View, block: &Parsed, found: &Found, p: &Phrase) -> Vec<String> {
    let listener = found
        .relay
        .clone()
        .filter(|r| view.any(r.end - 1, lex::CAP | lex::COLLECTIVE_MEDIA));
    let mut out: Vec<Range<usize>> = outer(view, block, found, p).into_iter().collect();
    out.extend(listener);
    let beside = p.start..(p.end + 2).min(view.tokens.len());
    out.extend(beside.filter_map(|i| passed_on(view, i)));
    if let Some(sentence) = block.sentences.get(found.sentence) {
        out.extend(sentence.clone().filter_map(|i| spoken_to(view, i)));
    }
    let mut seen: Vec<String> = Vec::new();
    for range in out {
        let text = words(view, range);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

/// "documents seen by the Herald", "shared with the Herald".
fn passed_on(view: View, at: usize) -> Option<Range<usize>> {
    let by = view.any(at, lex::RELAYED) && view.is(at + 1, &["by"]);
    let to = view.is(at, &["shared", "leaked", "provided"]) && view.is(at + 1, &["with", "to"]);
    (by || to).then(|| outlet(view, at + 2)).flatten()
}

/// "in an interview with Reuters", "as first reported by the Courier"; not within a quotation.
fn spoken_to(view: View, at: usize) -> Option<Range<usize>> {
    if !view.any(at + 1, lex::FUNCTION_PREP) {
        return None;
    }
    let told = view.is(at, &["interview"]) && view.is(at + 1, &["with"])
        || view.is(at, &["reported"]) && view.is(at + 1, &["by"]);
    (told && !quoted(view, at))
        .then(|| outlet(view, at + 2))
        .flatten()
}

/// Who passes the attribution on: "…, RT reported", "the Times reported, citing two officials".
fn outer(view: View, block: &Parsed, found: &Found, p: &Phrase) -> Option<Range<usize>> {
    let citing = found.cue.clone().any(|i| view.any(i, lex::CITING));
    let around = block
        .found
        .iter()
        .filter(|o| o.sentence == found.sentence && o.cue != found.cue)
        .filter(|o| {
            let within = o.content.iter().any(|c| c.contains(&found.cue.start));
            within || citing && o.cue.end <= found.cue.start
        });
    around
        .filter(|o| {
            o.cue
                .clone()
                .any(|i| view.is(i, &["reported", "reports", "wrote", "said"]))
        })
        .filter_map(|o| o.source.filter(|s| s.start != p.start))
        .find(|s| {
            let head = view.any(s.head, lex::COLLECTIVE_MEDIA | lex::ACRONYM);
            head || view.any(s.head, lex::CAP) && view.is(s.start, &["the"])
        })
        .map(|s| s.start..s.head + 1)
}

/// Whether a sentence that begins at `at` is about the source: "He …", "The officials …".
fn is_about(view: View, at: usize, p: &Phrase) -> bool {
    let plural = view.any(p.head, lex::PLURAL);
    if view.is(at, &["he", "she"]) {
        return !plural;
    }
    if view.is(at, &["they", "all", "both", "none", "neither"]) {
        return true;
    }
    let singular = |i: usize| view.word(i).to_lowercase().trim_end_matches('s').to_owned();
    view.is(at, &["the"])
        && view
            .noun_phrase(at, view.tokens.len())
            .is_some_and(|n| singular(n.head) == singular(p.head))
}

/// The words by which the sentence says that anonymity was asked for or granted.
fn anonymity(view: View, sentence: &Range<usize>) -> Option<Range<usize>> {
    sentence
        .clone()
        .filter(|i| view.any(*i, lex::ANONYMITY) && !quoted(view, *i))
        .find_map(|i| {
            let floor = i.saturating_sub(NEAR).max(sentence.start);
            let from = (floor..i).find(|j| view.is(*j, &ASKING));
            if view.is(i, &["anonymity", "anonymously"]) {
                let on = || (floor..i).find(|j| view.is(*j, &["on", "under"]));
                return Some(from.or_else(on).unwrap_or(i)..i + 1);
            }
            // "asked not to be named", "declined to be identified".
            let from = from?;
            let refused = (from..i).any(|j| {
                view.any(j, lex::FUNCTION_NEG)
                    || view.is(j, &["declined", "declining", "refused", "refusing"])
            });
            (refused && view.is(i - 1, &["be"])).then_some(from..i + 1)
        })
}

/// The reason that the sentence gives for it; `cue` is where the attribution's cue begins.
fn reason(
    view: View,
    sentence: &Range<usize>,
    asked: Option<&Range<usize>>,
    cue: usize,
) -> Option<Range<usize>> {
    // A reason within the subject ends where the cue begins.
    let stop = |from: usize| {
        if cue > from {
            cue.min(sentence.end)
        } else {
            sentence.end
        }
    };
    let end = |from: usize| from..view.clause_end(from + 1, stop(from));
    let Some(asked) = asked else {
        // Without a word of anonymity, only who may not speak has a reason not to be named.
        let because = sentence
            .clone()
            .filter(|i| view.any(*i, lex::FUNCTION_SUBORD))
            .find(|i| view.is(*i, &["because", "since", "as"]) && !quoted(view, *i))?;
        let reason = end(because);
        return (reason.clone().any(|i| view.any(i, lex::FUNCTION_NEG))
            && reason
                .clone()
                .any(|i| view.is(i, &["authorised", "authorized", "permitted", "allowed"])))
        .then_some(reason);
    };
    let after =
        (asked.end..sentence.end.min(asked.end + NEAR)).find(|i| opens(view, *i, asked.end));
    let before = || (sentence.start..asked.start).find(|i| fears(view, *i));
    after.or_else(before).filter(|i| !quoted(view, *i)).map(end)
}

/// Whether a reason for the anonymity that ends at `end` begins here.
fn opens(view: View, at: usize, end: usize) -> bool {
    let pronoun = view.any(at + 1, lex::FUNCTION_PRON | lex::FUNCTION_DET);
    fears(view, at)
        || view.is(at, &["because", "since"])
        || view.is(at, &["as"]) && pronoun
        || at == end && view.is(at, &["to"]) && view.any(at + 1, lex::BASE)
}

/// "citing fear of reprisals", "for fear of dismissal", "fearing for her job".
fn fears(view: View, at: usize) -> bool {
    view.is(at, &["citing", "fearing"])
        || view.is(at, &["for"]) && view.is(at + 1, &["fear", "safety", "security"])
        || view.is(at, &["out"]) && view.is(at + 1, &["of"]) && view.is(at + 2, &["fear"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Category;
    use crate::page::Page;

    /// The details of the page's first anonymous flag.
    fn details(text: &str) -> Details {
        let reading = crate::read::read(&Page::from_text(text, false));
        let mut flags = reading.flags.into_iter();
        flags
            .find(|f| f.category() == Category::Anonymous)
            .map(|f| f.details)
            .unwrap_or_else(|| panic!("no anonymous flag: {text}"))
    }

    #[test]
    fn affiliations_are_whole() {
        for (text, body) in [
            (
                "A researcher at the Velm Institute said the dam may fail.",
                "the Velm Institute",
            ),
            (
                "White House officials said the visit was off.",
                "White House",
            ),
            (
                "An official at the ministry's transport office said the line would close.",
                "the ministry's transport office",
            ),
            (
                "A spokesman for the Ministry of Defence said the visit was off.",
                "the Ministry of Defence",
            ),
        ] {
            assert_eq!(details(text).affiliation.as_deref(), Some(body), "{text}");
        }
        assert_eq!(
            details("A resident of Paris said the street was dark.").affiliation,
            None
        );
    }

    #[test]
    fn counts_are_as_written() {
        for (text, number) in [
            ("Three officials said the dam may fail.", "Three"),
            (
                "More than a dozen officials said the dam may fail.",
                "More than a dozen",
            ),
        ] {
            assert_eq!(details(text).count.as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn relays_are_nearest_first() {
        for (text, chain) in [
            (
                "An official told the Gazette that the dam may fail.",
                &["the Gazette"][..],
            ),
            (
                "An official said in an interview with Reuters that the dam may fail.",
                &["Reuters"],
            ),
            (
                "Officials said the dam may fail, as first reported by the Courier.",
                &["the Courier"],
            ),
            (
                "Documents seen by the Herald show that the dam may fail.",
                &["the Herald"],
            ),
            (
                "Documents shared with the Herald show that the dam may fail.",
                &["the Herald"],
            ),
            (
                "A source told RIA Novosti that the dam may fail, RT reported.",
                &["RT", "RIA Novosti"],
            ),
            (
                "The Times reported that the dam may fail, citing two officials.",
                &["The Times"],
            ),
        ] {
            assert_eq!(details(text).relay, chain, "{text}");
        }
    }

    #[test]
    fn anonymity_and_its_reason() {
        for (text, asked, reason) in [
            (
                "An official, who spoke on condition of anonymity because he was not authorised to speak, said the dam may fail.",
                Some("spoke on condition of anonymity"),
                Some("because he was not authorised to speak"),
            ),
            (
                "A nurse, who asked not to be named, citing fear of reprisals, said the ward was full.",
                Some("asked not to be named"),
                Some("citing fear of reprisals"),
            ),
            (
                "A nurse who asked not to be identified for fear of dismissal said the ward was full.",
                Some("asked not to be identified"),
                Some("for fear of dismissal"),
            ),
            (
                "An aide, who was granted anonymity to speak candidly, said the plan was dead.",
                Some("granted anonymity"),
                Some("to speak candidly"),
            ),
            (
                "An official said the dam may fail. He asked not to be named because the inquiry is still open.",
                Some("asked not to be named"),
                Some("because the inquiry is still open"),
            ),
            (
                "Two officials said the dam may fail. The officials spoke on condition of anonymity because the talks are private.",
                Some("spoke on condition of anonymity"),
                Some("because the talks are private"),
            ),
            (
                "An official, speaking on condition of anonymity, said the dam may fail.",
                Some("speaking on condition of anonymity"),
                None,
            ),
            (
                "An official named in the report said the dam may fail.",
                None,
                None,
            ),
        ] {
            let d = details(text);
            assert_eq!(
                (d.anonymity.as_deref(), d.reason.as_deref()),
                (asked, reason),
                "{text}"
            );
        }
    }
}
