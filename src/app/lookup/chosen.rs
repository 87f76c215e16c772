//! Which row of the matrix stands for what is chosen elsewhere: a token, or a word on the map.

use std::sync::Arc;

use super::{Lookup, Matrix};
use crate::app::chain;
use crate::app::reading::Reading;
use crate::jobs::Wake;
use crate::scene::View;
use crate::scene::document::Document;
use crate::scene::view::{ChosenToken, DocumentId};

/// What is chosen: a token, and whether its tokenizer is loaded, or a row of the document on the map.
pub(super) type Chosen = (Option<ChosenToken>, bool, DocumentId, Option<u32>);

impl Lookup {
    /// Finds the row that stands for what is chosen: at once where numbers tell, in the background where it has to be found
    /// by its name, for an index of all names may have to be made.
    pub(super) fn choose(
        &mut self,
        view: &View,
        matrix: &Matrix,
        document: Option<&Arc<Document>>,
        reading: &Reading,
        wake: &Wake,
    ) {
        if let Stands::At(row) = Stands::of(view, matrix, document) {
            (self.chosen, self.knows_chosen) = (row, true);
            return;
        }
        let token = view.tokens.chosen.clone();
        let tokenizer = token.as_ref().and_then(|token| reading.tokenizer(&token.tokenizer)).cloned();
        let asked = (token, tokenizer.is_some(), view.document, view.map.selection.focus());
        let (names, document) = (matrix.names.clone(), document.cloned());
        let of_map = asked.3;
        let chosen = asked.0.clone();
        self.by_name.ask(asked.clone(), wake, move |_| {
            Ok(match chosen {
                Some(token) => {
                    tokenizer.and_then(|tokenizer| chain::row_of(names.table(), &tokenizer, &token))
                }
                None => {
                    let word = || Some(document?.names()?.shown(of_map?));
                    word().and_then(|word| names.find(word.trim_matches('·')))
                }
            })
        });
        let found = self.by_name.answer_to(&asked);
        self.knows_chosen = found.is_some();
        if let Some(row) = found {
            self.chosen = **row;
        }
    }
}

/// How what is chosen leads to a row.
enum Stands {
    /// By its number, if there is such a row.
    At(Option<u32>),
    ByName,
}

impl Stands {
    fn of(view: &View, matrix: &Matrix, document: Option<&Arc<Document>>) -> Self {
        if let Some(token) = &view.tokens.chosen {
            let own = matrix.tokenizer.as_ref().is_some_and(|(_, name)| *name == token.tokenizer);
            let row = Some(token.id).filter(|id| (*id as usize) < matrix.table().rows());
            return if own { Self::At(row) } else { Self::ByName };
        }
        let row = view.map.selection.focus();
        let same = document.is_some_and(|document| Arc::ptr_eq(document, &matrix.document));
        if same || row.is_none() { Self::At(row) } else { Self::ByName }
    }
}
