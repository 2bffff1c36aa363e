//! Which blocks are main text.

use crate::page::Page;

/// One flag per block: whether it is headline, deck, caption or body.
pub fn main_blocks(page: &Page) -> Vec<bool> {
    vec![true; page.input.blocks.len()]
}
