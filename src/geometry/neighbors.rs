//! The nearest rows, found exactly: every row is looked at.
//!
//! One query is a scan at the speed of memory. Many queries are first scored together as matrix products, which read
//! the table once for all of them; a row that might be among the best is then scored in just the way of a single
//! query, so that both give the very same answers.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering as Atomic};

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::arithmetic::norm;
use super::metric::Metric;
use super::ranking::Best;
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// A row and how near it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbor {
    /// The row's number in its table.
    pub row: u32,
    /// The score by the metric asked for: higher is nearer, but for [`Metric::Euclidean`].
    pub score: f32,
}

/// The numbers that one task reads before it asks whether it is still wanted: 1 MB of them.
const NUMBERS_PER_BLOCK: usize = 1 << 18;

/// Into how many stretches a table is cut for the threads to share.
const STRETCHES: usize = 64;

/// How many products are looked at together.
const LOOK: usize = 64;

/// The queries that are scored in one matrix product.
const QUERIES_PER_BATCH: usize = 64;

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
    assert_eq!(query.len(), table.dims(), "a query has as many numbers as a row");
    if k == 0 || table.rows() == 0 {
        return Ok(Vec::new());
    }
    let query = Query::new(query, metric, exclude.to_vec());
    let norms = norms_for(table, metric);
    let best = scan(table, 1, k, progress, |range, values, best| {
        for (row, values) in range.zip(values.chunks_exact(table.dims().max(1))) {
            best[0].offer(row as u32, query.key(values, norm_of(norms, row)), &query.exclude);
        }
    })?;
    Ok(best.into_iter().next().map_or_else(Vec::new, |best| best.ranked(metric)))
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
    nearest(table, &table.row(row), k, metric, &[row as u32], progress)
}

/// [`nearest`] for many queries at once: `queries` holds them one after another, `exclude` the rows that each leaves
/// out (an empty list stands for none at all). Answers come in the order of the queries.
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
    let mut answers = Vec::with_capacity(count);
    for (batch, numbers) in queries.chunks(QUERIES_PER_BATCH * dims).enumerate() {
        let first = batch * QUERIES_PER_BATCH;
        let batch: Vec<Query> = numbers
            .chunks_exact(dims)
            .enumerate()
            .map(|(i, query)| Query::new(query, metric, exclude.get(first + i).cloned().unwrap_or_default()))
            .collect();
        let part = crate::progress::Part::new(
            progress,
            first as f32 / count as f32,
            (first + batch.len()) as f32 / count as f32,
        );
        let norms = table.norms();
        let best = scan(table, batch.len(), k, &part, |range, values, best| {
            score_batch(&batch, numbers, range, values, norms, best);
        })?;
        answers.extend(best.into_iter().map(|best| best.ranked(metric)));
    }
    Ok(answers)
}

/// One question and what is known of it beforehand.
struct Query<'a> {
    values: &'a [f32],
    norm: f32,
    metric: Metric,
    exclude: Vec<u32>,
}

impl<'a> Query<'a> {
    fn new(values: &'a [f32], metric: Metric, mut exclude: Vec<u32>) -> Self {
        exclude.sort_unstable();
        Self { values, norm: norm(values) as f32, metric, exclude }
    }

    /// The score of a row as a key that is higher for nearer.
    fn key(&self, row: &[f32], row_norm: f32) -> f32 {
        let score = self.metric.score_with_norms(self.values, self.norm, row, row_norm);
        if self.metric.ascending() { -score } else { score }
    }

    /// What the product of a row with this query must reach for the row's key to reach `threshold`, allowing for the
    /// relative error `slack` that a matrix product may have against [`Query::key`].
    fn limit(&self, threshold: f32, slack: f32) -> Limit {
        match self.metric {
            Metric::Cosine => {
                Limit { constant: -1e-30, per_norm: (threshold - slack) * self.norm, per_square: 0.0 }
            }
            Metric::Dot => Limit { constant: threshold, per_norm: -slack * self.norm, per_square: 0.0 },
            // |q|² + |x|² − 2 q·x ≤ threshold², solved for q·x.
            Metric::Euclidean => {
                let squares = self.norm * self.norm * (1.0 - 2.0 * slack);
                let reach = threshold * threshold * (1.0 + 2.0 * slack);
                Limit { constant: (squares - reach) / 2.0, per_norm: 0.0, per_square: 0.5 - slack }
            }
        }
    }
}

/// A bound on products that depends on the length of the row.
#[derive(Clone, Copy)]
struct Limit {
    constant: f32,
    per_norm: f32,
    per_square: f32,
}

impl Limit {
    /// Whether `product` may be good enough; a bound that is not a number lets everything through.
    #[inline]
    fn lets_through(self, product: f32, norm: f32) -> bool {
        let least = self.constant + norm * (self.per_norm + norm * self.per_square);
        product >= least || least.is_nan()
    }

    /// Whether any of some products may be good enough. Looks at all of them, which vectorizes, as stopping would not.
    #[inline]
    fn lets_any_through(self, products: &[f32], norms: &[f32]) -> bool {
        let pairs = products.iter().zip(norms);
        pairs.fold(false, |any, (&product, &norm)| any | self.lets_through(product, norm))
    }
}

/// Whether all numbers are finite. An exponent of ones, and no other, carries into the sign bit: this vectorizes.
fn all_finite(values: &[f32]) -> bool {
    const EXPONENT: u32 = 0x7F80_0000;
    const LOWEST_BIT: u32 = 0x0080_0000;
    let carried = values.iter().fold(0, |or, x| or | ((x.to_bits() & EXPONENT) + LOWEST_BIT));
    carried >> 31 == 0
}

/// Adds the rows of one block to the best of each query: by matrix product first, and exactly where that leaves a doubt.
fn score_batch(
    queries: &[Query],
    numbers: &[f32],
    range: Range<usize>,
    values: &[f32],
    norms: &[f32],
    best: &mut [Best],
) {
    let dims = numbers.len() / queries.len();
    let rows = range.len();
    let mut products = vec![0.0_f32; queries.len() * rows];
    matmul(
        MatMut::from_row_major_slice_mut(&mut products, queries.len(), rows),
        Accum::Replace,
        MatRef::from_row_major_slice(numbers, queries.len(), dims),
        MatRef::from_row_major_slice(values, rows, dims).transpose(),
        1.0_f32,
        Par::Seq,
    );
    // Twice the bound on the rounding of a sum of d products, for the product and for the exact score.
    let slack = 2.0 * (dims + 16) as f32 * f32::EPSILON;
    let norms = &norms[range.clone()];
    // Where anything overflowed, bounds mean nothing and every row is scored exactly.
    let trusted = all_finite(&products) && norms.iter().all(|norm| norm * norm < f32::MAX);
    for ((query, best), products) in queries.iter().zip(best).zip(products.chunks_exact(rows)) {
        let trusted = trusted && (query.norm * query.norm).is_finite();
        let mut limit = query.limit(best.threshold, slack);
        for (first, (products, norms)) in
            (0..).step_by(LOOK).zip(products.chunks(LOOK).zip(norms.chunks(LOOK)))
        {
            // Nearly always nothing in sight is good enough.
            if trusted && !limit.lets_any_through(products, norms) {
                continue;
            }
            for (i, (&product, &norm)) in (first..).zip(products.iter().zip(norms)) {
                if limit.lets_through(product, norm) || !trusted {
                    let key = query.key(&values[i * dims..(i + 1) * dims], norm);
                    best.offer((range.start + i) as u32, key, &query.exclude);
                    limit = query.limit(best.threshold, slack);
                }
            }
        }
    }
}

/// Reads the whole table, block by block in a few parallel stretches: `look` adds what a block holds to the best of its
/// stretch, one for each of `queries` queries.
fn scan(
    table: &Table,
    queries: usize,
    k: usize,
    progress: &dyn Progress,
    look: impl Fn(Range<usize>, &[f32], &mut [Best]) + Sync,
) -> Result<Vec<Best>, Cancelled> {
    let rows = table.rows();
    let step = (NUMBERS_PER_BLOCK / table.dims().max(1)).max(1);
    let stretch = rows.div_ceil(STRETCHES).next_multiple_of(step);
    let done = AtomicUsize::new(0);
    (0..rows.div_ceil(stretch))
        .into_par_iter()
        .map_init(Vec::new, |buffer, number| {
            let mut best: Vec<Best> = (0..queries).map(|_| Best::new(k)).collect();
            let end = ((number + 1) * stretch).min(rows);
            for first in (number * stretch..end).step_by(step) {
                progress.check()?;
                let range = first..(first + step).min(end);
                let count = range.len();
                look(range.clone(), table.block(range, buffer), &mut best);
                progress.report((done.fetch_add(count, Atomic::Relaxed) + count) as f32 / rows as f32);
            }
            Ok(best)
        })
        .try_reduce(Vec::new, |left, right| Ok(merge(left, right)))
}

/// Joins the best of two stretches of rows, query by query.
fn merge(left: Vec<Best>, right: Vec<Best>) -> Vec<Best> {
    if left.is_empty() {
        return right;
    }
    let mut right = right.into_iter();
    left.into_iter()
        .map(|mut best| {
            for candidate in right.next().into_iter().flat_map(|best| best.heap) {
                best.offer(candidate.row, candidate.key, &[]);
            }
            best
        })
        .collect()
}

/// The lengths of the rows if `metric` needs them; they take a pass over the table the first time.
fn norms_for(table: &Table, metric: Metric) -> Option<&[f32]> {
    (metric == Metric::Cosine).then(|| table.norms())
}

fn norm_of(norms: Option<&[f32]>, row: usize) -> f32 {
    norms.map_or(0.0, |norms| norms[row])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::Unwatched;

    fn table(rows: &[Vec<f32>]) -> Table {
        let dims = rows[0].len();
        let words = (0..rows.len()).map(|row| row.to_string()).collect();
        Table::from_f32(words, rows.concat(), dims)
    }

    /// Scores every row and sorts: what the fast search must equal.
    fn brute_force(table: &Table, query: &[f32], k: usize, metric: Metric, exclude: &[u32]) -> Vec<Neighbor> {
        let mut all: Vec<Neighbor> = (0..table.rows())
            .filter(|&row| !exclude.contains(&(row as u32)))
            .map(|row| {
                let norms = (norm(query) as f32, table.norms()[row]);
                Neighbor {
                    row: row as u32,
                    score: metric.score_with_norms(query, norms.0, &table.row(row), norms.1),
                }
            })
            .collect();
        all.sort_by(|a, b| {
            let order = a.score.partial_cmp(&b.score).unwrap();
            if metric.ascending() { order } else { order.reverse() }.then(a.row.cmp(&b.row))
        });
        all.truncate(k);
        all
    }

    /// Small whole numbers, so that many rows tie and some are zero.
    fn rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
        (1_usize..20).prop_flat_map(|dims| {
            prop::collection::vec(prop::collection::vec((-2_i8..=2).prop_map(f32::from), dims), 1..120)
        })
    }

    proptest! {
        #[test]
        fn the_nearest_are_those_of_brute_force(
            rows in rows(), k in 0_usize..30, exclude in prop::collection::vec(0_u32..130, 0..4),
        ) {
            let table = table(&rows);
            for metric in Metric::ALL {
                for query in [0, table.rows() - 1] {
                    let query = table.row(query);
                    let found = nearest(&table, &query, k, metric, &exclude, &Unwatched).unwrap();
                    prop_assert_eq!(found, brute_force(&table, &query, k, metric, &exclude));
                }
            }
        }

        #[test]
        fn a_batch_gives_the_answers_of_single_queries(rows in rows(), noise in -1.0_f32..1.0, k in 1_usize..12) {
            let rows: Vec<Vec<f32>> =
                rows.iter().enumerate().map(|(i, row)| row.iter().map(|x| x + noise * (i % 5) as f32).collect()).collect();
            let queries = rows.concat();
            let exclude: Vec<Vec<u32>> = (0..rows.len() as u32).map(|row| vec![row]).collect();
            let table = table(&rows);
            for metric in Metric::ALL {
                let batch = nearest_batch(&table, &queries, k, metric, &exclude, &Unwatched).unwrap();
                for (row, found) in batch.iter().enumerate() {
                    prop_assert_eq!(found, &of_row(&table, row, k, metric, &Unwatched).unwrap());
                }
            }
        }
    }

    #[test]
    fn many_blocks_agree_with_brute_force() {
        let dims = 1_000;
        let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0;
        let rows: Vec<Vec<f32>> =
            (0..1_500).map(|row| (0..dims).map(|column| value(row * dims + column)).collect()).collect();
        let queries = rows[..70].concat();
        let table = table(&rows);
        for metric in Metric::ALL {
            let batch = nearest_batch(&table, &queries, 5, metric, &[], &Unwatched).unwrap();
            assert_eq!(batch.len(), 70, "more queries than one batch holds");
            for (row, found) in batch.iter().enumerate() {
                assert_eq!(
                    *found,
                    brute_force(&table, &table.row(row), 5, metric, &[]),
                    "{metric}, row {row}"
                );
            }
        }
    }

    #[test]
    fn rows_beyond_the_reach_of_f32_are_ranked_without_a_panic() {
        let table = table(&[vec![1e30, 1e30], vec![-1e30, 1e30], vec![0.0, 0.0], vec![1.0, 1.0]]);
        for metric in Metric::ALL {
            let single = nearest(&table, &[1e30, 2e30], 4, metric, &[], &Unwatched).unwrap();
            assert_eq!(single.len(), 4);
            assert!(single.iter().all(|neighbor| neighbor.score.is_finite()));
            let batch = nearest_batch(&table, &[1e30, 2e30], 4, metric, &[], &Unwatched).unwrap();
            assert_eq!(batch[0], single);
        }
    }

    #[test]
    fn cancelled_work_says_so() {
        struct Unwanted;
        impl Progress for Unwanted {
            fn report(&self, _fraction: f32) {}
            fn is_cancelled(&self) -> bool {
                true
            }
        }
        let table = table(&[vec![1.0], vec![2.0]]);
        assert_eq!(of_row(&table, 0, 1, Metric::Cosine, &Unwanted), Err(Cancelled));
        assert_eq!(nearest_batch(&table, &[1.0], 1, Metric::Dot, &[], &Unwanted), Err(Cancelled));
    }
}
