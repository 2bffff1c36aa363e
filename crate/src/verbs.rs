//! Verb groups: the cue verb with its auxiliaries and the verbs that govern it.

use crate::lexicon as lex;
use crate::phrases::{Phrase, View};

/// What stands before a verb and belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// First token of the group.
    pub start: usize,
    /// What modals and negation take off an attribution's strength.
    pub doubt: f32,
}

/// What negation takes off: enough that nothing is conveyed.
const UNSAID: f32 = 0.6;

/// Auxiliaries and adverbs before `verb`: where they begin, and the nearest auxiliary.
struct Before {
    start: usize,
    auxiliary: Option<usize>,
    negated: bool,
    doubt: f32,
}

fn before(view: View, verb: usize) -> Before {
    let mut found = Before {
        start: verb,
        auxiliary: None,
        negated: false,
        doubt: 0.0,
    };
    while let Some(at) = found.start.checked_sub(1) {
        let t = &view.tokens[at];
        let auxiliary =
            t.any(lex::FUNCTION_AUX) || t.any(lex::FUNCTION_CLITIC) && !t.any(lex::FUNCTION_NEG);
        // "have both argued"
        let floats = view.any(at.wrapping_sub(1), lex::FUNCTION_AUX)
            && view.is(at, &["both", "all", "each"]);
        if t.any(lex::PUNCT) || !auxiliary && !floats && !view.skippable(at) || view.is_month(at) {
            break;
        }
        found.negated |= t.any(lex::FUNCTION_NEG);
        if t.any(lex::FUNCTION_MODAL) {
            found.doubt += 0.4;
        }
        if auxiliary && found.auxiliary.is_none() {
            found.auxiliary = Some(at);
        }
        found.start = at;
    }
    found
}

/// The active group that ends with the verb at `verb`. `None` for passives, for participles and
/// infinitives that nothing governs, for denied speech, and where the word is a noun.
pub fn active(view: View, verb: usize) -> Option<Group> {
    let token = view.tokens.get(verb)?;
    if is_noun(view, verb) {
        return None;
    }
    let found = before(view, verb);
    let mut group = Group {
        start: found.start,
        doubt: found.doubt,
    };
    // "did not say": who says nothing conveys no claim; who doubts ("doesn't think that") does.
    if found.negated && !token.any(lex::SPEECH_THINK) {
        group.doubt += UNSAID;
    }
    let governor = found.start.checked_sub(1);
    if let Some(to) = governor.filter(|g| token.any(lex::BASE) && view.any(*g, lex::FUNCTION_TO)) {
        let outer = governing(view, to)?;
        group.start = outer.start;
        group.doubt += outer.doubt;
        return Some(group);
    }
    if found.auxiliary.is_none() && token.any(lex::ING) {
        let outer = governing(view, verb)?;
        return Some(outer);
    }
    let Some(auxiliary) = found.auxiliary else {
        return token
            .any(lex::PAST | lex::THIRD | lex::BASE)
            .then_some(group);
    };
    let aux = &view.tokens[auxiliary];
    let clitic = view.is(auxiliary, &["'s", "’s"]);
    let be = aux.any(lex::FUNCTION_BE) || clitic;
    let have = aux.any(lex::FUNCTION_HAVE) || clitic || view.is(auxiliary, &["'d", "’d"]);
    let finite = token.any(lex::ING) && be
        || token.any(lex::PARTICIPLE) && have && (!be || clitic)
        || token.any(lex::BASE) && !be && !aux.any(lex::FUNCTION_HAVE);
    finite.then_some(group)
}

/// The group of a verb that governs an infinitive or a participle ("continued to", "went on to",
/// "began by"): `end` is the word after it.
fn governing(view: View, end: usize) -> Option<Group> {
    let mut verb = end.checked_sub(1)?;
    // "went on to say", "began by saying"
    while view.is(verb, &["on", "by", "with", "out", "ahead"]) {
        verb = verb.checked_sub(1)?;
    }
    if !view.any(verb, lex::CATENATIVE) {
        return None;
    }
    let found = before(view, verb);
    let token = &view.tokens[verb];
    if found.negated || view.any(verb, lex::CATENATIVE_NEGATIVE) {
        return None;
    }
    let finite = token.any(lex::PAST | lex::THIRD | lex::BASE) || found.auxiliary.is_some();
    finite.then_some(Group {
        start: found.start,
        doubt: found.doubt
            + if view.any(verb, lex::CATENATIVE_UNREAL) {
                0.4
            } else {
                0.0
            },
    })
}

/// The passive group that ends with the participle at `verb`: a form of "be" or "get" before it.
pub fn passive(view: View, verb: usize) -> Option<Group> {
    let found = before(view, verb);
    let auxiliary = found.auxiliary?;
    let be = view.any(auxiliary, lex::FUNCTION_BE)
        || view.is(auxiliary, &["'s", "’s", "get", "got", "gets"]);
    (be && !found.negated && view.any(verb, lex::PARTICIPLE)).then_some(Group {
        start: found.start,
        doubt: found.doubt,
    })
}

/// The group of "be" or "feel" that ends before the adjective at `adjective`.
pub fn copular(view: View, adjective: usize) -> Option<Group> {
    let found = before(view, adjective);
    let feel = found
        .start
        .checked_sub(1)
        .filter(|f| found.auxiliary.is_none() && view.is(*f, &["feel", "feels", "felt"]));
    let start = match (found.auxiliary, feel) {
        (Some(auxiliary), _)
            if view.any(auxiliary, lex::FUNCTION_BE) || view.is(auxiliary, &["'s", "’s"]) =>
        {
            found.start
        }
        (None, Some(feel)) => before(view, feel).start,
        _ => return None,
    };
    Some(Group {
        start,
        doubt: found.doubt,
    })
}

/// Whether a word that may be a cue verb is a noun at `at`.
fn is_noun(view: View, at: usize) -> bool {
    let token = &view.tokens[at];
    let begins = at == 0;
    // "in an emailed statement"
    let article = lex::FUNCTION_INDEF | lex::FUNCTION_DEF;
    if !begins && view.any(at - 1, article) && view.is(at - 1, &["a", "an", "the"]) {
        return true;
    }
    // "Republican claims of bias", "reports of gunfire".
    let after_plural = !begins
        && view.any(at - 1, lex::PLURAL | lex::FUNCTION_PRON)
        && token.any(lex::BASE | lex::PAST);
    if token.any(lex::NOUN)
        && !after_plural
        && view.is(at + 1, &["of", "about", "over", "from", "by", "against"])
    {
        return true;
    }
    // "Zero Hedge asked": a name may end in a word that can be a verb.
    let named = !begins
        && token.any(lex::CAP)
        && view.any(at - 1, lex::CAP)
        && view.tokens.get(at + 1).is_some_and(|n| {
            !n.any(lex::CAP) && n.any(lex::SPEECH) && n.any(lex::PAST | lex::THIRD)
        });
    if named {
        return true;
    }
    if begins || token.any(lex::PAST | lex::PARTICIPLE) {
        return false;
    }
    // "with little say", "another name": after an adjective or determiner.
    let before = &view.tokens[at - 1];
    let modifier =
        before.any(lex::ADJECTIVES) && !before.any(lex::NOUN | lex::ADVERBS | lex::FUNCTION);
    let determiner = before.any(lex::FUNCTION_DET | lex::FUNCTION_POSS)
        && !before.any(lex::FUNCTION_SOME | lex::FUNCTION_PRON);
    // "several judges", "many hedge funds"
    let counted = before.any(lex::FUNCTION_SOME | lex::FUNCTION_NUM | lex::NUM)
        && token.any(lex::NOUN)
        && (token.any(lex::PLURAL) || view.any(at + 1, lex::NOUN) && !view.any(at + 1, lex::CAP));
    // "a Palestinian state": a plural verb form right after a singular.
    let singular = token.any(lex::BASE)
        && before.any(lex::SINGULAR)
        && !before.any(lex::PLURAL | lex::FUNCTION | lex::ADVERBS);
    modifier
        || counted
        || singular && token.any(lex::NOUN)
        || determiner && token.any(lex::NOUN | lex::DOCUMENT)
}

/// Whether a present-tense verb without auxiliary agrees with its subject in number: "states" in
/// "voters in other states" is no verb. `group`: where the verb group begins.
pub fn agrees(view: View, at: usize, subject: &Phrase, group: usize) -> bool {
    let (t, h) = (&view.tokens[at], &view.tokens[subject.head]);
    let auxiliary = (group..at).any(|i| view.any(i, lex::FUNCTION_AUX | lex::FUNCTION_CLITIC));
    // "an alias": one, whatever it ends in.
    let one = view.is(subject.start, &["a", "an"]) && subject.end == subject.start + 2;
    if one && !auxiliary && t.any(lex::BASE) && !t.any(lex::PAST) {
        return false;
    }
    // "5 percent prefer"
    let counted = h.any(lex::UNITS | lex::NUM) && t.any(lex::BASE);
    // "a review of records indicate": the plural beside the verb draws it.
    let attracted = h.any(lex::DOCUMENT) && view.any(subject.end.wrapping_sub(1), lex::PLURAL);
    // "the Centers for Disease Control estimates": a plural in a name.
    let named = h.any(lex::CAP) && subject.end > subject.head + 1 && t.any(lex::THIRD);
    if auxiliary
        || attracted
        || counted
        || named
        || t.any(lex::PAST)
        || h.any(lex::FUNCTION | lex::COLLECTIVE)
    {
        return true;
    }
    // "the coal states", "her early tweets": what may be a plural noun is a verb after one who speaks.
    let speaks =
        lex::PERSON | lex::COLLECTIVE | lex::DOCUMENT | lex::DEMONYM | lex::CLAIM | lex::CAP;
    let complement = view.any(
        at + 1,
        lex::FUNCTION & !lex::FUNCTION_AUX & !lex::FUNCTION_COORD,
    ) && (!view.any(at + 1, lex::FUNCTION_PREP)
        || view.is(at + 1, &["that", "to"]));
    if t.all(lex::NOUN | lex::PLURAL | lex::THIRD) && !h.any(speaks) && !complement {
        return false;
    }
    let plural = h.any(lex::PLURAL);
    let singular = h.any(lex::SINGULAR) || h.any(lex::CAP) && h.any(lex::UNKNOWN);
    if t.any(lex::THIRD) && !t.any(lex::BASE) {
        return singular || !plural;
    }
    !t.any(lex::BASE)
        || plural
        || !singular
        || (subject.start..subject.end).any(|i| view.is(i, &["and"]))
}
