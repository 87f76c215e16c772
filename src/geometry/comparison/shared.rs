//! The words that two tables have in common.

use rayon::prelude::*;

use crate::progress::{Cancelled, Progress, Unwatched};
use crate::vectors::Table;

/// Marks a row that is in no pair.
const NONE: u32 = u32::MAX;

/// The words that two tables share, as pairs of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedWords {
    pairs: Vec<[u32; 2]>,
    /// The pair that each row of either table is in.
    of: [Vec<u32>; 2],
}

impl SharedWords {
    /// The words that `first` and `second` spell alike, in the order of `first`.
    ///
    /// Where a word occurs twice in a table, its first row counts and the others are in no pair. A word whose row is not
    /// finite in either table is left out.
    #[must_use]
    pub fn of(first: &Table, second: &Table) -> Self {
        match Self::of_with(first, second, &Unwatched) {
            Ok(shared) => shared,
            Err(Cancelled) => unreachable!("nobody cancels unwatched work"),
        }
    }

    /// [`SharedWords::of`], with progress: the lengths of all rows may have to be computed.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of_with(first: &Table, second: &Table, progress: &dyn Progress) -> Result<Self, Cancelled> {
        progress.check()?;
        let norms = [first.norms_with(progress)?, second.norms_with(progress)?];
        let found: Vec<Option<usize>> =
            (0..first.rows()).into_par_iter().map(|row| second.find(first.word(row))).collect();
        progress.check()?;
        let mut taken = vec![false; second.rows()];
        let mut pairs = Vec::new();
        for (row, other) in found.into_iter().enumerate() {
            // Taken before anything is said of its numbers: it is the first row of a word that counts.
            let Some(other) = other.filter(|&other| !std::mem::replace(&mut taken[other], true)) else {
                continue;
            };
            if norms[0][row].is_finite() && norms[1][other].is_finite() {
                pairs.push([row as u32, other as u32]);
            }
        }
        let of = [(0, first), (1, second)].map(|(side, table)| {
            let mut of = vec![NONE; table.rows()];
            for (pair, rows) in pairs.iter().enumerate() {
                of[rows[side] as usize] = pair as u32;
            }
            of
        });
        Ok(Self { pairs, of })
    }

    /// How many words are shared.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether no word is shared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The rows of each shared word in the first table and in the second, in the order of the first.
    #[must_use]
    pub fn pairs(&self) -> &[[u32; 2]] {
        &self.pairs
    }

    /// The pair that a row of the first table is in; none if it is in none, or if there is no such row.
    #[must_use]
    pub fn of_first(&self, row: u32) -> Option<u32> {
        self.pair(0, row)
    }

    /// The pair that a row of the second table is in; none if it is in none, or if there is no such row.
    #[must_use]
    pub fn of_second(&self, row: u32) -> Option<u32> {
        self.pair(1, row)
    }

    /// The pair that a row of table `side`, 0 or 1, is in.
    pub(super) fn pair(&self, side: usize, row: u32) -> Option<u32> {
        self.of[side].get(row as usize).copied().filter(|&pair| pair != NONE)
    }

    /// The rows of the first `count` pairs in table `side`, 0 or 1.
    pub(super) fn rows(&self, side: usize, count: usize) -> Vec<u32> {
        self.pairs[..count].iter().map(|rows| rows[side]).collect()
    }

    /// # Panics
    /// If the pairs cannot be those of tables with so many rows.
    pub(super) fn assert_of(&self, first: &Table, second: &Table) {
        let rows = [first.rows(), second.rows()];
        assert_eq!([self.of[0].len(), self.of[1].len()], rows, "the shared words are of these tables");
    }
}
