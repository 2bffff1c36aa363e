//! The whole way from a page to a [`Reading`].

use std::collections::HashMap;
use std::rc::Rc;

use crate::block::{self, Parsed, Room};
use crate::eight::{self, Fast};
use crate::model::Reading;
use crate::own::{self, Own};
use crate::page::Page;
use crate::review;
use crate::sources::{self, Resolved};
use crate::{dismissed, flags, language, maintext};

/// Bytes of block text from which on a generation of the cache is old when the next page comes. What
/// is known of a text takes some ten times its room.
const GENERATION: usize = 512 << 10;

/// Reads pages and remembers the blocks it took apart, so that a page that changed in one block
/// costs that block and the cheap pass over attributions.
///
/// The cache is two generations of blocks by a hash of their text: what is used moves to the young
/// one; when a page comes and that is full, the old one is dropped. So what was just read is kept,
/// and memory is bounded by that and two pages. Of two texts with the same hash the later one is kept.
#[derive(Default)]
pub struct Reader {
    young: Generation,
    old: Generation,
    bytes: usize,
    room: Room,
    /// The reader's own phrases of the last page, compiled.
    own: Rc<Own>,
    /// Blocks taken apart so far.
    taken: u32,
}

type Generation = HashMap<u64, Known, Fast>;

/// A block that was taken apart.
struct Known {
    text: Rc<str>,
    parsed: Rc<Parsed>,
}

impl Reader {
    /// How many blocks were taken apart so far, by all readings: what was known isn't counted.
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// Takes blocks apart ahead of the reading that will want them.
    pub fn prepare<'a>(&mut self, texts: impl Iterator<Item = &'a Rc<str>>) {
        for text in texts {
            self.parse(text);
        }
    }

    /// Reads a page. Never fails: what can't be read has no flags.
    pub fn read(&mut self, page: &Page) -> Reading {
        self.analyse(page).0
    }

    /// The reading with what it rests on: each block's analysis, each attribution's place in the ledger.
    pub(crate) fn analyse(
        &mut self,
        page: &Page,
    ) -> (Reading, Vec<Option<Rc<Parsed>>>, Vec<Resolved>) {
        if self.bytes > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        let main = maintext::main_blocks(page);
        let language = language::of_page(page, &main);
        let mut reading = Reading {
            language: language.tag,
            readable: language.readable,
            ..Reading::default()
        };
        let mut parsed: Vec<Option<Rc<Parsed>>> = Vec::with_capacity(main.len());
        for (block, main) in page.input.blocks.iter().zip(&main) {
            let analysis = main.then(|| self.parse(&block.text));
            if let Some(analysis) = &analysis {
                reading.words += analysis.words;
                reading.sentences += analysis.sentences.len() as u32;
            }
            parsed.push(analysis.filter(|_| language.readable));
        }
        let (ledger, attributions, resolved) = sources::resolve(page, &parsed);
        if !self.own.is_of(&page.input.phrases) {
            self.own = Rc::new(Own::new(&page.input.phrases));
        }
        reading.flags = flags::collect(page, &parsed, &resolved);
        own::add(page, &parsed, &self.own, &mut reading.flags);
        dismissed::mark(page, &mut reading.flags);
        review::mark(page, &parsed, &mut reading.flags);
        reading.sources = ledger;
        reading.attributions = attributions;
        (reading, parsed, resolved)
    }

    fn parse(&mut self, text: &Rc<str>) -> Rc<Parsed> {
        let key = eight::hash(text.as_bytes());
        if let Some(known) = self.young.get(&key).filter(|k| k.text == *text) {
            return Rc::clone(&known.parsed);
        }
        let known = self.old.remove(&key).filter(|k| k.text == *text);
        let known = known.unwrap_or_else(|| {
            self.taken = self.taken.wrapping_add(1);
            Known {
                text: Rc::clone(text),
                parsed: Rc::new(block::parse(text, &mut self.room)),
            }
        });
        let parsed = Rc::clone(&known.parsed);
        self.bytes += text.len();
        self.young.insert(key, known);
        parsed
    }
}

/// Reads one page with nothing remembered.
pub fn read(page: &Page) -> Reading {
    Reader::default().read(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_reading_is_the_same_and_takes_nothing_apart() {
        let text = "Officials said the dam may fail.\nClearly, the ministry hid the figures.";
        let page = Page::from_text(text, false);
        let mut reader = Reader::default();
        let first = reader.read(&page);
        assert_eq!(first.flags.len(), 4, "{:?}", first.flags);
        assert_eq!(reader.taken(), 2);
        let known = reader.parse(&page.input.blocks[0].text);
        assert_eq!(reader.read(&page), first);
        assert_eq!(reader.taken(), 2);
        assert!(Rc::ptr_eq(
            &known,
            &reader.parse(&page.input.blocks[0].text)
        ));
    }

    #[test]
    fn a_long_page_is_known_when_it_comes_again_and_let_go_of_later() {
        let page = |n: usize| {
            let lines: Vec<String> = (0..40)
                .map(|i| {
                    format!(
                        "It rained {n} times {i}. {}",
                        "word ".repeat(GENERATION / 100)
                    )
                })
                .collect();
            Page::from_text(&lines.join("\n"), false)
        };
        let mut reader = Reader::default();
        let (first, last) = (page(1), page(2));
        reader.read(&first);
        let known = reader.parse(&first.input.blocks[39].text);
        reader.read(&first);
        assert!(Rc::ptr_eq(
            &known,
            &reader.parse(&first.input.blocks[39].text)
        ));
        for _ in 0..2 {
            reader.read(&last);
        }
        assert!(!Rc::ptr_eq(
            &known,
            &reader.parse(&first.input.blocks[39].text)
        ));
    }
}
