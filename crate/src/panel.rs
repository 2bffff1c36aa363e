//! The list beside the page: its flags in reading order, and the ledger of its sources with their
//! claims. This file finds the page's words and the grouping; ours around them are the interface's.
//!
//! A page may be several documents (frames). Sources are those of all of them as one page; flags are
//! those that each document shows, for these are what the reader sees marked.

use std::collections::HashMap;

use serde::Serialize;

use crate::export::quote::around;
use crate::export::schema::source_id;
use crate::export::wording::{self, Because, one_line};
use crate::export::{Options, id, selected, strong};
use crate::maintext;
use crate::model::{Attribution, Category, Flag, Reading, Span};
use crate::order;
use crate::page::{Around, Mark, Page, Units, Verdict};
use crate::review;
use crate::sourcing::{Basis, Sourcing, Spread, shortened};

/// The most flags that a panel lists, and the most claims: a list beyond that serves nobody, and
/// would be megabytes.
const MOST: usize = 2000;
/// Code points of a sentence shown before and after a flag.
const BEFORE: usize = 60;
const AFTER: usize = 60;
/// Code points of a claim and of a source's label.
const CLAIM: usize = 110;
const LABEL: usize = 120;
/// Code points of a flag's own words.
const ANCHOR: usize = 240;

/// One document of the page: where its blocks begin in the joined page, and what it shows.
pub struct Part<'a> {
    /// Number of its first block in the joined page.
    pub first: u32,
    /// Its flags; blocks count within the document.
    pub flags: &'a [Flag],
    /// What the reader made of flags there.
    pub marks: &'a [Mark],
}

/// Where something stands: a stretch of a block of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Which of the page's documents, from 0.
    pub document: u32,
    /// Block of that document.
    pub block: u32,
    /// First UTF-16 unit in the block.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// One flag of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Stable over readings; see [`crate::export::id`].
    pub id: String,
    /// Its number in its document's reading.
    pub flag: u32,
    /// Where it stands.
    pub place: Place,
    /// Its category.
    pub category: Category,
    /// Its kind.
    pub kind: &'static str,
    /// The sentence before it, cut.
    pub before: String,
    /// The marked words.
    pub words: String,
    /// The sentence after it, cut.
    pub after: String,
    /// How far down the text it stands, from 0 to 1.
    pub at: f32,
    /// Its words as they stand and what is around them, by which a mark will find it again.
    pub quote: Quote,
    /// What the reader made of it.
    pub review: Option<Review>,
}

/// Words of the page, and the text around them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// They.
    pub words: String,
    /// The text around them, within the block.
    pub around: Around,
}

/// What the reader made of a flag.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Review {
    /// The mark's name.
    pub id: String,
    /// Right, wrong, unsure or missed.
    pub verdict: Verdict,
    /// May be empty.
    pub note: String,
}

impl Review {
    fn of(mark: &Mark) -> Review {
        Review {
            id: mark.id.clone(),
            verdict: mark.verdict,
            note: mark.note.clone(),
        }
    }
}

/// A mark that no flag has any more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Orphan {
    /// Which of the page's documents it belongs to.
    pub document: u32,
    /// As what the words were marked.
    pub category: Category,
    /// They, on one line.
    pub words: String,
    /// What the reader made of them.
    pub review: Review,
}

/// One claim of a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Claim {
    /// What is claimed, in the page's words, cut.
    pub text: String,
    /// Who, by which words, and what.
    pub place: Place,
    /// The flag that marks it: an index into [`Panel::flags`].
    pub flag: Option<u32>,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Stays the same while the page's sources do.
    pub id: String,
    /// How the page first describes or names it; `None`: nobody, the page leaves out who says it.
    pub label: Option<String>,
    /// What it is to its claims.
    pub basis: Basis,
    /// What it is.
    pub kind: &'static str,
    /// What the page says of why it isn't named.
    pub because: Because,
    /// How many claims rest on it: at least 1.
    pub count: u32,
    /// They, in page order; of a page with more than [`MOST`] the first ones.
    pub claims: Vec<Claim>,
}

/// One basis in the picture of all claims.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// Which.
    pub basis: Basis,
    /// Claims on it, at least 1.
    pub claims: u32,
}

/// One category of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heading {
    /// Which.
    pub category: Category,
    /// Its flags in the list.
    pub flags: u32,
}

/// All that a panel shows of a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// Primary subtag of the text's language.
    pub language: &'static str,
    /// Whether Hearsay reads it; if not, there is nothing else in here.
    pub readable: bool,
    /// Words of main text.
    pub words: u32,
    /// Flags that the reader hasn't dismissed and that are strong enough, whatever their category.
    pub strong: u32,
    /// Flags of the categories asked for that are too faint.
    pub fainter: u32,
    /// Flags that would be listed, had the reader not dismissed them.
    pub dismissed: u32,
    /// Attributed claims.
    pub claims: u32,
    /// The page's profile; `None` where no claim is attributed.
    pub sourcing: Option<Spread>,
    /// How many of the flags stand in each third of the text.
    pub thirds: [u32; 3],
    /// The three categories in order.
    pub categories: Vec<Heading>,
    /// The flags in reading order.
    pub flags: Vec<Entry>,
    /// How many more there are than the list takes.
    pub more: u32,
    /// The reader's marks that no flag has any more.
    pub orphans: Vec<Orphan>,
    /// The claims by what they rest on; a basis without claims is left out.
    pub groups: Vec<Group>,
    /// The sources, those that most claims rest on first.
    pub sources: Vec<Line>,
}

/// The panel of a page. `reading` is that of the joined page, `parts` its documents in page order.
pub fn panel(page: &Page, reading: &Reading, parts: &[Part], options: &Options) -> Panel {
    let mut at = Whereabouts::new(page, parts);
    let (flags, joined, more) = entries(page, reading, parts, options, &mut at);
    let listed = flags.len() as u32 + more;
    let sourcing = Sourcing::of(reading);
    let all = || parts.iter().flat_map(|part| part.flags);
    let found = || all().filter(|flag| !flag.dismissed);
    let chosen = found().filter(|flag| options.categories.contains(&flag.category()));
    let dismissed = all().filter(|flag| {
        let shown = Flag {
            dismissed: false,
            ..(*flag).clone()
        };
        flag.dismissed && selected(&shown, options)
    });
    Panel {
        language: reading.language,
        readable: reading.readable,
        words: reading.words,
        strong: found().filter(|flag| strong(flag, options)).count() as u32,
        fainter: chosen.count() as u32 - listed,
        dismissed: dismissed.count() as u32,
        claims: sourcing.claims(),
        thirds: thirds(&flags),
        categories: Category::ALL
            .into_iter()
            .map(|category| Heading {
                category,
                flags: flags.iter().filter(|f| f.category == category).count() as u32,
            })
            .collect(),
        more,
        orphans: orphans(parts),
        groups: Basis::ALL
            .into_iter()
            .map(|basis| Group {
                basis,
                claims: sourcing.on(basis),
            })
            .filter(|group| group.claims > 0)
            .collect(),
        sourcing: sourcing.spread(),
        sources: lines(page, reading, &joined, &mut at),
        flags,
    }
}

fn orphans(parts: &[Part]) -> Vec<Orphan> {
    let parts = parts.iter().zip(0..);
    let all = parts.flat_map(|(part, document)| {
        review::orphans(part.marks, part.flags).map(move |mark| Orphan {
            document,
            category: mark.category,
            words: shortened(&one_line(&mark.words), ANCHOR),
            review: Review::of(mark),
        })
    });
    all.collect()
}

/// The flags that are asked for; beside them, by number, the joined page's flag that is the same;
/// and how many there are beyond [`MOST`].
fn entries<'a>(
    page: &Page,
    reading: &'a Reading,
    parts: &[Part],
    options: &Options,
    at: &mut Whereabouts,
) -> (Vec<Entry>, Vec<Option<&'a Flag>>, u32) {
    let (mut entries, mut joined, mut more) = (Vec::new(), Vec::new(), 0);
    let mut seen = HashMap::new();
    for part in parts {
        for (number, flag) in part.flags.iter().enumerate() {
            if !selected(flag, options) {
                continue;
            }
            if entries.len() == MOST {
                more += 1;
                continue;
            }
            let flag = shifted(flag, part.first);
            let id = id::next(page, &flag, &mut seen);
            let mark = flag.review.and_then(|mark| part.marks.get(mark as usize));
            entries.push(Entry {
                review: mark.map(Review::of),
                ..entry(page, &flag, number as u32, id, at)
            });
            joined.push(same(reading, &flag));
        }
    }
    (entries, joined, more)
}

/// A document's flag as one of the joined page.
fn shifted(flag: &Flag, first: u32) -> Flag {
    let move_on = |span: Span| Span {
        block: span.block + first,
        ..span
    };
    Flag {
        anchor: move_on(flag.anchor),
        sentence: move_on(flag.sentence),
        ..flag.clone()
    }
}

/// The flag of the joined page that marks the same words. None where another document tells who it is.
fn same<'a>(reading: &'a Reading, flag: &Flag) -> Option<&'a Flag> {
    let block = flag.anchor.block;
    let from = reading.flags.partition_point(|f| f.anchor.block < block);
    reading.flags[from..]
        .iter()
        .take_while(|f| f.anchor.block == block)
        .find(|f| f.category() == flag.category() && f.anchor.overlaps(flag.anchor))
}

fn entry(page: &Page, flag: &Flag, number: u32, id: String, at: &mut Whereabouts) -> Entry {
    let shown = wording::excerpt(page, flag, BEFORE, AFTER);
    let around = around(page, flag.anchor);
    Entry {
        id,
        flag: number,
        place: at.of(page, flag.anchor),
        category: flag.category(),
        kind: flag.kind.name(),
        before: one_line(&shown.before).trim_start().to_owned(),
        words: shortened(&one_line(shown.anchor), ANCHOR),
        after: one_line(&shown.after).trim_end().to_owned(),
        at: at.share(flag.anchor),
        quote: Quote {
            words: page.words(flag.anchor).to_owned(),
            around: Around {
                before: around.0.to_owned(),
                after: around.1.to_owned(),
            },
        },
        review: None,
    }
}

/// The ledger with its claims.
fn lines(
    page: &Page,
    reading: &Reading,
    joined: &[Option<&Flag>],
    at: &mut Whereabouts,
) -> Vec<Line> {
    let mut marks: HashMap<usize, Vec<(u32, &Flag)>> = HashMap::new();
    for (number, flag) in joined.iter().enumerate() {
        if let Some((flag, (source, _))) = flag.and_then(|f| Some((f, f.source?))) {
            marks.entry(source).or_default().push((number as u32, flag));
        }
    }
    let none = Vec::new();
    let mut room = MOST;
    let mut claims_on = |source: usize| -> Vec<Claim> {
        let own = marks.get(&source).unwrap_or(&none);
        let claims = reading.claims_on(source).take(room);
        let claims: Vec<Claim> = claims.map(|claim| of_claim(page, claim, own, at)).collect();
        room -= claims.len();
        claims
    };
    wording::ledger(reading)
        .into_iter()
        .map(|line| {
            let on = line.sources.iter().flat_map(|source| claims_on(*source));
            let mut claims: Vec<Claim> = on.collect();
            if line.label.is_none() {
                order::sort_by_key(&mut claims, |c| {
                    [c.place.document, c.place.block, c.place.start]
                });
            }
            Line {
                id: match (line.label, line.sources.first()) {
                    (Some(_), Some(index)) => source_id(*index),
                    _ => "S0".to_owned(),
                },
                label: line.label.map(|l| shortened(one_line(l).trim(), LABEL)),
                basis: line.basis,
                kind: line.kind.name(),
                because: line.because,
                count: line.claims,
                claims,
            }
        })
        .collect()
}

/// One claim in the page's words: what is claimed where that is known, else all that attributes it.
fn of_claim(
    page: &Page,
    claim: &Attribution,
    marks: &[(u32, &Flag)],
    at: &mut Whereabouts,
) -> Claim {
    let whole = claim.whole();
    let said = claim.content.iter().map(|s| page.words(*s).trim());
    let words = said.filter(|w| !w.is_empty()).max_by_key(|w| w.len());
    let text = one_line(words.unwrap_or(page.words(whole)));
    let inner = text.trim_matches([' ', ',', '“', '”', '"']);
    let flag = marks.iter().find(|(_, flag)| claim.is_marked_by(flag));
    Claim {
        text: shortened(inner, CLAIM),
        place: at.of(page, whole),
        flag: flag.map(|(number, _)| *number),
    }
}

/// How the flags lie along the text.
fn thirds(flags: &[Entry]) -> [u32; 3] {
    let mut thirds = [0; 3];
    for flag in flags {
        thirds[((flag.at * 3.0) as usize).min(2)] += 1;
    }
    thirds
}

/// The claims of a flag's source, in page order, for a card to lead to: the words of the flag that
/// marks each of them, else all of it.
pub fn claims_beside(page: &Page, reading: &Reading, flag: &Flag, firsts: &[u32]) -> Vec<Place> {
    let mut places = Places::new(firsts);
    let Some((source, _)) = flag.source else {
        return Vec::new();
    };
    let of_source = |f: &&Flag| f.source.is_some_and(|(s, _)| s == source);
    let flags: Vec<&Flag> = reading.flags.iter().filter(of_source).take(MOST).collect();
    reading
        .claims_on(source)
        .take(MOST)
        .map(|claim| {
            let mark = flags.iter().find(|f| claim.is_marked_by(f));
            mark.map_or_else(|| claim.whole(), |f| f.anchor)
        })
        .map(|span| places.of(page, span))
        .collect()
}

/// From spans of the joined page to places in its documents.
struct Places {
    /// First block of every document.
    firsts: Vec<u32>,
    units: Units,
}

impl Places {
    fn new(firsts: &[u32]) -> Places {
        Places {
            firsts: firsts.to_vec(),
            units: Units::default(),
        }
    }

    fn of(&mut self, page: &Page, span: Span) -> Place {
        let later = self.firsts.partition_point(|first| *first <= span.block);
        let document = later.saturating_sub(1);
        let first = self.firsts.get(document).copied().unwrap_or(0);
        let (start, end) = self.units.of(page.text(span.block), span);
        Place {
            document: document as u32,
            block: span.block - first,
            start,
            end,
        }
    }
}

/// Places, and shares of the text.
struct Whereabouts {
    places: Places,
    /// Bytes of main text before each block.
    before: Vec<u32>,
    /// Bytes of main text, at least 1.
    all: u32,
}

impl Whereabouts {
    fn new(page: &Page, parts: &[Part]) -> Whereabouts {
        let mut all = 0;
        let before = page
            .input
            .blocks
            .iter()
            .zip(maintext::main_blocks(page))
            .map(|(block, main)| {
                let so_far = all;
                all += if main { block.text.len() as u32 } else { 0 };
                so_far
            })
            .collect();
        Whereabouts {
            places: Places::new(&parts.iter().map(|part| part.first).collect::<Vec<_>>()),
            before,
            all: all.max(1),
        }
    }

    fn of(&mut self, page: &Page, span: Span) -> Place {
        self.places.of(page, span)
    }

    fn share(&self, span: Span) -> f32 {
        let before = self.before.get(span.block as usize).copied().unwrap_or(0);
        ((before + span.start) as f32 / self.all as f32).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;
    use crate::read::read;

    fn all() -> Options {
        Options {
            min_strength: 0.0,
            categories: Category::ALL.to_vec(),
            include_text: false,
            created: String::new(),
        }
    }

    fn of_text(text: &str) -> Panel {
        let page = Page::from_text(text, false);
        let reading = read(&page);
        let flags = reading.flags.clone();
        let part = Part {
            first: 0,
            flags: &flags,
            marks: &[],
        };
        panel(&page, &reading, &[part], &all())
    }

    fn of_example(options: &Options) -> Panel {
        let (page, reading) = example();
        let part = Part {
            first: 0,
            flags: &reading.flags,
            marks: &[],
        };
        panel(&page, &reading, &[part], options)
    }

    #[test]
    fn a_page_in_one_line_and_its_flags_in_order() {
        let panel = of_example(&all());
        assert_eq!((panel.words, panel.claims, panel.flags.len()), (27, 3, 4));
        let shown: Vec<_> = panel
            .flags
            .iter()
            .map(|f| (f.kind, f.words.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("person", "A port official told"),
                ("modal", "may"),
                ("person", "he said"),
                ("statistic", "have risen by 40 per cent"),
            ]
        );
        assert_eq!(panel.flags[3].before, "Fees ");
        assert_eq!(
            panel.flags[1].place,
            Place {
                document: 0,
                block: 0,
                start: 11,
                end: 14
            },
            "UTF-16 units, not bytes"
        );
        let (page, reading) = example();
        assert_eq!(
            panel.flags.iter().map(|f| f.id.clone()).collect::<Vec<_>>(),
            id::all(&page, &reading.flags),
            "the ids of the lists"
        );
        assert!(panel.flags.iter().all(|f| (0.0..=1.0).contains(&f.at)));
    }

    #[test]
    fn only_what_is_asked_for_is_listed_and_the_ledger_is_whole_all_the_same() {
        let options = Options {
            min_strength: 0.5,
            categories: vec![Category::Hedged, Category::Unsourced],
            ..all()
        };
        let panel = of_example(&options);
        assert_eq!(panel.flags.len(), 1);
        assert_eq!(panel.flags[0].flag, 3, "its number in the reading");
        assert_eq!((panel.strong, panel.fainter), (3, 1));
        let counts: Vec<u32> = panel.categories.iter().map(|c| c.flags).collect();
        assert_eq!(counts, [0, 1, 0]);
        assert_eq!(panel.sources.len(), 2);
        assert!(panel.sources[0].claims.iter().all(|c| c.flag.is_none()));
    }

    #[test]
    fn a_source_has_its_claims_with_the_flags_that_mark_them() {
        let panel = of_example(&all());
        let port = &panel.sources[0];
        assert_eq!(port.label.as_deref(), Some("A port official"));
        assert_eq!((port.kind, port.because), ("person", Because::Given));
        assert_eq!(port.count, 2);
        let claims: Vec<_> = port
            .claims
            .iter()
            .map(|c| (c.text.as_str(), c.flag))
            .collect();
        assert_eq!(
            claims,
            [
                ("The board may have known since May", Some(0)),
                ("Fees have risen by 40 per cent", Some(2))
            ]
        );
        let vale = &panel.sources[1];
        assert_eq!(vale.basis, Basis::People);
        assert_eq!(vale.claims[0].flag, None, "a named source is no flag");
        let groups: Vec<_> = panel.groups.iter().map(|g| (g.basis, g.claims)).collect();
        assert_eq!(groups, [(Basis::People, 1), (Basis::Anonymous, 2)]);
    }

    #[test]
    fn the_heaviest_source_comes_first_and_nobody_last() {
        let panel = of_text(
            "It was reported that a boat sank. It was reported that a pier fell. \
             Ingrid Tolland, the harbour master, said it was sound. A clerk said it was not. \
             “Look at it,” the clerk said. “It is wet.”",
        );
        let shown: Vec<_> = panel
            .sources
            .iter()
            .map(|s| (s.label.as_deref(), s.count))
            .collect();
        assert_eq!(
            shown.first().map(|s| s.0),
            Some(Some("A clerk")),
            "{shown:?}"
        );
        assert_eq!(shown.last(), Some(&(None, 2)), "{shown:?}");
        let nobody = &panel.sources[panel.sources.len() - 1];
        assert_eq!(nobody.claims.len(), 2);
        let sum: u32 = panel.sources.iter().map(|s| s.count).sum();
        assert_eq!(panel.groups.iter().map(|g| g.claims).sum::<u32>(), sum);
        for source in &panel.sources {
            assert_eq!(source.claims.len() as u32, source.count, "{source:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_document_they_stand_in() {
        let inner = Page::from_text("Critics argue that it fell.", false);
        let outer = Page::from_text("A clerk said it stood.\nNobody came.", false);
        let flags = [read(&outer).flags, read(&inner).flags];
        let joined = Page::from_text(
            "A clerk said it stood.\nNobody came.\nCritics argue that it fell.",
            false,
        );
        let reading = read(&joined);
        let parts = [
            Part {
                first: 0,
                flags: &flags[0],
                marks: &[],
            },
            Part {
                first: 2,
                flags: &flags[1],
                marks: &[],
            },
        ];
        let panel = panel(&joined, &reading, &parts, &all());
        let places: Vec<_> = panel
            .flags
            .iter()
            .map(|f| (f.place.document, f.place.block, f.flag))
            .collect();
        assert_eq!(places, [(0, 0, 0), (1, 0, 0)]);
        let critics = panel
            .sources
            .iter()
            .find(|s| s.label.as_deref() == Some("Critics"));
        let claim = &critics.expect("the critics").claims[0];
        assert_eq!((claim.place.document, claim.place.block), (1, 0));
        assert_eq!(claim.flag, Some(1));
    }

    #[test]
    fn a_card_leads_to_the_other_claims_of_its_source() {
        let (page, reading) = example();
        let places = |flag| claims_beside(&page, &reading, &reading.flags[flag], &[0, 1]);
        let from = |p: &Place| (p.document, p.block, p.start);
        assert_eq!(
            places(0).iter().map(from).collect::<Vec<_>>(),
            [(0, 0, 38), (1, 0, 32)],
            "at the flags' words"
        );
        assert_eq!(places(0), places(2));
        assert_eq!(places(3), [], "an assertion has no source");
    }

    #[test]
    fn where_the_flags_stand_is_told_by_thirds() {
        let nothing = of_text("The boats came in at noon.");
        assert_eq!((nothing.words, nothing.claims), (6, 0));
        assert_eq!(nothing.thirds, [0, 0, 0]);
        assert_eq!(nothing.sourcing, None);
        let text = format!(
            "A clerk said it stood.\n{}\nCritics argue that it fell.",
            "The quay was wet and the boats lay still.\n".repeat(9)
        );
        assert_eq!(of_text(&text).thirds, [1, 0, 1]);
    }

    #[test]
    fn a_list_without_end_is_cut_and_says_so() {
        let panel = of_text(&"Officials said so.\n".repeat(MOST + 3));
        assert_eq!(panel.flags.len(), MOST);
        assert_eq!(panel.more, 3);
        let claims = |f: fn(&Line) -> usize| panel.sources.iter().map(f).sum::<usize>();
        assert_eq!(claims(|s| s.count as usize), MOST + 3);
        assert_eq!(claims(|s| s.claims.len()), MOST);
    }

    #[test]
    fn what_comes_from_the_page_is_fit_to_be_shown() {
        let (page, mut reading) = example();
        reading.sources[0].label = "an aide\u{202e}\u{1b} of sorts".to_owned();
        let part = Part {
            first: 0,
            flags: &[],
            marks: &[],
        };
        let panel = panel(&page, &reading, &[part], &all());
        assert_eq!(
            panel.sources[0].label.as_deref(),
            Some("an aide\u{fffd} of sorts")
        );
    }
}
