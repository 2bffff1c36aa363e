//! HTML for the parser, in which no tag has more attributes than it can bear.
//!
//! The parser compares each attribute of a tag with all before it: one tag of a few megabytes would take
//! hours. What a tag has beyond the bound is left out before the parser sees it. Where tags begin is told
//! by the letters alone, but for the text of scripts and their like; which that is the parser says, who
//! has read all that is before it.

use std::cell::Cell;

use ego_tree::NodeId;
use html5ever::interface::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, CharacterTokens, NullCharacterToken, TagToken, Token, TokenSink, TokenSinkResult,
    Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use scraper::{Html, HtmlTreeSink};

/// Attributes of a tag that the parser is given.
const MAX_ATTRIBUTES: usize = 256;
/// Bytes of HTML that the parser takes between two looks at how far the page has grown.
const STEP: usize = 4 << 10;
/// Elements that may hold text in which no tag begins.
const RAW: [&str; 10] = [
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
];

/// The document as a browser would build it, up to where `bears` no longer says of it that it may grow.
pub(crate) fn parse(html: &str, bears: impl Fn(&Html) -> bool) -> Html {
    let sink = Asked {
        tree: TreeBuilder::new(
            HtmlTreeSink::new(Html::new_document()),
            TreeBuilderOpts::default(),
        ),
        raw: Cell::new(false),
        characters: Cell::new(0),
    };
    let mut feed = Feed {
        tokenizer: Tokenizer::new(sink, TokenizerOpts::default()),
        queue: BufferQueue::default(),
        html,
        fed: 0,
        bears,
        full: false,
    };
    let mut at = 0;
    while !feed.full && at < html.len() {
        at = feed.markup(at);
    }
    feed.to(html.len());
    feed.tokenizer.end();
    feed.tokenizer.sink.tree.sink.finish()
}

/// The tree's builder, with what else there is to know of it.
struct Asked {
    tree: TreeBuilder<NodeId, HtmlTreeSink>,
    /// Whether the text that follows is one in which no tag begins.
    raw: Cell<bool>,
    /// Times that text came.
    characters: Cell<u64>,
}

impl TokenSink for Asked {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match token {
            TagToken(_) => self.raw.set(false),
            CharacterTokens(_) | NullCharacterToken => {
                self.characters.set(self.characters.get() + 1);
            }
            _ => {}
        }
        let answer = self.tree.process_token(token, line);
        if matches!(
            answer,
            TokenSinkResult::RawData(_) | TokenSinkResult::Plaintext
        ) {
            self.raw.set(true);
        }
        answer
    }

    fn end(&self) {
        self.tree.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.tree
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The page on its way to the parser.
struct Feed<'a, Bears> {
    tokenizer: Tokenizer<Asked>,
    queue: BufferQueue,
    html: &'a str,
    /// Bytes that the parser has, or that are left out.
    fed: usize,
    bears: Bears,
    /// It may not grow any more.
    full: bool,
}

impl<Bears: Fn(&Html) -> bool> Feed<'_, Bears> {
    /// Gives the parser all up to there.
    fn to(&mut self, end: usize) {
        while !self.full && self.fed < end {
            let mut step = end.min(self.fed + STEP);
            while !self.html.is_char_boundary(step) {
                step += 1;
            }
            self.queue
                .push_back(StrTendril::from(&self.html[self.fed..step]));
            while !matches!(self.tokenizer.feed(&self.queue), TokenizerResult::Done) {}
            self.fed = step;
            self.full = !(self.bears)(&self.tokenizer.sink.tree.sink.0.borrow());
        }
    }

    /// Goes over the next piece of mark-up after `at`, where one may begin; where it ends.
    fn markup(&mut self, at: usize) -> usize {
        let bytes = self.html.as_bytes();
        let end = bytes.len();
        let Some(open) = self.html[at..].find('<').map(|found| at + found) else {
            return end;
        };
        let rest = &bytes[open + 1..];
        match rest {
            [b'!', b'-', b'-', ..] => comment_end(bytes, open + 4),
            _ if rest.starts_with(b"![CDATA[") => {
                self.to(open);
                let sink = &self.tokenizer.sink;
                let foreign = sink.adjusted_current_node_present_but_not_in_html_namespace();
                self.after(open, if foreign { "]]>" } else { ">" })
            }
            [b'!' | b'?', ..] => self.after(open, ">"),
            [b'/', letter, ..] if letter.is_ascii_alphabetic() => self.tag(open + 2).1,
            [b'/', ..] => self.after(open, ">"),
            [letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, close) = self.tag(open + 1);
                if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
                    self.to(close);
                    self.raw(name, close)
                } else {
                    close
                }
            }
            _ => open + 1,
        }
    }

    /// The end of the next `what` from there on, or of the page.
    fn after(&self, at: usize, what: &str) -> usize {
        let found = self.html[at..].find(what);
        found.map_or(self.html.len(), |found| at + found + what.len())
    }

    /// The name of the tag that begins there, and where it ends. What it has too much is left out.
    fn tag(&mut self, start: usize) -> (&'static str, usize) {
        let bytes = self.html.as_bytes();
        let end = skip(bytes, start, |b| !space(b) && b != b'/' && b != b'>');
        let name = &self.html[start..end];
        let known = RAW.into_iter().find(|raw| name.eq_ignore_ascii_case(raw));
        (known.unwrap_or(""), self.attributes(end))
    }

    /// Goes over a tag's attributes to its end. What is too much is left out.
    fn attributes(&mut self, mut at: usize) -> usize {
        let bytes = self.html.as_bytes();
        let mut count = 0;
        let mut cut = None;
        loop {
            at = skip(bytes, at, |b| space(b) || b == b'/');
            if bytes.get(at).is_none_or(|b| *b == b'>') {
                break;
            }
            count += 1;
            if count > MAX_ATTRIBUTES {
                cut = cut.or(Some(at));
            }
            // A name may begin with "=".
            at = skip(bytes, at + 1, |b| {
                !space(b) && !matches!(b, b'/' | b'>' | b'=')
            });
            let sign = skip(bytes, at, space);
            if bytes.get(sign) != Some(&b'=') {
                continue;
            }
            at = skip(bytes, sign + 1, space);
            at = match bytes.get(at) {
                Some(quote @ (b'"' | b'\'')) => skip(bytes, at + 1, |b| b != *quote) + 1,
                Some(b'>') | None => at,
                Some(_) => skip(bytes, at, |b| !space(b) && b != b'>'),
            };
        }
        at = at.min(bytes.len());
        if let Some(cut) = cut {
            self.to(cut);
            self.fed = at;
        }
        bytes.len().min(at + 1)
    }

    /// Where the text in which no tag begins ends, after the element's end tag: its beginning where there is none.
    fn raw(&mut self, name: &str, mut at: usize) -> usize {
        let bytes = self.html.as_bytes();
        while self.tokenizer.sink.raw.get() && !self.full && at < bytes.len() {
            let Some(open) = self.html[at..].find("</").map(|found| at + found) else {
                return bytes.len();
            };
            let mark = open + 2 + name.len();
            let named = bytes[open + 2..]
                .get(..name.len())
                .is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()));
            at = open + 2;
            if !named
                || !bytes
                    .get(mark)
                    .is_some_and(|b| space(*b) || matches!(b, b'/' | b'>'))
            {
                continue;
            }
            self.to(open);
            let before = self.tokenizer.sink.characters.get();
            self.to(mark + 1);
            at = mark + 1;
            // Within a script's comment an end tag may be text, which comes at once; else its attributes follow.
            if bytes[mark] != b'>' && self.tokenizer.sink.characters.get() == before {
                at = self.attributes(at);
                self.to(at);
            }
        }
        at
    }
}

/// Where a comment ends of which this is the first byte after its opening.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    if rest.starts_with(b">") {
        return start + 1;
    }
    if rest.starts_with(b"->") {
        return start + 2;
    }
    let ends = |at: &usize| rest[*at..].starts_with(b"-->") || rest[*at..].starts_with(b"--!>");
    let found = (0..rest.len()).find(ends);
    found.map_or(bytes.len(), |at| {
        start + at + if rest[at + 2] == b'>' { 3 } else { 4 }
    })
}

/// The first byte from there on that isn't one of these.
fn skip(bytes: &[u8], from: usize, these: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|b| !these(*b));
    length.map_or(bytes.len(), |length| from + length)
}

fn space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn parsed(html: &str) -> Html {
        parse(html, |_| true)
    }

    /// The most attributes that an element has.
    fn most(page: &Html) -> usize {
        let elements = page.tree.values().filter_map(|node| node.as_element());
        elements.map(|e| e.attrs().count()).max().unwrap_or(0)
    }

    fn attributes(count: usize) -> String {
        (0..count).map(|i| format!(" a{i}='>'")).collect()
    }

    /// It took minutes, and a page of such tags hours.
    #[test]
    fn a_tag_with_a_million_attributes_has_a_few() {
        let page = format!("<p{}>Officials said<b>so</b>.", attributes(1_000_000));
        let page = parsed(&page);
        assert_eq!(most(&page), MAX_ATTRIBUTES);
        assert_eq!(
            page.root_element().text().collect::<String>(),
            "Officials saidso."
        );
    }

    /// Pieces after which a tag is one, or isn't, or would be if something else were read otherwise.
    const BEFORE: [&str; 24] = [
        "",
        "<!-- <p x=\" -->",
        "<!-->",
        "<!---><i x='>",
        "<!--a--!>",
        "<![CDATA[ <p a=\"> ]]>",
        "<svg><![CDATA[ > <p a=\" ]]>",
        "<svg><title></svg>",
        "<svg><script><p></script>",
        "<svg><script/>",
        "<script/>a<b='</script>",
        "<script>if (a<b && c='\"') {}</script>",
        "<script><!--<script></script x=\"></script>",
        "<script><!--<script>-->'</script y>",
        "<style>a<b</styles></STYLE\n z='>'>",
        "<textarea><p x='</textarea>",
        "<title>a</title/ x>",
        "<select><script></select><textarea>",
        "<noscript><p x='</noscript>",
        "</p x='>' y=\">\">",
        "</ p x='>",
        "<?a='>'>",
        "<!doctype html SYSTEM '>'>",
        "<i =x y= z='>' w=/ v =\n\"q\"/>",
    ];

    #[test]
    fn wherever_a_tag_begins_it_has_no_more_than_a_few() {
        let many = attributes(MAX_ATTRIBUTES + 40);
        for before in BEFORE {
            for tag in [
                format!("<p{many}>"),
                format!("</p{many}>"),
                format!("<SCRIPT{many}>"),
            ] {
                let page = parsed(&format!("{before}{tag}said</script{many}>so"));
                assert!(most(&page) <= MAX_ATTRIBUTES, "{before}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Where nothing is too much nothing is changed; where something is, the bound holds.
        #[test]
        fn a_page_is_read_as_the_parser_reads_it(pieces in vec(prop_oneof![
            6 => select(&BEFORE[..]),
            4 => select(&["<p>", "x", "<b a=1 b>", "'", "\"", ">", "<", "</", "--", "!", "]]>", "</svg>", "</script>", "<script>", "</title >", "é"][..]),
        ], 0..12), at in any::<prop::sample::Index>()) {
            let page = pieces.concat();
            prop_assert_eq!(parsed(&page).html(), Html::parse_document(&page).html());
            let many = format!("<p{}>", attributes(MAX_ATTRIBUTES + 9));
            let mut pieces = pieces;
            pieces.insert(at.index(pieces.len() + 1), &many);
            prop_assert!(most(&parsed(&pieces.concat())) <= MAX_ATTRIBUTES);
        }
    }
}
