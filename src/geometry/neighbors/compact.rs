//! An 8-bit copy of a table's rows that says which of them are worth looking at.
//!
//! Each row x is kept as x̂ = c + s·u: a center c that all rows share, a step s of its own, and d whole numbers u from
//! −127 to 127. With it goes e, which is at least |x − x̂|. A query q is rounded as well, to t·v of 16-bit whole numbers v,
//! which makes q·x̂ a sum of products of small whole numbers: exact, and read at a quarter of the memory.
//!
//! **No answer is lost.** For every row
//!
//! > q·x = q·c + q·(s·u) + q·(x − x̂) = q·c + s·t·(v·u) + (q − t·v)·(s·u) + q·(x − x̂)
//!
//! and by Cauchy and Schwarz the last two terms are at most |q − t·v| |s·u| and |q| e. Since s·u = x̂ − c, its length is at
//! most |x| + |c| + e. So
//!
//! > q·x ≤ q·c + s·t·(v·u) + |q − t·v| (|x| + |c| + e) + |q| e
//!
//! where everything on the right is known without x. If even this is less than what q·x would have to be for the row to
//! enter the best k found so far ([`Limit`](super::query::Limit)), the row is passed over; otherwise it is read and
//! scored in the way of the plain scan. A row that ties with the worst of the best is never passed over, so ties are
//! broken by row as ever. The right side is computed in `f64`; e is enlarged by far more than that may round away. A row so long or
//! so short that bounds mean nothing (see [`is_tame`]) has an infinite e and is always read.
//!
//! The smaller |x − c| is, the finer are the steps: the center, about the mean of the rows, takes out what large
//! numbers all rows have in common, as those of language models do.

use rayon::prelude::*;

use super::query::{Query, is_tame, slack};
use super::scan::{scan, step};
use crate::geometry::arithmetic::norm;
use crate::geometry::ranking::Best;
use crate::geometry::rows::{Counter, sample_mean};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// Codes are multiplied in groups of this many; rows are filled up with zeros to a whole number of groups.
const LANES: usize = 16;

/// What stands for u = 0: codes are kept as u + 128, because the compiler widens unsigned bytes in fewer steps.
const ZERO: i32 = 128;

/// An 8-bit copy of a table's rows for [`nearest_with`](super::nearest_with): d bytes a row and 8 more, about a quarter of
/// what the rows take as `f32`. It is made once per table and can be shared by all searches.
#[derive(Debug)]
pub struct Compact {
    dims: usize,
    /// c, and its length.
    center: Vec<f32>,
    center_norm: f64,
    /// u + 128 row after row, each filled up with 0 to `stride` bytes.
    codes: Vec<u8>,
    stride: usize,
    rows: Vec<Step>,
}

/// How far the codes of a row reach, and how far from the row they are.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// s.
    scale: f32,
    /// e.
    error: f32,
}

impl Compact {
    /// Copies the rows of `table`, in one pass over them.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn build(table: &Table, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let (rows, dims) = (table.rows(), table.dims());
        let norms = table.norms_with(progress)?;
        let center = sample_mean(table, false);
        let center_norm = norm(&center);
        let stride = dims.next_multiple_of(LANES);
        let mut compact = Self {
            dims,
            center,
            center_norm,
            codes: vec![0; rows * stride],
            stride,
            rows: vec![Step::default(); rows],
        };
        let at_once = step(dims);
        let done = Counter::new(rows, progress);
        let Self { codes, rows: steps, center, .. } = &mut compact;
        codes
            .par_chunks_mut(at_once * stride)
            .zip(steps.par_chunks_mut(at_once))
            .enumerate()
            .try_for_each_init(Vec::new, |buffer, (block, (codes, steps))| {
                progress.check()?;
                let first = block * at_once;
                let values = table.block(first..first + steps.len(), buffer);
                let each =
                    values.chunks_exact(dims).zip(codes.chunks_exact_mut(stride)).zip(steps.iter_mut());
                for (i, ((row, codes), step)) in each.enumerate() {
                    *step = encode(row, center, codes, f64::from(norms[first + i]) + center_norm);
                    if !is_tame(norms[first + i]) {
                        step.error = f32::INFINITY;
                    }
                }
                done.add(steps.len());
                Ok(())
            })?;
        Ok(compact)
    }

    /// The memory that the copy takes.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        self.codes.capacity()
            + self.rows.capacity() * size_of::<Step>()
            + self.center.capacity() * size_of::<f32>()
    }

    /// The best `k` rows of the table that this is a copy of, with their lengths in `norms`.
    pub(super) fn scan(
        &self,
        table: &Table,
        norms: &[f32],
        query: &Query,
        k: usize,
        progress: &dyn Progress,
    ) -> Result<Best, Cancelled> {
        assert_eq!((self.rows.len(), self.dims), (table.rows(), table.dims()), "the copy is of this table");
        let coded = Coded::new(query.values(), self);
        let slack = slack(self.dims);
        let mut best = scan(table.rows(), 4 * step(self.dims), 1, k, progress, |range, _, best, floors| {
            let (best, floor) = (&mut best[0], &floors[0]);
            let mut limit = query.limit(best.threshold.max(floor.key()), slack);
            let codes = &self.codes[range.start * self.stride..range.end * self.stride];
            for (row, codes) in range.zip(codes.chunks_exact(self.stride)) {
                let norm = norms[row];
                if limit.lets_through(coded.at_most(codes, self.rows[row], norm), norm) && norm.is_finite() {
                    best.offer(row as u32, query.key(&table.row(row), norm), query.exclude());
                    floor.raise(best.threshold);
                    limit = query.limit(best.threshold.max(floor.key()), slack);
                }
            }
        })?;
        Ok(best.pop().unwrap_or_else(|| Best::new(k)))
    }
}

/// Writes the codes of one row; `size` is |x| + |c|.
fn encode(row: &[f32], center: &[f32], codes: &mut [u8], size: f64) -> Step {
    const MOST: f32 = 127.0;
    let largest = row.iter().zip(center).fold(0.0_f32, |most, (x, c)| most.max((x - c).abs()));
    let scale = largest / MOST;
    let inverse = if scale.is_normal() { scale.recip() } else { 0.0 };
    let scale = if inverse.is_normal() { scale } else { 0.0 };
    let mut squares = 0.0_f64;
    for ((&x, &c), code) in row.iter().zip(center).zip(codes) {
        // 128 and a half: what is cut off is then what rounding to the nearest cuts off.
        let shifted = (x - c) * inverse + (ZERO as f32 + 0.5);
        let whole = (shifted as i32).clamp(ZERO - MOST as i32, ZERO + MOST as i32);
        *code = whole as u8;
        let kept = f64::from(c) + f64::from(scale) * f64::from(whole - ZERO);
        squares += (f64::from(x) - kept) * (f64::from(x) - kept);
    }
    // Enlarged by more than all that sums in `f64` may lose, here and in `Coded::at_most`, even where they cancel.
    let error = squares.sqrt() * (1.0 + 1e-6) + 1e-9 * size + f64::from(f32::MIN_POSITIVE);
    Step { scale, error: error as f32 }
}

/// A query rounded to t·v, and what else the bound on its products needs.
struct Coded {
    /// v, filled up with zeros.
    codes: Vec<i16>,
    /// 128 Σv: what the codes of a row are too large by.
    excess: i32,
    /// t.
    scale: f64,
    /// q·c.
    at_center: f64,
    /// |q|.
    norm: f64,
    /// |q − t·v|.
    rounding: f64,
    center_norm: f64,
}

impl Coded {
    fn new(values: &[f32], compact: &Compact) -> Self {
        // So few levels that a sum of d products with bytes cannot leave the range of `i32`.
        let levels = (i32::MAX as usize / (255 * compact.stride)).min(i16::MAX as usize) as f64;
        let largest = f64::from(values.iter().fold(0.0_f32, |most, x| most.max(x.abs())));
        let scale = if levels > 0.0 { largest / levels } else { 0.0 };
        let code = |&x: &f32| if scale > 0.0 { (f64::from(x) / scale).round() as i16 } else { 0 };
        let mut codes: Vec<i16> = values.iter().map(code).collect();
        let lost = values.iter().zip(&codes).map(|(&x, &v)| (f64::from(x) - scale * f64::from(v)).powi(2));
        let rounding = lost.sum::<f64>().sqrt();
        let at_center = values.iter().zip(&compact.center).map(|(&x, &c)| f64::from(x) * f64::from(c)).sum();
        codes.resize(compact.stride, 0);
        Self {
            excess: ZERO * codes.iter().map(|&v| i32::from(v)).sum::<i32>(),
            codes,
            scale,
            at_center,
            norm: norm(values),
            rounding: rounding * (1.0 + 1e-6),
            center_norm: compact.center_norm,
        }
    }

    /// What the product of the query with a row is at most.
    #[inline]
    fn at_most(&self, codes: &[u8], step: Step, row_norm: f32) -> f32 {
        if step.error == f32::INFINITY {
            return f32::INFINITY;
        }
        let product = f64::from(product(codes, &self.codes) - self.excess);
        let error = f64::from(step.error);
        let doubt = self.norm * error + self.rounding * (f64::from(row_norm) + self.center_norm + error);
        (self.at_center + f64::from(step.scale) * self.scale * product + doubt) as f32
    }
}

/// Σ of products of bytes with 16-bit numbers, in as many running sums as let the compiler multiply and add eight pairs
/// in one instruction even where it may count on SSE2 only.
#[inline]
fn product(codes: &[u8], query: &[i16]) -> i32 {
    let mut sums = [0_i32; LANES];
    for (codes, query) in codes.as_chunks::<LANES>().0.iter().zip(query.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += i32::from(codes[lane]) * i32::from(query[lane]);
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::Unwatched;

    fn table(values: Vec<f32>, dims: usize) -> Table {
        Table::from_f32((0..values.len() / dims).map(|row| row.to_string()).collect(), values, dims)
    }

    proptest! {
        #[test]
        fn no_product_is_above_its_bound(
            (dims, values) in (1_usize..70).prop_flat_map(|dims| (
                Just(dims),
                (1_usize..12).prop_flat_map(move |rows| prop::collection::vec(-9.0_f32..9.0, rows * dims)),
            )),
            offset in -100.0_f32..100.0,
            exponent in -20_i32..18,
        ) {
            let scale = 10_f32.powi(exponent);
            let table = table(values.iter().map(|x| (x + offset) * scale).collect(), dims);
            let compact = Compact::build(&table, &Unwatched).unwrap();
            for query in [values[..dims].to_vec(), table.row(0).to_vec(), vec![0.0; dims]] {
                let coded = Coded::new(&query, &compact);
                for row in 0..table.rows() {
                    let pairs = query.iter().zip(table.row(row).to_vec());
                    let exact: f64 = pairs.map(|(&x, y)| f64::from(x) * f64::from(y)).sum();
                    let codes = &compact.codes[row * compact.stride..(row + 1) * compact.stride];
                    let most = f64::from(coded.at_most(codes, compact.rows[row], table.norms()[row]));
                    prop_assert!(most >= exact - 1e-6 * exact.abs(), "{} is above {}", exact, most);
                }
            }
        }
    }

    #[test]
    fn few_rows_are_worth_looking_at() {
        let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 + 3.0;
        let table = table((0..2_000 * 50).map(value).collect(), 50);
        let compact = Compact::build(&table, &Unwatched).unwrap();
        let query = Coded::new(&table.row(0), &compact);
        let codes = |row: usize| &compact.codes[row * compact.stride..(row + 1) * compact.stride];
        for row in 0..table.rows() {
            let norm = table.norms()[row];
            let pairs = table.row(0).to_vec().into_iter().zip(table.row(row).to_vec());
            let exact: f32 = pairs.map(|(x, y)| x * y).sum();
            let doubt =
                (query.at_most(codes(row), compact.rows[row], norm) - exact) / norm / table.norms()[0];
            assert!((-1e-6..0.003).contains(&doubt), "row {row}: a cosine {doubt} too large");
        }
        assert!(compact.bytes_in_memory() < 2_000 * (64 + 8) + 1_000);
    }

    #[test]
    fn products_of_codes_are_exact() {
        let codes: Vec<u8> = (0..64_u8).map(|i| i.wrapping_mul(37)).collect();
        let query: Vec<i16> = (0..64_i16).map(|i| (i - 30) * 900).collect();
        let expected: i32 = codes.iter().zip(&query).map(|(&u, &v)| i32::from(u) * i32::from(v)).sum();
        assert_eq!(product(&codes, &query), expected);
    }
}
