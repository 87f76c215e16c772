//! The table: V named rows of d numbers each, immutable once made.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How a row's numbers are stored in the file; they are widened to `f32` when read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    F32,
    F16,
    Bf16,
    F64,
}

/// One named property of every row, such as a group or a part of speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub name: String,
    pub values: ColumnValues,
}

/// The values of a [`Column`], one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues {
    /// Names and, for each row, the index of its name; `u32::MAX` where a row has none.
    Categories { names: Vec<String>, of_row: Vec<u32> },
    /// A number a row; `NaN` where a row has none.
    Numbers(Vec<f32>),
}

/// V named rows × d dimensions. Cheap to share behind an `Arc`; never changes.
#[derive(Debug)]
pub struct Table {
    words: Vec<String>,
    values: Vec<f32>,
    dims: usize,
    columns: Vec<Column>,
    index: HashMap<String, u32>,
    norms: OnceLock<Vec<f32>>,
}

impl Table {
    /// Makes a table from `words.len()` rows of `dims` numbers, row after row in `values`.
    ///
    /// # Panics
    /// If `values.len() != words.len() * dims`.
    #[must_use]
    pub fn from_f32(words: Vec<String>, values: Vec<f32>, dims: usize) -> Self {
        assert_eq!(values.len(), words.len() * dims, "a row of {dims} numbers for each word");
        let index = words.iter().enumerate().rev().map(|(row, word)| (word.clone(), row as u32)).collect();
        Self { words, values, dims, columns: Vec::new(), index, norms: OnceLock::new() }
    }

    /// The same table with named properties of its rows.
    #[must_use]
    pub fn with_columns(mut self, columns: Vec<Column>) -> Self {
        self.columns = columns;
        self
    }

    /// V, the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.words.len()
    }

    /// d, the numbers in a row.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How the file stores its numbers.
    #[must_use]
    pub fn dtype(&self) -> DType {
        DType::F32
    }

    /// The name of a row.
    #[must_use]
    pub fn word(&self, row: usize) -> &str {
        &self.words[row]
    }

    /// The first row with exactly this name.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<usize> {
        self.index.get(word).map(|&row| row as usize)
    }

    /// Named properties of the rows: groups, tags, counts.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// One row, widened to `f32`; borrowed where the file stores `f32`.
    #[must_use]
    pub fn row(&self, row: usize) -> Cow<'_, [f32]> {
        Cow::Borrowed(&self.values[row * self.dims..(row + 1) * self.dims])
    }

    /// Rows `range` one after another as `range.len()` × d numbers: borrowed where they lie so in memory, and
    /// otherwise widened into `buffer`. The way to scan a table of any storage in blocks.
    pub fn block<'a>(&'a self, range: Range<usize>, _buffer: &'a mut Vec<f32>) -> &'a [f32] {
        &self.values[range.start * self.dims..range.end * self.dims]
    }

    /// The Euclidean length of every row, computed at first use.
    pub fn norms(&self) -> &[f32] {
        self.norms.get_or_init(|| {
            (0..self.rows())
                .into_par_iter()
                .map(|row| self.row(row).iter().map(|x| x * x).sum::<f32>().sqrt())
                .collect()
        })
    }
}
