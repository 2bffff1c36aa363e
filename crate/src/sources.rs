//! The source ledger: who each attribution cites, and which attributions cite the same source.
//!
//! One pass over the page's attributions in order, with what was said before in mind: names bind
//! roles ("spokesman John Smith"), definite phrases and pronouns lead back (the salience order of
//! Lappin & Leass 1994, cut down to what attributions need), an indefinite phrase is a new source.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::attribution::{FAINT, Found, Manner};
use crate::block::Parsed;
use crate::details::describe;
use crate::eight::{self, Fast};
use crate::lexicon as lex;
use crate::model::{Attribution, Details, Source, SourceKind, Span};
use crate::page::Page;
use crate::phrases::{Phrase, View};
use crate::work;

/// An attribution with its place in the ledger.
#[derive(Debug)]
pub struct Resolved {
    /// Index into the ledger; `None` where what looks like a source says nothing.
    pub source: Option<usize>,
    /// Whether the reader can't tell who it is.
    pub anonymous: bool,
    /// Strength of an anonymous flag on it.
    pub strength: f32,
    /// What the page tells about the source.
    pub details: Details,
    /// By what it was found to be that source.
    pub how: How,
}

impl Resolved {
    /// No source, no flag.
    fn none() -> Resolved {
        Resolved {
            source: None,
            anonymous: false,
            strength: 0.0,
            details: Details::default(),
            how: How::Nothing,
        }
    }
}

/// By what an attribution was led to its place in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The sayer is grammatically absent; an entry of its own.
    Agentless,
    /// What looks like a source is none; no entry.
    Nothing,
    /// "we know": somebody, and nobody in particular.
    Vague,
    /// Nothing before describes it.
    New,
    /// Described or called in the same words as before.
    SameWords,
    /// The name that an entry has.
    SameName,
    /// A pronoun, for a source cited before.
    Pronoun,
    /// A pronoun, for the named subject of a sentence that cites nobody.
    Subject,
    /// A pronoun whose antecedent isn't found.
    Unclear,
    /// A role that the page binds to a name: "the spokesman", "Tom Reed, the spokesman".
    Role,
    /// A description that leads back: "the official", "the two officials".
    Description,
    /// It was called by a definite before it was introduced.
    Introduced,
}

/// What a source phrase is, before the page is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Named,
    Institution,
    Publication,
    Office,
    NewPerson,
    OldPerson,
    Group,
    OldGroup,
    NewDocument,
    OldDocument,
    He,
    They,
    It,
    Relative,
    Nothing,
}

struct Entry {
    source: Source,
    /// The head word by which it may be called again.
    head: Option<Words>,
    /// Others by which it was called.
    heads: Vec<Words>,
    strength: f32,
    details: Details,
    plural: bool,
    /// Whether it was first called by a definite that nothing before explains: "the source said".
    awaited: bool,
}

impl Entry {
    /// Whether it was called by that head word.
    fn is_called(&self, word: Words) -> bool {
        self.head == Some(word) || self.heads.contains(&word)
    }
}

/// Words without regard to capitals, by a hash: a page that contrives to have two of the same mixes
/// up its own sources, and no more.
type Words = u64;

/// Under what a source is found again.
#[derive(Clone, Copy)]
enum Key {
    /// A person's last name.
    Name,
    /// What a body or publication is called.
    Body,
    /// The words for several, or for records.
    Group,
    /// A pronoun that leads nowhere.
    Pronoun,
}

impl Key {
    fn of(self, words: &str) -> u64 {
        eight::mix(eight::hash_lower_case(words), self as u64)
    }
}

/// How many mentions, or entries, back a source is looked for; no reader looks further, and it bounds the work.
const REMEMBERED: usize = 300;

/// Words beside a capital that tell whether it stands in a headline.
const HEADLINE: usize = 6;

/// How many tokens after "published" its publisher is looked for.
const PUBLISHED: usize = 8;

/// A named person as the subject of a sentence.
struct NameSubject<'a> {
    /// Block and byte where the name stands.
    at: (usize, u32),
    /// The name as written.
    name: &'a str,
    /// The name with those who act with them: "Ruiz and her colleagues".
    several: Option<&'a str>,
}

/// The key under which a person of that name is kept: their last name.
fn name_key(name: &str) -> u64 {
    Key::Name.of(name.split_whitespace().next_back().unwrap_or(name))
}

#[derive(Default)]
struct Ledger<'a> {
    entries: Vec<Entry>,
    /// Entries in order of latest mention, with block number.
    recent: Vec<(usize, usize)>,
    by_key: HashMap<u64, usize, Fast>,
    /// Role words that a name is tied to anywhere on the page.
    roles: HashMap<Words, &'a str, Fast>,
    /// Where a named person last became the subject of a sentence: block and byte.
    name_subject: Option<NameSubject<'a>>,
}

fn span(block: usize, view: View, start: usize, end: usize) -> Span {
    let (start, end) = view.bytes(start, end);
    Span {
        block: block as u32,
        start,
        end,
    }
}

fn text_of<'a>(view: View<'a>, start: usize, end: usize) -> &'a str {
    let (a, b) = view.bytes(start, end);
    &view.text[a as usize..b as usize]
}

/// Whether the token is part of a proper name, and not a listed common word that a sentence's start
/// or a headline gave a capital.
fn is_name(view: View, at: usize) -> bool {
    let t = &view.tokens[at];
    t.any(lex::CAP)
        && !t.any(lex::FUNCTION | lex::PUNCT | lex::DEMONYM)
        && (t.any(lex::UNKNOWN)
            || t.word == lex::UNLISTED
            || !t.any(lex::PERSON | lex::DOCUMENT | lex::NOUN_TIME | lex::SPEECH | lex::ADVERBS))
}

/// A role word and the name that stands beside it; positions are tokens of the block.
#[derive(Clone, Debug)]
pub struct Role {
    word: usize,
    name: Range<usize>,
}

/// Role words that stand beside names: "spokesman John Smith", "Maria Lopez, the mayor", "the mayor,
/// Maria Lopez". `capitals`: the tokens that begin with one, in order.
pub fn roles(view: View, capitals: &[usize]) -> Vec<Role> {
    let n = view.tokens.len();
    let mut roles = Vec::new();
    let mut end = 0;
    for at in capitals.iter().copied() {
        let starts = at >= end
            && is_name(view, at)
            && (view.any(at, lex::UNKNOWN) || at + 1 < n && is_name(view, at + 1));
        if !starts {
            continue;
        }
        end = at;
        while end < n && is_name(view, end) {
            end += 1;
        }
        if end - at >= 2 || at > 0 && view.any(at - 1, lex::PERSON | lex::TITLES) {
            let mut bind = |word: usize| {
                if view.any(word, lex::PERSON) && view.any(word, lex::SINGULAR) {
                    let name = at..end;
                    roles.push(Role { word, name });
                }
            };
            if at > 0 {
                bind(at - 1);
                if view.any(at - 1, lex::MARK_COMMA) && at > 1 {
                    bind(at - 2);
                }
            }
            if view.any(end, lex::MARK_COMMA)
                && view.any(
                    end + 1,
                    lex::FUNCTION_DET | lex::FUNCTION_POSS | lex::NOUN | lex::ADJECTIVES | lex::CAP,
                )
            {
                if let Some(p) = view.noun_phrase(end + 1, n.min(end + 14)) {
                    bind(p.head);
                }
            }
        }
    }
    roles
}

/// The words without the article they begin with.
fn without_article(words: &str) -> &str {
    let rest = |article: &&str| {
        let (first, rest) = words.split_at_checked(article.len())?;
        first.eq_ignore_ascii_case(article).then_some(rest)
    };
    ["the ", "an ", "a "].iter().find_map(rest).unwrap_or(words)
}

fn has_name(view: View, start: usize, end: usize) -> Option<usize> {
    (start..end.saturating_sub(1)).find(|i| {
        // "Per Lund": a first name may be a listed word.
        (is_name(view, *i) || view.any(*i, lex::CAP) && view.any(*i, lex::FUNCTION_PREP))
            && is_name(view, i + 1)
            && (view.any(*i, lex::UNKNOWN) || view.any(*i + 1, lex::UNKNOWN))
    })
}

/// The full name that an apposition gives: "the board's chairman, Anselm Roake, told".
fn name_beside<'a>(view: View<'a>, p: &Phrase) -> Option<&'a str> {
    let comma = (p.head + 1..p.end).find(|i| view.any(*i, lex::MARK_COMMA))?;
    let start = has_name(view, comma + 1, (comma + 8).min(p.end)).filter(|s| *s == comma + 1)?;
    let end = (start + 1..p.end)
        .find(|i| !is_name(view, *i))
        .unwrap_or(p.end);
    Some(text_of(view, start, end))
}

/// The name before an apposition, which tells of it: "Anselm Roake, a welder who told".
fn name_before<'a>(view: View<'a>, p: &Phrase) -> Option<&'a str> {
    let comma = p.start.checked_sub(1)?;
    let relative = view.is(p.end - 1, &["who"]) && view.any(p.start, lex::FUNCTION_INDEF);
    // "Anselm Roake, head of the guild, told"
    let office = view.tokens[p.start].all(lex::PERSON | lex::SINGULAR)
        && !view.any(p.start, lex::CAP | lex::FUNCTION | lex::PLURAL);
    if !(relative || office) || !view.any(comma, lex::MARK_COMMA) {
        return None;
    }
    let start = (0..comma).rev().take_while(|i| is_name(view, *i)).last()?;
    if office && start + 1 == comma {
        return None;
    }
    // "In Ellmark, a welder who": a place. A lone capital at a sentence's start may be any listed word.
    let before = start.checked_sub(1);
    let place = ["in", "at", "near", "from", "outside", "across", "of", "on"];
    let doubtful = before.is_none_or(|b| view.any(b, lex::MARK_STOP))
        && start + 1 == comma
        && !view.any(start, lex::UNKNOWN);
    (!doubtful && !before.is_some_and(|b| view.is(b, &place))).then(|| text_of(view, start, comma))
}

/// Whether the words beside a phrase all have capitals.
fn in_headline(view: View, p: &Phrase) -> bool {
    let mut near = p.start.saturating_sub(HEADLINE)..view.tokens.len().min(p.end + HEADLINE);
    near.all(|i| view.any(i, lex::CAP | lex::FUNCTION | lex::PUNCT | lex::NUM))
}

/// Whether a role is written as a paper's name: "according to the Courier", and not an office ("the
/// President").
fn is_masthead(view: View, p: &Phrase) -> bool {
    p.head == p.start + 1
        && view.is(p.start, &["the"])
        && view.any(p.head, lex::CAP)
        && !view.any(p.head, lex::PERSON_OFFICE | lex::DEMONYM | lex::PLURAL)
        && !in_headline(view, p)
}

/// Whether what follows a document's head tells who published it: "a report by the county's fire
/// service", "a study published on Monday in the Carrow Review". From token `relayed` on it is told
/// who has seen it.
fn has_publisher(view: View, p: &Phrase, relayed: usize) -> bool {
    let by = (p.head + 1..relayed).any(|i| {
        view.is(i, &["by", "from"])
            && view.any(i + 1, lex::FUNCTION_DEF)
            && view.noun_phrase(i + 1, view.tokens.len()).is_some_and(|n| {
                view.any(n.head, lex::COLLECTIVE) && !view.any(n.head, lex::PLURAL)
            })
    });
    let published =
        (p.head + 1..p.end + 1).find(|i| view.is(*i, &["published", "printed", "released"]));
    let named = |i: usize| {
        let name = i + 1 + usize::from(view.any(i + 1, lex::FUNCTION_DEF));
        view.is(i, &["in", "by"])
            && view.any(name, lex::CAP)
            && is_name(view, name)
            && !view.any(name, lex::NOUN_TIME)
    };
    by || published.is_some_and(|at| (at..(at + PUBLISHED).min(view.tokens.len())).any(named))
}

/// The kind of source a phrase denotes and how strongly it hides it.
fn classify(view: View, p: &Phrase, manner: Manner) -> (Who, f32) {
    let h = &view.tokens[p.head];
    let first = &view.tokens[p.start];
    if p.end - p.start == 1 && h.any(lex::FUNCTION) || h.any(lex::FUNCTION_PRON) {
        if view.is(p.head, &["he", "she", "him", "her"]) {
            return (Who::He, 0.0);
        }
        if view.is(p.head, &["they", "them"]) {
            return (Who::They, 0.0);
        }
        if view.is(p.head, &["it"]) {
            return (Who::It, 0.0);
        }
        if view.is(p.head, &["who"]) {
            return (Who::Relative, 0.0);
        }
        if view.is(p.head, &["another", "one"]) {
            return (Who::NewPerson, 0.8);
        }
        // "Few say so": hardly anybody does.
        if view.is(p.head, &["few"]) && !view.is(p.head.wrapping_sub(1), &["a"]) {
            return (Who::Nothing, 0.0);
        }
        if h.any(lex::FUNCTION_SOME | lex::FUNCTION_OTHER) {
            return (Who::Group, 0.85);
        }
        return (Who::Nothing, 0.0);
    }
    // "63 percent said": those whom a poll asked.
    let percent = |i: usize| {
        view.any(i, lex::MARK_PERCENT) || view.any(i, lex::UNITS) && view.is(i, &["percent"])
    };
    if (p.start..p.end).any(percent) {
        return (Who::Group, 0.4);
    }
    // "many of whom"
    if h.any(lex::FUNCTION_SOME) {
        return (Who::Group, 0.75);
    }
    // An apposition with a full name tells who it is.
    if name_before(view, p).is_some()
        || view.any(p.head, lex::PERSON) && name_beside(view, p).is_some()
    {
        return (Who::Named, 0.0);
    }
    // "experts like Paul Ryder": one of them is named.
    let example = (p.head + 1..p.end).find(|i| view.is(*i, &["like", "including"]));
    if example.is_some_and(|e| view.any(e + 1, lex::CAP) && is_name(view, e + 1)) {
        return (Who::Named, 0.0);
    }
    // A capital at a sentence's start names nobody.
    let nobody = [
        "nobody",
        "none",
        "everyone",
        "everybody",
        "someone",
        "somebody",
        "anyone",
        "anybody",
    ];
    if view.is(p.head, &nobody) {
        return (Who::Nothing, 0.0);
    }
    let definite = first.any(lex::FUNCTION_DEF) || first.any(lex::FUNCTION_DEMO);
    let indefinite = first.any(lex::FUNCTION)
        && (first.any(lex::FUNCTION_INDEF) || view.is(p.start, &["one", "another", "some", "any"]));
    // "Figure 6 shows": no person.
    if view.any(p.head + 1, lex::NUM) && !h.any(lex::PLURAL) {
        return (Who::Nothing, 0.0);
    }
    if view.is(p.start, &["those"]) && !h.any(lex::NOUN) {
        return (Who::Group, 0.85);
    }
    let negative = first.any(lex::FUNCTION)
        && view.is(
            p.start,
            &[
                "no", "every", "each", "neither", "either", "any", "what", "which", "few",
            ],
        );
    let owned = first.any(lex::FUNCTION_POSS)
        || (p.start..p.head).any(|i| view.any(i, lex::FUNCTION_CLITIC));
    if negative
        || first.any(lex::FUNCTION_FIRST | lex::FUNCTION_SECOND) && !h.any(lex::PERSON_VAGUE)
    {
        return (Who::Nothing, 0.0);
    }
    let unnamed = (p.start..p.head).any(|i| view.any(i, lex::ADJECTIVES_ANON))
        || (p.head + 1..p.end).any(|i| view.any(i, lex::ANONYMITY));
    let affiliated = (p.start..p.head).any(|i| {
        view.any(i, lex::CAP) && i > p.start
            || view.any(i, lex::COLLECTIVE | lex::DEMONYM)
            || view.any(i, lex::CAP) && view.any(i, lex::UNKNOWN | lex::COLLECTIVE | lex::DEMONYM)
    }) || (p.head + 1..p.end).any(|i| {
        view.any(i, lex::CAP) && view.any(i - 1, lex::FUNCTION_PREP | lex::CAP | lex::FUNCTION_DET)
    });
    let rest_affiliated = (p.head + 1..p.end).any(|i| view.any(i, lex::COLLECTIVE));
    let affiliation = if affiliated {
        0.15
    } else if rest_affiliated {
        0.05
    } else {
        0.0
    };
    // "one of the diplomats" is one.
    let one = view.is(p.start, &["one"]) && view.is(p.start + 1, &["of"]);
    let plural =
        !one && h.any(lex::PLURAL) && (!h.any(lex::SINGULAR) || view.is(p.head, &["people"]));
    if h.any(lex::DEMONYM)
        && (h.any(lex::CAP) || !h.any(lex::PERSON))
        && !(h.any(lex::ADJECTIVES) && definite)
    {
        // "Nils Dane said", "Dane said": one of them without an article is a surname.
        let bare = p.end == p.head + 1 && (p.start..p.end).all(|i| view.any(i, lex::CAP));
        let name = bare
            && h.any(lex::SINGULAR)
            && !h.any(lex::PLURAL)
            && !first.any(lex::FUNCTION | lex::COLLECTIVE)
            && manner != Manner::Noun
            && !in_headline(view, p);
        if name {
            return (Who::Named, 0.0);
        }
        if h.any(lex::PLURAL) || !indefinite {
            // "Democratic allegations": less is told than by "Democrats".
            let adjective = !h.any(lex::PLURAL) && p.end == p.head + 1;
            let hedge = if adjective {
                0.75
            } else if view.any(p.start, lex::FUNCTION_SOME) || first.any(lex::FUNCTION_NUM) {
                0.5
            } else {
                0.4
            };
            return (Who::Group, hedge);
        }
        return (Who::NewPerson, 0.75);
    }
    if h.any(lex::PERSON | lex::COLLECTIVE_PLURAL_OFFICE) {
        let listed_name = h.any(lex::CAP)
            && p.head > p.start
            && view.any(p.head - 1, lex::CAP)
            && !plural
            && !indefinite
            && is_name(view, p.head - 1)
            && (view.any(p.head - 1, lex::UNKNOWN)
                || !view.any(
                    p.head - 1,
                    lex::COLLECTIVE | lex::NOUN | lex::ADJECTIVES | lex::DEMONYM,
                ))
            && !view.any(p.head - 1, lex::ACRONYM);
        if listed_name {
            return (Who::Named, 0.0);
        }
        // "Weaver told": a trade without an article is a surname.
        let described =
            lex::PERSON_VAGUE | lex::PERSON_SPOKES | lex::PERSON_OFFICE | lex::COLLECTIVE;
        let bare =
            p.head == p.start && (p.end == p.head + 1 || view.any(p.head + 1, lex::MARK_COMMA));
        // Within a sentence a capital alone tells as much: "according to Insider".
        let opens =
            lex::MARK_STOP | lex::MARK_COLON | lex::MARK_DASH | lex::MARK_CLOSE | lex::QUOTE;
        let begins = p.start == 0 || view.any(p.start - 1, opens);
        let common = if begins {
            described
        } else {
            lex::PERSON_OFFICE
        };
        if bare
            && h.any(lex::CAP)
            && (!h.any(lex::PLURAL) || !begins && manner == Manner::According)
            && !h.any(common | lex::DEMONYM)
            && !in_headline(view, p)
        {
            return (Who::Named, 0.0);
        }
        if is_masthead(view, p) {
            return (Who::Publication, 0.0);
        }
        let base = if h.any(lex::PERSON_VAGUE) {
            0.95
        } else if h.any(lex::PERSON_EXPERT) {
            0.85
        } else if h.any(lex::PERSON_STANCE) {
            0.8
        } else {
            0.82
        };
        // Who speaks for somebody is unnamed, and hides nothing: half, also where a pronoun follows.
        let strength: f32 = if h.any(lex::PERSON_SPOKES) {
            0.58
        } else {
            base - affiliation
        };
        if h.any(lex::COLLECTIVE_PLURAL_OFFICE) && !indefinite {
            return (Who::Institution, 0.0);
        }
        if plural {
            return if definite && p.end == p.head + 1 {
                (Who::OldGroup, strength)
            } else {
                (Who::Group, strength)
            };
        }
        let new = indefinite
            || unnamed && !definite
            || !definite && !owned
            || view.is(p.start, &["one", "another"])
            || definite && (p.start..p.head).any(|i| view.is(i, &["second", "third", "other"]));
        if new {
            let office_alone = h.any(lex::PERSON_OFFICE) && !indefinite && !unnamed;
            if office_alone {
                return (Who::Office, 0.0);
            }
            return (
                Who::NewPerson,
                strength.max(if unnamed { 0.9 } else { 0.0 }),
            );
        }
        if h.any(lex::PERSON_OFFICE) {
            return (Who::Office, 0.0);
        }
        if owned {
            return (Who::OldPerson, 0.5);
        }
        // "the farmer": nobody that the page has told of before, or somebody it names.
        let faint = !unnamed && !h.any(lex::PERSON_VAGUE);
        return (
            Who::OldPerson,
            if faint { 0.45 } else { strength.max(0.85) },
        );
    }
    if h.any(lex::DOCUMENT) {
        // "a Velm Institute study", "a report by the Velm Institute"; but in "documents seen by the
        // Gazette" the name is who relays them.
        let relayed = (p.head..p.end)
            .find(|i| view.any(*i, lex::RELAYED))
            .unwrap_or(p.end);
        let publisher = (p.start..relayed).any(|i| {
            i != p.head && is_name(view, i) && i > 0 && (i > p.start || view.any(i, lex::UNKNOWN))
        }) || h.any(lex::CAP)
            && !view.any(p.start, lex::NOUN)
            && is_name(view, p.start);
        if publisher || owned || has_publisher(view, p, relayed) {
            return (Who::Publication, 0.0);
        }
        if definite {
            return (Who::OldDocument, 0.5);
        }
        // "a congressional report": the adjective tells whose it is.
        if !h.any(lex::PLURAL) && (p.start..p.head).any(|i| view.any(i, lex::ADJECTIVES_BODY)) {
            return (Who::Publication, 0.0);
        }
        let known = h.any(lex::PLURAL) && (p.start..p.head).any(|i| view.any(i, lex::ADJECTIVES));
        return (Who::NewDocument, if known { 0.6 } else { 0.68 });
    }
    // "rights groups say", "companies said": an unspecified plurality.
    // A sentence's first word has a capital anyway.
    let begins = p.start == 0 || view.any(p.start - 1, lex::MARK_STOP | lex::MARK_COLON);
    let whose = definite
        || owned
        || (p.start..p.head).any(|i| view.any(i, lex::CAP) && (i > p.start || !begins));
    // "local media", "US media": so is the press, where none of it is named.
    let press = h.any(lex::COLLECTIVE_MEDIA) && !h.any(lex::CAP) && !indefinite;
    let of_a_country = press
        && (p.start..p.head).all(|i| view.any(i, lex::ADJECTIVES | lex::DEMONYM | lex::ACRONYM));
    if h.any(lex::COLLECTIVE)
        && (plural || press)
        && (!whose || of_a_country)
        && !h.any(lex::COLLECTIVE_PLURAL_OFFICE)
        && (!h.any(lex::CAP) || p.head == 0)
    {
        return (Who::Group, 0.6);
    }
    // "a group of growers": one of many, without its name.
    let one_of_many = indefinite && h.any(lex::COLLECTIVE_MANY) && !plural;
    if one_of_many && !(p.start + 1..=p.head).any(|i| view.any(i, lex::CAP)) {
        return (Who::Group, 0.6);
    }
    if h.any(lex::COLLECTIVE) {
        return (
            if h.any(lex::COLLECTIVE_MEDIA) {
                Who::Publication
            } else {
                Who::Institution
            },
            0.0,
        );
    }
    if is_name(view, p.head) {
        return (Who::Named, 0.0);
    }
    let speech = manner.tells() && manner != Manner::Showing;
    // "the yard says", "the ruling said": what is called by a common noun, and speaks.
    if speech && (definite || owned) && h.any(lex::NOUN) && !h.any(lex::NOUN_TIME | lex::CAP) {
        return if h.any(lex::CLAIM) {
            (Who::Publication, 0.0)
        } else {
            (Who::Institution, 0.0)
        };
    }
    if h.any(lex::UNKNOWN) && !h.any(lex::CAP) && speech {
        if h.any(lex::PLURAL) && !definite && !owned {
            return (Who::Group, 0.6);
        }
        if indefinite && h.any(lex::SINGULAR) {
            return (Who::NewPerson, 0.6);
        }
    }
    (Who::Nothing, 0.0)
}

impl<'a> Ledger<'a> {
    fn add(
        &mut self,
        kind: SourceKind,
        label: &str,
        key: Option<u64>,
        head: &str,
        strength: f32,
        plural: bool,
    ) -> usize {
        let index = self.entries.len();
        if let Some(key) = key {
            self.by_key.entry(key).or_insert(index);
        }
        self.entries.push(Entry {
            source: Source {
                label: label.to_owned(),
                kind,
                mentions: Vec::new(),
                claims: 0,
            },
            head: (!head.is_empty()).then(|| eight::hash_lower_case(head)),
            heads: Vec::new(),
            strength,
            details: Details::default(),
            plural,
            awaited: false,
        });
        index
    }

    fn find_key(&self, key: u64) -> Option<usize> {
        self.by_key.get(&key).copied()
    }

    /// The entry of a named person: the one of that last name, or a new one.
    fn named(&mut self, name: &str, head: &str) -> usize {
        let key = name_key(name);
        self.find_key(key)
            .unwrap_or_else(|| self.add(SourceKind::NamedPerson, name, Some(key), head, 0.0, false))
    }

    /// A person whom the page has not told of before and does not name.
    fn unnamed(&mut self, label: &str, head: &str, strength: f32) -> (Option<usize>, bool, f32) {
        let source = self.add(SourceKind::Person, label, None, head, strength, false);
        (Some(source), true, strength)
    }

    /// A pronoun whose antecedent isn't among the sources: it cites somebody, and nothing is held
    /// against the page for our not seeing whom.
    fn unclear(&mut self, label: &str, kind: SourceKind) -> (Option<usize>, bool, f32) {
        let key = Key::Pronoun.of(label);
        let source = self
            .find_key(key)
            .unwrap_or_else(|| self.add(kind, label, Some(key), label, 0.0, false));
        (Some(source), false, 0.0)
    }

    /// A mention that leads back to `source`: whether it is anonymous, and how strongly, `less`
    /// than the first.
    fn again(&self, source: usize, less: f32) -> (Option<usize>, bool, f32) {
        let entry = &self.entries[source];
        let named = entry.source.kind.named();
        (
            Some(source),
            !named,
            if named { 0.0 } else { entry.strength - less },
        )
    }

    /// The entries that a new description may lead back to.
    fn remembered(&self) -> Range<usize> {
        self.entries.len().saturating_sub(REMEMBERED)..self.entries.len()
    }

    /// The latest entry that satisfies `fits`, looking back at most `blocks` blocks.
    fn latest(&self, block: usize, blocks: usize, fits: impl Fn(&Entry) -> bool) -> Option<usize> {
        let recent = self
            .recent
            .iter()
            .rev()
            .take(REMEMBERED)
            .take_while(|(_, b)| b + blocks >= block);
        recent
            .map(|(e, _)| *e)
            .inspect(|_| work::step())
            .find(|e| fits(&self.entries[*e]))
    }
}

/// Resolves all attributions of the page. Blocks that are no main text have `None` in `parsed`.
pub fn resolve(
    page: &Page,
    parsed: &[Option<Rc<Parsed>>],
) -> (Vec<Source>, Vec<Attribution>, Vec<Resolved>) {
    let mut ledger = Ledger::default();
    for (text, block) in page.input.blocks.iter().zip(parsed) {
        if let Some(block) = block {
            let view = block.view(&text.text);
            for role in &block.roles {
                let word = eight::hash_lower_case(view.word(role.word));
                let name = text_of(view, role.name.start, role.name.end);
                // The first name that a role is tied to keeps it.
                ledger.roles.entry(word).or_insert(name);
            }
        }
    }
    let all = parsed.iter().flatten().map(|b| b.found.len()).sum();
    let mut attributions = Vec::with_capacity(all);
    let mut resolved = Vec::with_capacity(all);
    for (number, block) in parsed.iter().enumerate() {
        let Some(block) = block else { continue };
        let view = block.view(page.text(number as u32));
        let mut noted = 0;
        for found in &block.found {
            while noted <= found.sentence {
                ledger.note_name_subject(number, view, &block.sentences[noted]);
                noted += 1;
            }
            let second_hand = found.quoted || nested(found, block);
            // A stance that somebody else tells of is nobody's entry in the ledger.
            if second_hand && found.source.is_some() && found.strength < FAINT {
                resolved.push(Resolved::none());
                continue;
            }
            let one = ledger.resolve(view, number, block, found);
            if let Some(source) = one.source {
                let spans = |range: &Range<usize>| span(number, view, range.start, range.end);
                // Nor does the ledger count a claim of whom it can't tell: "we know", a "they" that leads nowhere.
                let unclear = matches!(one.how, How::Vague | How::Unclear);
                let conveys = found.conveys() && !unclear;
                let entry = &mut ledger.entries[source];
                entry.source.claims += u32::from(conveys && !second_hand);
                let source_span = found.source.map(|p| span(number, view, p.start, p.end));
                entry
                    .source
                    .mentions
                    .push(source_span.unwrap_or_else(|| spans(&found.cue)));
                // What a source says that somebody says is the source's own claim.
                if second_hand {
                    resolved.push(one);
                    continue;
                }
                let mut content: Vec<Span> = found.content.iter().map(spans).collect();
                if found.goes_on {
                    content.extend(set_off(page, parsed, number + 1));
                }
                attributions.push(Attribution {
                    source,
                    source_span,
                    cue: spans(&found.cue),
                    content,
                    conveys,
                });
            }
            resolved.push(one);
        }
        if let Some(last) = attributions.last_mut() {
            carry_on(page, parsed, number, last);
        }
        for sentence in &block.sentences[noted..] {
            ledger.note_name_subject(number, view, sentence);
        }
    }
    // A reason that is given once explains every mention of the source.
    for one in &mut resolved {
        if let Some(entry) = one.source.and_then(|s| ledger.entries.get(s)) {
            one.details.complete(&entry.details);
        }
    }
    (
        ledger.entries.into_iter().map(|e| e.source).collect(),
        attributions,
        resolved,
    )
}

/// A quotation that its paragraph leaves open goes on in those after it, which open one anew, until
/// one closes it or cites somebody.
fn carry_on(page: &Page, parsed: &[Option<Rc<Parsed>>], number: usize, last: &mut Attribution) {
    let here = last.cue.block as usize == number;
    let open = |block: &Option<Rc<Parsed>>| {
        let quotes = block.as_ref().map(|b| &*b.quotes);
        quotes.and_then(<[_]>::last).is_some_and(|q| q.open)
    };
    if !here || !open(&parsed[number]) {
        return;
    }
    for next in number + 1..parsed.len() {
        let Some(block) = &parsed[next] else { return };
        if block.found.iter().any(|f| !f.quoted) || block.quotes.first().is_none_or(|q| q.start > 1)
        {
            return;
        }
        last.content.extend(set_off(page, parsed, next));
        if !open(&parsed[next]) {
            return;
        }
    }
}

/// What a line that ends in a colon introduces: the next block's quotation, or all of that block.
fn set_off(page: &Page, parsed: &[Option<Rc<Parsed>>], number: usize) -> Option<Span> {
    let block = parsed.get(number)?.as_ref()?;
    let view = block.view(page.text(number as u32));
    let quote = block.quotes.first().filter(|q| q.start <= 1);
    let end = quote.map_or(view.tokens.len(), |q| (q.end + 1).min(view.tokens.len()));
    (end > 0).then(|| span(number, view, 0, end))
}

/// Whether the attribution stands within what another one of its sentence attributes.
fn nested(found: &Found, block: &Parsed) -> bool {
    let first = block.found.partition_point(|f| f.sentence < found.sentence);
    block.found[first..]
        .iter()
        .take_while(|f| f.sentence == found.sentence)
        .filter(|f| {
            f.source.is_some()
                && (f.conveys() || found.strength < FAINT && f.cue.start < found.cue.start)
        })
        .any(|f| f.content.iter().any(|c| c.contains(&found.cue.start)))
}

impl<'a> Ledger<'a> {
    fn resolve(
        &mut self,
        view: View<'a>,
        block: usize,
        parsed: &Parsed,
        found: &Found,
    ) -> Resolved {
        let Some(phrase) = found.source else {
            let words = text_of(view, found.cue.start, found.cue.end);
            let source = self.add(
                SourceKind::Agentless,
                words,
                None,
                "",
                found.strength,
                false,
            );
            return Resolved {
                source: Some(source),
                anonymous: true,
                strength: found.strength,
                details: Details::default(),
                how: How::Agentless,
            };
        };
        let (who, strength) = classify(view, &phrase, found.manner);
        let core = text_of(view, phrase.start, phrase.head + 1);
        let label = text_of(view, phrase.start, phrase.end);
        let head = view.word(phrase.head);
        let bare = || without_article(core);
        let known = self.entries.len();
        // "those who said they would stay": whoever is sorted by an answer tells nothing.
        let sorted = view.is(phrase.start, &["those"])
            && found
                .content
                .iter()
                .next()
                .is_some_and(|c| view.is(c.start, &["they", "themselves"]));
        let (source, anonymous, strength) = match who {
            _ if sorted => (None, false, 0.0),
            // "“We know,” she said": that is hers.
            Who::Nothing if found.quoted => (None, false, 0.0),
            // "we know", "everyone agrees": somebody speaks or believes, and nobody in particular.
            Who::Nothing
                if found.manner != Manner::Showing
                    && view.any(
                        phrase.head,
                        lex::PERSON | lex::FUNCTION_PRON | lex::FUNCTION_QUANT,
                    ) =>
            {
                self.unclear(core, SourceKind::Group)
            }
            Who::Nothing if found.manner != Manner::Stance => self.unclear(core, SourceKind::Group),
            Who::Nothing => (None, false, 0.0),
            Who::Named => {
                let beside = || {
                    let role =
                        view.any(phrase.head, lex::PERSON) && !view.any(phrase.head, lex::CAP);
                    name_beside(view, &phrase).filter(|_| role)
                };
                let name = name_before(view, &phrase).or_else(beside);
                (Some(self.named(name.unwrap_or(core), head)), false, 0.0)
            }
            Who::Institution | Who::Publication | Who::Office => {
                let kind = match who {
                    Who::Institution => SourceKind::Institution,
                    Who::Publication => SourceKind::Publication,
                    _ => SourceKind::NamedPerson,
                };
                let key = Key::Body.of(bare());
                let source = self.find_key(key).unwrap_or_else(|| {
                    self.add(kind, core, Some(key), head, 0.0, who == Who::Institution)
                });
                (Some(source), false, 0.0)
            }
            Who::NewPerson => {
                let word = eight::hash_lower_case(head);
                let spokes = view.any(phrase.head, lex::PERSON_SPOKES);
                let named = self.roles.get(&word).copied().filter(|_| spokes);
                let introduced = if view.any(phrase.start, lex::FUNCTION_DEF) {
                    // "the second official": there were two, and it is the later one.
                    let mut same = self
                        .remembered()
                        .rev()
                        .filter(|e| self.entries[*e].is_called(word));
                    let latest = same.next();
                    let several = same.next().is_some();
                    latest.filter(|e| {
                        let label = &self.entries[*e].source.label;
                        several || label.to_lowercase().starts_with("another")
                    })
                } else {
                    self.awaited(word)
                };
                match (named, introduced) {
                    (Some(name), _) => (Some(self.named(name, head)), false, 0.0),
                    (None, Some(source)) => self.again(source, 0.0),
                    (None, None) => self.unnamed(label, head, strength),
                }
            }
            Who::OldPerson => self.definite(block, view, &phrase, head, label, strength),
            Who::Group | Who::NewDocument => {
                let kind = if who == Who::Group {
                    SourceKind::Group
                } else {
                    SourceKind::Document
                };
                let key = Key::Group.of(bare());
                let source = self
                    .find_key(key)
                    .unwrap_or_else(|| self.add(kind, label, Some(key), head, strength, true));
                (Some(source), true, strength)
            }
            Who::OldGroup => {
                let word = eight::hash_lower_case(head);
                let singular = eight::hash_lower_case(head.trim_end_matches(['s', 'S']));
                let before = self.latest(block, 1_000, |e| {
                    e.plural && e.is_called(word) || e.is_called(singular) && !e.source.kind.named()
                });
                match before {
                    Some(source) => self.again(source, 0.05),
                    None => (
                        Some(self.add(
                            SourceKind::Group,
                            label,
                            Some(Key::Group.of(bare())),
                            head,
                            strength - 0.15,
                            true,
                        )),
                        true,
                        strength - 0.15,
                    ),
                }
            }
            Who::OldDocument => {
                let word = eight::hash_lower_case(head);
                match self.latest(block, 1_000, |e| e.is_called(word)) {
                    Some(source) => self.again(source, 0.05),
                    None => (
                        Some(self.add(
                            SourceKind::Publication,
                            label,
                            Some(Key::Body.of(bare())),
                            head,
                            0.0,
                            false,
                        )),
                        false,
                        0.0,
                    ),
                }
            }
            Who::He => {
                let before = self.latest(block, 4, |e| {
                    !e.plural
                        && matches!(e.source.kind, SourceKind::NamedPerson | SourceKind::Person)
                });
                let named_since = before.is_some_and(|e| self.name_since(e));
                match before.filter(|_| !named_since) {
                    Some(source) => self.again(source, 0.08),
                    None => {
                        let name = self.name_subject.as_ref().filter(|s| s.at.0 + 4 >= block);
                        let name = name.map_or(label, |s| s.name);
                        (Some(self.named(name, head)), false, 0.0)
                    }
                }
            }
            Who::They => match self.latest(block, 1, |e| e.plural) {
                Some(source) => self.again(source, 0.25),
                None => {
                    let subject = self.name_subject.as_ref().filter(|s| s.at.0 + 1 >= block);
                    match subject.and_then(|s| s.several) {
                        Some(several) => (Some(self.named(several, head)), false, 0.0),
                        None => self.unclear(label, SourceKind::Group),
                    }
                }
            },
            Who::It => match self.latest(block, 2, |e| {
                matches!(
                    e.source.kind,
                    SourceKind::Institution | SourceKind::Publication | SourceKind::Document
                )
            }) {
                Some(source) => self.again(source, 0.1),
                None => self.unclear(label, SourceKind::Institution),
            },
            Who::Relative => match self.latest(block, 0, |e| !e.plural) {
                Some(source) => self.again(source, 0.45),
                None => self.unclear(label, SourceKind::Person),
            },
        };
        let how = self.how(
            who,
            view.any(phrase.start, lex::FUNCTION_DEF),
            label,
            source,
            known,
        );
        let mut details = Details::default();
        if let Some(source) = source {
            // Of whom only a mention or a hint is found, is not who "he" is next.
            if found.strength >= FAINT && (!found.quoted || found.strength >= 0.95) {
                self.recent.push((source, block));
            }
            let fresh = matches!(
                who,
                Who::NewPerson | Who::Group | Who::NewDocument | Who::OldPerson | Who::OldGroup
            );
            let known = &mut self.entries[source].details;
            if anonymous {
                describe(view, parsed, found, &phrase, fresh, known);
            }
            details.clone_from(known);
        }
        let manner_off = if found.manner.tells() { 0.0 } else { 0.08 };
        let reason_off = if details.reason.is_some() { 0.05 } else { 0.0 };
        let doubt = 1.0 - found.strength;
        let strength = (strength - doubt - manner_off - reason_off).clamp(0.05, 0.99);
        Resolved {
            source,
            anonymous: anonymous && source.is_some(),
            strength,
            details,
            how,
        }
    }

    /// By what `source` was found; before, the ledger had `known` entries.
    fn how(
        &self,
        who: Who,
        definite: bool,
        label: &str,
        source: Option<usize>,
        known: usize,
    ) -> How {
        let Some(index) = source else {
            return How::Nothing;
        };
        let (entry, new) = (&self.entries[index].source, index >= known);
        match who {
            Who::Nothing => How::Vague,
            Who::He | Who::They | Who::It | Who::Relative => {
                if entry.label.eq_ignore_ascii_case(label) {
                    How::Unclear
                } else if new {
                    How::Subject
                } else {
                    How::Pronoun
                }
            }
            Who::NewPerson | Who::OldPerson if entry.kind.named() => How::Role,
            _ if new => How::New,
            Who::OldPerson | Who::OldGroup | Who::OldDocument => How::Description,
            Who::NewPerson if definite => How::Description,
            Who::NewPerson => How::Introduced,
            Who::Named => How::SameName,
            _ => How::SameWords,
        }
    }

    /// "the official", "her lawyer": somebody of that description met before, or a name tied to it.
    fn definite(
        &mut self,
        block: usize,
        view: View,
        phrase: &Phrase,
        head: &str,
        label: &str,
        strength: f32,
    ) -> (Option<usize>, bool, f32) {
        let word = eight::hash_lower_case(head);
        let vague = view.any(phrase.head, lex::PERSON_VAGUE);
        let owned = view.any(phrase.start, lex::FUNCTION_POSS)
            || (phrase.start..phrase.head).any(|i| view.any(i, lex::FUNCTION_CLITIC));
        let before = self.latest(block, 1_000, |e| {
            !e.plural && (e.is_called(word) || vague && e.source.kind == SourceKind::Person)
        });
        if let Some(source) = before.filter(|_| !owned) {
            let entry = &mut self.entries[source];
            if !entry.is_called(word) {
                entry.heads.push(word);
            }
            return self.again(source, 0.02);
        }
        if let Some(name) = self.roles.get(&word).copied() {
            return (Some(self.named(name, head)), false, 0.0);
        }
        let found = self.unnamed(label, head, strength);
        if let (Some(source), false) = (found.0, owned) {
            self.entries[source].awaited = true;
        }
        found
    }

    /// The source that a definite called before it was introduced ("the source said … a military
    /// source told"), now that it is: once.
    fn awaited(&mut self, word: Words) -> Option<usize> {
        let source = self
            .remembered()
            .find(|e| self.entries[*e].awaited && self.entries[*e].is_called(word))?;
        self.entries[source].awaited = false;
        Some(source)
    }

    /// Notes a sentence, outside quotations, that has a name for its subject.
    fn note_name_subject(&mut self, block: usize, view: View<'a>, sentence: &Range<usize>) {
        // "But Ruiz …"
        let from = sentence.start + usize::from(view.any(sentence.start, lex::FUNCTION_COORD));
        let Some(first) = view.tokens.get(from) else {
            return;
        };
        let full = || {
            from + 1 < view.tokens.len()
                && is_name(view, from + 1)
                && view.any(from + 1, lex::UNKNOWN)
        };
        let name = is_name(view, from) && (first.any(lex::UNKNOWN) || full());
        if name && !first.quoted && !first.any(lex::ACRONYM) {
            let end = (from..sentence.end)
                .find(|i| !is_name(view, *i))
                .unwrap_or(sentence.end);
            let name = text_of(view, from, end);
            let with = view
                .is(end, &["and"])
                .then(|| view.noun_phrase(end + 1, sentence.end));
            let several = with
                .flatten()
                .filter(|p| view.any(p.head, lex::PERSON | lex::CAP));
            self.name_subject = Some(NameSubject {
                at: (block, first.start),
                name,
                several: several.map(|p| text_of(view, from, p.end)),
            });
        }
    }

    /// Whether a named person became the subject after the entry's last mention: then "he" is that person.
    fn name_since(&self, entry: usize) -> bool {
        let entry = &self.entries[entry].source;
        let last = entry
            .mentions
            .last()
            .map_or((0, 0), |m| (m.block as usize, m.start));
        !entry.kind.named()
            && self
                .name_subject
                .as_ref()
                .is_some_and(|subject| subject.at > last)
    }
}
