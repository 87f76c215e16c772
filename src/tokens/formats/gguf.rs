//! The tokenizer inside a GGUF model: what stands under `tokenizer.ggml.*` and `tokenizer.chat_template`.
//!
//! Specification: `docs/gguf.md` of <https://github.com/ggml-org/ggml> for the keys, and `llama-vocab.cpp` of
//! <https://github.com/ggml-org/llama.cpp> for what is meant where they are missing. Accepted are the kinds `gpt2` and `gemma4`
//! (BPE by merges, of bytes or of characters; which it is and how text is cut into words, `pre` names), `llama`
//! (`SentencePiece` BPE by scores), `t5` (`SentencePiece` Unigram) and `bert` (`WordPiece`, words beginning with `▁` instead of
//! going on with `##`). Refused, with the reason: `rwkv`, `plamo2`, and whatever else is neither.
//!
//! A GGUF holds less than the model's own files: not whether `WordPiece` keeps capitals, which is guessed, and not the
//! normalization of byte-level models. The IDs are those of the original `tokenizer.json`, not of the approximations in some
//! programs.

use super::{Draft, sentencepiece, wordpiece_list};
use crate::tokens::files::{OpenedTokenizer, TokenizerFileError, TokenizerFormat};
use crate::tokens::sentencepiece::{Kind, Model, Parts, Piece, Rules, SentencePiece};
use crate::tokens::spelling::{SPACE_MARK, byte_piece};

/// The most tokens. The most in use are 262,144.
pub(super) const MOST_TOKENS: usize = 1 << 21;

/// What a GGUF file says of its tokenizer. What it does not say is empty or `None`.
#[derive(Debug, Clone, Default)]
pub struct GgufVocabulary {
    /// `tokenizer.ggml.model`: `gpt2`, `llama`, `t5`, `bert`, …
    pub model: String,
    /// `tokenizer.ggml.pre`: the name of the way to cut text into words.
    pub pre: Option<String>,
    /// The tokens, by ID.
    pub tokens: Vec<String>,
    /// A score for each token, or nothing.
    pub scores: Vec<f32>,
    /// A kind for each token, or nothing: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.
    pub types: Vec<i32>,
    /// Merges, each two tokens with a space between, the first learned first.
    pub merges: Vec<String>,
    /// The token that begins a text.
    pub bos: Option<u32>,
    /// The token that ends a text.
    pub eos: Option<u32>,
    /// The token for what cannot be spelled.
    pub unk: Option<u32>,
    /// The token between texts.
    pub sep: Option<u32>,
    /// The token that fills up.
    pub pad: Option<u32>,
    /// Whether `bos` is added.
    pub add_bos: Option<bool>,
    /// Whether `eos` is added.
    pub add_eos: Option<bool>,
    /// Whether `sep` is added.
    pub add_sep: Option<bool>,
    /// Whether a space is put in front of a text.
    pub add_space_prefix: Option<bool>,
    /// Whether extra spaces are taken away.
    pub remove_extra_whitespaces: Option<bool>,
    /// `SentencePiece`'s table of replacements.
    pub precompiled_charsmap: Vec<u8>,
    /// `tokenizer.chat_template`.
    pub chat_template: Option<String>,
}

/// Makes a tokenizer of what a GGUF file says. `name` is the name that it is shown by.
///
/// # Errors
/// [`TokenizerFileError::Vocabulary`] if the kind is not one of the five, or its parts contradict each other.
pub fn open_vocabulary(
    vocabulary: GgufVocabulary,
    name: &str,
) -> Result<OpenedTokenizer, TokenizerFileError> {
    let wrong = |reason: String| TokenizerFileError::Vocabulary { format: TokenizerFormat::Gguf, reason };
    let mut vocabulary = vocabulary;
    let chat_template = vocabulary.chat_template.take();
    vocabulary.check().map_err(wrong)?;
    let chat_names = [vocabulary.bos, vocabulary.eos]
        .map(|id| id.and_then(|id| vocabulary.tokens.get(id as usize).cloned()));
    let draft = match vocabulary.model.as_str() {
        "gpt2" | "gemma4" => vocabulary.merged(),
        "llama" => vocabulary.sentencepiece(Model::Bpe),
        "t5" => vocabulary.sentencepiece(Model::Unigram),
        "bert" => vocabulary.word_piece(),
        other => Err(format!(
            "its tokenizer is of the kind “{other}”; gpt2, gemma4, llama, t5 and bert are known. The model's own tokenizer files may open"
        )),
    };
    let draft = Draft { chat_template, chat_names, ..draft.map_err(wrong)? };
    Ok(draft.finish(name, TokenizerFormat::Gguf))
}

impl GgufVocabulary {
    /// Holds the lists to each other, and drops IDs that are beyond them.
    fn check(&mut self) -> Result<(), String> {
        let count = self.tokens.len();
        if count == 0 || count > MOST_TOKENS {
            return Err(format!("it lists {count} tokens; from 1 to {MOST_TOKENS} are read"));
        }
        for (what, length) in [("scores", self.scores.len()), ("token_type", self.types.len())] {
            if length != 0 && length < count {
                return Err(format!("tokenizer.ggml.{what} has {length} entries for {count} tokens"));
            }
        }
        for id in [&mut self.bos, &mut self.eos, &mut self.unk, &mut self.sep, &mut self.pad] {
            *id = id.filter(|id| (*id as usize) < count);
        }
        Ok(())
    }

    /// What a token is for; where the file does not say, by its spelling.
    pub(super) fn kind(&self, id: usize) -> Kind {
        let number = id as u32;
        match self.types.get(id) {
            Some(&kind) => Kind::from_number(kind),
            None if self.unk == Some(number) => Kind::Unknown,
            None if [self.bos, self.eos, self.sep, self.pad].contains(&Some(number)) => Kind::Control,
            None if byte_piece(&self.tokens[id]).is_some() => Kind::Byte,
            None => Kind::Normal,
        }
    }

    /// What is added around a text, given what is usual.
    pub(super) fn around(&self, bos: bool, eos: bool, sep: bool) -> (Vec<u32>, Vec<u32>) {
        let wanted = |said: Option<bool>, usual: bool, id: Option<u32>| {
            id.filter(|_| said.unwrap_or(usual)).into_iter()
        };
        let mut after: Vec<u32> = wanted(self.add_eos, eos, self.eos).collect();
        after.extend(
            wanted(self.add_sep, sep, self.sep)
                .filter(|id| self.add_eos != Some(true) || Some(*id) != self.eos),
        );
        (wanted(self.add_bos, bos, self.bos).collect(), after)
    }

    fn sentencepiece(self, model: Model) -> Result<Draft, String> {
        let mut kinds: Vec<Kind> = (0..self.tokens.len()).map(|id| self.kind(id)).collect();
        if let Some(unknown) = self.unk.filter(|_| !kinds.contains(&Kind::Unknown)) {
            kinds[unknown as usize] = Kind::Unknown;
        }
        let added = match model {
            Model::Unigram => self.around(false, true, false),
            _ => self.around(true, false, false),
        };
        let byte_fallback = kinds.iter().filter(|kind| **kind == Kind::Byte).count() == 256;
        let rules = Rules {
            precompiled_charsmap: self.precompiled_charsmap,
            add_dummy_prefix: self.add_space_prefix.unwrap_or(true),
            remove_extra_whitespaces: self.remove_extra_whitespaces.unwrap_or(model == Model::Unigram),
            escape_whitespaces: true,
            treat_whitespace_as_suffix: false,
        };
        let scores = self.scores.into_iter().chain(std::iter::repeat(0.0));
        let pieces = self.tokens.into_iter().zip(scores).zip(kinds);
        let pieces = pieces.map(|((text, score), kind)| Piece { text, score, kind }).collect();
        let parts = Parts { pieces, model, byte_fallback, rules, lenient: true };
        let model = SentencePiece::new(parts).map_err(|error| error.to_string())?;
        let left_out = model.left_out;
        let mut draft = Draft { added, ..sentencepiece::draft_of(model) };
        if left_out > 0 {
            draft
                .warnings
                .push(format!("{left_out} tokens are empty or spelled as earlier ones: they are left out."));
        }
        Ok(draft)
    }

    fn word_piece(self) -> Result<Draft, String> {
        let added = self.around(true, false, true);
        let written = |(id, token): (usize, &String)| match token.strip_prefix(SPACE_MARK) {
            Some(word) => word.to_owned(),
            None if matches!(self.kind(id), Kind::Control | Kind::Unknown) => token.clone(),
            None if token.starts_with('[') && token.ends_with(']') => token.clone(),
            None => format!("##{token}"),
        };
        let pieces: Vec<String> = self.tokens.iter().enumerate().map(written).collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let mut draft = wordpiece_list::draft_guessing(&pieces, None)?;
        if added != Default::default() {
            draft.added = added;
        }
        Ok(draft)
    }
}

#[cfg(test)]
mod tests {
    use super::{GgufVocabulary, open_vocabulary};
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::{source, stored};
    use crate::tokens::formats::sentencepiece::parts_of;
    use crate::tokens::sentencepiece::{Kind, Model};
    use crate::tokens::{Algorithm, EncodeOptions, OpenedTokenizer, Tokenizer, files};
    use std::collections::HashMap;

    const TEXTS: [&str; 6] = [
        "The cat  sat on 12 mats, don't \n it? ",
        "  Ünïcödé ½ ﬁ 漢字 👩‍👩‍👧 \u{1}\t",
        "",
        "a",
        "▁x <s></s> <ctl> [CLS]",
        "run      of spaces   ",
    ];

    fn file(name: &str) -> &'static str {
        let (_, bytes) = stored().into_iter().find(|(other, _)| *other == name).unwrap();
        std::str::from_utf8(bytes).unwrap()
    }

    fn bare(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
        let options = EncodeOptions { add_special: false, typed_special: false };
        tokenizer.encode(text, options, &Unwatched).unwrap().ids()
    }

    fn assert_like(file: &str, opened: &OpenedTokenizer) {
        let original = files::open(&source(file)).unwrap().tokenizer;
        for text in TEXTS {
            assert_eq!(bare(&opened.tokenizer, text), bare(&original, text), "{file} {text:?}");
        }
    }

    /// What a converter would write for a stored `SentencePiece` model.
    fn of_model(name: &str) -> GgufVocabulary {
        let parts = parts_of(source(name).bytes()).unwrap();
        let kinds = [Kind::Normal, Kind::Unknown, Kind::Control, Kind::UserDefined, Kind::Unused, Kind::Byte];
        let number = |kind| kinds.iter().position(|known| *known == kind).unwrap() as i32 + 1;
        GgufVocabulary {
            model: if parts.model == Model::Bpe { "llama" } else { "t5" }.to_owned(),
            scores: parts.pieces.iter().map(|piece| piece.score).collect(),
            types: parts.pieces.iter().map(|piece| number(piece.kind)).collect(),
            tokens: parts.pieces.into_iter().map(|piece| piece.text).collect(),
            add_space_prefix: Some(parts.rules.add_dummy_prefix),
            remove_extra_whitespaces: Some(parts.rules.remove_extra_whitespaces),
            precompiled_charsmap: parts.rules.precompiled_charsmap,
            bos: Some(1),
            eos: Some(2),
            ..GgufVocabulary::default()
        }
    }

    #[test]
    fn sentencepiece_vocabularies_give_the_ids_of_the_model() {
        for name in [
            "bpe-bytes.model",
            "bpe-map.model",
            "bpe-no-prefix.model",
            "unigram-map.model",
            "unigram-across.model",
        ] {
            let opened = open_vocabulary(of_model(name), name).unwrap();
            assert_like(name, &opened);
            let unigram = opened.tokenizer.algorithm() == Algorithm::Unigram;
            let expected: (&[u32], &[u32]) = if unigram { (&[], &[2]) } else { (&[1], &[]) };
            assert_eq!(opened.tokenizer.added_around(), expected, "{name}");
        }
        let mut doubled = of_model("bpe-bytes.model");
        doubled.tokens.extend(["▁the".to_owned(), String::new()]);
        doubled.types.clear();
        doubled.scores.extend([0.0, 0.0]);
        doubled.unk = Some(0);
        let opened = open_vocabulary(doubled, "x").unwrap();
        assert!(opened.warnings[0].starts_with("2 tokens are empty"), "{:?}", opened.warnings);
        assert!(opened.tokenizer.is_lossless(), "bytes are known by their spelling");
    }

    #[test]
    fn byte_level_vocabularies_are_cut_as_their_name_says() {
        let ids: HashMap<String, usize> = serde_json::from_str(file("vocab.json")).unwrap();
        let mut tokens = vec![String::new(); ids.len()];
        for (token, id) in ids {
            tokens[id] = token;
        }
        let base = GgufVocabulary {
            model: "gpt2".to_owned(),
            pre: Some("gpt-2".to_owned()),
            types: (0..tokens.len()).map(|id| if id == 0 { 3 } else { 1 }).collect(),
            tokens,
            merges: file("merges.txt").lines().skip(1).map(str::to_owned).collect(),
            bos: Some(0),
            chat_template: Some("{{ messages }}".to_owned()),
            ..GgufVocabulary::default()
        };
        let opened = open_vocabulary(base.clone(), "x").unwrap();
        assert_like("vocab.json", &opened);
        assert!(opened.warnings.is_empty() && opened.tokenizer.is_special(0));
        assert_eq!(
            opened.tokenizer.chat_template().map(|template| &*template.source),
            Some("{{ messages }}")
        );
        let with = |pre: Option<&str>| {
            let vocabulary = GgufVocabulary { pre: pre.map(str::to_owned), ..base.clone() };
            open_vocabulary(vocabulary, "x").unwrap()
        };
        assert_eq!(with(Some("llama-bpe")).tokenizer.added_around(), (&[0][..], &[][..]));
        assert!(with(None).warnings[0].contains("GPT-2's way"));
        assert!(with(Some("unheard-of")).warnings[0].contains("unheard-of"));
        let refused = |vocabulary| open_vocabulary(vocabulary, "x").unwrap_err().to_string();
        let merges = vec!["Ġ t".to_owned(), "q zz".to_owned()];
        assert!(refused(GgufVocabulary { merges, ..base.clone() }).contains("merge 2"));
        let tokens = base.tokens[..90].to_vec();
        let few = GgufVocabulary { tokens, types: Vec::new(), merges: Vec::new(), ..base };
        assert!(refused(few).contains("bytes have no token"));
    }

    #[test]
    fn word_piece_words_begin_with_a_mark() {
        let written = |piece: &str| match piece.strip_prefix("##") {
            Some(rest) => rest.to_owned(),
            None if piece.starts_with('[') && piece.len() > 2 => piece.to_owned(),
            None => format!("▁{piece}"),
        };
        let vocabulary = GgufVocabulary {
            model: "bert".to_owned(),
            tokens: file("vocab.txt").lines().map(written).collect(),
            bos: Some(2),
            sep: Some(3),
            ..GgufVocabulary::default()
        };
        let opened = open_vocabulary(vocabulary, "x").unwrap();
        assert_like("vocab.txt", &opened);
        assert_eq!(opened.tokenizer.added_around(), (&[2][..], &[3][..]));
    }

    #[test]
    fn other_kinds_and_contradictions_are_refused() {
        let refused = |vocabulary| open_vocabulary(vocabulary, "x").unwrap_err().to_string();
        let (model, tokens) = ("rwkv".to_owned(), vec!["a".to_owned()]);
        let rwkv = GgufVocabulary { model, tokens, ..GgufVocabulary::default() };
        assert!(refused(rwkv.clone()).contains("rwkv"));
        assert!(refused(GgufVocabulary { tokens: Vec::new(), ..rwkv.clone() }).contains("lists 0 tokens"));
        let short = GgufVocabulary { types: vec![1], tokens: vec![String::new(); 3], ..rwkv };
        assert!(refused(short).contains("1 entries for 3 tokens"));
    }
}
