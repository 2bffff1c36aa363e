//! Blocks as they cross from JavaScript: `pack.js` packs them, `wasm.rs` says what the parts hold.

use std::rc::Rc;

use crate::page::{Block, Landmarks, Splice};

/// The splices that were packed. `None` where the parts don't fit together.
pub fn unpack(texts: &str, names: &str, numbers: &[u32]) -> Option<Vec<Splice>> {
    let names: Vec<(Rc<str>, Landmarks)> = names
        .split('\n')
        .map(|name| (name.into(), Landmarks::of(name)))
        .collect();
    let mut texts = texts.split('\n');
    let mut numbers = Numbers(numbers);
    let mut splices = Vec::new();
    while !numbers.0.is_empty() {
        let [at, remove, count] = [numbers.next()?, numbers.next()?, numbers.next()?];
        let mut blocks = Vec::new();
        for _ in 0..count {
            let tag = numbers.next()? as usize;
            let mut within = numbers.list(1)?.iter();
            let within = within.try_fold(Landmarks::default(), |all, name| {
                Some(all.and(names.get(*name as usize)?.1))
            })?;
            let hint = numbers.next()? as usize;
            blocks.push(Block {
                text: texts.next()?.into(),
                tag: Rc::clone(&names.get(tag)?.0),
                path: numbers.list(1)?.to_vec(),
                within,
                hint: Rc::clone(&names.get(hint)?.0),
                links: numbers.ranges()?,
                marks: numbers.ranges()?,
            });
        }
        splices.push(Splice {
            at: at as usize,
            remove: remove as usize,
            blocks,
        });
    }
    Some(splices)
}

/// The numbers that are left.
struct Numbers<'a>(&'a [u32]);

impl<'a> Numbers<'a> {
    fn next(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A list whose items take `size` numbers each.
    fn list(&mut self, size: usize) -> Option<&'a [u32]> {
        let length = (self.next()? as usize).checked_mul(size)?;
        let (list, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(list)
    }

    fn ranges(&mut self) -> Option<Vec<(u32, u32)>> {
        let pairs = self.list(2)?.chunks_exact(2);
        Some(pairs.map(|pair| (pair[0], pair[1])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "p\narticle\nstory body\nfigure\n";

    #[test]
    fn blocks_come_out_as_they_went_in() {
        let numbers = [
            // Before block 7, two go; one comes.
            7, 2, 1, 0, 2, 1, 3, 2, 3, 1, 5, 9, 1, 4, 6, 0, //
            // And at the end another.
            9, 0, 1, 4, 0, 4, 0, 0, 2, 0, 1, 2, 3,
        ];
        let all = unpack("One é.\nTwo.", NAMES, &numbers).unwrap();
        let [first, second] = all.as_slice() else {
            panic!("{all:?}");
        };
        assert_eq!((first.at, first.remove, first.blocks.len()), (7, 2, 1));
        let block = &first.blocks[0];
        assert_eq!(
            (&*block.text, &*block.tag, &*block.hint),
            ("One é.", "p", "story body")
        );
        assert_eq!(block.within, Landmarks::FIGURE);
        assert_eq!(block.path, [1, 5, 9]);
        assert_eq!(
            (block.links.as_slice(), block.marks.as_slice()),
            ([(4, 6)].as_slice(), [].as_slice())
        );
        let block = &second.blocks[0];
        assert_eq!((&*block.text, &*block.tag, &*block.hint), ("Two.", "", ""));
        assert_eq!(block.marks, [(0, 1), (2, 3)]);
        // Cut off anywhere, nothing is made up.
        for end in 1..numbers.len() {
            let some = unpack("One é.\nTwo.", NAMES, &numbers[..end]);
            assert_eq!(some.is_some(), end == 16, "{end}");
        }
        assert!(unpack("One é.", NAMES, &numbers).is_none());
        assert!(unpack("One é.\nTwo.", "p", &numbers).is_none());
        assert!(unpack("", "", &[0, 0, 1, 0, u32::MAX]).is_none());
    }
}
