//! A sentence as rows: looked up.

use std::sync::Arc;

use super::{Lookup, Matrix};
use crate::app::tokens::said;
use crate::jobs::Wake;
use crate::progress::Progress;
use crate::scene::View;
use crate::scene::names::{bare, shown_piece};
use crate::tokens::{EncodeError, EncodeOptions, Token, beginning};
use crate::vectors::Table;

/// A token, or a word where rows are words, and its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As it is read.
    pub text: String,
    /// Its ID, where rows are tokens.
    pub id: Option<u32>,
    /// Its row, if there is one.
    pub row: Option<u32>,
}

/// The rows of a sentence, one under the other: n × d numbers.
#[derive(Debug, Default)]
pub struct Stack {
    pub entries: Vec<Entry>,
    /// The rows that there are, as a table named by the matrix's own names; nothing where there is none.
    pub table: Option<Arc<Table>>,
    /// Whether the text goes on: a beginning is looked up.
    pub is_cut: bool,
    /// Why the text could not be taken apart.
    pub problem: Option<String>,
}

impl Stack {
    /// The most rows that are stacked.
    pub const MOST: usize = 256;

    /// The entries that have a row, with it, in the order of the table's rows.
    pub fn found(&self) -> impl Iterator<Item = (&Entry, u32)> {
        self.entries.iter().filter_map(|entry| Some((entry, entry.row?)))
    }

    /// The rows as text: a line each, its token first, as the file has them.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Some(table) = &self.table else { return String::new() };
        let line = |(place, (entry, _)): (usize, (&Entry, u32))| {
            let numbers: Vec<String> = table.row_as_stored(place).iter().map(ToString::to_string).collect();
            format!("{}\t{}", entry.text, numbers.join("\t"))
        };
        self.found().enumerate().map(line).collect::<Vec<_>>().join("\n")
    }

    fn of(entries: Vec<Entry>, is_cut: bool, matrix: &Table) -> Self {
        let rows: Vec<usize> = entries.iter().filter_map(|entry| entry.row).map(|row| row as usize).collect();
        // By the names that the file has for them, by which they are found again.
        let words: Vec<String> = rows.iter().map(|row| matrix.word(*row).to_owned()).collect();
        let values = || rows.iter().flat_map(|row| matrix.row_as_stored(*row).into_owned()).collect();
        let table = (!rows.is_empty()).then(|| Arc::new(Table::from_f32(words, values(), matrix.dims())));
        Self { entries, table, is_cut, problem: None }
    }
}

impl Lookup {
    pub(super) fn ask_stack(&mut self, view: &View, matrix: &Matrix, wake: &Wake) {
        let (text, matrix) = (Arc::clone(&view.tokens.text), matrix.clone());
        let typed_special = view.tokens.typed_special;
        self.stack.ask((Arc::clone(&text), typed_special), wake, move |progress| {
            // A token has a byte or more, but what is added or dropped: more than enough for so many.
            let start = beginning(&text, Stack::MOST * 16);
            let mut entries = match said(entries(&matrix, start, typed_special, progress))? {
                Ok(entries) => entries,
                Err(problem) => return Ok(Stack { problem: Some(problem), ..Stack::default() }),
            };
            let is_cut = start.len() < text.len() || entries.len() > Stack::MOST;
            if is_cut && entries.len() <= Stack::MOST {
                // Where the text was cut there may be a part of a token.
                entries.pop();
            }
            entries.truncate(Stack::MOST);
            Ok(Stack::of(entries, is_cut, matrix.table()))
        });
    }
}

/// A text's tokens, or its words where rows are words, with their rows. `typed_special` has special tokens that were typed be ones.
pub(super) fn entries(
    matrix: &Matrix,
    text: &str,
    typed_special: bool,
    progress: &dyn Progress,
) -> Result<Vec<Entry>, EncodeError> {
    let Some((tokenizer, _)) = &matrix.tokenizer else {
        // What no row is called is looked for among all names: no more words than are shown.
        let entry = |word: &str| {
            progress.check()?;
            let near = || Some(bare(word)).filter(|bare| *bare != word && !bare.is_empty());
            let row = matrix.names.find(word).or_else(|| matrix.names.find(near()?));
            Ok(Entry { text: word.to_owned(), id: None, row })
        };
        return text.split_whitespace().take(Stack::MOST + 1).map(entry).collect();
    };
    let options = EncodeOptions { add_special: false, typed_special };
    let encoded = tokenizer.encode(text, options, progress)?;
    let rows = matrix.table().rows();
    let entry = |token: &Token| {
        let piece = tokenizer.piece(token.id).unwrap_or_default();
        let row = Some(token.id).filter(|id| (*id as usize) < rows);
        let text = shown_piece(tokenizer, &piece);
        Entry { text, id: Some(token.id), row }
    };
    Ok(encoded.tokens.iter().map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Cancelled, Unwatched};
    use crate::tokens::catalog;

    fn read(matrix: &Matrix, text: &str) -> Vec<(String, Option<u32>)> {
        let entries = entries(matrix, text, false, &Unwatched).unwrap();
        entries.into_iter().map(|entry| (entry.text, entry.row)).collect()
    }

    #[test]
    fn a_token_beyond_the_last_row_has_none() {
        let rows = 4_000;
        let mut matrix = Matrix::untold(Table::from_f32(vec![String::new(); rows], vec![0.0; rows], 1));
        matrix.tokenizer = Some((catalog::load("bert").unwrap(), "bert".to_owned()));
        assert_eq!(read(&matrix, "the cat"), [("the".to_owned(), Some(1996)), ("cat".to_owned(), None)]);
    }

    #[test]
    fn words_are_found_without_their_marks_and_no_more_than_are_shown() {
        struct GivenUp;
        impl Progress for GivenUp {
            fn report(&self, _: f32) {}
            fn is_cancelled(&self) -> bool {
                true
            }
        }
        let words = ["cat", "dog"].map(String::from).to_vec();
        let matrix = Matrix::untold(Table::from_f32(words, vec![0.5, f32::NAN, 0.0, 1.0], 2));
        let found = read(&matrix, "“Dog!” … cat bird");
        assert_eq!(found.iter().map(|(_, row)| *row).collect::<Vec<_>>(), [Some(1), None, Some(0), None]);
        assert_eq!(read(&matrix, &"bird ".repeat(9_999)).len(), Stack::MOST + 1);
        assert!(matches!(entries(&matrix, "cat", false, &GivenUp), Err(EncodeError::Cancelled(Cancelled))));
        let stack =
            Stack::of(entries(&matrix, "dog bird cat", false, &Unwatched).unwrap(), false, matrix.table());
        assert_eq!(stack.to_text(), "dog\t0\t1\ncat\t0.5\tNaN");
    }
}
