//! npy, with a list of words beside it.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, open_vectors, source};

fuzz_target!(|data: &[u8]| -> Corpus {
    source("a.npy", &["a.txt"], data).map_or(Corpus::Reject, |source| open_vectors(&["npy"], &source))
});
