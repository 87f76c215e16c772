//! Byte-pair encoding as `SentencePiece` does it: of all neighbors whose union is a piece, those with the highest score are
//! joined first.
//!
//! Source: `bpe_model.cc` of <https://github.com/google/sentencepiece>. There the whole text is merged at once; where no
//! piece goes on over the space between two words, words give the same one by one, and each only once.

use super::{Found, Kind, SentencePiece, UNKNOWN};
use crate::progress::{Cancelled, Progress};
use crate::tokens::pair_merging::{Joined, Symbol, merge};
use crate::tokens::spelling::SPACE_MARK;
use std::cell::RefCell;
use std::collections::HashMap;

/// A symbol that is a single character so far.
const CHARACTER: u32 = u32::MAX;
/// A piece that a user defined: it is joined with nothing.
const FROZEN: u32 = u32::MAX - 1;
/// Words longer than this are not remembered: they hardly ever come back.
const LONGEST_REMEMBERED: usize = 64;

impl SentencePiece {
    /// Splits a normalized text by merging.
    pub(super) fn merged(&self, text: &str, progress: &dyn Progress) -> Result<Vec<Found>, Cancelled> {
        let mut found = Vec::new();
        if !self.words_apart {
            self.merge_word(text, &mut found, progress)?;
            return Ok(found);
        }
        let mut seen: HashMap<&str, (usize, usize), foldhash::fast::RandomState> = HashMap::default();
        let mut rest = text;
        for count in 0_usize.. {
            if count.is_multiple_of(1024) {
                progress.check()?;
            }
            let Some(length) = first_word(rest) else { break };
            let (word, after) = rest.split_at(length);
            rest = after;
            if let Some(&(from, to)) = seen.get(word) {
                found.extend_from_within(from..to);
                continue;
            }
            let from = found.len();
            self.merge_word(word, &mut found, progress)?;
            if word.len() <= LONGEST_REMEMBERED {
                seen.insert(word, (from, found.len()));
            }
        }
        Ok(found)
    }

    pub(super) fn merge_word(
        &self,
        word: &str,
        found: &mut Vec<Found>,
        progress: &dyn Progress,
    ) -> Result<(), Cancelled> {
        let symbols = self.symbols(word);
        // How each piece that is not to be used was made, to take it apart again.
        let halves: RefCell<HashMap<u32, u32>> = RefCell::default();
        let join = |left: &Symbol, right: &Symbol| {
            let joined = self.joined(word, left, right)?;
            if self.kinds[joined.id as usize] == Kind::Unused {
                halves.borrow_mut().insert(joined.id, left.end - left.start);
            }
            Some(joined)
        };
        for symbol in merge(&symbols, join, progress)? {
            let (mut waiting, halves) = (vec![(symbol.start, symbol.end)], halves.borrow());
            while let Some((start, end)) = waiting.pop() {
                let id = self.pieces.id(&word.as_bytes()[start as usize..end as usize]);
                let unused = id.filter(|&id| self.kinds[id as usize] == Kind::Unused);
                if let Some(&half) = unused.and_then(|id| halves.get(&id)) {
                    waiting.extend([(start + half, end), (start, start + half)]);
                } else {
                    found.push(Found { piece: id.unwrap_or(UNKNOWN), length: end - start });
                }
            }
        }
        Ok(())
    }

    /// What two neighbors become, if they can be joined.
    pub(super) fn joined(&self, word: &str, left: &Symbol, right: &Symbol) -> Option<Joined> {
        if left.id == FROZEN || right.id == FROZEN {
            return None;
        }
        let id = self.pieces.id(&word.as_bytes()[left.start as usize..right.end as usize])?;
        let usable = matches!(self.kinds[id as usize], Kind::Normal | Kind::UserDefined | Kind::Unused);
        usable.then(|| Joined { rank: rank_of(self.scores[id as usize]), id })
    }

    /// The characters and the pieces defined by users that merging begins with.
    pub(super) fn symbols(&self, word: &str) -> Vec<Symbol> {
        let mut symbols = Vec::with_capacity(word.len());
        let mut at = 0;
        while let Some(letter) = word[at..].chars().next() {
            let kept = self.kept.longest(&word.as_bytes()[at..]);
            let (length, id) = kept.map_or((letter.len_utf8(), CHARACTER), |(length, _)| (length, FROZEN));
            symbols.push(Symbol { id, start: at as u32, end: (at + length) as u32 });
            at += length;
        }
        symbols
    }

    /// Splits a normalized text into single characters and pieces defined by users.
    pub(super) fn characters(&self, text: &str) -> Vec<Found> {
        let symbols = self.symbols(text).into_iter();
        symbols.map(|symbol| self.whole(&text[symbol.start as usize..symbol.end as usize])).collect()
    }

    /// Splits a normalized text into words, each with the space before it, also where the normalizer puts spaces after
    /// words: `word_model.cc` asks for nothing else.
    pub(super) fn words(&self, text: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let mut start = 0;
        for (at, _) in text.match_indices(SPACE_MARK) {
            if at > start {
                found.push(self.whole(&text[start..at]));
            }
            start = at;
        }
        if start < text.len() {
            found.push(self.whole(&text[start..]));
        }
        found
    }

    fn whole(&self, piece: &str) -> Found {
        Found { piece: self.pieces.id(piece.as_bytes()).unwrap_or(UNKNOWN), length: piece.len() as u32 }
    }
}

/// A number that is lower for a higher score.
fn rank_of(score: f32) -> u32 {
    // Adding zero makes the two zeros one. The bits of a float sort like its value once those of a negative one are turned.
    let bits = (score + 0.0).to_bits();
    let ascending = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    !ascending
}

/// How long the first word of `text` is: up to a `▁` after something else. `None` if there is nothing left.
pub(super) fn first_word(text: &str) -> Option<usize> {
    let after_marks = text.len() - text.trim_start_matches(SPACE_MARK).len();
    let length = text[after_marks..].find(SPACE_MARK).map_or(text.len(), |at| after_marks + at);
    (length > 0).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::{first_word, rank_of};

    #[test]
    fn ranks_fall_as_scores_rise() {
        let scores = [f32::MAX, 3.5, 1e-40, 0.0, -1e-40, -2.0, -2.000_001, f32::MIN];
        assert!(scores.windows(2).all(|pair| rank_of(pair[0]) < rank_of(pair[1])));
        assert_eq!(rank_of(0.0), rank_of(-0.0));
    }

    #[test]
    fn words_begin_with_their_spaces() {
        let words = |mut text: &'static str| {
            let mut words = Vec::new();
            while let Some(length) = first_word(text) {
                words.push(&text[..length]);
                text = &text[length..];
            }
            words
        };
        assert_eq!(words("▁the▁▁cat▁"), ["▁the", "▁▁cat", "▁"]);
        assert_eq!(words("a▁b"), ["a", "▁b"]);
        assert!(words("").is_empty());
    }
}
