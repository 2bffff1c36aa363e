//! The words as they are shipped, and how they unfold. Written out with the slots they are looked up
//! by they would be a third of the compressed module; folded they are a tenth of it, and unfolding
//! all of them takes a millisecond or two. `build.rs` folds, and numbers the words in the order in
//! which they unfold.

/// Endings of forms that fold into one stem.
pub const ENDINGS: [&[&str]; 11] = [
    &["", "s", "ed", "ing"],
    &["e", "es", "ed", "ing"],
    &["y", "ies", "ied", "ying"],
    &["", "es", "ed", "ing"],
    &["", "s"],
    &["y", "ies"],
    &["", "es"],
    &["", "d", "s", "ing"],
    &["", "ly"],
    &["e", "es", "ed"],
    &[""],
];

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

impl Folded<'_> {
    /// Hands every form to `take`, with its set.
    pub fn unfold(&self, mut take: impl FnMut(&[u8], u16)) {
        let mut sets = self.sets;
        let kinds = self.endings.iter().map(|endings| {
            let endings = ENDINGS.get(usize::from(*endings)).copied();
            let endings = endings.unwrap_or_default();
            let (own, rest) = sets.split_at(endings.len().min(sets.len()));
            sets = rest;
            (endings, own)
        });
        let kinds: Vec<(&[&str], &[u16])> = kinds.collect();
        let mut numbers = self.kinds.iter().copied();
        let mut word = Vec::new();
        for stem in self.stems.chunk_by(|_, next| *next >= LEAST) {
            let (shared, rest) = stem.split_first().unwrap_or((&0, &[]));
            word.truncate(usize::from(*shared));
            word.extend_from_slice(rest);
            let mut kind = usize::from(numbers.next().unwrap_or_default());
            if let Some(wide) = kind.checked_sub(usize::from(WIDE)) {
                kind = wide * 256 + usize::from(numbers.next().unwrap_or_default());
            }
            let length = word.len();
            let (endings, sets) = kinds.get(kind).copied().unwrap_or_default();
            for (ending, set) in endings.iter().zip(sets) {
                word.extend_from_slice(ending.as_bytes());
                take(&word, *set);
                word.truncate(length);
            }
        }
    }
}
