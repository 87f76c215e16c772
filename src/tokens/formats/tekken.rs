//! Mistral's Tekken JSON: `tekken.json`.
//!
//! Specification: `tekken.py` of <https://github.com/mistralai/mistral-common>. `config` gives the pattern by which text is cut
//! into words, the size of the vocabulary and how many special tokens there are; `vocab` lists tokens by rank, their bytes
//! in base64; `special_tokens`, if there, names special tokens. The first IDs are those of the special tokens, named or
//! not, so that a token's ID is its rank plus their number; of `vocab` as many are used as the size allows. Files older
//! than version 11 name no special tokens: Mistral's fixed list is meant. Patterns other than Mistral's, GPT-4o's and Llama 3's are
//! refused. Images and sound are not used.

use super::Draft;
use super::json::check_form;
use crate::tokens::files::{TokenizerFileError, TokenizerFormat};
use crate::tokens::pieces::Pieces;
use crate::tokens::ranks::Ranks;
use crate::tokens::tokenizer::{Algorithm, Engine};
use crate::tokens::word_split::WordPattern;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashSet;

/// The most tokens. The most in use are 131,072.
const MOST_TOKENS: usize = 1 << 21;

#[derive(Deserialize)]
struct File<'f> {
    config: Settings<'f>,
    #[serde(borrow)]
    vocab: Vec<Entry<'f>>,
    special_tokens: Option<Vec<Special>>,
}

#[derive(Deserialize)]
struct Settings<'f> {
    #[serde(borrow)]
    pattern: Cow<'f, str>,
    default_vocab_size: usize,
    default_num_special_tokens: usize,
}

#[derive(Deserialize)]
struct Entry<'f> {
    rank: usize,
    #[serde(borrow)]
    token_bytes: Cow<'f, str>,
}

#[derive(Deserialize)]
struct Special {
    rank: usize,
    token_str: String,
}

/// The special tokens of files that name none, by ID.
const USUAL: [&str; 20] = [
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
];

/// Whether a JSON object is meant to be of this kind.
pub(in crate::tokens) fn is_tekken(text: &[u8]) -> bool {
    const LOOKED_AT: usize = 1 << 16;
    let text = &text[..text.len().min(LOOKED_AT)];
    let has = |name: &str| memmem::find(text, name.as_bytes()).is_some();
    has("\"token_bytes\"") && has("\"rank\"") || has("\"default_num_special_tokens\"")
}

/// Reads a Tekken file.
///
/// # Errors
/// [`TokenizerFileError::Json`] or [`TokenizerFileError::Vocabulary`].
pub(in crate::tokens) fn read(bytes: &[u8]) -> Result<Draft, TokenizerFileError> {
    check_form(bytes)?;
    let wrong = |reason: String| TokenizerFileError::Vocabulary { format: TokenizerFormat::Tekken, reason };
    let File { config, vocab, special_tokens } =
        serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
    let count = config.default_num_special_tokens;
    let size = config.default_vocab_size;
    if size > MOST_TOKENS || size < count || size - count > vocab.len() {
        return Err(wrong(format!(
            "it claims {size} tokens, {count} of them special, and lists {}; at most {MOST_TOKENS} are read",
            vocab.len()
        )));
    }
    let pattern = WordPattern::of_expression(&config.pattern).ok_or_else(|| {
        wrong("its way to cut text into words is not one that is known; open the model's tokenizer.json instead".to_owned())
    })?;
    let mut pieces = Pieces::with_capacity(size, vocab.len() * 8);
    let mut token = Vec::new();
    for (at, entry) in vocab.iter().enumerate().filter(|(_, entry)| entry.rank < size - count) {
        token.clear();
        let read = STANDARD.decode_vec(entry.token_bytes.as_bytes(), &mut token);
        read.map_err(|_| wrong(format!("the bytes of token {at} are not base64")))?;
        if !pieces.insert((entry.rank + count) as u32, &token) {
            return Err(wrong(format!(
                "token {at} is empty, or has the bytes or the rank of an earlier one"
            )));
        }
    }
    let ranks = Ranks::new(pieces, pattern).map_err(|error| wrong(error.to_string()))?;
    let specials = specials(special_tokens, count).map_err(wrong)?;
    let begin = specials.iter().find(|(name, _)| name == "<s>").map(|&(_, id)| id);
    let draft = Draft::new(Algorithm::ByteLevelBpe, Engine::Ranks(Box::new(ranks)), specials);
    Ok(Draft { added: (begin.into_iter().collect(), Vec::new()), ..draft })
}

/// The special tokens, those without a name numbered.
fn specials(named: Option<Vec<Special>>, count: usize) -> Result<Vec<(String, u32)>, String> {
    let usual =
        || (0..).zip(USUAL).map(|(rank, name)| Special { rank, token_str: name.to_owned() }).collect();
    let mut named: Vec<Special> = named.unwrap_or_else(usual);
    named.sort_by_key(|special| special.rank);
    let mut names: Vec<(String, u32)> = Vec::with_capacity(count);
    let mut taken = HashSet::new();
    for Special { rank, token_str } in named {
        if rank >= count || rank != names.len() || !taken.insert(token_str.clone()) {
            return Err(format!(
                "the special token “{token_str}” has rank {rank}; special tokens are numbered from 0 to {}, without holes, \
                 and each has its own name",
                count.saturating_sub(1)
            ));
        }
        names.push((token_str, rank as u32));
    }
    let rest = names.len() as u32..count as u32;
    names.extend(rest.map(|id| (format!("<SPECIAL_{id}>"), id)));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::progress::Unwatched;
    use crate::tokens::file_reference_tests::{source, stored};
    use crate::tokens::{EncodeOptions, TokenizerFormat, files};
    use serde_json::{Value, json};

    fn small() -> Value {
        let (_, file) = stored().into_iter().find(|(name, _)| *name == "tekken.json").unwrap();
        serde_json::from_slice(file).unwrap()
    }

    fn error(file: &Value) -> String {
        read(file.to_string().as_bytes()).err().expect("this file is wrong").to_string()
    }

    #[test]
    fn special_tokens_come_first() {
        let opened = files::open(&source("tekken.json")).unwrap();
        assert_eq!(opened.format, TokenizerFormat::Tekken);
        let tokenizer = opened.tokenizer;
        assert_eq!(tokenizer.vocabulary_size(), 780);
        let ids = ["<s>", "[INST]", "<SPECIAL_29>"].map(|name| tokenizer.id(name));
        assert_eq!(ids, [Some(1), Some(3), Some(29)]);
        assert_eq!(tokenizer.encode("A", EncodeOptions::default(), &Unwatched).unwrap().ids(), [1, 30 + 65]);
        assert_eq!(tokenizer.bytes(30 + 65).as_deref(), Some(&b"A"[..]));
        let typed = EncodeOptions { add_special: false, typed_special: true };
        assert_eq!(tokenizer.encode("[INST]A", typed, &Unwatched).unwrap().ids(), [3, 95]);
    }

    #[test]
    fn named_special_tokens_are_taken() {
        let mut file = small();
        file["special_tokens"] = json!([
            {"rank": 1, "token_str": "<s>", "is_control": true},
            {"rank": 0, "token_str": "<unk>", "is_control": true},
        ]);
        let names = read(file.to_string().as_bytes()).unwrap().specials;
        assert_eq!(names[..3], [("<unk>".into(), 0), ("<s>".into(), 1), ("<SPECIAL_2>".into(), 2)]);
        file["special_tokens"][0]["rank"] = json!(7);
        assert!(error(&file).contains("“<s>” has rank 7"));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let changed = |place: &str, value: Value| {
            let mut file = small();
            *file.pointer_mut(place).unwrap() = value;
            error(&file)
        };
        assert!(changed("/config/default_vocab_size", json!(29)).contains("claims 29 tokens"));
        assert!(changed("/config/default_vocab_size", json!(5_000_000)).contains("claims 5000000 tokens"));
        assert!(changed("/config/pattern", json!(r"\w+")).contains("cut text into words"));
        assert!(changed("/vocab/300/token_bytes", json!("!")).contains("token 300 are not base64"));
        assert!(changed("/vocab/300/token_bytes", json!("QQ==")).contains("token 300 is empty, or has"));
        assert!(changed("/vocab/65/rank", json!(9_999)).contains("0x41"));
        assert!(changed("/vocab", json!({})).contains("Tekken JSON cannot be read"));
    }
}
