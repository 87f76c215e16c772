//! Byte-level BPE straight from `tiktoken` ranks: a vocabulary of byte strings whose IDs are the order of their merges.
//!
//! No list of merges is needed: two neighbors can be joined if what they make is in the vocabulary, and its ID is its rank.

use super::chunks::chunks;
use super::encoding::EncodeError;
use super::pair_merging::{Joined, Symbol, merge};
use super::pieces::Pieces;
use super::word_split::WordPattern;
use crate::progress::Progress;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use std::collections::HashMap;

/// What can be wrong with a `.tiktoken` file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RanksError {
    /// A line is not a base64 word, a space and a number.
    #[error(
        "line {line} is not a token in base64, one space and its rank; a .tiktoken file has one token a line"
    )]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// A token or a rank appears twice.
    #[error("line {line} repeats a token or a rank of an earlier line; each may appear once")]
    Repeated {
        /// Counted from 1.
        line: usize,
    },
    /// A rank is too great for the size of the file.
    #[error("line {line} has rank {rank}, but the file is too short to hold that many tokens")]
    RankTooGreat {
        /// Counted from 1.
        line: usize,
        /// The rank found.
        rank: u32,
    },
    /// Some single byte has no token, so that not every text could be encoded.
    #[error("the byte {byte:#04x} has no token of its own; a byte-level vocabulary needs all 256")]
    MissingByte {
        /// The lowest such byte.
        byte: u8,
    },
}

/// Byte-level BPE by ranks.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    pub(super) pieces: Pieces,
    single: [u32; 256],
    pattern: WordPattern,
}

/// Words longer than this are not remembered: they hardly ever come back.
const LONGEST_REMEMBERED: usize = 64;

impl Ranks {
    /// Reads a rank file: a token in base64, a space and its rank on each line.
    pub(super) fn parse(file: &[u8], pattern: WordPattern) -> Result<Self, RanksError> {
        let mut pieces = Pieces::with_capacity(file.len() / 12, file.len() / 2);
        let mut token = Vec::new();
        for (at, line) in file.split(|&byte| byte == b'\n').enumerate() {
            let line_number = at + 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            let wrong = || RanksError::Line { line: line_number };
            let space = line.iter().position(|&byte| byte == b' ').ok_or_else(wrong)?;
            token.clear();
            STANDARD.decode_vec(&line[..space], &mut token).map_err(|_| wrong())?;
            let rank = std::str::from_utf8(&line[space + 1..]).ok().and_then(|rank| rank.parse::<u32>().ok());
            let rank = rank.ok_or_else(wrong)?;
            // Ranks number the lines, with few holes; a wild one would only serve to make a huge empty table.
            if rank as usize > file.len() {
                return Err(RanksError::RankTooGreat { line: line_number, rank });
            }
            if token.is_empty() {
                return Err(wrong());
            }
            if !pieces.insert(rank, &token) {
                return Err(RanksError::Repeated { line: line_number });
            }
        }
        Self::new(pieces, pattern)
    }

    /// Takes pieces whose IDs have the order of their ranks.
    pub(super) fn new(pieces: Pieces, pattern: WordPattern) -> Result<Self, RanksError> {
        let mut single = [0; 256];
        for byte in 0..=u8::MAX {
            single[byte as usize] = pieces.id(&[byte]).ok_or(RanksError::MissingByte { byte })?;
        }
        WordPattern::prepare();
        Ok(Self { pieces, single, pattern })
    }

    /// The same vocabulary with another way to cut text into words.
    pub(super) fn with_pattern(self, pattern: WordPattern) -> Self {
        Self { pattern, ..self }
    }

    /// The words that are encoded each by itself.
    pub(super) fn words<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.pattern.words(text)
    }

    /// Appends the IDs of `text`, in which nothing is special. Long texts are encoded in chunks, in parallel: each begins
    /// with a single space after a letter or digit, where every [`WordPattern`] begins a word.
    pub(super) fn encode(
        &self,
        text: &str,
        ids: &mut Vec<u32>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let encode = |chunk| {
            let mut ids = Vec::new();
            self.encode_chunk(&text[chunk], &mut ids, progress)?;
            Ok(ids)
        };
        match chunks(text).as_slice() {
            [] | [_] => self.encode_chunk(text, ids, progress)?,
            chunks => {
                let encoded =
                    chunks.par_iter().cloned().map(encode).collect::<Result<Vec<_>, EncodeError>>()?;
                ids.extend(encoded.into_iter().flatten());
            }
        }
        Ok(())
    }

    fn encode_chunk(
        &self,
        text: &str,
        ids: &mut Vec<u32>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let mut seen: HashMap<&str, (usize, usize), foldhash::fast::RandomState> = HashMap::default();
        for (count, word) in self.pattern.words(text).enumerate() {
            if count % 1024 == 0 {
                progress.check()?;
            }
            if let Some(id) = self.pieces.id(word.as_bytes()) {
                ids.push(id);
            } else if let Some(&(from, to)) = seen.get(word) {
                ids.extend_from_within(from..to);
            } else {
                let from = ids.len();
                self.encode_word(word.as_bytes(), ids, progress)?;
                if word.len() <= LONGEST_REMEMBERED {
                    seen.insert(word, (from, ids.len()));
                }
            }
        }
        Ok(())
    }

    fn encode_word(
        &self,
        word: &[u8],
        ids: &mut Vec<u32>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let symbols: Vec<Symbol> = (0..)
            .zip(word)
            .map(|(at, &byte)| Symbol { id: self.single[byte as usize], start: at, end: at + 1 })
            .collect();
        let join = |left: &Symbol, right: &Symbol| {
            let id = self.pieces.id(&word[left.start as usize..right.end as usize])?;
            Some(Joined { rank: id, id })
        };
        ids.extend(merge(&symbols, join, progress)?.into_iter().map(|symbol| symbol.id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ranks, RanksError};
    use crate::progress::Unwatched;
    use crate::tokens::word_split::WordPattern;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn file(extra: &[&str]) -> String {
        let bytes = (0..=255_u8).map(|byte| vec![byte]);
        let tokens = bytes.chain(extra.iter().map(|token| token.as_bytes().to_vec()));
        tokens.enumerate().map(|(rank, token)| format!("{} {rank}\n", STANDARD.encode(token))).collect()
    }

    fn parse(file: &str) -> Result<Ranks, RanksError> {
        Ranks::parse(file.as_bytes(), WordPattern::Gpt2)
    }

    #[test]
    fn merges_follow_the_ranks() {
        let ranks = parse(&file(&["he", "ll", "llo", "hello", "el"])).unwrap();
        let mut ids = Vec::new();
        ranks.encode("hello hell ello", &mut ids, &Unwatched).unwrap();
        assert_eq!(ids, [259, 32, 256, 257, 32, 101, 258]);
    }

    #[test]
    fn a_long_text_in_chunks_gives_the_ids_of_its_words() {
        let ranks = parse(&file(&["he", "ll", "llo", "hello", "el", " he"])).unwrap();
        let text = "hello hell  ello he 12 3\n ll\u{a0}he llo's ".repeat(4_000);
        for pattern in WordPattern::ALL {
            let ranks = ranks.clone().with_pattern(pattern);
            let (mut ids, mut whole) = (Vec::new(), Vec::new());
            ranks.encode(&text, &mut ids, &Unwatched).unwrap();
            ranks.encode_chunk(&text, &mut whole, &Unwatched).unwrap();
            assert_eq!(ids, whole, "{pattern:?}");
        }
    }

    #[test]
    fn bad_files_say_which_line_is_bad() {
        let good = file(&[]);
        let error = |text: &str| parse(text).unwrap_err();
        assert_eq!(error(&format!("{good}aGVsbG8= x")), RanksError::Line { line: 257 });
        assert_eq!(error(&format!("{good}!!!! 256")), RanksError::Line { line: 257 });
        assert_eq!(error(&format!("{good}IQ== 256")), RanksError::Repeated { line: 257 });
        assert_eq!(
            error(&format!("{good}aGVsbG8= 4000000000")),
            RanksError::RankTooGreat { line: 257, rank: 4_000_000_000 }
        );
        assert_eq!(error(&good[good.find('\n').unwrap() + 1..]), RanksError::MissingByte { byte: 0 });
    }
}
