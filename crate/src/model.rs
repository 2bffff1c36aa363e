//! What the core says about a page: flags, attributions and the ledger of sources.
//!
//! Every position in here is a [`Span`]: a block's number and **byte** offsets into that block's
//! text. What hands positions out converts them: `wasm.rs` and [`crate::panel`] to UTF-16 units
//! within a block, [`crate::export`] to Unicode code points from the start of the whole text.

use serde::{Deserialize, Serialize};

/// A stretch of one block's text: byte offsets, `end` exclusive, both on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Which block, counted from 0 in page order.
    pub block: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Whether the two spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.block == other.block && self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.block == other.block && self.start <= other.start && other.end <= self.end
    }
}

/// The three things Hearsay marks. The order is the order in which cards open where flags overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Attributed, but the reader cannot tell to whom.
    Anonymous,
    /// Asserted as fact, and nothing in reach says who or how we know.
    Unsourced,
    /// The speaker does not fully commit to the claim.
    Hedged,
}

/// What sort of flag within its category. All but the last belong to one category each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One unnamed individual.
    Person,
    /// An unspecified plurality.
    Group,
    /// An unidentified record.
    Document,
    /// The sayer is grammatically absent.
    Agentless,
    /// Certainty or common knowledge stands in for a source.
    Consensus,
    /// A figure that somebody must have counted or measured.
    Statistic,
    /// Wrongdoing laid on somebody as fact.
    Accusation,
    /// Intent, plan or feeling ascribed as fact.
    Motive,
    /// A causal or counterfactual link stated as fact.
    Cause,
    /// Ranking, uniqueness, absolutes.
    Superlative,
    /// The future, or what would have been, stated as certain.
    Prediction,
    /// Epistemic modals.
    Modal,
    /// Degrees of probability.
    Likelihood,
    /// Seeming and suggesting.
    Appearance,
    /// Second-hand markers without a source.
    Hearsay,
    /// Truth made conditional.
    Condition,
    /// Blurred quantities.
    Approximation,
    /// A phrase of the reader's own, in the category that the reader chose for it.
    Phrase(Category),
}

impl Category {
    /// All three, in order.
    pub const ALL: [Category; 3] = [Category::Anonymous, Category::Unsourced, Category::Hedged];

    /// The name used in exports: `anonymous`, `unsourced`, `hedged`.
    pub fn name(self) -> &'static str {
        match self {
            Category::Anonymous => "anonymous",
            Category::Unsourced => "unsourced",
            Category::Hedged => "hedged",
        }
    }

    /// The category of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Category> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

impl Kind {
    /// Every kind that rules make, in the order of FLAGS (anonymous, unsourced, hedged).
    pub const ALL: [Kind; 17] = [
        Kind::Person,
        Kind::Group,
        Kind::Document,
        Kind::Agentless,
        Kind::Consensus,
        Kind::Statistic,
        Kind::Accusation,
        Kind::Motive,
        Kind::Cause,
        Kind::Superlative,
        Kind::Prediction,
        Kind::Modal,
        Kind::Likelihood,
        Kind::Appearance,
        Kind::Hearsay,
        Kind::Condition,
        Kind::Approximation,
    ];

    /// The name used in exports.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Group => "group",
            Kind::Document => "document",
            Kind::Agentless => "agentless",
            Kind::Consensus => "consensus",
            Kind::Statistic => "statistic",
            Kind::Accusation => "accusation",
            Kind::Motive => "motive",
            Kind::Cause => "cause",
            Kind::Superlative => "superlative",
            Kind::Prediction => "prediction",
            Kind::Modal => "modal",
            Kind::Likelihood => "likelihood",
            Kind::Appearance => "appearance",
            Kind::Hearsay => "hearsay",
            Kind::Condition => "condition",
            Kind::Approximation => "approximation",
            Kind::Phrase(_) => "phrase",
        }
    }

    /// The kind of that name, if rules make one.
    pub fn from_name(name: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// What was seen, in words a reader understands.
    pub fn why(self) -> &'static str {
        macro_rules! unsourced {
            ($seen:literal) => {
                concat!(
                    $seen,
                    ", in the author's own voice; no source in this sentence or carried over from the one before."
                )
            };
        }
        match self {
            Kind::Person => "Somebody is cited here whom the page never names.",
            Kind::Group => "Several speak or believe here, and none of them is named on the page.",
            Kind::Document => "A record is cited that the page doesn't identify.",
            Kind::Agentless => "The words attribute something, and nobody is the one who says it.",
            Kind::Consensus => {
                unsourced!("Certainty or common knowledge stands in for a source")
            }
            Kind::Statistic => unsourced!("A figure that somebody must have counted"),
            Kind::Accusation => unsourced!("Wrongdoing laid on somebody"),
            Kind::Motive => unsourced!("Somebody's intent or feeling, stated as known"),
            Kind::Cause => unsourced!("A causal link"),
            Kind::Superlative => unsourced!("A ranking or an absolute"),
            Kind::Prediction => unsourced!("A future stated as certain"),
            Kind::Modal => "A modal verb leaves open whether this is so.",
            Kind::Likelihood => "A degree of probability is given, not a fact.",
            Kind::Appearance => "It says how something seems, not how it is.",
            Kind::Hearsay => "A marker of second-hand knowledge, without whose it is.",
            Kind::Condition => "The claim holds only if something else does.",
            Kind::Approximation => "A quantity is blurred.",
            Kind::Phrase(_) => "It is a phrase of the reader’s own.",
        }
    }

    /// The category this kind belongs to.
    pub fn category(self) -> Category {
        match self {
            Kind::Person | Kind::Group | Kind::Document | Kind::Agentless => Category::Anonymous,
            Kind::Consensus
            | Kind::Statistic
            | Kind::Accusation
            | Kind::Motive
            | Kind::Cause
            | Kind::Superlative
            | Kind::Prediction => Category::Unsourced,
            Kind::Phrase(category) => category,
            _ => Category::Hedged,
        }
    }
}

/// What a source in the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A person whom the page names.
    NamedPerson,
    /// A named or unique institution speaking as itself.
    Institution,
    /// A named publication or a report with a named publisher.
    Publication,
    /// One unnamed individual.
    Person,
    /// An unspecified plurality.
    Group,
    /// An unidentified record.
    Document,
    /// Nobody: the sayer is grammatically absent.
    Agentless,
}

impl SourceKind {
    /// The name used in exports.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::NamedPerson => "named-person",
            SourceKind::Institution => "institution",
            SourceKind::Publication => "publication",
            SourceKind::Person => "person",
            SourceKind::Group => "group",
            SourceKind::Document => "document",
            SourceKind::Agentless => "agentless",
        }
    }

    /// Whether the reader can tell who it is.
    pub fn named(self) -> bool {
        matches!(
            self,
            SourceKind::NamedPerson | SourceKind::Institution | SourceKind::Publication
        )
    }
}

/// One entry of the source ledger. Its public id is `S` and its place in the ledger plus one.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// How the page first describes or names it (for agentless ones: the cue's words).
    pub label: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where the page mentions it, in page order.
    pub mentions: Vec<Span>,
    /// How many attributed claims rest on it.
    pub claims: u32,
}

/// One attribution: somebody (or nobody) is given as the origin of some content by a cue.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// Index into [`Reading::sources`].
    pub source: usize,
    /// The source's words in this sentence; none where the sayer is absent.
    pub source_span: Option<Span>,
    /// The words that attribute.
    pub cue: Span,
    /// The words that are the source's claim.
    pub content: Vec<Span>,
    /// Whether a claim of the source is conveyed; otherwise it is a stance ("opposes the plan"), a mere
    /// mention, or a claim of somebody whom a pronoun leaves unclear.
    pub conveys: bool,
}

impl Attribution {
    /// Whether a flag marks the words of this attribution.
    pub fn is_marked_by(&self, flag: &Flag) -> bool {
        self.cue.overlaps(flag.anchor) || self.cue.overlaps(flag.cue)
    }

    /// All of it that stands in the block of its cue: who, by which words, and what.
    pub fn whole(&self) -> Span {
        let rest = self.source_span.iter().chain(&self.content);
        let own = rest.filter(|s| s.block == self.cue.block);
        own.fold(self.cue, |whole, s| Span {
            block: whole.block,
            start: whole.start.min(s.start),
            end: whole.end.max(s.end),
        })
    }
}

/// Whose words a flag sits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The article's own.
    Author,
    /// Those of a source: index into [`Reading::sources`].
    Source(usize),
}

/// What the page tells about a source beside its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// The descriptor as written: "a military-diplomatic source".
    pub descriptor: Option<String>,
    /// The institution the source is said to belong to.
    pub affiliation: Option<String>,
    /// How many people, as written: "three".
    pub count: Option<String>,
    /// Through whom the page has it, nearest first.
    pub relay: Vec<String>,
    /// The words by which the page says that anonymity was asked for or granted.
    pub anonymity: Option<String>,
    /// The reason given for anonymity.
    pub reason: Option<String>,
}

/// One flag.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    /// Its kind; the category follows from it.
    pub kind: Kind,
    /// From 0 to 1: 0.8 and up where nearly every careful reader would agree, 0.5 where most would.
    pub strength: f32,
    /// The rule that made it; a name from the data files or of a mechanism.
    pub rule: &'static str,
    /// What is highlighted.
    pub anchor: Span,
    /// The words that gave it away.
    pub cue: Span,
    /// For anonymous flags: index into [`Reading::sources`] and the source's words in this sentence.
    pub source: Option<(usize, Option<Span>)>,
    /// What is being asserted.
    pub claim: Option<Span>,
    /// The sentence it stands in.
    pub sentence: Span,
    /// Whose words these are.
    pub voice: Voice,
    /// What the page tells about the source.
    pub details: Details,
    /// Whether the reader asked not to see it any more.
    pub dismissed: bool,
    /// What the reader made of it: an index into the page's marks.
    pub review: Option<u32>,
}

/// The rule of flags that a reader added.
pub(crate) const BY_READER: &str = "reader";

impl Flag {
    /// What was seen, in words a reader understands.
    pub fn why(&self) -> &'static str {
        if self.rule == BY_READER {
            return "A reader marked it.";
        }
        self.kind.why()
    }

    /// The category of the flag's kind.
    pub fn category(&self) -> Category {
        self.kind.category()
    }
}

/// Everything the core found on a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// BCP-47 primary subtag of the text's language; `und` where the text is too short to tell.
    pub language: &'static str,
    /// Whether Hearsay reads that language. If not, there are no flags.
    pub readable: bool,
    /// Words of main text.
    pub words: u32,
    /// Sentences of main text.
    pub sentences: u32,
    /// Flags in page order (anchor's block, start, then category).
    pub flags: Vec<Flag>,
    /// The source ledger in order of first mention.
    pub sources: Vec<Source>,
    /// All attributions in page order.
    pub attributions: Vec<Attribution>,
}

impl Reading {
    /// How many attributed claims the page makes.
    pub fn claims(&self) -> u32 {
        self.sources.iter().map(|s| s.claims).sum()
    }

    /// The claims that rest on one source, in page order.
    pub fn claims_on(&self, source: usize) -> impl Iterator<Item = &Attribution> {
        self.attributions
            .iter()
            .filter(move |a| a.source == source && a.conveys)
    }
}
