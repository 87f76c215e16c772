//! One text under each tokenizer: loaded when first used, answered one by one as they are ready.

use std::sync::Arc;

use crate::jobs::{Latest, Same, Slot, Wake};
use crate::progress::Cancelled;
use crate::scene::view::{DocumentId, TokenView};
use crate::tokens::catalog::{self, Entry};
use crate::tokens::{EncodeError, EncodeOptions, Row, Tokenizer};

/// What a row answers: this text, read in this way.
type Question = (Arc<str>, EncodeOptions);

/// The tokens of a text, or what is wrong with it.
pub type Answer = Result<Row, String>;

/// One row of the comparison.
pub struct TokenRow {
    origin: Origin,
    answer: Latest<Question, Answer>,
}

enum Origin {
    BuiltIn(&'static Entry),
    /// With the name by which it is told from the rows before it.
    Opened {
        /// Nothing for one that was trained here.
        document: Option<DocumentId>,
        tokenizer: Arc<Tokenizer>,
        name: String,
    },
}

/// What a tokenizer is loaded from.
#[derive(Clone, PartialEq)]
pub(super) enum TokenizerSource {
    /// By its name in the catalog.
    BuiltIn(&'static str),
    Opened(Same<Tokenizer>),
}

impl TokenizerSource {
    /// Whether one of the rows has this tokenizer.
    pub fn is_among(&self, rows: &[TokenRow]) -> bool {
        rows.iter().any(|row| row.source() == *self)
    }

    /// What `work` makes of the tokenizer, or what is wrong with it or with the work, as a sentence.
    pub fn put_to<T>(
        &self,
        work: impl FnOnce(&Arc<Tokenizer>) -> Result<T, EncodeError>,
    ) -> Result<Result<T, String>, Cancelled> {
        said(match self {
            Self::BuiltIn(name) => match catalog::load(name) {
                Ok(tokenizer) => work(&tokenizer),
                Err(error) => return Ok(Err(error.to_string())),
            },
            Self::Opened(tokenizer) => work(&tokenizer.0),
        })
    }
}

/// What a tokenizer could not do, as it is said; work that nobody waits for says nothing.
pub(super) fn said<T>(outcome: Result<T, EncodeError>) -> Result<Result<T, String>, Cancelled> {
    match outcome {
        Err(EncodeError::Cancelled(cancelled)) => Err(cancelled),
        outcome => Ok(outcome.map_err(|error| error.to_string())),
    }
}

impl TokenRow {
    pub(super) fn built_in(entry: &'static Entry) -> Self {
        Self { origin: Origin::BuiltIn(entry), answer: Latest::new(entry.title) }
    }

    /// A row for an opened tokenizer. If one of the rows before it has its name, a number tells the two apart.
    pub(super) fn opened(document: Option<DocumentId>, tokenizer: Arc<Tokenizer>, before: &[Self]) -> Self {
        let taken = |name: &str| before.iter().any(|row| row.name() == name || row.title() == name);
        let numbered = (2..).map(|number| format!("{} ({number})", tokenizer.name()));
        let mut names = std::iter::once(tokenizer.name().to_owned()).chain(numbered);
        let name = names.find(|name| !taken(name)).unwrap_or_default();
        Self { origin: Origin::Opened { document, tokenizer, name }, answer: Latest::new("Tokens") }
    }

    /// Where its tokenizer comes from.
    pub(super) fn source(&self) -> TokenizerSource {
        match &self.origin {
            Origin::BuiltIn(entry) => TokenizerSource::BuiltIn(entry.name),
            Origin::Opened { tokenizer, .. } => TokenizerSource::Opened(Same(Arc::clone(tokenizer))),
        }
    }

    /// Asks for the tokens of the text, as the view wants it read.
    pub(super) fn ask(&mut self, view: &TokenView, wake: &Wake) {
        let question = question(view);
        let (text, options) = question.clone();
        let source = self.source();
        // Of a text that was edited, most is known.
        let read_so = self.answer.answered().filter(|(_, known)| *known == options);
        let before = read_so.and_then(|_| self.answer.newest()).cloned();
        self.answer.ask(question, wake, move |progress| {
            source.put_to(|tokenizer| match before.as_deref() {
                Some(Ok(row)) if Arc::ptr_eq(&row.tokenizer, tokenizer) => {
                    row.edited(text, options, progress)
                }
                _ => Row::new(text, tokenizer, options, progress),
            })
        });
    }

    /// The answer to the text as the view wants it read, once it is there.
    pub fn current(&self, view: &TokenView) -> Option<&Arc<Answer>> {
        self.answer.answer_to(&question(view))
    }

    /// Whether the tokens of the text are being worked out, as the view wants it read.
    pub(super) fn is_asked(&self, view: &TokenView) -> bool {
        self.answer.is_running(&question(view))
    }

    /// Whether encoding the text was given up.
    pub(super) fn gave_up(&self) -> bool {
        self.answer.gave_up()
    }

    /// The tokens of the text as the view wants it read; those of the text before while these are worked out.
    pub fn shown(&self, view: &TokenView) -> Option<&Row> {
        let answer = self.current(view).or_else(|| self.answer().filter(|_| self.progress().is_some()));
        answer?.as_ref().as_ref().ok()
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.answer
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.answer
    }

    /// What is being done for this row, and how far it is.
    pub fn progress(&self) -> Option<(&str, f32)> {
        self.answer.progress()
    }

    /// The document that this tokenizer was opened from; `None` for the built-in ones, and for those that were trained here.
    pub fn document(&self) -> Option<DocumentId> {
        match &self.origin {
            Origin::BuiltIn(_) => None,
            Origin::Opened { document, .. } => *document,
        }
    }

    /// The name for commands and sessions.
    pub fn name(&self) -> &str {
        match &self.origin {
            Origin::BuiltIn(entry) => entry.name,
            Origin::Opened { name, .. } => name,
        }
    }

    /// The name that people know.
    pub fn title(&self) -> &str {
        match &self.origin {
            Origin::BuiltIn(entry) => entry.title,
            Origin::Opened { name, .. } => name,
        }
    }

    /// How it finds tokens, in the field's words.
    pub fn algorithm(&self) -> &'static str {
        match &self.origin {
            Origin::BuiltIn(entry) => entry.algorithm.name(),
            Origin::Opened { tokenizer, .. } => tokenizer.algorithm().name(),
        }
    }

    /// What it adds around a text, in words.
    pub fn adds(&self) -> &str {
        match &self.origin {
            Origin::BuiltIn(entry) => entry.adds,
            Origin::Opened { .. } => "what its file says",
        }
    }

    /// The license of its data, in a line.
    pub fn license(&self) -> &str {
        match &self.origin {
            Origin::BuiltIn(entry) => entry.license,
            Origin::Opened { document: None, .. } => "trained here",
            Origin::Opened { .. } => "your own file",
        }
    }

    /// The tokens of the newest text that was answered, which may be the one before, or what is wrong.
    pub fn answer(&self) -> Option<&Arc<Answer>> {
        self.answer.newest()
    }

    /// The tokens of the newest text that was answered.
    pub fn tokenized(&self) -> Option<&Row> {
        self.answer.newest()?.as_ref().as_ref().ok()
    }

    /// Whether this is the row of a tokenizer.
    pub(super) fn is_of(&self, tokenizer: &Arc<Tokenizer>) -> bool {
        self.tokenizer().is_some_and(|known| Arc::ptr_eq(known, tokenizer))
    }

    /// The tokenizer, once it is loaded.
    pub fn tokenizer(&self) -> Option<&Arc<Tokenizer>> {
        match &self.origin {
            Origin::BuiltIn(_) => self.tokenized().map(|tokenized| &tokenized.tokenizer),
            Origin::Opened { tokenizer, .. } => Some(tokenizer),
        }
    }
}

/// The tokenizers that are compared.
pub fn compared<'a>(view: &TokenView, rows: &'a [TokenRow]) -> impl Iterator<Item = &'a TokenRow> {
    rows.iter().filter(|row| !view.hidden.contains(row.name()))
}

/// Tokenizers by how many tokens each makes of the text.
pub struct Ranking<'a> {
    /// Those that are compared, with their counts where those are known: the fewest first, and last what is not known.
    pub compared: Vec<(&'a TokenRow, Option<usize>)>,
    /// The fewest and the most tokens of any.
    pub range: Option<(usize, usize)>,
}

/// Ranks the tokenizers that are compared.
#[must_use]
pub fn ranking<'a>(view: &'a TokenView, rows: &'a [TokenRow]) -> Ranking<'a> {
    let counted = compared(view, rows).map(|row| (row, row.shown(view).map(Row::len)));
    let mut compared: Vec<_> = counted.collect();
    compared.sort_by_key(|(_, count)| count.unwrap_or(usize::MAX));
    let counts = compared.iter().filter_map(|(_, count)| *count);
    let range = counts.clone().min().zip(counts.max());
    Ranking { compared, range }
}

/// How many tokens are more than the fewest, in words.
#[must_use]
pub fn against_the_fewest(count: usize, fewest: usize) -> String {
    match fewest {
        _ if count == fewest => "the fewest".to_owned(),
        0 => "the fewest is none at all".to_owned(),
        fewest => format!("{:.2} times the fewest", count as f64 / fewest as f64),
    }
}

fn question(view: &TokenView) -> Question {
    let options = EncodeOptions { add_special: view.add_special, typed_special: view.typed_special };
    (Arc::clone(&view.text), options)
}
