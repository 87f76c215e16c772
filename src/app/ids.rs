//! What each tokenizer reads in IDs: worked out in the background as everything in [`super::derived`].

use std::sync::Arc;

use super::tokens::{TokenRow, TokenizerSource};
use crate::jobs::{Latest, Slot, Wake};
use crate::progress::{Cancelled, Progress};
use crate::scene::view::TokenView;
use crate::tokens::EncodeError;
use crate::tokens::decoding::{Reading, typed_ids};

/// What a tokenizer reads in IDs, or why it cannot.
pub struct ReadBy {
    pub title: String,
    pub reading: Result<Reading, String>,
}

/// What all of them read, or what is wrong with the IDs.
pub type Readings = Result<Vec<ReadBy>, String>;

/// The tokenizers that read, and the IDs as they are typed.
type Question = (Vec<(TokenizerSource, String)>, Arc<str>);

/// The newest readings.
pub struct Ids(Latest<Question, Readings>);

impl Ids {
    pub(super) fn new() -> Self {
        Self(Latest::new("Reading IDs"))
    }

    /// Asks all tokenizers that are compared.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let shown = rows.iter().filter(|row| !view.hidden.contains(row.name()));
        let asked: Vec<_> = shown.map(|row| (row.source(), row.title().to_owned())).collect();
        let typed = Arc::clone(&view.ids);
        self.0.ask((asked.clone(), Arc::clone(&typed)), wake, move |progress| {
            let ids = match typed_ids(&typed) {
                Ok(ids) => ids,
                Err(problem) => return Ok(Err(problem)),
            };
            let each = asked
                .into_iter()
                .map(|(source, title)| Ok(ReadBy { title, reading: read(&source, &ids, progress)? }));
            Ok(Ok(each.collect::<Result<_, Cancelled>>()?))
        });
    }

    /// The newest readings; those of the IDs before while new ones are read.
    pub fn newest(&self) -> Option<&Readings> {
        self.0.newest().map(AsRef::as_ref)
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.0
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.0
    }
}

fn read(
    source: &TokenizerSource,
    ids: &[u32],
    progress: &dyn Progress,
) -> Result<Result<Reading, String>, Cancelled> {
    let tokenizer = match source.load() {
        Ok(tokenizer) => tokenizer,
        Err(problem) => return Ok(Err(problem)),
    };
    match tokenizer.reading(ids, progress) {
        Ok(reading) => Ok(Ok(reading)),
        Err(EncodeError::Cancelled(cancelled)) => Err(cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}
