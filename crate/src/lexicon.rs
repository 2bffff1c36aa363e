//! Word classes: which lists of `data/words` a word is on, and in which form.
//!
//! The tables are baked by `build.rs`. A class is one bit of a [`Classes`] set; the constants are
//! named after the files and their tags: `nouns-person.txt` gives `PERSON`, its tag `vague` gives
//! `PERSON_VAGUE`. Every noun list gives `NOUN` too, every verb list `VERB`, and inflection gives
//! `SINGULAR`, `PLURAL`, `BASE`, `THIRD`, `PAST`, `PARTICIPLE` and `ING`.

/// A set of word classes.
pub type Classes = u128;

#[allow(missing_docs, dead_code)]
mod tables {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
pub use tables::*;

/// A word of the tables; `UNLISTED` for all others.
pub type WordId = u16;
/// The id of words that no list holds.
pub const UNLISTED: WordId = u16::MAX;

/// FNV-1a, 32 bits; `build.rs` fills the slots with the same.
fn hash(word: &[u8]) -> u32 {
    word.iter().fold(0x811c_9dc5, |h, b| {
        (h ^ u32::from(*b)).wrapping_mul(0x0100_0193)
    })
}

/// Where word `id` stands in the table's text, and how long it is, in bytes.
fn place(id: usize) -> (usize, usize) {
    let run = id / 16;
    let before: usize = LENGTHS[run * 16..id].iter().map(|l| *l as usize).sum();
    (RUNS[run] as usize + before, LENGTHS[id] as usize)
}

/// Looks a lower-case word up.
pub fn lookup(word: &[u8]) -> Option<(WordId, Classes)> {
    let mask = SLOTS.len() - 1;
    let mut slot = hash(word) as usize & mask;
    loop {
        let id = *SLOTS.get(slot)?;
        if id == UNLISTED {
            return None;
        }
        let (start, length) = place(id as usize);
        if TEXT.as_bytes().get(start..start + length) == Some(word) {
            return Some((id, SETS[SET_OF[id as usize] as usize]));
        }
        slot = (slot + 1) & mask;
    }
}
