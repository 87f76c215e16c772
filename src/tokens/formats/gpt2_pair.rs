//! GPT-2's two files: `vocab.json` with the tokens and their IDs, `merges.txt` with the merges in the order in which they
//! were learned.
//!
//! Specification: `encoder.py` of <https://github.com/openai/gpt-2>, where they are called `encoder.json` and `vocab.bpe`.
//! Tokens are bytes in GPT-2's alphabet of letters. Whichever of the two is opened, the other must lie beside it, with the
//! same beginning of its name. Text is cut into words as GPT-2 does, unless a `tokenizer_config.json` beside it names a class
//! that is known to do otherwise (Qwen 2). Vocabularies that mark the end of a word (`</w>`) have rules of their own:
//! [`word_end_pair`](super::word_end_pair).

use super::Draft;
use super::config::Config;
use super::json::check_form;
use super::{word_end_pair, word_patterns};
use crate::files::{Bytes, Source};
use crate::tokens::byte_alphabet;
use crate::tokens::files::{LARGEST_FILE, TokenizerFileError, TokenizerFormat, without_mark};
use crate::tokens::library::Library;
use std::collections::HashMap;
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, PreTokenizerWrapper, SplitDelimiterBehavior, Tokenizer};

/// How the names of both files end: the vocabulary's and the merges'.
const NAMES: [(&str, &str); 3] =
    [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe"), ("vocab.json", "vocab.bpe")];

/// More bytes without a token than this, and the letters are not bytes. `SmolLM` 2 lacks 21.
pub(super) const MOST_MISSING: usize = 128;

/// Whether a JSON object begins as a vocabulary does: names with whole numbers, many of them.
pub(in crate::tokens) fn is_vocabulary(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 16_384;
    const ENOUGH: usize = 64;
    let start = String::from_utf8_lossy(&text[..text.len().min(LOOKED_AT)]);
    let mut rest = start.trim_start_matches('{');
    for _ in 0..ENOUGH {
        let Some(after) = after_entry(rest) else { return false };
        rest = after;
    }
    true
}

/// What follows `"name": 12,`; none if something else stands there.
fn after_entry(text: &str) -> Option<&str> {
    let name = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    let end = name.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let number = name[end + 1..].trim_start().strip_prefix(':')?.trim_start();
    let rest = number.trim_start_matches(|letter: char| letter.is_ascii_digit());
    (rest.len() < number.len()).then_some(())?;
    rest.trim_start().strip_prefix(',')
}

/// Whether a text begins as a list of merges does: two pieces a line, some of them with a space in GPT-2's alphabet.
pub(in crate::tokens) fn are_merges(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 1_024;
    let whole = text.len() <= LOOKED_AT;
    let start = String::from_utf8_lossy(&text[..text.len().min(LOOKED_AT)]);
    let mut lines: Vec<&str> = start.lines().collect();
    if !whole {
        // The last line of the stretch is cut off.
        lines.pop();
    }
    let versioned = lines.first().is_some_and(|line| line.starts_with("#version"));
    let merges: Vec<&str> =
        lines.into_iter().skip(usize::from(versioned)).filter(|line| !line.is_empty()).collect();
    let is_pair = |line: &&str| {
        line.split(' ').filter(|piece| !piece.is_empty()).count() == 2 && line.split(' ').count() == 2
    };
    !merges.is_empty()
        && merges.iter().all(is_pair)
        && (versioned || merges.iter().any(|line| line.contains('Ġ') || line.contains("</w>")))
}

/// Reads both files.
///
/// # Errors
/// [`TokenizerFileError::Half`] without the other file; [`TokenizerFileError::Beside`], [`TokenizerFileError::Json`],
/// [`TokenizerFileError::Vocabulary`].
pub(in crate::tokens) fn read(source: &Source, config: &Config) -> Result<Draft, TokenizerFileError> {
    let own = without_mark(source.bytes());
    let is_vocabulary = own.trim_ascii_start().first() == Some(&b'{');
    let other = other_half(source, is_vocabulary)?;
    let other = without_mark(&other);
    let (vocabulary, merges) = if is_vocabulary { (own, other) } else { (other, own) };
    check_form(vocabulary)?;
    let wrong = |reason: String| TokenizerFileError::Vocabulary { format: TokenizerFormat::Gpt2Pair, reason };
    let ids: HashMap<String, u32> =
        serde_json::from_slice(vocabulary).map_err(|error| wrong(error.to_string()))?;
    let merges = std::str::from_utf8(merges).map_err(|_| wrong("the merges are not UTF-8".to_owned()))?;
    let lines = (1..)
        .zip(merges.lines())
        .filter(|(number, line)| !(line.is_empty() || *number == 1 && line.starts_with("#version")));
    let pairs = lines.map(|(number, line)| {
        let pair = line
            .split_once(' ')
            .filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '));
        pair.ok_or_else(|| {
            wrong(format!("line {number} of the merges is not two pieces with a space between"))
        })
    });
    let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
    if word_end_pair::marks_word_ends(&ids) {
        return word_end_pair::read(ids, &pairs, config).map_err(wrong);
    }
    let qwen = config.class.as_deref() == Some("Qwen2Tokenizer");
    let rules = ByteLevelRules {
        patterns: if qwen { word_patterns::QWEN2 } else { word_patterns::GPT2 },
        prefix_space: config.add_prefix_space.unwrap_or(false),
        nfc: qwen,
        ignore_merges: false,
    };
    let names = config.special_names();
    let specials = ["<|endoftext|>"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .filter(|name| ids.contains_key(*name));
    let tokens: Vec<AddedToken> = specials.map(|name| AddedToken::from(name, true)).collect();
    let (library, warning) =
        byte_level(ids, &pairs, tokens, |end| config.beyond(end), rules).map_err(wrong)?;
    let normalization = library.normalization();
    let mut draft =
        Draft { normalization, warnings: warning.into_iter().collect(), ..Draft::of_library(library) };
    draft.added = config.around(|name| draft.id(name));
    config.complete(&mut draft);
    Ok(draft)
}

/// The other of the two files.
fn other_half(source: &Source, is_vocabulary: bool) -> Result<Bytes, TokenizerFileError> {
    let turned = NAMES
        .map(|(vocabulary, merges)| if is_vocabulary { (vocabulary, merges) } else { (merges, vocabulary) });
    let own_names =
        turned.iter().filter_map(|(own, other)| Some(format!("{}{other}", source.name().strip_suffix(own)?)));
    let names: Vec<String> = own_names.chain(turned.iter().map(|(_, other)| (*other).to_owned())).collect();
    let Some(name) = names.iter().find(|name| source.has(name)) else {
        return Err(TokenizerFileError::Half { missing: names[0].clone() });
    };
    let beside = |problem| TokenizerFileError::Beside { name: name.clone(), problem };
    match source.companion(name).map_err(beside)? {
        Some(bytes) if bytes.len() <= LARGEST_FILE => Ok(bytes),
        Some(bytes) => Err(TokenizerFileError::TooLarge { bytes: bytes.len(), limit: LARGEST_FILE }),
        None => Err(TokenizerFileError::Half { missing: name.clone() }),
    }
}

/// How byte-level BPE treats a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByteLevelRules {
    /// The regular expressions by which it is cut into words, one after another.
    pub(super) patterns: &'static [&'static str],
    /// A space is put in front.
    pub(super) prefix_space: bool,
    /// It is brought into Unicode's composed form.
    pub(super) nfc: bool,
    /// A word that is in the vocabulary is one token, whatever the merges say.
    pub(super) ignore_merges: bool,
}

/// Refuses merges of tokens that do not exist.
///
/// # Errors
/// A sentence that says which.
pub(super) fn check_merges(ids: &HashMap<String, u32>, merges: &[(&str, &str)]) -> Result<(), String> {
    let mut joined = String::new();
    for (number, (left, right)) in (1..).zip(merges) {
        joined.clear();
        joined.push_str(left);
        joined.push_str(right);
        if let Some(missing) =
            [left, right, joined.as_str()].into_iter().find(|piece| !ids.contains_key(*piece))
        {
            return Err(format!(
                "merge {number} (“{left}” with “{right}”) needs the token “{missing}”, which the vocabulary lacks"
            ));
        }
    }
    Ok(())
}

/// Byte-level BPE from its vocabulary and merges, run by the `tokenizers` crate, and a warning if it cannot spell every text.
///
/// # Errors
/// A sentence that says what does not fit together.
pub(super) fn byte_level(
    ids: HashMap<String, u32>,
    merges: &[(&str, &str)],
    added: Vec<AddedToken>,
    beyond: impl FnOnce(usize) -> Vec<AddedToken>,
    rules: ByteLevelRules,
) -> Result<(Library, Option<String>), String> {
    check_merges(&ids, merges)?;
    let missing = (0..=u8::MAX).filter(|&byte| !ids.contains_key(&byte_alphabet::write(&[byte]))).count();
    if missing > MOST_MISSING {
        return Err(format!("{missing} of 256 bytes have no token: this is no byte-level vocabulary"));
    }
    let warning = (missing > 0).then(|| {
        format!("{missing} of 256 bytes have no token: characters that need them are left out of what the model reads.")
    });
    let failed = |error: tokenizers::Error| error.to_string();
    let merges = merges.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect();
    let ids: tokenizers::models::bpe::Vocab = ids.into_iter().collect();
    let model = BPE::builder()
        .vocab_and_merges(ids, merges)
        .ignore_merges(rules.ignore_merges)
        .build()
        .map_err(failed)?;
    let mut plain = Tokenizer::new(model);
    if rules.prefix_space {
        // Only models that cut as GPT-2 does put a space in front; the library's own pattern is GPT-2's.
        plain.with_pre_tokenizer(Some(ByteLevel::new(true, false, true)));
    } else {
        let split = |pattern: &&str| {
            let pattern = SplitPattern::Regex((*pattern).to_owned());
            Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map(PreTokenizerWrapper::from)
        };
        let mut steps = rules.patterns.iter().map(split).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        steps.push(ByteLevel::new(false, false, false).into());
        plain.with_pre_tokenizer(Some(Sequence::new(steps)));
    }
    plain.with_decoder(Some(ByteLevel::default()));
    if rules.nfc {
        plain.with_normalizer(Some(NFC)).map_err(failed)?;
    }
    let (special, plain_text): (Vec<_>, Vec<_>) = added.into_iter().partition(|token| token.special);
    plain.add_tokens(plain_text).map_err(failed)?;
    plain.add_special_tokens(special).map_err(failed)?;
    Library::go_on(&mut plain, beyond).map_err(failed)?;
    let mut library = Library::new(plain).map_err(failed)?;
    library.cut_at_spaces();
    Ok((library, warning))
}

#[cfg(test)]
mod tests {
    use super::{are_merges, is_vocabulary};
    use crate::files::{Bytes, Source};
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::stored;
    use crate::tokens::{EncodeOptions, TokenizerFileError, TokenizerFormat, files};

    fn file(name: &str) -> Vec<u8> {
        stored().into_iter().find(|(other, _)| *other == name).unwrap().1.to_vec()
    }

    fn source(name: &str, bytes: Vec<u8>, beside: &[(&str, Vec<u8>)]) -> Source {
        let beside = beside.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from(bytes.clone())));
        Source::from_memory(name, bytes, beside.collect()).unwrap()
    }

    #[test]
    fn either_file_leads_to_the_other() {
        for (vocabulary, merges) in
            [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe"), ("my-vocab.json", "my-merges.txt")]
        {
            let (first, second) = (file("vocab.json"), file("merges.txt"));
            let forth = source(vocabulary, first.clone(), &[(merges, second.clone())]);
            let back = source(merges, second, &[(vocabulary, first)]);
            for source in [forth, back] {
                let opened = files::open(&source).unwrap();
                assert_eq!(opened.format, TokenizerFormat::Gpt2Pair);
                let encoding = opened.tokenizer.encode("the", EncodeOptions::default(), &Unwatched).unwrap();
                assert!(!encoding.tokens.is_empty() && opened.tokenizer.is_special(0), "{vocabulary}");
            }
        }
    }

    #[test]
    fn half_a_tokenizer_names_the_other_half() {
        for (name, other, missing) in
            [("my-vocab.json", "vocab.json", "my-merges.txt"), ("merges.txt", "merges.txt", "vocab.json")]
        {
            let alone = files::open(&source(name, file(other), &[])).unwrap_err();
            assert!(
                matches!(&alone, TokenizerFileError::Half { missing: said } if said == missing),
                "{alone}"
            );
        }
    }

    #[test]
    fn settings_beside_change_what_they_say() {
        let config = br#"{"tokenizer_class": "RobertaTokenizer", "cls_token": "<|endoftext|>",
            "sep_token": {"content": "<|endoftext|>"}, "add_prefix_space": true,
            "chat_template": [{"name": "tool", "template": "T"}, {"name": "default", "template": "D"}]}"#;
        let beside = [("merges.txt", file("merges.txt")), ("tokenizer_config.json", config.to_vec())];
        let tokenizer = files::open(&source("vocab.json", file("vocab.json"), &beside)).unwrap().tokenizer;
        assert_eq!(tokenizer.added_around(), (&[0][..], &[0][..]));
        assert_eq!(tokenizer.chat_template().map(|template| &*template.source), Some("D"));
        let bare = |text: &str| {
            let options = EncodeOptions { add_special: false, typed_special: false };
            tokenizer.encode(text, options, &Unwatched).unwrap().ids()
        };
        assert_eq!(bare("the"), bare(" the"));
    }

    #[test]
    fn tokens_that_the_settings_add_go_on_where_the_vocabulary_ends() {
        let vocabulary = file("vocab.json");
        let ids: std::collections::HashMap<String, u32> = serde_json::from_slice(&vocabulary).unwrap();
        let end = ids.len() as u32;
        let token = |id: u32, name: &str, special| {
            format!(r#""{id}": {{"content": "{name}", "special": {special}}}"#)
        };
        let open = |tokens: &[String]| {
            let config = format!(r#"{{"added_tokens_decoder": {{{}}}}}"#, tokens.join(","));
            let beside = [("merges.txt", file("merges.txt")), ("tokenizer_config.json", config.into_bytes())];
            files::open(&source("vocab.json", vocabulary.clone(), &beside)).unwrap()
        };
        let opened = open(&[token(end + 1, "<tool>", false), token(end, "<|im|>", true)]);
        let options = EncodeOptions { add_special: false, typed_special: true };
        let ids = |text: &str| opened.tokenizer.encode(text, options, &Unwatched).unwrap().ids();
        assert_eq!((ids("<|im|><tool>"), &*opened.warnings), (vec![end, end + 1], &[][..]));
        assert!(opened.tokenizer.is_special(end) && !opened.tokenizer.is_special(end + 1));
        let far = open(&[token(end + 7, "<|im|>", true)]);
        assert!(
            far.warnings.iter().any(|said| said.contains("1 token") && said.contains("<|im|>")),
            "{:?}",
            far.warnings
        );
    }

    #[test]
    fn merges_that_do_not_fit_are_said() {
        for (merges, said) in [
            ("#version: 0.2\nĠ t\nĠ a b\n", "line 3"),
            ("#version: 0.2\nĠ t\nzz qq\n", "zz"),
            ("#version: 0.2\nĠ t\nĠ\n", "line 3"),
        ] {
            let beside = [("merges.txt", merges.as_bytes().to_vec())];
            let error = files::open(&source("vocab.json", file("vocab.json"), &beside)).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
    }

    #[test]
    fn other_json_and_other_text_are_not_taken_for_these() {
        assert!(is_vocabulary(&file("vocab.json")) && are_merges(&file("merges.txt")));
        let settings = format!("{{{}\"name\": \"x\"}}", "\"a\": 1, ".repeat(60));
        for other in [settings.as_bytes(), b"{}", b"{\"a\": 1}", b"{\"a\": {\"b\": 1}}"] {
            assert!(!is_vocabulary(other));
        }
        for other in [&b"the 0.1\nof 0.2\n"[..], b"3 2\na 1 2\n", b"#version", b"", b"one two three\n"] {
            assert!(!are_merges(other), "{}", String::from_utf8_lossy(other));
        }
    }
}
