//! The one integration binary: what only the whole of the program, or the whole of its data, can show.

mod bad_input;
mod commands;
mod containers;
mod evaluation;
mod large;
mod large_tokenizers;
mod layers;
mod malformed;
mod manifest;
mod roundtrips;
mod shell;
mod shrinking;
mod window;
