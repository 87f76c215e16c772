//! Names for matrices that hold none: lists of words and tokenizers' vocabularies that lie beside them.

use std::fmt;

use memchr::memchr;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::super::warning::Warning;
use super::super::words::Words;
use super::NamesFrom;
use crate::files::Source;
use crate::files::problem::{Problem, count};

/// The largest vocabulary that is read; the largest tokenizers in use have about 35 MB.
const LARGEST_VOCABULARY: usize = 256 << 20;

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
    if let Some(found) = by_list(source, rows, declared, &mut mismatch, warnings)? {
        return Ok(found);
    }
    for name in [format!("{}.tokenizer.json", source.stem()), "tokenizer.json".into(), "vocab.json".into()] {
        let Some(bytes) = source.text_beside(&name)? else { continue };
        if bytes.len() > LARGEST_VOCABULARY {
            let what = format!("{} of {name}", count(bytes.len() as u64, "byte"));
            return Err(Problem::TooLarge { what, limit: LARGEST_VOCABULARY });
        }
        // A matrix may have more rows than the vocabulary has tokens, to fill up; but one with fewer is another matrix.
        let vocabulary = tokens(&bytes).unwrap_or_default();
        let words = vocabulary.reach();
        if (1..=declared).contains(&words) {
            return Ok((placed(vocabulary, rows, warnings)?, NamesFrom::Beside(name)));
        }
        mismatch.get_or_insert(Warning::WordListMismatch { name, words, rows: declared });
    }
    warnings.extend(mismatch);
    warnings.push(Warning::NoWordList);
    Ok((Words::numbered(rows)?, NamesFrom::Numbers))
}

/// Finds names in a list of one word a line, as many lines as there are rows. The first list of another length is put
/// into `mismatch`.
///
/// # Errors
/// Whatever prevents a companion from being read.
pub fn by_list(
    source: &Source,
    rows: usize,
    declared: u64,
    mismatch: &mut Option<Warning>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<(Words, NamesFrom)>, Problem> {
    for name in list_names(source) {
        let Some(bytes) = source.text_beside(&name)? else { continue };
        let lines = count_lines(&bytes);
        if lines == declared {
            return Ok(Some((listed(&bytes, rows, warnings)?, NamesFrom::Beside(name))));
        }
        mismatch.get_or_insert(Warning::WordListMismatch { name, words: lines, rows: declared });
    }
    Ok(None)
}

/// What a list of words may be called, the more specific names first: before all others the name that is written beside
/// such a file, since the words of another one may lie there too.
fn list_names(source: &Source) -> Vec<String> {
    let stem = source.stem();
    let mut own = ["words.txt", "vocab.txt", "vocab", "words", "txt", "labels.txt"];
    if source.name().ends_with(".safetensors") {
        own.swap(0, 1);
    }
    let shared = ["words.txt", "vocab.txt", "vocabulary.txt", "labels.txt"];
    own.iter().map(|ending| format!("{stem}.{ending}")).chain(shared.map(String::from)).collect()
}

/// Lines, whether or not the last one ends with a line feed.
pub fn count_lines(text: &[u8]) -> u64 {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
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

/// Names in the order of their rows; the first name of a row counts, and what a file adds comes after its own tokens.
fn placed(vocabulary: Vocabulary, rows: usize, warnings: &mut Vec<Warning>) -> Result<Words, Problem> {
    let mut of_row: Vec<Option<String>> = vec![None; rows];
    let mut unused = 0;
    for (token, id) in vocabulary.tokens.into_iter().chain(vocabulary.added) {
        match usize::try_from(id).ok().and_then(|id| of_row.get_mut(id)) {
            Some(place) => {
                place.get_or_insert(token);
            }
            None => unused += 1,
        }
    }
    if unused > 0 {
        warnings.push(Warning::UnusedNames { names: unused });
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
    vocab: Pairs,
}

/// Tokens and their IDs: `{"token": id, …}` as `WordPiece`, BPE and a plain `vocab.json` have them, or
/// `[["token", score], …]` as Unigram does, where the place is the ID. Read as they come, without a copy in between.
struct Pairs(Vec<(String, u64)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "tokens with their IDs, or with their scores")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some((token, _score)) = list.next_element::<(String, f64)>()? {
            pairs.push((token, pairs.len() as u64));
        }
        Ok(Pairs(pairs))
    }
}

#[derive(Deserialize)]
struct AddedToken {
    id: u64,
    content: String,
}

/// Tokens and their IDs, ascending by ID, and those that the file adds to its model's.
#[derive(Default)]
struct Vocabulary {
    tokens: Vec<(String, u64)>,
    added: Vec<(String, u64)>,
}

impl Vocabulary {
    /// One more than the highest ID: the rows that a matrix of these tokens has at least. Added tokens count only where
    /// there are no others: some models add tokens that their matrix has no row for.
    fn reach(&self) -> u64 {
        let highest = |tokens: &[(String, u64)]| tokens.iter().map(|(_, id)| id.saturating_add(1)).max();
        highest(&self.tokens).or_else(|| highest(&self.added)).unwrap_or(0)
    }
}

/// The vocabulary of a `tokenizer.json` or a plain `vocab.json`.
fn tokens(json: &[u8]) -> Option<Vocabulary> {
    let (Pairs(mut tokens), added) = match serde_json::from_slice::<TokenizerFile>(json) {
        Ok(file) => (file.model.vocab, file.added_tokens),
        Err(_) => (serde_json::from_slice(json).ok()?, Vec::new()),
    };
    // Where two tokens claim one ID, the result must not depend on the order in which a file has them.
    tokens.sort_unstable_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let added = added.into_iter().map(|token| (token.content, token.id)).collect();
    Some(Vocabulary { tokens, added })
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
    fn a_file_has_the_words_that_were_written_with_it() {
        let lists = [("m.words.txt", "a\nb"), ("m.vocab.txt", "c\nd")];
        let beside = || lists.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec().into())).to_vec();
        for (name, first) in [("m.npy", "a"), ("m.safetensors", "c")] {
            let source = Source::from_memory(name, vec![0], beside()).unwrap();
            let (words, _) = names(&source, 2, 2, &mut Vec::new()).unwrap();
            assert_eq!(words.get(0), first, "{name}");
        }
    }

    #[test]
    fn a_mark_of_utf8_is_no_line() {
        assert_eq!((count_lines(b"\xEF\xBB\xBF"), count_lines(b"\xEF\xBB\xBFa\nb")), (0, 2));
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
        for json in [wordpiece, unigram, r#"{"a":0,"b":1,"<s>":2}"#.into()] {
            let (words, warnings) = named(&[("tokenizer.json", json.leak())], 4);
            assert_eq!(words, ["a", "b", "<s>", "[row 3]"]);
            assert_eq!(warnings, [Warning::UnnamedRows { rows: 1 }]);
        }
    }

    #[test]
    fn a_vocabulary_of_more_tokens_than_rows_is_that_of_another_matrix() {
        let many: Vec<String> = (0..1_000).map(|id| format!(r#""t{id}":{id}"#)).collect();
        let ids = format!("{{{}}}", many.join(","));
        let whole = format!(r#"{{"model":{{"vocab":{ids}}}}}"#);
        let scores: Vec<String> = (0..1_000).map(|id| format!(r#"["t{id}",0.5]"#)).collect();
        let unigram = format!(r#"{{"model":{{"vocab":[{}]}}}}"#, scores.join(","));
        for json in [ids, whole, unigram] {
            let (words, warnings) = named(&[("tokenizer.json", json.leak())], 5);
            assert_eq!(words, ["0", "1", "2", "3", "4"]);
            let mismatch = Warning::WordListMismatch { name: "tokenizer.json".into(), words: 1_000, rows: 5 };
            assert_eq!(warnings, [mismatch, Warning::NoWordList]);
        }
        let added = r#"{"model":{"vocab":{"a":0,"b":1}},"added_tokens":[{"id":2,"content":"image"}]}"#;
        let unused = Warning::UnusedNames { names: 1 };
        assert_eq!(named(&[("tokenizer.json", added)], 2), (vec!["a".into(), "b".into()], vec![unused]));
    }

    #[test]
    fn a_vocabulary_beyond_all_measure_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.npy");
        std::fs::write(&path, [0]).unwrap();
        let vast = std::fs::File::create(folder.path().join("vocab.json")).unwrap();
        vast.set_len(LARGEST_VOCABULARY as u64 + 1).unwrap();
        let found = names(&Source::from_path(&path).unwrap(), 2, 2, &mut Vec::new());
        assert!(matches!(found, Err(Problem::TooLarge { .. })));
    }

    #[test]
    fn nonsense_beside_a_matrix_is_not_used() {
        let (words, warnings) = named(&[("tokenizer.json", "{{{"), ("vocab.json", "[1]")], 2);
        assert_eq!(words, ["0", "1"]);
        assert_eq!(warnings.len(), 2);
    }
}
