//! Hugging Face `tokenizer.json`.
//!
//! Specification: the `tokenizers` library itself, <https://github.com/huggingface/tokenizers>, whose Rust crate reads and
//! runs these files here. Accepted is whatever that crate accepts, but for: merges of tokens that do not exist, rules that
//! make texts more than 64 times as long, wild IDs, words of unbounded length in `WordPiece`. Truncation, padding and
//! dropout are switched off. What the file lacks, a `tokenizer_config.json` beside it may fill in.

use super::Draft;
use super::config::Config;
use crate::files::guard::guarded;
use crate::tokens::checks;
use crate::tokens::files::TokenizerFileError;
use crate::tokens::library::Library;
use memchr::memmem;

/// How much of a file is looked at to recognize it: names of added tokens may come first, and be thousands.
const LOOKED_AT: usize = 8 << 20;

/// Whether a JSON object is meant to be a tokenizer. A cut-off or broken file still shows what it was meant to be.
pub(in crate::tokens) fn is_tokenizer(text: &[u8]) -> bool {
    let text = &text[..text.len().min(LOOKED_AT)];
    let has = |name: &str| memmem::find(text, name.as_bytes()).is_some();
    let is_object = |after: usize| {
        let after = text[after..].trim_ascii_start().strip_prefix(b":");
        after.is_some_and(|value| value.trim_ascii_start().starts_with(b"{"))
    };
    let name = b"\"model\"";
    // Records that name the model which made them are none.
    let has_model = memmem::find_iter(text, name).any(|at| is_object(at + name.len()));
    has_model && (has("\"vocab\"") || has("\"added_tokens\"") || has("\"pre_tokenizer\""))
}

/// Says where JSON is broken.
///
/// # Errors
/// [`TokenizerFileError::Json`].
pub(super) fn check_form(bytes: &[u8]) -> Result<(), TokenizerFileError> {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map(drop).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        TokenizerFileError::Json { line, column, reason: error.to_string() }
    })
}

/// Reads a `tokenizer.json`.
///
/// # Errors
/// [`TokenizerFileError::Json`] or [`TokenizerFileError::Rules`].
pub(in crate::tokens) fn read(bytes: &[u8], config: &Config) -> Result<Draft, TokenizerFileError> {
    if let Err(reason) = checks::check(bytes) {
        // What is no JSON at all is said with its place.
        check_form(bytes)?;
        return Err(TokenizerFileError::Rules(reason));
    }
    let rules = |error: tokenizers::Error| TokenizerFileError::Rules(error.to_string());
    // The crate trusts what it reads; a file made to trip it must not take the program with it.
    let read = guarded(|| {
        let library = Library::from_json_with(bytes, &config.special_names(), |end| config.beyond(end))?;
        let added = library.added_around()?;
        Ok((library, added))
    });
    let contradiction = || TokenizerFileError::Rules("its parts contradict each other".to_owned());
    let (library, added) = read.ok_or_else(contradiction)?.map_err(rules)?;
    let (says_around, normalization) = (library.says_what_is_added(), library.normalization());
    let mut draft = Draft { added, normalization, ..Draft::of_library(library) };
    if !says_around && draft.added == Default::default() {
        draft.added = config.around(|name| draft.id(name));
    }
    config.complete(&mut draft);
    Ok(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tokenizer_has_a_model_with_parts() {
        for text in [
            r#"{"model": {"type": "BPE", "vocab": {"a": 0}"#,
            r#"{"added_tokens": [{"content": "\"model\""}], "model" : {"a"#,
        ] {
            assert!(is_tokenizer(text.as_bytes()), "{text}");
        }
        let line = r#"{"word": "cat", "vocab": "en", "model": "m-1", "vector": [1, 2]}"#;
        for text in [line, r#"{"vocab": {"a": 0}}"#, r#"{"vocab": {}, "model"#] {
            assert!(!is_tokenizer(text.as_bytes()), "{text}");
        }
    }
}
