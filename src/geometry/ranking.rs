//! The best few of many rows, kept while they stream past.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::atomic::{self, AtomicI32};
use std::sync::{Mutex, PoisonError};

use super::metric::Metric;
use super::neighbors::Neighbor;

/// A row with its key; greater is *worse*, so that a heap keeps its worst on top.
#[derive(PartialEq)]
pub(super) struct Candidate {
    pub key: f32,
    pub row: u32,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        // Adding 0 turns −0 into 0: the two are equal scores and must be ranked by row.
        (other.key + 0.0).total_cmp(&(self.key + 0.0)).then(self.row.cmp(&other.row))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The k best rows seen so far.
pub(super) struct Best {
    k: usize,
    pub heap: BinaryHeap<Candidate>,
    /// The key below which no row can enter any more.
    threshold: f32,
}

impl Best {
    pub fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::new(), threshold: f32::NEG_INFINITY }
    }

    /// Takes a row in if it is good enough and not among the `excluded`, which are sorted.
    pub fn offer(&mut self, row: u32, key: f32, excluded: &[u32]) {
        if key < self.threshold || excluded.binary_search(&row).is_ok() {
            return;
        }
        let candidate = Candidate { key, row };
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
        if self.heap.len() == self.k {
            self.threshold = self.heap.peek().map_or(f32::NEG_INFINITY, |worst| worst.key);
        }
    }

    /// The rows from nearest to farthest, with scores as `metric` gives them.
    pub fn ranked(self, metric: Metric) -> Vec<Neighbor> {
        let score = |key: f32| if metric.ascending() { -key } else { key } + 0.0;
        self.heap
            .into_sorted_vec()
            .into_iter()
            .map(|candidate| Neighbor { row: candidate.row, score: score(candidate.key) })
            .collect()
    }
}

/// The k best rows that any of several threads has seen so far.
pub(super) struct Shared {
    best: Mutex<Best>,
    floor: Floor,
}

impl Shared {
    pub fn new(k: usize) -> Self {
        Self { best: Mutex::new(Best::new(k)), floor: Floor::default() }
    }

    /// The key below which no row can enter any more, or a lower one: another thread may be about to raise it.
    #[inline]
    pub fn floor(&self) -> f32 {
        self.floor.key()
    }

    /// [`Best::offer`]. Hardly any row is good enough to wait for others.
    #[inline]
    pub fn offer(&self, row: u32, key: f32, excluded: &[u32]) {
        // Keys are numbers: a score that is none counts as 0.
        if key < self.floor.key() {
            return;
        }
        let mut best = self.best.lock().unwrap_or_else(PoisonError::into_inner);
        best.offer(row, key, excluded);
        self.floor.raise(best.threshold);
    }

    /// The rows.
    pub fn into_best(self) -> Best {
        self.best.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The highest key that k rows are known to reach: what is below it cannot be among the k best of all.
struct Floor(AtomicI32);

impl Default for Floor {
    fn default() -> Self {
        Self(AtomicI32::new(ordered(f32::NEG_INFINITY)))
    }
}

impl Floor {
    /// Says that k rows reach `key`.
    #[inline]
    fn raise(&self, key: f32) {
        // Asked first, because it is hardly ever so, and writing what others read costs a hundred times as much.
        if self.key() < key {
            self.0.fetch_max(ordered(key), atomic::Ordering::Relaxed);
        }
    }

    #[inline]
    fn key(&self) -> f32 {
        let bits = self.0.load(atomic::Ordering::Relaxed);
        f32::from_bits((bits ^ ((bits >> 31) & i32::MAX)) as u32)
    }
}

/// Whole numbers in the order of the keys.
fn ordered(key: f32) -> i32 {
    let bits = key.to_bits() as i32;
    bits ^ ((bits >> 31) & i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_only_rises() {
        let floor = Floor::default();
        assert_eq!(floor.key(), f32::NEG_INFINITY);
        for (key, expected) in
            [(-3.0, -3.0), (-5.0, -3.0), (-1e-9, -1e-9), (0.25, 0.25), (0.0, 0.25), (9.0, 9.0)]
        {
            floor.raise(key);
            assert_eq!(floor.key(), expected);
        }
    }

    #[test]
    fn what_threads_share_are_the_best_of_all_with_equals_by_row() {
        use rayon::prelude::*;
        let key = |row: u32| (row * 7_919 % 97) as f32;
        for k in [0, 1, 10, 500] {
            let (shared, mut alone) = (Shared::new(k), Best::new(k));
            (0..300_u32).into_par_iter().with_max_len(1).for_each(|row| shared.offer(row, key(row), &[4, 9]));
            (0..300).for_each(|row| alone.offer(row, key(row), &[4, 9]));
            assert_eq!(shared.into_best().ranked(Metric::Dot), alone.ranked(Metric::Dot), "{k}");
        }
    }

    #[test]
    fn the_best_are_kept_and_equals_ranked_by_row() {
        let mut best = Best::new(3);
        for (row, key) in [(5, 1.0), (2, -0.0), (1, 0.0), (9, 1.0), (0, -1.0), (7, 0.5)] {
            best.offer(row, key, &[7]);
        }
        assert_eq!(best.threshold, 0.0);
        let rows: Vec<u32> = best.ranked(Metric::Dot).iter().map(|neighbor| neighbor.row).collect();
        assert_eq!(rows, [5, 9, 1], "and −0 is no worse than 0");
    }
}
