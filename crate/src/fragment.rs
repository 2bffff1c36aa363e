//! Text directives: the end of an address by which a browser leads to words on a page
//! (`text=[prefix-,]start[,end][,-suffix]`, after `#:~:`).
//!
//! A browser goes to the first place that matches, so words that stand earlier on the page too, and
//! words that are too few to be sure of, take their neighbours along. All parts stay in one block.

use std::cell::Cell;

use crate::model::Span;
use crate::page::Page;

/// Code points beyond which only the first and the last words are given.
const WHOLE: usize = 300;
/// Words that stand for either end of a long stretch.
const END: usize = 6;
/// Fewer words than this could also stand in what Hearsay doesn't read, such as a menu.
const SURE: usize = 3;
/// The most words of context on either side.
const CONTEXT: usize = 8;

/// Characters that one finder looks through. A page so long and so full of flags that this is not enough
/// would take seconds; the rest of its places take all their neighbours along, which is as sure.
const LOOKS: usize = 400_000_000;

/// `url` leading on to words, by the directive for them; empty ones lead nowhere in particular.
pub fn address(url: &str, directive: &str) -> String {
    let url = url.split(":~:").next().unwrap_or(url);
    let hash = if url.contains('#') { "" } else { "#" };
    match directive {
        "" => url.trim_end_matches('#').to_owned(),
        _ => format!("{url}{hash}:~:{directive}"),
    }
}

/// Finds directives for places on one page, whose text it holds once more in lower case.
pub struct Finder<'a> {
    page: &'a Page,
    /// Byte for byte as long as the page's blocks.
    lower: Vec<String>,
    /// Characters that may still be looked through.
    looks: Cell<usize>,
}

impl<'a> Finder<'a> {
    /// For places on `page`.
    pub fn new(page: &'a Page) -> Finder<'a> {
        let blocks = page.input.blocks.iter();
        Finder {
            page,
            lower: blocks
                .map(|b| b.text.chars().map(lower_alike).collect())
                .collect(),
            looks: Cell::new(LOOKS),
        }
    }

    /// The directive that leads to a span; empty where the span has no words.
    pub fn to(&self, span: Span) -> String {
        let text = self.page.text(span.block);
        let words = self.page.words(span).trim();
        if words.is_empty() {
            return String::new();
        }
        let before = text.get(..span.start as usize).unwrap_or("");
        let after = text.get(span.end as usize..).unwrap_or("");
        let (prefix, suffix) = self.context(span, words, before, after);
        let mut out = String::from("text=");
        if !prefix.is_empty() {
            out.push_str(&encoded(prefix));
            out.push_str("-,");
        }
        if words.chars().count() <= WHOLE {
            out.push_str(&encoded(words));
        } else {
            out.push_str(&encoded(first(words, END)));
            out.push(',');
            out.push_str(&encoded(last(words, END)));
        }
        if !suffix.is_empty() {
            out.push_str(",-");
            out.push_str(&encoded(suffix));
        }
        out
    }

    /// As few words before and after as make the place the first of its kind.
    fn context<'t>(
        &self,
        span: Span,
        words: &str,
        before: &'t str,
        after: &'t str,
    ) -> (&'t str, &'t str) {
        let few = words.split_whitespace().count() < SURE;
        let from = if few { 2 } else { 0 };
        let mut parts = ("", "");
        for count in from..=CONTEXT {
            parts = (last(before, count), first(after, count));
            // The stretch as it stands in the block, from the prefix to the suffix.
            let start = match parts.0 {
                "" => before.len(),
                prefix => before.trim_end().len() - prefix.len(),
            };
            let end = match parts.1 {
                "" => span.end as usize,
                suffix => span.end as usize + after.len() - after.trim_start().len() + suffix.len(),
            };
            if !self.stands_before(span.block as usize, start, end) {
                break;
            }
        }
        parts
    }

    /// Whether a stretch of a block also stands earlier on the page.
    fn stands_before(&self, block: usize, start: usize, end: usize) -> bool {
        let Some((own, earlier)) = self.lower.get(..=block).and_then(<[_]>::split_last) else {
            return false;
        };
        let Some(stretch) = own.get(start..end) else {
            return false;
        };
        // The same words may begin before the place and end in it: all of it but the last character.
        let short = stretch.char_indices().next_back().map_or(0, |(at, _)| at);
        let wanted = stretch.trim();
        let length = self.page.offset(block) + start;
        let Some(left) = self.looks.get().checked_sub(length) else {
            return true;
        };
        self.looks.set(left);
        earlier.iter().any(|text| text.contains(wanted)) || own[..start + short].contains(wanted)
    }
}

/// A character in lower case, if that is a single one of as many bytes.
fn lower_alike(c: char) -> char {
    let lower = c.to_lowercase().next().unwrap_or(c);
    if lower.len_utf8() == c.len_utf8() {
        lower
    } else {
        c
    }
}

/// The first `count` words, without white space around them.
fn first(text: &str, count: usize) -> &str {
    let text = text.trim();
    let mut rest = text;
    for _ in 0..count {
        rest = rest.trim_start();
        rest = &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..];
    }
    &text[..text.len() - rest.len()]
}

/// The last `count` words, without white space around them.
fn last(text: &str, count: usize) -> &str {
    let text = text.trim();
    let mut rest = text;
    for _ in 0..count {
        rest = rest.trim_end();
        let word = rest
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map_or(0, |(at, c)| at + c.len_utf8());
        rest = &rest[..word];
    }
    text[rest.len()..].trim_start()
}

/// Percent-encoded, the directive's own `-`, `,` and `&` included.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, words: &str) -> String {
        let page = Page::from_text(text, false);
        let place = page.input.blocks.iter().enumerate().find_map(|(i, b)| {
            let start = b.text.rfind(words)?;
            Some(Span {
                block: i as u32,
                start: start as u32,
                end: (start + words.len()) as u32,
            })
        });
        Finder::new(&page).to(place.expect("the words"))
    }

    #[test]
    fn an_address_keeps_its_own_fragment_and_loses_a_directive() {
        for (url, expected) in [
            ("https://a.example/b?c", "https://a.example/b?c#:~:text=may"),
            (
                "https://a.example/#top",
                "https://a.example/#top:~:text=may",
            ),
            (
                "https://a.example/#top:~:text=old",
                "https://a.example/#top:~:text=may",
            ),
            (
                "https://a.example/#:~:text=old",
                "https://a.example/#:~:text=may",
            ),
        ] {
            assert_eq!(address(url, "text=may"), expected);
        }
        assert_eq!(
            address("https://a.example/#:~:text=old", ""),
            "https://a.example/"
        );
    }

    #[test]
    fn what_would_take_too_long_takes_its_neighbours_along() {
        let page = Page::from_text("It fell, a senior clerk said on Monday.", false);
        let finder = Finder::new(&page);
        let span = Span {
            block: 0,
            start: 9,
            end: 28,
        };
        assert_eq!(finder.to(span), "text=a%20senior%20clerk%20said");
        finder.looks.set(0);
        assert_eq!(
            finder.to(span),
            "text=It%20fell%2C-,a%20senior%20clerk%20said,-on%20Monday."
        );
    }

    #[test]
    fn letters_that_change_their_length_move_nothing() {
        let text = "İİİ ẞẞ fell, a senior clerk said. It rose, A SENIOR CLERK said on Monday.";
        assert_eq!(
            of(text, "A SENIOR CLERK said"),
            "text=rose%2C-,A%20SENIOR%20CLERK%20said,-on"
        );
    }

    #[test]
    fn words_that_stand_alone_need_nothing_else() {
        assert_eq!(
            of("It fell, a senior clerk said.", "a senior clerk said"),
            "text=a%20senior%20clerk%20said"
        );
    }

    #[test]
    fn few_words_take_their_neighbours_along() {
        assert_eq!(
            of("The wall of the quay may have to wait.", "may"),
            "text=the%20quay-,may,-have%20to"
        );
        assert_eq!(of("may", "may"), "text=may");
    }

    #[test]
    fn what_stands_earlier_too_is_told_apart() {
        assert_eq!(
            of(
                "It fell, a senior clerk said.\nIt stood, A senior clerk said on Monday.",
                "a senior clerk said"
            ),
            "text=a%20senior%20clerk%20said",
            "the first place is the first place"
        );
        let text = "It stood, a senior clerk said. It fell, a senior clerk said on Monday.";
        assert_eq!(
            of(text, "a senior clerk said"),
            "text=fell%2C-,a%20senior%20clerk%20said,-on"
        );
    }

    #[test]
    fn its_own_marks_are_encoded() {
        assert_eq!(
            of(
                "Well-known sources, A&B among them",
                "Well-known sources, A&B"
            ),
            "text=Well%2Dknown%20sources%2C%20A%26B"
        );
        assert_eq!(
            of("“Où?” dit le maire", "“Où?” dit le maire"),
            "text=%E2%80%9CO%C3%B9%3F%E2%80%9D%20dit%20le%20maire"
        );
    }

    #[test]
    fn a_long_stretch_is_given_by_its_ends() {
        let long = format!(
            "A clerk said {}until the end of the day.",
            "and said ".repeat(60)
        );
        assert_eq!(
            of(&long, &long),
            "text=A%20clerk%20said%20and%20said%20and,until%20the%20end%20of%20the%20day."
        );
    }

    #[test]
    fn the_same_all_over_ends_all_the_same() {
        let link = of(&"so so so so ".repeat(40), "so so so");
        assert!(link.starts_with("text=so%20so"), "{link}");
    }
}
