//! Hugging Face's tokenizer.json, with what lies beside it.
#![no_main]

use lexiscope_fuzz::tokens::TokenizerFormat;
use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_tokenizer, source};

const FORMATS: &[TokenizerFormat] = &[TokenizerFormat::Json];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    source("tokenizer.json", &["tokenizer_config.json"], data).map_or(Corpus::Reject, |source| open_tokenizer(FORMATS, &source))
});
