//! Learning stopped before one of its merges: which pairs compete, and what words look like.

use std::collections::HashMap;

use rayon::prelude::*;

use super::pairs::{Learned, Pair, join};
use super::recipe::{Kind, Words, added};
use crate::progress::{Cancelled, Progress};
use crate::tokens::byte_alphabet;

/// A pair that competes, by its two pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub left: String,
    pub right: String,
    /// How often the two stand together.
    pub count: u64,
}

/// Learning, before one of its merges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// How many merges have been made.
    pub merges: usize,
    /// The most frequent pairs, the next to be joined first.
    pub standings: Vec<Standing>,
    /// Words as they are by now, each in its pieces, as they are read.
    pub samples: Vec<Vec<String>>,
}

/// In place of an ID: what the vocabulary does not have.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// So many pairs are told.
const TOLD: usize = 10;

impl Learned {
    /// The state after so many merges. `samples` is a text whose words are shown.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn stage(
        &self,
        words: &Words,
        merges: usize,
        samples: &str,
        progress: &dyn Progress,
    ) -> Result<Stage, Cancelled> {
        let merges = merges.min(self.merges.len());
        let speller = Speller::new(self, merges);
        let counted = words.0.par_chunks(512).map(|words| {
            progress.check()?;
            let mut counts: HashMap<Pair, u64> = HashMap::new();
            for (word, count) in words {
                for pair in speller.spell(word).windows(2) {
                    *counts.entry((pair[0], pair[1])).or_default() += count;
                }
            }
            Ok(counts)
        });
        let counts = counted.try_reduce(HashMap::new, |all, more| Ok(added(all, more)))?;
        let mut standings: Vec<(Pair, u64)> = counts.into_iter().collect();
        standings.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let read = |id: u32| self.read(id);
        let standing =
            |&((left, right), count): &(Pair, u64)| Standing { left: read(left), right: read(right), count };
        let sampled = self.kind.words(samples);
        let sample = |word: &String| speller.spell(word).into_iter().map(read).collect();
        Ok(Stage {
            merges,
            standings: standings.iter().take(TOLD).map(standing).collect(),
            samples: sampled.iter().map(sample).collect(),
        })
    }

    /// A piece as people read it: bytes as text where they are any, and in hexadecimal else; `▁` is a space.
    #[must_use]
    pub fn read(&self, id: u32) -> String {
        let piece = self.pieces.get(id as usize).map_or("?", String::as_str);
        if self.kind != Kind::ByteLevelBpe {
            return piece.replace('▁', " ");
        }
        let Some(bytes) = byte_alphabet::read(piece) else { return piece.to_owned() };
        String::from_utf8(bytes).unwrap_or_else(|error| {
            error.as_bytes().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
        })
    }
}

/// Spells words with the first merges alone.
pub(super) struct Speller<'a> {
    learned: &'a Learned,
    letters: HashMap<&'a str, u32>,
    ranks: HashMap<Pair, (u32, u32)>,
}

impl<'a> Speller<'a> {
    pub(super) fn new(learned: &'a Learned, merges: usize) -> Self {
        let letters =
            (0..).zip(&learned.pieces[..learned.alphabet]).map(|(id, piece)| (piece.as_str(), id)).collect();
        let mut ranks = HashMap::with_capacity(merges);
        for (rank, merge) in (0..).zip(&learned.merges[..merges]) {
            ranks.entry(merge.pair).or_insert((rank, merge.made));
        }
        Self { learned, letters, ranks }
    }

    /// The pieces of a word. A letter that was not there in training is [`UNKNOWN`], which nothing is joined with.
    pub(super) fn spell(&self, word: &str) -> Vec<u32> {
        self.spell_and(word, |_| ())
    }

    /// [`Speller::spell`], and tells which merge is made, one after another.
    pub(super) fn spell_and(&self, word: &str, mut joined: impl FnMut(u32)) -> Vec<u32> {
        let mut symbols = self.letters_of(word);
        // Joined, all places of a pair at once, in the order in which pairs were learned.
        while let Some((rank, made)) =
            symbols.windows(2).filter_map(|pair| self.ranks.get(&(pair[0], pair[1]))).min()
        {
            let pair = self.learned.merges[*rank as usize].pair;
            for _ in 0..join(&mut symbols, pair, *made) {
                joined(*rank);
            }
        }
        symbols
    }

    /// The letters of a word, before anything is joined.
    pub(super) fn letters_of(&self, word: &str) -> Vec<u32> {
        let prefix = self.learned.kind.prefix();
        let letter = |(at, letter): (usize, char)| {
            let mut buffer = [0; 4];
            let letter = &*letter.encode_utf8(&mut buffer);
            if at == 0 || prefix.is_empty() {
                self.letters.get(letter).copied().unwrap_or(UNKNOWN)
            } else {
                self.letters.get(format!("{prefix}{letter}").as_str()).copied().unwrap_or(UNKNOWN)
            }
        };
        word.char_indices().map(letter).collect()
    }
}
