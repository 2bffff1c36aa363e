//! What the reader asked not to see any more: a phrase wherever it stands, or one flag in its place,
//! which is known again as [`crate::anchor`] says.

use std::collections::HashSet;

use crate::anchor::{self, Quote};
use crate::export::id::normalised;
use crate::model::{Category, Flag};
use crate::page::Page;

/// Dismissals beyond these are left out.
const MOST: usize = 1000;

/// Marks the flags that are dismissed.
pub fn mark(page: &Page, flags: &mut [Flag]) {
    let dismissed = &page.input.dismissed;
    if dismissed.is_empty() {
        return;
    }
    let mut phrases: HashSet<String> = HashSet::new();
    let mut quotes = Vec::new();
    for one in dismissed.iter().take(MOST) {
        let words = named(one.category, &one.words);
        match &one.around {
            None => {
                phrases.insert(words);
            }
            Some(around) => quotes.push(Quote { words, around }),
        }
    }
    let mut left = Vec::new();
    let mut places = Vec::new();
    for (index, flag) in flags.iter_mut().enumerate() {
        let words = named(flag.category(), page.words(flag.anchor));
        if phrases.contains(&words) {
            flag.dismissed = true;
        } else {
            left.push(index);
            places.push((words, flag.anchor));
        }
    }
    for place in anchor::find(page, &quotes, &places).into_iter().flatten() {
        flags[left[place]].dismissed = true;
    }
}

/// A flag's words with what they are marked as, in whichever case and over any space.
pub(crate) fn named(category: Category, words: &str) -> String {
    format!("{} {}", category.name(), normalised(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Around, Dismissal};
    use crate::read::read;

    const TEXT: &str = "The wall may fall before the autumn.\nThe boats may sink in the storm.\nThe wall may fall before the autumn.";

    fn one(words: &str, around: Option<(&str, &str)>) -> Dismissal {
        Dismissal {
            category: Category::Hedged,
            words: words.to_owned(),
            around: around.map(|(before, after)| Around {
                before: before.to_owned(),
                after: after.to_owned(),
            }),
        }
    }

    /// The blocks of the flags that are left.
    fn left(text: &str, dismissed: &[Dismissal]) -> Vec<u32> {
        let mut page = Page::from_text(text, false);
        page.input.dismissed = dismissed.to_vec();
        page.input.assume = Some("en".to_owned());
        let flags = read(&page).flags;
        let left = flags.iter().filter(|f| !f.dismissed);
        left.map(|f| f.anchor.block).collect()
    }

    #[test]
    fn a_phrase_goes_wherever_it_stands_and_only_as_what_it_was() {
        assert_eq!(left(TEXT, &[]), [0, 1, 2]);
        assert_eq!(left(TEXT, &[one("May ", None)]), [0u32; 0]);
        let other = Dismissal {
            category: Category::Anonymous,
            ..one("may", None)
        };
        assert_eq!(left(TEXT, &[other]), [0, 1, 2]);
    }

    #[test]
    fn one_flag_goes_and_its_likes_stay() {
        let boats = one("may", Some(("The boats ", " sink in the storm.")));
        assert_eq!(left(TEXT, std::slice::from_ref(&boats)), [0, 2]);
        let wall = one("may", Some(("The wall ", " fall before the autumn.")));
        assert_eq!(left(TEXT, std::slice::from_ref(&wall)), [1, 2]);
        assert_eq!(left(TEXT, &[wall.clone(), wall.clone()]), [1]);
        assert_eq!(
            left(TEXT, &[wall.clone(), wall.clone(), wall, boats]),
            [0u32; 0]
        );
    }

    #[test]
    fn a_flag_is_known_again_where_the_text_changed_a_little_and_not_where_it_is_another() {
        let was = one("may", Some(("The two boats ", " sink in the storm today.")));
        assert_eq!(left(TEXT, &[was]), [0, 2]);
        let other = one("may", Some(("The mayor ", " resign after the vote.")));
        assert_eq!(left(TEXT, &[other]), [0, 1, 2]);
    }

    #[test]
    fn what_is_as_it_was_goes_before_what_is_only_alike() {
        let text = "The wall may fall before the winter.\nThe wall may fall before the autumn.";
        let exact = one("may", Some(("The wall ", " fall before the winter.")));
        let alike = one("may", Some(("The wall ", " fall before the wintry.")));
        assert_eq!(left(text, &[alike.clone(), exact]), [0u32; 0]);
        assert_eq!(left(text, &[alike]), [1]);
    }
}
