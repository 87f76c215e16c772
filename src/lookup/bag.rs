//! A text as a bag of rows: their sum, in which no order is left.

/// The mean of some rows of d numbers, summed in `f64` and rounded once: of numbers of about one size, no order of the rows shows in it.
///
/// # Panics
/// If there is no row.
#[must_use]
pub fn mean(rows: &[Vec<f32>]) -> Vec<f32> {
    let count = rows.len() as f64;
    let mut sum = vec![0.0_f64; rows[0].len()];
    for row in rows {
        sum.iter_mut().zip(row).for_each(|(sum, &x)| *sum += f64::from(x));
    }
    sum.into_iter().map(|sum| (sum / count) as f32).collect()
}

/// Row + position, number by number.
#[must_use]
pub fn sum(row: &[f32], position: &[f32]) -> Vec<f32> {
    row.iter().zip(position).map(|(x, p)| x + p).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_mean_of_a_bag_has_no_order(rows in prop::collection::vec(prop::collection::vec(-1_f32..1.0, 3), 1..9), by in 0_usize..9) {
            let mut turned = rows.clone();
            turned.rotate_left(by % rows.len());
            prop_assert_eq!(mean(&rows), mean(&turned));
            turned.reverse();
            prop_assert_eq!(mean(&rows), mean(&turned));
        }
    }

    #[test]
    fn a_sum_is_taken_number_by_number() {
        assert_eq!(sum(&[1.0, 2.0], &[0.5, -2.0]), [1.5, 0.0]);
    }
}
