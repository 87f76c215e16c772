//! Some queries against some rows at once, as a matrix product.
//!
//! Where the processor multiplies 8-bit numbers faster than others, the product is one of codes ([`super::codes`]), made
//! on the way; elsewhere it is one of the numbers themselves. Either way it only says which rows are worth looking at.

use std::borrow::Cow;
use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::{Arch, NullaryFnOnce};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedAMatrix};
use rten_tensor::NdTensorView;

use super::codes::{Center, Coded, CodedRows, MOST};
use super::compact::Compact;
use super::query::{Limit, Query, is_tame, slack};
use crate::geometry::arithmetic::norm;
use crate::geometry::metric::Metric;
use crate::geometry::ranking::{Best, Floor};
use crate::geometry::rows::sample_mean;
use crate::vectors::Table;

/// How many products are looked at together, and how many of these again where something is in sight.
const LOOK: [usize; 2] = [256, 32];

/// The queries of one matrix product, at most.
pub(in crate::geometry) const QUERIES_PER_TILE: usize = 1_024;

/// The rows of one matrix product: with the queries and their products they stay in a core's own cache.
pub(in crate::geometry) const ROWS_PER_TILE: usize = 256;

/// Fewer queries than these are not worth rounding the rows for.
const FEWEST_CODED: usize = 48;

/// What query codes are too large by where they must not be negative.
const OFFSET: i16 = 128;

/// How products are made.
pub(in crate::geometry) enum Products<'a> {
    /// Of 32-bit numbers.
    Exact,
    /// Of 8-bit codes.
    Coded(GemmExecutor<u8, i8, i32>, Rounded<'a>),
}

/// Where the codes of rows come from.
pub(in crate::geometry) enum Rounded<'a> {
    /// They are made on the way, around this center.
    Here(Center),
    /// There is a copy of the rows.
    Copy(&'a Compact),
}

impl<'a> Products<'a> {
    /// The faster way for `count` queries to rows of `table`, of which there may be a copy.
    pub fn new(table: &Table, compact: Option<&'a Compact>, count: usize) -> Self {
        let few = count < FEWEST_CODED || table.dims() == 0;
        if few { Self::Exact } else { Self::coded(table, compact) }
    }

    /// By codes, if the processor has instructions for them: without, sums of pairs are cut off at 16 bits.
    pub fn coded(table: &Table, compact: Option<&'a Compact>) -> Self {
        let executor = GemmExecutor::<u8, i8, i32>::new();
        if executor.may_saturate() || executor.kernel_name().starts_with("generic") {
            return Self::Exact;
        }
        let rounded = match compact {
            Some(compact) => {
                compact.assert_of(table);
                Rounded::Copy(compact)
            }
            None => Rounded::Here(Center::new(sample_mean(table, false))),
        };
        Self::Coded(executor, rounded)
    }
}

impl Rounded<'_> {
    fn center(&self) -> &Center {
        match self {
            Self::Here(center) => center,
            Self::Copy(compact) => compact.center(),
        }
    }
}

/// Queries that are answered together, at most [`QUERIES_PER_TILE`].
pub(in crate::geometry) struct Group<'a> {
    queries: Vec<Query<'a>>,
    /// The queries' numbers, one after another.
    numbers: &'a [f32],
    coded: Option<CodedQueries>,
}

/// Queries rounded to 8 bits, and what the bounds on their products need.
struct CodedQueries {
    codes: PackedAMatrix<u8>,
    bounds: Vec<Bound>,
    dims: usize,
}

/// What is known of a query beside its codes v.
#[derive(Clone, Copy)]
struct Bound {
    /// t.
    scale: f32,
    /// q·c.
    at_center: f32,
    /// |q|.
    norm: f32,
    /// |q − t·v|.
    rounding: f32,
}

impl<'a> Group<'a> {
    /// Queries with the rows that each leaves out.
    pub fn new(
        products: &Products,
        numbers: &'a [f32],
        dims: usize,
        metric: Metric,
        mut exclude: impl FnMut(usize) -> Vec<u32>,
    ) -> Self {
        let each = numbers.chunks_exact(dims).enumerate();
        let queries: Vec<Query> = each.map(|(i, query)| Query::new(query, metric, exclude(i))).collect();
        let coded = match products {
            Products::Exact => None,
            Products::Coded(executor, rounded) => {
                Some(CodedQueries::new(executor, rounded.center(), numbers, dims))
            }
        };
        Self { queries, numbers, coded }
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Adds a tile's rows to the best of each query: by matrix product first, and exactly where that leaves a doubt.
    pub fn score(
        &self,
        products: &Products,
        tile: &Tile,
        space: &mut ProductSpace,
        best: &mut [Best],
        floors: &[Floor],
    ) {
        let rows = tile.range.len();
        match (products, &self.coded, tile.coded) {
            (Products::Coded(executor, _), Some(queries), Some(coded)) => {
                space.whole.resize(self.len() * rows, 0);
                multiply_codes(executor, queries, coded, &mut space.whole);
                let below = CodesBelow { products: &space.whole, queries, rows: coded, norms: tile.norms };
                Arch::new().dispatch(Look { group: self, tile, below, best, floors });
            }
            _ => {
                let values = tile.values.expect("read where there are no codes to go by");
                space.exact.resize(self.len() * rows, 0.0);
                self.multiply(values, rows, &mut space.exact);
                let below = NumbersBelow { products: &space.exact, norms: tile.norms };
                Arch::new().dispatch(Look { group: self, tile, below, best, floors });
            }
        }
    }

    fn multiply(&self, values: &[f32], rows: usize, products: &mut [f32]) {
        let dims = self.numbers.len() / self.len();
        matmul(
            MatMut::from_row_major_slice_mut(products, self.len(), rows),
            Accum::Replace,
            MatRef::from_row_major_slice(self.numbers, self.len(), dims),
            MatRef::from_row_major_slice(values, rows, dims).transpose(),
            1.0_f32,
            Par::Seq,
        );
    }
}

/// What products say of a query and some rows of a tile.
trait Below {
    /// Whether the products of a query with the rows `chunk` are all below the limit. What is not a number is not below.
    fn below(&self, query: usize, chunk: Range<usize>, limit: Limit) -> bool;
}

/// Products of the numbers themselves.
struct NumbersBelow<'a> {
    products: &'a [f32],
    norms: &'a [f32],
}

impl Below for NumbersBelow<'_> {
    #[inline(always)]
    fn below(&self, query: usize, chunk: Range<usize>, limit: Limit) -> bool {
        let products = &self.products[query * self.norms.len()..][chunk.clone()];
        let pairs = products.iter().zip(&self.norms[chunk]);
        pairs.fold(true, |below, (&product, &norm)| below & (product < limit.least(norm)))
    }
}

/// Products of codes.
struct CodesBelow<'a> {
    products: &'a [i32],
    queries: &'a CodedQueries,
    rows: Coded<'a>,
    norms: &'a [f32],
}

impl Below for CodesBelow<'_> {
    #[inline(always)]
    fn below(&self, query: usize, chunk: Range<usize>, limit: Limit) -> bool {
        let bound = self.queries.bounds[query];
        let products = &self.products[query * self.norms.len()..][chunk.clone()];
        let count = products.len();
        let Self { rows, .. } = self;
        let (scales, errors) = (&rows.scales[chunk.clone()], &rows.errors[chunk.clone()]);
        let (reaches, sums) = (&rows.reaches[chunk.clone()], &rows.sums[chunk.clone()]);
        // Said again, so that no index below has to be checked.
        let (scales, errors, reaches) = (&scales[..count], &errors[..count], &reaches[..count]);
        let (sums, norms) = (&sums[..count], &self.norms[chunk][..count]);
        let mut below = true;
        for i in 0..count {
            let product = (products[i] - i32::from(OFFSET) * sums[i]) as f32;
            let most = bound.at_center
                + scales[i] * (bound.scale * product)
                + (bound.norm * errors[i] + bound.rounding * reaches[i]);
            below &= most < limit.least(norms[i]);
        }
        below
    }
}

/// Looks at all rows of a tile of which `below` does not say that they are none of the best.
struct Look<'a, B> {
    group: &'a Group<'a>,
    tile: &'a Tile<'a>,
    below: B,
    best: &'a mut [Best],
    floors: &'a [Floor],
}

impl<B: Below> NullaryFnOnce for Look<'_, B> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { group, tile, below, .. } = self;
        let dims = group.numbers.len() / group.len();
        let slack = slack(dims);
        let each = group.queries.iter().zip(self.best).zip(self.floors).enumerate();
        for (number, ((query, best), floor)) in each {
            let trusted = tile.trusted && query.is_tame();
            let mut limit = query.limit(best.threshold.max(floor.key()), slack);
            for chunk in chunks(0..tile.range.len(), LOOK[0]) {
                // Nearly always nothing in sight is good enough.
                if trusted && below.below(number, chunk.clone(), limit) {
                    continue;
                }
                for chunk in chunks(chunk, LOOK[1]) {
                    if trusted && below.below(number, chunk.clone(), limit) {
                        continue;
                    }
                    for i in chunk {
                        let norm = tile.norms[i];
                        if norm.is_finite() && !(trusted && below.below(number, i..i + 1, limit)) {
                            let key = query.key(&tile.row(i), norm);
                            best.offer((tile.range.start + i) as u32, key, query.exclude());
                            floor.raise(best.threshold);
                            limit = query.limit(best.threshold.max(floor.key()), slack);
                        }
                    }
                }
            }
        }
    }
}

/// A range in stretches of `size`, and what is left over.
#[inline(always)]
fn chunks(range: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(size).map(move |first| first..(first + size).min(end))
}

/// Products of the codes, query after query, row after row.
fn multiply_codes(
    executor: &GemmExecutor<u8, i8, i32>,
    queries: &CodedQueries,
    rows: Coded,
    products: &mut [i32],
) {
    let shape = [rows.scales.len(), queries.dims];
    let rows = NdTensorView::from_slice_with_strides(shape, rows.codes, [rows.stride, 1]);
    let product = executor.gemm(
        products,
        GemmInputA::Packed(&queries.codes),
        GemmInputB::Unpacked(rows.expect("rows of codes").transposed()),
        GemmOptions::default(),
    );
    product.expect("shapes that fit each other");
}

impl CodedQueries {
    fn new(executor: &GemmExecutor<u8, i8, i32>, center: &Center, numbers: &[f32], dims: usize) -> Self {
        let mut codes = vec![0_u8; numbers.len()];
        let each = numbers.chunks_exact(dims).zip(codes.chunks_exact_mut(dims));
        let bounds = each.map(|(values, codes)| Bound::new(values, center, codes)).collect();
        let matrix = NdTensorView::from_data([numbers.len() / dims, dims], codes.as_slice());
        Self { codes: executor.prepack_a(matrix), bounds, dims }
    }
}

impl Bound {
    /// Rounds a query and writes its codes, each [`OFFSET`] too large.
    fn new(values: &[f32], center: &Center, codes: &mut [u8]) -> Self {
        let largest = values.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let scale = largest / MOST;
        let mut squares = 0.0;
        for (&x, code) in values.iter().zip(codes) {
            let whole = if scale.is_normal() { (x / scale).round().clamp(-MOST, MOST) } else { 0.0 };
            *code = (whole as i16 + OFFSET) as u8;
            squares += (f64::from(x) - f64::from(scale) * f64::from(whole)).powi(2);
        }
        Self {
            scale,
            at_center: center.product(values) as f32,
            norm: norm(values) as f32,
            rounding: (squares.sqrt() * (1.0 + 1e-6)) as f32,
        }
    }
}

/// Some rows of a table.
pub(in crate::geometry) struct Tile<'a> {
    table: &'a Table,
    range: Range<usize>,
    /// Their numbers, one after another, where they were read.
    values: Option<&'a [f32]>,
    /// Their lengths.
    norms: &'a [f32],
    coded: Option<Coded<'a>>,
    /// Where anything may have overflowed or vanished, bounds mean nothing and every row is scored exactly.
    trusted: bool,
}

/// Working space for the rows of a tile.
#[derive(Default)]
pub(in crate::geometry) struct RowSpace {
    raw: Vec<f32>,
    coded: CodedRows,
}

/// Working space for products.
#[derive(Default)]
pub(in crate::geometry) struct ProductSpace {
    exact: Vec<f32>,
    whole: Vec<i32>,
}

impl<'a> Tile<'a> {
    /// The rows `range`, and their codes where products are made of these.
    pub fn new(
        products: &'a Products,
        table: &'a Table,
        range: Range<usize>,
        space: &'a mut RowSpace,
    ) -> Self {
        let norms = &table.norms()[range.clone()];
        let trusted = norms.iter().all(|&norm| is_tame(norm));
        let mut tile = Tile { table, range: range.clone(), values: None, norms, coded: None, trusted };
        if let (Products::Coded(_, Rounded::Copy(compact)), true) = (products, trusted) {
            tile.coded = Some(compact.slice(range));
            return tile;
        }
        let values = table.block(range.clone(), &mut space.raw);
        tile.values = Some(values);
        if let (Products::Coded(_, Rounded::Here(center)), true) = (products, trusted) {
            space.coded.resize(range.len(), table.dims());
            space.coded.whole_mut().encode(values, norms, center);
            tile.coded = Some(space.coded.slice(0..range.len()));
        }
        tile
    }

    /// A row of the tile.
    fn row(&self, i: usize) -> Cow<'_, [f32]> {
        let dims = self.table.dims();
        match self.values {
            Some(values) => Cow::Borrowed(&values[i * dims..(i + 1) * dims]),
            None => self.table.row(self.range.start + i),
        }
    }
}
