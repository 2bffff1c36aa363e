//! The page as it comes in: blocks of visible text with the few facts that the core decides by.

use std::cell::OnceCell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::eight;
use crate::maintext;

use crate::model::Category;

/// A page or a frame as the content script sends it, and as `hearsay --blocks` reads it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct PageInput {
    /// Address, as the browser shows it.
    pub url: Option<String>,
    /// The document's title.
    pub title: Option<String>,
    /// The document's declared language, as written (`<html lang>`).
    pub language: Option<String>,
    /// A language the reader has vouched for, overriding what the text looks like.
    pub assume: Option<String>,
    /// Whether the reader wants the whole page read, and not its main text alone.
    pub whole: bool,
    /// The reader's own phrases, which are marked too.
    pub phrases: Vec<Phrase>,
    /// What the reader asked not to see any more on this page.
    pub dismissed: Vec<Dismissal>,
    /// What the reader made of flags on this page.
    pub marks: Vec<Mark>,
    /// Blocks in document order.
    pub blocks: Vec<Block>,
}

/// A phrase that the reader wants marked; see [`crate::own`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Phrase {
    /// As what it is marked.
    pub category: Category,
    /// The words, or the regular expression.
    pub text: String,
    /// Whether `text` is a regular expression.
    #[serde(default)]
    pub pattern: bool,
}

/// Words that the reader asked not to see marked any more; see [`crate::dismissed`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Dismissal {
    /// As what they aren't marked.
    pub category: Category,
    /// A flag's words.
    pub words: String,
    /// The text around them where only one flag is meant.
    #[serde(default)]
    pub around: Option<Around>,
}

/// The text around a flag's words, within the block.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Around {
    /// What ends where the words begin.
    pub before: String,
    /// What begins where they end.
    pub after: String,
}

/// What the reader made of one flag, or a flag that the reader missed; see [`crate::review`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Mark {
    /// The caller's name for it.
    pub id: String,
    /// As what the words are marked, or should be.
    pub category: Category,
    /// Of a missed flag: its kind by name.
    #[serde(default)]
    pub kind: Option<String>,
    /// The words.
    pub words: String,
    /// The text around them.
    pub around: Around,
    /// What the reader made of it.
    pub verdict: Verdict,
    /// What the reader noted beside it; may be empty.
    #[serde(default)]
    pub note: String,
}

/// What a reader makes of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It belongs there.
    Right,
    /// It doesn't.
    Wrong,
    /// Hard to say.
    Unsure,
    /// There should have been one.
    Missed,
}

impl Verdict {
    const ALL: [Verdict; 4] = [
        Verdict::Right,
        Verdict::Wrong,
        Verdict::Unsure,
        Verdict::Missed,
    ];

    /// The verdict of that name.
    pub fn from_name(name: &str) -> Option<Verdict> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }

    /// The name used in exports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Right => "right",
            Verdict::Wrong => "wrong",
            Verdict::Unsure => "unsure",
            Verdict::Missed => "missed",
        }
    }
}

/// Blocks that gave way to others: `remove` blocks from `at` on, counted before any other change.
#[derive(Clone, Debug, Default)]
pub struct Splice {
    /// The first block that goes, or the one before which the new ones stand.
    pub at: usize,
    /// How many go.
    pub remove: usize,
    /// What comes instead.
    pub blocks: Vec<Block>,
}

impl PageInput {
    /// Makes the changes, which are in order and don't overlap. What lies outside the page is cut off.
    pub fn change(&mut self, splices: Vec<Splice>) {
        let length = self.blocks.len();
        for splice in splices.into_iter().rev() {
            // Splices that overlap after all may have taken more than is left.
            let length = length.min(self.blocks.len());
            let start = splice.at.min(length);
            let end = start.saturating_add(splice.remove).min(length);
            self.blocks.splice(start..end, splice.blocks);
        }
    }
}

/// One block of visible text and where it stands. All ranges count UTF-16 units within `text`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Block {
    /// Visible text, white space collapsed.
    pub text: Rc<str>,
    /// Lower-case tag of the nearest block-level element.
    pub tag: Rc<str>,
    /// Preorder numbers of the ancestors, outermost first, at most the 24 innermost.
    pub path: Vec<u32>,
    /// Landmarks around it.
    pub within: Landmarks,
    /// Class and id words of the nearest ancestors, lower case, space separated.
    pub hint: Rc<str>,
    /// Parts that lie inside links.
    pub links: Vec<(u32, u32)>,
    /// Citation marks.
    pub marks: Vec<(u32, u32)>,
}

/// A set of landmarks; written as a list of their tags, of which those that tell nothing are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Vec<String>", into = "Vec<&'static str>")]
pub struct Landmarks(u8);

impl Landmarks {
    /// `aside`
    pub const ASIDE: Landmarks = Landmarks(1);
    /// `nav`
    pub const NAV: Landmarks = Landmarks(1 << 1);
    /// `footer`
    pub const FOOTER: Landmarks = Landmarks(1 << 2);
    /// `form`
    pub const FORM: Landmarks = Landmarks(1 << 3);
    /// `blockquote`
    pub const BLOCKQUOTE: Landmarks = Landmarks(1 << 4);
    /// `figure`
    pub const FIGURE: Landmarks = Landmarks(1 << 5);

    const ALL: [(&'static str, Landmarks); 6] = [
        ("aside", Landmarks::ASIDE),
        ("nav", Landmarks::NAV),
        ("footer", Landmarks::FOOTER),
        ("form", Landmarks::FORM),
        ("blockquote", Landmarks::BLOCKQUOTE),
        ("figure", Landmarks::FIGURE),
    ];

    /// The landmark of that tag.
    pub fn of(tag: &str) -> Landmarks {
        let named = Landmarks::ALL.iter().find(|(name, _)| *name == tag);
        named.map_or_else(Landmarks::default, |(_, landmark)| *landmark)
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Landmarks) -> Landmarks {
        Landmarks(self.0 | others.0)
    }

    /// Whether some of `others` are among these.
    pub fn any(self, others: Landmarks) -> bool {
        self.0 & others.0 != 0
    }
}

impl From<Vec<String>> for Landmarks {
    fn from(tags: Vec<String>) -> Landmarks {
        let tags = tags.iter().map(|tag| Landmarks::of(tag));
        tags.fold(Landmarks::default(), Landmarks::and)
    }
}

impl From<Landmarks> for Vec<&'static str> {
    fn from(landmarks: Landmarks) -> Vec<&'static str> {
        let among = Landmarks::ALL.iter().filter(|(_, one)| landmarks.any(*one));
        among.map(|(name, _)| *name).collect()
    }
}

/// A page ready to be read: texts with the place of each in the whole.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Address, title and declared language of the page.
    pub input: PageInput,
    /// Whether every block is main text (plain text) or `maintext` decides.
    pub plain: bool,
    /// The whole text that offsets count in, where it isn't the blocks joined with `\n\n`.
    pub source_text: Option<String>,
    /// In it, where each block begins, in bytes.
    starts: Vec<usize>,
    /// For each block the code points before it in the whole text; counted when they are asked for.
    offsets: OnceCell<Vec<usize>>,
}

impl Page {
    /// A page from a browser; the whole text is its blocks joined with `\n\n`.
    /// A line break within a block counts as the space that a browser draws.
    pub fn from_input(mut input: PageInput) -> Page {
        for block in &mut input.blocks {
            if block.text.bytes().any(|b| matches!(b, b'\n' | b'\r')) {
                block.text = block.text.replace(['\n', '\r'], " ").into();
            }
        }
        Page::of_lines(input)
    }

    /// The same, of blocks without line breaks.
    pub fn of_lines(input: PageInput) -> Page {
        Page {
            input,
            ..Page::default()
        }
    }

    /// A page from plain text: every line is a block, or with `wrapped` every run of lines up to a
    /// blank one. Offsets count in `text` itself.
    pub fn from_text(text: &str, wrapped: bool) -> Page {
        let mut blocks: Vec<Block> = Vec::new();
        let mut starts = Vec::new();
        let paragraph = Block {
            tag: "p".into(),
            ..Block::default()
        };
        let mut push = |start: usize, end: usize| {
            let piece = &text[start..end];
            if !piece.trim().is_empty() {
                // A line feed inside a wrapped block becomes a space: same number of code points.
                let text = if wrapped {
                    piece.replace(['\n', '\r'], " ").into()
                } else {
                    piece.into()
                };
                blocks.push(Block {
                    text,
                    ..paragraph.clone()
                });
                starts.push(start);
            }
        };
        let (mut start, mut end, mut at) = (0, 0, 0);
        for line in text.split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']);
            if wrapped {
                if body.trim().is_empty() {
                    push(start, end);
                    start = at + line.len();
                    end = start;
                } else {
                    end = at + body.len();
                }
            } else {
                push(at, at + body.len());
            }
            at += line.len();
        }
        if wrapped {
            push(start, end);
        }
        Page {
            input: PageInput {
                blocks,
                ..PageInput::default()
            },
            plain: true,
            source_text: Some(text.to_owned()),
            starts,
            offsets: OnceCell::new(),
        }
    }

    /// The code points before block `index` in the whole text; 0 where there is no such block.
    pub fn offset(&self, index: usize) -> usize {
        let offsets = self.offsets.get_or_init(|| {
            let mut offsets = Vec::with_capacity(self.input.blocks.len());
            let mut before = 0;
            if let Some(text) = &self.source_text {
                let mut from = 0;
                for start in &self.starts {
                    before += text[from..*start].chars().count();
                    from = *start;
                    offsets.push(before);
                }
            } else {
                for block in &self.input.blocks {
                    offsets.push(before);
                    before += block.text.chars().count() + 2;
                }
            }
            offsets
        });
        offsets.get(index).copied().unwrap_or(0)
    }

    /// The whole text that exported offsets count in.
    pub fn whole_text(&self) -> String {
        match &self.source_text {
            Some(text) => text.clone(),
            None => {
                let texts: Vec<&str> = self.input.blocks.iter().map(|b| &*b.text).collect();
                texts.join("\n\n")
            }
        }
    }

    /// The texts of the blocks that are main text, each with a line feed after it.
    pub fn main_text(&self) -> String {
        let main = maintext::main_blocks(self);
        let blocks = self.input.blocks.iter().zip(main).filter(|(_, main)| *main);
        blocks.flat_map(|(block, _)| [&*block.text, "\n"]).collect()
    }

    /// The text of block `index`; empty where there is none.
    pub fn text(&self, index: u32) -> &str {
        self.input
            .blocks
            .get(index as usize)
            .map_or("", |b| &*b.text)
    }

    /// The words of a span.
    pub fn words(&self, span: crate::model::Span) -> &str {
        self.text(span.block)
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }
}

/// From bytes to UTF-16 units within blocks, for spans in page order: counts each byte once.
#[derive(Default)]
pub struct Units {
    block: u32,
    byte: usize,
    units: u32,
}

impl Units {
    /// Start and end of `span` in UTF-16 units of its block, whose text is `text`. Spans must come
    /// ordered by block and start; one that doesn't is counted from the block's start.
    pub fn of(&mut self, text: &str, span: crate::model::Span) -> (u32, u32) {
        let (start, end) = (span.start as usize, span.end as usize);
        if span.block != self.block || start < self.byte {
            *self = Units {
                block: span.block,
                ..Units::default()
            };
        }
        let count = |from: usize, to: usize| -> u32 {
            text.get(from..to)
                .map_or(0, |t| eight::utf16_units(t.as_bytes()))
        };
        self.units += count(self.byte, start);
        self.byte = start;
        (self.units, self.units + count(start, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn blocks_give_way_to_others() {
        let blocks = |text: &str| {
            let one = |c: char| Block {
                text: c.to_string().into(),
                ..Block::default()
            };
            text.chars().map(one).collect::<Vec<_>>()
        };
        let changed = |splices: &[(usize, usize, &str)]| {
            let mut page = PageInput {
                blocks: blocks("abcd"),
                ..PageInput::default()
            };
            let splice = |&(at, remove, new): &(usize, usize, &str)| Splice {
                at,
                remove,
                blocks: blocks(new),
            };
            page.change(splices.iter().map(splice).collect());
            page.blocks.iter().map(|b| &*b.text).collect::<String>()
        };
        assert_eq!(changed(&[]), "abcd");
        assert_eq!(changed(&[(0, 0, "x"), (1, 2, "y"), (4, 0, "z")]), "xaydz");
        assert_eq!(changed(&[(0, 4, "")]), "");
        assert_eq!(changed(&[(3, usize::MAX, "x")]), "abcx");
        assert_eq!(changed(&[(9, 1, "y")]), "abcdy");
        assert_eq!(changed(&[(8, 0, "x"), (9, 0, "y")]), "abcdxy");
        // Nobody sends these, and they do no harm.
        assert_eq!(changed(&[(3, 0, "x"), (0, 4, "")]), "x");
        assert_eq!(changed(&[(2, 2, ""), (1, 3, "y")]), "ay");
    }

    #[test]
    fn units_count_as_javascript_does() {
        let text = "a😀é’b";
        let mut units = Units::default();
        let mut of = |block, start, end| units.of(text, Span { block, start, end });
        assert_eq!(of(0, 0, 5), (0, 3));
        assert_eq!(of(0, 5, 10), (3, 5));
        assert_eq!(of(0, 1, 11), (1, 6));
        assert_eq!(of(1, 10, 11), (5, 6));
    }

    #[test]
    fn wrapped_lines_are_one_block_with_offsets_in_the_text() {
        let page = Page::from_text("One\ntwo.\n\n  \nThree.\r\nFour.\n", true);
        let texts: Vec<&str> = page.input.blocks.iter().map(|b| &*b.text).collect();
        assert_eq!(texts, ["One two.", "Three.  Four."]);
        assert_eq!([page.offset(0), page.offset(1)], [0, 13]);
    }
}
