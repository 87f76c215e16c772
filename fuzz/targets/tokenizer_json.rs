//! Hugging Face's tokenizer.json.
#![no_main]

use lexiscope_fuzz::tokens::TokenizerFormat;
use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_tokenizer};

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    open_tokenizer(&[TokenizerFormat::Json], data)
});
