//! The whole way from a page to a [`Reading`].

use std::collections::HashMap;
use std::rc::Rc;

use crate::block::{self, Parsed, Room};
use crate::eight::{self, Fast};
use crate::model::Reading;
use crate::own::{self, Own};
use crate::page::{Block, Page};
use crate::review;
use crate::sources::{self, Resolved};
use crate::{dismissed, flags, language, maintext};

/// Bytes of block text that stay known when a page comes that doesn't have it. What is known of a text
/// takes some ten times its room.
const KEPT: usize = 512 << 10;

/// Reads pages and remembers the blocks it took apart, so that a page that changed in one block
/// costs that block and the cheap pass over attributions.
///
/// Blocks are known by a hash of their text; of two texts with the same hash the later one is. Before a page
/// is read, and before the first part of one, what it doesn't have is let go of where that is much. So memory
/// is bounded by one page and a little.
#[derive(Default)]
pub struct Reader {
    known: HashMap<u64, Known, Fast>,
    /// Bytes of the texts that are known.
    bytes: usize,
    room: Room,
    /// The reader's own phrases of the last page, compiled.
    own: Rc<Own>,
    /// Blocks taken apart so far.
    taken: u32,
}

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

    /// Lets go of what is known of other texts than those of `blocks`, if it is much.
    pub fn make_room(&mut self, blocks: &[Block]) {
        if self.bytes <= KEPT {
            return;
        }
        let mut all = std::mem::take(&mut self.known);
        self.bytes = 0;
        for block in blocks {
            let key = eight::hash(block.text.as_bytes());
            if let Some(known) = all.remove(&key) {
                self.bytes += known.text.len();
                self.known.insert(key, known);
            }
        }
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
        self.make_room(&page.input.blocks);
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
        if let Some(known) = self.known.get(&key).filter(|k| k.text == *text) {
            return Rc::clone(&known.parsed);
        }
        self.taken = self.taken.wrapping_add(1);
        let parsed = Rc::new(block::parse(text, &mut self.room));
        let known = Known {
            text: Rc::clone(text),
            parsed: Rc::clone(&parsed),
        };
        self.bytes += text.len();
        if let Some(other) = self.known.insert(key, known) {
            self.bytes -= other.text.len();
        }
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
    fn a_long_page_is_known_when_it_comes_again_and_let_go_of_with_the_next() {
        let page = |n: usize| {
            let line = |i| format!("It rained {n} times {i}. {}", "word ".repeat(KEPT / 100));
            let lines: Vec<String> = (0..40).map(line).collect();
            Page::from_text(&lines.join("\n"), false)
        };
        let mut reader = Reader::default();
        let (first, last) = (page(1), page(2));
        let bytes = |page: &Page| -> usize { page.input.blocks.iter().map(|b| b.text.len()).sum() };
        for _ in 0..2 {
            reader.read(&first);
            assert_eq!((reader.taken(), reader.bytes), (40, bytes(&first)));
        }
        // However many long pages come, one is known.
        reader.read(&last);
        assert_eq!((reader.taken(), reader.bytes), (80, bytes(&last)));
        assert_eq!(reader.known.len(), 40);
        // So it is when it comes in parts.
        reader.make_room(&[]);
        assert_eq!((reader.known.len(), reader.bytes), (0, 0));
    }

    #[test]
    fn short_pages_stay_known_beside_each_other() {
        let page = |n: u32| Page::from_text(&format!("It rained {n} times."), false);
        let mut reader = Reader::default();
        for n in [1, 2, 1, 2] {
            reader.read(&page(n));
        }
        assert_eq!(reader.taken(), 2);
    }
}
