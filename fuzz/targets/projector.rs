//! The projector's pair of vectors and metadata.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, open_vectors, source};

fuzz_target!(|data: &[u8]| -> Corpus {
    source("vectors.tsv", &["metadata.tsv"], data)
        .map_or(Corpus::Reject, |source| open_vectors(&["projector TSV"], &source))
});
