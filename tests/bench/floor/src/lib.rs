//! The yardstick of `./build.sh bench engine`: what no reader of text in WebAssembly goes below.
//!
//! Text comes in, one pass finds the words and looks each up in a small table, comparing it whole.
//! No sentence, no rule, nothing written. Change it only to make it faster at the same work.

use std::cell::RefCell;

/// Longest word that is looked up, in bytes.
const LONGEST: usize = 16;
/// Slots of the table, a power of two. Taught 3,000 words it is a third full.
const SLOTS: usize = 1 << 13;

/// A word in lower case, padded with zeros. Zero is no word.
type Word = [u64; 2];

struct Kernel {
    /// Room for texts. One that is read is followed by [`LONGEST`] zeros, so that its last word ends
    /// and is loaded like the others.
    text: Vec<u8>,
    table: Box<[Word]>,
    hits: u32,
}

thread_local! {
    static KERNEL: RefCell<Kernel> = RefCell::new(Kernel {
        text: Vec::new(),
        table: vec![[0; 2]; SLOTS].into(),
        hits: 0,
    });
}

/// Letters, digits and what is beyond ASCII, apart from the lead byte of “, ’, — and their like.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80 && byte != MARK;
        byte += 1;
    }
    table
};
const MARK: usize = 0xe2;

impl Kernel {
    /// Calls `each` with every word of the first `bytes` bytes, `None` for one that is too long.
    #[inline(always)]
    fn words(text: &mut [u8], bytes: usize, mut each: impl FnMut(Option<Word>)) {
        text[bytes..bytes + LONGEST].fill(0);
        let mut at = 0;
        while at < bytes {
            let first = usize::from(text[at]);
            if !IN_WORD[first] {
                at += if first == MARK { 3 } else { 1 };
                continue;
            }
            let start = at;
            while IN_WORD[usize::from(text[at])] {
                at += 1;
            }
            each(word(text, start, at - start));
        }
    }

    /// The word's slot, or the free one where it would be.
    #[inline(always)]
    fn slot(table: &[Word], [low, high]: Word) -> usize {
        let mixed = (low ^ high.rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut slot = (mixed >> 32) as usize % SLOTS;
        while table[slot] != [0; 2] && table[slot] != [low, high] {
            slot = (slot + 1) % SLOTS;
        }
        slot
    }

    fn teach(&mut self, bytes: usize) {
        Kernel::words(&mut self.text, bytes, |word| {
            if let Some(word) = word {
                self.table[Kernel::slot(&self.table, word)] = word;
            }
        });
    }

    fn read(&mut self, bytes: usize) -> u32 {
        let (mut count, mut hits) = (0, 0);
        Kernel::words(&mut self.text, bytes, |word| {
            count += 1;
            hits += u32::from(word.is_some_and(|w| self.table[Kernel::slot(&self.table, w)] == w));
        });
        self.hits = hits;
        count
    }
}

/// The `length` bytes at `start` in lower case: among the bytes of words bit 5 is the case.
#[inline(always)]
fn word(text: &[u8], start: usize, length: usize) -> Option<Word> {
    let bytes = text.get(start..start + LONGEST)?;
    let half = |from: usize, length: usize| {
        let eight = bytes[from..from + 8]
            .try_into()
            .map_or(0, u64::from_le_bytes);
        let kept = match length {
            0 => 0,
            1..8 => u64::MAX >> (64 - 8 * length),
            _ => u64::MAX,
        };
        (eight | 0x2020_2020_2020_2020) & kept
    };
    (length <= LONGEST).then(|| [half(0, length), half(8, length.saturating_sub(8))])
}

// The names are long because natively `read` would be libc's.

/// Makes room for `bytes` bytes of text; where to write them.
#[unsafe(no_mangle)]
pub extern "C" fn floor_room(bytes: usize) -> *mut u8 {
    KERNEL.with_borrow_mut(|kernel| {
        let enough = kernel.text.len().max(bytes + LONGEST);
        kernel.text.resize(enough, 0);
        kernel.text.as_mut_ptr()
    })
}

/// Puts the words of the text into the table.
#[unsafe(no_mangle)]
pub extern "C" fn floor_teach(bytes: usize) {
    KERNEL.with_borrow_mut(|kernel| kernel.teach(bytes));
}

/// Reads the text: how many words it has.
#[unsafe(no_mangle)]
pub extern "C" fn floor_read(bytes: usize) -> u32 {
    KERNEL.with_borrow_mut(|kernel| kernel.read(bytes))
}

/// How many words of the text last read are in the table.
#[unsafe(no_mangle)]
pub extern "C" fn floor_hits() -> u32 {
    KERNEL.with_borrow(|kernel| kernel.hits)
}
