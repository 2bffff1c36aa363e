//! The list in the W3C's Web Annotation model, as JSON-LD: a collection with one page of it inside.
//!
//! Everything has a name that a second export gives it again (`urn:uuid`, the custom version 8): an
//! annotation by page and flag, so that a store that has it already knows it.

use super::json::quoted;
use super::template::Text;
use super::{Options, id, named_flags, quote, wording};
use crate::explain;
use crate::fragment::Finder;
use crate::model::Reading;
use crate::page::Page;

const COLLECTION: &str = r#"{
"@context":"http://www.w3.org/ns/anno.jsonld",
"id":%,"type":"AnnotationCollection","label":%,"generated":%,
"generator":{"id":"urn:x-hearsay:engine","type":"Software","name":%},
"total":"#;
const FIRST: &str = r#",
"first":{"id":%,"type":"AnnotationPage","startIndex":0,"items":["#;
const ANNOTATION: &str = r#"
{"id":%,"type":"Annotation","motivation":["classifying","commenting""#;
const BODY: &str = r#"],"created":%,
 "body":[
  {"type":"TextualBody","purpose":"tagging","value":%},
  {"type":"TextualBody","purpose":"tagging","value":%},
  {"type":"TextualBody","purpose":"commenting","format":"text/plain","language":"en","value":%}"#;
/// What a reader made of it: right, wrong, unsure or missed.
const VERDICT: &str = r#",
  {"type":"TextualBody","purpose":"assessing","format":"text/plain","language":"en","value":%}"#;
/// In whichever language the reader speaks.
const NOTE: &str = r#",
  {"type":"TextualBody","purpose":"commenting","format":"text/plain","value":%}"#;
const TARGET: &str = r#"],
 "target":{"type":"SpecificResource","source":%,"selector":[
  "#;
/// The end of an address that leads a browser to the words.
const DIRECTIVE: &str = r#",
  {"type":"FragmentSelector","conformsTo":"https://wicg.github.io/scroll-to-text-fragment/","value":%}]}}"#;

/// The collection, an annotation a flag, with a line end.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let own = id::of_page(page);
    let source = match &page.input.url {
        Some(url) => iri(url),
        None => urn(&own, &own),
    };
    let made = wording::made(options);
    let choice = id::hash(&[options.created.as_bytes(), made.as_bytes()]);
    let flags: Vec<_> = named_flags(page, reading, options).collect();
    let finder = Finder::new(page);
    let mut out = Text::new(quoted);
    out.add(
        COLLECTION,
        &[
            &urn(&own, &choice),
            &wording::heading_of_list(page),
            &options.created,
            wording::GENERATOR,
        ],
    );
    out.number(flags.len());
    out.add(FIRST, &[&urn(&choice, &own)]);
    for (number, (id, flag)) in flags.iter().enumerate() {
        if number > 0 {
            out.literal(",");
        }
        let mark = wording::mark(page, flag);
        out.add(ANNOTATION, &[&urn(&own, id)]);
        if mark.is_some() {
            out.literal(r#","assessing""#);
        }
        out.add(
            BODY,
            &[
                &options.created,
                &explain::title(flag.category()).to_lowercase(),
                explain::kind_label(flag.kind),
                &wording::note(reading, flag).join("\n"),
            ],
        );
        if let Some(mark) = mark {
            out.add(VERDICT, &[mark.verdict.name()]);
            if !mark.note.is_empty() {
                out.add(NOTE, &[&mark.note]);
            }
        }
        out.add(TARGET, &[&source]);
        quote::selector(&mut out, page, flag.anchor);
        out.add(DIRECTIVE, &[&format!(":~:{}", finder.to(flag.anchor))]);
    }
    out.literal("]}}\n");
    out.done()
}

/// A name made of two hashes, 60 bits of either.
fn urn(a: &str, b: &str) -> String {
    let [mut a, mut b] = [a, b].map(|hash| hash.chars());
    let mut out = String::from("urn:uuid:");
    for place in "aaaaaaaa-aaaa-8aaa-8bbb-bbbbbbbbbbbb".chars() {
        out.extend(match place {
            'a' => a.next(),
            'b' => b.next(),
            mark => Some(mark),
        });
    }
    out
}

/// An address as an IRI: browsers leave some characters in it that may not stand there.
fn iri(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c) {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{all, example};
    use serde_json::Value;

    fn collection(url: Option<&str>) -> Value {
        let (mut page, reading) = example();
        page.input.url = url.map(str::to_owned);
        serde_json::from_str(&write(&page, &reading, &all())).expect("JSON")
    }

    #[test]
    fn a_flag_is_an_annotation_on_its_words() {
        let list = collection(Some("https://gazette.example/port?a=1|2"));
        assert_eq!(list["total"], 4);
        let first = &list["first"]["items"][0];
        let target = &first["target"];
        assert_eq!(target["source"], "https://gazette.example/port?a=1%7C2");
        let quote = &target["selector"][0];
        assert_eq!(quote["exact"], "A port official told");
        assert_eq!(quote["suffix"], " the Gazette.");
        assert_eq!(
            target["selector"][1]["value"],
            ":~:text=A%20port%20official%20told"
        );
        assert_eq!(first["body"][0]["value"], "anonymous source");
        assert_eq!(first["body"][1]["value"], "one person");
        assert_eq!(
            first["body"][2]["value"],
            "Somebody is cited here whom the page never names.\n\
             Source: A port official; relayed by: the Gazette; reason given: because the inquiry is still open\n\
             Strength: clear"
        );
        assert_eq!(
            list["first"]["items"][1]["body"][2]["value"],
            "A modal verb leaves open whether this is so.\nStrength: faint"
        );
    }

    #[test]
    fn names_stay_and_differ() {
        let ids = |list: &Value| -> Vec<String> {
            let items = list["first"]["items"].as_array().expect("items").iter();
            items
                .chain([list, &list["first"]])
                .map(|one| one["id"].as_str().expect("an id").to_owned())
                .collect()
        };
        let (here, there) = (collection(Some("https://a.example/")), collection(None));
        assert_eq!(ids(&here), ids(&collection(Some("https://a.example/"))));
        let mut all = [ids(&here), ids(&there)].concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 12);
        for id in all {
            let bits = id.strip_prefix("urn:uuid:").expect("a UUID");
            let lengths: Vec<usize> = bits.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        }
        let source = there["first"]["items"][0]["target"]["source"].as_str();
        assert!(source.is_some_and(|s| s.starts_with("urn:uuid:")));
    }
}
