//! The Shepard diagram of a map: distances of pairs of rows in all dimensions against those of their points.
//!
//! On a faithful map the pairs lie along a rising line; how far they scatter is what the map does to distances (Shepard, "The
//! analysis of proximities", 1962; as a check of maps: Buja et al., "Data visualization with multidimensional scaling",
//! 2008). What it says of near neighbors alone, [`super::faithfulness`] says better: most pairs are far apart.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::correlation::spearman;
use super::metric::Metric;
use super::projection::Projection;
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// Draws the pairs: a map always shows the same ones.
const SEED: u64 = 0;

/// Pairs between two looks at whether the work is still wanted.
const STEP: usize = 64;

/// Distances of pairs of rows, drawn at random.
#[derive(Debug, Clone, PartialEq)]
pub struct Shepard {
    /// What the distance in all dimensions is: 1 − cosine, the Euclidean distance, or minus the dot product.
    pub metric: Metric,
    /// For each pair the distance in all dimensions, and that on the map in shares of the map's larger side.
    pub pairs: Vec<[f32; 2]>,
    /// Spearman's rank correlation of the two, 1 if the map keeps the order of all distances; none where one of them does
    /// not vary.
    pub rank_correlation: Option<f64>,
}

/// Measures `count` pairs of the rows on a map of `table`, of which the components `axes` are shown.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn shepard(
    table: &Table,
    projection: &Projection,
    axes: [usize; 2],
    count: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Shepard, Cancelled> {
    progress.check()?;
    let norms = table.norms_with(progress)?;
    let finite = |point: &usize| norms[projection.row_of(*point) as usize].is_finite();
    let points: Vec<usize> = (0..projection.points()).filter(finite).collect();
    let at = |point: usize| axes.map(|axis| f64::from(projection.coordinate(point, axis)));
    let extent = |axis: usize| {
        let (least, most) = points.iter().fold((f64::MAX, f64::MIN), |(least, most), &point| {
            (least.min(at(point)[axis]), most.max(at(point)[axis]))
        });
        most - least
    };
    let larger = extent(0).max(extent(1)).max(f64::MIN_POSITIVE);
    let mut random = Xoshiro256Plus::seed_from_u64(SEED);
    let mut pairs = Vec::with_capacity(count);
    for pair in 0..if points.len() < 2 { 0 } else { count } {
        if pair % STEP == 0 {
            progress.check()?;
            progress.report(pair as f32 / count as f32);
        }
        let first = random.gen_range(0..points.len());
        let second = (first + random.gen_range(1..points.len())) % points.len();
        let (first, second) = (points[first], points[second]);
        let rows = [first, second].map(|point| projection.row_of(point) as usize);
        let [u, v] = rows.map(|row| table.row(row));
        let score = metric.score_with_norms(&u, norms[rows[0]], &v, norms[rows[1]]);
        let apart = match metric {
            Metric::Cosine => 1.0 - score,
            Metric::Dot => -score,
            Metric::Euclidean => score,
        };
        let ([x, y], [to_x, to_y]) = (at(first), at(second));
        pairs.push([apart, ((to_x - x).hypot(to_y - y) / larger) as f32]);
    }
    let side = |side: usize| pairs.iter().map(|pair| f64::from(pair[side])).collect::<Vec<_>>();
    let rank_correlation = spearman(&side(0), &side(1));
    Ok(Shepard { metric, pairs, rank_correlation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::projection::{Method, pca};
    use crate::progress::{Unwanted, Unwatched};

    fn table(dims: usize) -> Table {
        let mut random = Xoshiro256Plus::seed_from_u64(1);
        let values = (0..200 * dims).map(|_| random.gen_range(-1.0..1.0)).collect();
        Table::from_f32(vec![String::new(); 200], values, dims)
    }

    fn of(table: &Table, metric: Metric) -> Shepard {
        let map = pca::project(table, pca::Options::default(), &Unwatched).unwrap();
        shepard(table, &map, [0, 1], 500, metric, &Unwatched).unwrap()
    }

    #[test]
    fn a_flat_table_keeps_all_its_distances() {
        let found = of(&table(2), Metric::Euclidean);
        assert_eq!(found.pairs.len(), 500);
        assert!(found.rank_correlation.unwrap() > 0.999_9, "{:?}", found.rank_correlation);
        let scale = found.pairs[0][1] / found.pairs[0][0];
        assert!(found.pairs.iter().all(|[apart, shown]| (shown - scale * apart).abs() < 1e-4));
    }

    #[test]
    fn many_dimensions_lose_some_of_it_and_the_same_pairs_are_drawn_again() {
        let found = of(&table(20), Metric::Cosine);
        let kept = found.rank_correlation.unwrap();
        assert!((0.05..0.95).contains(&kept), "{kept}");
        assert_eq!(found, of(&table(20), Metric::Cosine));
        assert!(found.pairs.iter().all(|[apart, _]| (-1e-5..=2.0 + 1e-5).contains(apart)));
    }

    #[test]
    fn rows_without_a_point_and_rows_that_are_not_finite_take_no_part() {
        let mut values = vec![1.0, 0.0, f32::NAN, 0.0, 0.0, 1.0, 5.0, 5.0];
        values[2] = f32::NAN;
        let table = Table::from_f32(vec![String::new(); 4], values, 2);
        let map = Projection {
            method: Method::TSne,
            components: 2,
            coordinates: vec![0.0, 0.0, 9.0, 9.0, 3.0, 4.0],
            explained_variance_ratio: None,
            sampled_rows: Some(vec![0, 1, 2]),
            linear: None,
            unfinished: None,
        };
        let found = shepard(&table, &map, [0, 1], 10, Metric::Cosine, &Unwatched).unwrap();
        assert!(found.pairs.iter().all(|pair| (pair[0] - 1.0).abs() < 1e-6 && (pair[1] - 1.25).abs() < 1e-6));
        assert_eq!(found.rank_correlation, None, "there is but one pair");
        let alone = Projection { coordinates: vec![1.0, 1.0], sampled_rows: Some(vec![0]), ..map };
        assert!(shepard(&table, &alone, [0, 1], 10, Metric::Dot, &Unwatched).unwrap().pairs.is_empty());
        assert_eq!(shepard(&table, &alone, [0, 1], 10, Metric::Dot, &Unwanted), Err(Cancelled));
    }
}
