//! The one file that knows wasm-bindgen: plain data in, plain data out.
//!
//! Documents (one per frame) are kept under the caller's keys, so that a card or an export needs
//! no second message with the page's text. Everything here is a cache: forgetting it costs a
//! re-read and nothing else.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::explain;
use crate::export::copy::{self, Copy};
use crate::export::{self, Format, Options};
use crate::fragment::Finder;
use crate::guide;
use crate::model::{Category, Kind, Reading, Span};
use crate::own;
use crate::page::{Around, Dismissal, Mark, Page, PageInput, Phrase, Splice, Units, Verdict};
use crate::panel::{self, Part, Place};
use crate::read::Reader;
use crate::sourcing::Sourcing;

struct Document {
    page: Page,
    reading: Reading,
    /// Blocks taken apart for this document so far.
    taken: u32,
}

thread_local! {
    static READER: RefCell<Reader> = RefCell::default();
    static DOCUMENTS: RefCell<HashMap<String, Document>> = RefCell::default();
}

/// Bytes from which on a block is likely enough to be main text to be taken apart before that is known.
const LONG: usize = 80;

/// Blocks come packed, and flags go so: taking them apart field by field costs more than reading them.
#[wasm_bindgen(module = "/src/pack.js")]
extern "C" {
    type Packed;

    /// Packs the blocks of a page, or of all splices of a change. Throws where there are none.
    #[wasm_bindgen(catch)]
    fn pack(page: &JsValue) -> Result<Packed, JsValue>;
    /// The texts of all blocks, a line each.
    #[wasm_bindgen(method, getter)]
    fn texts(this: &Packed) -> String;
    /// Tags, landmarks and hints, each once, a line each.
    #[wasm_bindgen(method, getter)]
    fn names(this: &Packed) -> String;
    /// For each splice, or the page: at, remove, how many blocks; then for each block: tag, landmarks,
    /// hint, path, links, marks. A name is its line in `names`; a list is its length and its items.
    #[wasm_bindgen(method, getter)]
    fn numbers(this: &Packed) -> Vec<u32>;

    /// What the content script needs to paint. `taken`: blocks taken apart for this document so far, in
    /// all its readings. `flags`: seven numbers a flag: block, start and end (UTF-16 units in the
    /// block), category, kind (the reader's own phrases come after all others), strength in
    /// hundredths, 1 if it is dismissed.
    fn reply(
        language: &str,
        readable: bool,
        words: u32,
        sentences: u32,
        claims: u32,
        taken: u32,
        flags: &[u32],
    ) -> JsValue;
}

/// The blocks of `page`, which is a page or a change.
fn unpack(page: &JsValue) -> Result<Vec<Splice>, JsValue> {
    let packed = pack(page)?;
    let (texts, names, numbers) = (packed.texts(), packed.names(), packed.numbers());
    crate::packed::unpack(&texts, &names, &numbers).ok_or_else(|| error("the blocks end too early"))
}

/// What is said of a page or a change beside its blocks.
fn facts(facts: JsValue) -> Result<PageInput, JsValue> {
    let facts = Object(facts);
    Ok(PageInput {
        url: facts.text("url"),
        title: facts.text("title"),
        language: facts.text("language"),
        assume: facts.text("assume"),
        whole: facts.holds("whole"),
        phrases: facts.list("phrases", phrase)?,
        dismissed: facts.list("dismissed", dismissal)?,
        marks: facts.list("marks", mark)?,
        blocks: Vec::new(),
    })
}

fn phrase(phrase: Object) -> Result<Phrase, JsValue> {
    Ok(Phrase {
        category: phrase.category()?,
        text: phrase.needed("text")?,
        pattern: phrase.holds("pattern"),
    })
}

fn dismissal(dismissal: Object) -> Result<Dismissal, JsValue> {
    let around = dismissal.field("around");
    Ok(Dismissal {
        category: dismissal.category()?,
        words: dismissal.needed("words")?,
        around: match around.is_object() {
            true => Some(self::around(Object(around))?),
            false => None,
        },
    })
}

fn around(around: Object) -> Result<Around, JsValue> {
    Ok(Around {
        before: around.needed("before")?,
        after: around.needed("after")?,
    })
}

fn mark(mark: Object) -> Result<Mark, JsValue> {
    let verdict = mark.needed("verdict")?;
    Ok(Mark {
        id: mark.needed("id")?,
        category: mark.category()?,
        kind: mark.text("kind"),
        words: mark.needed("words")?,
        around: around(Object(mark.field("around")))?,
        verdict: Verdict::from_name(&verdict)
            .ok_or_else(|| error(format!("unknown verdict {verdict}")))?,
        note: mark.text("note").unwrap_or_default(),
    })
}

/// An object of JavaScript, read field by field. Code that is derived from a type brings words for
/// every value it could find instead, the digits of fractions among them: more than this whole file.
struct Object(JsValue);

impl Object {
    /// Undefined where there is none.
    #[inline(never)]
    fn field(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.field(name).as_string()
    }

    #[inline(never)]
    fn needed(&self, name: &str) -> Result<String, JsValue> {
        self.text(name)
            .ok_or_else(|| error(format!("{name} is no text")))
    }

    fn holds(&self, name: &str) -> bool {
        self.field(name).as_bool().unwrap_or(false)
    }

    /// What `read` makes of a list's items; nothing where it is no list.
    fn list<T>(
        &self,
        name: &str,
        read: impl Fn(Object) -> Result<T, JsValue>,
    ) -> Result<Vec<T>, JsValue> {
        let list = self.field(name);
        let items = list.dyn_ref::<Array>().map(Array::to_vec);
        let items = items.unwrap_or_default().into_iter();
        items.map(|item| read(Object(item))).collect()
    }

    fn category(&self) -> Result<Category, JsValue> {
        let name = self.needed("category")?;
        Category::from_name(&name).ok_or_else(|| error(format!("unknown category {name}")))
    }

    /// Which flags a list shows; `minStrength` is from 0 to 1.
    fn choice(&self) -> Result<Options, JsValue> {
        let least = self.field("minStrength").as_f64();
        let category =
            |name: Object| Ok(name.0.as_string().as_deref().and_then(Category::from_name));
        let categories = self.list("categories", category)?;
        Ok(Options {
            min_strength: least.ok_or_else(|| error("minStrength is no number"))? as f32,
            categories: categories.into_iter().flatten().collect(),
            include_text: self.holds("includeText"),
            created: self.text("created").unwrap_or_default(),
        })
    }
}

/// A card and what can be done from it.
#[derive(Serialize)]
struct Details {
    #[serde(flatten)]
    card: explain::Card,
    /// Which of the tab's documents the flag is in.
    document: u32,
    /// Where the claims of its source stand, in page order.
    claims: Vec<Place>,
    /// What to copy of it.
    copy: Copy,
}

fn error(text: impl AsRef<str>) -> JsValue {
    js_sys::Error::new(text.as_ref()).into()
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|e| error(e.to_string()))
}

/// The core's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Reads one document and keeps it under `key`.
#[wasm_bindgen]
pub fn read(key: String, page: JsValue) -> Result<JsValue, JsValue> {
    let splices = unpack(&page)?;
    let mut input = facts(page)?;
    input.change(splices);
    Ok(keep(key, input, 0))
}

/// Changes the document under `base` (none: an empty one), keeps it under `key` instead, and reads it.
/// With `more`, further changes follow at once: the new blocks are taken apart, the page is not read,
/// and the answer is undefined. So is it when there is no such document: nothing is kept then.
#[wasm_bindgen]
pub fn change(
    base: Option<String>,
    key: String,
    change: JsValue,
    more: bool,
) -> Result<JsValue, JsValue> {
    let splices = unpack(&change)?;
    let now = facts(Reflect::get(&change, &"facts".into())?)?;
    let begins = base.is_none();
    let (mut input, taken) = match base {
        None => (PageInput::default(), 0),
        Some(base) => match DOCUMENTS.with_borrow_mut(|all| all.remove(&base)) {
            None => return Ok(JsValue::UNDEFINED),
            Some(document) => (document.page.input, document.taken),
        },
    };
    let texts = splices.iter().flat_map(|s| &s.blocks);
    let mut ahead = 0;
    if more {
        ahead = READER.with_borrow_mut(|reader| {
            if begins {
                reader.make_room(&[]);
            }
            let before = reader.taken();
            reader.prepare(texts.map(|b| &b.text).filter(|t| t.len() >= LONG));
            reader.taken().wrapping_sub(before)
        });
    }
    input.change(splices);
    let input = PageInput {
        blocks: input.blocks,
        ..now
    };
    if more {
        let document = Document {
            page: Page::of_lines(input),
            reading: Reading::default(),
            taken: taken + ahead,
        };
        DOCUMENTS.with_borrow_mut(|all| all.insert(key, document));
        return Ok(JsValue::UNDEFINED);
    }
    Ok(keep(key, input, taken))
}

fn keep(key: String, input: PageInput, taken: u32) -> JsValue {
    let page = Page::of_lines(input);
    let (reading, taken) = READER.with_borrow_mut(|reader| {
        let before = reader.taken();
        let reading = reader.read(&page);
        (reading, taken + reader.taken().wrapping_sub(before))
    });
    let mut flags = Vec::with_capacity(reading.flags.len() * 7);
    let mut units = Units::default();
    for flag in &reading.flags {
        let (start, end) = units.of(page.text(flag.anchor.block), flag.anchor);
        let category = Category::ALL
            .iter()
            .position(|c| *c == flag.category())
            .unwrap_or(0);
        let kind = Kind::ALL.iter().position(|k| *k == flag.kind);
        flags.extend([
            flag.anchor.block,
            start,
            end,
            category as u32,
            kind.unwrap_or(Kind::ALL.len()) as u32,
            (flag.strength * 100.0).round() as u32,
            u32::from(flag.dismissed),
        ]);
    }
    let reply = reply(
        reading.language,
        reading.readable,
        reading.words,
        reading.sentences,
        reading.claims(),
        taken,
        &flags,
    );
    let document = Document {
        page,
        reading,
        taken,
    };
    DOCUMENTS.with_borrow_mut(|all| all.insert(key, document));
    reply
}

/// Whether a document is kept under `key`.
#[wasm_bindgen]
pub fn knows(key: &str) -> bool {
    DOCUMENTS.with_borrow(|all| all.contains_key(key))
}

/// Lets go of a document.
#[wasm_bindgen]
pub fn forget(key: &str) {
    DOCUMENTS.with_borrow_mut(|all| all.remove(key));
}

/// Bytes of text of all documents that are kept.
#[wasm_bindgen]
pub fn held() -> usize {
    DOCUMENTS.with_borrow(|all| {
        let blocks = all.values().flat_map(|d| &d.page.input.blocks);
        blocks.map(|block| block.text.len()).sum()
    })
}

/// Runs `f` on the documents under `keys` as one page: the document itself where there is one.
fn with_joined<T>(
    keys: &[String],
    f: impl FnOnce(&Page, &Reading, &[u32]) -> T,
) -> Result<T, JsValue> {
    DOCUMENTS.with_borrow(|all| {
        let documents: Option<Vec<&Document>> = keys.iter().map(|key| all.get(key)).collect();
        let documents = documents.ok_or_else(|| error("unknown document"))?;
        match documents.as_slice() {
            [] => Err(error("unknown document")),
            [one] => Ok(f(&one.page, &one.reading, &[0])),
            many => {
                let mut input = many[0].page.input.clone();
                let mut firsts = vec![0];
                for next in &many[1..] {
                    firsts.push(input.blocks.len() as u32);
                    let other = &next.page.input;
                    input.blocks.extend(other.blocks.iter().cloned());
                    input.dismissed.extend(other.dismissed.iter().cloned());
                    input.marks.extend(other.marks.iter().cloned());
                }
                let page = Page::of_lines(input);
                let reading = READER.with_borrow_mut(|reader| reader.read(&page));
                Ok(f(&page, &reading, &firsts))
            }
        }
    })
}

/// The card of flag number `flag` of document `key`, with the whole tab's ledger behind it. `address`
/// is that document's as it is now: it leads to the flag's words in what is copied.
#[wasm_bindgen]
pub fn details(keys: Vec<String>, key: &str, flag: u32, address: &str) -> Result<JsValue, JsValue> {
    let Some(frame) = keys.iter().position(|k| k == key) else {
        return Ok(JsValue::UNDEFINED);
    };
    let own = DOCUMENTS.with_borrow(|all| {
        all.get(key)
            .and_then(|d| d.reading.flags.get(flag as usize))
            .map(|f| (f.anchor, f.category()))
    });
    let Some((anchor, category)) = own else {
        return Ok(JsValue::UNDEFINED);
    };
    let found = with_joined(&keys, |page, reading, firsts| {
        let block = anchor.block + firsts.get(frame).copied().unwrap_or(0);
        let wanted = Span { block, ..anchor };
        let found = reading
            .flags
            .iter()
            .find(|f| f.category() == category && f.anchor.overlaps(wanted));
        found.map(|f| Details {
            card: explain::card(page, reading, f),
            document: frame as u32,
            claims: panel::claims_beside(page, reading, f, firsts),
            copy: copy::flag(page, reading, f, address, &Finder::new(page).to(f.anchor)),
        })
    })?;
    found.map_or(Ok(JsValue::UNDEFINED), |found| to_js(&found))
}

/// What the attributed claims of the documents under `keys`, as one page, rest on. Undefined where
/// there are none.
#[wasm_bindgen]
pub fn sourcing(keys: Vec<String>) -> Result<JsValue, JsValue> {
    let sourcing = with_joined(&keys, |_, reading, _| Sourcing::of(reading).spread())?;
    sourcing.map_or(Ok(JsValue::UNDEFINED), |spread| to_js(&spread))
}

/// What the panel beside the page shows of the documents under `keys`, as one page.
#[wasm_bindgen]
pub fn panel(keys: Vec<String>, choice: JsValue) -> Result<JsValue, JsValue> {
    let options = Object(choice).choice()?;
    let panel = with_joined(&keys, |page, reading, firsts| {
        DOCUMENTS.with_borrow(|all| {
            let parts: Vec<Part> = keys
                .iter()
                .zip(firsts)
                .filter_map(|(key, first)| {
                    let document = all.get(key)?;
                    Some(Part {
                        first: *first,
                        flags: &document.reading.flags,
                        marks: &document.page.input.marks,
                    })
                })
                .collect();
            panel::panel(page, reading, &parts, &options)
        })
    })?;
    to_js(&panel)
}

/// The list of flags of the documents under `keys`, joined in that order.
#[wasm_bindgen]
pub fn export_list(keys: Vec<String>, options: JsValue) -> Result<String, JsValue> {
    let options = Object(options);
    let choice = options.choice()?;
    let name = options.needed("format")?;
    // The table for terminals stays out of the WebAssembly.
    let format = Format::from_name(&name)
        .filter(|format| *format != Format::Text)
        .ok_or_else(|| error(format!("unknown format {name}")))?;
    let all = options.holds("dismissed");
    with_joined(&keys, |page, reading, _| {
        let mut page = page.clone();
        let mut reading = reading.clone();
        for flag in &mut reading.flags {
            flag.dismissed &= !all;
        }
        page.input.url = options.text("url").or(page.input.url);
        page.input.title = options.text("title").or(page.input.title);
        export::list(&page, &reading, format, &choice).map_err(error)
    })?
}

/// What is wrong with a phrase of the reader's own; undefined where nothing is.
#[wasm_bindgen]
pub fn check_phrase(phrase: JsValue) -> Result<JsValue, JsValue> {
    let phrase = self::phrase(Object(phrase))?;
    own::check(&phrase).map_or_else(|wrong| to_js(&wrong), |()| Ok(JsValue::UNDEFINED))
}

/// An example for every kind of flag.
#[wasm_bindgen]
pub fn guide() -> Result<JsValue, JsValue> {
    to_js(&guide::guide())
}
