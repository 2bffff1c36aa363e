//! Rules as data: patterns over words and word classes, matched around a trigger word.
//!
//! `data/rules/*.txt` says what the pattern language is. A rule is tried where its trigger (the
//! first certain word of its anchor) stands; what comes before is matched leftwards, the rest
//! rightwards. Patterns never leave the sentence, and the work is bounded by their length.

use std::sync::LazyLock;

use crate::lexicon::{self as lex, Classes, WordId};
use crate::phrases::{Phrase, View};
use crate::tokens::Token;
use crate::verbs::{self, Group};

mod folded;
use folded::{Folded, Unfolded};

/// The rules as `build.rs` bakes them.
mod tables {
    use std::sync::LazyLock;

    use super::{Folded, Part, Table};
    use crate::lexicon::*;
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
    /// Of the rules that classes wake, those that need a verb group before the trigger, and those that
    /// need a subject before it too, as bits by their places.
    grouped: u128,
    subjected: u128,
}

/// A trigger word.
#[derive(Debug)]
struct Waking {
    word: WordId,
    woken: &'static Woken,
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

/// What the token on one side of a trigger admits, of the rules that classes wake: bits by their places.
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

/// Buckets of trigger words; `build.rs` knows it too.
const BUCKETS: usize = 256;

impl Table {
    /// The rules in the order of their files.
    #[cfg(test)]
    pub fn rules(&self) -> &'static [Rule] {
        self.unfolded.rules
    }

    /// Whether some rule may have its trigger at such a token.
    pub fn may_wake(&self, token: &Token) -> bool {
        token.any(self.mask | self.word)
    }
}

/// A part of the sentence that is found by grammar rather than listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before a verb group: its subject, which is the source.
    Subject,
    /// The same, where the subject is a record.
    Record,
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
        /// Words that fit.
        words: &'static [WordId],
        /// Class sets that fit: all classes of the first set must be there, none of the second.
        classes: &'static [(Classes, Classes)],
        /// Whether the sentence's start fits.
        start: bool,
        /// Whether the sentence's end fits.
        end: bool,
    },
}

/// One rule, as baked.
#[derive(Debug)]
pub struct Rule {
    /// Its name in the data file.
    pub id: &'static str,
    /// What it finds; the caller knows the names of its own file.
    pub kind: &'static str,
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

    #[inline]
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
    /// Rules that the word wakes, and have not been tried.
    by_word: &'static [u16],
    /// Places in [`Unfolded::by_class`] of rules that its classes wake, and have not been tried, as bits.
    by_class: u128,
}

/// The matches in `view` (one sentence) whose trigger is token `at`. `same`: the source that
/// [`Part::Same`] stands for, and where its attribution ends.
#[inline(always)]
pub fn matches_at<'a>(
    table: &'static Table,
    view: View<'a>,
    at: usize,
    same: Option<(Phrase, usize)>,
) -> Matches<'a> {
    let token = &view.tokens[at];
    let unfolded = &*table.unfolded;
    let mut around = Around::new(view, at);
    let mut by_word: &[u16] = &[];
    if token.any(table.word) {
        let bucket = usize::from(token.word) % BUCKETS;
        let [from, to] = [unfolded.buckets[bucket], unfolded.buckets[bucket + 1]].map(usize::from);
        let mut words = unfolded.by_word[from..to].iter();
        let waking = words.find(|w| w.word == token.word);
        // Common words wake many rules, hardly ever for good.
        let admits = |w: &&Woken| w.left.admits(around.before) && w.right.admits(around.after);
        let woken = waking.map(|w| w.woken).filter(admits);
        by_word = woken.map_or(&[], |woken| woken.rules);
    }
    let mut classes = token.classes & table.mask;
    let mut by_class = 0;
    while classes != 0 {
        by_class |= unfolded.of_class[classes.trailing_zeros() as usize];
        classes &= classes - 1;
    }
    if by_class != 0 {
        by_class &= unfolded.left.admitted(view.tokens.get(at.wrapping_sub(1)));
        by_class &= unfolded.right.admitted(view.tokens.get(at + 1));
    }
    // Without a verb group and its subject all rules that need them fall at once.
    if by_class & table.grouped != 0 && around.group().is_none() {
        by_class &= !table.grouped;
    }
    if by_class & table.subjected != 0 && around.outer().is_none() {
        by_class &= !table.subjected;
    }
    Matches {
        table: unfolded,
        around,
        same,
        by_word,
        by_class,
    }
}

impl Matches<'_> {
    /// The next match; rules that are not `wanted` are passed over.
    pub fn next(&mut self, wanted: impl Fn(&Rule) -> bool) -> Option<Match> {
        while let Some(number) = self.number() {
            let rule = &self.table.rules[usize::from(number)];
            if self.around.may_admit(rule) && wanted(rule) && self.around.admits(rule) {
                let found = self.around.fit(rule, self.same);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The rule to be tried next.
    #[inline]
    fn number(&mut self) -> Option<u16> {
        let word = self.by_word.split_first();
        if self.by_class == 0 {
            let (first, rest) = word?;
            self.by_word = rest;
            return Some(*first);
        }
        let class = self.table.by_class[self.by_class.trailing_zeros() as usize];
        match word {
            Some((first, rest)) if *first < class => {
                self.by_word = rest;
                Some(*first)
            }
            _ => {
                self.by_class &= self.by_class - 1;
                Some(class)
            }
        }
    }
}

/// What stands around a trigger: most rules that it wakes can be told by that not to fit.
struct Around<'a> {
    view: View<'a>,
    at: usize,
    before: Beside,
    after: Beside,
    /// What stands after adverbials.
    later: Option<Beside>,
    /// What stands before the subject, if there is one.
    outer: Option<Option<Beside>>,
    seen: Seen,
}

impl<'a> Around<'a> {
    fn new(view: View<'a>, at: usize) -> Around<'a> {
        Around {
            view,
            at,
            before: Beside::of(view.tokens.get(at.wrapping_sub(1))),
            after: Beside::of(view.tokens.get(at + 1)),
            later: None,
            outer: None,
            seen: Seen::default(),
        }
    }

    /// Whether the words beside the trigger are what the rule asks for, as far as is seen at once.
    #[inline]
    fn may_admit(&self, rule: &Rule) -> bool {
        rule.left.admits(self.before) && (rule.adjunct || rule.right.admits(self.after))
    }

    /// What the rule finds, if it fits.
    #[inline(never)]
    fn fit(&mut self, rule: &'static Rule, same: Option<(Phrase, usize)>) -> Option<Match> {
        let (view, at) = (self.view, self.at);
        let (left, right) = rule.elements.split_at(rule.trigger);
        let (trigger, right) = right.split_first()?;
        if !test(trigger, view.tokens.get(at), false) {
            return None;
        }
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

    /// Whether the rule's verb group and subject are there, and beside them what it asks for.
    #[inline(never)]
    fn admits(&mut self, rule: &Rule) -> bool {
        (!rule.group
            || self
                .outside(rule.subject)
                .is_some_and(|outer| rule.outer.admits(outer)))
            && (rule.right.admits(self.after) || rule.adjunct && rule.right.admits(self.later()))
    }

    fn group(&mut self) -> Option<Group> {
        let (view, at) = (self.view, self.at);
        seen(&mut self.seen.group, at, || verbs::active(view, at))
    }

    /// What stands before the verb group, or before its subject too.
    fn outside(&mut self, subject: bool) -> Option<Beside> {
        if subject {
            return self.outer();
        }
        let group = self.group()?;
        Some(Beside::of(
            self.view.tokens.get(group.start.wrapping_sub(1)),
        ))
    }

    fn outer(&mut self) -> Option<Beside> {
        if self.outer.is_none() {
            let view = self.view;
            let subject = self.group().and_then(|group| {
                let find = || view.subject_before(group.start, 0);
                seen(&mut self.seen.subject, group.start, find)
            });
            let outer = subject.map(|s| Beside::of(view.tokens.get(s.start.wrapping_sub(1))));
            self.outer = Some(outer);
        }
        self.outer.flatten()
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

#[inline]
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
    words.contains(&token.word)
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

/// One attempt to fit a rule; what it found so far is undone where a way turns out wrong.
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
    fn right(&mut self, elements: &[Element], at: usize) -> bool {
        let Some((first, rest)) = elements.split_first() else {
            return true;
        };
        let tokens = self.view.tokens;
        match first {
            Element::Open => self.right(rest, at),
            Element::Close => {
                self.found.end = at;
                self.right(rest, at)
            }
            Element::Gap(most) => (at..=at + *most as usize)
                .take_while(|i| *i == at || tokens.get(i - 1).is_some_and(|t| !t.ends_clause()))
                .filter(|i| begins(rest.first(), tokens.get(*i), false))
                .any(|i| self.either(|w| w.right(rest, i))),
            Element::Part(part) => self.part_right(*part, rest, at),
            Element::Test { not: true, .. } => {
                !test(first, tokens.get(at), false) && self.right(rest, at)
            }
            Element::Test { optional: true, .. } => {
                test(first, tokens.get(at), false) && self.either(|w| w.right(rest, at + 1))
                    || self.right(rest, at)
            }
            Element::Test { .. } => test(first, tokens.get(at), false) && self.right(rest, at + 1),
        }
    }

    /// Matches `elements`, the last one first, leftwards from the token before `at`.
    fn left(&mut self, elements: &[Element], at: usize) -> bool {
        let Some((last, rest)) = elements.split_last() else {
            return true;
        };
        let tokens = self.view.tokens;
        let token = at.checked_sub(1).and_then(|i| tokens.get(i));
        match last {
            Element::Close => false,
            Element::Open => {
                self.found.start = at;
                self.left(rest, at)
            }
            Element::Gap(most) => (0..=(*most as usize).min(at))
                .take_while(|n| *n == 0 || !tokens[at - n].ends_clause())
                .filter(|n| {
                    begins(
                        rest.last(),
                        (at - n).checked_sub(1).and_then(|i| tokens.get(i)),
                        true,
                    )
                })
                .any(|n| self.either(|w| w.left(rest, at - n))),
            Element::Part(part) => self.part_left(*part, rest, at),
            Element::Test { not: true, .. } => !test(last, token, true) && self.left(rest, at),
            Element::Test { optional: true, .. } => {
                test(last, token, true) && self.either(|w| w.left(rest, at.saturating_sub(1)))
                    || self.left(rest, at)
            }
            Element::Test { .. } => {
                test(last, token, true) && self.left(rest, at.saturating_sub(1))
            }
        }
    }

    fn part_right(&mut self, part: Part, rest: &[Element], at: usize) -> bool {
        let view = self.view;
        match part {
            Part::Source | Part::Unnamed => {
                let found = seen(&mut self.seen.noun, at, || view.source_at(at));
                let Some(phrase) = found else {
                    return false;
                };
                let unnamed = view.any(phrase.head, lex::PERSON | lex::DOCUMENT)
                    && !view.any(phrase.head, lex::CAP);
                // "told them": no source is in the object's case.
                let object = view.is(phrase.head, &["them", "him", "me", "us"]);
                if object && view.any(at.wrapping_sub(1), lex::VERB)
                    || view.any(phrase.head, lex::NOUN_TIME)
                    || part == Part::Unnamed && !unnamed
                {
                    return false;
                }
                let phrase = view.extend(phrase, view.tokens.len(), true);
                self.found.source = Some(phrase);
                self.right(rest, phrase.end)
            }
            Part::Listener => {
                let found = seen(&mut self.seen.noun, at, || view.source_at(at));
                let Some(phrase) = found else {
                    return false;
                };
                self.found.listener = Some(phrase);
                self.right(rest, phrase.end)
            }
            Part::Adjunct => {
                let end = seen(&mut self.seen.adjuncts, at, || view.adjuncts(at));
                end > at && self.either(|w| w.right(rest, end)) || self.right(rest, at)
            }
            Part::Clause => {
                seen(&mut self.seen.clause, at, || view.clause_at(at)) && self.right(rest, at)
            }
            Part::End => {
                let ends = view.tokens.get(at).is_none_or(|t| t.ends_clause());
                ends && self.right(rest, at)
            }
            Part::Content => {
                self.found.after = Some(at);
                self.right(rest, at)
            }
            _ => false,
        }
    }

    fn part_left(&mut self, part: Part, rest: &[Element], at: usize) -> bool {
        let view = self.view;
        match part {
            Part::Group | Part::Passive | Part::Be => {
                let group = match part {
                    Part::Group => seen(&mut self.seen.group, at, || verbs::active(view, at)),
                    Part::Passive => verbs::passive(view, at),
                    _ => verbs::copular(view, at),
                };
                let Some(group) = group else { return false };
                self.found.doubt = group.doubt;
                self.group = group.start;
                self.left(rest, group.start)
            }
            Part::Subject | Part::Record => {
                let subject = seen(&mut self.seen.subject, at, || view.subject_before(at, 0));
                let Some(phrase) = subject else {
                    return false;
                };
                if part == Part::Record && !view.any(phrase.head, lex::DOCUMENT) {
                    return false;
                }
                let governed = phrase.start > 0 && view.is(phrase.start - 1, &["to", "of"]);
                if governed || !verbs::agrees(view, self.trigger, &phrase, self.group) {
                    return false;
                }
                self.found.source = Some(phrase);
                // An aside between subject and verb is the source's; adverbs before the cue are the cue's.
                self.left(rest, phrase.start)
            }
            Part::Head => {
                let whole = view
                    .noun_phrase(0, at)
                    .map(|p| view.extend(p, at, false))
                    .filter(|p| p.end == at && at <= 8 && view.heads_speech(p));
                let Some(phrase) = whole else { return false };
                self.found.source = Some(phrase);
                self.left(rest, 0)
            }
            Part::Owner => {
                let Some(phrase) = view.owner_before(at) else {
                    return false;
                };
                self.found.source = Some(phrase);
                self.left(rest, phrase.start)
            }
            Part::Same => {
                let before = self.same.filter(|(_, end)| *end <= at);
                let Some(phrase) = before.map(|b| b.0).or_else(|| view.first_subject(at)) else {
                    return false;
                };
                self.found.source = Some(phrase);
                self.found.apart = true;
                self.left(rest, at)
            }
            Part::Content => {
                self.found.before = Some(at);
                self.left(rest, at)
            }
            _ => false,
        }
    }

    /// Tries a way, and forgets what it found where it fails.
    fn either(&mut self, way: impl FnOnce(&mut Self) -> bool) -> bool {
        let kept = self.found;
        let fits = way(self);
        if !fits {
            self.found = kept;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ATTRIBUTION, DETAILS, FLAGS};
    use crate::block;
    use crate::model::{Category, Kind};

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

    #[test]
    fn every_rule_of_flags_has_a_kind() {
        for rule in FLAGS.rules() {
            let known = Kind::from_name(rule.kind).is_some();
            let excepts = Category::excepted(rule.kind).is_some();
            assert!(known || excepts, "{}", rule.id);
        }
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
