//! How good a table is by what people say of words: analogy questions answered, and likeness of pairs ranked as they do.
//!
//! The figures are those of gensim's `evaluate_word_analogies` and `evaluate_word_pairs` with the same settings
//! ([`Settings`]); questions with a word that the table lacks are left out and counted.

pub mod analogies;
mod pair_file;
pub mod pairs;
mod question_file;
pub mod shipped;

use std::borrow::Cow;
use std::collections::HashMap;

pub use analogies::SectionScore;
pub use pair_file::PairSet;
pub use pairs::PairScores;
pub use question_file::AnalogySet;

use crate::vectors::Table;

/// What counts as a table's word. The usual ones are gensim's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Only so many of the first rows are looked at, which are the most frequent words where a table is in that order.
    pub first_rows: usize,
    /// Whether words are compared in upper case; of several that are then equal, the first row counts.
    pub any_case: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { first_rows: 300_000, any_case: true }
    }
}

impl Settings {
    /// A word as it is compared.
    fn folded<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if self.any_case { Cow::Owned(word.to_uppercase()) } else { Cow::Borrowed(word) }
    }

    /// How many rows of a table are looked at.
    fn rows(&self, table: &Table) -> usize {
        table.rows().min(self.first_rows)
    }

    /// The first row of each word, where there is one among those that are looked at.
    fn find(&self, table: &Table, words: &[String]) -> Vec<Option<u32>> {
        let mut rows: HashMap<Cow<'_, str>, Option<u32>> =
            words.iter().map(|word| (self.folded(word), None)).collect();
        for (row, word) in (0..).zip(table.words().iter().take(self.rows(table))) {
            if let Some(first @ None) = rows.get_mut(&self.folded(word)) {
                *first = Some(row);
            }
        }
        words.iter().map(|word| rows.get(&self.folded(word)).copied().flatten()).collect()
    }
}

/// What is wrong with a file of questions or pairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    #[error(
        "Line {line} has {found} words, and a question has four, such as “man woman king queen”: correct the line or remove it"
    )]
    Question { line: usize, found: usize },
    #[error("Line {line} is a question that belongs to no section: write a line such as “: family” above it")]
    NoSection { line: usize },
    #[error("Line {line} is no pair: two words and a score are expected, with tabs or commas between them")]
    Pair { line: usize },
    #[error("Line {line} has “{found}” where a score is expected: write a number such as 7.35")]
    Score { line: usize, found: String },
    #[error("There is nothing in it to ask: {0}")]
    Empty(&'static str),
}

/// The lines of a file, without a mark of its encoding.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.strip_prefix('\u{feff}').unwrap_or(text).lines()
}

/// Words that are each kept once, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Interned {
    words: Vec<String>,
    places: HashMap<String, u32>,
}

impl Interned {
    fn place(&mut self, word: &str) -> u32 {
        if let Some(&place) = self.places.get(word) {
            return place;
        }
        let place = self.words.len() as u32;
        self.words.push(word.to_owned());
        self.places.insert(word.to_owned(), place);
        place
    }
}

#[cfg(test)]
mod tests;
