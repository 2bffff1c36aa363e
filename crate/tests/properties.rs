//! What must hold for every text: checked on news-like texts made of pieces, and on any strings.

mod common;

use common::promises::PROMISES;
use common::{check, page_of};
use hearsay::model::Attribution;
use hearsay::page::Page;
use hearsay::read::{Reader, read};
use hearsay::trace::trace;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Names, roles, cues, claims and marks, balanced or not, with characters of one to four bytes.
const PIECES: &[&str] = &[
    "Theresa Vale",
    "Dr Anselm Roake",
    "the mayor",
    "a senior official",
    "officials",
    "he",
    "they",
    "the spokesman",
    "some experts",
    "the Harbour Board",
    "documents",
    "who asked not to be named",
    "said",
    "told the Gazette",
    "according to",
    "was reportedly",
    "it is believed that",
    "accused",
    "clearly",
    "may",
    "about 40 per cent",
    "the oldest ferry",
    "the bridge will fail",
    "because",
    "“",
    "”",
    "\"",
    "‘",
    "’",
    "'s",
    "«",
    "(",
    ")",
    ",",
    ".",
    ":",
    ";",
    "—",
    "?",
    "and",
    "that",
    "😀",
    "e\u{301}",
    "\u{ad}",
    "\u{200b}",
    "\u{a0}",
    "İ",
    "ß",
    "日本",
    "\u{202e}",
    "n't",
    "U.S.",
];

fn news() -> impl Strategy<Value = String> {
    vec(select(PIECES), 1..30).prop_map(|p| p.join(" "))
}

fn paragraph() -> impl Strategy<Value = String> {
    prop_oneof![4 => news(), 1 => any::<String>(), 1 => vec(select(PIECES), 1..20).prop_map(|p| p.concat())]
}

fn story() -> impl Strategy<Value = Vec<String>> {
    vec(paragraph(), 1..5)
}

/// The page as a browser gives it.
fn page(texts: &[String]) -> Page {
    page_of(&texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The page as plain text, of which every line is main text.
fn plain(texts: &[String]) -> Page {
    Page::from_text(&texts.join("\n"), false)
}

/// In front of the made texts: enough English that the language is settled.
const ENGLISH: &str =
    "The council met on Monday and the work on the road was put off until the end of the year.";

fn settled(texts: &[String]) -> Vec<String> {
    std::iter::once(ENGLISH.to_owned())
        .chain(texts.iter().cloned())
        .collect()
}

/// Paragraphs without names, sources and quotation marks.
const UNRELATED: &[&str] = &[
    "The road runs along the river and past the old mill.",
    "It rained in the valley, and the roads were wet.",
    "There are two benches in the park, and both of them are green.",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_reading_keeps_its_promises(texts in story()) {
        for page in [page(&settled(&texts)), plain(&settled(&texts))] {
            check(&page, &read(&page));
        }
    }

    #[test]
    fn what_was_read_before_changes_nothing(before in story(), texts in story()) {
        let (other, page) = (plain(&settled(&before)), plain(&settled(&texts)));
        let mut reader = Reader::default();
        reader.read(&other);
        prop_assert_eq!(reader.read(&page), read(&page));
        prop_assert_eq!(reader.read(&other), read(&other));
    }

    #[test]
    fn a_page_in_batches_is_read_as_in_one(texts in story(), more in story()) {
        let texts = settled(&[texts, more].concat());
        let mut reader = Reader::default();
        // The page grows block by block, as the extension sends it while it loads.
        for end in 1..=texts.len() {
            let page = page(&texts[..end]);
            prop_assert_eq!(reader.read(&page), read(&page));
        }
        // A part of it alone, then all of it: what is kept of a block doesn't know its neighbours.
        reader.read(&page(&texts[texts.len() / 2..]));
        prop_assert_eq!(reader.read(&page(&texts)), read(&page(&texts)));
    }

    #[test]
    fn the_same_text_gives_the_same_reading_and_trace(texts in story()) {
        let page = plain(&settled(&texts));
        prop_assert_eq!(read(&page), read(&page));
        prop_assert_eq!(trace(&page), trace(&page));
    }

    #[test]
    fn an_unrelated_paragraph_after_changes_nothing_before(
        texts in story(),
        unrelated in select(UNRELATED),
    ) {
        let mut texts = settled(&texts);
        let page = plain(&texts);
        let (blocks, before) = (page.input.blocks.len() as u32, read(&page));
        texts.push(unrelated.to_owned());
        let mut after = read(&plain(&texts));
        after.flags.retain(|f| f.anchor.block < blocks);
        prop_assert_eq!(after.flags, before.flags);
        prop_assert_eq!(after.sources, before.sources);
        // Content after a colon at a block's end is the next block, whatever it is.
        let placed = |all: &[Attribution]| -> Vec<_> {
            all.iter().map(|a| (a.source, a.source_span, a.cue.clone(), a.conveys)).collect()
        };
        prop_assert_eq!(placed(&after.attributions), placed(&before.attributions));
    }
}

#[test]
fn the_pieces_make_flags_and_attributions() {
    let reading = read(&plain(&[
        ENGLISH.to_owned(),
        "a senior official told the Gazette that the bridge will fail .".to_owned(),
        "officials said they may close the oldest ferry .".to_owned(),
    ]));
    assert!(reading.readable, "{}", reading.language);
    assert!(reading.flags.len() > 2, "{:?}", reading.flags);
    assert!(reading.attributions.len() > 1, "{:?}", reading.attributions);
}

/// What the fuzzer asks of any bytes is asked of some here.
#[test]
fn any_bytes_keep_every_promise() {
    for (name, promise) in PROMISES {
        let mut runner = TestRunner::new_with_rng(
            ProptestConfig {
                cases: 150,
                failure_persistence: None,
                ..ProptestConfig::default()
            },
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        );
        let asked = runner.run(&vec(any::<u8>(), 0..600), |bytes| {
            promise(&bytes);
            Ok(())
        });
        asked.unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}
