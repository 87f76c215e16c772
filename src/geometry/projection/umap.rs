//! UMAP, uniform manifold approximation and projection (<https://arxiv.org/abs/1802.03426>, 2018): maps on which near rows stay
//! near and groups stand apart.
//!
//! Every row is joined to its nearest rows, the nearest with weight 1 and farther ones with less, as fast as its surroundings
//! are dense. Points that are joined then pull each other, the oftener the heavier; each time a few points drawn at random are
//! pushed away. Steps shrink from epoch to epoch.
//!
//! How far apart groups lie and how large they are means little: only who is near whom does.

// Leland McInnes, John Healy and James Melville, "UMAP: Uniform manifold approximation and projection for dimension
// reduction", is the paper; what it leaves open is done as in its authors' program, umap-learn.

mod curve;
mod layout;
mod start;

use self::curve::Curve;
use self::layout::Layout;
use super::neighborhood::{Graph, Neighborhood, Wanted, calibrate, weigh};
use super::{Draft, Method, Projection, Show};
use crate::geometry::knn::KnnGraph;
use crate::geometry::neighbors::Neighbor;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most rows that are placed unless more are asked for; of a larger table it is a sample.
pub const MOST_ROWS: usize = 100_000;

/// The distance beyond `min_dist` over which nearness on the map falls.
const SPREAD: f64 = 1.0;

/// Up to so many rows there are many epochs, and few beyond, as in umap-learn.
const SMALL: usize = 10_000;
const EPOCHS_OF_SMALL: usize = 500;
const EPOCHS_OF_LARGE: usize = 200;

/// No row's surroundings count as narrower than this share of the mean distance to its neighbors.
const LEAST_WIDTH: f64 = 1e-3;

/// What is wanted of UMAP.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The coordinates of each point, 2 or 3; what is less counts as 2, what is more as 3.
    pub components: usize,
    /// Whether rows are first made unit length, so that neighbors are those by cosine.
    pub normalize: bool,
    /// Chooses the sample, a hundredth of where points start, and which points are pushed away.
    pub seed: u64,
    /// The nearest rows that each row is joined to, itself counted; at least 2.
    pub neighbors: usize,
    /// How near each other joined points come on a map whose extent is about 20: 0 to 1.
    pub min_dist: f32,
    /// How often points are moved; none for 500 up to 10,000 rows, and 200 for more.
    pub epochs: Option<usize>,
    /// The most rows that are placed, usually [`MOST_ROWS`].
    pub sample: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            components: 2,
            normalize: true,
            seed: 0,
            neighbors: 15,
            min_dist: 0.1,
            epochs: None,
            sample: MOST_ROWS,
        }
    }
}

/// Places the rows of `table`, or a sample of them, by UMAP.
///
/// After every epoch `show` gets the coordinates so far, as in [`Projection::coordinates`], and may end the work with `Break`:
/// then they are the result. The same options give the same map to the last bit, however many threads there are. Tables of
/// fewer than two rows, or of equal rows, lie at the origin; rows that are not finite are placed as zero rows.
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
    let wanted = Wanted {
        // Itself counts as one of them.
        neighbors: options.neighbors.max(2) - 1,
        normalize: options.normalize,
        sample: options.sample,
        seed: options.seed,
    };
    let found = Neighborhood::find(table, wanted, &Part::new(progress, 0.0, 0.3))?;
    let sampled_rows = (found.rows.len() < table.rows()).then_some(&found.rows[..]);
    let mut show = |coordinates: &[f32], rounds| {
        show(Draft { method: Method::Umap, components: D, coordinates, sampled_rows, rounds })
    };
    let (mut points, mut unfinished) = (None, None);
    if let Some(lists) = &found.lists
        && let Some(components) = found.start::<D>(1.0, options.seed, &Part::new(progress, 0.3, 0.32))?
    {
        let large = found.rows.len() > SMALL;
        let epochs = options.epochs.unwrap_or(if large { EPOCHS_OF_LARGE } else { EPOCHS_OF_SMALL });
        let graph = memberships(lists, epochs, progress)?;
        let start = start::start(&graph, &components, options.seed, &Part::new(progress, 0.32, 0.4))?;
        let curve = Curve::fit(f64::from(options.min_dist), SPREAD);
        let layout = Layout::new(&graph, curve, start, options.seed);
        let run = layout.run(epochs, &mut show, &Part::new(progress, 0.4, 1.0))?;
        (points, unfinished) = (Some(run.0), run.1);
    }
    progress.report(1.0);
    Ok(found.projection(Method::Umap, table, points, unfinished))
}

/// The fuzzy union of what rows think of each other, as shares of the heaviest weight; without what is so light that it would
/// not be looked at in all epochs.
fn memberships(lists: &KnnGraph, epochs: usize, progress: &dyn Progress) -> Result<Graph, Cancelled> {
    let weights = weigh(lists, strengths, progress)?;
    let heaviest = weights.iter().flatten().copied().fold(f32::MIN_POSITIVE, f32::max);
    let least = 1.0 / epochs.max(1) as f32;
    Ok(Graph::symmetric(lists, &weights, |a, b| {
        let share = (a + b - a * b) / heaviest;
        if share < least { 0.0 } else { share.min(1.0) }
    }))
}

/// exp(−(d − ρ) / σ) for neighbors at distance d, where ρ is the distance of the nearest that is not at 0, and σ such that they
/// sum up to the logarithm to base 2 of their number, the row itself counted.
fn strengths(neighbors: &[Neighbor]) -> Vec<f32> {
    let distance = |neighbor: &Neighbor| f64::from(neighbor.score);
    let target = (neighbors.len() as f64 + 1.0).log2();
    let nearest = neighbors.iter().map(distance).find(|&distance| distance > 0.0).unwrap_or(0.0);
    let beyond: Vec<f64> = neighbors.iter().map(|neighbor| (distance(neighbor) - nearest).max(0.0)).collect();
    let mean = neighbors.iter().map(distance).sum::<f64>() / (neighbors.len() as f64 + 1.0);
    if !(mean.is_finite() && mean > 0.0) {
        return vec![1.0; neighbors.len()];
    }
    let strength = |beyond: f64, width: f64| (-beyond / width).exp();
    let width = calibrate(target, mean, |width| beyond.iter().map(|&beyond| strength(beyond, width)).sum());
    let width = width.max(LEAST_WIDTH * mean);
    beyond.into_iter().map(|beyond| strength(beyond, width) as f32).collect()
}

#[cfg(test)]
mod tests;
