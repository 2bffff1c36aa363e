//! What several test files need: texts of our own and what must hold for every reading.

#![allow(dead_code)] // each test file uses its part

use std::io::Write;
use std::process::{Command, Output, Stdio};

use hearsay::export::{self, Format, Options};
use hearsay::model::{Category, Reading, Span};
use hearsay::page::{Block, Page, PageInput};

/// A short story with flags of all three categories.
pub const STORY: &str = "\
The night ferry is to close, a senior official at the harbour board told the Gazette on Monday.
“The money was gone by January,” said the official, who asked not to be named.
Fees have risen by 40 per cent since 2019. Clearly, the board wants the matter closed.
It appears to be the oldest ferry on the coast. Theresa Vale, the mayor, said it may sail again.
According to documents seen by the Gazette, some islanders were reportedly promised a bridge.
";

/// Runs the program with `input` on standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // In a thread: the program may answer before it has read all, or not read at all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// What the program printed, if it succeeded.
pub fn printed(arguments: &[&str], input: &[u8]) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// All flags, made at a fixed time.
pub fn everything() -> Options {
    Options {
        min_strength: 0.0,
        categories: Category::ALL.to_vec(),
        include_text: false,
        created: "2026-01-02T03:04:05Z".to_owned(),
    }
}

/// A reading's list as JSON.
pub fn json(page: &Page, reading: &Reading) -> serde_json::Value {
    let list = export::list(page, reading, Format::Json, &everything()).expect("a list");
    serde_json::from_str(&list).expect("JSON")
}

/// A page of paragraphs, as from a browser.
pub fn page_of(texts: &[&str]) -> Page {
    let blocks = texts
        .iter()
        .enumerate()
        .map(|(i, text)| Block {
            text: (*text).into(),
            tag: "p".into(),
            path: vec![0, 1, 2 + i as u32],
            ..Block::default()
        })
        .collect();
    Page::from_input(PageInput {
        blocks,
        ..PageInput::default()
    })
}

/// Panics unless `reading` keeps every promise that a reading makes, also as an exported list.
pub fn check(page: &Page, reading: &Reading) {
    let valid = |span: Span, what: &str| {
        let text = page.text(span.block);
        let words = text.get(span.start as usize..span.end as usize);
        assert!(
            words.is_some_and(|w| !w.is_empty()),
            "{what}: {span:?} is no stretch of {text:?}"
        );
    };
    let is_source = |index: usize| assert!(index < reading.sources.len(), "no source {index}");
    let mut before = None;
    for flag in &reading.flags {
        valid(flag.anchor, "anchor");
        valid(flag.sentence, "sentence");
        assert!(
            flag.sentence.contains(flag.anchor),
            "an anchor leaves its sentence: {flag:?}"
        );
        assert!(
            !page.words(flag.anchor).contains('\n'),
            "an anchor crosses a line end: {flag:?}"
        );
        assert!(!flag.cues.is_empty(), "no cue: {flag:?}");
        for cue in &flag.cues {
            valid(*cue, "cue");
            assert_eq!(
                cue.block, flag.anchor.block,
                "a cue in another block: {flag:?}"
            );
        }
        if let Some(claim) = flag.claim {
            valid(claim, "claim");
        }
        assert_eq!(
            flag.source.is_some(),
            flag.category() == Category::Anonymous,
            "{flag:?}"
        );
        if let Some((index, span)) = flag.source {
            is_source(index);
            if let Some(span) = span {
                valid(span, "source");
            }
        }
        if let hearsay::model::Voice::Source(index) = flag.voice {
            is_source(index);
        }
        assert!((0.0..=1.0).contains(&flag.strength), "{flag:?}");
        assert!(
            !flag.rule.is_empty() && !flag.kind.why().is_empty(),
            "{flag:?}"
        );
        let place = (flag.anchor.block, flag.anchor.start, flag.category());
        assert!(before.is_none_or(|b| b < place), "out of order: {flag:?}");
        before = Some(place);
    }
    for category in Category::ALL {
        let own: Vec<Span> = reading
            .flags
            .iter()
            .filter(|f| f.category() == category)
            .map(|f| f.anchor)
            .collect();
        for pair in own.windows(2) {
            assert!(
                !pair[0].overlaps(pair[1]),
                "{category:?} anchors overlap: {pair:?}"
            );
        }
    }
    for attribution in &reading.attributions {
        is_source(attribution.source);
        let spans = attribution
            .source_span
            .iter()
            .chain(&attribution.cue)
            .chain(&attribution.content);
        spans.for_each(|span| valid(*span, "attribution"));
        assert!(!attribution.cue.is_empty(), "{attribution:?}");
    }
    for (index, source) in reading.sources.iter().enumerate() {
        source
            .mentions
            .iter()
            .for_each(|span| valid(*span, "mention"));
        let claims = reading
            .attributions
            .iter()
            .filter(|a| a.source == index && a.conveys)
            .count();
        assert_eq!(source.claims as usize, claims, "claims of {source:?}");
    }
    if !reading.readable {
        assert!(
            reading.flags.is_empty(),
            "flags in a language that isn't read"
        );
    }
    check_list(page, reading);
}

/// Every offset of the exported list leads to the words it is said to hold.
fn check_list(page: &Page, reading: &Reading) {
    let whole: Vec<char> = page.whole_text().chars().collect();
    let list = json(page, reading);
    let mut ids = std::collections::HashSet::new();
    for flag in list["flags"].as_array().expect("flags") {
        assert!(
            ids.insert(flag["id"].as_str().expect("an id").to_owned()),
            "an id twice: {flag}"
        );
        let quotes = [&flag["anchor"], &flag["source"], &flag["claim"]];
        for quote in quotes
            .into_iter()
            .chain(flag["cues"].as_array().expect("cues"))
        {
            let (Some(start), Some(end)) = (quote["start"].as_u64(), quote["end"].as_u64()) else {
                continue;
            };
            let words: String = whole[start as usize..end as usize].iter().collect();
            let flat = |text: &str| text.replace(['\n', '\r'], " ");
            assert_eq!(flat(quote["exact"].as_str().expect("words")), flat(&words));
        }
    }
}

/// A small deterministic generator (xorshift64*), so that every failure can be seen again.
pub struct Random(pub u64);

impl Random {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    /// One of `all`.
    pub fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// What token soup is made of: words that rules look for, marks, and what breaks careless code.
pub const TOKENS: &[&str] = &[
    "officials",
    "said",
    "a",
    "senior",
    "aide",
    "who",
    "asked",
    "not",
    "to",
    "be",
    "named",
    "told",
    "Reuters",
    "according",
    "sources",
    "familiar",
    "with",
    "the",
    "matter",
    "it",
    "is",
    "was",
    "reported",
    "that",
    "believed",
    "he",
    "she",
    "they",
    "may",
    "might",
    "could",
    "reportedly",
    "allegedly",
    "likely",
    "appears",
    "seems",
    "if",
    "true",
    "clearly",
    "of",
    "course",
    "everyone",
    "knows",
    "rose",
    "14",
    "percent",
    "%",
    "$3.5",
    "million",
    "will",
    "collapse",
    "most",
    "corrupt",
    "never",
    "led",
    "because",
    "wants",
    "lied",
    "Maria",
    "Lopez",
    "Dr.",
    "U.S.",
    "Mr.",
    "the White House",
    "police",
    "documents",
    "seen",
    "by",
    "studies",
    "suggest",
    "critics",
    "argue",
    "some",
    "about",
    "an",
    "estimated",
    "as",
    "many",
    "no",
    "doubt",
    ".",
    ".",
    ".",
    ",",
    ",",
    "?",
    "!",
    "…",
    "...",
    ":",
    ";",
    "—",
    "-",
    "“",
    "”",
    "\"",
    "‘",
    "’",
    "'",
    "(",
    ")",
    "[",
    "]",
    "«",
    "»",
    "\u{a0}",
    "\t",
    "\r",
    "\u{0}",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}",
    "\u{2066}",
    "😀",
    "👩‍👩‍👧",
    "e\u{301}",
    "ﬁ",
    "İ",
    "ß",
    "字",
    "يقول",
    "\u{fffd}",
    "\u{10ffff}",
    "n't",
    "don’t",
    "’s",
    "1,204",
    "3.14",
    "1st",
    "A.",
    "e.g.",
    "No.",
    "x\u{300}\u{301}\u{302}",
];

/// `count` random tokens; a line end now and then.
pub fn soup(random: &mut Random, count: usize) -> String {
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(random.pick(TOKENS));
        match random.below(40) {
            0 => text.push('\n'),
            1 | 2 => {}
            _ => text.push(' '),
        }
    }
    text
}
