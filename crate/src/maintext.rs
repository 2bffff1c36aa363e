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

use crate::page::{Block, Page};

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
    let facts: Vec<Facts> = blocks.iter().map(Facts::of).collect();
    let aside = asides(blocks, &facts);
    let running: Vec<f32> = facts
        .iter()
        .zip(&aside)
        .map(|(fact, aside)| if *aside { 0.0 } else { fact.running })
        .collect();
    let elements = Elements::gather(blocks, &facts, &running);
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
    fn of(block: &Block) -> Facts {
        let length = block.text.len();
        let units: usize = block.text.chars().map(char::len_utf16).sum();
        let links = block
            .links
            .iter()
            .map(|(start, end)| end.saturating_sub(*start) as usize);
        let linked = (links.sum::<usize>() as f32 / units.max(1) as f32).min(1.0);
        let prose = length >= PARAGRAPH && linked < FEW_LINKS && !is_heading(block);
        // Running text has sentences; a list of names or figures of the same length has not.
        let commas = block
            .text
            .bytes()
            .filter(|b| matches!(b, b',' | b'.'))
            .count();
        let share = if commas == 0 { 0.25 } else { 1.0 };
        Facts {
            length,
            linked,
            running: if prose {
                length as f32 * (1.0 - linked) * share
            } else {
                0.0
            },
            hints: words().of(&block.hint),
            landmarks: LANDMARKS
                .iter()
                .enumerate()
                .filter(|(_, name)| block.within.iter().any(|w| w == *name))
                .fold(0, |bits, (i, _)| bits | 1 << i),
        }
    }
}

/// Landmarks outside the article.
const LANDMARKS: [&str; 4] = ["aside", "nav", "footer", "form"];

fn is_heading(block: &Block) -> bool {
    matches!(block.tag.as_bytes(), [b'h', b'1'..=b'6'])
}

/// For each block whether its class words or landmarks put it beside the article. A word that most
/// of the running text carries says nothing: it is on an element around the article.
fn asides(blocks: &[Block], facts: &[Facts]) -> Vec<bool> {
    let mut total = 0.0;
    let mut by_word = [0.0; 128];
    let mut by_landmark = [0.0; LANDMARKS.len()];
    for fact in facts.iter().filter(|f| f.running > 0.0) {
        total += fact.running;
        for (bit, sum) in by_word.iter_mut().enumerate() {
            if fact.hints >> bit & 1 == 1 {
                *sum += fact.running;
            }
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
    blocks
        .iter()
        .zip(facts)
        .map(|(_, fact)| fact.hints & hints != 0 || fact.landmarks & landmarks != 0)
        .collect()
}

/// Sums over the elements around the blocks.
struct Elements {
    /// Element → running text, all text, linked text, in bytes.
    sums: HashMap<u32, [f32; 3]>,
}

impl Elements {
    fn gather(blocks: &[Block], facts: &[Facts], running: &[f32]) -> Elements {
        let mut sums: HashMap<u32, [f32; 3]> = HashMap::new();
        for ((block, fact), running) in blocks.iter().zip(facts).zip(running) {
            for id in &block.path {
                let sum = sums.entry(*id).or_default();
                sum[0] += running;
                sum[1] += fact.length as f32;
                sum[2] += fact.length as f32 * fact.linked;
            }
        }
        Elements { sums }
    }

    /// The innermost element that holds most of the running text.
    fn article(&self, blocks: &[Block], running: &[f32]) -> Option<u32> {
        let enough = MOST * running.iter().sum::<f32>();
        let longest = (0..blocks.len())
            .filter(|i| self.holds(blocks[*i].path.first(), enough))
            .max_by(|a, b| running[*a].total_cmp(&running[*b]))?;
        let path = &blocks[longest].path;
        path.iter()
            .rev()
            .find(|id| self.holds(Some(id), enough))
            .copied()
    }

    fn holds(&self, id: Option<&u32>, enough: f32) -> bool {
        id.and_then(|id| self.sums.get(id))
            .is_some_and(|sum| sum[0] >= enough)
    }

    /// Whether a block is navigation by its links: its own, or those of the list it stands in.
    fn is_link_list(&self, block: &Block, fact: &Facts) -> bool {
        if fact.linked > MANY_LINKS {
            // A paragraph with much text outside its links is still a paragraph.
            return fact.length as f32 * (1.0 - fact.linked) < PARAGRAPH as f32;
        }
        if !matches!(
            block.tag.as_str(),
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

/// Adds headline and deck: the last heading before the body that isn't a link and what stands
/// between it and the body.
fn add_head(page: &Page, facts: &[Facts], aside: &[bool], main: &mut [bool]) {
    let blocks = &page.input.blocks;
    let Some(body) = (0..blocks.len()).find(|i| main[*i] && facts[*i].running > 0.0) else {
        return;
    };
    let title = page.input.title.as_deref().unwrap_or("");
    let candidates = (body.saturating_sub(HEAD)..body).rev();
    let is_headline = |i: &usize| {
        let block = &blocks[*i];
        let in_title = block.text.len() >= 15 && title.contains(block.text.as_str());
        let top = block.tag == "h1" && facts[*i].linked < MANY_LINKS;
        top || (in_title && (is_heading(block) || facts[*i].linked < MANY_LINKS))
    };
    // The one farthest up: a headline may be repeated above the body, after the deck.
    let Some(headline) = candidates.filter(is_headline).last() else {
        return;
    };
    main[headline] = true;
    for i in headline + 1..body {
        let deck = facts[i].length >= PARAGRAPH / 2 && facts[i].linked < FEW_LINKS && !aside[i];
        main[i] |= deck;
    }
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
    fn of(&self, hint: &str) -> u128 {
        let mut bits = 0;
        for word in hint
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| !w.is_empty())
        {
            if let Some(bit) = self.exact.get(word) {
                bits |= 1 << bit;
            }
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
        }
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
