//! Tables of named rows, and the files they live in.
//!
//! [`open()`] recognizes a file's format by its bytes ([`formats`]), reads names and rows, and gives a [`Table`] with
//! warnings. Rows stay as the file stores them ([`rows`]); names share one piece of memory ([`words`]).

pub mod formats;
pub mod map;
pub mod open;
pub mod problem;
pub mod rows;
pub mod samples;
pub mod search;
pub mod source;
pub mod table;
pub mod words;

pub use map::Bytes;
pub use open::{Opened, open, open_source, sniff};
pub use problem::{OpenError, Place, Problem, Warning};
pub use search::{PatternError, SearchHits, SearchMode};
pub use source::Source;
pub use table::{Column, ColumnValues, DType, Table};
pub use words::Words;
