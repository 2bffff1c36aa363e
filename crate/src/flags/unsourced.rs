//! Assertions in the author's own voice that a careful reader would want a source for, with none in
//! reach: no attribution, link, citation or named document in the sentence.

use std::ops::Range;

use super::{Context, base};
use crate::attribution::{FAINT, Found};
use crate::block::Spot;
use crate::lexicon as lex;
use crate::model::{Category, Flag, Kind};
use crate::order;
use crate::phrases::{Phrase, View};
use crate::sources::Resolved;

/// A match that is the article's own assertion.
struct Assertion<'a> {
    sentence: usize,
    kind: Kind,
    m: &'a Spot,
    anchor: Range<usize>,
    /// The clause it stands in.
    clause: Range<usize>,
    strength: f32,
}

pub fn flags(context: &Context, out: &mut Vec<Flag>) {
    let mut found: Vec<Assertion> = Vec::new();
    for (sentence, kind, m) in &context.parsed.matches {
        if kind.category() != Category::Unsourced {
            continue;
        }
        let range = context.parsed.sentences[*sentence].clone();
        // What is soon seen is asked first; the rest looks the sentence through.
        if !own_voice(context, *kind, *sentence, &range, m) {
            continue;
        }
        let clause = clause(context.view, &range, m.start);
        if !asserted(context, *kind, &range, &clause, m) {
            continue;
        }
        let accounted =
            *kind == Kind::Statistic && (counted(context.view) || recorded(context, *sentence));
        let weaker = accounted || carried(context, *sentence);
        found.push(Assertion {
            sentence: *sentence,
            kind: *kind,
            m,
            anchor: widen(context, *kind, m, &range),
            clause,
            strength: m.rule.strength - if weaker { 0.25 } else { 0.0 },
        });
    }
    // One flag a clause, the strongest kind in the table's order; a consensus cue stands beside it.
    order::sort_by_key(&mut found, |a| {
        let kind = Kind::ALL.iter().position(|kind| *kind == a.kind);
        let rank = u32::from(a.strength < 0.5) << 8 | kind.unwrap_or(0) as u32;
        // Floats of one sign compare as their bits do.
        [a.clause.start as u32, rank, !a.strength.max(0.0).to_bits()]
    });
    let mut kept: Vec<Assertion> = Vec::new();
    for next in found {
        let consensus = next.kind == Kind::Consensus;
        let taken = kept.iter().rev().take(8).any(|k| {
            // One figure a sentence is enough to ask where they all come from.
            let counted = next.kind == Kind::Statistic
                && k.kind == Kind::Statistic
                && k.sentence == next.sentence;
            counted
                || k.clause.start == next.clause.start && (k.kind == Kind::Consensus) == consensus
                || k.anchor.start < next.anchor.end && next.anchor.start < k.anchor.end
        });
        if !taken {
            kept.push(next);
        }
    }
    out.extend(kept.into_iter().map(|a| {
        let cue = a.m.start..a.m.end;
        let (rule, strength) = (a.m.rule.id, a.strength);
        let mut flag = base(context, a.kind, a.sentence, a.anchor, cue, rule, strength);
        flag.claim = Some(context.span(a.clause));
        flag
    }));
}

/// The most tokens of a label that ends in a full stop.
const LABEL: usize = 8;

/// Whether the match is in the article's own voice, with no attribution in reach and no hedge.
fn own_voice(
    context: &Context,
    kind: Kind,
    sentence: usize,
    range: &Range<usize>,
    m: &Spot,
) -> bool {
    let view = context.view;
    if context.quotation || (m.start..m.end).any(|i| view.tokens[i].quoted) {
        return false;
    }
    if context
        .found_in(sentence, sentence)
        .any(|(found, resolved)| sourced(view, kind, range, m, found, resolved))
    {
        return false;
    }
    // A hedge right before takes the assertion back, and so does a doubt about what it hangs on.
    let hedged = context.matches_in(sentence).iter().any(|(_, k, h)| {
        // "Twice as likely" is a figure, and "could have been prevented" a judgement.
        let part = h.start >= m.start
            && (kind == Kind::Statistic || kind == Kind::Prediction && h.start == m.start);
        let before = h.end <= m.end && h.end + 3 > m.start && !part;
        k.category() == Category::Hedged
            && *k != Kind::Approximation
            && h.rule.strength >= 0.5
            && (before || *k == Kind::Condition)
    });
    !hedged || kind == Kind::Consensus
}

/// Whether the sentence asserts what the match is about, and neither a link nor a citation mark accounts
/// for it.
fn asserted(
    context: &Context,
    kind: Kind,
    range: &Range<usize>,
    clause: &Range<usize>,
    m: &Spot,
) -> bool {
    let view = context.view;
    let (anchor, around) = (context.span(m.start..m.end), context.span(clause.clone()));
    let linked = context.linked.iter().any(|l| {
        l.start < anchor.end && anchor.start < l.end
            || l.start >= around.start && l.end <= around.end + 4
    });
    if linked {
        return false;
    }
    // A label, a table's row or a list has no verb and no full stop, and asserts nothing.
    let said = view.any(range.end - 1, lex::MARK_STOP) && range.len() > LABEL
        || range.clone().any(|i| {
            view.any(i, lex::FUNCTION_FINITE | lex::FUNCTION_NEG)
                || view.any(i, lex::VERB)
                    && (view.any(i, lex::PAST | lex::THIRD | lex::ING)
                        || !view.any(i, lex::NOUN | lex::ADJECTIVES))
        });
    if !said || cited(view, range) {
        return false;
    }
    let question =
        (range.end.saturating_sub(2)..range.end).any(|i| view.any(i, lex::MARK_QUESTION));
    // "US" is a country.
    let first_person = || {
        range.clone().any(|i| {
            view.any(i, lex::FUNCTION_FIRST) && view.word(i) != "US" && !view.tokens[i].quoted
        })
    };
    // What is asked or supposed is not asserted: "whether the ban led to …".
    let supposes = |i: usize| {
        view.any(i, lex::FUNCTION_SUBORD)
            && (view.is(i, &["whether"]) || i >= clause.start && view.is(i, &["if", "unless"]))
    };
    let supposed = || (range.start..m.start).any(supposes);
    !question && (kind == Kind::Consensus || !first_person() && !supposed())
}

/// Whether an attribution in the same sentence gives the match a source.
fn sourced(
    view: View,
    kind: Kind,
    range: &Range<usize>,
    m: &Spot,
    found: &Found,
    resolved: &Resolved,
) -> bool {
    // A faint stance is the author's word for what somebody wants or feels: no source for it.
    // And nobody says what "it is clear that" introduces.
    let nobody = |s: Phrase| resolved.source.is_none() && view.is(s.head, &["it"]);
    if found
        .source
        .is_some_and(|s| found.strength < FAINT || nobody(s))
    {
        return false;
    }
    let meets = |r: &Range<usize>| r.start < m.end && m.start < r.end;
    let said = found.manner.tells() && found.source.is_some();
    // Where it is flagged for whom it is laid on, that is enough.
    let hidden = resolved.anonymous && resolved.strength >= FAINT;
    if kind != Kind::Consensus && meets(&found.cue) {
        // What somebody named feels is told by the author, not by them.
        return said || found.source.is_none() || hidden;
    }
    // An aside, what came of it (", forcing …"), and a clause joined to a stance, are the author's own.
    let apart = found.cue.end < m.start
        && view.any(m.start, lex::ING)
        && view.any(m.start - 1, lex::MARK_COMMA)
        || aside(view, range, m.start);
    let content =
        |c: &Range<usize>| meets(c) && (said || !apart && joint(view, c.start, m.start).is_none());
    if found.content.iter().any(content) {
        return true;
    }
    let Some(source) = found.source.filter(|_| kind != Kind::Consensus) else {
        return false;
    };
    if apart {
        return false;
    }
    if meets(&(source.start..source.end)) {
        return said || hidden;
    }
    // Speech gives its whole sentence a source, but for a clause that goes before, joined by "and".
    let cites = source.start.min(found.cue.start);
    said && !mention(view, found) && joint(view, m.end, cites).is_none()
}

/// Where a clause is joined to the one before, among tokens `from..to`: ", and", ", but".
fn joint(view: View, from: usize, to: usize) -> Option<usize> {
    (from + 1..to).find(|i| view.any(*i, lex::FUNCTION_COORD) && view.any(i - 1, lex::MARK_COMMA))
}

/// Whether the cue is a noun that only mentions somebody's claim: "criticism that", "criticism from".
fn mention(view: View, found: &Found) -> bool {
    found.cue.clone().all(|i| {
        view.any(
            i,
            lex::CLAIM | lex::ADJECTIVES | lex::NUM | lex::FUNCTION_PREP,
        )
    })
}

/// How far back an aside may have begun, in tokens.
const ASIDE: usize = 16;

/// Whether token `at` stands in a relative clause set off by a mark: "…, which cost 3 million".
fn aside(view: View, range: &Range<usize>, at: usize) -> bool {
    (at.saturating_sub(ASIDE).max(range.start + 2)..at).any(|i| {
        view.is(i, &["which", "who", "whose", "where"])
            && view.any(i - 1, lex::MARK_COMMA | lex::MARK_DASH)
    })
}

/// Whether the source of the sentence before seems to go on speaking: "He …", "The report …".
fn carried(context: &Context, sentence: usize) -> bool {
    let (view, at) = (context.view, context.parsed.sentences[sentence].start);
    let goes_on = view.any(at, lex::FUNCTION_PERSON | lex::FUNCTION_THEY)
        || view.any(at, lex::FUNCTION_DEF) && (at + 1..at + 4).any(|i| view.any(i, lex::DOCUMENT));
    let Some(before) = sentence.checked_sub(1).filter(|_| goes_on) else {
        return false;
    };
    context
        .found_in(before, before)
        .any(|(found, _)| found.source.is_some() && found.strength >= FAINT && found.manner.tells())
}

/// Whether the sentence carries citation marks in plain text: "[12]".
fn cited(view: View, range: &Range<usize>) -> bool {
    (range.start..(range.end + 3).min(view.tokens.len()))
        .any(|i| view.any(i + 1, lex::NUM) && view.is(i, &["["]) && view.is(i + 2, &["]"]))
}

/// Whether the paragraph is about a count that it names: a poll, a vote. All its figures come from there.
fn counted(view: View) -> bool {
    (0..view.tokens.len()).any(|i| view.any(i, lex::COUNTED))
}

/// Whether the sentence or the one before cites a record: its figures may come from there.
fn recorded(context: &Context, sentence: usize) -> bool {
    context
        .found_in(sentence.saturating_sub(1), sentence)
        .filter_map(|(found, _)| found.source)
        .any(|s| (s.start..s.end).any(|i| context.view.any(i, lex::DOCUMENT)))
}

/// The clause around token `at`: between marks that part clauses.
fn clause(view: View, range: &Range<usize>, at: usize) -> Range<usize> {
    let ends = |i: &usize| view.tokens[*i].ends_clause();
    let start = (range.start..at)
        .rev()
        .find(ends)
        .map_or(range.start, |i| i + 1);
    let end = (at..range.end).find(ends).unwrap_or(range.end);
    start..end.max(start + 1)
}

/// The fewest words that carry the claim: the predicate with its auxiliaries and its object.
fn widen(context: &Context, kind: Kind, m: &Spot, range: &Range<usize>) -> Range<usize> {
    let view = context.view;
    let (mut start, mut end) = (m.start, m.end);
    if matches!(kind, Kind::Consensus | Kind::Statistic) {
        return start..end;
    }
    while start > range.start
        && start + 3 > m.start
        && view.any(start - 1, lex::FUNCTION_AUX | lex::FUNCTION_NEG)
    {
        start -= 1;
    }
    if matches!(
        kind,
        Kind::Accusation | Kind::Motive | Kind::Cause | Kind::Prediction | Kind::Superlative
    ) {
        if view.any(end, lex::VERB) && view.any(end, lex::BASE) && view.is(end - 1, &["to"]) {
            end += 1;
        }
        if let Some(p) = view
            .noun_phrase(end, range.end.min(end + 6))
            .or_else(|| view.noun_phrase(end - 1, range.end.min(end + 5)))
        {
            end = end.max(p.end);
        }
    }
    start..end
}
