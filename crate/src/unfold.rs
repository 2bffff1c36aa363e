//! The words as they are shipped, and how they unfold. Written out with the slots they are looked up
//! by they would be a third of the compressed module; folded they are a tenth of it, and unfold as they
//! are asked for, a few at a time. `build.rs` folds, and numbers those that rules name.

use crate::eight;

/// Endings of forms that fold into one stem, whoever has more first.
pub const ENDINGS: [&[&str]; 23] = [
    &["e", "es", "ed", "ing", "ings"],
    &["", "s", "ed", "ing", "ings"],
    &["", "s", "ed", "ing"],
    &["e", "es", "ed", "ing"],
    &["y", "ies", "ied", "ying"],
    &["", "es", "ed", "ing"],
    &["", "s", "bed", "bing"],
    &["", "s", "ged", "ging"],
    &["", "s", "ked", "king"],
    &["", "s", "led", "ling"],
    &["", "s", "med", "ming"],
    &["", "s", "ned", "ning"],
    &["", "s", "ped", "ping"],
    &["", "s", "red", "ring"],
    &["", "s", "ted", "ting"],
    &["", "s"],
    &["y", "ies"],
    &["", "es"],
    &["", "d", "s", "ing"],
    &["", "ly"],
    &["e", "es", "ed"],
    &["an", "en"],
    &[""],
];

/// Bytes of the longest word there may be.
pub const LONGEST: usize = 40;
/// Room for a word and whatever is written or read beyond it: eight bytes at a time take no loop.
pub type Buffer = [u8; LONGEST + 8];

/// The least byte of a word; lesser ones tell lengths.
pub const LEAST: u8 = b' ';
/// Kinds from here on take two bytes: this and how many times 256, then the rest.
pub const WIDE: u8 = 240;
/// Added to the classes of a form that rules name: such have ids, ascending as they stand here.
pub const NAMED: u128 = 1 << 127;
/// Stems that begin with the same so many bytes, or are that short, unfold together.
pub const TOGETHER: usize = 3;

/// Words, folded.
#[derive(Debug)]
pub struct Folded<'a> {
    /// Stems, ascending: of each how many bytes it begins with are the last one's, then the others.
    /// Only one that is [`TOGETHER`] long or longer has several endings.
    pub stems: &'a [u8],
    /// The stems' kinds, the commonest with the least number.
    pub kinds: &'a [u8],
    /// Of each kind the place of its endings in [`ENDINGS`].
    pub endings: &'a [u8],
    /// Of each kind, for each of its endings, the classes that such a form has, and [`NAMED`]: the lowest bytes
    /// of them all, then the next ones.
    pub sets: &'a [u8],
}

/// What stems of a kind have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kind {
    endings: &'static [&'static str],
    /// Where its forms' classes stand.
    sets: usize,
    /// How many of the forms rules name.
    named: u16,
}

/// Where a stem stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Among the stems, in bytes.
    pub stem: u16,
    /// Among the kinds, in bytes.
    pub kind: u16,
    /// How many forms before it rules name.
    pub named: u16,
}

/// A form as it unfolds.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    /// What it begins.
    pub buffer: &'a Buffer,
    /// How many bytes it has.
    pub length: usize,
    /// Which of [`Folded::classes`] it has.
    pub classes: usize,
    /// [`UNNAMED`], or its own: see [`NAMED`].
    pub id: u16,
}

/// The id of words that no list holds.
pub const UNLISTED: u16 = u16::MAX;
/// The id of those that one holds, and no rule names.
pub const UNNAMED: u16 = UNLISTED - 64;

/// The id of a form that rules name after so many others. None has the last six bits of the two above:
/// by those `rules::Beside` tells words.
fn id(named: u16) -> u16 {
    named + named / 63
}

/// The first bytes of the word that begins with these eight: those by which its stem is found. They ascend
/// as stems do.
pub fn beginning(word: u64) -> u32 {
    (eight::first(word, TOGETHER) as u32).swap_bytes()
}

fn buffer(beginning: u32) -> Buffer {
    let mut buffer = [0; LONGEST + 8];
    buffer[..4].copy_from_slice(&beginning.to_be_bytes());
    buffer
}

impl Folded<'_> {
    /// All kinds.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut sets = 0;
        let kinds = self.endings.iter().map(|place| {
            let endings = ENDINGS
                .get(usize::from(*place))
                .copied()
                .unwrap_or_default();
            let own = sets..sets + endings.len();
            sets = own.end;
            Kind {
                endings,
                sets: own.start,
                named: own.map(|form| u16::from(self.is_named(form))).sum(),
            }
        });
        kinds.collect()
    }

    /// How many forms all kinds have.
    pub fn forms(&self) -> usize {
        self.sets.len() / 16
    }

    /// The `byte`th byte of the classes of a form.
    fn set(&self, form: usize, byte: usize) -> u8 {
        self.sets
            .get(byte * self.forms() + form)
            .copied()
            .unwrap_or(0)
    }

    fn is_named(&self, form: usize) -> bool {
        self.set(form, 15) >= 128
    }

    /// The classes of a form.
    #[inline(never)]
    pub fn classes(&self, form: usize) -> u128 {
        let bytes = (0..16).rev().map(|byte| u128::from(self.set(form, byte)));
        bytes.fold(0, |all, byte| all << 8 | byte) & !NAMED
    }

    /// Of the stems from `place`, which begin with `first`, up to the byte `end` hands the [`beginning`] of those
    /// that unfold together, and where they stand, to `take`.
    pub fn places(
        &self,
        kinds: &[Kind],
        (first, mut place): (u32, Place),
        end: usize,
        mut take: impl FnMut(u32, Place),
    ) {
        let mut buffer = buffer(first);
        while usize::from(place.stem) < end {
            let here = place;
            let others = self.shared(place).is_some_and(|shared| shared < TOGETHER);
            let Some((length, _)) = self.step(&mut place, kinds, &mut buffer) else {
                return;
            };
            if others {
                let first = eight::first(eight::load(&buffer, 0), length.min(TOGETHER));
                take(beginning(first), here);
            }
        }
    }

    /// Hands every form of the stems to `take` that stand at `place` and begin with `beginning`.
    pub fn unfold(
        &self,
        kinds: &[Kind],
        beginning: u32,
        mut place: Place,
        mut take: impl FnMut(Form),
    ) {
        let mut buffer = buffer(beginning);
        loop {
            let mut named = place.named;
            let Some((stem, kind)) = self.step(&mut place, kinds, &mut buffer) else {
                return;
            };
            // The next stem begins as this one at most: what is behind may be written over.
            for (ending, form) in kind.endings.iter().zip(kind.sets..) {
                for (to, from) in buffer[stem..].iter_mut().zip(ending.bytes()) {
                    *to = from;
                }
                let is_named = self.is_named(form);
                take(Form {
                    buffer: &buffer,
                    length: stem + ending.len(),
                    classes: form,
                    id: if is_named { id(named) } else { UNNAMED },
                });
                named += u16::from(is_named);
            }
            if self.shared(place).is_none_or(|shared| shared < TOGETHER) {
                return;
            }
        }
    }

    /// How many bytes the stem at `place` has in common with the one before.
    fn shared(&self, place: Place) -> Option<usize> {
        self.stems
            .get(usize::from(place.stem))
            .map(|shared| usize::from(*shared))
    }

    /// Writes the stem at `place` over the one before and goes on to the next: how many bytes it has, and its kind.
    fn step(
        &self,
        place: &mut Place,
        kinds: &[Kind],
        buffer: &mut Buffer,
    ) -> Option<(usize, Kind)> {
        let mut length = self.shared(*place)?;
        place.stem += 1;
        while let Some(byte) = self
            .stems
            .get(usize::from(place.stem))
            .filter(|byte| **byte >= LEAST)
        {
            buffer[length % LONGEST] = *byte;
            length += 1;
            place.stem += 1;
        }
        let mut number = || {
            place.kind += 1;
            self.kinds
                .get(usize::from(place.kind) - 1)
                .map(|number| usize::from(*number))
                .unwrap_or_default()
        };
        let mut kind = number();
        if let Some(wide) = kind.checked_sub(usize::from(WIDE)) {
            kind = wide * 256 + number();
        }
        let kind = kinds.get(kind).copied().unwrap_or_default();
        place.named += kind.named;
        Some((length, kind))
    }
}

/// The elements of a pattern, as they are shipped.
pub mod element {
    /// The anchor begins.
    pub const OPEN: usize = 0;
    /// The anchor ends.
    pub const CLOSE: usize = 1;
    /// How many tokens follows.
    pub const GAP: usize = 2;
    /// From here on a part of the sentence, by its place among the parts.
    pub const PART: usize = 16;
    /// From here on a test, by what holds of it; how many words and sets of classes fit follows.
    pub const TEST: usize = 64;
    /// No such token.
    pub const NOT: usize = 1;
    /// It may be missing.
    pub const OPTIONAL: usize = 2;
    /// The sentence's start fits.
    pub const START: usize = 4;
    /// The sentence's end fits.
    pub const END: usize = 8;
}

/// What a rule needs around its trigger, as it is shipped.
pub mod needs {
    /// Adverbials may stand behind the trigger.
    pub const ADJUNCT: usize = 1;
    /// A verb group before it.
    pub const GROUP: usize = 2;
    /// And its subject.
    pub const SUBJECT: usize = 4;
}
