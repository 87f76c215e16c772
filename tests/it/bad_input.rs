//! Files as they should not be: each gives a clear error or a table with warnings, and never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::containers::zip_of;
use crate::shell::{project_file, run};

/// What is to become of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// Every command ends with an error that holds this text.
    Refused(&'static str),
    /// It opens, with a warning that holds this text.
    Warned(&'static str),
    /// It opens, and there is nothing to say.
    Opened,
}
use Fate::{Opened, Refused, Warned};

/// No number may be missing from what is printed: JSON has no other way to hide NaN.
fn assert_no_null(value: &Value) {
    match value {
        Value::Null => panic!("a number is missing"),
        Value::Array(values) => values.iter().for_each(assert_no_null),
        Value::Object(fields) => fields.values().for_each(assert_no_null),
        _ => {}
    }
}

/// Runs the commands on a file.
fn check(path: &Path, fate: Fate) {
    let path = path.to_str().unwrap();
    let project = ["project", path, "--json"];
    if let Refused(why) = fate {
        for answer in [run(["info", path, "--json"]), run(project), run(["neighbors", path, "cat"])] {
            let error = answer.error();
            assert!(error.to_lowercase().contains(&why.to_lowercase()), "{path}: {error}");
        }
        return;
    }
    let info = run(["info", path, "--json"]).json();
    let warnings: Vec<&str> =
        info["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap()).collect();
    match fate {
        Warned(what) => assert!(warnings.iter().any(|said| said.contains(what)), "{path}: {warnings:?}"),
        _ => assert!(warnings.is_empty(), "{path}: {warnings:?}"),
    }
    let points = run(project).json();
    assert_eq!(points["points"].as_array().unwrap().len() as u64, info["rows"].as_u64().unwrap(), "{path}");
    assert_no_null(&points);
    for method in ["kmeans", "hdbscan"] {
        let clusters = run(["cluster", path, "--method", method, "--json"]).json();
        assert_eq!(
            clusters["words"].as_array().unwrap().len() as u64,
            info["rows"].as_u64().unwrap(),
            "{path}"
        );
    }
    let word = points["points"][0]["word"].as_str().unwrap();
    assert_no_null(&run(["neighbors", path, "-k", "3", "--json", "--", word]).json());
}

fn binary(header: &str, rows: &[(&[u8], &[f32])]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    for (word, values) in rows {
        bytes.extend_from_slice(word);
        bytes.push(b' ');
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        bytes.push(b'\n');
    }
    bytes
}

fn npy(shape: &str, values: &[f32]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes().chain(values.iter().flat_map(|value| value.to_le_bytes())));
    bytes
}

/// Bytes without any pattern, the same for the same seed (a linear congruential generator, Knuth's constants).
fn noise(mut seed: u64, count: usize) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}

/// Writes each file and checks what becomes of it.
fn check_all(cases: &[(&str, Vec<u8>, Fate)]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, fate) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        check(&path, *fate);
    }
}

#[test]
fn nothing_to_read() {
    let folder = tempfile::tempdir().unwrap();
    check(folder.path(), Refused("folder"));
    check(&folder.path().join("missing.txt"), Refused("no such file"));
    check_all(&[("empty.txt", Vec::new(), Refused("empty"))]);
}

#[cfg(unix)]
#[test]
fn no_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.txt");
    fs::write(&path, "cat 1 2\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything; then there is nothing to test.
    if fs::read(&path).is_err() {
        check(&path, Refused("allow"));
    }
}

#[test]
fn rows_that_are_not_right() {
    let nan = f32::NAN;
    check_all(&[
        ("length.txt", b"cat 1 2 3\ndog 1 2\nowl 3 2 1\nfox 1 1 1\n".to_vec(), Warned("line")),
        ("nan.txt", b"cat 1 2\ndog nan 1\nowl inf 2\nfox 2 1\n".to_vec(), Warned("NaN")),
        (
            "nan.bin",
            binary("3 2\n", &[(b"cat", &[1.0, 2.0]), (b"dog", &[nan, 1.0]), (b"fox", &[1.0, 1.0])]),
            Warned("NaN"),
        ),
        ("all_nan.txt", b"cat nan 1\ndog 1 nan\nfox inf 1\n".to_vec(), Refused("NaN")),
        ("huge.txt", b"cat 1e38 2e38\ndog 3e38 -3e38\nfox -3e38 1\nowl 1e-40 0\n".to_vec(), Opened),
        ("duplicates.txt", b"cat 1 2\ndog 3 1\ncat 2 1\n".to_vec(), Warned("cat")),
        (
            "empty_words.bin",
            binary("3 2\n", &[(b"cat", &[1.0, 2.0]), (b"", &[3.0, 1.0]), (b"fox", &[1.0, 1.0])]),
            Warned("name"),
        ),
        ("utf8.txt", b"cat 1 2\n\xff\xfe 2 1\nowl 2 2\n".to_vec(), Warned("UTF-8")),
        ("utf8.bin", binary("2 2\n", &[(b"cat", &[1.0, 2.0]), (b"\xc3\x28", &[3.0, 1.0])]), Warned("UTF-8")),
    ]);
}

#[test]
fn sizes_that_are_not_true() {
    let real = fs::read(project_file("sample_vectors/glove-6b-100d.bin")).unwrap();
    let rows: [(&[u8], &[f32]); 2] = [(b"cat", &[1.0, 2.0]), (b"dog", &[2.0, 1.0])];
    check_all(&[
        ("more.txt", b"900000000000 2\ncat 1 2\ndog 2 1\n".to_vec(), Warned("header")),
        ("wider.txt", b"2 60000\ncat 1 2\ndog 2 1\n".to_vec(), Warned("header")),
        ("more.bin", binary("4000000000 2\n", &rows), Warned("cut off")),
        ("wider.bin", binary("2 4000000000\n", &rows), Refused("error")),
        ("beyond.bin", binary("99999999999999999999 2\n", &rows), Refused("error")),
        ("more.npy", npy("(1000000000000, 4)", &[0.5; 8]), Refused("too many")),
        ("overflow.npy", npy("(9223372036854775807, 9223372036854775807)", &[0.5; 8]), Refused("too many")),
        ("cut.npy", npy("(1000000, 4)", &[0.5; 8]), Warned("cut off")),
        (
            "tensors.gguf",
            [&b"GGUF\x03\0\0\0"[..], &[0xFF; 16]].concat(),
            Refused("more than the file has room"),
        ),
        ("ancient.gguf", [&b"GGUF\x01\0\0\0"[..], &[1; 16]].concat(), Refused("version 1")),
        ("big-endian.gguf", [&b"GGUF\0\0\0\x03"[..], &[1; 16]].concat(), Refused("big-endian")),
        ("begun.gguf", b"GGUF\x03".to_vec(), Refused("bytes belong here")),
        ("header.safetensors", [&u64::MAX.to_le_bytes()[..], b"{\"a\":1}"].concat(), Refused("error")),
        (
            "deep.safetensors",
            [&40_000_u64.to_le_bytes()[..], &b"[".repeat(40_000)].concat(),
            Refused("error"),
        ),
        ("cut.bin", real[..100_000].to_vec(), Warned("cut off")),
        (
            "cut.safetensors",
            fs::read(project_file("sample_vectors/minilm-token-embeddings-384d.safetensors")).unwrap()
                [..50_000]
                .to_vec(),
            Refused("safetensors"),
        ),
        ("cut.tokenizer.json", br#"{"model": {"type": "BPE", "vocab": {"a": 0,"#.to_vec(), Refused("JSON")),
    ]);
}

#[test]
fn shapes_at_the_edge() {
    let row = |(row, word): (usize, &str)| {
        let numbers = (0..50_000).map(|column| ((row * 7 + column * 3) % 11).to_string());
        std::iter::once(word.to_owned()).chain(numbers).collect::<Vec<_>>().join(" ")
    };
    let wide: Vec<String> = ["cat", "dog", "owl"].into_iter().enumerate().map(row).collect();
    check_all(&[
        ("one_row.txt", b"cat 1 2 3\n".to_vec(), Opened),
        ("one_column.txt", b"3 1\ncat 1\ndog 2\nowl 4\n".to_vec(), Opened),
        ("one_number.txt", b"1 1\ncat 1\n".to_vec(), Opened),
        ("equal.txt", b"cat 1 2\ndog 1 2\nowl 1 2\n".to_vec(), Opened),
        ("zero.txt", b"cat 0 0\ndog 0 0\nowl 0 0\n".to_vec(), Opened),
        ("wide.txt", wide.join("\n").into_bytes(), Opened),
        ("too_wide.npy", npy("(1, 70000)", &vec![0.5; 70_000]), Refused("65536")),
    ]);
}

#[test]
fn files_that_hold_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let photograph: PathBuf = folder.path().join("photograph.png");
    let drawn = run(["render", "sample:starter", photograph.to_str().unwrap(), "--size", "300x200"]);
    assert_eq!(drawn.code, Some(0), "{drawn:?}");
    check(&photograph, Refused("PNG"));
    fs::rename(&photograph, folder.path().join("photograph.txt")).unwrap();
    check(&folder.path().join("photograph.txt"), Refused("PNG"));
    check_all(&[
        (
            "prose.txt",
            b"It is a truth universally acknowledged, that a single man\nmust be\n".to_vec(),
            Refused("error"),
        ),
        ("data.json", b"{\"a\": [1, 2]}".to_vec(), Refused("JSON")),
        (
            "pytorch_model.bin",
            zip_of(&[("archive/data.pkl", b"\x80\x02}q\0."), ("archive/version", b"3\n")]),
            Refused("pickle"),
        ),
        ("old.pt", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".to_vec(), Refused("torch.load")),
        ("zeros.bin", vec![0; 5_000], Refused("error")),
    ]);
}

#[test]
fn random_bytes_are_refused_or_opened_but_nothing_worse() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..12 {
        let path = folder.path().join(format!("{seed}.bin"));
        let head: &[u8] = [&b""[..], b"3 4\n", b"\x93NUMPY\x01\x00", b"YQ== 0\nYg== 1\n"][seed as usize % 4];
        fs::write(&path, [head, &noise(seed, 3_000)].concat()).unwrap();
        let path = path.to_str().unwrap();
        for arguments in
            [&["info", path, "--json"][..], &["project", path, "--json"], &["neighbors", path, "cat"]]
        {
            let answer = run(arguments);
            match answer.code {
                Some(0) => drop(answer.json()),
                _ => drop(answer.error().to_owned()),
            }
        }
    }
}

#[test]
fn a_cut_session_or_list_of_words_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("words.txt");
    fs::write(&list, "\n\n").unwrap();
    let queries = ["neighbors", "sample:starter", "--queries", list.to_str().unwrap()];
    assert!(run(queries).error().contains("empty"));
    fs::write(&list, b"dog\n\xff\n").unwrap();
    assert!(run(queries).error().contains("UTF-8"));
}
