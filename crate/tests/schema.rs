//! The exported object against `data/schema/hearsay-1.schema.json`.

mod common;

use common::{Random, STORY, json, page_of, printed, soup};
use hearsay::page::Page;
use hearsay::read::read;
use regex_lite::Regex;
use serde_json::{Map, Value};

fn schema() -> Value {
    serde_json::from_str(include_str!("../data/schema/hearsay-1.schema.json")).expect("a schema")
}

/// Checks `value` by the part of JSON Schema that our schema uses. A keyword that isn't known here
/// is an error, so that the schema can't say what this test doesn't check.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fail = |what: String| Err(format!("{at}: {what}: {value}"));
    for (keyword, rule) in schema
        .as_object()
        .ok_or_else(|| format!("{at}: no schema"))?
    {
        match keyword.as_str() {
            "$schema"
            | "title"
            | "description"
            | "$defs"
            | "properties"
            | "additionalProperties" => {}
            "$ref" => {
                let pointer = rule
                    .as_str()
                    .and_then(|r| r.strip_prefix('#'))
                    .unwrap_or("");
                let target = root
                    .pointer(pointer)
                    .ok_or_else(|| format!("{at}: nothing at {rule}"))?;
                check(root, target, value, at)?;
            }
            "type" => {
                let names: Vec<&str> = match rule {
                    Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !names.iter().any(|name| is(value, name)) {
                    return fail(format!("not of type {rule}"));
                }
            }
            "enum" => {
                if !rule.as_array().is_some_and(|all| all.contains(value)) {
                    return fail(format!("none of {rule}"));
                }
            }
            "anyOf" => {
                let options = rule.as_array().ok_or("anyOf")?;
                if !options
                    .iter()
                    .any(|option| check(root, option, value, at).is_ok())
                {
                    return fail("fits no option".to_owned());
                }
            }
            "required" => {
                for name in rule
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    if value.get(name).is_none() {
                        return fail(format!("without {name}"));
                    }
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{i}"))?;
                }
            }
            "minimum" | "maximum" => {
                let (limit, number) = (rule.as_f64().ok_or("a limit")?, value.as_f64());
                if number.is_some_and(|n| {
                    if keyword == "minimum" {
                        n < limit
                    } else {
                        n > limit
                    }
                }) {
                    return fail(format!("{keyword} {limit}"));
                }
            }
            "pattern" => {
                let pattern = Regex::new(rule.as_str().unwrap_or("")).map_err(|e| e.to_string())?;
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    return fail(format!("doesn't match {rule}"));
                }
            }
            _ => return Err(format!("{at}: this test doesn't know {keyword}")),
        }
    }
    let none = Map::new();
    let known = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    for (name, part) in value.as_object().unwrap_or(&none) {
        match known.get(name) {
            Some(rule) => check(root, rule, part, &format!("{at}/{name}"))?,
            None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                return fail(format!("unexpected {name}"));
            }
            None => {}
        }
    }
    Ok(())
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn list_of(page: &Page) -> Value {
    json(page, &read(page))
}

#[test]
fn lists_fit_the_schema() {
    let schema = schema();
    let mut random = Random(7);
    let texts = [STORY.to_owned(), String::new(), soup(&mut random, 3000)];
    for text in texts {
        let lines: Vec<&str> = text.lines().collect();
        for page in [
            Page::from_text(&text, false),
            Page::from_text(&text, true),
            page_of(&lines),
        ] {
            check(&schema, &schema, &list_of(&page), "").expect("the list fits");
        }
    }
}

#[test]
fn a_readers_marks_go_along_and_what_has_no_flag_is_listed_apart() {
    let mut page = page_of(&["Officials said the wall may fall."]);
    let mark = |words: &str, category: &str, verdict: &str| {
        serde_json::from_value(serde_json::json!({
            "id": words, "category": category, "words": words, "verdict": verdict, "note": "So.",
            "around": { "before": "", "after": "" },
        }))
        .expect("a mark")
    };
    page.input.marks = vec![
        mark("may", "hedged", "wrong"),
        mark("the wall", "unsourced", "missed"),
        mark("Critics argue", "anonymous", "right"),
    ];
    let list = list_of(&page);
    let schema = schema();
    check(&schema, &schema, &list, "").expect("the list fits");
    let flags = list["flags"].as_array().expect("flags").iter();
    let told: Vec<(&Value, &Value)> = flags
        .map(|f| (&f["category"], &f["review"]["verdict"]))
        .collect();
    assert_eq!(
        told,
        [
            (&"anonymous".into(), &Value::Null),
            (&"unsourced".into(), &"missed".into()),
            (&"hedged".into(), &"wrong".into()),
        ]
    );
    assert_eq!(list["orphans"][0]["exact"], "Critics argue");
    let mut spoilt = list.clone();
    spoilt["flags"][1]["review"]["verdict"] = "lie".into();
    assert!(check(&schema, &schema, &spoilt, "").is_err());
    spoilt = list;
    spoilt["orphans"][0]["id"] = 1.into();
    assert!(check(&schema, &schema, &spoilt, "").is_err());
}

#[test]
fn the_schema_refuses_what_is_no_list() {
    let schema = schema();
    let good = list_of(&Page::from_text(STORY, false));
    let spoil = |pointer: &str, value: Value| {
        let mut list = good.clone();
        *list
            .pointer_mut(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
        assert!(
            check(&schema, &schema, &list, "").is_err(),
            "{pointer} may be anything"
        );
    };
    spoil("/schema", "hearsay/2".into());
    spoil("/page/created", "yesterday".into());
    spoil("/page/words", (-1).into());
    spoil("/summary/claims", (-1).into());
    spoil("/summary/documents", Value::Null);
    spoil("/summary/heaviest/source", "engineer".into());
    spoil("/summary/heaviest/claims", 0.into());
    spoil("/flags/0/id", "1".into());
    spoil("/flags/0/category", "doubtful".into());
    spoil("/flags/0/strength", 1.5.into());
    spoil("/flags/0/anchor/start", "0".into());
    spoil("/flags/0/claim", "words".into());
    spoil("/flags/0/voice/by", "nobody".into());
    spoil("/flags/0/details/relay", Value::Null);
    spoil("/flags/0/details/anonymity", true.into());
    spoil("/flags/0/details/reason", 1.into());
    spoil("/sources/0/id", "S0".into());
    spoil("/sources/0/kind", "ghost".into());
    spoil("/attributions/0/source/start", "0".into());
    let mut list = good.clone();
    list["flags"][0]["verdict"] = "false".into();
    assert!(
        check(&schema, &schema, &list, "").is_err(),
        "an unknown field"
    );
    list = good.clone();
    list["flags"][0]
        .as_object_mut()
        .expect("a flag")
        .remove("claim");
    assert!(
        check(&schema, &schema, &list, "").is_err(),
        "a missing field"
    );
}

#[test]
fn lists_of_a_corpus_satisfy_the_schema_and_have_an_id() {
    let schema = schema();
    let article = |id: Value| serde_json::json!({ "id": id, "text": STORY }).to_string() + "\n";
    let corpus = [Value::from("a"), Value::from(2)].map(article).concat();
    let lists = printed(&["--jsonl", "--include-text"], corpus.as_bytes());
    assert_eq!(lists.lines().count(), 2);
    for line in lists.lines() {
        let mut list: Value = serde_json::from_str(line).expect("JSON");
        check(&schema, &schema, &list, "").expect(line);
        list["id"] = true.into();
        assert!(check(&schema, &schema, &list, "").is_err());
    }
}

#[test]
fn anonymity_is_told_with_and_without_its_reason() {
    let list = list_of(&Page::from_text(
        "A clerk, who asked not to be named because the talks are private, said the vote was off.\n\
         A guard, who spoke on condition of anonymity, said the door was open.\n\
         A sailor said the boat was gone.",
        false,
    ));
    let flags = list["flags"].as_array().expect("flags");
    let told: Vec<(&Value, &Value)> = flags
        .iter()
        .map(|f| (&f["details"]["anonymity"], &f["details"]["reason"]))
        .collect();
    let (asked, spoke) = ("asked not to be named", "spoke on condition of anonymity");
    assert_eq!(told.len(), 3, "{flags:?}");
    assert_eq!(
        told[0],
        (&asked.into(), &"because the talks are private".into())
    );
    assert_eq!(told[1], (&spoke.into(), &Value::Null));
    assert_eq!(told[2], (&Value::Null, &Value::Null));
}

#[test]
fn null_where_the_contract_says_null() {
    let list = list_of(&Page::from_text(
        "It is widely believed that the ferry will close. A senior official said it may rain. Theresa Vale said it might snow.",
        false,
    ));
    let flags = list["flags"].as_array().expect("flags");
    let agentless = flags
        .iter()
        .find(|f| f["kind"] == "agentless")
        .expect("an agentless flag");
    let source = &agentless["source"];
    assert!(source["id"].is_string(), "{source}");
    assert!(
        source["start"].is_null() && source["end"].is_null() && source["exact"].is_null(),
        "{source}"
    );
    let person = flags
        .iter()
        .find(|f| f["kind"] == "person")
        .expect("the official");
    assert_eq!(person["source"]["exact"], "A senior official");
    for flag in flags.iter().filter(|f| f["category"] != "anonymous") {
        assert!(flag["source"].is_null(), "{flag}");
    }
    let quoted = flags
        .iter()
        .find(|f| f["voice"]["by"] == "source")
        .expect("a hedge in a paraphrase");
    assert!(quoted["voice"]["source"].is_string());
    assert!(person["voice"]["source"].is_null() && person["voice"]["by"] == "author");
    let ids: Vec<&Value> = list["sources"]
        .as_array()
        .expect("sources")
        .iter()
        .map(|s| &s["id"])
        .collect();
    let counted: Vec<Value> = (1..=ids.len()).map(|n| format!("S{n}").into()).collect();
    assert_eq!(ids, counted.iter().collect::<Vec<_>>());
    assert!(
        list["sources"]
            .as_array()
            .expect("sources")
            .iter()
            .any(|s| s["named"] == true && s["kind"] == "named-person")
    );
}

#[test]
fn the_summary_counts_the_ledger() {
    let list = list_of(&Page::from_text(
        "A senior clerk said the quay was unsafe. “The board knows,” the clerk said. \
         Ingrid Tolland, the harbour master, said it was sound. The board’s annual report says it is closed. \
         The ministry said it would wait. It was reported that two boats sank.",
        false,
    ));
    let summary = &list["summary"];
    let clerk = &list["sources"][0];
    assert_eq!(
        *summary,
        serde_json::json!({
            "claims": 6, "people": 1, "institutions": 1, "documents": 1, "anonymous": 3,
            "heaviest": { "source": clerk["id"], "label": "A senior clerk", "claims": 2 },
        })
    );
    let of_all = |name: &str| -> u64 {
        let sources = list["sources"].as_array().expect("sources").iter();
        sources
            .filter(|s| name == "claims" || s["named"] == false)
            .filter_map(|s| s["claims"].as_u64())
            .sum()
    };
    assert_eq!(summary["claims"], of_all("claims"));
    assert_eq!(summary["anonymous"], of_all("anonymous"));

    let nothing = list_of(&Page::from_text("The boats came in at noon.", false));
    assert_eq!(
        nothing["summary"],
        serde_json::json!({
            "claims": 0, "people": 0, "institutions": 0, "documents": 0, "anonymous": 0, "heaviest": null,
        })
    );
}

#[test]
fn a_pronoun_that_leads_nowhere_is_nobodys_claim() {
    let list = list_of(&Page::from_text(
        "We know that the quay was unsafe. They said that it would be closed. I think that it will.",
        false,
    ));
    assert_eq!(list["summary"]["claims"], 0, "{}", list["summary"]);
    assert_eq!(list["attributions"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_pronoun_leads_back_to_the_named_subject_of_a_sentence_that_begins_with_but() {
    let list = list_of(&Page::from_text(
        "“No,” an aide said. But Ruiz sat in the hall. He said it was fair.",
        false,
    ));
    assert_eq!(list["summary"]["people"], 1, "{}", list["summary"]);
    assert_eq!(list["summary"]["anonymous"], 1, "{}", list["summary"]);
}
