//! The numbers of a table, kept as their file stores them and widened to `f32` when they are read.

use std::borrow::Cow;
use std::ops::Range;

use half::slice::HalfFloatSliceExt;
use rayon::prelude::*;

use super::table::DType;
use crate::files::Bytes;
use crate::progress::{Cancelled, Progress};

/// How many rows are looked at between two questions whether the work is still wanted, at most.
const ROWS_AT_ONCE: usize = 4096;

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
    /// Little-endian numbers among the bytes of a file.
    Stored { bytes: Bytes, dtype: DType, place: Place },
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
    /// the end of `bytes`.
    #[must_use]
    pub fn contiguous(bytes: Bytes, dtype: DType, start: usize, rows: usize, dims: usize) -> Option<Self> {
        let end = dims.checked_mul(dtype.size())?.checked_mul(rows)?.checked_add(start)?;
        (dims > 0 && end <= bytes.len()).then(|| Self {
            storage: Storage::Stored { bytes, dtype, place: Place::Contiguous { start, rows } },
            dims,
        })
    }

    /// Rows of little-endian numbers that begin at the given byte offsets. `None` if one reaches beyond the end.
    #[must_use]
    pub fn scattered(bytes: Bytes, dtype: DType, offsets: Vec<u64>, dims: usize) -> Option<Self> {
        let size = dims.checked_mul(dtype.size())? as u64;
        let end = bytes.len() as u64;
        let fits = |&offset: &u64| offset.checked_add(size).is_some_and(|reached| reached <= end);
        (dims > 0 && offsets.iter().all(fits)).then(|| Self {
            storage: Storage::Stored { bytes, dtype, place: Place::Scattered(offsets) },
            dims,
        })
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

    /// Rows `range` as they lie in memory, if they lie there as `f32`, one after another and aligned.
    fn in_place(&self, range: Range<usize>) -> Option<&[f32]> {
        match &self.storage {
            Storage::Owned(values) => Some(&values[range.start * self.dims..range.end * self.dims]),
            Storage::Stored { dtype: DType::F32, place, .. }
                if cfg!(target_endian = "little")
                    && (range.len() == 1 || matches!(place, Place::Contiguous { .. })) =>
            {
                bytemuck::try_cast_slice(self.stored(range)).ok()
            }
            Storage::Stored { .. } => None,
        }
    }

    /// The bytes of rows `range`, which are one row unless rows follow one another.
    fn stored(&self, range: Range<usize>) -> &[u8] {
        let Storage::Stored { bytes, dtype, place } = &self.storage else { return &[] };
        let size = self.dims * dtype.size();
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
        self.in_place(row..row + 1).map_or_else(
            || {
                let mut values = vec![0.0; self.dims];
                widen(self.stored(row..row + 1), self.dtype(), &mut values);
                Cow::Owned(values)
            },
            Cow::Borrowed,
        )
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
        if let Some(values) = self.in_place(range.clone()) {
            return values;
        }
        buffer.resize(range.len() * self.dims, 0.0);
        for (row, values) in range.zip(buffer.chunks_exact_mut(self.dims)) {
            widen(self.stored(row..row + 1), self.dtype(), values);
        }
        buffer
    }

    /// The Euclidean length of every row; infinite or NaN for rows that hold such numbers, and only for those.
    /// Reads all rows once, in parallel, and gives the pages of a mapped file back as it goes.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn norms(&self, progress: &dyn Progress) -> Result<Vec<f32>, Cancelled> {
        let row_size = self.dims * self.dtype().size();
        let at_once = (BYTES_AT_ONCE / row_size).max(1);
        let split = (ROWS_AT_ONCE * 64 / self.dims).clamp(1, ROWS_AT_ONCE);
        let mut norms = Vec::with_capacity(self.count());
        while norms.len() < self.count() {
            progress.check()?;
            let range = norms.len()..(norms.len() + at_once).min(self.count());
            norms.par_extend(range.clone().into_par_iter().with_min_len(split).map_init(
                Vec::new,
                |buffer, row| {
                    if progress.is_cancelled() { 0.0 } else { norm(self.block(row..row + 1, buffer)) }
                },
            ));
            self.release(range);
            progress.report(norms.len() as f32 / self.count() as f32);
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
        let (count, dims) = (self.count(), self.dims);
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
            Storage::Stored { dtype, place, .. } => {
                let size = dims * dtype.size();
                let offsets = match &*place {
                    Place::Contiguous { start, .. } => kept.map(|row| (start + row * size) as u64).collect(),
                    Place::Scattered(offsets) => kept.map(|row| offsets[row]).collect(),
                };
                *place = Place::Scattered(offsets);
            }
        }
        self
    }

    /// The memory of our own that the rows take; a mapped file takes none.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        match &self.storage {
            Storage::Owned(values) => values.capacity() * size_of::<f32>(),
            Storage::Stored { bytes, place, .. } => {
                let offsets = if let Place::Scattered(offsets) = place { offsets.capacity() } else { 0 };
                bytes.bytes_in_memory() + offsets * size_of::<u64>()
            }
        }
    }
}

/// The Euclidean length of one row. Sums in `f64`, in eight lanes: lengths neither overflow nor lose digits.
fn norm(row: &[f32]) -> f32 {
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

/// Reads little-endian numbers, at any alignment, as `f32`.
fn widen(bytes: &[u8], dtype: DType, values: &mut [f32]) {
    match dtype {
        DType::F32 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_le_bytes(*bytes);
            }
        }
        DType::F16 => match bytemuck::try_cast_slice::<u8, half::f16>(bytes) {
            Ok(halves) if cfg!(target_endian = "little") => halves.convert_to_f32_slice(values),
            _ => {
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = half::f16::from_le_bytes(*bytes).to_f32();
                }
            }
        },
        DType::Bf16 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16);
            }
        }
        DType::F64 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f64::from_le_bytes(*bytes) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// Numbers that every type holds exactly.
    const VALUES: [f32; 6] = [0.5, -2.0, 0.0, 1.25, -0.75, 3.0];

    fn stored(dtype: DType) -> Vec<u8> {
        VALUES
            .iter()
            .flat_map(|&x| match dtype {
                DType::F32 => x.to_le_bytes().to_vec(),
                DType::F16 => half::f16::from_f32(x).to_le_bytes().to_vec(),
                DType::Bf16 => half::bf16::from_f32(x).to_le_bytes().to_vec(),
                DType::F64 => f64::from(x).to_le_bytes().to_vec(),
            })
            .collect()
    }

    #[test]
    fn every_type_reads_the_same_at_every_alignment() {
        for dtype in [DType::F32, DType::F16, DType::Bf16, DType::F64] {
            for shift in 0..8 {
                let mut bytes = vec![0xFF; shift];
                bytes.extend(stored(dtype));
                let rows = Rows::contiguous(bytes.clone().into(), dtype, shift, 3, 2).unwrap();
                let mut buffer = Vec::new();
                assert_eq!(rows.block(0..3, &mut buffer), VALUES, "{dtype:?} shifted by {shift}");
                assert_eq!(*rows.row(2), VALUES[4..], "{dtype:?} shifted by {shift}");
                let size = 2 * dtype.size() as u64;
                let offsets = vec![shift as u64 + 2 * size, shift as u64];
                let rows = Rows::scattered(bytes.into(), dtype, offsets, 2).unwrap();
                assert_eq!(rows.block(0..2, &mut buffer), [-0.75, 3.0, 0.5, -2.0]);
            }
        }
    }

    #[test]
    fn rows_beyond_the_end_are_refused() {
        let bytes = Bytes::from(vec![0; 15]);
        assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, 2, 2).is_none());
        assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, usize::MAX, 2).is_none());
        assert!(Rows::contiguous(bytes.clone(), DType::F32, 0, 2, usize::MAX).is_none());
        assert!(Rows::scattered(bytes, DType::F32, vec![0, u64::MAX - 2], 2).is_none());
    }

    #[test]
    fn dropping_rows_keeps_the_others_in_order() {
        for rows in [
            Rows::owned(VALUES.to_vec(), 2),
            Rows::contiguous(stored(DType::F16).into(), DType::F16, 0, 3, 2).unwrap(),
            Rows::scattered(stored(DType::F64).into(), DType::F64, vec![0, 16, 32], 2).unwrap(),
        ] {
            let kept = rows.without(&[1]);
            assert_eq!(kept.count(), 2);
            assert_eq!(kept.block(0..2, &mut Vec::new()), [0.5, -2.0, -0.75, 3.0]);
        }
    }

    #[test]
    fn lengths_are_finite_exactly_where_rows_are() {
        let mut values = vec![0.0_f32; 40];
        values[0] = 3.0;
        values[9] = 4.0;
        values[10] = f32::MAX;
        values[11] = f32::MAX;
        values[25] = f32::NAN;
        values[33] = f32::NEG_INFINITY;
        let norms = Rows::owned(values, 10).norms(&Unwatched).unwrap();
        assert_eq!(norms[0], 5.0);
        assert_eq!(norms[1], f32::MAX);
        assert!(norms[2].is_nan() && norms[3].is_infinite());
    }
}
