//! Text: rows of numbers as GloVe, word2vec and the projector write them, tables with delimiters, records in JSON.
#![no_main]

use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_vectors, source};

const FORMATS: &[&str] = &[
    "GloVe text",
    "word2vec text",
    "word2vec binary",
    "projector TSV",
    "CSV",
    "JSON lines",
    "JSON",
    "projector config",
];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    let is_list = data.windows(10).any(|window| window == b"tensorPath");
    let (name, beside): (_, &[&str]) = if is_list {
        ("projector_config.json", &["vectors.tsv", "words.tsv"])
    } else {
        ("vectors.tsv", &["metadata.tsv"])
    };
    source(name, beside, data).map_or(Corpus::Reject, |source| open_vectors(FORMATS, &source))
});
