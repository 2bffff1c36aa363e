//! From attributions and rule matches to flags.

mod anonymous;
mod hedged;
mod unsourced;

use std::ops::Range;

use crate::block::Parsed;
use crate::model::{Attribution, Flag, Kind, Source, Span, Voice};
use crate::page::Page;
use crate::phrases::View;
use crate::sources::Resolved;

/// One block with what the three categories look at.
pub(crate) struct Context<'a> {
    /// The block's number.
    pub block: usize,
    /// Its tokens and text.
    pub view: View<'a>,
    /// Its analysis.
    pub parsed: &'a Parsed,
    /// Its attributions' places in the ledger, in the order of `parsed.found`.
    pub resolved: &'a [Resolved],
    /// Byte ranges inside links or beside citation marks.
    pub linked: Vec<Range<u32>>,
}

impl Context<'_> {
    pub fn span(&self, tokens: Range<usize>) -> Span {
        let (start, end) = self.view.bytes(tokens.start, tokens.end);
        Span {
            block: self.block as u32,
            start,
            end,
        }
    }

    pub fn sentence(&self, number: usize) -> Span {
        self.span(self.parsed.sentences[number].clone())
    }

    /// Whose words token `at` belongs to: the source of the innermost attribution whose content
    /// holds it, or of the nearest one where it stands inside a quotation.
    pub fn voice(&self, at: usize) -> Voice {
        let holding = self
            .parsed
            .found
            .iter()
            .zip(self.resolved)
            .filter(|(f, _)| f.content.iter().any(|c| c.contains(&at)));
        let inner = holding.min_by_key(|(f, _)| f.content.iter().map(|c| c.len()).sum::<usize>());
        if let Some(source) = inner.and_then(|(_, r)| r.source) {
            return Voice::Source(source);
        }
        if self.view.tokens[at].quoted {
            let near = self
                .parsed
                .found
                .iter()
                .zip(self.resolved)
                .filter(|(_, r)| r.source.is_some());
            let near = near.min_by_key(|(f, _)| f.cue.start.abs_diff(at));
            if let Some(source) = near.and_then(|(_, r)| r.source) {
                return Voice::Source(source);
            }
        }
        Voice::Author
    }
}

/// All flags of the page, in order.
pub fn collect(
    page: &Page,
    parsed: &[Option<Parsed>],
    resolved: &[Resolved],
    _sources: &[Source],
    _attributions: &[Attribution],
) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut from = 0;
    for (block, analysis) in parsed.iter().enumerate() {
        let Some(analysis) = analysis else { continue };
        let text = page.text(block as u32);
        let to = from + analysis.found.len();
        let input = &page.input.blocks[block];
        let context = Context {
            block,
            view: analysis.view(text),
            parsed: analysis,
            resolved: &resolved[from..to],
            linked: byte_ranges(text, input.links.iter().chain(&input.marks)),
        };
        from = to;
        for found in [
            anonymous::flags(&context),
            unsourced::flags(&context),
            hedged::flags(&context),
        ] {
            flags.extend(without_overlaps(found));
        }
    }
    flags.sort_by_key(|f| (f.anchor.block, f.anchor.start, f.category(), f.anchor.end));
    flags
}

/// Keeps the strongest of flags that overlap (they are of one category), then puts them in order.
fn without_overlaps(mut flags: Vec<Flag>) -> Vec<Flag> {
    flags.sort_by(|a, b| {
        b.strength
            .total_cmp(&a.strength)
            .then(a.anchor.start.cmp(&b.anchor.start))
    });
    let mut kept: Vec<Flag> = Vec::new();
    for flag in flags {
        if flag.anchor.start < flag.anchor.end
            && !kept.iter().any(|k| k.anchor.overlaps(flag.anchor))
        {
            kept.push(flag);
        }
    }
    kept.sort_by_key(|f| f.anchor.start);
    kept
}

/// UTF-16 ranges of a text as byte ranges; ranges outside the text are cut to it.
fn byte_ranges<'r>(text: &str, ranges: impl Iterator<Item = &'r (u32, u32)>) -> Vec<Range<u32>> {
    let mut wanted: Vec<(u32, u32)> = ranges.copied().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    wanted.sort_unstable();
    let at = |unit: u32| -> u32 {
        let mut units = 0;
        text.char_indices()
            .find(|(_, c)| {
                let here = units;
                units += c.len_utf16() as u32;
                here >= unit
            })
            .map_or(text.len() as u32, |(i, _)| i as u32)
    };
    wanted.into_iter().map(|(a, b)| at(a)..at(b)).collect()
}

/// A flag with nothing but the common parts filled in.
fn base(
    context: &Context,
    kind: Kind,
    sentence: usize,
    anchor: Range<usize>,
    cue: Range<usize>,
    rule: &'static str,
    strength: f32,
) -> Flag {
    Flag {
        kind,
        strength,
        rule,
        anchor: context.span(anchor),
        cues: vec![context.span(cue)],
        source: None,
        claim: None,
        sentence: context.sentence(sentence),
        voice: Voice::Author,
        details: crate::model::Details::default(),
        why: String::new(),
    }
}
