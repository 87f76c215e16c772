//! Some queries against some rows at once, as a matrix product.
//!
//! Where the processor multiplies 8-bit numbers faster than others, the product is one of codes ([`super::codes`]), made
//! on the way; elsewhere it is one of the numbers themselves. Either way it only says which rows are worth looking at.

use std::borrow::Cow;
use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedAMatrix, PackedBMatrix};
use rten_tensor::NdTensorView;

use super::codes::{Center, Coded, CodedRows, MOST};
use super::compact::Compact;
use super::look::{CodesBelow, Look, NumbersBelow};
use super::query::{Query, is_tame, slack};
use crate::geometry::arithmetic::norm;
use crate::geometry::metric::Metric;
use crate::geometry::ranking::Shared;
use crate::geometry::rows::sample_mean;
use crate::vectors::Table;

/// Queries whose products with the rows of a tile are made and looked at together: what these take stays near the core.
const QUERIES_PER_PRODUCT: usize = 256;

/// The queries of one matrix product, at most.
pub(in crate::geometry) const QUERIES_PER_TILE: usize = 1_024;

/// The rows of one matrix product: with the queries and their products they stay in a core's own cache.
pub(in crate::geometry) const ROWS_PER_TILE: usize = 256;

/// Fewer queries than these are not worth rounding the rows for.
const FEWEST_CODED: usize = 48;

/// What query codes are too large by where they must not be negative.
pub(super) const OFFSET: u8 = 128;

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
    /// [`QUERIES_PER_PRODUCT`] after another, where products are made of codes.
    coded: Vec<CodedQueries>,
}

/// Queries rounded to 8 bits, and what the bounds on their products need.
pub(super) struct CodedQueries {
    codes: PackedAMatrix<u8>,
    pub bounds: Vec<Bound>,
}

/// What is known of a query beside its codes v.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    /// t.
    pub scale: f32,
    /// q·c.
    pub at_center: f32,
    /// |q|.
    pub norm: f32,
    /// |q − t·v| / |q|.
    pub rounding: f32,
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
            Products::Exact => Vec::new(),
            Products::Coded(executor, rounded) => numbers
                .chunks(QUERIES_PER_PRODUCT * dims)
                .map(|numbers| CodedQueries::new(executor, rounded.center(), numbers, dims))
                .collect(),
        };
        Self { queries, numbers, coded }
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Adds a tile's rows to the best of each query: by matrix product first, and exactly where that leaves a doubt.
    pub fn score(&self, products: &Products, tile: &Tile, space: &mut ProductSpace, best: &[Shared]) {
        let rows = tile.range.len();
        let slack = slack(tile.table.dims());
        let (Products::Coded(executor, _), Some(coded)) = (products, &tile.coded) else {
            let values = tile.values.expect("read where there are no codes to go by");
            space.exact.resize(self.len() * rows, 0.0);
            self.multiply(values, rows, &mut space.exact);
            let below = NumbersBelow { products: &space.exact, norms: tile.norms };
            return Arch::new().dispatch(Look { queries: &self.queries, slack, tile, below, best });
        };
        let each = self.queries.chunks(QUERIES_PER_PRODUCT).zip(&self.coded);
        for ((queries, codes), best) in each.zip(best.chunks(QUERIES_PER_PRODUCT)) {
            space.whole.resize(queries.len() * rows, 0);
            multiply_codes(executor, codes, coded, &mut space.whole);
            let below =
                CodesBelow { products: &space.whole, queries: codes, rows: coded.rows, norms: tile.norms };
            Arch::new().dispatch(Look { queries, slack, tile, below, best });
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

/// Products of the codes, query after query, row after row.
fn multiply_codes(
    executor: &GemmExecutor<u8, i8, i32>,
    queries: &CodedQueries,
    rows: &CodedTile,
    products: &mut [i32],
) {
    let (codes, rows) = (GemmInputA::Packed(&queries.codes), GemmInputB::Packed(&rows.packed));
    executor.gemm(products, codes, rows, GemmOptions::default()).expect("shapes that fit each other");
}

impl CodedQueries {
    fn new(executor: &GemmExecutor<u8, i8, i32>, center: &Center, numbers: &[f32], dims: usize) -> Self {
        let mut codes = vec![0_u8; numbers.len()];
        let each = numbers.chunks_exact(dims).zip(codes.chunks_exact_mut(dims));
        let bounds = each.map(|(values, codes)| Bound::new(values, center, codes)).collect();
        let matrix = NdTensorView::from_data([numbers.len() / dims, dims], codes.as_slice());
        Self { codes: executor.prepack_a(matrix), bounds }
    }
}

impl Bound {
    /// Rounds a query and writes its codes, each [`OFFSET`] too large.
    fn new(values: &[f32], center: &Center, codes: &mut [u8]) -> Self {
        let largest = values.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let (length, scale) = (norm(values), largest / MOST);
        let mut squares = 0.0;
        for (&x, code) in values.iter().zip(codes) {
            let whole = if scale.is_normal() { (x / scale).round().clamp(-MOST, MOST) } else { 0.0 };
            *code = (whole as i16 + i16::from(OFFSET)) as u8;
            squares += (f64::from(x) - f64::from(scale) * f64::from(whole)).powi(2);
        }
        Self {
            scale,
            at_center: center.product(values) as f32,
            norm: length as f32,
            rounding: if length > 0.0 { (squares.sqrt() / length * (1.0 + 1e-6)) as f32 } else { 0.0 },
        }
    }
}

/// Some rows of a table.
pub(in crate::geometry) struct Tile<'a> {
    table: &'a Table,
    pub(super) range: Range<usize>,
    /// Their numbers, one after another, where they were read.
    values: Option<&'a [f32]>,
    /// Their lengths.
    pub(super) norms: &'a [f32],
    coded: Option<CodedTile<'a>>,
    /// Where products may have overflowed or vanished, bounds mean nothing and every row is scored exactly. Codes do
    /// neither: what is said of the row that they are of has no bound then.
    pub(super) trusted: bool,
}

/// The codes of a tile's rows, and once more in the order in which they are multiplied.
struct CodedTile<'a> {
    rows: Coded<'a>,
    packed: PackedBMatrix<i8>,
}

impl<'a> CodedTile<'a> {
    fn new(executor: &GemmExecutor<u8, i8, i32>, rows: Coded<'a>, dims: usize) -> Self {
        let shape = [rows.scales.len(), dims];
        let codes = NdTensorView::from_slice_with_strides(shape, rows.codes, [rows.stride, 1]);
        Self { rows, packed: executor.prepack_b(codes.expect("rows of codes").transposed()) }
    }
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
        let mut tile = Tile { table, range: range.clone(), values: None, norms, coded: None, trusted: true };
        if let Products::Coded(executor, Rounded::Copy(compact)) = products {
            tile.coded = Some(CodedTile::new(executor, compact.slice(range), table.dims()));
            return tile;
        }
        let values = table.block(range.clone(), &mut space.raw);
        tile.values = Some(values);
        if let Products::Coded(executor, Rounded::Here(center)) = products {
            space.coded.resize(range.len(), table.dims());
            space.coded.whole_mut().encode(values, norms, center);
            let coded = space.coded.slice(0..range.len());
            tile.coded = Some(CodedTile::new(executor, coded, table.dims()));
        } else {
            tile.trusted = norms.iter().all(|&norm| is_tame(norm));
        }
        tile
    }

    /// A row of the tile.
    pub(super) fn row(&self, i: usize) -> Cow<'_, [f32]> {
        let dims = self.table.dims();
        match self.values {
            Some(values) => Cow::Borrowed(&values[i * dims..(i + 1) * dims]),
            None => self.table.row(self.range.start + i),
        }
    }
}
