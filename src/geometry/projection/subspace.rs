//! The largest eigenpairs of a large symmetric matrix that is known only by its products with vectors.
//!
//! Block subspace iteration with Rayleigh–Ritz (Golub & Van Loan, *Matrix Computations*, 10.3), which keeps the last few
//! blocks instead of only one: that makes it a block Lanczos method with restarts and saves most of the products.

use faer::{Mat, Side};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::progress::{Cancelled, Progress};

/// The work stops when every pair is this exact: |A v − λ v| ≤ 1e-5 λ₁.
const RESIDUAL: f64 = 1e-5;

/// More products than this are never taken; tables of real rows need about ten.
const MOST_PRODUCTS: usize = 300;

/// The `count` largest eigenvalues of a positive semi-definite `size` × `size` matrix, largest first, and their
/// vectors as columns. `apply` gives the product of the matrix with a few columns.
///
/// # Errors
/// [`Cancelled`] once `progress` or `apply` says so.
pub(super) fn largest_eigenpairs(
    size: usize,
    count: usize,
    apply: impl Fn(&Mat<f64>) -> Result<Mat<f64>, Cancelled>,
    progress: &dyn Progress,
) -> Result<(Vec<f64>, Mat<f64>), Cancelled> {
    let width = (count + 6).min(size);
    let mut random = Xoshiro256Plus::seed_from_u64(1);
    let start = Mat::from_fn(size, width, |_, _| random.gen_range(-1.0..1.0));
    let mut basis = extend(&Mat::zeros(size, 0), &start);
    let mut image = apply(&basis)?;
    for round in 0..MOST_PRODUCTS {
        progress.check()?;
        let (values, rotation) = ritz(&basis, &image);
        let vectors = &basis * rotation.subcols(0, width.min(rotation.ncols()));
        let images = &image * rotation.subcols(0, vectors.ncols());
        let residuals =
            Mat::from_fn(size, vectors.ncols(), |i, j| images[(i, j)] - values[j] * vectors[(i, j)]);
        let wanted = count.min(vectors.ncols());
        let worst = (0..wanted).map(|j| residuals.col(j).norm_l2()).fold(0.0, f64::max);
        let goal = RESIDUAL * values.first().copied().unwrap_or(0.0);
        progress.report(
            (goal / worst.max(f64::MIN_POSITIVE)).sqrt().clamp(round as f64 / MOST_PRODUCTS as f64, 1.0)
                as f32,
        );
        let answer = || (values[..wanted].to_vec(), vectors.subcols(0, wanted).to_owned());
        if worst <= goal {
            return Ok(answer());
        }
        if basis.ncols() + width > (8 * width).min(size) {
            let keep = (2 * width).min(rotation.ncols());
            image = &image * rotation.subcols(0, keep);
            basis = &basis * rotation.subcols(0, keep);
        }
        let grown = extend(&basis, &residuals);
        let new = grown.subcols(basis.ncols(), grown.ncols() - basis.ncols()).to_owned();
        if new.ncols() == 0 || round + 1 == MOST_PRODUCTS {
            return Ok(answer());
        }
        image = beside(&image, &apply(&new)?);
        basis = grown;
    }
    unreachable!("the last round returns")
}

/// Eigenvalues, largest first, and eigenvectors of the matrix as seen within `basis`.
fn ritz(basis: &Mat<f64>, image: &Mat<f64>) -> (Vec<f64>, Mat<f64>) {
    let small = basis.transpose() * image;
    let size = small.nrows();
    let symmetric = Mat::from_fn(size, size, |i, j| f64::midpoint(small[(i, j)], small[(j, i)]));
    match symmetric.self_adjoint_eigen(Side::Lower) {
        Ok(solution) => {
            let (values, vectors) = (solution.S().column_vector(), solution.U());
            let last = size.saturating_sub(1);
            let sorted = Mat::from_fn(size, size, |i, j| vectors[(i, last - j)]);
            ((0..size).map(|j| values[last - j]).collect(), sorted)
        }
        Err(_) => (vec![0.0; size], Mat::identity(size, size)),
    }
}

/// `basis`, whose columns are orthonormal, with the `new` columns made so as well; those that bring nothing are left out.
fn extend(basis: &Mat<f64>, new: &Mat<f64>) -> Mat<f64> {
    let mut columns: Vec<Vec<f64>> = (0..basis.ncols()).map(|j| basis.col_as_slice(j).to_vec()).collect();
    for j in 0..new.ncols() {
        if columns.len() == basis.nrows() {
            break;
        }
        let mut column = new.col_as_slice(j).to_vec();
        let before = length(&column);
        for other in columns.iter().chain(&columns) {
            let along: f64 = column.iter().zip(other).map(|(x, y)| x * y).sum();
            column.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
        }
        let after = length(&column);
        if after > 1e-10 * before && after > f64::MIN_POSITIVE {
            for x in &mut column {
                *x /= after;
            }
            columns.push(column);
        }
    }
    Mat::from_fn(basis.nrows(), columns.len(), |i, j| columns[j][i])
}

fn length(column: &[f64]) -> f64 {
    column.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Two matrices side by side.
fn beside(left: &Mat<f64>, right: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(left.nrows(), left.ncols() + right.ncols(), |i, j| {
        if j < left.ncols() { left[(i, j)] } else { right[(i, j - left.ncols())] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    #[test]
    fn agrees_with_the_dense_solver_on_a_slowly_falling_spectrum() {
        let size = 200;
        let mut random = Xoshiro256Plus::seed_from_u64(7);
        let rough = Mat::from_fn(size, size, |_, _| random.gen_range(-1.0..1.0));
        let axes = extend(&Mat::zeros(size, 0), &rough);
        let scaled = Mat::from_fn(size, size, |i, j| axes[(i, j)] * 0.95_f64.powi(j as i32));
        let matrix = &scaled * axes.transpose();
        let (values, vectors) = largest_eigenpairs(size, 10, |v| Ok(&matrix * v), &Unwatched).unwrap();
        for j in 0..10 {
            assert!((values[j] - 0.95_f64.powi(j as i32)).abs() < 1e-8, "value {j}");
            let overlap: f64 = (0..size).map(|i| vectors[(i, j)] * axes[(i, j)]).sum();
            assert!(overlap.abs() > 1.0 - 1e-6, "vector {j} overlaps by {overlap}");
        }
    }

    #[test]
    fn a_matrix_of_low_rank_or_of_nothing_ends() {
        let ones = Mat::from_fn(30, 30, |_, _| 1.0);
        let (values, _) = largest_eigenpairs(30, 3, |v| Ok(&ones * v), &Unwatched).unwrap();
        assert!((values[0] - 30.0).abs() < 1e-9 && values[1].abs() < 1e-9);
        let (values, _) = largest_eigenpairs(4, 3, |v| Ok(Mat::zeros(4, v.ncols())), &Unwatched).unwrap();
        assert!(values.iter().all(|&value| value == 0.0));
    }
}
