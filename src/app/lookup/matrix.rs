//! A document as a lookup matrix.

use std::sync::Arc;

use super::shipped;
use crate::app::reading::Reading;
use crate::scene::document::Document;
use crate::scene::names::RowNames;
use crate::tokens::Tokenizer;
use crate::vectors::Table;

/// The matrix that the page is about.
#[derive(Clone)]
pub struct Matrix {
    pub document: Arc<Document>,
    pub names: RowNames,
    /// The tokenizer whose tokens the rows are, and the name that it has in the comparison.
    pub tokenizer: Option<(Arc<Tokenizer>, String)>,
    /// Whether it is the one that comes with the program.
    pub is_shipped: bool,
}

impl Matrix {
    /// The rows.
    #[must_use]
    pub fn table(&self) -> &Arc<Table> {
        self.names.table()
    }

    /// A document as a matrix, with the name that its tokenizer has in the comparison.
    pub(super) fn of(document: Arc<Document>, reading: &Reading) -> Option<Self> {
        let names = document.names()?;
        let tokenizer = document.tokenizer.clone().filter(|_| document.rows_are_tokens).map(|tokenizer| {
            let name = reading.name_of(&tokenizer).unwrap_or(tokenizer.name()).to_owned();
            (tokenizer, name)
        });
        let is_shipped = document.source == shipped();
        Some(Self { document, names, tokenizer, is_shipped })
    }

    /// A table of words as a matrix, for tests.
    #[cfg(test)]
    pub(super) fn untold(table: Table) -> Self {
        let names = RowNames::new(Arc::new(table), None);
        let document = Document {
            source: crate::scene::document::DocumentSource::File("words.txt".into()),
            title: "words".to_owned(),
            format: "GloVe text".to_owned(),
            table: Some(Arc::clone(names.table())),
            tokenizer: None,
            rows_are_tokens: false,
            facts: Vec::new(),
            choices: Vec::new(),
            warnings: Vec::new(),
        };
        Self { document: Arc::new(document), names, tokenizer: None, is_shipped: false }
    }
}
