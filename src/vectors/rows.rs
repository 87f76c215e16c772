//! The numbers of a table, kept as their file stores them and widened to `f32` when they are read.
//!
//! Rows of a mapped file that was shortened since (see [`crate::files::map`]) read as zeros: [`Rows::is_whole`] tells.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::dtype::DType;
use super::widen::widen;
use crate::files::Bytes;
use crate::progress::{Cancelled, Progress};

/// How many rows are looked at between two questions whether the work is still wanted, at most.
const ROWS_AT_ONCE: usize = 4096;

/// How many numbers are widened at a time: 1 MB of them.
const NUMBERS_AT_ONCE: usize = 1 << 18;

/// How many bytes of a file are scanned before their pages are given back to the system.
const BYTES_AT_ONCE: usize = 64 << 20;

/// V rows of d numbers each, in one of several storages.
#[derive(Debug)]
pub struct Rows {
    storage: Storage,
    dims: usize,
}

#[derive(Debug)]
enum Storage {
    /// Numbers in memory, row after row.
    Owned(Vec<f32>),
    /// Little-endian numbers among the bytes of a file, times a scale of their row if there is one: none at all, one for
    /// all rows, or one a row.
    Stored { bytes: Bytes, dtype: DType, place: Place, scales: Vec<f32> },
}

/// Where the rows of a file lie.
#[derive(Debug)]
enum Place {
    /// One after another.
    Contiguous { start: usize, rows: usize },
    /// Each at its own byte offset, not necessarily aligned.
    Scattered(Vec<u64>),
}

impl Rows {
    /// Rows in memory, one after another.
    ///
    /// # Panics
    /// If `values` is not a whole number of rows.
    #[must_use]
    pub fn owned(values: Vec<f32>, dims: usize) -> Self {
        assert!(dims > 0 && values.len().is_multiple_of(dims), "whole rows of {dims} numbers");
        Self { storage: Storage::Owned(values), dims }
    }

    /// `rows` rows of little-endian numbers that follow one another from byte `start` on. `None` if they reach beyond
    /// the end of `bytes`, or if `dims` numbers are no whole number of blocks.
    #[must_use]
    pub fn contiguous(bytes: Bytes, dtype: DType, start: usize, rows: usize, dims: usize) -> Option<Self> {
        let end = dtype.row_bytes(dims)?.checked_mul(rows)?.checked_add(start)?;
        let place = Place::Contiguous { start, rows };
        (dims > 0 && end <= bytes.len()).then(|| Self::stored_at(bytes, dtype, place, dims))
    }

    /// Rows of little-endian numbers that begin at the given byte offsets. `None` if one reaches beyond the end, or if
    /// `dims` numbers are no whole number of blocks.
    #[must_use]
    pub fn scattered(bytes: Bytes, dtype: DType, offsets: Vec<u64>, dims: usize) -> Option<Self> {
        let size = dtype.row_bytes(dims)? as u64;
        let end = bytes.len() as u64;
        let fits = |&offset: &u64| offset.checked_add(size).is_some_and(|reached| reached <= end);
        (dims > 0 && offsets.iter().all(fits))
            .then(|| Self::stored_at(bytes, dtype, Place::Scattered(offsets), dims))
    }

    fn stored_at(bytes: Bytes, dtype: DType, place: Place, dims: usize) -> Self {
        Self { storage: Storage::Stored { bytes, dtype, place, scales: Vec::new() }, dims }
    }

    /// The same rows, each times its scale: one for all rows, or one a row. `None` if there is another number of scales,
    /// or if the rows are in memory.
    #[must_use]
    pub fn with_scales(mut self, new: Vec<f32>) -> Option<Self> {
        let count = self.count();
        let Storage::Stored { scales, .. } = &mut self.storage else { return None };
        *scales = new;
        (scales.len() == 1 || scales.len() == count).then_some(self)
    }

    /// Whether all numbers are still there: a mapped file may have been shortened since it was opened, and its rows then
    /// read as zeros. Once false, always false.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match &self.storage {
            Storage::Owned(_) => true,
            Storage::Stored { bytes, .. } => bytes.is_whole(),
        }
    }

    /// The bytes that a row takes as it is stored.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.dtype().row_bytes(self.dims).expect("checked when the rows were made")
    }

    /// V, the number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        match &self.storage {
            Storage::Owned(values) => values.len() / self.dims,
            Storage::Stored { place: Place::Contiguous { rows, .. }, .. } => *rows,
            Storage::Stored { place: Place::Scattered(offsets), .. } => offsets.len(),
        }
    }

    /// d, the numbers in a row.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How the numbers are stored.
    #[must_use]
    pub fn dtype(&self) -> DType {
        match &self.storage {
            Storage::Owned(_) => DType::F32,
            Storage::Stored { dtype, .. } => *dtype,
        }
    }

    /// Whether the rows are those of a file, widened when they are wanted.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        matches!(self.storage, Storage::Stored { .. })
    }

    /// Whether the rows lie in a mapped file.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(&self.storage, Storage::Stored { bytes, .. } if bytes.is_mapped())
    }

    /// Rows `range` as they lie in memory, if they lie there as `f32`, one after another and aligned.
    fn in_place(&self, range: Range<usize>) -> Option<&[f32]> {
        match &self.storage {
            Storage::Owned(values) => Some(&values[range.start * self.dims..range.end * self.dims]),
            Storage::Stored { dtype: DType::F32, place, scales, .. }
                if cfg!(target_endian = "little")
                    && scales.is_empty()
                    && (range.len() == 1 || matches!(place, Place::Contiguous { .. })) =>
            {
                bytemuck::try_cast_slice(self.stored(range)).ok()
            }
            Storage::Stored { .. } => None,
        }
    }

    /// The bytes of rows `range`, which are one row unless rows follow one another.
    fn stored(&self, range: Range<usize>) -> &[u8] {
        let Storage::Stored { bytes, place, .. } = &self.storage else { return &[] };
        let size = self.row_bytes();
        let start = match place {
            Place::Contiguous { start, .. } => start + range.start * size,
            Place::Scattered(offsets) => offsets[range.start] as usize,
        };
        &bytes[start..start + range.len() * size]
    }

    /// One row as `f32`.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> Cow<'_, [f32]> {
        assert!(row < self.count(), "row {row} of {}", self.count());
        let whole = self.is_whole();
        if let Some(values) = self.in_place(row..row + 1).filter(|_| whole) {
            return Cow::Borrowed(values);
        }
        let mut values = vec![0.0; self.dims];
        if whole {
            self.widen_row(row, &mut values);
        }
        Cow::Owned(values)
    }

    /// Widens one stored row into `values`.
    fn widen_row(&self, row: usize, values: &mut [f32]) {
        widen(self.stored(row..row + 1), self.dtype(), values);
        let Storage::Stored { scales, .. } = &self.storage else { return };
        if let Some(&scale) = scales.get(if scales.len() == 1 { 0 } else { row }) {
            for value in values {
                *value *= scale;
            }
        }
    }

    /// Rows `range` one after another, `range.len()` × d numbers: borrowed, or widened into `buffer`.
    ///
    /// # Panics
    /// If `range` reaches beyond the last row.
    pub fn block<'a>(&'a self, range: Range<usize>, buffer: &'a mut Vec<f32>) -> &'a [f32] {
        assert!(range.start <= range.end && range.end <= self.count(), "rows {range:?} of {}", self.count());
        if range.is_empty() {
            return &[];
        }
        if !self.is_whole() {
            buffer.clear();
            buffer.resize(range.len() * self.dims, 0.0);
            return buffer;
        }
        if let Some(values) = self.in_place(range.clone()) {
            return values;
        }
        buffer.resize(range.len() * self.dims, 0.0);
        for (row, values) in range.zip(buffer.chunks_exact_mut(self.dims)) {
            self.widen_row(row, values);
        }
        buffer
    }

    /// The Euclidean length of every row; infinite or NaN for rows that hold such numbers, and only for those.
    /// Reads all rows once, in parallel, and gives the pages of a mapped file back as it goes.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn norms(&self, progress: &dyn Progress) -> Result<Vec<f32>, Cancelled> {
        let at_once = (BYTES_AT_ONCE / self.row_bytes()).max(1);
        let split = (NUMBERS_AT_ONCE / self.dims).clamp(1, ROWS_AT_ONCE);
        let mut norms = vec![0.0; self.count()];
        for first in (0..norms.len()).step_by(at_once) {
            progress.check()?;
            let range = first..(first + at_once).min(self.count());
            norms[range.clone()].par_chunks_mut(split).enumerate().for_each_init(
                Vec::new,
                |buffer, (part, norms)| {
                    if progress.is_cancelled() {
                        return;
                    }
                    let first = first + part * split;
                    let rows = self.block(first..first + norms.len(), buffer).chunks_exact(self.dims);
                    norms.iter_mut().zip(rows).for_each(|(length, row)| *length = norm(row));
                },
            );
            progress.report(range.end as f32 / norms.len() as f32);
            self.release(range);
        }
        progress.check()?;
        Ok(norms)
    }

    /// Gives the pages of rows `range` back to the system, if they come from a mapped file.
    fn release(&self, range: Range<usize>) {
        let Storage::Stored { bytes, .. } = &self.storage else { return };
        if bytes.is_mapped() && !range.is_empty() {
            let base = bytes.as_ptr() as usize;
            let first = self.stored(range.start..range.start + 1);
            let last = self.stored(range.end - 1..range.end);
            bytes.release(first.as_ptr() as usize - base..last.as_ptr() as usize + last.len() - base);
        }
    }

    /// The rows without those in `dropped`, which ascend.
    #[must_use]
    pub fn without(mut self, dropped: &[usize]) -> Self {
        if dropped.is_empty() {
            return self;
        }
        let (count, dims, size) = (self.count(), self.dims, self.row_bytes());
        let mut drops = dropped.iter().copied().peekable();
        let kept = (0..count).filter(|row| drops.next_if_eq(row).is_none());
        match &mut self.storage {
            Storage::Owned(values) => {
                let mut to = 0;
                for row in kept {
                    values.copy_within(row * dims..(row + 1) * dims, to * dims);
                    to += 1;
                }
                values.truncate(to * dims);
            }
            Storage::Stored { place, scales, .. } => {
                let kept: Vec<usize> = kept.collect();
                let offsets = match &*place {
                    Place::Contiguous { start, .. } => {
                        kept.iter().map(|row| (start + row * size) as u64).collect()
                    }
                    Place::Scattered(offsets) => kept.iter().map(|&row| offsets[row]).collect(),
                };
                *place = Place::Scattered(offsets);
                if scales.len() == count && count > 1 {
                    *scales = kept.iter().map(|&row| scales[row]).collect();
                }
            }
        }
        self
    }

    /// The memory of our own that the rows take; a mapped file takes none.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        match &self.storage {
            Storage::Owned(values) => values.capacity() * size_of::<f32>(),
            Storage::Stored { bytes, place, scales, .. } => {
                let offsets = if let Place::Scattered(offsets) = place { offsets.capacity() } else { 0 };
                bytes.bytes_in_memory() + offsets * size_of::<u64>() + scales.capacity() * size_of::<f32>()
            }
        }
    }
}

/// The Euclidean length of one row. Sums in `f64`, in eight lanes: lengths neither overflow nor lose digits.
pub(super) fn norm(row: &[f32]) -> f32 {
    let mut sums = [0.0_f64; 8];
    let (lanes, rest) = row.as_chunks::<8>();
    for lane in lanes {
        for (sum, &x) in sums.iter_mut().zip(lane) {
            *sum += f64::from(x) * f64::from(x);
        }
    }
    let rest: f64 = rest.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    let length = (sums.iter().sum::<f64>() + rest).sqrt();
    // A row of huge but finite numbers can be longer than any `f32`; it is not infinite for that.
    if length.is_finite() { length.min(f64::from(f32::MAX)) as f32 } else { length as f32 }
}

#[cfg(test)]
mod tests;
