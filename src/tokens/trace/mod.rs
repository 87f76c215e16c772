//! How a text came apart: each step from its characters to the tokens of one tokenizer.
//!
//! Merges of our own code are watched; what the `tokenizers` crate does, and the search for the best way, is done again in the
//! same order. Tests hold all of it to the IDs that [`Tokenizer::encode`] gives.

pub(super) mod library;
mod matching;
mod merging;
mod paths;
mod ranks;

use super::tokenizer::Engine;
use super::{Algorithm, EncodeError, Tokenizer};
use crate::progress::Progress;

pub use matching::Match;
pub use merging::{MergeState, Order};
pub use paths::{Candidate, End, Path, Paths};

pub(super) use merging::states;
pub(super) use paths::{Offer, best_paths};

/// The longest text that is followed, in characters: more steps would not be looked at one by one.
pub const LONGEST: usize = 80;

/// A piece in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes by which people read it. They need not be whole characters.
    pub bytes: Vec<u8>,
    /// Its ID, if the vocabulary has it.
    pub id: Option<u32>,
}

/// The way of a text to its tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The text, of a longer one the beginning.
    pub text: String,
    /// What the tokenizer makes of it before it looks for tokens.
    pub normalized: String,
    /// Whether it cuts texts into words before it looks for tokens, none of which reaches from one word into the next.
    pub cuts_words: bool,
    /// The stretches that are encoded each by itself.
    pub words: Vec<TracedWord>,
}

impl Trace {
    /// The IDs of all words.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        self.words.iter().flat_map(|word| word.tokens.iter().filter_map(|token| token.id)).collect()
    }
}

/// The way of a stretch of text that is encoded by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedWord {
    /// The bytes by which people read it.
    pub bytes: Vec<u8>,
    pub way: Way,
    /// What it comes to.
    pub tokens: Vec<Part>,
}

/// How tokens are found.
#[derive(Debug, Clone, PartialEq)]
pub enum Way {
    /// Neighbors are joined, step by step: byte-pair encoding.
    Merges(Order, Vec<MergeState>),
    /// The longest entry that the rest of the word begins with, again and again: `WordPiece`.
    Matches(Vec<Match>),
    /// The most probable of all ways: Unigram.
    Paths(Paths),
    /// Each of its parts is a token: bytes, code points, characters.
    Each,
    /// The whole is an entry, and is taken as it is.
    Whole,
    /// Nothing that the vocabulary has.
    Unknown,
}

impl Way {
    /// How many steps there are to look at, one after another.
    #[must_use]
    pub fn steps(&self) -> usize {
        match self {
            Self::Merges(_, states) => states.len().saturating_sub(1),
            Self::Matches(matches) => matches.len(),
            Self::Paths(paths) => paths.ends.len(),
            Self::Each | Self::Whole | Self::Unknown => 0,
        }
    }
}

impl Tokenizer {
    /// Follows a text, of which no more than [`LONGEST`] characters, on its way to tokens. Nothing is added around it, and
    /// typed special tokens are text.
    ///
    /// # Errors
    /// [`EncodeError::Rules`] if a tokenizer file's own rules fail; [`EncodeError::Cancelled`] if `progress` says so.
    pub fn trace(&self, text: &str, progress: &dyn Progress) -> Result<Trace, EncodeError> {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        let ((normalized, words), cuts_words) = match self.engine() {
            Engine::Ranks(ranks) => ((text.to_owned(), ranks.trace(text, progress)?), true),
            Engine::SentencePiece(model) => (model.trace(text, progress)?, model.cuts_words()),
            Engine::Library(library) => (library.trace(text, progress)?, library.cuts_words()),
            Engine::Bytes | Engine::CodePoints => {
                ((text.to_owned(), self.each(text).into_iter().collect()), false)
            }
        };
        Ok(Trace { text: text.to_owned(), normalized, cuts_words, words })
    }

    /// Each byte, or each code point.
    fn each(&self, text: &str) -> Option<TracedWord> {
        let part = |bytes: &[u8]| {
            let id = match self.algorithm() {
                Algorithm::Bytes => bytes.first().map(|&byte| u32::from(byte) + 3),
                _ => std::str::from_utf8(bytes).ok().and_then(|text| text.chars().next()).map(u32::from),
            };
            Part { bytes: bytes.to_vec(), id }
        };
        let tokens: Vec<Part> = match self.algorithm() {
            Algorithm::Bytes => text.as_bytes().chunks(1).map(part).collect(),
            _ => text.chars().map(|letter| part(letter.to_string().as_bytes())).collect(),
        };
        let word = TracedWord { bytes: text.as_bytes().to_vec(), way: Way::Each, tokens };
        (!text.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests;
