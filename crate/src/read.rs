//! The whole way from a page to a [`Reading`].

use crate::model::Reading;
use crate::page::Page;
use crate::{language, maintext};

/// Reads a page. Never fails: what can't be read has no flags.
pub fn read(page: &Page) -> Reading {
    let main = maintext::main_blocks(page);
    let language = language::of_page(page, &main);
    let mut reading = Reading { language: language.tag, readable: language.readable, ..Reading::default() };
    for (block, _) in page.input.blocks.iter().zip(&main).filter(|(_, main)| **main) {
        reading.words += block.text.split_whitespace().count() as u32;
    }
    reading
}
