//! What the reader made of flags: which are right, wrong or unsure, and which were missed.
//!
//! A mark finds its flag as a dismissal does ([`crate::anchor`]). Where no flag has its words any more,
//! they are looked for in the text, and the flag that stands there is the one; words that were missed
//! become a flag of their own. What finds nothing is an orphan: it is kept, listed and never guessed at.

use std::rc::Rc;

use crate::anchor::{self, Quote};
use crate::block::Parsed;
use crate::dismissed::named;
use crate::model::{Category, Flag, Kind, Span};
use crate::own;
use crate::page::{Mark, Page, Verdict};

/// Marks of one page beyond these are left out.
const MOST: usize = 500;
/// Places of the same words that are looked at.
const PLACES: usize = 1000;
/// How strong a flag is at least whose words the reader says were missed: it shows at any sensitivity.
const WANTED: f32 = 0.8;

/// Gives every flag its mark, and adds those that were missed.
pub(crate) fn mark(page: &Page, parsed: &[Option<Rc<Parsed>>], flags: &mut Vec<Flag>) {
    let marks = &page.input.marks;
    // A page that can't be read has no flags.
    if marks.is_empty() || parsed.iter().all(Option::is_none) {
        return;
    }
    let mut left: Vec<usize> = (0..marks.len().min(MOST)).collect();
    let of = |mark: &Mark| (mark.verdict != Verdict::Missed).then_some(mark.category);
    let places: Vec<(String, Span)> = flags
        .iter()
        .map(|f| (named(f.category(), page.words(f.anchor)), f.anchor))
        .collect();
    let quotes = quotes(marks, &left, |m| {
        of(m).map_or(String::new(), |c| named(c, &m.words))
    });
    let found = anchor::find(page, &quotes, &places);
    for (mark, flag) in left.iter().zip(&found) {
        if let Some(flag) = flag {
            flags[*flag].review = Some(*mark as u32);
        }
    }
    let mut found = found.into_iter();
    left.retain(|_| found.next().flatten().is_none());

    let mut places = Vec::new();
    for (at, mark) in left.iter().map(|mark| &marks[*mark]).enumerate() {
        let mut before = left[..at].iter().map(|mark| &marks[*mark].words);
        let known = before.any(|words| *words == mark.words);
        if !mark.words.trim().is_empty() && !known {
            let all = (0..parsed.len()).flat_map(|block| standing(page, block as u32, &mark.words));
            places.extend(all.take(PLACES).map(|span| (mark.words.clone(), span)));
        }
    }
    let quotes = self::quotes(marks, &left, |m| m.words.clone());
    let found = anchor::find(page, &quotes, &places);
    for (mark, place) in left.iter().zip(found) {
        let Some((_, span)) = place.map(|place| &places[place]) else {
            continue;
        };
        settle(page, parsed, flags, *mark, *span);
    }
}

/// The marks that no flag has.
pub fn orphans<'a>(marks: &'a [Mark], flags: &[Flag]) -> impl Iterator<Item = &'a Mark> + use<'a> {
    let mut left = vec![true; marks.len()];
    for mark in flags.iter().filter_map(|f| f.review) {
        if let Some(left) = left.get_mut(mark as usize) {
            *left = false;
        }
    }
    let all = marks.iter().zip(left);
    all.filter(|(_, left)| *left).map(|(mark, _)| mark)
}

fn quotes<'a>(marks: &'a [Mark], of: &[usize], words: impl Fn(&Mark) -> String) -> Vec<Quote<'a>> {
    of.iter()
        .map(|mark| &marks[*mark])
        .map(|mark| Quote {
            words: words(mark),
            around: &mark.around,
        })
        .collect()
}

/// Where these words stand in a block.
fn standing<'a>(page: &'a Page, block: u32, words: &'a str) -> impl Iterator<Item = Span> + 'a {
    page.text(block)
        .match_indices(words)
        .map(move |(at, _)| Span {
            block,
            start: at as u32,
            end: (at + words.len()) as u32,
        })
}

/// The mark belongs to the flag that stands there; what was missed is added where there is none.
fn settle(
    page: &Page,
    parsed: &[Option<Rc<Parsed>>],
    flags: &mut Vec<Flag>,
    index: usize,
    span: Span,
) {
    let mark = &page.input.marks[index];
    let missed = mark.verdict == Verdict::Missed;
    let review = Some(index as u32);
    let mut there = flags
        .iter_mut()
        .filter(|f| f.category() == mark.category && f.anchor.overlaps(span))
        .peekable();
    if there.peek().is_some() {
        // Of several the first that nobody has marked.
        if let Some(flag) = there.find(|f| f.review.is_none()) {
            flag.review = review;
            if missed {
                flag.strength = flag.strength.max(WANTED);
            }
        }
        return;
    }
    if missed {
        let analysis = parsed.get(span.block as usize).and_then(Option::as_ref);
        // What isn't main text was not taken apart, and may be marked all the same.
        let sentence = analysis.map_or(span, |analysis| {
            own::sentence(span, analysis.view(page.text(span.block)), analysis)
        });
        let kind = kind(mark.category, mark.kind.as_deref());
        let flag = Flag {
            review,
            ..own::by_reader(kind, span, sentence)
        };
        let order = |f: &Flag| (f.anchor.block, f.anchor.start, f.category(), f.anchor.end);
        let at = flags.partition_point(|f| order(f) <= order(&flag));
        flags.insert(at, flag);
    }
}

/// The kind of that name, or the category's first one.
fn kind(category: Category, name: Option<&str>) -> Kind {
    let own = || Kind::ALL.into_iter().filter(|k| k.category() == category);
    let named = own().find(|k| Some(k.name()) == name);
    named.or(own().next()).unwrap_or(Kind::Phrase(category))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reading;
    use crate::page::Around;
    use crate::read::read;

    const TEXT: &str = "The wall may fall before the autumn.\nThe boats may sink in the storm.\nThe wall may fall before the autumn.";

    fn mark(words: &str, before: &str, after: &str, verdict: Verdict) -> Mark {
        Mark {
            id: format!("{words} {}", verdict.name()),
            category: Category::Hedged,
            kind: None,
            words: words.to_owned(),
            around: Around {
                before: before.to_owned(),
                after: after.to_owned(),
            },
            verdict,
            note: String::new(),
        }
    }

    fn reviewed(text: &str, marks: &[Mark]) -> (Page, Reading) {
        let mut page = Page::from_text(text, false);
        page.input.marks = marks.to_vec();
        page.input.assume = Some("en".to_owned());
        let reading = read(&page);
        (page, reading)
    }

    /// Block, words and verdict of the flags that have a mark; and how many marks have no flag.
    fn told(text: &str, marks: &[Mark]) -> (Vec<(u32, String, Verdict)>, usize) {
        let (page, reading) = reviewed(text, marks);
        let told = reading.flags.iter().filter_map(|f| {
            let mark = &marks[f.review? as usize];
            Some((
                f.anchor.block,
                page.words(f.anchor).to_owned(),
                mark.verdict,
            ))
        });
        (told.collect(), orphans(marks, &reading.flags).count())
    }

    #[test]
    fn a_mark_is_on_its_flag_and_on_no_other() {
        let wall = mark(
            "may",
            "The wall ",
            " fall before the autumn.",
            Verdict::Wrong,
        );
        let boats = mark("may", "The boats ", " sink in the storm.", Verdict::Right);
        let may = |block, verdict| (block, "may".to_owned(), verdict);
        assert_eq!(
            told(TEXT, &[boats.clone(), wall.clone()]),
            (vec![may(0, Verdict::Wrong), may(1, Verdict::Right)], 0)
        );
        assert_eq!(
            told(TEXT, &[wall.clone(), wall.clone(), wall]).0.len(),
            2,
            "as many as there are such flags"
        );
        let other = Mark {
            category: Category::Anonymous,
            ..boats
        };
        assert_eq!(
            told(TEXT, &[other]),
            (vec![], 1),
            "what was marked as something else"
        );
    }

    #[test]
    fn what_was_missed_outside_the_main_text_is_in_trace_and_gold() {
        let missed = mark("sank", "The boats ", ".", Verdict::Missed);
        let mut page = Page::from_text(
            "The wall may fall before the autumn.\nThe boats sank.",
            false,
        );
        // All of it is a link.
        page.input.blocks[1].links = vec![(0, 15)];
        page.input.assume = Some("en".to_owned());
        page.input.marks = vec![missed];
        let reading = read(&page);
        assert_eq!(reading.flags.last().map(|f| f.anchor.block), Some(1));
        assert!(crate::trace::trace(&page).contains("by reader: [sank]"));
        let options = crate::export::all();
        let gold = crate::export::list(&page, &reading, crate::export::Format::Gold, &options);
        let gold = gold.expect("gold");
        assert!(gold.contains("The boats sank."), "{gold}");
        assert!(gold.contains("\"review\":\"missed\""), "{gold}");
    }

    #[test]
    fn a_mark_is_found_again_where_the_text_changed_and_is_an_orphan_where_its_words_went() {
        let was = mark(
            "may",
            "The two boats ",
            " sink in the storm today.",
            Verdict::Right,
        );
        assert_eq!(
            told(TEXT, std::slice::from_ref(&was)).0,
            [(1, "may".to_owned(), Verdict::Right)]
        );
        assert_eq!(told("The boats will come in at noon.", &[was]), (vec![], 1));
    }

    #[test]
    fn a_flag_that_marks_more_of_the_words_or_fewer_is_still_the_one() {
        let was = mark("may sink", "The boats ", " in the storm.", Verdict::Unsure);
        assert_eq!(
            told(TEXT, &[was]),
            (vec![(1, "may".to_owned(), Verdict::Unsure)], 0)
        );
    }

    #[test]
    fn what_was_missed_becomes_a_flag_of_its_kind_in_its_sentence() {
        let missed = Mark {
            category: Category::Unsourced,
            kind: Some("prediction".to_owned()),
            ..mark("sink in the storm", "The boats may ", ".", Verdict::Missed)
        };
        let (page, reading) = reviewed(TEXT, std::slice::from_ref(&missed));
        let added: Vec<&Flag> = reading
            .flags
            .iter()
            .filter(|f| f.rule == crate::model::BY_READER)
            .collect();
        assert_eq!(added.len(), 1);
        assert_eq!((added[0].kind, added[0].strength), (Kind::Prediction, 1.0));
        assert_eq!(
            page.words(added[0].sentence),
            "The boats may sink in the storm."
        );
        assert!(
            reading
                .flags
                .is_sorted_by_key(|f| (f.anchor.block, f.anchor.start))
        );
        let unknown = Mark {
            kind: Some("rumour".to_owned()),
            ..missed
        };
        let (_, reading) = reviewed(TEXT, &[unknown]);
        assert!(
            reading.flags.iter().any(|f| f.kind == Kind::Consensus),
            "the first of its category"
        );
    }

    #[test]
    fn what_was_missed_and_is_there_by_now_is_no_second_flag() {
        let (_, before) = reviewed("Some 80 boats came in.", &[]);
        let missed = mark("Some 80 boats", "", " came in.", Verdict::Missed);
        let (_, after) = reviewed("Some 80 boats came in.", &[missed]);
        assert_eq!(after.flags.len(), before.flags.len());
        assert!(before.flags[0].strength < 0.5, "faint");
        assert_eq!(after.flags[0].strength, WANTED, "and wanted");
        assert_eq!(after.flags[0].review, Some(0));
    }

    #[test]
    fn marks_without_words_and_by_the_thousand_harm_nobody() {
        let empty = mark("", "", "", Verdict::Missed);
        assert_eq!(
            told(TEXT, &[empty.clone(), mark(" ", "", "", Verdict::Right)]),
            (vec![], 2)
        );
        let many = vec![
            mark(
                "may",
                "The wall ",
                " fall before the autumn.",
                Verdict::Right
            );
            MOST + 5
        ];
        assert_eq!(told(TEXT, &many).1, MOST + 3);
    }
}
