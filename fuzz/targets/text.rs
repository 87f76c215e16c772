//! Vectors as text: GloVe's and word2vec's.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, open_vectors, source};

fuzz_target!(|data: &[u8]| -> Corpus {
    source("a.txt", &[], data)
        .map_or(Corpus::Reject, |source| open_vectors(&["GloVe text", "word2vec text"], &source))
});
