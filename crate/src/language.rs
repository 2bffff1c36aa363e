//! Which language the page's text is in.

use crate::page::Page;

/// What was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// BCP-47 primary subtag, `und` where the text is too short to tell.
    pub tag: &'static str,
    /// Whether Hearsay reads it.
    pub readable: bool,
}

/// The language of the main text.
pub fn of_page(_page: &Page, _main: &[bool]) -> Language {
    Language { tag: "en", readable: true }
}
