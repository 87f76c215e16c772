//! How near every row is to one place.

use super::metric::Metric;
use super::rows::fill_by_blocks;
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// Rows are scored so many at a time.
const BLOCK: usize = 512;

/// The score of every row of a table with `query` (d numbers) by `metric`: higher is nearer, but for
/// [`Metric::Euclidean`]. Rows that are not finite have no score: NaN.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `query` has not as many numbers as a row.
pub fn scores(
    table: &Table,
    query: &[f32],
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Cancelled> {
    assert_eq!(query.len(), table.dims(), "as many numbers as a row");
    let norms = table.norms_with(progress)?;
    let own = super::arithmetic::norm(query) as f32;
    let mut scores = vec![f32::NAN; table.rows()];
    let dims = table.dims().max(1);
    fill_by_blocks(table.rows(), BLOCK, 1, &mut scores, progress, |buffers, range, scores| {
        let norms = &norms[range.clone()];
        let rows = table.block(range, &mut buffers.raw).chunks_exact(dims);
        for ((score, row), &norm) in scores.iter_mut().zip(rows).zip(norms) {
            if norm.is_finite() {
                *score = metric.score_with_norms(query, own, row, norm);
            }
        }
    })?;
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::neighbors::nearest;
    use crate::progress::{Unwanted, Unwatched};

    #[test]
    fn the_best_scores_are_those_of_the_nearest_rows() {
        let values: Vec<f32> = (0..3_000).map(|i| ((i * 7_919) % 1_013) as f32 / 500.0 - 1.0).collect();
        let mut values = values;
        values[3 * 77] = f32::NAN;
        let table = Table::from_f32(vec![String::new(); 1_000], values, 3);
        let query = [0.3, -0.8, 0.5];
        for metric in [Metric::Cosine, Metric::Dot, Metric::Euclidean] {
            let scores = scores(&table, &query, metric, &Unwatched).unwrap();
            assert!(scores[77].is_nan(), "a row that is not finite is near nothing");
            for neighbor in nearest(&table, &query, 10, metric, &[], &Unwatched).unwrap() {
                assert_eq!(scores[neighbor.row as usize], neighbor.score, "{metric:?}");
            }
        }
        assert_eq!(scores(&table, &query, Metric::Dot, &Unwanted).unwrap_err(), Cancelled);
    }
}
