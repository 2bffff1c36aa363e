//! The list as one page of HTML that needs nothing beside it, to read and to print.
//!
//! It holds no script and forbids itself any, so that a mistake in escaping would show and not act.

use std::collections::HashSet;

use super::template::Text;
use super::wording::{self, one_line, thousands};
use super::{Options, selected_flags};
use crate::explain;
use crate::fragment::{self, Finder};
use crate::model::{Category, Kind, Reading, SourceKind};
use crate::page::Page;
use crate::sourcing::{Basis, Sourcing};

/// Code points of a sentence shown on either side of the anchor.
const AROUND: usize = 240;
/// More blocks than this are no picture.
const BLOCKS: u32 = 400;
const STYLE: &str = include_str!("html.css");
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<meta name=\"referrer\" content=\"no-referrer\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">
<title>%</title>
<style>
";
const TOP: &str = "</style>
</head>
<body>
<header><p><svg class=\"mark\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"%\"/><path class=\"anonymous\" d=\"%\"/></svg><b>Hearsay</b>list of flags</p><p>Read on %</p></header>
<main>
<h1>%</h1>
<p class=\"from\">";
const TABLE: &str = "</ul>
<table>
<thead><tr><th scope=\"col\">Source</th><th scope=\"col\">What it is</th><th scope=\"col\">Claims</th></tr></thead>
<tbody>
";
/// The mark of the toolbar button, `extension/src/mark.json`.
const MARK: [&str; 2] = [
    "M1 7.35C1 4.1 3.25 1.45 6.75 1L7.1 2.55C5.55 2.95 4.5 3.85 4.2 4.95C5.75 4.95 6.75 5.95 6.75 7.4C6.75 8.95 5.55 10 4 10C2.2 10 1 8.95 1 7.35ZM8.6 7.35C8.6 4.1 10.85 1.45 14.35 1L14.7 2.55C13.15 2.95 12.1 3.85 11.8 4.95C13.35 4.95 14.35 5.95 14.35 7.4C14.35 8.95 13.15 10 11.6 10C9.8 10 8.6 8.95 8.6 7.35Z",
    "M1.5 12H7.5Q8 12 8 12.5V13.5Q8 14 7.5 14H1.5Q1 14 1 13.5V12.5Q1 12 1.5 12ZM10 13C10 12.45 10.45 12 11 12C11.55 12 12 12.45 12 13C12 13.55 11.55 14 11 14C10.45 14 10 13.55 10 13ZM13 13C13 12.45 13.45 12 14 12C14.55 12 15 12.45 15 13C15 13.55 14.55 14 14 14C13.45 14 13 13.55 13 13Z",
];

/// The page.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let name = wording::heading_of_list(page);
    let title = wording::title(page).unwrap_or_else(|| name.clone());
    let url = page.input.url.as_deref();
    let mut out = Text::new(escaped);
    out.add(HEAD, &[&name]);
    out.literal(STYLE);
    out.add(TOP, &[MARK[0], MARK[1], &wording::made(options), &title]);
    if let Some(url) = url {
        link(&mut out, url);
    }
    out.add(
        "</p>\n<p class=\"summary\">%</p>\n",
        &[&wording::summary(reading, options)],
    );
    ledger(reading, &mut out);
    flags(page, reading, options, &mut out);
    orphans(page, reading, &mut out);
    out.literal("</main>\n<footer class=\"key\">");
    for category in Category::ALL {
        let path = match category {
            Category::Anonymous => "M0 4H22",
            Category::Unsourced => "M1.25 4H22",
            Category::Hedged => "M0 5.5q2.75-5 5.5 0t5.5 0t5.5 0t5.5 0",
        };
        let name = category.name();
        out.add(
            "<span><svg class=\"line %\" viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path id=\"%\" d=\"%\"/></svg>%</span>",
            &[name, name, path, explain::title(category)],
        );
    }
    out.add("<p>%</p></footer>\n</body>\n</html>\n", &[wording::CLOSING]);
    out.done()
}

/// Who the claims come from: a picture with one block for each claim, and a table.
fn ledger(reading: &Reading, out: &mut Text) {
    let sourcing = Sourcing::of(reading);
    let claims = sourcing.claims();
    if claims == 0 {
        return;
    }
    out.add(
        "<section><div class=\"head\"><h2>%</h2>",
        &[&wording::ledger_title(claims)],
    );
    let bases = || Basis::ALL.into_iter().filter(|b| sourcing.on(*b) > 0);
    if claims <= BLOCKS {
        out.literal(
            "<p>one block for each claim</p></div>\n<div class=\"blocks\" aria-hidden=\"true\">",
        );
        for basis in bases() {
            out.add("<i class=\"% first\"></i>", &[basis.name()]);
            for _ in 1..sourcing.on(basis) {
                out.add("<i class=\"%\"></i>", &[basis.name()]);
            }
        }
    }
    out.literal("</div>\n<ul class=\"legend\">");
    for basis in bases() {
        out.add(
            "<li><i class=\"%\"></i>% <b>%</b></li>",
            &[basis.name(), basis.title(), &thousands(sourcing.on(basis))],
        );
    }
    out.literal(TABLE);
    for line in wording::ledger(reading) {
        let place = if line.label.is_some() { "page" } else { "ours" };
        out.add(
            "<tr><th scope=\"row\" class=\"%\">%</th><td>%</td><td>%</td></tr>\n",
            &[
                place,
                line.name(),
                &line.standing(),
                &thousands(line.claims),
            ],
        );
    }
    out.literal("</tbody>\n</table></section>\n");
}

/// The flags with their sentences; a click leads to the very words on the page.
fn flags(page: &Page, reading: &Reading, options: &Options, out: &mut Text) {
    let count = selected_flags(reading, options).count();
    if count == 0 {
        return;
    }
    out.add(
        "<section><div class=\"head\"><h2>Flags in order</h2><p>%</p></div>\n<ol>\n",
        &[&thousands(count as u32)],
    );
    let url = page.input.url.as_deref().filter(|url| wording::is_web(url));
    let finder = url.map(|url| (url, Finder::new(page)));
    let mut told = HashSet::new();
    for flag in selected_flags(reading, options) {
        let (name, title) = (flag.category().name(), explain::title(flag.category()));
        let shown = wording::excerpt(page, flag, AROUND, AROUND);
        out.add(
            "<li><svg class=\"line %\" viewBox=\"0 0 22 8\" role=\"img\" aria-label=\"%\"><use href=\"#%\"/></svg><blockquote>%",
            &[name, title, name, &shown.before],
        );
        match &finder {
            None => out.add("<mark class=\"%\">%</mark>", &[name, shown.anchor]),
            Some((url, finder)) => {
                let address = fragment::address(url, &finder.to(flag.anchor));
                out.add(
                    "<a class=\"%\" href=\"%\">%</a>",
                    &[name, &address, shown.anchor],
                );
            }
        }
        out.add(
            "%</blockquote><span>%</span>",
            &[&shown.after, explain::kind_label(flag.kind)],
        );
        // All that is told of a source is said once, and nothing that its flag's words say.
        let told = flag.source.map(|(index, _)| (index, told.insert(index)));
        let about = match told.and_then(|(i, first)| Some((reading.sources.get(i)?, first))) {
            Some((source, false)) if source.kind != SourceKind::Agentless => {
                Some(source.label.clone())
            }
            Some((_, true)) if flag.kind != Kind::Agentless => {
                wording::cited(reading, flag).map(|(_, about)| about)
            }
            _ => None,
        };
        let words = shown.anchor.to_lowercase();
        if let Some(about) = about.filter(|about| !words.contains(&about.to_lowercase())) {
            out.add("<p>Source: %</p>", &[&about]);
        }
        if let Some(mark) = wording::mark(page, flag) {
            out.add("<p>%</p>", &[&wording::reviewed(mark)]);
        }
        out.literal("</li>\n");
    }
    out.literal("</ol></section>\n");
}

/// Marks of the reader's that no flag has any more, in the words that they were on.
fn orphans(page: &Page, reading: &Reading, out: &mut Text) {
    let orphans = wording::orphans(page, reading);
    if orphans.is_empty() {
        return;
    }
    out.add(
        "<section><div class=\"head\"><h2>%</h2><p>%</p></div>\n<ol>\n",
        &[wording::ORPHANS, &thousands(orphans.len() as u32)],
    );
    for mark in orphans {
        let name = mark.category.name();
        out.add(
            "<li><svg class=\"line %\" viewBox=\"0 0 22 8\" role=\"img\" aria-label=\"%\"><use href=\"#%\"/></svg>\
             <blockquote>%<mark class=\"%\">%</mark>%</blockquote><p>%</p></li>\n",
            &[
                name,
                explain::title(mark.category),
                name,
                &mark.around.before,
                name,
                &mark.words,
                &mark.around.after,
                &wording::reviewed(mark),
            ],
        );
    }
    out.literal("</ol></section>\n");
}

/// A link where the address can be linked to, else the address alone.
fn link(out: &mut Text, address: &str) {
    if wording::is_web(address) {
        out.add("<a href=\"%\">%</a>", &[address, address]);
    } else {
        out.add("%", &[address]);
    }
}

/// Text as HTML that shows just that text, in an element or in a quoted attribute: on one line.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in one_line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{all, example};

    #[test]
    fn all_of_it_is_there_and_leads_to_its_words() {
        let (page, reading) = example();
        let html = write(&page, &reading, &all());
        for part in [
            "<title>Flags in “The port | *today*”</title>",
            "<h1>The port | *today*</h1>",
            "Read on 2 January 2026, all flags, the faintest too",
            "<a href=\"https://gazette.example/port?a=1&amp;b=2\">",
            "<h2>Who the 3 claims come from</h2><p>one block for each claim</p>",
            "<i class=\"people first\"></i><i class=\"anonymous first\"></i><i class=\"anonymous\"></i>",
            "<tr><th scope=\"row\" class=\"page\">A port official</th><td>anonymous, one person; reason given</td><td>2</td></tr>",
            "<a class=\"anonymous\" href=\"https://gazette.example/port?a=1&amp;b=2#:~:text=A%20port%20official%20told\">A port official told</a> the Gazette.",
            "<p>Source: A port official; relayed by: the Gazette; reason given: because",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert_eq!(html.matches("<li><svg").count(), 4);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let (mut page, mut reading) = example();
        page.input.url = Some("javascript:alert(1)".to_owned());
        page.input.title = Some(" \n".to_owned());
        let html = write(&page, &reading, &all());
        assert!(html.contains("<h1>List of flags</h1>"));
        assert!(!html.contains("href=\"j"), "{html}");
        assert!(html.contains("<mark class=\"anonymous\">A port official told</mark>"));
        reading.flags.clear();
        reading.sources.clear();
        assert!(!write(&page, &reading, &all()).contains("<section>"));
    }

    #[test]
    fn page_text_brings_no_mark_up() {
        assert_eq!(
            escaped("<b a='\"'>&amp;\u{202e}\n\0"),
            "&lt;b a=&#39;&quot;&#39;&gt;&amp;amp; \u{fffd}"
        );
    }

    #[test]
    fn a_crowd_of_claims_is_no_picture() {
        let (page, mut reading) = example();
        reading.sources[0].claims = BLOCKS;
        let html = write(&page, &reading, &all());
        assert!(!html.contains("blocks\" aria"), "{html}");
        assert!(html.contains("Not identified <b>400</b>"));
    }
}
