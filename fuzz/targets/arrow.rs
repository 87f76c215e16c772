//! Arrow's files and streams, and Parquet.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_vectors, source};

const FORMATS: &[&str] = &["Arrow IPC", "Parquet"];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    source("a.arrow", &[], data).map_or(Corpus::Reject, |source| open_vectors(FORMATS, &source))
});
