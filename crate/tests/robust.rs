//! Nothing a page holds may make the engine panic, hang or misplace.

mod common;

use common::promises::{STEPS, cards, read_and_count};
use common::{Random, STORY, TOKENS, check, page_of, soup};
use hearsay::page::{Block, Landmarks, Page, PageInput};
use hearsay::read::{Reader, read};
use hearsay::trace::trace;

/// Reads, checks every promise, and makes every card.
fn read_and_check(page: &Page) -> usize {
    let reading = read(page);
    check(page, &reading);
    cards(page, &reading);
    reading.flags.len()
}

#[test]
fn nothing_at_all() {
    for text in [
        "", "\n", "\r\n\r\n", " ", "\u{feff}", "\0", ".", "“", "”", "\"", "'", "…",
    ] {
        assert_eq!(read_and_check(&Page::from_text(text, false)), 0, "{text:?}");
        read_and_check(&Page::from_text(text, true));
        read_and_check(&page_of(&[text]));
    }
    assert_eq!(read_and_check(&Page::default()), 0);
}

#[test]
fn token_soup() {
    for seed in 1..=60 {
        let text = soup(&mut Random(seed), 400);
        read_and_check(&Page::from_text(&text, false));
        read_and_check(&Page::from_text(&text, true));
        let lines: Vec<&str> = text.lines().collect();
        read_and_check(&page_of(&lines));
    }
}

#[test]
fn token_soup_explained() {
    for seed in 1..=60 {
        let page = Page::from_text(&soup(&mut Random(seed), 400), false);
        let flags = trace(&page).matches("\n    FLAG ").count();
        assert_eq!(flags, read(&page).flags.len(), "seed {seed}");
    }
}

#[test]
fn every_token_at_every_edge() {
    for token in TOKENS {
        for text in [
            format!("{token}Officials said it may rain."),
            format!("Officials {token} said it may rain."),
            format!("Officials said{token}it may rain."),
            format!("Officials said it may rain.{token}"),
            format!("“Officials said it may{token}”"),
        ] {
            read_and_check(&Page::from_text(&text, false));
        }
    }
}

#[test]
fn a_story_cut_anywhere() {
    for (at, _) in STORY.char_indices() {
        read_and_check(&Page::from_text(&STORY[..at], false));
        read_and_check(&Page::from_text(&STORY[at..], true));
    }
}

#[test]
fn five_megabytes_of_story() {
    let text = STORY.repeat(5_000_000 / STORY.len());
    let flags = read_and_check(&Page::from_text(&text, false));
    assert!(flags > 10_000, "{flags}");
}

#[test]
fn one_line_of_two_megabytes() {
    let line = STORY.replace('\n', " ").repeat(2_000_000 / STORY.len());
    assert!(read_and_check(&Page::from_text(&line, false)) > 5_000);
    for unit in [
        "x",
        "said ",
        "officials ",
        "“",
        "(",
        ".",
        "may ",
        "\u{301}",
        "😀",
        "a, ",
        "said that he said that ",
    ] {
        read_and_check(&Page::from_text(
            &unit.repeat(2_000_000 / unit.len()),
            false,
        ));
    }
}

#[test]
fn soup_of_two_megabytes_without_line_ends() {
    let text = soup(&mut Random(99), 400_000).replace('\n', " ");
    read_and_check(&Page::from_text(&text, false));
}

#[test]
fn ten_thousand_blocks() {
    let lines: Vec<&str> = STORY.lines().collect();
    let texts: Vec<&str> = lines.iter().copied().cycle().take(10_000).collect();
    assert!(read_and_check(&page_of(&texts)) > 5_000);
}

#[test]
fn ten_thousand_nested_elements() {
    let blocks = (0..10_000u32)
        .map(|i| Block {
            text: format!("Level {i}: officials said it may rain, and it might be so for days.")
                .into(),
            tag: "div".into(),
            path: (i.saturating_sub(23)..=i).collect(),
            ..Block::default()
        })
        .collect();
    read_and_check(&Page::from_input(PageInput {
        blocks,
        ..PageInput::default()
    }));
}

#[test]
fn facts_about_blocks_that_make_no_sense() {
    let mut random = Random(5);
    for _ in 0..200 {
        let blocks = (0..12)
            .map(|_| {
                let count = random.below(40);
                let mut range = || {
                    let number = |random: &mut Random| match random.below(4) {
                        0 => u32::MAX,
                        _ => random.below(200) as u32,
                    };
                    (number(&mut random), number(&mut random))
                };
                let (links, marks) = (vec![range(), range()], vec![range()]);
                Block {
                    text: soup(&mut random, count).replace('\n', " ").into(),
                    tag: ["p", "h1", "li", "", "☃"][random.below(5)].into(),
                    path: (0..random.below(30))
                        .map(|_| random.below(9) as u32)
                        .collect(),
                    within: Landmarks::of(["article", "aside", "nav", "", "☃"][random.below(5)]),
                    hint: random.pick(TOKENS).into(),
                    links,
                    marks,
                }
            })
            .collect();
        read_and_check(&Page::from_input(PageInput {
            blocks,
            ..PageInput::default()
        }));
    }
}

/// Rows without end are the dearest text there is: every cue of a row of nouns that are verbs too was looked for
/// a subject, a listener and a clause to the end of its sentence.
#[test]
fn rows_of_the_same_words_cost_no_more_a_token_the_longer_they_are() {
    for unit in [
        "who ",
        "claims ",
        "documents ",
        "likely lied ",
        "saying ",
        "doubt ",
        "quoted likely ",
        "said that he said ",
        "“said ",
        "‘“said”’ ",
        "(said ",
        "critics who said ",
        "Ruiz, 56, ",
        "of the ",
        "and ",
        "may have been ",
    ] {
        let cost = |words: usize| {
            let text = unit.repeat(words / unit.split(' ').count());
            let mut page = Page::from_text(&text, false);
            page.input.assume = Some("en".to_owned());
            let (_, work) = read_and_count(&page);
            assert!(
                work.tokens > 0 && work.steps <= STEPS * work.tokens,
                "{unit:?}: {work:?}"
            );
            work.steps / work.tokens
        };
        let (short, long) = (cost(2_000), cost(20_000));
        assert!(
            long <= short + short / 10 + 1,
            "{unit:?}: {short} steps a token, then {long}"
        );
    }
}

/// Each bracket may end an aside of the subject; pairing them in every way took hours.
#[test]
fn rows_of_brackets() {
    for brackets in ["() ", "(b) ", "(b), ", "( ", ") ", "(a (b) c) "] {
        for subject in ["They ran", "Officials", "A clerk", "Of it"] {
            let text = format!("{subject} {}said that it fell.", brackets.repeat(150));
            read_and_check(&Page::from_text(&text, false));
        }
    }
    let text = format!("A clerk {}said that it fell.", "(from Vell) ".repeat(3));
    let flags = read(&Page::from_text(&text, false)).flags;
    assert_eq!(flags.len(), 1, "{flags:?}");
}

/// Paragraphs of a made-up story: pieces of news put together at random, quotation marks unbalanced
/// now and then.
fn paragraphs(random: &mut Random, count: usize) -> Vec<String> {
    const WHO: [&str; 12] = [
        "Officials",
        "A senior aide",
        "The aide",
        "Maria Lopez, the mayor,",
        "Lopez",
        "He",
        "They",
        "Two people briefed on the talks",
        "The second official",
        "Leaked minutes",
        "Residents in Zürich",
        "The “source”",
    ];
    const CUE: [&str; 8] = [
        "said",
        "told the Courier that",
        "believe",
        "added:",
        "show",
        "have accused",
        "wrote that",
        "made it clear that",
    ];
    const WHAT: [&str; 8] = [
        "the dam may fail",
        "“nobody looked”",
        "the vote was off",
        "“it held",
        "prices rose 14 percent, and it was reported that they fell",
        "the wall — an old one — moved 🙂",
        "critics were wrong”",
        "he would not resign",
    ];
    (0..count)
        .map(|_| {
            let sentences = (0..1 + random.below(3)).map(|_| {
                let (who, cue) = (WHO[random.below(12)], CUE[random.below(8)]);
                let what = WHAT[random.below(8)];
                match random.below(4) {
                    0 => format!("“{what},” {cue} {who}."),
                    1 => format!("According to {who}, {what}."),
                    _ => format!("{who} {cue} {what}."),
                }
            });
            sentences.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn what_was_read_before_changes_nothing() {
    let mut random = Random(7);
    let mut reader = Reader::default();
    for _ in 0..200 {
        let story = paragraphs(&mut random, 6);
        let whole: Vec<&str> = story.iter().map(String::as_str).collect();
        // The page arrives in two batches, and parts of it were on other pages.
        reader.read(&page_of(&whole[..3]));
        reader.read(&page_of(&whole[2..]));
        let page = page_of(&whole);
        let fresh = read(&page);
        check(&page, &fresh);
        assert_eq!(reader.read(&page), fresh, "{story:?}");
    }
}

#[test]
fn an_unrelated_paragraph_at_the_end_changes_nothing_before_it() {
    let mut random = Random(11);
    for _ in 0..200 {
        let story = paragraphs(&mut random, 5);
        let mut blocks: Vec<&str> = story.iter().map(String::as_str).collect();
        let before = read(&page_of(&blocks));
        blocks.push("It rained in the valley, and the roads were wet.");
        let after = read(&page_of(&blocks));
        let kept: Vec<_> = after.flags.iter().filter(|f| f.anchor.block < 5).collect();
        assert_eq!(kept, before.flags.iter().collect::<Vec<_>>(), "{story:?}");
        assert_eq!(after.sources, before.sources, "{story:?}");
    }
}
