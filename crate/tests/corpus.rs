//! `hearsay --jsonl` and web pages, as a user runs them.

mod common;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use common::{Random, STORY, printed, run, soup};
use hearsay::html;
use hearsay::page::Page;
use hearsay::read::read;
use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hearsay");

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("a temporary file");
    path
}

fn page_of(story: &str) -> String {
    let paragraphs = story.lines().map(|line| format!("<p class=text>{line}\n"));
    format!(
        "<!doctype html><html lang=en><title>The ferry</title><body><nav><p>Sources say menus are long.</nav>\
         <main>{}</main>",
        paragraphs.collect::<String>()
    )
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("UTF-8");
    let list = |line| serde_json::from_str(line).expect("a list in a line");
    text.lines().map(list).collect()
}

fn ids(output: &Output) -> Vec<Value> {
    lines(output)
        .iter()
        .map(|list| list["id"].clone())
        .collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// `count` stories with ids from 0, some of them long, so that threads overtake each other.
fn corpus(count: usize) -> String {
    let article = |id| {
        let text = STORY.repeat(if id % 7 == 0 { 30 } else { 1 });
        format!("{}\n", json!({ "id": id, "text": text }))
    };
    (0..count).map(article).collect()
}

#[test]
fn a_line_gives_the_list_that_the_article_gives_alone() {
    let (text, web) = (file("one.txt", STORY.as_bytes()), page_of(STORY));
    let page = file("one.html", web.as_bytes());
    let alone = |path: &PathBuf| -> Value {
        let path = path.to_str().expect("UTF-8");
        let arguments = [
            "--format",
            "json",
            "--min-strength",
            "0.5",
            "--include-text",
            path,
        ];
        serde_json::from_str(&printed(&arguments, b"")).expect("JSON")
    };
    let input = format!(
        "{}\n{}\n{}",
        json!({ "id": "a", "text": STORY, "html": null, "year": 1901 }),
        json!({ "id": 7, "html": web, "url": "https://gazette.example/ferry" }),
        json!({ "id": "c", "html": web, "title": "Another" }),
    );
    let output = run(
        &["--jsonl", "--min-strength", "0.5", "--include-text"],
        input.as_bytes(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(
        output
            .stdout
            .starts_with(b"{\"id\":\"a\",\"schema\":\"hearsay/1\",")
    );
    assert!(
        output.stderr.is_empty(),
        "a bar without a terminal: {}",
        said(&output)
    );
    let [text, page] = [alone(&text), alone(&page)];
    assert!(text["flags"].as_array().is_some_and(|f| !f.is_empty()));
    let mut expected = [text, page.clone(), page];
    let own = [
        (json!("a"), Value::Null, Value::Null),
        (
            json!(7),
            "https://gazette.example/ferry".into(),
            "The ferry".into(),
        ),
        (json!("c"), Value::Null, "Another".into()),
    ];
    for (list, (id, url, title)) in expected.iter_mut().zip(own) {
        list["id"] = id;
        list["page"]["url"] = url;
        list["page"]["title"] = title;
    }
    let mut lists = lines(&output);
    for list in lists.iter_mut().chain(&mut expected) {
        assert!(list["page"]["created"].take().is_string());
    }
    assert_eq!(lists, expected);
}

#[test]
fn the_order_is_the_inputs_whatever_the_threads() {
    let input = corpus(60);
    let expected: Vec<Value> = (0..60).map(Value::from).collect();
    for threads in ["1", "2", "9"] {
        let output = run(&["--jsonl", "--threads", threads], input.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(ids(&output), expected);
    }
}

#[test]
fn a_bad_line_is_named_and_costs_only_itself() {
    let mut input = b"\xEF\xBB\xBF".to_vec();
    for line in [
        &br#"{"id":1,"text":"Officials said the wall may fall."}"#[..],
        b"not JSON",
        b"  ",
        br#"{"id":2}"#,
        br#"{"text":"No id."}"#,
        br#"{"id":1.5,"text":"No id either."}"#,
        br#"{"id":"3","text":"Officials said it may.","html":"<p>Both."}"#,
        br#"{"id":"4","text":7}"#,
        b"[]",
        b"{\"id\":\"5\",\"text\":\"Half a character, officials said: \xC3\"}",
        br#"{"id":"6","text":"Half a pair, officials said: \ud83d"}"#,
        br#"{"id":"7","html":""}"#,
        br#"{"id":"8","text":"It is cut"#,
    ] {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.pop();
    let output = run(&["--jsonl"], &input);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(ids(&output), [json!(1), json!("5"), json!("6"), json!("7")]);
    let flags = |list: &Value| list["flags"].as_array().map(Vec::len);
    assert_eq!(
        lines(&output)[1..3].iter().map(flags).collect::<Vec<_>>(),
        [Some(1); 2]
    );
    let said = said(&output);
    let expected = [
        "line 2 passed over: it is no article in JSON: expected ident (column 2)",
        "line 4 passed over: it has neither `text` nor `html`",
        "line 5 passed over: it has no `id`",
        "line 6 passed over: it has no `id`",
        "line 7 passed over: it has `text` and `html`",
        "line 8 passed over: it is no article in JSON: invalid type: integer",
        "line 9 passed over: it is no article in JSON",
        "line 10 is not valid UTF-8",
        "line 13 passed over: it is no article in JSON: EOF",
        "8 of 12 lines passed over",
    ];
    let told: Vec<&str> = said.lines().collect();
    assert_eq!(told.len(), expected.len(), "{said}");
    for (line, start) in told.iter().zip(expected) {
        assert!(line.starts_with(&format!("hearsay: {start}")), "{said}");
    }
}

#[test]
fn nothing_in_nothing_out() {
    for input in ["", "\n", " \r\n\n"] {
        let output = run(&["--jsonl"], input.as_bytes());
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
    }
}

#[test]
fn a_line_beyond_the_bound_is_passed_over() {
    let article = |length: usize| {
        let (start, end) = (r#"{"id":"long","text":""#, "\"}\n");
        let text = "a ".repeat((length - start.len() - end.len()).div_ceil(2));
        format!("{start}{}{end}", &text[..length - start.len() - end.len()])
    };
    let bound = 32 << 20;
    let input = format!(
        "{}{}",
        article(bound + 1),
        r#"{"id":"next","text":"It may."}"#
    );
    let output = run(&["--jsonl"], input.as_bytes());
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(ids(&output), ["next"]);
    assert!(
        said(&output).contains("line 1 passed over: it is longer than 32 MiB"),
        "{}",
        said(&output)
    );
    let input = article(bound);
    assert_eq!(input.len(), bound);
    let output = run(&["--jsonl"], input.as_bytes());
    assert_eq!(ids(&output), ["long"], "{}", said(&output));
}

#[test]
fn lists_come_as_they_are_read_not_at_the_end() {
    let mut child = Command::new(PROGRAM)
        .arg("--jsonl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    for id in 0..3 {
        writeln!(input, "{}", json!({ "id": id, "text": "It may." })).expect("a reader");
        let mut line = String::new();
        output.read_line(&mut line).expect("a list");
        assert!(line.starts_with(&format!("{{\"id\":{id},")), "{line}");
    }
    drop(input);
    assert!(child.wait().expect("the program ends").success());
}

#[test]
fn a_reader_that_stops_early_ends_it_without_a_word_although_input_is_left() {
    let mut child = Command::new(PROGRAM)
        .arg("--jsonl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It stays open: whoever writes here isn't done yet.
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    input.write_all(corpus(2).as_bytes()).expect("a reader");
    let mut line = String::new();
    output.read_line(&mut line).expect("a list");
    drop(output);
    let _ = input.write_all(corpus(2).as_bytes());
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(0));
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("UTF-8");
    assert_eq!(said, "");
}

#[test]
fn input_that_cannot_be_read_is_1_and_named() {
    for name in ["no/such/file.jsonl", env!("CARGO_TARGET_TMPDIR")] {
        let output = run(&["--jsonl", name], b"");
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said(&output).contains(&format!("can't read {name}")),
            "{}",
            said(&output)
        );
    }
}

/// Where the system has a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_1_and_says_from_which_line_on() {
    let full = || {
        File::options()
            .write(true)
            .open("/dev/full")
            .expect("/dev/full")
    };
    let path = file("full.jsonl", format!("bad\n{}", corpus(3)).as_bytes());
    let output = Command::new(PROGRAM)
        .arg("--jsonl")
        .arg(&path)
        .stdout(full())
        .stderr(Stdio::piped())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains("can't write the list of line 2: No space left on device"),
        "{said}"
    );
    // With nowhere to complain it still reads, and its exit code tells.
    let output = Command::new(PROGRAM)
        .arg("--jsonl")
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(full())
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(ids(&output), [0, 1, 2]);
}

#[test]
fn a_page_is_read_by_its_name_or_when_told() {
    let web = page_of(STORY);
    let text: Value =
        serde_json::from_str(&printed(&["--format", "json"], STORY.as_bytes())).expect("JSON");
    let words = |list: &Value| -> Vec<String> {
        let flags = list["flags"].as_array().expect("flags").iter();
        flags
            .map(|flag| flag["anchor"]["exact"].to_string())
            .collect()
    };
    let paths = [
        file("page.HTML", web.as_bytes()),
        file("page.htm", web.as_bytes()),
    ];
    let [html, htm] =
        paths.map(|path| printed(&["--format", "json", path.to_str().expect("UTF-8")], b""));
    let told = printed(&["--format", "json", "--html"], web.as_bytes());
    for page in [html, htm, told] {
        let page: Value = serde_json::from_str(&page).expect("JSON");
        assert_eq!(
            words(&page),
            words(&text),
            "the same story, and its menu isn't read"
        );
        assert_eq!(page["page"]["title"], "The ferry");
    }
    let half = run(&["--html"], b"<p>Officials said it may. \xE2\x80");
    assert!(half.status.success());
    assert!(
        said(&half).contains("standard input is not valid UTF-8"),
        "{half:?}"
    );
}

#[test]
fn printed_blocks_are_what_blocks_reads() {
    let web = page_of(STORY);
    let blocks = printed(&["--html", "--print-blocks"], web.as_bytes());
    let again = printed(&["--blocks", "--print-blocks"], blocks.as_bytes());
    assert_eq!(blocks, again);
    let timeless = |arguments: &[&str], input: &str| {
        let mut list: Value =
            serde_json::from_str(&printed(arguments, input.as_bytes())).expect("JSON");
        list["page"]["created"].take();
        list
    };
    assert_eq!(
        timeless(&["--blocks", "--format", "json"], &blocks),
        timeless(&["--html", "--format", "json"], &web),
    );
}

#[test]
fn options_that_make_no_sense_together() {
    for (arguments, words) in [
        (&["--jsonl", "--blocks"][..], "--blocks and --jsonl"),
        (&["--jsonl", "--html"], "--html and --jsonl"),
        (&["--html", "--wrapped"], "--html and --wrapped"),
        (&["--jsonl", "--format", "csv"], "--format"),
        (&["--jsonl", "--explain"], "--explain"),
        (&["--jsonl", "--print-blocks"], "--print-blocks"),
        (&["--print-blocks", "--min-strength", "1"], "--min-strength"),
        (&["--threads", "2"], "--threads"),
        (&["--jsonl", "--threads", "0"], "\"0\""),
        (&["--jsonl", "--threads", "many"], "many"),
    ] {
        let output = run(arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn tag_soup_is_read_whatever_it_is() {
    const TAGS: &[&str] = &[
        "<p>",
        "</p>",
        "<div class=a>",
        "</div>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<b>",
        "</b>",
        "<i>",
        "<a href=x>",
        "</a>",
        "<sup>",
        "</sup>",
        "<br>",
        "<li>",
        "<ul>",
        "</ul>",
        "<select>",
        "<option>",
        "<template>",
        "</template>",
        "<svg>",
        "<foreignObject>",
        "<math>",
        "<mi>",
        "</svg>",
        "<form>",
        "<button>",
        "<frameset>",
        "<body id=b>",
        "<html lang=x>",
        "<head>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x",
        "<!doctype html>",
        "&amp;",
        "&#0;",
        "&#xD800;",
        "&notanentity;",
        "<",
        "<a b=\"",
        "\0",
        "<ruby>",
        "<rt>",
        "<details>",
        "<summary>",
        "<p style='display:none",
        "'>",
        "<x-y style=';;:;:x'>",
        "</body>",
        "</html>",
        "<caption>",
        "<noscript>",
        "<plaintext>",
        "<textarea>",
        "</textarea>",
        "<iframe>",
        "<template shadowrootmode=open>",
        "<nobr>",
    ];
    for seed in 1..=400 {
        let mut random = Random(seed);
        let mut web = String::new();
        for _ in 0..random.below(120) {
            web.push_str(random.pick(TAGS));
            if random.below(3) == 0 {
                let words = 1 + random.below(12);
                web.push_str(&soup(&mut random, words));
            }
        }
        let page = Page::from_input(html::page(&web));
        common::check(&page, &read(&page));
    }
}
