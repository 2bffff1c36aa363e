//! Word classes: which lists of `data/words` a word is on, and in which form.
//!
//! The tables are baked by `build.rs`. A class is one bit of a [`Classes`] set; the constants are
//! named after the files and their tags: `nouns-person.txt` gives `PERSON`, its tag `vague` gives
//! `PERSON_VAGUE`. Every noun list gives `NOUN` too, every verb list `VERB`, and inflection gives
//! `SINGULAR`, `PLURAL`, `BASE`, `THIRD`, `PAST`, `PARTICIPLE` and `ING`.

use std::ops::Range;

use crate::eight;

/// A set of word classes.
pub type Classes = u128;

/// Where the words of one length are looked up.
pub struct Length {
    /// The first one's id; the others follow.
    id: WordId,
    /// Where it stands in the text of all words.
    text: u32,
    /// Their first slot: a slot holds a word's place among them, or `UNLISTED`.
    slots: u32,
    /// How many slots a hash leads to.
    size: u32,
}

#[allow(missing_docs, dead_code)]
mod tables {
    use super::Length;
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
pub use tables::*;

/// A word of the tables; `UNLISTED` for all others. Ids ascend with the words' lengths.
pub type WordId = u16;
/// The id of words that no list holds.
pub const UNLISTED: WordId = u16::MAX;

/// Bytes of the longest word that can be looked up.
pub const LONGEST: usize = 40;

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

    /// The parts that hold its bytes.
    fn parts(&self) -> &[u64] {
        &self.parts[..self.length.div_ceil(8).min(LONGEST / 8)]
    }
}

/// Looks a mark of one ASCII character up.
pub fn mark(byte: u8) -> Option<(WordId, Classes)> {
    let id = *MARKS.get(usize::from(byte)).filter(|id| **id != UNLISTED)?;
    Some(with_classes(id))
}

/// Looks a word up.
#[inline(never)]
pub fn lookup(word: &Word) -> Option<(WordId, Classes)> {
    if word.length <= 8 {
        return lookup_short(word.parts[0], word.length);
    }
    long(word).map(with_classes)
}

/// Looks a word of up to eight bytes up, zero after its `length`.
fn lookup_short(word: u64, length: usize) -> Option<(WordId, Classes)> {
    short(word, eight::mix(0, word), length).map(with_classes)
}

#[inline]
fn short(word: u64, hash: u64, length: usize) -> Option<WordId> {
    let is_at = |at| eight::first(eight::load(TEXT.as_bytes(), at), length) == word;
    search(length, hash, is_at)
}

/// How many words [`Recent`] has room for: 8 KB, what a processor keeps nearest by.
const RECENT: usize = 512;

/// The words of up to eight bytes that were looked up last: four of five words are among a text's few
/// hundred most common ones.
#[derive(Debug)]
pub struct Recent([(u64, WordId, u16); RECENT]);

impl Default for Recent {
    fn default() -> Recent {
        Recent([(0, UNLISTED, 0); RECENT])
    }
}

impl Recent {
    /// Looks a word of 1 to 8 bytes up, zero after its `length`.
    #[inline]
    pub fn lookup(&mut self, word: u64, length: usize) -> Option<(WordId, Classes)> {
        let hash = eight::mix(0, word);
        let known = &mut self.0[(hash >> 40) as usize % RECENT];
        if known.0 != word {
            let id = short(word, hash, length)?;
            *known = (word, id, SET_OF[usize::from(id)]);
        }
        Some((known.1, SETS[usize::from(known.2)]))
    }
}

#[inline]
fn with_classes(id: WordId) -> (WordId, Classes) {
    (id, SETS[usize::from(SET_OF[usize::from(id)])])
}

/// Looks a word of more than eight bytes up.
fn long(word: &Word) -> Option<WordId> {
    let hash = word
        .parts()
        .iter()
        .fold(0, |hash, part| eight::mix(hash, *part));
    search(word.length, hash, |start| {
        let mut at = 0;
        while at < word.length {
            let there = eight::load(TEXT.as_bytes(), start + at);
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
fn search(length: usize, hash: u64, is_at: impl Fn(usize) -> bool) -> Option<WordId> {
    let all = LENGTHS.get(length)?;
    // The hash's highest 32 bits as a fraction of the slots.
    let mut slot = (((hash >> 32) * u64::from(all.size)) >> 32) as usize + all.slots as usize;
    loop {
        let nth = *SLOTS.get(slot).filter(|nth| **nth != UNLISTED)?;
        if is_at(all.text as usize + usize::from(nth) * length) {
            return Some(all.id + nth);
        }
        slot += 1;
    }
}
