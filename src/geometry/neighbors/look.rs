//! Which rows of a tile are worth looking at: those of which products and what is known of their rounding do not say that
//! they are none of the best.
//!
//! All of it is compiled for each set of instructions, and chosen as the program runs. Closures of others' functions would
//! not be: hence the plain loops.

use std::ops::Range;

use pulp::NullaryFnOnce;

use super::codes::Coded;
use super::query::{Limit, Query};
use super::tiles::{CodedQueries, OFFSET, Tile};
use crate::geometry::ranking::Shared;

/// Queries that are compared with the same rows at once, so that what is known of a row is loaded once for all of them.
const QUERIES_ABREAST: usize = 4;

/// Rows that are looked at together for some queries, and then each alone where one of them is in sight.
const ROWS_AT_ONCE: usize = 64;

/// Rows side by side in one comparison.
const LANES: usize = 16;

/// What products say of queries and the rows of a tile.
pub(super) trait Below {
    /// What has to be known of some rows beside their products.
    type Rows<const N: usize>;

    /// What has to be known of the rows from `first_row` on to compare them with `queries`.
    fn rows<const N: usize>(&self, queries: Range<usize>, first_row: usize) -> Self::Rows<N>;

    /// For each of the rows from `first_row` on, whether it is known to be below the limit. What is not a number is not.
    fn below<const N: usize>(
        &self,
        query: usize,
        first_row: usize,
        rows: &Self::Rows<N>,
        limit: Limit,
    ) -> [bool; N];
}

/// Products of the numbers themselves.
pub(super) struct NumbersBelow<'a> {
    pub products: &'a [f32],
    pub norms: &'a [f32],
}

impl Below for NumbersBelow<'_> {
    type Rows<const N: usize> = [f32; N];

    #[inline(always)]
    fn rows<const N: usize>(&self, _queries: Range<usize>, first_row: usize) -> [f32; N] {
        some(self.norms, first_row)
    }

    #[inline(always)]
    fn below<const N: usize>(
        &self,
        query: usize,
        first_row: usize,
        norms: &[f32; N],
        limit: Limit,
    ) -> [bool; N] {
        let products: [f32; N] = some(self.products, query * self.norms.len() + first_row);
        let mut below = [false; N];
        for i in 0..N {
            below[i] = products[i] < limit.least(norms[i]);
        }
        below
    }
}

/// Products of codes.
pub(super) struct CodesBelow<'a> {
    pub products: &'a [i32],
    pub queries: &'a CodedQueries,
    pub rows: Coded<'a>,
    pub norms: &'a [f32],
}

/// What has to be known of some rows that were rounded to 8 bits.
pub(super) struct RoundedRows<const N: usize> {
    /// s.
    scales: [f32; N],
    /// What their products are too large by.
    offsets: [i32; N],
    /// What the product with a query of length 1 may be off by.
    doubts: [f32; N],
    norms: [f32; N],
}

impl Below for CodesBelow<'_> {
    type Rows<const N: usize> = RoundedRows<N>;

    #[inline(always)]
    fn rows<const N: usize>(&self, queries: Range<usize>, first_row: usize) -> RoundedRows<N> {
        // |q − t·v| a + |q| e, for whichever of the queries was rounded most.
        let mut rounding = 0.0_f32;
        for bound in &self.queries.bounds[queries] {
            rounding = rounding.max(bound.rounding);
        }
        let (errors, reaches): ([f32; N], [f32; N]) =
            (some(self.rows.errors, first_row), some(self.rows.reaches, first_row));
        let sums: [i32; N] = some(self.rows.sums, first_row);
        let (mut offsets, mut doubts) = ([0; N], [0.0; N]);
        for i in 0..N {
            offsets[i] = i32::from(OFFSET) * sums[i];
            doubts[i] = errors[i] + rounding * reaches[i];
        }
        RoundedRows {
            scales: some(self.rows.scales, first_row),
            offsets,
            doubts,
            norms: some(self.norms, first_row),
        }
    }

    #[inline(always)]
    fn below<const N: usize>(
        &self,
        query: usize,
        first_row: usize,
        rows: &RoundedRows<N>,
        limit: Limit,
    ) -> [bool; N] {
        let bound = self.queries.bounds[query];
        let products: [i32; N] = some(self.products, query * self.norms.len() + first_row);
        let mut below = [false; N];
        for i in 0..N {
            // Fused, which every processor can that multiplies codes. Where q·c leaves the range of `f32`, so does e.
            let product = bound.scale * (products[i] - rows.offsets[i]) as f32;
            let doubt = bound.norm.mul_add(rows.doubts[i], bound.at_center);
            below[i] = rows.scales[i].mul_add(product, doubt) < limit.least_fused(rows.norms[i]);
        }
        below
    }
}

/// `N` of the `all` from `first` on.
#[inline(always)]
fn some<T: Copy, const N: usize>(all: &[T], first: usize) -> [T; N] {
    *all[first..].first_chunk().expect("as many as are asked for")
}

/// Scores all rows of a tile that are not known to be none of the best.
pub(super) struct Look<'a, B> {
    pub queries: &'a [Query<'a>],
    pub slack: f32,
    pub tile: &'a Tile<'a>,
    pub below: B,
    pub best: &'a [Shared],
}

impl<B: Below> NullaryFnOnce for Look<'_, B> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let rows = self.tile.range.len();
        let (abreast, rest) = self.queries.as_chunks::<QUERIES_ABREAST>();
        for (i, queries) in abreast.iter().enumerate() {
            self.look(i * QUERIES_ABREAST, queries);
        }
        for (i, query) in rest.iter().enumerate() {
            let number = abreast.len() * QUERIES_ABREAST + i;
            self.score(number, query, 0..rows, self.limit(number, query));
        }
    }
}

impl<B: Below> Look<'_, B> {
    /// Looks for answers to some queries, of which `first` is the number of the first.
    #[inline(always)]
    fn look(&mut self, first: usize, queries: &[Query; QUERIES_ABREAST]) {
        let rows = self.tile.range.len();
        let whole = rows - rows % ROWS_AT_ONCE;
        let mut limits = [Limit::default(); QUERIES_ABREAST];
        for i in 0..QUERIES_ABREAST {
            limits[i] = self.limit(first + i, &queries[i]);
        }
        for row in (0..whole).step_by(ROWS_AT_ONCE) {
            // Mostly nothing in sight is good enough.
            let any = self.any(first, row, &limits);
            for (i, query) in queries.iter().enumerate() {
                if any[i] || !self.trusts(query) {
                    limits[i] = self.score(first + i, query, row..row + ROWS_AT_ONCE, limits[i]);
                }
            }
        }
        for (i, query) in queries.iter().enumerate() {
            self.score(first + i, query, whole..rows, limits[i]);
        }
    }

    /// Whether any of [`ROWS_AT_ONCE`] rows from `first_row` on may be good enough, for each of some queries.
    #[inline(always)]
    fn any(
        &self,
        first: usize,
        first_row: usize,
        limits: &[Limit; QUERIES_ABREAST],
    ) -> [bool; QUERIES_ABREAST] {
        let mut below = [[u32::MAX; LANES]; QUERIES_ABREAST];
        for row in (first_row..first_row + ROWS_AT_ONCE).step_by(LANES) {
            let rows = self.below.rows(first..first + QUERIES_ABREAST, row);
            for i in 0..QUERIES_ABREAST {
                let here: [bool; LANES] = self.below.below(first + i, row, &rows, limits[i]);
                for lane in 0..LANES {
                    below[i][lane] &= if here[lane] { u32::MAX } else { 0 };
                }
            }
        }
        let mut any = [false; QUERIES_ABREAST];
        for i in 0..QUERIES_ABREAST {
            any[i] = below[i] != [u32::MAX; LANES];
        }
        any
    }

    /// Scores those of some rows that may be among the best answers to the query `number`, which has to reach `limit`.
    /// Returns what has to be reached from now on.
    #[inline(always)]
    fn score(&mut self, number: usize, query: &Query, rows: Range<usize>, mut limit: Limit) -> Limit {
        let (mut row, trusted) = (rows.start, self.trusts(query));
        while row + LANES <= rows.end {
            let here = self.below.rows(number..number + 1, row);
            let below: [bool; LANES] = self.below.below(number, row, &here, limit);
            if below != [true; LANES] || !trusted {
                for (i, below) in below.into_iter().enumerate() {
                    if !below || !trusted {
                        self.offer(number, query, row + i);
                    }
                }
                limit = self.limit(number, query);
            }
            row += LANES;
        }
        for row in row..rows.end {
            let here = self.below.rows(number..number + 1, row);
            let [below] = self.below.below(number, row, &here, limit);
            if !below || !trusted {
                self.offer(number, query, row);
                limit = self.limit(number, query);
            }
        }
        limit
    }

    /// Scores a row.
    #[inline(always)]
    fn offer(&mut self, number: usize, query: &Query, row: usize) {
        let norm = self.tile.norms[row];
        if norm.is_finite() {
            let key = query.key(&self.tile.row(row), norm);
            self.best[number].offer((self.tile.range.start + row) as u32, key, query.exclude());
        }
    }

    #[inline(always)]
    fn limit(&self, number: usize, query: &Query) -> Limit {
        query.limit(self.best[number].floor(), self.slack)
    }

    #[inline(always)]
    fn trusts(&self, query: &Query) -> bool {
        self.tile.trusted && query.is_tame()
    }
}
