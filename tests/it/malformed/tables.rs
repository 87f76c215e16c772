//! Small files of vectors.

use super::Sample;
use super::build::Build;

const WORDS: [&str; 4] = ["cat", "dög", "owl", "fox"];

fn row(word: usize) -> [f32; 3] {
    let word = word as f32;
    [1.0 + word, 0.5 - word, word * word / 4.0]
}

fn all_rows() -> Vec<f32> {
    (0..WORDS.len()).flat_map(row).collect()
}

pub fn samples() -> Vec<Sample> {
    let one = |format, target, name, build| Sample { format, target, files: vec![(name, build)] };
    vec![
        one("GloVe text", "text", "a.txt", text(false)),
        one("word2vec text", "text", "b.txt", text(true)),
        one("word2vec binary", "text", "a.bin", word2vec_binary()),
        Sample {
            format: "npy",
            target: "numpy",
            files: vec![("a.npy", npy(&all_rows(), 3)), ("a.txt", words())],
        },
        Sample {
            format: "safetensors",
            target: "safetensors",
            files: vec![("a.safetensors", safetensors()), ("a.words.txt", words())],
        },
        Sample {
            format: "projector TSV",
            target: "text",
            files: vec![("vectors.tsv", projector_vectors()), ("metadata.tsv", projector_metadata())],
        },
        one("fastText", "fasttext", "model.bin", fasttext(true, 2)),
        one("fastText", "fasttext", "old.bin", fasttext(false, 2)),
        one("fastText", "fasttext", "supervised.bin", fasttext(true, 3)),
    ]
}

fn words() -> Build {
    WORDS.iter().fold(Build::default(), |build, word| build.text(word).raw("\n").end())
}

fn text(header: bool) -> Build {
    let mut build = Build::default();
    if header {
        build = build.decimal(4).raw(" ").decimal(3).raw("\n").end();
    }
    for (index, word) in WORDS.iter().enumerate() {
        build = build.text(word);
        for value in row(index) {
            build = build.raw(format!(" {value:?}"));
        }
        build = build.raw("\n").end();
    }
    build
}

fn word2vec_binary() -> Build {
    let mut build = Build::default().decimal(4).raw(" ").decimal(3).raw("\n").end();
    for (index, word) in WORDS.iter().enumerate() {
        build = build.text(word).raw(" ").end().floats(&row(index)).raw("\n").end();
    }
    build
}

/// A matrix as `NumPy` saves it.
pub fn npy(values: &[f32], dims: usize) -> Build {
    let rows = (values.len() / dims) as u64;
    let dictionary = Build::default()
        .text("{'descr': '<f4', 'fortran_order': False, 'shape': (")
        .decimal(rows)
        .raw(", ")
        .decimal(dims as u64)
        .raw("), }")
        .end();
    let padding = 118 - 1 - dictionary.bytes.len();
    Build::default()
        .raw(b"\x93NUMPY\x01\x00")
        .end()
        .little(118, 2)
        .end()
        .then(&dictionary)
        .raw(" ".repeat(padding))
        .raw("\n")
        .end()
        .floats(values)
        .end()
}

fn safetensors() -> Build {
    let header = concat!(
        r#"{"__metadata__":{"format":"pt"},"wte.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]},"#,
        r#""bias":{"dtype":"F32","shape":[3],"data_offsets":[48,60]}}"#
    );
    let header = Build::of_text(header);
    Build::default()
        .little(header.bytes.len() as u64, 8)
        .end()
        .then(&header)
        .end()
        .floats(&all_rows())
        .end()
        .floats(&row(0))
        .end()
}

fn projector_vectors() -> Build {
    let line = |index| row(index).map(|value| format!("{value:?}")).join("\t") + "\n";
    (0..WORDS.len()).fold(Build::default(), |build, index| build.raw(line(index)).end())
}

fn projector_metadata() -> Build {
    let head = Build::default().text("word").raw("\t").text("group").raw("\n").end();
    let line = |build: Build, word: &&str| build.text(word).raw("\t").text("animal").raw("\n").end();
    WORDS.iter().fold(head, line)
}

/// A fastText model with two buckets of n-grams, in its present form or in its first, without a magic number. Kind 2 is a
/// skip-gram model, kind 3 a supervised one.
fn fasttext(newer: bool, kind: u64) -> Build {
    let (buckets, labels) = (2, u64::from(kind == 3));
    let mut build = Build::default();
    if newer {
        build = build.raw(793_712_314_i32.to_le_bytes()).little(12, 4).end();
    }
    for setting in [3, 5, 5, 1, 5, 1, 2, kind, buckets, 3, 6, 100] {
        build = build.little(setting, 4);
    }
    build = build.raw(1e-4_f64.to_le_bytes()).end();
    build = build.little(4 + labels, 4).little(4, 4).little(labels, 4).little(1_000, 8).end();
    if newer {
        build = build.little(u64::MAX, 8).end();
    }
    for word in WORDS {
        build = build.text(word).raw([0]).little(100, 8).raw([0]).end();
    }
    if labels == 1 {
        build = build.text("__label__animal").raw([0]).little(100, 8).raw([1]).end();
    }
    if newer {
        build = build.raw([0]).end();
    }
    build = build
        .little(4 + buckets, 8)
        .little(3, 8)
        .end()
        .floats(&all_rows())
        .floats(&row(1))
        .floats(&row(2))
        .end();
    if newer {
        build = build.raw([0]).end();
    }
    build.little(1, 8).little(3, 8).end().floats(&row(3)).end()
}
