//! Vocabularies with merges in a GGUF file: byte-level ones, and those whose pieces are characters.
//!
//! Which it is, and how text is cut into words, `tokenizer.ggml.pre` says by a name ([`Pre`]). Pieces of characters come with
//! `▁` for a space and a piece such as `<0x0A>` for each byte (Gemma 4), or without both, with white space left out.

use super::Draft;
use super::gguf::GgufVocabulary;
use super::gpt2_pair::{ByteLevelRules, byte_level, check_merges};
use super::word_patterns::{Around, Letters, Pre};
use crate::tokens::library::Library;
use crate::tokens::sentencepiece::Kind;
use crate::tokens::spelling::{SPACE_MARK, byte_piece};
use std::collections::HashMap;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::replace::{Replace, ReplacePattern};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, SplitDelimiterBehavior, Tokenizer};

impl GgufVocabulary {
    /// Makes a tokenizer of it.
    ///
    /// # Errors
    /// A sentence that says what does not fit together.
    pub(super) fn merged(mut self) -> Result<Draft, String> {
        let mut warnings = Vec::new();
        let pre = self.rules(&mut warnings);
        let added = self.added();
        let around = self.around(pre.around == Around::Beginning, false, pre.around == Around::End);
        let unknown = self.unk.and_then(|id| self.tokens.get(id as usize)).cloned();
        let mut ids: HashMap<String, u32> = HashMap::with_capacity(self.tokens.len());
        let mut twice = 0;
        for (id, token) in (0..).zip(std::mem::take(&mut self.tokens)) {
            let known = ids.len();
            ids.entry(token).or_insert(id);
            twice += usize::from(ids.len() == known);
        }
        if twice > 0 {
            warnings.push(format!("{twice} tokens are spelled as earlier ones, which are used instead."));
        }
        let pairs = self.pairs()?;
        let (library, missing) = if pre.letters == Letters::Bytes {
            let rules = ByteLevelRules {
                patterns: pre.patterns,
                prefix_space: self.add_space_prefix.unwrap_or(false),
                nfc: pre.nfc,
                ignore_merges: pre.ignore_merges,
            };
            byte_level(ids, &pairs, added, |_| Vec::new(), rules)?
        } else {
            of_characters(ids, &pairs, added, pre, unknown)?
        };
        warnings.extend(missing);
        let normalization = library.normalization();
        Ok(Draft { added: around, normalization, warnings, ..Draft::of_library(library) })
    }

    /// How text is cut into words.
    fn rules(&self, warnings: &mut Vec<String>) -> Pre {
        let name = if self.model == "gemma4" { Some("gemma4") } else { self.pre.as_deref() };
        name.and_then(Pre::named).unwrap_or_else(|| {
            let said = name.map_or("does not say".to_owned(), |pre| format!("says “{pre}”, which is not known,"));
            warnings.push(format!(
                "The file {said} how text is cut into words: GPT-2's way is used, so some IDs may differ from the model's."
            ));
            Pre::DEFAULT
        })
    }

    /// The tokens that are found in a text before it is cut.
    fn added(&self) -> Vec<AddedToken> {
        let named = self.tokens.iter().enumerate().filter(|(_, token)| !token.is_empty());
        let added = named.filter_map(|(id, token)| match self.kind(id) {
            Kind::Control | Kind::Unknown => Some(AddedToken::from(token.as_str(), true)),
            Kind::UserDefined => Some(AddedToken::from(token.as_str(), false).normalized(false)),
            Kind::Normal | Kind::Unused | Kind::Byte => None,
        });
        added.collect()
    }

    /// The merges, each cut into its two tokens.
    fn pairs(&self) -> Result<Vec<(&str, &str)>, String> {
        let pairs = (1..).zip(&self.merges).map(|(number, merge)| {
            // The first of the two has at least one letter, which may itself be anything.
            let space = merge.char_indices().skip(1).find(|(_, letter)| *letter == ' ').map(|(at, _)| at);
            let pair =
                space.map(|at| (&merge[..at], &merge[at + 1..])).filter(|(_, right)| !right.is_empty());
            pair.ok_or_else(|| format!("merge {number} (“{merge}”) is not two tokens with a space between"))
        });
        pairs.collect()
    }
}

/// BPE over characters, run by the `tokenizers` crate, and a warning if it cannot spell every text.
fn of_characters(
    ids: HashMap<String, u32>,
    merges: &[(&str, &str)],
    added: Vec<AddedToken>,
    rules: Pre,
    unknown: Option<String>,
) -> Result<(Library, Option<String>), String> {
    check_merges(&ids, merges)?;
    let marked = rules.letters == Letters::Marked;
    let bytes = ids.keys().filter(|piece| byte_piece(piece).is_some()).count();
    let warning = (marked && bytes < 256).then(|| {
        format!(
            "{} of 256 bytes have no token: characters that need them are unknown or left out.",
            256 - bytes
        )
    });
    let failed = |error: tokenizers::Error| error.to_string();
    let merges = merges.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect();
    let mut model = BPE::builder()
        .vocab_and_merges(ids.into_iter().collect::<Vocab>(), merges)
        .ignore_merges(rules.ignore_merges)
        .fuse_unk(true)
        .byte_fallback(marked);
    if let Some(unknown) = unknown {
        model = model.unk_token(unknown);
    }
    let mut plain = Tokenizer::new(model.build().map_err(failed)?);
    let pattern = SplitPattern::Regex(rules.patterns[0].to_owned());
    if marked {
        let mark =
            Replace::new(ReplacePattern::String(" ".to_owned()), SPACE_MARK.to_string()).map_err(failed)?;
        plain.with_normalizer(Some(mark)).map_err(failed)?;
        let lines = Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map_err(failed)?;
        plain.with_pre_tokenizer(Some(lines));
        plain.with_decoder(Some(Metaspace::new(SPACE_MARK, PrependScheme::Never, false)));
    } else {
        let words = Split::new(pattern, SplitDelimiterBehavior::Removed, true).map_err(failed)?;
        plain.with_pre_tokenizer(Some(words));
    }
    let (special, plain_text): (Vec<_>, Vec<_>) = added.into_iter().partition(|token| token.special);
    plain.add_tokens(plain_text).map_err(failed)?;
    plain.add_special_tokens(special).map_err(failed)?;
    Ok((Library::new(plain).map_err(failed)?, warning))
}

#[cfg(test)]
mod tests {
    use crate::progress::Unwatched;
    use crate::tokens::formats::gguf::{GgufVocabulary, open_vocabulary};
    use crate::tokens::{Algorithm, EncodeOptions, Tokenizer};

    fn bare(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
        let options = EncodeOptions { add_special: false, typed_special: false };
        tokenizer.encode(text, options, &Unwatched).unwrap().ids()
    }

    fn owned(pieces: &[&str]) -> Vec<String> {
        pieces.iter().map(|piece| (*piece).to_owned()).collect()
    }

    fn like_gemma() -> GgufVocabulary {
        let mut tokens = owned(&["<pad>", "<eos>", "<bos>", "<unk>"]);
        tokens.extend((0..=255).map(|byte| format!("<0x{byte:02X}>")));
        tokens.extend("▁abcdét\n".chars().map(String::from));
        tokens.extend(owned(&["\n\n", "ca", "cat", "▁cat", "▁▁"]));
        GgufVocabulary {
            model: "gemma4".to_owned(),
            tokens,
            merges: owned(&["\n \n", "c a", "ca t", "▁ cat", "▁ ▁"]),
            bos: Some(2),
            unk: Some(3),
            ..GgufVocabulary::default()
        }
    }

    /// IDs by Python's `tokenizers` 0.23.3: `BPE(…, unk_token="<unk>", byte_fallback=True, fuse_unk=True)` after
    /// `Replace(" ", "▁")`, without a pre-tokenizer.
    #[test]
    fn characters_with_marked_spaces_are_merged_and_fall_back_to_bytes() {
        let opened = open_vocabulary(like_gemma(), "x").unwrap();
        let tokenizer = &opened.tokenizer;
        assert!(opened.warnings.is_empty(), "{:?}", opened.warnings);
        assert_eq!((tokenizer.algorithm(), tokenizer.added_around()), (Algorithm::Bpe, (&[2][..], &[][..])));
        let text = " cat  cat\n\n\ncat";
        assert_eq!(bare(tokenizer, text), [271, 260, 271, 268, 267, 270]);
        assert_eq!(bare(tokenizer, "é漢 a\tb"), [265, 234, 192, 166, 260, 261, 13, 262]);
        let options = EncodeOptions { add_special: false, typed_special: false };
        let tokens = tokenizer.encode(text, options, &Unwatched).unwrap().tokens;
        let spans: Vec<_> = tokens.iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(spans, [" cat", " ", " cat", "\n\n", "\n", "cat"]);
        let few = GgufVocabulary {
            tokens: like_gemma().tokens.split_off(4),
            merges: Vec::new(),
            unk: None,
            ..like_gemma()
        };
        assert!(open_vocabulary(few, "x").unwrap().warnings.is_empty());
        let mut gaps = like_gemma();
        gaps.tokens[10] = "<gap>".to_owned();
        assert!(open_vocabulary(gaps, "x").unwrap().warnings[0].starts_with("1 of 256 bytes"));
        let wrong = GgufVocabulary { merges: owned(&["q zz"]), ..like_gemma() };
        assert!(open_vocabulary(wrong, "x").unwrap_err().to_string().contains("merge 1"));
    }

    /// The same after `WhitespaceSplit()`, without bytes.
    #[test]
    fn words_between_white_space_are_merged_each_by_itself() {
        let mut tokens = owned(&["<s>", "<pad>", "</s>", "<unk>"]);
        tokens.extend("你好caT".chars().map(String::from));
        tokens.extend(owned(&["你好", "ca"]));
        let vocabulary = GgufVocabulary {
            model: "gpt2".to_owned(),
            pre: Some("whitespace".to_owned()),
            tokens,
            merges: owned(&["你 好", "c a"]),
            unk: Some(3),
            ..GgufVocabulary::default()
        };
        let opened = open_vocabulary(vocabulary, "x").unwrap();
        assert_eq!(bare(&opened.tokenizer, "你好 caT\n xx你"), [9, 10, 8, 3, 4]);
        assert!(opened.warnings.is_empty() && !opened.tokenizer.is_lossless());
    }
}
