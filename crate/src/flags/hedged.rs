//! Claims whose speaker does not fully commit.

use std::ops::Range;

use super::{Context, base};
use crate::attribution::FAINT;
use crate::block::Spot;
use crate::lexicon as lex;
use crate::model::{Category, Flag, Kind};
use crate::order;

pub fn flags(context: &Context, out: &mut Vec<Flag>) {
    let view = context.view;
    let mut found: Vec<(usize, Kind, Spot, f32)> = Vec::new();
    for (sentence, kind, m) in &context.parsed.matches {
        if kind.category() != Category::Hedged {
            continue;
        }
        let range = &context.parsed.sentences[*sentence];
        // A word that is itself in quotation marks is spoken of, not used.
        let around = (m.start.checked_sub(1), m.end);
        if around.0.is_some_and(|b| view.any(b, lex::QUOTE)) && view.any(around.1, lex::QUOTE) {
            continue;
        }
        let mut strength = m.rule.strength;
        // A person who suggests or indicates something speaks; that is no hedge.
        if *kind == Kind::Appearance && view.any(m.start, lex::SPEECH) {
            let speaker = view.subject_before(m.start, range.start).is_some_and(|s| {
                let h = &view.tokens[s.head];
                h.any(lex::PERSON | lex::DEMONYM)
                    || view.is(s.head, &["he", "she", "they", "we", "i"])
                    || h.any(lex::CAP) && h.any(lex::UNKNOWN)
            });
            if speaker {
                continue;
            }
        }
        // A faint modal ("would") beside a condition presents what follows from the condition as open.
        if *kind == Kind::Modal && strength < FAINT && conditioned(context, *sentence) {
            strength = 0.75;
        }
        if *kind == Kind::Modal && question(context, range.end) {
            strength -= 0.2;
        }
        found.push((*sentence, *kind, *m, strength));
    }
    // Two hedges side by side are one flag: the stronger one's.
    order::sort_by_key(&mut found, |f| [f.2.start as u32, f.2.end as u32, 0]);
    let mut merged: Vec<(usize, Kind, Spot, f32)> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some(last)
                if last.0 == next.0
                    && next.2.start <= last.2.end
                    && next.1 != Kind::Approximation
                    && last.1 != Kind::Approximation =>
            {
                if next.3 > last.3 {
                    *last = next;
                }
            }
            _ => merged.push(next),
        }
    }
    out.extend(merged.into_iter().map(|(sentence, kind, m, strength)| {
        let mut flag = base(
            context,
            kind,
            sentence,
            m.start..m.end,
            m.start..m.end,
            m.rule.id,
            strength.clamp(0.05, 0.99),
        );
        let scope = scope(context, kind, &m, &context.parsed.sentences[sentence]);
        flag.claim = scope.map(|scope| context.span(scope));
        flag.voice = context.voice(sentence, m.start);
        flag
    }));
}

/// What is hedged: the rest of the clause, as BioScope has it; with a condition, the clause that hangs on
/// it, after it or before it.
fn scope(context: &Context, kind: Kind, m: &Spot, sentence: &Range<usize>) -> Option<Range<usize>> {
    let view = context.view;
    let comma = |at: usize| view.any(at, lex::MARK_COMMA);
    let after = m.end + usize::from(kind == Kind::Condition && comma(m.end));
    let end = view.clause_end(after, sentence.end);
    if end > after {
        return Some(after..end);
    }
    let before = m.start - usize::from(m.start > sentence.start && comma(m.start - 1));
    (kind == Kind::Condition && before > sentence.start).then_some(sentence.start..before)
}

fn conditioned(context: &Context, sentence: usize) -> bool {
    context
        .matches_in(sentence)
        .iter()
        .any(|(_, kind, _)| *kind == Kind::Condition)
}

fn question(context: &Context, end: usize) -> bool {
    (end.saturating_sub(2)..end).any(|i| context.view.any(i, lex::MARK_QUESTION))
}
