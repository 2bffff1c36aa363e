//! Text directives: the end of an address by which a browser leads to words on a page
//! (`text=[prefix-,]start[,end][,-suffix]`, after `#:~:`).
//!
//! A browser goes to the first place that matches, so words that stand earlier on the page too, and
//! words that are too few to be sure of, take their neighbours along. All parts stay in one block.

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

/// The directive that leads to a span; empty where the span has no words.
pub fn to(page: &Page, span: Span) -> String {
    let text = page.text(span.block);
    let words = page.words(span).trim();
    if words.is_empty() {
        return String::new();
    }
    let before = text.get(..span.start as usize).unwrap_or("");
    let after = text.get(span.end as usize..).unwrap_or("");
    let (prefix, suffix) = context(page, span.block, before, words, after);
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
fn context<'a>(
    page: &Page,
    block: u32,
    before: &'a str,
    words: &str,
    after: &'a str,
) -> (&'a str, &'a str) {
    let text = page.text(block);
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
        let end = text.len() - after.len();
        let end = match parts.1 {
            "" => end,
            suffix => end + (after.len() - after.trim_start().len()) + suffix.len(),
        };
        let stretch = text.get(start..end).unwrap_or(words);
        if !stands_before(page, block, start, stretch) {
            break;
        }
    }
    parts
}

/// Whether a stretch also stands earlier on the page than at `start` of `block`.
fn stands_before(page: &Page, block: u32, start: usize, stretch: &str) -> bool {
    let wanted = stretch.trim().to_lowercase();
    let earlier = page.input.blocks.iter().take(block as usize);
    // The same words may begin before the place and end in it: all of it but the last character.
    let mut stretch = stretch.chars();
    stretch.next_back();
    let own = page.text(block).get(..start + stretch.as_str().len());
    earlier
        .map(|b| &*b.text)
        .chain(own)
        .any(|text| text.to_lowercase().contains(&wanted))
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
        to(&page, place.expect("the words"))
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
