//! One text under many tokenizers, as plain data ready to be drawn or printed.

use super::encoding::{EncodeError, EncodeOptions, Encoding, Token};
use super::tokenizer::Tokenizer;
use crate::progress::{Progress, Unwatched};
use rayon::prelude::*;
use serde::Serialize;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use unicode_segmentation::UnicodeSegmentation;

/// The length of a text, in each sense of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextCounts {
    /// Bytes in UTF-8.
    pub bytes: usize,
    /// Unicode code points.
    pub code_points: usize,
    /// Extended grapheme clusters: what a reader calls characters (UAX #29).
    pub graphemes: usize,
}

impl TextCounts {
    /// Counts a text.
    pub fn of(text: &str) -> Self {
        Self { bytes: text.len(), code_points: text.chars().count(), graphemes: text.graphemes(true).count() }
    }
}

/// One text under several tokenizers.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The text, which all spans point into.
    pub text: Arc<str>,
    /// How long it is.
    pub counts: TextCounts,
    /// One row a tokenizer, in the order in which they were given.
    pub rows: Vec<Row>,
}

/// A text under one tokenizer.
#[derive(Debug, Clone)]
pub struct Row {
    /// The tokenizer.
    pub tokenizer: Arc<Tokenizer>,
    /// Its tokens, with those that were added.
    pub encoding: Encoding,
    /// 1 for the row with the fewest tokens; rows with equally many share a rank.
    pub rank: usize,
    text: Arc<str>,
    unknown: usize,
}

impl Comparison {
    /// Encodes `text` with every tokenizer, in parallel.
    ///
    /// # Errors
    /// The first [`EncodeError`] of any of them; [`EncodeError::Cancelled`] if `progress` says so.
    pub fn new(
        text: impl Into<Arc<str>>,
        tokenizers: &[Arc<Tokenizer>],
        options: EncodeOptions,
        progress: &dyn Progress,
    ) -> Result<Self, EncodeError> {
        let text: Arc<str> = text.into();
        let done = AtomicUsize::new(0);
        let encode = |tokenizer: &Arc<Tokenizer>| {
            let encoding = tokenizer.encode(&text, options, &Quiet(progress))?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.report(done as f32 / tokenizers.len() as f32);
            Ok(Row { rank: 0, ..Row::of(Arc::clone(&text), tokenizer, encoding) })
        };
        let (counts, rows) = rayon::join(
            || TextCounts::of(&text),
            // One task each: the slowest tokenizer should not wait behind another.
            || tokenizers.par_iter().with_max_len(1).map(encode).collect::<Result<Vec<Row>, EncodeError>>(),
        );
        let mut rows = rows?;
        let lengths: Vec<usize> = rows.iter().map(Row::len).collect();
        for row in &mut rows {
            row.rank = 1 + lengths.iter().filter(|&&length| length < row.len()).count();
        }
        Ok(Self { text, counts, rows })
    }

    /// The shape that the command `tokenize --json` prints, one document a row.
    pub fn documents(&self) -> Vec<TokenizeDocument> {
        self.rows.par_iter().map(|row| row.document(self.counts)).collect()
    }

    /// Places of the rows in `rows`, fewest tokens first; equal ones stay in their order.
    pub fn ranking(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|&row| self.rows[row].rank);
        order
    }
}

/// Passes on whether work is still wanted, but not each tokenizer's own fraction: eleven of them would make a bar jump.
pub(super) struct Quiet<'a>(pub(super) &'a dyn Progress);

impl Progress for Quiet<'_> {
    fn report(&self, _fraction: f32) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}

impl Row {
    /// Encodes a text with one tokenizer, for when nothing is compared. Its rank is 1.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn new(
        text: impl Into<Arc<str>>,
        tokenizer: &Arc<Tokenizer>,
        options: EncodeOptions,
        progress: &dyn Progress,
    ) -> Result<Self, EncodeError> {
        let text = text.into();
        let encoding = tokenizer.encode(&text, options, progress)?;
        Ok(Self::of(text, tokenizer, encoding))
    }

    /// [`Row::new`] for a text that an edit made of another row's, which was read with the same options.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn edited(
        &self,
        text: impl Into<Arc<str>>,
        options: EncodeOptions,
        progress: &dyn Progress,
    ) -> Result<Self, EncodeError> {
        let text = text.into();
        let encoding =
            self.tokenizer.encode_edited(&text, (&self.text, &self.encoding), options, progress)?;
        Ok(Self::of(text, &self.tokenizer, encoding))
    }

    pub(super) fn of(text: Arc<str>, tokenizer: &Arc<Tokenizer>, encoding: Encoding) -> Self {
        let unknown = tokenizer.unknown_id();
        let is_unknown = |token: &&Token| unknown == Some(token.id) && !token.added;
        let unknown = encoding.tokens.iter().filter(is_unknown).count();
        Self { tokenizer: Arc::clone(tokenizer), encoding, rank: 1, text, unknown }
    }

    /// How many tokens stand for what the vocabulary does not know.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// How many tokens there are, with those that were added.
    pub fn len(&self) -> usize {
        self.encoding.tokens.len()
    }

    /// Whether there are no tokens at all.
    pub fn is_empty(&self) -> bool {
        self.encoding.tokens.is_empty()
    }

    /// The text that the spans point into.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tokens: IDs and spans.
    pub fn tokens(&self) -> &[Token] {
        &self.encoding.tokens
    }

    /// The vocabulary's own piece of the token at `index`: `##izing`, `Ġthe`. Empty if there is no such token.
    pub fn piece(&self, index: usize) -> Cow<'_, str> {
        let token = self.encoding.tokens.get(index);
        token.and_then(|token| self.tokenizer.piece(token.id)).unwrap_or_default()
    }

    /// The bytes that the token at `index` stands for: none for one that was added, the original's own for one that the
    /// vocabulary does not know.
    pub fn bytes(&self, index: usize) -> Cow<'_, [u8]> {
        match self.encoding.tokens.get(index) {
            Some(token) if token.added => Cow::default(),
            Some(token) if self.is_unknown(index) => {
                Cow::Borrowed(self.text.as_bytes().get(token.start..token.end).unwrap_or_default())
            }
            Some(token) => self.tokenizer.bytes(token.id).unwrap_or_default(),
            None => Cow::default(),
        }
    }

    /// The stretch of the original text that the token at `index` stands for, if it begins and ends between characters.
    pub fn original(&self, index: usize) -> Option<&str> {
        let token = self.encoding.tokens.get(index)?;
        self.text.get(token.start..token.end)
    }

    /// Whether the token at `index` holds only a part of some character, so that it must be shown as bytes.
    pub fn splits_character(&self, index: usize) -> bool {
        self.encoding.tokens.get(index).is_some_and(|token| {
            !self.text.is_char_boundary(token.start) || !self.text.is_char_boundary(token.end)
        })
    }

    /// Whether the token at `index` says that the vocabulary cannot spell this stretch.
    pub fn is_unknown(&self, index: usize) -> bool {
        let unknown = self.tokenizer.unknown_id();
        unknown.is_some() && self.encoding.tokens.get(index).map(|token| token.id) == unknown
    }

    /// The tokens that share at least one byte with a stretch of the text, as a range of their places. An empty stretch
    /// gives an empty range. Takes a few steps, however long the text is.
    pub fn overlapping(&self, stretch: Range<usize>) -> Range<usize> {
        let tokens = &self.encoding.tokens;
        let first = tokens.partition_point(|token| token.end <= stretch.start);
        let end = tokens.partition_point(|token| token.start < stretch.end);
        if stretch.is_empty() { first..first } else { first..end.max(first) }
    }

    /// The stretches of the text that no token stands for: what the tokenizer dropped.
    pub fn lost(&self) -> Vec<Range<usize>> {
        self.lost_in(0..self.text.len())
    }

    /// The parts of a stretch of the text that no token stands for. Looks at the tokens there alone.
    pub fn lost_in(&self, stretch: Range<usize>) -> Vec<Range<usize>> {
        let (mut lost, mut covered) = (Vec::new(), stretch.start);
        for token in &self.encoding.tokens[self.overlapping(stretch.clone())] {
            if token.start > covered && token.end > token.start {
                lost.push(covered..token.start);
            }
            covered = covered.max(token.end);
        }
        if covered < stretch.end {
            lost.push(covered..stretch.end);
        }
        lost
    }

    /// The shape that the command `tokenize --json` prints.
    pub fn document(&self, counts: TextCounts) -> TokenizeDocument {
        let token = |(index, token): (usize, &Token)| TokenDocument {
            id: token.id,
            text: self.piece(index).into_owned(),
            start: token.start,
            end: token.end,
            bytes: self.bytes(index).into_owned(),
        };
        TokenizeDocument {
            tokenizer: self.tokenizer.name().to_owned(),
            ids: self.encoding.ids(),
            tokens: self.encoding.tokens.iter().enumerate().map(token).collect(),
            bytes: counts.bytes,
            chars: counts.code_points,
            graphemes: counts.graphemes,
        }
    }
}

/// What `tokenize --json` prints for one tokenizer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenizeDocument {
    /// The tokenizer's short name.
    pub tokenizer: String,
    /// The IDs alone.
    pub ids: Vec<u32>,
    /// The tokens in detail.
    pub tokens: Vec<TokenDocument>,
    /// The text's length in bytes.
    pub bytes: usize,
    /// Its length in code points.
    pub chars: usize,
    /// Its length in grapheme clusters.
    pub graphemes: usize,
}

/// One token in [`TokenizeDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenDocument {
    /// Its ID.
    pub id: u32,
    /// The vocabulary's own piece.
    pub text: String,
    /// Where its stretch of the original text begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The bytes it stands for.
    pub bytes: Vec<u8>,
}

/// One text under many tokenizers in the shape that `tokenize --json` prints.
///
/// # Errors
/// As [`Comparison::new`].
pub fn tokenize_documents(
    text: &str,
    tokenizers: &[Arc<Tokenizer>],
    options: EncodeOptions,
) -> Result<Vec<TokenizeDocument>, EncodeError> {
    Ok(Comparison::new(text, tokenizers, options, &Unwatched)?.documents())
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Row, TextCounts, tokenize_documents};
    use crate::progress::{Cancelled, Unwanted, Unwatched};
    use crate::tokens::{EncodeError, EncodeOptions, Tokenizer, catalog};
    use std::sync::Arc;

    fn load(names: &[&str]) -> Vec<Arc<Tokenizer>> {
        names.iter().map(|name| catalog::load(name).unwrap()).collect()
    }

    fn row(name: &str, text: &str) -> Row {
        Row::new(text, &catalog::load(name).unwrap(), EncodeOptions::default(), &Unwatched).unwrap()
    }

    #[test]
    fn lengths_are_counted_in_three_ways() {
        let counts = TextCounts::of("e\u{301}👩‍👩‍👧");
        assert_eq!((counts.bytes, counts.code_points, counts.graphemes), (21, 7, 2));
    }

    #[test]
    fn rows_rank_by_count_and_ties_share_a_rank() {
        let names = ["canine", "gpt2", "gpt4", "bert"];
        let options = EncodeOptions { add_special: false, ..EncodeOptions::default() };
        let comparison = Comparison::new("strawberry", &load(&names), options, &Unwatched).unwrap();
        let ranks: Vec<usize> = comparison.rows.iter().map(|row| row.rank).collect();
        assert_eq!(ranks, [4, 2, 2, 1]);
        assert_eq!(comparison.ranking(), [3, 1, 2, 0]);
    }

    #[test]
    fn tokens_inside_a_character_are_known_as_such() {
        let row = row("gpt2", "a🦀b");
        let splits: Vec<bool> = (0..row.len()).map(|index| row.splits_character(index)).collect();
        assert_eq!(splits.first(), Some(&false));
        assert_eq!(splits.last(), Some(&false));
        assert!(splits[1..splits.len() - 1].iter().all(|&split| split), "{splits:?}");
        let bytes: Vec<u8> = (0..row.len()).flat_map(|index| row.bytes(index).into_owned()).collect();
        assert_eq!(bytes, "a🦀b".as_bytes());
    }

    #[test]
    fn a_stretch_of_text_finds_its_tokens() {
        // Tok|en|izing, one token more at either end.
        let row = row("bert", "x tokenizing y");
        let pieces: Vec<_> = (0..row.len()).map(|index| row.piece(index).into_owned()).collect();
        assert_eq!(pieces, ["[CLS]", "x", "token", "##izing", "y", "[SEP]"]);
        assert_eq!(row.overlapping(2..14), 2..5);
        assert_eq!(row.overlapping(8..9), 3..4);
        assert_eq!(row.overlapping(1..2), 2..2);
        assert_eq!(row.overlapping(3..3), 2..2);
        assert_eq!(row.overlapping(500..600), 6..6);
    }

    #[test]
    fn what_a_tokenizer_drops_is_told() {
        assert_eq!(row("bert", "a  b\u{7} ").lost(), [1..3, 4..6]);
        assert_eq!(row("gpt2", "a  b\u{7} ").lost(), Vec::<std::ops::Range<usize>>::new());
        assert_eq!(row("t5", "").lost(), Vec::<std::ops::Range<usize>>::new());
    }

    #[test]
    fn an_unknown_stretch_keeps_its_own_bytes() {
        let row = row("bert", "a 𒀀");
        assert_eq!(row.piece(2), "[UNK]");
        assert!(row.is_unknown(2));
        assert_eq!(row.bytes(2), "𒀀".as_bytes());
        assert_eq!(row.original(2), Some("𒀀"));
    }

    #[test]
    fn the_document_has_the_promised_shape() {
        let documents = tokenize_documents("é", &load(&["byt5"]), EncodeOptions::default()).unwrap();
        assert_eq!(
            serde_json::to_value(&documents).unwrap(),
            serde_json::json!([{
                "tokenizer": "byt5",
                "ids": [198, 172, 1],
                "tokens": [
                    {"id": 198, "text": "<0xC3>", "start": 0, "end": 1, "bytes": [195]},
                    {"id": 172, "text": "<0xA9>", "start": 1, "end": 2, "bytes": [169]},
                    {"id": 1, "text": "</s>", "start": 2, "end": 2, "bytes": []}
                ],
                "bytes": 2, "chars": 1, "graphemes": 1
            }])
        );
    }

    #[test]
    fn a_cancelled_comparison_ends() {
        let error = Comparison::new("text", &load(&["gpt2", "bert"]), EncodeOptions::default(), &Unwanted);
        assert!(matches!(error, Err(EncodeError::Cancelled(Cancelled))));
    }
}
