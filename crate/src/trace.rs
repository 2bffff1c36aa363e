//! How a page was read, sentence by sentence: for whoever develops the rules or asks why.
//!
//! Plain text: tokens with their word classes, the rules that fitted with their spans, how each
//! source was found to be who it is, and the flags that came of it. Words of the page come through
//! [`one_line`], so that none of them steers a terminal, and stand last on their line.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use crate::attribution::{FAINT, Found, Manner};
use crate::block::{Parsed, Spot};
use crate::export::one_line;
use crate::model::{Details, Flag, Kind, Reading, Span};
use crate::page::Page;
use crate::phrases::View;
use crate::read::Reader;
use crate::sources::{How, Resolved};

include!(concat!(env!("OUT_DIR"), "/classes.rs"));

/// Most characters of a line; a longer word of the page has a line of its own.
const WIDTH: usize = 100;

/// How the lines are to be read.
const LEGEND: &str = "\
word/class+class  a token with its lists and tags (data/words) and forms; quoted: in quotation marks
[words]           words of the page: a cue, a rule's anchor, a flag's anchor
";

/// The page's text with everything that was found in it.
pub fn trace(page: &Page) -> String {
    let (reading, parsed, resolved) = Reader::default().analyse(page);
    let mut out = Lines(format!("language {}\n{LEGEND}", reading.language));
    if !reading.readable {
        out.line(0, "", "not read: Hearsay reads English only");
        return out.0;
    }
    let listed: HashSet<Span> = reading.attributions.iter().map(|a| a.cue).collect();
    let mut rest = resolved.as_slice();
    for (number, parsed) in parsed.iter().enumerate() {
        let text = page.text(number as u32);
        out.0.push('\n');
        let Some(parsed) = parsed else {
            out.line(
                0,
                &format!("block {number}, no main text, not read: "),
                text,
            );
            // What the reader marked may stand anywhere.
            let here = |flag: &&Flag| flag.anchor.block as usize == number;
            let flags = reading.flags.iter().filter(here);
            flags.for_each(|flag| tell(page, flag, &mut out));
            continue;
        };
        out.line(0, "", &format!("block {number}"));
        let (resolved, after) = rest.split_at(parsed.found.len());
        rest = after;
        let block = Block {
            page,
            reading: &reading,
            listed: &listed,
            number: number as u32,
            view: parsed.view(text),
            parsed,
            resolved,
        };
        for sentence in 0..parsed.sentences.len() {
            block.sentence(sentence, &mut out);
        }
    }
    out.0
}

/// The text under way.
struct Lines(String);

impl Lines {
    /// Writes `label` and `text`, indented, over as many lines as [`WIDTH`] asks for.
    fn line(&mut self, indent: usize, label: &str, text: &str) {
        let whole = format!("{label}{text}");
        self.words(
            indent,
            one_line(&whole).split(' ').filter(|w| !w.is_empty()),
        );
    }

    /// Writes words, indented; what goes on in a second line stands deeper.
    fn words<'w>(&mut self, indent: usize, words: impl Iterator<Item = &'w str>) {
        let mut column = indent;
        let _ = write!(self.0, "{:indent$}", "");
        for (i, word) in words.enumerate() {
            let width = word.chars().count();
            if i > 0 && column + 1 + width > WIDTH {
                let deeper = indent + 4;
                let _ = write!(self.0, "\n{:deeper$}", "");
                column = deeper;
            } else if i > 0 {
                self.0.push(' ');
                column += 1;
            }
            self.0.push_str(word);
            column += width;
        }
        self.0.push('\n');
    }
}

/// A block with what was found in it.
struct Block<'a> {
    page: &'a Page,
    reading: &'a Reading,
    /// The cues of the attributions that the page's list holds.
    listed: &'a HashSet<Span>,
    number: u32,
    view: View<'a>,
    parsed: &'a Parsed,
    resolved: &'a [Resolved],
}

impl Block<'_> {
    fn span(&self, tokens: &Range<usize>) -> Span {
        let (start, end) = self.view.bytes(tokens.start, tokens.end);
        Span {
            block: self.number,
            start,
            end,
        }
    }

    fn words(&self, tokens: Range<usize>) -> &str {
        self.page.words(self.span(&tokens))
    }

    fn sentence(&self, number: usize, out: &mut Lines) {
        let range = self.parsed.sentences[number].clone();
        out.0.push('\n');
        out.line(2, "", self.words(range.clone()));
        self.tokens(range.clone(), out);
        let found = self.parsed.found.iter().zip(self.resolved);
        for (found, resolved) in found.filter(|(f, _)| f.sentence == number) {
            self.attribution(found, resolved, out);
        }
        let flags = self.flags_in(self.span(&range));
        let matches = self.parsed.matches.iter();
        for (_, kind, m) in matches.filter(|(sentence, ..)| *sentence == number) {
            self.rule(*kind, m, flags, out);
        }
        flags.iter().for_each(|flag| tell(self.page, flag, out));
    }

    /// The tokens, each with its classes.
    fn tokens(&self, range: Range<usize>, out: &mut Lines) {
        let shown = range.map(|at| {
            let token = &self.parsed.tokens[at];
            let classes = CLASSES.iter().filter(|(_, class)| token.any(*class));
            let quoted = token.quoted.then_some("quoted");
            let names: Vec<&str> = quoted.into_iter().chain(classes.map(|c| c.0)).collect();
            format!("{}/{}", one_line(self.view.word(at)), names.join("+"))
        });
        let shown: Vec<String> = shown.collect();
        out.words(4, shown.iter().flat_map(|token| broken(token)));
    }

    fn attribution(&self, found: &Found, resolved: &Resolved, out: &mut Lines) {
        let label = format!("attribution by {} ({:.2}): ", found.rule, found.strength);
        out.line(4, &label, &format!("[{}]", self.words(found.cue.clone())));
        if let Some(source) = found.source {
            out.line(6, "source: ", self.words(source.start..source.end));
        }
        if let Some(listener) = &found.relay {
            out.line(6, "told to: ", self.words(listener.clone()));
        }
        for content in found.content.iter() {
            out.line(6, "content: ", self.words(content.clone()));
        }
        if found.goes_on {
            out.line(6, "", "content goes on in the next block");
        }
        let listed = self.listed.contains(&self.span(&found.cue));
        out.line(6, "", conveyed(found, resolved, listed));
        match resolved
            .source
            .and_then(|i| Some((i, self.reading.sources.get(i)?)))
        {
            Some((i, source)) => {
                let entry = format!("is S{}, {}: ", i + 1, how(resolved.how));
                out.line(6, &entry, &source.label);
            }
            None => out.line(6, "is no source: ", how(resolved.how)),
        }
        details(&resolved.details, out);
    }

    fn rule(&self, kind: Kind, m: &Spot, flags: &[Flag], out: &mut Lines) {
        let span = self.span(&(m.start..m.end));
        let flagged = flags.iter().any(|f| f.rule == m.rule.id && f.cue == span);
        let without = if flagged { "" } else { ", no flag" };
        let label = format!(
            "rule {} ({}, {:.2}{without}): ",
            m.rule.id,
            kind.name(),
            m.rule.strength
        );
        out.line(4, &label, &format!("[{}]", self.page.words(span)));
    }

    /// The flags whose anchor begins in `sentence`. Flags are in the page's order.
    fn flags_in(&self, sentence: Span) -> &[Flag] {
        let flags = &self.reading.flags;
        let before = |at: u32| {
            let end = (sentence.block, at);
            flags.partition_point(|f| (f.anchor.block, f.anchor.start) < end)
        };
        &flags[before(sentence.start)..before(sentence.end)]
    }
}

/// A flag and why it is there.
fn tell(page: &Page, flag: &Flag, out: &mut Lines) {
    let source = flag
        .source
        .map_or(String::new(), |(i, _)| format!(" on S{}", i + 1));
    let label = format!(
        "FLAG {} {} {:.2} by {}{source}: ",
        flag.category().name(),
        flag.kind.name(),
        flag.strength,
        flag.rule
    );
    let anchor = format!("[{}]", page.words(flag.anchor));
    out.line(4, &label, &anchor);
    out.line(6, "why: ", flag.why());
}

/// A token with its classes, in two halves where it is too long for a line.
fn broken(token: &str) -> impl Iterator<Item = &str> {
    let long = token.chars().count() + 8 > WIDTH;
    let mut joints = token.match_indices('+').map(|(at, _)| at + 1);
    let middle = joints
        .find(|at| long && *at > token.len() / 2)
        .unwrap_or(token.len());
    let (first, second) = token.split_at(middle);
    [first, second].into_iter().filter(|half| !half.is_empty())
}

/// Whether the attribution's claim counts, and why not.
fn conveyed(found: &Found, resolved: &Resolved, listed: bool) -> &'static str {
    if resolved.source.is_none() {
        "conveys nothing: nobody is cited"
    } else if found.manner == Manner::Stance {
        "conveys nothing: a stance"
    } else if found.strength < FAINT {
        "conveys nothing: too faint"
    } else if !listed {
        "not counted: inside what another source says"
    } else if matches!(resolved.how, How::Vague | How::Unclear) {
        "not counted: whose claim it is stays unclear"
    } else {
        "conveys a claim"
    }
}

/// By what a source was found, in words.
fn how(how: How) -> &'static str {
    match how {
        How::Agentless => "nobody is the one who says it",
        How::Nothing => "it names and describes nobody",
        How::Vague => "somebody, and nobody in particular",
        How::New => "a new source",
        How::SameWords => "called in the same words",
        How::SameName => "the same name",
        How::Pronoun => "led back by the pronoun",
        How::Subject => "a pronoun, for the name that was the subject before",
        How::Unclear => "a pronoun that leads back to no source",
        How::Role => "a role that the page binds to the name",
        How::Description => "led back by the description",
        How::Introduced => "introduced here, called by its description before",
    }
}

/// What the page tells about the source so far.
fn details(details: &Details, out: &mut Lines) {
    let relay = (!details.relay.is_empty()).then(|| details.relay.join(" < "));
    for (label, text) in [
        ("belongs to: ", &details.affiliation),
        ("count: ", &details.count),
        ("relayed by: ", &relay),
        ("anonymity: ", &details.anonymity),
        ("reason: ", &details.reason),
    ] {
        if let Some(text) = text {
            out.line(8, label, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        trace(&Page::from_text(text, false))
    }

    /// Panics unless the trace of `text` has lines that hold `lines`, in that order.
    fn has(text: &str, lines: &[&str]) {
        let trace = of(text);
        let mut rest = trace.lines().map(str::trim);
        for line in lines {
            assert!(
                rest.any(|l| l.contains(line)),
                "{line:?} is missing in\n{trace}"
            );
        }
    }

    #[test]
    fn a_reader_sees_tokens_rules_sources_and_flags() {
        has(
            "A senior aide said the dam may fail.",
            &[
                "language en",
                "block 0",
                "A senior aide said the dam may fail.",
                "attribution by say-clause (1.00): [said]",
                "source: A senior aide",
                "content: the dam may fail",
                "conveys a claim",
                "is S1, a new source: A senior aide",
                "rule hedge-may (modal, ",
                " on S1: [A senior aide said]",
                " by hedge-may: [may]",
            ],
        );
    }

    #[test]
    fn a_source_is_led_back_in_words() {
        let aide = "A senior aide said the dam was old. ";
        for (text, line) in [
            (
                "He added that it leaks.",
                "is S1, led back by the pronoun: A senior aide",
            ),
            (
                "The aide said it leaks.",
                "is S1, led back by the description: A senior aide",
            ),
            (
                "It is said to leak.",
                "is S2, nobody is the one who says it: It is said",
            ),
            (
                "We know that it leaks.",
                "is S2, somebody, and nobody in particular: We",
            ),
        ] {
            has(&format!("{aide}{text}"), &[line]);
        }
        has(
            "Tom Reed, the spokesman, said it was late. The spokesman said it leaks. Reed said it holds.",
            &[
                "is S1, a new source: Tom Reed",
                "is S1, a role that the page binds to the name: Tom Reed",
                "is S1, the same name: Tom Reed",
            ],
        );
        has(
            "Ana Ruiz walked along the dam. She said that it leaks.",
            &["is S1, a pronoun, for the name that was the subject before: Ana Ruiz"],
        );
        has(
            "She said that it leaks.",
            &["is S1, a pronoun that leads back to no source: She"],
        );
    }

    #[test]
    fn what_conveys_nothing_is_told_apart() {
        has(
            "Opponents condemned the plan for the dam.",
            &["conveys nothing: a stance"],
        );
        has(
            "The mayor said that critics believe that the dam leaks.",
            &[
                "conveys a claim",
                "not counted: inside what another source says",
            ],
        );
        has(
            "The mayor said that the firm hid the figures for months.",
            &["conveys a claim", ", no flag): [hid]"],
        );
    }

    #[test]
    fn lines_are_short_and_steer_no_terminal() {
        let text = "A \u{1b}[31msenior aide\u{202e} who asked not to be named because the talks are private, \
                    and who has been there for years, told the Courier “the dam [may] fail/leak”.";
        let trace = of(text);
        assert!(!trace.contains(['\u{1b}', '\u{202e}']), "{trace:?}");
        assert!(trace.lines().all(|l| l.chars().count() <= WIDTH), "{trace}");
        assert!(trace.contains(" fail/quoted+"), "{trace}");
    }

    #[test]
    fn a_token_too_long_for_a_line_is_broken_between_classes() {
        let token = format!("é/{}", ["speech_call"; 10].join("+"));
        let halves: Vec<&str> = broken(&token).collect();
        assert_eq!(halves.concat(), token);
        assert!(halves.len() == 2 && halves[0].ends_with('+'), "{halves:?}");
        let word = "字".repeat(200);
        assert_eq!(broken(&word).collect::<Vec<_>>(), [&word]);
        assert_eq!(broken("a/noun+verb").collect::<Vec<_>>(), ["a/noun+verb"]);
    }

    #[test]
    fn what_is_not_read_is_said_so() {
        has(
            "Le conseil s’est réuni lundi et personne n’a voulu dire ce qui avait été décidé pour le pont.",
            &["language fr", "not read: Hearsay reads English only"],
        );
    }
}
