//! Text to tokens to IDs, and back.

mod byte_alphabet;
pub mod catalog;
mod encoding;
mod library;
mod pair_merging;
mod pieces;
mod ranks;
mod tokenizer;
mod unlearned;
mod word_split;

pub use encoding::{EncodeError, EncodeOptions, Encoding, Token};
pub use ranks::RanksError;
pub use tokenizer::{Algorithm, LONGEST_TEXT, Tokenizer};
pub use word_split::WordPattern;

#[cfg(test)]
mod reference_tests;
