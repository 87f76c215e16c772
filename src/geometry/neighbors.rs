//! The nearest rows, found exactly: every row is looked at.
//!
//! One query is a scan at the speed of memory. Many queries are first scored together as matrix products, which read
//! the table once for all of them; a row that might be among the best is then scored in just the way of a single
//! query, so that both give the very same answers.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering as Atomic};

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::arithmetic::norm;
use super::metric::Metric;
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
    let best = scan(table, progress, |range, values| {
        let mut best = Best::new(k);
        for (row, values) in range.zip(values.chunks_exact(table.dims().max(1))) {
            best.offer(row as u32, query.key(values, norm_of(norms, row)), &query.exclude);
        }
        vec![best]
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
        let best = scan(table, &part, |range, values| score_batch(&batch, numbers, k, range, values, norms))?;
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

    /// The highest key that a row may have whose product with the query came out as `product` in a matrix product,
    /// which may round in another order than [`Query::key`]. `slack` is the relative error that both may have.
    fn ceiling(&self, product: f32, row_norm: f32, slack: f32) -> f32 {
        let lengths = self.norm * row_norm;
        if !(product.is_finite() && lengths.is_finite()) {
            return f32::INFINITY;
        }
        match self.metric {
            Metric::Cosine if lengths == 0.0 => 0.0,
            Metric::Cosine => product / lengths + slack,
            Metric::Dot => product + slack * lengths,
            Metric::Euclidean => {
                let squares = self.norm * self.norm + row_norm * row_norm;
                -(squares - 2.0 * product - 2.0 * slack * squares).max(0.0).sqrt() * (1.0 - slack)
            }
        }
    }
}

/// The best rows of one block for each query: by matrix product first, and exactly where that leaves a doubt.
fn score_batch(
    queries: &[Query],
    numbers: &[f32],
    k: usize,
    range: Range<usize>,
    values: &[f32],
    norms: &[f32],
) -> Vec<Best> {
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
    let score = |(query, products): (&Query, &[f32])| {
        let mut best = Best::new(k);
        for (i, &product) in products.iter().enumerate() {
            let row = range.start + i;
            if query.ceiling(product, norms[row], slack) >= best.threshold {
                let key = query.key(&values[i * dims..(i + 1) * dims], norms[row]);
                best.offer(row as u32, key, &query.exclude);
            }
        }
        best
    };
    queries.iter().zip(products.chunks_exact(rows)).map(score).collect()
}

/// Reads the whole table in blocks, in parallel, and puts together what `look` finds in each.
fn scan(
    table: &Table,
    progress: &dyn Progress,
    look: impl Fn(Range<usize>, &[f32]) -> Vec<Best> + Sync,
) -> Result<Vec<Best>, Cancelled> {
    let rows = table.rows();
    let step = (NUMBERS_PER_BLOCK / table.dims().max(1)).max(1);
    let done = AtomicUsize::new(0);
    (0..rows.div_ceil(step))
        .into_par_iter()
        .map_init(Vec::new, |buffer, block| {
            progress.check()?;
            let range = block * step..((block + 1) * step).min(rows);
            let count = range.len();
            let found = look(range.clone(), table.block(range, buffer));
            progress.report((done.fetch_add(count, Atomic::Relaxed) + count) as f32 / rows as f32);
            Ok(found)
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

/// A row with its key; greater is *worse*, so that a heap keeps its worst on top.
#[derive(PartialEq)]
struct Candidate {
    key: f32,
    row: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        // Adding 0 turns −0 into 0: the two are equal scores and must be ranked by row.
        (other.key + 0.0).total_cmp(&(self.key + 0.0)).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The k best rows seen so far.
struct Best {
    k: usize,
    heap: BinaryHeap<Candidate>,
    /// The key below which no row can enter any more.
    threshold: f32,
}

impl Best {
    fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::new(), threshold: f32::NEG_INFINITY }
    }

    /// Takes a row in if it is good enough and not among the `excluded`, which are sorted.
    fn offer(&mut self, row: u32, key: f32, excluded: &[u32]) {
        if key < self.threshold || excluded.binary_search(&row).is_ok() {
            return;
        }
        let candidate = Candidate { key, row };
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
        if self.heap.len() == self.k {
            self.threshold = self.heap.peek().map_or(f32::NEG_INFINITY, |worst| worst.key);
        }
    }

    /// The rows from nearest to farthest, with scores as `metric` gives them.
    fn ranked(self, metric: Metric) -> Vec<Neighbor> {
        let score = |key: f32| if metric.ascending() { -key } else { key } + 0.0;
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|candidate| Neighbor { row: candidate.row, score: score(candidate.key) })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::Unwatched;

    fn table(rows: Vec<Vec<f32>>) -> Table {
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
            let table = table(rows);
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
            let table = table(rows);
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
        let table = table(rows);
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
        let table = table(vec![vec![1e30, 1e30], vec![-1e30, 1e30], vec![0.0, 0.0], vec![1.0, 1.0]]);
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
        let table = table(vec![vec![1.0], vec![2.0]]);
        assert_eq!(of_row(&table, 0, 1, Metric::Cosine, &Unwanted), Err(Cancelled));
        assert_eq!(nearest_batch(&table, &[1.0], 1, Metric::Dot, &[], &Unwanted), Err(Cancelled));
    }
}
