//! The names of rows: one string for all of them, and a compact index from a name to its first row.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use crate::files::problem::TooManyWords;

/// Names one after another, in one piece of memory: 4 bytes each beside the text itself.
#[derive(Debug, Clone, Default)]
pub struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Words {
    /// The numbers 0 to `rows` − 1 as names, for tables whose file names nothing.
    ///
    /// # Errors
    /// [`TooManyWords`].
    pub fn numbered(rows: usize) -> Result<Self, TooManyWords> {
        let mut words = Self::default();
        for row in 0..rows {
            words.push(&row.to_string())?;
        }
        Ok(words)
    }

    /// Appends a name.
    ///
    /// # Errors
    /// [`TooManyWords`].
    pub fn push(&mut self, word: &str) -> Result<(), TooManyWords> {
        let end = self.text.len().checked_add(word.len()).and_then(|end| u32::try_from(end).ok());
        let end = end.filter(|_| self.ends.len() < u32::MAX as usize - 1).ok_or(TooManyWords)?;
        self.text.push_str(word);
        self.ends.push(end);
        Ok(())
    }

    /// Appends all names of `other`.
    ///
    /// # Errors
    /// [`TooManyWords`].
    pub fn append(&mut self, other: &Self) -> Result<(), TooManyWords> {
        let total = self.text.len() + other.text.len();
        if u32::try_from(total).is_err() || self.len() + other.len() >= u32::MAX as usize {
            return Err(TooManyWords);
        }
        let start = self.text.len() as u32;
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| start + end));
        Ok(())
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The name of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text[start..self.ends[row] as usize]
    }

    /// The name of a row as UTF-8, without a look at where its characters begin.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub(super) fn bytes(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.text.as_bytes()[start..self.ends[row] as usize]
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The first `rows` names; all of them if there are fewer.
    pub fn truncate(&mut self, rows: usize) {
        if rows < self.len() {
            self.ends.truncate(rows);
            self.text.truncate(self.ends.last().map_or(0, |&end| end as usize));
        }
    }

    /// The names without the rows `dropped`, which ascend.
    #[must_use]
    pub fn without(&self, dropped: &[usize]) -> Self {
        let mut kept =
            Self { text: String::with_capacity(self.text.len()), ends: Vec::with_capacity(self.len()) };
        let mut dropped = dropped.iter().copied().peekable();
        for row in 0..self.len() {
            if dropped.next_if_eq(&row).is_none() {
                kept.text.push_str(self.get(row));
                kept.ends.push(kept.text.len() as u32);
            }
        }
        kept
    }

    /// Gives back memory that was reserved and not used.
    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The memory that the names take.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

/// From a name to the first row that has it: about 5 bytes for each slot, no copy of any name.
#[derive(Debug)]
pub struct WordIndex {
    rows: HashTable<u32>,
    hasher: DefaultHashBuilder,
    duplicates: Vec<u32>,
}

impl WordIndex {
    /// Hashes all names in parallel and enters them in order.
    #[must_use]
    pub fn new(words: &Words) -> Self {
        let hasher = DefaultHashBuilder::default();
        let hashes: Vec<u64> =
            (0..words.len()).into_par_iter().map(|row| hasher.hash_one(words.get(row))).collect();
        let mut rows = HashTable::with_capacity(words.len());
        let mut duplicates = Vec::new();
        for (row, &hash) in hashes.iter().enumerate() {
            let word = words.get(row);
            if rows.find(hash, |&other: &u32| words.get(other as usize) == word).is_some() {
                duplicates.push(row as u32);
            } else {
                rows.insert_unique(hash, row as u32, |&other| hashes[other as usize]);
            }
        }
        Self { rows, hasher, duplicates }
    }

    /// The first row with exactly this name.
    #[must_use]
    pub fn find(&self, words: &Words, word: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(word);
        self.rows.find(hash, |&row| words.get(row as usize) == word).map(|&row| row as usize)
    }

    /// The rows whose name an earlier row has already, ascending.
    #[must_use]
    pub fn duplicates(&self) -> &[u32] {
        &self.duplicates
    }

    /// The memory that the index takes.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        self.rows.allocation_size() + self.duplicates.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Words {
        let mut words = Words::default();
        for word in list {
            words.push(word).unwrap();
        }
        words
    }

    #[test]
    fn names_come_back_as_they_were_put_in() {
        let mut all = words(&["a", "", "größe"]);
        all.append(&words(&["", "b c"])).unwrap();
        assert_eq!(all.iter().collect::<Vec<_>>(), ["a", "", "größe", "", "b c"]);
        assert_eq!(all.without(&[0, 2]).iter().collect::<Vec<_>>(), ["", "", "b c"]);
        all.truncate(3);
        assert_eq!(all.iter().collect::<Vec<_>>(), ["a", "", "größe"]);
    }

    #[test]
    fn the_index_finds_the_first_of_equal_names() {
        let all = words(&["x", "y", "x", "x", ""]);
        let index = WordIndex::new(&all);
        assert_eq!(index.find(&all, "x"), Some(0));
        assert_eq!(index.find(&all, "y"), Some(1));
        assert_eq!(index.find(&all, ""), Some(4));
        assert_eq!(index.find(&all, "z"), None);
        assert_eq!(index.duplicates(), [2, 3]);
    }

    #[test]
    fn rows_without_names_are_numbered() {
        assert_eq!(Words::numbered(11).unwrap().get(10), "10");
    }
}
