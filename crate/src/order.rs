//! Sorting. The standard library's is compiled anew for every type, seven kilobytes each; here only
//! numbers are sorted, and things put in their order.

/// What things are sorted by: the first number, of equals the second, then the third.
pub type Key = [u32; 3];

/// Sorts stably.
pub fn sort_by_key<T>(all: &mut [T], key: impl Fn(&T) -> Key) {
    if all.is_sorted_by_key(&key) {
        return;
    }
    let mut order: Vec<(Key, u32)> = all.iter().map(key).zip(0..).collect();
    order.sort_unstable();
    let mut from: Vec<usize> = order.iter().map(|(_, from)| *from as usize).collect();
    for first in 0..all.len() {
        // Everything on the circle of places that begins here goes one place on.
        let mut at = first;
        loop {
            let next = std::mem::replace(&mut from[at], at);
            if next == first {
                break;
            }
            all.swap(at, next);
            at = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn like_the_standard_library(all: Vec<(u8, u8)>) {
            let mut same: Vec<_> = all.iter().copied().zip(0..).collect();
            let mut sorted = same.clone();
            sorted.sort_by_key(|((a, b), _)| (*a / 32, *b / 32));
            sort_by_key(&mut same, |((a, b), _)| [u32::from(*a / 32), u32::from(*b / 32), 0]);
            prop_assert_eq!(same, sorted);
        }
    }
}
