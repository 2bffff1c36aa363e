//! The card's words: what a flag says to a reader.
//!
//! Everything here says what the page does or doesn't say, never what is true. The order of the
//! rows is fixed, and a fact that the page doesn't give is said to be missing.

use serde::Serialize;

use crate::model::{Category, Flag, Kind, Reading, SourceKind, Span, Voice};
use crate::page::Page;

/// A stretch of the anchor's text, for display.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Words {
    /// The words as on the page.
    pub text: String,
    /// Whether they gave the flag away.
    pub cue: bool,
}

/// One row of the card.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// "Described as".
    pub label: &'static str,
    /// What the page says, or that it doesn't.
    pub text: String,
    /// Whether `text` is the page's own wording.
    pub from_page: bool,
}

/// How strongly a reader would agree.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Strength {
    /// 0 to 1.
    pub value: f32,
    /// "Clear. Nearly all readers would mark it."
    pub text: &'static str,
}

/// How much of the page rests on the flag's source.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Rests {
    /// Claims on this source.
    pub claims: u32,
    /// Attributed claims on the page.
    pub total: u32,
    /// Which of the source's claims this is, from 0.
    pub index: u32,
    /// The sentence for the card.
    pub text: String,
}

/// A card.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Category's name.
    pub category: &'static str,
    /// Kind's name.
    pub kind: &'static str,
    /// "Anonymous source".
    pub title: &'static str,
    /// "one person".
    pub kind_label: &'static str,
    /// The plain sentence.
    pub plain: &'static str,
    /// The anchor's words, cues marked.
    pub words: Vec<Words>,
    /// Rows in card order.
    pub facts: Vec<Fact>,
    /// How strongly a reader would agree.
    pub strength: Strength,
    /// Only for anonymous flags.
    pub rests: Option<Rests>,
    /// The rule that made it.
    pub rule: &'static str,
    /// What was seen, in words.
    pub why: String,
}

/// The card's heading for a category.
pub fn title(category: Category) -> &'static str {
    match category {
        Category::Anonymous => "Anonymous source",
        Category::Unsourced => "Unsourced assertion",
        Category::Hedged => "Hedged claim",
    }
}

/// The same for all of a category's flags.
pub fn heading(category: Category) -> &'static str {
    match category {
        Category::Anonymous => "Anonymous sources",
        Category::Unsourced => "Unsourced assertions",
        Category::Hedged => "Hedged claims",
    }
}

/// What stands beside the heading: the kind in two or three words.
pub fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "one person",
        Kind::Group => "a group",
        Kind::Document => "a document",
        Kind::Agentless => "nobody named",
        Kind::Consensus => "common knowledge",
        Kind::Statistic => "a figure",
        Kind::Accusation => "an accusation",
        Kind::Motive => "a motive",
        Kind::Cause => "a cause",
        Kind::Superlative => "a superlative",
        Kind::Prediction => "a prediction",
        Kind::Modal => "a possibility",
        Kind::Likelihood => "a likelihood",
        Kind::Appearance => "how it seems",
        Kind::Hearsay => "second-hand",
        Kind::Condition => "a condition",
        Kind::Approximation => "a rough figure",
        Kind::Phrase(_) => "your phrase",
    }
}

/// The plain sentence. Hedges in what a source says are the source's, not the article's.
pub fn plain(kind: Kind, voice: Voice) -> &'static str {
    let quoted = matches!(voice, Voice::Source(_));
    match (kind, quoted) {
        (Kind::Person, _) => "Someone is quoted here, and the page never says who.",
        (Kind::Group, _) => "Several people are said to hold this, and none of them is named.",
        (Kind::Document, _) => "A document is cited here, and the page never says which.",
        (Kind::Agentless, _) => "This is passed on here, and the page never says from whom.",
        (Kind::Consensus, _) => {
            "This is put as known to all. The page doesn’t say how it is known."
        }
        (Kind::Statistic, _) => "Someone must have counted this. The page doesn’t say who.",
        (Kind::Accusation, _) => "Someone must have found this out. The page doesn’t say who.",
        (Kind::Motive, _) => "Someone must know what is wanted here. The page doesn’t say who.",
        (Kind::Cause, _) => "Someone must have traced this to its cause. The page doesn’t say who.",
        (Kind::Superlative, _) => "Someone must have compared this. The page doesn’t say who.",
        (Kind::Prediction, _) => {
            "This is put as certain to happen. The page doesn’t say who expects it."
        }
        (Kind::Modal | Kind::Appearance, false) => {
            "The article stops short of saying that this is so."
        }
        (Kind::Modal | Kind::Appearance, true) => {
            "The source stops short of saying that this is so."
        }
        (Kind::Likelihood, false) => "The article says how likely this is, not that it is so.",
        (Kind::Likelihood, true) => "The source says how likely this is, not that it is so.",
        (Kind::Hearsay, false) => "The article passes this on and doesn’t vouch for it.",
        (Kind::Hearsay, true) => "The source passes this on and doesn’t vouch for it.",
        (Kind::Condition, false) => "The article says this only on a condition.",
        (Kind::Condition, true) => "The source says this only on a condition.",
        (Kind::Approximation, false) => "The article gives the figure only roughly.",
        (Kind::Approximation, true) => "The source gives the figure only roughly.",
        (Kind::Phrase(_), _) => "You asked for these words to be marked.",
    }
}

/// The strength in one word: `Clear`, `Fair` or `Faint`. The cuts are those of the sensitivities.
pub fn strength_word(strength: f32) -> &'static str {
    match strength {
        s if s >= 0.8 => "Clear",
        s if s >= 0.5 => "Fair",
        _ => "Faint",
    }
}

fn strength_text(strength: f32) -> &'static str {
    match strength_word(strength) {
        "Clear" => "Clear. Nearly all readers would mark it.",
        "Fair" => "Fair. Most readers would mark it.",
        _ => "Faint. A matter of taste.",
    }
}

/// The card of one flag.
pub fn card(page: &Page, reading: &Reading, flag: &Flag) -> Card {
    Card {
        category: flag.category().name(),
        kind: flag.kind.name(),
        title: title(flag.category()),
        kind_label: kind_label(flag.kind),
        plain: plain(flag.kind, flag.voice),
        words: words(page, flag),
        facts: match flag.category() {
            Category::Anonymous => anonymous_facts(reading, flag),
            Category::Unsourced => unsourced_facts(reading, flag),
            Category::Hedged => hedged_facts(page, reading, flag),
        },
        strength: Strength {
            value: flag.strength,
            text: match flag.kind {
                Kind::Phrase(_) => "Yours. Marked whatever the sensitivity.",
                _ => strength_text(flag.strength),
            },
        },
        rests: rests(reading, flag),
        rule: flag.rule,
        why: flag.why.clone(),
    }
}

/// The anchor's words, cues marked; cues that stand apart from the anchor follow after an ellipsis.
fn words(page: &Page, flag: &Flag) -> Vec<Words> {
    let anchor = flag.anchor;
    let mut cues: Vec<Span> = flag
        .cues
        .iter()
        .copied()
        .filter(|c| c.block == anchor.block)
        .collect();
    cues.sort_unstable();
    let mut out: Vec<Words> = Vec::new();
    let mut push = |start: u32, end: u32, cue: bool| {
        let text = page.words(Span {
            block: anchor.block,
            start,
            end,
        });
        if !text.is_empty() {
            out.push(Words {
                text: text.to_owned(),
                cue,
            });
        }
    };
    let mut at = anchor.start;
    for cue in cues.iter().filter(|c| c.overlaps(anchor)) {
        let start = cue.start.max(at);
        let end = cue.end.clamp(start, anchor.end.max(start));
        push(at, start, false);
        push(start, end, true);
        at = end;
    }
    push(at, anchor.end, false);
    for cue in cues.iter().filter(|c| !c.overlaps(anchor)) {
        let text = page.words(*cue).to_owned();
        let dots = |text: &str| Words {
            text: text.to_owned(),
            cue: false,
        };
        if cue.start < anchor.start {
            out.splice(0..0, [Words { text, cue: true }, dots(" … ")]);
        } else {
            out.extend([dots(" … "), Words { text, cue: true }]);
        }
    }
    out
}

fn from_page(label: &'static str, text: impl Into<String>) -> Fact {
    Fact {
        label,
        text: text.into(),
        from_page: true,
    }
}

fn ours(label: &'static str, text: impl Into<String>) -> Fact {
    Fact {
        label,
        text: text.into(),
        from_page: false,
    }
}

fn anonymous_facts(reading: &Reading, flag: &Flag) -> Vec<Fact> {
    let details = &flag.details;
    let described = description(reading, flag);
    let mut facts = vec![match &described {
        Some(text) => from_page("Described as", lower_start(text)),
        None => ours("Described as", "nobody: the page leaves out who says it"),
    }];
    let inside = |part: &String| {
        described
            .as_ref()
            .is_some_and(|d| d.contains(part.as_str()))
    };
    if let Some(affiliation) = details.affiliation.as_ref().filter(|a| !inside(a)) {
        facts.push(from_page("Belongs to", affiliation));
    }
    facts.push(match relayed(&details.relay) {
        None => ours("Relayed by", "nobody: the article reports it directly"),
        Some(chain) => from_page("Relayed by", chain),
    });
    facts.push(match &details.reason {
        Some(reason) => from_page("Reason given", reason),
        None if details.anonymity.is_some() => ours(
            "Reason given",
            "Anonymity was asked for or granted; no reason is given.",
        ),
        None => ours("Reason given", "no reason given"),
    });
    facts
}

/// Through whom the page has it, nearest first: "RT, from RIA Novosti"; none where it has it directly.
pub fn relayed(relay: &[String]) -> Option<String> {
    (!relay.is_empty()).then(|| relay.join(", from "))
}

/// How the page describes the source. A later mention ("he", "the official") carries the
/// description of the first.
fn description(reading: &Reading, flag: &Flag) -> Option<String> {
    if flag.kind == Kind::Agentless {
        return None;
    }
    let described = flag.details.descriptor.clone();
    let label = || {
        let (index, _) = flag.source?;
        reading.sources.get(index).map(|s| s.label.clone())
    };
    described
        .or_else(label)
        .filter(|text| !text.trim().is_empty())
}

/// A phrase from a sentence's start as it reads within one: "Some farmers" → "some farmers".
pub(crate) fn lower_start(text: &str) -> String {
    const WORDS: [&str; 40] = [
        "a", "all", "an", "another", "both", "each", "eight", "either", "every", "few", "five",
        "four", "he", "her", "his", "it", "its", "many", "most", "nine", "no", "one", "other",
        "others", "our", "seven", "several", "she", "six", "some", "such", "ten", "that", "the",
        "their", "these", "they", "those", "three", "two",
    ];
    let first = text
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or("");
    let lower = first.to_ascii_lowercase();
    if WORDS.contains(&lower.as_str()) {
        format!("{lower}{}", &text[first.len()..])
    } else {
        text.to_owned()
    }
}

fn unsourced_facts(reading: &Reading, flag: &Flag) -> Vec<Fact> {
    vec![
        voice(reading, flag, "Said by", "the article itself, as fact"),
        ours(
            "Looked for",
            "a name, a link, a document or “as X reported”, in this sentence and the one before. None found.",
        ),
    ]
}

fn hedged_facts(page: &Page, reading: &Reading, flag: &Flag) -> Vec<Fact> {
    let claim = flag
        .claim
        .map(|span| page.words(span))
        .filter(|text| !text.is_empty());
    vec![
        voice(reading, flag, "Who hedges", "the article"),
        match claim {
            Some(claim) => from_page("What is hedged", claim),
            None => ours("What is hedged", "this sentence"),
        },
    ]
}

/// Whose words a flag sits in; `author` says it where they are the article's own.
fn voice(reading: &Reading, flag: &Flag, label: &'static str, author: &str) -> Fact {
    let source = match flag.voice {
        Voice::Author => None,
        Voice::Source(index) => reading.sources.get(index),
    };
    match source {
        None => ours(label, author),
        Some(source) if source.kind == SourceKind::Agentless => {
            ours(label, "someone whom the page leaves out")
        }
        Some(source) => from_page(label, lower_start(&source.label)),
    }
}

fn rests(reading: &Reading, flag: &Flag) -> Option<Rests> {
    let (source, _) = flag.source?;
    let claims = reading.sources.get(source)?.claims;
    let total = reading.claims();
    if claims == 0 {
        return None;
    }
    let index = reading
        .claims_on(source)
        .position(|claim| claim.is_marked_by(flag))
        .unwrap_or(0) as u32;
    let text = if claims == 1 {
        format!("1 of {total} attributed claims on this page rests here.")
    } else {
        format!("{claims} of {total} attributed claims on this page rest on this source.")
    };
    Some(Rests {
        claims,
        total,
        index: index.min(claims - 1),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;

    fn facts(card: &Card) -> Vec<(&str, &str, bool)> {
        card.facts
            .iter()
            .map(|f| (f.label, f.text.as_str(), f.from_page))
            .collect()
    }

    fn marked(card: &Card) -> String {
        card.words
            .iter()
            .map(|w| {
                if w.cue {
                    format!("*{}*", w.text)
                } else {
                    w.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn a_person_with_everything_the_page_can_give() {
        let (page, reading) = example();
        let card = card(&page, &reading, &reading.flags[0]);
        assert_eq!(card.title, "Anonymous source");
        assert_eq!(card.kind_label, "one person");
        assert_eq!(
            card.plain,
            "Someone is quoted here, and the page never says who."
        );
        assert_eq!(marked(&card), "A port official *told*");
        assert_eq!(
            facts(&card),
            [
                ("Described as", "a port official", true),
                ("Relayed by", "the Gazette", true),
                ("Reason given", "because the inquiry is still open", true),
            ]
        );
        assert_eq!(
            card.strength.text,
            "Clear. Nearly all readers would mark it."
        );
        let rests = card.rests.unwrap();
        assert_eq!(
            rests.text,
            "2 of 3 attributed claims on this page rest on this source."
        );
        assert_eq!((rests.claims, rests.total, rests.index), (2, 3, 0));
    }

    #[test]
    fn a_pronoun_leads_back_and_counts_on() {
        let (page, reading) = example();
        let card = card(&page, &reading, &reading.flags[2]);
        assert_eq!(marked(&card), "he *said*");
        assert_eq!(facts(&card)[0], ("Described as", "a port official", true));
        assert_eq!(card.rests.unwrap().index, 1);
    }

    #[test]
    fn what_the_page_leaves_out_is_said() {
        let (page, mut reading) = example();
        reading.flags[0].details.relay.clear();
        reading.flags[0].details.reason = None;
        reading.flags[0].details.affiliation = Some("the harbour board".to_owned());
        assert_eq!(
            facts(&card(&page, &reading, &reading.flags[0])),
            [
                ("Described as", "a port official", true),
                ("Belongs to", "the harbour board", true),
                (
                    "Relayed by",
                    "nobody: the article reports it directly",
                    false
                ),
                ("Reason given", "no reason given", false),
            ]
        );
        reading.flags[0].details.anonymity = Some("asked not to be named".to_owned());
        assert_eq!(
            facts(&card(&page, &reading, &reading.flags[0]))[3],
            (
                "Reason given",
                "Anonymity was asked for or granted; no reason is given.",
                false
            )
        );
        reading.flags[0].kind = Kind::Agentless;
        assert!(!facts(&card(&page, &reading, &reading.flags[0]))[0].2);
    }

    #[test]
    fn a_chain_is_told_from_the_page_back() {
        let chain =
            |relay: &[&str]| relayed(&relay.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>());
        assert_eq!(chain(&[]), None);
        assert_eq!(chain(&["the Gazette"]).as_deref(), Some("the Gazette"));
        assert_eq!(
            chain(&["the Gazette", "Nordwire"]).as_deref(),
            Some("the Gazette, from Nordwire")
        );
    }

    #[test]
    fn one_claim_rests_here() {
        let (page, mut reading) = example();
        reading.sources[0].claims = 1;
        reading.sources[1].claims = 10;
        let rests = card(&page, &reading, &reading.flags[0]).rests.unwrap();
        assert_eq!(
            rests.text,
            "1 of 11 attributed claims on this page rests here."
        );
    }

    #[test]
    fn an_assertion_says_what_was_looked_for() {
        let (page, reading) = example();
        let card = card(&page, &reading, &reading.flags[3]);
        assert_eq!(card.title, "Unsourced assertion");
        assert_eq!(card.kind_label, "a figure");
        assert_eq!(
            card.plain,
            "Someone must have counted this. The page doesn’t say who."
        );
        assert_eq!(marked(&card), "have *risen by 40 per cent*");
        assert_eq!(
            facts(&card),
            [
                ("Said by", "the article itself, as fact", false),
                (
                    "Looked for",
                    "a name, a link, a document or “as X reported”, in this sentence and the one before. None found.",
                    false
                ),
            ]
        );
        assert_eq!(card.strength.text, "Fair. Most readers would mark it.");
        assert!(card.rests.is_none());
    }

    #[test]
    fn a_hedge_says_whose_it_is() {
        let (page, mut reading) = example();
        let quoted = card(&page, &reading, &reading.flags[1]);
        assert_eq!(
            quoted.plain,
            "The source stops short of saying that this is so."
        );
        assert_eq!(facts(&quoted)[0], ("Who hedges", "a port official", true));
        assert_eq!(
            facts(&quoted)[1],
            ("What is hedged", "have known since May", true)
        );
        reading.sources[0].kind = SourceKind::Agentless;
        let absent = card(&page, &reading, &reading.flags[1]);
        assert_eq!(
            facts(&absent)[0],
            ("Who hedges", "someone whom the page leaves out", false)
        );
        reading.flags[1].voice = Voice::Author;
        reading.flags[1].claim = None;
        let own = card(&page, &reading, &reading.flags[1]);
        assert_eq!(
            own.plain,
            "The article stops short of saying that this is so."
        );
        assert_eq!(
            facts(&own),
            [
                ("Who hedges", "the article", false),
                ("What is hedged", "this sentence", false)
            ]
        );
        assert_eq!(own.strength.text, "Faint. A matter of taste.");
    }

    #[test]
    fn every_kind_has_its_words_and_none_speaks_of_truth() {
        let mut labels = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            assert!(
                labels.insert(kind_label(kind)),
                "{kind:?} is labelled as another kind"
            );
            for voice in [Voice::Author, Voice::Source(0)] {
                let plain = plain(kind, voice);
                assert!(
                    plain.ends_with('.') && plain.len() < 90,
                    "{kind:?}: {plain}"
                );
                for word in [
                    "true",
                    "false",
                    "wrong",
                    "lie",
                    "bias",
                    "suspicious",
                    "warning",
                ] {
                    assert!(
                        !plain.split(|c: char| !c.is_alphabetic()).any(|w| w == word),
                        "{plain}"
                    );
                }
                if kind.category() == Category::Hedged {
                    assert_eq!(plain.contains("article"), voice == Voice::Author, "{plain}");
                }
            }
        }
    }

    #[test]
    fn strength_is_cut_where_the_sensitivities_are() {
        let words = [0.0, 0.49, 0.5, 0.79, 0.8, 1.0].map(strength_word);
        assert_eq!(words, ["Faint", "Faint", "Fair", "Fair", "Clear", "Clear"]);
    }

    #[test]
    fn cues_apart_from_the_anchor_are_shown_beside_it() {
        let (page, mut reading) = example();
        let flag = &mut reading.flags[0];
        flag.anchor.end = flag.cues[0].start - 1;
        assert_eq!(
            marked(&card(&page, &reading, &reading.flags[0])),
            "A port official … *told*"
        );
    }

    #[test]
    fn a_sentence_start_is_lowered_only_where_it_is_no_name() {
        assert_eq!(lower_start("Some farmers"), "some farmers");
        assert_eq!(lower_start("Theresa Vale"), "Theresa Vale");
        assert_eq!(lower_start("Élan officials"), "Élan officials");
        assert_eq!(lower_start(""), "");
    }
}
