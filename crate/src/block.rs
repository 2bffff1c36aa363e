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
    pub sentences: Vec<Range<usize>>,
    /// Quotations.
    pub quotes: Vec<Quote>,
    /// Rule matches with their kind, in order.
    pub matches: Box<[(usize, Kind, Spot)]>,
    /// What looks like a match and is none, by the rules that say so; there is no match at these.
    pub exceptions: Vec<(Category, Spot)>,
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

/// Room to take blocks apart in, used again for the next one.
#[derive(Default)]
pub struct Room {
    recent: Recent,
    tokens: Vec<Token>,
    places: Places,
    cited: Cited,
    matches: Vec<(usize, Kind, Spot)>,
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
        for (at, token) in tokens.iter().enumerate() {
            *words += u32::from(!token.any(lexicon::PUNCT));
            if sentences::may_end(token) {
                ends.push(at);
            }
            if token.any(lexicon::CAP) {
                capitals.push(at);
            }
            // A mark that turns out to be an apostrophe gets other classes.
            let mark = token.any(lexicon::QUOTE);
            if mark {
                quotes.push(at);
            }
            if mark || rules::FLAGS.may_wake(token) || rules::ATTRIBUTION.may_wake(token) {
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
        cited,
        matches: spots,
        found,
    } = room;
    tokens.clear();
    tokens::tokenize_into(text, recent, tokens);
    work::tokens(tokens.len());
    places.find(tokens);
    let quotes = quotes::pair(text, tokens, &places.quotes);
    let sentences = sentences::split(text, tokens, &places.ends);
    let mut waking = places.waking.as_slice();
    let mut parsed = Parsed {
        // Blocks are kept, and tokens are most of what is kept: no more of them than there are.
        tokens: tokens.as_slice().into(),
        words: places.words,
        sentences,
        quotes,
        ..Parsed::default()
    };
    for (number, range) in parsed.sentences.iter().enumerate() {
        let view = View {
            text,
            tokens: &parsed.tokens[range.clone()],
        };
        let (first, known) = (spots.len(), parsed.exceptions.len());
        let (here, later) = waking.split_at(waking.partition_point(|at| *at < range.end));
        waking = later;
        for at in here.iter().map(|at| at - range.start) {
            if !rules::FLAGS.may_wake(&view.tokens[at]) {
                continue;
            }
            let Some(mut matches) = rules::matches_at(&rules::FLAGS, view, at, None) else {
                continue;
            };
            while let Some(m) = matches.next(|_| true) {
                let spot = Spot {
                    rule: m.rule,
                    start: m.start + range.start,
                    end: m.end + range.start,
                };
                match m.rule.what {
                    What::Kind(kind) => spots.push((number, kind, spot)),
                    What::Not(category) => parsed.exceptions.push((category, spot)),
                    What::Manner(_) | What::Wording(_) => {}
                }
            }
        }
        let exceptions = &parsed.exceptions[known..];
        if !exceptions.is_empty() {
            let mut here = spots.split_off(first);
            here.retain(|(_, kind, m)| {
                !exceptions.iter().any(|(category, e)| {
                    kind.category() == *category && e.start < m.end && m.start < e.end
                })
            });
            spots.append(&mut here);
        }
        let sentence = Sentence {
            view: View {
                text,
                tokens: &parsed.tokens,
            },
            quotes: &parsed.quotes,
            number,
            range: range.clone(),
            waking: here,
        };
        sentence.attributions(cited, found);
    }
    let view = View {
        text,
        tokens: &parsed.tokens,
    };
    attribution::carry_over(view, &parsed.sentences, found);
    let roles = sources::roles(view, &places.capitals);
    parsed.roles = roles;
    // Nor are there more of these than there are.
    parsed.matches = spots.drain(..).collect();
    parsed.found = found.drain(..).collect();
    parsed
}
