//! Sentence ends: periods that end a sentence told from those that don't.
//!
//! The splitter follows Unicode UAX #29's idea (a stop, closing marks, a gap, then something that
//! can begin a sentence) and adds what news text needs: abbreviations (`data/words/abbreviations.txt`),
//! initials, decimal points (both already inside tokens), ellipses that go on in lower case.

use std::ops::Range;

use crate::lexicon;
use crate::tokens::Token;

/// Most tokens of a sentence; what is longer is no prose and is cut, so that all work stays bounded.
const LONGEST: usize = 500;

/// Whether a sentence may end with this token.
pub fn may_end(token: &Token) -> bool {
    token.period || token.any(lexicon::MARK_STOP)
}

/// Puts the sentences of a block into `out` as ranges of tokens, in order, together covering all tokens.
/// `ends`: the tokens with which one may end, in order.
pub fn split(text: &str, tokens: &[Token], ends: &[usize], out: &mut Vec<Range<usize>>) {
    let mut start = 0;
    let mut next = stamp(text, tokens);
    if next > 0 {
        out.push(0..next);
        start = next;
    }
    let cut = |out: &mut Vec<Range<usize>>, mut start: usize, before: usize| {
        while before - start >= LONGEST {
            out.push(start..start + LONGEST);
            start += LONGEST;
        }
        start
    };
    for at in ends.iter().copied() {
        // What sticks to the stop before it was looked at with that.
        if at < next {
            continue;
        }
        start = cut(out, start, at);
        let mut end = at + 1;
        while tokens
            .get(end)
            .is_some_and(|t| closes(text, tokens, end, t))
        {
            end += 1;
        }
        let abbreviated = !tokens[at].any(lexicon::MARK_STOP);
        if begins(text, tokens, at, end, abbreviated) || end - start >= LONGEST {
            out.push(start..end);
            start = end;
        }
        next = end;
    }
    start = cut(out, start, tokens.len());
    if start < tokens.len() {
        out.push(start..tokens.len());
    }
}

/// Where the time ends with which a live report's paragraph begins: "14:55 One woman told …".
fn stamp(text: &str, tokens: &[Token]) -> usize {
    let [hour, mark, minute, next, ..] = tokens else {
        return 0;
    };
    let digits = |t: &Token| t.any(lexicon::NUM) && t.end - t.start <= 4;
    let time = digits(hour) && digits(minute) && mark.any(lexicon::MARK_COLON);
    let one = hour.end == mark.start && mark.end == minute.start;
    if time && one && minute.end < next.start && begins(text, tokens, 2, 3, false) {
        3
    } else {
        0
    }
}

/// Whether the token sticks to the stop before it: further stops, closing quotes and brackets.
fn closes(text: &str, tokens: &[Token], at: usize, token: &Token) -> bool {
    let touches = tokens[at - 1].end == token.start;
    let word = &text[token.start as usize..token.end as usize];
    touches
        && (token.any(lexicon::MARK_STOP | lexicon::MARK_CLOSE)
            || matches!(word, "”" | "’" | "\"" | "'" | "»"))
}

/// Whether a new sentence begins at token `next` after the stop at `at`.
fn begins(text: &str, tokens: &[Token], at: usize, next: usize, abbreviated: bool) -> bool {
    let Some(token) = tokens.get(next) else {
        return true;
    };
    let gap = tokens[next - 1].end < token.start;
    if !gap {
        return false;
    }
    let opener = token.any(lexicon::QUOTE | lexicon::MARK_OPEN);
    let capital = token.any(lexicon::CAP)
        || (opener && tokens.get(next + 1).is_some_and(|t| t.any(lexicon::CAP)));
    if abbreviated {
        // "The U.S. Senate" goes on; "in the U.S. The Senate" doesn't.
        return tokens[at].any(lexicon::ABBREVIATIONS_MAY_END)
            && capital
            && token.any(lexicon::FUNCTION)
            && !opener;
    }
    if tokens[at].any(lexicon::MARK_ELLIPSIS) {
        return capital;
    }
    let first = text[token.start as usize..].chars().next().unwrap_or(' ');
    // A quotation that ends in a stop and goes on with its speaker: "Why?" she asked.
    let after_quote = next > at + 1;
    capital || opener || token.any(lexicon::NUM) || (!after_quote && !first.is_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenize;

    fn ranges(text: &str, tokens: &[Token]) -> Vec<Range<usize>> {
        let ends: Vec<usize> = (0..tokens.len())
            .filter(|at| may_end(&tokens[*at]))
            .collect();
        let mut out = Vec::new();
        split(text, tokens, &ends, &mut out);
        out
    }

    fn sentences(text: &str) -> Vec<&str> {
        let tokens = tokenize(text);
        let byte = |range: &Range<usize>| {
            tokens[range.start].start as usize..tokens[range.end - 1].end as usize
        };
        ranges(text, &tokens)
            .iter()
            .map(|range| &text[byte(range)])
            .collect()
    }

    #[test]
    fn a_stamp_of_time_is_no_part_of_the_sentence() {
        assert_eq!(
            sentences("14:55 One woman fled. Then it fell."),
            ["14:55", "One woman fled.", "Then it fell."]
        );
        assert_eq!(sentences("10:30 is early."), ["10:30 is early."]);
    }

    #[test]
    fn stops_end_sentences_with_their_closing_marks() {
        assert_eq!(
            sentences("It rained. (It poured.) “It did.” He left."),
            ["It rained.", "(It poured.)", "“It did.”", "He left."]
        );
        assert_eq!(sentences("Why? Because."), ["Why?", "Because."]);
    }

    #[test]
    fn a_quotation_goes_on_to_its_speaker() {
        assert_eq!(
            sentences("“Why?” she asked. He left."),
            ["“Why?” she asked.", "He left."]
        );
    }

    #[test]
    fn abbreviations_initials_and_ellipses_go_on() {
        for text in [
            "Mr. Hale met J. R. Orr.",
            "The U.S. Senate met.",
            "It fell to 3.5 percent at 9 a.m. on Friday.",
            "He waited … and left.",
        ] {
            assert_eq!(sentences(text), [text]);
        }
        assert_eq!(
            sentences("She lives in the U.S. The house is new.").len(),
            2
        );
    }

    #[test]
    fn endless_sentences_are_cut_and_nothing_is_lost() {
        let text = "word ".repeat(3 * LONGEST);
        let tokens = tokenize(&text);
        let ranges = ranges(&text, &tokens);
        assert!(ranges.iter().all(|r| r.len() <= LONGEST + 8));
        assert_eq!(ranges.iter().map(|r| r.len()).sum::<usize>(), tokens.len());
    }
}
