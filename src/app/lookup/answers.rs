//! What is asked of single rows and columns of the matrix.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Lookup, Matrix};
use crate::geometry::neighbors::{Neighbor, of_row};
use crate::geometry::{Metric, axes};
use crate::jobs::Wake;
use crate::lookup::one_hot::{all_pairs, one_hot};
use crate::lookup::order::{Key, keys};
use crate::progress::{Cancelled, Progress};
use crate::scene::axes::{AxisReport, LISTED as END};
use crate::scene::names::RowNames;
use crate::scene::view::{MatrixView, OneHotView};
use crate::vectors::Table;

/// So many neighbors are listed either way.
const LISTED: usize = 10;

/// The neighbors of a row by its number, and by what its numbers mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kin {
    pub row: u32,
    /// The rows with the next numbers, ascending, each with its cosine; NaN where there is none.
    pub by_id: Vec<Neighbor>,
    /// The nearest rows by cosine, the nearest first.
    pub by_cosine: Vec<Neighbor>,
    /// The mean cosines of both, of those that there are.
    pub means: [f32; 2],
    /// Why there are none: the row points nowhere.
    pub pointless: Option<&'static str>,
}

/// What lies at the ends of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnEnds {
    pub column: u32,
    /// The rows with the least and with the greatest numbers in the column, with these. None is a row that is not finite.
    pub ends: [Vec<Neighbor>; 2],
}

/// Words of one's own as a vocabulary, with their rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallVocabulary {
    /// The words that have a row, as they are shown, and their rows in the matrix.
    pub words: Vec<(String, u32)>,
    /// What is said of those that have none, and of those that are too many.
    pub missing: Vec<String>,
    /// The numbers of each row: V × d of the small matrix.
    pub rows: Vec<Vec<f32>>,
    /// The distances of all pairs, of one-hot vectors and of rows, and the cosines of the rows.
    pub one_hot_distances: Vec<Vec<f32>>,
    pub distances: Vec<Vec<f32>>,
    /// NaN where one of both is zeros.
    pub cosines: Vec<Vec<f32>>,
}

impl SmallVocabulary {
    fn of(names: &RowNames, typed: &str, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let (mut words, mut missing): (Vec<(String, u32)>, Vec<String>) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let typed = typed.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        for word in typed.filter(|word| seen.insert(*word)) {
            progress.check()?;
            if missing.len() == OneHotView::MOST {
                missing.push("The rest is left out: too many words are missing.".to_owned());
                break;
            }
            match names.find_or_near(word) {
                Ok(row) if words.iter().any(|(_, known)| *known == row) => {}
                Ok(_) if words.len() == OneHotView::MOST => {
                    missing
                        .push(format!("{} words are enough here: the rest is left out.", OneHotView::MOST));
                    break;
                }
                Ok(row) if !names.table().is_finite(row as usize) => {
                    missing.push(format!(
                        "The row of “{word}” holds numbers that are not finite: it is left out."
                    ));
                }
                Ok(row) => words.push((names.shown(row), row)),
                Err(unknown) => missing.push(unknown.to_string()),
            }
        }
        let rows: Vec<Vec<f32>> =
            words.iter().map(|(_, row)| names.table().row(*row as usize).into_owned()).collect();
        let hot: Vec<Vec<f32>> = (0..words.len()).map(|index| one_hot(index, words.len())).collect();
        Ok(Self {
            one_hot_distances: all_pairs(&hot, Metric::Euclidean),
            distances: all_pairs(&rows, Metric::Euclidean),
            cosines: cosines(&rows, &words, names.table()),
            words,
            missing,
            rows,
        })
    }
}

/// The cosines of all pairs; NaN with a row that points nowhere.
fn cosines(rows: &[Vec<f32>], words: &[(String, u32)], table: &Table) -> Vec<Vec<f32>> {
    let points: Vec<bool> = words.iter().map(|(_, row)| pointless(table, *row).is_none()).collect();
    let mut cosines = all_pairs(rows, Metric::Cosine);
    for (cosines, here) in cosines.iter_mut().zip(&points) {
        for (cosine, there) in cosines.iter_mut().zip(&points) {
            if !(*here && *there) {
                *cosine = f32::NAN;
            }
        }
    }
    cosines
}

/// Words that most vocabularies have, to try.
const TRIES: [&str; 6] = ["cat", "bank", "paris", "seven", "running", "monday"];

/// Why a row has no cosine with any other: it is no direction.
pub(super) fn pointless(table: &Table, row: u32) -> Option<&'static str> {
    match table.norm(row as usize) {
        norm if !norm.is_finite() => Some("Not all numbers of this row are finite"),
        0.0 => Some("All numbers of this row are zero"),
        _ => None,
    }
}

impl Kin {
    fn of(names: &RowNames, row: u32, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let table = names.table();
        if let Some(pointless) = pointless(table, row) {
            return Ok(Self { row, pointless: Some(pointless), ..Self::default() });
        }
        let mut by_cosine = of_row(table, row as usize, LISTED, Metric::Cosine, progress)?;
        by_cosine.retain(|neighbor| pointless(table, neighbor.row).is_none());
        // As many before as after, but at the ends of the matrix.
        let (count, half) = (table.rows() as u32, LISTED as u32 / 2);
        let first = row.saturating_sub(half).min(count.saturating_sub(LISTED as u32 + 1));
        let own = table.row(row as usize);
        let others = (first..count).filter(|other| *other != row).take(LISTED);
        let scored = |other: u32| {
            let cosine = || Metric::Cosine.score(&own, &table.row(other as usize));
            Neighbor { row: other, score: pointless(table, other).map_or_else(cosine, |_| f32::NAN) }
        };
        let by_id: Vec<Neighbor> = others.map(scored).collect();
        let means = [&by_id, &by_cosine].map(|list| {
            let scores: Vec<f32> = list.iter().map(|n| n.score).filter(|score| score.is_finite()).collect();
            scores.iter().sum::<f32>() / scores.len() as f32
        });
        Ok(Self { row, by_id, by_cosine, means, pointless: None })
    }
}

impl ColumnEnds {
    fn of(table: &Table, column: u32, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let column = column.min(table.dims() as u32 - 1);
        let values = keys(table, &Key::Column(column as usize), progress)?;
        // A row that is not finite stands at neither end.
        let without = |instead: f32| -> Vec<f32> {
            values.iter().map(|value| if value.is_nan() { instead } else { *value }).collect()
        };
        let [least, _] = axes::ends(&without(f32::INFINITY), END);
        let [_, greatest] = axes::ends(&without(f32::NEG_INFINITY), END);
        let scored = |rows: Vec<u32>| {
            let scored = rows.into_iter().map(|row| Neighbor { row, score: values[row as usize] });
            scored.filter(|neighbor| neighbor.score.is_finite()).collect()
        };
        Ok(Self { column, ends: [least, greatest].map(scored) })
    }
}

impl Lookup {
    pub(super) fn ask_kin(&mut self, matrix: &Matrix, wake: &Wake) {
        let Some(row) = self.chosen() else { return };
        let names = matrix.names.clone();
        self.kin.ask(row, wake, move |progress| Kin::of(&names, row, progress));
    }

    pub(super) fn ask_tries(&mut self, matrix: &Matrix, wake: &Wake) {
        let names = matrix.names.clone();
        self.tries.ask((), wake, move |_| {
            Ok(TRIES.iter().filter_map(|word| Some((*word, names.find_exactly(word)?))).collect())
        });
    }

    pub(super) fn ask_columns(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let (table, column) = (Arc::clone(matrix.table()), view.column);
        self.column.ask(column, wake, move |progress| ColumnEnds::of(&table, column, progress));
        let (names, axis) = (matrix.names.clone(), view.direction.axis());
        self.direction.ask(axis.clone(), wake, move |progress| {
            AxisReport::of(&names, &axis, progress).map(|(report, _)| report)
        });
    }

    pub(super) fn ask_words(&mut self, view: &MatrixView, matrix: &Matrix, wake: &Wake) {
        let (names, words) = (matrix.names.clone(), Arc::clone(&view.one_hot.words));
        self.words
            .ask(Arc::clone(&words), wake, move |progress| SmallVocabulary::of(&names, &words, progress));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::vectors::Table;

    fn names() -> RowNames {
        let words = ["cat", "dog", "car", "kitten"].map(String::from).to_vec();
        let values = vec![0.9, 0.2, 1.0, 0.1, 0.1, 1.0, 0.95, 0.15];
        RowNames::new(Arc::new(Table::from_f32(words, values, 2)), None)
    }

    #[test]
    fn neighbors_by_number_are_told_from_neighbors_by_cosine() {
        let kin = Kin::of(&names(), 1, &Unwatched).unwrap();
        assert_eq!(kin.by_id.iter().map(|n| n.row).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!(kin.by_cosine.iter().map(|n| n.row).collect::<Vec<_>>(), [3, 0, 2]);
        assert_eq!(kin.by_id[2].score, kin.by_cosine[0].score);
    }

    #[test]
    fn a_small_vocabulary_says_what_it_lacks_and_takes_no_word_twice() {
        let small = |typed| SmallVocabulary::of(&names(), typed, &Unwatched).unwrap();
        let found = small("dog, dog bird kitten");
        assert_eq!(found.words, [("dog".to_owned(), 1), ("kitten".to_owned(), 3)]);
        assert!(found.missing.len() == 1 && found.missing[0].contains("bird"), "{:?}", found.missing);
        assert!((found.one_hot_distances[0][1] - 2_f32.sqrt()).abs() < 1e-6);
        assert!((found.distances[0][1] - 0.005_f32.sqrt()).abs() < 1e-6);
        assert_eq!(small(" ").rows.len(), 0);
        let unknown: String = (0..99).map(|number| format!("{number} {number} ")).collect();
        assert_eq!(small(&unknown).missing.len(), OneHotView::MOST + 1);
    }

    #[test]
    fn a_column_has_its_numbers_at_its_ends() {
        let found = ColumnEnds::of(names().table(), 9, &Unwatched).unwrap();
        assert_eq!((found.column, found.ends[1][0]), (1, Neighbor { row: 2, score: 1.0 }));
        assert_eq!(found.ends[0][0], Neighbor { row: 1, score: 0.1 });
        let values = vec![3.0, 1.0, f32::NAN, 2.0, 5.0, 4.0, 7.0, 6.0];
        let table = Table::from_f32(["a", "b", "c", "d"].map(String::from).to_vec(), values, 2);
        let rows = |end: &[Neighbor]| end.iter().map(|neighbor| neighbor.row).collect::<Vec<_>>();
        let found = ColumnEnds::of(&table, 1, &Unwatched).unwrap();
        assert_eq!(
            found.ends.each_ref().map(|end| rows(end)),
            [vec![0, 2], vec![3, 2]],
            "row 1 is not finite"
        );
    }
}
