//! A document: what one file, or one sample, holds.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::files::Choice;
use crate::files::problem::brief;
use crate::tokens::Tokenizer;
use crate::vectors::Table;

use super::names::RowNames;

pub use super::opening::{DocumentError, open};

/// What a file whose numbers were made smaller may say of that: how far a row is from the original, in the middle of all, as
/// a share of its length; and the share of the ten nearest rows that stay the nearest.
pub const ERROR: &str = "error.relative.median";
pub const KEPT: &str = "error.neighbors.kept";

/// Where a document comes from, so that it can be opened again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentSource {
    /// A sample that ships with the program, by its ID.
    Sample(String),
    /// A file or a folder; of several things that it holds, the likeliest.
    File(PathBuf),
    /// A file or a folder, and what of it: a file in an archive, a matrix of a model, a column of a table, by name.
    Part(PathBuf, Vec<String>),
}

impl DocumentSource {
    /// A file, and what of it is wanted: nothing named stands for the likeliest.
    #[must_use]
    pub fn file(path: PathBuf, parts: Vec<String>) -> Self {
        if parts.is_empty() { Self::File(path) } else { Self::Part(path, parts) }
    }

    /// The file or folder, unless it is a sample.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Sample(_) => None,
            Self::File(path) | Self::Part(path, _) => Some(path),
        }
    }

    /// The path, to be changed.
    pub fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Sample(_) => None,
            Self::File(path) | Self::Part(path, _) => Some(path),
        }
    }

    /// What of the file is wanted, by name.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        match self {
            Self::Part(_, parts) => parts,
            Self::Sample(_) | Self::File(_) => &[],
        }
    }
}

impl fmt::Display for DocumentSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample(id) => write!(f, "the sample “{id}”"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Part(path, parts) => write!(f, "{} in {}", parts.join(", "), path.display()),
        }
    }
}

/// What a file holds, immutable once opened: vectors, a tokenizer, or, as models do, both.
#[derive(Debug)]
pub struct Document {
    pub source: DocumentSource,
    /// The name that people know it by.
    pub title: String,
    /// The format, in the field's own words ("`GloVe` text in a zip archive").
    pub format: String,
    /// The vectors, where it holds any. A document without vectors has a tokenizer.
    pub table: Option<Arc<Table>>,
    /// The tokenizer, where it holds one.
    pub tokenizer: Option<Arc<Tokenizer>>,
    /// Whether the rows of the table are the tokenizer's tokens.
    pub rows_are_tokens: bool,
    /// What the file says of itself, a name and a value each: what is shown when somebody asks what was opened.
    pub facts: Vec<(String, String)>,
    /// What else could be opened instead: other files of an archive, matrices, columns.
    pub choices: Vec<Choice>,
    /// What was not as it should be, a sentence each.
    pub warnings: Vec<String>,
}

impl Document {
    /// What the rows of its table are called on the screen, where it has one.
    #[must_use]
    pub fn names(&self) -> Option<RowNames> {
        let tokenizer = self.tokenizer.clone().filter(|_| self.rows_are_tokens);
        Some(RowNames::new(Arc::clone(self.table.as_ref()?), tokenizer))
    }

    /// All that is not as it should be, a sentence each: what was found at opening, and what the table tells since.
    #[must_use]
    pub fn all_warnings(&self) -> Vec<String> {
        self.warnings
            .iter()
            .cloned()
            .chain(self.table.iter().flat_map(|table| warnings_since(table)))
            .collect()
    }

    /// The source that shows another option of one of the choices.
    #[must_use]
    pub fn with_choice(&self, choice: usize, option: usize) -> Option<DocumentSource> {
        let path = self.source.path()?.to_path_buf();
        let wanted = self.choices.get(choice)?.options.get(option)?.name.clone();
        // Another file of an archive has other matrices: what was chosen inside the former one is let go.
        let kept = self.choices[..choice].iter().map(|choice| choice.name().to_owned());
        Some(DocumentSource::file(path, kept.chain([wanted]).collect()))
    }
}

/// What a table says of itself only after it was opened, a sentence each.
#[must_use]
pub fn warnings_since(table: &Table) -> Vec<String> {
    table.warnings().iter().map(|warning| brief(&warning.to_string()).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_turn_out_not_to_be_finite_are_said_after_what_was_known() {
        let words = ["a", "b"].map(String::from).to_vec();
        let table = Arc::new(Table::from_f32(words, vec![1.0, f32::NAN], 1));
        let document = Document {
            source: DocumentSource::Sample("x".into()),
            title: String::new(),
            format: String::new(),
            table: Some(Arc::clone(&table)),
            tokenizer: None,
            rows_are_tokens: false,
            facts: Vec::new(),
            choices: Vec::new(),
            warnings: vec!["known".into()],
        };
        assert_eq!(document.all_warnings(), ["known"]);
        table.norms();
        let said = document.all_warnings();
        assert!(said.len() == 2 && said[1].starts_with("1 row with NaN or infinity"), "{said:?}");
    }
}
