//! t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", 2008): maps on which near rows stay near.
//!
//! Every row is given a probability distribution over its nearest rows, as wide as *perplexity* says; points are then moved
//! until the same distributions, taken on the map with the heavy tail of a Student t distribution, differ from these as little
//! as possible (Kullback–Leibler divergence). Points that are joined pull each other, all points push each other; the push of
//! points far away is taken together (van der Maaten, "Accelerating t-SNE using tree-based algorithms", 2014). The schedule is
//! that of Belkina et al., "Automated optimized parameters for t-SNE", 2019: what pulls is exaggerated at first, and steps are
//! as long as the table is large.
//!
//! How far apart groups lie, how large they are and where on the map means little: only who is near whom does.

mod descent;
mod repulsion;

use self::descent::Descent;
use super::neighborhood::{Graph, Neighborhood, Wanted, calibrate, weigh};
use super::{Draft, Method, Projection, Show};
use crate::geometry::knn::KnnGraph;
use crate::geometry::neighbors::Neighbor;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most rows that are placed unless more are asked for; of a larger table it is a sample.
pub const MOST_ROWS: usize = 100_000;

/// The neighbors that a row is compared with, in multiples of the perplexity: farther ones would count for next to nothing.
const NEIGHBORS_PER_PERPLEXITY: f32 = 3.0;

/// The standard deviation of the start. So small that all points push each other alike and the first steps are taken together.
const START_SPREAD: f32 = 1e-4;

/// What is wanted of t-SNE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The coordinates of each point, 2 or 3; what is less counts as 2, what is more as 3.
    pub components: usize,
    /// Whether rows are first made unit length, so that neighbors are those by cosine.
    pub normalize: bool,
    /// Chooses the sample, and a hundredth of where points start.
    pub seed: u64,
    /// About how many neighbors count for each row; at most a third of the rows.
    pub perplexity: f32,
    /// How often points are moved. In the first third, and at most 250 times, what pulls is exaggerated.
    pub iterations: usize,
    /// The most rows that are placed, usually [`MOST_ROWS`].
    pub sample: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { components: 2, normalize: true, seed: 0, perplexity: 30.0, iterations: 750, sample: MOST_ROWS }
    }
}

/// Places the rows of `table`, or a sample of them, by t-SNE.
///
/// After every iteration `show` gets the coordinates so far, as in [`Projection::coordinates`], and may end the work with
/// `Break`: then they are the result. The same options give the same map to the last bit, however many threads there are.
/// Tables of fewer than two rows, or of equal rows, lie at the origin; rows that are not finite are placed as zero rows.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn project(
    table: &Table,
    options: Options,
    show: &mut Show<'_>,
    progress: &dyn Progress,
) -> Result<Projection, Cancelled> {
    if options.components > 2 {
        place::<3>(table, options, show, progress)
    } else {
        place::<2>(table, options, show, progress)
    }
}

fn place<const D: usize>(
    table: &Table,
    options: Options,
    show: &mut Show<'_>,
    progress: &dyn Progress,
) -> Result<Projection, Cancelled> {
    let perplexity = options.perplexity.max(1.0);
    let wanted = Wanted {
        neighbors: (NEIGHBORS_PER_PERPLEXITY * perplexity).ceil() as usize,
        normalize: options.normalize,
        sample: options.sample,
        seed: options.seed,
    };
    let found = Neighborhood::find(table, wanted, &Part::new(progress, 0.0, 0.15))?;
    let sampled_rows = (found.rows.len() < table.rows()).then_some(&found.rows[..]);
    let mut show = |coordinates: &[f32], rounds| {
        show(Draft { method: Method::TSne, components: D, coordinates, sampled_rows, rounds })
    };
    let (mut points, mut unfinished) = (None, None);
    if let Some(lists) = &found.lists
        && let Some(start) = found.start::<D>(START_SPREAD, options.seed, &Part::new(progress, 0.15, 0.16))?
    {
        let graph = affinities(lists, perplexity, progress)?;
        let descent = Descent::new(&graph, start);
        let run = descent.run(options.iterations, &mut show, &Part::new(progress, 0.16, 1.0))?;
        (points, unfinished) = (Some(run.0), run.1);
    }
    progress.report(1.0);
    Ok(found.projection(Method::TSne, table, points, unfinished))
}

/// Which share of all nearness each pair of rows has: symmetric, and 1 in all.
fn affinities(lists: &KnnGraph, perplexity: f32, progress: &dyn Progress) -> Result<Graph, Cancelled> {
    let weights = weigh(lists, |neighbors| probabilities(neighbors, perplexity), progress)?;
    let twice = 2.0 * lists.rows() as f32;
    Ok(Graph::symmetric(lists, &weights, |a, b| (a + b) / twice))
}

/// exp(−d² / 2σ²) for neighbors at distance d, divided by their sum, with σ such that their perplexity is as wanted, but at most
/// a third of their number.
fn probabilities(neighbors: &[Neighbor], perplexity: f32) -> Vec<f32> {
    let most = neighbors.len() as f32 / NEIGHBORS_PER_PERPLEXITY;
    let target = f64::from(perplexity.min(most).max(1.0)).ln();
    // Taking the least from all changes nothing but keeps one of the exponentials at 1.
    let square = |neighbor: &Neighbor| f64::from(neighbor.score) * f64::from(neighbor.score);
    let least = neighbors.iter().map(square).fold(f64::INFINITY, f64::min);
    let beyond: Vec<f64> = neighbors.iter().map(|neighbor| square(neighbor) - least).collect();
    let mean = beyond.iter().sum::<f64>() / beyond.len().max(1) as f64;
    if !(mean.is_finite() && mean > 0.0) {
        return vec![1.0 / neighbors.len().max(1) as f32; neighbors.len()];
    }
    let width = calibrate(target, mean, |width| {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for beyond in &beyond {
            let weight = (-beyond / width).exp();
            sum += weight;
            weighted += weight * beyond;
        }
        // The entropy of the distribution, in natural units.
        f64::ln(sum) + weighted / (width * sum)
    });
    let weights: Vec<f64> = beyond.iter().map(|beyond| (-beyond / width).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| (weight / sum) as f32).collect()
}

#[cfg(test)]
mod tests;
