//! How far a map can be trusted: which of the words that are near each other in all dimensions are near on the map too.
//!
//! No flat picture keeps all nearness of many dimensions. What this one keeps is measured point by point (how many of a row's
//! k nearest rows are no farther on the map than its k-th nearest point), and over all points by *trustworthiness* (what is
//! near on the map is near in truth) and *continuity* (what is near in truth is near on the map), as defined by Venna and
//! Kaski, "Neighborhood preservation in nonlinear projection methods: an experimental study", 2001.

use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::knn::knn_graph;
use super::metric::Metric;
use super::neighbors::{Compact, Neighbor, nearest_batch_with};
use super::plane::{Plane, squared_distance};
use super::projection::Projection;
use super::ranking::Best;
use super::rows::{Counter, gather, sample, table_of};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most products of two numbers that finding true neighbors may take: about two seconds on two cores. Where all rows would
/// take more, a sample of them is measured, each against all others.
const MOST_PRODUCTS: usize = 1 << 38;

/// What takes no more products than this is measured in a moment.
const QUICK: usize = 1 << 35;

/// The fewest rows that are measured, however large the table.
const FEWEST_ROWS: usize = 500;

/// Trustworthiness and continuity ask for the ranks of all rows: of at most so many rows, drawn at random.
const MOST_RANKED: usize = 1_000;

/// What those ranks may take, in products, and the fewest rows that they are found of.
const MOST_RANK_PRODUCTS: usize = 1 << 33;
const FEWEST_RANKED: usize = 100;

/// Draws the samples: the same map is always measured by the same rows.
const SEED: u64 = 0;

/// Marks a row that was not measured.
const UNKNOWN: u16 = u16::MAX;

/// Whether a table is so small that its maps are measured in a moment. Others are measured when somebody asks: while all cores
/// are at that, whatever else is asked has to wait.
#[must_use]
pub fn is_quick(table: &Table) -> bool {
    table.rows().saturating_mul(table.rows()).saturating_mul(table.dims()) <= QUICK
}

/// What a map keeps of the neighborhoods of all dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Faithfulness {
    /// The neighbors that are compared: as many as were asked for, or all there are.
    pub k: usize,
    /// What "near" means in all dimensions; on the map it is the distance on the screen.
    pub metric: Metric,
    /// The rows that were measured, and the rows on the map.
    pub measured: usize,
    pub rows: usize,
    /// How many of its `k` nearest rows a measured row has near it on the map, on average: 0 to k.
    pub mean: f64,
    /// 0 to 1, 1 if what is near on the map is near in truth; none unless there are more than 2k rows.
    pub trustworthiness: Option<f64>,
    /// 0 to 1, 1 if what is near in truth is near on the map; none unless there are more than 2k rows.
    pub continuity: Option<f64>,
    /// The rows that the two were measured on.
    pub ranked: usize,
    kept: Vec<u16>,
}

impl Faithfulness {
    /// How many of the `k` nearest rows of `row` are near it on the map; none if that was not measured, because the row is not
    /// on the map or not in the sample.
    #[must_use]
    pub fn kept(&self, row: usize) -> Option<usize> {
        self.kept.get(row).filter(|kept| **kept != UNKNOWN).map(|&kept| usize::from(kept))
    }
}

/// The rows of a map that count: those that are on it and finite. Where the map has a sample of the table, they are a table of
/// their own.
struct Placed<'a> {
    given: &'a Table,
    own: Option<Table>,
    /// Where each row of the table lies, in shares of the map.
    positions: Vec<[f32; 2]>,
    /// The rows that count, ascending, and what they are called in the table given.
    rows: Vec<u32>,
    named: Vec<u32>,
}

impl<'a> Placed<'a> {
    fn new(
        given: &'a Table,
        projection: &Projection,
        axes: [usize; 2],
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let norms = given.norms_with(progress)?;
        let finite = |point: &usize| norms[projection.row_of(*point) as usize].is_finite();
        let points: Vec<usize> = (0..projection.points()).filter(finite).collect();
        let at = |point: usize| axes.map(|axis| projection.coordinate(point, axis));
        let named: Vec<u32> = points.iter().map(|&point| projection.row_of(point)).collect();
        let (own, rows, mut positions): (_, _, Vec<[f32; 2]>) = if projection.sampled_rows.is_some() {
            let own = table_of(given, &named, progress)?;
            (Some(own), (0..named.len() as u32).collect(), points.iter().map(|&point| at(point)).collect())
        } else {
            (None, named.clone(), (0..projection.points()).map(at).collect())
        };
        // Squares of very large or very small coordinates would be lost.
        let extent = |axis: usize| {
            let (least, most) = points.iter().fold((f32::MAX, f32::MIN), |(least, most), &point| {
                let c = projection.coordinate(point, axes[axis]);
                (least.min(c), most.max(c))
            });
            most - least
        };
        let scale = extent(0).max(extent(1)).max(f32::MIN_POSITIVE).recip();
        positions.iter_mut().flatten().for_each(|c| *c *= scale);
        Ok(Self { given, own, positions, rows, named })
    }

    fn table(&self) -> &Table {
        self.own.as_ref().unwrap_or(self.given)
    }

    fn position(&self, row: u32) -> [f32; 2] {
        self.positions[row as usize]
    }

    /// Rows for which `products` products are enough to compare each with all, at least `fewest` and at most `most` of them, as
    /// places in `rows`.
    fn drawn(&self, products: usize, fewest: usize, most: usize) -> Vec<u32> {
        let each = self.rows.len().saturating_mul(self.given.dims()).max(1);
        sample(self.rows.len(), (products / each).clamp(fewest, most), SEED)
    }

    /// The `k` nearest rows of each of `measured`, in all dimensions.
    fn true_neighbors(
        &self,
        measured: &[u32],
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
        if measured.len() == self.rows.len() {
            let graph = knn_graph(self.table(), k, metric, progress)?;
            return Ok(measured.iter().map(|&row| graph.of(row as usize).to_vec()).collect());
        }
        let compact = Compact::build(self.table(), &Part::new(progress, 0.0, 0.05))?;
        let queries = gather(self.table(), measured, false, progress)?;
        let own: Vec<Vec<u32>> = measured.iter().map(|&row| vec![row]).collect();
        let rest = Part::new(progress, 0.05, 1.0);
        nearest_batch_with(self.table(), Some(&compact), &queries, k, metric, &own, &rest)
    }

    /// How many of the `neighbors` of each of `measured` are no farther on the map than its k-th nearest point.
    fn kept(&self, measured: &[u32], neighbors: &[Vec<Neighbor>], k: usize) -> Vec<u16> {
        let plane = Plane::new(self.rows.iter().map(|&row| (self.position(row), row)).collect());
        measured
            .par_iter()
            .zip(neighbors)
            .map_init(BinaryHeap::new, |space, (&row, neighbors)| {
                let at = self.position(row);
                let reach = plane.reach(at, row, k, space);
                let near = |neighbor: &&Neighbor| squared_distance(at, self.position(neighbor.row)) <= reach;
                neighbors.iter().filter(near).count() as u16
            })
            .collect()
    }
}

/// Measures what the components `axes` of a projection of `table` keep of the `k` nearest rows of each row by `metric`.
///
/// Only rows on the map count, as points and as neighbors. On large tables it is a sample of them that is measured, which
/// [`Faithfulness::measured`] and [`Faithfulness::ranked`] tell.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn measure(
    table: &Table,
    projection: &Projection,
    axes: [usize; 2],
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Faithfulness, Cancelled> {
    let placed = Placed::new(table, projection, axes, &Part::new(progress, 0.0, 0.05))?;
    let rows = placed.rows.len();
    let k = k.min(rows.saturating_sub(1)).min(usize::from(UNKNOWN) - 1);
    let mut found = Faithfulness {
        k,
        metric,
        measured: 0,
        rows,
        mean: 0.0,
        trustworthiness: None,
        continuity: None,
        ranked: 0,
        kept: vec![UNKNOWN; table.rows()],
    };
    if k == 0 {
        return Ok(found);
    }
    let drawn = placed.drawn(MOST_PRODUCTS, FEWEST_ROWS, usize::MAX);
    let measured: Vec<u32> = drawn.iter().map(|&place| placed.rows[place as usize]).collect();
    let neighbors = placed.true_neighbors(&measured, k, metric, &Part::new(progress, 0.05, 0.7))?;
    let kept = placed.kept(&measured, &neighbors, k);
    for (&place, &kept) in drawn.iter().zip(&kept) {
        found.kept[placed.named[place as usize] as usize] = kept;
    }
    found.measured = measured.len();
    found.mean = kept.iter().map(|&kept| f64::from(kept)).sum::<f64>() / measured.len().max(1) as f64;
    if rows > 2 * k {
        let ranked = placed.drawn(MOST_RANK_PRODUCTS, FEWEST_RANKED, MOST_RANKED);
        let [intruded, lost] = misplaced(&placed, &ranked, k, metric, &Part::new(progress, 0.7, 1.0))?;
        let (n, k) = (rows as f64, k as f64);
        let worst = ranked.len() as f64 * k * (2.0 * n - 3.0 * k - 1.0) / 2.0;
        found.trustworthiness = Some(1.0 - intruded / worst);
        found.continuity = Some(1.0 - lost / worst);
        found.ranked = ranked.len();
    }
    Ok(found)
}

/// By how many ranks those points are off, over all `ranked` rows, that are among the k nearest on the map and not in truth,
/// and those that are in truth and not on the map.
fn misplaced(
    placed: &Placed<'_>,
    ranked: &[u32],
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<[f64; 2], Cancelled> {
    let done = Counter::new(ranked.len(), progress);
    let each: Vec<[usize; 2]> = ranked
        .par_iter()
        .map_init(Spaces::default, |spaces, &own| {
            progress.check()?;
            let own = own as usize;
            spaces.fill(placed, placed.rows[own], metric);
            let off = [
                Spaces::off(&spaces.map, &spaces.all, own, k),
                Spaces::off(&spaces.all, &spaces.map, own, k),
            ];
            done.add(1);
            Ok(off)
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok([0, 1].map(|side| each.iter().map(|off| off[side] as f64).sum()))
}

/// How near every row is to one of them, in all dimensions and on the map: keys that are higher for nearer.
#[derive(Default)]
struct Spaces {
    all: Vec<f32>,
    map: Vec<f32>,
    raw: Vec<f32>,
}

impl Spaces {
    fn fill(&mut self, placed: &Placed<'_>, row: u32, metric: Metric) {
        const BLOCK: usize = 512;
        let (table, norms) = (placed.table(), placed.table().norms());
        let (own, at) = (table.row(row as usize).to_vec(), placed.position(row));
        self.all.clear();
        self.map.clear();
        let dims = table.dims().max(1);
        let mut rows = placed.rows.iter().map(|&row| row as usize).peekable();
        while let Some(&first) = rows.peek() {
            let block = first..(first + BLOCK).min(table.rows());
            let values = table.block(block.clone(), &mut self.raw);
            while let Some(other) = rows.next_if(|other| block.contains(other)) {
                let from = (other - first) * dims;
                let values = &values[from..from + table.dims()];
                let score = metric.score_with_norms(&own, norms[row as usize], values, norms[other]);
                self.all.push(if metric.ascending() { -score } else { score });
            }
        }
        self.map.extend(placed.rows.iter().map(|&other| -squared_distance(at, placed.position(other))));
    }

    /// The sum of `rank in others − k` over the `k` nearest by `keys` whose rank in `others` is beyond k; row `own` does not
    /// count, and equals are ranked by row.
    fn off(keys: &[f32], others: &[f32], own: usize, k: usize) -> usize {
        let mut best = Best::new(k);
        keys.iter().enumerate().for_each(|(i, &key)| best.offer(i as u32, key, &[own as u32]));
        best.heap
            .iter()
            .map(|candidate| {
                let (row, key) = (candidate.row as usize, others[candidate.row as usize]);
                let before = others[..row].iter().filter(|other| **other >= key).count();
                let after = others[row + 1..].iter().filter(|other| **other > key).count();
                // What is counted before it, less itself where it was counted, and 1 for its own rank.
                let counted = if own < row { others[own] >= key } else { others[own] > key };
                (before + after + 1 - usize::from(counted)).saturating_sub(k)
            })
            .sum()
    }
}

#[cfg(test)]
mod tests;
