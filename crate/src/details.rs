//! What a page tells about a source beside its words: descriptor, affiliation, count, relay,
//! anonymity and the reason for it.
//!
//! The wordings are rules in `data/rules/details.txt`. Here it is decided which source of a sentence
//! they belong to, and how far a reason goes. They are looked for in the source's sentence, and in
//! the next one where that is about the source. What isn't said in such words is left out.

use std::ops::Range;

use crate::attribution::Found;
use crate::block::Parsed;
use crate::lexicon as lex;
use crate::model::Details;
use crate::order;
use crate::phrases::{Phrase, View};
use crate::rules::{self, What};

/// Most tokens between the words of anonymity and the reason for it.
const NEAR: usize = 8;

/// What a wording tells: the kinds of `data/rules/details.txt`, which says more of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Anonymity was asked for or granted.
    Anonymity,
    /// It was granted by whoever publishes.
    Granted,
    /// Why, beside such words.
    Reason,
    /// The same, right after them.
    Purpose,
    /// The same; what is feared is mostly no clause.
    Fear,
    /// Why, without such words.
    Barred,
    /// Who is told.
    Told,
    /// Who handed a record on.
    Passed,
    /// Who reports it.
    Reported,
    /// Whom somebody cites.
    Cited,
    /// Who publishes.
    Outlet,
    /// The same, where the phrase has a capital.
    Title,
    /// The same, where somebody is told or reports.
    Name,
    /// Everybody, and no outlet.
    Crowd,
    /// The institution comes next.
    Tie,
    /// How many people.
    Count,
}

impl Wording {
    fn is_of_anonymity(self) -> bool {
        matches!(self, Wording::Anonymity | Wording::Granted)
    }

    fn is_of_reason(self) -> bool {
        matches!(
            self,
            Wording::Reason | Wording::Purpose | Wording::Fear | Wording::Barred
        )
    }
}

/// One wording that `data/rules/details.txt` finds; positions are tokens of the block.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// The rule's name: what its examples are held against.
    #[cfg(test)]
    pub rule: &'static str,
    /// What it tells.
    kind: Wording,
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    /// Who is told, shown or quoted.
    pub listener: Option<Phrase>,
}

/// All wordings of a block, in order.
pub fn notes(view: View, sentences: &[Range<usize>]) -> Vec<Note> {
    let mut out = Vec::new();
    for range in sentences {
        let sentence = View {
            text: view.text,
            tokens: &view.tokens[range.clone()],
        };
        let base = range.start;
        let shift = |p: Phrase| Phrase {
            start: p.start + base,
            head: p.head + base,
            end: p.end + base,
        };
        for at in 0..sentence.tokens.len() {
            let Some(awake) = rules::DETAILS.awake(sentence, at) else {
                continue;
            };
            let mut matches = awake.matches(sentence, at, None);
            while let Some(m) = matches.next(|_| true) {
                let What::Wording(kind) = m.rule.what else {
                    continue;
                };
                out.push(Note {
                    #[cfg(test)]
                    rule: m.rule.id,
                    kind,
                    start: m.start + base,
                    end: m.end + base,
                    listener: m.listener.map(shift),
                });
            }
        }
    }
    order::sort_by_key(&mut out, |n| [n.start as u32, !(n.end as u32), 0]);
    out
}

/// Adds to `details` what the attribution's source phrase `p` and what stands around it tell. `fresh`
/// where the phrase describes the source, and doesn't merely lead back to it.
pub fn describe(
    view: View,
    block: &Parsed,
    found: &Found,
    p: &Phrase,
    fresh: bool,
    details: &mut Details,
) {
    let Some(own) = block.sentences.get(found.sentence) else {
        return;
    };
    let next = block.sentences.get(found.sentence + 1);
    let place = Place {
        view,
        block,
        found,
        p,
        sentence: own.clone(),
        notes: within(block.notes(view), own),
        next: next.map_or(&[], |next| within(block.notes(view), next)),
    };
    if fresh {
        let words = |range: Range<usize>| words(view, range);
        if details.descriptor.is_none() {
            let count = place.count();
            details.descriptor = Some(words(place.descriptor(count.as_ref())));
            details.count = count.map(words);
        }
        if details.affiliation.is_none() {
            details.affiliation = place.affiliation().map(words);
        }
    }
    // What came through somebody once stays relayed; a mention with a relay of its own says its own.
    let relay = place.relay();
    if !relay.is_empty() {
        details.relay = relay;
    }
    let (anonymity, reason) = place.anonymity();
    let text = |range: Option<Range<usize>>| range.map(|r| words(view, r));
    details.anonymity = details.anonymity.take().or_else(|| text(anonymity));
    details.reason = details.reason.take().or_else(|| text(reason));
}

impl Details {
    /// Takes over what the page told of the same source later on.
    pub fn complete(&mut self, whole: &Details) {
        let fill = |own: &mut Option<String>, told: &Option<String>| {
            if own.is_none() {
                own.clone_from(told);
            }
        };
        fill(&mut self.affiliation, &whole.affiliation);
        fill(&mut self.anonymity, &whole.anonymity);
        fill(&mut self.reason, &whole.reason);
    }
}

/// The notes that stand in `range`.
fn within<'a>(notes: &'a [Note], range: &Range<usize>) -> &'a [Note] {
    let first = notes.partition_point(|n| n.start < range.start);
    let end = notes.partition_point(|n| n.start < range.end);
    &notes[first..end.max(first)]
}

fn words(view: View, range: Range<usize>) -> String {
    let (start, end) = view.bytes(range.start, range.end);
    view.text[start as usize..end as usize].to_owned()
}

/// A source phrase where it stands, with the wordings around it.
struct Place<'a> {
    view: View<'a>,
    block: &'a Parsed,
    found: &'a Found,
    p: &'a Phrase,
    sentence: Range<usize>,
    /// The wordings of the sentence.
    notes: &'a [Note],
    /// Those of the next sentence.
    next: &'a [Note],
}

impl Place<'_> {
    fn of<'k>(&self, kinds: &'k [Wording]) -> impl Iterator<Item = &Note> + use<'_, 'k> {
        self.notes.iter().filter(move |n| kinds.contains(&n.kind))
    }

    /// The attributions of the sentence that have a source.
    fn sourced(&self) -> impl Iterator<Item = (&Found, Phrase)> {
        let sentence = self.found.sentence;
        let first = self.block.found.partition_point(|f| f.sentence < sentence);
        self.block.found[first..]
            .iter()
            .take_while(move |f| f.sentence == sentence)
            .filter_map(|f| Some((f, f.source?)))
    }

    /// The phrase from its count ("more than …") to where it goes over to anonymity and its reason
    /// ("…, who asked not to …").
    fn descriptor(&self, count: Option<&Range<usize>>) -> Range<usize> {
        let (view, p) = (self.view, self.p);
        let hides = |n: &&Note| n.kind.is_of_anonymity() || n.kind == Wording::Barred;
        let hiding = self.notes.iter().filter(hides);
        let first = hiding
            .map(|n| n.start)
            .find(|start| (p.head + 1..p.end).contains(start));
        let mut end = first.unwrap_or(p.end);
        let leads = |at: usize| {
            view.any(at, lex::FUNCTION_REL | lex::MARK_COMMA | lex::MARK_DASH)
                || first.is_some()
                    && view.any(at, lex::FUNCTION_AUX | lex::FUNCTION_COORD | lex::ADVERBS)
        };
        while end > p.head + 1 && leads(end - 1) {
            end -= 1;
        }
        count.map_or(p.start, |c| c.start.min(p.start))..end
    }

    /// "a researcher at the Velm Institute", "White House officials": the institution's whole words.
    fn affiliation(&self) -> Option<Range<usize>> {
        let (view, p) = (self.view, self.p);
        let works = self.of(&[Wording::Tie]).find(|n| n.start == p.head + 1);
        let at = works.map_or(p.head + 1, |n| n.end);
        after_head(view, at, p.end).or_else(|| before_head(view, p))
    }

    /// "three", "more than a dozen", "two of the four": the words before the head that count.
    fn count(&self) -> Option<Range<usize>> {
        let (view, p) = (self.view, self.p);
        let year = |n: &Note| {
            let word = view.word(n.end - 1);
            n.end - n.start == 1
                && word.len() == 4
                && (word.starts_with("19") || word.starts_with("20"))
        };
        let counts = |n: &&Note| {
            let alone = view.is(n.start, &["one"]) && n.end - n.start == 1;
            n.start + 4 > p.start
                && n.end > p.start
                && n.end <= p.head
                && !year(n)
                && (!alone || view.is(n.end, &["of"]))
        };
        let best = self
            .of(&[Wording::Count])
            .filter(counts)
            .max_by_key(|n| n.end - n.start)?;
        Some(best.start..best.end)
    }

    /// Through whom the page has it, nearest to the page first.
    fn relay(&self) -> Vec<String> {
        let view = self.view;
        let mut chain: Vec<Range<usize>> = Vec::new();
        chain.extend(self.reporters());
        let reported = !chain.is_empty();
        chain.extend(self.listed(Wording::Reported, |n| !self.claimed(n)));
        // Who cites somebody that cites the source stands between the two.
        let cites = |n: &Note| n.start >= self.sentence.start && n.end <= self.found.cue.end;
        if reported {
            chain.extend(self.listed(Wording::Cited, cites));
        }
        let listener = self.found.relay.as_ref();
        chain.extend(
            listener.and_then(|r| self.outlet(view.noun_phrase(r.start, self.sentence.end)?, true)),
        );
        // Whom somebody may not speak to has heard nothing.
        let barred = |n: &Note| {
            self.of(&[Wording::Barred])
                .any(|b| b.start < n.start && n.start <= b.end + 3)
        };
        chain.extend(self.listed(Wording::Told, |n| {
            self.own(n) && !self.claimed(n) && !barred(n)
        }));
        let beside = |n: &Note| n.start >= self.p.start && n.start <= self.p.end + 2;
        chain.extend(self.listed(Wording::Passed, beside));
        let mut out: Vec<String> = Vec::new();
        for range in chain {
            let text = words(view, range);
            if !out.iter().any(|o| o.eq_ignore_ascii_case(&text)) {
                out.push(text);
            }
        }
        out
    }

    /// Who publishes, by the wordings of that kind for which `fits` holds.
    fn listed(&self, kind: Wording, fits: impl Fn(&Note) -> bool) -> Vec<Range<usize>> {
        self.notes
            .iter()
            .filter(|n| n.kind == kind && self.quoted(n) == self.found.quoted && fits(n))
            .filter_map(|n| {
                let here = || self.view.noun_phrase(n.start, n.end);
                self.outlet(n.listener.or_else(here)?, true)
            })
            .collect()
    }

    /// The publications that report the attribution, nearest to the page first: "…, RT reported",
    /// "the Times said, citing two aides".
    fn reporters(&self) -> Vec<Range<usize>> {
        let (view, cue) = (self.view, self.found.cue.clone());
        let others = || {
            self.sourced()
                .filter(|(f, s)| f.cue != cue && s.start != self.p.start)
        };
        let outlet = |f: &Found, s: Phrase| {
            let surely = f.cue.clone().any(|i| view.is(i, &["reported", "reports"]));
            self.outlet(s, surely)
        };
        let around = |f: &Found| {
            let holds = |r: &Range<usize>| r.contains(&cue.start) && r.contains(&self.p.start);
            // "RT, which quoted a source, reported that …": the cue is part of who reports.
            f.content.iter().any(holds) || f.source.is_some_and(|s| holds(&(s.head..s.end)))
        };
        // Whose report takes in more is nearer to the page.
        let mut out: Vec<(usize, Range<usize>)> = others()
            .filter(|(f, _)| around(f))
            .filter_map(|(f, s)| Some((f.content.iter().map(Range::len).sum(), outlet(f, s)?)))
            .collect();
        order::sort_by_key(&mut out, |(taken, _)| [!(*taken as u32), 0, 0]);
        let mut out: Vec<Range<usize>> = out.into_iter().map(|(_, range)| range).collect();
        if cue.clone().any(|i| view.any(i, lex::CITING)) {
            let earlier = others().filter(|(f, _)| f.cue.end <= cue.start);
            let nearest = earlier.filter_map(|(f, s)| outlet(f, s)).last();
            let subject = || {
                let subject = view.subject_before(cue.start, self.sentence.start)?;
                self.outlet(subject, true)
            };
            out.extend(nearest.or_else(subject));
        }
        out
    }

    /// The phrase if it is a publication or an agency, without what belongs to it ("CNN’s Ana Ruiz").
    /// Where it `surely` stands for one, a bare name is enough.
    fn outlet(&self, phrase: Phrase, surely: bool) -> Option<Range<usize>> {
        let view = self.view;
        let possessive = (phrase.start + 1..phrase.head).find(|i| {
            view.any(*i, lex::FUNCTION_CLITIC) && self.publishes(phrase.start..*i, surely)
        });
        if let Some(end) = possessive {
            return Some(phrase.start..end);
        }
        let plain = |p: &Phrase| {
            let body = view.any(p.head, lex::COLLECTIVE | lex::FUNCTION)
                && !view.any(p.head, lex::COLLECTIVE_MEDIA);
            let somebody = view.any(p.head, lex::PERSON) && !view.any(p.head, lex::CAP);
            let whole = p.start..p.head + 1;
            (!body && !somebody && self.publishes(whole.clone(), surely)).then_some(whole)
        };
        // "a reporter for the Courier"
        let employer = || {
            let reporter = view.any(phrase.head, lex::PERSON | lex::CAP);
            let of = phrase.head + 1;
            if !reporter || !view.is(of, &["for", "from", "of", "with", "at"]) {
                return None;
            }
            plain(&view.noun_phrase(of + 1, self.sentence.end)?)
        };
        plain(&phrase).or_else(employer)
    }

    fn publishes(&self, range: Range<usize>, surely: bool) -> bool {
        let named = range.clone().any(|i| self.view.any(i, lex::CAP));
        let inside = |n: &&Note| range.start <= n.start && n.end <= range.end;
        // "the press" that is told is everybody; "the Associated Press" is one.
        if !named && self.of(&[Wording::Crowd]).any(|n| inside(&n)) {
            return false;
        }
        self.notes.iter().filter(inside).any(|n| match n.kind {
            Wording::Outlet => true,
            Wording::Title => named,
            Wording::Name => surely,
            _ => false,
        })
    }

    /// The words of anonymity and the reason for it, here or in the next sentence.
    fn anonymity(&self) -> (Option<Range<usize>>, Option<Range<usize>>) {
        // What somebody quoted says of somebody isn't the page's word.
        if self.found.quoted {
            return (None, None);
        }
        let mut asked = self.notes.iter().filter(|n| n.kind.is_of_anonymity());
        let asked = asked.find(|n| self.own(n) && !self.claimed(n));
        let barred = || {
            let free = self
                .of(&[Wording::Barred])
                .find(|n| self.own(n) && !self.claimed(n));
            free.map(|n| self.whole(n))
        };
        let mut anonymity = asked.map(|n| n.start..n.end);
        let mut reason = asked
            .and_then(|n| self.reason(n, self.notes, &self.sentence))
            .or_else(barred);
        if anonymity.is_none() && reason.is_none() {
            (anonymity, reason) = self.told_before();
        }
        let next = self.block.sentences.get(self.found.sentence + 1);
        if let Some(next) = next.filter(|_| reason.is_none()) {
            let told =
                |n: &&Note| n.kind.is_of_anonymity() && !self.quoted(n) && self.goes_on(n, next);
            let asked = self.next.iter().find(told);
            if let Some(n) = asked {
                anonymity = anonymity.or(Some(n.start..n.end));
                reason = self.reason(n, self.next, next);
            }
            let barred = |n: &&Note| n.kind == Wording::Barred && !self.quoted(n);
            if reason.is_none() {
                let bar = self.next.iter().find(barred);
                let bar = bar.filter(|_| self.is_about(next));
                reason = bar.map(|n| n.start..self.end_of_reason(n, next));
            }
        }
        (anonymity, reason)
    }

    /// "Two officials spoke on condition of anonymity because … The officials said": the same from the
    /// sentence before, where that is about the source.
    fn told_before(&self) -> (Option<Range<usize>>, Option<Range<usize>>) {
        let view = self.view;
        let before = self.found.sentence.checked_sub(1);
        let definite = view.any(self.p.start, lex::FUNCTION_DEF | lex::FUNCTION_DEMO);
        let Some(range) = before
            .and_then(|b| self.block.sentences.get(b))
            .filter(|_| definite)
        else {
            return (None, None);
        };
        let notes = within(self.block.notes(view), range);
        let about = |n: &&Note| {
            let subject = || view.subject_before(n.start, range.start);
            n.kind.is_of_anonymity()
                && !self.quoted(n)
                && subject().is_some_and(|s| self.same_head(s.head))
        };
        let asked = notes.iter().find(about);
        let reason = asked.and_then(|n| self.reason(n, notes, range));
        (asked.map(|n| n.start..n.end), reason)
    }

    /// Whether the word is the source's head noun, in either number.
    fn same_head(&self, at: usize) -> bool {
        let stem = |w: usize| {
            self.view
                .word(w)
                .to_lowercase()
                .trim_end_matches('s')
                .to_owned()
        };
        stem(at) == stem(self.p.head)
    }

    fn quoted(&self, n: &Note) -> bool {
        self.view.tokens.get(n.start).is_some_and(|t| t.quoted)
    }

    /// Whether the wording is this source's, and not that of another one in the sentence: it belongs to
    /// the last source before it, else to the first.
    fn own(&self, n: &Note) -> bool {
        if self.quoted(n) != self.found.quoted {
            return false;
        }
        // "two brokers, who asked not to be named": the pronoun is the phrase's own.
        let others = || {
            let sourced = self.sourced().map(|(_, s)| s);
            sourced.filter(|s| !self.view.any(s.head, lex::FUNCTION_REL))
        };
        let inside = self.p.start..self.p.end;
        let starts = || {
            others().map(|s| {
                if inside.contains(&s.start) {
                    inside.start
                } else {
                    s.start
                }
            })
        };
        let before = starts().filter(|s| *s <= n.start).max();
        // "Speaking anonymously because she fears for her job, a nurse …": the one after the comma.
        let opening = self.view.clause_end(n.end, self.sentence.end);
        let after = || starts().filter(|s| *s > opening).min();
        before
            .or_else(after)
            .or_else(|| starts().min())
            .is_none_or(|start| start == self.p.start)
    }

    /// Whether the wording is part of what the source says, and so about somebody else.
    fn claimed(&self, n: &Note) -> bool {
        let view = self.view;
        let inside = self.found.content.iter().any(|c| c.contains(&n.start));
        if !inside || (self.p.start..self.p.end).contains(&n.start) {
            return false;
        }
        // "… said, speaking on condition of anonymity": what stands beside the verb is no claim.
        let beside = view.any(
            n.start,
            lex::ING | lex::FUNCTION_PREP | lex::FUNCTION_SUBORD,
        ) && (n.start <= self.found.cue.end + 2
            || n.start > 0 && view.any(n.start - 1, lex::MARK_COMMA | lex::MARK_DASH));
        let told = matches!(n.kind, Wording::Told | Wording::Reported)
            && (self.sentence.start..n.start).rev().take(4).any(|i| {
                view.any(i, lex::MARK_COMMA) || view.is(i, &["in", "during", "as", "speaking"])
            });
        !beside && !told
    }

    /// Whether words of anonymity in the next sentence are about this source.
    fn goes_on(&self, n: &Note, next: &Range<usize>) -> bool {
        n.kind == Wording::Granted || self.is_about(next)
    }

    /// Whether a sentence begins with the source: "He …", "The officials …", "Both …".
    fn is_about(&self, next: &Range<usize>) -> bool {
        let (view, p) = (self.view, self.p);
        // "Citing the talks, she …"
        let begins = view.any(
            next.start,
            lex::ING | lex::FUNCTION_SUBORD | lex::FUNCTION_PREP,
        );
        let comma = next
            .clone()
            .find(|i| view.any(*i, lex::MARK_COMMA))
            .filter(|_| begins);
        let at = comma.map_or(next.start, |c| c + 1);
        let plural = view.any(
            p.head,
            lex::PLURAL | lex::FUNCTION_SOME | lex::FUNCTION_THIRD,
        ) && !view.is(p.head, &["he", "she"]);
        if view.is(at, &["he", "she"]) {
            return !plural;
        }
        if view.is(at, &["they", "all", "both", "none", "neither", "each"]) {
            return plural || view.is(at, &["they"]);
        }
        let definite = view.any(at, lex::FUNCTION_DEF | lex::FUNCTION_DEMO);
        let Some(n) = view.noun_phrase(at, next.end).filter(|_| definite) else {
            return false;
        };
        self.same_head(n.head)
            || view.any(n.head, lex::PERSON) && view.any(n.head, lex::PLURAL) == plural
    }

    /// The reason that `notes`, those of `sentence`, give for the anonymity `asked`.
    fn reason(
        &self,
        asked: &Note,
        notes: &[Note],
        sentence: &Range<usize>,
    ) -> Option<Range<usize>> {
        let view = self.view;
        let verb = |i: usize| {
            view.plain_verb(i)
                || self
                    .block
                    .found
                    .iter()
                    .any(|f| f.cue.contains(&i) && f.source.is_some())
        };
        let follows = |n: &&Note| {
            let gap = asked.end..n.start;
            n.kind.is_of_reason()
                && n.start >= asked.end
                && gap.len() <= NEAR
                && !gap
                    .clone()
                    .any(|i| verb(i) || view.any(i, lex::QUOTE | lex::MARK_SEMICOLON))
                && (n.kind != Wording::Purpose || gap.is_empty())
        };
        let after = notes
            .iter()
            .find(follows)
            .map(|n| n.start..self.end_of_reason(n, sentence));
        after.or_else(|| {
            // "Because the talks are private, they spoke on condition of anonymity."
            let first = notes
                .iter()
                .find(|n| n.start <= sentence.start + 1 && n.kind.is_of_reason())?;
            let main = !view.any(asked.start, lex::ING)
                && asked.start > sentence.start
                && !view.any(asked.start - 1, lex::FUNCTION_REL | lex::MARK_COMMA);
            let end = self.end_of_reason(first, sentence);
            (end < asked.start && (main || view.any(first.start, lex::ING)))
                .then_some(first.start..end)
        })
    }

    fn whole(&self, n: &Note) -> Range<usize> {
        n.start..self.end_of_reason(n, &self.sentence)
    }

    /// Where a reason ends: with its clause, at the latest where the sentence goes on to say who said what.
    fn end_of_reason(&self, n: &Note, sentence: &Range<usize>) -> usize {
        let view = self.view;
        let cues = self.block.found.iter().filter(|f| {
            let own = f
                .source
                .is_some_and(|s| s.start > n.start && s.start < f.cue.start);
            let speaks = f.conveys() || f.cue == self.found.cue;
            f.cue.start > n.end && f.source.is_some() && speaks && !own
        });
        let granted = self.notes.iter().chain(self.next);
        let granted = granted
            .filter(|o| o.kind.is_of_anonymity() && o.start > n.end && sentence.contains(&o.start));
        let claims = self.found.content.iter().map(|c| c.start);
        let claims = claims.filter(|start| *start > n.end && sentence.contains(start));
        let cues = cues.map(|f| f.cue.start);
        let mut stop = cues
            .chain(claims)
            .chain(granted.map(|o| o.start))
            .fold(sentence.end, usize::min);
        let mut end = view.clause_end(n.end, stop);
        // "…, homes and jobs": a list goes on.
        while end < stop && view.any(end, lex::MARK_COMMA) {
            match self.list_goes_on(end + 1, stop) {
                Some(next) => end = next,
                None => break,
            }
        }
        stop = end;
        // "for fear of dismissal has left": what has no clause of its own ends before a verb.
        let clausal = (n.start..stop).find(|i| {
            view.any(
                *i,
                lex::FUNCTION_PRON | lex::FUNCTION_REL | lex::FUNCTION_THAT,
            ) || view.any(*i, lex::FUNCTION_SUBORD) && !view.any(*i, lex::FUNCTION_PREP)
        });
        if n.kind == Wording::Fear && clausal.is_none() {
            let verb = (n.end..stop).find(|i| view.any(*i, lex::FUNCTION_FINITE));
            end = verb.unwrap_or(end);
        }
        let leads = lex::FUNCTION_COORD | lex::FUNCTION_REL | lex::FUNCTION_THAT | lex::MARK_COMMA;
        while end > n.end && view.any(end - 1, leads) {
            end -= 1;
        }
        end
    }

    /// Where a list ends that goes on at `at` with "homes and jobs".
    fn list_goes_on(&self, at: usize, stop: usize) -> Option<usize> {
        let view = self.view;
        let item = view.noun_phrase(at, stop)?;
        if !view.is(item.end, &["and", "or"]) {
            return None;
        }
        let last = view.noun_phrase(item.end + 1, stop)?;
        (!view.any(last.end, lex::VERB | lex::FUNCTION_AUX))
            .then(|| view.clause_end(last.end, stop))
    }
}

/// Whether the token belongs to an institution's name or is a word for one.
fn bodily(view: View, at: usize) -> bool {
    let party = view.any(at, lex::DEMONYM_PARTY) && view.any(at, lex::CAP);
    view.any(at, lex::COLLECTIVE)
        || party
        || view.any(at, lex::CAP) && !view.any(at, lex::FUNCTION | lex::PUNCT | lex::DEMONYM)
}

/// Prepositions that tie somebody to the institution after them.
fn ties(view: View, at: usize) -> bool {
    view.is(
        at,
        &[
            "at", "of", "from", "in", "with", "for", "within", "inside", "on",
        ],
    )
}

/// "at the Velm Institute", "for the ministry of health": the institution that the phrase from `at` to
/// `limit` names.
fn after_head(view: View, mut at: usize, limit: usize) -> Option<Range<usize>> {
    // "a professor of law at Velm": the next preposition may be the one.
    while at < limit && ties(view, at) {
        let body = view.noun_phrase(at + 1, limit)?;
        let inside = body.start..body.end;
        let institution = inside
            .clone()
            .any(|i| view.any(i, lex::COLLECTIVE | lex::ACRONYM));
        // "a resident of Paris" belongs to no institution; "a clerk at Corvex" does.
        let employer =
            view.is(at, &["at", "with", "for"]) && inside.clone().any(|i| bodily(view, i));
        if institution || employer {
            return Some(body.start..whole_body(view, &body, limit));
        }
        at = body.end;
    }
    None
}

/// The end of an institution's words: "the Ministry of Defence", "the Institute for Water and Soil".
fn whole_body(view: View, body: &Phrase, limit: usize) -> usize {
    let mut end = body.end;
    while view.is(end, &["of", "for", "on"]) {
        let Some(more) = view.noun_phrase(end + 1, limit) else {
            break;
        };
        let named = view.any(more.head, lex::CAP);
        let field = view.is(end, &["of"]) && view.any(body.head, lex::COLLECTIVE);
        if !named && !field {
            break;
        }
        end = more.end;
    }
    let joined = view.is(end, &["and"])
        && view.any(end + 1, lex::CAP)
        && view.any(end - 1, lex::CAP)
        && end > body.end;
    if joined {
        view.noun_phrase(end + 1, limit).map_or(end, |n| n.end)
    } else {
        end
    }
}

/// "White House officials", "the ministry's engineers", "Republican lawmakers".
fn before_head(view: View, p: &Phrase) -> Option<Range<usize>> {
    // A sentence's first word has a capital anyway.
    let proper = |i: usize| {
        let known = lex::UNKNOWN | lex::COLLECTIVE | lex::ACRONYM | lex::DEMONYM_PARTY;
        bodily(view, i)
            && (i > p.start || view.any(i, known) || i + 1 < p.head && bodily(view, i + 1))
    };
    let from = (p.start..p.head).find(|i| proper(*i))?;
    let owner = |i: usize| view.any(i, lex::FUNCTION_CLITIC) && view.is(i, &["'s", "’s"]);
    let to = (from..p.head)
        .take_while(|i| bodily(view, *i) || view.is(*i, &["of", "and"]) || owner(*i))
        .filter(|i| bodily(view, *i))
        .last()?;
    // "Vane's aides", "Vane supporters" are a person's; "the ministry's engineers" a body's.
    let owned = owner(to + 1);
    let sided = view.any(p.head, lex::PERSON_STANCE) && !view.any(from, lex::DEMONYM_PARTY);
    let person = sided || owned && view.any(p.head, lex::PERSON_OFFICIAL);
    if person && !(from..=to).any(|i| view.any(i, lex::COLLECTIVE | lex::ACRONYM)) {
        return None;
    }
    let the = owned && from > p.start && view.any(from - 1, lex::FUNCTION_DEF | lex::FUNCTION_POSS);
    Some(from - usize::from(the)..to + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Category;
    use crate::page::Page;

    /// The details of the page's anonymous flags, in order; `|` parts paragraphs.
    fn all(text: &str) -> Vec<Details> {
        let reading = crate::read::read(&Page::from_text(&text.replace('|', "\n\n"), false));
        let flags = reading.flags.into_iter();
        flags
            .filter(|f| f.category() == Category::Anonymous)
            .map(|f| f.details)
            .collect()
    }

    /// Those of the first one.
    fn details(text: &str) -> Details {
        let first = all(text).into_iter().next();
        first.unwrap_or_else(|| panic!("no anonymous flag: {text}"))
    }

    fn anonymity(text: &str) -> (Option<String>, Option<String>) {
        let told = details(text);
        (told.anonymity, told.reason)
    }

    fn told(asked: &str, reason: &str) -> (Option<String>, Option<String>) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (some(asked), some(reason))
    }

    #[test]
    fn descriptors_are_whole_and_leave_anonymity_out() {
        for (text, descriptor) in [
            (
                "A senior engineer at the yard told the Gazette that the hull leaks.",
                "A senior engineer at the yard",
            ),
            (
                "Three people familiar with the talks said the offer was low.",
                "Three people familiar with the talks",
            ),
            (
                "More than a dozen clerks said the safe was empty.",
                "More than a dozen clerks",
            ),
            (
                "Documents seen by the Herald show a debt.",
                "Documents seen by the Herald",
            ),
            (
                "Two officials briefed on the search, who spoke on condition of anonymity, said it was over.",
                "Two officials briefed on the search",
            ),
            (
                "A nurse who asked not to be named said the ward was full.",
                "A nurse",
            ),
            (
                "“It leaks,” said an official who was not authorised to discuss the survey.",
                "an official",
            ),
        ] {
            assert_eq!(
                details(text).descriptor.as_deref(),
                Some(descriptor),
                "{text}"
            );
        }
    }

    #[test]
    fn a_cause_that_somebody_stands_for_is_no_reason() {
        let text = "Two campaigners for child safety said the crossing was dark.";
        let told = details(text);
        let descriptor = told.descriptor.as_deref();
        assert_eq!(descriptor, Some("Two campaigners for child safety"));
        assert_eq!(told.reason, None);
    }

    #[test]
    fn affiliations_are_whole() {
        for (text, body) in [
            (
                "A researcher at the Velm Institute said the dam may fail.",
                "the Velm Institute",
            ),
            (
                "A professor of law at Tarnby University said the ruling would stand.",
                "Tarnby University",
            ),
            (
                "White House officials said the visit was off.",
                "White House",
            ),
            ("A Pentagon official said the visit was off.", "Pentagon"),
            (
                "An official at the ministry's transport office said the line would close.",
                "the ministry's transport office",
            ),
            (
                "The ministry’s engineers said the wall was sound.",
                "The ministry",
            ),
            (
                "A spokesman for the Ministry of Defence said the visit was off.",
                "the Ministry of Defence",
            ),
            (
                "An aide at the ministry of health said the ward was full.",
                "the ministry of health",
            ),
            (
                "A medic with the National Guard said the road was shut.",
                "the National Guard",
            ),
            (
                "Dozens of members of the party said the count was slow.",
                "the party",
            ),
            ("Republican lawmakers say the count was slow.", "Republican"),
            (
                "“It leaks,” said a man who works for the harbour board.",
                "the harbour board",
            ),
        ] {
            assert_eq!(details(text).affiliation.as_deref(), Some(body), "{text}");
        }
        for text in [
            "A resident of Paris said the street was dark.",
            "People familiar with the ministry’s plans said the road would close.",
            "A source close to the ministry said the road would close.",
            "Vane supporters say the count was slow.",
            "Former officials said the road would close.",
        ] {
            assert_eq!(details(text).affiliation, None, "{text}");
        }
    }

    #[test]
    fn counts_are_as_written() {
        for (text, number) in [
            ("Three officials said the dam may fail.", "Three"),
            (
                "More than a dozen officials said the dam may fail.",
                "More than a dozen",
            ),
            ("Half a dozen clerks said the dam may fail.", "Half a dozen"),
            (
                "At least three clerks said the dam may fail.",
                "At least three",
            ),
            ("Nearly 40 clerks said the dam may fail.", "Nearly 40"),
            (
                "Two of the four officials said the dam may fail.",
                "Two of the four",
            ),
            (
                "A handful of officials said the dam may fail.",
                "A handful of",
            ),
            ("Dozens of clerks said the dam may fail.", "Dozens of"),
            ("One of the officials said the dam may fail.", "One"),
            (
                "The dam may fail, according to three people briefed on the survey.",
                "three",
            ),
        ] {
            assert_eq!(details(text).count.as_deref(), Some(number), "{text}");
        }
        for text in [
            "A 34-year-old nurse said the ward was full.",
            "Officials said 14 boats had left.",
            "A 2016 memo shows that the board knew.",
            "One official said the dam may fail.",
        ] {
            assert_eq!(details(text).count, None, "{text}");
        }
    }

    #[test]
    fn relays_are_nearest_first() {
        for (text, chain) in [
            (
                "An official told the Gazette that the dam may fail.",
                &["the Gazette"][..],
            ),
            (
                "“It leaks,” a welder told Nordwire on Monday.",
                &["Nordwire"],
            ),
            (
                "An aide told CNN’s Ana Ruiz that the vote was off.",
                &["CNN"],
            ),
            (
                "An aide told a reporter for the Courier that the vote was off.",
                &["the Courier"],
            ),
            (
                "An official said in an interview with Reuters that the dam may fail.",
                &["Reuters"],
            ),
            (
                "Officials said in a statement to the Tarnby Post that the dam may fail.",
                &["the Tarnby Post"],
            ),
            (
                "Former clerks who spoke with the Courier said the safe was empty.",
                &["the Courier"],
            ),
            (
                "Speaking to the BBC, a nurse said the ward was full.",
                &["the BBC"],
            ),
            (
                "An official quoted by Interfax said the road was shut.",
                &["Interfax"],
            ),
            (
                "Officials said the dam may fail, as first reported by the Courier.",
                &["the Courier"],
            ),
            (
                "Documents seen by the Herald show that the dam may fail.",
                &["the Herald"],
            ),
            (
                "Documents obtained by the Tarnby Herald show that the dam may fail.",
                &["the Tarnby Herald"],
            ),
            (
                "A memo reviewed by Reuters shows that the dam may fail.",
                &["Reuters"],
            ),
            (
                "Documents shared with the Herald show that the dam may fail.",
                &["the Herald"],
            ),
            (
                "Documents that the Herald has seen show that the dam may fail.",
                &["the Herald"],
            ),
            (
                "The Times reported that the dam may fail, citing two officials.",
                &["The Times"],
            ),
            (
                "The dam may fail, the Post reported, quoting a source.",
                &["the Post"],
            ),
            (
                "The Post quoted another official as saying that the dam may fail.",
                &["The Post"],
            ),
            (
                "A source told RIA Novosti that the dam may fail, RT reported.",
                &["RT", "RIA Novosti"],
            ),
            (
                "“It may fail,” a source told RIA Novosti, according to RT.",
                &["RT", "RIA Novosti"],
            ),
            (
                "RT, citing RIA Novosti, which quoted a source, reported that the dam may fail.",
                &["RT", "RIA Novosti"],
            ),
            (
                "The Gazette reported that the plan was dead, citing a memo seen by the Herald.",
                &["The Gazette", "the Herald"],
            ),
        ] {
            let cited = all(text).into_iter().find(|d| !d.relay.is_empty());
            assert_eq!(cited.map(|d| d.relay).unwrap_or_default(), chain, "{text}");
        }
        for text in [
            "An aide told police that the vote was off.",
            "An aide told Mayor Ana Ruiz that the vote was off.",
            "An aide told reporters that the vote was off.",
            "Members of the Vane family like the plan, a source said.",
            "An official who was not authorised to speak to the media said the dam may fail.",
        ] {
            assert!(
                details(text).relay.is_empty(),
                "{text}: {:?}",
                details(text).relay
            );
        }
    }

    #[test]
    fn anonymity_and_its_reason_stand_in_the_sentence() {
        for (text, asked, reason) in [
            (
                "An official, who spoke on condition of anonymity because he was not authorised to speak publicly, said the dam may fail.",
                "spoke on condition of anonymity",
                "because he was not authorised to speak publicly",
            ),
            (
                "A nurse, who asked not to be named, citing fear of reprisals, said the ward was full.",
                "asked not to be named",
                "citing fear of reprisals",
            ),
            (
                "A nurse who asked not to be identified for fear of dismissal said the ward was full.",
                "asked not to be identified",
                "for fear of dismissal",
            ),
            (
                "The sale is off, said two brokers, who asked not to be named as the talks were private.",
                "asked not to be named",
                "as the talks were private",
            ),
            (
                "An aide, who was granted anonymity to speak candidly, said the plan was dead.",
                "granted anonymity",
                "to speak candidly",
            ),
            (
                "An officer, speaking on condition of anonymity to discuss internal matters, said so.",
                "speaking on condition of anonymity",
                "to discuss internal matters",
            ),
            (
                "A banker, requesting anonymity due to the sensitivity of the matter, said the loan was bad.",
                "requesting anonymity",
                "due to the sensitivity of the matter",
            ),
            (
                "The raid failed, said an officer who insisted on anonymity in line with army rules.",
                "insisted on anonymity",
                "in line with army rules",
            ),
            (
                "The sale is off, people familiar with it said, asking not to be identified because the papers are private.",
                "asking not to be identified",
                "because the papers are private",
            ),
            (
                "“It leaks,” said the clerk, who asked not to be named because the talks are private.",
                "asked not to be named",
                "because the talks are private",
            ),
            (
                "Speaking on condition of anonymity because she fears for her job, a nurse said the ward was full.",
                "Speaking on condition of anonymity",
                "because she fears for her job",
            ),
            (
                "Two officials, who asked not to be named because they feared losing jobs, homes and friends, said the doors were locked.",
                "asked not to be named",
                "because they feared losing jobs, homes and friends",
            ),
            // Nothing but the reason.
            (
                "“It leaks,” said an official who was not authorized to discuss the matter.",
                "",
                "who was not authorized to discuss the matter",
            ),
            // Anonymity and no reason.
            (
                "An official, speaking on condition of anonymity, said the dam may fail.",
                "speaking on condition of anonymity",
                "",
            ),
            (
                "Two officials told the Courier on condition of anonymity that the dam may fail.",
                "on condition of anonymity",
                "",
            ),
            (
                "One resident, who wished to remain anonymous, said the dog was hers.",
                "wished to remain anonymous",
                "",
            ),
            (
                "A doctor who declined to give her name said the ward was full.",
                "declined to give her name",
                "",
            ),
            (
                "A clerk, who asked not to be named, said the office closed because it was flooded.",
                "asked not to be named",
                "",
            ),
            // Neither.
            ("Officials said the dam may fail.", "", ""),
            (
                "An official named in the report said the dam may fail.",
                "",
                "",
            ),
            ("Officials said the suspect asked not to be named.", "", ""),
            (
                "A witness said the nurse asked not to be named because she feared for her job.",
                "",
                "",
            ),
            (
                "A source said the firm was not authorised to speak for the others.",
                "",
                "",
            ),
        ] {
            assert_eq!(anonymity(text), told(asked, reason), "{text}");
        }
    }

    #[test]
    fn anonymity_is_that_of_the_source_it_stands_beside() {
        let text = "Officials said the plan was dead, and a clerk who asked not to be named said it was alive.";
        let asked: Vec<bool> = all(text).iter().map(|d| d.anonymity.is_some()).collect();
        assert_eq!(asked, [false, true]);
    }

    #[test]
    fn the_next_sentence_tells_where_it_is_about_the_source() {
        for (text, asked, reason) in [
            (
                "An official said the dam may fail. He asked not to be named because the inquiry is still open.",
                "asked not to be named",
                "because the inquiry is still open",
            ),
            (
                "Two officials said the dam may fail. The officials spoke on condition of anonymity because the talks are private.",
                "spoke on condition of anonymity",
                "because the talks are private",
            ),
            (
                "Two officials said the dam may fail. Both asked not to be identified.",
                "asked not to be identified",
                "",
            ),
            (
                "Two officials said the dam may fail. They were not permitted to brief reporters.",
                "",
                "were not permitted to brief reporters",
            ),
            (
                "Two officials said the dam may fail. They spoke anonymously since they were not permitted to brief reporters.",
                "spoke anonymously",
                "since they were not permitted to brief reporters",
            ),
            (
                "A nurse said the ward was full. Fearing for her job, she asked not to be named.",
                "asked not to be named",
                "Fearing for her job",
            ),
            (
                "An aide said the vote was off. The Courier is not naming the aide because she is a minor.",
                "is not naming",
                "because she is a minor",
            ),
            // About somebody else, or somebody else's words.
            (
                "Two officials said the dam may fail. He asked not to be named.",
                "",
                "",
            ),
            (
                "An aide said the vote was off. “He asked not to be named,” the mayor said.",
                "",
                "",
            ),
            (
                "An aide said the vote was off. A clerk who asked not to be named was there.",
                "",
                "",
            ),
        ] {
            assert_eq!(anonymity(text), told(asked, reason), "{text}");
        }
    }

    #[test]
    fn the_sentence_before_tells_of_who_comes_back() {
        let text = "Two officials spoke on condition of anonymity because the talks are private. The officials said the dam may fail.";
        assert_eq!(
            anonymity(text),
            told(
                "spoke on condition of anonymity",
                "because the talks are private"
            )
        );
    }

    #[test]
    fn a_reason_given_once_explains_every_mention() {
        let text = "A senior official at the water ministry said the dam may fail.|“The money was there,” said the \
                    official, who asked not to be named because the talks are private.|The official said so twice.";
        let found = all(text);
        assert_eq!(found.len(), 3);
        for details in found {
            assert_eq!(
                details.reason.as_deref(),
                Some("because the talks are private")
            );
            assert_eq!(details.affiliation.as_deref(), Some("the water ministry"));
            assert_eq!(
                details.descriptor.as_deref(),
                Some("A senior official at the water ministry")
            );
        }
    }
}
