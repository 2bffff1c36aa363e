//! Which blocks are main text: headline, deck, captions and body, as a reader would say.
//!
//! The idea is Readability's: running text speaks for the elements around it, links and tell-tale
//! class names speak against. Here it works on the blocks' few facts alone. The article is the
//! innermost element that holds most of the page's running text; what is in it counts unless it
//! looks like something else, and what stands before it counts if it is headline or deck.
//!
//! Every pass is linear in blocks and hint words; paths have at most 24 elements.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::eight::Fast;
use crate::page::{Block, Landmarks, Page};

/// Share of the page's running text that the article's element must hold.
const MOST: f32 = 0.7;
/// Pages of fewer blocks have no structure to read: all of them is main text.
const FEW_BLOCKS: usize = 6;
/// Bytes of running text below which a page has no article: lists, tables, single remarks.
const LITTLE_TEXT: f32 = 250.0;
/// Bytes that make a block a paragraph rather than a label.
const PARAGRAPH: usize = 80;
/// Share of a paragraph's text that may lie in links.
const FEW_LINKS: f32 = 0.35;
/// Share of running text in what an outer element adds that makes it more of the article.
const PURE: f32 = 0.6;
/// How many elements up from the innermost one an article in sections is looked for.
const SECTIONS: usize = 3;
/// Bytes of text that an element with a linked heading must stay below to be a teaser.
const TEASER: usize = 500;
/// Share of links that makes a block or a list navigation.
const MANY_LINKS: f32 = 0.5;
/// Share of running text that makes a class word or landmark a wrapper's.
const WRAPPER: f32 = 0.5;
/// The same for words about readers' comments.
const WRAPPER_OF_REPLIES: f32 = 0.9;
/// How many blocks before the article may be its headline or deck.
const HEAD: usize = 24;

/// One flag per block: whether it is headline, deck, caption or body.
pub fn main_blocks(page: &Page) -> Vec<bool> {
    let blocks = &page.input.blocks;
    if page.plain || blocks.len() < FEW_BLOCKS {
        return vec![true; blocks.len()];
    }
    let mut known = Known::default();
    let facts: Vec<Facts> = blocks
        .iter()
        .map(|block| Facts::of(block, &mut known))
        .collect();
    let mut aside = asides(&facts);
    let teasers = teasers(blocks, &facts);
    let sum = |which: &[bool]| -> f32 {
        let chosen = facts.iter().zip(which).filter(|(_, chosen)| **chosen);
        chosen.map(|(fact, _)| fact.running).sum()
    };
    let kept: Vec<bool> = aside.iter().map(|aside| !aside).collect();
    // A page of nothing but such elements announces nothing: they are its text.
    if sum(&teasers) < WRAPPER * sum(&kept) {
        aside
            .iter_mut()
            .zip(&teasers)
            .for_each(|(aside, teaser)| *aside |= teaser);
    }
    let running: Vec<f32> = facts
        .iter()
        .zip(&aside)
        .map(|(fact, aside)| if *aside { 0.0 } else { fact.running })
        .collect();
    let elements = Elements::gather(blocks, &facts, &aside, &running);
    let in_place = |i: usize| !aside[i] && !elements.is_link_list(&blocks[i], &facts[i]);
    if running.iter().sum::<f32>() < LITTLE_TEXT {
        return (0..blocks.len()).map(in_place).collect();
    }
    let article = elements.article(blocks, &running);
    let mut main: Vec<bool> = (0..blocks.len())
        .map(|i| article.is_none_or(|id| blocks[i].path.contains(&id)) && in_place(i))
        .collect();
    add_head(page, &facts, &aside, &mut main);
    main
}

/// What a block says about itself.
struct Facts {
    /// Bytes of text.
    length: usize,
    /// Share of its text inside links.
    linked: f32,
    /// How much of running prose it is, in bytes: 0 for labels, headings and links.
    running: f32,
    /// Words of its hint that tell against it, as bits of [`Words`].
    hints: u128,
    /// Landmarks that tell against it, as bits: aside, nav, footer, form.
    landmarks: u8,
}

impl Facts {
    fn of<'a>(block: &'a Block, known: &mut Known<'a>) -> Facts {
        let length = block.text.len();
        let linked = if block.links.is_empty() {
            0.0
        } else {
            let units: usize = block.text.chars().map(char::len_utf16).sum();
            let links = block
                .links
                .iter()
                .map(|(start, end)| u64::from(end.saturating_sub(*start)));
            (links.sum::<u64>() as f32 / units.max(1) as f32).min(1.0)
        };
        let prose = length >= PARAGRAPH && linked < FEW_LINKS && !is_heading(block);
        // Running text has sentences; a list of names or figures of the same length has not.
        let sentences = block.text.bytes().any(|b| matches!(b, b',' | b'.'));
        let share = if sentences { 1.0 } else { 0.25 };
        Facts {
            length,
            linked,
            running: if prose {
                length as f32 * (1.0 - linked) * share
            } else {
                0.0
            },
            hints: words().of(&block.hint, known),
            landmarks: LANDMARKS
                .iter()
                .enumerate()
                .filter(|(_, landmark)| block.within.any(**landmark))
                // The foot of a quotation or picture says whose it is.
                .filter(|(_, landmark)| {
                    **landmark != Landmarks::FOOTER
                        || !block
                            .within
                            .any(Landmarks::BLOCKQUOTE.and(Landmarks::FIGURE))
                })
                .fold(0, |bits, (i, _)| bits | 1 << i),
        }
    }
}

/// Landmarks outside the article.
const LANDMARKS: [Landmarks; 4] = [
    Landmarks::ASIDE,
    Landmarks::NAV,
    Landmarks::FOOTER,
    Landmarks::FORM,
];

fn is_heading(block: &Block) -> bool {
    matches!(block.tag.as_bytes(), [b'h', b'1'..=b'6'])
}

/// For each block whether its class words or landmarks put it beside the article. A word that most
/// of the running text carries says nothing: it is on an element around the article.
fn asides(facts: &[Facts]) -> Vec<bool> {
    let mut total = 0.0;
    let mut by_word = [0.0; 128];
    let mut by_landmark = [0.0; LANDMARKS.len()];
    for fact in facts.iter().filter(|f| f.running > 0.0) {
        total += fact.running;
        let mut hints = fact.hints;
        while hints != 0 {
            by_word[hints.trailing_zeros() as usize] += fact.running;
            hints &= hints - 1;
        }
        for (bit, sum) in by_landmark.iter_mut().enumerate() {
            if fact.landmarks >> bit & 1 == 1 {
                *sum += fact.running;
            }
        }
    }
    let wrappers = by_word.iter().enumerate().filter(|(bit, sum)| {
        let limit = if *bit >= words().replies {
            WRAPPER_OF_REPLIES
        } else {
            WRAPPER
        };
        **sum > limit * total
    });
    let hints = wrappers.fold(u128::MAX, |kept, (bit, _)| kept & !(1 << bit));
    let landmarks = by_landmark
        .iter()
        .enumerate()
        .filter(|(_, sum)| **sum > WRAPPER * total)
        .fold(u8::MAX, |kept, (bit, _)| kept & !(1 << bit));
    facts
        .iter()
        .map(|fact| fact.hints & hints != 0 || fact.landmarks & landmarks != 0)
        .collect()
}

/// For each block whether it announces another article: a small element with a heading that is a
/// link, and little more.
fn teasers(blocks: &[Block], facts: &[Facts]) -> Vec<bool> {
    fn around(block: &Block) -> &[u32] {
        let outer = block.path.len().saturating_sub(1);
        &block.path[outer.saturating_sub(2)..outer]
    }
    let headed = |(block, fact): &(&Block, &Facts)| is_heading(block) && fact.linked > MANY_LINKS;
    let headings = blocks.iter().zip(facts).filter(headed);
    let mut lengths: HashMap<u32, usize, Fast> = headings
        .flat_map(|(block, _)| around(block))
        .map(|id| (*id, 0))
        .collect();
    if lengths.is_empty() {
        return vec![false; blocks.len()];
    }
    for (block, fact) in blocks.iter().zip(facts) {
        for id in around(block) {
            if let Some(length) = lengths.get_mut(id) {
                *length += fact.length;
            }
        }
    }
    let small = |id: &u32| lengths.get(id).is_some_and(|length| *length < TEASER);
    blocks
        .iter()
        .map(|block| around(block).iter().any(small))
        .collect()
}

/// Sums over the elements around the blocks.
struct Elements {
    /// Element → running text, all text, linked text, text that isn't beside the article; in bytes.
    sums: HashMap<u32, [f32; 4], Fast>,
}

impl Elements {
    fn gather(blocks: &[Block], facts: &[Facts], aside: &[bool], running: &[f32]) -> Elements {
        let mut sums: HashMap<u32, [f32; 4], Fast> = HashMap::default();
        for (i, (block, fact)) in blocks.iter().zip(facts).enumerate() {
            let length = fact.length as f32;
            for id in &block.path {
                let sum = sums.entry(*id).or_default();
                sum[0] += running[i];
                sum[1] += length;
                sum[2] += length * fact.linked;
                sum[3] += if aside[i] { 0.0 } else { length };
            }
        }
        Elements { sums }
    }

    /// The innermost element that holds most of the running text; then one not far around it if
    /// what it adds is more running text (an article in sections), but never the whole page.
    fn article(&self, blocks: &[Block], running: &[f32]) -> Option<u32> {
        let enough = MOST * running.iter().sum::<f32>();
        let longest = (0..blocks.len())
            .filter(|i| self.holds(blocks[*i].path.first(), enough))
            .max_by(|a, b| running[*a].total_cmp(&running[*b]))?;
        let outwards = || blocks[longest].path.iter().rev();
        let innermost = outwards().position(|id| self.holds(Some(id), enough))?;
        let mut article = *outwards().nth(innermost)?;
        let whole = outwards().len() - 1;
        for outer in outwards().take(whole).skip(innermost + 1).take(SECTIONS) {
            let (inside, outside) = (self.sums.get(&article)?, self.sums.get(outer)?);
            let added = outside[0] - inside[0];
            if added > 0.0 && added >= PURE * (outside[3] - inside[3]) {
                article = *outer;
            }
        }
        Some(article)
    }

    fn holds(&self, id: Option<&u32>, enough: f32) -> bool {
        id.and_then(|id| self.sums.get(id))
            .is_some_and(|sum| sum[0] >= enough)
    }

    /// Whether a block is navigation by its links: its own, or those of the list it stands in.
    fn is_link_list(&self, block: &Block, fact: &Facts) -> bool {
        if matches!(&*block.tag, "figcaption" | "caption") {
            return false;
        }
        if fact.linked > MANY_LINKS {
            // A paragraph with much text outside its links is still a paragraph.
            return fact.length as f32 * (1.0 - fact.linked) < PARAGRAPH as f32;
        }
        if !matches!(
            &*block.tag,
            "li" | "dd" | "dt" | "td" | "th" | "div" | "span"
        ) || fact.length >= PARAGRAPH
        {
            return false;
        }
        let list = block
            .path
            .iter()
            .rev()
            .nth(1)
            .and_then(|id| self.sums.get(id));
        list.is_some_and(|sum| sum[2] > MANY_LINKS * sum[1])
    }
}

/// Adds headline and deck: headings not far before the body that aren't links, and what stands
/// between the first of them and the body.
fn add_head(page: &Page, facts: &[Facts], aside: &[bool], main: &mut [bool]) {
    let blocks = &page.input.blocks;
    let Some(body) = (0..blocks.len()).find(|i| main[*i] && facts[*i].running > 0.0) else {
        return;
    };
    let title = page.input.title.as_deref().unwrap_or("");
    let before = body.saturating_sub(HEAD)..body;
    let is_headline = |i: &usize| {
        let block = &blocks[*i];
        let in_title = block.text.len() >= 15 && title.contains(&*block.text);
        let top = &*block.tag == "h1" && facts[*i].linked < MANY_LINKS;
        top || (in_title && (is_heading(block) || facts[*i].linked < MANY_LINKS))
    };
    let mut seen = false;
    for i in before {
        if is_headline(&i) {
            seen = true;
            main[i] = true;
        } else if seen {
            main[i] |= facts[i].length >= PARAGRAPH / 2 && facts[i].linked < FEW_LINKS && !aside[i];
        }
    }
}

/// Class words already looked at on this page: pages repeat the same few hundred, and neighbours are
/// mostly within the same elements.
#[derive(Default)]
struct Known<'a> {
    words: HashMap<&'a str, u128>,
    last: (&'a str, u128),
}

/// The tell-tale words, each with its bit; those about replies come last.
struct Words {
    exact: HashMap<&'static str, u32>,
    begins: Vec<(&'static str, u32)>,
    ends: Vec<(&'static str, u32)>,
    part: Vec<(&'static str, u32)>,
    /// First bit of the words about replies.
    replies: usize,
}

impl Words {
    /// The tell-tale words of a hint as bits.
    fn of<'a>(&self, hint: &'a str, known: &mut Known<'a>) -> u128 {
        let parts = hint
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty());
        if known.last.0 != hint {
            let bits = parts.fold(0, |bits, word| {
                bits | *known
                    .words
                    .entry(word)
                    .or_insert_with(|| self.of_word(word))
            });
            known.last = (hint, bits);
        }
        known.last.1
    }

    fn of_word(&self, word: &str) -> u128 {
        let mut bits = self.exact.get(word).map_or(0, |bit| 1 << bit);
        let mut test = |list: &[(&str, u32)], fits: fn(&str, &str) -> bool| {
            for (part, bit) in list {
                if fits(word, part) {
                    bits |= 1 << bit;
                }
            }
        };
        test(&self.begins, |word, part| word.starts_with(part));
        test(&self.ends, |word, part| word.ends_with(part));
        test(&self.part, |word, part| word.contains(part));
        bits
    }
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = Words {
            exact: HashMap::new(),
            begins: Vec::new(),
            ends: Vec::new(),
            part: Vec::new(),
            replies: 0,
        };
        let mut bit = 0;
        for list in [UNLIKELY, REPLIES] {
            words.replies = bit as usize;
            for line in list
                .lines()
                .filter(|l| !l.is_empty() && !l.starts_with('#'))
            {
                match (line.strip_prefix('*'), line.strip_suffix('*')) {
                    (Some(_), Some(_)) => words.part.push((line.trim_matches('*'), bit)),
                    (Some(end), None) => words.ends.push((end, bit)),
                    (None, Some(begin)) => words.begins.push((begin, bit)),
                    (None, None) => {
                        words.exact.insert(line, bit);
                    }
                }
                // Were there more words than bits, the last ones would share one.
                bit = (bit + 1).min(127);
            }
        }
        words
    })
}

const UNLIKELY: &str = include_str!("../data/maintext/unlikely.txt");
const REPLIES: &str = include_str!("../data/maintext/replies.txt");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageInput;

    const PROSE: &str = "The harbour board met on Monday, and its members agreed to close the night ferry for \
                         the winter, which nobody in the town had asked for.";

    /// A page as lines of `path|tag|within|hint|text`, where `text` may hold `[links]`; `PROSE`
    /// stands for a paragraph of running text.
    fn page(lines: &[&str]) -> Page {
        let blocks = lines
            .iter()
            .map(|line| {
                let parts: Vec<&str> = line.split('|').collect();
                let mut text = String::new();
                let mut links = Vec::new();
                for c in parts[4].replace("PROSE", PROSE).chars() {
                    let at = text.chars().map(|c| c.len_utf16() as u32).sum();
                    match c {
                        '[' => links.push((at, at)),
                        ']' => links.last_mut().unwrap().1 = at,
                        c => text.push(c),
                    }
                }
                Block {
                    text: text.into(),
                    tag: parts[1].into(),
                    path: parts[0]
                        .split_whitespace()
                        .map(|n| n.parse().unwrap())
                        .collect(),
                    within: parts[2]
                        .split_whitespace()
                        .map(Landmarks::of)
                        .fold(Landmarks::default(), Landmarks::and),
                    hint: parts[3].into(),
                    links,
                    marks: Vec::new(),
                }
            })
            .collect();
        Page::from_input(PageInput {
            title: Some("Night ferry closed for the winter - The Gazette".to_owned()),
            blocks,
            ..PageInput::default()
        })
    }

    /// Lines that open with `+` are main text.
    fn check(lines: &[&str]) {
        let expected: Vec<bool> = lines.iter().map(|line| line.starts_with('+')).collect();
        let page = page(&lines.iter().map(|line| &line[1..]).collect::<Vec<_>>());
        let main = main_blocks(&page);
        for (i, line) in lines.iter().enumerate() {
            assert_eq!(main[i], expected[i], "{line}");
        }
    }

    #[test]
    fn headline_deck_caption_and_body() {
        check(&[
            "-0 1 2|div|header|site-logo|[The Gazette]",
            "-0 1 3|div|header||Tuesday 4 June",
            "+0 4 5|h1|main||Night ferry closed for the winter",
            "+0 4 6|p|main|deck|A vote that nobody asked for leaves the islanders without a way home.",
            "-0 4 7|div|main|byline|By A. Writer",
            "+0 4 8 9|p|main|story|PROSE",
            "+0 4 8 10|figcaption|main figure|story|The pier last week.",
            "+0 4 8 11|h2|main|story|What it costs",
            "+0 4 8 12|p|main|story|PROSE",
            "+0 4 8 13 14|li|main|story|No ferry after nine.",
            "+0 4 8 15 16|blockquote|main blockquote|story|PROSE",
            "+0 4 8 16 17|footer|main blockquote footer|story|Theresa Vale, mayor",
            "+0 4 8 18 19|caption|main table|story|Source: [timetables of the harbour board]",
            "+0 4 8 20|p|main|story|“No,” she said.",
            "-0 21 22|p|aside|more|PROSE",
            "-0 23 24|p|footer||The Gazette, Pier Road, and a long line of words about who owns what here, since 1901.",
        ]);
    }

    #[test]
    fn class_words_speak_against_a_block_unless_they_wrap_the_article() {
        check(&[
            "+0 1 2|p||has-sidebar story|PROSE",
            "+0 1 3|p||has-sidebar story|PROSE",
            "-0 1 4 5|p||newsletterbox has-sidebar story|PROSE",
            "+0 1 6|p||has-sidebar story|PROSE",
            "-0 1 7 8|li||related-links has-sidebar story|Bridge to open again in May",
            "+0 1 9|p||has-sidebar story|PROSE",
            "+0 1 10|p||has-sidebar story|PROSE",
        ]);
    }

    #[test]
    fn comments_are_not_the_article_however_long() {
        let mut lines = vec!["+0 1 2|p||story|PROSE"; 4];
        lines.extend(["-0 5 6|p||comment-body comment-list|PROSE PROSE"; 8]);
        check(&lines);
    }

    #[test]
    fn lists_of_links_are_navigation_paragraphs_with_links_are_not() {
        check(&[
            "-0 1 2|li|||[Country]",
            "-0 1 3|li|||[Water]",
            "-0 1 4|li|||Money",
            "-0 1 5|li|||[Letters to the editor]",
            "+0 6 7|p|||PROSE",
            "+0 6 8|p|||[The minutes], which PROSE",
            "-0 6 9|p|||[Read the whole report of the harbour board here]",
            "+0 6 10|p|||PROSE",
            "+0 6 11|p|||PROSE",
        ]);
    }

    #[test]
    fn an_article_in_sections_is_one() {
        check(&[
            "+0 1 2 3|p|article||PROSE",
            "+0 1 2 4|p|article||PROSE",
            "+0 1 2 5|p|article||PROSE",
            "+0 1 2 6|p|article||PROSE",
            "+0 1 7 8|p|article||PROSE",
            "-0 9 10|p|||Some words of the house, which are just long enough to be read as a paragraph, no more.",
            "-0 9 11|p|||All rights reserved",
        ]);
    }

    #[test]
    fn teasers_are_told_by_their_linked_headings() {
        let teaser = [
            "-0 1 7 8|h3|||[Bridge to open again in May]",
            "-0 1 7 9|p|||PROSE",
        ];
        let mut lines = vec!["+0 1 2|p|||PROSE"; 6];
        lines.extend(teaser);
        check(&lines);
    }

    #[test]
    fn pages_without_structure_are_all_text() {
        check(&["+0 1|div|||One", "+0 2|p|||[Two]", "+0 3|p|||PROSE"]);
        assert_eq!(
            main_blocks(&Page::from_text("a\nb\nc\nd\ne\nf\ng", false)),
            [true; 7]
        );
        assert!(main_blocks(&Page::default()).is_empty());
    }

    #[test]
    fn a_page_without_running_text_keeps_what_isnt_navigation() {
        check(&[
            "-0 1 2|li|nav||[Home]",
            "-0 1 3|li|nav||[About]",
            "+0 4 5|h1|||Tide tables",
            "+0 4 6|td|table||High water 6.14",
            "+0 4 7|td|table||Low water 12.20",
            "+0 4 8|td|table||High water 18.40",
        ]);
    }

    #[test]
    fn facts_that_make_no_sense_are_survived() {
        let mut page = page(&[
            "||||",
            "0|p|||PROSE",
            "|p|||PROSE",
            "0 0 0|p|||PROSE",
            "0|p|||x",
            "0|p|||y",
            "1|p|||PROSE",
        ]);
        page.input.blocks[1].links = vec![(9, 3), (0, u32::MAX), (0, u32::MAX)];
        page.input.blocks[2].hint = "—\u{0}🙂 comment".into();
        assert_eq!(main_blocks(&page).len(), 7);
    }

    #[test]
    fn word_lists_fit_their_bits() {
        let count = |list: &str| {
            list.lines()
                .filter(|l| !l.is_empty() && !l.starts_with('#'))
                .count()
        };
        assert!(
            count(UNLIKELY) + count(REPLIES) <= 128,
            "a bit for each word"
        );
        let known = &mut Known::default();
        assert_ne!(words().of("site-footer", known), 0);
        assert_ne!(words().of("relatedarticles", known), 0);
        assert_eq!(words().of("story-body page-header", known), 0);
    }
}
