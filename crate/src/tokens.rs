//! Tokens: words, numbers and marks of one block, with their word classes.
//!
//! Contractions are parted as treebanks do ("don't" → "do" + "n't", "we're" → "we" + "'re",
//! "agency's" → "agency" + "'s"; Marcus et al. 1993), hyphenated words are one token.

use crate::lexicon::{self, Classes, UNLISTED, WordId};

/// One token.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// First byte in the block.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The word's id, `UNLISTED` where no list holds it.
    pub word: WordId,
    /// Its classes, by list and by shape.
    pub classes: Classes,
    /// Whether it stands inside a quotation; set by [`crate::quotes`].
    pub quoted: bool,
}

impl Token {
    /// Whether the token has any of these classes.
    pub fn any(&self, classes: Classes) -> bool {
        self.classes & classes != 0
    }

    /// Whether the token has all of these classes.
    pub fn all(&self, classes: Classes) -> bool {
        self.classes & classes == classes
    }

    /// Whether it is a mark that parts clauses.
    pub fn ends_clause(&self) -> bool {
        self.any(lexicon::PUNCT) && !self.any(lexicon::MARK_INNER)
    }
}

/// Bytes of a lower-case word that a look-up may need; longer words are on no list.
const LONGEST: usize = 40;

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '`' | '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\''
    )
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '\u{ad}' || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Lower-cases `word` into `buffer`, with straight apostrophes and without soft hyphens and periods.
/// `None` where it doesn't fit: no listed word is that long.
fn fold<'a>(word: &str, buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let mut used = 0;
    if word.is_ascii() {
        // Nearly all English words are, and bytes are quicker than characters.
        used = word.len();
        let target = buffer.get_mut(..used)?;
        target.copy_from_slice(word.as_bytes());
        target.make_ascii_lowercase();
    } else {
        for c in word
            .chars()
            .filter(|c| *c != '\u{ad}')
            .flat_map(char::to_lowercase)
        {
            let c = if c == '’' { '\'' } else { c };
            let target = buffer.get_mut(used..used + c.len_utf8())?;
            c.encode_utf8(target);
            used += c.len_utf8();
        }
    }
    // "U.S." is listed as "u.s".
    let used = if used > 1 && buffer[used - 1] == b'.' && buffer[0] != b'.' {
        used - 1
    } else {
        used
    };
    buffer.get(..used)
}

/// What the endings of unlisted words suggest (Biber et al. 1999, ch. 4 and 7): adverbs in -ly,
/// agent nouns are left to context, participles in -ed and -ing, plurals in -s.
fn guess(folded: &[u8]) -> Classes {
    use lexicon::{ADVERBS, ING, NOUN, PARTICIPLE, PAST, PLURAL, SINGULAR, UNKNOWN, VERB};
    let ends = |suffix: &[u8]| folded.len() > suffix.len() + 2 && folded.ends_with(suffix);
    UNKNOWN
        | if ends(b"ly") {
            ADVERBS
        } else if ends(b"ing") {
            ING | VERB
        } else if ends(b"ed") {
            PAST | PARTICIPLE | VERB
        } else if ends(b"s") && !ends(b"ss") && !ends(b"us") && !ends(b"is") {
            NOUN | PLURAL
        } else {
            NOUN | SINGULAR
        }
}

/// The tokens of a block, in order.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if c.is_whitespace() || c.is_control() {
            continue;
        }
        if !is_word(c) {
            let mut end = start + c.len_utf8();
            // "..." and "--" are one mark.
            // And so are two single marks, as typewriters and some wires write a double one.
            if matches!(c, '\'' | '`') && text[end..].starts_with(c) {
                rest.next();
                end += 1;
            } else if c == '.' || c == '-' {
                while text[end..].starts_with(c) {
                    rest.next();
                    end += 1;
                }
            }
            out.push(mark(text, start, end, c));
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut numeric = c.is_ascii_digit();
        while let Some(&(at, c)) = rest.peek() {
            let next = text[at + c.len_utf8()..].chars().next();
            let joins = match c {
                '-' | '\u{2010}' | '\u{2011}' => next.is_some_and(is_word),
                '\'' | '’' => next.is_some_and(char::is_alphabetic),
                ',' => numeric && next.is_some_and(|n| n.is_ascii_digit()),
                '.' => {
                    next.is_some_and(|n| n.is_ascii_digit() && numeric)
                        || initial_period(text, start, at)
                }
                _ => is_word(c),
            };
            if !joins {
                break;
            }
            numeric &= c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
            end = at + c.len_utf8();
            rest.next();
        }
        word(text, start, end, &mut out);
        if let Some(last) = out.last_mut() {
            if takes_period(text, last) {
                last.end += 1;
                rest.next();
            }
        }
    }
    out
}

/// Whether the period at `at` belongs to a row of initials that began at `start`: "U.S.", "p.m.".
fn initial_period(text: &str, start: usize, at: usize) -> bool {
    let so_far = &text[start..at];
    let last_part = so_far.rsplit('.').next().unwrap_or("");
    let single = last_part.chars().count() == 1 && last_part.chars().all(char::is_alphabetic);
    let next_single = {
        let mut after = text[at + 1..].chars();
        after.next().is_some_and(char::is_alphabetic) && after.next() == Some('.')
    };
    single && (next_single || so_far.contains('.'))
}

fn mark(text: &str, start: usize, end: usize, c: char) -> Token {
    let mut classes = lexicon::PUNCT;
    if is_quote(c) {
        classes |= lexicon::QUOTE;
    }
    let mut buffer = [0; LONGEST];
    let listed = fold(&text[start..end], &mut buffer).and_then(lexicon::lookup);
    let (word, more) = listed.unwrap_or((UNLISTED, 0));
    Token {
        start: start as u32,
        end: end as u32,
        word,
        classes: classes | more,
        quoted: false,
    }
}

/// Endings that are tokens of their own.
const CLITICS: [&str; 7] = ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"];

fn word(text: &str, start: usize, end: usize, out: &mut Vec<Token>) {
    let whole = &text[start..end];
    let mut cut = end;
    if whole.contains(['\'', '’']) {
        let mut buffer = [0; LONGEST];
        if let Some(folded) = fold(whole, &mut buffer) {
            if let Some(clitic) = CLITICS
                .iter()
                .find(|c| folded.len() > c.len() && folded.ends_with(c.as_bytes()))
            {
                // Counted in characters from the end, since ’ is longer than '.
                let back: usize = whole
                    .chars()
                    .rev()
                    .take(clitic.len())
                    .map(char::len_utf8)
                    .sum();
                cut = end - back;
            }
        }
    }
    out.push(one_word(text, start, cut));
    if cut < end {
        out.push(one_word(text, cut, end));
    }
}

/// Whether the period right after `token` belongs to it: "Mr.", "Jan.", "J." but not "no." or "in.".
fn takes_period(text: &str, token: &Token) -> bool {
    let after = &text[token.end as usize..];
    let Some(rest) = after.strip_prefix('.') else {
        return false;
    };
    let single = token.end - token.start == 1;
    if token.any(lexicon::CAP) && single {
        return !matches!(&text[token.start as usize..token.end as usize], "I")
            && rest.starts_with(' ');
    }
    if !token.any(lexicon::ABBREVIATIONS | lexicon::TITLES_ABBR) || rest.starts_with('.') {
        return false;
    }
    let also_a_word = token.any(
        lexicon::FUNCTION | lexicon::VERB | lexicon::NOUN | lexicon::ADVERBS | lexicon::ADJECTIVES,
    );
    let before_figure = rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    before_figure
        || !also_a_word
        || (token.any(lexicon::CAP) && !token.any(lexicon::FUNCTION | lexicon::VERB))
}

fn one_word(text: &str, start: usize, end: usize) -> Token {
    let whole = &text[start..end];
    let first = whole.chars().next().unwrap_or(' ');
    let mut shape = 0;
    if first.is_uppercase() {
        shape |= lexicon::CAP;
        let letters = whole.chars().filter(|c| c.is_alphabetic());
        if letters.clone().count() > 1 && letters.clone().all(char::is_uppercase) {
            shape |= lexicon::ACRONYM;
        }
    }
    if first.is_ascii_digit() {
        shape |= lexicon::NUM;
    }
    let mut buffer = [0; LONGEST];
    let (word, classes) = match fold(whole, &mut buffer) {
        None => (UNLISTED, lexicon::UNKNOWN),
        Some(folded) => lexicon::lookup(folded).unwrap_or_else(|| {
            // A compound has the classes of its last part: "co-founder", "vice-president".
            let last = folded
                .rsplit(|b| *b == b'-')
                .next()
                .filter(|l| l.len() > 2 && l.len() < folded.len());
            match last.and_then(lexicon::lookup) {
                Some((_, classes)) => (UNLISTED, classes & !(lexicon::RULE | lexicon::CUE)),
                None if shape & lexicon::NUM != 0 => (UNLISTED, 0),
                None => (UNLISTED, guess(folded)),
            }
        }),
    };
    Token {
        start: start as u32,
        end: end as u32,
        word,
        classes: classes | shape,
        quoted: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let tokens = tokenize(text);
        tokens
            .iter()
            .map(|t| &text[t.start as usize..t.end as usize])
            .collect()
    }

    #[test]
    fn contractions_are_parted_with_either_apostrophe() {
        assert_eq!(words("It doesn't"), ["It", "does", "n't"]);
        assert_eq!(
            words("We’re at the agency’s door"),
            ["We", "’re", "at", "the", "agency", "’s", "door"]
        );
        assert_eq!(words("O'Neill's"), ["O'Neill", "'s"]);
    }

    #[test]
    fn periods_stay_with_abbreviations_initials_and_figures() {
        assert_eq!(
            words("Mr. Hale met J. Orr."),
            ["Mr.", "Hale", "met", "J.", "Orr", "."]
        );
        assert_eq!(
            words("the U.S. Senate at 3.5 percent"),
            ["the", "U.S.", "Senate", "at", "3.5", "percent"]
        );
        assert_eq!(
            words("He said no. It rained."),
            ["He", "said", "no", ".", "It", "rained", "."]
        );
        assert_eq!(words("No. 5 of 9,000"), ["No.", "5", "of", "9,000"]);
    }

    #[test]
    fn a_compound_has_the_classes_of_its_last_part() {
        let tokens = tokenize("a vice-president");
        assert!(tokens[1].any(lexicon::PERSON));
    }

    #[test]
    fn odd_text_has_tokens_on_character_boundaries() {
        for text in [
            "",
            "\u{0}\u{202e}a\u{301}b",
            "👩‍👩‍👧 said",
            "’’’'s",
            "n't",
            "…--…",
            "ǅ.İ.ß.",
        ] {
            for token in tokenize(text) {
                assert!(
                    text.get(token.start as usize..token.end as usize)
                        .is_some_and(|w| !w.is_empty()),
                    "{text:?}"
                );
            }
        }
    }
}
