//! safetensors, with a vocabulary beside it.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_vectors, source};

const FORMATS: &[&str] = &["safetensors"];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    source("a.safetensors", &["a.words.txt", "tokenizer.json", "config.json"], data).map_or(Corpus::Reject, |source| open_vectors(FORMATS, &source))
});
