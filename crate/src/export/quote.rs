//! Words and what stands around them: how a place is told to whoever has the page but not our text.

use super::template::Text;
use crate::model::Span;
use crate::page::Page;

/// Code points of context on either side, within the block.
const CONTEXT: usize = 32;

/// Adds a `TextQuoteSelector` of the W3C's Web Annotation model, which Hypothesis reads too, to JSON.
pub(super) fn selector(out: &mut Text, page: &Page, span: Span) {
    let (prefix, suffix) = around(page, span);
    out.add(
        r#"{"type":"TextQuoteSelector","exact":%,"prefix":%,"suffix":%}"#,
        &[page.words(span), prefix, suffix],
    );
}

/// What stands before and after a span.
pub(crate) fn around(page: &Page, span: Span) -> (&str, &str) {
    let text = page.text(span.block);
    let before = text.get(..span.start as usize).unwrap_or("");
    let after = text.get(span.end as usize..).unwrap_or("");
    let from = before.char_indices().rev().nth(CONTEXT - 1);
    let to = after.char_indices().nth(CONTEXT);
    (
        &before[from.map_or(0, |(i, _)| i)..],
        &after[..to.map_or(after.len(), |(i, _)| i)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_is_counted_in_code_points_and_ends_with_the_block() {
        let page = Page::from_text(&format!("{}may😀 so\nNext.", "é".repeat(40)), false);
        let span = Span {
            block: 0,
            start: 80,
            end: 83,
        };
        assert_eq!(around(&page, span), ("é".repeat(CONTEXT).as_str(), "😀 so"));
    }
}
