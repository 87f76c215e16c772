//! Tokenizers that a person opens: a Hugging Face `tokenizer.json` or a `.tiktoken` rank file, recognized by content.

use super::catalog;
use super::checks;
use super::library::Library;
use super::ranks::{Ranks, RanksError};
use super::tokenizer::{Algorithm, Engine, Tokenizer};
use super::word_split::WordPattern;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The two kinds of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenizerFormat {
    /// Hugging Face `tokenizer.json`.
    Json,
    /// Ranks in base64, one token a line.
    Tiktoken,
}

impl TokenizerFormat {
    /// The name by which it is known.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "Hugging Face tokenizer.json",
            Self::Tiktoken => "tiktoken ranks",
        }
    }
}

/// An opened tokenizer file.
#[derive(Debug)]
pub struct OpenedTokenizer {
    /// The tokenizer.
    pub tokenizer: Tokenizer,
    /// What kind of file it was.
    pub format: TokenizerFormat,
    /// What a person should know about it, if anything.
    pub warnings: Vec<String>,
}

/// Why a tokenizer file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerFileError {
    /// The content is neither kind.
    #[error("this is neither a Hugging Face tokenizer.json nor a .tiktoken rank file; choose one of these")]
    Unrecognized,
    /// It is JSON, but cut short or broken.
    #[error("the JSON is broken at line {line}, column {column}: {reason}; download the file again")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser said.
        reason: String,
    },
    /// It is JSON but does not describe a tokenizer that works.
    #[error("this tokenizer.json does not describe a tokenizer that works here: {0}")]
    Rules(String),
    /// It is a rank file with something wrong in it.
    #[error("this rank file cannot be read: {0}")]
    Ranks(#[from] RanksError),
    /// It is larger than any tokenizer file in use.
    #[error("the file has {bytes} bytes; tokenizer files up to {limit} bytes are read")]
    TooLarge {
        /// The file's size.
        bytes: usize,
        /// The greatest size.
        limit: usize,
    },
}

/// The largest tokenizer file that is read: 256 MiB. The largest in use have about 35 MB.
const LARGEST_FILE: usize = 256 << 20;

/// Recognizes a tokenizer file by its content; `None` for anything else. Only the beginning is looked at, and for JSON the
/// names of its top-level fields.
pub fn sniff(bytes: &[u8]) -> Option<TokenizerFormat> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if text.first() == Some(&b'{') {
        // A cut-off or broken file still shows what it was meant to be.
        let has = |name: &str| text.windows(name.len()).any(|window| window == name.as_bytes());
        let typical =
            has("\"model\"") && (has("\"vocab\"") || has("\"added_tokens\"") || has("\"pre_tokenizer\""));
        return typical.then_some(TokenizerFormat::Json);
    }
    are_ranks(text).then_some(TokenizerFormat::Tiktoken)
}

/// Whether a text begins with lines of `base64 rank`: all of them, counting up, or, in a damaged file, most of them. One
/// such line would not do: `8341 100` is valid base64 and a number, and the header of a table of vectors.
fn are_ranks(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 1_024;
    let whole = text.len() <= LOOKED_AT;
    let mut lines: Vec<&[u8]> = text[..text.len().min(LOOKED_AT)].split(|&byte| byte == b'\n').collect();
    if !whole && lines.len() > 1 {
        // The last line of the stretch is cut off.
        lines.pop();
    }
    // A lone line is the header of a table without rows as likely as a vocabulary of one token.
    let many = lines.len() > 1;
    let filled = lines.iter().map(|line| line.trim_ascii_end()).filter(|line| !line.is_empty());
    let ranks: Vec<Option<u32>> = filled.clone().map(rank_of).collect();
    let count_up = |pair: &[Option<u32>]| pair[0].and_then(|rank| rank.checked_add(1)) == pair[1];
    let sound = ranks.iter().all(Option::is_some) && ranks.windows(2).all(count_up);
    many && !ranks.is_empty() && (sound || are_damaged_ranks(filled.collect::<Vec<_>>().as_slice()))
}

/// Whether three of four lines are `base64 number`, and enough of them are filled up with `=`, as no words with numbers
/// are: two of three tokens have a length that needs it.
fn are_damaged_ranks(lines: &[&[u8]]) -> bool {
    let fits = |line: &&&[u8]| {
        let mut spaced = line.to_vec();
        // Perhaps an editor has made tabs of spaces.
        spaced.iter_mut().filter(|byte| **byte == b'\t').for_each(|byte| *byte = b' ');
        rank_of(&spaced).is_some()
    };
    let fitting: Vec<_> = lines.iter().filter(fits).collect();
    let filled_up = fitting.iter().filter(|line| line.contains(&b'=')).count();
    fitting.len() * 4 >= lines.len() * 3 && filled_up * 4 >= lines.len()
}

/// The rank on a line of a rank file; none if it is no such line.
fn rank_of(line: &[u8]) -> Option<u32> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let (token, rank) = (&line[..space], &line[space + 1..]);
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let is_token = !token.is_empty() && token.len() % 4 == 0 && token.iter().all(base64);
    let rank =
        std::str::from_utf8(rank).ok().filter(|rank| rank.bytes().all(|byte| byte.is_ascii_digit()))?;
    is_token.then(|| rank.parse().ok())?
}

/// Opens a tokenizer file. `name` is the name that it is shown by.
///
/// # Errors
/// [`TokenizerFileError`]: what is wrong, where, and what to do. Never panics, whatever the bytes are.
pub fn open(bytes: &[u8], name: &str) -> Result<OpenedTokenizer, TokenizerFileError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TokenizerFileError::TooLarge { bytes: bytes.len(), limit: LARGEST_FILE });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match sniff(bytes).ok_or(TokenizerFileError::Unrecognized)? {
        TokenizerFormat::Json => open_json(bytes, name),
        TokenizerFormat::Tiktoken => open_ranks(bytes, name),
    }
}

fn open_json(bytes: &[u8], name: &str) -> Result<OpenedTokenizer, TokenizerFileError> {
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
        let (line, column) = (error.line(), error.column());
        return Err(TokenizerFileError::Json { line, column, reason: error.to_string() });
    }
    checks::check(bytes).map_err(TokenizerFileError::Rules)?;
    let rules = |error: tokenizers::Error| TokenizerFileError::Rules(error.to_string());
    // The crate trusts what it reads; a file made to trip it must not take the program with it.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let library = Library::from_json(bytes)?;
        let added = library.added_around()?;
        Ok((library, added))
    }));
    let (library, added) = match read {
        Ok(read) => read.map_err(rules)?,
        Err(_) => return Err(TokenizerFileError::Rules("its parts contradict each other".to_owned())),
    };
    let algorithm = library.algorithm();
    let specials = library.specials();
    let engine = Engine::Library(Box::new(library));
    let tokenizer = Tokenizer::new((name, name), algorithm, engine, specials, added);
    Ok(OpenedTokenizer { tokenizer, format: TokenizerFormat::Json, warnings: Vec::new() })
}

fn open_ranks(bytes: &[u8], name: &str) -> Result<OpenedTokenizer, TokenizerFileError> {
    let ranks = Ranks::parse(bytes, WordPattern::Cl100k)?;
    let (known, mut warnings) = (catalog::recognize(&ranks), Vec::new());
    let (ranks, specials) = if let Some((pattern, specials)) = known {
        (ranks.with_pattern(pattern), specials)
    } else {
        warnings.push(
            "A rank file does not say how to cut text into words, and this vocabulary is not a known one: GPT-4's way is used, \
             so some IDs may differ from the model's. It names no special tokens either."
                .to_owned(),
        );
        (ranks, Vec::new())
    };
    let engine = Engine::Ranks(Box::new(ranks));
    let tokenizer =
        Tokenizer::new((name, name), Algorithm::ByteLevelBpe, engine, specials, Default::default());
    Ok(OpenedTokenizer { tokenizer, format: TokenizerFormat::Tiktoken, warnings })
}

#[cfg(test)]
mod tests {
    use super::{TokenizerFileError, TokenizerFormat, open, sniff};
    use crate::progress::Unwatched;
    use crate::tokens::{Algorithm, EncodeOptions};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use std::io::Read;

    const BARE: EncodeOptions = EncodeOptions { add_special: false, typed_special: false };

    fn asset(packed: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut file).unwrap();
        file
    }

    fn ranks(count: u32) -> String {
        (0..count).map(|rank| format!("{} {rank}\n", STANDARD.encode([rank as u8]))).collect()
    }

    #[test]
    fn a_tokenizer_json_brings_its_own_special_tokens() {
        let file = asset(include_bytes!("../../assets/tokenizers/bert-base-uncased.tokenizer.json.zst"));
        assert_eq!(sniff(&file), Some(TokenizerFormat::Json));
        let opened = open(&file, "mine").unwrap();
        let tokenizer = opened.tokenizer;
        assert_eq!((tokenizer.name(), tokenizer.algorithm()), ("mine", Algorithm::WordPiece));
        let encoding = tokenizer.encode("strawberry", EncodeOptions::default(), &Unwatched).unwrap();
        assert_eq!(encoding.ids(), [101, 16876, 102]);
        assert!(opened.warnings.is_empty());
    }

    #[test]
    fn a_published_rank_file_is_recognized() {
        let file = asset(include_bytes!("../../assets/tokenizers/llama3.tiktoken.zst"));
        let opened = open(&file, "ranks").unwrap();
        assert_eq!(opened.format, TokenizerFormat::Tiktoken);
        assert!(opened.warnings.is_empty());
        // Llama 3 cuts white space at the end of a text; GPT-4 does not.
        assert_eq!(opened.tokenizer.encode("a \n  ", BARE, &Unwatched).unwrap().tokens.len(), 3);
        assert_eq!(opened.tokenizer.id("<|eot_id|>"), Some(128_009));
    }

    #[test]
    fn an_unknown_rank_file_works_with_a_warning() {
        let opened = open(ranks(256).as_bytes(), "mine").unwrap();
        assert_eq!(opened.warnings.len(), 1);
        assert_eq!(opened.tokenizer.encode("hi", BARE, &Unwatched).unwrap().ids(), [104, 105]);
    }

    #[test]
    fn other_content_is_not_a_tokenizer() {
        for bytes in [
            &b""[..],
            b"{}",
            b"{\"a\": [1]}",
            b"the 0.1 0.2",
            b"\0\xff\xfe",
            b"400000 50",
            b"a b c",
            b"cats 5x",
        ] {
            assert_eq!(sniff(bytes), None, "{bytes:?}");
            assert!(matches!(open(bytes, "x"), Err(TokenizerFileError::Unrecognized)));
        }
    }

    #[test]
    fn headers_and_words_of_vectors_are_no_ranks() {
        let binary = [&b"8341 100\nthe "[..], &[0x3f; 400], b"\n"].concat();
        let text = b"8341 2\nthe 0.1 0.2\nof 0.3 0.4\n";
        let columns = b"cats 1\ndogs 0\nbird 5\n";
        for bytes in [&binary[..], text, columns, b"8341 100", b"cats 1\nowls 2\nand so on\n"] {
            assert_eq!(sniff(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
        for ranks in [ranks(256), ranks(2), ranks(256).replace('\n', "\r\n"), format!("\u{feff}{}", ranks(3))]
        {
            assert_eq!(sniff(ranks.as_bytes()), Some(TokenizerFormat::Tiktoken), "{ranks:.40}");
        }
        let long = format!("{} 0\nYQ== 1\n", "YWFh".repeat(100));
        assert_eq!(sniff(long.as_bytes()), Some(TokenizerFormat::Tiktoken), "a long token");
    }

    #[test]
    fn damaged_ranks_are_ranks_with_an_error() {
        let swapped = ranks(256).replace("Ag== 2\nAw== 3\n", "Aw== 3\nAg== 2\n");
        assert!(open(swapped.as_bytes(), "x").is_ok(), "another order does no harm");
        let gap = ranks(256).replace("Ag== 2\n", "");
        let broken = ranks(256).replace("Ag== 2\n", "Ag= 2\n");
        let twice = ranks(256).replace("Ag== 2\n", "Ag== 1\n");
        let tabs = ranks(256).replace(' ', "\t");
        for (damaged, said) in [(gap, "0x02"), (broken, "line 3"), (twice, "line 3"), (tabs, "line 1")] {
            assert_eq!(sniff(damaged.as_bytes()), Some(TokenizerFormat::Tiktoken), "{said}");
            let error = open(damaged.as_bytes(), "x").unwrap_err();
            assert!(
                matches!(error, TokenizerFileError::Ranks(_)) && error.to_string().contains(said),
                "{error}"
            );
        }
        for vectors in [
            &b"cat 0.5\ndog 0.25\nowl 1\n"[..],
            b"3 1\ncats 1\ndogs 2\nowls 4\n",
            &b"cats 1\nowls 9\n".repeat(40),
        ] {
            assert_eq!(sniff(vectors), None, "{:?}", String::from_utf8_lossy(vectors));
        }
    }

    #[test]
    fn files_that_would_fill_the_memory_or_trip_the_library_are_refused() {
        let bpe = br#"{"version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}"#;
        let error = open(bpe, "x").unwrap_err().to_string();
        assert!(error.contains("merge 1 (“a” with “b”)"), "{error}");
        let step = format!(
            r#"{{"type": "Replace", "pattern": {{"String": "a"}}, "content": "{}"}}"#,
            "a".repeat(1_000)
        );
        let steps = [step.as_str(); 4].join(", ");
        let wild = format!(
            r#"{{"version": "1.0", "added_tokens": [], "normalizer": {{"type": "Sequence", "normalizers": [{steps}]}},
            "model": {{"type": "WordLevel", "vocab": {{"a": 0}}, "unk_token": "a"}}}}"#
        );
        let error = open(wild.as_bytes(), "x").unwrap_err().to_string();
        assert!(error.contains("64 times"), "{error}");
    }

    #[test]
    fn broken_files_say_where() {
        let cut = br#"{"model": {"type": "BPE", "vocab": {"a": 0,"#;
        assert!(matches!(open(cut, "x"), Err(TokenizerFileError::Json { line: 1, .. })));
        let hollow = br#"{"model": {"type": "Nothing", "vocab": {}}}"#;
        assert!(matches!(open(hollow, "x"), Err(TokenizerFileError::Rules(_))));
        assert!(matches!(open(ranks(200).as_bytes(), "x"), Err(TokenizerFileError::Ranks(_))));
    }

    #[test]
    fn a_vocabulary_with_a_wild_id_is_refused() {
        let wild = br#"{"version": "1.0", "added_tokens": [], "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 4000000000},
            "unk_token": "a"}}"#;
        assert!(matches!(open(wild, "x"), Err(TokenizerFileError::Rules(_))));
    }
}
