//! A Unigram model is learned: by the trainer of the `tokenizers` crate, which cannot be stopped midway.

use tokenizers::models::unigram::{Unigram, UnigramTrainer};
use tokenizers::{AddedToken, Trainer};

use super::recipe::{Kind, Words};

/// Learns a Unigram model of `size` pieces.
///
/// # Errors
/// What the crate says of words that give no such model.
pub(super) fn learn(words: &Words, size: usize) -> Result<Unigram, tokenizers::Error> {
    let specials = Kind::Unigram.specials().iter().map(|name| AddedToken::from(*name, true)).collect();
    let mut trainer = UnigramTrainer::builder()
        .vocab_size(u32::try_from(size).unwrap_or(u32::MAX))
        .unk_token(Some("<unk>".to_owned()))
        .special_tokens(specials)
        .show_progress(false)
        .build()?;
    // It takes words one by one, and counts them again.
    let each = words.0.iter().flat_map(|(word, count)| std::iter::repeat_n(word, *count as usize));
    trainer.feed(each, |word| Ok(vec![word.to_owned()]))?;
    let mut model = Unigram::default();
    trainer.train(&mut model)?;
    Ok(model)
}
