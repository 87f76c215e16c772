//! The formats that vectors come in: one file each, one line each in [`FORMATS`].
//!
//! A format is recognized from the bytes of a file, never from its name; a name only leads to the files beside it.
//! To add one: write a file with a unit struct that implements [`Format`], and enter it below.

mod arrow_cells;
mod arrow_columns;
mod arrow_ipc;
mod columnar;
mod columns;
mod config;
mod delimited;
mod fasttext;
mod gguf;
mod json;
mod npy;
mod npy_array;
mod npz;
mod parquet;
mod projector;
mod projector_config;
mod records;
mod roles;
mod safetensors;
mod spacy;
mod survey;
mod text;
mod text_table;
mod unsupported;
mod vocabulary;
mod word2vec_binary;

use super::rows::Rows;
use super::subwords::Subwords;
use super::table::Column;
use super::warning::Warning;
use super::words::Words;
use crate::files::problem::{Place, Problem, grouped};
use crate::files::{Choice, Source};
use crate::progress::Progress;

pub(super) use projector::metadata_of;
pub(super) use unsupported::known_but_unsupported;

/// The most numbers in a row that are read. (The longest rows of language models of 2025 have 16,384.)
pub const MAX_DIMS: usize = 65_536;

/// One format that vectors come in.
pub trait Format: Sync {
    /// What the format is called: `GloVe text`, `npy`, ….
    fn name(&self) -> &'static str;

    /// Whether the bytes look like this format. Looks at no more than the beginning of the file.
    fn recognizes(&self, source: &Source) -> bool;

    /// Reads the names and finds the rows. Rows with NaN, equal and empty names are not this function's business:
    /// [`super::open()`] sees to them for all formats.
    ///
    /// # Errors
    /// [`Problem::Malformed`] where the bytes break the format, [`Problem::TooLarge`], [`Problem::Cancelled`].
    fn read(&self, source: &Source, progress: &dyn Progress) -> Result<Parsed, Problem>;
}

/// All formats, the more certain ones first: the first that recognizes a file reads it.
pub static FORMATS: &[&dyn Format] = &[
    &spacy::Spacy,
    &npy::Npy,
    &gguf::GgufModel,
    &npz::Npz,
    &parquet::Parquet,
    &arrow_ipc::ArrowIpc,
    &safetensors::Safetensors,
    &projector_config::ProjectorConfig,
    &projector::Projector,
    &text_table::GloVeText,
    &text_table::Word2VecText,
    &word2vec_binary::Word2VecBinary,
    &fasttext::FastText,
    &json::JsonLines,
    &json::JsonArray,
    &delimited::Delimited,
];

/// What a format's file makes of a file.
pub struct Parsed {
    /// The names, one a row.
    pub words: Words,
    /// The rows.
    pub rows: Rows,
    /// Further properties of the rows.
    pub columns: Vec<Column>,
    /// What makes vectors of words that have no row, where the format has that.
    pub subwords: Option<Subwords>,
    /// Where the names come from.
    pub names: NamesFrom,
    /// What else of the same file could be read instead: another matrix or column.
    pub choices: Vec<Choice>,
    /// What else the file says of itself: a name and a value, as people read them.
    pub facts: Vec<(String, String)>,
    /// What was not right.
    pub warnings: Vec<Warning>,
    /// Rows in whose place the file has no vector, ascending. Their numbers are NaN, and they are left out in the end.
    pub missing: Vec<usize>,
    /// From a row to where a person finds it in the file.
    pub places: Places,
}

impl Parsed {
    /// Names and rows and nothing else to say.
    pub fn new(words: Words, rows: Rows) -> Self {
        Self {
            words,
            rows,
            columns: Vec::new(),
            subwords: None,
            names: NamesFrom::Itself,
            choices: Vec::new(),
            facts: Vec::new(),
            warnings: Vec::new(),
            missing: Vec::new(),
            places: Places::Rows,
        }
    }
}

/// What the fact is called that says of how many numbers a model's file consists.
pub const PARAMETERS: &str = "Parameters";

/// Where the names of rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamesFrom {
    /// The file itself.
    Itself,
    /// The file of this name beside it.
    Beside(String),
    /// Nowhere: rows are named by their number.
    Numbers,
}

impl std::fmt::Display for NamesFrom {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Itself => write!(out, "the file itself"),
            Self::Beside(name) => write!(out, "{name}"),
            Self::Numbers => write!(out, "none: rows are numbered"),
        }
    }
}

/// Where rows are found in their file.
pub enum Places {
    /// By their index.
    Rows,
    /// By line: the line of row 0, were no line skipped, and runs of skipped lines (first line, how many), ascending.
    Lines { first: u64, skipped: Vec<(u64, u64)> },
}

impl Places {
    /// Where `row` is found.
    pub fn of(&self, row: usize) -> Place {
        match self {
            Self::Rows => Place::Row(row as u64),
            Self::Lines { first, skipped } => {
                let mut line = first + row as u64;
                for &(start, lines) in skipped {
                    if start > line {
                        break;
                    }
                    line += lines;
                }
                Place::Line(line)
            }
        }
    }

    /// Whether a line, counted from 1, is known to be no row.
    pub fn is_skipped(&self, line: u64) -> bool {
        let Self::Lines { skipped, .. } = self else { return false };
        let before = skipped.partition_point(|&(start, _)| start <= line);
        before > 0 && line < skipped[before - 1].0 + skipped[before - 1].1
    }
}

/// Refuses rows of no numbers or of more than [`MAX_DIMS`], and more rows than have an index.
fn check_shape(format: &'static str, rows: u64, dims: u64) -> Result<(), Problem> {
    if dims == 0 || rows == 0 {
        let what = format!("a matrix of {rows} rows × {dims} numbers holds nothing");
        return Err(malformed(format, Place::Byte(0), what, "write the file again with its vectors"));
    }
    if dims > MAX_DIMS as u64 {
        return Err(Problem::TooLarge { what: format!("{dims} numbers a row"), limit: MAX_DIMS });
    }
    if rows >= u64::from(u32::MAX) {
        return Err(Problem::TooLarge { what: format!("{rows} rows"), limit: u32::MAX as usize - 1 });
    }
    Ok(())
}

/// What is said of a matrix before it is opened: `30,522 × 384, f32`.
fn matrix_about(rows: usize, dims: usize, dtype: &str) -> String {
    format!("{} × {}, {dtype}", grouped(rows as u64), grouped(dims as u64))
}

/// A [`Problem::Malformed`].
fn malformed(format: &'static str, place: Place, what: impl Into<String>, advice: &'static str) -> Problem {
    Problem::Malformed { format, place, what: what.into(), advice }
}

#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod shortened_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_past_those_that_were_skipped() {
        let places = Places::Lines { first: 2, skipped: vec![(3, 1), (5, 2)] };
        let lines = (0..4).map(|row| places.of(row));
        assert_eq!(lines.collect::<Vec<_>>(), [2, 4, 7, 8].map(Place::Line));
        let skipped = (1..10).filter(|&line| places.is_skipped(line));
        assert_eq!(skipped.collect::<Vec<_>>(), [3, 5, 6]);
    }

    #[test]
    fn shapes_beyond_the_limits_are_refused() {
        assert!(check_shape("npy", 1, 50_000).is_ok());
        assert!(check_shape("npy", 1, 65_537).is_err());
        assert!(check_shape("npy", 0, 5).is_err());
        assert!(check_shape("npy", 5, 0).is_err());
        assert!(check_shape("npy", u64::from(u32::MAX), 1).is_err());
    }
}
