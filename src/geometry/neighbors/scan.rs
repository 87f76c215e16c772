//! Reading a whole table, in parallel, for the best of its rows.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::geometry::ranking::{Best, Floor};
use crate::geometry::rows::Counter;
use crate::progress::{Cancelled, Progress};

/// The numbers that one task reads before it asks whether it is still wanted: 1 MB of them.
const NUMBERS_PER_BLOCK: usize = 1 << 18;

/// How many rows of `dims` numbers are read at a time.
pub(super) fn step(dims: usize) -> usize {
    (NUMBERS_PER_BLOCK / dims.max(1)).max(1)
}

/// Goes through `rows` rows, `step` by `step`. As many workers as there are threads take the next rows in turn: each knows
/// the best of a good part of the table, and is hardly ever taken in by rows that are only the best for miles around.
///
/// `look` gets the rows to look at, working space, the best of its worker so far, one for each of `queries` queries, which
/// it adds to, and for each query the [`Floor`] that all workers share.
pub(super) fn scan<W: Default>(
    rows: usize,
    step: usize,
    queries: usize,
    k: usize,
    progress: &dyn Progress,
    look: impl Fn(Range<usize>, &mut W, &mut [Best], &[Floor]) + Sync,
) -> Result<Vec<Best>, Cancelled> {
    let (next, done) = (AtomicUsize::new(0), Counter::new(rows, progress));
    let floors: Vec<Floor> = (0..queries).map(|_| Floor::default()).collect();
    (0..rayon::current_num_threads().min(rows.div_ceil(step)))
        .into_par_iter()
        .with_max_len(1)
        .map(|_| {
            let mut space = W::default();
            let mut best: Vec<Best> = (0..queries).map(|_| Best::new(k)).collect();
            loop {
                let first = next.fetch_add(step, Ordering::Relaxed);
                if first >= rows {
                    return Ok(best);
                }
                progress.check()?;
                let range = first..(first + step).min(rows);
                let count = range.len();
                look(range, &mut space, &mut best, &floors);
                done.add(count);
            }
        })
        .try_reduce(Vec::new, |left, right| Ok(merge(left, right)))
}

/// Joins the best that two workers found, query by query.
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
