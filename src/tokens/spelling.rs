//! How vocabularies spell their pieces: what `Ġ`, `▁`, `##`, `</w>` and `<0x0A>` mean.

use super::byte_alphabet;
use std::borrow::Cow;
use tokenizers::models::bpe::BPE;
use tokenizers::{DecoderWrapper, ModelWrapper, PreTokenizerWrapper};

/// How a vocabulary writes its pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// One letter of the byte alphabet a byte.
    ByteLevel,
    /// `▁` is a space and `<0x0A>` a byte.
    Metaspace,
    /// `##` in front says that no space comes before.
    WordPiece,
    /// One letter of the byte alphabet a byte, and `</w>` where a word ends: CLIP's way.
    ByteLevelWordEnd,
    /// Characters, and `</w>` where a word ends: the first GPT's way.
    WordEnd,
    /// Pieces are what they say.
    Plain,
}

/// What `WordPiece` writes in front of what goes on with a word.
const CONTINUATION: &str = "##";

/// The mark of a space in vocabularies that come from `SentencePiece`: U+2581.
pub(super) const SPACE_MARK: char = '▁';

/// The mark of the end of a word, in vocabularies whose pieces are not marked where a word begins.
pub(super) const WORD_END: &str = "</w>";

impl Spelling {
    /// The bytes that a piece stands for.
    pub(super) fn bytes(self, piece: &str) -> Cow<'_, [u8]> {
        match self {
            Self::ByteLevel => byte_alphabet::read(piece).map_or(Cow::Borrowed(piece.as_bytes()), Cow::Owned),
            Self::Metaspace => byte_piece(piece).map_or_else(
                || Cow::Owned(piece.replace(SPACE_MARK, " ").into_bytes()),
                |byte| Cow::Owned(vec![byte]),
            ),
            Self::WordPiece => Cow::Borrowed(piece.strip_prefix(CONTINUATION).unwrap_or(piece).as_bytes()),
            Self::ByteLevelWordEnd => Self::ByteLevel.bytes(piece.strip_suffix(WORD_END).unwrap_or(piece)),
            Self::WordEnd => Cow::Borrowed(piece.strip_suffix(WORD_END).unwrap_or(piece).as_bytes()),
            Self::Plain => Cow::Borrowed(piece.as_bytes()),
        }
    }

    /// The bytes by which people read a piece: those that it stands for, but for the `##` of `WordPiece`, without which the
    /// end of a word would look like a word. Where pieces mark the end of a word, it is read as a
    /// space. GGUF marks the other pieces of `WordPiece`, those that begin a word, by `▁`.
    pub(super) fn read(self, piece: &str) -> Cow<'_, [u8]> {
        if let Some(word) = self.ends_word(piece).then(|| self.bytes(piece)) {
            return Cow::Owned([&word, &b" "[..]].concat());
        }
        match (self, piece.strip_prefix(SPACE_MARK)) {
            (Self::WordPiece, Some(word)) if !word.is_empty() => Cow::Owned(format!(" {word}").into_bytes()),
            (Self::WordPiece, _) => Cow::Borrowed(piece.as_bytes()),
            _ => self.bytes(piece),
        }
    }

    /// The piece that [`Spelling::read`] reads as `text`, whether or not a vocabulary has it.
    pub(super) fn write(self, text: &str) -> String {
        match self {
            Self::ByteLevel => byte_alphabet::write(text.as_bytes()),
            Self::Metaspace => text.replace(' ', SPACE_MARK.encode_utf8(&mut [0; 4])),
            Self::WordPiece => {
                text.strip_prefix(' ').map_or_else(|| text.to_owned(), |word| format!("{SPACE_MARK}{word}"))
            }
            Self::ByteLevelWordEnd | Self::WordEnd => {
                let (word, end) = text.strip_suffix(' ').map_or((text, ""), |word| (word, WORD_END));
                let word =
                    if self.is_of_bytes() { byte_alphabet::write(word.as_bytes()) } else { word.to_owned() };
                word + end
            }
            Self::Plain => text.to_owned(),
        }
    }

    /// Whether each letter of a piece is a byte.
    pub(super) fn is_of_bytes(self) -> bool {
        matches!(self, Self::ByteLevel | Self::ByteLevelWordEnd)
    }

    /// Whether a piece says by itself that a word ends with it.
    pub(super) fn ends_word(self, piece: &str) -> bool {
        self.marks_ends() && piece.ends_with(WORD_END)
    }

    /// Whether pieces say where words end, and not where they begin.
    pub(super) fn marks_ends(self) -> bool {
        matches!(self, Self::ByteLevelWordEnd | Self::WordEnd)
    }
}

/// The byte of a piece such as `<0x0A>`.
pub(super) fn byte_piece(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    let both = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    both.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// How a tokenizer's vocabulary is spelled, told by its decoder, then its pre-tokenizer, then its model.
pub(super) fn spelling_of(tokenizer: &tokenizers::Tokenizer) -> Spelling {
    fn pre(wrapper: &PreTokenizerWrapper) -> Option<Spelling> {
        match wrapper {
            PreTokenizerWrapper::ByteLevel(_) => Some(Spelling::ByteLevel),
            PreTokenizerWrapper::Metaspace(_) => Some(Spelling::Metaspace),
            PreTokenizerWrapper::Sequence(all) => all.as_ref().iter().find_map(pre),
            _ => None,
        }
    }
    let decoder = match tokenizer.get_decoder() {
        Some(DecoderWrapper::ByteLevel(_)) => Some(Spelling::ByteLevel),
        Some(DecoderWrapper::Metaspace(_)) => Some(Spelling::Metaspace),
        Some(DecoderWrapper::WordPiece(_)) => Some(Spelling::WordPiece),
        _ => None,
    };
    let told = decoder.or_else(|| tokenizer.get_pre_tokenizer().and_then(pre));
    let marks_ends = |bpe: &BPE| bpe.end_of_word_suffix.as_deref() == Some(WORD_END) && !bpe.byte_fallback;
    match (told, tokenizer.get_model()) {
        (Some(Spelling::ByteLevel), ModelWrapper::BPE(bpe)) if marks_ends(bpe) => Spelling::ByteLevelWordEnd,
        (None, ModelWrapper::BPE(bpe)) if marks_ends(bpe) => Spelling::WordEnd,
        (Some(told), _) => told,
        (None, ModelWrapper::WordPiece(_)) => Spelling::WordPiece,
        (None, ModelWrapper::Unigram(_)) => Spelling::Metaspace,
        (None, ModelWrapper::BPE(bpe)) if bpe.byte_fallback => Spelling::Metaspace,
        (None, _) => Spelling::Plain,
    }
}

/// The piece that stands for what the vocabulary cannot spell.
pub(super) fn unknown_of(tokenizer: &tokenizers::Tokenizer) -> Option<String> {
    match tokenizer.get_model() {
        ModelWrapper::BPE(bpe) => bpe.unk_token.clone(),
        ModelWrapper::WordPiece(model) => Some(model.unk_token.clone()),
        ModelWrapper::WordLevel(model) => Some(model.unk_token.clone()),
        // The crate keeps Unigram's unknown ID to itself. A `tokenizer.json` says it: until that is read, the usual name.
        ModelWrapper::Unigram(_) => Some("<unk>".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Spelling, byte_piece};

    #[test]
    fn pieces_stand_for_their_bytes() {
        assert_eq!(&*Spelling::ByteLevel.bytes("Ġthe"), b" the");
        assert_eq!(&*Spelling::Metaspace.bytes("▁the"), b" the");
        assert_eq!(&*Spelling::Metaspace.bytes("<0xF0>"), [0xf0]);
        assert_eq!(&*Spelling::WordPiece.bytes("##izing"), b"izing");
        assert_eq!(&*Spelling::Plain.bytes("▁"), "▁".as_bytes());
        assert_eq!(&*Spelling::ByteLevelWordEnd.bytes("Ã©</w>"), "é".as_bytes());
        assert_eq!(&*Spelling::WordEnd.bytes("é</w>"), "é".as_bytes());
        assert!(Spelling::WordEnd.ends_word("é</w>") && !Spelling::Plain.ends_word("é</w>"));
    }

    #[test]
    fn pieces_are_read_as_text_and_written_again() {
        let spellings = [
            (Spelling::ByteLevel, "ĠcafÃ©", " café"),
            (Spelling::Metaspace, "▁café", " café"),
            (Spelling::WordPiece, "##izing", "##izing"),
            (Spelling::WordPiece, "▁cat", " cat"),
            (Spelling::Plain, "Ġ▁", "Ġ▁"),
        ];
        for (spelling, piece, text) in spellings {
            assert_eq!(&*spelling.read(piece), text.as_bytes(), "{piece}");
            assert_eq!(spelling.write(text), piece);
        }
        assert_eq!(&*Spelling::ByteLevel.read("Ã"), [0xC3], "a part of a character");
        assert_eq!(&*Spelling::ByteLevel.read("[row 7]"), b"[row 7]", "no piece of this vocabulary");
        assert_eq!(&*Spelling::WordPiece.read("▁"), "▁".as_bytes());
    }

    #[test]
    fn only_two_hexadecimal_digits_make_a_byte() {
        assert_eq!(byte_piece("<0x0A>"), Some(10));
        for other in ["<0xA>", "<0x0G>", "<0x+A>", "0x0A", "<0x0A", "<0x00A>"] {
            assert_eq!(byte_piece(other), None, "{other}");
        }
    }
}
