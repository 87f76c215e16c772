//! A text that was edited: what is far from the edit keeps its tokens.
//!
//! Texts may be cut before a single space between two ASCII letters or digits without any change to their tokens
//! (`tokens::chunks`), so that only what lies between the last such place before an edit and the first behind it is encoded.

use std::ops::Range;

use super::chunks::{is_cut, last_cut_before, next_cut_from};
use super::encoding::{EncodeError, EncodeOptions, Encoding, Token};
use super::tokenizer::{Engine, Tokenizer};
use crate::progress::Progress;

/// A longer stretch between two such places is encoded with the whole text, on all cores.
const MOST: usize = 1 << 16;

/// What an edit did: a range of the text before it became a range of the text after it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    before: Range<usize>,
    after: Range<usize>,
}

/// How many bytes two texts have in common at their beginnings, and at their ends behind that.
#[must_use]
pub fn alike_at_ends(before: &str, after: &str) -> (usize, usize) {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    (start, end)
}

impl Edit {
    /// The smallest edit that leads from one text to the other, widened to places where texts may be cut.
    fn between(before: &str, after: &str) -> Self {
        let (old, new) = (before.as_bytes(), after.as_bytes());
        let (start, end) = alike_at_ends(before, after);
        // A place is sure only with its neighbors on both sides.
        let first = last_cut_before(old, start.saturating_sub(1)).unwrap_or(0);
        let last = next_cut_from(new, new.len() - end + 1).unwrap_or(new.len());
        debug_assert!(first == 0 || is_cut(new, first));
        let shift = |place: usize| place + old.len() - new.len();
        Self { before: first..shift(last), after: first..last }
    }
}

impl Tokenizer {
    /// [`Tokenizer::encode`] of a text that an edit made of another one, whose tokens are `known` by the same options: takes time
    /// for what was edited, and for moving what follows it.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_edited(
        &self,
        text: &str,
        (before, known): (&str, &Encoding),
        options: EncodeOptions,
        progress: &dyn Progress,
    ) -> Result<Encoding, EncodeError> {
        // Where the sign for a space is typed as such, the space at the end of a text may decide whether a token covers it.
        if [before, text].iter().any(|text| text.contains('▁')) {
            return self.encode(text, options, progress);
        }
        let edit = Edit::between(before, text);
        if options.typed_special || !self.may_be_cut() || edit.after.len() > MOST {
            return self.encode(text, options, progress);
        }
        let tokens = &known.tokens;
        // What stands for nothing at either end belongs to the part that is encoded, unless it was added.
        let (first, last) = if options.add_special { self.added_around() } else { (&[][..], &[][..]) };
        let kept = match edit.before.start {
            0 => first.len(),
            start => tokens.partition_point(|token| token.end <= start),
        };
        let follows = match edit.before.end {
            end if end == before.len() => tokens.len() - last.len(),
            end => tokens.partition_point(|token| token.start < end),
        };
        let mut found = Vec::with_capacity(tokens.len() + edit.after.len());
        found.extend_from_slice(&tokens[..kept]);
        self.encode_within(text, edit.after.clone(), &mut found, progress)?;
        let moved = |token: &Token| Token {
            start: token.start - edit.before.end + edit.after.end,
            end: token.end - edit.before.end + edit.after.end,
            ..*token
        };
        found.extend(tokens[follows..].iter().map(moved));
        progress.report(1.0);
        Ok(Encoding { tokens: found })
    }

    /// Whether texts may be cut.
    fn may_be_cut(&self) -> bool {
        match self.engine() {
            Engine::Ranks(_) => true,
            Engine::Library(library) => library.may_be_cut(),
            Engine::SentencePiece(model) => model.may_be_cut(),
            // They are done before anything could be compared.
            Engine::Bytes | Engine::CodePoints => false,
        }
    }

    /// Appends the tokens of a part of a text between two places where it may be cut.
    fn encode_within(
        &self,
        text: &str,
        part: Range<usize>,
        tokens: &mut Vec<Token>,
        progress: &dyn Progress,
    ) -> Result<(), EncodeError> {
        if part.is_empty() {
            return Ok(());
        }
        match self.engine() {
            Engine::Library(library) => {
                tokens.extend(library.encode_chunk(&text[part.clone()], part.start, false)?);
            }
            Engine::SentencePiece(model) => tokens.extend(model.encode_part(text, &part, 0, progress)?),
            _ => self.encode_plain(&text[part.clone()], part.start, tokens, progress)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;
    use crate::tokens::catalog;
    use proptest::prelude::*;

    /// Texts of words with anything between them.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-c]{1,4} ",
            2 => "[a-zA-Z]{1,9} [a-z]{1,3}",
            1 => "[0-9]{1,5}",
            1 => "[ \\n\\t.,'’!]{1,3}",
            1 => "[é🍓ßдの\\u{301}]{1,2}",
            1 => Just("<s>".to_owned()),
            1 => Just("▁".to_owned()),
        ];
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    fn edited() -> impl Strategy<Value = (String, String)> {
        (pieces(), pieces(), pieces(), pieces())
            .prop_map(|(start, old, new, end)| (format!("{start}{old}{end}"), format!("{start}{new}{end}")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn an_edited_text_has_the_tokens_of_the_whole((before, after) in edited(), add_special: bool) {
            let options = EncodeOptions { add_special, typed_special: false };
            for entry in catalog::entries() {
                let tokenizer = catalog::load(entry.name).unwrap();
                let known = tokenizer.encode(&before, options, &Unwatched).unwrap();
                let whole = tokenizer.encode(&after, options, &Unwatched).unwrap();
                let edited = tokenizer.encode_edited(&after, (&before, &known), options, &Unwatched).unwrap();
                prop_assert_eq!(edited, whole, "{}", entry.name);
            }
        }
    }

    #[test]
    fn only_the_surroundings_of_an_edit_are_encoded() {
        let text = "one two three four five six seven";
        let edit = Edit::between(text, "one two three fxour five six seven");
        assert_eq!((edit.before, edit.after), (13..18, 13..19));
        let edit = Edit::between(text, text);
        assert!(edit.after.len() <= 6, "{edit:?}");
        assert_eq!(Edit::between("", "abc def").after, 0..7);
        assert_eq!(Edit::between("abc def", "").after, 0..0);
    }
}
