//! Attributions: who is cited by which words for what, sentence by sentence.
//!
//! The shapes of news English are rules in `data/rules/attribution.txt` (those with a source) and
//! `agentless.txt` (those without). Here the best rule at each cue is taken, and the extent of what
//! is attributed is settled. Who the source *is* is decided later, over the whole page, by
//! [`crate::sources`].

use std::ops::Range;

use crate::lexicon as lex;
use crate::order;
use crate::phrases::{Phrase, View};
use crate::quotes::Quote;
use crate::rules::{self, Match, Rule, What};

/// How a cue relates source and content: the kinds of `attribution.txt` and `agentless.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// say, argue, tell, write.
    Speech,
    /// according to.
    According,
    /// A noun: a claim is only mentioned ("critics' claim that"), but one that was made.
    Noun,
    /// think, fear, hope.
    Belief,
    /// accuse, condemn, call for, support: a stance, not a claim.
    Stance,
    /// show, suggest: what records do.
    Showing,
    /// Nobody says it.
    Agentless,
}

impl Manner {
    /// The manner of a rule of the table of attributions.
    fn of(rule: &Rule) -> Manner {
        match rule.what {
            What::Manner(manner) => manner,
            _ => Manner::Speech,
        }
    }

    /// Whether something is told, and not only thought or wished.
    pub fn tells(self) -> bool {
        matches!(
            self,
            Manner::Speech | Manner::According | Manner::Noun | Manner::Showing
        )
    }
}

/// Rules under this strength find stances and mentions rather than claims.
pub const FAINT: f32 = 0.5;

/// One attribution within a block; positions are tokens of that block.
#[derive(Clone, Debug)]
pub struct Found {
    /// Index of the sentence.
    pub sentence: usize,
    /// The cue's tokens.
    pub cue: Range<usize>,
    /// The source phrase; `None` where the sayer is absent.
    pub source: Option<Phrase>,
    /// The content's tokens.
    pub content: Content,
    /// What sort of cue.
    pub manner: Manner,
    /// The rule's strength less what modals take off it: 1 where a claim is surely conveyed.
    pub strength: f32,
    /// The rule.
    pub rule: &'static str,
    /// The listener of "told": tokens.
    pub relay: Option<Range<usize>>,
    /// Whether the cue stands inside a quotation.
    pub quoted: bool,
    /// Whether the content goes on in the next block: the block ends in a colon after the cue.
    pub goes_on: bool,
}

/// What is attributed, as ranges of tokens; one that is empty is none.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// Before source and cue.
    before: Range<usize>,
    /// After them.
    after: Range<usize>,
    /// Quotations that go on with it in the next sentences.
    goes_on: Range<usize>,
}

impl Content {
    /// The ranges, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Range<usize>> {
        let all = [&self.before, &self.after, &self.goes_on];
        all.into_iter().filter(|range| !range.is_empty())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl Found {
    /// Whether a claim is conveyed, and not only a stance or a hint of one.
    pub fn conveys(&self) -> bool {
        // "criticism from residents": what a noun mentions may go without saying.
        let something = self.source.is_none()
            || self.manner == Manner::Noun
            || self.goes_on
            || !self.content.is_empty();
        something && self.manner != Manner::Stance && self.strength >= FAINT
    }
}

/// One sentence of a block, to be searched.
pub struct Sentence<'a> {
    /// The block.
    pub view: View<'a>,
    /// Its quotations.
    pub quotes: &'a [Quote],
    /// The sentence's number in the block.
    pub number: usize,
    /// Its tokens.
    pub range: Range<usize>,
    /// Those among which the cues are, in order.
    pub waking: &'a [usize],
}

/// Room for the matches of one sentence, used again for the next; empty in between.
#[derive(Default)]
pub struct Cited {
    agentless: Vec<Match>,
    cited: Vec<Match>,
    faint: Vec<Match>,
}

impl Sentence<'_> {
    /// Finds the sentence's attributions; `room` is left empty.
    pub fn attributions(&self, room: &mut Cited, out: &mut Vec<Found>) {
        let sentence = View {
            text: self.view.text,
            tokens: &self.view.tokens[self.range.clone()],
        };
        let Cited {
            agentless,
            cited,
            faint,
        } = room;
        for at in self.waking.iter().map(|at| at - self.range.start) {
            let token = &sentence.tokens[at];
            let Some(awake) = rules::ATTRIBUTION.awake(sentence, at) else {
                continue;
            };
            // Who speaks within a quotation, or owns a claim that is only mentioned, doesn't go on speaking.
            let same = cited
                .iter()
                .rev()
                .find(|m| {
                    sentence.tokens[m.start].quoted == token.quoted
                        && Manner::of(m.rule) != Manner::Noun
                })
                .and_then(|m| m.source.map(|s| (s, m.end)));
            let mut matches = awake.matches(sentence, at, same);
            let mut taken = false;
            // The first rule speaks; that nobody does is told beside it.
            while let Some(m) = matches.next(|rule| !taken || Manner::of(rule) == Manner::Agentless)
            {
                let manner = Manner::of(m.rule);
                if manner == Manner::Agentless {
                    agentless.push(m);
                } else if m.strength() < FAINT || manner == Manner::Stance && m.doubt > 0.0 {
                    // Nor is a stance taken that somebody would or must take.
                    taken = true;
                    faint.push(m);
                } else if cited
                    .last()
                    .is_none_or(|c| apart(c, &m) || within_source(c, &m))
                {
                    taken = true;
                    cited.push(m);
                }
            }
        }
        // What is only a stance gives way to whoever speaks around it.
        faint.retain(|f| {
            !cited
                .iter()
                .any(|c| f.start < extent(c).end && extent(c).start < f.end)
        });
        cited.append(faint);
        // "has been called a fraud by two clerks": who says it stands after the cue.
        agentless.retain(|a| {
            !cited.iter().any(|c| {
                let after = c.source.is_some_and(|s| s.start >= c.end);
                after && c.start < a.end && a.start < c.end
            })
        });
        // The longest of overlapping agentless rules speaks, and nobody's claim is nobody else's.
        order::sort_by_key(agentless, |m| [m.start as u32, !(m.end as u32), 0]);
        let mut end = 0;
        agentless.retain(|m| {
            let keep = m.start >= end;
            end = end.max(m.end);
            keep
        });
        cited.retain(|c| !agentless.iter().any(|a| a.start < c.end && c.start < a.end));
        let all = cited;
        all.append(agentless);
        order::sort_by_key(all, |m| [m.start as u32, 0, 0]);
        out.extend(all.iter().map(|m| self.found(m, all)));
        all.clear();
    }

    /// The attribution of a match; `all` are those of the sentence.
    fn found(&self, m: &Match, all: &[Match]) -> Found {
        let base = self.range.start;
        let manner = Manner::of(m.rule);
        let mut content = Content::default();
        if let Some(end) = m.before {
            let earlier = all.iter().any(|o| o.start < m.start);
            content.before = self.content_before(m, end + base, earlier);
        }
        let after = if manner == Manner::Agentless {
            Some(m.end)
        } else {
            m.after
        };
        let mut goes_on = false;
        if let Some(start) = after {
            let range = self.content_after(start + base, m, all);
            goes_on = range.is_empty()
                && self.range.end == self.view.tokens.len()
                && self.view.any(self.range.end - 1, lex::MARK_COLON);
            content.after = range;
        }
        let shift = |p: Phrase| Phrase {
            start: p.start + base,
            head: p.head + base,
            end: p.end + base,
        };
        Found {
            sentence: self.number,
            cue: m.start + base..m.end + base,
            source: m.source.map(shift),
            content,
            manner,
            strength: m.strength(),
            rule: m.rule.id,
            relay: m.listener.map(shift).map(|l| l.start..l.end),
            quoted: self.view.tokens[m.start + base].quoted,
            goes_on,
        }
    }

    /// What stands before source and cue, up to token `end`: from the sentence's start, or from that
    /// of the quotation that ends there. `earlier`: somebody is cited before in the sentence.
    fn content_before(&self, m: &Match, end: usize, earlier: bool) -> Range<usize> {
        let mut first = self.range.start;
        // Who speaks inside a quotation began where it did.
        if self.view.tokens[m.start + self.range.start].quoted {
            let outside = (first..end).rev().find(|i| !self.view.tokens[*i].quoted);
            first = outside.map_or(first, |o| o + 1);
        }
        let range = trim(self.view, first..end);
        let quote = last_quote(self.quotes, end)
            .filter(|q| q.end + 2 >= end && !self.view.tokens[m.start + self.range.start].quoted);
        let Some(quote) = quote else {
            return range;
        };
        // A quotation that began in an earlier sentence is all the speaker's.
        let opens = quote.start.saturating_sub(1);
        let start = if opens < range.start || range.is_empty() || earlier {
            opens
        } else {
            range.start
        };
        start..range.end.max(quote.end)
    }

    /// What stands after, from token `start`: to the sentence's end, to the quotation's, or to where
    /// somebody else (or the same one anew) is cited.
    fn content_after(&self, start: usize, m: &Match, all: &[Match]) -> Range<usize> {
        let view = self.view;
        let mut end = self.range.end;
        // Who speaks inside a quotation is done where it ends.
        if view.tokens[m.start + self.range.start].quoted {
            end = (start..end)
                .find(|i| !view.tokens[*i].quoted)
                .unwrap_or(end);
        }
        if let Some(next) = (start..end).find(|i| view.any(*i, lex::MARK_SEMICOLON)) {
            end = next;
        }
        // Whoever is only said to want something says nothing that would end what another says.
        let others = all.iter().filter(|o| o.start > m.start);
        let claim = m.strength() >= FAINT && Manner::of(m.rule) != Manner::Stance;
        let others = others.filter(|o| !claim || o.strength() >= FAINT);
        for other in others {
            let first = other
                .source
                .map_or(other.start, |s| s.start.min(other.start));
            // A participle or a second verb has its source before.
            let first = if first < m.end { other.start } else { first } + self.range.start;
            if first <= start || first >= end {
                continue;
            }
            if within_source(m, other) {
                end = first;
                continue;
            }
            let joint = first - 1;
            let parted = view.any(joint, lex::MARK_COMMA | lex::MARK_DASH)
                || view.is(joint, &["and", "but", "though", "although", "while"]);
            if parted {
                end = joint;
            }
        }
        // "but" turns from what was said to what is so.
        if let Some(but) = (start + 1..end).find(|i| {
            view.is(*i, &["but"])
                && view.any(i - 1, lex::MARK_COMMA | lex::QUOTE)
                && !view.tokens[*i].quoted
        }) {
            end = but;
        }
        trim(view, start..end)
    }
}

/// Quotations that stand alone in a sentence go on with what was said beside them: "…," she said. "…"
/// The content of each attribution takes in the wholly quoted sentences after it.
pub fn carry_over(view: View, sentences: &[Range<usize>], found: &mut [Found]) {
    // Whoever is cited next outside quotations ends it.
    let mut next = vec![sentences.len(); found.len()];
    for at in (0..found.len().saturating_sub(1)).rev() {
        let after = &found[at + 1];
        next[at] = if after.quoted {
            next[at + 1]
        } else {
            after.sentence
        };
    }
    for (f, stop) in found.iter_mut().zip(next) {
        let quotes = f
            .content
            .iter()
            .any(|c| (c.start..c.end).any(|i| view.any(i, lex::QUOTE)));
        if stop == f.sentence || f.quoted || f.source.is_none() || !quotes {
            continue;
        }
        let whole = |r: &&Range<usize>| {
            (*r).clone()
                .all(|i| view.tokens[i].quoted || view.any(i, lex::QUOTE))
        };
        let after = sentences[f.sentence + 1..stop.max(f.sentence + 1)]
            .iter()
            .take_while(whole);
        if let Some(end) = after.last().map(|r| r.end) {
            f.content.goes_on = sentences[f.sentence].end..end;
        }
    }
}

/// Tokens from the source to the cue.
fn extent(m: &Match) -> Range<usize> {
    let source = m.source.filter(|_| !m.apart);
    let source = source.map_or(m.start..m.end, |s| s.start..s.end);
    m.start.min(source.start)..m.end.max(source.end)
}

/// Whether `later` begins after the cue `earlier`, and that cue is no part of its source.
fn apart(earlier: &Match, later: &Match) -> bool {
    let within = later
        .source
        .is_some_and(|s| s.start < earlier.end && earlier.start < s.end);
    earlier.end <= later.start && !within
}

/// Whether all of `earlier` belongs to the source of `later`: "a man who said so told police".
fn within_source(earlier: &Match, later: &Match) -> bool {
    later
        .source
        .is_some_and(|s| !later.apart && s.start <= extent(earlier).start && earlier.end < s.end)
}

/// The last quotation that ends at or before token `at`.
fn last_quote(quotes: &[Quote], at: usize) -> Option<&Quote> {
    quotes[..quotes.partition_point(|q| q.end <= at)].last()
}

/// Content without the marks around it and the words that only introduce it.
fn trim(view: View, mut r: Range<usize>) -> Range<usize> {
    let introduces = |at: usize| {
        view.any(at, lex::PUNCT) && !view.any(at, lex::QUOTE | lex::MARK_INNER)
            || view.is(at, &["that", "but", "and"])
    };
    while r.start < r.end && introduces(r.start) {
        r.start += 1;
    }
    while r.start < r.end && view.any(r.end - 1, lex::MARK_COMMA | lex::MARK_STOP | lex::MARK_DASH)
    {
        r.end -= 1;
    }
    r
}
