//! One text under each tokenizer: loaded when first used, answered one by one as they are ready.

use std::sync::Arc;

use crate::jobs::{Latest, Same, Slot, Wake};
use crate::progress::{Cancelled, Progress};
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
        document: DocumentId,
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
    /// The tokenizer, or what is wrong with it, as a sentence.
    pub fn load(&self) -> Result<Arc<Tokenizer>, String> {
        match self {
            Self::BuiltIn(name) => catalog::load(name).map_err(|error| error.to_string()),
            Self::Opened(tokenizer) => Ok(Arc::clone(&tokenizer.0)),
        }
    }
}

impl TokenRow {
    pub(super) fn built_in(entry: &'static Entry) -> Self {
        Self { origin: Origin::BuiltIn(entry), answer: Latest::new(entry.title) }
    }

    /// A row for an opened tokenizer. If one of the rows before it has its name, a number tells the two apart.
    pub(super) fn opened(document: DocumentId, tokenizer: Arc<Tokenizer>, before: &[Self]) -> Self {
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
        self.answer.ask(question, wake, move |progress| match source.load() {
            Ok(tokenizer) => tokenize(&tokenizer, text, options, progress),
            Err(problem) => Ok(Err(problem)),
        });
    }

    /// The answer to the text as the view wants it read, once it is there.
    pub(super) fn current(&self, view: &TokenView) -> Option<&Arc<Answer>> {
        self.answer.answer_to(&question(view))
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

    /// The document that this tokenizer was opened from; `None` for the built-in ones.
    pub fn document(&self) -> Option<DocumentId> {
        match &self.origin {
            Origin::BuiltIn(_) => None,
            Origin::Opened { document, .. } => Some(*document),
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

    /// The tokenizer, once it is loaded.
    pub fn tokenizer(&self) -> Option<&Arc<Tokenizer>> {
        match &self.origin {
            Origin::BuiltIn(_) => self.tokenized().map(|tokenized| &tokenized.tokenizer),
            Origin::Opened { tokenizer, .. } => Some(tokenizer),
        }
    }
}

fn question(view: &TokenView) -> Question {
    let options = EncodeOptions { add_special: view.add_special, typed_special: view.typed_special };
    (Arc::clone(&view.text), options)
}

/// Encodes a text; what is wrong with it is a sentence to show in its row.
fn tokenize(
    tokenizer: &Arc<Tokenizer>,
    text: Arc<str>,
    options: EncodeOptions,
    progress: &dyn Progress,
) -> Result<Answer, Cancelled> {
    match Row::new(text, tokenizer, options, progress) {
        Ok(row) => Ok(Ok(row)),
        Err(EncodeError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}
