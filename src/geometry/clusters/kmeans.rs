//! k-means (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007).
//!
//! `linfa-clustering` makes several starts and takes a few rounds with each, on a sample where rows are many. The best
//! is then carried on over all rows with matrix products, which take a tenth of linfa's time a round, until it rests.

use std::collections::HashMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans;
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::assign::Centers;
use super::{Clustering, Method, NOISE, Space};
use crate::geometry::arithmetic::norm;
use crate::geometry::rows::{Buffers, Preparation, fill_by_blocks, gather, sample};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// What is wanted of a k-means clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The clusters to find, at least 1; never more than rows.
    pub k: usize,
    /// Whether rows are first made unit length, so that the direction of a row decides and not its length.
    pub normalize: bool,
    /// How often to start anew; the best result counts.
    pub starts: usize,
    /// The same seed gives the same clusters.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { k: 8, normalize: true, starts: 8, seed: 0 }
    }
}

/// The rows that starts are tried on.
const START_ROWS: usize = 2_000;

/// The centers that all starts together may place, unless one start alone is of more.
const STARTED_CENTERS: usize = 320;

/// Rounds of linfa with each start; most of what there is to gain is gained in the first.
const START_ROUNDS: u64 = 6;

/// Rounds over all rows, at the most.
const MOST_ROUNDS: usize = 100;

/// Finds `k` clusters.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn cluster(table: &Table, options: Options, progress: &dyn Progress) -> Result<Clustering, Cancelled> {
    let (rows, dims) = (table.rows(), table.dims());
    let mut labels = vec![0; rows];
    if let Some(trivial) = one_for_each(table, options, progress)? {
        labels = trivial;
    } else if rows > 0 && dims > 0 {
        let chosen = sample(rows, START_ROWS.max(options.k), options.seed);
        let mut matrix = gather(table, &chosen, options.normalize, &Part::new(progress, 0.0, 0.05))?;
        let scale = shrink(&mut matrix, dims);
        let matrix = ArrayView2::from_shape((chosen.len(), dims), &matrix).expect("rows of d numbers");
        let centers = best_centers(matrix, options, &Part::new(progress, 0.05, 0.4))?;
        let preparation = Preparation { scale, finite_only: true, ..Preparation::new(options.normalize) };
        labels = settle(table, &preparation, centers, &Part::new(progress, 0.4, 0.85))?;
    }
    let space = Space { normalize: options.normalize, seed: options.seed };
    Clustering::finish(Method::KMeans, table, labels, None, space, &Part::new(progress, 0.85, 1.0))
}

/// The clusters if there are no more different rows than clusters wanted: each such row is one. Stops reading as soon as
/// there are more.
fn one_for_each(
    table: &Table,
    options: Options,
    progress: &dyn Progress,
) -> Result<Option<Vec<i32>>, Cancelled> {
    const BLOCK: usize = 256;
    let (rows, k) = (table.rows(), options.k.max(1));
    let preparation = Preparation { finite_only: true, ..Preparation::new(options.normalize) };
    let mut buffers = Buffers::default();
    let mut ids = HashMap::new();
    let mut labels = Vec::new();
    for first in (0..rows).step_by(BLOCK) {
        progress.check()?;
        let range = first..rows.min(first + BLOCK);
        preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
        for row in buffers.prepared.chunks_exact(table.dims().max(1)) {
            // Adding 0 makes −0 the same as 0.
            let row: Vec<u32> = row.iter().map(|x| (x + 0.0).to_bits()).collect();
            let next = ids.len() as i32;
            labels.push(*ids.entry(row).or_insert(next));
        }
        if ids.len() > k {
            return Ok(None);
        }
    }
    Ok((labels.len() == rows).then_some(labels))
}

/// Moves centers to the mean of the rows nearest to them until no row, or next to none, changes sides. Gives the
/// center of each row.
fn settle(
    table: &Table,
    preparation: &Preparation,
    mut centers: Vec<f32>,
    progress: &dyn Progress,
) -> Result<Vec<i32>, Cancelled> {
    let (rows, dims) = (table.rows(), table.dims());
    let mut labels = vec![NOISE; rows];
    for round in 0..MOST_ROUNDS {
        let whole = MOST_ROUNDS as f32;
        let part = Part::new(progress, round as f32 / whole, (round + 1) as f32 / whole);
        let before = labels.clone();
        let nearest = Centers::new(&centers, dims);
        fill_by_blocks(rows, 256, 1, &mut labels, &part, |buffers, range, out| {
            preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
            nearest.assign(&buffers.prepared, out);
        })?;
        let moved = labels.iter().zip(&before).filter(|(now, before)| now != before).count();
        if moved <= rows / 10_000 {
            break;
        }
        centers = means(table, preparation, &labels, centers, progress)?;
    }
    Ok(labels)
}

/// The mean of the rows of each label; a label without rows keeps its center. Summed in fixed stretches, so that every
/// run rounds alike.
fn means(
    table: &Table,
    preparation: &Preparation,
    labels: &[i32],
    mut centers: Vec<f32>,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Cancelled> {
    let dims = table.dims();
    let stretch = table.rows().div_ceil(16).next_multiple_of(256);
    let sums = labels
        .par_chunks(stretch)
        .enumerate()
        .map(|(number, labels)| {
            let mut buffers = Buffers::default();
            let mut sums = vec![0.0_f64; centers.len()];
            for (block, labels) in labels.chunks(256).enumerate() {
                progress.check()?;
                let first = number * stretch + block * 256;
                preparation.read(table, first..first + labels.len(), &mut buffers.raw, &mut buffers.prepared);
                for (row, &label) in buffers.prepared.chunks_exact(dims).zip(labels) {
                    let sum = &mut sums[label as usize * dims..][..dims];
                    sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
                }
            }
            Ok(sums)
        })
        .collect::<Result<Vec<_>, Cancelled>>()?;
    let mut counts = vec![0.0_f64; centers.len() / dims];
    for &label in labels {
        counts[label as usize] += 1.0;
    }
    for (id, center) in centers.chunks_exact_mut(dims).enumerate().filter(|(id, _)| counts[*id] > 0.0) {
        for (column, x) in center.iter_mut().enumerate() {
            let total: f64 = sums.iter().map(|sums| sums[id * dims + column]).sum();
            *x = (total / counts[id]) as f32;
        }
    }
    Ok(centers)
}

/// Scales a matrix so that its longest row has length 1, which makes one tolerance fit every table; gives the factor.
fn shrink(matrix: &mut [f32], dims: usize) -> f32 {
    let longest = matrix.chunks_exact(dims).map(norm).fold(0.0, f64::max);
    let scale = if longest > 0.0 { (1.0 / longest).clamp(1e-37, 1e37) as f32 } else { 1.0 };
    for x in matrix {
        *x *= scale;
    }
    scale
}

/// The centers of the best of several starts: k of d numbers, one after another.
fn best_centers(
    matrix: ArrayView2<f32>,
    options: Options,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Cancelled> {
    let k = options.k.clamp(1, matrix.nrows());
    // Many centers take long to place, and where they are many one misplaced matters less.
    let starts = options.starts.min(STARTED_CENTERS / k).max(1);
    let records = DatasetBase::from(matrix);
    let mut least = f32::INFINITY;
    let mut best: Vec<f32> = matrix.rows().into_iter().take(k).flatten().copied().collect();
    for start in 0..starts {
        progress.check()?;
        progress.report(start as f32 / starts as f32);
        let seed = options.seed.wrapping_add(start as u64);
        let fitted = KMeans::params_with_rng(k, Xoshiro256Plus::seed_from_u64(seed))
            .n_runs(1)
            .max_n_iterations(START_ROUNDS)
            .tolerance(1e-4)
            .fit(&records);
        // It only fails where distances are not finite, which scaled finite rows cannot give.
        if let Ok(fitted) = fitted
            && fitted.inertia() < least
        {
            least = fitted.inertia();
            best = fitted.centroids().iter().copied().collect();
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::arithmetic::squared_distance;
    use crate::progress::Unwatched;

    /// `per` rows in each of several tight heaps that lie far apart.
    fn heaps(heaps: usize, per: usize) -> Table {
        let jitter = |i: usize, salt: usize| ((i * 7_919 + salt * 104_729) % 997) as f32 / 5_000.0;
        let row = |i: usize| {
            let angle = (i % heaps) as f32 / heaps as f32 * std::f32::consts::TAU;
            [angle.cos() + jitter(i, 1), angle.sin() + jitter(i, 2), jitter(i, 3)]
        };
        let words = (0..heaps * per)
            .map(|i| format!("{}{}", ["ant", "bee", "cow", "dog", "emu"][i % heaps], i))
            .collect();
        Table::from_f32(words, (0..heaps * per).flat_map(row).collect(), 3)
    }

    fn options(k: usize) -> Options {
        Options { k, ..Options::default() }
    }

    #[test]
    fn heaps_are_found_named_and_judged() {
        let found = cluster(&heaps(5, 40), options(5), &Unwatched).unwrap();
        assert_eq!((found.k, found.sampled, found.silhouette_rows), (5, None, None));
        for (row, label) in found.labels.iter().enumerate() {
            assert_eq!(*label, found.labels[row % 5], "row {row} is with its heap");
        }
        assert!(found.clusters.iter().all(|cluster| cluster.size == 40));
        assert!(found.clusters[0].name.starts_with("ant"), "{}", found.clusters[0].name);
        assert!(found.silhouette.unwrap() > 0.7);
    }

    #[test]
    fn more_rows_than_starts_look_at_find_the_same_heaps() {
        let table = heaps(4, 2_000);
        let found = cluster(&table, options(4), &Unwatched).unwrap();
        assert_eq!((found.k, found.sampled, found.labels.len()), (4, None, 8_000));
        assert!((0..8_000).all(|row| found.labels[row] == found.labels[row % 4]));
    }

    #[test]
    fn in_the_end_every_row_is_nearest_to_the_mean_of_its_own_cluster() {
        let table = heaps(3, 70);
        let preparation = Preparation::new(false);
        let labels = settle(&table, &preparation, vec![0.1, 0.0, 0.0, 0.2, 0.1, 0.0], &Unwatched).unwrap();
        let centers = means(&table, &preparation, &labels, vec![0.0; 6], &Unwatched).unwrap();
        for (row, &label) in labels.iter().enumerate() {
            let distance = |id: i32| squared_distance(&table.row(row), &centers[id as usize * 3..][..3]);
            assert!(distance(label) <= distance(1 - label) + 1e-6, "row {row}");
        }
    }

    #[test]
    fn as_many_clusters_as_different_rows_are_one_each() {
        let twice: Vec<f32> = (0..12_000).flat_map(|row| [(row % 6_000) as f32, 1.0, 0.0]).collect();
        let table = Table::from_f32((0..12_000).map(|row| row.to_string()).collect(), twice, 3);
        let wanted = Options { normalize: false, ..options(99_999_999) };
        let labels = one_for_each(&table, wanted, &Unwatched).unwrap().expect("fewer rows than clusters");
        for row in 0..6_000 {
            assert_eq!(labels[row], labels[row + 6_000], "equal rows are together");
        }
        assert_eq!(labels.iter().max(), Some(&5_999));
        let fewer = Options { k: 5_999, ..wanted };
        assert!(one_for_each(&table, fewer, &Unwatched).unwrap().is_none());
    }

    #[test]
    fn the_same_seed_gives_the_same_clusters() {
        let table = heaps(3, 100);
        assert_eq!(cluster(&table, options(7), &Unwatched), cluster(&table, options(7), &Unwatched));
    }

    #[test]
    fn odd_tables_give_clusters_and_no_panic() {
        let same = Table::from_f32(vec!["same".into(); 9], vec![0.25; 18], 2);
        assert_eq!(cluster(&same, options(4), &Unwatched).unwrap().k, 1);
        let zero = Table::from_f32(vec!["zero".into(); 9], vec![0.0; 18], 2);
        assert_eq!(cluster(&zero, options(4), &Unwatched).unwrap().k, 1);
        let empty = Table::from_f32(Vec::new(), Vec::new(), 2);
        assert_eq!(cluster(&empty, options(4), &Unwatched).unwrap().k, 0);
        let narrow = Table::from_f32(vec!["a".into(), "b".into()], vec![1.0, 1.0], 1);
        assert_eq!(cluster(&narrow, options(4), &Unwatched).unwrap().k, 1);
        let enormous =
            Table::from_f32(vec!["a".into(), "b".into()], vec![f32::MAX, f32::NAN, -1e38, 1e-40], 2);
        for normalize in [false, true] {
            let found = cluster(&enormous, Options { normalize, ..options(2) }, &Unwatched).unwrap();
            assert_eq!(found.labels.len(), 2);
        }
        for k in [0, 1, 15, 16, 1_000] {
            let found = cluster(&heaps(3, 5), options(k), &Unwatched).unwrap();
            assert!(found.k >= 1 && found.k <= k.max(1));
        }
    }
}
