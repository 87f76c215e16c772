//! What t-SNE and UMAP begin with: the nearest rows of each row, how strongly each is joined to them, and where the points
//! of the map start.

use std::ops::ControlFlow;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::pca::{self, Pca};
use super::{Method, Projection};
use crate::geometry::knn::{KnnGraph, knn_graph};
use crate::geometry::metric::Metric;
use crate::geometry::neighbors::Neighbor;
use crate::geometry::rows::{gather, sample};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// Is given the coordinates after each round, and the rounds so far and in all; may end the work.
pub(super) type Rounds<'a> = dyn FnMut(&[f32], [usize; 2]) -> ControlFlow<()> + 'a;

/// Where the points came to lie, and the rounds so far and in all, if some were left.
pub(super) type Moved<const D: usize> = (Vec<[f32; D]>, Option<[usize; 2]>);

/// Which rows are placed, and by what they are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The nearest rows that are looked for, or fewer where there are no more.
    pub neighbors: usize,
    /// Whether rows are first made unit length.
    pub normalize: bool,
    /// The most rows that are placed.
    pub sample: usize,
    pub seed: u64,
}

/// The rows that are placed, and the nearest of them to each.
pub(super) struct Neighborhood {
    /// Their numbers in the table given, ascending.
    pub rows: Vec<u32>,
    /// Themselves, made ready: rows that are not finite are zero.
    pub table: Table,
    /// For each the nearest others by distance. Without them where there is nothing to compare.
    pub lists: Option<KnnGraph>,
}

impl Neighborhood {
    /// Draws the rows and compares all with all.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn find(table: &Table, wanted: Wanted, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let rows = sample(table.rows(), wanted.sample.max(1), wanted.seed);
        let matrix = gather(table, &rows, wanted.normalize, &Part::new(progress, 0.0, 0.05))?;
        let own = Table::from_f32(vec![String::new(); rows.len()], matrix, table.dims());
        let rest = Part::new(progress, 0.05, 1.0);
        let others = wanted.neighbors.min(rows.len().saturating_sub(1));
        let comparable = others > 0 && table.dims() > 0;
        let lists = comparable.then(|| knn_graph(&own, others, Metric::Euclidean, &rest)).transpose()?;
        Ok(Self { rows, table: own, lists })
    }

    /// The principal components of the rows as the points' first places, such that the widest has standard deviation `spread`.
    /// None if all rows are the same.
    ///
    /// A hundredth of that is random: equal rows would otherwise stay on one spot for ever, and narrow tables on a line.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn start<const D: usize>(
        &self,
        spread: f32,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<[f32; D]>>, Cancelled> {
        let pca = Pca::fit(&self.table, pca::Options { components: D, normalize: false }, progress)?;
        let deviation = pca.explained_variance().first().map_or(0.0, |variance| variance.sqrt());
        if !(deviation.is_finite() && deviation > 0.0) {
            return Ok(None);
        }
        let (flat, found) = (pca.linear().project(&self.table, progress)?, pca.linear().components());
        let mut random = Xoshiro256Plus::seed_from_u64(seed);
        let place = |row: &[f32]| {
            std::array::from_fn(|side| {
                let along = row.get(side).map_or(0.0, |&x| (f64::from(x) / deviation) as f32);
                let along = if along.is_finite() { along } else { 0.0 };
                spread * (along + random.gen_range(-0.01..0.01))
            })
        };
        Ok(Some(flat.chunks_exact(found).map(place).collect()))
    }

    /// The finished map. Without coordinates all points are at the origin.
    pub fn projection<const D: usize>(
        self,
        method: Method,
        table: &Table,
        points: Option<Vec<[f32; D]>>,
        unfinished: Option<[usize; 2]>,
    ) -> Projection {
        let points = points.unwrap_or_else(|| vec![[0.0; D]; self.rows.len()]);
        Projection {
            method,
            components: D,
            coordinates: points.into_flattened(),
            explained_variance_ratio: None,
            sampled_rows: (self.rows.len() < table.rows()).then_some(self.rows),
            linear: None,
            unfinished,
        }
    }
}

/// The weights of each point's neighbors, found point by point in parallel.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub(super) fn weigh(
    lists: &KnnGraph,
    weights: impl Fn(&[Neighbor]) -> Vec<f32> + Sync,
    progress: &dyn Progress,
) -> Result<Vec<Vec<f32>>, Cancelled> {
    (0..lists.rows())
        .into_par_iter()
        .map(|point| {
            progress.check()?;
            Ok(weights(lists.of(point)))
        })
        .collect()
}

/// The width at which `measure`, which grows with the width, comes to `target`. It is looked for around `scale`, by doubling
/// and halving and then by bisection; where no width will do it is the nearest that was tried.
pub(super) fn calibrate(target: f64, scale: f64, measure: impl Fn(f64) -> f64) -> f64 {
    /// Far more than halving takes from anywhere to the last bit that counts.
    const STEPS: usize = 64;
    const TOLERANCE: f64 = 1e-5;
    let (mut low, mut high, mut width) = (0.0, f64::INFINITY, scale);
    for _ in 0..STEPS {
        let found = measure(width);
        if (found - target).abs() < TOLERANCE {
            break;
        }
        if found > target {
            high = width;
        } else {
            low = width;
        }
        width = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * width };
    }
    width
}

/// A symmetric sparse matrix, its rows one after another (CSR): how strongly points are joined.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Graph {
    /// Where each point's others begin, and where the last one's end.
    pub starts: Vec<usize>,
    /// The points that each is joined to, ascending.
    pub others: Vec<u32>,
    /// How strongly.
    pub weights: Vec<f32>,
}

impl Graph {
    /// Joins each point to its neighbors and to those whose neighbor it is: with weight `join(a, b)`, where `a` is what the one
    /// gives the other, `b` what it is given, and 0 what neither gives.
    ///
    /// `join` has to be symmetric. `weights` are those of `lists`.
    pub fn symmetric(lists: &KnnGraph, weights: &[Vec<f32>], join: impl Fn(f32, f32) -> f32 + Sync) -> Self {
        let count = lists.rows();
        let backward = Self::transposed(lists, weights);
        let joined: Vec<Vec<(u32, f32)>> = (0..count)
            .into_par_iter()
            .map(|point| {
                let mut given: Vec<(u32, f32)> =
                    lists.of(point).iter().zip(&weights[point]).map(|(other, &w)| (other.row, w)).collect();
                given.sort_unstable_by_key(|(other, _)| *other);
                let (others, weights) = backward.of(point);
                let mut taken = others.iter().copied().zip(weights.iter().copied()).peekable();
                let mut joined = Vec::with_capacity(given.len() + others.len());
                for (other, a) in given {
                    while let Some((before, b)) = taken.next_if(|(before, _)| *before < other) {
                        joined.push((before, join(0.0, b)));
                    }
                    let same = taken.next_if(|(same, _)| *same == other);
                    joined.push((other, join(a, same.map_or(0.0, |(_, b)| b))));
                }
                joined.extend(taken.map(|(other, b)| (other, join(0.0, b))));
                joined.retain(|(_, weight)| *weight > 0.0);
                joined
            })
            .collect();
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(joined.iter().map(|list| {
            end += list.len();
            end
        }));
        let (others, weights) = joined.into_iter().flatten().unzip();
        Self { starts, others, weights }
    }

    /// What each point is given by others.
    fn transposed(lists: &KnnGraph, weights: &[Vec<f32>]) -> Self {
        let count = lists.rows();
        let mut starts = vec![0; count + 1];
        for point in 0..count {
            lists.of(point).iter().for_each(|other| starts[other.row as usize + 1] += 1);
        }
        (0..count).for_each(|point| starts[point + 1] += starts[point]);
        let mut next = starts.clone();
        let (mut others, mut given) = (vec![0; starts[count]], vec![0.0; starts[count]]);
        for (point, weights) in weights.iter().enumerate() {
            for (other, &weight) in lists.of(point).iter().zip(weights) {
                let at = &mut next[other.row as usize];
                (others[*at], given[*at]) = (point as u32, weight);
                *at += 1;
            }
        }
        Self { starts, others, weights: given }
    }

    /// The number of points.
    pub fn points(&self) -> usize {
        self.starts.len() - 1
    }

    /// The points that `point` is joined to, and how strongly.
    pub fn of(&self, point: usize) -> (&[u32], &[f32]) {
        let range = self.starts[point]..self.starts[point + 1];
        (&self.others[range.clone()], &self.weights[range])
    }
}

#[cfg(test)]
pub(super) mod examples;
#[cfg(test)]
mod tests;
