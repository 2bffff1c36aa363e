//! The list as a table for the terminal.

use super::wording::{self, one_line};
use super::{Options, schema, selected_flags};
use crate::explain;
use crate::model::Reading;
use crate::page::Page;

/// Code points of a sentence shown on either side of the anchor.
const AROUND: usize = 36;

/// Title, summary, one line a flag with its anchor in brackets, one line a source. What comes from
/// the page stands last on its line, so that no column depends on how wide a terminal draws it.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let mut out = String::new();
    for line in [&page.input.title, &page.input.url].into_iter().flatten() {
        out.push_str(&format!("{}\n", one_line(line)));
    }
    let summary = wording::summary(reading, options);
    out.push_str(&format!("{}\n", one_line(&summary)));
    let flags: Vec<_> = selected_flags(reading, options).collect();
    let headings: Vec<String> = flags.iter().map(|f| wording::heading(f)).collect();
    let number = flags.len().to_string().len().max(2);
    let heading = headings
        .iter()
        .map(|h| h.chars().count())
        .max()
        .unwrap_or(0);
    if !flags.is_empty() {
        out.push('\n');
    }
    for (i, (flag, what)) in flags.iter().zip(&headings).enumerate() {
        let shown = wording::excerpt(page, flag, AROUND, AROUND);
        out.push_str(&format!(
            "{:>number$}  {what:<heading$}  {:<5}  {}[{}]{}\n",
            i + 1,
            explain::strength_word(flag.strength),
            one_line(&shown.before).trim_start(),
            one_line(shown.anchor),
            one_line(&shown.after).trim_end(),
        ));
    }
    if !reading.sources.is_empty() {
        let reasons = wording::reasons(reading);
        let rows: Vec<_> = reading
            .sources
            .iter()
            .zip(reasons)
            .map(|(source, because)| (wording::standing(source.kind, because), source))
            .collect();
        let width = rows
            .iter()
            .map(|(standing, _)| standing.chars().count())
            .max()
            .unwrap_or(0);
        let id = schema::source_id(rows.len()).len();
        out.push_str("\nWho the claims come from\n");
        let claiming = rows.iter().enumerate().filter(|(_, (_, s))| s.claims > 0);
        for (index, (standing, source)) in claiming {
            let claims = if source.claims == 1 {
                "claim"
            } else {
                "claims"
            };
            out.push_str(&format!(
                "{:<id$}  {:>3} {claims:<6}  {standing:<width$}  {}\n",
                schema::source_id(index),
                source.claims,
                one_line(&source.label),
            ));
        }
    }
    if !flags.is_empty() {
        out.push_str(&format!("\n{}\n", wording::CLOSING));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::example;
    use crate::model::Category;

    #[test]
    fn a_table_one_can_read() {
        let (page, reading) = example();
        let options = Options {
            min_strength: 0.0,
            categories: vec![Category::Anonymous, Category::Hedged],
            include_text: false,
            created: String::new(),
        };
        let text = write(&page, &reading, &options);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "The port | *today*");
        assert_eq!(
            lines[4],
            " 1  Anonymous source, one person  Clear  …board may have known since May,” [A port official told] the Gazette."
        );
        assert_eq!(
            lines[5],
            " 2  Hedged claim, a possibility   Faint  “The board [may] have known since May,” A port…"
        );
        assert_eq!(
            lines[9],
            "S1    2 claims  anonymous, one person; reason given  A port official"
        );
        assert_eq!(
            lines[10],
            "S2    1 claim   named                                Ms. Vale"
        );
    }
    #[test]
    fn a_label_in_the_summary_steers_no_terminal() {
        let (page, mut reading) = example();
        reading.sources[0].label = "an aide\u{1b}[2J\nof \u{202e}sorts".to_owned();
        let options = Options {
            min_strength: 0.0,
            categories: Category::ALL.to_vec(),
            include_text: false,
            created: String::new(),
        };
        let text = write(&page, &reading, &options);
        let summary = text.lines().nth(2).expect("the summary");
        assert!(
            summary.contains(
                "One unnamed source, “an aide\u{fffd}[2J of sorts”, carries 2 of the 3. Marked"
            ),
            "{summary}"
        );
    }
}
