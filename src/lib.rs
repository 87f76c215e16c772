//! Lexiscope shows how language models read.

pub mod app;
pub mod cli;
pub mod geometry;
pub mod jobs;
pub mod picture;
pub mod progress;
pub mod scene;
pub mod tokens;
pub mod ui;
pub mod vectors;
