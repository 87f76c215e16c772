//! `SentencePiece` models, run as the original library runs them: the same normalization, the same pieces, the same IDs.
//!
//! Source: Kudo and Richardson 2018, and the library itself, <https://github.com/google/sentencepiece>. Unlike there, a
//! byte that stands for part of an unknown character gets its own byte of the text as its span.

mod merging;
mod normalizer;
mod problem;
mod trace;
mod trie;
mod viterbi;

pub(super) use normalizer::Rules;
pub use problem::SentencePieceError;

use self::normalizer::{Ends, Normalized, Normalizer};
use self::problem::LONGEST_PIECE;
use self::trie::Trie;
use self::viterbi::Scores;
use super::chunks::{CHUNK, chunks_of};
use super::encoding::{EncodeError, Token};
use super::pieces::Pieces;
use super::spelling::{SPACE_MARK, byte_piece};
use super::tokenizer::Algorithm;
use crate::progress::Progress;
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;

/// What a piece is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Unknown,
    Control,
    UserDefined,
    Unused,
    Byte,
}

impl Kind {
    /// The kind with this number in `SentencePiece`'s models and in GGUF; an unknown one is ordinary.
    pub(super) fn from_number(number: i32) -> Self {
        match number {
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => Self::Normal,
        }
    }
}

/// How pieces are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Unigram,
    Bpe,
    Word,
    Character,
}

/// One piece of a model.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) score: f32,
    pub(super) kind: Kind,
}

/// All that a model's file says.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) pieces: Vec<Piece>,
    pub(super) model: Model,
    pub(super) byte_fallback: bool,
    pub(super) rules: Rules,
    /// Pieces that are empty or stand twice are left out, not refused.
    pub(super) lenient: bool,
}

/// A Unigram text is taken as one up to this size: where sums of scores are rounded depends on where it begins.
const WHOLE: usize = 4 << 20;
/// No piece: an unknown character.
const UNKNOWN: u32 = u32::MAX;

/// A piece that was found in a normalized text.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// Its ID, or [`UNKNOWN`].
    piece: u32,
    /// Its length in the normalized text, in bytes.
    length: u32,
}

/// A model that is ready for use.
pub(super) struct SentencePiece {
    pieces: Pieces,
    kinds: Vec<Kind>,
    scores: Vec<f32>,
    range: Scores,
    model: Model,
    normalizer: Normalizer,
    /// All pieces that can be found in a text, for Unigram.
    trie: Trie,
    /// The pieces that users defined.
    kept: Trie,
    /// Set if unknown characters are spelled byte by byte.
    bytes: Option<Box<[u32; 256]>>,
    pub(super) unknown: Option<u32>,
    /// No piece goes on over the space between two words.
    words_apart: bool,
    /// A text may be cut before a single space between two ASCII letters or digits.
    cuts_at_spaces: bool,
    /// Pieces that were left out of a model which allows it.
    pub(super) left_out: usize,
}

impl SentencePiece {
    /// Puts a model together.
    ///
    /// # Errors
    /// [`SentencePieceError`]: which piece is wrong, or what is missing.
    pub(super) fn new(parts: Parts) -> Result<Self, SentencePieceError> {
        let Parts { pieces: all, model, byte_fallback, rules, lenient } = parts;
        let mut pieces = Pieces::with_capacity(all.len(), all.iter().map(|piece| piece.text.len()).sum());
        let mut left_out = 0;
        for (id, piece) in all.iter().enumerate() {
            if piece.text.len() > LONGEST_PIECE {
                return Err(SentencePieceError::LongPiece(id));
            }
            if piece.score.is_nan() {
                return Err(SentencePieceError::Score(id));
            }
            if pieces.insert(id as u32, piece.text.as_bytes()) {
                continue;
            }
            match piece.text.is_empty() {
                _ if lenient => left_out += 1,
                true => return Err(SentencePieceError::EmptyPiece(id)),
                false => return Err(SentencePieceError::Repeated(id)),
            }
        }
        if pieces.len() == 0 {
            return Err(SentencePieceError::NoPieces);
        }
        let kinds: Vec<Kind> = all.iter().map(|piece| piece.kind).collect();
        let bytes = if byte_fallback { Some(byte_ids(&pieces)?) } else { None };
        let unknown = (0..).zip(&kinds).find(|(_, kind)| **kind == Kind::Unknown).map(|(id, _)| id);
        if unknown.is_none() && bytes.is_none() {
            return Err(SentencePieceError::NoUnknown);
        }
        let of_kind = |wanted: &'static [Kind]| {
            let all = (0..)
                .zip(&all)
                .filter(|(id, piece)| wanted.contains(&piece.kind) && pieces.get(*id).is_some());
            Trie::new(all.map(|(id, piece)| (piece.text.as_bytes(), id)))
        };
        let kept = of_kind(&[Kind::UserDefined]);
        let in_text = [Kind::Normal, Kind::UserDefined, Kind::Unused];
        let trie = if model == Model::Unigram {
            of_kind(&[Kind::Normal, Kind::UserDefined, Kind::Unused])
        } else {
            Trie::default()
        };
        let normalizer = Normalizer::new(rules, kept.clone()).map_err(SentencePieceError::Table)?;
        let found =
            || all.iter().filter(|piece| in_text.contains(&piece.kind)).map(|piece| piece.text.as_str());
        let words_apart = !found().any(goes_over_words);
        let cuts_at_spaces =
            words_apart && !found().any(|piece| piece.contains(' ')) && normalizer.works_in_parts();
        let normal = || all.iter().filter(|piece| piece.kind == Kind::Normal).map(|piece| piece.score);
        let range = Scores {
            least: normal().fold(f32::MAX, f32::min),
            greatest: normal().fold(f32::MIN_POSITIVE, f32::max),
        };
        let scores = all.iter().map(|piece| piece.score).collect();
        Ok(Self {
            pieces,
            kinds,
            scores,
            range,
            model,
            normalizer,
            trie,
            kept,
            bytes,
            unknown,
            words_apart,
            cuts_at_spaces,
            left_out,
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self.model {
            Model::Unigram => Algorithm::Unigram,
            Model::Bpe => Algorithm::Bpe,
            Model::Word => Algorithm::WordLevel,
            Model::Character => Algorithm::Characters,
        }
    }

    /// Whether the tokens of a text always spell the text, but for `▁`, which reads as a space.
    pub(super) fn is_lossless(&self) -> bool {
        self.bytes.is_some() && self.normalizer.keeps_characters() && !self.rules().treat_whitespace_as_suffix
    }

    /// Whether a space is put in front of a text.
    pub(super) fn puts_space(&self) -> bool {
        self.rules().add_dummy_prefix && !self.rules().treat_whitespace_as_suffix
    }

    /// Whether pieces write spaces as `▁`.
    pub(super) fn marks_spaces(&self) -> bool {
        self.rules().escape_whitespaces
    }

    /// Whether characters become others before pieces are looked for.
    pub(super) fn replaces_characters(&self) -> bool {
        self.normalizer.replaces_characters()
    }

    /// How texts are normalized; the table of replacements is not among it.
    pub(super) fn rules(&self) -> &Rules {
        &self.normalizer.rules
    }

    pub(super) fn end(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn piece(&self, id: u32) -> Option<&str> {
        std::str::from_utf8(self.pieces.get(id)?).ok()
    }

    pub(super) fn id(&self, piece: &str) -> Option<u32> {
        self.pieces.id(piece.as_bytes())
    }

    /// The pieces for control and for what is unknown: their names and IDs.
    pub(super) fn specials(&self) -> Vec<(String, u32)> {
        let all = (0..).zip(&self.kinds).filter(|(_, kind)| matches!(kind, Kind::Control | Kind::Unknown));
        all.filter_map(|(id, _)| Some((self.piece(id)?.to_owned(), id))).collect()
    }

    /// The bytes that a piece stands for.
    pub(super) fn bytes_of(&self, id: u32) -> Option<Cow<'_, [u8]>> {
        let piece = self.piece(id)?;
        match byte_piece(piece) {
            Some(byte) if self.kinds[id as usize] == Kind::Byte => Some(Cow::Owned(vec![byte])),
            _ if self.rules().escape_whitespaces => {
                Some(Cow::Owned(piece.replace(SPACE_MARK, " ").into_bytes()))
            }
            _ => Some(Cow::Borrowed(piece.as_bytes())),
        }
    }

    /// Appends the tokens of `text`, in which nothing is special and which begins at `base`. Long texts are encoded in
    /// parts, in parallel, where that changes nothing.
    pub(super) fn encode(
        &self,
        text: &str,
        base: usize,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let least = if self.model == Model::Unigram { WHOLE } else { CHUNK };
        let parts = if self.cuts_at_spaces {
            chunks_of(text, least)
        } else {
            std::iter::once(0..text.len()).collect()
        };
        let encode = |part: &Range<usize>| self.encode_part(text, part, base, progress);
        if let [part] = parts.as_slice() {
            tokens.extend(encode(part)?);
            return Ok(());
        }
        let encoded = parts.par_iter().map(encode).collect::<Result<Vec<_>, EncodeError>>()?;
        for (at, part) in encoded.into_iter().enumerate() {
            // A run of unknown pieces is one token, also where the text was cut.
            let is_unknown = |token: &&Token| self.bytes.is_none() && Some(token.id) == self.unknown;
            let run = part
                .first()
                .filter(is_unknown)
                .filter(|_| at > 0 && tokens.last().as_ref().is_some_and(is_unknown));
            if let (Some(first), Some(last)) = (run, tokens.last_mut()) {
                last.end = first.end;
            }
            tokens.extend_from_slice(&part[usize::from(run.is_some())..]);
        }
        Ok(())
    }

    /// Whether a text may be cut anywhere between words without changing its tokens: sums of a Unigram model depend on where
    /// they begin, and a run of what is unknown may go on over the cut.
    pub(super) fn may_be_cut(&self) -> bool {
        self.cuts_at_spaces && self.model != Model::Unigram && self.bytes.is_some()
    }

    /// Appends the tokens of a part of a text that begins at `base`.
    pub(super) fn encode_part(
        &self,
        text: &str,
        part: &Range<usize>,
        base: usize,
        progress: &dyn Progress,
    ) -> Result<Vec<Token>, EncodeError> {
        let ends = Ends { first: part.start == 0, last: part.end == text.len() };
        let normalized = self.normalizer.normalize(&text[part.clone()], ends);
        progress.check()?;
        let found = match self.model {
            Model::Unigram => self.most_probable(&normalized.text, progress)?,
            Model::Bpe => self.merged(&normalized.text, progress)?,
            Model::Word => self.words(&normalized.text),
            Model::Character => self.characters(&normalized.text),
        };
        Ok(self.tokens(&normalized, &found, base + part.start))
    }

    /// Makes tokens of what was found: unknown characters become bytes, or else one token a run.
    fn tokens(&self, normalized: &Normalized, found: &[Found], base: usize) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::with_capacity(found.len());
        let mut at = 0;
        let mut after_unknown = false;
        let place = |at: usize| base + normalized.origin[at] as usize;
        for &Found { piece, length } in found {
            let end = at + length as usize;
            let is_unknown = piece == UNKNOWN || Some(piece) == self.unknown;
            let token = |id: u32, span: Range<usize>| Token {
                id,
                start: place(span.start),
                end: place(span.end),
                added: false,
            };
            match (&self.bytes, self.unknown) {
                _ if !is_unknown => tokens.push(token(piece, at..end)),
                (Some(ids), _) => {
                    let bytes = normalized.text.as_bytes();
                    tokens.extend((at..end).map(|at| token(ids[bytes[at] as usize], at..at + 1)));
                }
                (None, _) if after_unknown => {
                    tokens.iter_mut().next_back().into_iter().for_each(|last| last.end = place(end));
                }
                (None, unknown) => tokens.push(token(unknown.unwrap_or_default(), at..end)),
            }
            after_unknown = is_unknown;
            at = end;
        }
        tokens
    }
}

/// The IDs of the pieces for single bytes.
fn byte_ids(pieces: &Pieces) -> Result<Box<[u32; 256]>, SentencePieceError> {
    let mut ids = Box::new([0; 256]);
    for byte in 0..=u8::MAX {
        let id = pieces.id(format!("<0x{byte:02X}>").as_bytes());
        ids[byte as usize] = id.ok_or(SentencePieceError::MissingByte(byte))?;
    }
    Ok(ids)
}

/// Whether a piece goes on from something else to a `▁`.
fn goes_over_words(piece: &str) -> bool {
    piece.trim_start_matches(SPACE_MARK).contains(SPACE_MARK)
}

impl std::fmt::Debug for SentencePiece {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SentencePiece").field("pieces", &self.pieces.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, SentencePiece};
    use crate::progress::{Cancelled, Unwanted, Unwatched};
    use crate::tokens::chunks::{CHUNK, chunks};
    use crate::tokens::encoding::{EncodeError, Token};
    use crate::tokens::file_reference_tests::source;
    use crate::tokens::formats::sentencepiece::parts_of;

    fn model(name: &str) -> SentencePiece {
        SentencePiece::new(parts_of(source(name).bytes()).unwrap()).unwrap()
    }

    fn encoded(model: &SentencePiece, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        model.encode(text, 7, &mut tokens, &Unwatched).unwrap();
        tokens
    }

    #[test]
    fn parts_and_words_change_nothing() {
        let hard = "naïve cafe\u{301} 👩‍👩‍👧 x  y\n\tfoo_bar(12, 3.5) 東京 हिन्दी a b 1 2 don't ▁ <mask> ½ under ";
        let text = hard.repeat(2 * CHUNK / hard.len() + 300);
        assert!(chunks(&text).len() >= 2);
        for name in ["bpe-bytes.model", "bpe-map.model", "words.model", "characters.model"] {
            let mut model = model(name);
            assert!(model.cuts_at_spaces && model.words_apart, "{name}");
            let cut = encoded(&model, &text);
            model.cuts_at_spaces = false;
            assert!(encoded(&model, &text) == cut, "{name} in parts");
            model.words_apart = false;
            let start = encoded(&model, &text[..hard.len() * 20]);
            assert!(cut.starts_with(&start[..start.len() / 2]), "{name} word by word");
        }
        assert!(!model("unigram-across.model").words_apart && !model("bpe-no-prefix.model").cuts_at_spaces);
    }

    #[test]
    fn a_long_text_can_be_cancelled() {
        for name in ["bpe-bytes.model", "unigram-bytes.model"] {
            let cancelled = model(name).encode("a", 0, &mut Vec::new(), &Unwanted);
            assert!(matches!(cancelled, Err(EncodeError::Cancelled(Cancelled))), "{name}");
        }
    }

    #[test]
    fn a_run_without_a_break_is_no_trap() {
        let text = "a".repeat(200_000);
        for name in ["bpe-bytes.model", "unigram-bytes.model", "bpe-suffix.model"] {
            let tokens = encoded(&model(name), &text);
            assert_eq!(tokens.last().map(|token| token.end), Some(7 + text.len()), "{name}");
        }
    }

    #[test]
    fn twins_are_refused_unless_they_are_allowed() {
        let mut parts = parts_of(source("bpe-bytes.model").bytes()).unwrap();
        parts.pieces.push(parts.pieces[300].clone());
        let allowed = Parts { lenient: true, ..parts };
        let model = SentencePiece::new(allowed).unwrap();
        assert_eq!(model.left_out, 1);
        assert_eq!(model.piece(model.end() as u32 - 1), None);
    }
}
