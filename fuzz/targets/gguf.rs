//! GGUF models: their matrices.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_vectors, source};

const FORMATS: &[&str] = &["GGUF"];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    source("a.gguf", &[], data).map_or(Corpus::Reject, |source| open_vectors(FORMATS, &source))
});
