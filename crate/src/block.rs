//! One block, taken apart: tokens, sentences, quotations, rule matches, attributions. Depends on
//! the block's text alone, so that it can be kept while the rest of the page changes.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use crate::attribution::{self, Cited, Found, Sentence};
use crate::details::{self, Note};
use crate::lexicon::{self, Recent};
use crate::model::{Category, Kind};
use crate::own::{Hit, Own};
use crate::phrases::View;
use crate::quotes::{self, Quote};
use crate::rules::{self, Rule, What};
use crate::sentences;
use crate::sources::{self, Role};
use crate::tokens::{self, Token};
use crate::work;

/// A block's analysis. All positions are tokens.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Words, numbers and marks.
    pub tokens: Box<[Token]>,
    /// How many of them are no marks.
    pub words: u32,
    /// Sentences, covering all tokens.
    pub sentences: Box<[Range<usize>]>,
    /// Quotations.
    pub quotes: Box<[Quote]>,
    /// Rule matches with their kind, in order.
    pub matches: Box<[(usize, Kind, Spot)]>,
    /// What looks like a match and is none, by the rules that say so: their examples ask for it.
    #[cfg(test)]
    pub exceptions: Box<[(Category, Spot)]>,
    /// Attributions in order.
    pub found: Box<[Found]>,
    /// Roles that names stand beside.
    pub roles: Vec<Role>,
    /// What is told about sources beside their words; looked for when it is asked for.
    notes: OnceCell<Vec<Note>>,
    /// Where the reader's own phrases stand, and which phrases that were.
    hits: RefCell<Option<Hits>>,
}

type Hits = (Rc<Own>, Rc<[Hit]>);

/// Where a rule fits; positions are tokens, ends exclusive.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// The rule.
    pub rule: &'static Rule,
    /// First token of the anchor.
    pub start: usize,
    /// One past the last token of the anchor.
    pub end: usize,
}

impl Parsed {
    /// The analysis as a view on its text.
    pub fn view<'a>(&'a self, text: &'a str) -> View<'a> {
        View {
            text,
            tokens: &self.tokens,
        }
    }

    /// The block's wordings of anonymity, relay and the like; `view` is that of its own text.
    pub fn notes(&self, view: View) -> &[Note] {
        self.notes
            .get_or_init(|| details::notes(view, &self.sentences))
    }

    /// Where the reader's own phrases stand; looked for once for each list of them.
    pub fn hits(&self, view: View, own: &Rc<Own>) -> Rc<[Hit]> {
        let mut hits = self.hits.borrow_mut();
        match &*hits {
            Some((of, known)) if Rc::ptr_eq(of, own) => Rc::clone(known),
            _ => {
                let found: Rc<[Hit]> = own.find(view).into();
                *hits = Some((Rc::clone(own), Rc::clone(&found)));
                found
            }
        }
    }
}

/// Room to take blocks apart in, used again for the next one: blocks are kept, so nothing is kept of
/// them that is larger than it need be.
#[derive(Default)]
pub struct Room {
    recent: Recent,
    tokens: Vec<Token>,
    places: Places,
    sentences: Vec<Range<usize>>,
    quotes: Vec<Quote>,
    matches: Vec<(usize, Kind, Spot)>,
    exceptions: Vec<(Category, Spot)>,
    cited: Cited,
    found: Vec<Found>,
}

/// Where the tokens stand that the steps after the first one ask for: by far the most are none.
#[derive(Default)]
struct Places {
    /// What may be quotation marks.
    quotes: Vec<usize>,
    /// What may end a sentence.
    ends: Vec<usize>,
    /// What may wake a rule.
    waking: Vec<usize>,
    /// What begins with a capital.
    capitals: Vec<usize>,
    /// How many are no marks.
    words: u32,
}

impl Places {
    fn find(&mut self, tokens: &[Token]) {
        let Places {
            quotes,
            ends,
            waking,
            capitals,
            words,
        } = self;
        *words = 0;
        for list in [&mut *quotes, ends, waking, capitals] {
            list.clear();
        }
        let wakes = rules::FLAGS.wakes() | rules::ATTRIBUTION.wakes() | lexicon::QUOTE;
        for (at, token) in tokens.iter().enumerate() {
            *words += u32::from(!token.any(lexicon::PUNCT));
            if sentences::may_end(token) {
                ends.push(at);
            }
            if token.any(lexicon::CAP) {
                capitals.push(at);
            }
            if token.any(lexicon::QUOTE) {
                quotes.push(at);
            }
            // A mark that turns out to be an apostrophe gets other classes.
            if token.any(wakes) {
                waking.push(at);
            }
        }
    }
}

/// Takes a block apart.
pub fn parse(text: &str, room: &mut Room) -> Parsed {
    let Room {
        recent,
        tokens,
        places,
        sentences,
        quotes,
        matches,
        exceptions,
        cited,
        found,
    } = room;
    tokens.clear();
    exceptions.clear();
    tokens::tokenize_into(text, recent, tokens);
    work::tokens(tokens.len());
    places.find(tokens);
    quotes::pair(text, tokens, &places.quotes, quotes);
    sentences::split(text, tokens, &places.ends, sentences);
    let block = View { text, tokens };
    let mut waking = places.waking.as_slice();
    for (number, range) in sentences.iter().enumerate() {
        let view = View {
            text,
            tokens: &tokens[range.clone()],
        };
        let (first, known) = (matches.len(), exceptions.len());
        let (here, later) = waking.split_at(waking.partition_point(|at| *at < range.end));
        waking = later;
        for at in here.iter().map(|at| at - range.start) {
            let Some(awake) = rules::FLAGS.awake(view, at) else {
                continue;
            };
            let mut fitting = awake.matches(view, at, None);
            while let Some(m) = fitting.next(|_| true) {
                let spot = Spot {
                    rule: m.rule,
                    start: m.start + range.start,
                    end: m.end + range.start,
                };
                match m.rule.what {
                    What::Kind(kind) => matches.push((number, kind, spot)),
                    What::Not(category) => exceptions.push((category, spot)),
                    What::Manner(_) | What::Wording(_) => {}
                }
            }
        }
        let excepted = |kind: Kind, m: &Spot| {
            exceptions[known..].iter().any(|(category, e)| {
                kind.category() == *category && e.start < m.end && m.start < e.end
            })
        };
        if exceptions.len() > known {
            let mut kept = matches.split_off(first);
            kept.retain(|(_, kind, m)| !excepted(*kind, m));
            matches.append(&mut kept);
        }
        let sentence = Sentence {
            view: block,
            quotes,
            number,
            range: range.clone(),
            waking: here,
        };
        sentence.attributions(cited, found);
    }
    attribution::carry_over(block, sentences, found);
    Parsed {
        roles: sources::roles(block, &places.capitals),
        tokens: tokens.as_slice().into(),
        words: places.words,
        sentences: sentences.drain(..).collect(),
        quotes: quotes.drain(..).collect(),
        matches: matches.drain(..).collect(),
        #[cfg(test)]
        exceptions: exceptions.as_slice().into(),
        found: found.drain(..).collect(),
        ..Parsed::default()
    }
}
