//! Everything that ships as data is listed in a manifest, unchanged, and with its licence beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Manifest {
    files: Vec<Entry>,
}

/// One shipped file; `path` and `licence_text` are relative to the manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    source: String,
    licence: String,
    licence_text: Option<String>,
    derivation: String,
    rows: Option<usize>,
    dims: Option<usize>,
    bytes: usize,
    sha256: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn entries(name: &str) -> Vec<Entry> {
    let text = fs::read_to_string(folder(name).join("MANIFEST.json")).unwrap();
    serde_json::from_str::<Manifest>(&text).unwrap().files
}

/// Every file below `root`, relative to it, but for the manifest, the licences, scripts and our own screenshots.
fn files_below(root: &Path, below: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let name = below.join(entry.unwrap().file_name());
        if root.join(&name).is_dir() {
            if !name.ends_with("LICENSES") && !name.ends_with("screenshots") {
                files_below(root, &name, found);
            }
        } else if !name.ends_with("MANIFEST.json") && name.extension().is_none_or(|kind| kind != "py") {
            found.insert(name.to_str().unwrap().replace('\\', "/"));
        }
    }
}

fn check(name: &str) {
    let root = folder(name);
    let entries = entries(name);
    let listed: BTreeSet<String> = entries.iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(listed.len(), entries.len(), "each file is listed once in {name}");
    let mut present = BTreeSet::new();
    files_below(&root, Path::new(""), &mut present);
    assert_eq!(present, listed, "the files in {name} and those in its manifest");
    for entry in &entries {
        let bytes = fs::read(root.join(&entry.path)).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((bytes.len(), &digest), (entry.bytes, &entry.sha256), "{}", entry.path);
        assert!(!entry.source.is_empty() && !entry.derivation.is_empty(), "{} has a history", entry.path);
        match &entry.licence_text {
            Some(text) => assert!(root.join(text).is_file(), "{} has its licence beside it", entry.path),
            None => assert_eq!(entry.licence, "MIT OR Apache-2.0", "{} is our own", entry.path),
        }
    }
}

#[test]
fn sample_vectors_are_as_their_manifest_says() {
    check("sample_vectors");
}

#[test]
fn assets_are_as_their_manifest_says() {
    check("assets");
}

#[test]
fn sample_files_hold_as_many_rows_as_their_manifest_says() {
    for entry in entries("sample_vectors") {
        let rows = entry.rows.unwrap_or_else(|| panic!("{} has rows", entry.path));
        let bytes = fs::read(folder("sample_vectors").join(&entry.path)).unwrap();
        let lines = memchr::memchr_iter(b'\n', &bytes).count();
        let first_line = bytes.split(|&byte| byte == b'\n').next().unwrap();
        let header = String::from_utf8_lossy(first_line);
        match entry.path.as_str() {
            "starter.metadata.tsv" => assert_eq!(lines, rows + 1, "{}", entry.path),
            "glove-6b-100d.bin" | "fasttext-austen-32d.vec" => {
                assert_eq!(header, format!("{rows} {}", entry.dims.unwrap()), "{}", entry.path);
            }
            "fasttext-fr-300d.npy" => {
                assert!(header.contains(&format!("({rows}, {})", entry.dims.unwrap())), "{header}");
            }
            "minilm-token-embeddings-384d.safetensors" | "minilm-l6-v2-input.safetensors" => {
                assert!(header.contains(&format!("[{rows},{}]", entry.dims.unwrap())), "{header}");
            }
            // A fastText model's counts are checked by the reader of its format.
            "fasttext-austen-32d.bin" => {}
            _ => assert_eq!(lines, rows, "{}", entry.path),
        }
    }
}
