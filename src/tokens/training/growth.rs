//! How long texts are under vocabularies of any size, and what other ways to cut them come to.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::pairs::Learned;
use super::recipe::Words;
use super::stage::{Speller, UNKNOWN};
use crate::progress::{Cancelled, Progress};

/// How long a text is after each merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// In tokens: before the first merge, after it, and so on.
    pub lengths: Vec<u64>,
    /// How many of them are letters that were not there in training.
    pub unknown: u64,
}

impl Learned {
    /// How long a text is under the first of the merges, the first two, and so on: what is trained on, or what is not.
    ///
    /// A word is spelled once, with all merges. Those of a higher rank are made after all of a lower one, so that what it is
    /// with fewer merges is on the way.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn growth(&self, words: &Words, progress: &dyn Progress) -> Result<Growth, Cancelled> {
        let speller = Speller::new(self, self.merges.len());
        let merges = self.merges.len();
        let counted = words.0.par_chunks(512).map(|words| {
            progress.check()?;
            let (mut letters, mut unknown) = (0, 0);
            let mut joined = vec![0_u64; merges];
            for (word, count) in words {
                let symbols = speller.letters_of(word);
                letters += symbols.len() as u64 * count;
                unknown += symbols.iter().filter(|id| **id == UNKNOWN).count() as u64 * count;
                speller.spell_and(word, |rank| joined[rank as usize] += count);
            }
            Ok((letters, unknown, joined))
        });
        let nothing = || (0, 0, vec![0_u64; merges]);
        let (letters, unknown, joined) = counted.try_reduce(nothing, |mut all, more| {
            all.2.iter_mut().zip(&more.2).for_each(|(all, more)| *all += more);
            Ok((all.0 + more.0, all.1 + more.1, all.2))
        })?;
        let mut length = letters;
        let after = joined.iter().map(|joined| {
            length -= joined;
            length
        });
        let lengths = std::iter::once(letters).chain(after.collect::<Vec<_>>()).collect();
        Ok(Growth { lengths, unknown })
    }
}

/// A way to cut texts that needs no learning but a list of what there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    pub name: &'static str,
    /// How many entries the vocabulary has.
    pub vocabulary: usize,
    /// How many tokens the text is that was trained on, and another one.
    pub tokens: [u64; 2],
    /// The share of the other text's tokens that the vocabulary does not have.
    pub unseen: f64,
}

/// What cutting into bytes, characters and words comes to for a text, and for one that was not trained on.
#[must_use]
pub fn baselines(text: &str, other: &str) -> [Baseline; 3] {
    let counted = |text: &str| text.len() as u64;
    let bytes =
        Baseline { name: "bytes", vocabulary: 256, tokens: [counted(text), counted(other)], unseen: 0.0 };
    [bytes, listed("characters", text.graphemes(true), other.graphemes(true)), words(text, other)]
}

fn words(text: &str, other: &str) -> Baseline {
    let is_word = |word: &&str| !word.chars().all(char::is_whitespace);
    listed("words", text.split_word_bounds().filter(is_word), other.split_word_bounds().filter(is_word))
}

/// A vocabulary of all that is in a text.
fn listed<'a>(
    name: &'static str,
    text: impl Iterator<Item = &'a str>,
    other: impl Iterator<Item = &'a str>,
) -> Baseline {
    let mut known: HashSet<&str> = HashSet::new();
    let tokens = text.map(|part| known.insert(part)).count() as u64;
    let mut asked: HashMap<&str, u64> = HashMap::new();
    other.for_each(|part| *asked.entry(part).or_default() += 1);
    let all: u64 = asked.values().sum();
    let unseen: u64 = asked.iter().filter(|(part, _)| !known.contains(*part)).map(|(_, count)| count).sum();
    Baseline {
        name,
        vocabulary: known.len(),
        tokens: [tokens, all],
        unseen: unseen as f64 / all.max(1) as f64,
    }
}
