//! A tokenizer of one's own: learned from a text, step by step where it is learned by pairs.
//!
//! [`Words::of`] counts the words of a text as a [`Kind`] cuts them; [`learn`] joins pairs; [`Learned::stage`] shows the state
//! before any of the merges, and [`Learned::growth`] how long a text is after each; [`Trained`] is the whole of it, with the
//! tokenizer that comes out.

mod growth;
mod pairs;
mod recipe;
mod result;
mod stage;
mod texts;
mod unigram;

pub use growth::{Baseline, Growth, baselines};
pub use pairs::{LEAST, Learned, Merge, Pair, learn};
pub use recipe::{Kind, Words};
pub use result::{MOST_ENTRIES, OtherSize, TrainError, Trained, train};
pub use stage::{Stage, Standing};
pub use texts::{NOVELS, novels};

#[cfg(test)]
mod tests;
