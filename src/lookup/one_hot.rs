//! The lookup as a product: a vector with a single one, times the matrix, is a row of the matrix.

use crate::geometry::Metric;

/// The one-hot vector of a word of a vocabulary of `size` words: all zeros but for a one at its index.
///
/// # Panics
/// If `index` is not below `size`.
#[must_use]
pub fn one_hot(index: usize, size: usize) -> Vec<f32> {
    let mut vector = vec![0.0; size];
    vector[index] = 1.0;
    vector
}

/// The product of a vector with a matrix of as many rows, after the first `steps` of them were multiplied and added.
#[must_use]
pub fn product(vector: &[f32], matrix: &[Vec<f32>], steps: usize) -> Vec<f32> {
    let mut sum = vec![0.0; matrix.first().map_or(0, Vec::len)];
    for (&x, row) in vector.iter().zip(matrix).take(steps) {
        sum.iter_mut().zip(row).for_each(|(sum, &value)| *sum += x * value);
    }
    sum
}

/// The score of every two of some vectors by a metric, row after row.
#[must_use]
pub fn all_pairs(vectors: &[Vec<f32>], metric: Metric) -> Vec<Vec<f32>> {
    vectors.iter().map(|u| vectors.iter().map(|v| metric.score(u, v)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_is_the_row() {
        let matrix = vec![vec![1.0, -2.0], vec![3.5, 0.25], vec![0.0, 7.0]];
        for (index, row) in matrix.iter().enumerate() {
            let vector = one_hot(index, matrix.len());
            assert_eq!(product(&vector, &matrix, 3), *row);
            assert_eq!(
                product(&vector, &matrix, index),
                [0.0, 0.0],
                "until its one is reached there is nothing"
            );
        }
    }

    #[test]
    fn one_hot_vectors_are_all_equally_far_apart() {
        let vectors: Vec<Vec<f32>> = (0..6).map(|index| one_hot(index, 6)).collect();
        for (metric, apart) in [(Metric::Euclidean, 2_f32.sqrt()), (Metric::Cosine, 0.0)] {
            for (i, row) in all_pairs(&vectors, metric).iter().enumerate() {
                let expected =
                    |j: usize| if i == j { f32::from(u8::from(metric == Metric::Cosine)) } else { apart };
                assert!(row.iter().enumerate().all(|(j, score)| (score - expected(j)).abs() < 1e-7));
            }
        }
    }
}
