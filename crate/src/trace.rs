//! How a page was read, sentence by sentence: for whoever develops the rules or asks why.
//!
//! Plain text: tokens with their word classes, the rules that fitted with their spans, how each
//! source was found to be who it is, and the flags that came of it.

use std::fmt::Write as _;

use crate::block::Parsed;
use crate::model::Reading;
use crate::page::Page;
use crate::phrases::View;
use crate::read::Reader;
use crate::sources::Resolved;

include!(concat!(env!("OUT_DIR"), "/classes.rs"));

/// Most columns of a line of tokens, in characters.
const WIDTH: usize = 100;

/// The page's text with everything that was found in it.
pub fn trace(page: &Page) -> String {
    let (reading, parsed, resolved) = Reader::default().analyse(page);
    let mut out = format!("language {}\n", reading.language);
    let mut rest = resolved.as_slice();
    for (number, block) in parsed.iter().enumerate() {
        let Some(block) = block else { continue };
        let (here, after) = rest.split_at(block.found.len());
        rest = after;
        let text = page.text(number as u32);
        let _ = writeln!(out, "\nblock {number}");
        sentences(
            page,
            &reading,
            number as u32,
            block,
            block.view(text),
            here,
            &mut out,
        );
    }
    out
}

fn sentences(
    page: &Page,
    reading: &Reading,
    number: u32,
    block: &Parsed,
    view: View,
    resolved: &[Resolved],
    out: &mut String,
) {
    let words = |start: usize, end: usize| {
        let (a, b) = view.bytes(start, end);
        view.text[a as usize..b as usize]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (sentence, range) in block.sentences.iter().enumerate() {
        let _ = writeln!(out, "\n  {}", words(range.start, range.end));
        tokens(view, range.clone(), out);
        let found = block
            .found
            .iter()
            .zip(resolved)
            .filter(|(f, _)| f.sentence == sentence);
        for (found, resolved) in found {
            let _ = writeln!(
                out,
                "    attribution by {} ({:.2}): cue [{}]",
                found.rule,
                found.strength,
                words(found.cue.start, found.cue.end)
            );
            if let Some(source) = found.source {
                let _ = writeln!(out, "      source  {}", words(source.start, source.end));
            }
            for content in &found.content {
                let _ = writeln!(out, "      content {}", words(content.start, content.end));
            }
            let entry = resolved
                .source
                .map(|s| format!("S{} “{}”: ", s + 1, reading.sources[s].label))
                .unwrap_or_default();
            let _ = writeln!(out, "      → {entry}{}", resolved.how);
        }
        for (_, kind, m) in block.matches.iter().filter(|(s, ..)| *s == sentence) {
            let _ = writeln!(
                out,
                "    rule {} ({}, {:.2}): [{}]",
                m.rule.id,
                kind.name(),
                m.rule.strength,
                words(m.start, m.end)
            );
        }
        let (start, end) = view.bytes(range.start, range.end);
        let here = reading.flags.iter().filter(|f| {
            f.anchor.block == number && f.anchor.start >= start && f.anchor.start < end
        });
        for flag in here {
            let _ = writeln!(
                out,
                "    FLAG {} {} {:.2}: [{}]",
                flag.category().name(),
                flag.kind.name(),
                flag.strength,
                page.words(flag.anchor)
            );
        }
    }
}

/// The tokens, each with its classes, in lines of at most [`WIDTH`] characters where they fit.
fn tokens(view: View, range: std::ops::Range<usize>, out: &mut String) {
    let mut line = String::from("   ");
    for at in range {
        let names: Vec<&str> = CLASSES
            .iter()
            .filter(|(_, class)| view.tokens[at].any(*class))
            .map(|(name, _)| *name)
            .collect();
        let quoted = if view.tokens[at].quoted { "”" } else { "" };
        let token = format!(" {}{quoted}/{}", view.word(at), names.join("+"));
        if line.chars().count() + token.chars().count() > WIDTH && line.len() > 4 {
            out.push_str(&line);
            out.push('\n');
            line = String::from("   ");
        }
        line.push_str(&token);
    }
    out.push_str(&line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_tokens_rules_sources_and_flags() {
        let page = Page::from_text(
            "A senior aide said the dam may fail. He added that it leaks.",
            false,
        );
        let trace = trace(&page);
        for line in [
            "attribution by say-clause (1.00): cue [said]",
            "source  A senior aide",
            "content the dam may fail",
            "→ S1 “A senior aide”: a new source",
            "→ S1 “A senior aide”: led back by the pronoun",
            "rule hedge-may (modal, 0.85): [may]",
            "FLAG anonymous person",
            " aide/",
        ] {
            assert!(trace.contains(line), "{line:?} is missing in\n{trace}");
        }
        assert!(trace.lines().all(|l| l.chars().count() <= 160), "{trace}");
    }
}
