//! The card's words: what a flag says to a reader.

use serde::Serialize;

use crate::model::{Flag, Reading};
use crate::page::Page;

/// A stretch of the anchor's text, for display.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Words {
    /// The words as on the page.
    pub text: String,
    /// Whether they gave the flag away.
    pub cue: bool,
}

/// One row of the card.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// "Described as".
    pub label: &'static str,
    /// What the page says, or that it doesn't.
    pub text: String,
    /// Whether `text` is the page's own wording.
    pub from_page: bool,
}

/// How strongly a reader would agree.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Strength {
    /// 0 to 1.
    pub value: f32,
    /// "Clear. Nearly all readers would mark it."
    pub text: &'static str,
}

/// How much of the page rests on the flag's source.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Rests {
    /// Claims on this source.
    pub claims: u32,
    /// Attributed claims on the page.
    pub total: u32,
    /// Which of the source's claims this is, from 0.
    pub index: u32,
    /// The sentence for the card.
    pub text: String,
}

/// A card.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Category's name.
    pub category: &'static str,
    /// Kind's name.
    pub kind: &'static str,
    /// "Anonymous source".
    pub title: &'static str,
    /// "one person".
    pub kind_label: &'static str,
    /// The plain sentence.
    pub plain: &'static str,
    /// The anchor's words, cues marked.
    pub words: Vec<Words>,
    /// Rows in card order.
    pub facts: Vec<Fact>,
    /// How strongly a reader would agree.
    pub strength: Strength,
    /// Only for anonymous flags.
    pub rests: Option<Rests>,
    /// The rule that made it.
    pub rule: &'static str,
    /// What was seen, in words.
    pub why: String,
}

/// The card of one flag.
pub fn card(page: &Page, _reading: &Reading, flag: &Flag) -> Card {
    Card {
        category: flag.category().name(),
        kind: flag.kind.name(),
        title: "",
        kind_label: "",
        plain: "",
        words: vec![Words { text: page.words(flag.anchor).to_owned(), cue: true }],
        facts: Vec::new(),
        strength: Strength { value: flag.strength, text: "" },
        rests: None,
        rule: flag.rule,
        why: flag.why.clone(),
    }
}
