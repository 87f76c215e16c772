//! The running program without its looks: documents, commands, history, settings, and what is derived from them.
//!
//! [`State`] is the whole of it. [`State::update`] carries out commands, and nothing else changes a view; [`State::tick`]
//! takes up finished work and asks for what the view needs next. Neither ever waits.

pub mod browsing;
pub mod chain;
pub mod chat;
mod choosing;
pub mod derived;
mod groups;
mod history;
pub mod ids;
pub mod languages;
pub mod letters;
pub mod lookup;
mod mapping;
mod notices;
pub mod questions;
pub mod reading;
mod saving;
mod sessions;
mod settings;
pub mod showdown;
mod state;
pub mod tokens;
pub mod training;
mod update;

#[cfg(test)]
mod map_tests;
#[cfg(test)]
mod tests;

pub use crate::jobs::Same;
pub use derived::Derived;
pub use history::History;
pub use mapping::MapStage;
pub use notices::{Notice, Notices, Severity};
pub use settings::{MAX_SCALE, MIN_SCALE, Settings, Storage};
pub use state::{FIRST_SAMPLE, SearchText, State};
pub use update::LONGEST_TEXT;
