//! Rules as they are shipped, and how they unfold. Patterns as they are matched would be a tenth of the
//! compressed module, most of it addresses. `build.rs` writes them column by column: what is alike
//! compresses well where it lies together. What has no addresses, however large, is baked as it is matched:
//! zeros take no room. Nothing is worked out here that could be before.

use super::tables::{KINDS, PARTS};
use super::{Beside, ByClass, Element, Rule, Woken};
use crate::lexicon::{Classes, WordId};
use crate::unfold::{element, needs};

/// A table's rules as they are shipped.
#[derive(Debug)]
pub(super) struct Folded {
    /// Their names, a line each.
    pub ids: &'static str,
    /// What stands beside triggers.
    pub besides: &'static [Beside],
    /// Of each rule its kind, strength in hundredths, trigger, what is needed (see [`needs`]), its
    /// three of `besides` and how many elements it has.
    pub rules: &'static [u8],
    /// The elements of all rules.
    pub elements: &'static [u8],
    /// Sets of classes that fit, and that must not be there.
    pub classes: &'static [(Classes, Classes)],
    /// Words that fit.
    pub words: &'static [WordId],
    /// What triggers wake.
    pub woken: &'static [u8],
    /// For each word that some rule names which of `woken`; none for one that is no trigger.
    pub of_word: &'static [u16],
    /// The rules that classes wake.
    pub by_class: ByClass,
}

/// A table's rules as they are matched.
#[derive(Debug)]
pub(super) struct Unfolded {
    /// In the order of their files.
    pub rules: &'static [Rule],
    /// What triggers wake.
    pub woken: &'static [Woken],
    /// For each word that some rule names which of `woken`; none for one that is no trigger.
    pub of_word: &'static [u16],
    /// The rules that classes wake.
    pub by_class: &'static ByClass,
}

impl Folded {
    /// All of it, kept for as long as the program runs.
    pub fn unfold(&'static self) -> Unfolded {
        let beside = |place: usize| self.besides.get(place).unwrap_or(&NOTHING);
        let mut numbers = Numbers(self.woken);
        let woken = list(&mut numbers, |numbers| Woken {
            left: beside(numbers.next()),
            right: beside(numbers.next()),
            rules: list(numbers, |numbers| numbers.next() as u16),
        });
        Unfolded {
            rules: self.rules(beside),
            woken,
            of_word: self.of_word,
            by_class: &self.by_class,
        }
    }

    fn rules(&'static self, beside: impl Fn(usize) -> &'static Beside) -> &'static [Rule] {
        let mut classes = self.classes;
        let mut words = self.words;
        let mut numbers = Numbers(self.elements);
        let mut elements = list(&mut numbers, |numbers| match numbers.next() {
            element::OPEN => Element::Open,
            element::CLOSE => Element::Close,
            element::GAP => Element::Gap(numbers.next() as u8),
            test if test >= element::TEST => Element::Test {
                not: test & element::NOT != 0,
                optional: test & element::OPTIONAL != 0,
                start: test & element::START != 0,
                end: test & element::END != 0,
                words: take(&mut words, numbers.next()),
                classes: take(&mut classes, numbers.next()),
            },
            part => Element::Part(PARTS[(part - element::PART) % PARTS.len()]),
        });
        let mut numbers = Numbers(self.rules);
        let mut ids = self.ids.lines();
        list(&mut numbers, |numbers| {
            let [kind, hundredths, trigger, needs] = [(); 4].map(|()| numbers.next());
            Rule {
                id: ids.next().unwrap_or_default(),
                what: KINDS[kind % KINDS.len()],
                strength: hundredths as f32 / 100.0,
                trigger,
                adjunct: needs & needs::ADJUNCT != 0,
                group: needs & needs::GROUP != 0,
                subject: needs & needs::SUBJECT != 0,
                left: beside(numbers.next()),
                right: beside(numbers.next()),
                outer: beside(numbers.next()),
                elements: take(&mut elements, numbers.next()),
            }
        })
    }
}

static NOTHING: Beside = Beside {
    classes: 0,
    words: 0,
};

/// As many things as the next number says.
fn list<T>(numbers: &mut Numbers, mut next: impl FnMut(&mut Numbers) -> T) -> &'static [T] {
    let count = numbers.next();
    (0..count).map(|_| next(numbers)).collect::<Vec<T>>().leak()
}

/// The first `count` of what is left.
fn take<T>(left: &mut &'static [T], count: usize) -> &'static [T] {
    let (first, rest) = left.split_at(count.min(left.len()));
    *left = rest;
    first
}

/// Numbers as the rules are shipped: those under 128 take a byte, greater ones several.
#[derive(Clone, Copy, Debug)]
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// The next number, seven bits a byte, the lowest first; zero past the end.
    #[inline(never)]
    fn next(&mut self) -> usize {
        let (mut number, mut bits) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= usize::from(byte & 127) << bits;
            if *byte < 128 || bits > 14 {
                break;
            }
            bits += 7;
        }
        number
    }
}
