//! Where the points of UMAP start: the smoothest patterns on the graph that joins them.
//!
//! These are the leading eigenvectors of N = D^−½ W D^−½ after the first (Belkin and Niyogi, "Laplacian eigenmaps for
//! dimensionality reduction and data representation", 2003), W being the weights and D their sums. Here every point is joined
//! to every other a little as well: otherwise each small island of points would have an eigenvector for itself (Zhang and Rohe,
//! "Understanding regularized spectral clustering via graph conductance", 2018).
//!
//! A start need not be exact. The principal components, with some random columns, are filtered through a Chebyshev polynomial of
//! N that is large only near the largest eigenvalues (Saad, *Numerical Methods for Large Eigenvalue Problems*, 7.4).

use faer::{Mat, Side};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::geometry::projection::neighborhood::Graph;
use crate::progress::{Cancelled, Progress};

/// The extent of the map at the start.
const EXTENT: f32 = 10.0;

/// What is random of it, so that equal rows do not start in one place.
const NOISE: f32 = 1e-2;

/// How much each point is joined to all others, in shares of what it is joined to its neighbors on average.
const REGULARIZATION: f32 = 0.05;

/// The columns that are filtered: the first eigenvector, up to three that are wanted, and some to spare.
const COLUMNS: usize = 8;

/// Eigenvalues below this are filtered out.
const CUT: f32 = 0.8;

/// The degree of the polynomial, and how often it is applied.
const DEGREE: usize = 10;
const ROUNDS: usize = 10;

/// Points that one task takes on.
const BLOCK: usize = 512;

type Columns = Vec<[f32; COLUMNS]>;

/// The first places of points, given their principal components: within 10 from end to end.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn start<const D: usize>(
    graph: &Graph,
    components: &[[f32; D]],
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<[f32; D]>, Cancelled> {
    let walk = Walk::new(graph);
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    let mut columns: Columns = components
        .iter()
        .zip(&walk.roots)
        .map(|(components, root)| {
            let mut row: [f32; COLUMNS] = std::array::from_fn(|_| random.gen_range(-1.0..1.0));
            row[0] = root.recip();
            row[1..=D].copy_from_slice(components);
            row
        })
        .collect();
    for round in 0..ROUNDS {
        progress.check()?;
        columns = walk.filter(columns);
        columns = walk.separate(columns);
        progress.report((round + 1) as f32 / ROUNDS as f32);
    }
    // Divided by the roots of degrees, the patterns are those of a random walk, in which neighbors have like values.
    let mut points: Vec<[f32; D]> = columns
        .iter()
        .zip(&walk.roots)
        .map(|(row, root)| std::array::from_fn(|side| row[side + 1] * root))
        .collect();
    let most = points.as_flattened().iter().fold(f32::MIN_POSITIVE, |most, x| most.max(x.abs()));
    for x in points.as_flattened_mut() {
        *x = *x / most * (EXTENT / 2.0) + random.gen_range(-NOISE..NOISE);
    }
    Ok(points)
}

/// N, for products with columns.
struct Walk<'a> {
    graph: &'a Graph,
    /// One over the root of the sum of each point's weights.
    roots: Vec<f32>,
    /// How much each point is joined to each.
    everywhere: f32,
}

impl<'a> Walk<'a> {
    fn new(graph: &'a Graph) -> Self {
        let count = graph.points();
        let degrees: Vec<f32> = (0..count).map(|point| graph.of(point).1.iter().sum()).collect();
        let all = REGULARIZATION * degrees.iter().map(|&degree| f64::from(degree)).sum::<f64>() as f32
            / count as f32;
        let roots =
            degrees.iter().map(|degree| (degree + all).max(f32::MIN_POSITIVE).sqrt().recip()).collect();
        Self { graph, roots, everywhere: all / count as f32 }
    }

    /// `scale` (N − `shift`) x − `before`.
    fn step(&self, x: &Columns, scale: f32, shift: f32, before: Option<&Columns>) -> Columns {
        let mut mean = [0.0_f64; COLUMNS];
        for (row, &root) in x.iter().zip(&self.roots) {
            (0..COLUMNS).for_each(|column| mean[column] += f64::from(root * row[column]));
        }
        let mean = mean.map(|sum| sum as f32 * self.everywhere);
        let mut made = vec![[0.0; COLUMNS]; x.len()];
        made.par_chunks_mut(BLOCK).enumerate().for_each(|(block, made)| {
            for (i, made) in made.iter_mut().enumerate() {
                let point = block * BLOCK + i;
                let mut sums = mean;
                let (others, weights) = self.graph.of(point);
                for (&other, &weight) in others.iter().zip(weights) {
                    let (row, weight) = (&x[other as usize], weight * self.roots[other as usize]);
                    (0..COLUMNS).for_each(|column| sums[column] += weight * row[column]);
                }
                for column in 0..COLUMNS {
                    let product = self.roots[point] * sums[column] - shift * x[point][column];
                    made[column] = scale * product - before.map_or(0.0, |before| before[point][column]);
                }
            }
        });
        made
    }

    /// The Chebyshev polynomial of N that stays within 1 for eigenvalues from −1 to [`CUT`] and grows fast beyond.
    fn filter(&self, columns: Columns) -> Columns {
        const CENTER: f32 = (CUT - 1.0) / 2.0;
        const HALF: f32 = f32::midpoint(CUT, 1.0);
        let mut now = self.step(&columns, 1.0 / HALF, CENTER, None);
        let mut before = columns;
        for _ in 1..DEGREE {
            let next = self.step(&now, 2.0 / HALF, CENTER, Some(&before));
            before = std::mem::replace(&mut now, next);
        }
        now
    }

    /// The eigenvectors of N as seen among what the columns span (Rayleigh and Ritz), by falling eigenvalue.
    fn separate(&self, columns: Columns) -> Columns {
        let images = self.step(&columns, 1.0, 0.0, None);
        let orthonormal = whiten(&products(&columns, &columns));
        let seen = orthonormal.transpose() * products(&columns, &images) * &orthonormal;
        let rotation = orthonormal * eigen(&seen).1;
        let mut turned = columns;
        turned.par_iter_mut().with_min_len(BLOCK).for_each(|row| {
            *row = std::array::from_fn(|j| {
                (0..COLUMNS).map(|i| f64::from(row[i]) * rotation[(i, COLUMNS - 1 - j)]).sum::<f64>() as f32
            });
        });
        turned
    }
}

/// The products of all columns with all, summed up in an order that does not depend on threads.
fn products(left: &Columns, right: &Columns) -> Mat<f64> {
    let blocks: Vec<[[f64; COLUMNS]; COLUMNS]> = left
        .par_chunks(BLOCK)
        .zip(right.par_chunks(BLOCK))
        .map(|(left, right)| {
            let mut sums = [[0.0; COLUMNS]; COLUMNS];
            for (left, right) in left.iter().zip(right) {
                for (sums, &x) in sums.iter_mut().zip(left) {
                    sums.iter_mut().zip(right).for_each(|(sum, &y)| *sum += f64::from(x) * f64::from(y));
                }
            }
            sums
        })
        .collect();
    Mat::from_fn(COLUMNS, COLUMNS, |i, j| blocks.iter().map(|sums| sums[i][j]).sum())
}

/// What makes columns with these `products` orthonormal; columns that say nothing new become zero.
fn whiten(products: &Mat<f64>) -> Mat<f64> {
    let (values, vectors) = eigen(products);
    let least = 1e-12 * values[COLUMNS - 1];
    Mat::from_fn(
        COLUMNS,
        COLUMNS,
        |i, j| {
            if values[j] > least { vectors[(i, j)] / values[j].sqrt() } else { 0.0 }
        },
    )
}

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
fn eigen(matrix: &Mat<f64>) -> (Vec<f64>, Mat<f64>) {
    let symmetric = Mat::from_fn(COLUMNS, COLUMNS, |i, j| f64::midpoint(matrix[(i, j)], matrix[(j, i)]));
    match symmetric.self_adjoint_eigen(Side::Lower) {
        Ok(found) => {
            let values = found.S().column_vector();
            ((0..COLUMNS).map(|j| values[j]).collect(), found.U().to_owned())
        }
        Err(_) => (vec![0.0; COLUMNS], Mat::identity(COLUMNS, COLUMNS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// A ring of points, each joined to the next, and islands of a pair each.
    fn ring(count: usize, pairs: usize) -> Graph {
        let joined = |point: usize| {
            if point < count {
                let mut both = vec![(point + 1) % count, (point + count - 1) % count];
                both.sort_unstable();
                both
            } else {
                vec![count + ((point - count) ^ 1)]
            }
        };
        let lists: Vec<Vec<usize>> = (0..count + 2 * pairs).map(joined).collect();
        let mut starts = vec![0];
        for list in &lists {
            starts.push(starts[starts.len() - 1] + list.len());
        }
        let others: Vec<u32> = lists.into_iter().flatten().map(|other| other as u32).collect();
        Graph { starts, weights: vec![1.0; others.len()], others }
    }

    #[test]
    fn a_ring_starts_as_a_ring_whatever_islands_there_are() {
        for pairs in [0, 2] {
            let graph = ring(60, pairs);
            let mut random = Xoshiro256Plus::seed_from_u64(8);
            let components: Vec<[f32; 2]> = (0..graph.points())
                .map(|_| [random.gen_range(-1.0..1.0), random.gen_range(-1.0..1.0)])
                .collect();
            let points = start(&graph, &components, 0, &Unwatched).unwrap();
            let radius = |point: usize| points[point][0].hypot(points[point][1]);
            for point in 0..60 {
                assert!((radius(point) / radius(0) - 1.0).abs() < 0.05, "{point}: {}", radius(point));
            }
            assert!(points.as_flattened().iter().all(|x| x.abs() < 5.1));
        }
    }

    #[test]
    fn columns_become_the_leading_eigenvectors() {
        let graph = ring(60, 0);
        let walk = Walk::new(&graph);
        let mut random = Xoshiro256Plus::seed_from_u64(8);
        let mut columns: Columns =
            (0..60).map(|_| std::array::from_fn(|_| random.gen_range(-1.0..1.0))).collect();
        for _ in 0..ROUNDS {
            columns = walk.separate(walk.filter(columns));
        }
        let images = walk.step(&columns, 1.0, 0.0, None);
        // The eigenvalues of a ring are cosines, here of which nearly all is left beside what joins all to all.
        for (column, times) in [(1, 1.0), (2, 1.0), (3, 2.0), (4, 2.0)] {
            let value = (std::f32::consts::TAU * times / 60.0).cos() / (1.0 + REGULARIZATION);
            for (image, row) in images.iter().zip(&columns) {
                assert!((image[column] - value * row[column]).abs() < 1e-3, "column {column}");
            }
        }
    }
}
