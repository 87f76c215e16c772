//! Tokenizers that a person opens, each recognized by its content. What is read of each kind of file, and where it is
//! specified, says its reader: `tokens::formats`.

use super::formats::config::Config;
use super::formats::sentencepiece::ModelError;
use super::formats::{gguf_file, gpt2_pair, json, sentencepiece, tekken, tiktoken, wordpiece_list};
use super::ranks::RanksError;
use super::tokenizer::Tokenizer;
use crate::files::{Problem, Source};

pub use super::formats::gguf;

/// The kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenizerFormat {
    /// Hugging Face `tokenizer.json`.
    Json,
    /// Ranks in base64, one token a line.
    Tiktoken,
    /// `SentencePiece` model.
    SentencePiece,
    /// GPT-2's `vocab.json` with `merges.txt`.
    Gpt2Pair,
    /// BERT's `vocab.txt`.
    WordPieceList,
    /// Mistral's `tekken.json`.
    Tekken,
    /// The vocabulary in a GGUF model.
    Gguf,
}

impl TokenizerFormat {
    /// The name by which it is known.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "Hugging Face tokenizer.json",
            Self::Tiktoken => "tiktoken ranks",
            Self::SentencePiece => "SentencePiece model",
            Self::Gpt2Pair => "vocab.json and merges.txt",
            Self::WordPieceList => "WordPiece vocab.txt",
            Self::Tekken => "Tekken JSON",
            Self::Gguf => "GGUF vocabulary",
        }
    }
}

/// An opened tokenizer file.
#[derive(Debug)]
pub struct OpenedTokenizer {
    /// The tokenizer.
    pub tokenizer: Tokenizer,
    /// What kind of file it was.
    pub format: TokenizerFormat,
    /// What the file says of itself, a name and a value each, besides its algorithm and size: what is added around a text, …
    pub facts: Vec<(&'static str, String)>,
    /// What a person should know about it, if anything.
    pub warnings: Vec<String>,
}

/// Why a tokenizer file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerFileError {
    /// The content is of no known kind.
    #[error(
        "this is no tokenizer file that is known; choose a tokenizer.json, a SentencePiece .model, a .tiktoken rank file, a \
         vocab.json with its merges.txt, a vocab.txt, a tekken.json or a GGUF model"
    )]
    Unrecognized,
    /// It is JSON, but cut short or broken.
    #[error("the JSON is broken at line {line}, column {column}: {reason}; download the file again")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser said.
        reason: String,
    },
    /// It is JSON but does not describe a tokenizer that works.
    #[error("this tokenizer.json does not describe a tokenizer that works here: {0}")]
    Rules(String),
    /// It is a rank file with something wrong in it.
    #[error("this rank file cannot be read: {0}")]
    Ranks(#[from] RanksError),
    /// It is a `SentencePiece` model with something wrong in it.
    #[error("this SentencePiece model cannot be read: {0}")]
    Model(#[from] ModelError),
    /// It is a vocabulary of another kind with something wrong in it.
    #[error("{} cannot be read: {reason}", .format.name())]
    Vocabulary {
        /// The kind.
        format: TokenizerFormat,
        /// What is wrong, where, and what to do.
        reason: String,
    },
    /// Half of the tokenizer is in another file, which is missing.
    #[error(
        "this file is half of a tokenizer; put {missing} beside it, or open the model's tokenizer.json instead"
    )]
    Half {
        /// The names that the other file may have.
        missing: String,
    },
    /// A file beside it cannot be read.
    #[error("{name}, which belongs to it, cannot be read: {problem}")]
    Beside {
        /// The other file.
        name: String,
        /// Why.
        problem: Problem,
    },
    /// It is larger than any tokenizer file in use.
    #[error("the file has {bytes} bytes; tokenizer files up to {limit} bytes are read")]
    TooLarge {
        /// The file's size.
        bytes: usize,
        /// The greatest size.
        limit: usize,
    },
}

/// The largest tokenizer file that is read: 256 MiB. The largest in use have about 35 MB.
pub(super) const LARGEST_FILE: usize = 256 << 20;

/// Recognizes a tokenizer file by its content; `None` for anything else. Only the beginning is looked at.
pub fn sniff(source: &Source) -> Option<TokenizerFormat> {
    if gguf_file::has_tokens(source.bytes()) {
        return Some(TokenizerFormat::Gguf);
    }
    sniff_bytes(source.bytes())
}

fn sniff_bytes(bytes: &[u8]) -> Option<TokenizerFormat> {
    if sentencepiece::is_model(bytes) {
        return Some(TokenizerFormat::SentencePiece);
    }
    let text = without_mark(bytes).trim_ascii_start();
    if text.first() == Some(&b'{') {
        return if tekken::is_tekken(text) {
            Some(TokenizerFormat::Tekken)
        } else if json::is_tokenizer(text) {
            Some(TokenizerFormat::Json)
        } else {
            gpt2_pair::is_vocabulary(text).then_some(TokenizerFormat::Gpt2Pair)
        };
    }
    let is_ranks = tiktoken::are_ranks(text).then_some(TokenizerFormat::Tiktoken);
    is_ranks
        .or_else(|| gpt2_pair::are_merges(text).then_some(TokenizerFormat::Gpt2Pair))
        .or_else(|| wordpiece_list::is_list(without_mark(bytes)).then_some(TokenizerFormat::WordPieceList))
}

/// A text file without the mark of UTF-8 that some editors put in front.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Opens a tokenizer file, with what files beside it say. It is shown by the file's name without its ending.
///
/// # Errors
/// [`TokenizerFileError`]: what is wrong, where, and what to do. Never panics, whatever the bytes are.
pub fn open(source: &Source) -> Result<OpenedTokenizer, TokenizerFileError> {
    let bytes = source.bytes();
    if gguf_file::has_tokens(bytes) {
        let vocabulary = gguf_file::read(bytes).map_err(|problem| TokenizerFileError::Vocabulary {
            format: TokenizerFormat::Gguf,
            reason: problem.to_string(),
        })?;
        return gguf::open_vocabulary(vocabulary, source.stem());
    }
    if bytes.len() > LARGEST_FILE {
        return Err(TokenizerFileError::TooLarge { bytes: bytes.len(), limit: LARGEST_FILE });
    }
    let format = sniff(source).ok_or(TokenizerFileError::Unrecognized)?;
    let text = without_mark(bytes);
    let draft = match format {
        TokenizerFormat::Json => json::read(text, &Config::beside(source))?,
        TokenizerFormat::Tiktoken => tiktoken::read(text)?,
        TokenizerFormat::SentencePiece => sentencepiece::read(bytes, source.name(), &Config::beside(source))?,
        TokenizerFormat::Gpt2Pair => gpt2_pair::read(source, &Config::beside(source))?,
        TokenizerFormat::WordPieceList => wordpiece_list::read(text, &Config::beside(source))?,
        TokenizerFormat::Tekken => tekken::read(text)?,
        TokenizerFormat::Gguf => return Err(TokenizerFileError::Unrecognized),
    };
    Ok(draft.finish(source.stem(), format))
}

#[cfg(test)]
mod tests;
