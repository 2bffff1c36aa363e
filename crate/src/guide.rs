//! How Hearsay decides, in words: for every kind of flag what makes it one, with an example. The texts
//! are those of `data/guide.txt`; titles and labels are the card's.

use serde::Serialize;

use crate::explain;
use crate::model::{Category, Kind};

const TEXT: &str = include_str!("../data/guide.txt");

/// One category of the guide.
#[derive(Debug, Serialize)]
pub struct Chapter {
    /// Which.
    pub category: Category,
    /// "Anonymous sources".
    pub title: &'static str,
    /// "Says who?"
    pub question: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What to make of it.
    pub advice: &'static str,
    /// Its kinds in order.
    pub kinds: Vec<Entry>,
}

/// One kind of flag.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its name, as in exports.
    pub kind: &'static str,
    /// "one person".
    pub label: &'static str,
    /// How it is decided.
    pub decided: &'static str,
    /// The example up to the marked words, these, and what follows.
    pub example: [&'static str; 3],
}

/// The whole guide. A line that isn't what it should be is left out; the tests say that there is none.
pub fn guide() -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for line in TEXT.lines() {
        let parts: Vec<&'static str> = line.split(" | ").collect();
        match (parts.as_slice(), chapters.last_mut()) {
            (&[name, question, what, advice], _) => {
                let category = name.strip_prefix("= ").and_then(Category::from_name);
                chapters.extend(category.map(|category| Chapter {
                    category,
                    title: explain::heading(category),
                    question,
                    what,
                    advice,
                    kinds: Vec::new(),
                }));
            }
            (&[name, decided, example], Some(chapter)) => {
                let entry = Kind::from_name(name).zip(parted(example));
                chapter.kinds.extend(entry.map(|(kind, example)| Entry {
                    kind: kind.name(),
                    label: explain::kind_label(kind),
                    decided,
                    example,
                }));
            }
            _ => {}
        }
    }
    chapters
}

fn parted(example: &'static str) -> Option<[&'static str; 3]> {
    let (before, rest) = example.split_once('[')?;
    let (words, after) = rest.split_once(']')?;
    Some([before, words, after])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::read::read;

    #[test]
    fn every_kind_is_told_in_order_and_no_line_is_lost() {
        let guide = guide();
        let told: Vec<&str> = guide
            .iter()
            .flat_map(|c| &c.kinds)
            .map(|e| e.kind)
            .collect();
        assert_eq!(told, Kind::ALL.map(Kind::name));
        for chapter in &guide {
            for entry in &chapter.kinds {
                let kind = Kind::from_name(entry.kind).unwrap();
                assert_eq!(kind.category(), chapter.category, "{}", entry.kind);
            }
        }
        let lines = TEXT
            .lines()
            .filter(|l| !l.starts_with('#') && !l.is_empty());
        assert_eq!(lines.count(), Kind::ALL.len() + Category::ALL.len());
    }

    #[test]
    fn the_engine_marks_every_example_as_the_guide_says() {
        let mut wrong = Vec::new();
        for entry in guide().iter().flat_map(|c| &c.kinds) {
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
