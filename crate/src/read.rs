//! The whole way from a page to a [`Reading`].

use crate::block::{self, Parsed};
use crate::model::Reading;
use crate::page::Page;
use crate::{flags, language, maintext, sources};

/// Reads a page. Never fails: what can't be read has no flags.
pub fn read(page: &Page) -> Reading {
    let main = maintext::main_blocks(page);
    let language = language::of_page(page, &main);
    let mut reading = Reading {
        language: language.tag,
        readable: language.readable,
        ..Reading::default()
    };
    let mut parsed: Vec<Option<Parsed>> = Vec::with_capacity(main.len());
    for (block, main) in page.input.blocks.iter().zip(&main) {
        let analysis = main.then(|| block::parse(&block.text));
        if let Some(analysis) = &analysis {
            reading.words += analysis
                .tokens
                .iter()
                .filter(|t| !t.any(crate::lexicon::PUNCT))
                .count() as u32;
            reading.sentences += analysis.sentences.len() as u32;
        }
        parsed.push(analysis.filter(|_| language.readable));
    }
    let (ledger, attributions, resolved) = sources::resolve(page, &parsed);
    reading.flags = flags::collect(page, &parsed, &resolved);
    reading.sources = ledger;
    reading.attributions = attributions;
    reading
}
