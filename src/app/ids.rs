//! What each tokenizer reads in IDs: worked out in the background as everything in [`super::derived`].

use std::sync::Arc;

use super::tokens::{TokenRow, TokenizerSource, compared};
use crate::jobs::{Latest, Slot, Wake};
use crate::progress::Cancelled;
use crate::scene::view::TokenView;
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
        let asked: Vec<_> = compared(view, rows).map(|row| (row.source(), row.title().to_owned())).collect();
        let typed = Arc::clone(&view.ids);
        self.0.ask((asked.clone(), Arc::clone(&typed)), wake, move |progress| {
            let ids = match typed_ids(&typed) {
                Ok(ids) if ids.is_empty() => return Ok(Ok(Vec::new())),
                Ok(ids) => ids,
                Err(problem) => return Ok(Err(problem)),
            };
            let each = asked.into_iter().map(|(source, title)| {
                let reading = source.put_to(|tokenizer| tokenizer.reading(&ids, progress))?;
                Ok(ReadBy { title, reading })
            });
            Ok(Ok(each.collect::<Result<_, Cancelled>>()?))
        });
    }

    /// The newest readings; those of the IDs before while new ones are read.
    pub fn newest(&self) -> Option<&Readings> {
        self.0.newest().map(AsRef::as_ref)
    }

    /// Whether that was given up.
    pub fn gave_up(&self) -> bool {
        self.0.gave_up()
    }

    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.0.forget(|(asked, _)| asked.iter().any(|(source, _)| !source.is_among(rows)));
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.0
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.0
    }
}
