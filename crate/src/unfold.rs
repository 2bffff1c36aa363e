//! The words as they are shipped, and how they unfold. Written out with the slots they are looked up
//! by they would be a third of the compressed module; folded they are a tenth of it, and unfolding
//! all of them takes a few milliseconds, once. `build.rs` folds, and numbers the words in the order in
//! which they unfold.

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

/// Words, folded.
#[derive(Debug)]
pub struct Folded<'a> {
    /// Stems, ascending: of each how many bytes it begins with are the last one's, then the others.
    pub stems: &'a [u8],
    /// The stems' kinds, the commonest with the least number.
    pub kinds: &'a [u8],
    /// Of each kind the place of its endings in [`ENDINGS`].
    pub endings: &'a [u8],
    /// Of each kind, for each of its endings, which set of classes such a form has.
    pub sets: &'a [u16],
}

/// Eight bytes to be written behind a stem, and how many of them count.
type Ending = ([u8; 8], usize);

impl Folded<'_> {
    /// Hands every form to `take`: a buffer, how many of its bytes are the form, and its set.
    pub fn unfold(&self, mut take: impl FnMut(&Buffer, usize, u16)) {
        let endings = ENDINGS.map(|all| {
            let ending = |one: &&str| {
                let mut bytes = [0; 8];
                bytes[..one.len()].copy_from_slice(one.as_bytes());
                (bytes, one.len())
            };
            all.iter().map(ending).collect::<Vec<Ending>>()
        });
        let mut sets = self.sets;
        let kinds = self.endings.iter().map(|place| {
            let endings = endings.get(usize::from(*place)).map_or(&[][..], |all| all);
            let (own, rest) = sets.split_at(endings.len().min(sets.len()));
            sets = rest;
            (endings, own)
        });
        let kinds: Vec<(&[Ending], &[u16])> = kinds.collect();
        let mut numbers = self.kinds.iter().map(|number| usize::from(*number));
        let mut buffer = [0; LONGEST + 8];
        let mut bytes = self.stems.iter().copied().peekable();
        while let Some(shared) = bytes.next() {
            let mut stem = usize::from(shared);
            while let Some(byte) = bytes.next_if(|byte| *byte >= LEAST) {
                buffer[stem % LONGEST] = byte;
                stem += 1;
            }
            let mut kind = numbers.next().unwrap_or_default();
            if let Some(wide) = kind.checked_sub(usize::from(WIDE)) {
                kind = wide * 256 + numbers.next().unwrap_or_default();
            }
            let (endings, sets) = kinds.get(kind).copied().unwrap_or_default();
            // The next stem begins as this one at most: what is behind may be written over.
            for ((ending, length), set) in endings.iter().zip(sets) {
                if let Some(behind) = buffer.get_mut(stem..stem + 8) {
                    behind.copy_from_slice(ending);
                    take(&buffer, stem + length, *set);
                }
            }
        }
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
