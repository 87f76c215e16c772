//! How long texts are under vocabularies of any size, and what other ways to cut them come to.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::pairs::Learned;
use super::recipe::{Kind, Words};
use super::stage::{Speller, UNKNOWN};
use crate::progress::{Cancelled, Progress};

/// How long a text is after each merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// In tokens: before the first merge, after it, and so on.
    pub lengths: Vec<u64>,
    /// How many of them stand for what was not there in training: a letter, or in `WordPiece` the whole word that holds one.
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
        if self.kind == Kind::WordPiece {
            return self.growth_by_longest_match(words, progress);
        }
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

impl Learned {
    /// [`Learned::growth`] where texts are cut by the longest match among the pieces, whatever they were joined from. More pieces
    /// mostly make a text shorter, but not always: a longer match may leave a rest that takes more of them.
    fn growth_by_longest_match(&self, words: &Words, progress: &dyn Progress) -> Result<Growth, Cancelled> {
        let births = self.births();
        let longest = births.keys().map(|piece| piece.chars().count()).max().unwrap_or(0);
        let merges = self.merges.len();
        let counted = words.0.par_chunks(512).map(|words| {
            progress.check()?;
            let (mut unknown, mut changes) = (0, vec![0_i64; merges + 1]);
            for (word, count) in words {
                let matches = Matches::new(word, &births, longest);
                let Some(first) = matches.tokens(0) else {
                    // A word with a letter that is not known is one unknown token as a whole.
                    unknown += count;
                    changes[0] += *count as i64;
                    continue;
                };
                changes[0] += (first * count) as i64;
                let mut before = first;
                for rank in matches.ranks() {
                    let now = matches.tokens(rank).unwrap_or(before);
                    changes[rank as usize] += (now as i64 - before as i64) * *count as i64;
                    before = now;
                }
            }
            Ok((unknown, changes))
        });
        let (unknown, changes) = counted.try_reduce(
            || (0, vec![0_i64; merges + 1]),
            |mut all, more| {
                all.1.iter_mut().zip(&more.1).for_each(|(all, more)| *all += more);
                Ok((all.0 + more.0, all.1))
            },
        )?;
        let mut length = 0;
        let lengths = changes.iter().map(|change| {
            length += change;
            length.max(0) as u64
        });
        Ok(Growth { lengths: lengths.collect(), unknown })
    }

    /// After how many merges each piece is there.
    fn births(&self) -> HashMap<&str, u32> {
        let letters = &self.pieces[self.kind.specials().len().min(self.alphabet)..self.alphabet];
        let mut births: HashMap<&str, u32> = letters.iter().map(|piece| (piece.as_str(), 0)).collect();
        for (rank, merge) in (1..).zip(&self.merges) {
            births.entry(&self.pieces[merge.made as usize]).or_insert(rank);
        }
        births
    }
}

/// A word with all pieces that match within it.
struct Matches {
    /// For each character: where matches that begin there end, and after how many merges they are there.
    from: Vec<Vec<(usize, u32)>>,
}

impl Matches {
    /// No longer words are looked into: they are unknown, as in BERT.
    const LONGEST: usize = 100;

    fn new(word: &str, births: &HashMap<&str, u32>, longest: usize) -> Self {
        let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        if ends.len() > Self::LONGEST {
            return Self { from: vec![Vec::new()] };
        }
        let mut piece = String::new();
        let from = (0..ends.len()).map(|first| {
            let start = if first == 0 { 0 } else { ends[first - 1] };
            let last = (first + longest).min(ends.len());
            let found = (first..last).filter_map(|end| {
                piece.clear();
                piece.push_str(if first == 0 { "" } else { Kind::WordPiece.prefix() });
                piece.push_str(&word[start..ends[end]]);
                births.get(piece.as_str()).map(|&birth| (end + 1, birth))
            });
            found.collect()
        });
        Self { from: from.collect() }
    }

    /// After how many merges something changes, ascending.
    fn ranks(&self) -> std::collections::BTreeSet<u32> {
        self.from.iter().flatten().map(|(_, birth)| *birth).filter(|birth| *birth > 0).collect()
    }

    /// How many tokens the word is after so many merges; nothing if no piece matches somewhere.
    fn tokens(&self, rank: u32) -> Option<u64> {
        let (mut at, mut tokens) = (0, 0);
        while at < self.from.len() {
            (at, _) = *self.from[at].iter().rfind(|(_, birth)| *birth <= rank)?;
            tokens += 1;
        }
        Some(tokens)
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
