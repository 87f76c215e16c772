//! What a `tokenizer.json` must not ask for, checked before the `tokenizers` crate is given it: texts that grow without
//! bounds, and merges of tokens that do not exist.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::{self, Formatter};

/// How many times longer, in characters, the rules of a file may make a text. Published files stay below 20: the longest
/// step is that of Unicode's compatibility forms, where one character (U+FDFA) becomes eighteen.
const MOST_GROWTH: f64 = 64.0;

/// The parts of a file that are looked at.
#[derive(Deserialize)]
struct Parts {
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    #[serde(default)]
    decoder: Value,
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default)]
    vocab: Vocabulary,
    merges: Option<Merges>,
    continuing_subword_prefix: Option<String>,
}

/// Names and IDs; other models have lists, which are passed over.
#[derive(Default)]
struct Vocabulary(Option<HashSet<String, foldhash::fast::RandomState>>);

/// A list of merges, in either of the two ways to write one.
struct Merges(Vec<Merge>);

/// One merge.
enum Merge {
    Pair(String, String),
    Line(String),
}

// Written by hand, because an untagged enum would first build a copy of half a million merges.
impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Vocabulary;

            fn expecting(&self, out: &mut Formatter) -> fmt::Result {
                out.write_str("a vocabulary")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocabulary, A::Error> {
                let mut names = HashSet::default();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.insert(name);
                }
                Ok(Vocabulary(Some(names)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vocabulary, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Vocabulary(None))
            }

            fn visit_unit<E>(self) -> Result<Vocabulary, E> {
                Ok(Vocabulary(None))
            }
        }
        deserializer.deserialize_any(Names)
    }
}

impl<'de> Deserialize<'de> for Merges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<Vec<Merge>>::deserialize(deserializer).map(|merges| Self(merges.unwrap_or_default()))
    }
}

impl<'de> Deserialize<'de> for Merge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Merge;

            fn expecting(&self, out: &mut Formatter) -> fmt::Result {
                out.write_str("a merge: two tokens, or a line with both")
            }

            fn visit_str<E>(self, line: &str) -> Result<Merge, E> {
                Ok(Merge::Line(line.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Merge, A::Error> {
                let missing = || A::Error::custom("a merge needs two tokens");
                let left = pair.next_element()?.ok_or_else(missing)?;
                let right = pair.next_element()?.ok_or_else(missing)?;
                Ok(Merge::Pair(left, right))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Refuses a file that would fill the memory or trip the crate.
///
/// # Errors
/// A sentence that says what the file asks for, and where.
pub(super) fn check(file: &[u8]) -> Result<(), String> {
    let parts: Parts = serde_json::from_slice(file).map_err(|error| error.to_string())?;
    let texts = growth(&parts.normalizer) * growth(&parts.pre_tokenizer);
    if texts > MOST_GROWTH || growth(&parts.decoder) > MOST_GROWTH {
        return Err(format!("its rules can make a text more than {MOST_GROWTH} times as long"));
    }
    parts.model.check_merges()
}

/// How many times longer the steps in a part of a file can make a text, all together.
fn growth(part: &Value) -> f64 {
    match part {
        Value::Array(steps) => steps.iter().map(growth).product(),
        Value::Object(fields) => own_growth(part) * fields.values().map(growth).product::<f64>(),
        _ => 1.0,
    }
}

/// The same of one step by itself.
fn own_growth(step: &Value) -> f64 {
    let text = |name: &str| step.get(name).and_then(Value::as_str);
    let length = |text: &str| text.chars().count() as f64;
    let replaced = match (text("content"), step.get("pattern")) {
        (Some(content), Some(pattern)) => replacing(content, pattern),
        _ => 1.0,
    };
    let prepended = text("prepend").map_or(1.0, |prepend| 1.0 + length(prepend));
    let mapped = text("precompiled_charsmap").map_or(1.0, longest_in_map);
    let of_kind = match text("type") {
        // Each byte of a character becomes a character.
        Some("ByteLevel") => 2.0,
        // A Chinese character gets a space on both sides.
        Some("BertNormalizer") => 3.0,
        _ => 1.0,
    };
    replaced * prepended * mapped * of_kind
}

/// How many times longer a text gets if `content` stands for what `pattern` finds.
fn replacing(content: &str, pattern: &Value) -> f64 {
    let content = content.chars().count() as f64;
    if let Some(found) = pattern.get("String").and_then(Value::as_str).filter(|found| !found.is_empty()) {
        return (content / found.chars().count() as f64).max(1.0);
    }
    // What can match nothing at all adds to the text; such patterns need one of these characters.
    let expression = pattern.get("Regex").and_then(Value::as_str).unwrap_or_default();
    let may_be_empty =
        expression.is_empty() || expression.contains(['*', '?', '|', '^', '$', '{', '\\', '(']);
    let plain = ["\\s+", " {2,}", "\\s{2,}"].contains(&expression);
    (content + f64::from(may_be_empty && !plain && content > 0.0)).max(1.0)
}

/// The longest replacement in `SentencePiece`'s compiled table: the size of a trie in four bytes, the trie, and texts that
/// end with a zero each.
fn longest_in_map(map: &str) -> f64 {
    let Ok(bytes) = STANDARD.decode(map) else { return 1.0 };
    let Some((size, rest)) = bytes.split_first_chunk::<4>() else { return 1.0 };
    let texts = rest.get(u32::from_le_bytes(*size) as usize..).unwrap_or_default();
    let characters = |text: &[u8]| String::from_utf8_lossy(text).chars().count();
    let longest = texts.split(|&byte| byte == 0).map(characters).max().unwrap_or(0);
    (longest as f64).max(1.0)
}

impl Model {
    /// The crate takes for granted that merges are of tokens in the vocabulary and make such a token.
    fn check_merges(&self) -> Result<(), String> {
        let (Some(names), Some(merges)) = (&self.vocab.0, &self.merges) else { return Ok(()) };
        let prefix = self.continuing_subword_prefix.as_deref().unwrap_or_default();
        let pairs = (1..).zip(&merges.0).filter_map(|(number, merge)| match merge {
            Merge::Pair(a, b) => Some((number, a.as_str(), b.as_str())),
            // A line of another form is a matter for the crate.
            Merge::Line(line) => {
                let (a, b) = line.split_once(' ').filter(|_| !line.starts_with("#version"))?;
                Some((number, a, b))
            }
        });
        let mut joined = String::new();
        for (number, a, b) in pairs {
            let missing = |token: &str| {
                format!(
                    "merge {number} (“{a}” with “{b}”) needs the token “{token}”, which the vocabulary lacks"
                )
            };
            if let Some(token) = [a, b].into_iter().find(|&token| !names.contains(token)) {
                return Err(missing(token));
            }
            let rest = b.get(prefix.len()..).ok_or_else(|| {
                format!("merge {number} (“{a}” with “{b}”) goes on with a token that is too short for the prefix “{prefix}”")
            })?;
            joined.clear();
            joined.push_str(a);
            joined.push_str(rest);
            if !names.contains(&joined) {
                return Err(missing(&joined));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use serde_json::{Value, json};
    use std::io::Read;

    fn with_normalizer(normalizer: &Value) -> Result<(), String> {
        let model = json!({"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"});
        check(json!({"normalizer": normalizer, "model": model}).to_string().as_bytes())
    }

    fn with_merges(merges: &Value, prefix: Option<&str>) -> Result<(), String> {
        let vocab = json!({"a": 0, "b": 1, "##b": 2, "ab": 3, "é": 4});
        let model =
            json!({"type": "BPE", "vocab": vocab, "merges": merges, "continuing_subword_prefix": prefix});
        check(json!({"model": model}).to_string().as_bytes())
    }

    #[test]
    fn texts_that_grow_and_grow_are_refused() {
        let replace = |pattern: Value, content: &str| json!({"type": "Replace", "pattern": pattern, "content": content});
        let sequence = |steps: Vec<Value>| json!({"type": "Sequence", "normalizers": steps});
        let long = replace(json!({"String": "a"}), &"a".repeat(1_000));
        let twice = replace(json!({"String": "a"}), "aa");
        let nothing = replace(json!({"Regex": "(?=a)"}), "a");
        let byte_level = json!({"type": "ByteLevel"});
        let nested = (0..20).fold(twice.clone(), |inner, _| sequence(vec![inner, twice.clone()]));
        for wild in [
            long,
            nested,
            sequence(vec![twice; 7]),
            sequence(vec![nothing; 7]),
            sequence(vec![byte_level; 7]),
            json!({"type": "Prepend", "prepend": "a".repeat(64)}),
        ] {
            assert!(with_normalizer(&wild).unwrap_err().contains("64 times"), "{wild}");
        }
        let usual = sequence(vec![
            json!({"type": "Prepend", "prepend": "▁"}),
            replace(json!({"String": " "}), "▁"),
            replace(json!({"Regex": " {2,}"}), "▁"),
            replace(json!({"Regex": "\\s+"}), " "),
            json!({"type": "NFKC"}),
        ]);
        with_normalizer(&usual).unwrap();
        with_normalizer(&Value::Null).unwrap();
    }

    #[test]
    fn merges_of_unknown_tokens_are_refused_with_their_number() {
        with_merges(&json!(["#version: 0.2", "a b"]), None).unwrap();
        with_merges(&json!([["a", "b"]]), None).unwrap();
        with_merges(&json!([["a", "##b"]]), Some("##")).unwrap();
        for (merges, prefix, said) in [
            (json!([["a", "b"], ["a", "x"]]), None, "merge 2 (“a” with “x”) needs the token “x”"),
            (json!(["a b", "ab ab"]), None, "merge 2 (“ab” with “ab”) needs the token “abab”"),
            (json!([["a", "b"]]), Some("##"), "too short"),
            (json!([["a", "é"]]), Some("#"), "too short"),
        ] {
            let error = with_merges(&merges, prefix).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn the_published_files_pass() {
        for packed in [
            &include_bytes!("../../assets/tokenizers/bert-base-uncased.tokenizer.json.zst")[..],
            include_bytes!("../../assets/tokenizers/llama2.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/mistral-v1.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/starcoder2.tokenizer.json.zst"),
            include_bytes!("../../assets/tokenizers/t5.tokenizer.json.zst"),
        ] {
            let mut file = Vec::new();
            ruzstd::decoding::StreamingDecoder::new(packed).unwrap().read_to_end(&mut file).unwrap();
            check(&file).unwrap();
        }
    }
}
