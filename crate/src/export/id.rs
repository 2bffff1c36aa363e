//! Names for flags that survive a second reading.
//!
//! A flag's id is a hash over what it marks and where: category, quote, the words around it and
//! its place among equals. What Hearsay may improve (kind, strength, rule, wording) stays out, so
//! that a dismissed flag stays dismissed. The hash is written out here because it must never
//! change: neither the standard library's nor a crate's hash promises that.

use std::collections::HashMap;

use super::quote::around;
use crate::model::Flag;
use crate::page::Page;

/// The ids of all flags of a reading: 16 hexadecimal digits each.
pub fn all(page: &Page, flags: &[Flag]) -> Vec<String> {
    let mut seen = HashMap::new();
    flags
        .iter()
        .map(|flag| next(page, flag, &mut seen))
        .collect()
}

/// The id of the next flag in page order; `seen` counts equals among those before it.
pub(crate) fn next(page: &Page, flag: &Flag, seen: &mut HashMap<u64, u64>) -> String {
    let place = of_place(page, flag);
    let ordinal = seen.entry(place).or_default();
    let id = fnv1a(&[&place.to_be_bytes(), &ordinal.to_be_bytes()]);
    *ordinal += 1;
    format!("{id:016x}")
}

/// A name for a page in 16 hexadecimal digits: by its address, or by its text where it has none.
pub(super) fn of_page(page: &Page) -> String {
    match &page.input.url {
        Some(url) => hash(&[url.as_bytes()]),
        None => hash(&[page.whole_text().as_bytes()]),
    }
}

/// 16 hexadecimal digits that stay the same for the same parts.
pub(super) fn hash(parts: &[&[u8]]) -> String {
    format!("{:016x}", fnv1a(parts))
}

fn of_place(page: &Page, flag: &Flag) -> u64 {
    let (before, after) = around(page, flag.anchor);
    fnv1a(&[
        flag.category().name().as_bytes(),
        normalised(page.words(flag.anchor)).as_bytes(),
        before.as_bytes(),
        after.as_bytes(),
    ])
}

/// Lower case, runs of white space as one space.
pub(crate) fn normalised(quote: &str) -> String {
    let words: Vec<&str> = quote.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// FNV-1a, 64 bits, over the parts, each ended by 0xFF (a byte that UTF-8 never has).
fn fnv1a(parts: &[&[u8]]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        part.iter().chain(&[0xFF]).fold(hash, step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;
    use crate::model::Kind;

    #[test]
    fn is_fixed_for_all_time() {
        // If this fails, every dismissed flag of every reader comes back: don't change it.
        let (page, reading) = example();
        assert_eq!(all(&page, &reading.flags)[0], "0efaa2999e710dc3");
    }

    #[test]
    fn ignores_kind_strength_and_wording_but_not_category() {
        let (page, mut reading) = example();
        let before = all(&page, &reading.flags);
        reading.flags[0].kind = Kind::Group;
        reading.flags[0].strength = 0.1;
        reading.flags[0].rule = "another";
        assert_eq!(all(&page, &reading.flags), before);
        reading.flags[0].kind = Kind::Modal;
        assert_ne!(all(&page, &reading.flags)[0], before[0]);
    }

    #[test]
    fn equals_differ_by_ordinal() {
        let (page, reading) = example();
        let twice = vec![reading.flags[0].clone(), reading.flags[0].clone()];
        let ids = all(&page, &twice);
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[0], all(&page, &reading.flags)[0]);
    }

    #[test]
    fn far_text_in_the_block_does_not_matter_near_text_does() {
        let id = |text: &str| {
            let page = Page::from_text(text, false);
            let (_, reading) = example();
            let mut flag = reading.flags[0].clone();
            let at = text.find("aides said").unwrap() as u32;
            flag.anchor = crate::model::Span {
                block: 0,
                start: at,
                end: at + 10,
            };
            all(&page, &[flag]).remove(0)
        };
        let near = "thirty-two characters of context";
        assert_eq!(near.chars().count(), 32);
        assert_eq!(
            id(&format!("One. {near}aides said{near} One.")),
            id(&format!("Two. {near}aides said{near} Two."))
        );
        assert_ne!(id("One aides said"), id("Two aides said"));
    }
}
