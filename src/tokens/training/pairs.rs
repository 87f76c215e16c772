//! Byte-pair encoding is learned: of all neighbors, those that stand together most often are joined, again and again.
//!
//! Source: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", for the algorithm;
//! the trainer of <https://github.com/huggingface/tokenizers> for its order: of pairs that are equally frequent, that of the
//! smaller IDs is joined first. It is done again here because that trainer cannot be stopped, and says of no merge how often
//! its pair was there; tests hold the two to the same merges.

use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use super::recipe::{Kind, Words};
use crate::progress::{Cancelled, Progress};
use crate::tokens::byte_alphabet;

/// Two neighbors, by their IDs.
pub type Pair = (u32, u32);

/// A merge that was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub pair: Pair,
    /// The ID of what the two make.
    pub made: u32,
    /// How often they stood together.
    pub count: u64,
}

/// A vocabulary in the order in which it was learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    pub kind: Kind,
    /// All pieces by their IDs: special tokens, single characters or bytes, and what merges made.
    pub pieces: Vec<String>,
    /// How many of them were there before the first merge.
    pub alphabet: usize,
    pub merges: Vec<Merge>,
}

/// Pairs that are seen less often are not joined.
pub const LEAST: u64 = 2;

/// Learns merges from words until there are `size` pieces, or no pair is seen [`LEAST`] times.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn learn(kind: Kind, words: &Words, size: usize, progress: &dyn Progress) -> Result<Learned, Cancelled> {
    let (mut learned, symbols) = begin(kind, words);
    let mut state = Training::new(symbols, words);
    let mut ids: HashMap<String, u32> = learned.pieces.iter().cloned().zip(0..).collect();
    let wanted = size.saturating_sub(learned.pieces.len()).max(1) as f32;
    while learned.pieces.len() < size {
        progress.check()?;
        progress.report((learned.pieces.len() - learned.alphabet) as f32 / wanted);
        let Some(top) = state.next() else { break };
        let piece = |id: u32| learned.pieces[id as usize].as_str();
        let right = piece(top.pair.1).strip_prefix(kind.prefix()).unwrap_or(piece(top.pair.1));
        let made = format!("{}{right}", piece(top.pair.0));
        let id = *ids.entry(made.clone()).or_insert(learned.pieces.len() as u32);
        if id as usize == learned.pieces.len() {
            learned.pieces.push(made);
        }
        learned.merges.push(Merge { pair: top.pair, made: id, count: top.count });
        state.join(&top, id, progress)?;
    }
    Ok(learned)
}

/// The pieces that learning begins with, and each word in them.
fn begin(kind: Kind, words: &Words) -> (Learned, Vec<Vec<u32>>) {
    let mut letters: BTreeSet<char> = words.0.iter().flat_map(|(word, _)| word.chars()).collect();
    if kind == Kind::ByteLevelBpe {
        letters
            .extend((0..=u8::MAX).flat_map(|byte| byte_alphabet::write(&[byte]).chars().collect::<Vec<_>>()));
    }
    let mut pieces: Vec<String> = kind.specials().iter().map(|name| (*name).to_owned()).collect();
    pieces.extend(letters.into_iter().map(String::from));
    let mut ids: HashMap<String, u32> = pieces.iter().cloned().zip(0..).collect();
    let mut symbol = |at: usize, letter: char| {
        let piece = if at == 0 { letter.to_string() } else { format!("{}{letter}", kind.prefix()) };
        let next = pieces.len() as u32;
        *ids.entry(piece).or_insert_with_key(|piece| {
            pieces.push(piece.clone());
            next
        })
    };
    let symbols = words.0.iter();
    let symbols =
        symbols.map(|(word, _)| word.char_indices().map(|(at, letter)| symbol(at, letter)).collect());
    let symbols = symbols.collect();
    let alphabet = pieces.len();
    (Learned { kind, pieces, alphabet, merges: Vec::new() }, symbols)
}

/// A pair that may be joined next: how often it was there when it was put here, and in which words.
#[derive(PartialEq, Eq)]
struct Candidate {
    count: u64,
    pair: Pair,
    words: Vec<u32>,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.count.cmp(&other.count).then_with(|| other.pair.cmp(&self.pair))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The words as they are by now, and how often each pair is in them.
struct Training<'a> {
    symbols: Vec<Vec<u32>>,
    words: &'a Words,
    counts: HashMap<Pair, i64>,
    queue: BinaryHeap<Candidate>,
}

impl<'a> Training<'a> {
    fn new(symbols: Vec<Vec<u32>>, words: &'a Words) -> Self {
        let mut training = Self { symbols, words, counts: HashMap::new(), queue: BinaryHeap::new() };
        let mut places: HashMap<Pair, Vec<u32>> = HashMap::new();
        for (word, symbols) in (0..).zip(&training.symbols) {
            for pair in symbols.windows(2) {
                let pair = (pair[0], pair[1]);
                *training.counts.entry(pair).or_default() += training.words.0[word as usize].1 as i64;
                stands(&mut places, pair, word);
            }
        }
        training.queue(places);
        training
    }

    fn queue(&mut self, places: HashMap<Pair, Vec<u32>>) {
        let candidates = places.into_iter().filter_map(|(pair, words)| {
            let count = u64::try_from(self.counts[&pair]).unwrap_or(0);
            (count > 0).then_some(Candidate { count, pair, words })
        });
        self.queue.extend(candidates);
    }

    /// The most frequent pair. Counts in the queue may be of earlier: those are put right when they come up.
    fn next(&mut self) -> Option<Candidate> {
        loop {
            let mut top = self.queue.pop()?;
            let now = u64::try_from(self.counts[&top.pair]).unwrap_or(0);
            if top.count == now {
                return (now >= LEAST).then_some(top);
            }
            top.count = now;
            self.queue.push(top);
        }
    }

    /// Joins a pair wherever it stands in the words of the candidate.
    fn join(&mut self, top: &Candidate, made: u32, progress: &dyn Progress) -> Result<(), Cancelled> {
        let mut places: HashMap<Pair, Vec<u32>> = HashMap::new();
        for &word in &top.words {
            progress.check()?;
            let count = self.words.0[word as usize].1 as i64;
            let counts = &mut self.counts;
            let changed = |pair: Pair, is_new: bool| {
                *counts.entry(pair).or_default() += if is_new { count } else { -count };
                if is_new {
                    stands(&mut places, pair, word);
                }
            };
            join_in(&mut self.symbols[word as usize], top.pair, made, changed);
        }
        self.queue(places);
        Ok(())
    }
}

/// Notes that a pair stands in a word. Words come in ascending order.
fn stands(places: &mut HashMap<Pair, Vec<u32>>, pair: Pair, word: u32) {
    let words = places.entry(pair).or_default();
    if words.last() != Some(&word) {
        words.push(word);
    }
}

/// Joins a pair in a word, from left to right and in one go, and tells which pairs went and which came.
fn join_in(word: &mut Vec<u32>, pair: Pair, made: u32, mut changed: impl FnMut(Pair, bool)) {
    let (mut from, mut to) = (0, 0);
    while from < word.len() {
        let is_pair = from + 1 < word.len() && (word[from], word[from + 1]) == pair;
        if is_pair {
            if to > 0 {
                changed((word[to - 1], pair.0), false);
                changed((word[to - 1], made), true);
            }
            if let Some(&next) = word.get(from + 2) {
                changed((pair.1, next), false);
                changed((made, next), true);
            }
        }
        word[to] = if is_pair { made } else { word[from] };
        from += if is_pair { 2 } else { 1 };
        to += 1;
    }
    word.truncate(to);
}

/// [`join_in`] where nobody asks for pairs. Gives how often the pair was there.
pub(super) fn join(word: &mut Vec<u32>, pair: Pair, made: u32) -> usize {
    let before = word.len();
    join_in(word, pair, made, |_, _| ());
    before - word.len()
}
