//! The reader's own phrases: words to mark wherever they stand, whatever the rules think of them.
//!
//! A phrase is plain words, found whole and in either case, or a regular expression. Both take time
//! linear in the text. What is compiled, and what was found in a block, is kept for as long as the
//! list of phrases is the same.

use std::collections::HashMap;
use std::rc::Rc;

use regex_lite::{Regex, RegexBuilder};
use serde::Serialize;

use crate::block::Parsed;
use crate::model::{BY_READER, Category, Details, Flag, Kind, Span, Voice};
use crate::order;
use crate::page::{Page, Phrase};
use crate::phrases::View;

/// Phrases beyond these are left out.
const MOST: usize = 200;
/// The longest phrase, in code points.
const LONGEST: usize = 200;
/// Bytes of a compiled pattern: some five hundred steps, each of which a character may take.
const PATTERN: usize = 16 << 10;
/// Places of own phrases in one block.
const HITS: usize = 200;

/// Where a phrase stands in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    category: Category,
    /// Bytes of the block's text.
    start: usize,
    end: usize,
}

/// A list of phrases, compiled.
#[derive(Debug, Default)]
pub struct Own {
    phrases: Vec<Phrase>,
    /// Plain words, folded, by their first character.
    plain: HashMap<char, Vec<(Category, Vec<char>)>>,
    patterns: Vec<(Category, Regex)>,
}

impl Own {
    /// Compiles a list. What [`check`] complains of is left out.
    pub fn new(phrases: &[Phrase]) -> Own {
        let mut own = Own {
            phrases: phrases.to_vec(),
            ..Own::default()
        };
        for phrase in phrases.iter().take(MOST).filter(|p| check(p).is_ok()) {
            if phrase.pattern {
                let pattern = compiled(&phrase.text);
                own.patterns
                    .extend(pattern.ok().map(|regex| (phrase.category, regex)));
            } else {
                let words = folded(&phrase.text);
                if let Some(first) = words.first() {
                    let all = own.plain.entry(*first).or_default();
                    all.push((phrase.category, words));
                }
            }
        }
        own
    }

    /// Whether it was compiled of this list.
    pub fn is_of(&self, phrases: &[Phrase]) -> bool {
        self.phrases == phrases
    }

    /// Where the phrases stand in a block, in order; in one category no two on the same words.
    pub(crate) fn find(&self, view: View) -> Vec<Hit> {
        let text = view.text;
        let mut hits = Vec::new();
        if !self.plain.is_empty() {
            let mut before = None;
            for (start, c) in text.char_indices() {
                for (category, words) in self.plain.get(&fold(c)).into_iter().flatten() {
                    if hits.len() < HITS
                        && !joined(before, c)
                        && let Some(end) = fits(text, start, words)
                    {
                        let category = *category;
                        hits.push(Hit {
                            category,
                            start,
                            end,
                        });
                    }
                }
                before = Some(c);
            }
        }
        for (category, regex) in &self.patterns {
            let found = regex.find_iter(text).filter(|m| !m.is_empty());
            hits.extend(found.take(HITS).map(|m| Hit {
                category: *category,
                start: m.start(),
                end: m.end(),
            }));
        }
        // A flag stands on words: a pattern may take in the spaces beside them, or find nothing else.
        hits.retain_mut(|h| {
            let blank = |c: char| c.is_whitespace() || c.is_control();
            let words = text[h.start..h.end].trim_start_matches(blank);
            h.start = h.end - words.len();
            h.end = h.start + words.trim_end_matches(blank).len();
            h.start < h.end
        });
        order::sort_by_key(&mut hits, |h| {
            [h.start as u32, h.category as u32, !(h.end as u32)]
        });
        let mut ends: HashMap<Category, usize> = HashMap::new();
        hits.retain(|h| {
            let end = ends.entry(h.category).or_default();
            let free = h.start >= *end;
            *end = h.end.max(*end);
            free
        });
        hits.truncate(HITS);
        hits
    }
}

/// What is wrong with a phrase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// `empty`, `long`, `everywhere` or `pattern`.
    pub what: &'static str,
    /// Of a pattern: why it is none, in the words of who read it; else empty.
    pub detail: String,
}

impl Wrong {
    fn new(what: &'static str) -> Wrong {
        Wrong {
            what,
            detail: String::new(),
        }
    }
}

/// Whether a phrase can be looked for.
pub fn check(phrase: &Phrase) -> Result<(), Wrong> {
    if phrase.text.trim().is_empty() {
        return Err(Wrong::new("empty"));
    }
    if phrase.text.chars().count() > LONGEST {
        return Err(Wrong::new("long"));
    }
    if phrase.pattern {
        if compiled(&phrase.text)?.is_match("") {
            return Err(Wrong::new("everywhere"));
        }
    } else if !phrase.text.chars().any(char::is_alphanumeric) {
        return Err(Wrong::new("empty"));
    }
    Ok(())
}

fn compiled(pattern: &str) -> Result<Regex, Wrong> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(PATTERN)
        .build()
        .map_err(|e| Wrong {
            what: "pattern",
            detail: e.to_string(),
        })
}

/// Plain words as they are compared: white space is one space.
fn folded(text: &str) -> Vec<char> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().map(fold).collect()
}

fn fold(c: char) -> char {
    match c {
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' => '"',
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Whether a word goes on from one character to the next.
fn joined(before: Option<char>, c: char) -> bool {
    c.is_alphanumeric() && before.is_some_and(char::is_alphanumeric)
}

/// The end of `words` in `text`, if they stand whole at `start`.
fn fits(text: &str, start: usize, words: &[char]) -> Option<usize> {
    let mut rest = text[start..].chars().peekable();
    let mut end = start;
    let mut last = None;
    for word in words {
        let c = rest.next()?;
        if fold(c) != *word {
            return None;
        }
        end += c.len_utf8();
        while *word == ' '
            && let Some(c) = rest.next_if(|c| c.is_whitespace())
        {
            end += c.len_utf8();
        }
        last = Some(c);
    }
    match rest.peek() {
        Some(next) if joined(last, *next) => None,
        _ => Some(end),
    }
}

/// Adds a flag for every place of an own phrase. It takes the place of weaker ones on the same words,
/// and keeps what they tell of a source.
pub(crate) fn add(
    page: &Page,
    parsed: &[Option<Rc<Parsed>>],
    own: &Rc<Own>,
    flags: &mut Vec<Flag>,
) {
    if own.phrases.is_empty() {
        return;
    }
    let mut made = Vec::new();
    for (block, analysis) in parsed.iter().enumerate() {
        let Some(analysis) = analysis else { continue };
        let view = analysis.view(page.text(block as u32));
        for hit in analysis.hits(view, own).iter() {
            made.push(flag(block as u32, hit, view, analysis));
        }
    }
    for flag in &mut made {
        let from = flags.partition_point(|f| f.anchor.block < flag.anchor.block);
        let to = flags.partition_point(|f| f.anchor.block <= flag.anchor.block);
        let under = flags[from..to]
            .iter()
            .find(|f| f.category() == flag.category() && f.anchor.overlaps(flag.anchor));
        if let Some(under) = under {
            flag.source = under.source;
            flag.claim = under.claim;
            flag.voice = under.voice;
            flag.details = under.details.clone();
        }
    }
    let mut at = 0;
    flags.retain(|f| {
        at += made[at..].partition_point(|m| m.anchor.block < f.anchor.block);
        let own = made[at..]
            .iter()
            .take_while(|m| m.anchor.block == f.anchor.block);
        !own.into_iter()
            .any(|m| m.category() == f.category() && m.anchor.overlaps(f.anchor))
    });
    flags.append(&mut made);
    // By block and start, of equals by category and end.
    order::sort_by_key(flags, |f| [f.category() as u32, f.anchor.end, 0]);
    order::sort_by_key(flags, |f| [f.anchor.block, f.anchor.start, 0]);
}

fn flag(block: u32, hit: &Hit, view: View, parsed: &Parsed) -> Flag {
    let anchor = Span {
        block,
        start: hit.start as u32,
        end: hit.end as u32,
    };
    Flag {
        rule: "own-phrase",
        ..by_reader(
            Kind::Phrase(hit.category),
            anchor,
            sentence(anchor, view, parsed),
        )
    }
}

/// The sentence around words of a block, or as much of it as there is.
pub(crate) fn sentence(anchor: Span, view: View, parsed: &Parsed) -> Span {
    let token = view.tokens.partition_point(|t| t.end <= anchor.start);
    let sentence = parsed.sentences.partition_point(|s| s.end <= token);
    parsed.sentences.get(sentence).map_or(anchor, |s| {
        let (start, end) = view.bytes(s.start, s.end);
        Span {
            start: anchor.start.min(start),
            end: anchor.end.max(end),
            ..anchor
        }
    })
}

/// A flag on words of the reader's choice.
pub(crate) fn by_reader(kind: Kind, anchor: Span, sentence: Span) -> Flag {
    Flag {
        kind,
        strength: 1.0,
        rule: BY_READER,
        anchor,
        cue: anchor,
        source: None,
        claim: None,
        sentence,
        voice: Voice::Author,
        details: Details::default(),
        dismissed: false,
        review: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reading;
    use crate::read::Reader;

    fn phrase(category: Category, text: &str, pattern: bool) -> Phrase {
        Phrase {
            category,
            text: text.to_owned(),
            pattern,
        }
    }

    fn marked(text: &str, phrases: &[Phrase]) -> (Page, Reading) {
        marked_by(&mut Reader::default(), text, phrases)
    }

    fn marked_by(reader: &mut Reader, text: &str, phrases: &[Phrase]) -> (Page, Reading) {
        let mut page = Page::from_text(text, false);
        page.input.phrases = phrases.to_vec();
        page.input.assume = Some("en".to_owned());
        let reading = reader.read(&page);
        (page, reading)
    }

    fn own<'a>(page: &'a Page, reading: &Reading) -> Vec<(Category, &'a str)> {
        let own = reading.flags.iter().filter(|f| f.rule == "own-phrase");
        own.map(|f| (f.category(), page.words(f.anchor))).collect()
    }

    const TEXT: &str = "As we all know, the quay was wet.\nThe boat’s mast fell; as  We all\tknow, it was old. Unknown.";

    #[test]
    fn plain_words_are_found_whole_in_either_case_and_over_any_space() {
        use Category::{Anonymous, Hedged};
        let phrases = [
            phrase(Hedged, "as we  all know", false),
            phrase(Anonymous, "The boat's", false),
            phrase(Anonymous, "know", false),
            phrase(Anonymous, "mas", false),
        ];
        let (page, reading) = marked(TEXT, &phrases);
        assert_eq!(
            own(&page, &reading),
            [
                (Hedged, "As we all know"),
                (Anonymous, "know"),
                (Anonymous, "The boat’s"),
                (Hedged, "as  We all\tknow"),
                (Anonymous, "know"),
            ]
        );
        let flag = &reading.flags[0];
        assert_eq!((flag.strength, flag.kind.name()), (1.0, "phrase"));
        assert_eq!(
            page.words(flag.sentence),
            "As we all know, the quay was wet."
        );
    }

    #[test]
    fn patterns_are_found_and_what_is_wrong_with_one_is_said() {
        let (page, reading) = marked(
            TEXT,
            &[
                phrase(Category::Unsourced, r"\b(quay|mast)\b", true),
                phrase(Category::Unsourced, "(", true),
                phrase(Category::Unsourced, r"\b", true),
            ],
        );
        let words: Vec<&str> = own(&page, &reading).iter().map(|o| o.1).collect();
        assert_eq!(words, ["quay", "mast"]);

        let wrong = |text: &str, pattern| check(&phrase(Category::Hedged, text, pattern));
        let open = wrong("(a", true).unwrap_err();
        assert_eq!(open.what, "pattern");
        assert!(open.detail.contains("group"), "{}", open.detail);
        assert_eq!(wrong("a*", true), Err(Wrong::new("everywhere")));
        assert!(wrong("(a{99}){99}", true).is_err());
        assert!(wrong(" — ", false).is_err());
        assert!(wrong(" ", true).is_err());
        assert!(wrong(&"x".repeat(201), false).is_err());
        assert_eq!(wrong("(a", false), Ok(()));
        assert_eq!(wrong("a+b?", true), Ok(()));
    }

    /// Found by the fuzzer: `--explain` left out flags that began between two sentences.
    #[test]
    fn spaces_are_no_part_of_what_a_pattern_marks() {
        for (pattern, marked_words) in [(r"\s+know\s?", "know"), (r"\s", ""), (r"\.\s", ". .")] {
            let phrases = [phrase(Category::Hedged, pattern, true)];
            let (page, reading) = marked("We know. It rained. We", &phrases);
            let words: Vec<&str> = own(&page, &reading).iter().map(|o| o.1).collect();
            assert_eq!(words.join(" "), marked_words, "{pattern}");
            let traced = crate::trace::trace(&page);
            assert_eq!(traced.matches("\n    FLAG ").count(), reading.flags.len());
        }
    }

    #[test]
    fn a_pattern_that_backtracking_never_ends_on_ends() {
        let text = "a".repeat(100_000);
        let (_, reading) = marked(&text, &[phrase(Category::Hedged, "(a+)+$b", true)]);
        assert!(reading.flags.is_empty());
    }

    #[test]
    fn an_own_phrase_takes_the_place_of_a_flag_and_keeps_its_source() {
        let text = "Two officials said the dam may fail.";
        let (_, without) = marked(text, &[]);
        let (page, with) = marked(text, &[phrase(Category::Anonymous, "officials", false)]);
        assert_eq!(without.flags.len(), with.flags.len());
        let flag = &with.flags[0];
        assert_eq!(page.words(flag.anchor), "officials");
        assert!(flag.source.is_some() && flag.source == without.flags[0].source);
        // In another category both stand.
        let (_, both) = marked(text, &[phrase(Category::Hedged, "officials", false)]);
        assert_eq!(both.flags.len(), without.flags.len() + 1);
    }

    #[test]
    fn a_list_that_changes_is_looked_for_anew_and_one_that_stays_is_not() {
        let mut reader = Reader::default();
        let wet = [phrase(Category::Hedged, "wet", false)];
        let old = [phrase(Category::Hedged, "old", false)];
        let mut words = |phrases: &[Phrase]| {
            let (page, reading) = marked_by(&mut reader, TEXT, phrases);
            let words = own(&page, &reading)
                .iter()
                .map(|o| o.1.to_owned())
                .collect::<Vec<_>>();
            (words, reader.taken())
        };
        assert_eq!(words(&wet), (vec!["wet".to_owned()], 2));
        assert_eq!(words(&old), (vec!["old".to_owned()], 2));
        assert_eq!(words(&[]), (vec![], 2));
        assert_eq!(words(&wet), (vec!["wet".to_owned()], 2));

        let own = Rc::new(Own::new(&wet));
        let parsed = crate::block::parse("It was wet.", &mut crate::block::Room::default());
        let view = parsed.view("It was wet.");
        let first = parsed.hits(view, &own);
        assert!(Rc::ptr_eq(&first, &parsed.hits(view, &own)));
        assert!(parsed.hits(view, &Rc::new(Own::new(&old))).is_empty());
    }
}
