//! BERT's `vocab.txt`: the pieces of `WordPiece`, one a line.
//!
//! Specification: `tokenization.py` of <https://github.com/google-research/bert>. A piece's ID is the number of its line,
//! counted from 0; pieces that go on within a word begin with `##`. `[UNK]` must be there; `[CLS]` and `[SEP]` go around a text
//! if they are. Whether texts are lower-cased the file does not say: a `tokenizer_config.json` beside it may (`do_lower_case`,
//! `strip_accents`, `tokenize_chinese_chars`), and otherwise it is guessed from whether pieces have capitals, with a warning.

use super::Draft;
use super::config::Config;
use crate::tokens::files::{TokenizerFileError, TokenizerFormat};
use crate::tokens::library::Library;
use memchr::{memchr, memchr_iter, memmem};
use std::collections::HashMap;
use tokenizers::decoders::wordpiece::WordPiece as Decoder;
use tokenizers::models::bpe::Vocab;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{AddedToken, Tokenizer};

/// The most pieces. The most in use are 501,153 (`LaBSE`).
const MOST_PIECES: usize = 1 << 21;
/// The longest list that is looked through: 64 MiB.
const LARGEST: usize = 64 << 20;
/// What stands for a word that cannot be spelled.
const UNKNOWN: &str = "[UNK]";
/// The names of special tokens.
const SPECIALS: [&str; 5] = ["[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]"];

/// Whether a text is a list of pieces: lines without spaces, one of them `[UNK]`, and either `[CLS]` or a piece with `##`.
pub(in crate::tokens) fn is_list(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 4_096;
    let start = &text[..text.len().min(LOOKED_AT)];
    let single_words = !start.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\0'));
    let has_line = |line: &str| {
        let found = memmem::find(text, format!("\n{line}\n").as_bytes()).is_some();
        found || memmem::find(text, format!("\n{line}\r\n").as_bytes()).is_some()
    };
    let begins = |line: &str| {
        text.strip_prefix(line.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().len() < rest.len())
    };
    text.len() <= LARGEST
        && single_words
        && memchr(b'\n', start).is_some()
        && (begins(UNKNOWN) || has_line(UNKNOWN))
        && (has_line("[CLS]") || begins("[CLS]") || memmem::find(text, b"\n##").is_some())
}

/// Reads a list of pieces.
///
/// # Errors
/// [`TokenizerFileError::Vocabulary`].
pub(in crate::tokens) fn read(bytes: &[u8], config: &Config) -> Result<Draft, TokenizerFileError> {
    let wrong =
        |reason: String| TokenizerFileError::Vocabulary { format: TokenizerFormat::WordPieceList, reason };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() + 1;
        wrong(format!("line {line} is not UTF-8"))
    })?;
    let pieces: Vec<&str> = text.lines().collect();
    if pieces.len() > MOST_PIECES {
        return Err(wrong(format!("it has more than {MOST_PIECES} lines")));
    }
    let mut draft = draft_guessing(&pieces, Some(config)).map_err(wrong)?;
    let configured = config.around(|name| draft.id(name));
    if config.class.is_some() && configured != Default::default() {
        draft.added = configured;
    }
    config.complete(&mut draft);
    Ok(draft)
}

/// `WordPiece` with these pieces, by ID; whether texts are lower-cased is guessed if nothing says so.
///
/// # Errors
/// A sentence that says what is missing.
pub(super) fn draft_guessing(pieces: &[&str], config: Option<&Config>) -> Result<Draft, String> {
    let said = config.and_then(|config| config.lower_case);
    let named = || pieces.iter().filter(|piece| !(piece.starts_with('[') && piece.ends_with(']')));
    // A letter that has no small form, such as ℝ, says nothing.
    let is_capital = |letter: char| !letter.to_lowercase().eq([letter]);
    let guessed = !named().any(|piece| piece.chars().any(is_capital));
    let casing = Casing {
        lower_case: said.unwrap_or(guessed),
        strip_accents: config.and_then(|config| config.strip_accents),
        chinese: config.and_then(|config| config.chinese).unwrap_or(true),
    };
    let names = config.map(Config::special_names).unwrap_or_default();
    let mut draft =
        draft(pieces, casing, &names, |end| config.map(|config| config.beyond(end)).unwrap_or_default())?;
    if said.is_none() {
        let how = if guessed {
            "no piece has a capital, so texts are lower-cased"
        } else {
            "some pieces have capitals, so texts keep theirs"
        };
        draft.warnings.push(format!(
            "The vocabulary does not say whether texts are lower-cased: {how}. A tokenizer_config.json beside it would say."
        ));
    }
    Ok(draft)
}

/// What is done to letters before words are cut.
#[derive(Debug, Clone, Copy)]
struct Casing {
    lower_case: bool,
    /// As lower case, unless said.
    strip_accents: Option<bool>,
    /// Spaces are put around Chinese characters.
    chinese: bool,
}

/// `WordPiece` with these pieces, by ID; of two that are equal, the last counts.
///
/// # Errors
/// A sentence that says what is missing.
fn draft(
    pieces: &[&str],
    rules: Casing,
    more_specials: &[String],
    beyond: impl FnOnce(usize) -> Vec<AddedToken>,
) -> Result<Draft, String> {
    let vocabulary: HashMap<String, u32> =
        (0..).zip(pieces).map(|(id, piece)| ((*piece).to_owned(), id)).collect();
    if !vocabulary.contains_key(UNKNOWN) {
        return Err(format!("it has no piece {UNKNOWN}, which stands for what cannot be spelled"));
    }
    let known = |name: &&str| vocabulary.contains_key(*name);
    let names = SPECIALS.into_iter().chain(more_specials.iter().map(String::as_str));
    let specials: Vec<AddedToken> = names.filter(known).map(|name| AddedToken::from(name, true)).collect();
    let id = |name: &str| vocabulary.get(name).copied().into_iter().collect::<Vec<u32>>();
    let added = (id("[CLS]"), id("[SEP]"));
    let failed = |error: tokenizers::Error| error.to_string();
    let model = WordPiece::builder().vocab(vocabulary.clone().into_iter().collect::<Vocab>());
    let model = model.unk_token(UNKNOWN.to_owned()).build().map_err(failed)?;
    let mut plain = Tokenizer::new(model);
    plain
        .with_normalizer(Some(BertNormalizer::new(
            true,
            rules.chinese,
            rules.strip_accents,
            rules.lower_case,
        )))
        .map_err(failed)?;
    plain.with_pre_tokenizer(Some(BertPreTokenizer));
    plain.with_decoder(Some(Decoder::default()));
    plain.add_special_tokens(specials).map_err(failed)?;
    Library::go_on(&mut plain, beyond).map_err(failed)?;
    let mut library = Library::new(plain).map_err(failed)?;
    library.cut_at_spaces();
    let normalization = library.normalization();
    Ok(Draft { added, normalization, ..Draft::of_library(library) })
}

#[cfg(test)]
mod tests {
    use super::is_list;
    use crate::files::{Bytes, Source};
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::stored;
    use crate::tokens::{EncodeOptions, OpenedTokenizer, TokenizerFormat, files};

    const SMALL: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nCat\ncat\n##s\ncafe\ncafé\n";

    fn open(list: &str, config: Option<&str>) -> OpenedTokenizer {
        let named =
            |config: &str| ("tokenizer_config.json".to_owned(), Bytes::from(config.as_bytes().to_vec()));
        let beside = config.map(named).into_iter().collect();
        files::open(&Source::from_memory("vocab.txt", list.as_bytes().to_vec(), beside).unwrap()).unwrap()
    }

    fn ids(opened: &OpenedTokenizer, text: &str) -> Vec<u32> {
        opened.tokenizer.encode(text, EncodeOptions::default(), &Unwatched).unwrap().ids()
    }

    #[test]
    fn capitals_decide_unless_settings_do() {
        let cased = open(SMALL, None);
        assert_eq!(cased.format, TokenizerFormat::WordPieceList);
        for ends in ["\r\n", "\r"] {
            assert_eq!(ids(&open(&SMALL.replace('\n', ends), None), "Cats café"), [2, 5, 7, 9, 3]);
        }
        assert_eq!(ids(&cased, "Cats café"), [2, 5, 7, 9, 3]);
        assert!(cased.warnings[0].contains("keep theirs"));
        let lower = open(&SMALL.replace("Cat\n", ""), None);
        assert_eq!(ids(&lower, "CATS Café"), [2, 5, 6, 7, 3]);
        assert!(lower.warnings[0].contains("are lower-cased"));
        let signs = open(&format!("{}ℝ\n", SMALL.replace("Cat\n", "")), None);
        assert!(signs.warnings[0].contains("are lower-cased"), "ℝ has no small form");
        let said = open(SMALL, Some(r#"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#));
        assert_eq!(ids(&said, "Cats"), [2, 6, 7, 3]);
        assert!(said.warnings.is_empty());
        let kept = open(SMALL, Some(r#"{"do_lower_case": true, "strip_accents": false}"#));
        assert_eq!(ids(&kept, "CAFÉ"), [2, 9, 3]);
    }

    #[test]
    fn lists_of_words_are_not_taken_for_vocabularies() {
        assert!(is_list(stored().into_iter().find(|(name, _)| *name == "vocab.txt").unwrap().1));
        assert!(is_list(SMALL.replace('\n', "\r\n").as_bytes()));
        let words = ["the\nof\nand\n", "[UNK]\nthe\nof\n", "[UNK] 0.1\n[CLS] 0.2\n", "[UNK]", "", "x\n##y\n"];
        for other in words.into_iter().chain(["# a\n## b\n[UNK]\n"]) {
            assert!(!is_list(other.as_bytes()), "{other}");
        }
    }
}
