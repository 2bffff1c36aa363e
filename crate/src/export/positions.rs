//! From byte offsets in a block to Unicode code points in the whole text.

use crate::model::Span;
use crate::page::Page;

/// Bytes between two counts that are kept.
const STEP: usize = 64;

/// Counts code points. Each block is counted once, when first asked for, so a list over a text of
/// `n` bytes costs `O(n)` however many positions it holds.
pub struct Positions<'a> {
    page: &'a Page,
    /// For each block already counted: the code points before every `STEP`th byte.
    counts: Vec<Option<Vec<u32>>>,
}

impl<'a> Positions<'a> {
    /// Positions in the whole text of `page`.
    pub fn new(page: &'a Page) -> Positions<'a> {
        Positions {
            page,
            counts: vec![None; page.input.blocks.len()],
        }
    }

    /// Start and end of a span in code points from the start of the whole text.
    pub fn of(&mut self, span: Span) -> (usize, usize) {
        (
            self.at(span.block, span.start),
            self.at(span.block, span.end),
        )
    }

    /// One byte offset of a block in code points from the start of the whole text.
    pub fn at(&mut self, block: u32, byte: u32) -> usize {
        let before = self.page.offset(block as usize);
        before + self.within(block, byte)
    }

    fn within(&mut self, block: u32, byte: u32) -> usize {
        let bytes = self.page.text(block).as_bytes();
        let byte = (byte as usize).min(bytes.len());
        let Some(slot) = self.counts.get_mut(block as usize) else {
            return 0;
        };
        let counts = slot.get_or_insert_with(|| {
            let mut so_far = 0;
            bytes
                .chunks(STEP)
                .map(|chunk| {
                    let before = so_far;
                    so_far += starts(chunk) as u32;
                    before
                })
                .collect()
        });
        let step = (byte / STEP).min(counts.len().saturating_sub(1));
        counts.get(step).map_or(0, |n| *n as usize) + starts(&bytes[step * STEP..byte])
    }
}

/// How many code points start in these bytes: all bytes but UTF-8's continuation bytes.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_of_a_mixed_text() {
        let text = "a\u{301} 😀 “ß” 字 \u{202e}x ".repeat(40);
        let page = Page::from_text(&format!("first\n{text}\n"), false);
        let mut positions = Positions::new(&page);
        for (chars, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(positions.at(1, byte as u32), 6 + chars);
        }
        assert_eq!(positions.at(1, text.len() as u32), 6 + text.chars().count());
    }

    #[test]
    fn outside_is_clamped() {
        let page = Page::from_text("abc", false);
        let mut positions = Positions::new(&page);
        assert_eq!(positions.at(0, 99), 3);
        assert_eq!(positions.at(9, 1), 0);
    }

    #[test]
    fn exactly_one_step_long() {
        let page = Page::from_text(&"x".repeat(STEP * 2), false);
        assert_eq!(Positions::new(&page).at(0, (STEP * 2) as u32), STEP * 2);
    }
}
