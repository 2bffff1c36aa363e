//! A page's blocks from its HTML, for where there is no browser: the command-line program.
//!
//! What the extension's `collect.ts` does over a live page, by the same data: `data/page/blocks.json`.
//! Without style sheets and scripts it can't know what they hide, show or add, so elements are boxes
//! as browsers draw them when a page has no style of its own, and beside that only the `style` and
//! `hidden` attributes count. Frames and shadow roots are left out.
//!
//! Nothing recurses, and every pass is bounded: a page that nests or grows beyond the bounds is read
//! up to there.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use encoding_rs::{Encoding, UTF_8};
use scraper::node::Element;
use scraper::{Html, Node};
use serde::Deserialize;

use crate::page::{Block, Landmarks, PageInput};
use crate::tags;

/// Elements within elements, as deep as browsers go: what a parser does for a tag grows with it.
const MAX_DEPTH: usize = 512;
/// Nodes that are looked at for whether raised letters are a note's sign.
const SIGN_NODES: usize = 64;
/// Nodes of a page.
const MAX_NODES: usize = 2_000_000;

/// Bytes of a page in which it may declare its encoding.
const HEAD: usize = 1024;

/// A page's bytes as text, in the encoding that its first bytes or a `<meta>` tell, else UTF-8; with
/// the encoding's name where not all of them make sense in it. U+FFFD stands for those.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<&'static str>) {
    let (text, encoding, broken) = declared(bytes).unwrap_or(UTF_8).decode(bytes);
    (text, broken.then(|| encoding.name()))
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(HEAD)].to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let told = head.split("<meta").skip(1).find_map(|meta| {
        let (_, after) = meta.split('>').next()?.split_once("charset")?;
        let label = after.trim_start().strip_prefix('=')?.trim_start();
        let ends = |c: char| matches!(c, '"' | '\'' | ';' | '/') || c.is_whitespace();
        let label = label.trim_start_matches(['"', '\'']).split(ends).next()?;
        Encoding::for_label(label.as_bytes())
    });
    // What could be read so far is no UTF-16, whatever it says.
    told.map(Encoding::output_encoding)
}

/// The page's title, declared language and blocks. Never fails: any text is HTML of some sort.
pub fn page(html: &str) -> PageInput {
    let document = parse(html);
    let mut title = None;
    let mut body = None;
    let mut language = None;
    // The document's element, what is in that, and the head's children: no page is walked for these.
    let root = document.tree.root().children();
    for top in root.filter(|node| node.value().is_element()) {
        language = language.or_else(|| attribute(top.value().as_element()?, "lang"));
        for part in top.children() {
            match part.value().as_element().map(Element::name) {
                Some("head") => title = title.or_else(|| title_in(part)),
                Some("body" | "frameset") => body = body.or(Some(part)),
                _ => {}
            }
        }
    }
    PageInput {
        title,
        language: language.map(str::to_owned),
        blocks: body.map_or_else(Vec::new, |body| Walk::new().blocks(body)),
        ..PageInput::default()
    }
}

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// The document as a browser would build it.
fn parse(html: &str) -> Html {
    tags::parse(html, |page| {
        let mut nodes = page.tree.nodes();
        let deep = |last: NodeRef| last.ancestors().nth(MAX_DEPTH).is_some();
        nodes.len() <= MAX_NODES && !nodes.next_back().is_some_and(deep)
    })
}

fn title_in(head: NodeRef) -> Option<String> {
    let named = |node: &NodeRef| {
        node.value()
            .as_element()
            .is_some_and(|e| e.name() == "title")
    };
    let words: String = texts(head.children().find(named)?).collect();
    let words: Vec<&str> = words.split(SPACE).filter(|word| !word.is_empty()).collect();
    Some(words.join(" ")).filter(|title| !title.is_empty())
}

fn texts(node: NodeRef<'_>) -> impl Iterator<Item = &str> {
    node.descendants()
        .take(SIGN_NODES)
        .filter_map(|node| node.value().as_text().map(|text| &**text))
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attrs()
        .find_map(|(own, value)| (own == name).then_some(value))
}

// ── What an element is to a reader ───────────────────────────────────────────────────────────────

/// `data/page/blocks.json`; `extension/src/kinds.ts` says what its parts are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    skipped: Names,
    skipped_roles: Names,
    inline: Names,
    landmarks: Names,
    landmark_roles: HashMap<String, String>,
    bounds: Bounds,
    unstyled: Unstyled,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounds {
    text: u32,
    blocks: usize,
    path: usize,
    hint: usize,
    hint_elements: usize,
}

/// How elements are drawn that no style sheet speaks of; all others stand in the line.
#[derive(Deserialize)]
struct Unstyled {
    block: Names,
    none: Names,
}

/// Names in one string.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Names(HashSet<String>);

impl From<String> for Names {
    fn from(names: String) -> Names {
        Names(names.split(' ').map(str::to_owned).collect())
    }
}

impl Names {
    fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    // Part of the program, whatever page is read; the tests of this file read it too.
    serde_json::from_str(include_str!("../data/page/blocks.json")).expect("the rules of blocks")
});

/// The attributes that matter, found in one pass.
#[derive(Clone, Copy, Default)]
struct Attributes<'a> {
    aria_hidden: Option<&'a str>,
    class: Option<&'a str>,
    editable: Option<&'a str>,
    hidden: bool,
    href: Option<&'a str>,
    id: Option<&'a str>,
    open: bool,
    role: Option<&'a str>,
    style: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    fn of(element: &'a Element) -> Attributes<'a> {
        let mut all = Attributes::default();
        for (name, value) in element.attrs() {
            match name {
                "aria-hidden" => all.aria_hidden = Some(value),
                "class" => all.class = Some(value),
                "contenteditable" => all.editable = Some(value),
                "hidden" => all.hidden = true,
                "href" => all.href = Some(value),
                "id" => all.id = Some(value),
                "open" => all.open = true,
                "role" => all.role = Some(value),
                "style" => all.style = Some(value),
                _ => {}
            }
        }
        all
    }

    /// What its own style sets a property to: the last word counts.
    fn styled(&self, property: &str) -> Option<&'a str> {
        let of_property = |declaration: &'a str| {
            let (name, value) = declaration.split_once(':')?;
            let value = value.split('!').next().unwrap_or(value);
            name.trim()
                .eq_ignore_ascii_case(property)
                .then_some(value.trim())
        };
        self.style?.split(';').filter_map(of_property).next_back()
    }

    fn is_link(&self, tag: &str) -> bool {
        let leads = |href: &str| {
            let scheme = href.trim_start().as_bytes().get(.."javascript:".len());
            let script = scheme.is_some_and(|s| s.eq_ignore_ascii_case(b"javascript:"));
            !matches!(href, "" | "#") && !script
        };
        tag == "a" && self.href.is_some_and(leads)
    }

    /// A number or sign that leads to a note; not the raised letters of "1st" or "m2".
    fn is_mark(&self, tag: &str, node: NodeRef) -> bool {
        if self.role == Some("doc-noteref") {
            return true;
        }
        if tag == "sup" {
            let is_link =
                |node: NodeRef| node.value().as_element().is_some_and(|e| e.name() == "a");
            return node.descendants().take(SIGN_NODES).any(is_link) || is_sign(texts(node));
        }
        let mut classes = self.class.unwrap_or("").split(SPACE);
        matches!(tag, "a" | "span") && classes.any(|class| class == "reference")
    }

    fn is_skipped(&self, tag: &str) -> bool {
        RULES.skipped.has(tag)
            || self.hidden
            || self.aria_hidden == Some("true")
            || self.editable.is_some_and(|editable| editable != "false")
            || self.role.is_some_and(|role| RULES.skipped_roles.has(role))
    }
}

/// Whether it is a note's sign, or up to four characters in square brackets.
fn is_sign<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let mut sign = String::new();
    for text in texts {
        sign.push_str(text.trim_start_matches(|c: char| sign.is_empty() && c.is_whitespace()));
        if sign.trim_end().len() > 32 {
            return false;
        }
    }
    let sign = sign.trim_end();
    let within = sign.strip_prefix('[').and_then(|s| s.strip_suffix(']'));
    let short = |s: &str| (1..=4).contains(&s.chars().count()) && !s.contains(['\n', '\r']);
    matches!(sign, "*" | "†" | "‡" | "§") || within.is_some_and(short)
}

/// What an element does to the text around it and in it.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Nothing in it is read; `box_` says whether it parts the text around it.
    Skipped { box_: bool },
    /// Text in it doesn't run on into what is around it.
    Block,
    /// It does.
    Inline,
}

impl Kind {
    fn of(tag: &str, own: &Attributes, folded: bool) -> Kind {
        let unstyled = if RULES.unstyled.none.has(tag) || (tag == "dialog" && !own.open) {
            "none"
        } else if RULES.unstyled.block.has(tag) {
            "block"
        } else {
            "inline"
        };
        let display = own.styled("display").unwrap_or(unstyled);
        let is = |name: &str| display.eq_ignore_ascii_case(name);
        if is("none") {
            return Kind::Skipped { box_: false };
        }
        let starts = |name: &str| {
            let start = display.as_bytes().get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        let floats = || {
            let float = own.styled("float");
            RULES.inline.has(tag) && float.is_some_and(|side| !side.eq_ignore_ascii_case("none"))
        };
        let box_ = !(starts("inline") || is("contents") || starts("ruby") || floats());
        if folded || own.is_skipped(tag) {
            Kind::Skipped { box_ }
        } else if box_ {
            Kind::Block
        } else {
            Kind::Inline
        }
    }
}

// ── The walk ─────────────────────────────────────────────────────────────────────────────────────

/// An element whose children are being walked.
struct Level<'a> {
    node: NodeRef<'a>,
    tag: &'a str,
    own: Attributes<'a>,
    /// Its number in the order of the page.
    id: u32,
    /// Its class and id words.
    words: String,
    block: bool,
    link: bool,
    mark: bool,
    visible: bool,
}

/// From a body to its blocks.
struct Walk<'a> {
    levels: Vec<Level<'a>>,
    gathering: Gathering,
    blocks: Vec<Block>,
    /// Elements met so far.
    ids: u32,
    /// Text gathered so far, in UTF-16 units.
    text: u32,
}

impl<'a> Walk<'a> {
    fn new() -> Walk<'a> {
        Walk {
            levels: Vec::new(),
            gathering: Gathering::default(),
            blocks: Vec::new(),
            ids: 0,
            text: 0,
        }
    }

    fn blocks(mut self, body: NodeRef<'a>) -> Vec<Block> {
        let mut next = self.enter(body).then(|| body.first_child()).flatten();
        while let Some(level) = self.levels.last() {
            let Some(node) = next else {
                next = level.node.next_sibling();
                if level.block {
                    self.flush();
                }
                self.levels.pop();
                continue;
            };
            if let (Some(text), true) = (node.value().as_text(), level.visible) {
                self.gathering.add(text, level.link, level.mark);
            }
            next = if self.enter(node) {
                node.first_child()
            } else {
                node.next_sibling()
            };
            if self.text > RULES.bounds.text || self.blocks.len() >= RULES.bounds.blocks {
                self.flush();
                break;
            }
        }
        self.blocks
    }

    /// Whether a node is an element whose children are to be walked; it is a level then.
    fn enter(&mut self, node: NodeRef<'a>) -> bool {
        let Some(element) = node.value().as_element() else {
            return false;
        };
        let tag = element.name();
        if tag == "br" {
            if self.gathering.line_break() {
                self.flush();
            }
            return false;
        }
        let own = Attributes::of(element);
        let up = self.levels.last();
        // The part of a closed `<details>` that is not its heading.
        let folded = up.is_some_and(|up| up.tag == "details" && !up.own.open) && tag != "summary";
        let mut kind = Kind::of(tag, &own, folded);
        if up.is_none() && kind == Kind::Inline {
            kind = Kind::Block; // the body
        }
        let level = Level {
            node,
            tag,
            own,
            id: self.ids,
            words: words(&own),
            block: kind == Kind::Block,
            link: up.is_some_and(|up| up.link) || own.is_link(tag),
            mark: up.is_some_and(|up| up.mark) || own.is_mark(tag, node),
            visible: match own.styled("visibility") {
                Some(value) if value.eq_ignore_ascii_case("visible") => true,
                Some(value) if !value.eq_ignore_ascii_case("inherit") => false,
                _ => up.is_none_or(|up| up.visible),
            },
        };
        self.ids += 1;
        if matches!(kind, Kind::Block | Kind::Skipped { box_: true }) {
            self.flush();
        }
        let read = !matches!(kind, Kind::Skipped { .. });
        if read {
            self.levels.push(level);
        }
        read
    }

    /// The block that was being gathered ends here.
    fn flush(&mut self) {
        let Some(Gathered { text, links, marks }) = self.gathering.take() else {
            return;
        };
        if self.blocks.len() >= RULES.bounds.blocks {
            return;
        }
        let owner = self.levels.iter().rposition(|level| level.block);
        let around = &self.levels[..owner.map_or(0, |owner| owner + 1)];
        self.text += units(&text);
        self.blocks.push(Block {
            text: text.into(),
            tag: around.last().map_or("", |owner| owner.tag).into(),
            path: path(around),
            within: within(around),
            hint: hint(around).into(),
            links,
            marks,
        });
    }
}

/// Numbers of the innermost of these elements, outermost first.
fn path(around: &[Level]) -> Vec<u32> {
    let skip = around.len().saturating_sub(RULES.bounds.path);
    around[skip..].iter().map(|level| level.id).collect()
}

/// The landmarks that these elements are, by name and by role.
fn within(around: &[Level]) -> Landmarks {
    let names = around.iter().flat_map(|level| {
        let role = level
            .own
            .role
            .and_then(|role| RULES.landmark_roles.get(role));
        let name = Some(level.tag).filter(|tag| RULES.landmarks.has(tag));
        [name, role.map(String::as_str)]
    });
    let landmarks = names.flatten().map(Landmarks::of);
    landmarks.fold(Landmarks::default(), Landmarks::and)
}

/// Class and id words, innermost element first.
fn hint(around: &[Level]) -> String {
    let innermost = around.iter().rev().take(RULES.bounds.hint_elements);
    let words: Vec<&str> = innermost
        .map(|level| level.words.as_str())
        .filter(|words| !words.is_empty())
        .collect();
    start(&words.join(" ").to_lowercase()).to_owned()
}

/// Class and id words of one element, no more than a hint can hold: many blocks may ask for them.
fn words(own: &Attributes) -> String {
    let told = own.class.into_iter().chain(own.id);
    let mut words = String::new();
    for word in told.flat_map(|words| words.split(SPACE)) {
        if words.len() > RULES.bounds.hint {
            break;
        }
        if !word.is_empty() {
            words.push_str(if words.is_empty() { "" } else { " " });
            words.push_str(start(word));
        }
    }
    words
}

/// As much of a text as a hint can hold.
fn start(text: &str) -> &str {
    let mut units = 0;
    let beyond = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > RULES.bounds.hint
    });
    &text[..beyond.map_or(text.len(), |(at, _)| at)]
}

// ── A block's text ───────────────────────────────────────────────────────────────────────────────

/// White space that browsers draw as one space.
const SPACE: [char; 5] = ['\t', '\n', '\u{c}', '\r', ' '];

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// One block's text as it grows.
#[derive(Default)]
struct Gathering {
    text: String,
    /// Its length in UTF-16 units.
    units: u32,
    links: Vec<(u32, u32)>,
    marks: Vec<(u32, u32)>,
    breaks: u32,
}

/// A block's text and the parts of it that lie in links and citation marks, in UTF-16 units.
struct Gathered {
    text: String,
    links: Vec<(u32, u32)>,
    marks: Vec<(u32, u32)>,
}

impl Gathering {
    fn add(&mut self, data: &str, link: bool, mark: bool) {
        let (bytes, start) = (self.text.len(), self.units);
        for (i, word) in data.split(SPACE).enumerate() {
            if i > 0 && !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
        let added = &self.text[bytes..];
        self.units += units(added);
        if added.is_empty() {
            return;
        }
        if added != " " {
            self.breaks = 0;
        }
        if link {
            extend(&mut self.links, start, self.units);
        }
        if mark {
            extend(&mut self.marks, start, self.units);
        }
    }

    /// One break is a space; two in a row end a paragraph on pages that have no others: true then.
    fn line_break(&mut self) -> bool {
        if self.text.is_empty() {
            return false;
        }
        self.breaks += 1;
        if self.breaks == 1 && !self.text.ends_with(' ') {
            self.text.push(' ');
            self.units += 1;
        }
        self.breaks > 1
    }

    /// What there is of the block, which ends here; none where there is no text.
    fn take(&mut self) -> Option<Gathered> {
        let Gathering {
            mut text,
            mut links,
            mut marks,
            ..
        } = std::mem::take(self);
        if text.ends_with(' ') {
            text.pop();
        }
        let length = units(&text);
        for ranges in [&mut links, &mut marks] {
            ranges.retain(|(start, _)| *start < length);
            ranges
                .iter_mut()
                .for_each(|(_, end)| *end = length.min(*end));
        }
        (!text.is_empty()).then_some(Gathered { text, links, marks })
    }
}

/// Adds a range, joined to the last one when they touch.
fn extend(ranges: &mut Vec<(u32, u32)>, start: u32, end: u32) {
    match ranges.last_mut() {
        Some(last) if last.1 == start => last.1 = end,
        _ => ranges.push((start, end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks as lines of `tag|within|hint|text`, with `[links]` and `{marks}`.
    fn blocks(html: &str) -> Vec<String> {
        let line = |block: &Block| {
            let mut text = String::new();
            let mut at = 0;
            for c in block.text.chars().chain(['\0']) {
                for (ranges, [open, close]) in [(&block.links, "[]"), (&block.marks, "{}")]
                    .map(|(ranges, signs)| (ranges, [&signs[..1], &signs[1..]]))
                {
                    text += if ranges.iter().any(|r| r.1 == at) {
                        close
                    } else {
                        ""
                    };
                    text += if ranges.iter().any(|r| r.0 == at) {
                        open
                    } else {
                        ""
                    };
                }
                text.extend(Some(c).filter(|c| *c != '\0'));
                at += c.len_utf16() as u32;
            }
            format!(
                "{}|{}|{}|{text}",
                block.tag,
                Vec::from(block.within).join(" "),
                block.hint
            )
        };
        page(html).blocks.iter().map(line).collect()
    }

    #[test]
    fn bytes_are_read_in_the_encoding_that_a_page_declares() {
        for (bytes, text) in [
            (&b"<p>n\xC3\xA9"[..], "né"),
            (b"<meta charset=utf-8><p>n\xC3\xA9", "né"),
            (b"\xEF\xBB\xBF<meta charset=latin1><p>n\xC3\xA9", "né"),
            (b"\xFF\xFE<\0p\0>\0n\0\xE9\0", "né"),
            (b"<META CharSet = 'ISO-8859-1' /><p>n\xE9 \x93", "né “"),
            (b"<meta name=x><meta http-equiv=a content=\"text/html; charset=windows-1251\"><p>\xE4", "д"),
            (b"<meta charset=utf-16><p>n\xC3\xA9", "né"),
            (b"<meta charset=nonsense><meta charset><meta charset=", ""),
        ] {
            let (html, broken) = decode(bytes);
            let texts: Vec<String> = page(&html).blocks.into_iter().map(|b| b.text.to_string()).collect();
            assert_eq!(texts.concat(), text, "{html}");
            assert_eq!(broken, None);
        }
        assert_eq!(decode(b"n\xE9!"), ("n\u{FFFD}!".into(), Some("UTF-8")));
        assert_eq!(decode(b"<meta charset=shift_jis>\x81").1, Some("Shift_JIS"));
    }

    #[test]
    fn head_and_blocks() {
        let page = page(
            "<!doctype html><html lang=en-GB><title> The\n Port </title><body><h1>One</h1><p>Two",
        );
        assert_eq!(page.title.as_deref(), Some("The Port"));
        assert_eq!(page.language.as_deref(), Some("en-GB"));
        let paths: Vec<&[u32]> = page.blocks.iter().map(|b| &*b.path).collect();
        assert_eq!(paths, [[0, 1], [0, 2]]);
        for nothing in ["", "<html>", "<frameset><frame src=a>", "<body hidden>x"] {
            assert!(super::page(nothing).blocks.is_empty(), "{nothing}");
        }
        assert_eq!(super::page("<title> </title>").title, None);
    }

    #[test]
    fn text_runs_over_what_stands_in_the_line_and_ends_at_boxes() {
        assert_eq!(
            blocks("<div>One <b>t</b>wo<p> three\n\t four </p>five<table><tr><td>6<td>7</table>"),
            [
                "div|||One two",
                "p|||three four",
                "div|||five",
                "td|||6",
                "td|||7"
            ]
        );
        assert_eq!(
            blocks("<p>One<br>two<br><br>three<p>x<x-y>z</x-y><span style='DISPLAY : Block'>b"),
            ["p|||One two", "p|||three", "p|||xz", "span|||b"]
        );
        assert_eq!(
            blocks(
                "<p><span style='display:block;float:left'>D</span>rop<p style=display:inline>s"
            ),
            ["p|||Drop", "body|||s"]
        );
    }

    #[test]
    fn what_nobody_reads_is_left_out() {
        assert_eq!(
            blocks(
                "<p>Seen<script>s</script><nav>menu</nav>, <button>b</button>too<p hidden>h\
                 <p aria-hidden=true>a<p contenteditable>c<p role=dialog>r<p style='display: none'>n\
                 <p style='visibility:hidden'>v <b style='visibility:visible'>but</b>\
                 <details><p>d</p><summary>Sum</summary></details><details open>open</details>\
                 <dialog>shut</dialog><dialog open>dialog</dialog><noscript>no</noscript>\
                 <p aria-hidden=false contenteditable=false>Read"
            ),
            [
                "p|||Seen",
                "body|||, too",
                "p|||but",
                "summary|||Sum",
                "details|||open",
                "p|||Read"
            ]
        );
    }

    #[test]
    fn links_and_citation_marks() {
        assert_eq!(
            blocks(
                "<p>😀 <a href=x>a <b>link</b></a><a href=y> on</a>, <a href='#'>none</a> \
                 <a href=' JavaScript:x'>none</a> <a name=x>none</a>"
            ),
            ["p|||😀 [a link on], none none none"]
        );
        assert_eq!(
            blocks(
                "<p>A<sup><a href='#'>1</a></sup> m<sup>2</sup> b<sup>[n 1]</sup> c<sup> † </sup>\
                 d<sup>[12345]</sup> <span class='x reference'>r</span><i role=doc-noteref>n</i>"
            ),
            ["p|||A{1} m2 b{[n 1]} c{ † }d[12345] {rn}"]
        );
    }

    #[test]
    fn landmarks_and_hints_come_from_the_elements_around() {
        assert_eq!(
            blocks(
                "<main class='Page  wide' id=m><article role=article><div role=complementary>\
                 <p id=lead><b class=no>Text</b></p></div></article></main>"
            ),
            ["p|aside|lead page wide m|Text"]
        );
        let deep = format!("{}Text", "<div class='İ-long-word-of-class'>".repeat(40));
        let page = page(&deep);
        assert_eq!(page.blocks[0].path, (17..=40).collect::<Vec<u32>>());
        assert!(page.blocks[0].hint.encode_utf16().count() <= 200);
    }

    #[test]
    fn a_page_without_end_is_read_up_to_a_bound() {
        let page = page(&format!("<p>Before{}<p>After", "<div>".repeat(300_000)));
        assert_eq!(page.blocks.len(), 1);
        // Every paragraph takes up all formatting again that was left open.
        let fonts: String = (0..400).map(|n| format!("<font size={n}>")).collect();
        let html = parse(&format!("{fonts}{}", "<p>x".repeat(100_000)));
        assert!(html.tree.nodes().len() < 2 * MAX_NODES);
        let rows = "<p>x".repeat(RULES.bounds.blocks + 9);
        assert_eq!(super::page(&rows).blocks.len(), RULES.bounds.blocks);
    }
}
