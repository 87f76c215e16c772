//! How far words moved from one table to another.

use super::alignment::Alignment;
use super::shared::SharedWords;
use crate::geometry::knn::knn_graph;
use crate::geometry::metric::Metric;
use crate::geometry::neighbors::{Compact, Neighbor, nearest_batch_with};
use crate::geometry::rows::{gather, sample, table_of};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The most products of two numbers that finding neighbors in each table may take: about a second on two cores. Where all
/// words would take more, a sample of them is measured, each against all others.
const MOST_PRODUCTS: usize = 1 << 37;

/// The fewest words that are measured, however many there are.
const FEWEST_WORDS: usize = 500;

/// The most numbers that the copy of the shared rows of one table may have: 1 GB of them.
const MOST_NUMBERS: usize = 1 << 28;

/// Draws the sample: the same tables are always measured by the same words.
const SEED: u64 = 0;

/// Marks a word that was not measured.
const UNKNOWN: u16 = u16::MAX;

/// A median distance below this is what rounding leaves of rows in `f32`: then no word moved by less than it.
const ROUNDING: f64 = 1e-7;

/// How far each shared word moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// The neighbors that are compared: as many as were asked for, or all there are.
    pub k: usize,
    /// What "near" means in either table.
    pub metric: Metric,
    /// The median distance, 0 to 2, of all shared words from themselves; none where no word has a distance.
    pub median: Option<f64>,
    /// The words whose neighbors were compared: all of `among` that have a direction in both tables, or a sample of them.
    pub measured: usize,
    /// The words among which neighbors were looked for: all shared words, or where copies of their rows would take too
    /// much memory the first of them.
    pub among: usize,
    /// How many of its `k` nearest words a measured word has in both tables, on average: 0 to k.
    pub mean_kept: f64,
    distances: Vec<Option<f32>>,
    kept: Vec<u16>,
}

impl Movement {
    /// Measures how far the words that two tables share moved, and how many of their `k` nearest words by `metric`, looked
    /// for among the shared words alone, are the same in both.
    ///
    /// All words are measured for distance. With many words it is a sample that is measured for neighbors, which
    /// [`Movement::measured`] tells; [`kept_neighbors`] measures any others.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    ///
    /// # Panics
    /// If `shared` or `alignment` was not made from these tables.
    pub fn measure(
        first: &Table,
        second: &Table,
        shared: &SharedWords,
        alignment: &Alignment,
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        assert_eq!(alignment.distances().len(), shared.len(), "the alignment is of these words");
        let among = among(first, second, shared);
        let candidates: Vec<u32> =
            (0..among as u32).filter(|&pair| alignment.distance(pair as usize).is_some()).collect();
        let each = among.saturating_mul(first.dims().max(second.dims()));
        let measured = drawn(&candidates, each, MOST_PRODUCTS);
        let counts = kept_neighbors(first, second, shared, &measured, k, metric, progress)?;
        let mut kept = vec![UNKNOWN; shared.len()];
        for (&pair, &count) in measured.iter().zip(&counts) {
            kept[pair as usize] = count;
        }
        Ok(Self {
            k: most_neighbors(k, among),
            metric,
            median: median(alignment.distances()),
            measured: measured.len(),
            among,
            mean_kept: counts.iter().map(|&count| f64::from(count)).sum::<f64>() / counts.len().max(1) as f64,
            distances: alignment.distances().to_vec(),
            kept,
        })
    }

    /// The cosine distance, 0 to 2, of a word from itself after alignment, by the number of its pair. None where it has no
    /// direction in one of the tables.
    ///
    /// # Panics
    /// If there is no such pair.
    #[must_use]
    pub fn distance(&self, pair: usize) -> Option<f32> {
        self.distances[pair]
    }

    /// How far a word moved as a multiple of what the typical word did: its distance divided by the median distance. In
    /// tables that only differ by rounding this is 0 for typical words too.
    ///
    /// # Panics
    /// If there is no such pair.
    #[must_use]
    pub fn relative(&self, pair: usize) -> Option<f32> {
        let distance = self.distance(pair)?;
        Some((f64::from(distance) / self.median?.max(ROUNDING)) as f32)
    }

    /// How many of the `k` nearest words of a word are the same in both tables; none if that was not measured.
    ///
    /// # Panics
    /// If there is no such pair.
    #[must_use]
    pub fn kept(&self, pair: usize) -> Option<usize> {
        Some(self.kept[pair]).filter(|&kept| kept != UNKNOWN).map(usize::from)
    }

    /// The pairs whose movement is known, farthest first and equals by row.
    #[must_use]
    pub fn ranked(&self) -> Vec<u32> {
        let numbered = (0_u32..).zip(&self.distances);
        let mut known: Vec<(u32, f32)> =
            numbered.filter_map(|(pair, &distance)| Some((pair, distance?))).collect();
        // Stable: equals stay in the order of the first table.
        known.sort_by(|a, b| b.1.total_cmp(&a.1));
        known.into_iter().map(|(pair, _)| pair).collect()
    }
}

/// How many of the `k` nearest words of each of the words `pairs` are the same in both tables, in the order of `pairs`.
/// Neighbors are looked for among the shared words alone.
///
/// It copies the rows of all shared words, of one table after the other; many pairs at once take little longer than one. Of
/// more shared words than have 2²⁸ numbers only the first count, as neighbors and as pairs.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `shared` was not made from these tables, or one of the pairs does not count.
pub fn kept_neighbors(
    first: &Table,
    second: &Table,
    shared: &SharedWords,
    pairs: &[u32],
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<u16>, Cancelled> {
    shared.assert_of(first, second);
    progress.check()?;
    let among = among(first, second, shared);
    assert!(pairs.iter().all(|&pair| (pair as usize) < among), "pairs that count");
    let k = most_neighbors(k, among);
    if k == 0 || pairs.is_empty() {
        return Ok(vec![0; pairs.len()]);
    }
    let half = Part::new(progress, 0.0, 0.5);
    let before = neighbors(first, &shared.rows(0, among), pairs, k, metric, &half)?;
    let half = Part::new(progress, 0.5, 1.0);
    let after = neighbors(second, &shared.rows(1, among), pairs, k, metric, &half)?;
    Ok(before.iter().zip(&after).map(|(before, after)| in_both(before, after)).collect())
}

/// The `k` nearest of `rows`, by their places there, to each of the `chosen` ones.
fn neighbors(
    table: &Table,
    rows: &[u32],
    chosen: &[u32],
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Neighbor>>, Cancelled> {
    let table = table_of(table, rows, &Part::new(progress, 0.0, 0.1))?;
    let rest = Part::new(progress, 0.1, 1.0);
    if chosen.len() == rows.len() {
        let graph = knn_graph(&table, k, metric, &rest)?;
        return Ok(chosen.iter().map(|&row| graph.of(row as usize).to_vec()).collect());
    }
    let compact = Compact::build(&table, &Part::new(&rest, 0.0, 0.1))?;
    let queries = gather(&table, chosen, false, &Part::new(&rest, 0.1, 0.12))?;
    let own: Vec<Vec<u32>> = chosen.iter().map(|&row| vec![row]).collect();
    nearest_batch_with(&table, Some(&compact), &queries, k, metric, &own, &Part::new(&rest, 0.12, 1.0))
}

/// How many rows are in both lists.
fn in_both(one: &[Neighbor], other: &[Neighbor]) -> u16 {
    let mut rows: Vec<u32> = other.iter().map(|neighbor| neighbor.row).collect();
    rows.sort_unstable();
    one.iter().filter(|neighbor| rows.binary_search(&neighbor.row).is_ok()).count() as u16
}

/// So many of the candidates that `products` are enough where each takes `each`, in their order.
fn drawn(candidates: &[u32], each: usize, products: usize) -> Vec<u32> {
    let most = (products / each.max(1)).max(FEWEST_WORDS);
    sample(candidates.len(), most, SEED).into_iter().map(|place| candidates[place as usize]).collect()
}

/// Of how many shared words the rows are copied.
fn among(first: &Table, second: &Table, shared: &SharedWords) -> usize {
    shared.len().min(MOST_NUMBERS / first.dims().max(second.dims()).max(1))
}

/// How many neighbors a word among so many can have, and their number be written down.
fn most_neighbors(k: usize, among: usize) -> usize {
    k.min(among.saturating_sub(1)).min(usize::from(UNKNOWN) - 1)
}

/// The middle of the numbers that are known, or the mean of the two in the middle.
fn median(numbers: &[Option<f32>]) -> Option<f64> {
    let mut known: Vec<f32> = numbers.iter().copied().flatten().collect();
    known.sort_unstable_by(f32::total_cmp);
    let middle = known.len() / 2;
    let upper = f64::from(*known.get(middle)?);
    Some(if known.len() % 2 == 1 { upper } else { f64::midpoint(f64::from(known[middle - 1]), upper) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_are_ranked_by_row_and_what_is_unknown_not_at_all() {
        let distances = vec![Some(0.5), None, Some(0.75), Some(0.5), Some(0.0)];
        let movement = Movement {
            k: 0,
            metric: Metric::Cosine,
            median: median(&distances),
            measured: 0,
            among: 5,
            mean_kept: 0.0,
            distances,
            kept: vec![UNKNOWN; 5],
        };
        assert_eq!(movement.ranked(), [2, 0, 3, 4]);
        let relative: Vec<Option<f32>> = (0..5).map(|pair| movement.relative(pair)).collect();
        assert_eq!(relative, [Some(1.0), None, Some(1.5), Some(1.0), Some(0.0)]);
    }

    #[test]
    fn as_many_words_are_drawn_as_there_are_products_for() {
        let candidates: Vec<u32> = (0..2_000).map(|i| 3 * i).collect();
        assert_eq!(drawn(&candidates, 10, 20_000), candidates);
        let some = drawn(&candidates, 10, 8_000);
        assert!(some.len() == 800 && some.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(some.iter().all(|pair| pair % 3 == 0));
        assert_eq!(some, drawn(&candidates, 10, 8_000));
        assert_eq!((drawn(&candidates, 10, 0).len(), drawn(&[], 0, 0).len()), (FEWEST_WORDS, 0));
    }

    #[test]
    fn the_median_is_the_middle_of_what_is_known() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[None]), None);
        assert_eq!(median(&[Some(3.0), None, Some(1.0), Some(2.0)]), Some(2.0));
        assert_eq!(median(&[Some(4.0), Some(1.0), Some(2.0), Some(3.0)]), Some(2.5));
    }
}
