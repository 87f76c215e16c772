//! Principal component analysis (Pearson 1901, Hotelling 1933), exact.
//!
//! The axes are the eigenvectors of the covariance matrix. Which matrix is solved depends on the table's shape: the
//! d × d covariance for up to [`DENSE_LIMIT`] columns (whole, or from `ITERATIVE` columns on only its largest pairs);
//! the n × n matrix of products between rows where the rows are the
//! fewer; and for large n and d neither, but its product with a few vectors at a time (`subspace`).
//! Every way starts from the same pass over the rows in `f32` blocks that are summed up in `f64`.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par, Side};
use rayon::prelude::*;

use super::linear::Linear;
use super::moments::Moments;
use super::subspace::{Goal, Pairs, largest_eigenpairs};
use super::{Method, Projection};
use crate::geometry::rows::{Buffers, Preparation, fill_by_blocks};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The largest matrix that is given to the dense eigensolver whole.
pub const DENSE_LIMIT: usize = 1_500;

/// From so many columns on, the largest eigenpairs are looked for alone: that is sooner done, and can be cancelled.
const ITERATIVE: usize = 500;

/// What is wanted of a PCA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// At most this many components; never more than rows or columns.
    pub components: usize,
    /// Whether rows are first made unit length, so that direction counts and length does not.
    pub normalize: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { components: 10, normalize: false }
    }
}

/// The principal components of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    linear: Linear,
    variances: Vec<f64>,
    total_variance: f64,
}

impl Pca {
    /// Finds the principal components of all rows of `table` that are finite.
    ///
    /// The sign of each is such that its largest loading is positive, as in scikit-learn since 1.5.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn fit(table: &Table, options: Options, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let (rows, dims) = (table.rows(), table.dims());
        let components = options.components.min(rows).min(dims);
        let way = Way::choose(rows, dims);
        let moments = Moments::measure(
            table,
            options.normalize,
            way == Way::Covariance,
            &Part::new(progress, 0.0, 0.4),
        )?;
        let rest = Part::new(progress, 0.4, 1.0);
        let (variances, axes) = match (&moments.covariance, way) {
            _ if components == 0 || moments.trace <= 0.0 => (Vec::new(), Vec::new()),
            (Some(covariance), _) => largest(covariance, components, &rest)?,
            (None, Way::Products) => from_products(table, &moments, components, &rest)?,
            (None, _) => implicit(table, &moments, components, &rest)?,
        };
        progress.check()?;
        let unscale = f64::from(moments.preparation.scale).powi(-2);
        let mut variances: Vec<f64> =
            variances.into_iter().map(|variance| variance.max(0.0) * unscale).collect();
        variances.resize(components, 0.0);
        let axes = orthonormal(&axes, components, dims);
        let linear = Linear { mean: moments.mean(), axes, normalize: options.normalize };
        Ok(Self { linear, variances, total_variance: moments.trace * unscale })
    }

    /// The map from rows to coordinates.
    #[must_use]
    pub fn linear(&self) -> &Linear {
        &self.linear
    }

    /// The variance along each component (divided by n − 1), largest first.
    #[must_use]
    pub fn explained_variance(&self) -> &[f64] {
        &self.variances
    }

    /// The share of the total variance that each component has, 0 to 1; all 0 where nothing varies.
    #[must_use]
    pub fn explained_variance_ratio(&self) -> Vec<f64> {
        let share =
            |&variance: &f64| if self.total_variance > 0.0 { variance / self.total_variance } else { 0.0 };
        self.variances.iter().map(share).collect()
    }

    /// Where a vector of d numbers lies: the point of an analogy's target, for one.
    ///
    /// # Panics
    /// If `vector` has not as many numbers as a row.
    #[must_use]
    pub fn transform(&self, vector: &[f32]) -> Vec<f32> {
        self.linear.transform(vector)
    }
}

/// Finds the components and places every row.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn project(table: &Table, options: Options, progress: &dyn Progress) -> Result<Projection, Cancelled> {
    let pca = Pca::fit(table, options, &Part::new(progress, 0.0, 0.8))?;
    let coordinates = pca.linear.project(table, &Part::new(progress, 0.8, 1.0))?;
    Ok(Projection {
        method: Method::Pca,
        components: pca.variances.len(),
        coordinates,
        explained_variance_ratio: Some(pca.explained_variance_ratio()),
        sampled_rows: None,
        linear: Some(pca.linear),
        unfinished: None,
    })
}

/// Which matrix is solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The d × d covariance, by the dense solver.
    Covariance,
    /// The n × n products between rows, by the dense solver.
    Products,
    /// None: only products with it.
    Implicit,
}

impl Way {
    fn choose(rows: usize, dims: usize) -> Self {
        match (rows, dims) {
            _ if dims <= rows && dims <= DENSE_LIMIT => Self::Covariance,
            _ if rows < dims && rows <= DENSE_LIMIT => Self::Products,
            _ => Self::Implicit,
        }
    }
}

/// The largest eigenpairs of a covariance matrix: values, and vectors one after another.
fn largest(
    covariance: &Mat<f64>,
    count: usize,
    progress: &dyn Progress,
) -> Result<(Vec<f64>, Vec<f64>), Cancelled> {
    const GOAL: Goal = Goal { residual: 1e-10, at_worst: 1e-10, most_products: 60 };
    let size = covariance.nrows();
    if size >= ITERATIVE && count <= size / 20 {
        let apply = |vectors: &Mat<f64>| Ok(covariance * vectors);
        let pairs = largest_eigenpairs(size, count, GOAL, apply, progress)?;
        if pairs.reached {
            return Ok(one_after_another(pairs));
        }
    }
    progress.check()?;
    Ok(dense(covariance, count))
}

fn one_after_another(pairs: Pairs) -> (Vec<f64>, Vec<f64>) {
    let vectors = &pairs.vectors;
    let columns =
        (0..vectors.ncols()).flat_map(|column| vectors.col_as_slice(column).iter().copied()).collect();
    (pairs.values, columns)
}

/// The largest eigenpairs of a symmetric matrix: values, and vectors one after another.
fn dense(matrix: &Mat<f64>, count: usize) -> (Vec<f64>, Vec<f64>) {
    let Ok(solution) = matrix.self_adjoint_eigen(Side::Lower) else {
        // The solver only gives up on numbers that are not finite; such a table has no axes to show.
        return (Vec::new(), Vec::new());
    };
    let size = matrix.nrows();
    let values = solution.S().column_vector();
    let vectors = solution.U();
    let order = || (0..size).rev().take(count);
    let columns = order().flat_map(|column| (0..size).map(move |row| vectors[(row, column)])).collect();
    (order().map(|i| values[i]).collect(), columns)
}

/// Few rows, many columns: from the eigenvectors u of X Xᵀ the axes are Xᵀu / √λ.
fn from_products(
    table: &Table,
    moments: &Moments,
    components: usize,
    progress: &dyn Progress,
) -> Result<(Vec<f64>, Vec<f64>), Cancelled> {
    const COLUMNS: usize = 1_024;
    const RANK_TOLERANCE: f64 = 1e-7;
    let (rows, dims) = (table.rows(), table.dims());
    let preparation = moments.centered();
    let mut centered = vec![0.0_f32; rows * dims];
    fill_by_blocks(rows, 16, dims, &mut centered, progress, |buffers, range, out| {
        preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
        out.copy_from_slice(&buffers.prepared);
    })?;
    let centered = MatRef::from_row_major_slice(&centered, rows, dims);
    let mut products = Mat::<f64>::zeros(rows, rows);
    let mut block = Mat::<f32>::zeros(rows, rows);
    for first in (0..dims).step_by(COLUMNS) {
        progress.check()?;
        let columns = centered.subcols(first, COLUMNS.min(dims - first));
        matmul(
            &mut block,
            Accum::Replace,
            columns,
            columns.transpose(),
            1.0_f32,
            faer::get_global_parallelism(),
        );
        products += Mat::from_fn(rows, rows, |i, j| f64::from(block[(i, j)]));
        progress.report(first as f32 / dims as f32);
    }
    let (mut values, vectors) = dense(&products, components);
    let largest = values.first().copied().unwrap_or(0.0);
    // n rows vary in at most n − 1 directions; what the rounding of f32 leaves in the others is none.
    values.iter_mut().filter(|value| **value <= RANK_TOLERANCE * largest).for_each(|value| *value = 0.0);
    let mut axes = Vec::with_capacity(components * dims);
    for (&value, vector) in values.iter().zip(vectors.chunks_exact(rows)).filter(|(value, _)| **value > 0.0) {
        progress.check()?;
        let mut axis = vec![0.0_f64; dims];
        for (row, weight) in vector.iter().enumerate() {
            axis.iter_mut().enumerate().for_each(|(j, sum)| *sum += weight * f64::from(centered[(row, j)]));
        }
        let length = value.sqrt();
        axes.extend(axis.into_iter().map(|x| x / length));
    }
    let divisor = (moments.rows as f64 - 1.0).max(1.0);
    Ok((values.into_iter().map(|value| value / divisor).collect(), axes))
}

/// Many rows, many columns: the covariance is only ever multiplied with a few vectors at a time.
fn implicit(
    table: &Table,
    moments: &Moments,
    components: usize,
    progress: &dyn Progress,
) -> Result<(Vec<f64>, Vec<f64>), Cancelled> {
    const GOAL: Goal = Goal { residual: 3e-7, at_worst: 1e-5, most_products: 300 };
    let preparation = moments.centered();
    let apply = |vectors: &Mat<f64>| covariance_times(table, &preparation, vectors, moments.rows, progress);
    Ok(one_after_another(largest_eigenpairs(table.dims(), components, GOAL, apply, progress)?))
}

/// C·V = Xᵀ(X·V) / (n − 1) for centred rows X and a few vectors V (d × b), in one pass over the table.
fn covariance_times(
    table: &Table,
    preparation: &Preparation,
    vectors: &Mat<f64>,
    rows: usize,
    progress: &dyn Progress,
) -> Result<Mat<f64>, Cancelled> {
    let (dims, width, all) = (vectors.nrows(), vectors.ncols(), table.rows());
    let narrow = Mat::<f32>::from_fn(dims, width, |i, j| vectors[(i, j)] as f32);
    let block_rows = ((1 << 18) / dims.max(1)).clamp(8, 256);
    let step = all.div_ceil(8).next_multiple_of(block_rows);
    let parts: Vec<Mat<f64>> = (0..all.div_ceil(step))
        .into_par_iter()
        .map(|part| {
            let mut total = Mat::<f64>::zeros(dims, width);
            let mut block = Mat::<f32>::zeros(dims, width);
            let mut buffers = Buffers::default();
            let end = ((part + 1) * step).min(all);
            for first in (part * step..end).step_by(block_rows) {
                progress.check()?;
                let range = first..(first + block_rows).min(end);
                let count = range.len();
                preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
                let x = MatRef::from_row_major_slice(&buffers.prepared, count, dims);
                let mut along = Mat::<f32>::zeros(count, width);
                matmul(&mut along, Accum::Replace, x, &narrow, 1.0_f32, Par::Seq);
                matmul(&mut block, Accum::Replace, x.transpose(), &along, 1.0_f32, Par::Seq);
                for column in 0..width {
                    let into = total.col_as_slice_mut(column);
                    into.iter_mut()
                        .zip(block.col_as_slice(column))
                        .for_each(|(sum, &x)| *sum += f64::from(x));
                }
            }
            Ok(total)
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut total = Mat::<f64>::zeros(dims, width);
    for part in &parts {
        total += part;
    }
    let divisor = (rows as f64 - 1.0).max(1.0);
    Ok(Mat::from_fn(dims, width, |i, j| total[(i, j)] / divisor))
}

/// Makes `axes` (d numbers each) into exactly `count` orthonormal ones with the largest loading positive: what is
/// missing, because the rows do not vary in so many directions, is filled up with directions at right angles.
fn orthonormal(axes: &[f64], count: usize, dims: usize) -> Vec<f32> {
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(count);
    let candidates = axes.chunks_exact(dims.max(1)).map(<[f64]>::to_vec);
    let fillers = (0..dims).map(|column| (0..dims).map(|i| f64::from(u8::from(i == column))).collect());
    for mut axis in candidates.chain(fillers) {
        if done.len() == count {
            break;
        }
        // Twice, because once is not enough for a vector that nearly lies among those before it.
        for other in done.iter().chain(&done) {
            let along: f64 = axis.iter().zip(other).map(|(x, y)| x * y).sum();
            axis.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
        }
        let length = axis.iter().map(|x| x * x).sum::<f64>().sqrt();
        let most = axis.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
        if length > 1e-3 {
            let factor = most.signum() / length;
            for x in &mut axis {
                *x *= factor;
            }
            done.push(axis);
        }
    }
    done.into_iter().flatten().map(|x| x as f32).collect()
}

#[cfg(test)]
mod tests;
