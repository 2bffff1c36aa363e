//! What the engine finds in six articles of our own, each in a different genre, line by line.
//!
//! Every `articles/NAME.txt` (one block a line) is compared with `snapshots/NAME.txt`. A snapshot
//! says what the engine does, not what it should do: a change that alters one is to be read.
//! `HEARSAY_BLESS=1 cargo test --test snapshots` writes them anew.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use hearsay::model::{Reading, Span};
use hearsay::page::Page;
use hearsay::read::read;

/// Says that the snapshots are to be written, not compared.
const BLESS: &str = "HEARSAY_BLESS";

/// Unchanged lines shown on either side of a changed one.
const AROUND: usize = 2;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// The names of the `.txt` files in a folder, without the ending, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The words of spans, joined; a dash where there are none.
fn words(page: &Page, spans: &[Span]) -> String {
    if spans.is_empty() {
        return "-".to_owned();
    }
    let parts: Vec<&str> = spans.iter().map(|s| page.words(*s)).collect();
    parts.join(" … ")
}

/// The reading as lines: the ledger, the attributions, the flags.
fn snapshot(page: &Page, reading: &Reading) -> String {
    let mut out = String::from("SOURCES: number, kind, claims, label\n");
    for (i, source) in reading.sources.iter().enumerate() {
        let (kind, claims) = (source.kind.name(), source.claims);
        writeln!(out, "S{} {kind} {claims} | {}", i + 1, source.label).expect("a string");
    }
    out.push_str(
        "\nATTRIBUTIONS: source number, source words, cue, content; ~ where no claim is conveyed\n",
    );
    for a in &reading.attributions {
        let source = a.source_span.map_or("-", |span| page.words(span));
        writeln!(
            out,
            "S{}{} | {source} | {} | {}",
            a.source + 1,
            if a.conveys { "" } else { "~" },
            page.words(a.cue),
            words(page, &a.content),
        )
        .expect("a string");
    }
    out.push_str("\nFLAGS: kind, strength, anchor\n");
    for flag in &reading.flags {
        let (kind, strength) = (flag.kind.name(), flag.strength);
        writeln!(out, "{kind} {strength:.2} | {}", page.words(flag.anchor)).expect("a string");
    }
    out
}

/// The lines of both texts in order, each with `-` (only old), `+` (only new) or a space (both),
/// along a longest common subsequence.
fn compared<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // common[i][j]: how many lines old[i..] and new[j..] share.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    lines
}

/// What changed, with a few lines around each change; empty where nothing did.
fn difference(old: &str, new: &str) -> String {
    let lines = compared(old, new);
    let changed = |i: usize| {
        let near = i.saturating_sub(AROUND)..(i + AROUND + 1).min(lines.len());
        lines[near].iter().any(|(mark, _)| *mark != ' ')
    };
    let (mut out, mut last) = (String::new(), None);
    for (i, (mark, line)) in lines.iter().enumerate().filter(|(i, _)| changed(*i)) {
        if last.is_some_and(|last| last + 1 != i) {
            out.push_str("  ⋮\n");
        }
        writeln!(out, "{mark} {line}").expect("a string");
        last = Some(i);
    }
    out
}

#[test]
fn articles_read_as_before() {
    let (articles, snapshots) = (folder("articles"), folder("snapshots"));
    let bless = env::var_os(BLESS).is_some_and(|value| value == "1");
    let names = names(&articles);
    assert!(names.len() >= 6, "only {names:?} read");
    let mut wrong = String::new();
    for name in &names {
        let text = fs::read_to_string(articles.join(name).with_extension("txt")).expect("UTF-8");
        let page = Page::from_text(&text, false);
        let new = snapshot(&page, &read(&page));
        let path = snapshots.join(name).with_extension("txt");
        if bless {
            fs::write(&path, &new).expect("a snapshot to write");
            continue;
        }
        let change = difference(&fs::read_to_string(&path).unwrap_or_default(), &new);
        if !change.is_empty() {
            writeln!(wrong, "{name}:\n{change}").expect("a string");
        }
    }
    assert!(
        wrong.is_empty(),
        "not as in the snapshots (- before, + now; {BLESS}=1 writes them anew):\n{wrong}"
    );
    // Here, because a test of its own might look while this one writes.
    assert_eq!(self::names(&snapshots), names, "a snapshot of no article");
}

#[test]
fn a_difference_shows_what_changed_and_little_else() {
    assert_eq!(difference("a\nb\n", "a\nb\n"), "");
    assert_eq!(
        difference("a\nb\nc\nd\ne\nf\ng\nh\ni\n", "a\nB\nc\nd\ne\nf\ng\nh\n"),
        "  a\n- b\n+ B\n  c\n  d\n  ⋮\n  g\n  h\n- i\n"
    );
}
