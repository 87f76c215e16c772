//! The most probable split of a text under a unigram language model.
//!
//! Source: Kudo 2018, "Subword Regularization"; the order of sums is that of
//! `unigram_model.cc` (`EncodeOptimized`) in <https://github.com/google/sentencepiece>, and so is the width of numbers as of
//! version 0.2.3, because they decide between splits that are equally good. (Up to 0.2.1 sums were compared in 64 bits: of
//! equally good splits that hold pieces defined by users, another may win there.)

use super::{Found, SentencePiece, UNKNOWN};
use crate::progress::{Cancelled, Progress};

/// What an unknown character costs, below the least probable piece.
pub(super) const UNKNOWN_PENALTY: f32 = 10.0;
/// A cancelled request is noticed after at most this many bytes.
const CHECK_EVERY: usize = 1 << 16;

/// The best way to the end of a piece.
#[derive(Clone, Copy)]
struct Best {
    piece: u32,
    score: f32,
    /// Where the piece begins; [`NOWHERE`] if no piece ends here.
    start: u32,
}

const NOWHERE: u32 = u32::MAX;

/// The range of scores of a model's ordinary pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scores {
    pub(super) least: f32,
    pub(super) greatest: f32,
}

impl SentencePiece {
    /// Splits a normalized text so that the scores of its pieces have the greatest sum.
    pub(super) fn most_probable(&self, text: &str, progress: &dyn Progress) -> Result<Vec<Found>, Cancelled> {
        let bytes = text.as_bytes();
        let unknown_score = self.range.least - UNKNOWN_PENALTY;
        let mut best = vec![Best { piece: UNKNOWN, score: 0.0, start: NOWHERE }; bytes.len() + 1];
        let mut checked = 0;
        for (start, letter) in text.char_indices() {
            if start >= checked + CHECK_EVERY {
                checked = start;
                progress.check()?;
            }
            let before = best[start].score;
            let mut offer = |end: usize, piece: u32, score: f32| {
                let (there, score) = (&mut best[end], score + before);
                if there.start == NOWHERE || score > there.score {
                    *there = Best { piece, score, start: start as u32 };
                }
            };
            let mut stands_alone = false;
            for (length, piece) in self.trie.prefixes(&bytes[start..]) {
                let Some(score) = self.score_in_text(piece, length) else { continue };
                offer(start + length, piece, score);
                stands_alone |= length == letter.len_utf8();
            }
            if !stands_alone {
                offer(start + letter.len_utf8(), UNKNOWN, unknown_score);
            }
        }
        let mut found = Vec::new();
        let mut end = bytes.len();
        while end > 0 {
            let Best { piece, start, .. } = best[end];
            found.push(Found { piece, length: end as u32 - start });
            end = start as usize;
        }
        found.reverse();
        Ok(found)
    }
}
