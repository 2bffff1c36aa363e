//! Eight bytes at a time: what a word is made of, told for eight of its bytes in a few operations.
//!
//! A number holds eight bytes, the first one lowest; an answer has the highest bit of each byte set
//! for which it is yes (Warren, Hacker's Delight, 2nd ed., ch. 6). Bytes that aren't ASCII are
//! neither letters nor digits here.

use std::hash::{BuildHasherDefault, Hasher};

/// The highest bit of every byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// One in every byte.
const ONES: u64 = 0x0101_0101_0101_0101;

/// The eight bytes from `at`; zero where `bytes` have ended.
#[inline]
pub fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at.wrapping_add(8)).map(<[u8; 8]>::try_from) {
        Some(Ok(eight)) => u64::from_le_bytes(eight),
        _ => last(bytes, at),
    }
}

/// Fewer than eight bytes.
#[cold]
#[inline(never)]
fn last(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default().iter().rev();
    rest.fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Takes eight more bytes into a hash (multiplicative hashing, Knuth, TAOCP vol. 3, 6.4): its highest
/// bits are the good ones. `build.rs` does the same.
#[inline]
pub fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(32) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A hash of all bytes.
pub fn hash(bytes: &[u8]) -> u64 {
    hash_of(bytes, |word| word)
}

/// The hash of the text in lower case.
pub fn hash_lower_case(text: &str) -> u64 {
    if text.is_ascii() {
        hash_of(text.as_bytes(), lower_case)
    } else {
        hash(text.to_lowercase().as_bytes())
    }
}

#[inline]
fn hash_of(bytes: &[u8], change: impl Fn(u64) -> u64) -> u64 {
    let words = (0..bytes.len())
        .step_by(8)
        .map(|at| change(load(bytes, at)));
    let hash = words.fold(bytes.len() as u64, mix);
    // All bits are asked for: what only the high ones know comes down.
    mix(0, hash ^ hash >> 32)
}

/// For tables whose keys no page chooses: numbers, and hashes of texts.
pub type Fast = BuildHasherDefault<Numbers>;

/// A hash of numbers.
#[derive(Clone, Copy, Default)]
pub struct Numbers(u64);

impl Hasher for Numbers {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, hash(bytes));
    }

    fn write_u32(&mut self, key: u32) {
        self.0 = mix(self.0, u64::from(key));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = mix(self.0, key);
    }
}

/// The first `count` of eight bytes, zero after them.
#[inline]
pub fn first(word: u64, count: usize) -> u64 {
    if count >= 8 {
        word
    } else {
        word & ((1 << (8 * count)) - 1)
    }
}

/// Which bytes lie between `from` and `to`, both ASCII.
#[inline]
fn between(word: u64, from: u8, to: u8) -> u64 {
    let ascii = word & !HIGH;
    let reached = ascii + ONES * u64::from(0x80 - from);
    let passed = ascii + ONES * u64::from(0x7f - to);
    reached & !passed & !word & HIGH
}

/// Which bytes are capital letters.
#[inline]
pub fn capitals(word: u64) -> u64 {
    between(word, b'A', b'Z')
}

/// Which bytes are letters.
#[inline]
pub fn letters(word: u64) -> u64 {
    between(word | (ONES * 0x20), b'a', b'z')
}

/// The letters that eight bytes begin with, made small, and zero after them; how many they are.
#[inline]
pub fn leading_letters(word: u64) -> (u64, usize) {
    let others = !letters(word) & HIGH;
    // Ones below the byte of the first other one; where there is none, the borrow gives ones all over.
    let kept = ((others & others.wrapping_neg()) >> 7).wrapping_sub(1);
    let count = others.trailing_zeros() as usize / 8;
    ((word | (ONES * 0x20)) & kept, count)
}

/// How many of the first bytes are letters or digits.
#[inline]
pub fn leading_alphanumerics(word: u64) -> usize {
    let alphanumeric = letters(word) | between(word, b'0', b'9');
    (!alphanumeric & HIGH).trailing_zeros() as usize / 8
}

/// How many UTF-16 units a text of these bytes has: one for each byte that begins a character, and one
/// more for each that begins one of four bytes.
pub fn utf16_units(text: &[u8]) -> u32 {
    let units = (0..text.len()).step_by(8).map(|at| {
        let word = load(text, at);
        let goes_on = word & !(word << 1) & HIGH;
        let of_four = word & (word << 1) & (word << 2) & (word << 3) & HIGH;
        of_four.count_ones().wrapping_sub(goes_on.count_ones())
    });
    units.fold(text.len() as u32, u32::wrapping_add)
}

/// The bytes with capital letters made small.
#[inline]
pub fn lower_case(word: u64) -> u64 {
    word | (capitals(word) >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_told_as_the_standard_library_does() {
        for byte in 0..=255u8 {
            for other in [0, b'a', b'Z', b'5', 0x7f, 0x80, 0xff] {
                let bytes = [byte, other, byte, byte, other, other, byte, other];
                let word = load(&bytes, 0);
                let answer = |is: fn(&u8) -> bool| {
                    let yes = bytes.iter().rev().map(|b| if is(b) { 0x80 } else { 0 });
                    yes.fold(0, |sum, bit| (sum << 8) | bit)
                };
                assert_eq!(capitals(word), answer(u8::is_ascii_uppercase));
                assert_eq!(letters(word), answer(u8::is_ascii_alphabetic));
                let run = bytes.iter().take_while(|b| b.is_ascii_alphanumeric());
                assert_eq!(leading_alphanumerics(word), run.count());
                let run = bytes.iter().take_while(|b| b.is_ascii_alphabetic());
                let run = run.count();
                let small = bytes.map(|b| b.to_ascii_lowercase());
                assert_eq!(lower_case(word).to_le_bytes(), small);
                assert_eq!(leading_letters(word), (first(load(&small, 0), run), run));
            }
        }
    }

    #[test]
    fn units_are_those_of_utf16() {
        let text = "“Été” — 🙂 is 1 of 2 👩‍👩‍👧, \u{7ff}\u{800}\u{ffff}\u{10ffff}.";
        for (start, _) in text.char_indices() {
            for (end, _) in text.char_indices().filter(|(end, _)| *end >= start) {
                let part = &text[start..end];
                let units = utf16_units(part.as_bytes()) as usize;
                assert_eq!(units, part.encode_utf16().count(), "{part}");
            }
        }
    }

    #[test]
    fn what_lies_past_the_end_is_zero() {
        assert_eq!(load(b"abc", 1), u64::from_le_bytes(*b"bc\0\0\0\0\0\0"));
        assert_eq!(load(b"abc", 9), 0);
        assert_eq!(first(u64::MAX, 2), 0xffff);
        assert_eq!(first(u64::MAX, 8), u64::MAX);
        assert_ne!(hash(b"abc"), hash(b"abc\0"));
    }

    #[test]
    fn a_text_has_the_hash_of_its_small_letters() {
        for text in [
            "",
            "The Harbour BOARD’s [Clerk]",
            "The Harbour BOARD",
            "ÉTÉ",
        ] {
            let small = text.to_lowercase();
            assert_eq!(hash_lower_case(text), hash(small.as_bytes()), "{text}");
        }
        assert_ne!(hash_lower_case("abc"), hash_lower_case("abd"));
    }
}
