//! A tokenizer is trained: from a text to what can be used, saved and compared.

use std::sync::Arc;

use rayon::prelude::*;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::{AddedToken, Model, ModelWrapper};

use super::growth::{Baseline, Growth, baselines};
use super::pairs::{Learned, learn};
use super::recipe::{Kind, Words};
use super::unigram;
use crate::files::Source;
use crate::progress::{Cancelled, Part, Progress};
use crate::tokens::Tokenizer;
use crate::tokens::files::open;

/// Why nothing was trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The text has no words at all.
    #[error("There is nothing to learn from: the text has no words.")]
    Nothing,
    /// The `tokenizers` crate's own trainer or model refuses.
    #[error(
        "No tokenizer comes out of this text: {0}. Take a longer text, or another size of the vocabulary."
    )]
    Rules(String),
    /// The work is no longer wanted.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What was learned from a text.
#[derive(Debug)]
pub struct Trained {
    pub kind: Kind,
    /// The words of what was trained on: the first nine tenths of the text.
    pub words: Words,
    /// The words of the rest, which was not trained on.
    pub others: Words,
    /// The merges, where the kind learns by them.
    pub learned: Option<Learned>,
    /// How long the trained part and the rest, which was not trained on, are after each merge, where the kind learns by them.
    pub growth: Option<[Growth; 2]>,
    /// How many words there are in all.
    pub total: u64,
    /// How many tokens the trained part and the rest are under the tokenizer, line by line.
    pub tokens: [u64; 2],
    /// The share of the rest's tokens that say "unknown".
    pub unseen: f64,
    /// What bytes, characters and words come to for the same two texts.
    pub baselines: [Baseline; 3],
    pub tokenizer: Arc<Tokenizer>,
    /// The tokenizer as a `tokenizer.json`.
    pub file: Arc<[u8]>,
}

/// The most entries that are trained.
pub const MOST_ENTRIES: usize = 1 << 17;

/// Trains a tokenizer of `size` entries, at most [`MOST_ENTRIES`], on the first nine tenths of a text. Fewer come out where the
/// text has no more to give, and more where single letters are more already.
///
/// # Errors
/// [`TrainError`].
pub fn train(text: &str, kind: Kind, size: usize, progress: &dyn Progress) -> Result<Trained, TrainError> {
    let size = size.min(MOST_ENTRIES);
    let (seen, rest) = text.split_at(last_tenth(text));
    let words = Words::of(seen, kind, progress)?;
    let others = Words::of(rest, kind, progress)?;
    if words.0.is_empty() {
        return Err(TrainError::Nothing);
    }
    progress.report(0.1);
    let learned = match kind {
        Kind::Unigram => None,
        _ => Some(learn(kind, &words, size, &Part::new(progress, 0.1, 0.8))?),
    };
    let rules = |error: tokenizers::Error| TrainError::Rules(error.to_string());
    let model = match &learned {
        Some(learned) => model_of(learned).map_err(rules)?,
        None => unigram::learn(&words, size).map_err(rules)?.into(),
    };
    progress.report(0.8);
    let growth = match &learned {
        Some(learned) => Some([learned.growth(&words, progress)?, learned.growth(&others, progress)?]),
        None => None,
    };
    let (tokens, _) = lengths(&model, kind, &words, progress)?;
    let (tokens_of_rest, unknown) = lengths(&model, kind, &others, progress)?;
    let file = file_of(kind, model).map_err(rules)?;
    let source = Source::from_memory("tokenizer.json", file.clone(), Vec::new())
        .map_err(|problem| TrainError::Rules(problem.to_string()))?;
    let opened = open(&source).map_err(|error| TrainError::Rules(error.to_string()))?;
    // By the number of entries that came out, which may be fewer than were asked for.
    let name = format!("{} {}", kind.short_name(), opened.tokenizer.vocabulary_size());
    Ok(Trained {
        kind,
        total: words.total(),
        words,
        others,
        learned,
        growth,
        tokens: [tokens, tokens_of_rest],
        unseen: unknown as f64 / tokens_of_rest.max(1) as f64,
        baselines: baselines(seen, rest),
        tokenizer: Arc::new(opened.tokenizer.named(name)),
        file: file.into(),
    })
}

/// How long the texts of a training are under a vocabulary of another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherSize {
    pub entries: usize,
    /// How many tokens the trained part and the rest are.
    pub tokens: [u64; 2],
}

impl Trained {
    /// What a Unigram vocabulary of about another size comes to: it is no part of a larger one, and is learned anew.
    ///
    /// # Errors
    /// [`TrainError`].
    pub fn at_size(&self, size: usize, progress: &dyn Progress) -> Result<OtherSize, TrainError> {
        let rules = |error: tokenizers::Error| TrainError::Rules(error.to_string());
        let model: ModelWrapper = unigram::learn(&self.words, size).map_err(rules)?.into();
        progress.check()?;
        let (seen, _) = lengths(&model, Kind::Unigram, &self.words, progress)?;
        let (rest, _) = lengths(&model, Kind::Unigram, &self.others, progress)?;
        Ok(OtherSize { entries: model.get_vocab_size(), tokens: [seen, rest] })
    }
}

/// Where the last tenth of a text begins, about: at the beginning of a line, or else of a word, if there is one near.
fn last_tenth(text: &str) -> usize {
    let at = text.floor_char_boundary(text.len() - text.len() / 10);
    let near = text.floor_char_boundary(at - at / 20);
    let before = &text[near..at];
    let line = before.rfind('\n').map(|line| line + 1);
    let word = || before.rfind(char::is_whitespace);
    line.or_else(word).map_or(at, |place| near + place)
}

fn model_of(learned: &Learned) -> Result<ModelWrapper, tokenizers::Error> {
    let vocabulary: Vocab = learned.pieces.iter().cloned().zip(0..).collect();
    let piece = |id: u32| learned.pieces[id as usize].clone();
    let merges = learned.merges.iter().map(|merge| (piece(merge.pair.0), piece(merge.pair.1))).collect();
    Ok(match learned.kind {
        Kind::WordPiece => WordPiece::builder()
            .vocab(vocabulary)
            .unk_token("[UNK]".to_owned())
            .continuing_subword_prefix("##".to_owned())
            .build()?
            .into(),
        Kind::Bpe => {
            BPE::builder().vocab_and_merges(vocabulary, merges).unk_token("<unk>".to_owned()).build()?.into()
        }
        Kind::ByteLevelBpe | Kind::Unigram => {
            BPE::builder().vocab_and_merges(vocabulary, merges).build()?.into()
        }
    })
}

/// How many tokens a model makes of words, and how many of them say "unknown".
fn lengths(
    model: &ModelWrapper,
    kind: Kind,
    words: &Words,
    progress: &dyn Progress,
) -> Result<(u64, u64), TrainError> {
    let unknown = model.token_to_id(kind.specials()[0]);
    let counted = words.0.par_chunks(512).map(|words| {
        progress.check()?;
        let (mut all, mut lost) = (0, 0);
        for (word, count) in words {
            let tokens = model.tokenize(word).map_err(|error| TrainError::Rules(error.to_string()))?;
            all += tokens.len() as u64 * count;
            lost += tokens.iter().filter(|token| Some(token.id) == unknown).count() as u64 * count;
        }
        Ok((all, lost))
    });
    counted.try_reduce(|| (0, 0), |a, b| Ok((a.0 + b.0, a.1 + b.1)))
}

fn file_of(kind: Kind, model: ModelWrapper) -> Result<Vec<u8>, tokenizers::Error> {
    let mut tokenizer = kind.tokenizer()?;
    tokenizer.with_model(model);
    let specials = kind.specials().iter().map(|name| AddedToken::from(*name, true));
    tokenizer.add_special_tokens(specials.collect::<Vec<_>>())?;
    Ok(tokenizer.to_string(true)?.into_bytes())
}
