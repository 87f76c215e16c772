//! What stands around a model that is trained: how texts are normalized and cut into words, and how tokens become text again.

use std::collections::HashMap;
use std::hash::Hash;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::{
    DecoderWrapper, NormalizedString, Normalizer, NormalizerWrapper, OffsetReferential, OffsetType,
    PreTokenizedString, PreTokenizer,
};

use crate::progress::{Cancelled, Progress};
use crate::tokens::Algorithm;

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Byte-pair encoding over bytes, as in GPT-2.
    #[default]
    ByteLevelBpe,
    /// Byte-pair encoding over characters, as in Llama 2.
    Bpe,
    /// As in BERT.
    WordPiece,
    /// As in T5.
    Unigram,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::ByteLevelBpe, Self::Bpe, Self::WordPiece, Self::Unigram];

    /// The usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let algorithm = match self {
            Self::ByteLevelBpe => Algorithm::ByteLevelBpe,
            Self::Bpe => Algorithm::Bpe,
            Self::WordPiece => Algorithm::WordPiece,
            Self::Unigram => Algorithm::Unigram,
        };
        algorithm.name()
    }

    /// A name that leaves room for more.
    pub(super) fn short_name(self) -> &'static str {
        if self == Self::ByteLevelBpe { "byte BPE" } else { self.name() }
    }

    /// The tokens that the vocabulary begins with, and that no text makes.
    #[must_use]
    pub fn specials(self) -> &'static [&'static str] {
        match self {
            Self::ByteLevelBpe => &["<|endoftext|>"],
            Self::Bpe | Self::Unigram => &["<unk>"],
            Self::WordPiece => &["[UNK]"],
        }
    }

    /// What is written before a piece that goes on with a word.
    pub(super) fn prefix(self) -> &'static str {
        if self == Self::WordPiece { "##" } else { "" }
    }

    fn normalizer(self) -> Option<NormalizerWrapper> {
        // As BERT's uncased models have it.
        (self == Self::WordPiece).then(|| BertNormalizer::new(true, true, Some(true), true).into())
    }

    fn cutter(self) -> PreTokenizerWrapper {
        match self {
            Self::ByteLevelBpe => ByteLevel::new(false, true, true).into(),
            Self::Bpe | Self::Unigram => Metaspace::new('▁', PrependScheme::Always, true).into(),
            Self::WordPiece => BertPreTokenizer.into(),
        }
    }

    fn decoder(self) -> DecoderWrapper {
        match self {
            Self::ByteLevelBpe => ByteLevel::new(false, true, true).into(),
            Self::Bpe | Self::Unigram => Metaspace::new('▁', PrependScheme::Always, true).into(),
            Self::WordPiece => tokenizers::decoders::wordpiece::WordPiece::new("##".to_owned(), true).into(),
        }
    }

    /// The words of a text in their order, in the spelling of this kind.
    pub(super) fn words(self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        cut(text, self.normalizer().as_ref(), &self.cutter(), |word| words.push(word.to_owned()));
        words
    }

    /// A tokenizer of this kind without a model.
    pub(super) fn tokenizer(self) -> Result<tokenizers::Tokenizer, tokenizers::Error> {
        let mut tokenizer = tokenizers::Tokenizer::new(BPE::default());
        tokenizer.with_normalizer(self.normalizer())?;
        tokenizer.with_pre_tokenizer(Some(self.cutter()));
        tokenizer.with_decoder(Some(self.decoder()));
        Ok(tokenizer)
    }
}

/// Cuts a text into words. None of these rules fails on any text.
fn cut(
    text: &str,
    normalizer: Option<&NormalizerWrapper>,
    cutter: &PreTokenizerWrapper,
    mut found: impl FnMut(&str),
) {
    let mut normalized = NormalizedString::from(text);
    if let Some(normalizer) = normalizer {
        let _ = normalizer.normalize(&mut normalized);
    }
    let mut cut = PreTokenizedString::from(normalized);
    let _ = cutter.pre_tokenize(&mut cut);
    let words = cut.get_splits(OffsetReferential::Normalized, OffsetType::Byte);
    words.into_iter().filter(|(word, ..)| !word.is_empty()).for_each(|(word, ..)| found(word));
}

/// Two counts of the same kind of thing as one.
pub(super) fn added<K: Eq + Hash>(mut all: HashMap<K, u64>, more: HashMap<K, u64>) -> HashMap<K, u64> {
    for (key, count) in more {
        *all.entry(key).or_default() += count;
    }
    all
}

/// The words of a text, each once and with how often it is there, in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(pub Vec<(String, u64)>);

impl Words {
    /// The words of a text, line by line, as a kind of tokenizer cuts them, in its own spelling.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn of(text: &str, kind: Kind, progress: &dyn Progress) -> Result<Self, Cancelled> {
        let (normalizer, cutter) = (kind.normalizer(), kind.cutter());
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let counted = lines.par_chunks(256).map(|lines| {
            progress.check()?;
            let mut counts: HashMap<String, u64> = HashMap::new();
            for line in lines {
                cut(line, normalizer.as_ref(), &cutter, |word| match counts.get_mut(word) {
                    Some(count) => *count += 1,
                    None => drop(counts.insert(word.to_owned(), 1)),
                });
            }
            Ok(counts)
        });
        let all = counted.try_reduce(HashMap::new, |all, more| Ok(added(all, more)))?;
        let mut words: Vec<(String, u64)> = all.into_iter().collect();
        words.sort_unstable();
        Ok(Self(words))
    }

    /// How many words there are, each as often as it is there.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }
}
