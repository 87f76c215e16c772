//! Text to tokens to IDs, and back.
//!
//! [`catalog`] holds the eleven tokenizers that come with the program and [`files`] opens others; both give a [`Tokenizer`],
//! whose [`Encoding`] says which stretch of the original text each token stands for. [`comparison`] sets many of them side
//! by side; [`trace`] follows a text through one of them, and [`vocabulary`] lists all that it has. [`chat`] makes conversations
//! tokens, and [`training`] learns tokenizers.

mod agreement;
mod byte_alphabet;
pub mod catalog;
pub mod chat;
mod checks;
mod chunks;
pub mod comparison;
pub mod decoding;
mod editing;
mod encoding;
pub mod files;
mod formats;
pub mod languages;
pub mod letters;
mod library;
mod pair_merging;
mod pieces;
mod ranks;
mod sentencepiece;
mod spelling;
mod tokenizer;
pub mod trace;
pub mod training;
mod unlearned;
pub mod vocabulary;
mod word_split;

pub use agreement::{Aligned, Stretch, stretches};
pub use chunks::beginning;
pub use comparison::{Comparison, Row, TextCounts, TokenizeDocument, tokenize_documents};
pub use editing::alike_at_ends;
pub use encoding::{EncodeError, EncodeOptions, Encoding, Token};
pub use files::{OpenedTokenizer, TokenizerFileError, TokenizerFormat};
pub use ranks::RanksError;
pub use sentencepiece::SentencePieceError;
pub use tokenizer::{Algorithm, ChatTemplate, LONGEST_TEXT, Tokenizer};
pub use word_split::WordPattern;

#[cfg(test)]
mod file_property_tests;
#[cfg(test)]
mod file_reference_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod reference_tests;
