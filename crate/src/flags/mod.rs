//! From attributions and rule matches to flags.

mod anonymous;
mod hedged;
mod unsourced;

use std::ops::Range;
use std::rc::Rc;

use crate::attribution::Found;
use crate::block::{Parsed, Spot};
use crate::model::{Flag, Kind, Span, Voice};
use crate::order;
use crate::page::{Landmarks, Page};
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
    /// The last source cited before this block: a quotation without a source of its own is its.
    pub before: Option<usize>,
    /// Whether the page sets the whole block off as a quotation.
    pub quotation: bool,
}

/// How many sentences away a quotation may stand from the attribution it belongs to.
const NEAR: usize = 8;

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

    /// The attributions of sentences `from..=to`, with their places in the ledger.
    pub fn found_in(&self, from: usize, to: usize) -> impl Iterator<Item = (&Found, &Resolved)> {
        let found = &self.parsed.found;
        let first = found.partition_point(|f| f.sentence < from);
        let last = found.partition_point(|f| f.sentence <= to);
        found[first..last].iter().zip(&self.resolved[first..last])
    }

    /// The rule matches of one sentence.
    pub fn matches_in(&self, sentence: usize) -> &[(usize, Kind, Spot)] {
        let matches = &self.parsed.matches;
        let first = matches.partition_point(|m| m.0 < sentence);
        let last = matches.partition_point(|m| m.0 <= sentence);
        &matches[first..last]
    }

    /// Whose words token `at` of `sentence` belongs to: the source of the innermost attribution
    /// whose content holds it, or of the nearest one where it stands inside a quotation.
    pub fn voice(&self, sentence: usize, at: usize) -> Voice {
        let reach = (sentence.saturating_sub(NEAR), sentence + NEAR);
        let known = || {
            self.found_in(reach.0, reach.1)
                .filter(|(f, r)| r.source.is_some() && (f.source.is_none() || f.conveys()))
        };
        let inner = known()
            .filter(|(f, _)| f.content.iter().any(|c| c.contains(&at)))
            .min_by_key(|(f, _)| f.content.iter().map(|c| c.len()).sum::<usize>());
        let near = || known().min_by_key(|(f, _)| f.cue.start.abs_diff(at));
        let source = match inner {
            Some((_, resolved)) => resolved.source,
            None if self.quotation || self.view.tokens[at].quoted => {
                near().and_then(|(_, r)| r.source).or(self.before)
            }
            None => None,
        };
        source.map_or(Voice::Author, Voice::Source)
    }
}

/// What adds a category's flags of one block.
const CATEGORIES: [fn(&Context, &mut Vec<Flag>); 3] =
    [anonymous::flags, unsourced::flags, hedged::flags];

/// All flags of the page, in order.
pub fn collect(page: &Page, parsed: &[Option<Rc<Parsed>>], resolved: &[Resolved]) -> Vec<Flag> {
    let (mut flags, mut found) = (Vec::new(), Vec::new());
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
            before: resolved[..from].last().and_then(|r| r.source),
            quotation: &*input.tag == "blockquote" || input.within.any(Landmarks::BLOCKQUOTE),
        };
        from = to;
        let first = flags.len();
        for category in CATEGORIES {
            category(&context, &mut found);
            without_overlaps(&mut found);
            flags.append(&mut found);
        }
        order::sort_by_key(&mut flags[first..], |f| {
            [f.anchor.start, f.category() as u32, f.anchor.end]
        });
    }
    flags
}

/// Of flags that overlap (they are of one category) keeps the stronger; puts them in order.
fn without_overlaps(flags: &mut Vec<Flag>) {
    flags.retain(|f| f.anchor.start < f.anchor.end);
    order::sort_by_key(flags, |f| [f.anchor.start, 0, 0]);
    flags.dedup_by(|flag, last| {
        let overlaps = last.anchor.overlaps(flag.anchor);
        if overlaps && flag.strength > last.strength {
            std::mem::swap(flag, last);
        }
        overlaps
    });
}

/// UTF-16 ranges of a text as byte ranges; ranges outside the text are cut to it.
fn byte_ranges<'r>(text: &str, ranges: impl Iterator<Item = &'r (u32, u32)>) -> Vec<Range<u32>> {
    let wanted: Vec<(u32, u32)> = ranges.copied().collect();
    let mut edges: Vec<u32> = wanted.iter().flat_map(|(a, b)| [*a, *b]).collect();
    order::sort_by_key(&mut edges, |edge| [*edge, 0, 0]);
    edges.dedup();
    let mut bytes = Vec::with_capacity(edges.len());
    let mut chars = text.char_indices().peekable();
    let mut units = 0;
    for edge in &edges {
        while units < *edge {
            let Some((_, c)) = chars.next() else { break };
            units += c.len_utf16() as u32;
        }
        bytes.push(chars.peek().map_or(text.len() as u32, |(i, _)| *i as u32));
    }
    let at = |unit: u32| edges.binary_search(&unit).map_or(0, |i| bytes[i]);
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
        cue: context.span(cue),
        source: None,
        claim: None,
        sentence: context.sentence(sentence),
        voice: Voice::Author,
        details: crate::model::Details::default(),
        dismissed: false,
        review: None,
    }
}
