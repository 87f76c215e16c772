//! Lexiscope shows how language models read.

pub mod geometry;
pub mod picture;
pub mod progress;
pub mod tokens;
pub mod vectors;
