//! The page's sourcing: what its attributed claims rest on, counted, and how many of them hang on
//! the one anonymous source that is cited most.
//!
//! Every claim falls on one of four bases. Three of them the reader could go back to: people by
//! name, institutions, documents. What the page doesn't identify is anonymous, whatever it is: a
//! person, a group, an unnamed document or nobody at all, as in the list of flags. A publication is
//! what speaks: an outlet ("the Gazette") is an institution, a record ("its published accounts",
//! "a congressional report") a document.

use serde::Serialize;

use crate::explain::lower_start;
use crate::lexicon as lex;
use crate::model::{Reading, Source, SourceKind};
use crate::phrases::View;
use crate::tokens;

/// What a claim rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// A person whom the page names.
    People,
    /// An institution that speaks as itself, an outlet among them.
    Institutions,
    /// A record that the page identifies.
    Documents,
    /// Whatever the reader cannot tell: unnamed people, groups and documents, and nobody.
    Anonymous,
}

impl Basis {
    /// All four, in the order in which they are told.
    pub const ALL: [Basis; 4] = [
        Basis::People,
        Basis::Institutions,
        Basis::Documents,
        Basis::Anonymous,
    ];

    /// What a source of the ledger is to its claims.
    pub fn of(source: &Source) -> Basis {
        match source.kind {
            SourceKind::NamedPerson => Basis::People,
            SourceKind::Institution => Basis::Institutions,
            SourceKind::Publication if is_record(&source.label) => Basis::Documents,
            SourceKind::Publication => Basis::Institutions,
            SourceKind::Person
            | SourceKind::Group
            | SourceKind::Document
            | SourceKind::Agentless => Basis::Anonymous,
        }
    }

    /// One such source and several, as they follow "rests on".
    fn words(self) -> [&'static str; 2] {
        match self {
            Basis::People => ["a named person", "named people"],
            Basis::Institutions => ["an institution", "institutions"],
            Basis::Documents => ["a document", "documents"],
            Basis::Anonymous => ["an anonymous source", "anonymous sources"],
        }
    }
}

/// Whether a publication's label is headed by a record, and is not the name of an outlet that is
/// called after one ("the Harbour Post").
fn is_record(label: &str) -> bool {
    let tokens = tokens::tokenize(label);
    let view = View {
        text: label,
        tokens: &tokens,
    };
    let Some(phrase) = view.noun_phrase(0, tokens.len()) else {
        return false;
    };
    let titled = phrase.head > 0 && view.any(phrase.head, lex::CAP);
    let outlet = lex::COLLECTIVE_MEDIA | if titled { lex::DOCUMENT_MASTHEAD } else { 0 };
    view.any(phrase.head, lex::DOCUMENT) && !view.any(phrase.head, outlet)
}

/// The anonymous source that most claims rest on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heaviest {
    /// Its place in [`Reading::sources`].
    #[serde(skip)]
    pub source: usize,
    /// How the page first describes it.
    pub label: String,
    /// What it is; never agentless.
    pub kind: SourceKind,
    /// How many claims rest on it, at least 1.
    pub claims: u32,
}

/// Claims on one basis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    /// Which.
    pub basis: Basis,
    /// How many, at least 1.
    pub claims: u32,
}

/// The figure as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// All attributed claims, at least 1.
    pub claims: u32,
    /// Those on each basis, in the order in which the sentence tells them.
    pub counts: Vec<Count>,
    /// The anonymous source that carries the most, as the sentence names it; `None` where none carries two.
    pub heaviest: Option<Heaviest>,
}

/// How a page's attributed claims are spread over what they rest on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sourcing {
    /// Claims on each basis, in the order of [`Basis::ALL`].
    counts: [u32; 4],
    /// The first mentioned where several carry as many; `None` where nobody anonymous is cited.
    pub heaviest: Option<Heaviest>,
}

impl Sourcing {
    /// Counts the claims of a reading's ledger.
    pub fn of(reading: &Reading) -> Sourcing {
        let mut sourcing = Sourcing::default();
        for (index, source) in reading.sources.iter().enumerate() {
            let basis = Basis::of(source);
            sourcing.counts[basis as usize] += source.claims;
            // Each agentless claim is an entry of its own: there is nobody to carry two of them.
            let somebody = basis == Basis::Anonymous && source.kind != SourceKind::Agentless;
            let most = sourcing.heaviest.as_ref().map_or(0, |h| h.claims);
            if somebody && source.claims > most {
                sourcing.heaviest = Some(Heaviest {
                    source: index,
                    label: source.label.clone(),
                    kind: source.kind,
                    claims: source.claims,
                });
            }
        }
        sourcing
    }

    /// Claims that rest on `basis`.
    pub fn on(&self, basis: Basis) -> u32 {
        self.counts[basis as usize]
    }

    /// All attributed claims; the same as [`Reading::claims`].
    pub fn claims(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The figure as it is shown; `None` where there are no claims.
    pub fn spread(&self) -> Option<Spread> {
        (self.claims() > 0).then(|| Spread {
            claims: self.claims(),
            counts: Basis::ALL
                .into_iter()
                .map(|basis| Count {
                    basis,
                    claims: self.on(basis),
                })
                .filter(|count| count.claims > 0)
                .collect(),
            heaviest: self.singled_out(),
        })
    }

    /// The heaviest, unless one claim is all it has; its label fit for the middle of a sentence.
    fn singled_out(&self) -> Option<Heaviest> {
        let heaviest = self.heaviest.as_ref().filter(|h| h.claims > 1)?;
        Some(Heaviest {
            label: shortened(&lower_start(&heaviest.label), SHOWN),
            ..heaviest.clone()
        })
    }

    /// The figure in words: "Of 9 attributed claims, 6 rest on named people and 3 on anonymous sources.
    /// One unnamed source, “a clerk”, carries 2 of the 9." Empty where there are no claims. The page's
    /// words in it are as they stand there: whoever shows them makes them fit to be shown.
    pub fn text(&self) -> String {
        match self.claims() {
            0 => String::new(),
            _ => self.counted() + &self.share(),
        }
    }

    /// How many claims rest on what; without the full stop. A basis without claims is left out.
    fn counted(&self) -> String {
        let total = self.claims();
        let bases: Vec<Basis> = Basis::ALL
            .into_iter()
            .filter(|basis| self.on(*basis) > 0)
            .collect();
        if let [basis] = bases.as_slice() {
            let [single, several] = basis.words();
            return match total {
                1 => format!("The one attributed claim rests on {single}"),
                2 => format!("Both attributed claims rest on {several}"),
                _ => format!("All {total} attributed claims rest on {several}"),
            };
        }
        let mut out = format!("Of {total} attributed claims, ");
        for (place, basis) in bases.iter().enumerate() {
            let count = self.on(*basis);
            let verb = match (place, count) {
                (0, 1) => "rests on",
                (0, _) => "rest on",
                _ => "on",
            };
            let [single, several] = basis.words();
            let what = if count == 1 { single } else { several };
            out.push_str(match place {
                0 => "",
                _ if place + 1 == bases.len() => " and ",
                _ => ", ",
            });
            out.push_str(&format!("{count} {verb} {what}"));
        }
        out
    }

    /// The full stop, and how many of all claims the heaviest anonymous source carries.
    fn share(&self) -> String {
        let Some(Heaviest {
            label,
            kind,
            claims,
            ..
        }) = self.singled_out()
        else {
            return ".".to_owned();
        };
        let who = match kind {
            SourceKind::Group => "unnamed group",
            SourceKind::Document => "unnamed document",
            _ => "unnamed source",
        };
        let total = self.claims();
        let share = if claims == total {
            "all of them".to_owned()
        } else {
            format!("{claims} of the {total}")
        };
        format!(". One {who}, “{label}”, carries {share}.")
    }
}

/// Code points of a label that the sentence shows.
const SHOWN: usize = 50;

/// The page's words cut at a word, where they are longer than `shown` code points.
pub(crate) fn shortened(words: &str, shown: usize) -> String {
    let Some((end, _)) = words.char_indices().nth(shown) else {
        return words.to_owned();
    };
    let kept = &words[..end];
    let whole = kept
        .rfind(char::is_whitespace)
        .map_or(kept, |space| &kept[..space]);
    format!("{}…", whole.trim_end_matches([' ', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::read::read;

    fn source(label: &str, kind: SourceKind, claims: u32) -> Source {
        Source {
            label: label.to_owned(),
            kind,
            mentions: Vec::new(),
            claims,
        }
    }

    fn of(sources: &[(&str, SourceKind, u32)]) -> Sourcing {
        Sourcing::of(&Reading {
            sources: sources
                .iter()
                .map(|(label, kind, claims)| source(label, *kind, *claims))
                .collect(),
            ..Reading::default()
        })
    }

    #[test]
    fn every_kind_of_source_has_its_basis() {
        for (kind, basis) in [
            (SourceKind::NamedPerson, Basis::People),
            (SourceKind::Institution, Basis::Institutions),
            (SourceKind::Person, Basis::Anonymous),
            (SourceKind::Group, Basis::Anonymous),
            (SourceKind::Document, Basis::Anonymous),
            (SourceKind::Agentless, Basis::Anonymous),
        ] {
            assert_eq!(Basis::of(&source("the lighthouse", kind, 1)), basis);
            assert_eq!(basis == Basis::Anonymous, !kind.named(), "{kind:?}");
        }
    }

    #[test]
    fn an_outlet_speaks_and_a_record_is_read() {
        for (label, basis) in [
            ("the Gazette", Basis::Institutions),
            ("The Harbour Post", Basis::Institutions),
            ("the Kelp Island Record", Basis::Institutions),
            ("a local newspaper", Basis::Institutions),
            ("its published accounts", Basis::Documents),
            ("the harbour board’s annual report", Basis::Documents),
            (
                "the report that the ministry published in May",
                Basis::Documents,
            ),
            ("a Velm Institute Survey", Basis::Documents),
            ("her post", Basis::Documents),
            ("", Basis::Institutions),
            ("“…”", Basis::Institutions),
        ] {
            let source = source(label, SourceKind::Publication, 1);
            assert_eq!(Basis::of(&source), basis, "{label}");
        }
    }

    #[test]
    fn the_figure_of_a_text() {
        let text = "A senior clerk said the quay was unsafe. “The board knows,” the clerk said. \
                    Ingrid Tolland, the harbour master, said it was sound. The board’s annual report says it is closed. \
                    The ministry said it would wait. It was reported that two boats sank.";
        let reading = read(&Page::from_text(text, false));
        let sourcing = Sourcing::of(&reading);
        assert_eq!(
            Basis::ALL.map(|basis| sourcing.on(basis)),
            [1, 1, 1, 3],
            "{:?}",
            reading.sources
        );
        assert_eq!(sourcing.claims(), reading.claims());
        assert_eq!(
            sourcing.text(),
            "Of 6 attributed claims, 1 rests on a named person, 1 on an institution, 1 on a document and \
             3 on anonymous sources. One unnamed source, “a senior clerk”, carries 2 of the 6."
        );
    }

    #[test]
    fn one_and_many_in_words() {
        let people = |claims| of(&[("Ingrid Tolland", SourceKind::NamedPerson, claims)]).text();
        assert_eq!(people(0), "");
        assert_eq!(
            people(1),
            "The one attributed claim rests on a named person."
        );
        assert_eq!(people(2), "Both attributed claims rest on named people.");
        assert_eq!(people(5), "All 5 attributed claims rest on named people.");
        assert_eq!(
            of(&[
                ("Ingrid Tolland", SourceKind::NamedPerson, 4),
                ("Critics", SourceKind::Group, 1)
            ])
            .text(),
            "Of 5 attributed claims, 4 rest on named people and 1 on an anonymous source."
        );
        assert_eq!(
            of(&[
                ("the ministry", SourceKind::Institution, 1),
                ("a leaked memo", SourceKind::Document, 2)
            ])
            .text(),
            "Of 3 attributed claims, 1 rests on an institution and 2 on anonymous sources. \
             One unnamed document, “a leaked memo”, carries 2 of the 3."
        );
        assert_eq!(
            of(&[("Some islanders", SourceKind::Group, 2)]).text(),
            "Both attributed claims rest on anonymous sources. One unnamed group, “some islanders”, carries all of them."
        );
    }

    #[test]
    fn the_heaviest_is_somebody_and_the_first_of_equals() {
        let sourcing = of(&[
            ("It was reported", SourceKind::Agentless, 9),
            ("a clerk", SourceKind::Person, 2),
            ("Ingrid Tolland", SourceKind::NamedPerson, 8),
            ("critics", SourceKind::Group, 2),
        ]);
        let heaviest = sourcing.heaviest.expect("the clerk");
        assert_eq!(
            (heaviest.source, heaviest.label.as_str(), heaviest.claims),
            (1, "a clerk", 2)
        );
        assert_eq!(
            of(&[("is said to", SourceKind::Agentless, 1)]).heaviest,
            None
        );
        assert_eq!(of(&[("a clerk", SourceKind::Person, 0)]).heaviest, None);
    }

    #[test]
    fn a_long_label_is_cut_at_a_word() {
        let long = format!("a clerk who {}knows", "really ".repeat(20));
        let spread = of(&[(&long, SourceKind::Person, 2)]).spread();
        let label = spread.and_then(|s| s.heaviest).expect("the clerk").label;
        assert!(label.ends_with("really…"), "{label}");
        assert!(label.chars().count() <= SHOWN + 1);
        assert_eq!(
            shortened(&"é".repeat(SHOWN + 1), SHOWN),
            format!("{}…", "é".repeat(SHOWN))
        );
        assert_eq!(shortened(&"é".repeat(SHOWN), SHOWN), "é".repeat(SHOWN));
    }
}
