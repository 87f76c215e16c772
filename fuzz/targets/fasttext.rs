//! fastText's own models.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, open_vectors, source};

fuzz_target!(|data: &[u8]| -> Corpus {
    source("a.bin", &[], data).map_or(Corpus::Reject, |source| open_vectors(&["fastText"], &source))
});
