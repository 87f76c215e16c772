//! Tokenizers that a Hugging Face `tokenizer.json` describes, run by the `tokenizers` crate, with exact spans added.
//!
//! The crate reports a character's whole span for each of several tokens that share it, and has no span of its own for a
//! space that a normalizer put in front. Here spans are worked out from the bytes that the tokens stand for wherever these
//! retrace the text, and only otherwise taken from the crate.

use super::byte_alphabet;
use super::encoding::{EncodeError, Token};
use super::tokenizer::Algorithm;
use crate::progress::Progress;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::{Sequence, Strip};
use tokenizers::{DecoderWrapper, ModelWrapper, NormalizerWrapper, PreTokenizerWrapper};

/// How a vocabulary writes its pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// One letter of the byte alphabet a byte.
    ByteLevel,
    /// `▁` is a space and `<0x0A>` a byte.
    Metaspace,
    /// `##` in front says that no space comes before.
    WordPiece,
    /// Pieces are what they say.
    Plain,
}

/// The mark of a space in vocabularies that come from SentencePiece: U+2581.
pub(super) const SPACE_MARK: char = '▁';

/// A tokenizer run by the `tokenizers` crate.
pub(super) struct Library {
    /// Takes typed special tokens as text.
    plain: tokenizers::Tokenizer,
    /// Takes them as control; made when first asked for.
    control: OnceLock<Box<tokenizers::Tokenizer>>,
    pieces: Vec<Option<Box<str>>>,
    ids: HashMap<Box<str>, u32>,
    special_ids: HashSet<u32>,
    pub(super) spelling: Spelling,
    pub(super) unknown: Option<u32>,
    /// A text may be cut before a single space between two ASCII letters or digits without changing its tokens.
    cuts_at_spaces: bool,
}

/// What the crate does not tell of a Unigram model that it has read.
#[derive(serde::Deserialize)]
struct Settings {
    model: UnigramSettings,
}

#[derive(serde::Deserialize)]
struct UnigramSettings {
    unk_id: Option<usize>,
    #[serde(default)]
    byte_fallback: bool,
}

/// The least that is encoded at once where a text may be cut.
const CHUNK: usize = 16 * 1024;

impl Library {
    /// Takes over a tokenizer: no truncation, no padding, typed special tokens are text.
    pub(super) fn new(mut plain: tokenizers::Tokenizer) -> Result<Self, tokenizers::Error> {
        plain.with_truncation(None)?;
        plain.with_padding(None);
        plain.set_encode_special_tokens(true);
        let vocabulary = plain.get_vocab(true);
        let mut ids = HashMap::with_capacity(vocabulary.len());
        let end = vocabulary.values().max().map_or(0, |&id| id as usize + 1);
        // IDs number rows of a matrix: far beyond the count of pieces they are a mistake, or made to fill the memory.
        if end > 4 * vocabulary.len() + (1 << 20) {
            return Err(
                format!("it has {} pieces, but numbers them up to {}", vocabulary.len(), end - 1).into()
            );
        }
        let mut pieces = vec![None; end];
        for (piece, id) in vocabulary {
            pieces[id as usize] = Some(piece.clone().into_boxed_str());
            ids.insert(piece.into_boxed_str(), id);
        }
        let spelling = spelling_of(&plain);
        let unknown = unknown_of(&plain).and_then(|piece| ids.get(piece.as_str()).copied());
        let control = OnceLock::new();
        let special_ids = HashSet::new();
        let mut library =
            Self { plain, control, pieces, ids, special_ids, spelling, unknown, cuts_at_spaces: false };
        library.special_ids = library.specials().into_iter().map(|(_, id)| id).collect();
        Ok(library)
    }

    /// Reads a `tokenizer.json`.
    pub(super) fn from_json(file: &[u8]) -> Result<Self, tokenizers::Error> {
        let mut library = Self::new(tokenizers::Tokenizer::from_bytes(file)?)?;
        library.hide_control_pieces(file)?;
        Ok(library)
    }

    /// A `tokenizer.json` that comes with the program, with what its conversion from SentencePiece left out.
    pub(super) fn built_in(file: &[u8]) -> Result<Self, tokenizers::Error> {
        let mut library = Self::from_json(file)?;
        let plain = &mut library.plain;
        if matches!(plain.get_model(), ModelWrapper::Unigram(_)) {
            // SentencePiece takes away white space at both ends; the converted file forgets to.
            let given = plain.get_normalizer().cloned().into_iter();
            let strip = NormalizerWrapper::StripNormalizer(Strip::new(true, true));
            plain.with_normalizer(Some(Sequence::new(given.chain([strip]).collect())))?;
        }
        library.cuts_at_spaces =
            matches!(plain.get_model(), ModelWrapper::Unigram(_) | ModelWrapper::WordPiece(_));
        Ok(library)
    }

    /// Puts the names of special tokens out of a Unigram model's reach, so that typed ones are text.
    ///
    /// Files converted from SentencePiece list control pieces among the ordinary ones, where the model finds them in any
    /// text; SentencePiece itself never does. A name with a space in it is out of reach: spaces become `▁` beforehand.
    fn hide_control_pieces(&mut self, file: &[u8]) -> Result<(), tokenizers::Error> {
        let ModelWrapper::Unigram(model) = self.plain.get_model() else { return Ok(()) };
        let Settings { model: UnigramSettings { unk_id, byte_fallback } } = serde_json::from_slice(file)?;
        let specials: HashSet<String> = self.specials().into_iter().map(|(name, _)| name).collect();
        let hide = |(piece, score): &(String, f64)| {
            (if specials.contains(piece) { format!(" {piece}") } else { piece.clone() }, *score)
        };
        let pieces = model.iter().map(hide).collect();
        self.plain.with_model(Unigram::from(pieces, unk_id, byte_fallback)?);
        Ok(())
    }

    /// The special tokens: their names and IDs.
    pub(super) fn specials(&self) -> Vec<(String, u32)> {
        let added = self.plain.get_added_tokens_decoder();
        added.into_iter().filter(|(_, token)| token.special).map(|(id, token)| (token.content, id)).collect()
    }

    /// The IDs that the file's own post-processor puts before and after a text.
    pub(super) fn added_around(&self) -> Result<(Vec<u32>, Vec<u32>), tokenizers::Error> {
        let bare = self.plain.encode_fast("a", false)?;
        let whole = self.plain.encode_fast("a", true)?;
        let (bare, whole) = (bare.get_ids(), whole.get_ids());
        let at = whole.windows(bare.len().max(1)).position(|window| window == bare);
        Ok(at.map_or_else(Default::default, |at| (whole[..at].to_vec(), whole[at + bare.len()..].to_vec())))
    }

    /// Whether the tokens of a text always spell the text.
    pub(super) fn is_lossless(&self) -> bool {
        let bytes = self.spelling == Spelling::ByteLevel && self.plain.get_normalizer().is_none();
        let fallback = matches!(self.plain.get_model(), ModelWrapper::BPE(bpe) if bpe.byte_fallback);
        bytes || (fallback && self.spelling == Spelling::Metaspace)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self.plain.get_model() {
            ModelWrapper::BPE(_) if self.spelling == Spelling::ByteLevel => Algorithm::ByteLevelBpe,
            ModelWrapper::BPE(_) => Algorithm::Bpe,
            ModelWrapper::WordPiece(_) => Algorithm::WordPiece,
            ModelWrapper::WordLevel(_) => Algorithm::WordLevel,
            ModelWrapper::Unigram(_) => Algorithm::Unigram,
        }
    }

    pub(super) fn piece(&self, id: u32) -> Option<&str> {
        self.pieces.get(id as usize)?.as_deref()
    }

    pub(super) fn id(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece).copied()
    }

    pub(super) fn end(&self) -> usize {
        self.pieces.len()
    }

    /// The bytes that a piece stands for, whether or not it is special.
    pub(super) fn bytes_of<'p>(&self, piece: &'p str) -> Cow<'p, [u8]> {
        match self.spelling {
            Spelling::ByteLevel => {
                byte_alphabet::read(piece).map_or(Cow::Borrowed(piece.as_bytes()), Cow::Owned)
            }
            Spelling::Metaspace => byte_piece(piece).map_or_else(
                || Cow::Owned(piece.replace(SPACE_MARK, " ").into_bytes()),
                |byte| Cow::Owned(vec![byte]),
            ),
            Spelling::WordPiece => Cow::Borrowed(piece.strip_prefix("##").unwrap_or(piece).as_bytes()),
            Spelling::Plain => Cow::Borrowed(piece.as_bytes()),
        }
    }

    /// Appends the tokens of `text`, which begins at `base` in the original.
    pub(super) fn encode(
        &self,
        text: &str,
        typed_special: bool,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let mut at = 0;
        while at < text.len() {
            progress.check()?;
            progress.report(at as f32 / text.len() as f32);
            let end = if self.cuts_at_spaces { chunk_end(text, at) } else { text.len() };
            self.encode_chunk(&text[at..end], at, typed_special, tokens)?;
            at = end;
        }
        Ok(())
    }

    fn encode_chunk(
        &self,
        text: &str,
        base: usize,
        typed_special: bool,
        tokens: &mut Vec<Token>,
    ) -> Result<(), EncodeError> {
        let engine = if typed_special { self.control() } else { &self.plain };
        let encoded = engine.encode(text, false).map_err(|error| EncodeError::Rules(error.to_string()))?;
        let ids = encoded.get_ids();
        let spans = (self.retrace(text, ids, true))
            .or_else(|| self.retrace(text, ids, false))
            .unwrap_or_else(|| ordered(encoded.get_offsets(), text));
        tokens.extend(ids.iter().zip(spans).map(|(&id, (start, end))| Token {
            id,
            start: base + start,
            end: base + end,
            added: false,
        }));
        Ok(())
    }

    fn control(&self) -> &tokenizers::Tokenizer {
        self.control.get_or_init(|| {
            let mut control = self.plain.clone();
            control.set_encode_special_tokens(false);
            Box::new(control)
        })
    }

    /// The spans of tokens whose bytes, one after another, are exactly `text`; `None` if they are not.
    ///
    /// With `prefixed`, the space that opens the first token, and the first after each special token, was put there by the
    /// normalizer and stands for nothing in the text.
    fn retrace(&self, text: &str, ids: &[u32], prefixed: bool) -> Option<Vec<(usize, usize)>> {
        if !matches!(self.spelling, Spelling::ByteLevel | Spelling::Metaspace) {
            return None;
        }
        let bytes = text.as_bytes();
        let mut mark = [0; 4];
        let mark = SPACE_MARK.encode_utf8(&mut mark).as_bytes();
        let mut at = 0;
        let mut opens = prefixed;
        let mut spans = Vec::with_capacity(ids.len());
        for &id in ids {
            let start = at;
            let name = self.piece(id)?;
            let piece = self.bytes_of(name);
            let own = if opens { piece.strip_prefix(b" ").unwrap_or(&piece) } else { &piece[..] };
            for &byte in own {
                if bytes.get(at) == Some(&byte) {
                    at += 1;
                } else if byte == b' ' && bytes[at..].starts_with(mark) {
                    at += mark.len();
                } else {
                    return None;
                }
            }
            opens = prefixed && self.special_ids.contains(&id);
            spans.push((start, at));
        }
        (at == bytes.len()).then_some(spans)
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Library").field("pieces", &self.ids.len()).finish_non_exhaustive()
    }
}

/// The byte of a piece such as `<0x0A>`.
pub(super) fn byte_piece(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// Where a chunk that begins at `from` ends: before a single space between two ASCII letters or digits.
fn chunk_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let first = from + CHUNK;
    let cut = |&at: &usize| {
        bytes[at] == b' ' && bytes[at - 1].is_ascii_alphanumeric() && bytes[at + 1].is_ascii_alphanumeric()
    };
    (first..bytes.len().saturating_sub(1)).find(cut).unwrap_or(bytes.len())
}

/// The crate's spans, made to never decrease and to stay within the text.
fn ordered(offsets: &[(usize, usize)], text: &str) -> Vec<(usize, usize)> {
    let (mut least_start, mut least_end) = (0, 0);
    let spans = offsets.iter().map(|&(start, end)| {
        least_start = start.clamp(least_start, text.len());
        least_end = end.clamp(least_end, text.len()).max(least_start);
        (least_start, least_end)
    });
    spans.collect()
}

fn spelling_of(tokenizer: &tokenizers::Tokenizer) -> Spelling {
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
    decoder.or_else(|| tokenizer.get_pre_tokenizer().and_then(pre)).unwrap_or(match tokenizer.get_model() {
        ModelWrapper::WordPiece(_) => Spelling::WordPiece,
        ModelWrapper::Unigram(_) => Spelling::Metaspace,
        ModelWrapper::BPE(bpe) if bpe.byte_fallback => Spelling::Metaspace,
        _ => Spelling::Plain,
    })
}

fn unknown_of(tokenizer: &tokenizers::Tokenizer) -> Option<String> {
    match tokenizer.get_model() {
        ModelWrapper::BPE(bpe) => bpe.unk_token.clone(),
        ModelWrapper::WordPiece(model) => Some(model.unk_token.clone()),
        ModelWrapper::WordLevel(model) => Some(model.unk_token.clone()),
        // The crate keeps Unigram's unknown ID to itself; all that are in use have this name.
        ModelWrapper::Unigram(_) => Some("<unk>".to_owned()),
    }
}
