//! Rules as data: patterns over words and word classes, matched around a trigger word.
//!
//! `data/rules/*.txt` says what the pattern language is. A rule is tried where its trigger (the
//! first certain word of its anchor) stands; what comes before is matched leftwards, the rest
//! rightwards. Patterns never leave the sentence, and the work is bounded by their length.

use crate::lexicon::{Classes, RULE, WordId};
use crate::tokens::Token;

/// The rules as `build.rs` bakes them: `RULES`, and which of them each trigger wakes.
mod tables {
    use super::{Element, Rule};
    use crate::lexicon::*;
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}
use tables::{BY_CLASS, BY_WORD, RULES};

/// One element of a pattern.
#[derive(Debug)]
pub enum Element {
    /// The anchor begins here.
    Open,
    /// The anchor ends here.
    Close,
    /// Up to so many tokens, none of them punctuation that ends a clause.
    Gap(u8),
    /// One token, or (with `not`) no such token here.
    Test {
        /// Whether the token must *not* be such; takes no token.
        not: bool,
        /// Whether the token may be missing.
        optional: bool,
        /// Words that fit.
        words: &'static [WordId],
        /// Class sets that fit: all classes of a set must be there.
        classes: &'static [Classes],
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
    /// The pattern.
    pub elements: &'static [Element],
}

/// A rule that fits, and the tokens of its anchor (`end` exclusive).
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The rule.
    pub rule: &'static Rule,
    /// First token of the anchor.
    pub start: usize,
    /// One past the last token of the anchor.
    pub end: usize,
}

/// All matches whose trigger is token `at`.
pub fn matches_at(tokens: &[Token], at: usize, found: &mut Vec<Match>) {
    let token = &tokens[at];
    if token.classes & RULE != 0 {
        let first = BY_WORD.partition_point(|(word, _)| *word < token.word);
        for (_, rule) in BY_WORD[first..]
            .iter()
            .take_while(|(word, _)| *word == token.word)
        {
            found.extend(try_rule(&RULES[*rule as usize], tokens, at));
        }
    }
    for (classes, rule) in &BY_CLASS {
        if token.classes & classes == *classes {
            found.extend(try_rule(&RULES[*rule as usize], tokens, at));
        }
    }
}

fn try_rule(rule: &'static Rule, tokens: &[Token], at: usize) -> Option<Match> {
    let mut span = (at, at + 1);
    let right = walk(
        tokens,
        &rule.elements[rule.trigger..],
        at as isize,
        &mut span,
    );
    let fits = right && {
        let left: &[Element] = &rule.elements[..rule.trigger];
        walk_left(tokens, left, at as isize - 1, &mut span)
    };
    (fits && span.0 < span.1).then_some(Match {
        rule,
        start: span.0,
        end: span.1,
    })
}

fn test(element: &Element, tokens: &[Token], at: isize) -> bool {
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
    if at < 0 {
        return *start;
    }
    let Some(token) = tokens.get(at as usize) else {
        return *end;
    };
    words.contains(&token.word) || classes.iter().any(|c| token.classes & c == *c)
}

/// Matches `elements` from `at` rightwards; notes where the anchor closes.
fn walk(tokens: &[Token], elements: &[Element], at: isize, span: &mut (usize, usize)) -> bool {
    let Some((first, rest)) = elements.split_first() else {
        return true;
    };
    match first {
        Element::Open => walk(tokens, rest, at, span),
        Element::Close => {
            span.1 = at as usize;
            walk(tokens, rest, at, span)
        }
        Element::Gap(most) => {
            for n in 0..=*most as isize {
                let kept = *span;
                if walk(tokens, rest, at + n, span) {
                    return true;
                }
                *span = kept;
                if tokens.get((at + n) as usize).is_none_or(Token::ends_clause) {
                    return false;
                }
            }
            false
        }
        Element::Test { not: true, .. } => !test(first, tokens, at) && walk(tokens, rest, at, span),
        Element::Test { optional, .. } => {
            let kept = *span;
            if test(first, tokens, at) && walk(tokens, rest, at + 1, span) {
                return true;
            }
            *span = kept;
            *optional && walk(tokens, rest, at, span)
        }
    }
}

/// The same leftwards: `elements` are matched from the last to the first.
fn walk_left(tokens: &[Token], elements: &[Element], at: isize, span: &mut (usize, usize)) -> bool {
    let Some((last, rest)) = elements.split_last() else {
        return true;
    };
    match last {
        Element::Close => false,
        Element::Open => {
            span.0 = (at + 1) as usize;
            walk_left(tokens, rest, at, span)
        }
        Element::Gap(most) => {
            for n in 0..=*most as isize {
                let kept = *span;
                if walk_left(tokens, rest, at - n, span) {
                    return true;
                }
                *span = kept;
                if at - n < 0 || tokens[(at - n) as usize].ends_clause() {
                    return false;
                }
            }
            false
        }
        Element::Test { not: true, .. } => {
            !test(last, tokens, at) && walk_left(tokens, rest, at, span)
        }
        Element::Test { optional, .. } => {
            let kept = *span;
            if test(last, tokens, at) && walk_left(tokens, rest, at - 1, span) {
                return true;
            }
            *span = kept;
            *optional && walk_left(tokens, rest, at, span)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::RULES;
    use crate::block;

    /// The rules that fit `sentence`, with the words of their anchors.
    fn fits(sentence: &str) -> Vec<(&'static str, String)> {
        let parsed = block::parse(sentence);
        let words = |start: usize, end: usize| {
            let (a, b) = parsed.view(sentence).bytes(start, end);
            sentence[a as usize..b as usize].to_owned()
        };
        let matched = parsed
            .matches
            .iter()
            .map(|(_, _, m)| (m.rule.id, words(m.start, m.end)));
        let agentless = parsed
            .found
            .iter()
            .map(|f| (f.rule, words(f.cue.start, f.cue.end)));
        matched.chain(agentless).collect()
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
                    let plain = example.replace(['[', ']'], "");
                    let anchor = example
                        .split_once('[')
                        .and_then(|(_, r)| r.split_once(']'))
                        .map_or("", |(a, _)| a);
                    if !fits(&plain)
                        .iter()
                        .any(|(id, words)| *id == rule && words == anchor)
                    {
                        wrong.push(format!(
                            "{rule} should find [{anchor}] in {plain:?}, found {:?}",
                            fits(&plain)
                        ));
                    }
                } else if let Some(example) = line.strip_prefix("- ") {
                    bad += 1;
                    if fits(example).iter().any(|(id, _)| *id == rule) {
                        wrong.push(format!("{rule} should find nothing in {example:?}"));
                    }
                } else if let Some((id, _)) = line.split_once(" | ") {
                    rule = RULES.iter().find(|r| r.id == id).map_or("", |r| r.id);
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
