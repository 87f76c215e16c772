//! The nearest words of one word in two tables.

use super::shared::SharedWords;
use crate::geometry::arithmetic::norm;
use crate::geometry::metric::Metric;
use crate::geometry::neighbors::{Neighbor, of_row};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// A word that is near in both tables: its row and score in each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    pub first: Neighbor,
    pub second: Neighbor,
}

/// A word that is near in one table alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneSided {
    /// Its row and score in the table where it is near.
    pub here: Neighbor,
    /// Its row and score in the other table, where it is not among the nearest. None if it is *absent*: the other table does
    /// not have the word, or one of its rows is not finite, or an earlier row of the same name is the one that counts.
    pub there: Option<Neighbor>,
}

/// The nearest words of one word in two tables, and which of them are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedNeighbors {
    pub metric: Metric,
    /// The nearest rows in the first table, nearest first.
    pub first: Vec<Neighbor>,
    /// The nearest rows in the second table, nearest first.
    pub second: Vec<Neighbor>,
    /// The words that are near in both, in the order of the first.
    pub kept: Vec<Kept>,
    /// The words that are near in the first alone, nearest first: those that moved out, and those absent from the second.
    pub left: Vec<OneSided>,
    /// The words that are near in the second alone, nearest first: those that moved in, and those absent from the first.
    pub came: Vec<OneSided>,
}

impl ComparedNeighbors {
    /// The share of the nearest words that are the same, |both| / k: 0 to 1. k is what the longer list has; none if there
    /// are no neighbors at all.
    #[must_use]
    pub fn overlap(&self) -> Option<f64> {
        share(self.kept.len(), self.first.len().max(self.second.len()))
    }

    /// The Jaccard index of the two lists, |both| / |either|: 0 to 1. None if there are no neighbors at all.
    #[must_use]
    pub fn jaccard(&self) -> Option<f64> {
        share(self.kept.len(), self.first.len() + self.second.len() - self.kept.len())
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The `k` words nearest by `metric` to the shared word `word_pair`, in each of the two tables and compared.
///
/// They are looked for among all rows of a table but the word's own, whether or not the other table has them: the lists are
/// those of [`of_row`].
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If `shared` was not made from these tables, or there is no such pair.
pub fn compare_neighbors(
    first: &Table,
    second: &Table,
    shared: &SharedWords,
    word_pair: usize,
    k: usize,
    metric: Metric,
    progress: &dyn Progress,
) -> Result<ComparedNeighbors, Cancelled> {
    shared.assert_of(first, second);
    progress.check()?;
    let own = shared.pairs()[word_pair];
    let before = of_row(first, own[0] as usize, k, metric, &Part::new(progress, 0.0, 0.5))?;
    let after = of_row(second, own[1] as usize, k, metric, &Part::new(progress, 0.5, 1.0))?;
    let lists = Lists { tables: [first, second], shared, own, of: [before, after], metric };
    let (kept, left, came) = (lists.kept(), lists.one_sided(0), lists.one_sided(1));
    let [first, second] = lists.of;
    Ok(ComparedNeighbors { metric, first, second, kept, left, came })
}

/// What is near a word in each of two tables, which are called 0 and 1.
struct Lists<'a> {
    tables: [&'a Table; 2],
    shared: &'a SharedWords,
    /// The word's own rows.
    own: [u32; 2],
    of: [Vec<Neighbor>; 2],
    metric: Metric,
}

impl Lists<'_> {
    /// The row that a neighbor's word has in the other table.
    fn elsewhere(&self, side: usize, neighbor: Neighbor) -> Option<u32> {
        let pair = self.shared.pair(side, neighbor.row)?;
        Some(self.shared.pairs()[pair as usize][1 - side])
    }

    fn find(&self, side: usize, row: u32) -> Option<Neighbor> {
        self.of[side].iter().copied().find(|neighbor| neighbor.row == row)
    }

    fn kept(&self) -> Vec<Kept> {
        let both = |&first: &Neighbor| {
            let second = self.find(1, self.elsewhere(0, first)?)?;
            Some(Kept { first, second })
        };
        self.of[0].iter().filter_map(both).collect()
    }

    /// The neighbors in table `side` that are none in the other.
    fn one_sided(&self, side: usize) -> Vec<OneSided> {
        let table = self.tables[1 - side];
        let own = table.row(self.own[1 - side] as usize);
        let own_norm = norm(&own) as f32;
        let scored = |row: u32| {
            let (values, norm) = (table.row(row as usize), table.norm(row as usize));
            Neighbor { row, score: self.metric.score_with_norms(&own, own_norm, &values, norm) }
        };
        let each = self.of[side].iter().map(|&here| (here, self.elsewhere(side, here)));
        each.filter(|(_, row)| row.is_none_or(|row| self.find(1 - side, row).is_none()))
            .map(|(here, row)| OneSided { here, there: row.map(scored) })
            .collect()
    }
}
