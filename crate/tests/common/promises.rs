//! What must hold whatever comes in, in one place: what tests ask of single pages ([`check`]), what they ask of any
//! bytes ([`PROMISES`]), which property tests and the fuzzer (`crate/fuzz/`) both do, and how bytes
//! become pages ([`Dice`]).

use std::fmt::Write;
use std::rc::Rc;
use std::sync::LazyLock;

use hearsay::explain;
use hearsay::export::{self, Format, Options};
use hearsay::fragment::Finder;
use hearsay::html;
use hearsay::model::{Category, Kind, Reading, Span};
use hearsay::own;
use hearsay::packed;
use hearsay::page::{
    Around, Block, Dismissal, Landmarks, Mark, Page, PageInput, Phrase, Splice, Verdict,
};
use hearsay::panel::{self, Part};
use hearsay::read::{Reader, read};
use hearsay::review;
use hearsay::sourcing::Sourcing;
use hearsay::trace::trace;
use hearsay::work::{self, Work};
use scraper::{Html, Selector};
use serde_json::Value;

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
        valid(flag.cue, "cue");
        assert_eq!(
            flag.cue.block, flag.anchor.block,
            "a cue in another block: {flag:?}"
        );
        if let Some(claim) = flag.claim {
            valid(claim, "claim");
        }
        let own = matches!(flag.rule, "own-phrase" | "reader");
        assert!(
            own || flag.source.is_some() == (flag.category() == Category::Anonymous),
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
        assert!(!flag.rule.is_empty() && !flag.why().is_empty(), "{flag:?}");
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
            .chain([&attribution.cue])
            .chain(&attribution.content);
        spans.for_each(|span| valid(*span, "attribution"));
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

/// Steps that the engine may take for one token, on the whole: news takes some hundred, the worst repetition known half
/// as many as these.
pub const STEPS: u64 = 6000;

/// The reading and what it cost.
pub fn read_and_count(page: &Page) -> (Reading, Work) {
    let before = work::done();
    let reading = read(page);
    let after = work::done();
    let work = Work {
        tokens: after.tokens - before.tokens,
        steps: after.steps - before.steps,
    };
    (reading, work)
}

/// Panics unless `page` can be read, twice alike and in few steps, and whatever is made of the reading is
/// what it should be: [`check`], cards, panel, trace and every format.
pub fn read_and_check(page: &Page) -> Reading {
    let (reading, work) = read_and_count(page);
    // A page of one word costs something too.
    assert!(work.steps <= STEPS * (work.tokens + 10), "{work:?}");
    assert_eq!(read(page), reading, "a second reading is another one");
    check(page, &reading);
    cards(page, &reading);
    copies_and_panel(page, &reading);
    let traced = trace(page);
    assert_eq!(traced.matches("\n    FLAG ").count(), reading.flags.len());
    exports(page, &reading);
    reading
}

/// Panics unless every flag has a card that tells something.
pub fn cards(page: &Page, reading: &Reading) {
    for flag in &reading.flags {
        let card = explain::card(page, reading, flag);
        assert!(!card.words.is_empty() && !card.facts.is_empty(), "{card:?}");
        assert!(
            card.facts
                .iter()
                .all(|f| f.ours.is_some() != f.page.iter().any(|words| !words.trim().is_empty())),
            "{card:?}"
        );
        if let Some(rests) = card.rests {
            assert!(
                rests.index < rests.claims && rests.claims <= rests.total,
                "{rests:?}"
            );
        }
    }
}

/// What is copied of a flag, and the list beside the page.
fn copies_and_panel(page: &Page, reading: &Reading) {
    let finder = Finder::new(page);
    for flag in &reading.flags {
        let directive = finder.to(flag.anchor);
        assert!(
            directive.bytes().all(|b| b.is_ascii_graphic()),
            "{directive}"
        );
        let address = page.input.url.as_deref().unwrap_or("");
        let copy = export::copy::flag(page, reading, flag, address, &directive);
        marked_up(
            &Html::parse_fragment(&copy.html),
            "html body blockquote b p a",
        );
    }
    let flags = reading.flags.as_slice();
    let marks = page.input.marks.as_slice();
    let part = Part {
        first: 0,
        flags,
        marks,
    };
    let panel = panel::panel(page, reading, &[part], &everything());
    assert_eq!(
        panel.flags.len() as u32 + panel.more + panel.dismissed,
        flags.len() as u32
    );
    for entry in &panel.flags {
        let place = entry.place;
        assert!(
            place.document == 0 && place.start < place.end && (0.0..=1.0).contains(&entry.at),
            "{entry:?}"
        );
        let text: Vec<u16> = page.text(place.block).encode_utf16().collect();
        let words = String::from_utf16(&text[place.start as usize..place.end as usize]);
        let anchor = page.words(flags[entry.flag as usize].anchor);
        assert_eq!(words.expect("whole characters"), anchor);
    }
    let bases: u32 = panel.groups.iter().map(|group| group.claims).sum();
    assert_eq!(bases, Sourcing::of(reading).claims());
}

/// Panics unless a document holds nothing but these elements, and nothing in them that acts.
fn marked_up(document: &Html, known: &str) {
    for element in document.tree.values().filter_map(|node| node.as_element()) {
        let name = element.name();
        assert!(known.split(' ').any(|known| known == name), "<{name}>");
        for (attribute, value) in element.attrs() {
            assert!(
                !attribute.starts_with("on") && attribute != "style",
                "{attribute}"
            );
            let web = ["http:", "https:", "#"].iter().any(|start| {
                let start = value
                    .get(..start.len())
                    .filter(|v| v.eq_ignore_ascii_case(start));
                start.is_some()
            });
            assert!(attribute != "href" || web, "href={value}");
        }
    }
}

/// Every format can be written, and a reader of its kind finds in it what the reading holds.
fn exports(page: &Page, reading: &Reading) {
    let options = everything();
    let shown: Vec<_> = reading.flags.iter().filter(|f| !f.dismissed).collect();
    let whole: Vec<char> = page.whole_text().chars().collect();
    for (name, format) in Format::ALL {
        let list = match export::list(page, reading, format, &options) {
            Ok(list) => list,
            Err(why) => {
                let url = page.input.url.as_deref().unwrap_or("").trim();
                let reason = match format {
                    Format::Hypothesis => url.is_empty(),
                    // Phrases of the reader's own are scored against nothing.
                    Format::Gold => reading
                        .flags
                        .iter()
                        .all(|flag| flag.review.is_none() || matches!(flag.kind, Kind::Phrase(_))),
                    _ => false,
                };
                assert!(reason, "{name}: {why}");
                continue;
            }
        };
        let wild = |c: char| c.is_control() && c != '\n';
        match format {
            Format::Json => {
                let list: Value = serde_json::from_str(&list).expect("JSON");
                assert_eq!(list["flags"].as_array().expect("flags").len(), shown.len());
                let sources = list["sources"].as_array().expect("sources");
                assert_eq!(sources.len(), reading.sources.len());
            }
            Format::Csv | Format::CsvBom => {
                let rows = list.strip_prefix(export::csv::BOM).unwrap_or(&list);
                let mut reader = csv::Reader::from_reader(rows.as_bytes());
                let mut count = 0;
                for (row, flag) in reader.records().zip(&shown) {
                    let row = row.expect("as many fields as in the header");
                    assert!(
                        !row.iter()
                            .any(|f| f.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']))
                    );
                    let quote = row[4].strip_prefix('\'').unwrap_or(&row[4]);
                    let same = |(a, b): (char, char)| a == b || a == '\u{fffd}' || b.is_control();
                    let anchor = page.words(flag.anchor);
                    let anchor = anchor.strip_prefix('\'').unwrap_or(anchor);
                    assert!(
                        quote.chars().zip(anchor.chars()).all(same),
                        "{quote:?} {anchor:?}"
                    );
                    count += 1;
                }
                assert_eq!(count, shown.len());
                assert!(reader.records().next().is_none(), "more rows than flags");
            }
            Format::Html => {
                let document = Html::parse_document(&list);
                marked_up(
                    &document,
                    "html head meta title style body header p svg path b main h1 a section div h2 i ul li \
                     table thead tr th tbody td ol use blockquote mark span footer",
                );
                let count = |what: &str| {
                    let selector = Selector::parse(what).expect("a selector");
                    document.select(&selector).count()
                };
                // Marks of the reader's that no flag has any more stand in a list of their own.
                let orphans = review::orphans(&page.input.marks, &reading.flags).count();
                assert_eq!(count("ol > li > blockquote"), shown.len() + orphans);
                assert_eq!(count("script, iframe, form, img"), 0);
            }
            Format::WebAnnotation | Format::Hypothesis => {
                let list: Value = serde_json::from_str(&list).expect("JSON");
                let items = list.pointer("/first/items").unwrap_or(&list["annotations"]);
                let items = items.as_array().expect("annotations");
                assert_eq!(items.len(), shown.len());
                for item in items {
                    let target = item["target"].get(0).unwrap_or(&item["target"]);
                    let selectors = target["selector"].as_array().expect("selectors");
                    let of = |kind: &str| selectors.iter().find(|s| s["type"] == kind);
                    let quote = of("TextQuoteSelector").expect("a quotation");
                    let exact = quote["exact"].as_str().expect("words");
                    assert!(!exact.is_empty());
                    if let Some(place) = of("TextPositionSelector") {
                        let [start, end] =
                            ["start", "end"].map(|e| place[e].as_u64().expect("a place"));
                        let words: String = whole[start as usize..end as usize].iter().collect();
                        assert_eq!(
                            exact.replace(['\n', '\r'], " "),
                            words.replace(['\n', '\r'], " ")
                        );
                    }
                }
            }
            Format::Gold => {
                let list: Value = serde_json::from_str(&list).expect("JSON");
                let text: Vec<char> = list["text"].as_str().expect("a text").chars().collect();
                let parts = ["flags", "wrong"].map(|part| list[part].as_array().expect("flags"));
                for flag in parts.into_iter().flatten() {
                    let [start, end] = [0, 1].map(|i| flag["anchor"][i].as_u64().expect("a place"));
                    let words = text[start as usize..end as usize]
                        .iter()
                        .collect::<String>();
                    assert!(
                        !words.trim().is_empty() && !words.contains('\n'),
                        "{words:?}"
                    );
                }
            }
            Format::Markdown | Format::Text => {
                assert!(!list.contains(wild), "{name}: {list:?}");
            }
        }
    }
}

// ── From bytes to pages ──────────────────────────────────────────────────────────────────────────

/// Bytes that decide. When none are left all decisions are the first there is, so everything ends.
pub struct Dice<'a>(pub &'a [u8]);

impl<'a> Dice<'a> {
    fn more(&self) -> bool {
        !self.0.is_empty()
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// A number below `limit`, of as few bytes as it takes.
    fn below(&mut self, limit: usize) -> usize {
        let mut number = usize::from(self.byte());
        if limit > 256 {
            number = number << 8 | usize::from(self.byte());
        }
        number % limit
    }

    fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Mostly small, at times as large as can be.
    fn number(&mut self) -> u32 {
        match self.byte() {
            255 => u32::MAX,
            254 => self.below(1 << 16) as u32,
            small => u32::from(small),
        }
    }

    fn character(&mut self) -> char {
        let [a, b, c] = [self.byte(), self.byte(), self.byte()].map(u32::from);
        match a % 4 {
            0 | 1 => char::from((b % 0x80) as u8),
            2 => char::from_u32(b << 8 | c).unwrap_or('’'),
            _ => char::from_u32((a >> 4 | 1) << 16 | b << 8 | c).unwrap_or('😀'),
        }
    }

    /// Text that looks like news, more or less: words of the lists, stretches of sentences that rules
    /// match, marks, and what breaks careless code; some of it over and over.
    fn news(&mut self, longest: usize) -> String {
        let mut text = String::new();
        while self.more() && text.len() < longest {
            let start = text.len();
            match self.byte() % 16 {
                0 => break,
                1 => text.push(self.character()),
                2 => text.push_str(self.one(&[". ", ".” ", "? ", ": ", ", ", "; ", " — ", " “"])),
                3..=6 => text.push_str(self.one(TOKENS)),
                7..=10 => text.push_str(self.one(&WORDS)),
                11..=13 => {
                    let sentence = self.one(&SENTENCES);
                    let words: Vec<&str> = sentence.split(' ').collect();
                    let from = self.below(words.len());
                    let count = 1 + self.below(words.len() - from);
                    text.push_str(&words[from..from + count].join(" "));
                }
                14 => text.push_str(self.one(&SENTENCES)),
                _ => {
                    // What was said last once more, and more often.
                    let from = text.len() - text.len().min(1 + self.below(40));
                    let from = (0..=from).rev().find(|at| text.is_char_boundary(*at));
                    let again = text[from.unwrap_or(0)..].to_owned();
                    let times = (1 + self.below(60)).min(longest / again.len().max(1));
                    text.push_str(&again.repeat(times));
                }
            }
            if start < text.len() && self.0.first().is_none_or(|next| next % 8 != 0) {
                text.push(' ');
            }
        }
        text
    }

    fn block(&mut self) -> Block {
        let ranges = |dice: &mut Dice| -> Vec<(u32, u32)> {
            let count = dice.below(256).saturating_sub(250);
            (0..count).map(|_| (dice.number(), dice.number())).collect()
        };
        let facts = self.byte();
        let mut block = Block {
            text: self.news(1200).replace(['\n', '\r'], " ").into(),
            tag: "p".into(),
            ..Block::default()
        };
        if facts.is_multiple_of(4) {
            block.tag = self.one(&["p", "h1", "li", "td", "div", "", "☃"]).into();
            block.path = (0..self.below(30)).map(|_| self.number()).collect();
            block.within = Landmarks::of(self.one(&[
                "",
                "article",
                "aside",
                "nav",
                "footer",
                "figure",
                "blockquote",
            ]));
            block.hint = self
                .one(&["", "story", "comment", "related promo", "☃"])
                .into();
            block.links = ranges(self);
            block.marks = ranges(self);
        }
        block
    }

    /// A page of up to eight blocks, of which the language is mostly settled.
    fn page(&mut self) -> PageInput {
        let facts = self.byte();
        let some = |dice: &mut Dice| Some(dice.news(80)).filter(|_| facts & 1 == 0);
        PageInput {
            url: match facts % 8 {
                0 => some(self),
                1 => Some(format!("javascript:{}", self.news(40))),
                2 => None,
                _ => Some(format!("https://gazette.example/{}", self.news(40))),
            },
            title: some(self),
            assume: (facts % 8 < 6).then(|| "en".to_owned()),
            whole: facts & 16 == 0,
            blocks: (0..1 + self.below(8)).map(|_| self.block()).collect(),
            ..PageInput::default()
        }
    }
}

/// Every form in the word lists.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lists = [
        include_str!("../../data/words/function.txt"),
        include_str!("../../data/words/verbs-speech.txt"),
        include_str!("../../data/words/nouns-person.txt"),
        include_str!("../../data/words/nouns-document.txt"),
        include_str!("../../data/words/nouns-collective.txt"),
        include_str!("../../data/words/adjectives-stance.txt"),
        include_str!("../../data/words/abbreviations.txt"),
        include_str!("../../data/words/anonymity.txt"),
        include_str!("../../data/words/relayed.txt"),
        include_str!("../../data/words/titles.txt"),
        include_str!("../../data/words/units.txt"),
        include_str!("../../data/words/verbs-act.txt"),
    ];
    let lines = lists.iter().flat_map(|list| list.lines());
    let entries = lines.filter(|line| !line.starts_with('#'));
    let forms = entries.filter_map(|entry| entry.split(" |").next());
    forms.filter(|form| !form.trim().is_empty()).collect()
});

/// The examples of all rules, those that match and those that don't.
static SENTENCES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rules = [
        include_str!("../../data/rules/agentless.txt"),
        include_str!("../../data/rules/attribution.txt"),
        include_str!("../../data/rules/details.txt"),
        include_str!("../../data/rules/hedged.txt"),
        include_str!("../../data/rules/unsourced.txt"),
    ];
    let lines = rules.iter().flat_map(|rules| rules.lines());
    lines
        .filter_map(|l| l.strip_prefix("+ ").or(l.strip_prefix("- ")))
        .collect()
});

// ── What is asked of any bytes ───────────────────────────────────────────────────────────────────

/// A promise: it panics if it is broken by what these bytes lead to.
pub type Promise = fn(&[u8]);

/// All of them with their names, which are those of the fuzzer's targets.
pub const PROMISES: [(&str, Promise); 6] = [
    ("news", news),
    ("text", text),
    ("page", page),
    ("changes", changes),
    ("crossing", crossing),
    ("phrases", phrases),
];

/// News-like text, as a page and as a file.
pub fn news(bytes: &[u8]) {
    let mut dice = Dice(bytes);
    let input = dice.page();
    let text: Vec<&str> = input.blocks.iter().map(|b| &*b.text).collect();
    if bytes.len().is_multiple_of(4) {
        read_and_check(&Page::from_text(&text.join("\n"), false));
    } else {
        read_and_check(&Page::from_input(input));
    }
}

/// Any text.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for mut page in [
        Page::from_text(&text, bytes.len().is_multiple_of(2)),
        page_of(&[&text]),
    ] {
        page.input.assume = Some("en".to_owned());
        read_and_check(&page);
    }
}

/// Any HTML in any encoding; or news in elements of all sorts, nested as they come.
pub fn page(bytes: &[u8]) {
    const PIECES: [&str; 40] = [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<article>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=/x>",
        "</a>",
        "<a href='javascript:x'>",
        "<sup>[1]</sup>",
        "<span class=reference>",
        "</span>",
        "<br>",
        "<li>",
        "<table><tr><td>",
        "</table>",
        "<aside>",
        "</aside>",
        "<nav>",
        "<script>",
        "</script>",
        "<style>",
        "<template>",
        "</template>",
        "<svg><title>",
        "<math><mi>",
        "<select><option>",
        "<p hidden>",
        "<p style='display:none'>",
        "<span style='display:block;float:left'>",
        "<details>",
        "<summary>",
        "<!--",
        "-->",
        "<textarea>",
        "&amp;&nbsp;&#x1F600;&",
        "<frameset>",
    ];
    let html = if bytes.len().is_multiple_of(2) {
        html::decode(bytes).0.into_owned()
    } else {
        let mut dice = Dice(bytes);
        let mut html = String::new();
        while dice.more() && html.len() < 4000 {
            html.push_str(dice.one(&PIECES));
            if dice.byte() % 2 == 0 {
                html.push_str(&dice.news(300));
            }
        }
        html
    };
    let input = html::page(&html);
    assert!(input.blocks.len() <= 60_000);
    for block in &input.blocks {
        let units = block.text.encode_utf16().count() as u32;
        assert!(
            units > 0 && block.text.trim_matches(' ') == &*block.text,
            "{block:?}"
        );
        assert!(
            !block.text.contains(['\n', '\r', '\t']) && !block.text.contains("  "),
            "{block:?}"
        );
        assert!(
            block.path.len() <= 24 && block.path.is_sorted_by(|a, b| a < b),
            "{block:?}"
        );
        assert!(block.hint.encode_utf16().count() <= 200, "{block:?}");
        for ranges in [&block.links, &block.marks] {
            assert!(
                ranges
                    .iter()
                    .all(|(start, end)| start < end && *end <= units),
                "{block:?}"
            );
            assert!(ranges.is_sorted_by(|a, b| a.1 < b.0), "{block:?}");
        }
    }
    read_and_check(&Page::from_input(PageInput {
        assume: Some("en".to_owned()),
        ..input
    }));
}

/// A page that changes is, after each change, read like the same blocks that come at once.
pub fn changes(bytes: &[u8]) {
    let mut dice = Dice(bytes);
    let mut reader = Reader::default();
    let mut input = dice.page();
    let mut blocks = input.blocks.clone();
    for _ in 0..1 + dice.below(4) {
        let mut splices = Vec::new();
        let mut at = 0;
        while splices.is_empty() || dice.byte() % 4 == 1 {
            at += dice.below(4);
            let remove = dice.below(3);
            let new = (0..dice.below(3)).map(|_| dice.block()).collect();
            splices.push(Splice {
                at,
                remove,
                blocks: new,
            });
            at += remove;
        }
        // The same by hand: what is kept, with what comes between.
        let mut expected = Vec::new();
        let mut kept = 0;
        for splice in &splices {
            let to = splice.at.min(blocks.len());
            expected.extend_from_slice(&blocks[kept.min(to)..to]);
            expected.extend_from_slice(&splice.blocks);
            kept = (to + splice.remove).min(blocks.len());
        }
        expected.extend_from_slice(&blocks[kept..]);
        blocks = expected;
        if dice.byte() % 2 == 0 {
            reader.prepare(splices.iter().flat_map(|s| &s.blocks).map(|b| &b.text));
        }
        input.change(splices);
        let texts = |blocks: &[Block]| {
            blocks
                .iter()
                .map(|b| Rc::clone(&b.text))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&input.blocks), texts(&blocks));
        let page = Page::from_input(input.clone());
        let reading = reader.read(&page);
        assert_eq!(
            reading,
            read(&page),
            "what was read before made a difference"
        );
        check(&page, &reading);
    }
    // Changes that nobody sends do no harm either.
    let any = |dice: &mut Dice| Splice {
        at: dice.number() as usize,
        remove: dice.number() as usize,
        blocks: vec![dice.block()],
    };
    let splices = (0..dice.below(4)).map(|_| any(&mut dice)).collect();
    input.change(splices);
    let page = Page::from_input(input);
    assert_eq!(reader.read(&page), read(&page));
}

/// Blocks cross to the engine as they are; what is no blocks is refused, or read like any page.
pub fn crossing(bytes: &[u8]) {
    let mut dice = Dice(bytes);
    let (mut texts, mut names, mut numbers) = (String::new(), String::new(), Vec::new());
    let splice = Splice {
        at: dice.number() as usize,
        remove: dice.number() as usize,
        blocks: dice.page().blocks,
    };
    let mut lines = 0;
    let mut line = |name: &str| {
        names.push_str(name);
        names.push('\n');
        lines += 1;
        lines - 1
    };
    numbers.extend([
        splice.at as u32,
        splice.remove as u32,
        splice.blocks.len() as u32,
    ]);
    for block in &splice.blocks {
        let _ = writeln!(texts, "{}", block.text);
        numbers.push(line(&block.tag));
        let within = Vec::from(block.within);
        numbers.push(within.len() as u32);
        numbers.extend(within.iter().map(|name| line(name)));
        numbers.push(line(&block.hint));
        numbers.push(block.path.len() as u32);
        numbers.extend(&block.path);
        for ranges in [&block.links, &block.marks] {
            numbers.push(ranges.len() as u32);
            numbers.extend(ranges.iter().flat_map(|range| [range.0, range.1]));
        }
    }
    let whole = packed::unpack(&texts, &names, &numbers).expect("what was packed");
    assert_eq!(format!("{whole:?}"), format!("{:?}", [splice]));
    // Something is lost or made up on the way.
    for _ in 0..dice.below(4) {
        let at = dice.below(1 << 16) % numbers.len().max(1);
        match dice.byte() % 4 {
            0 => numbers.truncate(at),
            1 => numbers.insert(at.min(numbers.len()), dice.number()),
            2 => texts = texts.replacen('\n', "", 1),
            _ => numbers
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|n| *n = dice.number()),
        }
    }
    if let Some(splices) = packed::unpack(&texts, &names, &numbers) {
        let count: usize = splices.iter().map(|s| s.blocks.len()).sum();
        assert!(count <= texts.split('\n').count());
        let mut input = PageInput {
            assume: Some("en".to_owned()),
            ..PageInput::default()
        };
        input.change(splices);
        read_and_check(&Page::from_input(input));
    }
}

/// Phrases of the reader's own are found or refused, and dismissed flags stay away; the rest of the
/// page is read as if there were neither.
pub fn phrases(bytes: &[u8]) {
    const PATTERNS: [&str; 24] = [
        "(", ")", "[", "]", "a", "\\b", "\\w", "+", "*", "?", "|", "{2,9}", "{99}", ".", "^", "$",
        "\\d", "(?i)", "\\s", "said", "(?:", "[^ ]", "’", "é",
    ];
    let mut dice = Dice(bytes);
    let count = dice.below(5);
    let phrases: Vec<Phrase> = (0..count)
        .map(|_| {
            let pattern = dice.byte() % 2 == 0;
            let text = if pattern {
                (0..dice.below(12)).map(|_| dice.one(&PATTERNS)).collect()
            } else {
                dice.news(60)
            };
            let category = dice.one(&Category::ALL);
            Phrase {
                category,
                text,
                pattern,
            }
        })
        .collect();
    let mut input = dice.page();
    let plain = read(&Page::from_input(input.clone()));
    input.phrases = phrases.clone();
    let page = Page::from_input(input.clone());
    let reading = read_and_check(&page);
    assert_eq!(reading.attributions, plain.attributions);
    assert_eq!(reading.sources, plain.sources);
    let usable = phrases.iter().filter(|p| own::check(p).is_ok());
    let categories: Vec<Category> = usable.map(|p| p.category).collect();
    for flag in reading.flags.iter().filter(|f| f.rule == "own-phrase") {
        assert!(categories.contains(&flag.category()), "{flag:?}");
        assert_eq!(flag.strength, 1.0);
    }
    // Some flags are dismissed, everywhere or in their place.
    for flag in &reading.flags {
        let text = page.text(flag.anchor.block);
        let around = match dice.byte() % 4 {
            0 => Some(Around {
                before: text[..flag.anchor.start as usize].to_owned(),
                after: text[flag.anchor.end as usize..].to_owned(),
            }),
            1 => None,
            _ => continue,
        };
        input.dismissed.push(Dismissal {
            category: flag.category(),
            words: page.words(flag.anchor).to_owned(),
            around,
        });
    }
    let page = Page::from_input(input);
    let dismissed = read_and_check(&page);
    assert_eq!(dismissed.flags.len(), reading.flags.len());
    for (flag, before) in dismissed.flags.iter().zip(&reading.flags) {
        assert_eq!(flag.anchor, before.anchor);
        let words =
            |d: &&Dismissal| d.words == page.words(flag.anchor) && d.category == flag.category();
        let mut fitting = page.input.dismissed.iter().filter(words);
        assert!(
            !flag.dismissed
                || page
                    .input
                    .dismissed
                    .iter()
                    .any(|d| d.category == flag.category())
        );
        assert!(
            flag.dismissed || fitting.all(|d| d.around.is_some()),
            "{flag:?} stays"
        );
    }
    // The reader says of some what they make of them, and of other words that they should be flags.
    let mut input = page.input.clone();
    for number in 0..dice.below(8) {
        let flag = dismissed.flags.get(dice.below(16));
        let block = flag.map_or(0, |flag| flag.anchor.block);
        let text = page.text(block);
        let (start, end) = match flag {
            Some(flag) => (flag.anchor.start as usize, flag.anchor.end as usize),
            None => (dice.below(40), dice.below(80)),
        };
        let [Some(before), Some(words), Some(after)] =
            [text.get(..start), text.get(start..end), text.get(end..)]
        else {
            continue;
        };
        input.marks.push(Mark {
            id: number.to_string(),
            category: dice.one(&Category::ALL),
            kind: Some(dice.one(&["", "modal", "person", "☃"]).to_owned()),
            words: words.to_owned(),
            around: Around {
                before: before.to_owned(),
                after: after.to_owned(),
            },
            verdict: dice.one(&[
                Verdict::Right,
                Verdict::Wrong,
                Verdict::Unsure,
                Verdict::Missed,
            ]),
            note: dice.news(40),
        });
    }
    let page_reviewed = Page::from_input(input);
    let reviewed = read_and_check(&page_reviewed);
    assert_eq!(reviewed.attributions, dismissed.attributions);
    for flag in &reviewed.flags {
        assert!(
            flag.review
                .is_none_or(|mark| (mark as usize) < page_reviewed.input.marks.len())
        );
    }
    let gone = dismissed.flags.iter().filter(|f| f.dismissed).count();
    let everywhere = page.input.dismissed.iter().any(|d| d.around.is_none());
    assert!(
        everywhere || gone == page.input.dismissed.len(),
        "{gone} are gone"
    );
}
