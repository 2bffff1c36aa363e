//! What the reader asked not to see any more: a phrase wherever it stands, or one flag in its place.
//!
//! A single flag is known again by its words and by the text around them. That text may have changed
//! a little since, so the flag with the same words whose surroundings are most alike is taken,
//! provided that half of them are as they were; never the same flag for two dismissals.

use std::collections::{HashMap, HashSet};

use crate::export::id::normalised;
use crate::model::{Category, Flag};
use crate::page::{Around, Page};

/// Code points of the text around a flag that count, on either side.
const CONTEXT: usize = 32;
/// Dismissals beyond these are left out.
const MOST: usize = 1000;

/// Marks the flags that are dismissed.
pub fn mark(page: &Page, flags: &mut [Flag]) {
    let dismissed = &page.input.dismissed;
    if dismissed.is_empty() {
        return;
    }
    let mut phrases: HashSet<(Category, String)> = HashSet::new();
    let mut places: Vec<(Category, String, &Around)> = Vec::new();
    for one in dismissed.iter().take(MOST) {
        let words = normalised(&one.words);
        match &one.around {
            None => {
                phrases.insert((one.category, words));
            }
            Some(around) => places.push((one.category, words, around)),
        }
    }
    let mut alike: HashMap<(Category, String), Vec<usize>> = HashMap::new();
    for (index, flag) in flags.iter_mut().enumerate() {
        let key = (flag.category(), normalised(page.words(flag.anchor)));
        if phrases.contains(&key) {
            flag.dismissed = true;
        } else if !places.is_empty() {
            alike.entry(key).or_default().push(index);
        }
    }
    // Those whose surroundings are as they were have the first choice.
    places.retain(|(category, words, around)| {
        let all = alike.get(&(*category, words.clone()));
        let found = all.into_iter().flatten().find(|index| {
            let flag = &flags[**index];
            !flag.dismissed && likeness(page, flag, around) == whole(around)
        });
        found.map(|index| flags[*index].dismissed = true).is_none()
    });
    for (category, words, around) in places {
        let all = alike.get(&(category, words)).into_iter().flatten();
        let free = all.filter(|index| !flags[**index].dismissed);
        let best = free
            .map(|index| (likeness(page, &flags[*index], around), *index))
            .filter(|(likeness, _)| likeness * 2 >= whole(around))
            .max_by_key(|(likeness, index)| (*likeness, std::cmp::Reverse(*index)));
        if let Some((_, index)) = best {
            flags[index].dismissed = true;
        }
    }
}

/// How much there is to be alike.
fn whole(around: &Around) -> usize {
    around.before.chars().rev().take(CONTEXT).count() + around.after.chars().take(CONTEXT).count()
}

/// How much of the text around a flag is as it was, counted from its words outwards.
fn likeness(page: &Page, flag: &Flag, around: &Around) -> usize {
    let text = page.text(flag.anchor.block);
    let before = text.get(..flag.anchor.start as usize).unwrap_or("");
    let after = text.get(flag.anchor.end as usize..).unwrap_or("");
    let alike = |(a, b): &(char, char)| a == b;
    let left = around.before.chars().rev().zip(before.chars().rev());
    let right = around.after.chars().zip(after.chars());
    left.take(CONTEXT).take_while(alike).count() + right.take(CONTEXT).take_while(alike).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Dismissal;
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
