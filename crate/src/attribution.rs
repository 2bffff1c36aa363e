//! Attributions: who is cited by which words for what, sentence by sentence.
//!
//! Found here are the shapes of news English (Bergler 1992; Newell et al. 2018, the PolNeAR
//! guidelines): subject and cue verb, inverted after a quotation, "according to", "quoting" and
//! "citing", and, as rules in `data/rules/agentless.txt`, the shapes without a sayer. Who the
//! source *is* is decided later, over the whole page, by [`crate::sources`].

use std::ops::Range;

use crate::lexicon as lex;
use crate::phrases::{Phrase, View};
use crate::quotes::Quote;
use crate::rules::Match;

/// How a cue verb relates source and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// say, argue, tell, write, according to.
    Speech,
    /// think, fear, hope.
    Belief,
    /// accuse, condemn, call for: a stance, no that-clause needed.
    Stance,
    /// show, suggest: what records do.
    Showing,
}

/// One attribution within a block; positions are tokens of that block.
#[derive(Clone, Debug)]
pub struct Found {
    /// Index of the sentence.
    pub sentence: usize,
    /// The cue's tokens.
    pub cue: Range<usize>,
    /// The source phrase; `None` where the sayer is absent.
    pub source: Option<Phrase>,
    /// The content's tokens, in order.
    pub content: Vec<Range<usize>>,
    /// What sort of cue.
    pub manner: Manner,
    /// Taken off the strength: modals, weak cues.
    pub doubt: f32,
    /// The rule or mechanism.
    pub rule: &'static str,
    /// For agentless ones, their strength by rule.
    pub strength: f32,
    /// The listener of "told", where it is named: tokens.
    pub relay: Option<Range<usize>>,
    /// Whether the cue stands inside a quotation.
    pub quoted: bool,
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
}

impl Sentence<'_> {
    /// Finds the sentence's attributions. `matches` are the agentless rules that fit in it.
    pub fn attributions(&self, matches: &[Match], out: &mut Vec<Found>) {
        let first = out.len();
        out.extend(matches.iter().map(|m| self.agentless(m)));
        let mut at = self.range.start;
        while at < self.range.end {
            let before = out[first..]
                .last()
                .and_then(|f| f.source.map(|p| (p, f.cue.end)));
            if let Some(found) = self.at(at, before) {
                let taken = |o: &Found| o.cue.start < found.cue.end && found.cue.start < o.cue.end;
                if !out[first..].iter().any(taken) {
                    at = at.max(found.cue.end - 1);
                    out.push(found);
                }
            }
            at += 1;
        }
        out[first..].sort_by_key(|f| f.cue.start);
    }

    fn agentless(&self, m: &Match) -> Found {
        let content = trim(self.view, m.end..self.range.end);
        Found {
            sentence: self.number,
            cue: m.start..m.end,
            source: None,
            content: Some(content)
                .filter(|c| !c.is_empty())
                .into_iter()
                .collect(),
            manner: Manner::Speech,
            doubt: 0.0,
            rule: m.rule.id,
            strength: m.rule.strength,
            relay: None,
            quoted: self.view.tokens[m.start].quoted,
        }
    }

    /// The attribution whose cue ends with the word at `at`. `before`: the source of the one before
    /// it in the sentence, and where its cue ends.
    fn at(&self, at: usize, before: Option<(Phrase, usize)>) -> Option<Found> {
        let view = self.view;
        if view.is(at, &["according"]) && view.is(at + 1, &["to"]) {
            return self.according(at);
        }
        if view.any(at, lex::CITING) {
            return self.quoting(at);
        }
        if !view.any(at, lex::SPEECH) || view.any(at, lex::PUNCT) || self.is_noun(at) {
            return None;
        }
        let group = voice_of(view, at, self.range.start)?;
        match view.subject_before(at, self.range.start) {
            Some(subject) => self.after_subject(at, subject, &group),
            None => self
                .inverted(at)
                .or_else(|| self.coordinated(at, before, &group)),
        }
    }

    fn according(&self, at: usize) -> Option<Found> {
        let phrase = source_at(self.view, at + 2, self.range.end)?;
        let phrase = self.view.extend(phrase, self.range.end, true);
        Some(self.build(at..at + 2, phrase, Manner::Speech, "according-to"))
    }

    fn quoting(&self, at: usize) -> Option<Found> {
        let phrase = self.view.noun_phrase(at + 1, self.range.end)?;
        let unnamed = self.view.any(phrase.head, lex::PERSON | lex::DOCUMENT)
            && !self.view.any(phrase.head, lex::CAP);
        let phrase = self.view.extend(phrase, self.range.end, false);
        unnamed.then(|| self.build(at..at + 1, phrase, Manner::Speech, "quoting"))
    }

    /// Whether a word that may be a cue verb is a noun here.
    fn is_noun(&self, at: usize) -> bool {
        let (view, token) = (self.view, &self.view.tokens[at]);
        let begins = at == self.range.start;
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
        if begins || token.any(lex::PAST | lex::PARTICIPLE) {
            return false;
        }
        // "with little say", "another name": after an adjective or determiner.
        let before = &view.tokens[at - 1];
        let modifier =
            before.any(lex::ADJECTIVES) && !before.any(lex::NOUN | lex::ADVERBS | lex::FUNCTION);
        let determiner = before.any(lex::FUNCTION_DET | lex::FUNCTION_POSS)
            && !before.any(lex::FUNCTION_SOME | lex::FUNCTION_PRON);
        // "a Palestinian state": a plural verb form right after a singular.
        let singular = token.any(lex::BASE)
            && before.any(lex::SINGULAR)
            && !before.any(lex::PLURAL | lex::FUNCTION | lex::ADVERBS);
        modifier
            || singular && token.any(lex::NOUN)
            || determiner && token.any(lex::NOUN | lex::DOCUMENT)
    }

    /// "officials said …"
    fn after_subject(&self, at: usize, subject: Phrase, group: &Group) -> Option<Found> {
        let (view, manner) = (self.view, manner_of(self.view, at));
        let governed =
            subject.start > self.range.start && view.is(subject.start - 1, &["to", "of"]);
        let denied = group.negated && manner == Manner::Speech;
        if governed
            || denied
            || !agrees(view, at, &subject, group.start)
            || !self.conveys(at, &subject, manner)
        {
            return None;
        }
        let from = group.start.max(subject.end).min(at);
        let mut found = self.build(from..at + 1, subject, manner, "subject-cue");
        found.doubt = group.doubt;
        Some(found)
    }

    /// "…," said officials: the content stands before, the source after.
    fn inverted(&self, at: usize) -> Option<Found> {
        let (view, token) = (self.view, &self.view.tokens[at]);
        let before = at.checked_sub(1).filter(|b| *b >= self.range.start)?;
        let after_content = view.any(
            before,
            lex::QUOTE | lex::MARK_COMMA | lex::MARK_DASH | lex::MARK_QUESTION | lex::MARK_STOP,
        );
        if !after_content
            || !token.any(lex::SPEECH_SAY | lex::SPEECH_WRITE | lex::SPEECH_TELL)
            || !token.any(lex::PAST | lex::THIRD | lex::BASE)
        {
            return None;
        }
        let phrase = source_at(view, at + 1, self.range.end)?;
        let phrase = view.extend(phrase, self.range.end, true);
        // "…, said on Tuesday", "…, added taxes": no source follows.
        if view.any(phrase.head, lex::NOUN_TIME)
            || token.any(lex::SPEECH_WEAK) && !view.any(before, lex::QUOTE)
        {
            return None;
        }
        Some(self.build(at..at + 1, phrase, Manner::Speech, "inverted"))
    }

    /// "…, toured the site and said the wall was sound": a second verb of the subject before, which
    /// is that of the attribution `before` it or the sentence's first noun phrase.
    fn coordinated(
        &self,
        at: usize,
        before: Option<(Phrase, usize)>,
        group: &Group,
    ) -> Option<Found> {
        let (view, token) = (self.view, &self.view.tokens[at]);
        let joint = group
            .start
            .checked_sub(1)
            .filter(|j| *j > self.range.start)?;
        let saying =
            token.any(lex::SPEECH_SAY) && token.any(lex::PAST | lex::THIRD | lex::PARTICIPLE);
        if !view.is(joint, &["and", "but"]) || !saying || group.negated {
            return None;
        }
        let subject = match before {
            Some((phrase, end)) if end <= joint => phrase,
            Some(_) => return None,
            None => view.noun_phrase(self.range.start, joint)?,
        };
        let opens =
            lex::FUNCTION_PRON | lex::FUNCTION_DET | lex::FUNCTION_POSS | lex::CAP | lex::QUOTE;
        let claims = view.any(at + 1, opens) || view.is(at + 1, &["that"]);
        if !claims || subject.end > joint || !self.conveys(at, &subject, Manner::Speech) {
            return None;
        }
        let mut found = self.build(group.start..at + 1, subject, Manner::Speech, "coordinated");
        // The first verb's part of the sentence is not what this one says.
        found.content.retain(|c| c.start > at);
        found.doubt = group.doubt;
        Some(found)
    }

    /// Whether the cue at `at` conveys a claim of its subject, judged by what follows and precedes.
    fn conveys(&self, at: usize, subject: &Phrase, manner: Manner) -> bool {
        let view = self.view;
        let t = &view.tokens[at];
        let next = at + 1;
        let that = (next..(next + 3).min(self.range.end))
            .any(|i| view.is(i, &["that", "whether", "how", "why"]));
        let colon_or_quote = (next..(next + 3).min(self.range.end))
            .any(|i| view.any(i, lex::QUOTE | lex::MARK_COLON));
        let final_or_parenthetical = next >= self.range.end
            || view.any(
                next,
                lex::MARK_COMMA | lex::MARK_STOP | lex::MARK_DASH | lex::QUOTE,
            );
        let content_before = subject.start > self.range.start
            && view.any(
                subject.start - 1,
                lex::MARK_COMMA | lex::QUOTE | lex::MARK_DASH | lex::MARK_ELLIPSIS,
            );
        let beside_quote = colon_or_quote
            || content_before
                && last_quote(self.quotes, subject.start)
                    .is_some_and(|q| q.end + 2 >= subject.start);
        // A clause without "that": a new subject follows soon and a verb after it.
        let clause = view.noun_phrase(next, self.range.end).is_some_and(|p| {
            let after = p.end;
            (after..view.clause_end(after, self.range.end.min(after + 3))).any(|i| {
                view.any(i, lex::FUNCTION_FINITE | lex::PAST | lex::THIRD | lex::BASE)
                    && view.any(i, lex::VERB | lex::FUNCTION_AUX)
                    || view.any(i, lex::FUNCTION_TO) && t.any(lex::SPEECH_THINK)
            })
        }) || view.any(next, lex::FUNCTION_PRON)
            && view.any(
                next + 1,
                lex::VERB | lex::FUNCTION_AUX | lex::ADVERBS | lex::FUNCTION_CLITIC,
            )
            || view.is(next, &["there", "it", "this", "if", "when"]);
        let explicit = that
            || colon_or_quote
            || clause
            || (final_or_parenthetical && (content_before || beside_quote));
        let record = view.any(subject.head, lex::DOCUMENT);
        match manner {
            Manner::Speech if t.all(lex::SPEECH_TELL | lex::SPEECH_PLAIN) => true,
            Manner::Speech if t.any(lex::SPEECH_WEAK) => {
                explicit && (that || beside_quote || content_before || clause && !record)
            }
            Manner::Speech => {
                explicit || view.any(subject.head, lex::PERSON) || t.any(lex::SPEECH_PLAIN)
            }
            Manner::Belief if t.any(lex::SPEECH_ATTACK | lex::SPEECH_WEAK) => {
                that || clause && !t.any(lex::SPEECH_ATTACK) && !view.any(next, lex::FUNCTION_TO)
            }
            Manner::Belief => {
                that || clause
                    || view.any(next, lex::FUNCTION_TO)
                    || final_or_parenthetical && content_before
            }
            Manner::Showing => {
                (record || that || clause) && !t.any(lex::SPEECH_WEAK) || that || record && clause
            }
            // "attack" and "want" are deeds and wishes; only words take a stance.
            Manner::Stance if record || t.any(lex::ACCUSE | lex::MOTIVE) => false,
            Manner::Stance if t.any(lex::SPEECH_WEAK) => {
                that || view.is(next, &["for", "on", "as"])
                    || t.any(lex::SPEECH_CALL) && described_as(view, at)
            }
            Manner::Stance => !final_or_parenthetical,
        }
    }

    fn build(
        &self,
        cue: Range<usize>,
        source: Phrase,
        manner: Manner,
        rule: &'static str,
    ) -> Found {
        let view = self.view;
        let from = cue.start.min(source.start);
        let mut to = cue.end.max(source.end);
        let mut relay = None;
        if view.any(cue.end - 1, lex::SPEECH_TELL) && rule != "inverted" {
            let listener = source_at(view, cue.end, self.range.end);
            if let Some(listener) =
                listener.filter(|l| l.end < self.range.end || view.any(l.head, lex::CAP))
            {
                if view.any(listener.head, lex::CAP)
                    || view.any(listener.head, lex::COLLECTIVE | lex::PERSON)
                {
                    relay = Some(listener.start..listener.end);
                }
                to = to.max(listener.end);
            }
        }
        let before = trim(view, self.range.start..from);
        let after = trim(view, to..self.range.end);
        let parenthetical = from > self.range.start
            && view.any(
                from - 1,
                lex::MARK_COMMA
                    | lex::QUOTE
                    | lex::MARK_DASH
                    | lex::MARK_ELLIPSIS
                    | lex::MARK_QUESTION,
            );
        let closes = to >= self.range.end
            || view.any(
                to,
                lex::MARK_STOP | lex::MARK_COMMA | lex::MARK_SEMICOLON | lex::QUOTE,
            );
        let mut content = Vec::new();
        // "…, officials said, …": content stands on both sides; otherwise it follows, or precedes a final cue.
        let takes_before = (parenthetical && closes
            || rule == "inverted"
            || rule == "according-to" && parenthetical
            || after.is_empty())
            && !before.is_empty();
        if takes_before {
            let mut start = before.start;
            // A quotation that ends here began in an earlier sentence.
            if let Some(quote) = last_quote(self.quotes, before.end)
                .filter(|q| q.end >= before.start && q.start < start)
            {
                start = quote.start;
            }
            content.push(start..before.end);
        }
        if !after.is_empty() && (!takes_before || view.any(to, lex::MARK_COMMA | lex::QUOTE)) {
            content.push(after);
        }
        Found {
            sentence: self.number,
            cue: cue.clone(),
            source: Some(source),
            content,
            manner,
            doubt: 0.0,
            rule,
            strength: 0.0,
            relay,
            quoted: view.tokens[cue.start].quoted,
        }
    }
}

/// A source phrase at `at`: a noun phrase, a pronoun, or a quantifier that stands alone.
fn source_at(view: View, at: usize, limit: usize) -> Option<Phrase> {
    if at >= limit {
        return None;
    }
    // "according to [the source]": a bracket of the editor's around the source.
    if view.any(at, lex::FUNCTION_PRON) && !view.any(at, lex::FUNCTION_POSS)
        || view.is(at, &["him", "her", "them"]) && !view.any(at + 1, lex::NOUN | lex::ADJECTIVES)
    {
        return Some(Phrase {
            start: at,
            head: at,
            end: at + 1,
        });
    }
    view.noun_phrase(at, limit)
}

/// A verb group: the cue verb with what stands before it.
struct Group {
    start: usize,
    negated: bool,
    doubt: f32,
}

/// The verb group that ends at `at`: where it starts and whether it is active. `None` for passives,
/// infinitives and participles without an auxiliary.
fn voice_of(view: View, at: usize, from: usize) -> Option<Group> {
    let token = &view.tokens[at];
    let mut start = at;
    let mut shape = Group {
        start: at,
        negated: false,
        doubt: 0.0,
    };
    let mut nearest = 0;
    while start > from {
        let t = &view.tokens[start - 1];
        let aux =
            t.any(lex::FUNCTION_AUX) || (t.any(lex::FUNCTION_CLITIC) && !t.any(lex::FUNCTION_NEG));
        let adverb = !aux && view.skippable(start - 1);
        if !aux && !adverb || t.any(lex::PUNCT) {
            break;
        }
        if t.any(lex::FUNCTION_NEG) {
            shape.negated = true;
        }
        if t.any(lex::FUNCTION_MODAL) {
            shape.doubt += if view.is(start - 1, &["would", "might", "may"]) {
                0.35
            } else {
                0.45
            };
        }
        if aux && nearest == 0 {
            nearest = start;
        }
        start -= 1;
    }
    if start > from && view.is(start - 1, &["to"]) {
        return None;
    }
    shape.start = start;
    if nearest > 0 {
        let aux = &view.tokens[nearest - 1];
        let be = aux.any(lex::FUNCTION_BE) || view.is(nearest - 1, &["'s", "’s", "get", "got"]);
        let have = aux.any(lex::FUNCTION_HAVE) || view.is(nearest - 1, &["'s", "’s", "'d", "’d"]);
        let finite = token.any(lex::ING) && be
            || token.any(lex::PARTICIPLE) && have && !be
            || token.any(lex::BASE) && !be;
        // "'s" may be "has" or "is"; before a participle that is no -ing form it is "has" only after a pronoun.
        let clitic = aux.any(lex::FUNCTION_CLITIC) && token.any(lex::PARTICIPLE) && have;
        return (finite || clitic).then_some(shape);
    }
    token
        .any(lex::PAST | lex::THIRD | lex::BASE)
        .then_some(shape)
}

/// Whether a present-tense verb without auxiliary agrees with its subject in number: "states" in
/// "voters in other states" is no verb.
fn agrees(view: View, at: usize, subject: &Phrase, group_start: usize) -> bool {
    let (t, h) = (&view.tokens[at], &view.tokens[subject.head]);
    let auxiliary =
        (group_start..at).any(|i| view.any(i, lex::FUNCTION_AUX | lex::FUNCTION_CLITIC));
    if auxiliary || t.any(lex::PAST) || h.any(lex::FUNCTION | lex::COLLECTIVE) {
        return true;
    }
    let (plural, singular) = (
        h.any(lex::PLURAL),
        h.any(lex::SINGULAR) || h.any(lex::CAP) && h.any(lex::UNKNOWN),
    );
    if t.any(lex::THIRD) && !t.any(lex::BASE) {
        return singular || !plural;
    }
    !t.any(lex::BASE)
        || plural
        || !singular
        || (subject.start..subject.end).any(|i| view.is(i, &["and"]))
}

/// "described the deal as a failure": the object is followed by "as".
fn described_as(view: View, at: usize) -> bool {
    (at + 1..view.clause_end(at + 1, view.tokens.len().min(at + 12))).any(|i| view.is(i, &["as"]))
}

fn manner_of(view: View, at: usize) -> Manner {
    let t = &view.tokens[at];
    let object = view.is(at + 1, &["for", "on", "as", "him", "her", "them", "it"]);
    let as_object = t.any(lex::SPEECH_CALL) && described_as(view, at);
    if t.any(lex::SPEECH_CALL | lex::SPEECH_ATTACK) && object || as_object {
        Manner::Stance
    } else if t.any(lex::SPEECH_SAY | lex::SPEECH_TELL | lex::SPEECH_WRITE) {
        Manner::Speech
    } else if t.any(lex::SPEECH_THINK) {
        Manner::Belief
    } else if t.any(lex::SPEECH_SHOW) {
        Manner::Showing
    } else {
        Manner::Stance
    }
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
