//! safetensors, with a vocabulary beside it.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, open_vectors, source};

fuzz_target!(|data: &[u8]| -> Corpus {
    source("a.safetensors", &["tokenizer.json"], data)
        .map_or(Corpus::Reject, |source| open_vectors(&["safetensors"], &source))
});
