//! Word classes: which lists of `data/words` a word is on, and in which form.
//!
//! The lists are baked by `build.rs` and unfold when the first word is looked up. A class is one bit of a [`Classes`] set; the constants are
//! named after the files and their tags: `nouns-person.txt` gives `PERSON`, its tag `vague` gives
//! `PERSON_VAGUE`. Every noun list gives `NOUN` too, every verb list `VERB`, and inflection gives
//! `SINGULAR`, `PLURAL`, `BASE`, `THIRD`, `PAST`, `PARTICIPLE` and `ING`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::eight;
use crate::unfold::Buffer;

/// A set of word classes.
pub type Classes = u128;

#[allow(missing_docs, dead_code)]
mod tables {
    use crate::unfold::Folded;
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
pub use tables::*;

/// A word of the tables; `UNLISTED` for all others. Ids ascend with the words' lengths.
pub type WordId = u16;
/// The id of words that no list holds.
pub const UNLISTED: WordId = u16::MAX;

pub use crate::unfold::LONGEST;

/// A lower-case word of at most [`LONGEST`] bytes, as it is looked up: eight bytes to a number.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The bytes, zero after the last one.
    parts: [u64; LONGEST / 8],
    /// How many bytes.
    length: usize,
}

impl Word {
    /// The word of these bytes, taken as they are. `None` if there are too many: no list has it.
    pub fn new(bytes: &[u8]) -> Option<Word> {
        Word::with(bytes, 0..bytes.len(), |part| part)
    }

    /// The word at `place` in `text`, ASCII, in lower case.
    pub fn lower_case(text: &[u8], place: Range<usize>) -> Option<Word> {
        Word::with(text, place, eight::lower_case)
    }

    /// The word of sixteen bytes, zero after its `length`.
    #[inline]
    pub fn short([first, second]: [u64; 2], length: usize) -> Word {
        Word {
            parts: [first, second, 0, 0, 0],
            length,
        }
    }

    fn with(text: &[u8], place: Range<usize>, change: impl Fn(u64) -> u64) -> Option<Word> {
        let length = place.len();
        let mut parts = [0; LONGEST / 8];
        let mut at = 0;
        while at < length {
            let part = eight::first(eight::load(text, place.start + at), length - at);
            *parts.get_mut(at / 8)? = change(part);
            at += 8;
        }
        Some(Word { parts, length })
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The byte at `at`; zero past the end.
    #[inline]
    pub fn byte(&self, at: usize) -> u8 {
        let part = self.parts.get(at / 8).copied().unwrap_or(0);
        (part >> (8 * (at % 8))) as u8
    }

    /// Its last three bytes; zero where it has fewer.
    pub fn ending(&self) -> [u8; 3] {
        [3, 2, 1].map(|back| self.length.checked_sub(back).map_or(0, |at| self.byte(at)))
    }

    /// Without its last byte, an ASCII one.
    pub fn shortened(mut self) -> Word {
        self.length = self.length.saturating_sub(1);
        if let Some(part) = self.parts.get_mut(self.length / 8) {
            *part = eight::first(*part, self.length % 8);
        }
        self
    }

    /// Its bytes, and how many of them count.
    pub fn bytes(&self) -> ([u8; LONGEST], usize) {
        let mut bytes = [0; LONGEST];
        for (eight, part) in bytes.chunks_exact_mut(8).zip(self.parts) {
            eight.copy_from_slice(&part.to_le_bytes());
        }
        (bytes, self.length)
    }

    /// What it is looked up by.
    #[inline]
    fn hash(&self) -> u64 {
        let parts = self.parts().iter();
        parts.fold(0, |hash, part| eight::mix(hash, *part))
    }

    /// The parts that hold its bytes.
    #[inline]
    fn parts(&self) -> &[u64] {
        &self.parts[..self.length.div_ceil(8).min(LONGEST / 8)]
    }
}

/// Where the words of one length are looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Length {
    /// The first one's id; the others follow.
    id: WordId,
    /// Where it stands in the text of all words.
    text: u32,
    /// Their first slot: a slot holds a word's place among them, or `UNLISTED`.
    slots: u32,
    /// How many slots they have: two a word, four where words are short, which are few and common.
    size: u32,
}

/// All words, ready to be looked up.
#[derive(Debug)]
struct Words {
    /// Their bytes, by length, so that its length and place there tell where a word stands.
    text: Vec<u8>,
    /// Which of `SETS` each has.
    sets: Vec<u16>,
    slots: Vec<u16>,
    lengths: [Length; LONGEST + 1],
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::unfold);

impl Words {
    fn unfold() -> Words {
        let mut lengths = [Length::default(); LONGEST + 1];
        let (mut words, mut bytes, mut slots) = (0, 0, 0);
        for ((at, length), count) in lengths.iter_mut().enumerate().zip(COUNTS) {
            let size = u32::from(count) * if at < 5 { 4 } else { 2 };
            *length = Length {
                id: words,
                text: bytes,
                slots,
                size: size.max(1),
            };
            words += count;
            // Words are written eight bytes at a time.
            bytes += at as u32 * u32::from(count) + 8;
            slots += length.size;
        }
        let mut all = Words {
            text: vec![0; bytes as usize],
            sets: vec![0; usize::from(words)],
            slots: vec![UNLISTED; slots as usize],
            lengths,
        };
        let mut counts = [0; LONGEST + 1];
        FOLDED.unfold(|buffer, length, set| {
            if let Some(nth) = counts.get_mut(length) {
                all.add(buffer, length, *nth, set);
                *nth += 1;
            }
        });
        all
    }

    /// Adds the word of `bytes` bytes that `buffer` begins with, the `nth` of its length. A function
    /// of its own is soon compiled well.
    #[inline(never)]
    fn add(&mut self, buffer: &Buffer, bytes: usize, nth: u16, set: u16) {
        let length = &self.lengths[bytes];
        let text = length.text as usize + bytes * usize::from(nth);
        let (mut at, mut hash) = (0, 0);
        while at < bytes {
            let part = eight::first(eight::load(buffer, at), bytes - at);
            hash = eight::mix(hash, part);
            // What is written beyond a word is written over by the next one.
            self.text[text + at..text + at + 8].copy_from_slice(&part.to_le_bytes());
            at += 8;
        }
        self.sets[usize::from(length.id + nth)] = set;
        let mut slot = length.slot(hash);
        while self.slots[slot] != UNLISTED {
            slot = length.after(slot);
        }
        self.slots[slot] = nth;
    }

    #[inline]
    fn short(&self, word: u64, hash: u64, length: usize) -> Option<WordId> {
        let is_at = |at| eight::first(eight::load(&self.text, at), length) == word;
        self.search(length, hash, is_at)
    }

    /// Looks a word of more than eight bytes up.
    fn long(&self, word: &Word) -> Option<WordId> {
        self.search(word.length, word.hash(), |start| {
            let mut at = 0;
            while at < word.length {
                let there = eight::load(&self.text, start + at);
                if eight::first(there, word.length - at) != word.parts[at / 8] {
                    return false;
                }
                at += 8;
            }
            true
        })
    }

    /// The word of that length and hash which `is_at` finds where its text stands.
    #[inline]
    fn search(&self, length: usize, hash: u64, is_at: impl Fn(usize) -> bool) -> Option<WordId> {
        let all = self.lengths.get(length)?;
        let mut slot = all.slot(hash);
        loop {
            let nth = *self.slots.get(slot).filter(|nth| **nth != UNLISTED)?;
            if is_at(all.text as usize + usize::from(nth) * length) {
                return Some(all.id + nth);
            }
            slot = all.after(slot);
        }
    }
}

impl Length {
    /// The slot for a hash: its highest 32 bits as a fraction of all.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        (((hash >> 32) * u64::from(self.size)) >> 32) as usize + self.slots as usize
    }

    /// The slot to look at when that one holds another word; at least half are empty.
    #[inline]
    fn after(&self, slot: usize) -> usize {
        if slot + 1 < (self.slots + self.size) as usize {
            slot + 1
        } else {
            self.slots as usize
        }
    }
}

/// Looks a mark of one ASCII character up; one that is on no list has no classes.
pub fn mark(byte: u8) -> (WordId, Classes) {
    match MARKS.get(usize::from(byte)) {
        Some((id, set)) if *id != UNLISTED => (*id, SETS[usize::from(*set)]),
        _ => (UNLISTED, 0),
    }
}

/// Looks a word up.
#[inline(never)]
pub fn lookup(word: &Word) -> Option<(WordId, Classes)> {
    let words = &*WORDS;
    let id = match word.length {
        0..=8 => words.short(word.parts[0], word.hash(), word.length),
        _ => words.long(word),
    }?;
    Some((id, SETS[usize::from(words.sets[usize::from(id)])]))
}

/// How many words [`Recent`] has room for: 16 KB, half of what a processor keeps nearest by.
const RECENT: usize = 512;

/// The words of up to eight bytes that were looked up last: four of five words are among a text's few
/// hundred most common ones.
#[derive(Debug)]
pub struct Recent {
    latest: [Latest; RECENT],
    words: &'static Words,
}

/// A word of up to eight bytes, and what it is.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(8))]
struct Latest {
    word: u64,
    id: WordId,
    classes: Classes,
}

impl Default for Recent {
    fn default() -> Recent {
        let none = Latest {
            word: 0,
            id: UNLISTED,
            classes: 0,
        };
        Recent {
            latest: [none; RECENT],
            words: &WORDS,
        }
    }
}

impl Recent {
    /// Looks a word of 1 to 8 bytes up, zero after its `length`; what is on no list has the classes
    /// that `guess` gives it.
    #[inline]
    pub fn lookup(
        &mut self,
        word: u64,
        length: usize,
        guess: impl FnOnce() -> Classes,
    ) -> (WordId, Classes) {
        let hash = eight::mix(0, word);
        let known = &mut self.latest[(hash >> 40) as usize % RECENT];
        if known.word != word {
            let id = self.words.short(word, hash, length);
            *known = Latest {
                word,
                id: id.unwrap_or(UNLISTED),
                classes: id.map_or_else(guess, |id| {
                    SETS[usize::from(self.words.sets[usize::from(id)])]
                }),
            };
        }
        (known.id, known.classes)
    }

    /// Looks any word up.
    pub fn lookup_any(
        &mut self,
        word: &Word,
        guess: impl FnOnce(&Word) -> Classes,
    ) -> (WordId, Classes) {
        match word.length {
            1..=8 => self.lookup(word.parts[0], word.length, || guess(word)),
            _ => lookup(word).unwrap_or_else(|| (UNLISTED, guess(word))),
        }
    }
}
