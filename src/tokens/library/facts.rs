//! What there is to know of a tokenizer that the crate runs.

use tokenizers::ModelWrapper;

use super::Library;
use crate::tokens::Algorithm;
use crate::tokens::spelling::Spelling;

impl Library {
    /// The special tokens: their names and IDs.
    pub(in crate::tokens) fn specials(&self) -> Vec<(String, u32)> {
        let added = self.plain.get_added_tokens_decoder();
        added.into_iter().filter(|(_, token)| token.special).map(|(id, token)| (token.content, id)).collect()
    }

    /// The IDs that the file's own post-processor puts before and after a text.
    pub(in crate::tokens) fn added_around(&self) -> Result<(Vec<u32>, Vec<u32>), tokenizers::Error> {
        let bare = self.plain.encode_fast("a", false)?;
        let whole = self.plain.encode_fast("a", true)?;
        let (bare, whole) = (bare.get_ids(), whole.get_ids());
        let at = whole.windows(bare.len().max(1)).position(|window| window == bare);
        Ok(at.map_or_else(Default::default, |at| (whole[..at].to_vec(), whole[at + bare.len()..].to_vec())))
    }

    /// Whether the tokens of a text always spell the text.
    pub(in crate::tokens) fn is_lossless(&self) -> bool {
        let unchanged = self.spelling == Spelling::ByteLevel && self.plain.get_normalizer().is_none();
        let fallback = matches!(self.plain.get_model(), ModelWrapper::BPE(bpe) if bpe.byte_fallback);
        (unchanged && self.has_all_bytes) || (fallback && self.spelling == Spelling::Metaspace)
    }

    pub(in crate::tokens) fn algorithm(&self) -> Algorithm {
        match self.plain.get_model() {
            ModelWrapper::BPE(_) if self.spelling.is_of_bytes() => Algorithm::ByteLevelBpe,
            ModelWrapper::BPE(_) => Algorithm::Bpe,
            ModelWrapper::WordPiece(_) => Algorithm::WordPiece,
            ModelWrapper::WordLevel(_) => Algorithm::WordLevel,
            ModelWrapper::Unigram(_) => Algorithm::Unigram,
        }
    }

    pub(in crate::tokens) fn piece(&self, id: u32) -> Option<&str> {
        self.pieces.get(id as usize)?.as_deref()
    }

    pub(in crate::tokens) fn id(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece).copied()
    }

    pub(in crate::tokens) fn end(&self) -> usize {
        self.pieces.len()
    }

    /// Whether a text may be cut without changing its tokens.
    pub(in crate::tokens) fn may_be_cut(&self) -> bool {
        self.cuts_at_spaces
    }
}
