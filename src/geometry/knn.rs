//! The nearest rows of every row.
//!
//! Every row is compared with every other, as matrix products of a few hundred rows with a few hundred, and the answers
//! are those of [`neighbors::of_row`](super::neighbors::of_row), to the last bit. The work grows with V² · d: on two cores
//! about 5 seconds for 100,000 × 100, 40 for 400,000 × 50, minutes for 400,000 × 300.

use rayon::prelude::*;

use super::metric::Metric;
use super::neighbors::{
    Compact, Group, Neighbor, ProductSpace, Products, QUERIES_PER_TILE, ROWS_PER_TILE, RowSpace, Tile,
};
use super::ranking::Shared;
use super::rows::Counter;
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// For every row of a table the rows nearest to it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnnGraph {
    neighbors: Vec<Neighbor>,
    /// Where each row's neighbors begin, and where the last one's end.
    starts: Vec<usize>,
}

impl KnnGraph {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The neighbors of row `row`, nearest first, without itself: k of them, or fewer where the table has no more. A row
    /// with numbers that are not finite has none and is nobody's.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn of(&self, row: usize) -> &[Neighbor] {
        &self.neighbors[self.starts[row]..self.starts[row + 1]]
    }

    fn new(lists: impl Iterator<Item = Vec<Neighbor>>) -> Self {
        let (mut neighbors, mut starts) = (Vec::new(), vec![0]);
        for list in lists {
            neighbors.extend(list);
            starts.push(neighbors.len());
        }
        Self { neighbors, starts }
    }
}

/// The `k` rows nearest to each row by `metric`, exactly, equals by row.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn knn_graph(
    table: &Table,
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<KnnGraph, Cancelled> {
    let (rows, norms) = (table.rows(), table.norms_with(progress)?);
    if k == 0 {
        return Ok(KnnGraph::new((0..rows).map(|_| Vec::new())));
    }
    // Rounding the rows takes next to nothing of the whole.
    let compact = Compact::build(table, &Part::new(progress, 0.0, 0.01))?;
    let products = Products::new(table, Some(&compact), rows);
    let rest = Part::new(progress, 0.01, 1.0);
    let done = Counter::new(rows * rows.div_ceil(ROWS_PER_TILE), &rest);
    let tiles: Vec<Vec<Vec<Neighbor>>> = (0..rows.div_ceil(QUERIES_PER_TILE))
        .into_par_iter()
        .map_init(<(Vec<f32>, RowSpace, ProductSpace)>::default, |(own, others, space), tile| {
            let first = tile * QUERIES_PER_TILE;
            let range = first..(first + QUERIES_PER_TILE).min(rows);
            let numbers = table.block(range.clone(), own);
            let itself = |i: usize| vec![(first + i) as u32];
            let group = Group::new(&products, numbers, table.dims(), metric, itself);
            let best: Vec<Shared> = range.clone().map(|_| Shared::new(k)).collect();
            for first in (0..rows).step_by(ROWS_PER_TILE) {
                progress.check()?;
                let tile = Tile::new(&products, table, first..(first + ROWS_PER_TILE).min(rows), others);
                group.score(&products, &tile, space, &best);
                done.add(range.len());
            }
            let lists = range.zip(best).map(|(row, best)| {
                if norms[row].is_finite() { best.into_best().ranked(metric) } else { Vec::new() }
            });
            Ok(lists.collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    Ok(KnnGraph::new(tiles.into_iter().flatten()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::neighbors::of_row;
    use crate::progress::{Unwanted, Unwatched};

    fn table(values: Vec<f32>, dims: usize) -> Table {
        Table::from_f32((0..values.len() / dims).map(|row| row.to_string()).collect(), values, dims)
    }

    proptest! {
        #[test]
        fn every_row_has_the_neighbors_that_it_has_alone(
            (dims, values) in (1_usize..6).prop_flat_map(|dims| (
                Just(dims),
                (1_usize..90).prop_flat_map(move |rows| {
                    prop::collection::vec((-3_i8..=3).prop_map(f32::from), rows * dims)
                }),
            )),
            k in 0_usize..20,
        ) {
            let table = table(values, dims);
            for metric in Metric::ALL {
                let graph = knn_graph(&table, k, metric, &Unwatched).unwrap();
                prop_assert_eq!(graph.rows(), table.rows());
                for row in 0..table.rows() {
                    let alone = of_row(&table, row, k, metric, &Unwatched).unwrap();
                    prop_assert_eq!(graph.of(row), &alone[..]);
                }
            }
        }
    }

    #[test]
    fn rows_of_several_tiles_find_each_other() {
        let dims = 8;
        let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0;
        let mut values: Vec<f32> = (0..1_300 * dims).map(value).collect();
        values[900 * dims] = f32::NAN;
        let table = table(values, dims);
        let graph = knn_graph(&table, 7, Metric::Cosine, &Unwatched).unwrap();
        for row in [0, 511, 512, 1_299] {
            assert_eq!(graph.of(row), of_row(&table, row, 7, Metric::Cosine, &Unwatched).unwrap());
        }
        assert!(graph.of(900).is_empty());
        assert!((0..1_300).all(|row| graph.of(row).iter().all(|neighbor| neighbor.row != 900)));
    }

    #[test]
    fn cancelled_work_says_so() {
        assert_eq!(knn_graph(&table(vec![1.0, 2.0], 1), 1, Metric::Dot, &Unwanted), Err(Cancelled));
    }
}
