//! Our own articles as the engine reads them: who says what, and what is flagged.
//!
//! A change of the rules shows here as a difference of text. `HEARSAY_BLESS=1 cargo test --test
//! snapshots` writes the lists anew; read the difference before you keep it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hearsay::model::Span;
use hearsay::page::Page;
use hearsay::read::read;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// Sources with their claims, attributions, and flags, one a line.
fn listed(text: &str) -> String {
    let page = Page::from_text(text, false);
    let reading = read(&page);
    let mut out = String::new();
    for (number, source) in reading.sources.iter().enumerate() {
        let _ = writeln!(
            out,
            "source S{} {}, {} claims: {}",
            number + 1,
            source.kind.name(),
            source.claims,
            source.label
        );
    }
    let words = |spans: &[Span]| {
        let words: Vec<&str> = spans.iter().map(|s| page.words(*s)).collect();
        words.join(" … ")
    };
    for attribution in &reading.attributions {
        let _ = writeln!(
            out,
            "S{}{} [{}] {{{}}} {}",
            attribution.source + 1,
            if attribution.conveys { "" } else { " (stance)" },
            words(&attribution.cue),
            attribution.source_span.map_or("", |s| page.words(s)),
            words(&attribution.content)
        );
    }
    for flag in &reading.flags {
        let _ = writeln!(
            out,
            "flag {} {:.2} [{}]",
            flag.kind.name(),
            flag.strength,
            page.words(flag.anchor)
        );
    }
    out
}

#[test]
fn articles_read_as_they_did() {
    let bless = std::env::var_os("HEARSAY_BLESS").is_some();
    let mut read = 0;
    let mut changed = Vec::new();
    for entry in fs::read_dir(folder("articles")).expect("articles") {
        let path = entry.expect("an article").path();
        let text = fs::read_to_string(&path).expect("UTF-8");
        let now = listed(&text);
        let kept = folder("snapshots").join(path.file_name().expect("a name"));
        if bless {
            fs::write(&kept, &now).expect("the list is written");
        }
        let before = fs::read_to_string(&kept).unwrap_or_default();
        let gone = before.lines().filter(|l| !now.lines().any(|n| n == *l));
        let new = now.lines().filter(|l| !before.lines().any(|b| b == *l));
        changed.extend(gone.map(|l| format!("{}: - {l}", kept.display())));
        changed.extend(new.map(|l| format!("{}: + {l}", kept.display())));
        if before != now && changed.is_empty() {
            changed.push(format!("{}: another order", kept.display()));
        }
        read += 1;
    }
    assert!(read >= 6, "{read} articles: are they read?");
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}
