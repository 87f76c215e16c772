//! Reading a whole table, in parallel, for the best of its rows.

use std::ops::Range;

use rayon::prelude::*;

use crate::geometry::ranking::{Best, Floor};
use crate::geometry::rows::{Buffers, Counter};
use crate::progress::{Cancelled, Progress};

/// The numbers that one task reads before it asks whether it is still wanted: 1 MB of them.
const NUMBERS_PER_BLOCK: usize = 1 << 18;

/// Into how many stretches a table is cut for the threads to share.
const STRETCHES: usize = 64;

/// How many rows of `dims` numbers are read at a time.
pub(super) fn step(dims: usize) -> usize {
    (NUMBERS_PER_BLOCK / dims.max(1)).max(1)
}

/// Goes through `rows` rows, `step` by `step` in a few parallel stretches. `look` gets the rows to look at, working
/// space, the best of its stretch so far, one for each of `queries` queries, which it adds to, and for each query the
/// [`Floor`] that all stretches share.
pub(super) fn scan(
    rows: usize,
    step: usize,
    queries: usize,
    k: usize,
    progress: &dyn Progress,
    look: impl Fn(Range<usize>, &mut Buffers, &mut [Best], &[Floor]) + Sync,
) -> Result<Vec<Best>, Cancelled> {
    let stretch = rows.div_ceil(STRETCHES).next_multiple_of(step);
    let done = Counter::new(rows, progress);
    let floors: Vec<Floor> = (0..queries).map(|_| Floor::default()).collect();
    (0..rows.div_ceil(stretch))
        .into_par_iter()
        .map_init(Buffers::default, |buffers, number| {
            let mut best: Vec<Best> = (0..queries).map(|_| Best::new(k)).collect();
            let end = ((number + 1) * stretch).min(rows);
            for first in (number * stretch..end).step_by(step) {
                progress.check()?;
                let range = first..(first + step).min(end);
                let count = range.len();
                look(range, buffers, &mut best, &floors);
                done.add(count);
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
