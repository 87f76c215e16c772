//! Tokenizers of real models that are too large to ship, against what the original libraries answer
//! (`tests/reference/large_tokenizers.py`). Asked for by name, as in [`crate::large`].

use std::fs;

use serde_json::Value;

use crate::large::package;
use crate::shell::{project_file, run_with};

fn reference(name: &str) -> Value {
    let text = fs::read_to_string(project_file("tests/reference").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The IDs of all hard texts under the tokenizer in a file.
fn ids(path: &str, texts: &[Value]) -> Vec<Value> {
    let lines: String = texts.iter().map(|text| format!("{}\n", text["text"])).collect();
    let answer = run_with(["tokenize", "-t", path, "--no-special", "--jsonl"], lines.as_bytes());
    assert_eq!(answer.code, Some(0), "{path}: {}", answer.err);
    let document = |line: &str| serde_json::from_str::<Value>(line).unwrap()[0]["ids"].clone();
    answer.out.lines().map(document).collect()
}

#[test]
#[ignore = "fetches 105 MB"]
fn tokenizers_of_real_models_give_the_ids_of_their_libraries() {
    let texts = reference("tokenizers.json")["texts"].take();
    let texts = texts.as_array().unwrap();
    for expected in reference("large_tokenizers.json").as_array().unwrap() {
        let (folder, file) = expected["file"].as_str().unwrap().split_once('/').unwrap();
        let path = package(folder).join(file);
        let found = ids(path.to_str().unwrap(), texts);
        let expected = expected["ids"].as_array().unwrap();
        for ((found, expected), text) in found.iter().zip(expected).zip(texts) {
            assert_eq!(found, expected, "{file}: {text}");
        }
        assert_eq!(found.len(), expected.len(), "{file}");
    }
}
