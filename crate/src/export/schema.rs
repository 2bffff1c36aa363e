//! The schema `hearsay/1`: one object for a page, the same from the command line and the browser.
//!
//! This file and `data/schema/hearsay-1.schema.json` describe the same thing and a test holds them
//! together. All offsets count Unicode code points from the start of the whole text, `end` is
//! exclusive. For a page from a browser the whole text is its blocks joined with two line feeds.
//! A field that the page says nothing about is `null`, never left out; only `page.text` is absent
//! unless it was asked for, and what a reader made of the flags where no reader did. New fields may be added to `hearsay/1`; none changes its meaning.

use serde::Serialize;

use super::positions::Positions;
use super::{Options, id, selected, wording};
use crate::model::{self, Reading, Span, Voice};
use crate::page::{Mark, Page};
use crate::sourcing::{Basis, Sourcing};

/// The value of `schema`.
pub const SCHEMA: &str = "hearsay/1";

/// A whole list.
#[derive(Debug, Serialize)]
pub struct List<'a> {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Who made it.
    pub generator: Generator,
    /// The page it is about.
    pub page: PageFacts<'a>,
    /// What the page's attributed claims rest on, all of them whatever flags were asked for.
    pub summary: SummaryEntry,
    /// The flags that were asked for, in page order.
    pub flags: Vec<FlagEntry<'a>>,
    /// All sources of the page, in order of first mention.
    pub sources: Vec<SourceEntry<'a>>,
    /// All attributions, named and anonymous, in page order.
    pub attributions: Vec<AttributionEntry>,
    /// A reader's marks that no flag has any more; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphans: Vec<OrphanEntry<'a>>,
}

/// The program.
#[derive(Debug, Serialize)]
pub struct Generator {
    /// `Hearsay`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct PageFacts<'a> {
    /// Address; null on the command line.
    pub url: Option<&'a str>,
    /// Title; null on the command line.
    pub title: Option<&'a str>,
    /// BCP-47 primary subtag of the text's language; `und` where the text is too short to tell.
    pub language: &'a str,
    /// When the list was made: ISO 8601, UTC, with `Z`.
    pub created: &'a str,
    /// Words of main text.
    pub words: u32,
    /// Sentences of main text.
    pub sentences: u32,
    /// The whole text, only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What the page's attributed claims rest on; see [`crate::sourcing`].
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct SummaryEntry {
    /// All attributed claims: the sum of the next four.
    pub claims: u32,
    /// Those that rest on people whom the page names.
    pub people: u32,
    /// On institutions, outlets among them.
    pub institutions: u32,
    /// On records that the page identifies.
    pub documents: u32,
    /// On whatever the page doesn't identify: people, groups, documents, and nobody.
    pub anonymous: u32,
    /// The anonymous source with the most claims, the first of equals; null where there is none.
    pub heaviest: Option<HeaviestEntry>,
}

/// The anonymous source with the most claims. It is somebody or something: where the sayer is
/// absent nobody carries more than the one claim.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct HeaviestEntry {
    /// Ledger id.
    pub source: String,
    /// How the page first describes it.
    pub label: String,
    /// Claims that rest on it.
    pub claims: u32,
}

/// A stretch of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// A stretch of the text with its words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Quote<'a> {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words as in the text; with `--wrapped` a line end inside them is a space.
    pub exact: &'a str,
}

/// One flag.
#[derive(Debug, Serialize)]
pub struct FlagEntry<'a> {
    /// Stable name of the flag; see [`super::id`].
    pub id: String,
    /// `anonymous`, `unsourced` or `hedged`.
    pub category: &'static str,
    /// The kind within the category.
    pub kind: &'static str,
    /// 0 to 1, in hundredths.
    pub strength: f64,
    /// The rule that made it.
    pub rule: &'static str,
    /// What is highlighted.
    pub anchor: Quote<'a>,
    /// The words that gave it away.
    pub cues: Vec<Quote<'a>>,
    /// Null except on `anonymous` flags.
    pub source: Option<FlagSource<'a>>,
    /// What is asserted; null where the page gives none.
    pub claim: Option<Quote<'a>>,
    /// The sentence the flag stands in.
    pub sentence: Range,
    /// Whose words these are.
    pub voice: VoiceEntry,
    /// What the page tells about the source.
    pub details: DetailsEntry<'a>,
    /// What was seen, in words.
    pub why: &'static str,
    /// What a reader made of it; absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewEntry<'a>>,
}

/// What a reader made of a flag.
#[derive(Debug, Serialize)]
pub struct ReviewEntry<'a> {
    /// `right`, `wrong`, `unsure`, or `missed` where the reader added the flag.
    pub verdict: &'static str,
    /// What the reader noted; may be empty.
    pub note: &'a str,
}

/// A reader's mark whose words, or whose flag on them, are gone from the page.
#[derive(Debug, Serialize)]
pub struct OrphanEntry<'a> {
    /// As what the words were marked.
    pub category: &'static str,
    /// As in [`ReviewEntry`].
    pub verdict: &'static str,
    /// What the reader noted; may be empty.
    pub note: &'a str,
    /// The words.
    pub exact: &'a str,
    /// What stood before them.
    pub prefix: &'a str,
    /// What stood after them.
    pub suffix: &'a str,
}

/// The source of an anonymous flag. On agentless ones only `id` is set.
#[derive(Debug, Serialize)]
pub struct FlagSource<'a> {
    /// Ledger id.
    pub id: String,
    /// First code point of the source's words in this sentence.
    pub start: Option<usize>,
    /// One past the last.
    pub end: Option<usize>,
    /// Those words.
    pub exact: Option<&'a str>,
}

/// Whose words a flag sits in.
#[derive(Debug, Serialize)]
pub struct VoiceEntry {
    /// `author` or `source`.
    pub by: &'static str,
    /// Ledger id where it is a source, else null.
    pub source: Option<String>,
}

/// What the page tells about a source beside its words.
#[derive(Debug, Serialize)]
pub struct DetailsEntry<'a> {
    /// The descriptor as written.
    pub descriptor: Option<&'a str>,
    /// The institution it is said to belong to.
    pub affiliation: Option<&'a str>,
    /// How many people, as written.
    pub count: Option<&'a str>,
    /// Through whom the page has it, nearest first; empty where the page has it directly.
    pub relay: &'a [String],
    /// The words by which the page says that anonymity was asked for or granted.
    pub anonymity: Option<&'a str>,
    /// The reason given for anonymity.
    pub reason: Option<&'a str>,
}

/// One source of the ledger.
#[derive(Debug, Serialize)]
pub struct SourceEntry<'a> {
    /// `S1`, `S2`, … in order of first mention.
    pub id: String,
    /// How the page first describes or names it.
    pub label: &'a str,
    /// `named-person`, `institution`, `publication`, `person`, `group`, `document`, `agentless`.
    pub kind: &'static str,
    /// Whether the reader can tell who it is.
    pub named: bool,
    /// Attributed claims that rest on it.
    pub claims: u32,
    /// Where the page mentions it.
    pub mentions: Vec<Range>,
}

/// One attribution.
#[derive(Debug, Serialize)]
pub struct AttributionEntry {
    /// To whom; null where the sayer is absent.
    pub source: Option<AttributionSource>,
    /// The words that attribute.
    pub cue: Vec<Range>,
    /// What is attributed.
    pub content: Vec<Range>,
    /// Whether a claim of the source is conveyed, and not only a stance.
    pub conveys: bool,
}

/// The source of an attribution and its words in this sentence.
#[derive(Debug, Serialize)]
pub struct AttributionSource {
    /// Ledger id.
    pub id: String,
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

/// The public id of the source at `index` in the ledger.
pub fn source_id(index: usize) -> String {
    format!("S{}", index + 1)
}

/// A strength as lists show it: in hundredths.
pub fn hundredths(strength: f32) -> f64 {
    (f64::from(strength) * 100.0).round() / 100.0
}

impl<'a> List<'a> {
    /// The list of `reading`'s flags that `options` ask for; sources and attributions are whole.
    pub fn new(page: &'a Page, reading: &'a Reading, options: &'a Options) -> List<'a> {
        let mut at = Positions::new(page);
        let ids = id::all(page, &reading.flags);
        let flags = reading
            .flags
            .iter()
            .zip(ids)
            .filter(|(flag, _)| selected(flag, options))
            .map(|(flag, id)| flag_entry(page, &mut at, flag, id))
            .collect();
        let sources = reading
            .sources
            .iter()
            .enumerate()
            .map(|(i, source)| SourceEntry {
                id: source_id(i),
                label: &source.label,
                kind: source.kind.name(),
                named: source.kind.named(),
                claims: source.claims,
                mentions: ranges(&mut at, &source.mentions),
            })
            .collect();
        let attributions = reading
            .attributions
            .iter()
            .map(|a| {
                let source = a.source_span.map(|span| {
                    let (start, end) = at.of(span);
                    AttributionSource {
                        id: source_id(a.source),
                        start,
                        end,
                    }
                });
                AttributionEntry {
                    source,
                    cue: vec![range(&mut at, a.cue)],
                    content: ranges(&mut at, &a.content),
                    conveys: a.conveys,
                }
            })
            .collect();
        List {
            schema: SCHEMA,
            generator: Generator {
                name: "Hearsay",
                version: env!("CARGO_PKG_VERSION"),
            },
            page: PageFacts {
                url: page.input.url.as_deref(),
                title: page.input.title.as_deref(),
                language: reading.language,
                created: &options.created,
                words: reading.words,
                sentences: reading.sentences,
                text: options.include_text.then(|| page.whole_text()),
            },
            summary: summary_entry(Sourcing::of(reading)),
            flags,
            sources,
            attributions,
            orphans: wording::orphans(page, reading)
                .into_iter()
                .map(orphan_entry)
                .collect(),
        }
    }
}

fn orphan_entry(mark: &Mark) -> OrphanEntry<'_> {
    OrphanEntry {
        category: mark.category.name(),
        verdict: mark.verdict.name(),
        note: &mark.note,
        exact: &mark.words,
        prefix: &mark.around.before,
        suffix: &mark.around.after,
    }
}

fn summary_entry(sourcing: Sourcing) -> SummaryEntry {
    SummaryEntry {
        claims: sourcing.claims(),
        people: sourcing.on(Basis::People),
        institutions: sourcing.on(Basis::Institutions),
        documents: sourcing.on(Basis::Documents),
        anonymous: sourcing.on(Basis::Anonymous),
        heaviest: sourcing.heaviest.map(|heaviest| HeaviestEntry {
            source: source_id(heaviest.source),
            label: heaviest.label,
            claims: heaviest.claims,
        }),
    }
}

fn ranges(at: &mut Positions, spans: &[Span]) -> Vec<Range> {
    spans.iter().map(|s| range(at, *s)).collect()
}

fn range(at: &mut Positions, span: Span) -> Range {
    let (start, end) = at.of(span);
    Range { start, end }
}

fn quote<'a>(page: &'a Page, at: &mut Positions, span: Span) -> Quote<'a> {
    let (start, end) = at.of(span);
    Quote {
        start,
        end,
        exact: page.words(span),
    }
}

fn flag_entry<'a>(
    page: &'a Page,
    at: &mut Positions,
    flag: &'a model::Flag,
    id: String,
) -> FlagEntry<'a> {
    FlagEntry {
        id,
        category: flag.category().name(),
        kind: flag.kind.name(),
        strength: hundredths(flag.strength),
        rule: flag.rule,
        anchor: quote(page, at, flag.anchor),
        cues: vec![quote(page, at, flag.cue)],
        source: flag.source.map(|(index, span)| {
            let words = span.map(|s| quote(page, at, s));
            FlagSource {
                id: source_id(index),
                start: words.as_ref().map(|w| w.start),
                end: words.as_ref().map(|w| w.end),
                exact: words.map(|w| w.exact),
            }
        }),
        claim: flag.claim.map(|span| quote(page, at, span)),
        sentence: range(at, flag.sentence),
        voice: match flag.voice {
            Voice::Author => VoiceEntry {
                by: "author",
                source: None,
            },
            Voice::Source(index) => VoiceEntry {
                by: "source",
                source: Some(source_id(index)),
            },
        },
        details: DetailsEntry {
            descriptor: flag.details.descriptor.as_deref(),
            affiliation: flag.details.affiliation.as_deref(),
            count: flag.details.count.as_deref(),
            relay: &flag.details.relay,
            anonymity: flag.details.anonymity.as_deref(),
            reason: flag.details.reason.as_deref(),
        },
        why: flag.why(),
        review: wording::mark(page, flag).map(|mark| ReviewEntry {
            verdict: mark.verdict.name(),
            note: &mark.note,
        }),
    }
}
