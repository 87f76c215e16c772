//! Which rows have a point on the map.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::row_set::RowSet;

/// The rows of the map: all, or those that were isolated, but for those that are hidden.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Subset {
    /// The only rows of the map, projected by themselves; none stand for all. Whatever is measured in all dimensions,
    /// neighbors and clusters, is still that of the whole table.
    #[serde(skip_serializing_if = "no_rows")]
    pub isolated: RowSet,
    /// Rows that are not shown, though they were projected.
    #[serde(skip_serializing_if = "no_rows")]
    pub hidden: RowSet,
}

fn no_rows(rows: &RowSet) -> bool {
    rows.is_empty()
}

impl Subset {
    /// Whether a row takes part in the projection.
    #[must_use]
    pub fn projects(&self, row: u32) -> bool {
        self.isolated.is_empty() || self.isolated.contains(row)
    }

    /// Whether a row takes part in the projection and is not hidden.
    #[must_use]
    pub fn shows(&self, row: u32) -> bool {
        self.projects(row) && !self.hidden.contains(row)
    }

    /// `rows` without those that are not on the map.
    #[must_use]
    pub fn shown_of(&self, rows: &RoaringBitmap) -> RoaringBitmap {
        let projected = if self.isolated.is_empty() { rows.clone() } else { rows & &*self.isolated };
        projected - &*self.hidden
    }

    /// How the isolated rows were placed: anew, or, along axes with names, where they lie in any case.
    #[must_use]
    pub fn placing(&self, along_named_axes: bool) -> &'static str {
        match (along_named_axes, self.isolated.len()) {
            (true, _) => "shown alone",
            (false, 1) => "projected by itself",
            (false, _) => "projected by themselves",
        }
    }

    /// What the rows of the map are called where those of the table are called `noun`: what is told of "isolated words" is
    /// measured among these alone.
    #[must_use]
    pub fn noun(&self, noun: &str) -> String {
        if self.isolated.is_empty() { noun.to_owned() } else { format!("isolated {noun}") }
    }

    /// The same for a table of `rows` rows; everything, if it knows of other rows than the table has.
    #[must_use]
    pub fn sound(self, rows: usize) -> Self {
        let within = |set: &RowSet| set.max().is_none_or(|row| (row as usize) < rows);
        if within(&self.isolated) && within(&self.hidden) { self } else { Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rows: &[u32]) -> RowSet {
        rows.iter().copied().collect()
    }

    #[test]
    fn what_is_isolated_and_not_hidden_is_shown() {
        let all = Subset::default();
        assert!(all.shows(0) && all.projects(7));
        let some = Subset { isolated: set(&[1, 2, 3]), hidden: set(&[2, 9]) };
        let shown: Vec<u32> = (0..12).filter(|&row| some.shows(row)).collect();
        assert_eq!(shown, [1, 3]);
        assert!(some.projects(2) && !some.projects(9));
        assert_eq!(some.shown_of(&(0..12).collect()), RoaringBitmap::from_iter([1, 3]));
        assert_eq!((all.noun("word"), some.noun("token")), ("word".into(), "isolated token".into()));
        let hidden = Subset { hidden: set(&[4]), ..Subset::default() };
        assert_eq!(hidden.shown_of(&(3..6).collect()), RoaringBitmap::from_iter([3, 5]));
    }

    #[test]
    fn rows_that_the_table_lacks_are_not_believed() {
        let some = Subset { isolated: set(&[1]), hidden: set(&[5]) };
        assert_eq!(some.clone().sound(6), some);
        assert_eq!(some.sound(5), Subset::default());
    }
}
