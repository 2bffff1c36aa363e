//! Text with holes in it, by which the formats are written that no library writes.
//!
//! A template is ours, to the letter: it is part of the program. Whatever fills its holes goes
//! through the format's one escaping function. So what comes from a page can't get to be mark-up.

use super::wording::decimal;

/// A text in the making.
pub(super) struct Text {
    out: String,
    escape: fn(&str) -> String,
}

impl Text {
    /// An empty text of a format that escapes like this.
    pub(super) fn new(escape: fn(&str) -> String) -> Text {
        Text {
            out: String::new(),
            escape,
        }
    }

    /// Adds what has no holes.
    pub(super) fn literal(&mut self, text: &'static str) {
        self.out.push_str(text);
    }

    /// Adds a template, each `%` of which is a hole for one of the values. Called from all over, so
    /// not inlined.
    #[inline(never)]
    pub(super) fn add(&mut self, template: &'static str, values: &[&str]) {
        debug_assert_eq!(template.matches('%').count(), values.len(), "{template}");
        let mut parts = template.split('%');
        self.out.push_str(parts.next().unwrap_or(""));
        for (part, value) in parts.zip(values) {
            self.out.push_str(&(self.escape)(value));
            self.out.push_str(part);
        }
    }

    /// Adds a number, in digits that mean the same to every format.
    pub(super) fn number(&mut self, number: usize) {
        self.out.push_str(&number.to_string());
    }

    /// Adds a number to the hundredth.
    pub(super) fn fraction(&mut self, number: f64) {
        self.out.push_str(&decimal(number));
    }

    /// All of it.
    pub(super) fn done(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_hole_is_escaped_and_makes_no_hole() {
        let mut text = Text::new(|value| value.replace('<', "&lt;"));
        text.add("<b>%</b>%", &["<%>", "2"]);
        text.literal("<hr width=100%>");
        text.number(3);
        assert_eq!(text.done(), "<b>&lt;%></b>2<hr width=100%>3");
    }
}
