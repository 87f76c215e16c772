//! A sentence as rows: looked up, and with its words in two orders.

use std::ops::Range;
use std::sync::Arc;

use super::{Lookup, Matrix};
use crate::jobs::Wake;
use crate::lookup::positions::sinusoidal;
use crate::lookup::tiles;
use crate::progress::{Cancelled, Progress};
use crate::scene::View;
use crate::scene::document::{self, Document, DocumentSource};
use crate::scene::names::shown_piece;
use crate::scene::view::{MatrixView, PositionKind};
use crate::tokens::{EncodeOptions, beginning};
use crate::vectors::Table;

/// A token, or a word where rows are words, and its row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As it is read.
    pub text: String,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Its ID, where rows are tokens.
    pub id: Option<u32>,
    /// Its row, if there is one.
    pub row: Option<u32>,
}

/// The rows of a sentence, one under the other: n × d numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    pub entries: Vec<Entry>,
    /// Whether the text goes on: a beginning is looked up.
    pub is_cut: bool,
}

impl Stack {
    /// The most rows that are stacked.
    pub const MOST: usize = 256;

    /// The rows that there are, as a table named by the matrix's own names; nothing where there is none.
    #[must_use]
    pub fn table(&self, matrix: &Table) -> Option<Table> {
        let found: Vec<u32> = self.entries.iter().filter_map(|entry| entry.row).collect();
        // By the names that the file has for them, by which they are found again.
        let words: Vec<String> = found.iter().map(|row| matrix.word(*row as usize).to_owned()).collect();
        let values = found.iter().flat_map(|row| matrix.row(*row as usize).into_owned()).collect();
        (!words.is_empty()).then(|| Table::from_f32(words, values, matrix.dims()))
    }
}

/// A sentence in two orders of its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The words, as they stand in the first order and in the other.
    pub words: [Vec<String>; 2],
    /// The tokens of both.
    pub entries: [Vec<Entry>; 2],
    /// Their rows, those that there are.
    pub rows: [Vec<Vec<f32>>; 2],
    /// Whether the sentence goes on, or has more tokens than are shown: then the two are not compared.
    pub is_cut: bool,
}

impl Placed {
    /// The same with all rows multiplied by a factor.
    #[must_use]
    pub fn times(&self, factor: f32) -> Self {
        let mut times = self.clone();
        times.rows.iter_mut().flatten().flatten().for_each(|x| *x *= factor);
        times
    }

    /// Whether both orders have the same rows.
    #[must_use]
    pub fn is_same_bag(&self) -> bool {
        let bag = |side: usize| {
            let mut rows: Vec<Option<u32>> = self.entries[side].iter().map(|entry| entry.row).collect();
            rows.sort_unstable();
            rows
        };
        bag(0) == bag(1)
    }
}

impl Lookup {
    pub(super) fn ask_stack(&mut self, view: &View, matrix: &Matrix, wake: &Wake) {
        let (text, matrix) = (Arc::clone(&view.tokens.text), matrix.clone());
        self.stack.ask(Arc::clone(&text), wake, move |progress| {
            // A token has a byte or more, but what is added or dropped: more than enough for so many.
            let start = beginning(&text, Stack::MOST * 16);
            let mut entries = entries(&matrix, start, progress);
            let is_cut = start.len() < text.len() || entries.len() > Stack::MOST;
            entries.truncate(Stack::MOST);
            Ok(Stack { entries, is_cut })
        });
    }

    pub(super) fn ask_positions(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let of = Arc::clone(&matrix.document);
        if view.position.kind == PositionKind::Learned {
            self.positions.ask((), wake, move |progress| match learned(&of, progress) {
                Err(_) if progress.is_cancelled() => Err(Cancelled),
                found => Ok(found),
            });
        }
        let dims = matrix.table().dims();
        self.waves.ask(dims, wake, move |_| {
            let names = (0..WAVES).map(|position| position.to_string()).collect();
            let values = (0..WAVES).flat_map(|position| sinusoidal(position, dims)).collect();
            Ok(Table::from_f32(names, values, dims))
        });
        let position = &view.position;
        let words: Vec<String> = position.words().into_iter().map(str::to_owned).collect();
        let goes_on = position.text.split_whitespace().count() > words.len();
        let order = position.other(words.len());
        let matrix = matrix.clone();
        self.placed.ask((Arc::clone(&position.text), order.clone()), wake, move |progress| {
            let mut placed = placed(&matrix, words, &order, progress);
            placed.is_cut |= goes_on;
            Ok(placed)
        });
    }
}

/// A text's tokens, or its words where rows are words, with their rows.
fn entries(matrix: &Matrix, text: &str, progress: &dyn Progress) -> Vec<Entry> {
    let Some((tokenizer, _)) = &matrix.tokenizer else {
        let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let entry = |word: &str| {
            let row = matrix.names.find(word).or_else(|| matrix.names.find(&bare(word)));
            Entry { text: word.to_owned(), range: place(word)..place(word) + word.len(), id: None, row }
        };
        return text.split_whitespace().map(entry).collect();
    };
    let options = EncodeOptions { add_special: false, typed_special: false };
    let Ok(encoded) = tokenizer.encode(text, options, progress) else { return Vec::new() };
    let rows = matrix.table().rows();
    let entry = |token: &crate::tokens::Token| {
        let piece = tokenizer.piece(token.id).unwrap_or_default();
        let row = Some(token.id).filter(|id| (*id as usize) < rows);
        let text = shown_piece(tokenizer, &piece);
        Entry { text, range: token.start..token.end, id: Some(token.id), row }
    };
    encoded.tokens.iter().map(entry).collect()
}

fn placed(matrix: &Matrix, words: Vec<String>, order: &[u8], progress: &dyn Progress) -> Placed {
    let other: Vec<String> = order.iter().filter_map(|&at| words.get(at as usize).cloned()).collect();
    let words = [words, other];
    let mut is_cut = false;
    let entries = words.clone().map(|words| {
        let mut entries = entries(matrix, &words.join(" "), progress);
        is_cut |= entries.len() > MOST_PLACED;
        entries.truncate(MOST_PLACED);
        entries
    });
    let rows = entries.clone().map(|entries| {
        let rows = entries.iter().filter_map(|entry| entry.row);
        rows.map(|row| matrix.table().row(row as usize).into_owned()).collect()
    });
    Placed { words, entries, rows, is_cut }
}

/// So many tokens of a sentence are set beside those of another order.
const MOST_PLACED: usize = 64;

/// So many positions are shown as waves.
const WAVES: usize = 256;

/// How models call the matrix of their learned positions.
const POSITIONS: [&str; 5] = [
    "position_embeddings.weight",
    "wpe.weight",
    "position_embd.weight",
    "embed_positions.weight",
    "positions_embed.weight",
];

/// The learned positions of a model.
#[derive(Debug)]
pub struct Learned {
    /// A row for each position, from the first.
    pub table: Arc<Table>,
    /// The absolute value that gets the full color.
    pub full: f32,
    /// How many rows of the file's matrix come before that of the first position: some models keep two for other uses.
    pub unused: usize,
}

/// The learned positions of a model: another matrix of its file, as wide as the first. Nothing where it has none.
fn learned(document: &Document, progress: &dyn Progress) -> Result<Option<Learned>, String> {
    let Some(dims) = document.table.as_ref().map(|table| table.dims()) else { return Ok(None) };
    let options = document.choices.iter().flat_map(|choice| &choice.options);
    let is_known = |name: &&String| POSITIONS.iter().any(|known| name.ends_with(known));
    let Some(name) = options.map(|option| &option.name).find(is_known) else { return Ok(None) };
    let found = match &document.source {
        DocumentSource::Sample(id) => {
            let Some(sample) = crate::vectors::samples::find(id) else { return Ok(None) };
            let opened = crate::vectors::samples::open_part(sample, name, progress);
            Arc::new(opened.map_err(|error| error.to_string())?.table)
        }
        DocumentSource::File(path) | DocumentSource::Part(path, _) => {
            // The parts that lead to this file, and this matrix of it instead of that of the tokens.
            let mut parts = document.source.parts().to_vec();
            let chosen: Vec<&str> = document.choices.iter().map(crate::files::Choice::name).collect();
            parts.retain(|part| chosen.last().is_none_or(|last| last != part));
            parts.push(name.clone());
            let opened = document::open(&DocumentSource::file(path.clone(), parts), progress);
            let Some(table) = opened.map_err(|error| error.to_string())?.table else { return Ok(None) };
            table
        }
    };
    if found.dims() != dims || is_of_waves(&found) {
        return Ok(None);
    }
    // RoBERTa, BART and OPT number positions from 2 on: their matrices have two rows more than positions.
    let unused = if found.rows() > 2 && (found.rows() - 2).is_power_of_two() { 2 } else { 0 };
    let table = if unused == 0 { found } else { Arc::new(without_first(&found, unused)) };
    let full = tiles::full(&table);
    Ok(Some(Learned { table, full, unused }))
}

/// Whether a matrix holds sines and cosines, which some models store though nobody learned them: all rows are √(d/2) long.
fn is_of_waves(table: &Table) -> bool {
    let length = (table.dims() as f32 / 2.0).sqrt();
    (0..table.rows().min(64)).all(|row| {
        let norm = table.norm(row);
        // A row of zeros stands for padding.
        norm == 0.0 || (norm - length).abs() < 1e-2 * length
    })
}

/// The rows of a table but for the first ones, which are numbered anew.
fn without_first(table: &Table, first: usize) -> Table {
    let names = (0..table.rows() - first).map(|position| position.to_string()).collect();
    let values = (first..table.rows()).flat_map(|row| table.row(row).into_owned()).collect();
    Table::from_f32(names, values, table.dims())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_not_taken_for_learned_positions() {
        let names = |count: usize| (0..count).map(|row| row.to_string()).collect::<Vec<_>>();
        let waves = Table::from_f32(names(8), (0..8).flat_map(|at| sinusoidal(at, 16)).collect(), 16);
        assert!(is_of_waves(&waves));
        let learned = Table::from_f32(names(4), (0..12).map(|x| x as f32 / 7.0).collect(), 3);
        assert!(!is_of_waves(&learned));
        let rest = without_first(&learned, 2);
        assert_eq!((rest.rows(), rest.word(0), &*rest.row(1)), (2, "0", &*learned.row(3)));
    }
}
