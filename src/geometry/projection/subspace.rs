//! The largest eigenpairs of a large symmetric matrix that is known by its products with vectors.
//!
//! Block subspace iteration with Rayleigh–Ritz (Golub & Van Loan, *Matrix Computations*, 10.3), which keeps the last few
//! blocks instead of only one: that makes it a block Lanczos method with restarts and saves most of the products.

use faer::{Mat, Side};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use crate::progress::{Cancelled, Progress};

/// How exact pairs must be, and how long that is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// Every pair is good enough when |A v − λ v| ≤ `residual` λ₁.
    pub residual: f64,
    /// Where products are rounded so much that `residual` cannot be reached, this will do, once nothing improves.
    pub at_worst: f64,
    /// More products than this are never taken; tables of real rows need ten or twenty.
    pub most_products: usize,
}

/// Eigenvalues, largest first, and their vectors as columns.
pub(super) struct Pairs {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
    /// Whether the goal was reached.
    pub reached: bool,
}

/// After so many products that brought nothing, no more are taken.
const PATIENCE: usize = 5;

/// The `count` largest eigenpairs of a positive semi-definite `size` × `size` matrix. `apply` gives the product of the
/// matrix with a few columns.
///
/// # Errors
/// [`Cancelled`] once `progress` or `apply` says so.
pub(super) fn largest_eigenpairs(
    size: usize,
    count: usize,
    goal: Goal,
    apply: impl Fn(&Mat<f64>) -> Result<Mat<f64>, Cancelled>,
    progress: &dyn Progress,
) -> Result<Pairs, Cancelled> {
    let width = (count + 6).min(size);
    let mut random = Xoshiro256Plus::seed_from_u64(1);
    let start = Mat::from_fn(size, width, |_, _| random.gen_range(-1.0..1.0));
    let mut basis = extend(&Mat::zeros(size, 0), &start);
    let mut image = apply(&basis)?;
    let (mut least, mut idle) = (f64::INFINITY, 0);
    let mut round = 1;
    loop {
        progress.check()?;
        let (values, rotation) = ritz(&basis, &image);
        let vectors = &basis * rotation.subcols(0, width.min(rotation.ncols()));
        let images = &image * rotation.subcols(0, vectors.ncols());
        let residuals =
            Mat::from_fn(size, vectors.ncols(), |i, j| images[(i, j)] - values[j] * vectors[(i, j)]);
        let wanted = count.min(vectors.ncols());
        let worst = (0..wanted).map(|j| residuals.col(j).norm_l2()).fold(0.0, f64::max);
        let largest = values.first().copied().unwrap_or(0.0);
        idle = if worst < 0.5 * least { 0 } else { idle + 1 };
        least = least.min(worst);
        let nearness = (goal.residual * largest / worst.max(f64::MIN_POSITIVE)).sqrt();
        progress.report(nearness.clamp(round as f64 / goal.most_products as f64, 1.0) as f32);
        let answer = |reached: bool| Pairs {
            values: values[..wanted].to_vec(),
            vectors: vectors.subcols(0, wanted).to_owned(),
            reached,
        };
        if worst <= goal.residual * largest || (idle >= PATIENCE && worst <= goal.at_worst * largest) {
            return Ok(answer(true));
        }
        if basis.ncols() + width > (8 * width).min(size) {
            let keep = (2 * width).min(rotation.ncols());
            image = &image * rotation.subcols(0, keep);
            basis = &basis * rotation.subcols(0, keep);
        }
        let grown = extend(&basis, &residuals);
        let new = grown.subcols(basis.ncols(), grown.ncols() - basis.ncols()).to_owned();
        if new.ncols() == 0 || round == goal.most_products {
            // A basis that cannot grow holds everything that the matrix reaches.
            return Ok(answer(new.ncols() == 0));
        }
        image = beside(&image, &apply(&new)?);
        basis = grown;
        round += 1;
    }
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
    let before: Vec<f64> = (0..new.ncols()).map(|j| length(new.col_as_slice(j))).collect();
    let mut columns: Vec<(f64, Vec<f64>)> =
        before.into_iter().enumerate().map(|(j, before)| (before, new.col_as_slice(j).to_vec())).collect();
    // Twice, because once is not enough for a column that nearly lies among the others.
    for _ in 0..2 {
        let mut rest = Mat::from_fn(basis.nrows(), columns.len(), |i, j| columns[j].1[i]);
        if basis.ncols() > 0 {
            rest -= basis * (basis.transpose() * &rest);
        }
        let mut kept: Vec<(f64, Vec<f64>)> = Vec::with_capacity(columns.len());
        for (j, (before, _)) in columns.into_iter().enumerate() {
            let mut column = rest.col_as_slice(j).to_vec();
            for (_, other) in kept.iter().chain(&kept) {
                let along: f64 = column.iter().zip(other).map(|(x, y)| x * y).sum();
                column.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
            let after = length(&column);
            if basis.ncols() + kept.len() < basis.nrows()
                && after > 1e-10 * before
                && after > f64::MIN_POSITIVE
            {
                for x in &mut column {
                    *x /= after;
                }
                kept.push((1.0, column));
            }
        }
        columns = kept;
    }
    let added = Mat::from_fn(basis.nrows(), columns.len(), |i, j| columns[j].1[i]);
    beside(basis, &added)
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
    use std::cell::Cell;

    use super::*;
    use crate::progress::Unwatched;

    const GOAL: Goal = Goal { residual: 1e-7, at_worst: 1e-5, most_products: 100 };

    #[test]
    fn agrees_with_the_dense_solver_on_a_slowly_falling_spectrum() {
        let size = 200;
        let mut random = Xoshiro256Plus::seed_from_u64(7);
        let rough = Mat::from_fn(size, size, |_, _| random.gen_range(-1.0..1.0));
        let axes = extend(&Mat::zeros(size, 0), &rough);
        let scaled = Mat::from_fn(size, size, |i, j| axes[(i, j)] * 0.95_f64.powi(j as i32));
        let matrix = &scaled * axes.transpose();
        let found = largest_eigenpairs(size, 10, GOAL, |v| Ok(&matrix * v), &Unwatched).unwrap();
        let Pairs { values, vectors, reached } = found;
        assert!(reached);
        for j in 0..10 {
            assert!((values[j] - 0.95_f64.powi(j as i32)).abs() < 1e-8, "value {j}");
            let overlap: f64 = (0..size).map(|i| vectors[(i, j)] * axes[(i, j)]).sum();
            assert!(overlap.abs() > 1.0 - 1e-6, "vector {j} overlaps by {overlap}");
        }
    }

    #[test]
    fn a_matrix_of_low_rank_or_of_nothing_ends() {
        let ones = Mat::from_fn(30, 30, |_, _| 1.0);
        let values = largest_eigenpairs(30, 3, GOAL, |v| Ok(&ones * v), &Unwatched).unwrap().values;
        assert!((values[0] - 30.0).abs() < 1e-9 && values[1].abs() < 1e-9);
        let nothing = |v: &Mat<f64>| Ok(Mat::zeros(4, v.ncols()));
        let values = largest_eigenpairs(4, 3, GOAL, nothing, &Unwatched).unwrap().values;
        assert!(values.iter().all(|&value| value == 0.0));
    }

    #[test]
    fn a_goal_that_rounding_keeps_out_of_reach_is_given_up_for_the_next_best() {
        let goal = Goal { residual: 1e-12, ..GOAL };
        let products = Cell::new(0);
        let rough = |v: &Mat<f64>| {
            products.set(products.get() + 1);
            let round = |i: usize, j: usize| f64::from((v[(i, j)] * 0.9_f64.powi(i as i32)) as f32);
            Ok(Mat::from_fn(v.nrows(), v.ncols(), round))
        };
        let found = largest_eigenpairs(300, 4, goal, rough, &Unwatched).unwrap();
        assert!(found.reached && products.get() < 60, "{} products", products.get());
        assert!((found.values[3] - 0.9_f64.powi(3)).abs() < 1e-7);
    }
}
