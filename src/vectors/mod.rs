//! Tables of named rows, and the files they live in.
//!
//! [`open()`] recognizes a file's format by its bytes ([`formats`]), reads names and rows, and gives a [`Table`] with
//! warnings. Rows stay as the file stores them ([`rows`]); names share one piece of memory ([`words`]). [`write()`](write::write)
//! puts a table into a file.

pub mod dtype;
mod floret;
mod folding;
pub mod formats;
pub mod open;
mod quantized;
pub mod rows;
pub mod samples;
pub mod search;
pub mod subwords;
pub mod table;
pub mod warning;
mod widen;
pub mod words;
pub mod write;

pub use formats::{NamesFrom, PARAMETERS};
pub use open::{Opened, open, open_source, sniff};
pub use search::{PatternError, SearchHits, SearchMode};
pub use subwords::Subwords;
pub use table::{Column, ColumnValues, DType, Table};
pub use warning::Warning;
pub use words::Words;
