//! An 8-bit copy of a table's rows that says which of them are worth looking at: a quarter of the memory to read. How rows
//! are rounded, and why no answer is lost, is said in [`super::codes`]; queries are rounded to 16 bits.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::codes::{Center, Coded, CodedRows};
use super::query::{Query, slack};
use super::scan::{scan, step};
use crate::geometry::arithmetic::norm;
use crate::geometry::ranking::{Best, Shared};
use crate::geometry::rows::{Counter, sample_mean};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// Codes are multiplied in groups of this many; rows are filled up with zeros to a whole number of groups.
const LANES: usize = 32;

/// An 8-bit copy of a table's rows for [`nearest_with`](super::nearest_with): d bytes a row and 16 more, about a quarter of
/// what the rows take as `f32`. It is made once per table and can be shared by all searches.
#[derive(Debug)]
pub struct Compact {
    dims: usize,
    center: Center,
    rows: CodedRows,
}

impl Compact {
    /// Copies the rows of `table`, in one pass over them.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn build(table: &Table, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let dims = table.dims();
        let norms = table.norms_with(progress)?;
        let center = Center::new(sample_mean(table, false));
        let mut rows = CodedRows::default();
        rows.resize(table.rows(), dims.next_multiple_of(LANES));
        let at_once = step(dims);
        let done = Counter::new(table.rows(), progress);
        rows.stretches_mut(at_once).enumerate().try_for_each_init(Vec::new, |buffer, (block, rows)| {
            progress.check()?;
            let range = block * at_once..block * at_once + rows.len();
            let values = table.block(range.clone(), buffer);
            rows.encode(values, &norms[range.clone()], &center);
            done.add(range.len());
            Ok(())
        })?;
        Ok(Self { dims, center, rows })
    }

    /// The memory that the copy takes.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        self.rows.bytes_in_memory() + self.center.values.capacity() * size_of::<f32>()
    }

    /// The point that rows are rounded around.
    pub(super) fn center(&self) -> &Center {
        &self.center
    }

    /// The rows `range`.
    pub(super) fn slice(&self, range: Range<usize>) -> Coded<'_> {
        self.rows.slice(range)
    }

    /// Whether this may be a copy of `table`.
    pub(super) fn assert_of(&self, table: &Table) {
        assert_eq!((self.rows.len(), self.dims), (table.rows(), table.dims()), "the copy is of this table");
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
        self.assert_of(table);
        let coded = CodedQuery::new(query.values(), self);
        let step = 4 * step(self.dims);
        let look = |range, (): &mut (), best: &[Shared]| {
            let best = &best[0];
            Arch::new().dispatch(Look { compact: self, table, norms, query, coded: &coded, range, best });
        };
        let mut best = scan(table.rows(), step, 1, k, progress, look)?;
        Ok(best.pop().expect("one query has one ranking"))
    }
}

/// Looks at some rows for the best answers to a query.
struct Look<'a> {
    compact: &'a Compact,
    table: &'a Table,
    norms: &'a [f32],
    query: &'a Query<'a>,
    coded: &'a CodedQuery,
    range: Range<usize>,
    best: &'a Shared,
}

impl NullaryFnOnce for Look<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { compact, query, best, .. } = self;
        let slack = slack(compact.dims);
        let mut limit = query.limit(best.floor(), slack);
        let rows = compact.slice(self.range.clone());
        for (i, row) in self.range.enumerate() {
            let norm = self.norms[row];
            if limit.lets_through(self.coded.at_most(rows, i), norm) && norm.is_finite() {
                best.offer(row as u32, query.key(&self.table.row(row), norm), query.exclude());
                limit = query.limit(best.floor(), slack);
            }
        }
    }
}

/// A query rounded to t·v, and what else the bound on its products needs.
struct CodedQuery {
    /// v, filled up with zeros.
    codes: Vec<i16>,
    /// t.
    scale: f64,
    /// q·c.
    at_center: f64,
    /// |q|.
    norm: f64,
    /// |q − t·v|.
    rounding: f64,
}

impl CodedQuery {
    fn new(values: &[f32], compact: &Compact) -> Self {
        // So few levels that a sum of d products with bytes cannot leave the range of `i32`.
        let levels = (i32::MAX as usize / (128 * compact.rows.stride())).min(i16::MAX as usize) as f64;
        let largest = f64::from(values.iter().fold(0.0_f32, |most, x| most.max(x.abs())));
        let scale = if levels > 0.0 { largest / levels } else { 0.0 };
        let code = |&x: &f32| if scale > 0.0 { (f64::from(x) / scale).round() as i16 } else { 0 };
        let mut codes: Vec<i16> = values.iter().map(code).collect();
        let lost = values.iter().zip(&codes).map(|(&x, &v)| (f64::from(x) - scale * f64::from(v)).powi(2));
        let rounding = lost.sum::<f64>().sqrt();
        codes.resize(compact.rows.stride(), 0);
        Self {
            codes,
            scale,
            at_center: compact.center.product(values),
            norm: norm(values),
            rounding: rounding * (1.0 + 1e-6),
        }
    }

    /// What the product of the query with row `i` of some rows is at most.
    #[inline(always)]
    fn at_most(&self, rows: Coded, i: usize) -> f32 {
        if rows.errors[i] == f32::INFINITY {
            return f32::INFINITY;
        }
        let codes = &rows.codes[i * rows.stride..(i + 1) * rows.stride];
        let product = f64::from(rows.scales[i]) * self.scale * f64::from(product(codes, &self.codes));
        let doubt = self.norm * f64::from(rows.errors[i]) + self.rounding * f64::from(rows.reaches[i]);
        (self.at_center + product + doubt) as f32
    }
}

/// Σ of products of bytes with 16-bit numbers, in as many running sums as the widest instructions have places.
#[inline(always)]
fn product(codes: &[i8], query: &[i16]) -> i32 {
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
                let coded = CodedQuery::new(&query, &compact);
                for row in 0..table.rows() {
                    let pairs = query.iter().zip(table.row(row).to_vec());
                    let exact: f64 = pairs.map(|(&x, y)| f64::from(x) * f64::from(y)).sum();
                    let most = f64::from(coded.at_most(compact.slice(0..table.rows()), row));
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
        let query = CodedQuery::new(&table.row(0), &compact);
        for row in 0..table.rows() {
            let norm = table.norms()[row];
            let pairs = table.row(0).to_vec().into_iter().zip(table.row(row).to_vec());
            let exact: f32 = pairs.map(|(x, y)| x * y).sum();
            let doubt =
                (query.at_most(compact.slice(0..table.rows()), row) - exact) / norm / table.norms()[0];
            assert!((-1e-6..0.003).contains(&doubt), "row {row}: a cosine {doubt} too large");
        }
        assert!(compact.bytes_in_memory() < 2_000 * (64 + 16) + 1_000);
    }

    #[test]
    fn products_of_codes_are_exact() {
        let codes: Vec<i8> = (0..64_i8).map(|i| i.wrapping_mul(37)).collect();
        let query: Vec<i16> = (0..64_i16).map(|i| (i - 30) * 900).collect();
        let expected: i32 = codes.iter().zip(&query).map(|(&u, &v)| i32::from(u) * i32::from(v)).sum();
        assert_eq!(product(&codes, &query), expected);
    }
}
