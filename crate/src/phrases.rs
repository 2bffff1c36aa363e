//! Noun phrases and subjects, found with closed-class words and word lists alone.
//!
//! No parser: the grammar of the sources that news cites is small. A phrase is an optional
//! determiner, modifiers and a head (Huddleston & Pullum 2002, ch. 5), and what may follow it:
//! prepositional phrases, participles, relative clauses, further coordinated phrases.

use crate::lexicon::{self as lex, Classes};
use crate::tokens::Token;
use crate::work;

/// A block's tokens with the text they stand in.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The block's text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
}

/// A noun phrase as token positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// First token (the determiner, if there is one).
    pub start: usize,
    /// The head noun.
    pub head: usize,
    /// One past the last token, modifiers after the head included.
    pub end: usize,
}

/// Longest noun phrase, relative clause or apposition that is looked through, in tokens.
const REACH: usize = 40;

/// Longest subject of a clause that has no relative pronoun, in tokens.
const CONTACT: usize = 6;

/// Words from a request for anonymity to the reason for it.
const REASON: usize = 4;

impl<'a> View<'a> {
    /// The word at `at` as written; empty outside.
    pub fn word(&self, at: usize) -> &'a str {
        work::step();
        self.tokens
            .get(at)
            .map_or("", |t| &self.text[t.start as usize..t.end as usize])
    }

    /// Whether the word at `at` is one of `words` (lower case, ASCII).
    pub fn is(&self, at: usize, words: &[&str]) -> bool {
        work::step();
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        let place = token.start as usize..token.end as usize;
        let word = self.text.as_bytes().get(place).unwrap_or_default();
        words
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w.as_bytes()))
    }

    /// Whether the token at `at` has any of `classes`; no token has none.
    pub fn any(&self, at: usize, classes: Classes) -> bool {
        self.tokens.get(at).is_some_and(|t| t.any(classes))
    }

    /// Byte range of tokens `start..end`.
    pub fn bytes(&self, start: usize, end: usize) -> (u32, u32) {
        match (self.tokens.get(start), self.tokens.get(end.wrapping_sub(1))) {
            (Some(a), Some(b)) if start < end => (a.start, b.end),
            _ => (0, 0),
        }
    }

    /// Whether the token can only be a finite verb here: an inflected verb that is no noun or adjective.
    pub fn plain_verb(&self, at: usize) -> bool {
        let Some(t) = self.tokens.get(at) else {
            return false;
        };
        let inflected = t.any(lex::VERB) && t.any(lex::THIRD | lex::PAST | lex::BASE);
        // A capital makes it part of a name: "Stephen Lynch".
        t.any(lex::FUNCTION_FINITE)
            || inflected && !t.any(lex::NOUN | lex::ADJECTIVES | lex::FUNCTION | lex::CAP)
    }

    fn nounish(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| {
            t.any(
                lex::NOUN
                    | lex::ADJECTIVES
                    | lex::CAP
                    | lex::NUM
                    | lex::FUNCTION_NUM
                    | lex::DEMONYM,
            ) && !t.any(lex::PUNCT)
                && !t.any(lex::FUNCTION & !lex::FUNCTION_NUM)
                || t.any(lex::FUNCTION_NUM)
        })
    }

    /// The noun phrase that begins at `at`, without what follows its head.
    pub fn noun_phrase(&self, at: usize, limit: usize) -> Option<Phrase> {
        let limit = limit.min(at + REACH);
        let mut j = at;
        let mut head = None;
        let mut opened = false;
        while j < limit {
            let t = &self.tokens[j];
            let function = t.any(lex::FUNCTION);
            if j == at && self.is(j, &["more", "fewer", "less"]) && self.is(j + 1, &["than"]) {
                // "more than 40 officials"
                if !self.any(j + 2, lex::NUM | lex::FUNCTION_NUM) {
                    break;
                }
                j += 1;
            } else if t.any(lex::PUNCT) {
                let inner = t.any(lex::MARK_INNER)
                    && self.nounish(j + 1)
                    && (head.is_some() || t.any(lex::MARK_MONEY));
                let percent = t.any(lex::MARK_PERCENT) && head.is_some();
                if !(inner || percent) {
                    break;
                }
            } else if t.any(lex::FUNCTION_CLITIC) {
                let possessive =
                    self.word(j).len() <= 4 && self.word(j).ends_with('s') && head.is_some();
                let owned = self.tokens.get(j + 1).is_some_and(|n| {
                    n.any(lex::NOUN | lex::ADJECTIVES | lex::CAP | lex::NUM)
                        && !n.any(lex::PUNCT | lex::FUNCTION)
                });
                if !possessive || !owned {
                    break;
                }
            } else if function
                && t.any(lex::FUNCTION_DET | lex::FUNCTION_POSS | lex::FUNCTION_QUANT)
            {
                if head.is_some() || (opened && !t.any(lex::FUNCTION_QUANT)) {
                    break;
                }
                // "some of his aides", "one of the officials": the head comes after "of".
                opened = true;
                if t.any(lex::FUNCTION_QUANT | lex::FUNCTION_NUM) && self.is(j + 1, &["of"]) {
                    j += 1;
                    opened = false;
                }
                // "those close to him", "those on the quay"
                let after = j + 1 + usize::from(self.any(j + 1, lex::ADJECTIVES));
                let alone = self.is(j, &["those"]) && self.any(after, lex::FUNCTION_PREP);
                // "42 percent of those responding"
                let some = lex::FUNCTION_REL | lex::ING | lex::PARTICIPLE;
                let part = j > at && self.is(j, &["those"]) && self.any(j + 1, some);
                if alone && j == at || part {
                    head = Some(j);
                    j += 1;
                    break;
                }
            } else if t.any(lex::FUNCTION_COORD)
                && j > at
                && self.any(j - 1, lex::ADJECTIVES)
                && self.any(j + 1, lex::ADJECTIVES)
                && self.nounish(j + 2)
                || t.any(lex::FUNCTION_COORD) && j > at && self.shared_head(j)
            {
                // "current and former officials", "NATO and Afghan officials"
            } else if t.any(lex::FUNCTION_PREP)
                && j == at + 1
                && opened
                && head.is_none()
                && self.any(j + 1, lex::NOUN)
                && self.is(j, &["inside", "outside", "past", "near"])
            {
                // "an inside source"
            } else if function && !t.any(lex::FUNCTION_NUM) {
                // Function words that are nouns too ("past", "will") count as function words.
                break;
            } else if t.any(lex::FUNCTION_NUM | lex::NUM) {
                // "two of the four officials": the head comes after "of".
                opened = !self.is(j + 1, &["of"]) || self.any(j + 2, lex::NUM);
                if opened {
                    head = head.or(Some(j));
                } else {
                    j += 1;
                }
            } else if t.any(lex::ADVERBS) && !t.any(lex::NOUN | lex::ADJECTIVES) && !t.any(lex::CAP)
            {
                let before_modifier = self.any(
                    j + 1,
                    lex::ADJECTIVES | lex::PARTICIPLE | lex::FUNCTION_NUM | lex::NUM,
                );
                if !before_modifier || head.is_some_and(|h| self.any(h, lex::NOUN)) {
                    break;
                }
            } else if t.any(lex::NOUN | lex::ADJECTIVES | lex::CAP | lex::DEMONYM | lex::TITLES) {
                let had_noun =
                    head.is_some_and(|h| self.any(h, lex::NOUN | lex::CAP | lex::DEMONYM));
                if had_noun && t.any(lex::VERB) && !t.any(lex::CAP) && self.reads_as_verb(j, head) {
                    break;
                }
                // "Officials Tuesday said": when they did.
                let day = t.all(lex::NOUN_TIME | lex::CAP) && self.any(j + 1, lex::SPEECH);
                if had_noun && day && !self.any(j + 1, lex::NOUN) {
                    break;
                }
                // An adjective after its noun begins what follows the head: "people familiar with".
                let adjective = t.any(lex::ADJECTIVES) && !t.any(lex::NOUN | lex::CAP);
                if had_noun && adjective && !self.nounish(j + 1) {
                    break;
                }
                head = Some(j);
                opened = true;
            } else if t.any(lex::PARTICIPLE | lex::ING) {
                // "leaked memos", "leading experts": a participle before any noun is a modifier.
                let had_noun =
                    head.is_some_and(|h| self.any(h, lex::NOUN | lex::CAP | lex::DEMONYM));
                if had_noun
                    || !(opened || self.nounish(j + 1))
                    || t.all(lex::SPEECH | lex::PAST) && !opened
                {
                    break;
                }
                opened = true;
            } else {
                break;
            }
            j += 1;
            // "a number of officials", "dozens of members": a quantity, then the head.
            if head == Some(j - 1)
                && self.any(j - 1, lex::QUANTITY)
                && self.is(j, &["of"])
                && self.nounish_or_opening(j + 1)
            {
                head = None;
                j += 1;
                opened = false;
            }
        }
        let head = head?;
        Some(Phrase {
            start: at,
            head,
            end: j.max(head + 1),
        })
    }

    /// Whether what the coordinator at `at` joins belongs to one head after it: "NATO and foreign officials".
    fn shared_head(&self, at: usize) -> bool {
        let of_bodies = lex::ADJECTIVES | lex::DEMONYM | lex::COLLECTIVE | lex::ABBREVIATIONS;
        let body = |i: usize| self.any(i, lex::CAP) && self.any(i, of_bodies);
        let several = |i: usize| {
            self.tokens
                .get(i)
                .is_some_and(|t| t.all(lex::PERSON | lex::PLURAL))
        };
        let between = lex::CAP | lex::NOUN | lex::ADJECTIVES;
        let head = (at + 2..at + 6).find(|i| several(*i) || !self.any(*i, between));
        body(at - 1)
            && (body(at + 1) || self.any(at + 1, lex::ADJECTIVES))
            && head.is_some_and(|head| several(head) && !self.any(head, lex::CAP))
    }

    fn nounish_or_opening(&self, at: usize) -> bool {
        self.nounish(at) || self.any(at, lex::FUNCTION_DET | lex::FUNCTION_POSS)
    }

    /// Whether a word that can be noun or verb is the verb of the noun before it, by agreement.
    fn reads_as_verb(&self, at: usize, head: Option<usize>) -> bool {
        let (t, plural) = (
            &self.tokens[at],
            head.is_some_and(|h| self.any(h, lex::PLURAL)),
        );
        // "two security sources in Beirut"
        if t.all(lex::PERSON_VAGUE | lex::PLURAL) {
            return false;
        }
        // Another verb right after it: then this one is its subject.
        if self.any(at + 1, lex::FUNCTION_FINITE)
            || self.any(at + 1, lex::PAST) && !self.any(at + 1, lex::NOUN | lex::ADJECTIVES)
        {
            return false;
        }
        let starts_complement = self.tokens.get(at + 1).is_none_or(|n| {
            n.any(lex::FUNCTION & !lex::FUNCTION_CLITIC)
                || n.any(lex::CAP | lex::ADVERBS | lex::QUOTE)
        });
        if t.any(lex::SPEECH_SAY | lex::SPEECH_SHOW | lex::SPEECH_THINK) && starts_complement {
            return if plural {
                t.any(lex::BASE | lex::PAST)
            } else {
                t.any(lex::THIRD | lex::PAST)
            };
        }
        starts_complement
            && ((plural && t.any(lex::BASE) && !t.any(lex::PLURAL))
                || (!plural && t.any(lex::THIRD))
                || (t.any(lex::PAST) && !t.any(lex::ADJECTIVES)))
    }

    /// Extends a phrase over what modifies its head: "of …", "familiar with …", "briefed on …",
    /// "who …". With `commas`, an apposition or relative clause between commas belongs to it too.
    pub fn extend(&self, phrase: Phrase, limit: usize, commas: bool) -> Phrase {
        let mut end = phrase.end;
        let stop = limit.min(phrase.start + 2 * REACH);
        while end < stop {
            let t = &self.tokens[end];
            if t.any(lex::FUNCTION_PREP) && !t.any(lex::FUNCTION_SUBORD) || t.any(lex::FUNCTION_TO)
            {
                // "was accused by critics of lying"
                let agent = phrase.start > 0 && self.is(phrase.start - 1, &["by"]);
                if agent && self.is(end, &["of"]) && self.any(end + 1, lex::ING) {
                    break;
                }
                let Some(next) = self.noun_phrase(end + 1, stop) else {
                    break;
                };
                if self.any(next.head, lex::NOUN_TIME)
                    || (self.is(end, &["in", "on", "during", "by", "via", "through"])
                        && self.any(next.head, lex::DOCUMENT | lex::SPEECH))
                {
                    break;
                }
                end = next.end;
            } else if t.any(lex::ADJECTIVES) && self.any(end + 1, lex::FUNCTION_PREP) {
                end += 1;
            } else if t.any(lex::PARTICIPLE | lex::ING)
                && !t.any(lex::NOUN | lex::FUNCTION)
                && end > phrase.head
            {
                end += 1;
                if let Some(next) = self.noun_phrase(end, stop) {
                    end = next.end;
                }
            } else if t.any(lex::FUNCTION_REL) && self.is(end, &["who", "whose", "that", "which"]) {
                let close = self.clause_end(end + 1, stop);
                // "who called the sale a “slow leak”" tells what they say, not who they are.
                let tells = (end + 1..close.min(end + 4)).find(|i| self.any(*i, lex::SPEECH));
                let quotes = self.any(close, lex::QUOTE);
                end = tells.filter(|_| quotes).map_or(close, |tells| tells + 1);
            } else if t.any(lex::MARK_OPEN) && self.any(end - 1, lex::CAP) {
                // "Rep. Ana Ruiz (R-Texas)"
                match (end..stop.min(end + 8)).find(|i| self.any(*i, lex::MARK_CLOSE)) {
                    Some(close) => end = close + 1,
                    None => break,
                }
            } else if commas && t.any(lex::MARK_COMMA) && self.apposition(end, &phrase) {
                end = self.clause_end(end + 1, stop);
            } else if commas
                && t.any(lex::MARK_COMMA)
                && self.is(end + 1, &["who", "whose", "which", "speaking", "citing"])
            {
                let close = self.clause_end(end + 2, stop);
                // ", who added that …" goes on talking; it doesn't describe.
                if (end + 2..close.min(end + 4))
                    .any(|i| self.any(i, lex::SPEECH_SAY) && !self.is(i, &["asked", "requested"]))
                {
                    break;
                }
                // The reason for anonymity is the next thing the page says, not part of who it is.
                let unnamed = (end + 2..close).any(|i| self.any(i, lex::ANONYMITY));
                let reason =
                    (end + 2..close).find(|i| unnamed && self.is(*i, &["because", "since"]));
                end = reason.unwrap_or(close);
            } else if t.any(lex::FUNCTION_COORD) && self.is(end, &["and", "or"]) {
                match self.noun_phrase(end + 1, stop) {
                    Some(next)
                        if self.any(
                            next.head,
                            lex::PERSON | lex::DEMONYM | lex::COLLECTIVE | lex::DOCUMENT,
                        ) =>
                    {
                        end = next.end
                    }
                    _ => break,
                }
            } else {
                break;
            }
        }
        Phrase { end, ..phrase }
    }

    /// Whether the comma at `comma` opens an apposition to a phrase: "Ana Ruiz, a chemist", "the
    /// mayor, Ana Ruiz", "Ana Ruiz, 56".
    fn apposition(&self, comma: usize, phrase: &Phrase) -> bool {
        let next = comma + 1;
        let named = self.any(phrase.head, lex::CAP);
        if !named {
            let reach = self.tokens.len().min(next + REACH);
            let end = (next..reach).find(|i| !self.any(*i, lex::CAP));
            return self.any(phrase.head, lex::PERSON)
                && self.any(phrase.start, lex::FUNCTION_DET | lex::FUNCTION_POSS)
                && !self.any(next, lex::FUNCTION)
                && end.is_none_or(|end| {
                    // "According to the source, Ana Ruiz has left": whom the clause is about.
                    end > next + 1 && !self.any(end, lex::VERB | lex::FUNCTION_AUX)
                });
        }
        if self.any(next, lex::NUM) {
            return true;
        }
        let describes = |p: &Phrase| {
            self.any(
                p.head,
                lex::PERSON | lex::TITLES | lex::COLLECTIVE | lex::DOCUMENT,
            ) && !self.any(p.end, lex::VERB | lex::FUNCTION_AUX)
        };
        self.is(next, &["of"])
            || self
                .noun_phrase(next, self.tokens.len())
                .is_some_and(|p| describes(&p))
    }

    /// A source phrase at `at`, without what follows its head: a noun phrase, a pronoun, or a
    /// quantifier that stands alone.
    pub fn source_at(&self, at: usize) -> Option<Phrase> {
        let pronoun = self.any(at, lex::FUNCTION_PRON) && !self.any(at, lex::FUNCTION_POSS)
            || self.is(at, &["him", "her", "them"])
                && !self.any(at + 1, lex::NOUN | lex::ADJECTIVES);
        if pronoun {
            return Some(Phrase {
                start: at,
                head: at,
                end: at + 1,
            });
        }
        let alone = self.any(at, lex::FUNCTION_SOME | lex::FUNCTION_OTHER);
        self.noun_phrase(at, self.tokens.len())
            .or(alone.then_some(Phrase {
                start: at,
                head: at,
                end: at + 1,
            }))
    }

    /// Where adverbials of time, place and occasion that begin at `at` end: "on Monday in an interview".
    pub fn adjuncts(&self, at: usize) -> usize {
        let mut end = at;
        while end < self.tokens.len().min(at + REACH) {
            let t = &self.tokens[end];
            let next = if t.any(lex::FUNCTION_PREP) && !self.is(end, &["to", "as", "of", "than"]) {
                let inner = if t.any(lex::FUNCTION_SUBORD) && self.clause_at(end + 1) {
                    None
                } else {
                    self.noun_phrase(end + 1, self.tokens.len())
                };
                inner.map(|p| {
                    let mut end = p.end;
                    while self.is(end, &["of", "to", "with"]) {
                        let Some(more) = self.noun_phrase(end + 1, self.tokens.len()) else {
                            break;
                        };
                        end = more.end;
                    }
                    end
                })
            } else if t.any(lex::ADVERBS) && !t.any(lex::NOUN | lex::FUNCTION) {
                Some(end + 1)
            } else {
                self.noun_phrase(end, self.tokens.len())
                    .filter(|p| self.any(p.head, lex::NOUN_TIME))
                    .map(|p| p.end)
            };
            match next {
                Some(next) => end = next,
                None => break,
            }
        }
        end
    }

    /// Whether a clause begins at `at`: a subject, and a finite verb soon after it.
    pub fn clause_at(&self, at: usize) -> bool {
        if self.is(at, &["there", "it", "if", "when", "while", "although"]) {
            return true;
        }
        let verb = lex::VERB | lex::FUNCTION_AUX | lex::ADVERBS | lex::FUNCTION_CLITIC;
        let pronoun = self.any(at, lex::FUNCTION_PRON | lex::FUNCTION_DEMO);
        if pronoun && self.any(at + 1, verb) {
            return true;
        }
        let Some(subject) = self.noun_phrase(at, self.tokens.len()) else {
            return false;
        };
        if self.any(subject.head, lex::NOUN_TIME) {
            return false;
        }
        let subject = self.extend(subject, self.tokens.len(), false);
        let stop = self.clause_end(subject.end, self.tokens.len().min(subject.end + 3));
        (subject.end..stop).any(|i| {
            self.any(i, lex::FUNCTION_FINITE | lex::PAST | lex::THIRD | lex::BASE)
                && self.any(i, lex::VERB | lex::FUNCTION_AUX)
        })
    }

    /// The owner before token `at`: "the mayor's" or "their", as a phrase without the clitic.
    pub fn owner_before(&self, at: usize) -> Option<Phrase> {
        let last = at.checked_sub(1)?;
        if self.any(last, lex::FUNCTION_POSS) && self.any(last, lex::FUNCTION_THIRD) {
            return Some(Phrase {
                start: last,
                head: last,
                end: at,
            });
        }
        // "Democratic allegations": whose they are is an adjective.
        if self.any(last, lex::DEMONYM) && self.any(last, lex::CAP) {
            return Some(Phrase {
                start: last,
                head: last,
                end: at,
            });
        }
        let plural = self.any(last, lex::MARK_INNER)
            && matches!(self.word(last), "'" | "’")
            && last > 0
            && self.any(last - 1, lex::PLURAL | lex::CAP);
        let clitic = self.any(last, lex::FUNCTION_CLITIC) && self.is(last, &["'s", "’s"]);
        if !(plural || clitic) {
            return None;
        }
        // The longest noun phrase that ends where the clitic stands.
        let floor = last.saturating_sub(8);
        (floor..last).find_map(|start| {
            self.noun_phrase(start, last)
                .filter(|p| p.end == last && p.head + 1 == last)
        })
    }

    /// Whether a phrase before a colon is one that speaks: a short name, people, a poll or report, and
    /// not a label ("Correction:", "Source:").
    pub fn heads_speech(&self, phrase: &Phrase) -> bool {
        let h = &self.tokens[phrase.head];
        let labels = [
            "note", "video", "photo", "image", "picture", "file", "record",
        ];
        if self.is(phrase.head, &labels) {
            return false;
        }
        let name = h.all(lex::CAP | lex::UNKNOWN) && phrase.end - phrase.start <= 3;
        let people = h.any(lex::PERSON | lex::DEMONYM) && h.any(lex::PLURAL)
            || h.any(lex::PERSON) && phrase.head > phrase.start;
        name || people || h.any(lex::DOCUMENT | lex::COLLECTIVE)
    }

    /// The subject of the sentence's first clause, if it ends before `end`: "On Monday, the mayor …".
    pub fn first_subject(&self, end: usize) -> Option<Phrase> {
        let mut at = 0;
        while at < end {
            let t = &self.tokens[at];
            if t.any(lex::FUNCTION_PREP) || t.any(lex::FUNCTION_SUBORD) {
                at = self.clause_end(at, end) + 1;
            } else if t.any(lex::FUNCTION_COORD | lex::PUNCT | lex::ADVERBS)
                && !t.any(lex::QUOTE | lex::CAP)
                || t.any(lex::FUNCTION_COORD | lex::ADVERBS) && !t.any(lex::NOUN)
            {
                at += 1;
            } else if t.any(lex::QUOTE) {
                return None;
            } else {
                return self.source_at(at).filter(|p| p.end < end);
            }
        }
        None
    }

    /// The end of a clause that began before `from`: the next mark that parts clauses, or `stop`.
    pub fn clause_end(&self, from: usize, stop: usize) -> usize {
        (from..stop)
            .find(|i| self.tokens[*i].ends_clause() || self.tokens[*i].any(lex::QUOTE))
            .unwrap_or(stop)
    }

    /// The subject of the verb at `verb`, looking back no further than `from`.
    pub fn subject_before(&self, verb: usize, from: usize) -> Option<Phrase> {
        let mut end = verb;
        while end > from && self.skippable(end - 1) {
            end -= 1;
        }
        let last = end.checked_sub(1).filter(|l| *l >= from)?;
        let t = &self.tokens[last];
        if t.any(lex::MARK_COMMA | lex::MARK_DASH | lex::MARK_CLOSE) {
            return self.subject_before_aside(last, from);
        }
        if t.any(lex::PUNCT | lex::QUOTE) {
            return None;
        }
        self.subject_ending(end, from)
    }

    /// Whether "May" is the month: a day or year stands beside it.
    pub fn is_month(&self, at: usize) -> bool {
        self.any(at, lex::CAP)
            && self.is(at, &["may"])
            && (self.any(at.wrapping_sub(1), lex::NUM) || self.any(at + 1, lex::NUM))
    }

    /// Words between subject and verb: auxiliaries, adverbs, negation.
    pub fn skippable(&self, at: usize) -> bool {
        let t = &self.tokens[at];
        if t.any(lex::FUNCTION) {
            return t.any(lex::FUNCTION_AUX | lex::FUNCTION_NEG | lex::FUNCTION_CLITIC)
                && !self.is(at, &["no", "neither", "nor"])
                && !self.is_month(at)
                || self.is(at, &["all", "both", "each"])
                    && self.any(
                        at.wrapping_sub(1),
                        lex::NOUN | lex::FUNCTION_PRON | lex::FUNCTION_AUX,
                    );
        }
        t.any(lex::ADVERBS)
            && !t.any(lex::PERSON | lex::CAP | lex::PUNCT)
            && (!t.any(lex::NOUN) || t.any(lex::ADVERBS_TIME))
    }

    /// "a resident, who asked not to be named, told": the subject stands before the aside, or before
    /// several of them ("Ana Ruiz, 56, who runs the pit, said").
    fn subject_before_aside(&self, close: usize, from: usize) -> Option<Phrase> {
        if self.tokens[close].any(lex::MARK_CLOSE) {
            let subject = self.before_aside(self.bracket_before(close, from)?, from)?;
            let end = close + 1;
            return Some(Phrase { end, ..subject });
        }
        let floor = from.max(close.saturating_sub(REACH));
        let mut best = None;
        for open in (floor..close).rev() {
            let t = &self.tokens[open];
            if t.any(lex::QUOTE | lex::MARK_SEMICOLON | lex::MARK_COLON) {
                break;
            }
            let same = t.any(lex::MARK_COMMA | lex::MARK_DASH)
                && t.any(lex::MARK_COMMA) == self.tokens[close].any(lex::MARK_COMMA);
            // "some members, however, question"
            let adverb = open + 2 == close && self.any(open + 1, lex::ADVERBS);
            if !same || !adverb && !self.aside_at(open + 1) {
                continue;
            }
            let Some(subject) = self.before_aside(open, from) else {
                continue;
            };
            // "They held talks, which failed, said": what another verb has taken.
            let before = subject.start.checked_sub(1).filter(|b| *b >= from);
            if before.is_some_and(|b| {
                self.plain_verb(b) && !self.any(b, lex::SPEECH | lex::FUNCTION_AUX)
                    || self.is(b, &["than"])
            }) {
                continue;
            }
            let begins = subject.start == from
                || self.any(subject.start - 1, lex::PUNCT | lex::QUOTE)
                || self.any(
                    subject.start - 1,
                    lex::FUNCTION_COORD | lex::FUNCTION_SUBORD | lex::FUNCTION_THAT,
                );
            // "Opening the case, the clerk, Ana Ruiz, said": what opens with a participle is no name.
            let name = self.any(subject.head, lex::CAP)
                && !self.any(subject.start, lex::ING | lex::PARTICIPLE);
            if best.is_none() || begins && name {
                best = Some(Phrase {
                    end: close,
                    ..subject
                });
            }
        }
        best
    }

    /// The phrase that ends right before the mark at `open`: no adverbial ("On Monday, …"). Brackets
    /// of its own belong to it ("Ana Ruiz (R-Texas), who …").
    fn before_aside(&self, open: usize, from: usize) -> Option<Phrase> {
        let last = open.checked_sub(1).filter(|last| *last >= from)?;
        let subject = if self.any(last, lex::MARK_CLOSE) {
            self.subject_before_aside(last, from)
        } else if self.nounish(last) {
            self.subject_ending(open, from)
        } else {
            None
        };
        // "It was shallow, making …, say": an adjective speaks as little as a day does.
        let adjective = |s: &Phrase| {
            s.start == s.head
                && self.any(s.head, lex::ADJECTIVES)
                && !self.any(s.head, lex::NOUN | lex::CAP | lex::FUNCTION)
        };
        subject.filter(|s| !adjective(s) && !self.any(s.head, lex::NOUN_TIME))
    }

    /// The bracket that the one at `close` closes. There is one way to pair them, so rows of brackets
    /// cost no more than their length.
    fn bracket_before(&self, close: usize, from: usize) -> Option<usize> {
        let floor = from.max(close.saturating_sub(REACH));
        let mut inner = 0;
        for at in (floor..close).rev() {
            let t = &self.tokens[at];
            if t.any(lex::QUOTE | lex::MARK_SEMICOLON | lex::MARK_COLON) {
                return None;
            } else if t.any(lex::MARK_CLOSE) {
                inner += 1;
            } else if t.any(lex::MARK_OPEN) && inner == 0 {
                return Some(at);
            } else if t.any(lex::MARK_OPEN) {
                inner -= 1;
            }
        }
        None
    }

    /// Whether what begins at `at`, after a comma, may stand between a subject and its verb.
    fn aside_at(&self, at: usize) -> bool {
        self.any(
            at,
            lex::FUNCTION_REL
                | lex::FUNCTION_PREP
                | lex::FUNCTION_DET
                | lex::FUNCTION_POSS
                | lex::FUNCTION_QUANT
                | lex::CAP
                | lex::ING
                | lex::PARTICIPLE
                | lex::NUM
                | lex::PERSON
                | lex::TITLES
                | lex::ADJECTIVES,
        )
    }

    /// The subject whose last token is `end - 1`.
    fn subject_ending(&self, end: usize, from: usize) -> Option<Phrase> {
        let last = end - 1;
        let t = &self.tokens[last];
        if self.is(last, &["whom"]) && last >= from + 2 && self.is(last - 1, &["of"]) {
            let many = self.any(last - 2, lex::FUNCTION_SOME);
            return many.then_some(Phrase {
                start: last - 2,
                head: last - 2,
                end,
            });
        }
        if t.any(lex::FUNCTION_REL) && self.is(last, &["who", "that", "which"]) {
            return self.relative_subject(last, from);
        }
        let governed = last > from
            && self.any(last - 1, lex::FUNCTION_PREP)
            // "as many expected", "than some had thought", "with some saying"
            && !self.is(last - 1, &["as", "than"])
            && !(t.any(lex::FUNCTION_SOME) && self.is(last - 1, &["with"]))
            && !self.is(last, &["i", "he", "she", "we", "they"]);
        if t.any(lex::FUNCTION_PRON) && !t.any(lex::FUNCTION_POSS) && !governed {
            return Some(Phrase {
                start: last,
                head: last,
                end,
            });
        }
        if t.any(lex::FUNCTION) && !governed && !t.any(lex::FUNCTION_NUM) && !self.is_month(last) {
            let alone = t.any(lex::FUNCTION_SOME | lex::FUNCTION_OTHER)
                || self.is(last, &["another", "both", "each"])
                || self.is(last, &["all"]) && !self.is(end, &["told"]);
            return alone.then_some(Phrase {
                start: last,
                head: last,
                end,
            });
        }
        let contact = self.plain_verb(last) && !t.any(lex::FUNCTION_AUX);
        let antecedent = contact.then(|| self.antecedent(last, from)).flatten();
        if let Some(p) = antecedent {
            return Some(Phrase { end, ..p });
        }
        let begin = self.window_start(last, from);
        let mut at = begin;
        let mut under_preposition = None;
        while at < end {
            let t = &self.tokens[at];
            if t.any(lex::FUNCTION_COORD)
                || (t.any(lex::ADVERBS) && !t.any(lex::NOUN | lex::ADJECTIVES | lex::FUNCTION))
                || t.any(lex::FUNCTION_SUBORD) && !t.any(lex::FUNCTION_PREP)
            {
                at += 1;
                continue;
            }
            // "others in the trade"
            if t.any(lex::FUNCTION_SOME | lex::FUNCTION_OTHER)
                && self.any(at + 1, lex::FUNCTION_PREP)
                && !self.is(at + 1, &["of"])
            {
                return Some(Phrase {
                    start: at,
                    head: at,
                    end,
                });
            }
            let preposition = t.any(lex::FUNCTION_PREP);
            let np_at = if preposition { at + 1 } else { at };
            match self.noun_phrase(np_at, end) {
                Some(p) if !preposition => return Some(Phrase { end, ..p }),
                Some(p) => {
                    under_preposition = Some(p);
                    at = p.end;
                }
                None => at += 1,
            }
        }
        // "In Florida officials said": the phrase after the preposition took the subject along.
        let p = under_preposition
            .filter(|p| p.end == end && self.any(p.head, lex::PERSON | lex::DEMONYM))?;
        let start = (p.start..=p.head)
            .rev()
            .take_while(|i| !self.any(*i, lex::NOUN_TIME | lex::NUM))
            .last()
            .unwrap_or(p.head);
        Some(Phrase {
            start,
            head: p.head,
            end,
        })
    }

    /// "the memo the Courier has obtained shows": what a clause without a relative pronoun, with its
    /// verb at `verb`, says more of.
    fn antecedent(&self, verb: usize, from: usize) -> Option<Phrase> {
        let mut end = verb;
        while end > from && self.skippable(end - 1) {
            end -= 1;
        }
        let floor = from.max(end.saturating_sub(CONTACT));
        let inner = (floor + 1..end).rev().find(|start| {
            let opens = lex::FUNCTION_PRON | lex::FUNCTION_DET | lex::CAP | lex::PLURAL;
            let whole = self.source_at(*start).is_some_and(|p| p.end == end);
            let within = lex::ADJECTIVES | lex::FUNCTION_DET | lex::FUNCTION_POSS;
            let name = self.any(*start, lex::CAP) && !self.any(*start, lex::FUNCTION);
            let within = if name { within | lex::CAP } else { within };
            let pronoun = self.any(*start, lex::FUNCTION_PRON);
            whole && self.any(*start, opens) && (pronoun || !self.any(start - 1, within))
        })?;
        let noun = self.nounish(inner - 1) || self.any(inner - 1, lex::FUNCTION_QUANT);
        noun.then(|| self.subject_ending(inner, from)).flatten()
    }

    /// "critics who say": the antecedent is part of the subject; "…, who added": the pronoun alone.
    fn relative_subject(&self, rel: usize, from: usize) -> Option<Phrase> {
        let before = rel.checked_sub(1).filter(|b| *b >= from)?;
        if self.tokens[before].any(lex::MARK_COMMA | lex::MARK_DASH) {
            // "He met two farmers, who said": nobody else speaks of them.
            let antecedent = (before > from && self.is(rel, &["who"]))
                .then(|| self.subject_ending(before, from))
                .flatten()
                .filter(|p| {
                    self.any(p.head, lex::PERSON)
                        && p.end == before
                        && !(p.start..p.end).any(|i| self.any(i, lex::CAP) && i > from)
                        && (self.any(p.head, lex::PLURAL) || self.any(p.start, lex::FUNCTION_INDEF))
                });
            let relative = Phrase {
                start: rel,
                head: rel,
                end: rel + 1,
            };
            return match antecedent {
                Some(p) => Some(Phrase { end: rel + 1, ..p }),
                None => self.is(rel, &["who", "which"]).then_some(relative),
            };
        }
        if self.is(rel, &["which"])
            || !self.nounish(before) && !self.is(before, &["those", "some", "many", "others"])
        {
            return None;
        }
        let alone = self.any(before, lex::FUNCTION_SOME | lex::FUNCTION_OTHER)
            || self.is(before, &["those"]);
        if alone && self.is(rel, &["who"]) {
            return Some(Phrase {
                start: before,
                head: before,
                end: rel + 1,
            });
        }
        let subject = self.subject_ending(rel, from)?;
        let person = self.any(
            subject.head,
            lex::PERSON | lex::DEMONYM | lex::FUNCTION_SOME,
        );
        let plural = self.any(
            subject.head,
            lex::PLURAL | lex::FUNCTION_SOME | lex::FUNCTION_DEMO,
        );
        // "a man who said he was there"
        let one = self.any(subject.start, lex::FUNCTION_INDEF) && person && self.is(rel, &["who"]);
        let record = self.any(subject.head, lex::DOCUMENT);
        let which = self.is(rel, &["who"]) || person || record;
        (one || plural && which).then_some(Phrase {
            end: rel + 1,
            ..subject
        })
    }

    /// Where the words that may belong to a subject ending at `last` begin.
    fn window_start(&self, last: usize, from: usize) -> usize {
        let floor = from.max(last.saturating_sub(REACH));
        let mut pending: Option<usize> = None;
        let mut at = last + 1;
        while at > floor {
            let i = at - 1;
            let t = &self.tokens[i];
            if t.any(lex::QUOTE) || t.ends_clause() {
                break;
            }
            // "people who work at the yard": what may be a noun is the verb after "who".
            let works = || self.is(i, &["who"]) && i + 1 < last && self.any(i + 1, lex::VERB);
            if t.any(lex::FUNCTION_REL | lex::FUNCTION_THAT)
                && (pending.is_some() || works())
                && i > floor
                && self.nounish(i - 1)
            {
                // A relative clause ended here; its antecedent is to the left.
                pending = None;
                at = i;
                continue;
            }
            // "who asked not to be named because he isn't allowed to speak said"
            let subordinates = t.any(lex::FUNCTION_SUBORD);
            if pending.is_some() && subordinates && self.is(i, &["as", "because", "since"]) {
                let unnamed = (floor..i).rev().take(REASON);
                if unnamed.clone().any(|a| self.any(a, lex::ANONYMITY)) {
                    at = i;
                    continue;
                }
            }
            if t.any(lex::FUNCTION_SUBORD | lex::FUNCTION_REL) && !t.any(lex::FUNCTION_PREP)
                || t.any(lex::FUNCTION_THAT) && i < last && !self.any(i + 1, lex::SINGULAR)
                || (subordinates || t.any(lex::FUNCTION_COORD))
                    && self.is(i, &["but", "yet", "as", "than"])
                    // "a review of more than 900 files"
                    && !(self.any(i + 1, lex::NUM | lex::FUNCTION_NUM) && self.is(i, &["than"]))
            {
                break;
            }
            let governed = || i > floor && self.any(i - 1, lex::FUNCTION_PREP);
            if t.any(lex::FUNCTION_PRON) && !t.any(lex::FUNCTION_POSS) && !governed() {
                break;
            }
            let reduced = || {
                t.any(lex::PARTICIPLE)
                    && !t.any(lex::CATENATIVE)
                    && i > floor
                    && self.nounish(i - 1)
                    && (self.any(
                        i + 1,
                        lex::FUNCTION_PREP | lex::FUNCTION_TO | lex::NOUN_TIME | lex::NUM,
                    ) || self.is(i + 1, &["last", "this", "earlier", "recently"]))
            };
            if self.plain_verb(i)
                && !reduced()
                && !(t.any(lex::PARTICIPLE)
                    && self.any(i + 1, lex::NOUN)
                    && (i == from
                        || self.any(
                            i - 1,
                            lex::FUNCTION_DET
                                | lex::FUNCTION_POSS
                                | lex::FUNCTION_PREP
                                | lex::FUNCTION_QUANT
                                | lex::FUNCTION_COORD
                                | lex::PUNCT
                                | lex::QUOTE,
                        )))
            {
                pending = pending.or(Some(i));
            }
            at = i;
        }
        let Some(verb) = pending else { return at };
        // "praised the plan and the board wants": the verb's object, then the next subject. What
        // follows a verb of saying may be all one subject.
        let object = !self.any(verb, lex::SPEECH) && !self.any(verb, lex::FUNCTION_AUX);
        (verb + 1..last)
            .rev()
            .find(|i| {
                object && self.any(*i, lex::FUNCTION_COORD) && self.is(*i, &["and", "but", "or"])
            })
            .unwrap_or(verb)
            + 1
    }
}
