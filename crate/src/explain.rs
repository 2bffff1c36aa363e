//! The card: what there is to say of a flag. Its sentences are the interface's, in its language; here
//! are their names and the page's own words.
//!
//! The order of the rows is fixed, and a fact that the page doesn't give is said to be missing.

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

/// One row of the card: the page's words, or what to say where it has none.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Fact {
    /// `described`, `belongs`, `relayed`, `reason`, `said`, `looked`, `hedger` or `claim`.
    pub name: &'static str,
    /// The page's own words; of who relayed it as many as there were, nearest first.
    pub page: Vec<String>,
    /// Where there are none: `none`, or what else the page leaves to say.
    pub ours: Option<&'static str>,
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
}

/// A card.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Card {
    /// Category's name.
    pub category: &'static str,
    /// Kind's name.
    pub kind: &'static str,
    /// Whose words it sits in: `author` or `source`. A source's hedges aren't the article's.
    pub voice: &'static str,
    /// The anchor's words, cues marked.
    pub words: Vec<Words>,
    /// Rows in card order.
    pub facts: Vec<Fact>,
    /// How strongly a reader would agree, 0 to 1.
    pub strength: f32,
    /// Only for anonymous flags.
    pub rests: Option<Rests>,
    /// The rule that made it.
    pub rule: &'static str,
    /// What was seen, in words.
    pub why: &'static str,
}

/// What a flag of a category is called.
pub fn title(category: Category) -> &'static str {
    match category {
        Category::Anonymous => "Anonymous source",
        Category::Unsourced => "Unsourced assertion",
        Category::Hedged => "Hedged claim",
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

/// The strength in one word: `Clear`, `Fair` or `Faint`. The cuts are those of the sensitivities.
pub fn strength_word(strength: f32) -> &'static str {
    match strength {
        s if s >= 0.8 => "Clear",
        s if s >= 0.5 => "Fair",
        _ => "Faint",
    }
}

/// The card of one flag.
pub fn card(page: &Page, reading: &Reading, flag: &Flag) -> Card {
    Card {
        category: flag.category().name(),
        kind: flag.kind.name(),
        voice: match flag.voice {
            Voice::Author => "author",
            Voice::Source(_) => "source",
        },
        words: words(page, flag),
        facts: match flag.category() {
            Category::Anonymous => anonymous_facts(reading, flag),
            Category::Unsourced => unsourced_facts(reading, flag),
            Category::Hedged => hedged_facts(page, reading, flag),
        },
        strength: flag.strength,
        rests: rests(reading, flag),
        rule: flag.rule,
        why: flag.why(),
    }
}

/// The anchor's words with the cue marked; one that stands apart from the anchor is shown beside it,
/// with an ellipsis between.
fn words(page: &Page, flag: &Flag) -> Vec<Words> {
    let (anchor, cue) = (flag.anchor, flag.cue);
    let part = |start: u32, end: u32, cue: bool| Words {
        text: page
            .words(Span {
                start,
                end,
                ..anchor
            })
            .to_owned(),
        cue,
    };
    let (apart, whole) = (
        part(cue.start, cue.end, true),
        part(anchor.start, anchor.end, false),
    );
    let dots = Words {
        text: " … ".to_owned(),
        cue: false,
    };
    if !cue.overlaps(anchor) {
        return if cue.start < anchor.start {
            vec![apart, dots, whole]
        } else {
            vec![whole, dots, apart]
        };
    }
    let (start, end) = (cue.start.max(anchor.start), cue.end.min(anchor.end));
    let mut parts = vec![
        part(anchor.start, start, false),
        part(start, end, true),
        part(end, anchor.end, false),
    ];
    parts.retain(|part| !part.text.is_empty());
    parts
}

fn from_page(name: &'static str, text: impl Into<String>) -> Fact {
    Fact {
        name,
        page: vec![text.into()],
        ours: None,
    }
}

fn ours(name: &'static str, what: &'static str) -> Fact {
    Fact {
        name,
        page: Vec::new(),
        ours: Some(what),
    }
}

fn anonymous_facts(reading: &Reading, flag: &Flag) -> Vec<Fact> {
    let details = &flag.details;
    let described = description(reading, flag);
    let mut facts = vec![match &described {
        Some(text) => from_page("described", lower_start(text)),
        None => ours("described", "none"),
    }];
    let inside = |part: &String| {
        described
            .as_ref()
            .is_some_and(|d| d.contains(part.as_str()))
    };
    if let Some(affiliation) = details.affiliation.as_ref().filter(|a| !inside(a)) {
        facts.push(from_page("belongs", affiliation));
    }
    facts.push(Fact {
        name: "relayed",
        page: details.relay.clone(),
        ours: details.relay.is_empty().then_some("none"),
    });
    facts.push(match &details.reason {
        Some(reason) => from_page("reason", reason),
        None if details.anonymity.is_some() => ours("reason", "granted"),
        None => ours("reason", "none"),
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
    vec![voice(reading, flag, "said"), ours("looked", "none")]
}

fn hedged_facts(page: &Page, reading: &Reading, flag: &Flag) -> Vec<Fact> {
    let claim = flag
        .claim
        .map(|span| page.words(span))
        .filter(|text| !text.is_empty());
    vec![
        voice(reading, flag, "hedger"),
        match claim {
            Some(claim) => from_page("claim", claim),
            None => ours("claim", "none"),
        },
    ]
}

/// Whose words a flag sits in: `none` where they are the article's own.
fn voice(reading: &Reading, flag: &Flag, name: &'static str) -> Fact {
    let source = match flag.voice {
        Voice::Author => None,
        Voice::Source(index) => reading.sources.get(index),
    };
    match source {
        None => ours(name, "none"),
        Some(source) if source.kind == SourceKind::Agentless => ours(name, "agentless"),
        Some(source) => from_page(name, lower_start(&source.label)),
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
    Some(Rests {
        claims,
        total,
        index: index.min(claims - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;

    /// Our words in brackets.
    fn facts(card: &Card) -> Vec<(&str, String)> {
        let said = |fact: &Fact| match fact.ours {
            Some(ours) => format!("[{ours}]"),
            None => fact.page.join("; "),
        };
        card.facts.iter().map(|f| (f.name, said(f))).collect()
    }

    fn said(facts: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        facts.iter().map(|(n, s)| (*n, (*s).to_owned())).collect()
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
        assert_eq!((card.category, card.kind), ("anonymous", "person"));
        assert_eq!(marked(&card), "A port official *told*");
        assert_eq!(
            facts(&card),
            said(&[
                ("described", "a port official"),
                ("relayed", "the Gazette"),
                ("reason", "because the inquiry is still open"),
            ])
        );
        assert_eq!(card.strength, 0.93);
        let rests = card.rests.unwrap();
        assert_eq!((rests.claims, rests.total, rests.index), (2, 3, 0));
    }

    #[test]
    fn a_pronoun_leads_back_and_counts_on() {
        let (page, reading) = example();
        let card = card(&page, &reading, &reading.flags[2]);
        assert_eq!(marked(&card), "he *said*");
        assert_eq!(facts(&card)[..1], said(&[("described", "a port official")]));
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
            said(&[
                ("described", "a port official"),
                ("belongs", "the harbour board"),
                ("relayed", "[none]"),
                ("reason", "[none]"),
            ])
        );
        reading.flags[0].details.anonymity = Some("asked not to be named".to_owned());
        reading.flags[0].kind = Kind::Agentless;
        assert_eq!(
            facts(&card(&page, &reading, &reading.flags[0])),
            said(&[
                ("described", "[none]"),
                ("belongs", "the harbour board"),
                ("relayed", "[none]"),
                ("reason", "[granted]"),
            ])
        );
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
    fn an_assertion_says_what_was_looked_for() {
        let (page, reading) = example();
        let card = card(&page, &reading, &reading.flags[3]);
        assert_eq!((card.category, card.kind), ("unsourced", "statistic"));
        assert_eq!(marked(&card), "have *risen by 40 per cent*");
        assert_eq!(
            facts(&card),
            said(&[("said", "[none]"), ("looked", "[none]")])
        );
        assert!(card.rests.is_none());
    }

    #[test]
    fn a_hedge_says_whose_it_is() {
        let (page, mut reading) = example();
        let quoted = card(&page, &reading, &reading.flags[1]);
        assert_eq!(quoted.voice, "source");
        assert_eq!(
            facts(&quoted),
            said(&[
                ("hedger", "a port official"),
                ("claim", "have known since May")
            ])
        );
        reading.sources[0].kind = SourceKind::Agentless;
        let absent = card(&page, &reading, &reading.flags[1]);
        assert_eq!(facts(&absent)[..1], said(&[("hedger", "[agentless]")]));
        reading.flags[1].voice = Voice::Author;
        reading.flags[1].claim = None;
        let own = card(&page, &reading, &reading.flags[1]);
        assert_eq!(own.voice, "author");
        assert_eq!(
            facts(&own),
            said(&[("hedger", "[none]"), ("claim", "[none]")])
        );
    }

    #[test]
    fn strength_is_cut_where_the_sensitivities_are() {
        let words = [0.0, 0.49, 0.5, 0.79, 0.8, 1.0].map(strength_word);
        assert_eq!(words, ["Faint", "Faint", "Fair", "Fair", "Clear", "Clear"]);
    }

    #[test]
    fn a_cue_apart_from_the_anchor_is_shown_beside_it() {
        let (page, mut reading) = example();
        let flag = &mut reading.flags[0];
        flag.anchor.end = flag.cue.start - 1;
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
