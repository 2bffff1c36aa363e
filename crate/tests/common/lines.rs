//! What must hold of any corpus, asked by the program's own tests and by the fuzzer.

use std::io::{BufRead, Cursor};
use std::sync::Arc;

use hearsay::export::Options;
use hearsay::model::Category;
use serde_json::Value;

use crate::corpus::{Corpus, Event, run};

/// Lines as they may come, but for their numbers.
const LINES: [&str; 22] = [
    r#"{"id": 1, "text": "Officials said the wall may fall, and it was reported that it did."}"#,
    r#"{"id":"a","html":"<title>T</title><p>Critics argue that it is <b>probably</b> too late.","url":"https://a.example/"}"#,
    r#"{"id":18446744073709551615,"text":"Officials\nsaid so.\n\nIt may rain.","title":"T","more":[1,{"x":null}]}"#,
    "\u{feff}{\"id\":-3,\"text\":\"\"}",
    r#"{"id":"\ud800","text":"Officials said \ud83d\ude00 \udc00 it may."}"#,
    r#"{"id":1.5,"text":"Officials said it may."}"#,
    r#"{"id":null,"text":"Officials said it may."}"#,
    r#"{"id":1,"id":2,"text":"x"}"#,
    r#"{"id":1}"#,
    r#"{"id":1,"text":"x","html":"x"}"#,
    r#"{"id":1,"text":7}"#,
    r#"{"id":1,"text":"Officials said it may."} {"id":2}"#,
    r#"{"id":1,"text":"#,
    "[[[[[[[[[[[[[[[[[[[[[[[[",
    "null",
    "",
    " \t\r",
    "\0",
    "\\",
    "\\ud800\\",
    r#"{"id":"html","html":"<p x='\"\\u0000<!--"}"#,
    r#"{"id":"é😀","text":"« Officials » said — it may…"}"#,
];

/// A line is read or passed over by itself alone, whatever stands around it, in their order, however many read.
pub fn lines(bytes: &[u8]) {
    let input: Vec<u8> = match bytes {
        [kind, rest @ ..] if kind % 2 == 1 => {
            let chosen = rest.iter().map(|b| {
                let mut line = LINES[*b as usize % LINES.len()].as_bytes().to_vec();
                // Some end early, anywhere.
                if *b as usize / LINES.len() % 4 == 3 {
                    line.truncate(line.len() * (*b as usize % 16) / 16);
                }
                line
            });
            chosen.collect::<Vec<_>>().join(&b'\n')
        }
        _ => bytes.to_vec(),
    };
    let (lists, passed_over) = read(&input, 1);
    assert_eq!(read(&input, 3), (lists.clone(), passed_over.clone()));
    let mut lists = lists.into_iter();
    let mut passed_over = passed_over.into_iter();
    for (number, line) in Cursor::new(&input).split(b'\n').enumerate() {
        let line = line.expect("bytes in memory");
        let (mut alone, why) = read(&line, 1);
        if line.trim_ascii().is_empty() {
            assert!(alone.is_empty() && why.is_empty(), "{line:?}");
            continue;
        }
        assert_eq!(alone.len() + why.len(), 1, "{line:?}");
        if let Some(list) = alone.pop() {
            assert!(list["id"].is_string() || list["id"].is_i64() || list["id"].is_u64());
            assert_eq!(list["schema"], "hearsay/1");
            assert_eq!(lists.next(), Some(list));
        } else {
            let (at, what) = passed_over.next().expect("a line that is passed over");
            assert_eq!((at, what), (number as u64 + 1, why[0].1.clone()));
        }
    }
    assert_eq!((lists.next(), passed_over.next()), (None, None));
}

/// The lists, without the time, and the lines that were passed over with what was said of them.
fn read(input: &[u8], threads: usize) -> (Vec<Value>, Vec<(u64, String)>) {
    let corpus = Arc::new(Corpus {
        threads,
        wrapped: false,
        options: Options {
            min_strength: 0.0,
            categories: Category::ALL.to_vec(),
            include_text: true,
            created: String::new(),
        },
    });
    let (mut output, mut passed_over) = (Vec::new(), Vec::new());
    let input = Cursor::new(input.to_vec());
    let outcome = run(input, &mut output, &corpus, &mut |event| {
        if let Event::PassedOver { line, why, .. } = event {
            passed_over.push((line, why.to_owned()));
        }
    });
    assert!(outcome.stop.is_none());
    let lists: Vec<Value> = String::from_utf8(output)
        .expect("UTF-8")
        .lines()
        .map(|line| {
            let mut list: Value = serde_json::from_str(line).expect("a list");
            list["page"]["created"] = Value::Null;
            list
        })
        .collect();
    assert_eq!(
        (lists.len() as u64, passed_over.len() as u64),
        (outcome.read, outcome.passed_over)
    );
    (lists, passed_over)
}
