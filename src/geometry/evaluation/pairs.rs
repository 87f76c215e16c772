//! Likeness by cosine against likeness to people: how well the two rank pairs of words alike.

use super::{PairSet, Settings};
use crate::geometry::arithmetic::{dot, unit};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// How a table ranks pairs against how people do.
#[derive(Debug, Clone, PartialEq)]
pub struct PairScores {
    /// Spearman's rank correlation, −1 to 1; none where fewer than two pairs are covered or all of them are equal.
    pub spearman: Option<f64>,
    /// How many pairs there are.
    pub total: usize,
    /// The pairs of which the table has both words, in the order of the file.
    pub pairs: Vec<ScoredPair>,
}

/// A pair of words and what it scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// The rows of the two words.
    pub rows: [u32; 2],
    /// What people said.
    pub human: f64,
    /// The cosine of the two rows.
    pub cosine: f32,
    /// The places of the pair among those covered, the most alike first and equals in the middle of theirs: to people, and by
    /// cosine.
    pub ranks: [f64; 2],
}

impl PairSet {
    /// Compares all pairs of which the table has both words.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn score(
        &self,
        table: &Table,
        settings: Settings,
        progress: &dyn Progress,
    ) -> Result<PairScores, Cancelled> {
        table.norms_with(progress)?;
        let words: Vec<String> = self.pairs.iter().flat_map(|pair| pair.words.clone()).collect();
        let found = settings.find(table, &words);
        let mut pairs = Vec::new();
        for (pair, rows) in self.pairs.iter().zip(found.chunks_exact(2)) {
            progress.check()?;
            if let [Some(a), Some(b)] = *rows {
                let [u, v] = [a, b].map(|row| unit(&table.row(row as usize)));
                pairs.push(ScoredPair {
                    rows: [a, b],
                    human: pair.human,
                    cosine: dot(&u, &v),
                    ranks: [0.0; 2],
                });
            }
        }
        let human = ranks(&pairs.iter().map(|pair| pair.human).collect::<Vec<_>>());
        let cosine = ranks(&pairs.iter().map(|pair| f64::from(pair.cosine)).collect::<Vec<_>>());
        for (pair, ranks) in pairs.iter_mut().zip(human.iter().zip(&cosine)) {
            pair.ranks = [*ranks.0, *ranks.1];
        }
        Ok(PairScores { spearman: correlation(&human, &cosine), total: self.len(), pairs })
    }
}

/// The ranks of values from 1 on, the greatest first; equal values share the middle of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
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
fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
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
