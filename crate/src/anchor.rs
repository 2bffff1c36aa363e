//! Words known again on a page that may have changed since: by the words themselves, and by the text
//! that stood around them.
//!
//! That text may have changed a little, so of all places with the same words the one is taken whose
//! surroundings are most alike, provided that half of them are as they were; no place is taken twice.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::model::Span;
use crate::page::{Around, Page};

/// Code points of the text around the words that count, on either side.
const CONTEXT: usize = 32;

/// Words that are looked for.
pub(crate) struct Quote<'a> {
    /// They, as the places to look at are named.
    pub words: String,
    /// The text around them.
    pub around: &'a Around,
}

/// Which of the places each quote is, if it is any. A place is its words and where they stand.
pub(crate) fn find(page: &Page, quotes: &[Quote], places: &[(String, Span)]) -> Vec<Option<usize>> {
    let mut alike: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, (words, _)) in places.iter().enumerate() {
        alike.entry(words).or_default().push(place);
    }
    let mut taken = vec![false; places.len()];
    let mut found = vec![None; quotes.len()];
    // Those whose surroundings are as they were have the first choice.
    for exactly in [true, false] {
        for (quote, found) in quotes.iter().zip(&mut found) {
            if found.is_some() {
                continue;
            }
            let whole = whole(quote.around);
            let all = alike.get(quote.words.as_str()).into_iter().flatten();
            let best = all
                .filter(|place| !taken[**place])
                .map(|place| {
                    (
                        likeness(page, places[*place].1, quote.around),
                        Reverse(*place),
                    )
                })
                .filter(|(likeness, _)| likeness * 2 >= whole && (!exactly || *likeness == whole))
                .max();
            if let Some((_, Reverse(place))) = best {
                taken[place] = true;
                *found = Some(place);
            }
        }
    }
    found
}

/// How much there is to be alike.
fn whole(around: &Around) -> usize {
    around.before.chars().rev().take(CONTEXT).count() + around.after.chars().take(CONTEXT).count()
}

/// How much of the text around a place is as it was, counted from its words outwards.
fn likeness(page: &Page, place: Span, around: &Around) -> usize {
    let text = page.text(place.block);
    let before = text.get(..place.start as usize).unwrap_or("");
    let after = text.get(place.end as usize..).unwrap_or("");
    let alike = |(a, b): &(char, char)| a == b;
    let left = around.before.chars().rev().zip(before.chars().rev());
    let right = around.after.chars().zip(after.chars());
    left.take(CONTEXT).take_while(alike).count() + right.take(CONTEXT).take_while(alike).count()
}
