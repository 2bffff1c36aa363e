//! One flag for the clipboard: its sentence, its source, and a link to its words.

use serde::Serialize;

use super::template::Text;
use super::{html, markdown, wording};
use crate::fragment;
use crate::model::{Flag, Reading};
use crate::page::Page;

/// Code points of a sentence on either side of the anchor.
const AROUND: usize = 400;

/// The same in the two forms that a clipboard takes.
#[derive(Debug, Serialize)]
pub struct Copy {
    /// For whatever takes plain text.
    pub markdown: String,
    /// For whatever takes rich text.
    pub html: String,
}

/// One flag. `address` is the page's, `directive` leads to the flag's words.
pub fn flag(page: &Page, reading: &Reading, flag: &Flag, address: &str, directive: &str) -> Copy {
    let shown = wording::excerpt(page, flag, AROUND, AROUND);
    let mut about = format!("{}.", wording::heading(flag));
    if let Some((_, source)) = wording::cited(reading, flag) {
        about.push_str(&format!(" Source: {source}."));
    }
    let title = wording::title(page);
    let title = title.as_deref().unwrap_or(address);
    let address = fragment::address(address, directive);
    let mut rich = Text::new(html::escaped);
    rich.add(
        "<blockquote>%<b>%</b>%</blockquote><p>% ",
        &[&shown.before, shown.anchor, &shown.after, &about],
    );
    if wording::is_web(&address) {
        rich.add("<a href=\"%\">%</a></p>", &[&address, title]);
    } else {
        rich.add("%</p>", &[title]);
    }
    Copy {
        markdown: format!(
            "> {}\n\n{} {}\n",
            markdown::marked(&shown),
            markdown::escaped(&about),
            markdown::link(title, &address)
        ),
        html: rich.done(),
    }
}

#[cfg(test)]
mod tests {
    use crate::export::example;

    #[test]
    fn both_forms_say_the_same() {
        let (page, reading) = example();
        let copy = super::flag(
            &page,
            &reading,
            &reading.flags[2],
            "https://gazette.example/port?a=1&b=2#top",
            "text=he%20said",
        );
        assert_eq!(
            copy.markdown,
            "> Fees have risen by 40 per cent, **he said**. Ms. Vale, the mayor, said 😀 nothing.\n\n\
             Anonymous source, one person. Source: A port official; relayed by: the Gazette; \
             reason given: because the inquiry is still open. \
             [The port \\| \\*today\\*](<https://gazette.example/port?a=1&b=2#top:~:text=he%20said>)\n"
        );
        assert_eq!(
            copy.html,
            "<blockquote>Fees have risen by 40 per cent, <b>he said</b>. Ms. Vale, the mayor, said 😀 nothing.</blockquote>\
             <p>Anonymous source, one person. Source: A port official; relayed by: the Gazette; \
             reason given: because the inquiry is still open. \
             <a href=\"https://gazette.example/port?a=1&amp;b=2#top:~:text=he%20said\">The port | *today*</a></p>"
        );
    }
}
