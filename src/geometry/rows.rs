//! Rows made ready for arithmetic: to unit length if asked, shifted, scaled, block after block.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// How rows are changed before they are used: `(row / |row| if normalize − shift) × scale`.
#[derive(Debug, Clone)]
pub(super) struct Preparation {
    pub normalize: bool,
    /// What is taken from every row: d numbers, or none at all.
    pub shift: Vec<f32>,
    pub scale: f32,
    /// Whether numbers that are not finite after all this become 0.
    pub finite_only: bool,
}

impl Preparation {
    /// Leaves rows as they are, or makes their length 1.
    pub fn new(normalize: bool) -> Self {
        Self { normalize, shift: Vec::new(), scale: 1.0, finite_only: false }
    }

    /// The factor that makes a row of length `norm` a unit row; rows without a length become zero.
    pub fn factor(norm: f32) -> f32 {
        if norm > f32::MIN_POSITIVE && norm.is_finite() { norm.recip() } else { 0.0 }
    }

    /// Prepares one row of length `norm`. A row that is not finite becomes zero: where `shift` is the mean, it lies there
    /// and adds nothing to any sum.
    pub fn prepare(&self, row: &[f32], norm: f32, prepared: &mut [f32]) {
        if !norm.is_finite() {
            return prepared.fill(0.0);
        }
        let factor = if self.normalize { Self::factor(norm) } else { 1.0 };
        if self.shift.is_empty() {
            prepared.iter_mut().zip(row).for_each(|(out, x)| *out = x * factor * self.scale);
        } else {
            let pairs = row.iter().zip(&self.shift);
            prepared
                .iter_mut()
                .zip(pairs)
                .for_each(|(out, (x, shift))| *out = (x * factor - shift) * self.scale);
        }
        if self.finite_only {
            // Written for all, because a choice vectorizes and a filter does not.
            for x in &mut *prepared {
                *x = if x.is_finite() { *x } else { 0.0 };
            }
        }
    }

    /// The rows `range` of `table`, prepared, in `prepared`. `raw` is working space.
    pub fn read(&self, table: &Table, range: Range<usize>, raw: &mut Vec<f32>, prepared: &mut Vec<f32>) {
        // Before the block: what the table knows of rows that are not finite, it knows from their lengths.
        let norms = &table.norms()[range.clone()];
        let block = table.block(range, raw);
        prepared.resize(block.len(), 0.0);
        let dims = table.dims().max(1);
        let rows = block.chunks_exact(dims).zip(prepared.chunks_exact_mut(dims));
        rows.zip(norms).for_each(|((row, prepared), &norm)| self.prepare(row, norm, prepared));
    }
}

/// How many rows of a table are finite: those that count where rows are averaged.
pub(super) fn finite_rows(table: &Table) -> usize {
    table.norms().iter().filter(|norm| norm.is_finite()).count()
}

/// Working space that a thread keeps from block to block.
#[derive(Default)]
pub(super) struct Buffers {
    pub raw: Vec<f32>,
    pub prepared: Vec<f32>,
}

/// Counts the rows that many threads have done, and reports them.
pub(super) struct Counter<'a> {
    done: AtomicUsize,
    rows: usize,
    progress: &'a dyn Progress,
}

impl<'a> Counter<'a> {
    pub fn new(rows: usize, progress: &'a dyn Progress) -> Self {
        Self { done: AtomicUsize::new(0), rows, progress }
    }

    /// Says that `count` more rows are done.
    pub fn add(&self, count: usize) {
        let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
        self.progress.report(done as f32 / self.rows.max(1) as f32);
    }
}

/// Fills `out`, which has `width` numbers for each row, block by block and in parallel: `fill` gets a stretch of rows
/// and the part of `out` that belongs to it.
pub(super) fn fill_by_blocks<T: Send>(
    rows: usize,
    step: usize,
    width: usize,
    out: &mut [T],
    progress: &dyn Progress,
    fill: impl Fn(&mut Buffers, Range<usize>, &mut [T]) + Sync,
) -> Result<(), Cancelled> {
    if width == 0 || rows == 0 {
        return Ok(());
    }
    let done = Counter::new(rows, progress);
    out.par_chunks_mut(step * width).enumerate().try_for_each_init(
        Buffers::default,
        |buffers, (block, part)| {
            progress.check()?;
            let first = block * step;
            let count = part.len() / width;
            fill(buffers, first..first + count, part);
            done.add(count);
            Ok(())
        },
    )
}

/// The rows `chosen` of `table` as one matrix, row after row: unit length if `normalize`, and always finite, because
/// those that are not become zero.
pub(super) fn gather(
    table: &Table,
    chosen: &[u32],
    normalize: bool,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Cancelled> {
    let dims = table.dims();
    let preparation = Preparation { finite_only: true, ..Preparation::new(normalize) };
    let norms = table.norms_with(progress)?;
    let mut matrix = vec![0.0; chosen.len() * dims];
    fill_by_blocks(chosen.len(), 256, dims, &mut matrix, progress, |_, range, part| {
        for (target, &row) in part.chunks_exact_mut(dims).zip(&chosen[range]) {
            preparation.prepare(&table.row(row as usize), norms[row as usize], target);
        }
    })?;
    Ok(matrix)
}

/// The mean of about a thousand rows, spread evenly: near enough to the mean that squares around it lose nothing. Rows
/// that are not finite do not count.
pub(super) fn sample_mean(table: &Table, normalize: bool) -> Vec<f32> {
    let stride = table.rows().div_ceil(1_024).max(1);
    let preparation = Preparation { finite_only: true, ..Preparation::new(normalize) };
    let mut buffers = Buffers::default();
    let mut mean = vec![0.0_f64; table.dims()];
    let mut count = 0_usize;
    for row in (0..table.rows()).step_by(stride) {
        preparation.read(table, row..row + 1, &mut buffers.raw, &mut buffers.prepared);
        count += usize::from(table.norms()[row].is_finite());
        mean.iter_mut().zip(&buffers.prepared).for_each(|(mean, &x)| *mean += f64::from(x));
    }
    mean.into_iter().map(|sum| (sum / count.max(1) as f64) as f32).collect()
}

/// Some rows of a table as a table of their own, without names.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn table_of(table: &Table, rows: &[u32], progress: &dyn Progress) -> Result<Table, Cancelled> {
    let values = gather(table, rows, false, progress)?;
    Ok(Table::from_f32(vec![String::new(); rows.len()], values, table.dims()))
}

/// At most `most` of the rows 0 to `rows` − 1, ascending and the same for the same seed; all of them if they are no more.
pub(super) fn sample(rows: usize, most: usize, seed: u64) -> Vec<u32> {
    if rows <= most {
        return (0..rows as u32).collect();
    }
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    let mut chosen: Vec<u32> =
        rand::seq::index::sample(&mut random, rows, most).into_iter().map(|row| row as u32).collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    #[test]
    fn rows_are_made_unit_shifted_and_scaled_in_that_order() {
        let table = Table::from_f32(vec!["a".into(), "zero".into()], vec![3.0, 4.0, 0.0, 0.0], 2);
        let preparation = Preparation { shift: vec![0.5, 0.5], scale: 10.0, ..Preparation::new(true) };
        let (mut raw, mut prepared) = (Vec::new(), Vec::new());
        preparation.read(&table, 0..2, &mut raw, &mut prepared);
        for (found, expected) in prepared.iter().zip([1.0, 3.0, -5.0, -5.0]) {
            assert!((found - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn gathered_rows_are_finite_and_in_the_order_asked_for() {
        let table = Table::from_f32(
            vec!["a".into(), "b".into(), "c".into()],
            vec![1.0, 2.0, f32::NAN, 1.0, 5.0, 6.0],
            2,
        );
        assert_eq!(gather(&table, &[2, 1, 0], false, &Unwatched).unwrap(), [5.0, 6.0, 0.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_sample_is_ascending_without_repeats_and_repeatable() {
        assert_eq!(sample(3, 5, 0), [0, 1, 2]);
        let chosen = sample(1_000, 100, 7);
        assert!(chosen.len() == 100 && chosen.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(chosen, sample(1_000, 100, 7));
        assert_ne!(chosen, sample(1_000, 100, 8));
    }
}
