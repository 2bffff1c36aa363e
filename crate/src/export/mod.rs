//! Lists that leave the house: JSON, CSV, Markdown, and a table for the terminal.

use crate::model::{Category, Reading};
use crate::page::Page;

/// The formats there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Schema `hearsay/1`.
    Json,
    /// One row a flag.
    Csv,
    /// For notes and issues.
    Markdown,
    /// For the terminal.
    Text,
}

impl Format {
    /// The format of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "json" => Some(Format::Json),
            "csv" => Some(Format::Csv),
            "markdown" => Some(Format::Markdown),
            "text" => Some(Format::Text),
            _ => None,
        }
    }
}

/// What goes into a list.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only flags at least this strong.
    pub min_strength: f32,
    /// Only these categories.
    pub categories: Vec<Category>,
    /// Whether the whole text goes along.
    pub include_text: bool,
    /// When the list was made, ISO 8601 in UTC with `Z`.
    pub created: String,
}

/// The list in one of the formats.
pub fn list(_page: &Page, reading: &Reading, _format: Format, _options: &Options) -> String {
    format!("{} flags\n", reading.flags.len())
}
