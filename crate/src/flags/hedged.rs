//! Claims whose speaker does not fully commit.

use super::{Context, base};
use crate::lexicon as lex;
use crate::model::{Category, Flag, Kind};
use crate::rules::Match;

pub fn flags(context: &Context) -> Vec<Flag> {
    let view = context.view;
    let mut found: Vec<(usize, Kind, Match, f32)> = Vec::new();
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
        // "would" in the consequence of a claim put in doubt presents that claim's consequences as open.
        if m.rule.id == "hedge-would" && conditioned(context, *sentence) {
            strength = 0.75;
        }
        if *kind == Kind::Modal && question(context, range.end) {
            strength -= 0.2;
        }
        found.push((*sentence, *kind, *m, strength));
    }
    // Two hedges side by side are one flag: the stronger one's.
    found.sort_by_key(|f| (f.2.start, f.2.end));
    let mut merged: Vec<(usize, Kind, Match, f32)> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some(last)
                if last.0 == next.0
                    && next.2.start <= last.2.end
                    && next.1 != Kind::Approximation
                    && last.1 != Kind::Approximation =>
            {
                // Of two rules for the same words the earlier in the file speaks.
                let same = (next.2.start, next.2.end) == (last.2.start, last.2.end);
                let better = if same {
                    next.2.order < last.2.order
                } else {
                    next.3 > last.3
                };
                if better {
                    *last = next;
                }
            }
            _ => merged.push(next),
        }
    }
    merged
        .into_iter()
        .map(|(sentence, kind, m, strength)| {
            let mut flag = base(
                context,
                kind,
                sentence,
                m.start..m.end,
                m.start..m.end,
                m.rule.id,
                strength.clamp(0.05, 0.99),
            );
            let end = view.clause_end(m.end, context.parsed.sentences[sentence].end);
            if end > m.end {
                flag.claim = Some(context.span(m.end..end));
            }
            flag.voice = context.voice(sentence, m.start);
            flag.why = match kind {
                Kind::Modal => "A modal verb leaves open whether this is so.",
                Kind::Likelihood => "A degree of probability is given, not a fact.",
                Kind::Appearance => "It says how something seems, not how it is.",
                Kind::Hearsay => "A marker of second-hand knowledge, without whose it is.",
                Kind::Condition => "The claim holds only if something else does.",
                _ => "A quantity is blurred.",
            }
            .to_owned();
            flag
        })
        .collect()
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
