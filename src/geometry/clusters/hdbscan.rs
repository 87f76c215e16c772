//! HDBSCAN (Campello, Moulavi and Sander 2013), by the `hdbscan` crate.
//!
//! Distances in hundreds of dimensions are all much alike, and density with them: the rows are first brought down to
//! their leading principal components. The work grows with the square of the rows, so that a large table is sampled,
//! and every other row then does as the sampled row nearest to it, be it in a cluster or noise.

use hdbscan::{Hdbscan, HdbscanHyperParams};

use super::assign::Centers;
use super::{Clustering, Method, NOISE, Space};
use crate::geometry::projection::pca::{self, Pca};
use crate::geometry::rows::{fill_by_blocks, sample};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// What is wanted of an HDBSCAN clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Fewer rows than this are no cluster; at least 2.
    pub min_cluster_size: usize,
    /// Whether rows are first made unit length.
    pub normalize: bool,
    /// The principal components in which density is measured.
    pub components: usize,
    /// Chooses the sample.
    pub seed: u64,
    /// Clusters are found on at most this many rows.
    pub most_rows: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { min_cluster_size: 10, normalize: true, components: 10, seed: 0, most_rows: 10_000 }
    }
}

/// Finds clusters of any number; rows in none are [`NOISE`].
///
/// # Errors
/// [`Cancelled`] once `progress` says so; the search itself, some seconds for 10,000 rows, does not ask.
pub fn cluster(table: &Table, options: Options, progress: &dyn Progress) -> Result<Clustering, Cancelled> {
    let reduction = pca::Options { components: options.components.max(1), normalize: options.normalize };
    let pca = Pca::fit(table, reduction, &Part::new(progress, 0.0, 0.1))?;
    let points = pca.linear().project(table, &Part::new(progress, 0.1, 0.2))?;
    let chosen = sample(table.rows(), options.most_rows.max(1), options.seed);
    let sampled = (chosen.len() < table.rows()).then_some(chosen.len());
    let components = pca.linear().components();
    let labels = if pca.explained_variance().first().is_none_or(|&variance| variance <= 0.0) {
        // Rows that all coincide are as dense as can be: one cluster.
        vec![0; table.rows()]
    } else {
        let members: Vec<f32> = chosen
            .iter()
            .flat_map(|&row| &points[row as usize * components..][..components])
            .copied()
            .collect();
        progress.check()?;
        let found = search(&members, components, options.min_cluster_size);
        let part = Part::new(progress, 0.7, 0.85);
        if sampled.is_some() { spread(&points, &members, components, &found, &part)? } else { found }
    };
    let space = Space { normalize: options.normalize, seed: options.seed };
    Clustering::finish(Method::Hdbscan, table, labels, sampled, space, &Part::new(progress, 0.85, 1.0))
}

/// The clusters of a few points; all noise where there are too few.
fn search(points: &[f32], dims: usize, min_cluster_size: usize) -> Vec<i32> {
    let count = points.len() / dims;
    let smallest = min_cluster_size.max(2);
    if count < 2 * smallest {
        return vec![NOISE; count];
    }
    // Scaled, because the reciprocals of distances must stay within reach of f64.
    let most = points.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let points: Vec<Vec<f64>> = points
        .chunks_exact(dims)
        .map(|point| point.iter().map(|&x| f64::from(x) / f64::from(most)).collect())
        .collect();
    let params =
        HdbscanHyperParams::builder().min_cluster_size(smallest).min_samples(smallest.min(5)).build();
    // It only fails on points that are not finite, which scaled finite ones are not.
    Hdbscan::new(&points, params).cluster().unwrap_or_else(|_| vec![NOISE; count])
}

/// Gives every point the label of the sampled one nearest to it.
fn spread(
    points: &[f32],
    members: &[f32],
    dims: usize,
    found: &[i32],
    progress: &dyn Progress,
) -> Result<Vec<i32>, Cancelled> {
    let centers = Centers::new(members, dims);
    let mut labels = vec![NOISE; points.len() / dims];
    fill_by_blocks(labels.len(), 64, 1, &mut labels, progress, |_, range, out| {
        centers.assign(&points[range.start * dims..range.end * dims], out);
        for label in out {
            *label = found[*label as usize];
        }
    })?;
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    /// Two dense heaps of `per` rows each, and a few rows far from everything.
    fn heaps(per: usize) -> Table {
        let jitter = |i: usize, salt: usize| ((i * 7_919 + salt * 104_729) % 997) as f32 / 9_970.0;
        let heap = |i: usize| {
            let side = if i.is_multiple_of(2) { 5.0 } else { -5.0 };
            [side + jitter(i, 1), jitter(i, 2), jitter(i, 3)]
        };
        let far = [[0.0, 90.0, 0.0], [0.0, -70.0, 50.0], [60.0, 0.0, -99.0]];
        let words = (0..2 * per + 3).map(|i| format!("word{i}")).collect();
        Table::from_f32(words, (0..2 * per).map(heap).chain(far).flatten().collect(), 3)
    }

    fn options() -> Options {
        Options { normalize: false, ..Options::default() }
    }

    #[test]
    fn heaps_are_clusters_and_strays_are_noise() {
        let found = cluster(&heaps(60), options(), &Unwatched).unwrap();
        assert_eq!((found.k, found.noise(), found.sampled), (2, 3, None));
        assert!((0..120).all(|row| found.labels[row] == (row % 2) as i32));
        assert_eq!(found.labels[120..], [NOISE; 3]);
    }

    #[test]
    fn rows_outside_the_sample_join_their_heap() {
        let table = heaps(400);
        let found = cluster(&table, Options { most_rows: 200, seed: 3, ..options() }, &Unwatched).unwrap();
        assert_eq!((found.k, found.sampled, found.labels.len()), (2, Some(200), 803));
        assert!((0..800).all(|row| found.labels[row] == found.labels[row % 2]));
        assert_eq!(
            cluster(&table, Options { most_rows: 200, seed: 3, ..options() }, &Unwatched).unwrap(),
            found
        );
    }

    #[test]
    fn odd_tables_give_noise_or_one_cluster_and_no_panic() {
        let table = |rows: usize, values: Vec<f32>| Table::from_f32(vec!["w".into(); rows], values, 2);
        assert_eq!(cluster(&table(60, vec![0.5; 120]), options(), &Unwatched).unwrap().k, 1);
        assert_eq!(cluster(&table(0, vec![]), options(), &Unwatched).unwrap().k, 0);
        for rows in 1..30 {
            let found =
                cluster(&table(rows, (0..rows * 2).map(|i| i as f32).collect()), options(), &Unwatched)
                    .unwrap();
            assert_eq!(found.labels.len(), rows);
        }
        let twice = (0..600).map(|i| (i / 300) as f32).collect();
        assert_eq!(cluster(&table(300, twice), options(), &Unwatched).unwrap().labels.len(), 300);
        let wild = (0..100).map(|i| [f32::MAX, 1e-40, f32::NAN, -1e38][i % 4]).collect();
        assert_eq!(cluster(&table(50, wild), options(), &Unwatched).unwrap().labels.len(), 50);
    }
}
