//! How good a clustering is: the silhouette (Rousseeuw 1987), by Euclidean distance.

use rayon::prelude::*;

use super::{NOISE, Space};
use crate::geometry::arithmetic::squared_distance;
use crate::geometry::rows::{gather, sample};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The silhouette is exact up to this many rows in clusters; beyond, it is that of a sample of as many.
pub(super) const MOST_ROWS: usize = 2_000;

/// A silhouette, and what it was measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quality {
    /// From −1 to 1.
    pub value: f32,
    /// The rows of the sample, or none if every row was looked at.
    pub sampled: Option<usize>,
}

/// The mean silhouette of the rows that are in one of `count` clusters; none with fewer than two clusters.
///
/// A row alone in its cluster counts as 0, as in scikit-learn.
pub(super) fn silhouette(
    table: &Table,
    labels: &[i32],
    count: usize,
    space: Space,
    progress: &dyn Progress,
) -> Result<Option<Quality>, Cancelled> {
    let inside: Vec<u32> = (0..labels.len() as u32).filter(|&row| labels[row as usize] != NOISE).collect();
    if count < 2 {
        return Ok(None);
    }
    let chosen: Vec<u32> =
        sample(inside.len(), MOST_ROWS, space.seed).into_iter().map(|i| inside[i as usize]).collect();
    let dims = table.dims();
    let matrix = gather(table, &chosen, space.normalize, &Part::new(progress, 0.0, 0.1))?;
    let row = |i: usize| &matrix[i * dims..(i + 1) * dims];
    let label = |i: usize| labels[chosen[i] as usize] as usize;
    let mut sizes = vec![0_usize; count];
    (0..chosen.len()).for_each(|i| sizes[label(i)] += 1);
    if sizes.iter().filter(|size| **size > 0).count() < 2 {
        return Ok(None);
    }
    let values: Vec<f64> = (0..chosen.len())
        .into_par_iter()
        .map(|i| {
            progress.check()?;
            let mut sums = vec![0.0_f64; count];
            (0..chosen.len())
                .for_each(|j| sums[label(j)] += f64::from(squared_distance(row(i), row(j))).sqrt());
            Ok(one(&sums, &sizes, label(i)))
        })
        .collect::<Result<_, Cancelled>>()?;
    progress.report(1.0);
    let value = values.iter().sum::<f64>() / values.len() as f64;
    let sampled = (chosen.len() < inside.len()).then_some(chosen.len());
    Ok(value.is_finite().then_some(Quality { value: value as f32, sampled }))
}

/// The silhouette of one row, from the sums of its distances to the rows of each cluster.
fn one(sums: &[f64], sizes: &[usize], own: usize) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let within = sums[own] / (sizes[own] - 1) as f64;
    let others = sums.iter().zip(sizes).enumerate().filter(|(id, (_, size))| *id != own && **size > 0);
    let next = others.map(|(_, (sum, &size))| sum / size as f64).fold(f64::INFINITY, f64::min);
    let scale = within.max(next);
    if scale > 0.0 { (next - within) / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    const SPACE: Space = Space { normalize: false, seed: 0 };

    fn table(values: &[f32]) -> Table {
        Table::from_f32(vec![String::new(); values.len()], values.to_vec(), 1)
    }

    /// scikit-learn 1.9.1: `silhouette_score([[1], [2], [4], [8], [9], [20]], [0, 0, 0, 1, 1, 2])`, and without the last.
    #[test]
    fn agrees_with_scikit_learn() {
        let table = table(&[1.0, 2.0, 4.0, 8.0, 9.0, 20.0]);
        let all = silhouette(&table, &[0, 0, 0, 1, 1, 2], 3, SPACE, &Unwatched).unwrap().unwrap();
        assert!((all.value - 0.603_423).abs() < 1e-6 && all.sampled.is_none(), "{}", all.value);
        let without = silhouette(&table, &[0, 0, 0, 1, 1, NOISE], 2, SPACE, &Unwatched).unwrap().unwrap();
        assert!((without.value - 0.724_107_6).abs() < 1e-6, "{}", without.value);
    }

    #[test]
    fn large_tables_are_sampled_and_nearly_right() {
        let values: Vec<f32> =
            (0..6_000).map(|i| (i % 2) as f32 * 10.0 + (i * 31 % 97) as f32 / 97.0).collect();
        let labels: Vec<i32> = (0..6_000).map(|i| i % 2).collect();
        let quality = silhouette(&table(&values), &labels, 2, SPACE, &Unwatched).unwrap().unwrap();
        assert_eq!(quality.sampled, Some(MOST_ROWS));
        assert!((0.9..1.0).contains(&quality.value));
    }

    #[test]
    fn one_cluster_has_no_silhouette_and_equal_rows_have_zero() {
        assert_eq!(silhouette(&table(&[1.0, 2.0]), &[0, 0], 1, SPACE, &Unwatched).unwrap(), None);
        let equal = silhouette(&table(&[1.0; 4]), &[0, 0, 1, 1], 2, SPACE, &Unwatched).unwrap().unwrap();
        assert_eq!(equal.value, 0.0);
    }
}
