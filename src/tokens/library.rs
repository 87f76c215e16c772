//! Tokenizers that a Hugging Face `tokenizer.json` describes, run by the `tokenizers` crate, with exact spans added.
//!
//! The crate reports a character's whole span for each of several tokens that share it, and has no span of its own for a
//! space that a normalizer put in front. Here spans are worked out from the bytes that the tokens stand for wherever these
//! retrace the text, and only otherwise taken from the crate.

mod facts;

use super::byte_alphabet;
use super::chunks::chunks;
use super::encoding::{EncodeError, Token};
use super::spelling::{SPACE_MARK, Spelling, spelling_of, unknown_of};
use super::tokenizer::Algorithm;
use super::trace::library::Steps;
use crate::progress::Progress;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokenizers::models::unigram::Unigram;
use tokenizers::normalizers::{Sequence, Strip};
use tokenizers::{AddedToken, ModelWrapper, NormalizerWrapper, PostProcessorWrapper};

/// A tokenizer run by the `tokenizers` crate.
pub(super) struct Library {
    /// Takes typed special tokens as text.
    pub(super) plain: tokenizers::Tokenizer,
    /// Takes them as control; made when first asked for.
    control: OnceLock<Box<tokenizers::Tokenizer>>,
    pieces: Vec<Option<Box<str>>>,
    pub(super) ids: HashMap<Box<str>, u32>,
    pub(super) special_ids: HashSet<u32>,
    pub(super) spelling: Spelling,
    pub(super) unknown: Option<u32>,
    /// A text may be cut before a single space between two ASCII letters or digits without changing its tokens.
    cuts_at_spaces: bool,
    /// A space is put in front of whatever is encoded, and of what follows a special token.
    puts_space: bool,
    /// Each byte has a token in the alphabet of byte-level vocabularies.
    has_all_bytes: bool,
    /// For following a text step by step; made when that is first asked for.
    pub(super) steps: OnceLock<Box<Steps>>,
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

/// The longest word that `WordPiece` may be asked to split: its work grows with the cube. BERT's own limit is 100.
const LONGEST_WORD: usize = 1000;

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
        let has_all_bytes =
            (0..=u8::MAX).all(|byte| ids.contains_key(byte_alphabet::write(&[byte]).as_str()));
        let control = OnceLock::new();
        let special_ids = HashSet::new();
        let mut library = Self {
            plain,
            control,
            pieces,
            ids,
            special_ids,
            spelling,
            unknown,
            cuts_at_spaces: false,
            puts_space: false,
            has_all_bytes,
            steps: OnceLock::new(),
        };
        library.special_ids = library.specials().into_iter().map(|(_, id)| id).collect();
        Ok(library)
    }

    /// Reads a `tokenizer.json`.
    pub(super) fn from_json(file: &[u8]) -> Result<Self, tokenizers::Error> {
        Self::from_json_with(file, &[], |_| Vec::new())
    }

    /// Reads a `tokenizer.json`; `specials` are names which, if the vocabulary has them, are special even if the file does
    /// not say so; `beyond` gives the tokens that a vocabulary of so many goes on with.
    pub(super) fn from_json_with(
        file: &[u8],
        specials: &[String],
        beyond: impl FnOnce(usize) -> Vec<AddedToken>,
    ) -> Result<Self, tokenizers::Error> {
        let mut plain = tokenizers::Tokenizer::from_bytes(file)?;
        Self::tame(&mut plain)?;
        let known: Vec<AddedToken> = (specials.iter())
            .filter(|name| plain.token_to_id(name).is_some())
            .filter(|name| !plain.get_added_vocabulary().is_special_token(name))
            .map(|name| AddedToken::from(name.as_str(), true))
            .collect();
        plain.add_special_tokens(known)?;
        Self::go_on(&mut plain, beyond)?;
        let mut library = Self::new(plain)?;
        library.hide_control_pieces(file)?;
        Ok(library)
    }

    /// Adds tokens behind all others, if these are numbered without a gap: the crate numbers new ones by their count.
    pub(super) fn go_on(
        plain: &mut tokenizers::Tokenizer,
        beyond: impl FnOnce(usize) -> Vec<AddedToken>,
    ) -> Result<(), tokenizers::Error> {
        let end = plain.get_vocab_size(true);
        let tokens = beyond(end);
        // Only then: this copies the whole vocabulary.
        let highest = || plain.get_vocab(true).into_values().max();
        if !tokens.is_empty() && highest().map(|id| id as usize + 1) == Some(end) {
            plain.add_tokens(tokens)?;
        }
        Ok(())
    }

    /// Refuses what would take forever, and switches off what would make two runs differ.
    fn tame(plain: &mut tokenizers::Tokenizer) -> Result<(), tokenizers::Error> {
        let steady = match plain.get_model() {
            ModelWrapper::WordPiece(model) if model.max_input_chars_per_word > LONGEST_WORD => {
                return Err(format!("it asks for words of more than {LONGEST_WORD} characters").into());
            }
            ModelWrapper::BPE(bpe) if bpe.dropout.is_some() => {
                let mut steady = bpe.clone();
                steady.dropout = None;
                steady
            }
            _ => return Ok(()),
        };
        plain.with_model(steady);
        Ok(())
    }

    /// A `tokenizer.json` that comes with the program, with what its conversion from `SentencePiece` left out.
    pub(super) fn built_in(file: &[u8]) -> Result<Self, tokenizers::Error> {
        let mut library = Self::from_json(file)?;
        let plain = &mut library.plain;
        if matches!(plain.get_model(), ModelWrapper::Unigram(_)) {
            // SentencePiece takes away white space at both ends; the converted file forgets to.
            let given = plain.get_normalizer().cloned().into_iter();
            let strip = NormalizerWrapper::StripNormalizer(Strip::new(true, true));
            plain.with_normalizer(Some(Sequence::new(given.chain([strip]).collect())))?;
        }
        library.cuts_at_spaces = !library.has_piece_across_words();
        library.puts_space = library.spelling == Spelling::Metaspace && library.algorithm() == Algorithm::Bpe;
        Ok(library)
    }

    /// Lets long texts be encoded in chunks, for rules by which each word begins with its space.
    pub(super) fn cut_at_spaces(&mut self) {
        let mut names = self.plain.get_added_vocabulary().get_vocab().keys();
        // What takes in the white space around it, or stands by itself alone, depends on what is on the other side of a cut.
        let reaches_out = |token: &AddedToken| token.lstrip || token.rstrip || token.single_word;
        let added = self.plain.get_added_tokens_decoder();
        self.cuts_at_spaces = !self.has_piece_across_words()
            && !names.any(|name| name.contains(' '))
            && !added.values().any(reaches_out);
    }

    /// Whether the file says what goes around a text, be it nothing.
    pub(super) fn says_what_is_added(&self) -> bool {
        fn says(processor: &PostProcessorWrapper) -> bool {
            match processor {
                PostProcessorWrapper::ByteLevel(_) => false,
                PostProcessorWrapper::Sequence(all) => all.as_ref().iter().any(says),
                _ => true,
            }
        }
        self.plain.get_post_processor().is_some_and(says)
    }

    /// How texts are changed before they are cut, in words.
    pub(super) fn normalization(&self) -> String {
        fn steps(step: &NormalizerWrapper, all: &mut Vec<&'static str>) {
            all.push(match step {
                NormalizerWrapper::Sequence(inner) => {
                    return inner.as_ref().iter().for_each(|step| steps(step, all));
                }
                NormalizerWrapper::BertNormalizer(rules) if rules.lowercase => "BERT's, with lower case",
                NormalizerWrapper::BertNormalizer(_) => "BERT's",
                NormalizerWrapper::StripNormalizer(_) => "white space at the ends taken away",
                NormalizerWrapper::StripAccents(_) => "accents taken away",
                NormalizerWrapper::NFC(_) => "NFC",
                NormalizerWrapper::NFD(_) => "NFD",
                NormalizerWrapper::NFKC(_) => "NFKC",
                NormalizerWrapper::NFKD(_) => "NFKD",
                NormalizerWrapper::Lowercase(_) => "lower case",
                NormalizerWrapper::Nmt(_) => "control characters taken away",
                NormalizerWrapper::Precompiled(_) => "a table of replacements",
                NormalizerWrapper::Replace(_) => "replacements",
                NormalizerWrapper::Prepend(_) => "a space in front",
                NormalizerWrapper::ByteLevel(_) => "bytes as letters",
            });
        }
        let mut all = Vec::new();
        self.plain.get_normalizer().into_iter().for_each(|step| steps(step, &mut all));
        all.dedup();
        if all.is_empty() { "none".to_owned() } else { all.join(", then ") }
    }

    /// Whether some piece goes on from a letter or digit over a space, so that words cannot be encoded apart.
    fn has_piece_across_words(&self) -> bool {
        let crosses = |piece: &str| {
            let mut letters = piece.chars();
            letters.any(|c| c.is_ascii_alphanumeric()) && letters.any(|c| c == SPACE_MARK || c == 'Ġ')
        };
        self.pieces.iter().flatten().any(|piece| crosses(piece))
    }

    /// Puts the names of special tokens out of a Unigram model's reach, so that typed ones are text.
    ///
    /// Files converted from `SentencePiece` list control pieces among the ordinary ones, where the model finds them in any
    /// text; `SentencePiece` itself never does. A name with a space in it is out of reach: spaces become `▁` beforehand.
    fn hide_control_pieces(&mut self, file: &[u8]) -> Result<(), tokenizers::Error> {
        let ModelWrapper::Unigram(model) = self.plain.get_model() else { return Ok(()) };
        let Settings { model: UnigramSettings { unk_id, byte_fallback } } = serde_json::from_slice(file)?;
        let specials: HashSet<String> = self.specials().into_iter().map(|(name, _)| name).collect();
        let hide = |(piece, score): &(String, f64)| {
            (if specials.contains(piece) { format!(" {piece}") } else { piece.clone() }, *score)
        };
        let pieces = model.iter().map(hide).collect();
        self.plain.with_model(Unigram::from(pieces, unk_id, byte_fallback)?);
        self.unknown = unk_id.and_then(|id| u32::try_from(id).ok());
        Ok(())
    }

    /// The bytes that a piece stands for, whether or not it is special.
    pub(super) fn bytes_of<'p>(&self, piece: &'p str) -> Cow<'p, [u8]> {
        self.spelling.bytes(piece)
    }

    /// Appends the tokens of `text`. Long texts are encoded in chunks, in parallel, where that changes nothing.
    pub(super) fn encode(
        &self,
        text: &str,
        typed_special: bool,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        let chunks =
            if self.cuts_at_spaces { chunks(text) } else { std::iter::once(0..text.len()).collect() };
        let done = AtomicUsize::new(0);
        let encode = |chunk: &Range<usize>| {
            progress.check()?;
            let encoded = self.encode_chunk(&text[chunk.clone()], chunk.start, typed_special);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(done as f32 / chunks.len() as f32);
            encoded
        };
        let encoded = chunks.par_iter().map(encode).collect::<Result<Vec<_>, EncodeError>>()?;
        tokens.extend(encoded.into_iter().flatten());
        Ok(())
    }

    /// Encodes a part of a text that begins at `base`; if that is not 0, it begins with a space.
    pub(super) fn encode_chunk(
        &self,
        text: &str,
        base: usize,
        typed_special: bool,
    ) -> Result<Vec<Token>, EncodeError> {
        let engine = if typed_special { self.control() } else { &self.plain };
        let goes_on = base > 0;
        // The space that such a tokenizer puts in front is here the one that the text has anyway.
        let skipped = usize::from(goes_on && self.puts_space);
        let encoded =
            engine.encode(&text[skipped..], false).map_err(|error| EncodeError::Rules(error.to_string()))?;
        let ids = encoded.get_ids();
        let spans = (self.retrace(text, ids, !goes_on, true))
            .or_else(|| self.retrace(text, ids, false, false))
            .unwrap_or_else(|| self.given_spans(&encoded, text, goes_on, skipped));
        let token = |(&id, (start, end)): (&u32, (usize, usize))| Token {
            id,
            start: base + start,
            end: base + end,
            added: false,
        };
        Ok(ids.iter().zip(spans).map(token).collect())
    }

    /// The crate's spans of a text whose first `skipped` bytes it was not given, made to never decrease and to stay within
    /// the text.
    fn given_spans(
        &self,
        encoded: &tokenizers::Encoding,
        text: &str,
        goes_on: bool,
        skipped: usize,
    ) -> Vec<(usize, usize)> {
        let offsets = encoded.get_offsets();
        let (mut least_start, mut least_end) = (0, 0);
        let spans = encoded.get_ids().iter().zip(offsets).enumerate().map(|(index, (&id, &(start, end)))| {
            // Where `▁` is part of a token, so is the space before a word that begins a chunk.
            let opens = index == 0 && goes_on && self.spelling == Spelling::Metaspace;
            let start = if opens { 0 } else { start + skipped };
            // The crate lets a `▁` of its own share the letter after it.
            let is_mark = self.spelling == Spelling::Metaspace && self.piece(id) == Some("▁");
            let limit =
                offsets.get(index + 1).filter(|_| is_mark).map_or(text.len(), |next| next.0 + skipped);
            least_start = start.clamp(least_start, text.len());
            least_end = (end + skipped).min(limit).min(text.len()).max(least_start).max(least_end);
            (least_start, least_end)
        });
        spans.collect()
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
    /// A space that the normalizer put in front stands for nothing in the text: with `opens`, that before the first token,
    /// with `reopens`, that after each special token.
    fn retrace(&self, text: &str, ids: &[u32], opens: bool, reopens: bool) -> Option<Vec<(usize, usize)>> {
        if !matches!(self.spelling, Spelling::ByteLevel | Spelling::Metaspace) {
            return None;
        }
        let bytes = text.as_bytes();
        let mut mark = [0; 4];
        let mark = SPACE_MARK.encode_utf8(&mut mark).as_bytes();
        let mut at = 0;
        let mut opens = opens;
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
            opens = reopens && self.special_ids.contains(&id);
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

#[cfg(test)]
mod tests {
    use super::Library;
    use crate::progress::Unwatched;
    use crate::tokens::chunks::{CHUNK, chunks};
    use std::io::Read;

    fn built_in(packed: &[u8]) -> Library {
        let mut file = Vec::new();
        ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut file).unwrap();
        Library::built_in(&file).unwrap()
    }

    #[test]
    fn encoding_in_chunks_changes_nothing() {
        let hard = "naïve cafe\u{301} 👩‍👩‍👧 x  y\n\tfoo_bar(12, 3.5) 東京 हिन्दी a b 1 2 don't ▁ under score ";
        let text = hard.repeat(2 * CHUNK / hard.len() + 300);
        assert!(chunks(&text).len() >= 2);
        let files: [&[u8]; 5] = [
            include_bytes!("../../assets/tokenizers/bert-base-uncased.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/t5.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/llama2.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/mistral-v1.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/starcoder2.tokenizer.json.zst"),
        ];
        for (number, file) in files.into_iter().enumerate() {
            let mut library = built_in(file);
            assert!(library.cuts_at_spaces, "file {number}");
            let (mut cut, mut whole) = (Vec::new(), Vec::new());
            library.encode(&text, false, &mut cut, &Unwatched).unwrap();
            library.cuts_at_spaces = false;
            library.encode(&text, false, &mut whole, &Unwatched).unwrap();
            let differs = cut.iter().zip(&whole).find(|(a, b)| a != b);
            assert_eq!(differs, None, "file {number}");
            assert_eq!(cut.len(), whole.len(), "file {number}");
        }
    }
}
