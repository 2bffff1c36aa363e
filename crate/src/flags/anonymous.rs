//! Attributions whose source the page never identifies.

use super::{Context, base};
use crate::attribution::{FAINT, Found, Manner};
use crate::lexicon as lex;
use crate::model::{Flag, Kind, Voice};

/// Tokens between source and cue that still count as touching.
const NEAR: usize = 3;
/// Longest anchor in tokens; longer ones are the source or its core alone.
const LONGEST: usize = 16;

pub fn flags(context: &Context, out: &mut Vec<Flag>) {
    for (found, resolved) in context.parsed.found.iter().zip(context.resolved) {
        let faint = found.source.is_some() && found.strength < FAINT;
        let Some(source) = resolved.source.filter(|_| resolved.anonymous && !faint) else {
            continue;
        };
        let view = context.view;
        let (kind, anchor, words) = match found.source {
            None => (Kind::Agentless, found.cue.clone(), None),
            Some(phrase) => {
                let h = &view.tokens[phrase.head];
                let kind = if h.any(lex::DOCUMENT) && !h.any(lex::PERSON) {
                    Kind::Document
                } else if resolved_plural(context, phrase.head, phrase.start) {
                    Kind::Group
                } else {
                    Kind::Person
                };
                let whole = phrase.start.min(found.cue.start)..phrase.end.max(found.cue.end);
                let apart = if found.cue.start >= phrase.end {
                    found.cue.start - phrase.end
                } else {
                    phrase.start.saturating_sub(found.cue.end)
                };
                let anchor = if apart <= NEAR && whole.len() <= LONGEST {
                    whole
                } else {
                    let end = phrase.end.min(phrase.start + LONGEST);
                    // What is told of them beside their description, where not all has room.
                    let aside = (phrase.head + 1..end).find(|i| {
                        end < phrase.end && view.any(*i, lex::MARK_COMMA | lex::FUNCTION_REL)
                    });
                    trim(context, phrase.start..aside.unwrap_or(end))
                };
                (
                    kind,
                    anchor,
                    Some(context.span(trim(context, phrase.start..phrase.end))),
                )
            }
        };
        // A quotation that merely contains an attribution of its own speaks for its speaker.
        let vague = lex::PERSON_VAGUE | lex::FUNCTION_PRON | lex::FUNCTION_SOME;
        let second_hand = found.quoted && found.source.is_some_and(|p| !view.any(p.head, vague));
        let strength = if second_hand {
            resolved.strength.min(0.5) - 0.02
        } else {
            resolved.strength
        };
        // "… is thought to help, according to the institute": the sentence does say who.
        let told = found.source.is_none() && sourced(context, found);
        let strength = if told { strength * 0.6 } else { strength };
        let mut flag = base(
            context,
            kind,
            found.sentence,
            anchor,
            found.cue.clone(),
            found.rule,
            strength,
        );
        flag.source = Some((source, words));
        flag.claim = found.content.iter().next().map(|c| context.span(c.clone()));
        flag.voice = match context.voice(found.sentence, found.cue.start) {
            Voice::Source(s) if s != source => Voice::Source(s),
            _ => Voice::Author,
        };
        flag.details = resolved.details.clone();
        out.push(flag);
    }
}

/// Whether an "according to …" of the sentence has this cue in its content.
fn sourced(context: &Context, found: &Found) -> bool {
    context
        .found_in(found.sentence, found.sentence)
        .filter(|(other, _)| other.manner == Manner::According)
        .any(|(other, _)| other.content.iter().any(|c| c.contains(&found.cue.start)))
}

fn trim(context: &Context, mut range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    while range.len() > 1 && context.view.any(range.end - 1, lex::PUNCT) {
        range.end -= 1;
    }
    range
}

fn resolved_plural(context: &Context, head: usize, start: usize) -> bool {
    let view = context.view;
    let h = &view.tokens[head];
    if h.any(lex::FUNCTION) {
        return !view.is(
            head,
            &["he", "she", "him", "her", "who", "another", "one", "his"],
        );
    }
    // "a group of growers"
    if h.any(lex::COLLECTIVE_MANY) {
        return true;
    }
    // "a number of officials", "a few aides"
    let counted = lex::QUANTITY | lex::FUNCTION_QUANT | lex::FUNCTION_NUM | lex::NUM;
    let several = h.any(lex::PLURAL) && (start + 1..head).any(|i| view.any(i, counted));
    let one = view.any(start, lex::FUNCTION_INDEF) || view.is(start, &["one", "another"]);
    if one && !several {
        return false;
    }
    // "63 percent said"
    h.any(lex::PLURAL | lex::DEMONYM | lex::NUM | lex::UNITS)
}
