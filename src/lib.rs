//! Lexiscope shows how language models read: text becomes tokens, tokens become IDs, IDs pick rows of a matrix, and rows
//! have a geometry in which distance means likeness.
//!
//! # The map of the house
//!
//! | module | what it knows |
//! |---|---|
//! | [`files`] | files whatever they hold: mapped bytes, packings, archives, folders, what can be wrong, saving whole |
//! | [`vectors`] | tables of named rows: the formats they come in, samples, searching words |
//! | [`geometry`] | what rows mean to each other: metrics, neighbors, analogies, formulas, axes, projections and what they keep, clusters, evaluation, one table beside another |
//! | [`lookup`] | IDs to rows: a matrix in any order and as a picture, one-hot products, what it weighs, positions |
//! | [`tokens`] | text to IDs and back: the built-in tokenizers, opened ones, one text under many, its way through one, vocabularies, conversations, training |
//! | [`picture`] | points become images: camera, raster, density, label placement, PNG, SVG and PDF |
//! | [`progress`] | how long work tells where it stands and learns that it should stop |
//! | [`scene`] | what a person chose to see, as plain data: views, commands, sessions, palettes, opened documents |
//! | [`jobs`] | threads for long work: progress, cancel, latest request wins |
//! | [`app`] | the running program without its looks: the one place that applies commands, history, settings, what is derived |
//! | [`ui`] | what is seen: theme, map, tokenizer laboratory, lookup matrix, panels, dialogs, guide |
//! | [`cli`] | the same library from the shell |
//!
//! The layers: `ui → app → {scene, jobs} → domain` and `cli → scene → domain`, where the domain is the first six, which
//! know [`progress`] and, of each other, only that `geometry` and `lookup` read tables of `vectors`, `lookup` measures with
//! `geometry`, and `vectors` and `tokens` read `files`.
//!
//! # Three trips
//!
//! - **A file becomes a picture.** [`scene::document::open`] recognizes a file by its bytes and gives a
//!   [`scene::Document`]; [`app::State`] puts it into the view; [`app::Derived`] asks for its projection, which arrives
//!   from a job; `ui::map` draws the arranged points ([`scene::cloud::Cloud`]) with [`picture::Raster`].
//! - **A keystroke becomes a point.** The laboratory, or the panel about tokens, sends [`scene::Command::SetText`]; every row
//!   of the comparison ([`app::tokens::TokenRow`]) tokenizes on a thread of its own; [`app::showdown`] puts the answers to one
//!   text side by side, and `ui::laboratory` draws them along it; a click on a token sends `ChooseToken`, which
//!   [`app::chain`] follows to the row of that name, which is the point on the map.
//! - **A command becomes a state, and is undone.** Menus, palette, keys and help come from one list
//!   ([`scene::actions`]); [`app::State::update`] alone carries commands out and remembers the view before each
//!   ([`app::History`]).
//!
//! # What is absent (and a test keeps it so)
//!
//! - Below `ui` there is no egui and no window; below `app` and `cli` there is no thread but rayon's and no clock. The
//!   same seed gives the same output.
//! - No frame waits: panels read the state and send commands; whatever may take over 5 ms is a job.
//! - Nothing derived is stored in a view, and nothing chosen is stored anywhere else.
//! - `unsafe` stands in one file, `files/map.rs`, for memory maps.

pub mod app;
pub mod cli;
pub mod files;
pub mod geometry;
pub mod jobs;
pub mod lookup;
pub mod picture;
pub mod progress;
pub mod scene;
pub mod tokens;
pub mod ui;
pub mod vectors;
