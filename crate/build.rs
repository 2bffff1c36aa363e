//! Bakes `data/words` and `data/rules` into tables, so that nothing is parsed or compiled when the
//! engine starts. Any mistake in the data stops the build with the file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

#[allow(dead_code)]
#[path = "src/eight.rs"]
mod eight;
#[path = "src/unfold.rs"]
mod unfold;
use unfold::{
    ENDINGS, Folded, LEAST, LONGEST, NAMED, Place, TOGETHER, UNLISTED, UNNAMED, WIDE, element,
    needs,
};

/// Classes that tokens get from their shape, not from a list; see `src/tokens.rs`.
const SHAPES: [&str; 8] = [
    "CAP", "NUM", "UNKNOWN", "PUNCT", "QUOTE", "ACRONYM", "LINKED", "CITED",
];
/// Forms that inflection gives.
const FORMS: [&str; 7] = [
    "SINGULAR",
    "PLURAL",
    "BASE",
    "THIRD",
    "PAST",
    "PARTICIPLE",
    "ING",
];

fn fail(file: &Path, line: usize, what: &str) -> ! {
    eprintln!("{}:{line}: {what}", file.display());
    process::exit(1);
}

/// The class names that the code and the rules ask for: a list's tag takes a bit only if it is among them.
fn asked(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root.join("src"), root.join("data/rules")];
    while let Some(folder) = folders.pop() {
        println!("cargo:rerun-if-changed={}", folder.display());
        for entry in fs::read_dir(&folder)
            .unwrap_or_else(|e| fail(&folder, 0, &e.to_string()))
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            println!("cargo:rerun-if-changed={}", path.display());
            let text = fs::read_to_string(&path).unwrap_or_default();
            let words = text
                .split(|c: char| !c.is_ascii_uppercase() && c != '_')
                .filter(|w| w.len() > 2);
            names.extend(words.map(str::to_owned));
        }
    }
    names
}

#[derive(Default)]
struct Lexicon {
    /// Class names that are asked for.
    asked: BTreeSet<String>,
    /// Class name → bit.
    classes: BTreeMap<String, u32>,
    /// Form → bits.
    words: BTreeMap<String, u128>,
    /// Words that rules name.
    named: BTreeSet<String>,
}

impl Lexicon {
    fn bit(&mut self, name: &str) -> u128 {
        let next = self.classes.len() as u32;
        let bit = *self.classes.entry(name.to_owned()).or_insert(next);
        // The last bit is the sentence's edge: `rules::EDGE`.
        assert!(bit < 127, "more than 127 word classes");
        1 << bit
    }

    /// The classes of these names, as bits.
    fn set(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> u128 {
        let bits = names
            .into_iter()
            .map(|name| 1 << self.classes[name.as_ref()]);
        bits.fold(0, |all, bit: u128| all | bit)
    }

    fn add(&mut self, form: &str, bits: u128) {
        if form != "-" {
            *self.words.entry(form.to_owned()).or_default() |= bits;
        }
    }
}

fn lines(path: &Path) -> Vec<(usize, String)> {
    println!("cargo:rerun-if-changed={}", path.display());
    let text = fs::read_to_string(path).unwrap_or_else(|e| fail(path, 0, &e.to_string()));
    text.lines()
        .enumerate()
        .map(|(i, l)| (i + 1, l.trim().to_owned()))
        .filter(|(_, l)| !l.is_empty() && !l.starts_with('#'))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).unwrap_or_else(|e| fail(folder, 0, &e.to_string()));
    let mut all: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x == "txt"))
        .collect();
    all.sort();
    all
}

fn ends_in_consonant_y(word: &str) -> bool {
    let mut last = word.chars().rev();
    last.next() == Some('y') && last.next().is_some_and(|c| !"aeiou".contains(c))
}

fn s_form(word: &str) -> String {
    if ends_in_consonant_y(word) {
        format!("{}ies", &word[..word.len() - 1])
    } else if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|e| word.ends_with(e))
    {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

fn ed_form(word: &str) -> String {
    if word.ends_with('e') {
        format!("{word}d")
    } else if ends_in_consonant_y(word) {
        format!("{}ied", &word[..word.len() - 1])
    } else {
        format!("{word}ed")
    }
}

fn ing_form(word: &str) -> String {
    if word.ends_with("ie") {
        word.strip_suffix("ie")
            .map_or_else(String::new, |stem| format!("{stem}ying"))
    } else if word.ends_with('e')
        && !word.ends_with("ee")
        && !word.ends_with("oe")
        && !word.ends_with("ye")
    {
        format!("{}ing", &word[..word.len() - 1])
    } else {
        format!("{word}ing")
    }
}

/// `nouns-person` → noun class PERSON; `verbs-speech` → verb class SPEECH; others by their name.
fn read_words(folder: &Path, lexicon: &mut Lexicon) {
    for path in files(folder) {
        let stem = path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        let (part, class) = match stem.split_once('-') {
            Some(("nouns", rest)) => (
                "noun",
                if rest == "common" {
                    "NOUN".to_owned()
                } else {
                    rest.to_uppercase()
                },
            ),
            Some(("verbs", rest)) => (
                "verb",
                if rest == "common" {
                    "VERB".to_owned()
                } else {
                    rest.to_uppercase()
                },
            ),
            _ => ("other", stem.to_uppercase()),
        };
        let class = class.replace('-', "_");
        for (number, line) in lines(&path) {
            let (forms, tags) = line.split_once('|').unwrap_or((&line, ""));
            let forms: Vec<&str> = forms.split_whitespace().collect();
            let mut bits = lexicon.bit(&class);
            if part == "noun" && class != "NOUN" {
                bits |= lexicon.bit("NOUN");
            }
            if part == "verb" && class != "VERB" {
                bits |= lexicon.bit("VERB");
            }
            if class.starts_with("ADJECTIVES_") {
                bits |= lexicon.bit("ADJECTIVES");
            }
            for tag in tags.split_whitespace() {
                let name = format!("{class}_{}", tag.to_uppercase().replace('-', "_"));
                if lexicon.asked.contains(&name) {
                    bits |= lexicon.bit(&name);
                }
            }
            if class == "UNITS" {
                bits |= lexicon.bit("NOUN");
            }
            let form = |l: &mut Lexicon, word: &str, name: &str| {
                let bit = l.bit(name);
                l.add(word, bits | bit);
            };
            match (part, forms.as_slice()) {
                (_, []) => fail(&path, number, "no word"),
                ("noun", [one]) => {
                    form(lexicon, one, "SINGULAR");
                    form(lexicon, &s_form(one), "PLURAL");
                }
                ("noun", [singular, plural]) => {
                    form(lexicon, singular, "SINGULAR");
                    form(lexicon, plural, "PLURAL");
                }
                ("verb", [base]) => {
                    form(lexicon, base, "BASE");
                    form(lexicon, &s_form(base), "THIRD");
                    form(lexicon, &ed_form(base), "PAST");
                    form(lexicon, &ed_form(base), "PARTICIPLE");
                    form(lexicon, &ing_form(base), "ING");
                }
                ("verb", [base, third, past, participle, ing]) => {
                    form(lexicon, base, "BASE");
                    form(lexicon, third, "THIRD");
                    form(lexicon, past, "PAST");
                    form(lexicon, participle, "PARTICIPLE");
                    form(lexicon, ing, "ING");
                }
                // Units are nouns of which the list gives every form.
                ("other", [unit]) if class == "UNITS" => {
                    form(
                        lexicon,
                        unit,
                        if unit.ends_with('s') {
                            "PLURAL"
                        } else {
                            "SINGULAR"
                        },
                    );
                }
                ("other", words) => words.iter().for_each(|w| lexicon.add(w, bits)),
                _ => fail(&path, number, "one form, or all of them"),
            }
        }
    }
}

/// One element of a rule's pattern, before it is written out.
enum Element {
    Open,
    Close,
    Gap(u8),
    /// A part of the sentence that the engine finds: `rules::Part`.
    Part(String),
    Test {
        not: bool,
        optional: bool,
        alternatives: Vec<Alternative>,
    },
}

enum Alternative {
    Word(String),
    /// Classes that must be there and classes that must not.
    Class(Vec<String>, Vec<String>),
    Start,
    End,
}

struct Rule {
    id: String,
    kind: String,
    strength: f32,
    elements: Vec<Element>,
    trigger: usize,
    at: (PathBuf, usize),
}

/// The element that wakes a rule: the first certain one of its anchor, or a rarer one where only words
/// lie between, since most words that a rule is tried at are in vain.
fn trigger(lexicon: &Lexicon, elements: &[Element], open: usize) -> Option<usize> {
    let certain = |i: &usize| {
        matches!(
            &elements[*i],
            Element::Test {
                not: false,
                optional: false,
                ..
            }
        )
    };
    let first = (open..elements.len()).find(certain)?;
    let close = elements.iter().position(|e| matches!(e, Element::Close))?;
    let plain = |e: &Element| !matches!(e, Element::Part(_));
    if close < first || !elements[..close].iter().all(plain) {
        return Some(first);
    }
    (first..close)
        .filter(certain)
        .min_by_key(|i| frequency(lexicon, &elements[*i]))
}

/// How often an element fits, roughly, to compare: a listed word counts once, a function word as
/// many of them (half of all tokens are some two hundred words: Zipf 1949), and a shape as all.
fn frequency(lexicon: &Lexicon, element: &Element) -> usize {
    const FUNCTION: usize = 100;
    let Element::Test { alternatives, .. } = element else {
        return usize::MAX;
    };
    let function = lexicon.classes.get("FUNCTION").map_or(0, |bit| 1 << bit);
    let weigh = |classes: &u128| if classes & function == 0 { 1 } else { FUNCTION };
    let of = |alternative: &Alternative| match alternative {
        Alternative::Word(word) => lexicon.words.get(word).map_or(1, weigh),
        Alternative::Class(with, _) => {
            let bits = with.iter().filter_map(|name| lexicon.classes.get(name));
            let all = bits.fold(0, |all, bit| all | 1 << bit);
            let listed = lexicon
                .words
                .values()
                .filter(|classes| *classes & all == all);
            match listed.map(weigh).sum() {
                0 => lexicon.words.len(),
                sum => sum,
            }
        }
        Alternative::Start | Alternative::End => lexicon.words.len(),
    };
    alternatives.iter().map(of).sum()
}

fn parse_rule(lexicon: &Lexicon, path: &Path, number: usize, line: &str) -> Rule {
    let columns: Vec<&str> = line.splitn(4, " | ").map(str::trim).collect();
    let [id, kind, strength, pattern] = columns[..] else {
        fail(
            path,
            number,
            "a rule has four columns: id | kind | strength | pattern",
        )
    };
    let strength = strength
        .parse()
        .unwrap_or_else(|_| fail(path, number, "strength is a number"));
    let mut elements = Vec::new();
    for word in pattern.split_whitespace() {
        elements.push(match word {
            "[" => Element::Open,
            "]" => Element::Close,
            _ if word.bytes().all(|b| b.is_ascii_uppercase()) => {
                let (first, rest) = word.split_at(1);
                Element::Part(format!("{first}{}", rest.to_lowercase()))
            }
            _ if word.starts_with("..") && word.len() > 2 => Element::Gap(
                word[2..]
                    .parse()
                    .unwrap_or_else(|_| fail(path, number, "a gap is ..N")),
            ),
            _ => {
                let (not, rest) = word.strip_prefix('!').map_or((false, word), |r| (true, r));
                let (optional, rest) = rest
                    .strip_suffix('?')
                    .filter(|r| !r.is_empty())
                    .map_or((false, rest), |r| (true, r));
                let alternatives = rest
                    .split('|')
                    .map(|a| match a {
                        "^" => Alternative::Start,
                        "$$" => Alternative::End,
                        _ => match a.strip_prefix('<').and_then(|a| a.strip_suffix('>')) {
                            Some(class) => {
                                let (without, with): (Vec<&str>, Vec<&str>) =
                                    class.split('&').partition(|name| name.starts_with('!'));
                                Alternative::Class(
                                    with.into_iter().map(str::to_owned).collect(),
                                    without.into_iter().map(|n| n[1..].to_owned()).collect(),
                                )
                            }
                            None => Alternative::Word(a.to_owned()),
                        },
                    })
                    .collect();
                Element::Test {
                    not,
                    optional,
                    alternatives,
                }
            }
        });
    }
    if !elements.iter().any(|e| matches!(e, Element::Open)) {
        elements.insert(0, Element::Open);
        elements.push(Element::Close);
    }
    let open = elements
        .iter()
        .position(|e| matches!(e, Element::Open))
        .unwrap_or(0);
    let trigger = trigger(lexicon, &elements, open)
        .unwrap_or_else(|| fail(path, number, "nothing certain after ["));
    if !elements[trigger..]
        .iter()
        .any(|e| matches!(e, Element::Close))
    {
        fail(path, number, "] must come after a certain word");
    }
    Rule {
        id: id.to_owned(),
        kind: kind.to_owned(),
        strength,
        elements,
        trigger,
        at: (path.to_owned(), number),
    }
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut lexicon = Lexicon {
        asked: asked(&root),
        ..Lexicon::default()
    };
    for shape in SHAPES.iter().chain(&FORMS) {
        lexicon.bit(shape);
    }
    for table in TABLES {
        lexicon.bit(table.trigger);
    }
    read_words(&root.join("data/words"), &mut lexicon);

    let mut rules = Vec::new();
    for path in files(&root.join("data/rules")) {
        for (number, line) in lines(&path) {
            if !line.starts_with("+ ") && !line.starts_with("- ") {
                rules.push(parse_rule(&lexicon, &path, number, &line));
            }
        }
    }
    let mut ids = BTreeSet::new();
    for rule in &rules {
        let rule_bit = lexicon.bit(table_of(rule).trigger);
        if !ids.insert(rule.id.clone()) {
            fail(&rule.at.0, rule.at.1, "two rules of that id");
        }
        for (i, element) in rule.elements.iter().enumerate() {
            if let Element::Test { alternatives, .. } = element {
                for alternative in alternatives {
                    if let Alternative::Word(word) = alternative {
                        lexicon.add(word, if i == rule.trigger { rule_bit } else { 0 });
                        lexicon.named.insert(word.clone());
                    }
                }
            }
        }
    }
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_default());
    let fold = Fold::new(&lexicon);
    let words = fold.words();
    let ids = words.iter().map(|(word, form)| (&**word, form.id));
    let tables = [
        ("words.rs", write_words(&lexicon, &fold, &words)),
        ("classes.rs", write_classes(&lexicon)),
        ("rules.rs", write_tables(&lexicon, &ids.collect(), &rules)),
        ("languages.rs", write_languages(&root.join("data/language"))),
    ];
    for (name, text) in tables {
        fs::write(out.join(name), text).unwrap_or_else(|e| fail(&out, 0, &e.to_string()));
    }
}

/// The classes' names, for whoever asks how a word was taken.
fn write_classes(lexicon: &Lexicon) -> String {
    let names: Vec<String> = lexicon
        .classes
        .iter()
        .map(|(name, bit)| format!("({:?}, 1 << {bit})", name.to_lowercase()))
        .collect();
    format!(
        "static CLASSES: [(&str, u128); {}] = [{}];\n",
        names.len(),
        names.join(", ")
    )
}

/// Languages told by their words; of equals the last one is meant.
const LANGUAGES: [&str; 19] = [
    "en", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs", "ro", "hu", "tr",
    "id", "ru", "uk",
];

/// The function words of all languages with the languages they belong to as bits, for `language.rs`.
fn write_languages(folder: &Path) -> String {
    let mut words: BTreeMap<u128, u32> = BTreeMap::new();
    for (bit, language) in LANGUAGES.iter().enumerate() {
        let path = folder.join(language).with_extension("txt");
        for (number, word) in lines(&path) {
            if word.len() > 16 {
                fail(&path, number, "more than sixteen bytes");
            }
            let (low, high) = word.as_bytes().split_at(word.len().min(8));
            let [low, high] = [low, high].map(|half| u128::from(eight::load(half, 0)));
            let bytes = low | high << 64;
            *words.entry(bytes).or_default() |= 1 << bit;
        }
    }
    let size = (words.len() * 2).next_power_of_two();
    let mut slots = vec![(0, 0); size];
    for (bytes, lists) in words {
        let hash = eight::mix(eight::mix(0, bytes as u64), (bytes >> 64) as u64);
        let mut slot = (hash >> (64 - size.trailing_zeros())) as usize;
        while slots[slot] != (0, 0) {
            slot = (slot + 1) % size;
        }
        slots[slot] = (bytes, lists);
    }
    format!(
        "pub static TAGS: [&str; {}] = {LANGUAGES:?};\npub static WORDS: [(u128, u32); {size}] = {slots:?};\n",
        LANGUAGES.len()
    )
}

/// A stem's endings, by their place in `ENDINGS`, and the sets that its forms have.
type Kind = (u8, Vec<u128>);

/// A form as it unfolds.
struct Form {
    classes: u128,
    id: u16,
}

/// The words, folded: forms go together where one stem has all of some endings.
#[derive(Default)]
struct Fold {
    stems: Vec<u8>,
    kinds: Vec<u8>,
    endings: Vec<u8>,
    sets: Vec<u8>,
}

impl Fold {
    fn new(lexicon: &Lexicon) -> Fold {
        let named = |word| {
            if lexicon.named.contains(word) {
                NAMED
            } else {
                0
            }
        };
        let words = lexicon.words.iter();
        let mut left: BTreeMap<&str, u128> = words.map(|(w, set)| (&**w, set | named(w))).collect();
        let mut stems: BTreeSet<(&str, Kind)> = BTreeSet::new();
        for (endings, place) in ENDINGS.iter().zip(0..) {
            for word in lexicon.words.keys() {
                let stem = word.strip_suffix(endings[0]);
                let Some(stem) = stem.filter(|s| s.len() >= TOGETHER || *endings == [""]) else {
                    continue;
                };
                let forms: Vec<String> = endings.iter().map(|end| format!("{stem}{end}")).collect();
                let known = forms.iter().map(|form| left.get(&**form).copied());
                if let Some(sets) = known.collect() {
                    stems.insert((stem, (place, sets)));
                    for form in &forms {
                        left.remove(&**form);
                    }
                }
            }
        }
        let mut counts: BTreeMap<&Kind, usize> = BTreeMap::new();
        for (_, kind) in &stems {
            *counts.entry(kind).or_default() += 1;
        }
        let mut kinds: Vec<&Kind> = counts.keys().copied().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(counts[kind]));
        // Of those that take two bytes anyway, alike ones together compress better.
        if let Some(wide) = kinds.get_mut(usize::from(WIDE)..) {
            wide.sort();
        }
        let number: BTreeMap<&Kind, usize> = kinds.iter().copied().zip(0..).collect();
        let mut fold = Fold {
            endings: kinds.iter().map(|(endings, _)| *endings).collect(),
            ..Fold::default()
        };
        let sets = || kinds.iter().flat_map(|(_, sets)| sets);
        for byte in 0..16 {
            fold.sets
                .extend(sets().map(|set| (set >> (8 * byte)) as u8));
        }
        let mut last: &[u8] = &[];
        for (stem, kind) in &stems {
            let stem = stem.as_bytes();
            let alike = last.iter().zip(stem).take_while(|(a, b)| a == b);
            let shared = alike.count().min(usize::from(LEAST) - 1);
            fold.stems.push(shared as u8);
            fold.stems.extend(&stem[shared..]);
            last = stem;
            match u8::try_from(number[kind]) {
                Ok(one) if one < WIDE => fold.kinds.push(one),
                _ => fold.kinds.extend([
                    u8::try_from(number[kind] / 256 + usize::from(WIDE)).expect("too many kinds"),
                    (number[kind] % 256) as u8,
                ]),
            }
        }
        fold
    }

    fn folded(&self) -> Folded<'_> {
        Folded {
            stems: &self.stems,
            kinds: &self.kinds,
            endings: &self.endings,
            sets: &self.sets,
        }
    }

    /// Where every so many bytes stems of another beginning begin.
    fn rows(&self) -> Vec<(u32, Place)> {
        const BYTES: u16 = 256;
        let folded = self.folded();
        let mut rows: Vec<(u32, Place)> = Vec::new();
        folded.places(
            &folded.kinds(),
            (0, Place::default()),
            usize::MAX,
            |beginning, place| {
                if rows
                    .last()
                    .is_none_or(|(_, last)| place.stem - last.stem >= BYTES)
                {
                    rows.push((beginning, place));
                }
            },
        );
        rows
    }

    /// All forms as they unfold.
    fn words(&self) -> Vec<(String, Form)> {
        let folded = self.folded();
        let kinds = folded.kinds();
        let mut words = Vec::new();
        folded.places(
            &kinds,
            (0, Place::default()),
            usize::MAX,
            |beginning, place| {
                folded.unfold(&kinds, beginning, place, |form| {
                    let word = String::from_utf8_lossy(&form.buffer[..form.length]);
                    let (classes, id) = (folded.classes(form.classes), form.id);
                    words.push((word.into_owned(), Form { classes, id }));
                });
            },
        );
        words
    }
}

/// The words with their classes, for `lexicon.rs`.
fn write_words(lexicon: &Lexicon, fold: &Fold, words: &[(String, Form)]) -> String {
    let mut out = String::new();
    for (name, bit) in &lexicon.classes {
        let _ = writeln!(out, "pub const {name}: u128 = 1 << {bit};");
    }
    let unfolded = words
        .iter()
        .map(|(word, form)| (word.clone(), form.classes));
    assert!(
        unfolded.collect::<BTreeMap<String, u128>>() == lexicon.words,
        "words unfold to others"
    );
    let ids = words.iter().filter(|(_, form)| form.id != UNNAMED);
    let named: BTreeSet<&str> = ids.map(|(word, _)| &**word).collect();
    assert!(
        named.iter().eq(&lexicon.named),
        "others have ids than those that rules name"
    );
    assert!(
        words.iter().all(|(word, _)| word.len() <= LONGEST),
        "a long word"
    );
    // Places of stems, classes, words and what words have after their first bytes are kept as `u16`.
    let rest = words.iter().map(|(word, _)| (word.len() - 1) / 8);
    let places = [
        fold.stems.len(),
        fold.sets.len() / 16,
        words.len(),
        rest.sum(),
    ];
    assert!(places.iter().all(|count| *count < 65_535), "too many words");
    let rows: Vec<String> = fold
        .rows()
        .iter()
        .map(|(beginning, place)| format!("({beginning}, {place:?})"))
        .collect();
    // Marks are a seventh of all tokens: those of one byte need no search.
    let marks: Vec<(u16, u128)> = (0..128u8)
        .map(|byte| {
            let mark = char::from(byte).to_string();
            let is_mark = |w: &&(String, Form)| w.0 == mark && !byte.is_ascii_alphanumeric();
            let form = words.iter().find(is_mark);
            form.map_or((UNLISTED, 0), |(_, form)| (form.id, form.classes))
        })
        .collect();
    let _ = writeln!(
        out,
        "pub static FOLDED: Folded = Folded {{ stems: b\"{}\", kinds: b\"{}\", endings: b\"{}\", sets: b\"{}\" }};
pub static ROWS: [(u32, Place); {}] = [{}];
pub static MARKS: [(u16, u128); 128] = {marks:?};",
        fold.stems.escape_ascii(),
        fold.kinds.escape_ascii(),
        fold.endings.escape_ascii(),
        fold.sets.escape_ascii(),
        rows.len(),
        rows.join(", "),
    );
    out
}

/// A table of rules: its name, the class that its trigger words get, the type of its rules' kinds
/// (one of those in `rules::What`), and the files it is made of.
struct Table {
    name: &'static str,
    trigger: &'static str,
    kind: &'static str,
    files: &'static [&'static str],
}

/// The tables; the last one takes the rules of all other files.
const TABLES: [Table; 3] = [
    Table {
        name: "ATTRIBUTION",
        trigger: "CUE",
        kind: "Manner",
        files: &["attribution", "agentless"],
    },
    Table {
        name: "DETAILS",
        trigger: "DETAIL",
        kind: "Wording",
        files: &["details"],
    },
    Table {
        name: "FLAGS",
        trigger: "RULE",
        kind: "Kind",
        files: &[],
    },
];

/// The table of a rule, by the file it stands in.
fn table_of(rule: &Rule) -> &'static Table {
    let stem = rule.at.0.file_stem().unwrap_or_default();
    let named = TABLES.iter().find(|t| t.files.iter().any(|f| stem == *f));
    named.unwrap_or(&TABLES[TABLES.len() - 1])
}

/// What a rule finds, as Rust writes it.
fn what(rule: &Rule) -> String {
    let kind = table_of(rule).kind;
    match rule.kind.strip_prefix("not-") {
        Some(category) => format!("What::Not(Category::{})", capitalised(category)),
        None => format!("What::{kind}({kind}::{})", capitalised(&rule.kind)),
    }
}

/// The word with a capital, as Rust names variants.
fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// All tables of rules, for `rules.rs`.
fn write_tables(lexicon: &Lexicon, ids: &BTreeMap<&str, u16>, rules: &[Rule]) -> String {
    let (mut kinds, mut parts) = (Shared::default(), Shared::default());
    let tables: String = TABLES
        .iter()
        .map(|table| {
            let own: Vec<&Rule> = rules
                .iter()
                .filter(|r| table_of(r).name == table.name)
                .collect();
            write_rules(table, lexicon, ids, &own, &mut kinds, &mut parts)
        })
        .collect();
    let written = |things: &Shared<String>| {
        let things: Vec<&str> = things
            .in_order()
            .into_iter()
            .map(|thing| &**thing)
            .collect();
        things.join(",")
    };
    format!(
        "pub static KINDS: [What; {}] = [{}];\npub static PARTS: [Part; {}] = [{}];\n{tables}",
        kinds.0.len(),
        written(&kinds),
        parts.0.len(),
        written(&parts),
    )
}

/// Things that many places have in common, each written once, in the order in which they are asked for.
struct Shared<T>(BTreeMap<T, usize>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(BTreeMap::new())
    }
}

impl<T: Ord> Shared<T> {
    /// Its place.
    fn place(&mut self, thing: T) -> usize {
        let next = self.0.len();
        *self.0.entry(thing).or_insert(next)
    }

    fn in_order(&self) -> Vec<&T> {
        let mut things: Vec<(&T, &usize)> = self.0.iter().collect();
        things.sort_by_key(|(_, place)| **place);
        things.into_iter().map(|(thing, _)| thing).collect()
    }
}

/// Numbers as they are shipped, which `rules/folded.rs` reads.
#[derive(Default)]
struct Numbers(Vec<u8>);

impl Numbers {
    fn add(&mut self, mut number: usize) {
        while number > 127 {
            self.0.push((number % 128) as u8 | 128);
            number /= 128;
        }
        self.0.push(number as u8);
    }

    /// As many lists of numbers, each as written.
    fn list(&mut self, count: usize, numbers: &Numbers) {
        self.add(count);
        self.0.extend(&numbers.0);
    }

    /// As Rust writes them.
    fn written(&self) -> String {
        format!("b\"{}\"", self.0.escape_ascii())
    }
}

/// What a token must be for a pattern to go on with it: any of these.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Beside {
    classes: BTreeSet<String>,
    /// Words as bits by the last six bits of their ids.
    words: u64,
    /// Whether adverbials may stand before it.
    adjunct: bool,
}

impl Beside {
    /// Any token at all, and none.
    fn anything() -> Beside {
        Beside {
            classes: BTreeSet::from(["EDGE".to_owned()]),
            words: u64::MAX,
            adjunct: false,
        }
    }

    /// What the nearest of `elements`, the pattern outwards from a place, ask for there.
    fn new<'a>(elements: impl Iterator<Item = &'a Element>, ids: &BTreeMap<&str, u16>) -> Beside {
        let mut found = Beside::default();
        for element in elements {
            match element {
                Element::Test {
                    not: false,
                    optional,
                    alternatives,
                } => {
                    for alternative in alternatives {
                        match alternative {
                            Alternative::Word(word) => {
                                found.words |= 1 << (ids[word.as_str()] % 64);
                            }
                            Alternative::Class(with, _) => match with.last() {
                                Some(class) => found.classes.extend([class.clone()]),
                                None => return Beside::anything(),
                            },
                            Alternative::Start | Alternative::End => {
                                found.classes.extend(["EDGE".to_owned()]);
                            }
                        }
                    }
                    if !optional {
                        return found;
                    }
                }
                Element::Part(part) if part == "End" => {
                    found.classes.extend(["PUNCT", "EDGE"].map(str::to_owned));
                    return found;
                }
                Element::Part(part) if part == "Adjunct" => found.adjunct = true,
                // These take no token.
                Element::Open | Element::Close | Element::Test { not: true, .. } => {}
                Element::Part(part) if part == "Content" => {}
                Element::Part(_) | Element::Gap(_) => break,
            }
        }
        Beside::anything()
    }

    fn or(mut self, other: &Beside) -> Beside {
        self.classes.extend(other.classes.iter().cloned());
        self.words |= other.words;
        self
    }

    /// Its classes as bits.
    fn bits(&self, lexicon: &Lexicon) -> u128 {
        let bits = self.classes.iter().map(|class| match class.as_str() {
            "EDGE" => 1 << 127,
            class => lexicon.set([class]),
        });
        bits.fold(0, |all, bit| all | bit)
    }
}

/// One table, as `rules/folded.rs` unfolds it. Words stand by their ids, classes by their bits.
fn write_rules(
    table: &Table,
    lexicon: &Lexicon,
    ids: &BTreeMap<&str, u16>,
    rules: &[&Rule],
    kinds: &mut Shared<String>,
    parts: &mut Shared<String>,
) -> String {
    let mut by_word: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut sides: Vec<[Beside; 3]> = Vec::new();
    let mut needs: Vec<[bool; 2]> = Vec::new();
    // The trigger's classes, by the rule.
    let mut by_class: Vec<(&[String], usize)> = Vec::new();
    let mut besides = Shared::default();
    let (mut facts, mut elements) = <(Numbers, Numbers)>::default();
    let (mut element_count, mut classes) = (0, Vec::new());
    let mut fitting: Vec<usize> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        for (i, element) in rule.elements.iter().enumerate() {
            match element {
                Element::Open => elements.add(element::OPEN),
                Element::Close => elements.add(element::CLOSE),
                Element::Gap(n) => {
                    elements.add(element::GAP);
                    elements.add(usize::from(*n));
                }
                Element::Part(part) => {
                    let place = parts.place(format!("Part::{part}"));
                    assert!(element::PART + place < element::TEST, "too many parts");
                    elements.add(element::PART + place);
                }
                Element::Test {
                    not,
                    optional,
                    alternatives,
                } => {
                    let has = |holds: bool, bit: usize| if holds { bit } else { 0 };
                    let mut what = has(*not, element::NOT) | has(*optional, element::OPTIONAL);
                    let (mut words, mut set_count) = (Vec::new(), 0);
                    for alternative in alternatives {
                        match alternative {
                            Alternative::Word(word) => {
                                let id = usize::from(ids[word.as_str()]);
                                words.push(id);
                                if i == rule.trigger {
                                    by_word.entry(id).or_default().push(number);
                                }
                            }
                            Alternative::Class(with, without) => {
                                for name in with.iter().chain(without) {
                                    if !lexicon.classes.contains_key(name) {
                                        fail(
                                            &rule.at.0,
                                            rule.at.1,
                                            &format!("no word class {name}"),
                                        );
                                    }
                                }
                                if i == rule.trigger {
                                    by_class.push((with, number));
                                }
                                classes.push((lexicon.set(with), lexicon.set(without)));
                                set_count += 1;
                            }
                            Alternative::Start => what |= element::START,
                            Alternative::End => what |= element::END,
                        }
                    }
                    if i == rule.trigger && set_count == 0 {
                        // Its words wake it, and nothing else does: they are listed once.
                        words.clear();
                    }
                    elements.add(element::TEST + what);
                    elements.add(words.len());
                    elements.add(set_count);
                    words.sort_unstable();
                    fitting.extend(words);
                }
            }
        }
        element_count += rule.elements.len();
        let (before, after) = (
            &rule.elements[..rule.trigger],
            &rule.elements[rule.trigger + 1..],
        );
        let outwards: Vec<&Element> = before
            .iter()
            .rev()
            .filter(|e| !matches!(e, Element::Open))
            .collect();
        let part = |nth: usize, names: &[&str]| matches!(outwards.get(nth), Some(Element::Part(part)) if names.contains(&part.as_str()));
        let group = part(0, &["Group"]);
        let subject = group && part(1, &["Subject", "Record", "Experts"]);
        let outer = if group {
            let inner = 1 + usize::from(subject);
            Beside::new(outwards[inner..].iter().copied(), ids)
        } else {
            Beside::anything()
        };
        needs.push([group, subject]);
        let left = Beside::new(before.iter().rev(), ids);
        let right = Beside::new(after.iter(), ids);
        let asked = [
            (right.adjunct, needs::ADJUNCT),
            (group, needs::GROUP),
            (subject, needs::SUBJECT),
        ];
        facts.add(kinds.place(self::what(rule)));
        facts.add((rule.strength * 100.0).round() as usize);
        facts.add(rule.trigger);
        facts.add(
            asked
                .iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, bit)| bit)
                .sum(),
        );
        for beside in [&left, &right, &outer] {
            facts.add(besides.place((beside.bits(lexicon), beside.words)));
        }
        facts.add(rule.elements.len());
        let right = if right.adjunct {
            Beside::anything()
        } else {
            right
        };
        sides.push([left, right, outer]);
    }

    let mut wakings = Shared::default();
    let last = by_word.keys().last().copied().unwrap_or(0);
    let mut of_word = vec![u16::MAX; last + 1];
    for (id, rules) in &by_word {
        let mut any = |side: usize| {
            let all = rules.iter().map(|rule| &sides[*rule][side]);
            let any = all.fold(Beside::default(), Beside::or);
            besides.place((any.bits(lexicon), any.words))
        };
        let mut woken = Numbers::default();
        woken.add(any(0));
        woken.add(any(1));
        woken.add(rules.len());
        rules.iter().for_each(|rule| woken.add(*rule));
        of_word[*id] = wakings.place(woken.0) as u16;
    }
    let mut woken = Numbers::default();
    let all = wakings.in_order();
    woken.list(
        all.len(),
        &Numbers(all.into_iter().flatten().copied().collect()),
    );

    // One class of each trigger's set is enough to wake its rule: the rule itself tests them all.
    let mut waking: Vec<usize> = by_class.iter().map(|(_, rule)| *rule).collect();
    waking.dedup();
    assert!(waking.len() <= 128, "too many rules with class triggers");
    let needing = |what: usize| {
        let bits = waking.iter().map(|rule| u128::from(needs[*rule][what]));
        bits.rev().fold(0, |all, bit| all << 1 | bit)
    };
    let (group, subjected) = (needing(0), needing(1));
    let (mut mask, mut of_class) = (0u128, [0u128; 128]);
    for (classes, rule) in &by_class {
        let telling = classes.iter().find(|c| !FORMS.contains(&c.as_str()));
        let telling = telling.or_else(|| classes.first());
        let Some(bit) = telling.and_then(|class| lexicon.classes.get(class)) else {
            continue;
        };
        mask |= 1 << bit;
        let place = waking.iter().position(|r| r == rule).unwrap_or(0);
        of_class[*bit as usize] |= 1 << place;
    }
    // The rules that each class, or word, beside the trigger, or outside its group, admits.
    let side = |side: usize| {
        let (mut classes, mut words) = ([0u128; 128], [0u128; 64]);
        for (place, rule) in waking.iter().enumerate() {
            let beside = &sides[*rule][side];
            let bits = beside.bits(lexicon);
            for (bit, admitted) in classes.iter_mut().enumerate() {
                *admitted |= (bits >> bit & 1) << place;
            }
            for (word, admitted) in words.iter_mut().enumerate() {
                *admitted |= u128::from(beside.words >> word & 1) << place;
            }
        }
        let used = classes
            .iter()
            .rev()
            .fold(0u128, |all, set| all << 1 | u128::from(*set != 0));
        format!("Side {{ classes: {classes:?}, used: {used}, words: {words:?} }}")
    };
    let grouped = match group {
        0 => "None".to_owned(),
        _ => format!(
            "Some(Grouped {{ alone: {}, subjected: {subjected}, outer: {} }})",
            group & !subjected,
            side(2)
        ),
    };
    let by_class = format!(
        "ByClass {{ rules: &{waking:?}, of_class: {of_class:?}, left: {}, right: {}, grouped: {grouped} }}",
        side(0),
        side(1)
    );
    let besides: Vec<String> = besides
        .in_order()
        .into_iter()
        .map(|(classes, words)| format!("Beside {{ classes: {classes}, words: {words} }}"))
        .collect();
    let counted = |count: usize, numbers: &Numbers| {
        let mut all = Numbers::default();
        all.list(count, numbers);
        all.written()
    };
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    format!(
        "static {name}_FOLDED: Folded = Folded {{ ids: {ids:?}, besides: &[{}], rules: {}, elements: {}, classes: &{classes:?}, words: &{fitting:?}, woken: {}, of_word: &{of_word:?}, by_class: {by_class} }};
pub static {name}: Table = Table {{ unfolded: LazyLock::new(|| {name}_FOLDED.unfold()), word: {word}, mask: {mask} }};
",
        besides.join(", "),
        counted(rules.len(), &facts),
        counted(element_count, &elements),
        woken.written(),
        name = table.name,
        word = table.trigger,
        ids = ids.join("\n"),
    )
}
