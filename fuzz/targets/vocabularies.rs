//! tiktoken's ranks, Mistral's Tekken, GPT-2's pair and BERT's list.
#![no_main]

use lexiscope_fuzz::tokens::TokenizerFormat;
use lexiscope_fuzz::{Corpus, fuzz_target, let_panics_be_caught, open_tokenizer, source};

const FORMATS: &[TokenizerFormat] = &[
    TokenizerFormat::Tiktoken,
    TokenizerFormat::Tekken,
    TokenizerFormat::Gpt2Pair,
    TokenizerFormat::WordPieceList,
];

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| -> Corpus {
    source("vocab.json", &["tokenizer_config.json", "merges.txt"], data).map_or(Corpus::Reject, |source| open_tokenizer(FORMATS, &source))
});
