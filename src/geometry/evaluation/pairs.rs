//! Likeness by cosine against likeness to people: how well the two rank pairs of words alike.

use super::{PairSet, Settings};
use crate::geometry::arithmetic::{dot, unit};
use crate::geometry::correlation::{correlation, ranks};
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
