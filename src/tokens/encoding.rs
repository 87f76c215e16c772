//! What encoding a text gives: tokens, each an ID and the stretch of the original text that it stands for.

use crate::progress::Cancelled;

/// How to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EncodeOptions {
    /// Add the tokens that the model expects around a text: `[CLS]` … `[SEP]`, `<s>` …, … `</s>`.
    pub add_special: bool,
    /// Whether a special token's name that is typed in the text, such as `<|endoftext|>`, becomes that control token.
    /// If not, it is text like any other: what programs should do with text that comes from users.
    pub typed_special: bool,
}

impl Default for EncodeOptions {
    /// Special tokens are added, typed ones are text.
    fn default() -> Self {
        Self { add_special: true, typed_special: false }
    }
}

/// One token of an encoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// Its number in the tokenizer's vocabulary.
    pub id: u32,
    /// Where its stretch of the original text begins, in bytes. A token may begin inside a character.
    pub start: usize,
    /// Where its stretch ends, in bytes. Equal to `start` if it stands for nothing in the text.
    pub end: usize,
    /// The tokenizer added it around the text (`[CLS]`, `<s>`, …); nobody typed it.
    pub added: bool,
}

/// An encoded text. Starts and ends of tokens never decrease from one token to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Encoding {
    /// The tokens, in order, with those that were added.
    pub tokens: Vec<Token>,
}

impl Encoding {
    /// The IDs alone, as a model gets them.
    pub fn ids(&self) -> Vec<u32> {
        self.tokens.iter().map(|token| token.id).collect()
    }
}

/// Why a text could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Nobody waits for the result any more.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The text is longer than can be encoded at once.
    #[error("the text has {bytes} bytes; at most {limit} can be tokenized at once: take a part of it")]
    TooLong {
        /// The text's length.
        bytes: usize,
        /// The greatest length.
        limit: usize,
    },
    /// The rules of a tokenizer file do not work on this text.
    #[error("the tokenizer's own rules failed on this text: {0}")]
    Rules(String),
}
