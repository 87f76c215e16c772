//! How well two lists of values agree.

/// Spearman's rank correlation of pairs of values, −1 to 1, equal values by the middle of their ranks; none where one side
/// does not vary (Spearman, "The proof and measurement of association between two things", 1904).
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    correlation(&ranks(x), &ranks(y))
}

/// The ranks of values from 1 on, the greatest first; equal values share the middle of theirs.
pub(super) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let middle = f64::midpoint((first + 1) as f64, (first + equal.len()) as f64);
        for &place in equal {
            ranks[place] = middle;
        }
        first += equal.len();
    }
    ranks
}

/// Pearson's correlation; none where one of the two does not vary.
pub(super) fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (x_mean, y_mean) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - x_mean, y - y_mean);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_the_middle_of_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [1.5, 4.0, 1.5, 3.0]);
        assert_eq!(ranks(&[1.0; 3]), [2.0; 3]);
        assert!(ranks(&[]).is_empty());
    }

    /// `SciPy` 1.17: `spearmanr([1, 2, 2, 4], [0.1, 0.4, 0.2, 0.3])`.
    #[test]
    fn the_correlation_is_that_of_mid_ranks() {
        let (x, y) = (ranks(&[1.0, 2.0, 2.0, 4.0]), ranks(&[0.1, 0.4, 0.2, 0.3]));
        assert!((correlation(&x, &y).unwrap() - 0.632_455_532_033_675_8).abs() < 1e-12);
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(correlation(&[], &[]), None);
    }
}
