//! The program's readers, compiled from their own sources without the window, whose libraries would make every build take
//! an hour; and what the targets share.

#[path = "../../src/files/mod.rs"]
pub mod files;
mod harness;
#[path = "../../src/progress.rs"]
pub mod progress;
#[path = "../../src/tokens/mod.rs"]
pub mod tokens;
#[path = "../../src/vectors/mod.rs"]
pub mod vectors;

pub use harness::{
    BESIDE, Corpus, assert_is_said, fuzz_target, let_panics_be_caught, open_tokenizer, open_vectors, source,
    use_opened, use_table, use_tokenizer,
};
