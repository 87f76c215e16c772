//! Parts of words as floret makes them: every n-gram, and the word itself, has one to four rows of one small table.
//!
//! Source: Boyd and Warmerdam, *floret: lightweight, robust word vectors* (2022), and `spacy/vectors.pyx`
//! (`_get_ngrams`, `_get_ngram_hashes`, `get_batch`). A word stands between two marks; it and its n-grams are hashed by
//! `MurmurHash3`, whose 128 bits give four numbers, of which the first few lead to a row each. The word's vector is the mean
//! of all these rows.

use super::subwords::LONGEST_WORD;

/// How words lead to rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Floret {
    /// The fewest and the most characters of an n-gram.
    pub lengths: (usize, usize),
    /// How many rows each n-gram has: 1 to 4.
    pub hashes: usize,
    /// Where hashing begins.
    pub seed: u32,
    /// What stands before a word and after it.
    pub marks: (String, String),
    /// How many rows there are; more than 0.
    pub rows: u64,
}

impl Floret {
    /// Calls `found` with each row of each part of a word, the word itself first. An empty word has none.
    pub fn each(&self, word: &str, mut found: impl FnMut(usize)) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            return;
        }
        let marked = format!("{}{word}{}", self.marks.0, self.marks.1);
        let ends: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
        let mut part = |part: &str| {
            for hash in &murmur3(part.as_bytes(), self.seed)[..self.hashes] {
                found((u64::from(*hash) % self.rows) as usize);
            }
        };
        part(&marked);
        let (fewest, most) = self.lengths;
        for length in fewest..=most.min(ends.len() - 1) {
            for start in 0..ends.len() - length {
                part(&marked[ends[start]..ends[start + length]]);
            }
        }
    }

    /// How many rows a word of so many characters has, marks and all.
    pub fn count(&self, characters: usize) -> usize {
        let (fewest, most) = self.lengths;
        let parts: usize = (fewest..=most.min(characters)).map(|length| characters + 1 - length).sum();
        (parts + 1).saturating_mul(self.hashes)
    }
}

/// Austin Appleby's `MurmurHash3_x64_128`, as four numbers of 32 bits, the lower half of each of its words first.
/// (<https://github.com/aappleby/smhasher>, in the public domain.)
fn murmur3(bytes: &[u8], seed: u32) -> [u32; 4] {
    const FIRST: u64 = 0x87C3_7B91_1142_53D5;
    const SECOND: u64 = 0x4CF5_AD43_2745_937F;
    let first = |word: u64| word.wrapping_mul(FIRST).rotate_left(31).wrapping_mul(SECOND);
    let second = |word: u64| word.wrapping_mul(SECOND).rotate_left(33).wrapping_mul(FIRST);
    let finish = |mut hash: u64| {
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        hash ^ (hash >> 33)
    };
    let halves = |block: &[u8; 16]| {
        let [low, high] = [0, 8].map(|at| std::array::from_fn(|i| block[at + i]));
        (u64::from_le_bytes(low), u64::from_le_bytes(high))
    };
    let (mut a, mut b) = (u64::from(seed), u64::from(seed));
    let (blocks, rest) = bytes.as_chunks::<16>();
    for block in blocks {
        let (low, high) = halves(block);
        a = (a ^ first(low)).rotate_left(27).wrapping_add(b).wrapping_mul(5).wrapping_add(0x52DC_E729);
        b = (b ^ second(high)).rotate_left(31).wrapping_add(a).wrapping_mul(5).wrapping_add(0x3849_5AB5);
    }
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    // Where nothing is left, both are 0 and change nothing.
    let (low, high) = halves(&last);
    a ^= first(low);
    b ^= second(high);
    a ^= bytes.len() as u64;
    b ^= bytes.len() as u64;
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    (a, b) = (finish(a), finish(b));
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    [a as u32, (a >> 32) as u32, b as u32, (b >> 32) as u32]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spacy.vectors.Vectors._get_ngram_hashes` of spaCy 3.8.18, by `tests/data/floret/make.py`.
    #[test]
    fn hashes_are_spacy_s() {
        for (text, seed, expected) in [
            ("", 0, [0, 0, 0, 0]),
            ("<de", 0, [2_177_768_215, 2_658_736_650, 1_657_431_247, 104_117_821]),
            ("<de", 2_166_136_261, [2_327_728_474, 2_432_873_046, 3_086_510_300, 4_275_100_539]),
            ("sixteen letters!", 7, [3_016_806_101, 1_568_107_950, 2_620_233_803, 1_097_520_368]),
            ("日本語 and eight more", 7, [1_262_023_642, 1_210_097_111, 3_408_204_290, 517_121_538]),
        ] {
            assert_eq!(murmur3(text.as_bytes(), seed), expected, "{text:?}");
        }
    }

    #[test]
    fn a_word_leads_to_its_own_rows_and_those_of_its_parts() {
        let floret = Floret {
            lengths: (2, 3),
            hashes: 2,
            seed: 7,
            marks: ("<".to_owned(), ">".to_owned()),
            rows: 1000,
        };
        let mut rows = Vec::new();
        floret.each("éa", |row| rows.push(row));
        let parts = ["<éa>", "<é", "éa", "a>", "<éa", "éa>"];
        let hashes = parts.iter().flat_map(|part| murmur3(part.as_bytes(), 7)[..2].to_vec());
        let expected: Vec<usize> = hashes.map(|hash| hash as usize % 1000).collect();
        assert_eq!((&rows, rows.len()), (&expected, floret.count(4)));
        for nothing in [String::new(), "x".repeat(LONGEST_WORD + 1)] {
            floret.each(&nothing, |_| panic!("no rows"));
        }
        floret.each("a", |row| assert!(row < 1000));
    }
}
