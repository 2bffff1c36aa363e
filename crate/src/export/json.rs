//! The list as one JSON object; [`super::schema`] says what is in it.

use super::Options;
use super::schema::List;
use crate::model::Reading;
use crate::page::Page;

/// The object, indented, with a line end.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    // Strings and whole numbers in structs: there is nothing that could fail.
    let mut out =
        serde_json::to_string_pretty(&List::new(page, reading, options)).unwrap_or_default();
    out.push('\n');
    out
}
