//! Many queries at once, as matrix products.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::Neighbor;
use super::query::{Query, is_tame, slack};
use super::scan::scan;
use crate::geometry::metric::Metric;
use crate::geometry::ranking::{Best, Floor};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// How many products are looked at together.
const LOOK: usize = 64;

/// The queries of one matrix product, at most.
const QUERIES_PER_TILE: usize = 512;

/// The rows of one matrix product: with the queries and their products they stay in a core's own cache.
const ROWS_PER_TILE: usize = 256;

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
    let dims = table.dims().max(1);
    assert_eq!(queries.len() % dims, 0, "queries have as many numbers as a row");
    let count = queries.len() / dims;
    assert!(exclude.is_empty() || exclude.len() == count, "a list of rows to leave out for each query");
    if k == 0 || table.rows() == 0 {
        return Ok(vec![Vec::new(); count]);
    }
    let norms = table.norms_with(progress)?;
    let mut answers = Vec::with_capacity(count);
    for (tile, numbers) in queries.chunks(QUERIES_PER_TILE * dims).enumerate() {
        let first = tile * QUERIES_PER_TILE;
        let batch: Vec<Query> = numbers
            .chunks_exact(dims)
            .enumerate()
            .map(|(i, query)| Query::new(query, metric, exclude.get(first + i).cloned().unwrap_or_default()))
            .collect();
        let fraction = |done: usize| done as f32 / count as f32;
        let part = Part::new(progress, fraction(first), fraction(first + batch.len()));
        let best =
            scan(table.rows(), ROWS_PER_TILE, batch.len(), k, &part, |range, buffers, best, floors| {
                let values = table.block(range.clone(), &mut buffers.raw);
                let tile = Tile { range, values, norms };
                score_tile(&batch, numbers, &tile, &mut buffers.prepared, best, floors);
            })?;
        answers.extend(best.into_iter().map(|best| best.ranked(metric)));
    }
    Ok(answers)
}

/// Some rows of a table, one after another in `values`, and the lengths of all rows.
pub(in crate::geometry) struct Tile<'a> {
    pub range: Range<usize>,
    pub values: &'a [f32],
    pub norms: &'a [f32],
}

/// Adds some rows to the best of each query: by matrix product first, and exactly where that leaves a doubt. `numbers`
/// holds the queries one after another, `products` is working space.
pub(in crate::geometry) fn score_tile(
    queries: &[Query],
    numbers: &[f32],
    tile: &Tile,
    products: &mut Vec<f32>,
    best: &mut [Best],
    floors: &[Floor],
) {
    let dims = numbers.len() / queries.len();
    let rows = tile.range.len();
    products.resize(queries.len() * rows, 0.0);
    matmul(
        MatMut::from_row_major_slice_mut(products, queries.len(), rows),
        Accum::Replace,
        MatRef::from_row_major_slice(numbers, queries.len(), dims),
        MatRef::from_row_major_slice(tile.values, rows, dims).transpose(),
        1.0_f32,
        Par::Seq,
    );
    let slack = slack(dims);
    let norms = &tile.norms[tile.range.clone()];
    // Where anything may have overflowed or vanished, bounds mean nothing and every row is scored exactly.
    let trusted = norms.iter().all(|&norm| is_tame(norm));
    let each = queries.iter().zip(best).zip(floors).zip(products.chunks_exact(rows));
    for (((query, best), floor), products) in each {
        let trusted = trusted && query.is_tame();
        let mut limit = query.limit(best.threshold.max(floor.key()), slack);
        for (first, (products, norms)) in
            (0..).step_by(LOOK).zip(products.chunks(LOOK).zip(norms.chunks(LOOK)))
        {
            // Nearly always nothing in sight is good enough.
            if trusted && !limit.lets_any_through(products, norms) {
                continue;
            }
            for (i, (&product, &norm)) in (first..).zip(products.iter().zip(norms)) {
                if norm.is_finite() && (limit.lets_through(product, norm) || !trusted) {
                    let key = query.key(&tile.values[i * dims..(i + 1) * dims], norm);
                    best.offer((tile.range.start + i) as u32, key, query.exclude());
                    floor.raise(best.threshold);
                    limit = query.limit(best.threshold.max(floor.key()), slack);
                }
            }
        }
    }
}
