//! NumPy's files: npy with a list of words beside it, npz, and spaCy's folder.
#![no_main]

use lexiscope_fuzz::{BESIDE, Corpus, fuzz_target, let_panics_be_caught, open_vectors, source};

const FORMATS: &[&str] = &["npy", "npz", "spaCy vectors"];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    let files = data.windows(BESIDE.len()).filter(|window| *window == BESIDE).count();
    let (name, beside): (_, &[&str]) = if files > 1 {
        ("vectors", &["key2row", "strings.json", "vectors.cfg"])
    } else {
        ("a.npy", &["a.txt"])
    };
    source(name, beside, data).map_or(Corpus::Reject, |source| open_vectors(FORMATS, &source))
});
