//! Reading a whole table, in parallel, for the best of its rows.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::geometry::ranking::{Best, Shared};
use crate::geometry::rows::Counter;
use crate::progress::{Cancelled, Progress};

/// The numbers that one task reads before it asks whether it is still wanted: 1 MB of them.
const NUMBERS_PER_BLOCK: usize = 1 << 18;

/// How many rows of `dims` numbers are read at a time.
pub(super) fn step(dims: usize) -> usize {
    (NUMBERS_PER_BLOCK / dims.max(1)).max(1)
}

/// Goes through `rows` rows, `step` by `step`. As many workers as there are threads take the next rows in turn, and all add to
/// the same best rows: none is taken in by rows that are only the best for miles around.
///
/// `look` gets the rows to look at, working space, and the best so far, one for each of `queries` queries, which it adds to.
pub(super) fn scan<W: Default>(
    rows: usize,
    step: usize,
    queries: usize,
    k: usize,
    progress: &dyn Progress,
    look: impl Fn(Range<usize>, &mut W, &[Shared]) + Sync,
) -> Result<Vec<Best>, Cancelled> {
    let (next, done) = (AtomicUsize::new(0), Counter::new(rows, progress));
    let best: Vec<Shared> = (0..queries).map(|_| Shared::new(k)).collect();
    (0..rayon::current_num_threads().min(rows.div_ceil(step))).into_par_iter().with_max_len(1).try_for_each(
        |_| {
            let mut space = W::default();
            loop {
                let first = next.fetch_add(step, Ordering::Relaxed);
                if first >= rows {
                    return Ok(());
                }
                progress.check()?;
                let range = first..(first + step).min(rows);
                let count = range.len();
                look(range, &mut space, &best);
                done.add(count);
            }
        },
    )?;
    Ok(best.into_iter().map(Shared::into_best).collect())
}
