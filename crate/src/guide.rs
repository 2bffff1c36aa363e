//! An example for every kind of flag, for the guide: those of `data/guide.txt`. What there is to say of
//! a kind is the interface's.

use serde::Serialize;

use crate::model::{Category, Kind};

const TEXT: &str = include_str!("../data/guide.txt");

/// One kind of flag with its example.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its category.
    pub category: Category,
    /// Its name, as in exports.
    pub kind: &'static str,
    /// The example up to the marked words, these, and what follows.
    pub example: [&'static str; 3],
}

/// The examples in order. A line that isn't what it should be is left out; the tests say that there is none.
pub fn guide() -> Vec<Entry> {
    TEXT.lines().filter_map(entry).collect()
}

fn entry(line: &'static str) -> Option<Entry> {
    let (name, example) = line.split_once(" | ")?;
    let kind = Kind::from_name(name)?;
    let (before, rest) = example.split_once('[')?;
    let (words, after) = rest.split_once(']')?;
    Some(Entry {
        category: kind.category(),
        kind: kind.name(),
        example: [before, words, after],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::read::read;

    #[test]
    fn every_kind_has_an_example_and_no_line_is_lost() {
        let told: Vec<&str> = guide().iter().map(|entry| entry.kind).collect();
        assert_eq!(told, Kind::ALL.map(Kind::name));
        let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), told.len());
    }

    #[test]
    fn the_engine_marks_every_example_as_the_guide_says() {
        let mut wrong = Vec::new();
        for entry in guide() {
            let text = entry.example.concat();
            let mut page = Page::from_text(&text, false);
            page.input.assume = Some("en".to_owned());
            let flags = read(&page).flags;
            let found = flags.iter().map(|f| (f.kind.name(), page.words(f.anchor)));
            let found: Vec<_> = found.collect();
            if !found.contains(&(entry.kind, entry.example[1])) {
                wrong.push(format!("{}: {text} {found:?}", entry.kind));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
