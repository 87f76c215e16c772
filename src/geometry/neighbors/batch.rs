//! Many queries at once, as matrix products.

use super::Neighbor;
use super::compact::Compact;
use super::scan::scan;
use super::tiles::{Group, ProductSpace, Products, QUERIES_PER_TILE, ROWS_PER_TILE, RowSpace, Tile};
use crate::geometry::metric::Metric;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most queries that are answered in one pass over the table, as long as the best rows of each need little memory.
const QUERIES_PER_PASS: usize = 4_096;

/// About so many candidates are kept by each thread.
const CANDIDATES_PER_THREAD: usize = 1 << 19;

/// [`nearest`](super::nearest) for many queries at once: `queries` holds them one after another, `exclude` the rows that
/// each leaves out (an empty list stands for none at all). Answers come in the order of the queries.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `queries` is not a whole number of rows, or `exclude` neither empty nor one list a query.
pub fn nearest_batch(
    table: &Table,
    queries: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[Vec<u32>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    nearest_batch_with(table, None, queries, k, metric, exclude, progress)
}

/// [`nearest_batch`], and faster where there is a compact copy of the rows. The answers are the same.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// As [`nearest_batch`], and if `compact` was not made from this table.
pub fn nearest_batch_with(
    table: &Table,
    compact: Option<&Compact>,
    queries: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[Vec<u32>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    let products = Products::new(table, compact, queries.len() / table.dims().max(1));
    batch_by(&products, First { rows: table.rows(), of: table }, queries, k, metric, exclude, progress)
}

/// [`nearest_batch`] among the first `rows` rows of the table alone.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// As [`nearest_batch`].
pub fn nearest_batch_among(
    table: &Table,
    rows: usize,
    queries: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[Vec<u32>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    let products = Products::new(table, None, queries.len() / table.dims().max(1));
    batch_by(&products, First { rows, of: table }, queries, k, metric, exclude, progress)
}

/// The first rows of a table.
#[derive(Clone, Copy)]
pub(super) struct First<'a> {
    pub rows: usize,
    pub of: &'a Table,
}

/// [`nearest_batch_among`], with products made in a given way.
pub(super) fn batch_by(
    products: &Products,
    First { rows, of: table }: First<'_>,
    queries: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[Vec<u32>],
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    let dims = table.dims().max(1);
    assert_eq!(queries.len() % dims, 0, "queries have as many numbers as a row");
    let count = queries.len() / dims;
    assert!(exclude.is_empty() || exclude.len() == count, "a list of rows to leave out for each query");
    let rows = rows.min(table.rows());
    if k == 0 || rows == 0 {
        return Ok(vec![Vec::new(); count]);
    }
    // Before the first block: what the table knows of rows that are not finite, it knows from their lengths.
    table.norms_with(progress)?;
    let fraction = |done: usize| done as f32 / count as f32;
    let per_pass = (CANDIDATES_PER_THREAD / k).clamp(QUERIES_PER_TILE, QUERIES_PER_PASS);
    let mut answers: Vec<Vec<Neighbor>> = Vec::with_capacity(count);
    for numbers in queries.chunks(per_pass * dims) {
        let first = answers.len();
        let groups: Vec<Group> = numbers
            .chunks(QUERIES_PER_TILE * dims)
            .enumerate()
            .map(|(tile, numbers)| {
                let first = first + tile * QUERIES_PER_TILE;
                let exclude = |i: usize| exclude.get(first + i).cloned().unwrap_or_default();
                Group::new(products, numbers, dims, metric, exclude)
            })
            .collect();
        let here = numbers.len() / dims;
        let part = Part::new(progress, fraction(first), fraction(first + here));
        let look = |range, (row_space, space): &mut (RowSpace, ProductSpace), best: &[_]| {
            let tile = Tile::new(products, table, range, row_space);
            for (group, best) in groups.iter().zip(best.chunks(QUERIES_PER_TILE)) {
                group.score(products, &tile, space, best);
            }
        };
        let best = scan(rows, ROWS_PER_TILE, here, k, &part, look)?;
        answers.extend(best.into_iter().map(|best| best.ranked(metric)));
    }
    Ok(answers)
}
