//! Lists that leave the house, each format in a file of its own.
//!
//! [`schema`] says what is in a list; the other formats show the same things to other readers, and
//! those for people in the same words ([`wording`]). Whatever comes from the page is data to them:
//! every format has one function that all of it passes through. JSON's is serde's; [`csv`] guards
//! against formulas, [`markdown`] and [`html`] escape, [`text`] lets no control character reach the
//! terminal.

pub mod copy;
pub mod csv;
pub mod gold;
pub mod html;
pub mod hypothesis;
pub mod id;
pub mod json;
pub mod markdown;
pub mod positions;
pub mod quote;
pub mod schema;
mod template;
pub mod text;
pub mod webannotation;
pub(crate) mod wording;
pub(crate) use wording::one_line;

use crate::model::{Category, Flag, Reading};
use crate::page::Page;

/// The formats there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Schema `hearsay/1`.
    Json,
    /// One row a flag.
    Csv,
    /// The same, opened by [`csv::BOM`].
    CsvBom,
    /// For notes and issues.
    Markdown,
    /// To read and to print.
    Html,
    /// The W3C's Web Annotation model, JSON-LD.
    WebAnnotation,
    /// What Hypothesis imports.
    Hypothesis,
    /// What the reader made of the flags, to be scored against.
    Gold,
    /// For the terminal.
    Text,
}

impl Format {
    /// All of them with their names.
    pub const ALL: [(&str, Format); 9] = [
        ("text", Format::Text),
        ("json", Format::Json),
        ("csv", Format::Csv),
        ("csvbom", Format::CsvBom),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
        ("webannotation", Format::WebAnnotation),
        ("hypothesis", Format::Hypothesis),
        ("gold", Format::Gold),
    ];

    /// The format of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Format> {
        let named = Self::ALL.into_iter().find(|(own, _)| *own == name);
        named.map(|(_, format)| format)
    }
}

/// What goes into a list.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only flags at least this strong, in hundredths as the lists show them.
    pub min_strength: f32,
    /// Only these categories.
    pub categories: Vec<Category>,
    /// Whether the whole text goes along (JSON only).
    pub include_text: bool,
    /// When the list was made, ISO 8601 in UTC with `Z`.
    pub created: String,
}

/// The list in one of the formats, or why there is none.
pub fn list(
    page: &Page,
    reading: &Reading,
    format: Format,
    options: &Options,
) -> Result<String, &'static str> {
    Ok(match format {
        Format::Json => json::write(page, reading, options),
        Format::Csv => csv::write(page, reading, options),
        Format::CsvBom => format!("{}{}", csv::BOM, csv::write(page, reading, options)),
        Format::Markdown => markdown::write(page, reading, options),
        Format::Html => html::write(page, reading, options),
        Format::WebAnnotation => webannotation::write(page, reading, options),
        Format::Hypothesis => hypothesis::write(page, reading, options)?,
        Format::Gold => gold::write(page, reading, options)?,
        Format::Text => text::write(page, reading, options),
    })
}

/// Whether the options ask for this flag, which the reader hasn't dismissed. Decided on hundredths, so
/// that no list leaves out a flag that it would show at the very strength asked for.
pub(crate) fn selected(flag: &Flag, options: &Options) -> bool {
    !flag.dismissed && strong(flag, options) && options.categories.contains(&flag.category())
}

/// Whether a flag, rounded as it is told, is as strong as the options ask for.
pub(crate) fn strong(flag: &Flag, options: &Options) -> bool {
    (flag.strength * 100.0).round() / 100.0 >= options.min_strength
}

/// The flags that the options ask for, in page order.
fn selected_flags<'a>(
    reading: &'a Reading,
    options: &'a Options,
) -> impl Iterator<Item = &'a Flag> {
    reading.flags.iter().filter(|flag| selected(flag, options))
}

/// The same with their ids.
fn named_flags<'a>(
    page: &Page,
    reading: &'a Reading,
    options: &'a Options,
) -> impl Iterator<Item = (String, &'a Flag)> {
    let all = id::all(page, &reading.flags)
        .into_iter()
        .zip(&reading.flags);
    all.filter(|(_, flag)| selected(flag, options))
}

/// Everything there is, for tests.
#[cfg(test)]
pub(crate) fn all() -> Options {
    Options {
        min_strength: 0.0,
        categories: Category::ALL.to_vec(),
        include_text: false,
        created: "2026-01-02T03:04:05Z".to_owned(),
    }
}

/// A small page with one source of each sort and a reading of it, written by hand, so that lists
/// and cards are tested apart from the engine.
#[cfg(test)]
pub(crate) fn example() -> (Page, Reading) {
    use crate::model::{Attribution, Details, Kind, Source, SourceKind, Span, Voice};
    use crate::page::{Block, PageInput};

    let texts = [
        "“The board may have known since May,” A port official told the Gazette.",
        "Fees have risen by 40 per cent, he said. Ms. Vale, the mayor, said 😀 nothing.",
    ];
    let blocks = texts.map(|text| Block {
        text: text.into(),
        tag: "p".into(),
        ..Block::default()
    });
    let page = Page::from_input(PageInput {
        url: Some("https://gazette.example/port?a=1&b=2".to_owned()),
        title: Some("The port | *today*".to_owned()),
        language: Some("en".to_owned()),
        blocks: blocks.to_vec(),
        ..PageInput::default()
    });
    let at = |block: u32, words: &str| {
        let start = texts[block as usize].find(words).unwrap() as u32;
        Span {
            block,
            start,
            end: start + words.len() as u32,
        }
    };
    let whole = |block: u32| Span {
        block,
        start: 0,
        end: texts[block as usize].len() as u32,
    };
    let details = Details {
        descriptor: Some("A port official".to_owned()),
        relay: vec!["the Gazette".to_owned()],
        reason: Some("because the inquiry is still open".to_owned()),
        ..Details::default()
    };
    let flag = |kind, strength, anchor, cue| Flag {
        kind,
        strength,
        rule: "example",
        anchor,
        cue,
        source: None,
        claim: None,
        sentence: whole(anchor.block),
        voice: Voice::Author,
        details: Details::default(),
        dismissed: false,
        review: None,
    };
    let first = Flag {
        source: Some((0, Some(at(0, "A port official")))),
        claim: Some(at(0, "The board may have known since May")),
        details: details.clone(),
        ..flag(
            Kind::Person,
            0.93,
            at(0, "A port official told"),
            at(0, "told"),
        )
    };
    let hedge = Flag {
        claim: Some(at(0, "have known since May")),
        voice: Voice::Source(0),
        ..flag(Kind::Modal, 0.4, at(0, "may"), at(0, "may"))
    };
    let pronoun = Flag {
        source: Some((0, Some(at(1, "he")))),
        details,
        ..flag(Kind::Person, 0.8, at(1, "he said"), at(1, "said"))
    };
    let figure = flag(
        Kind::Statistic,
        0.6,
        at(1, "have risen by 40 per cent"),
        at(1, "risen by 40 per cent"),
    );
    let source = |label: &str, kind, mentions, claims| Source {
        label: label.to_owned(),
        kind,
        mentions,
        claims,
    };
    let attribution = |source, span, cue, content: Vec<Span>| Attribution {
        source,
        source_span: span,
        cue,
        content,
        conveys: true,
    };
    let reading = Reading {
        language: "en",
        readable: true,
        words: 27,
        sentences: 3,
        flags: vec![first, hedge, pronoun, figure],
        sources: vec![
            source(
                "A port official",
                SourceKind::Person,
                vec![at(0, "A port official"), at(1, "he")],
                2,
            ),
            source(
                "Ms. Vale",
                SourceKind::NamedPerson,
                vec![at(1, "Ms. Vale")],
                1,
            ),
        ],
        attributions: vec![
            attribution(
                0,
                Some(at(0, "A port official")),
                at(0, "told"),
                vec![at(0, "The board may have known since May")],
            ),
            attribution(
                0,
                Some(at(1, "he")),
                at(1, "said"),
                vec![at(1, "Fees have risen by 40 per cent")],
            ),
            attribution(
                1,
                Some(at(1, "Ms. Vale")),
                at(1, "said 😀"),
                vec![at(1, "nothing")],
            ),
        ],
    };
    (page, reading)
}
