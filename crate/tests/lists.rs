//! Lists of texts that try to be more than text, ids, and offsets.

mod common;

use common::{STORY, check, everything, json, page_of};
use hearsay::export::{self, Format, Options};
use hearsay::model::Category;
use hearsay::page::Page;
use hearsay::read::read;

fn list(page: &Page, format: Format) -> String {
    export::list(page, &read(page), format, &everything()).expect("a list")
}

#[test]
fn offsets_count_code_points_whatever_stands_before() {
    for before in [
        "",
        "\u{feff}",
        "😀👩‍👩‍👧 ",
        "Cafe\u{301} e\u{301} ",
        "\0\u{1}",
        "\u{202e}abc\u{202c} \u{2066}x\u{2069} ",
        "字字字。",
        "ﬁ İ ß ",
        "\u{a0}\u{a0}",
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!(
                "{before}One line.{end}{end}{before}It may rain, some islanders said.{end}"
            );
            let page = Page::from_text(&text, false);
            let reading = read(&page);
            check(&page, &reading);
            let may = text.chars().collect::<Vec<_>>();
            let at = (0..may.len())
                .find(|i| may[*i..].starts_with(&['m', 'a', 'y']))
                .expect("may");
            let flags = json(&page, &reading)["flags"].clone();
            let found = flags
                .as_array()
                .expect("flags")
                .iter()
                .any(|f| f["anchor"]["start"] == at);
            assert!(found, "{text:?}: {flags}");
        }
    }
}

#[test]
fn a_page_counts_two_line_feeds_between_blocks() {
    let page = page_of(&["😀", "It may rain.", "", "It might snow."]);
    let list = json(&page, &read(&page));
    let whole: Vec<char> = page.whole_text().chars().collect();
    assert_eq!(
        page.whole_text(),
        "😀\n\nIt may rain.\n\n\n\nIt might snow."
    );
    let starts: Vec<u64> = list["flags"]
        .as_array()
        .expect("flags")
        .iter()
        .filter_map(|f| f["anchor"]["start"].as_u64())
        .collect();
    assert_eq!(starts, [6, 22]);
    assert_eq!(whole[22..27].iter().collect::<String>(), "might");
}

#[test]
fn ids_stay_when_the_page_grows_elsewhere() {
    let ids = |text: &str| -> Vec<String> {
        let page = Page::from_text(text, false);
        let list = json(&page, &read(&page));
        let flags = list["flags"].as_array().expect("flags").clone();
        flags
            .iter()
            .map(|f| f["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let before = ids(STORY);
    assert!(before.len() > 5, "the story has flags");
    assert_eq!(ids(STORY), before);
    let after = ids(&format!("It may rain on Tuesday.\n\n{STORY}"));
    assert_eq!(after[1..], before);
}

#[test]
fn ids_are_the_same_for_a_part_of_the_list() {
    let page = Page::from_text(STORY, false);
    let reading = read(&page);
    let some = Options {
        categories: vec![Category::Hedged],
        ..everything()
    };
    let part: serde_json::Value =
        serde_json::from_str(&export::list(&page, &reading, Format::Json, &some).expect("a list"))
            .expect("JSON");
    let whole = json(&page, &reading);
    let part = part["flags"].as_array().expect("flags");
    assert!(!part.is_empty());
    for flag in part {
        assert!(
            whole["flags"].as_array().expect("flags").contains(flag),
            "{flag}"
        );
    }
}

#[test]
fn the_same_words_twice_have_two_ids() {
    let page = page_of(&["It may rain.", "It may rain.", "It may rain."]);
    let reading = read(&page);
    assert_eq!(reading.flags.len(), 3);
    check(&page, &reading);
}

#[test]
fn a_spreadsheet_runs_nothing() {
    let mut page = page_of(&[
        "=cmd may rain, -some islanders said.",
        "@officials said “+1” might be it.",
    ]);
    page.input.title = Some("=HYPERLINK(\"http://x.example\")".to_owned());
    page.input.url = Some("-1+1".to_owned());
    let csv = list(&page, Format::Csv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().expect("a header").get(0), Some("id"));
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert!(rows.len() >= 2, "{csv}");
    for field in rows.iter().flatten() {
        assert!(
            !field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']),
            "{field:?}"
        );
    }
    assert!(
        rows[0].iter().any(|f| f.starts_with("'=HYPERLINK")),
        "{csv}"
    );
    assert!(
        csv.contains("\r\n") && !csv.replace("\r\n", "").contains('\n'),
        "RFC 4180 line ends"
    );
}

#[test]
fn quotes_and_line_ends_survive_csv() {
    let page = Page::from_text("He \"may\", or, may not; say \"so\".\n", false);
    let csv = list(&page, Format::Csv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let column = reader
        .headers()
        .expect("a header")
        .iter()
        .position(|h| h == "sentence")
        .expect("sentences");
    let row = reader.records().next().expect("a flag").expect("a row");
    assert_eq!(
        row.get(column),
        Some("He \"may\", or, may not; say \"so\".")
    );
}

#[test]
fn markdown_shows_the_page_and_obeys_nothing_on_it() {
    let mut page = page_of(&[
        "<img src=x onerror=alert(1)> may [click](javascript:alert(1)) | `here`, *some* islanders said.",
        "# Officials said it might <!-- end -->",
    ]);
    page.input.title = Some("</h1><script>\n# two".to_owned());
    page.input.url = Some("javascript:alert(1)".to_owned());
    let text = list(&page, Format::Markdown);
    assert!(text.contains("1. **"), "{text}");
    for (i, _) in text.match_indices(['<', '`', '[', '|']) {
        let line = &text[text[..i].rfind('\n').map_or(0, |n| n + 1)..];
        assert!(
            line.starts_with("| ") || text[..i].ends_with('\\'),
            "{}",
            &text[i..]
        );
    }
    assert!(
        !text.contains("](javascript") || text.contains("\\](javascript"),
        "{text}"
    );
    assert_eq!(
        text.lines().filter(|l| l.starts_with("# ")).count(),
        1,
        "{text}"
    );
}

#[test]
fn the_terminal_gets_no_control_characters() {
    let page = page_of(&["\u{1b}[31mIt may\u{7} rain\u{202e}, some\r islanders\u{9b} said."]);
    let text = list(&page, Format::Text);
    assert!(text.contains("[may"), "{text}");
    assert!(
        !text
            .chars()
            .any(|c| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))),
        "{text:?}"
    );
}

#[test]
fn the_text_goes_along_only_where_asked_for() {
    let page = page_of(&["It may rain.", "Or not."]);
    let reading = read(&page);
    assert!(json(&page, &reading)["page"].get("text").is_none());
    let with = Options {
        include_text: true,
        ..everything()
    };
    let list: serde_json::Value =
        serde_json::from_str(&export::list(&page, &reading, Format::Json, &with).expect("a list"))
            .expect("JSON");
    assert_eq!(list["page"]["text"], "It may rain.\n\nOr not.");
}
