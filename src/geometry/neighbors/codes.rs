//! Rows rounded to 8 bits, and a proof of how far off products with them can be.
//!
//! Each row x is rounded to x̂ = c + s·u: a center c that all rows share, a step s of its own, and d whole numbers u from
//! −127 to 127. With it goes e, which is at least |x − x̂|, and a, which is at least |s·u|. A query q is rounded as well, to
//! t·v of whole numbers v, which makes q·x̂ a sum of products of small whole numbers: exact, and made of a quarter of the
//! memory.
//!
//! **No answer is lost.** For every row
//!
//! > q·x = q·c + q·(s·u) + q·(x − x̂) = q·c + s·t·(v·u) + (q − t·v)·(s·u) + q·(x − x̂)
//!
//! and by Cauchy and Schwarz the last two terms are at most |q − t·v| a and |q| e. So
//!
//! > q·x ≤ q·c + s·t·(v·u) + |q − t·v| a + |q| e
//!
//! where everything on the right is known without x; where several queries are compared at once, the largest of their
//! |q − t·v| / |q| stands for all. If even this is less than what q·x would have to be for the row to
//! enter the best k found so far ([`Limit`](super::query::Limit)), the row is passed over; otherwise it is read and
//! scored in the way of the plain scan. A row that ties with the worst of the best is never passed over, so ties are
//! broken by row as ever. What all this rounds away in `f32` is added to e. A row so long or so short that bounds mean
//! nothing (see [`is_tame`]) has an infinite e and is always read.
//!
//! The smaller |x − c| is, the finer are the steps: the center, about the mean of the rows, takes out what large
//! numbers all rows have in common, as those of language models do.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::query::is_tame;
use crate::geometry::arithmetic::norm;

/// Numbers that are rounded side by side.
const LANES: usize = 16;

/// The largest code.
pub(super) const MOST: f32 = 127.0;

/// 1.5 · 2²³: adding it to a small number leaves that number, rounded to the nearest whole one, in the last bits.
const ROUNDING: f32 = 12_582_912.0;

/// c, and its length.
#[derive(Debug)]
pub(in crate::geometry) struct Center {
    pub values: Vec<f32>,
    pub norm: f64,
}

impl Center {
    pub fn new(values: Vec<f32>) -> Self {
        Self { norm: norm(&values), values }
    }

    /// q·c.
    pub fn product(&self, query: &[f32]) -> f64 {
        query.iter().zip(&self.values).map(|(&x, &c)| f64::from(x) * f64::from(c)).sum()
    }
}

/// Rows rounded to 8 bits. What goes with the codes of a row stands in lists of their own, because lists are what
/// vectorizes.
#[derive(Debug, Default)]
pub(super) struct CodedRows {
    /// How many codes each row has, the last of them 0 where there are more than numbers.
    stride: usize,
    /// u, row after row.
    codes: Vec<i8>,
    /// s.
    scales: Vec<f32>,
    /// e.
    errors: Vec<f32>,
    /// a.
    reaches: Vec<f32>,
    /// Σ u.
    sums: Vec<i32>,
}

/// Some of the [`CodedRows`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Coded<'a> {
    pub stride: usize,
    pub codes: &'a [i8],
    pub scales: &'a [f32],
    pub errors: &'a [f32],
    pub reaches: &'a [f32],
    pub sums: &'a [i32],
}

impl CodedRows {
    /// Makes room for `rows` rows.
    pub fn resize(&mut self, rows: usize, stride: usize) {
        self.stride = stride;
        self.codes.resize(rows * stride, 0);
        self.scales.resize(rows, 0.0);
        self.errors.resize(rows, 0.0);
        self.reaches.resize(rows, 0.0);
        self.sums.resize(rows, 0);
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The rows `range`.
    pub fn slice(&self, range: Range<usize>) -> Coded<'_> {
        Coded {
            stride: self.stride,
            codes: &self.codes[range.start * self.stride..range.end * self.stride],
            scales: &self.scales[range.clone()],
            errors: &self.errors[range.clone()],
            reaches: &self.reaches[range.clone()],
            sums: &self.sums[range],
        }
    }

    /// The rows in stretches of `size`, to be written in parallel.
    pub fn stretches_mut(&mut self, size: usize) -> impl IndexedParallelIterator<Item = CodedMut<'_>> {
        let lists = (
            self.codes.par_chunks_mut((size * self.stride).max(1)),
            self.scales.par_chunks_mut(size),
            self.errors.par_chunks_mut(size),
            self.reaches.par_chunks_mut(size),
            self.sums.par_chunks_mut(size),
        );
        let stride = self.stride;
        lists.into_par_iter().map(move |(codes, scales, errors, reaches, sums)| CodedMut {
            stride,
            codes,
            scales,
            errors,
            reaches,
            sums,
        })
    }

    /// All rows at once.
    pub fn whole_mut(&mut self) -> CodedMut<'_> {
        let Self { stride, codes, scales, errors, reaches, sums } = self;
        CodedMut { stride: *stride, codes, scales, errors, reaches, sums }
    }

    pub fn bytes_in_memory(&self) -> usize {
        let numbers = self.scales.capacity() + self.errors.capacity() + self.reaches.capacity();
        self.codes.capacity() + (numbers + self.sums.capacity()) * size_of::<f32>()
    }
}

/// Some of the [`CodedRows`], to be written.
pub(super) struct CodedMut<'a> {
    stride: usize,
    codes: &'a mut [i8],
    scales: &'a mut [f32],
    errors: &'a mut [f32],
    reaches: &'a mut [f32],
    sums: &'a mut [i32],
}

impl CodedMut<'_> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Writes rows of lengths `norms`.
    pub fn encode(self, values: &[f32], norms: &[f32], center: &Center) {
        Arch::new().dispatch(Encode { rows: self, values, norms, center });
    }
}

struct Encode<'a> {
    rows: CodedMut<'a>,
    values: &'a [f32],
    norms: &'a [f32],
    center: &'a Center,
}

impl NullaryFnOnce for Encode<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { rows, values, norms, center } = self;
        let codes = rows.codes.chunks_exact_mut(rows.stride);
        let each = values.chunks_exact(center.values.len()).zip(codes).zip(norms);
        for (i, ((row, codes), &norm)) in each.enumerate() {
            let step = encode(row, norm, center, codes);
            rows.scales[i] = step.scale;
            rows.errors[i] = step.error;
            rows.reaches[i] = step.reach;
            rows.sums[i] = step.sum;
        }
    }
}

/// What goes with the codes of one row: s, e, a and Σ u.
#[derive(Debug)]
struct Step {
    scale: f32,
    error: f32,
    reach: f32,
    sum: i32,
}

/// Writes the codes of a row of length `row_norm`, as many as it has numbers.
#[inline(always)]
fn encode(row: &[f32], row_norm: f32, center: &Center, codes: &mut [i8]) -> Step {
    let largest = largest_distance(row, &center.values);
    let scale = largest / MOST;
    let inverse = if scale.is_normal() { scale.recip() } else { 0.0 };
    let scale = if inverse.is_normal() { scale } else { 0.0 };
    let [squared_error, squared_reach, sum] = write_codes(row, &center.values, scale, inverse, codes);
    // Enlarged by what sums of d/16 and 16 more terms can lose.
    let grown = 1.0 + (row.len() / LANES + 2 * LANES) as f32 * f32::EPSILON;
    // More than all that is rounded here and where bounds are computed, even where large terms cancel; and more than
    // squares that vanish in `f32` can stand for.
    let size = f64::from(row_norm) + center.norm;
    let lost = 1e-6 * size as f32 + 1e-18;
    let [error, reach] = [squared_error, squared_reach].map(|squares| squares.sqrt() * grown + lost);
    let known = is_tame(row_norm) && error.is_finite() && reach.is_finite();
    Step { scale, error: if known { error } else { f32::INFINITY }, reach, sum: sum as i32 }
}

/// The largest |x − c| of all numbers.
#[inline(always)]
fn largest_distance(row: &[f32], center: &[f32]) -> f32 {
    let mut most = [0.0_f32; LANES];
    let mut look = |row: &[f32; LANES], center: &[f32; LANES]| {
        for lane in 0..LANES {
            let distance = (row[lane] - center[lane]).abs();
            most[lane] = if distance > most[lane] { distance } else { most[lane] };
        }
    };
    let ((chunks, rest), (centers, center_rest)) = (row.as_chunks(), center.as_chunks());
    for (row, center) in chunks.iter().zip(centers) {
        look(row, center);
    }
    look(&filled_up(rest), &filled_up(center_rest));
    let mut all = 0.0;
    for lane in most {
        all = if lane > all { lane } else { all };
    }
    all
}

/// Writes the codes and returns |x − x̂|², |s·u|² and Σ u.
#[inline(always)]
fn write_codes(row: &[f32], center: &[f32], scale: f32, inverse: f32, codes: &mut [i8]) -> [f32; 3] {
    let mut sums = [[0.0_f32; LANES]; 3];
    let mut write = |row: &[f32; LANES], center: &[f32; LANES], codes: &mut [i8; LANES]| {
        for lane in 0..LANES {
            let distance = row[lane] - center[lane];
            let shifted = distance * inverse + ROUNDING;
            let whole = shifted - ROUNDING;
            let kept = scale * whole;
            codes[lane] = shifted.to_bits() as u8 as i8;
            sums[0][lane] += (distance - kept) * (distance - kept);
            sums[1][lane] += kept * kept;
            sums[2][lane] += whole;
        }
    };
    let ((chunks, rest), (centers, center_rest)) = (row.as_chunks(), center.as_chunks());
    let (code_chunks, code_rest) = codes[..row.len()].as_chunks_mut();
    for ((row, center), codes) in chunks.iter().zip(centers).zip(code_chunks) {
        write(row, center, codes);
    }
    let mut last = [0; LANES];
    write(&filled_up(rest), &filled_up(center_rest), &mut last);
    code_rest.copy_from_slice(&last[..rest.len()]);
    let mut totals = [0.0; 3];
    for (total, lanes) in totals.iter_mut().zip(&sums) {
        for lane in lanes {
            *total += lane;
        }
    }
    totals
}

/// Numbers that are fewer than others side by side, and zeros: one by one they would take as long as all the others.
#[inline(always)]
fn filled_up(rest: &[f32]) -> [f32; LANES] {
    let mut all = [0.0; LANES];
    all[..rest.len()].copy_from_slice(rest);
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_as_near_to_their_codes_as_is_said(
            (row, center) in (1_usize..90).prop_flat_map(|dims| {
                let numbers = || prop::collection::vec(-9.0_f32..9.0, dims);
                (numbers(), numbers())
            }),
            exponent in -16_i32..17,
            far in prop::sample::select(vec![0.0_f32, 1.0, 1e4]),
        ) {
            let scale = 10_f32.powi(exponent);
            let center: Vec<f32> = center.iter().map(|c| c * far * scale).collect();
            let row: Vec<f32> = row.iter().zip(&center).map(|(x, c)| x * scale + c).collect();
            let center = Center::new(center);
            let mut codes = vec![0; row.len()];
            let step = encode(&row, norm(&row) as f32, &center, &mut codes);
            prop_assert_eq!(step.sum, codes.iter().map(|&u| i32::from(u)).sum::<i32>());
            let coded: Vec<f64> = codes.iter().map(|&u| f64::from(step.scale) * f64::from(u)).collect();
            let reach = coded.iter().map(|x| x * x).sum::<f64>().sqrt();
            prop_assert!(reach <= f64::from(step.reach), "{} is over {}", reach, step.reach);
            let lost = row.iter().zip(&center.values).zip(coded);
            let lost = lost.map(|((&x, &c), coded)| (f64::from(x) - f64::from(c) - coded).powi(2)).sum::<f64>();
            prop_assert!(lost.sqrt() <= f64::from(step.error), "{} is over {}", lost.sqrt(), step.error);
        }
    }

    #[test]
    fn whole_numbers_are_their_own_codes() {
        let row: Vec<f32> = (-127..=127_i8).map(f32::from).collect();
        let mut codes = vec![0; row.len()];
        let step = encode(&row, norm(&row) as f32, &Center::new(vec![0.0; row.len()]), &mut codes);
        assert!(codes.iter().copied().eq(-127..=127));
        assert_eq!((step.scale, step.sum), (1.0, 0));
        assert!(step.error < 2e-3, "{step:?}");
    }

    #[test]
    fn of_odd_rows_nothing_is_said() {
        for (row, norm) in [([f32::NAN, 1.0], f32::NAN), ([1e30, 1.0], 1e30), ([1e-30, 0.0], 1e-30)] {
            let step = encode(&row, norm, &Center::new(vec![0.0; 2]), &mut [0; 2]);
            assert_eq!(step.error, f32::INFINITY, "{row:?}");
        }
        for far in [1e27, f32::MAX] {
            let far = Center::new(vec![far, 0.0]);
            assert_eq!(encode(&[1.0, 1.0], 1.5, &far, &mut [0; 2]).error, f32::INFINITY);
        }
    }
}
