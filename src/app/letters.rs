//! A letter in a text, and in the tokens of each tokenizer: worked out in the background as everything in [`super::derived`].

use std::ops::Range;
use std::sync::Arc;

use super::tokens::{TokenRow, TokenizerSource, compared};
use crate::jobs::{Latest, Slot, Wake};
use crate::progress::{Cancelled, Progress};
use crate::scene::view::TokenView;
use crate::tokens::letters::{Spread, places, spread};
use crate::tokens::{EncodeOptions, Row};

/// The tokens that one tokenizer makes of the text, and what of the letter is in each.
pub struct Lettered {
    pub title: String,
    pub counted: Result<(Row, Spread), String>,
}

/// Where the letter stands in a text, and how that falls to tokens.
pub struct Letters {
    pub text: Arc<str>,
    pub letter: Arc<str>,
    pub places: Vec<Range<usize>>,
    pub tokenizers: Vec<Lettered>,
}

/// The tokenizers, the text and the letter.
type Question = (Vec<(TokenizerSource, String)>, Arc<str>, Arc<str>);

/// The newest count.
pub struct Counting(Latest<Question, Letters>);

impl Counting {
    pub(super) fn new() -> Self {
        Self(Latest::new("Counting letters"))
    }

    /// Asks all tokenizers that are compared.
    pub(super) fn ask(&mut self, view: &TokenView, rows: &[TokenRow], wake: &Wake) {
        let asked: Vec<_> = compared(view, rows).map(|row| (row.source(), row.title().to_owned())).collect();
        let (text, letter) = (Arc::clone(&view.letters.text), Arc::clone(&view.letters.letter));
        self.0.ask((asked.clone(), Arc::clone(&text), Arc::clone(&letter)), wake, move |progress| {
            let places = places(&text, &letter);
            let count = |(source, title): (TokenizerSource, String)| {
                Ok(Lettered { title, counted: counted(&source, (&text, &letter), &places, progress)? })
            };
            let tokenizers = asked.into_iter().map(count).collect::<Result<_, Cancelled>>()?;
            Ok(Letters { text, letter, places, tokenizers })
        });
    }

    /// The newest count; that of the text before while another is made.
    pub fn newest(&self) -> Option<&Arc<Letters>> {
        self.0.newest()
    }

    /// Whether that was given up.
    pub fn gave_up(&self) -> bool {
        self.0.gave_up()
    }

    pub(super) fn forget_closed(&mut self, rows: &[TokenRow]) {
        self.0.forget(|(asked, _, _)| asked.iter().any(|(source, _)| !source.is_among(rows)));
    }

    pub(super) fn slot(&self) -> &dyn Slot {
        &self.0
    }

    pub(super) fn slot_mut(&mut self) -> &mut dyn Slot {
        &mut self.0
    }
}

fn counted(
    source: &TokenizerSource,
    (text, letter): (&Arc<str>, &str),
    places: &[Range<usize>],
    progress: &dyn Progress,
) -> Result<Result<(Row, Spread), String>, Cancelled> {
    let options = EncodeOptions { add_special: false, typed_special: false };
    source.put_to(|tokenizer| {
        let row = Row::new(Arc::clone(text), tokenizer, options, progress)?;
        let spread = spread(&row, places, letter);
        Ok((row, spread))
    })
}
