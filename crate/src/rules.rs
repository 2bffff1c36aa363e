//! Rules as data: patterns over words and word classes, matched around a trigger word.
//!
//! `data/rules/*.txt` says what the pattern language is. A rule is tried where its trigger (the
//! first certain word of its anchor) stands; what comes before is matched leftwards, the rest
//! rightwards. Patterns never leave the sentence, and the work is bounded by their length.

use std::sync::LazyLock;

use crate::attribution::Manner;
use crate::details::Wording;
use crate::lexicon::{self as lex, Classes, WordId};
use crate::model::{Category, Kind};
use crate::phrases::{Phrase, View};
use crate::tokens::Token;
use crate::verbs::{self, Group};

mod folded;
use folded::{Folded, Unfolded};

/// The rules as `build.rs` bakes them.
mod tables {
    use std::sync::LazyLock;

    use super::{Beside, ByClass, Folded, Grouped, Part, Side, Table, What};
    use crate::attribution::Manner;
    use crate::details::Wording;
    use crate::lexicon::*;
    use crate::model::{Category, Kind};
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
pub use tables::{ATTRIBUTION, DETAILS, FLAGS};

/// Rules and which of them each trigger wakes.
#[derive(Debug)]
pub struct Table {
    /// The rules, unfolded when the first of them may fit.
    unfolded: LazyLock<Unfolded>,
    /// The class of its trigger words.
    word: Classes,
    /// Of each trigger class set one class: where a token has none of these, none fits.
    mask: Classes,
}

/// Rules that classes wake, as baked: bits by their places among them.
#[derive(Debug)]
struct ByClass {
    /// Which rules they are, ascending.
    rules: &'static [u16],
    /// For each class, by its bit, those that it wakes.
    of_class: [u128; 128],
    /// Which of them the words beside the trigger admit.
    left: Side,
    right: Side,
    /// Those of them that need a verb group; `None` where no rule does.
    grouped: Option<Grouped>,
}

/// Rules woken by classes that need a verb group before the trigger: bits by their places.
#[derive(Debug)]
struct Grouped {
    /// Those that ask for nothing before the group.
    alone: u128,
    /// Those that need its subject before it.
    subjected: u128,
    /// Which of all what stands before the group, or before its subject, admits.
    outer: Side,
}

/// The rules that a trigger word wakes: many words wake the same ones.
#[derive(Debug)]
struct Woken {
    /// What one of them may ask for before it.
    left: &'static Beside,
    /// And after it.
    right: &'static Beside,
    /// Ascending.
    rules: &'static [u16],
}

/// What a token admits that stands on one side, of the rules that classes wake: bits by their places.
#[derive(Debug)]
struct Side {
    /// Rules that a token of each class may stand beside.
    classes: [u128; 128],
    /// The classes for which there are any.
    used: Classes,
    /// Rules that a word may stand beside, by the last six bits of its id.
    words: [u128; 64],
}

impl Side {
    #[inline(always)]
    fn admitted(&self, token: Option<&Token>) -> u128 {
        let Some(token) = token else {
            return self.classes[EDGE.trailing_zeros() as usize];
        };
        let mut rules = self.words[usize::from(token.word % 64)];
        let mut classes = token.classes & self.used;
        while classes != 0 {
            rules |= self.classes[classes.trailing_zeros() as usize];
            classes &= classes - 1;
        }
        rules
    }
}

impl Table {
    /// The rules in the order of their files.
    #[cfg(test)]
    pub fn rules(&self) -> &'static [Rule] {
        self.unfolded.rules
    }

    /// The classes of tokens at which some rule may have its trigger.
    pub fn wakes(&self) -> Classes {
        self.mask | self.word
    }

    /// The rules that token `at` of `view` wakes; `None` where that and the tokens beside it tell that
    /// none can fit.
    #[inline(always)]
    pub fn awake(&'static self, view: View, at: usize) -> Option<Awake> {
        let token = &view.tokens[at];
        let (before, after) = (view.tokens.get(at.wrapping_sub(1)), view.tokens.get(at + 1));
        let table = &*self.unfolded;
        let by_word = self.woken_by_word(table, token, before, after);
        let by_class = self.woken_by_classes(table, token, before, after);
        (!by_word.is_empty() || by_class != 0).then_some(Awake {
            table,
            by_word,
            by_class,
        })
    }

    /// The rules that the word wakes. Common words wake many, hardly ever for good.
    #[inline(always)]
    fn woken_by_word(
        &self,
        unfolded: &'static Unfolded,
        token: &Token,
        before: Option<&Token>,
        after: Option<&Token>,
    ) -> &'static [u16] {
        if !token.any(self.word) {
            return &[];
        }
        let woken = unfolded.of_word.get(usize::from(token.word));
        let woken = woken.and_then(|place| unfolded.woken.get(usize::from(*place)));
        let admits =
            |w: &&Woken| w.left.admits(Beside::of(before)) && w.right.admits(Beside::of(after));
        woken.filter(admits).map_or(&[], |woken| woken.rules)
    }

    /// The rules that the word's classes wake and those beside it admit, as bits by their places.
    #[inline(always)]
    fn woken_by_classes(
        &self,
        unfolded: &'static Unfolded,
        token: &Token,
        before: Option<&Token>,
        after: Option<&Token>,
    ) -> u128 {
        let mut classes = token.classes & self.mask;
        let mut woken = 0;
        while classes != 0 {
            woken |= unfolded.by_class.of_class[classes.trailing_zeros() as usize];
            classes &= classes - 1;
        }
        if woken != 0 {
            woken &= unfolded.by_class.left.admitted(before);
        }
        if woken != 0 {
            woken &= unfolded.by_class.right.admitted(after);
        }
        woken
    }
}

/// A part of the sentence that is found by grammar rather than listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before a verb group: its subject, which is the source.
    Subject,
    /// The same, where the subject is a record.
    Record,
    /// The same, where the subjects are people who look into things for a living.
    Experts,
    /// Before a colon at a sentence's start: a short phrase that is the source.
    Head,
    /// Before a cue verb: its auxiliaries, adverbs and the verbs that govern it; active voice.
    Group,
    /// Before a participle: a form of "be"; passive voice.
    Passive,
    /// Before an adjective: a form of "be" or "feel".
    Be,
    /// Before a noun: whose it is ("the mayor's", "their"), which is the source.
    Owner,
    /// Anywhere before: the source of the attribution before this one, or the sentence's subject.
    Same,
    /// A noun phrase with its modifiers, which is the source.
    Source,
    /// The same, where it names nobody.
    Unnamed,
    /// A noun phrase that is told.
    Listener,
    /// Adverbials of time, place and occasion, if there are any.
    Adjunct,
    /// A clause begins here; takes no token.
    Clause,
    /// The end of the sentence, a mark or a quotation stands here; takes no token.
    End,
    /// What is attributed begins (or, on the left, ends) here; takes no token.
    Content,
}

/// One element of a pattern.
#[derive(Debug)]
pub enum Element {
    /// The anchor begins here.
    Open,
    /// The anchor ends here.
    Close,
    /// Up to so many tokens, none of them punctuation that ends a clause.
    Gap(u8),
    /// A part of the sentence.
    Part(Part),
    /// One token, or (with `not`) no such token here.
    Test {
        /// Whether the token must *not* be such; takes no token.
        not: bool,
        /// Whether the token may be missing.
        optional: bool,
        /// Words that fit, ascending.
        words: &'static [WordId],
        /// Class sets that fit: all classes of the first set must be there, none of the second.
        classes: &'static [(Classes, Classes)],
        /// Whether the sentence's start fits.
        start: bool,
        /// Whether the sentence's end fits.
        end: bool,
    },
}

/// What a rule finds: the kind that its file gives it, as what the file's rules are for has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A flag.
    Kind(Kind),
    /// What looks like a flag of that category, and is none.
    Not(Category),
    /// An attribution.
    Manner(Manner),
    /// What is told of a source.
    Wording(Wording),
}

/// One rule, as baked.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the data file.
    pub id: &'static str,
    /// What it finds.
    pub what: What,
    /// Strength of what it finds.
    pub strength: f32,
    /// Index of the trigger among the elements.
    pub trigger: usize,
    /// What must stand before the trigger.
    left: &'static Beside,
    /// What must stand after it, or after adverbials.
    right: &'static Beside,
    /// Whether adverbials may stand between.
    adjunct: bool,
    /// Whether the trigger is a verb with its group before it.
    group: bool,
    /// Whether its subject must stand before the group.
    subject: bool,
    /// What must stand before the subject, or before the group where no subject is asked for.
    outer: &'static Beside,
    /// The pattern.
    pub elements: &'static [Element],
}

/// What stands beside a trigger, or what may stand there for a rule to be worth trying: nine of ten
/// are not.
#[derive(Clone, Copy, Debug)]
struct Beside {
    /// Classes, and [`EDGE`].
    classes: Classes,
    /// Words as bits by the last six bits of their ids.
    words: u64,
}

/// The sentence's edge, where no token is; no word has that class.
const EDGE: Classes = 1 << 127;

impl Beside {
    #[inline]
    fn of(token: Option<&Token>) -> Beside {
        token.map_or(
            Beside {
                classes: EDGE,
                words: 0,
            },
            |t| Beside {
                classes: t.classes,
                words: 1 << (t.word % 64),
            },
        )
    }

    #[inline(always)]
    fn admits(&self, there: Beside) -> bool {
        self.classes & there.classes != 0 || self.words & there.words != 0
    }
}

/// A rule that fits, and what it found; positions are tokens, ends exclusive.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The rule.
    pub rule: &'static Rule,
    /// First token of the anchor.
    pub start: usize,
    /// One past the last token of the anchor.
    pub end: usize,
    /// The source phrase, where the pattern asks for one.
    pub source: Option<Phrase>,
    /// Who is told.
    pub listener: Option<Phrase>,
    /// Where the content before ends.
    pub before: Option<usize>,
    /// Where the content after begins.
    pub after: Option<usize>,
    /// What modals and the like take off.
    pub doubt: f32,
    /// Whether the source is one that spoke or acted before, and stands apart.
    pub apart: bool,
}

impl Match {
    /// The rule's strength less what modals and negation take off.
    pub fn strength(&self) -> f32 {
        self.rule.strength - self.doubt
    }
}

/// The matches at one token, in the order of the rules.
pub struct Matches<'a> {
    table: &'static Unfolded,
    around: Around<'a>,
    same: Option<(Phrase, usize)>,
    /// Which rules need a verb group, as long as it was not looked for.
    grouped: Option<&'static Grouped>,
    /// Rules that the word wakes, and have not been tried.
    by_word: &'static [u16],
    /// Places in [`ByClass::rules`] of rules that its classes wake, and have not been tried, as bits.
    by_class: u128,
}

/// The rules that a token wakes. What tries them is large, and most tokens wake none.
pub struct Awake {
    table: &'static Unfolded,
    by_word: &'static [u16],
    by_class: u128,
}

impl Awake {
    /// The matches whose trigger is the token, `at` in `view`, one sentence. `same`: the source that
    /// [`Part::Same`] stands for, and where its attribution ends.
    #[inline(always)]
    pub fn matches<'a>(
        self,
        view: View<'a>,
        at: usize,
        same: Option<(Phrase, usize)>,
    ) -> Matches<'a> {
        let Awake {
            table,
            by_word,
            by_class,
        } = self;
        Matches {
            table,
            around: Around::new(view, at),
            same,
            grouped: table.by_class.grouped.as_ref(),
            by_word,
            by_class,
        }
    }
}

impl Matches<'_> {
    /// The next match; rules that are not `wanted` are passed over.
    pub fn next(&mut self, wanted: impl Fn(&Rule) -> bool) -> Option<Match> {
        if let Some(grouped) = self.grouped.take() {
            self.by_class = self.around.grouped(grouped, self.by_class);
        }
        while let Some((number, woken)) = self.number() {
            let rule = &self.table.rules[usize::from(number)];
            let around = &mut self.around;
            // What classes wake was held against most of what stands around, all rules at once.
            let may_fit = match woken {
                By::Word => around.beside(rule) && wanted(rule) && around.outside(rule),
                By::Class => wanted(rule) && around.is_trigger(rule),
            };
            if may_fit && around.after_adjuncts(rule) {
                let found = around.fit(rule, self.same);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The rule to be tried next, and what wakes it.
    #[inline(always)]
    fn number(&mut self) -> Option<(u16, By)> {
        let word = self.by_word.split_first();
        if self.by_class == 0 {
            let (first, rest) = word?;
            self.by_word = rest;
            return Some((*first, By::Word));
        }
        let class = self.table.by_class.rules[self.by_class.trailing_zeros() as usize];
        match word {
            Some((first, rest)) if *first < class => {
                self.by_word = rest;
                Some((*first, By::Word))
            }
            _ => {
                self.by_class &= self.by_class - 1;
                Some((class, By::Class))
            }
        }
    }
}

/// What wakes a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Word,
    Class,
}

/// What stands around a trigger: most rules that it wakes can be told by that not to fit.
struct Around<'a> {
    view: View<'a>,
    at: usize,
    before: Beside,
    after: Beside,
    /// What stands after adverbials.
    later: Option<Beside>,
    seen: Seen,
}

impl<'a> Around<'a> {
    #[inline(always)]
    fn new(view: View<'a>, at: usize) -> Around<'a> {
        Around {
            view,
            at,
            before: Beside::of(view.tokens.get(at.wrapping_sub(1))),
            after: Beside::of(view.tokens.get(at + 1)),
            later: None,
            seen: Seen::default(),
        }
    }

    /// Whether the words beside the trigger are what the rule asks for, as far as is seen at once.
    #[inline]
    fn beside(&self, rule: &Rule) -> bool {
        rule.left.admits(self.before) && (rule.adjunct || rule.right.admits(self.after))
    }

    /// Whether the trigger is all that the rule asks of it, and not only of the class that wakes it.
    #[inline]
    fn is_trigger(&self, rule: &Rule) -> bool {
        let trigger = rule.elements.get(rule.trigger);
        trigger.is_some_and(|trigger| test(trigger, self.view.tokens.get(self.at), false))
    }

    /// Whether the rule's verb group and subject are there, and beside them what it asks for.
    #[inline]
    fn outside(&mut self, rule: &Rule) -> bool {
        if !rule.group {
            return true;
        }
        let Some(group) = self.group() else {
            return false;
        };
        let start = if rule.subject {
            self.subject(group).map(|subject| subject.start)
        } else {
            Some(group.start)
        };
        start.is_some_and(|start| rule.outer.admits(Beside::of(self.before(start))))
    }

    /// Whether after adverbials, if the rule lets any stand after its trigger, there is what it asks for.
    #[inline]
    fn after_adjuncts(&mut self, rule: &Rule) -> bool {
        !rule.adjunct || rule.right.admits(self.after) || rule.right.admits(self.later())
    }

    /// What the rule finds, if it fits.
    #[inline(never)]
    fn fit(&mut self, rule: &'static Rule, same: Option<(Phrase, usize)>) -> Option<Match> {
        let (view, at) = (self.view, self.at);
        let (left, right) = rule.elements.split_at(rule.trigger);
        let (_, right) = right.split_first()?;
        let mut walk = Walk {
            view,
            trigger: at,
            same,
            found: Match {
                rule,
                start: at,
                end: at + 1,
                source: None,
                listener: None,
                before: None,
                after: None,
                doubt: 0.0,
                apart: false,
            },
            group: at,
            seen: &mut self.seen,
        };
        let fits = walk.right(right, at + 1) && walk.left(left, at);
        (fits && walk.found.start < walk.found.end).then_some(walk.found)
    }

    /// Those of the rules that may fit by their verb group, its subject and what stands before them.
    #[inline]
    fn grouped(&mut self, grouped: &Grouped, rules: u128) -> u128 {
        let all = grouped.alone | grouped.subjected;
        if rules & all == 0 {
            return rules;
        }
        let mut kept = !all;
        if let Some(group) = self.group() {
            if rules & grouped.alone != 0 {
                kept |= grouped.alone & grouped.outer.admitted(self.before(group.start));
            }
            if rules & grouped.subjected != 0 {
                let subject = self.subject(group);
                kept |= subject.map_or(0, |subject| {
                    grouped.subjected & grouped.outer.admitted(self.before(subject.start))
                });
            }
        }
        rules & kept
    }

    fn group(&mut self) -> Option<Group> {
        let (view, at) = (self.view, self.at);
        seen(&mut self.seen.group, at, || verbs::active(view, at))
    }

    /// The subject of the verb group.
    fn subject(&mut self, group: Group) -> Option<Phrase> {
        let view = self.view;
        let find = || view.subject_before(group.start, 0);
        seen(&mut self.seen.subject, group.start, find)
    }

    fn before(&self, at: usize) -> Option<&'a Token> {
        self.view.tokens.get(at.wrapping_sub(1))
    }

    fn later(&mut self) -> Beside {
        let (view, after) = (self.view, self.at + 1);
        let adjuncts = &mut self.seen.adjuncts;
        *self.later.get_or_insert_with(|| {
            let end = seen(adjuncts, after, || view.adjuncts(after));
            Beside::of(view.tokens.get(end))
        })
    }
}

#[inline(always)]
fn test(element: &Element, token: Option<&Token>, before: bool) -> bool {
    let Element::Test {
        words,
        classes,
        start,
        end,
        ..
    } = element
    else {
        return false;
    };
    let Some(token) = token else {
        return if before { *start } else { *end };
    };
    // They are in order: the first one that isn't less is it, or none is.
    words.iter().find(|word| **word >= token.word) == Some(&token.word)
        || classes
            .iter()
            .any(|(with, without)| token.all(*with) && !token.any(*without))
}

/// What was found at a place, for the rules that look there next: most of a cue's rules ask for the
/// same verb group, subject and clause.
#[derive(Default)]
struct Seen {
    group: Option<(usize, Option<Group>)>,
    subject: Option<(usize, Option<Phrase>)>,
    clause: Option<(usize, bool)>,
    adjuncts: Option<(usize, usize)>,
    noun: Option<(usize, Option<Phrase>)>,
}

/// Whether `elements` may begin with such a token.
fn begins(elements: Option<&Element>, token: Option<&Token>, before: bool) -> bool {
    match elements {
        Some(
            first @ Element::Test {
                not: false,
                optional: false,
                ..
            },
        ) => test(first, token, before),
        _ => true,
    }
}

/// The value kept for `at`, or a new one.
fn seen<T: Copy>(kept: &mut Option<(usize, T)>, at: usize, find: impl FnOnce() -> T) -> T {
    match kept {
        Some((place, value)) if *place == at => *value,
        _ => kept.insert((at, find())).1,
    }
}

/// One attempt to fit a rule. What it found where a way turned out wrong stays until the right way comes
/// by: that goes over all elements which noted something, and they note it anew.
struct Walk<'a> {
    view: View<'a>,
    trigger: usize,
    same: Option<(Phrase, usize)>,
    found: Match,
    /// Where the cue's verb group begins.
    group: usize,
    seen: &'a mut Seen,
}

impl Walk<'_> {
    /// Matches `elements` from token `at` rightwards.
    fn right(&mut self, mut elements: &[Element], mut at: usize) -> bool {
        let tokens = self.view.tokens;
        while let Some((first, rest)) = elements.split_first() {
            elements = rest;
            match first {
                Element::Open => {}
                Element::Close => self.found.end = at,
                Element::Gap(most) => {
                    return (at..=at + *most as usize)
                        .take_while(|i| {
                            *i == at || tokens.get(i - 1).is_some_and(|t| !t.ends_clause())
                        })
                        .filter(|i| begins(rest.first(), tokens.get(*i), false))
                        .any(|i| self.right(rest, i));
                }
                Element::Part(Part::Adjunct) => {
                    let end = seen(&mut self.seen.adjuncts, at, || self.view.adjuncts(at));
                    if end > at && self.right(rest, end) {
                        return true;
                    }
                }
                Element::Part(part) => match self.part_right(*part, at) {
                    Some(end) => at = end,
                    None => return false,
                },
                Element::Test { not, optional, .. } => {
                    let fits = test(first, tokens.get(at), false);
                    if *optional && !not {
                        if fits && self.right(rest, at + 1) {
                            return true;
                        }
                    } else if fits == *not {
                        return false;
                    } else if fits {
                        at += 1;
                    }
                }
            }
        }
        true
    }

    /// Matches `elements`, the last one first, leftwards from the token before `at`.
    fn left(&mut self, mut elements: &[Element], mut at: usize) -> bool {
        let tokens = self.view.tokens;
        while let Some((last, rest)) = elements.split_last() {
            elements = rest;
            let before = |at: usize| at.checked_sub(1).and_then(|i| tokens.get(i));
            match last {
                Element::Close => return false,
                Element::Open => self.found.start = at,
                Element::Gap(most) => {
                    return (0..=(*most as usize).min(at))
                        .take_while(|n| *n == 0 || !tokens[at - n].ends_clause())
                        .filter(|n| begins(rest.last(), before(at - n), true))
                        .any(|n| self.left(rest, at - n));
                }
                Element::Part(part) => match self.part_left(*part, at) {
                    Some(start) => at = start,
                    None => return false,
                },
                Element::Test { not, optional, .. } => {
                    let fits = test(last, before(at), true);
                    if *optional && !not {
                        if fits && self.left(rest, at.saturating_sub(1)) {
                            return true;
                        }
                    } else if fits == *not {
                        return false;
                    } else if fits {
                        at = at.saturating_sub(1);
                    }
                }
            }
        }
        true
    }

    /// Where the part that begins at `at` ends, if it is there.
    fn part_right(&mut self, part: Part, at: usize) -> Option<usize> {
        let view = self.view;
        match part {
            Part::Source | Part::Unnamed => {
                let phrase = seen(&mut self.seen.noun, at, || view.source_at(at))?;
                let unnamed = view.any(phrase.head, lex::PERSON | lex::DOCUMENT)
                    && !view.any(phrase.head, lex::CAP);
                // "told them": no source is in the object's case.
                let object = || view.is(phrase.head, &["them", "him", "me", "us"]);
                if view.any(at.wrapping_sub(1), lex::VERB) && object()
                    || view.any(phrase.head, lex::NOUN_TIME)
                    || part == Part::Unnamed && !unnamed
                {
                    return None;
                }
                let phrase = view.extend(phrase, view.tokens.len(), true);
                self.found.source = Some(phrase);
                Some(phrase.end)
            }
            Part::Listener => {
                let phrase = seen(&mut self.seen.noun, at, || view.source_at(at))?;
                self.found.listener = Some(phrase);
                Some(phrase.end)
            }
            Part::Clause => seen(&mut self.seen.clause, at, || view.clause_at(at)).then_some(at),
            Part::End => {
                let ends = view.tokens.get(at).is_none_or(|t| t.ends_clause());
                ends.then_some(at)
            }
            Part::Content => {
                self.found.after = Some(at);
                Some(at)
            }
            _ => None,
        }
    }

    /// Where the part that ends before `at` begins, if it is there.
    fn part_left(&mut self, part: Part, at: usize) -> Option<usize> {
        let view = self.view;
        match part {
            Part::Group | Part::Passive | Part::Be => {
                let group = match part {
                    Part::Group => seen(&mut self.seen.group, at, || verbs::active(view, at)),
                    Part::Passive => verbs::passive(view, at),
                    _ => verbs::copular(view, at),
                }?;
                self.found.doubt = group.doubt;
                self.group = group.start;
                Some(group.start)
            }
            Part::Subject | Part::Record | Part::Experts => {
                let phrase = seen(&mut self.seen.subject, at, || view.subject_before(at, 0))?;
                let head = match part {
                    Part::Record => lex::DOCUMENT,
                    Part::Experts => lex::PERSON_EXPERT,
                    _ => Classes::MAX,
                };
                if !view.any(phrase.head, head) {
                    return None;
                }
                let governed = phrase.start > 0 && view.is(phrase.start - 1, &["to", "of"]);
                if governed || !verbs::agrees(view, self.trigger, &phrase, self.group) {
                    return None;
                }
                self.found.source = Some(phrase);
                // An aside between subject and verb is the source's; adverbs before the cue are the cue's.
                Some(phrase.start)
            }
            Part::Head => {
                let phrase = view
                    .noun_phrase(0, at)
                    .map(|p| view.extend(p, at, false))
                    .filter(|p| p.end == at && at <= 8 && view.heads_speech(p))?;
                self.found.source = Some(phrase);
                Some(0)
            }
            Part::Owner => {
                let phrase = view.owner_before(at)?;
                self.found.source = Some(phrase);
                Some(phrase.start)
            }
            Part::Same => {
                let before = self.same.filter(|(_, end)| *end <= at);
                let phrase = before.map(|b| b.0).or_else(|| view.first_subject(at))?;
                self.found.source = Some(phrase);
                self.found.apart = true;
                Some(at)
            }
            Part::Content => {
                self.found.before = Some(at);
                Some(at)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ATTRIBUTION, DETAILS, FLAGS};
    use crate::block;

    /// The rules that fit `sentence`, with the words of their anchors and of sources or listeners.
    fn fits(sentence: &str) -> Vec<(&'static str, String, Option<String>)> {
        let parsed = block::parse(sentence, &mut block::Room::default());
        let words = |start: usize, end: usize| {
            let (a, b) = parsed.view(sentence).bytes(start, end);
            sentence[a as usize..b as usize].to_owned()
        };
        let matched = parsed
            .matches
            .iter()
            .map(|(_, _, m)| (m.rule.id, words(m.start, m.end), None));
        let found = parsed.found.iter().map(|f| {
            let source = f.source.map(|s| words(s.start, s.end));
            (f.rule, words(f.cue.start, f.cue.end), source)
        });
        let notes = parsed.notes(parsed.view(sentence)).iter().map(|n| {
            let listener = n.listener.map(|l| words(l.start, l.end));
            (n.rule, words(n.start, n.end), listener)
        });
        let excepted = parsed
            .exceptions
            .iter()
            .map(|(_, m)| (m.rule.id, words(m.start, m.end), None));
        matched.chain(excepted).chain(found).chain(notes).collect()
    }

    /// Every `+` example of `data/rules` matches its rule at the bracketed words, no `-` example does.
    #[test]
    fn examples_hold() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/rules");
        let (mut good, mut bad, mut wrong) = (0, 0, Vec::new());
        for entry in std::fs::read_dir(folder).expect("data/rules") {
            let path = entry.expect("entry").path();
            let text = std::fs::read_to_string(&path).expect("rules");
            let mut rule = "";
            for line in text.lines().filter(|l| !l.starts_with('#')) {
                if let Some(example) = line.strip_prefix("+ ") {
                    good += 1;
                    let plain = example.replace(['[', ']', '{', '}'], "");
                    let between = |open: char, close: char| {
                        let (_, rest) = example.split_once(open)?;
                        rest.split_once(close).map(|(inner, _)| inner)
                    };
                    let (anchor, source) = (between('[', ']'), between('{', '}'));
                    let fitting = |(id, words, who): &(&str, String, Option<String>)| {
                        *id == rule
                            && Some(words.as_str()) == anchor
                            && (source.is_none() || who.as_deref() == source)
                    };
                    if !fits(&plain).iter().any(fitting) {
                        wrong.push(format!(
                            "{rule} should find {anchor:?} of {source:?} in {plain:?}, found {:?}",
                            fits(&plain)
                        ));
                    }
                } else if let Some(example) = line.strip_prefix("- ") {
                    bad += 1;
                    if fits(example).iter().any(|(id, ..)| *id == rule) {
                        wrong.push(format!("{rule} should find nothing in {example:?}"));
                    }
                } else if let Some((id, _)) = line.split_once(" | ") {
                    let mut rules = [&ATTRIBUTION, &DETAILS, &FLAGS]
                        .into_iter()
                        .flat_map(|table| table.rules());
                    rule = rules.find(|r| r.id == id).map_or("", |r| r.id);
                    assert!(!rule.is_empty(), "{id} is not baked");
                }
            }
        }
        assert!(
            good > 30 && bad > 10,
            "{good} and {bad} examples: are the files read?"
        );
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
