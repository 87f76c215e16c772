//! Directions that people name: from some words to others, such as from *small* to *large*, and where all rows lie along
//! them.
//!
//! A direction is the mean of the rows of one side minus the mean of the rows of the other, scaled to length 1. A row's
//! coordinate along it is the cosine of the two, −1 to 1, so that the length of a row does not count.

use super::arithmetic::unit;
use super::projection::Linear;
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// The direction from the rows `from` to the rows `to`: d numbers of length 1. None where a side is empty, or where the two
/// have the same mean, so that nothing tells them apart.
///
/// # Panics
/// If the table has no such rows.
#[must_use]
pub fn direction(table: &Table, from: &[u32], to: &[u32]) -> Option<Vec<f32>> {
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let (from, to) = (mean(table, from), mean(table, to));
    let way: Vec<f32> = from.iter().zip(&to).map(|(from, to)| (to - from) as f32).collect();
    let way = unit(&way);
    way.iter().any(|x| *x != 0.0).then_some(way)
}

/// The mean of some rows of a table, d numbers.
///
/// # Panics
/// If the table has no such rows.
#[must_use]
pub fn mean(table: &Table, rows: &[u32]) -> Vec<f64> {
    let mut sum = vec![0.0; table.dims()];
    for &row in rows {
        sum.iter_mut().zip(table.row(row as usize).iter()).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum.iter().map(|sum| sum / rows.len() as f64).collect()
}

/// The map whose coordinates are the cosines with these directions (d numbers of length 1 each).
#[must_use]
pub fn along(directions: &[Vec<f32>], dims: usize) -> Linear {
    Linear { mean: vec![0.0; dims], axes: directions.concat(), normalize: true }
}

/// The cosine of every row with a direction; 0 for rows without a length.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn cosines(table: &Table, direction: &[f32], progress: &dyn Progress) -> Result<Vec<f32>, Cancelled> {
    along(&[direction.to_vec()], table.dims()).project(table, progress)
}

/// The `n` rows farthest along each way, the farthest first: toward the lesser end, and toward the greater one. Equals come by
/// row. Rows in neither end twice: in a small table the ends meet in the middle.
#[must_use]
pub fn ends(cosines: &[f32], n: usize) -> [Vec<u32>; 2] {
    let mut order: Vec<u32> = (0..cosines.len() as u32).collect();
    let n = n.min(order.len() / 2);
    let greater = |a: &u32, b: &u32| cosines[*b as usize].total_cmp(&cosines[*a as usize]).then(a.cmp(b));
    let lesser = |a: &u32, b: &u32| cosines[*a as usize].total_cmp(&cosines[*b as usize]).then(a.cmp(b));
    let mut end = |by: &dyn Fn(&u32, &u32) -> std::cmp::Ordering| {
        if n < order.len() {
            order.select_nth_unstable_by(n, by);
        }
        let mut end = order[..n].to_vec();
        end.sort_unstable_by(by);
        end
    };
    [end(&lesser), end(&greater)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Unwanted, Unwatched};

    /// Size to the right, life upward, and lengths that must not count.
    fn table() -> Table {
        let rows: [(&str, [f32; 2]); 6] = [
            ("small", [-1.0, 0.0]),
            ("tiny", [-3.0, 0.0]),
            ("large", [1.0, 0.0]),
            ("ant", [-40.0, 30.0]),
            ("elephant", [0.8, 0.6]),
            ("nothing", [0.0, 0.0]),
        ];
        let words = rows.iter().map(|(word, _)| (*word).to_owned()).collect();
        Table::from_f32(words, rows.iter().flat_map(|(_, row)| *row).collect(), 2)
    }

    #[test]
    fn a_direction_goes_from_the_mean_of_one_side_to_that_of_the_other() {
        assert_eq!(direction(&table(), &[0, 1], &[2]), Some(vec![1.0, 0.0]));
        assert_eq!(direction(&table(), &[2], &[0, 1]), Some(vec![-1.0, 0.0]));
        let slanted = direction(&table(), &[0], &[4]).unwrap();
        assert!((slanted[0] - 3.0 / 10_f32.sqrt()).abs() < 1e-6, "{slanted:?}");
    }

    #[test]
    fn what_tells_nothing_apart_is_no_direction() {
        assert_eq!(direction(&table(), &[], &[2]), None);
        assert_eq!(direction(&table(), &[0], &[]), None);
        assert_eq!(direction(&table(), &[3], &[3]), None);
    }

    #[test]
    fn coordinates_are_cosines() {
        let found = cosines(&table(), &[1.0, 0.0], &Unwatched).unwrap();
        for (found, expected) in found.iter().zip([-1.0, -1.0, 1.0, -0.8, 0.8, 0.0]) {
            assert!((found - expected).abs() < 1e-6);
        }
        let placed = along(&[vec![1.0, 0.0], vec![0.0, 1.0]], 2).transform(&[30.0, 40.0]);
        assert!((placed[0] - 0.6).abs() < 1e-6 && (placed[1] - 0.8).abs() < 1e-6);
        assert_eq!(cosines(&table(), &[1.0, 0.0], &Unwanted), Err(Cancelled));
    }

    #[test]
    fn the_ends_are_the_farthest_rows_either_way() {
        let cosines = [-1.0, -1.0, 1.0, -0.8, 0.8, 0.0];
        assert_eq!(ends(&cosines, 2), [vec![0, 1], vec![2, 4]]);
        assert_eq!(ends(&cosines, 100), [vec![0, 1, 3], vec![2, 4, 5]], "no row stands at both ends");
        for few in [&[][..], &[0.5]] {
            assert!(ends(few, 3).iter().all(Vec::is_empty));
        }
    }
}
