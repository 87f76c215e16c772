//! Names for matrices that hold none: lists of words and tokenizers' vocabularies that lie beside them.

use std::collections::HashMap;

use memchr::memchr;
use serde::Deserialize;

use super::super::warning::Warning;
use super::super::words::Words;
use super::NamesFrom;
use crate::files::Source;
use crate::files::problem::Problem;

/// Finds names for `rows` rows of the main file, of which the file declares `declared` (more than `rows` if it is cut
/// off). Tries lists of one word a line, then JSON vocabularies, and otherwise numbers the rows.
///
/// # Errors
/// Whatever prevents a companion from being read.
pub fn names(
    source: &Source,
    rows: usize,
    declared: u64,
    warnings: &mut Vec<Warning>,
) -> Result<(Words, NamesFrom), Problem> {
    let mut mismatch = None;
    for name in list_names(source.stem()) {
        let Some(bytes) = source.text_beside(&name)? else { continue };
        let lines = count_lines(&bytes);
        if lines == declared {
            return Ok((listed(&bytes, rows, warnings)?, NamesFrom::Beside(name)));
        }
        mismatch.get_or_insert(Warning::WordListMismatch { name, words: lines, rows: declared });
    }
    for name in [format!("{}.tokenizer.json", source.stem()), "tokenizer.json".into(), "vocab.json".into()] {
        let Some(bytes) = source.text_beside(&name)? else { continue };
        match tokens(&bytes) {
            Some(tokens) if tokens.iter().any(|&(_, id)| id < rows as u64) => {
                return Ok((placed(tokens, rows, warnings)?, NamesFrom::Beside(name)));
            }
            _ => mismatch = mismatch.or(Some(Warning::WordListMismatch { name, words: 0, rows: declared })),
        }
    }
    warnings.extend(mismatch);
    warnings.push(Warning::NoWordList);
    Ok((Words::numbered(rows)?, NamesFrom::Numbers))
}

/// What a list of words may be called, the more specific names first.
fn list_names(stem: &str) -> Vec<String> {
    let own = ["words.txt", "vocab.txt", "vocab", "words", "txt", "labels.txt"];
    let shared = ["words.txt", "vocab.txt", "vocabulary.txt", "labels.txt"];
    own.iter().map(|ending| format!("{stem}.{ending}")).chain(shared.map(String::from)).collect()
}

/// Lines, whether or not the last one ends with a line feed.
pub fn count_lines(text: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', text).count() as u64;
    ends + u64::from(text.last().is_some_and(|&last| last != b'\n'))
}

/// The lines of a text, without their ends.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

fn listed(text: &[u8], rows: usize, warnings: &mut Vec<Warning>) -> Result<Words, Problem> {
    let mut words = Words::default();
    let mut invalid = 0;
    for line in lines(text).take(rows) {
        let word = String::from_utf8_lossy(line);
        invalid += usize::from(matches!(word, std::borrow::Cow::Owned(_)));
        words.push(&word)?;
    }
    if invalid > 0 {
        warnings.push(Warning::InvalidUtf8 { words: invalid });
    }
    Ok(words)
}

/// Names in the order of their rows, from pairs of a name and its row; the first name of a row counts.
fn placed(tokens: Vec<(String, u64)>, rows: usize, warnings: &mut Vec<Warning>) -> Result<Words, Problem> {
    let mut of_row: Vec<Option<String>> = vec![None; rows];
    for (token, id) in tokens {
        if let Some(place) = usize::try_from(id).ok().and_then(|id| of_row.get_mut(id)) {
            place.get_or_insert(token);
        }
    }
    let unnamed = of_row.iter().filter(|name| name.is_none()).count();
    if unnamed > 0 {
        warnings.push(Warning::UnnamedRows { rows: unnamed as u64 });
    }
    let mut words = Words::default();
    for (row, name) in of_row.into_iter().enumerate() {
        words.push(&name.unwrap_or_else(|| format!("[row {row}]")))?;
    }
    Ok(words)
}

/// The parts of a `tokenizer.json` that name tokens.
#[derive(Deserialize)]
struct TokenizerFile {
    model: Model,
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
}

#[derive(Deserialize)]
struct Model {
    vocab: Vocab,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vocab {
    /// `{"token": id, …}`: `WordPiece`, BPE, and a plain `vocab.json`.
    Ids(HashMap<String, u64>),
    /// `[["token", score], …]`, where the place is the ID: Unigram.
    Scores(Vec<(String, f64)>),
}

#[derive(Deserialize)]
struct AddedToken {
    id: u64,
    content: String,
}

/// Tokens and their IDs from a `tokenizer.json` or a plain `vocab.json`, ascending by ID but for added tokens.
fn tokens(json: &[u8]) -> Option<Vec<(String, u64)>> {
    let (vocab, added) = match serde_json::from_slice::<TokenizerFile>(json) {
        Ok(file) => (file.model.vocab, file.added_tokens),
        Err(_) => (Vocab::Ids(serde_json::from_slice(json).ok()?), Vec::new()),
    };
    let mut tokens: Vec<(String, u64)> = match vocab {
        Vocab::Ids(ids) => ids.into_iter().collect(),
        Vocab::Scores(scores) => scores.into_iter().map(|(token, _)| token).zip(0..).collect(),
    };
    // A hash map has no order of its own: where two tokens claim one ID, the result must not depend on it.
    tokens.sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    tokens.extend(added.into_iter().map(|token| (token.content, token.id)));
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(files: &[(&str, &'static str)], rows: usize) -> (Vec<String>, Vec<Warning>) {
        let companions =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec().into())).collect();
        let source = Source::from_memory("m.npy", vec![0], companions).unwrap();
        let mut warnings = Vec::new();
        let (words, _) = names(&source, rows, rows as u64, &mut warnings).unwrap();
        (words.iter().map(String::from).collect(), warnings)
    }

    #[test]
    fn lists_of_the_right_length_name_the_rows() {
        for name in ["m.words.txt", "m.txt", "m.vocab.txt", "words.txt", "vocab.txt"] {
            let (words, warnings) = named(&[(name, "a b\r\n\nc")], 3);
            assert_eq!((words, warnings), (vec!["a b".into(), String::new(), "c".into()], vec![]), "{name}");
        }
    }

    #[test]
    fn a_list_of_another_length_names_nothing_and_that_is_said() {
        let (words, warnings) = named(&[("m.txt", "a\nb\n")], 3);
        assert_eq!(words, ["0", "1", "2"]);
        let mismatch = Warning::WordListMismatch { name: "m.txt".into(), words: 2, rows: 3 };
        assert_eq!(warnings, [mismatch, Warning::NoWordList]);
    }

    #[test]
    fn tokenizers_of_all_models_name_their_rows() {
        let added = r#""added_tokens":[{"id":2,"content":"<s>","special":true}]"#;
        let wordpiece = format!(r#"{{"model":{{"type":"WordPiece","vocab":{{"b":1,"a":0}}}},{added}}}"#);
        let unigram = format!(r#"{{"model":{{"vocab":[["a",0.0],["b",-1.5]]}},{added}}}"#);
        for json in [wordpiece, unigram, r#"{"a":0,"b":1,"<s>":2,"far":99999999999}"#.into()] {
            let (words, warnings) = named(&[("tokenizer.json", json.leak())], 4);
            assert_eq!(words, ["a", "b", "<s>", "[row 3]"]);
            assert_eq!(warnings, [Warning::UnnamedRows { rows: 1 }]);
        }
    }

    #[test]
    fn nonsense_beside_a_matrix_is_not_used() {
        let (words, warnings) = named(&[("tokenizer.json", "{{{"), ("vocab.json", "[1]")], 2);
        assert_eq!(words, ["0", "1"]);
        assert_eq!(warnings.len(), 2);
    }
}
