//! Diffusion maps (Coifman and Lafon 2006), by `linfa-reduction` on a sparse kernel.
//!
//! A walker steps at random between rows that are neighbours; rows between which it moves easily come to lie near each
//! other. The kernel joins each row to its exact nearest neighbours, which are found here and not by linfa, whose
//! trees are slow in many dimensions and cannot be cancelled.

use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_kernel::{Kernel, KernelInner, KernelMethod};
use linfa_reduction::DiffusionMap;
use sprs::TriMat;

use super::{Method, Projection};
use crate::geometry::metric::Metric;
use crate::geometry::neighbors::{Neighbor, nearest_batch};
use crate::geometry::rows::{gather, sample};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most rows that are placed; of a larger table it is a sample, which [`Projection::sampled_rows`] names.
pub const MOST_ROWS: usize = 20_000;

/// The neighbours that each row is joined to.
const NEIGHBORS: usize = 15;

/// What is wanted of a diffusion map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// At most this many coordinates; always fewer than rows.
    pub components: usize,
    /// Whether rows are first made unit length.
    pub normalize: bool,
    /// Chooses the sample.
    pub seed: u64,
    /// The most rows that are placed, usually [`MOST_ROWS`].
    pub most_rows: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { components: 3, normalize: true, seed: 0, most_rows: MOST_ROWS }
    }
}

/// Places the rows of `table`, or a sample of them.
///
/// Tables of fewer than three rows, or without variation, lie at the origin.
///
/// # Errors
/// [`Cancelled`] once `progress` says so; the last step, some seconds for 20,000 rows, does not ask.
pub fn project(table: &Table, options: Options, progress: &dyn Progress) -> Result<Projection, Cancelled> {
    let rows = sample(table.rows(), options.most_rows.max(1), options.seed);
    let count = rows.len();
    let components = options.components.min(count.saturating_sub(1));
    let mut coordinates = vec![0.0; count * components.max(1)];
    if components > 0 && count > 2 && table.dims() > 0 {
        let matrix = gather(table, &rows, options.normalize, &Part::new(progress, 0.0, 0.1))?;
        let graph = neighbors(matrix, count, table.dims(), &Part::new(progress, 0.1, 0.8))?;
        if let Some(kernel) = kernel(&graph) {
            progress.check()?;
            coordinates = embed(&kernel, components);
        }
    }
    progress.report(1.0);
    Ok(Projection {
        method: Method::Diffusion,
        components: components.max(1),
        coordinates,
        explained_variance_ratio: None,
        sampled_rows: (count < table.rows()).then_some(rows),
        linear: None,
        unfinished: None,
    })
}

/// The nearest neighbours of every row of a matrix, by distance.
fn neighbors(
    matrix: Vec<f32>,
    count: usize,
    dims: usize,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    let queries = matrix.clone();
    let table = Table::from_f32(vec![String::new(); count], matrix, dims);
    let own: Vec<Vec<u32>> = (0..count as u32).map(|row| vec![row]).collect();
    nearest_batch(&table, &queries, NEIGHBORS, Metric::Euclidean, &own, progress)
}

/// exp(−|x − y|² / ε) between neighbours, where ε is the mean squared distance of the farthest of them; none if all
/// rows coincide.
fn kernel(graph: &[Vec<Neighbor>]) -> Option<Kernel<f64>> {
    let count = graph.len();
    let square = |neighbor: &Neighbor| f64::from(neighbor.score) * f64::from(neighbor.score);
    let width = graph.iter().filter_map(|list| list.last().map(square)).sum::<f64>() / count as f64;
    if !(width.is_finite() && width > 0.0) {
        return None;
    }
    let mut joined = std::collections::BTreeMap::new();
    for (row, list) in graph.iter().enumerate() {
        joined.insert((row, row), 1.0);
        for neighbor in list {
            let weight = (-square(neighbor) / width).exp();
            let other = neighbor.row as usize;
            joined.insert((row, other), weight);
            joined.insert((other, row), weight);
        }
    }
    let mut triplets = TriMat::with_capacity((count, count), joined.len());
    for ((row, column), weight) in joined {
        triplets.add_triplet(row, column, weight);
    }
    Some(Kernel { inner: KernelInner::Sparse(triplets.to_csr()), method: KernelMethod::Gaussian(width) })
}

/// The coordinates, scaled by √n so that they do not shrink as tables grow, with the largest of each positive.
fn embed(kernel: &Kernel<f64>, components: usize) -> Vec<f32> {
    let Ok(params) = DiffusionMap::<f64>::params(components).steps(1).check() else {
        return vec![0.0; kernel.size() * components];
    };
    let map = params.transform(kernel);
    let mut points = map.embedding().clone();
    for mut column in points.columns_mut() {
        let most =
            column.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
        let factor = if most < 0.0 { -1.0 } else { 1.0 } * (kernel.size() as f64).sqrt();
        column.mapv_inplace(|x| if x.is_finite() { x * factor } else { 0.0 });
    }
    points.iter().map(|&x| x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// Points on a ring in the plane of two of ten columns.
    fn ring(count: usize) -> Table {
        let row = |i: usize| {
            let angle = i as f32 / count as f32 * std::f32::consts::TAU;
            let mut row = vec![0.0; 10];
            (row[3], row[7]) = (angle.cos(), angle.sin());
            row
        };
        Table::from_f32((0..count).map(|i| i.to_string()).collect(), (0..count).flat_map(row).collect(), 10)
    }

    fn options(components: usize, most_rows: usize) -> Options {
        Options { components, normalize: false, seed: 5, most_rows }
    }

    #[test]
    fn a_ring_stays_a_ring() {
        let map = project(&ring(400), options(2, MOST_ROWS), &Unwatched).unwrap();
        assert_eq!((map.points(), map.components, &map.sampled_rows), (400, 2, &None));
        let radius = |i: usize| map.coordinate(i, 0).hypot(map.coordinate(i, 1));
        for i in 0..400 {
            assert!((radius(i) / radius(0) - 1.0).abs() < 0.05, "point {i} leaves the circle: {}", radius(i));
            let step = (map.coordinate(i, 0) - map.coordinate((i + 1) % 400, 0))
                .hypot(map.coordinate(i, 1) - map.coordinate((i + 1) % 400, 1));
            assert!(step < 0.05 * radius(0), "neighbours stay together");
        }
    }

    #[test]
    fn a_sample_is_named_and_repeatable() {
        let map = project(&ring(400), options(2, 100), &Unwatched).unwrap();
        assert_eq!((map.points(), map.sampled_rows.as_ref().unwrap().len()), (100, 100));
        assert_eq!(map, project(&ring(400), options(2, 100), &Unwatched).unwrap());
    }

    #[test]
    fn small_and_uniform_tables_do_not_fail() {
        for count in 0..30 {
            let map = project(&ring(count), options(3, MOST_ROWS), &Unwatched).unwrap();
            assert_eq!(map.points(), count);
            assert!(map.coordinates.iter().all(|x| x.is_finite()));
        }
        let same = Table::from_f32(vec!["x".into(); 50], vec![1.0; 150], 3);
        let map = project(&same, options(2, MOST_ROWS), &Unwatched).unwrap();
        assert!(map.coordinates.iter().all(|&x| x == 0.0));
    }

    #[test]
    fn parts_that_are_not_joined_do_not_fail() {
        let values = (0..300).flat_map(|i| [(i / 100) as f32 * 1e3, (i % 100) as f32 * 0.01]).collect();
        let islands = Table::from_f32(vec!["x".into(); 300], values, 2);
        let map = project(&islands, options(2, MOST_ROWS), &Unwatched).unwrap();
        assert!(map.coordinates.iter().all(|x| x.is_finite()));
    }
}
