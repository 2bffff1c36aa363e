//! Rules as they are shipped, and how they unfold. As they are matched they would be a sixth of the
//! compressed module, most of it zeros and addresses. `build.rs` writes them column by column: what
//! is alike compresses well where it lies together. Nothing is worked out here that could be before.

use super::tables::{KINDS, PARTS};
use super::{BUCKETS, Beside, Element, Grouped, Rule, Side, Waking, Woken};
use crate::lexicon::{Classes, WordId};
use crate::unfold::{element, needs};

/// A table's rules as they are shipped.
#[derive(Debug)]
pub(super) struct Folded {
    /// Their names, a line each.
    pub ids: &'static str,
    /// What stands beside triggers: classes and words, as sets.
    pub besides: &'static [u8],
    /// Of each rule its kind, strength in hundredths, trigger, what is needed (see [`needs`]), its
    /// three of `besides` and how many elements it has.
    pub rules: &'static [u8],
    /// The elements of all rules.
    pub elements: &'static [u8],
    /// Sets of classes that fit, and that must not be there.
    pub classes: &'static [u8],
    /// Words that fit, then trigger words.
    pub words: &'static [WordId],
    /// What triggers wake, and for each trigger word which.
    pub woken: &'static [u8],
    /// The rules that classes wake; for each class which of them; those that need a group; what the
    /// words beside admit.
    pub by_class: &'static [u8],
}

/// A table's rules as they are matched.
#[derive(Debug)]
pub(super) struct Unfolded {
    /// In the order of their files.
    pub rules: &'static [Rule],
    /// Trigger words, in buckets by the word.
    pub by_word: Vec<Waking>,
    /// Where each bucket begins, and the last one ends.
    pub buckets: [u16; BUCKETS + 1],
    /// The rules that classes wake, ascending.
    pub by_class: Vec<u16>,
    /// For each class, by its bit, the places in `by_class` it wakes, as bits.
    pub of_class: [u128; 128],
    /// Which of those the words beside the trigger admit.
    pub left: Side,
    pub right: Side,
    /// Those of them that need a verb group; `None` where no rule does.
    pub grouped: Option<Grouped>,
}

impl Folded {
    /// All of it, kept for as long as the program runs.
    pub fn unfold(&self) -> Unfolded {
        let mut numbers = Numbers(self.besides);
        let besides = list(&mut numbers, |numbers| Beside {
            classes: numbers.set(),
            words: numbers.set() as u64,
        });
        let beside = |place: usize| besides.get(place).unwrap_or(&NOTHING);
        let (rules, words) = self.rules(beside);

        let mut numbers = Numbers(self.woken);
        let woken = list(&mut numbers, |numbers| Woken {
            left: beside(numbers.next()),
            right: beside(numbers.next()),
            rules: list(numbers, |numbers| numbers.next() as u16),
        });
        let mut buckets = [0; BUCKETS + 1];
        let by_word = words.iter().filter_map(|word| {
            buckets[usize::from(*word) % BUCKETS + 1] += 1;
            let woken = woken.get(numbers.next())?;
            Some(Waking { word: *word, woken })
        });
        let by_word = by_word.collect();
        for bucket in 0..BUCKETS {
            buckets[bucket + 1] += buckets[bucket];
        }

        let mut numbers = Numbers(self.by_class);
        let by_class = list(&mut numbers, |numbers| numbers.next() as u16).to_vec();
        let of_class = sparse(&mut numbers);
        let [alone, subjected] = [(); 2].map(|()| numbers.set());
        let [left, right] = [(); 2].map(|()| Side::unfold(&mut numbers));
        let grouped = (alone | subjected != 0).then(|| Grouped {
            alone,
            subjected,
            outer: Side::unfold(&mut numbers),
        });
        Unfolded {
            rules,
            by_word,
            buckets,
            by_class,
            of_class,
            left,
            right,
            grouped,
        }
    }

    /// The rules, and the words that are left: their triggers.
    fn rules(
        &self,
        beside: impl Fn(usize) -> &'static Beside,
    ) -> (&'static [Rule], &'static [WordId]) {
        let mut numbers = Numbers(self.classes);
        let mut classes = list(&mut numbers, |numbers| (numbers.set(), numbers.set()));
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
        let rules = list(&mut numbers, |numbers| {
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
        });
        (rules, words)
    }
}

impl Side {
    fn unfold(numbers: &mut Numbers) -> Side {
        let classes = sparse(numbers);
        let used = (0..128).filter(|class| classes[*class] != 0);
        Side {
            used: used.fold(0, |used: Classes, class| used | 1 << class),
            classes,
            words: [(); 64].map(|()| numbers.set()),
        }
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

/// Sets for some of 128 places: how many, then each place with its set.
fn sparse(numbers: &mut Numbers) -> [u128; 128] {
    let mut sets = [0; 128];
    for _ in 0..numbers.next() {
        let place = numbers.next();
        sets[place % 128] = numbers.set();
    }
    sets
}

/// The first `count` of what is left.
fn take<T>(left: &mut &'static [T], count: usize) -> &'static [T] {
    let (first, rest) = left.split_at(count.min(left.len()));
    *left = rest;
    first
}

/// Numbers and sets as the rules are shipped: those under 128 take a byte, greater ones several.
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

    /// The next set: how many there are in it, then each.
    #[inline(never)]
    fn set(&mut self) -> u128 {
        (0..self.next()).fold(0, |set, _| set | 1 << (self.next() % 128))
    }
}
