//! Word classes: which lists of `data/words` a word is on, and in which form.
//!
//! The lists are baked by `build.rs`; words unfold when one that begins alike is looked up. A class is one bit of a [`Classes`] set; the constants are
//! named after the files and their tags: `nouns-person.txt` gives `PERSON`, its tag `vague` gives
//! `PERSON_VAGUE`. Every noun list gives `NOUN` too, every verb list `VERB`, and inflection gives
//! `SINGULAR`, `PLURAL`, `BASE`, `THIRD`, `PAST`, `PARTICIPLE` and `ING`.

use std::cell::RefCell;
use std::ops::Range;

use crate::eight;
use crate::unfold::{self, Kind, Place};

/// A set of word classes.
pub type Classes = u128;

#[allow(missing_docs, dead_code)]
mod tables {
    use crate::unfold::{Folded, Place};
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
pub use tables::*;

/// A word that rules name. All others have one of two ids: whether a list holds them.
pub type WordId = u16;

pub use crate::unfold::{LONGEST, UNLISTED};

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

/// A word that unfolded.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Its first eight bytes, zero after the last one.
    first: u64,
    /// Where the others stand in [`Words::rest`].
    rest: u16,
    /// How many bytes it has.
    length: u16,
    id: WordId,
    /// Where its classes stand in [`Words::classes`].
    classes: u16,
}

/// A beginning that words have in common, and where their stems stand as long as they are folded.
#[derive(Clone, Copy, Debug, Default)]
struct Group {
    beginning: u32,
    folded: Option<Place>,
}

/// The words that have unfolded so far.
#[derive(Debug)]
struct Words {
    kinds: Vec<Kind>,
    /// Of which of `ROWS` the groups are known.
    rows: [bool; ROWS.len()],
    /// By hashes of their beginnings; half are empty.
    groups: Vec<Group>,
    /// By hashes of the words: one more than a word's place among the entries, zero for none. Half are empty
    /// when all words have unfolded.
    slots: Vec<u16>,
    entries: Vec<Entry>,
    /// The classes of each form of each kind, zero until a word has them.
    classes: Vec<Classes>,
    /// What words of more than eight bytes have after those, eight to a number.
    rest: Vec<u64>,
}

/// How many slots, as bits.
const SLOTS: u32 = 16;
/// How many groups, as bits.
const GROUPS: u32 = 12;

thread_local! {
    static WORDS: RefCell<Words> = RefCell::new(Words::new());
}

impl Words {
    fn new() -> Words {
        Words {
            kinds: FOLDED.kinds(),
            rows: [false; ROWS.len()],
            groups: vec![Group::default(); 1 << GROUPS],
            slots: vec![0; 1 << SLOTS],
            entries: Vec::new(),
            classes: vec![0; FOLDED.forms()],
            rest: Vec::new(),
        }
    }

    /// Where the word of these parts stands among the entries.
    #[inline(always)]
    fn place(&mut self, first: u64, rest: &[u64], hash: u64, length: usize) -> Option<usize> {
        loop {
            let mut slot = slot(hash);
            while let Some(place) = usize::from(self.slots[slot]).checked_sub(1) {
                let entry = self.entries.get(place)?;
                if entry.first == first
                    && usize::from(entry.length) == length
                    && (rest.is_empty() || self.rest[usize::from(entry.rest)..].starts_with(rest))
                {
                    return Some(place);
                }
                slot = (slot + 1) % (1 << SLOTS);
            }
            if !self.unfold(first) {
                return None;
            }
        }
    }

    /// The id and classes of an entry.
    #[inline(always)]
    fn entry(&self, place: usize) -> (WordId, Classes) {
        let entry = &self.entries[place];
        (entry.id, self.classes[usize::from(entry.classes)])
    }

    /// Unfolds the words that begin as this one does; whether there were any still folded.
    #[inline(never)]
    fn unfold(&mut self, word: u64) -> bool {
        let beginning = unfold::beginning(word);
        let known = group(&mut self.groups, beginning);
        let mut folded = known.folded.take();
        if known.beginning != beginning {
            self.find_groups(beginning);
            folded = group(&mut self.groups, beginning).folded.take();
        }
        let Some(place) = folded else {
            return false;
        };
        let Words {
            kinds,
            slots,
            entries,
            classes,
            rest,
            ..
        } = self;
        FOLDED.unfold(kinds, beginning, place, |form| {
            let classes = &mut classes[form.classes];
            if *classes == 0 {
                *classes = FOLDED.classes(form.classes);
            }
            let (mut at, mut hash) = (0, 0);
            let entry = Entry {
                first: eight::first(eight::load(form.buffer, 0), form.length),
                rest: rest.len() as u16,
                length: form.length as u16,
                id: form.id,
                classes: form.classes as u16,
            };
            while at < form.length {
                let part = eight::first(eight::load(form.buffer, at), form.length - at);
                hash = eight::mix(hash, part);
                if at > 0 {
                    rest.push(part);
                }
                at += 8;
            }
            entries.push(entry);
            let mut slot = slot(hash);
            while slots[slot] != 0 {
                slot = (slot + 1) % (1 << SLOTS);
            }
            slots[slot] = entries.len() as u16;
        });
        true
    }

    /// Finds the groups of the row in which words of that beginning stand, unless they are known.
    fn find_groups(&mut self, beginning: u32) {
        let after = ROWS.partition_point(|(first, _)| *first <= beginning);
        let Some(row) = after.checked_sub(1) else {
            return;
        };
        if std::mem::replace(&mut self.rows[row], true) {
            return;
        }
        let next = ROWS.get(after).map(|(_, place)| usize::from(place.stem));
        let end = next.unwrap_or(FOLDED.stems.len());
        FOLDED.places(&self.kinds, ROWS[row], end, |beginning, place| {
            *group(&mut self.groups, beginning) = Group {
                beginning,
                folded: Some(place),
            };
        });
    }
}

/// The slot to begin with for a word of that hash.
#[inline]
fn slot(hash: u64) -> usize {
    (hash >> (64 - SLOTS)) as usize
}

/// The group of that beginning, or the empty one that may become it.
fn group(groups: &mut [Group], beginning: u32) -> &mut Group {
    let mut place = (eight::mix(0, u64::from(beginning)) >> (64 - GROUPS)) as usize;
    while groups[place].beginning != beginning && groups[place].beginning != 0 {
        place = (place + 1) % (1 << GROUPS);
    }
    &mut groups[place]
}

/// Looks a mark of one ASCII character up; one that is on no list has no classes.
pub fn mark(byte: u8) -> (WordId, Classes) {
    match MARKS.get(usize::from(byte)) {
        Some(mark) => *mark,
        None => (UNLISTED, 0),
    }
}

/// Looks a word up.
#[inline(never)]
pub fn lookup(word: &Word) -> Option<(WordId, Classes)> {
    let (first, rest) = word.parts().split_first()?;
    WORDS.with_borrow_mut(|words| {
        let place = words.place(*first, rest, word.hash(), word.length)?;
        Some(words.entry(place))
    })
}

/// How many words [`Recent`] has room for: 16 KB, half of what a processor keeps nearest by.
const RECENT: usize = 512;

/// The words of up to eight bytes that were looked up last: four of five words are among a text's few
/// hundred most common ones.
#[derive(Debug)]
pub struct Recent {
    latest: [Latest; RECENT],
}

/// A word of up to eight bytes, and what it is.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(8))]
struct Latest {
    word: u64,
    id: WordId,
    classes: Classes,
}

impl Latest {
    /// Makes it what the word is; whether a list has it.
    #[inline(never)]
    fn find(&mut self, word: u64, hash: u64, length: usize) -> bool {
        self.word = word;
        WORDS.with_borrow_mut(|words| {
            let place = words.place(word, &[], hash, length);
            place.is_some_and(|place| {
                (self.id, self.classes) = words.entry(place);
                true
            })
        })
    }
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
        if known.word != word && !known.find(word, hash, length) {
            (known.id, known.classes) = (UNLISTED, guess());
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
