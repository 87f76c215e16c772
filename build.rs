//! Compresses the sample vectors that the program carries inside itself, so that its binary stays small.
//!
//! Each file becomes one Zstandard frame in `OUT_DIR`; `src/vectors/samples.rs` embeds and unpacks them.

use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// The files of `sample_vectors/` that `src/vectors/samples.rs` embeds.
const EMBEDDED: [&str; 11] = [
    "starter.vectors.tsv",
    "starter.metadata.tsv",
    "glove-6b-100d.bin",
    "glove-6b-50d.txt",
    "minilm-token-embeddings-384d.safetensors",
    "minilm-token-embeddings-384d.vocab.txt",
    "minilm-l6-v2-input.safetensors",
    "minilm-l6-v2-input.vocab.txt",
    "fasttext-fr-300d.npy",
    "fasttext-fr-300d.words.txt",
    "fasttext-austen-32d.bin",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    thread::scope(|scope| {
        for name in EMBEDDED {
            let source = Path::new("sample_vectors").join(name);
            println!("cargo::rerun-if-changed={}", source.display());
            let packed = out.join(format!("{name}.zst"));
            scope.spawn(move || compress(&source, &packed));
        }
    });
}

/// Writes `source` to `packed` as one Zstandard frame.
fn compress(source: &Path, packed: &Path) {
    let bytes = fs::read(source).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
    let frame = compress_to_vec(bytes.as_slice(), CompressionLevel::Fastest);
    fs::write(packed, frame).unwrap_or_else(|error| panic!("{}: {error}", packed.display()));
}
