//! Tokens: words, numbers and marks of one block, with their word classes.
//!
//! Contractions are parted as treebanks do ("don't" → "do" + "n't", "we're" → "we" + "'re",
//! "agency's" → "agency" + "'s"; Marcus et al. 1993), hyphenated words are one token.

use std::ops::Range;

use crate::eight;
use crate::lexicon::{self, Classes, Recent, UNLISTED, Word, WordId};
use crate::work;

/// One token. Aligned to eight bytes, since WebAssembly's allocator takes three times as long for sixteen.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(8))]
pub struct Token {
    /// First byte in the block.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// The word's id, `UNLISTED` where no list holds it.
    pub word: WordId,
    /// Whether it stands inside a quotation; set by [`crate::quotes`].
    pub quoted: bool,
    /// Whether it ends in a period: "Mr.", "U.S.", a stop.
    pub period: bool,
    /// Its classes, by list and by shape. Last, so that a token takes 32 bytes and no more.
    pub classes: Classes,
}

impl Token {
    /// Whether the token has any of these classes.
    pub fn any(&self, classes: Classes) -> bool {
        work::step();
        self.classes & classes != 0
    }

    /// Whether the token has all of these classes.
    pub fn all(&self, classes: Classes) -> bool {
        work::step();
        self.classes & classes == classes
    }

    /// Whether it is a mark that parts clauses.
    pub fn ends_clause(&self) -> bool {
        self.any(lexicon::PUNCT) && !self.any(lexicon::MARK_INNER)
    }
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '`' | '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '\''
    )
}

/// Dashes, quotation marks and dots beyond ASCII: told at once, since nearly all characters beyond
/// ASCII in English text are such. The hyphens U+2010 and U+2011 are no marks, ’ may be none.
pub fn is_general_mark(c: char) -> bool {
    matches!(c, '\u{2012}'..='\u{2027}')
}

fn is_word(c: char) -> bool {
    if is_general_mark(c) {
        return false;
    }
    c.is_alphanumeric() || c == '\u{ad}' || ('\u{300}'..='\u{36f}').contains(&c)
}

/// The word at `place` as it is looked up: in lower case, with straight apostrophes and without soft
/// hyphens and a last period. `None` where it is longer than any listed word.
#[inline]
fn fold(text: &str, place: Range<usize>) -> Option<Word> {
    let word = if text.as_bytes()[place.clone()].is_ascii() {
        Word::lower_case(text.as_bytes(), place)
    } else {
        fold_characters(&text[place])
    }?;
    // "U.S." is listed as "u.s".
    let period = word.ending()[2] == b'.' && word.byte(0) != b'.';
    Some(if period { word.shortened() } else { word })
}

/// [`fold`] for words with characters beyond ASCII.
fn fold_characters(word: &str) -> Option<Word> {
    let mut buffer = [0; lexicon::LONGEST];
    let mut used = 0;
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
    Word::new(&buffer[..used])
}

/// What the endings of unlisted words suggest (Biber et al. 1999, ch. 4 and 7): adverbs in -ly,
/// agent nouns are left to context, participles in -ed and -ing, plurals in -s.
fn guess(folded: &Word) -> Classes {
    use lexicon::{ADVERBS, ING, NOUN, PARTICIPLE, PAST, PLURAL, SINGULAR, UNKNOWN, VERB};
    let guessed = match (folded.ending(), folded.len()) {
        ([_, b'l', b'y'], 5..) => ADVERBS,
        ([b'i', b'n', b'g'], 6..) => ING | VERB,
        ([_, b'e', b'd'], 5..) => PAST | PARTICIPLE | VERB,
        ([_, b's' | b'u' | b'i', b's'], 5..) => NOUN | SINGULAR,
        ([_, _, b's'], 4..) => NOUN | PLURAL,
        _ => NOUN | SINGULAR,
    };
    UNKNOWN | guessed
}

/// What the byte that begins a token tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Blank,
    Letter,
    Digit,
    Mark,
    /// A character beyond ASCII: anything.
    Unknown,
}

/// What each byte begins.
static BEGINS: [Begins; 256] = {
    let mut table = [Begins::Unknown; 256];
    let mut byte = 0u8;
    while byte < 0x80 {
        table[byte as usize] = if byte.is_ascii_alphabetic() {
            Begins::Letter
        } else if byte.is_ascii_digit() {
            Begins::Digit
        } else if byte.is_ascii_graphic() {
            Begins::Mark
        } else {
            Begins::Blank
        };
        byte += 1;
    }
    table
};

/// The tokens of a block, in order.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    tokenize_into(text, &mut Recent::default(), &mut out);
    out
}

/// Puts the tokens of a block into `out`, in order.
pub fn tokenize_into(text: &str, recent: &mut Recent, out: &mut Vec<Token>) {
    // English has five to six bytes a token.
    out.reserve(text.len() / 4 + 4);
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        at = match BEGINS[usize::from(*byte)] {
            Begins::Blank => at + 1,
            Begins::Letter => plain_word(text, at, recent, out),
            Begins::Digit => word(text, at, at, recent, out),
            Begins::Mark => mark(text, at, char::from(*byte), recent, out),
            Begins::Unknown => match character(text, at) {
                c if is_word(c) => word(text, at, at, recent, out),
                c if c.is_whitespace() || c.is_control() => at + c.len_utf8(),
                c => mark(text, at, c, recent, out),
            },
        };
    }
}

/// The character at byte `at`; a NUL past the end.
fn character(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\0')
}

/// A run of characters of a word: where it ends, and what is needed to take it apart.
struct Extent {
    end: usize,
    /// Where its last apostrophe stands.
    apostrophe: Option<Range<usize>>,
}

/// How far the word reaches that begins at `start`, with letters up to `end`.
fn extent(text: &str, start: usize, mut end: usize) -> Extent {
    let bytes = text.as_bytes();
    let mut numeric = bytes[start].is_ascii_digit();
    let mut apostrophe = None;
    // Where the last part of a row of initials begins.
    let mut part = start;
    loop {
        let run = eight::leading_alphanumerics(eight::load(bytes, end));
        numeric = numeric && bytes[end..end + run].iter().all(u8::is_ascii_digit);
        end += run;
        if run == 8 {
            continue;
        }
        let Some(byte) = bytes.get(end) else { break };
        let mut length = 1;
        let mut is_apostrophe = *byte == b'\'';
        let joins = match byte {
            b'-' => is_word(character(text, end + 1)),
            b'\'' => character(text, end + 1).is_alphabetic(),
            b',' | b'.' if numeric && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => true,
            b'.' => initial_period(text, start, part, end),
            0x80.. => {
                let c = character(text, end);
                length = c.len_utf8();
                is_apostrophe = c == '’';
                match c {
                    '\u{2010}' | '\u{2011}' => is_word(character(text, end + length)),
                    '’' => character(text, end + length).is_alphabetic(),
                    _ => is_word(c),
                }
            }
            _ => false,
        };
        if !joins {
            break;
        }
        if is_apostrophe {
            apostrophe = Some(end..end + length);
        }
        numeric = numeric && matches!(byte, b'.' | b',' | b'-');
        end += length;
        if *byte == b'.' {
            part = end;
        }
    }
    Extent { end, apostrophe }
}

/// Whether the period at `at` belongs to a row of initials that began at `start`, the last of them
/// at `part`: "U.S.", "p.m.".
fn initial_period(text: &str, start: usize, part: usize, at: usize) -> bool {
    let one = |from: usize, to: usize| {
        let mut letters = text[from..to].chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    };
    let next = at + 1 + character(text, at + 1).len_utf8();
    // A character has four bytes at most.
    at - part <= 4
        && one(part, at)
        && (part > start || text.as_bytes().get(next) == Some(&b'.') && one(at + 1, next))
}

/// Puts the mark `c` at `start` into `out`; where it ends.
fn mark(text: &str, start: usize, c: char, recent: &mut Recent, out: &mut Vec<Token>) -> usize {
    let bytes = text.as_bytes();
    let mut end = start + c.len_utf8();
    if bytes.get(start + 1) == Some(&bytes[start]) {
        // "..." and "--" are one mark.
        // And so are two single marks, as typewriters and some wires write a double one.
        let most = match c {
            '\'' | '`' => 2,
            '.' | '-' => usize::MAX,
            _ => 0,
        };
        while end - start < most && bytes.get(end) == Some(&bytes[start]) {
            end += 1;
        }
    }
    let mut classes = lexicon::PUNCT;
    if is_quote(c) {
        classes |= lexicon::QUOTE;
    }
    let (word, more) = match c {
        '’' => lexicon::mark(b'\''),
        _ => match end - start {
            1 => lexicon::mark(bytes[start]),
            length @ 2..=8 => {
                let word = eight::first(eight::load(bytes, start), length);
                recent.lookup(word, length, || 0)
            }
            _ => (UNLISTED, 0),
        },
    };
    out.push(Token {
        start: start as u32,
        end: end as u32,
        word,
        classes: classes | more,
        quoted: false,
        period: c == '.',
    });
    end
}

/// Endings that are tokens of their own.
const CLITICS: [&str; 6] = ["'s", "'re", "'ve", "'ll", "'d", "'m"];
/// And one that takes a letter before its apostrophe.
const NOT: &str = "n't";

/// Puts the word into `out` that begins at `start`, with letters up to `end`, and its clitic, if it has one;
/// where they end.
#[inline(never)]
fn word(text: &str, start: usize, end: usize, recent: &mut Recent, out: &mut Vec<Token>) -> usize {
    let Extent { end, apostrophe } = extent(text, start, end);
    let clitic = apostrophe.and_then(|apostrophe| clitic(text, start, end, apostrophe));
    let mut last = one_word(text, start, clitic.map_or(end, |(cut, _)| cut), recent);
    if last.all(lexicon::ACRONYM | lexicon::FUNCTION) {
        let written = eight::load(text.as_bytes(), start);
        let length = (last.end - last.start) as usize;
        if let Some((word, classes)) = initials(written, length, recent, out) {
            (last.word, last.classes) = (word, classes | lexicon::CAP | lexicon::ACRONYM);
        }
    }
    if let Some((cut, clitic)) = clitic {
        out.push(last);
        let folded = eight::load(clitic.as_bytes(), 0);
        let (word, classes) = recent.lookup(folded, clitic.len(), || lexicon::UNKNOWN);
        last = Token {
            start: cut as u32,
            end: end as u32,
            word,
            classes: classes | shape(text, cut, end),
            quoted: false,
            period: false,
        };
    }
    if takes_period(text, &last) {
        last.end += 1;
        last.period = true;
    }
    out.push(last);
    last.end as usize
}

/// Puts the word that begins with a letter at `start` into `out`; where to go on. Most are up to fifteen
/// letters and then nothing that may belong to them: what [`word`] does is done in few steps for such.
#[inline]
fn plain_word(text: &str, start: usize, recent: &mut Recent, out: &mut Vec<Token>) -> usize {
    let bytes = text.as_bytes();
    let written = eight::load(bytes, start);
    let (first, mut length) = eight::leading_letters(written);
    let mut second = 0;
    let mut capitals = first & !written;
    if length == 8 {
        let written = eight::load(bytes, start + 8);
        let (letters, more) = eight::leading_letters(written);
        second = letters;
        length += more;
        // Of letters that differ by their case one bit does.
        capitals |= (second & !written) >> 1;
    }
    let end = start + length;
    let next = bytes.get(end).copied().unwrap_or(b' ');
    if length == 16 || next != b' ' && may_go_on(text, end, next, length) {
        return word(text, start, end, recent, out);
    }
    let mut shape = 0;
    if capitals & 0x20 != 0 {
        let acronym = length > 1 && capitals.count_ones() as usize == length;
        shape = lexicon::CAP | if acronym { lexicon::ACRONYM } else { 0 };
    }
    let (mut word, mut classes) = if length <= 8 {
        recent.lookup(first, length, || guess(&Word::short([first, 0], length)))
    } else {
        let folded = Word::short([first, second], length);
        lexicon::lookup(&folded).unwrap_or_else(|| (UNLISTED, guess(&folded)))
    };
    if shape & lexicon::ACRONYM != 0 && classes & lexicon::FUNCTION != 0 {
        (word, classes) = initials(written, length, recent, out).unwrap_or((word, classes));
    }
    let mut token = Token {
        start: start as u32,
        end: end as u32,
        word,
        classes: classes | shape,
        quoted: false,
        period: false,
    };
    if next == b'.' && takes_period(text, &token) {
        token.end += 1;
        token.period = true;
    }
    out.push(token);
    // A blank is no token, and was looked at.
    token.end as usize + usize::from(next == b' ')
}

/// What a function word of `length` bytes is that is `written` in capitals, if it is listed so: the US, the WHO.
/// Where more is in capitals, it is what it always is.
#[cold]
fn initials(
    written: u64,
    length: usize,
    recent: &mut Recent,
    before: &[Token],
) -> Option<(WordId, Classes)> {
    if length > 8 {
        return None;
    }
    let among = before.last().is_some_and(|t| t.any(lexicon::ACRONYM));
    let (word, classes) = recent.lookup(eight::first(written, length), length, || 0);
    (word != UNLISTED && !among).then_some((word, classes))
}

/// Whether `next`, at `end`, may belong to the `length` letters before it.
fn may_go_on(text: &str, end: usize, next: u8, length: usize) -> bool {
    match next {
        b'-' | b'\'' | b'0'..=b'9' => true,
        b'.' => length == 1,
        0x80.. => {
            let c = character(text, end);
            c == '’' || !is_general_mark(c)
        }
        _ => false,
    }
}

/// The clitic with the last apostrophe of a word, if it is one: where it begins, and in lower case.
fn clitic(
    text: &str,
    start: usize,
    end: usize,
    apostrophe: Range<usize>,
) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let (before, after) = (apostrophe.start, &bytes[apostrophe.end..end]);
    let found = match after {
        [b't' | b'T'] if bytes[before - 1].eq_ignore_ascii_case(&b'n') => (before - 1, NOT),
        _ => {
            let is_it = |clitic: &&&str| after.eq_ignore_ascii_case(&clitic.as_bytes()[1..]);
            (before, *CLITICS.iter().find(is_it)?)
        }
    };
    (found.0 > start).then_some(found)
}

/// Whether the period right after `token` belongs to it: "Mr.", "Jan.", "J." but not "no." or "in.".
fn takes_period(text: &str, token: &Token) -> bool {
    if text.as_bytes().get(token.end as usize) != Some(&b'.') {
        return false;
    }
    let rest = &text[token.end as usize + 1..];
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

/// The classes that the word's letters give it, whatever the word.
fn shape(text: &str, start: usize, end: usize) -> Classes {
    let first = text.as_bytes()[start];
    if first.is_ascii_lowercase() {
        return 0;
    }
    if first.is_ascii_digit() {
        return lexicon::NUM;
    }
    let whole = &text[start..end];
    if !whole.chars().next().is_some_and(char::is_uppercase) {
        return 0;
    }
    let mut letters = whole.chars().filter(|c| c.is_alphabetic());
    let capitals = letters.clone().take_while(|c| c.is_uppercase()).count();
    if capitals > 1 && letters.nth(capitals).is_none() {
        lexicon::CAP | lexicon::ACRONYM
    } else {
        lexicon::CAP
    }
}

fn one_word(text: &str, start: usize, end: usize, recent: &mut Recent) -> Token {
    let (word, classes) = match fold(text, start..end) {
        None => (UNLISTED, lexicon::UNKNOWN),
        Some(folded) => recent.lookup_any(&folded, unlisted),
    };
    Token {
        start: start as u32,
        end: end as u32,
        word,
        classes: classes | shape(text, start, end),
        quoted: false,
        period: text.as_bytes()[end - 1] == b'.',
    }
}

/// What a word that no list holds may be.
fn unlisted(folded: &Word) -> Classes {
    // A compound has the classes of its last part: "co-founder", "vice-president".
    let (bytes, length) = folded.bytes();
    let hyphen = bytes[..length].iter().rposition(|b| *b == b'-');
    let listed = hyphen
        .map(|at| &bytes[at + 1..length])
        .filter(|last| last.len() > 2)
        .and_then(Word::new)
        .and_then(|last| lexicon::lookup(&last));
    match listed {
        Some((_, classes)) => classes & !(lexicon::RULE | lexicon::CUE),
        None if folded.byte(0).is_ascii_digit() => 0,
        None => guess(folded),
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
    fn capitals_make_another_word_of_us_and_who_unless_all_is_in_capitals() {
        let function = |text: &str| {
            let tokens = tokenize(text);
            let is =
                |t: &&Token| matches!(&text[t.start as usize..t.end as usize], "US" | "us" | "WHO");
            let found: Vec<bool> = tokens
                .iter()
                .filter(is)
                .map(|t| t.any(lexicon::FUNCTION))
                .collect();
            found
        };
        assert_eq!(
            function("The US told us that the WHO and US’s ally left."),
            [false, true, false, false]
        );
        assert_eq!(function("THE CLERK TOLD US HE LEFT"), [true]);
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
