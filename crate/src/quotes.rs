//! Quotations: which tokens of a block stand between quotation marks.
//!
//! Curly and straight marks pair within a block; a quotation that a paragraph leaves open goes on
//! to the paragraph's end (the next one then begins with a mark of its own, as style books ask).
//! Single marks count where no double ones are open, and not as apostrophes.

use crate::lexicon;
use crate::tokens::Token;

/// One quotation; its marks are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// First token inside.
    pub start: usize,
    /// One past the last token inside.
    pub end: usize,
    /// Whether the block ended before the quotation did.
    pub open: bool,
}

/// Puts the quotations of a block into `out`, in order, and marks their tokens as quoted. `marks`: the
/// tokens that may be quotation marks, in order.
pub fn pair(text: &str, tokens: &mut [Token], marks: &[usize], out: &mut Vec<Quote>) {
    let mut open: Option<(char, usize)> = None;
    for at in marks.iter().copied() {
        let word = &text[tokens[at].start as usize..tokens[at].end as usize];
        let mark = match word {
            "''" | "``" | "`" => '"',
            _ => word.chars().next().unwrap_or(' '),
        };
        let before = text[..tokens[at].start as usize]
            .chars()
            .next_back()
            .unwrap_or(' ');
        let after = text[tokens[at].end as usize..]
            .chars()
            .next()
            .unwrap_or(' ');
        let leans_right = !after.is_whitespace() && !before.is_alphanumeric();
        match (mark, open) {
            ('“' | '„' | '«', _) => {
                // A mark that opens again carries a quotation on.
                if let Some((_, start)) = open {
                    out.push(Quote {
                        start,
                        end: at,
                        open: false,
                    });
                }
                open = Some(('“', at + 1));
            }
            ('”' | '»' | '"', Some(('“' | '"', start))) => {
                out.push(Quote {
                    start,
                    end: at,
                    open: false,
                });
                open = None;
            }
            ('"', _) => open = Some(('"', at + 1)),
            ('‘', None) if leans_right => open = Some(('‘', at + 1)),
            ('\'', None) if leans_right && before.is_whitespace() => open = Some(('\'', at + 1)),
            ('’', Some(('‘', start))) | ('\'', Some(('\'', start))) if !after.is_alphanumeric() =>
            {
                out.push(Quote {
                    start,
                    end: at,
                    open: false,
                });
                open = None;
            }
            _ => {}
        }
    }
    if let Some((mark @ ('“' | '"'), start)) = open {
        // A straight mark in the middle that nothing closes is an inch sign or a slip.
        if mark == '“' || start <= 1 {
            out.push(Quote {
                start,
                end: tokens.len(),
                open: true,
            });
        }
    }
    // What is left of single marks are apostrophes: "the miners' due".
    let mut paired = out.iter().flat_map(|q| [q.start - 1, q.end]).peekable();
    for at in marks.iter().copied() {
        while paired.next_if(|mark| *mark < at).is_some() {}
        let token = &mut tokens[at];
        let apostrophe = matches!(&text[token.start as usize..token.end as usize], "'" | "’");
        if apostrophe && paired.peek() != Some(&at) {
            token.classes = token.classes & !lexicon::QUOTE | lexicon::MARK_INNER;
        }
    }
    for quote in out {
        for token in &mut tokens[quote.start..quote.end] {
            token.quoted = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenize;

    /// The quoted words, one string a quotation.
    fn quoted(text: &str) -> Vec<String> {
        let mut tokens = tokenize(text);
        let marks: Vec<usize> = (0..tokens.len())
            .filter(|at| tokens[*at].any(lexicon::QUOTE))
            .collect();
        let mut quotes = Vec::new();
        pair(text, &mut tokens, &marks, &mut quotes);
        let words = |q: &Quote| {
            text[tokens[q.start].start as usize..tokens[q.end - 1].end as usize].to_owned()
        };
        quotes
            .iter()
            .filter(|q| q.start < q.end)
            .map(words)
            .collect()
    }

    #[test]
    fn curly_straight_and_single_marks_pair() {
        assert_eq!(
            quoted("“One,” he said. \"Two,\" she said."),
            ["One,", "Two,"]
        );
        assert_eq!(
            quoted("He called it ‘a gift’ and the miners’ due."),
            ["a gift"]
        );
        assert_eq!(
            quoted("It's the dog's 'first trick' of '98."),
            ["first trick"]
        );
    }

    #[test]
    fn a_paragraph_that_leaves_a_quotation_open_is_quoted_to_its_end() {
        assert_eq!(
            quoted("He said: “It rained. It poured."),
            ["It rained. It poured."]
        );
        assert_eq!(quoted("A 12\" pipe burst."), Vec::<String>::new());
    }
}
