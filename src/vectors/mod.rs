//! Tables of named rows, and the files they live in.

pub mod samples;
pub mod table;

pub use table::{Column, ColumnValues, DType, Table};
