//! Two open tables side by side: the words of both, how far each moved, and its neighbors here and there.

use std::sync::Arc;

use rayon::prelude::*;

use super::cloud::Cloud;
use super::subset::Subset;
use crate::geometry::Metric;
use crate::geometry::comparison::{
    Alignment, ComparedNeighbors, Movement, Options, SharedWords, align, compare_neighbors, kept_neighbors,
};
use crate::geometry::projection::Projection;
use crate::progress::{Cancelled, Part, Progress};
use crate::scene::numbers::{significant, thousands};
use crate::vectors::Table;

/// How many words are listed that moved the most.
pub const MOST_MOVED: usize = 40;

/// What a comparison of two tables as wholes came to.
#[derive(Debug)]
pub struct ComparisonReport {
    pub shared: SharedWords,
    pub alignment: Alignment,
    /// The median cosine distance of a word to itself after the alignment; none where nothing could be measured.
    pub median: Option<f64>,
    /// Of `k` nearest words among those of both tables, how many are the same on average, and on how many words that was
    /// measured.
    pub kept: (f64, usize, usize),
    /// The words that moved the most, the farthest first.
    pub most: Vec<MovedWord>,
}

/// A word of both tables and how far it moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MovedWord {
    /// Its row in the first table.
    pub row: u32,
    /// 1 − cosine of its two rows after the alignment.
    pub distance: f32,
    /// The same in shares of the median: 1 is as the typical word.
    pub relative: f32,
    /// How many of its nearest words among those of both tables are the same in both.
    pub kept: usize,
}

impl ComparisonReport {
    /// Compares two tables by the words that both have.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(
        first: &Table,
        second: &Table,
        k: usize,
        metric: Metric,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        first.norms_with(progress)?;
        second.norms_with(progress)?;
        let shared = SharedWords::of_with(first, second, &Part::new(progress, 0.0, 0.1))?;
        let alignment = align(first, second, &shared, Options::default(), &Part::new(progress, 0.1, 0.3))?;
        let part = Part::new(progress, 0.3, 0.8);
        let movement = Movement::measure(first, second, &shared, &alignment, k, metric, &part)?;
        let most = Self::most(first, second, &shared, &movement, &Part::new(progress, 0.8, 1.0))?;
        let kept = (movement.mean_kept, movement.k, movement.measured);
        Ok(Self { shared, alignment, median: movement.median, kept, most })
    }

    fn most(
        first: &Table,
        second: &Table,
        shared: &SharedWords,
        movement: &Movement,
        progress: &dyn Progress,
    ) -> Result<Vec<MovedWord>, Cancelled> {
        let mut ranked = movement.ranked();
        ranked.truncate(MOST_MOVED);
        let kept = kept_neighbors(first, second, shared, &ranked, movement.k, movement.metric, progress)?;
        let word = |(&pair, &kept): (&u32, &u16)| {
            let pair = pair as usize;
            Some(MovedWord {
                row: shared.pairs()[pair][0],
                distance: movement.distance(pair)?,
                relative: movement.relative(pair)?,
                kept: usize::from(kept),
            })
        };
        Ok(ranked.iter().zip(&kept).filter_map(word).collect())
    }

    /// What was compared and how alike the two are, a sentence each.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let words = thousands(self.shared.len() as u64);
        let Some(cosine) = self.alignment.mean_cosine else {
            return vec![format!("{words} words are in both tables: too few to compare them.")];
        };
        let fitted = thousands(self.alignment.fitted as u64);
        let mut said = vec![
            format!("{words} words are in both tables."),
            format!(
                "The other table was turned onto this one by {fitted} of them (orthogonal Procrustes); then a word's \
                 cosine with itself is {} on average.",
                significant(cosine)
            ),
        ];
        if self.alignment.fitted < 3 * self.alignment.dims[0].max(self.alignment.dims[1]) {
            said.push(
                "So few words for so many dimensions can be turned onto almost anything: do not trust it."
                    .to_owned(),
            );
        }
        let (mean, k, measured) = self.kept;
        if measured > 0 {
            let measured = thousands(measured as u64);
            said.push(format!(
                "Of a word's {k} nearest words in both tables, {mean:.1} are the same on average (measured on {measured} words)."
            ));
        }
        said
    }
}

/// The neighbors of one word of the first table in both; nothing where the second table lacks it.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn neighbors_of(
    first: &Table,
    second: &Table,
    shared: &SharedWords,
    row: u32,
    (k, metric): (usize, Metric),
    progress: &dyn Progress,
) -> Result<Option<ComparedNeighbors>, Cancelled> {
    let Some(pair) = shared.of_first(row) else { return Ok(None) };
    compare_neighbors(first, second, shared, pair as usize, k, metric, progress).map(Some)
}

/// Where `map`, a map of the first table, places the words of the other one, once that table is turned onto the first: points
/// by the rows of the first, for all words of both. Nothing where the map cannot place what it was not made of, as t-SNE and
/// UMAP cannot.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn placed(
    map: &Projection,
    second: &Table,
    (shared, alignment): (&SharedWords, &Alignment),
    progress: &dyn Progress,
) -> Result<Option<Projection>, Cancelled> {
    /// Rows that are carried at a time.
    const BLOCK: usize = 4_096;
    let Some(linear) = &map.linear else { return Ok(None) };
    let [into, _] = alignment.dims;
    let pairs = shared.pairs();
    let mut coordinates = Vec::with_capacity(pairs.len() * map.components);
    for (block, pairs) in pairs.chunks(BLOCK).enumerate() {
        let share = |rows: usize| rows as f32 / shared.len().max(1) as f32;
        let part = Part::new(progress, share(block * BLOCK), share(block * BLOCK + pairs.len()));
        let rows: Vec<u32> = pairs.iter().map(|pair| pair[1]).collect();
        let carried = alignment.carried(second, &rows, &part)?;
        let placed: Vec<Vec<f32>> = carried.par_chunks_exact(into).map(|row| linear.transform(row)).collect();
        coordinates.extend(placed.into_iter().flatten());
    }
    Ok(Some(Projection {
        coordinates,
        sampled_rows: Some(pairs.iter().map(|pair| pair[0]).collect()),
        explained_variance_ratio: None,
        unfinished: None,
        linear: Some(linear.clone()),
        ..*map
    }))
}

/// The words of the other table, placed by [`placed`], as they are seen beside the map `here`: by one camera, and of a map of
/// which a part is there the same part.
#[must_use]
pub fn beside(here: &Cloud, placed: Arc<Projection>, subset: &Subset) -> Cloud {
    let is_here = |_, row: u32| here.points.position(row as usize).is_some();
    let placed = if here.every > 1 { Arc::new(placed.only(is_here)) } else { placed };
    let rows = here.points.table_rows();
    Cloud::new(placed, rows, here.axes, here.layout, subset).beside(here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::projection::{Layout, Turn, pca};
    use crate::progress::Unwatched;
    use crate::scene::RowSet;
    use crate::scene::cloud::Thinned;

    #[test]
    fn the_same_table_lies_where_it_lies_and_moved_words_elsewhere() {
        let (first, second) = (table(false), table(true));
        let map = Arc::new(pca::project(&first, pca::Options::default(), &Unwatched).unwrap());
        let here = Cloud::new(map, 300, [0, 1], Layout::Flat, &Subset::default());
        let on = |map: &Projection, second: &Table| {
            let report = ComparisonReport::of(&first, second, 10, Metric::Cosine, &Unwatched).unwrap();
            placed(map, second, (&report.shared, &report.alignment), &Unwatched).unwrap().map(Arc::new)
        };
        let place = |second: &Table| beside(&here, on(&here.projection, second).unwrap(), &Subset::default());
        let apart = |there: &Cloud, row: usize| {
            let [a, b] = [&here, there].map(|cloud| cloud.points.position(row).unwrap());
            (a[0] - b[0]).hypot(a[1] - b[1])
        };
        let same = place(&first);
        assert!((0..300).all(|row| apart(&same, row) < 1e-4) && same.bounds == here.bounds);
        let moved = place(&second);
        let still =
            (0..300).filter(|row| ![7, 200].contains(row)).map(|row| apart(&moved, row)).fold(0.0, f32::max);
        assert!(apart(&moved, 7) > 2.0 * still && apart(&moved, 200) > 2.0 * still, "{still}");
        let unlike = Projection { linear: None, ..(*here.projection).clone() };
        assert!(on(&unlike, &second).is_none());
    }

    #[test]
    fn the_map_beside_has_the_layout_and_the_part_of_the_one_that_is_turned() {
        let (first, second) = (table(false), table(true));
        let map = Arc::new(pca::project(&first, pca::Options::default(), &Unwatched).unwrap());
        let report = ComparisonReport::of(&first, &second, 10, Metric::Cosine, &Unwatched).unwrap();
        let whole = (&report.shared, &report.alignment);
        let there = Arc::new(placed(&map, &second, whole, &Unwatched).unwrap().unwrap());
        let layout = Layout::Space(Turn { yaw: 30.0, pitch: 10.0 });
        let thinned = Thinned { every: 10, always: RowSet::from_iter([7]) };
        let here = Cloud::thinned(map, 300, [0, 1], layout, &Subset::default(), &thinned);
        let beside = beside(&here, there, &Subset::default());
        assert_eq!((beside.layout, beside.points.len()), (layout, here.points.len()));
        assert!(beside.points.position(7).is_some() && beside.points.position(8).is_none());
    }

    fn table(swapped: bool) -> Table {
        let words: Vec<String> = (0..300).map(|i| format!("w{i}")).collect();
        let mut values: Vec<f32> = (0..300 * 6).map(|i| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0).collect();
        if swapped {
            for i in 0..6 {
                values.swap(7 * 6 + i, 200 * 6 + i);
            }
        }
        Table::from_f32(words, values, 6)
    }

    #[test]
    fn the_words_that_changed_places_moved_the_most() {
        let report =
            ComparisonReport::of(&table(false), &table(true), 5, Metric::Cosine, &Unwatched).unwrap();
        let mut first: Vec<u32> = report.most[..2].iter().map(|word| word.row).collect();
        first.sort_unstable();
        assert_eq!(first, [7, 200]);
        assert!(report.most[0].relative > 3.0 && report.most[0].kept < 5);
        let said = report.sentences().join(" ");
        assert!(
            said.starts_with("300 words are in both tables.") && !said.contains("do not trust"),
            "{said}"
        );
        let found = |row| {
            let (a, b) = (table(false), table(true));
            neighbors_of(&a, &b, &report.shared, row, (5, Metric::Cosine), &Unwatched).unwrap().unwrap()
        };
        assert_eq!(found(7).first.len(), 5);
        assert!(found(3).kept.len() >= 3 && found(7).kept.len() < 5);
    }

    #[test]
    fn tables_without_a_word_in_common_say_so() {
        let other = Table::from_f32(vec!["x".into(), "y".into()], vec![1.0, 0.0, 0.0, 1.0], 2);
        let report = ComparisonReport::of(&table(false), &other, 5, Metric::Cosine, &Unwatched).unwrap();
        assert!(report.most.is_empty());
        assert_eq!(report.sentences(), ["0 words are in both tables: too few to compare them."]);
        let shared = &report.shared;
        let none = neighbors_of(&table(false), &other, shared, 0, (5, Metric::Cosine), &Unwatched).unwrap();
        assert!(none.is_none());
    }
}
