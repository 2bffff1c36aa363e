//! The list as a file that Hypothesis imports: the shape of its own export, with what its importer
//! keeps of it and no more. Who imports it is the author of the annotations, and the only one who
//! sees them: what nobody but their author may read stays so.

use super::json::quoted;
use super::template::Text;
use super::{Options, markdown, named_flags, quote, wording};
use crate::explain;
use crate::model::Reading;
use crate::page::Page;

/// The importer asks whose annotations to take; these are all ours.
const USER: &str = "acct:Hearsay@hearsay.invalid";
const FILE: &str = r#"{"export_date":%,"export_userid":%,"client_version":%,"annotations":["#;
const ANNOTATION: &str = r#"
{"id":%,"created":%,"updated":%,"user":%,"uri":%,"document":{"title":[%]},
 "permissions":{"read":[%],"update":[%],"delete":[%]},
 "tags":["Hearsay",%,%"#;
const TEXT: &str = r#"],
 "text":%,
 "target":[{"source":%,"selector":["#;

/// The file, an annotation a flag, with a line end. Hypothesis keeps none without an address.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> Result<String, &'static str> {
    let url = page.input.url.as_deref().map(str::trim);
    let url = url.filter(|url| !url.is_empty()).ok_or(
        "a file for Hypothesis needs the address of the page, and this text came without one",
    )?;
    let title = wording::title(page);
    let title = title.as_deref().unwrap_or(url);
    let created = options.created.as_str();
    let mut out = Text::new(quoted);
    out.add(FILE, &[created, USER, wording::GENERATOR]);
    for (number, (id, flag)) in named_flags(page, reading, options).enumerate() {
        if number > 0 {
            out.literal(",");
        }
        let mark = wording::mark(page, flag);
        let mut note = wording::note(reading, flag);
        note.extend(mark.map(wording::reviewed));
        let text: Vec<String> = note.iter().map(|part| markdown::escaped(part)).collect();
        out.add(
            ANNOTATION,
            &[
                &id,
                created,
                created,
                USER,
                url,
                title,
                USER,
                USER,
                USER,
                explain::title(flag.category()),
                explain::kind_label(flag.kind),
            ],
        );
        if let Some(mark) = mark {
            out.add(",%", &[wording::verdict(mark.verdict)]);
        }
        out.add(TEXT, &[&text.join("\n\n"), url]);
        quote::selector(&mut out, page, flag.anchor);
        out.literal("]}]}");
    }
    out.literal("]}\n");
    Ok(out.done())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{all, example};
    use serde_json::Value;

    #[test]
    fn a_flag_is_an_annotation_on_its_words() {
        let (page, mut reading) = example();
        reading.sources[0].label = "A *port* official".to_owned();
        let list = write(&page, &reading, &all()).expect("a list");
        let list: Value = serde_json::from_str(&list).expect("JSON");
        assert_eq!(list["annotations"].as_array().map(Vec::len), Some(4));
        let first = &list["annotations"][0];
        assert_eq!(first["uri"], "https://gazette.example/port?a=1&b=2");
        assert_eq!(first["document"]["title"][0], "The port | *today*");
        assert_eq!(
            first["target"][0]["selector"][0]["exact"],
            "A port official told"
        );
        assert_eq!(
            first["permissions"]["read"][0], USER,
            "for its author alone"
        );
        let text = first["text"].as_str().expect("a text");
        assert!(
            text.contains("\n\nSource: A \\*port\\* official; relayed"),
            "{text}"
        );
    }

    #[test]
    fn without_an_address_there_is_none() {
        let (mut page, reading) = example();
        for url in [None, Some(" ")] {
            page.input.url = url.map(str::to_owned);
            assert!(write(&page, &reading, &all()).is_err());
        }
    }
}
