//! Mean and covariance of a table's rows, in one parallel pass. Rows that are not finite do not count.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use rayon::prelude::*;

use crate::geometry::rows::{Buffers, Counter, Preparation, fill_by_blocks, finite_rows, sample_mean};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// The rows of a block whose products are summed in `f32`: few enough that rounding stays near 1e-7 of the sum, and in
/// wide tables as many as columns, so that adding up the blocks in `f64` costs little beside the products.
pub(super) fn rows_per_block(dims: usize) -> usize {
    dims.clamp(256, 512)
}

/// The columns of one product.
const PANEL: usize = 96;

/// What the sums of all stretches together may take in memory, more or less.
const SUMS_BYTES: usize = 32 << 20;

/// Mean and (co)variance, as one pass over the table gives them.
pub(super) struct Moments {
    /// What the pass took from the rows before it squared them.
    pub preparation: Preparation,
    /// The mean of the prepared rows: small, because `preparation` shifts by nearly the mean.
    offset: Vec<f64>,
    /// The rows that were measured: those that are finite.
    pub rows: usize,
    /// The sum of the variances of all columns, in prepared units.
    pub trace: f64,
    pub covariance: Option<Mat<f64>>,
}

impl Moments {
    pub fn measure(
        table: &Table,
        normalize: bool,
        with_covariance: bool,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let mut preparation =
            Preparation { shift: sample_mean(table, normalize), ..Preparation::new(normalize) };
        let first = Self::pass(table, preparation.clone(), with_covariance, progress)?;
        // Squares leave the range of f32 beyond about 1e±19: then, and only then, everything is brought near 1.
        if first.trace.is_finite() && first.trace > 1e-24 {
            return Ok(first);
        }
        let largest = largest_magnitude(table, &preparation, progress)?;
        if largest == 0.0 {
            return Ok(Self { trace: 0.0, ..first });
        }
        preparation.scale = largest.recip().clamp(f32::MIN_POSITIVE, f32::MAX);
        preparation.finite_only = true;
        Self::pass(table, preparation, with_covariance, progress)
    }

    /// Sums up fixed stretches of rows in parallel, then the stretches in their order, so that every run rounds alike.
    fn pass(
        table: &Table,
        preparation: Preparation,
        with_covariance: bool,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let (rows, dims) = (table.rows(), table.dims());
        let size = if with_covariance { dims } else { 0 };
        let block = rows_per_block(dims);
        // Few, where their sums are large against what is summed: each begins with zeros and is added up in the end.
        let most = (SUMS_BYTES / (size * size * 12).max(1)).clamp(8, 32);
        let stretches = (rows / (8 * block)).clamp(8, most);
        let step = rows.div_ceil(stretches).next_multiple_of(block);
        let done = Counter::new(rows, progress);
        let parts: Vec<Sums> = (0..rows.div_ceil(step.max(1)))
            .into_par_iter()
            .map(|part| {
                let mut sums = Sums::new(dims, size);
                let mut buffers = Buffers::default();
                let end = ((part + 1) * step).min(rows);
                for first in (part * step..end).step_by(block) {
                    progress.check()?;
                    let range = first..(first + block).min(end);
                    let count = range.len();
                    preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
                    sums.add(&buffers.prepared, count);
                    done.add(count);
                }
                Ok(sums)
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok(Sums::total(parts, dims, size).into_moments(preparation, finite_rows(table)))
    }

    /// The mean row, in the table's own units.
    pub fn mean(&self) -> Vec<f32> {
        let scale = f64::from(self.preparation.scale);
        let shifts = self.preparation.shift.iter();
        shifts.zip(&self.offset).map(|(&shift, offset)| (f64::from(shift) + offset / scale) as f32).collect()
    }

    /// How to read rows so that their mean is 0.
    pub fn centered(&self) -> Preparation {
        Preparation { shift: self.mean(), ..self.preparation.clone() }
    }
}

/// Sums over prepared rows.
struct Sums {
    /// Σx, a column each, and a block's worth of it in `f32`.
    first: Vec<f64>,
    row: Vec<f32>,
    /// Σx², over all columns together, where no products are wanted.
    squares: f64,
    /// Σxᵢxⱼ for i ≥ j, and a block's worth of it in `f32`.
    products: Mat<f64>,
    block: Mat<f32>,
}

impl Sums {
    /// For `dims` columns, and the products among the first `size` of them (all, or none).
    fn new(dims: usize, size: usize) -> Self {
        Self {
            first: vec![0.0; dims],
            row: vec![0.0; dims],
            squares: 0.0,
            products: Mat::zeros(size, size),
            block: Mat::zeros(size, size),
        }
    }

    fn add(&mut self, values: &[f32], rows: usize) {
        let dims = self.first.len();
        let size = self.products.nrows();
        self.row.fill(0.0);
        for row in values.chunks_exact(dims.max(1)) {
            self.row.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        self.first.iter_mut().zip(&self.row).for_each(|(sum, &x)| *sum += f64::from(x));
        if size == 0 {
            self.squares += values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
            return;
        }
        let block = MatRef::from_row_major_slice(values, rows, dims);
        // Only the part on and below the diagonal, panel by panel: whole products of this size run at the machine's full
        // speed, which those of triangles do not.
        for first in (0..size).step_by(PANEL) {
            let width = PANEL.min(size - first);
            matmul(
                self.block.submatrix_mut(first, first, size - first, width),
                Accum::Replace,
                block.subcols(first, size - first).transpose(),
                block.subcols(first, width),
                1.0_f32,
                Par::Seq,
            );
        }
        for column in 0..size {
            let into = &mut self.products.col_as_slice_mut(column)[column..];
            let block = &self.block.col_as_slice(column)[column..];
            into.iter_mut().zip(block).for_each(|(sum, &x)| *sum += f64::from(x));
        }
    }

    fn total(parts: Vec<Self>, dims: usize, size: usize) -> Self {
        let mut total = Self::new(dims, size);
        for part in parts {
            total.first.iter_mut().zip(&part.first).for_each(|(sum, x)| *sum += x);
            total.squares += part.squares;
            total.products += &part.products;
        }
        total
    }

    fn into_moments(self, preparation: Preparation, rows: usize) -> Moments {
        let count = rows as f64;
        let divisor = (count - 1.0).max(1.0);
        let offset: Vec<f64> = self.first.iter().map(|sum| sum / count.max(1.0)).collect();
        if self.products.nrows() == 0 {
            let around_mean = self.squares - count * offset.iter().map(|x| x * x).sum::<f64>();
            return Moments { preparation, offset, rows, trace: around_mean / divisor, covariance: None };
        }
        let size = self.products.nrows();
        let covariance = Mat::from_fn(size, size, |i, j| {
            (self.products[(i.max(j), i.min(j))] - count * offset[i] * offset[j]) / divisor
        });
        let trace = (0..size).map(|i| covariance[(i, i)]).sum();
        Moments { preparation, offset, rows, trace, covariance: Some(covariance) }
    }
}

/// The largest finite |x| among all prepared numbers.
fn largest_magnitude(
    table: &Table,
    preparation: &Preparation,
    progress: &dyn Progress,
) -> Result<f32, Cancelled> {
    let mut largest = vec![0.0_f32; table.rows()];
    fill_by_blocks(
        table.rows(),
        rows_per_block(table.dims()),
        1,
        &mut largest,
        progress,
        |buffers, range, out| {
            preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
            for (largest, row) in out.iter_mut().zip(buffers.prepared.chunks_exact(table.dims().max(1))) {
                *largest = row.iter().filter(|x| x.is_finite()).fold(0.0, |most, x| most.max(x.abs()));
            }
        },
    )?;
    Ok(largest.into_iter().fold(0.0, f32::max))
}
