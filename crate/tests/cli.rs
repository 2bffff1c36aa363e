//! The program as a user runs it.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{STORY, printed, run};
use serde_json::{Value, json};

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("a temporary file");
    path
}

fn list(arguments: &[&str], input: &[u8]) -> Value {
    serde_json::from_str(&printed(arguments, input)).expect("JSON")
}

fn without_time(mut list: Value) -> Value {
    list["page"]["created"] = Value::Null;
    list
}

#[test]
fn a_file_and_standard_input_give_the_same_list() {
    let path = file("story.txt", STORY.as_bytes());
    let path = path.to_str().expect("UTF-8");
    let from_file = list(&["--format", "json", path], b"");
    let piped = list(&["--format=json"], STORY.as_bytes());
    let dash = list(&["--format", "json", "-"], STORY.as_bytes());
    assert_eq!(without_time(from_file.clone()), without_time(piped));
    assert_eq!(without_time(from_file.clone()), without_time(dash));
    assert_eq!(from_file["schema"], "hearsay/1");
    assert_eq!(from_file["page"]["language"], "en");
    assert_eq!(from_file["page"]["url"], Value::Null);
}

#[test]
fn every_category_is_found_in_the_story() {
    let list = list(&["--format", "json"], STORY.as_bytes());
    for category in ["anonymous", "unsourced", "hedged"] {
        let any = list["flags"]
            .as_array()
            .expect("flags")
            .iter()
            .any(|f| f["category"] == category);
        assert!(any, "no {category} flag");
    }
}

#[test]
fn strength_is_a_cut_and_sources_stay_whole() {
    let all = list(&["--format", "json"], STORY.as_bytes());
    let clear = list(
        &["--format", "json", "--min-strength", "0.8"],
        STORY.as_bytes(),
    );
    let strengths = |list: &Value| -> Vec<f64> {
        list["flags"]
            .as_array()
            .expect("flags")
            .iter()
            .map(|f| f["strength"].as_f64().expect("a number"))
            .collect()
    };
    let wanted: Vec<f64> = strengths(&all).into_iter().filter(|s| *s >= 0.8).collect();
    assert!(
        !wanted.is_empty() && wanted.len() < strengths(&all).len(),
        "the story has both sorts"
    );
    assert_eq!(strengths(&clear), wanted);
    assert_eq!(clear["sources"], all["sources"]);
    assert_eq!(clear["attributions"], all["attributions"]);
}

#[test]
fn each_format_has_its_shape() {
    let text = printed(&[], STORY.as_bytes());
    assert!(text.contains("Who the claims come from"), "{text}");
    let flags = list(&["--format", "json"], STORY.as_bytes())["flags"]
        .as_array()
        .expect("flags")
        .len();
    let csv = printed(&["--format", "csv"], STORY.as_bytes());
    let rows: Result<Vec<_>, _> = csv::Reader::from_reader(csv.as_bytes())
        .into_records()
        .collect();
    assert_eq!(rows.expect("rows").len(), flags);
    let markdown = printed(&["--format", "markdown"], STORY.as_bytes());
    assert!(
        markdown.contains(&format!("## Flags in order ({flags})")),
        "{markdown}"
    );
}

#[test]
fn every_list_says_what_the_claims_rest_on() {
    let summary = list(&["--format", "json"], STORY.as_bytes())["summary"].clone();
    let number = |name: &str| summary[name].as_u64().expect("a number");
    let parts = ["people", "institutions", "documents", "anonymous"];
    assert_eq!(
        number("claims"),
        parts.map(number).iter().sum::<u64>(),
        "{summary}"
    );
    assert!(number("anonymous") > 0, "{summary}");
    for format in ["text", "markdown"] {
        let out = printed(&["--format", format], STORY.as_bytes());
        for words in [
            format!("Of {} attributed claims, ", number("claims")),
            format!("{} on anonymous sources.", number("anonymous")),
        ] {
            assert!(out.contains(&words), "{format} without {words:?}: {out}");
        }
    }
}

#[test]
fn wrapped_joins_lines_up_to_a_blank_one_and_keeps_offsets() {
    let text =
        "Fares are up, a senior\nofficial at the board\ntold the Gazette.\n\nIt may\r\nrain.\n";
    let list = list(
        &["--format", "json", "--wrapped", "--include-text"],
        text.as_bytes(),
    );
    let whole: Vec<char> = text.chars().collect();
    assert_eq!(list["page"]["text"], text);
    let flags = list["flags"].as_array().expect("flags");
    let told = flags
        .iter()
        .find(|f| f["category"] == "anonymous")
        .expect("the official");
    let (start, end) = (
        told["anchor"]["start"].as_u64(),
        told["anchor"]["end"].as_u64(),
    );
    let words: String = whole[start.unwrap() as usize..end.unwrap() as usize]
        .iter()
        .collect();
    assert_eq!(words, "a senior\nofficial at the board\ntold");
    assert_eq!(
        told["anchor"]["exact"],
        "a senior official at the board told"
    );
    let may = flags
        .iter()
        .find(|f| f["category"] == "hedged")
        .expect("may");
    assert_eq!(may["anchor"]["start"], text.find("may").expect("there"));
}

#[test]
fn blocks_are_read_as_the_extension_sends_them() {
    let blocks = json!({
        "url": "https://gazette.example/ferry", "title": "Ferry", "language": "en",
        "blocks": [
            { "text": "Night ferry to close", "tag": "h1", "path": [0, 1] },
            { "text": "A senior official at the harbour board said 😀 it may close.", "tag": "p", "path": [0, 2],
              "within": ["article"], "hint": "story", "links": [[2, 8]], "marks": [] },
        ],
    });
    let path = file("blocks.json", blocks.to_string().as_bytes());
    let list = list(
        &[
            "--format",
            "json",
            "--blocks",
            path.to_str().expect("UTF-8"),
        ],
        b"",
    );
    assert_eq!(list["page"]["url"], "https://gazette.example/ferry");
    assert_eq!(list["page"]["title"], "Ferry");
    let may = list["flags"]
        .as_array()
        .expect("flags")
        .iter()
        .find(|f| f["anchor"]["exact"] == "may")
        .expect("may");
    let whole =
        "Night ferry to close\n\nA senior official at the harbour board said 😀 it may close.";
    let before = whole.split("may").next().expect("a start").chars().count();
    assert_eq!(may["anchor"]["start"], before);
}

#[test]
fn a_text_in_another_language_has_no_flags_and_says_so() {
    let french = "Le conseil s’est réuni lundi et personne n’a voulu dire ce qui avait été décidé pour le pont, \
                  qui est fermé depuis le mois de mars et qui ne sera pas ouvert avant la fin de l’année.";
    let list = list(&["--format", "json"], french.as_bytes());
    assert_eq!(list["page"]["language"], "fr");
    assert_eq!(list["flags"], json!([]));
    let text = printed(&[], french.as_bytes());
    assert!(text.contains("(language: fr)"), "{text}");
}

#[test]
fn usage_errors_are_2_and_say_what_is_wrong() {
    for (arguments, word) in [
        (&["--format", "xml"][..], "xml"),
        (&["--format"], "--format"),
        (&["--nonsense"], "--nonsense"),
        (&["--min-strength", "2"], "\"2\""),
        (&["--min-strength", "lots"], "lots"),
        (&["--wrapped", "--blocks"], "--blocks"),
        (&["--explain", "--format", "json"], "--format"),
        (&["--min-strength", "0.5", "--explain"], "--min-strength"),
        (&["--explain", "--include-text"], "--include-text"),
        (&["a.txt", "b.txt"], "b.txt"),
    ] {
        let output = run(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains(word),
            "{output:?}"
        );
    }
}

#[test]
fn unreadable_input_is_1_and_names_it() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let broken = file("broken.json", b"{\"blocks\": [{\"text\": 3}]}");
    for arguments in [
        &["no/such/file.txt"][..],
        &[folder],
        &["--blocks", "no-such-file.json"],
        &["--blocks", broken.to_str().expect("UTF-8")],
    ] {
        let output = run(arguments, b"");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            message.contains(arguments[arguments.len() - 1]),
            "{message}"
        );
    }
}

#[test]
fn help_and_version() {
    let help = printed(&["--help"], b"");
    for option in [
        "--format",
        "--min-strength",
        "--wrapped",
        "--blocks",
        "--explain",
        "--include-text",
        "FILE",
    ] {
        assert!(help.contains(option), "{option}");
    }
    assert_eq!(
        printed(&["--version"], b""),
        format!("hearsay {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn what_is_not_utf_8_is_read_as_far_as_it_goes() {
    let output = run(
        &["--format", "json"],
        b"\xff\xfeIt may \x80rain, officials said.\n",
    );
    assert!(output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("not valid UTF-8"),
        "{output:?}"
    );
    let list: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(!list["flags"].as_array().expect("flags").is_empty());
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    use std::process::{Command, Stdio};
    let path = file("long.txt", STORY.repeat(2000).as_bytes());
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(["--format", "json"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_list_can_be_explained() {
    let path = file("explained.txt", STORY.as_bytes());
    let out = printed(&["--explain", path.to_str().expect("UTF-8")], b"");
    assert_eq!(
        out,
        printed(&["--explain"], STORY.as_bytes()),
        "not the same twice"
    );
    assert!(!out.contains('\u{1b}'), "colour in a pipe");
    assert!(out.lines().all(|l| l.chars().count() <= 100), "{out}");
    // Every flag and every source of the list is explained; long ones run over lines.
    let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
    let list = list(&["--format", "json"], STORY.as_bytes());
    let flags = list["flags"].as_array().expect("flags");
    assert_eq!(out.matches("    FLAG ").count(), flags.len(), "{out}");
    for flag in flags {
        let anchor = flag["anchor"]["exact"].as_str().expect("words");
        assert!(flat.contains(&format!("[{anchor}]")), "{anchor} in\n{out}");
    }
    for source in list["sources"].as_array().expect("sources") {
        let entry = format!("is {},", source["id"].as_str().expect("an id"));
        assert!(out.contains(&entry), "{entry} in\n{out}");
    }
}

#[test]
fn blocks_and_wrapped_texts_can_be_explained() {
    let wrapped = printed(
        &["--explain", "--wrapped"],
        b"A senior\naide said it may fail.\n",
    );
    assert!(wrapped.contains("[A senior aide said]"), "{wrapped}");
    let story = STORY.lines().enumerate().map(
        |(i, text)| json!({ "text": text, "tag": "p", "path": [0, i], "within": ["article"] }),
    );
    let about = json!({ "text": "About us", "tag": "a", "path": [1, 0], "within": ["nav"], "links": [[0, 8]] });
    let blocks = json!({ "blocks": story.chain([about]).collect::<Vec<_>>() });
    let out = printed(&["--explain", "--blocks"], blocks.to_string().as_bytes());
    assert!(
        out.contains("block 5, no main text, not read: About us"),
        "{out}"
    );
}
