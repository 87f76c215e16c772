//! Files inside of others: packed ones, archives and folders open as what they hold.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::shell::{project_file, run};

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

pub fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn write(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(project_file("sample_vectors").join(name)).unwrap()
}

#[test]
fn a_packed_file_opens_as_what_it_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let plain = sample("glove-6b-100d.bin");
    let zstd = ruzstd::encoding::compress_to_vec(&plain[..], ruzstd::encoding::CompressionLevel::Fastest);
    let open = write(folder.path(), "a.bin", &plain);
    let expected = run(["neighbors", &open, "queen", "-k", "3", "--json"]).json();
    for (name, content, format) in [("a.bin.gz", gzip(&plain), "gzip"), ("a.bin.zst", zstd, "zstd")] {
        let path = write(folder.path(), name, &content);
        let info = run(["info", &path, "--json"]).json();
        assert_eq!(info["format"], json!(format!("word2vec binary in a {format} file")));
        assert_eq!(run(["neighbors", &path, "queen", "-k", "3", "--json"]).json(), expected);
    }
}

#[test]
fn of_an_archive_the_likeliest_file_opens_and_each_other_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let files: &[(&str, &[u8])] = &[
        ("README.md", b"read me"),
        ("small.txt", b"cat 1 2\ndog 3 5\n"),
        ("large.txt", b"cat 1 2 3\ndog 4 5 7\n"),
    ];
    let path = write(folder.path(), "tables.zip", &zip_of(files));
    let dims = |parts: &[&str]| run(["info", &path, "--json"].iter().chain(parts)).json()["dims"].clone();
    assert_eq!((dims(&[]), dims(&["--part", "small.txt"])), (json!(3), json!(2)));
    assert!(run(["info", &path]).out.contains("--part opens: small.txt"));
    let error = run(["info", &path, "--part", "none.txt"]);
    assert!(error.error().contains("none.txt") && error.error().contains("small.txt"), "{error:?}");
    let empty = write(folder.path(), "empty.zip", &zip_of(&[("picture.png", b"x")]));
    assert!(run(["info", &empty]).error().contains("no file of vectors"));
}

#[test]
fn what_expands_without_end_is_refused_before_it_fills_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "bomb.gz", &gzip(&vec![0; 200 << 20]));
    assert!(run(["info", &path]).error().contains("unpack to more than"));
    let path = write(folder.path(), "bomb.zip", &zip_of(&[("a.npy", &vec![0; 100 << 20]), ("b.txt", b"x")]));
    assert!(run(["info", &path]).error().contains("unpack to more than"));
}

#[test]
fn the_folder_of_a_model_opens_as_one() {
    let folder = tempfile::tempdir().unwrap();
    for (sample, name) in [
        ("minilm-token-embeddings-384d.safetensors", "model.safetensors"),
        ("minilm-token-embeddings-384d.vocab.txt", "vocab.txt"),
    ] {
        fs::copy(project_file("sample_vectors").join(sample), folder.path().join(name)).unwrap();
    }
    let path = folder.path().to_str().unwrap().to_owned();
    let info = run(["info", &path, "--json"]).json();
    assert_eq!((&info["format"], &info["dims"]), (&json!("safetensors in a folder"), &json!(384)));
    let warnings = info["warnings"].as_array().unwrap();
    assert!(
        warnings.len() == 1 && warnings[0].as_str().unwrap().contains("texts are lower-cased"),
        "{warnings:?}"
    );
    assert_eq!((&info["has_tokenizer"], &info["vocabulary"]), (&json!(true), &json!(6_997)));
    assert!(run(["info", &path]).out.contains("vocab.txt"), "it says where names come from");
    let nothing = tempfile::tempdir().unwrap();
    let nowhere = PathBuf::from(nothing.path());
    assert!(run(["info", nowhere.to_str().unwrap()]).error().contains("in this folder"));
}
