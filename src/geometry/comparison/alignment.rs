//! One table turned onto another: orthogonal Procrustes (Schönemann, "A generalized solution of the orthogonal Procrustes
//! problem", 1966), as Hamilton, Leskovec and Jurafsky use it for words ("Diachronic word embeddings reveal statistical
//! laws of semantic change", 2016).

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::shared::SharedWords;
use crate::geometry::arithmetic::{norm, unit};
use crate::geometry::rows::{Counter, fill_by_blocks};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The rows of one matrix product.
const BLOCK: usize = 256;

/// What the sums of all stretches together may take in memory, more or less.
const SUMS_BYTES: usize = 128 << 20;

/// What is wanted of an alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether the mean of the words, as unit rows, is first taken from each table and that of the first given to what is
    /// carried into it: then a direction that all words of a table share says nothing.
    pub center: bool,
    /// At most so many words are used to find the rotation: the first ones, which in most tables are the most frequent.
    pub most_words: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { center: false, most_words: 50_000 }
    }
}

/// How rows of a second table become rows in the space of a first.
///
/// A row x becomes (x / |x| · R + c) · |x| · s, with the rotation R, the offset c (0 unless centered) and the scale s.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignment {
    /// d₁ and d₂, the dimensions of the two tables.
    pub dims: [usize; 2],
    /// Whether means were taken out.
    pub centered: bool,
    /// The words that both tables have.
    pub shared: usize,
    /// The words that the rotation was found by: the first of them, without those that have a row of zeros. Where these are
    /// not many more than dimensions, any word can be turned onto itself, and nearness after alignment means little.
    pub fitted: usize,
    /// The mean cosine, −1 to 1, of all shared words in the first table with themselves as they are carried there; none
    /// where no word has a direction in both.
    pub mean_cosine: Option<f64>,
    /// The mean length of the words fitted in the first table, divided by that in the second.
    pub scale: f64,
    rotation: Vec<f32>,
    offset: Vec<f32>,
    distances: Vec<Option<f32>>,
}

impl Alignment {
    /// R, row after row: d₂ rows of d₁ numbers, by which rows of the second table are multiplied from the right.
    ///
    /// R Rᵀ is the identity where d₂ ≤ d₁ and Rᵀ R where d₂ ≥ d₁. It may mirror as well as turn.
    #[must_use]
    pub fn rotation(&self) -> &[f32] {
        &self.rotation
    }

    /// 1 − cosine of a shared word, by the number of its pair, in the first table with itself as it is carried there: 0 to
    /// 2. None where it has no direction in one of the tables.
    ///
    /// # Panics
    /// If there is no such pair.
    #[must_use]
    pub fn distance(&self, pair: usize) -> Option<f32> {
        self.distances[pair]
    }

    /// The distances of all pairs.
    pub(super) fn distances(&self) -> &[Option<f32>] {
        &self.distances
    }

    /// Takes a row of the second table (d₂ numbers) into the space of the first (d₁ numbers in `out`). A row of zeros, or
    /// of numbers that are not finite, becomes zeros.
    ///
    /// # Panics
    /// If `row` or `out` has another size.
    pub fn carry(&self, row: &[f32], out: &mut [f32]) {
        assert_eq!([out.len(), row.len()], self.dims, "as many numbers as a row");
        self.turn(&unit(row), &[length(row)], out);
    }

    /// Takes `rows` of the second table into the space of the first: d₁ numbers each, one after another.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    ///
    /// # Panics
    /// If `second` has other dimensions, or lacks one of the rows.
    pub fn carried(
        &self,
        second: &Table,
        rows: &[u32],
        progress: &dyn Progress,
    ) -> Result<Vec<f32>, Cancelled> {
        let [into, from] = self.dims;
        assert_eq!(second.dims(), from, "as many numbers as a row");
        let mut carried = vec![0.0; rows.len() * into];
        fill_by_blocks(rows.len(), BLOCK, into, &mut carried, progress, |buffers, range, out| {
            buffers.prepared.resize(range.len() * from, 0.0);
            let each = rows[range].iter().zip(buffers.prepared.chunks_exact_mut(from));
            let lengths: Vec<f64> = each
                .map(|(&row, target)| {
                    let row = second.row(row as usize);
                    target.copy_from_slice(&unit(&row));
                    length(&row)
                })
                .collect();
            self.turn(&buffers.prepared, &lengths, out);
        })?;
        Ok(carried)
    }

    /// Turns unit rows and gives them their lengths.
    fn turn(&self, units: &[f32], lengths: &[f64], out: &mut [f32]) {
        let [into, from] = self.dims;
        matmul(
            MatMut::from_row_major_slice_mut(out, lengths.len(), into),
            Accum::Replace,
            MatRef::from_row_major_slice(units, lengths.len(), from),
            MatRef::from_row_major_slice(&self.rotation, from, into),
            1.0_f32,
            Par::Seq,
        );
        let (least, most) = (f64::from(f32::MIN), f64::from(f32::MAX));
        for (row, length) in out.chunks_exact_mut(into).zip(lengths) {
            let factor = length * self.scale;
            for (x, offset) in row.iter_mut().zip(&self.offset) {
                *x = (f64::from(*x + offset) * factor).clamp(least, most) as f32;
            }
        }
    }
}

/// Turns `second` so that the words which it shares with `first` lie as near as they can to where they lie there.
///
/// With the words' rows made unit length as A (n × d₁) and B (n × d₂), from which their means are taken if asked, R is the
/// d₂ × d₁ matrix with orthonormal rows or columns that makes Σ a·(bR) the largest: `UVᵀ` of the singular value
/// decomposition U S Vᵀ of `BᵀA`. Where d₂ ≤ d₁ it also makes |A − BR| the smallest; where d₂ > d₁ it is what is left of
/// the rotation that does so for A with zeros appended. Directions in which the shared words do not vary are turned anyhow.
///
/// # Errors
/// [`Cancelled`] once `progress` says so; the decomposition itself does not ask, and grows with the cube of the dimensions.
///
/// # Panics
/// If `shared` was not made from these tables.
pub fn align(
    first: &Table,
    second: &Table,
    shared: &SharedWords,
    options: Options,
    progress: &dyn Progress,
) -> Result<Alignment, Cancelled> {
    shared.assert_of(first, second);
    progress.check()?;
    let tables = [first, second];
    let used = &shared.pairs()[..shared.len().min(options.most_words)];
    let sums = Sums::measure(tables, used, &Part::new(progress, 0.0, 0.4))?;
    let means =
        [0, 1].map(|side| if options.center { sums.mean(side) } else { vec![0.0; tables[side].dims()] });
    let rotation = rotation(&sums.products_around(&means));
    progress.check()?;
    let [into, from] = tables.map(Table::dims);
    let offset: Vec<f64> = (0..into)
        .map(|j| means[0][j] - (0..from).map(|i| means[1][i] * rotation[(i, j)]).sum::<f64>())
        .collect();
    let distances = distances(tables, shared.pairs(), &rotation, &offset, &Part::new(progress, 0.4, 1.0))?;
    let known: Vec<f64> = distances.iter().copied().flatten().collect();
    let mean_distance = known.iter().sum::<f64>() / known.len() as f64;
    Ok(Alignment {
        dims: [into, from],
        centered: options.center,
        shared: shared.len(),
        fitted: sums.count,
        mean_cosine: (!known.is_empty()).then_some(1.0 - mean_distance),
        scale: if sums.count > 0 { sums.lengths[0] / sums.lengths[1] } else { 1.0 },
        rotation: (0..from)
            .flat_map(|i| (0..into).map(move |j| (i, j)))
            .map(|at| rotation[at] as f32)
            .collect(),
        offset: offset.into_iter().map(|x| x as f32).collect(),
        distances: distances.into_iter().map(|distance| distance.map(|distance| distance as f32)).collect(),
    })
}

/// `UVᵀ` of a d₂ × d₁ matrix.
fn rotation(products: &Mat<f64>) -> Mat<f64> {
    match products.thin_svd() {
        Ok(parts) if products.norm_l2() > 0.0 => parts.U() * parts.V().transpose(),
        // No words, nothing to turn. The solver itself only gives up on numbers that are not finite.
        _ => Mat::identity(products.nrows(), products.ncols()),
    }
}

/// The length of `row`; 0 where it has no direction, because it is all zeros or not finite.
fn length(row: &[f32]) -> f64 {
    Some(norm(row)).filter(|length| length.is_finite()).unwrap_or(0.0)
}

/// Some words' unit rows in both tables, row after row, and their lengths there. Words without a direction in one of the
/// tables are zeros in both.
struct Units {
    values: [Vec<f64>; 2],
    lengths: Vec<[f64; 2]>,
}

impl Units {
    fn read(tables: [&Table; 2], pairs: &[[u32; 2]]) -> Self {
        let mut values = tables.map(|table| Vec::with_capacity(pairs.len() * table.dims()));
        let mut lengths = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let rows = [0, 1].map(|side| tables[side].row(pair[side] as usize));
            let own = [0, 1].map(|side| length(&rows[side]));
            let known = own.iter().all(|&length| length > 0.0);
            for side in [0, 1] {
                let factor = if known { own[side].recip() } else { 0.0 };
                values[side].extend(rows[side].iter().map(|&x| f64::from(x) * factor));
            }
            lengths.push(if known { own } else { [0.0; 2] });
        }
        Self { values, lengths }
    }

    /// The unit rows in table `side`, 0 or 1.
    fn rows(&self, side: usize) -> MatRef<'_, f64> {
        let (values, rows) = (&self.values[side], self.lengths.len());
        MatRef::from_row_major_slice(values, rows, values.len() / rows)
    }
}

/// Sums over the words that are used.
struct Sums {
    /// Σ bᵀa, d₂ × d₁.
    products: Mat<f64>,
    /// Σ a and Σ b.
    rows: [Vec<f64>; 2],
    /// The lengths of the rows before they were made unit.
    lengths: [f64; 2],
    /// The words with a direction in both tables.
    count: usize,
}

impl Sums {
    fn new([into, from]: [usize; 2]) -> Self {
        let rows = [vec![0.0; into], vec![0.0; from]];
        Self { products: Mat::zeros(from, into), rows, lengths: [0.0; 2], count: 0 }
    }

    /// Sums up fixed stretches of words in parallel, then the stretches in their order, so that every run rounds alike.
    fn measure(tables: [&Table; 2], pairs: &[[u32; 2]], progress: &dyn Progress) -> Result<Self, Cancelled> {
        let dims = tables.map(Table::dims);
        let stretches = (SUMS_BYTES / (dims[0] * dims[1] * size_of::<f64>()).max(1)).clamp(2, 16);
        let step = pairs.len().div_ceil(stretches).next_multiple_of(BLOCK).max(BLOCK);
        let done = Counter::new(pairs.len(), progress);
        let parts: Vec<Self> = pairs
            .par_chunks(step)
            .with_max_len(1)
            .map(|stretch| {
                let mut sums = Self::new(dims);
                for pairs in stretch.chunks(BLOCK) {
                    progress.check()?;
                    sums.add(&Units::read(tables, pairs));
                    done.add(pairs.len());
                }
                Ok(sums)
            })
            .collect::<Result<_, Cancelled>>()?;
        let mut total = Self::new(dims);
        for part in &parts {
            total.merge(part);
        }
        Ok(total)
    }

    fn add(&mut self, units: &Units) {
        let [a, b] = [0, 1].map(|side| units.rows(side));
        matmul(self.products.as_mut(), Accum::Add, b.transpose(), a, 1.0, Par::Seq);
        for (sums, values) in self.rows.iter_mut().zip(&units.values) {
            for row in values.chunks_exact(sums.len()) {
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
        }
        for lengths in units.lengths.iter().filter(|lengths| lengths[0] > 0.0) {
            self.lengths.iter_mut().zip(lengths).for_each(|(sum, length)| *sum += length);
            self.count += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.products += &other.products;
        for (sums, others) in self.rows.iter_mut().zip(&other.rows) {
            sums.iter_mut().zip(others).for_each(|(sum, x)| *sum += x);
        }
        self.lengths.iter_mut().zip(other.lengths).for_each(|(sum, length)| *sum += length);
        self.count += other.count;
    }

    /// The mean unit row in table `side`, 0 or 1.
    fn mean(&self, side: usize) -> Vec<f64> {
        self.rows[side].iter().map(|sum| sum / self.count.max(1) as f64).collect()
    }

    /// Σ (b − m₂)ᵀ(a − m₁), where m₁ and m₂ are the means or zero.
    fn products_around(&self, means: &[Vec<f64>; 2]) -> Mat<f64> {
        let count = self.count as f64;
        Mat::from_fn(self.products.nrows(), self.products.ncols(), |i, j| {
            self.products[(i, j)] - count * means[1][i] * means[0][j]
        })
    }
}

/// 1 − cosine of a and bR + `offset` for every pair: 0 to 2, or none. In `f64`, because what rounding leaves of words that
/// did not move is all that they are compared by.
fn distances(
    tables: [&Table; 2],
    pairs: &[[u32; 2]],
    rotation: &Mat<f64>,
    offset: &[f64],
    progress: &dyn Progress,
) -> Result<Vec<Option<f64>>, Cancelled> {
    let into = tables[0].dims();
    let mut distances = vec![None; pairs.len()];
    fill_by_blocks(pairs.len(), BLOCK, 1, &mut distances, progress, |_, range, out| {
        let units = Units::read(tables, &pairs[range]);
        let mut turned = vec![0.0; out.len() * into];
        let target = MatMut::from_row_major_slice_mut(&mut turned, out.len(), into);
        matmul(target, Accum::Replace, units.rows(1), rotation, 1.0, Par::Seq);
        let rows = units.values[0].chunks_exact(into).zip(turned.chunks_exact(into)).zip(&units.lengths);
        for (distance, ((a, turned), lengths)) in out.iter_mut().zip(rows) {
            let (mut product, mut square) = (0.0, 0.0);
            for ((a, b), offset) in a.iter().zip(turned).zip(offset) {
                product += a * (b + offset);
                square += (b + offset) * (b + offset);
            }
            // A row that is all in dimensions which the first table lacks is at right angles to everything there.
            let cosine = if square > 0.0 { product / f64::sqrt(square) } else { 0.0 };
            *distance = (lengths[0] > 0.0).then(|| (1.0 - cosine).clamp(0.0, 2.0));
        }
    })?;
    Ok(distances)
}
