//! The nearest rows, found exactly: every row is looked at.
//!
//! One query is a scan at the speed of memory, and of a quarter of the memory where there is a [`Compact`] copy of the
//! rows to tell which of them are worth looking at. Many queries are first scored together as matrix products, of 8-bit
//! numbers where the processor has instructions for these. In every way a row that might be among the best is scored in
//! just the way of the plain scan, so that all give the very same answers.
//!
//! Rows that hold numbers which are not finite are never among the nearest.

mod batch;
mod codes;
mod compact;
mod look;
mod query;
mod scan;
mod tiles;

pub use batch::{nearest_batch, nearest_batch_among, nearest_batch_with};
pub use compact::Compact;
pub(super) use tiles::{Group, ProductSpace, Products, QUERIES_PER_TILE, ROWS_PER_TILE, RowSpace, Tile};

use std::collections::BTreeSet;

use self::query::Query;
use super::metric::Metric;
use super::ranking::Best;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// A row and how near it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbor {
    /// The row's number in its table.
    pub row: u32,
    /// The score by the metric asked for: higher is nearer, but for [`Metric::Euclidean`].
    pub score: f32,
}

/// The `k` rows nearest to `query` (d numbers), nearest first and equals by row, leaving out the rows in `exclude`.
///
/// Fewer than `k` come back if the table has fewer rows.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `query` has not as many numbers as a row.
pub fn nearest(
    table: &Table,
    query: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[u32],
    progress: &dyn Progress,
) -> Result<Vec<Neighbor>, Cancelled> {
    nearest_with(table, None, query, k, metric, exclude, progress)
}

/// [`nearest`], and faster where there is a compact copy of the rows. The answers are the same.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `query` has not as many numbers as a row, or `compact` was not made from this table.
pub fn nearest_with(
    table: &Table,
    compact: Option<&Compact>,
    query: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[u32],
    progress: &dyn Progress,
) -> Result<Vec<Neighbor>, Cancelled> {
    assert_eq!(query.len(), table.dims(), "a query has as many numbers as a row");
    if k == 0 || table.rows() == 0 {
        return Ok(Vec::new());
    }
    // Before the first block: what the table knows of rows that are not finite, it knows from their lengths.
    let norms = table.norms_with(progress)?;
    let query = Query::new(query, metric, exclude.to_vec());
    let best = match compact {
        Some(compact) if query.is_tame() => compact.scan(table, norms, &query, k, progress)?,
        _ => plain_scan(table, norms, &query, k, progress)?,
    };
    Ok(best.ranked(metric))
}

/// The `k` rows nearest to row `row`, which is itself left out.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If the table has no such row.
pub fn of_row(
    table: &Table,
    row: usize,
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<Neighbor>, Cancelled> {
    of_row_with(table, None, row, k, metric, progress)
}

/// [`of_row`], and faster where there is a compact copy of the rows. The answers are the same.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If the table has no such row, or `compact` was not made from this table.
pub fn of_row_with(
    table: &Table,
    compact: Option<&Compact>,
    row: usize,
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<Neighbor>, Cancelled> {
    // Before the row, for the same reason as in `nearest_with`.
    table.norms_with(progress)?;
    nearest_with(table, compact, &table.row(row), k, metric, &[row as u32], progress)
}

/// The rows that are among the `k` nearest of any of `rows`, ascending.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If the table lacks one of the rows, or `compact` was not made from this table.
pub fn of_rows(
    table: &Table,
    compact: Option<&Compact>,
    rows: &[u32],
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<u32>, Cancelled> {
    /// So many at a time, however many are asked for.
    const AT_ONCE: usize = 4_096;
    table.norms_with(progress)?;
    let mut found = BTreeSet::new();
    for (part, chosen) in rows.chunks(AT_ONCE).enumerate() {
        let queries: Vec<f32> = chosen.iter().flat_map(|&row| table.row(row as usize).into_owned()).collect();
        let own: Vec<Vec<u32>> = chosen.iter().map(|&row| vec![row]).collect();
        let from = (part * AT_ONCE) as f32 / rows.len() as f32;
        let to = (part * AT_ONCE + chosen.len()) as f32 / rows.len() as f32;
        let part = Part::new(progress, from, to);
        let lists = nearest_batch_with(table, compact, &queries, k, metric, &own, &part)?;
        found.extend(lists.iter().flatten().map(|neighbor| neighbor.row));
    }
    Ok(found.into_iter().collect())
}

/// Scores every row.
fn plain_scan(
    table: &Table,
    norms: &[f32],
    query: &Query,
    k: usize,
    progress: &dyn Progress,
) -> Result<Best, Cancelled> {
    let dims = table.dims();
    let mut best =
        scan::scan(table.rows(), scan::step(dims), 1, k, progress, |range, raw: &mut Vec<f32>, best| {
            let values = table.block(range.clone(), raw);
            for (row, values) in range.zip(values.chunks_exact(dims.max(1))) {
                if norms[row].is_finite() {
                    best[0].offer(row as u32, query.key(values, norms[row]), query.exclude());
                }
            }
        })?;
    Ok(best.pop().expect("one query has one ranking"))
}

#[cfg(test)]
mod tests;
