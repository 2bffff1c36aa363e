//! What is a flag: every case of `cases/flags.txt`.

use hearsay::model::{Category, Kind, Voice};
use hearsay::page::{Block, Landmarks, Page, PageInput};
use hearsay::read::read;

#[test]
fn cases_hold() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("cases/flags.txt")
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        count += 1;
        let (wanted, text) = line.split_once(" | ").expect("KIND | text");
        let anchor = text
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(anchor, _)| anchor);
        // Where nothing is to be found, brackets are the text's own.
        let plain = if wanted.starts_with("no ") {
            text.to_owned()
        } else {
            text.replace(['[', ']'], "")
        };
        let page = Page::from_text(&plain.replace(" // ", "\n"), false);
        let flags: Vec<_> = read(&page)
            .flags
            .into_iter()
            .filter(|f| f.strength >= 0.5)
            .collect();
        let seen: Vec<_> = flags
            .iter()
            .map(|f| (f.kind.name(), page.words(f.anchor)))
            .collect();
        let fits = match wanted.strip_prefix("no ") {
            Some(category) => {
                let category = Category::from_name(category).expect("a category");
                flags.iter().all(|f| f.category() != category)
            }
            None => {
                let anchor = anchor.expect("an anchor in brackets");
                seen.iter()
                    .any(|(kind, words)| *kind == wanted && *words == anchor)
            }
        };
        if !fits {
            wrong.push(format!("{line}\n    found {seen:?}"));
        }
    }
    assert!(count > 60, "only {count} cases read");
    assert!(
        wrong.is_empty(),
        "{} of {count} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_block_set_off_as_a_quotation_speaks_for_its_source() {
    let block = |text: &str, within: &[&str]| Block {
        text: text.into(),
        tag: "p".into(),
        within: within
            .iter()
            .map(|w| Landmarks::of(w))
            .fold(Landmarks::default(), Landmarks::and),
        ..Block::default()
    };
    let page = Page::from_input(PageInput {
        blocks: vec![
            block(
                "Anselm Roake wrote to the islanders last week and said that the wall was old:",
                &[],
            ),
            block(
                "It is possible that this takes a year. The ban led to a surge in smuggling.",
                &["blockquote"],
            ),
        ],
        language: Some("en".to_owned()),
        ..PageInput::default()
    });
    let reading = read(&page);
    let kinds: Vec<_> = reading.flags.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [Kind::Likelihood]);
    let Voice::Source(source) = reading.flags[0].voice else {
        panic!("{:?}", reading.flags[0].voice)
    };
    assert_eq!(reading.sources[source].label, "Anselm Roake");
}
