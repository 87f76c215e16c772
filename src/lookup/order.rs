//! The rows of a matrix in another order than that of their IDs.

use crate::geometry::{Metric, axes, nearness};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// What rows are sorted by.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// The Euclidean length of each row.
    Norm,
    /// One of its numbers: that of this column, counted from 0.
    Column(usize),
    /// The cosine with a direction: d numbers of length 1.
    Direction(Vec<f32>),
    /// The cosine with this row.
    Likeness(u32),
}

/// All rows, sorted.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The rows, the first one first.
    pub rows: Vec<u32>,
    /// By what each row was sorted, by row.
    pub keys: Vec<f32>,
    places: Vec<u32>,
}

impl Order {
    /// The rows from the last ID to the first.
    #[must_use]
    pub fn backward(rows: usize) -> Self {
        let count = rows as u32;
        Self {
            rows: (0..count).rev().collect(),
            keys: (0..count).map(|row| row as f32).collect(),
            places: (0..count).rev().collect(),
        }
    }

    /// Where a row stands, counted from 0.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn place(&self, row: u32) -> usize {
        self.places[row as usize] as usize
    }
}

/// How the rows of a matrix stand: sorted, or by their IDs.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a>(pub Option<&'a Order>);

impl Standing<'_> {
    /// The row that stands at a place, counted from 0.
    ///
    /// # Panics
    /// If the rows are sorted, and there is no such place.
    #[must_use]
    pub fn row_at(self, place: usize) -> u32 {
        self.0.map_or(place as u32, |order| order.rows[place])
    }

    /// Where a row stands, counted from 0.
    ///
    /// # Panics
    /// If the rows are sorted, and there is no such row.
    #[must_use]
    pub fn place_of(self, row: u32) -> usize {
        self.0.map_or(row as usize, |order| order.place(row))
    }
}

/// The cosines of rows with these lengths: NaN for those that point nowhere, being zeros or not finite.
fn of_directions(mut cosines: Vec<f32>, norms: &[f32]) -> Vec<f32> {
    for (cosine, norm) in cosines.iter_mut().zip(norms) {
        if *norm == 0.0 || !norm.is_finite() {
            *cosine = f32::NAN;
        }
    }
    cosines
}

/// The key of every row of a table. NaN for rows that are not finite, and for cosines with rows of zeros.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If the table has no such column or row.
pub fn keys(table: &Table, key: &Key, progress: &dyn Progress) -> Result<Vec<f32>, Cancelled> {
    match key {
        Key::Norm => Ok(table.norms_with(progress)?.to_vec()),
        // A column is what the product with its one-hot vector picks.
        Key::Column(column) => {
            let mut one_hot = vec![0.0; table.dims()];
            one_hot[*column] = 1.0;
            nearness::scores(table, &one_hot, Metric::Dot, progress)
        }
        Key::Direction(direction) => {
            let cosines = axes::cosines(table, direction, progress)?;
            Ok(of_directions(cosines, table.norms_with(progress)?))
        }
        Key::Likeness(row) => {
            let norms = table.norms_with(progress)?;
            let cosines = nearness::scores(table, &table.row(*row as usize), Metric::Cosine, progress)?;
            Ok(of_directions(cosines, norms))
        }
    }
}

/// All rows by their keys, the greatest first unless `ascending`. Equals come by row, and rows without a key come last.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
///
/// # Panics
/// If the table has no such column or row.
pub fn order(table: &Table, key: &Key, ascending: bool, progress: &dyn Progress) -> Result<Order, Cancelled> {
    let keys = keys(table, key, progress)?;
    let mut rows: Vec<u32> = (0..keys.len() as u32).collect();
    rows.sort_unstable_by(|&a, &b| {
        let (x, y) = (keys[a as usize] + 0.0, keys[b as usize] + 0.0);
        let by_key = if ascending { x.total_cmp(&y) } else { y.total_cmp(&x) };
        x.is_nan().cmp(&y.is_nan()).then(by_key).then(a.cmp(&b))
    });
    progress.check()?;
    let mut places = vec![0; rows.len()];
    for (place, &row) in rows.iter().enumerate() {
        places[row as usize] = place as u32;
    }
    Ok(Order { rows, keys, places })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Unwanted, Unwatched};
    use proptest::prelude::*;

    fn table(values: Vec<f32>, dims: usize) -> Table {
        Table::from_f32(vec![String::new(); values.len() / dims], values, dims)
    }

    fn sorted(table: &Table, key: &Key, ascending: bool) -> Vec<u32> {
        order(table, key, ascending, &Unwatched).unwrap().rows
    }

    #[test]
    fn rows_are_sorted_by_what_is_asked_for() {
        let table = table(vec![3.0, 4.0, 1.0, 0.0, 0.0, 2.0, 3.0, -4.0], 2);
        assert_eq!(sorted(&table, &Key::Norm, false), [0, 3, 2, 1]);
        assert_eq!(sorted(&table, &Key::Norm, true), [1, 2, 0, 3], "equals come by row either way");
        assert_eq!(sorted(&table, &Key::Column(1), false), [0, 2, 1, 3]);
        assert_eq!(sorted(&table, &Key::Direction(vec![0.0, 1.0]), true), [3, 1, 0, 2]);
        assert_eq!(sorted(&table, &Key::Likeness(1), false), [1, 0, 3, 2]);
        assert_eq!(order(&table, &Key::Norm, true, &Unwatched).unwrap().place(3), 3);
        assert_eq!(order(&table, &Key::Column(0), true, &Unwanted), Err(Cancelled));
    }

    #[test]
    fn rows_that_are_not_finite_come_last() {
        let table = table(vec![1.0, f32::NAN, -2.0, 5.0], 1);
        assert_eq!(sorted(&table, &Key::Norm, false), [3, 2, 0, 1]);
        assert_eq!(sorted(&table, &Key::Norm, true), [0, 2, 3, 1]);
        let wide = Table::from_f32(vec![String::new(); 3], vec![1.0, 2.0, 9.0, f32::NAN, -5.0, 1.0], 2);
        for key in [Key::Norm, Key::Column(0), Key::Direction(vec![1.0, 0.0]), Key::Likeness(0)] {
            for ascending in [false, true] {
                assert_eq!(sorted(&wide, &key, ascending)[2], 1, "{key:?}");
            }
        }
    }

    #[test]
    fn rows_of_zeros_have_no_cosine_and_come_last() {
        let table = table(vec![1.0, 1.0, 0.0, 0.0, -1.0, -2.0], 2);
        for key in [Key::Direction(vec![1.0, 0.0]), Key::Likeness(0)] {
            for (ascending, expected) in [(false, [0, 2, 1]), (true, [2, 0, 1])] {
                assert_eq!(sorted(&table, &key, ascending), expected, "{key:?}");
            }
            assert!(order(&table, &key, false, &Unwatched).unwrap().keys[1].is_nan());
        }
    }

    proptest! {
        #[test]
        fn an_order_is_a_permutation_and_a_column_is_read_as_it_is(
            values in prop::collection::vec(-1e6_f32..1e6, 1..40),
            column in 0_usize..3,
        ) {
            let dims = 3;
            let table = table(values.iter().cycle().take(values.len() * dims).copied().collect(), dims);
            let found = order(&table, &Key::Column(column), false, &Unwatched).unwrap();
            let mut rows = found.rows.clone();
            prop_assert!(rows.windows(2).all(|pair| found.keys[pair[0] as usize] >= found.keys[pair[1] as usize]));
            prop_assert!(rows.iter().enumerate().all(|(place, &row)| found.place(row) == place));
            rows.sort_unstable();
            prop_assert!(rows.iter().copied().eq(0..table.rows() as u32));
            for (row, &key) in found.keys.iter().enumerate() {
                prop_assert_eq!(key, table.row(row)[column]);
            }
        }
    }
}
