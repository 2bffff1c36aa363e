//! What a reader made of the flags, as gold: a text with the flags that a careful reader wants on it,
//! which `./build.sh eval` scores the engine against.
//!
//! A flag marked right is wanted, and so is one that was missed; one marked wrong is not there, so that
//! to find it is an error. What is marked unsure, and what nobody has looked at, is borderline and counts
//! neither way. All flags count, whatever strength or categories are shown.

use super::json::quoted;
use super::positions::Positions;
use super::schema::{hundredths, source_id};
use super::template::Text;
use super::{Options, wording};
use crate::maintext;
use crate::model::{Flag, Kind, Reading, Span};
use crate::page::{Page, PageInput, Verdict};

/// The least strength of a flag that most careful readers want.
const WANTED: f32 = 0.5;
const FILE: &str = r#"{"schema":"hearsay-gold/1","generator":%,"url":%,"title":%,"created":%,
"text":%,
"flags":["#;

/// The file, with a line end. There is none where the reader has marked nothing.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> Result<String, &'static str> {
    // The text is that of the blocks that were read; what was missed may stand elsewhere.
    let mut main = maintext::main_blocks(page);
    for flag in reading.flags.iter().filter(|f| f.review.is_some()) {
        if let Some(block) = main.get_mut(flag.anchor.block as usize) {
            *block = true;
        }
    }
    let mut read = PageInput::default();
    let mut numbers = Vec::with_capacity(main.len());
    for (block, main) in page.input.blocks.iter().zip(&main) {
        numbers.push(read.blocks.len() as u32);
        if *main {
            read.blocks.push(block.clone());
        }
    }
    let read = Page::from_input(read);
    let mut at = Places {
        positions: Positions::new(&read),
        numbers,
    };
    let scored = |flag: &&Flag| {
        !matches!(flag.kind, Kind::Phrase(_)) && main.get(flag.anchor.block as usize) == Some(&true)
    };
    let verdict = |flag: &Flag| wording::mark(page, flag).map(|mark| mark.verdict);
    let all: Vec<&Flag> = reading.flags.iter().filter(scored).collect();
    if all.iter().all(|flag| verdict(flag).is_none()) {
        return Err("no flag of this page is marked right, wrong or unsure, and none was added");
    }
    let mut out = Text::new(quoted);
    out.add(
        FILE,
        &[
            wording::GENERATOR,
            page.input.url.as_deref().unwrap_or(""),
            page.input.title.as_deref().unwrap_or(""),
            &options.created,
            &read.whole_text(),
        ],
    );
    let (wrong, wanted): (Vec<&Flag>, Vec<&Flag>) = all
        .iter()
        .partition(|flag| verdict(flag) == Some(Verdict::Wrong));
    for (number, flag) in wanted.iter().enumerate() {
        let verdict = verdict(flag);
        let clear = matches!(verdict, Some(Verdict::Right | Verdict::Missed));
        head(&mut out, &mut at, number, flag);
        match flag.source {
            Some((index, span)) => {
                out.literal(",\"source\":");
                match span {
                    Some(span) => range(&mut out, &mut at, span),
                    None => out.literal("null"),
                }
                out.add(",\"source_id\":%", &[&source_id(index)]);
            }
            None => out.literal(",\"source\":null,\"source_id\":null"),
        }
        out.literal(",\"strength\":");
        out.fraction(hundredths(if clear {
            flag.strength.max(WANTED)
        } else {
            flag.strength
        }));
        out.literal(if clear {
            ",\"borderline\":false"
        } else {
            ",\"borderline\":true"
        });
        tail(&mut out, page, flag);
    }
    // What was wrong is told beside, for whoever looks for the reason.
    out.literal("],\n\"wrong\":[");
    for (number, flag) in wrong.iter().enumerate() {
        head(&mut out, &mut at, number, flag);
        tail(&mut out, page, flag);
    }
    out.literal("]}\n");
    Ok(out.done())
}

fn head(out: &mut Text, at: &mut Places, number: usize, flag: &Flag) {
    if number > 0 {
        out.literal(",");
    }
    out.add(
        "\n{\"category\":%,\"kind\":%,\"anchor\":",
        &[flag.category().name(), flag.kind.name()],
    );
    range(out, at, flag.anchor);
}

fn tail(out: &mut Text, page: &Page, flag: &Flag) {
    out.add(",\"rule\":%", &[flag.rule]);
    if let Some(mark) = wording::mark(page, flag) {
        out.add(
            ",\"review\":%,\"note\":%",
            &[mark.verdict.name(), &mark.note],
        );
    }
    out.literal("}");
}

/// From places in the page to places in the text.
struct Places<'a> {
    positions: Positions<'a>,
    /// For each block of the page its number, or that of the next one, among those that were read.
    numbers: Vec<u32>,
}

fn range(out: &mut Text, at: &mut Places, span: Span) {
    let block = at.numbers.get(span.block as usize).copied().unwrap_or(0);
    let (start, end) = at.positions.of(Span { block, ..span });
    out.literal("[");
    out.number(start);
    out.literal(",");
    out.number(end);
    out.literal("]");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{all, example};
    use crate::page::{Around, Mark};
    use serde_json::{Value, json};

    fn mark(flag: usize, verdict: Verdict, reading: &mut Reading, page: &mut Page) {
        reading.flags[flag].review = Some(page.input.marks.len() as u32);
        page.input.marks.push(Mark {
            id: String::new(),
            category: reading.flags[flag].category(),
            kind: None,
            words: String::new(),
            around: Around {
                before: String::new(),
                after: String::new(),
            },
            verdict,
            note: "A \"note\"".to_owned(),
        });
    }

    #[test]
    fn right_and_missed_are_wanted_wrong_is_not_and_the_rest_is_borderline() {
        let (mut page, mut reading) = example();
        page.plain = true;
        assert!(
            write(&page, &reading, &all()).is_err(),
            "nothing to score by"
        );
        mark(0, Verdict::Wrong, &mut reading, &mut page);
        mark(1, Verdict::Right, &mut reading, &mut page);
        mark(3, Verdict::Unsure, &mut reading, &mut page);
        let file = write(&page, &reading, &all()).expect("gold");
        let gold: Value = serde_json::from_str(&file).expect("JSON");
        let text: Vec<char> = gold["text"].as_str().expect("text").chars().collect();
        let told = |list: &str| -> Vec<(String, Value, Value, Value)> {
            let flags = gold[list].as_array().expect("flags").iter();
            let told = flags.map(|f| {
                let end = |i: usize| f["anchor"][i].as_u64().expect("a place") as usize;
                let words = text[end(0)..end(1)].iter().collect();
                (
                    words,
                    f["strength"].clone(),
                    f["borderline"].clone(),
                    f["review"].clone(),
                )
            });
            told.collect()
        };
        assert_eq!(
            told("flags"),
            [
                ("may".to_owned(), json!(0.5), json!(false), json!("right")),
                ("he said".to_owned(), json!(0.8), json!(true), Value::Null),
                (
                    "have risen by 40 per cent".to_owned(),
                    json!(0.6),
                    json!(true),
                    json!("unsure")
                ),
            ]
        );
        assert_eq!(
            told("wrong"),
            [(
                "A port official told".to_owned(),
                Value::Null,
                Value::Null,
                json!("wrong")
            )]
        );
        assert_eq!(gold["wrong"][0]["note"], "A \"note\"");
        assert_eq!(gold["flags"][1]["source_id"], "S1");
    }
}
