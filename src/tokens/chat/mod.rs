//! Conversations as models get them: a template makes them one text, and a tokenizer makes that tokens.
//!
//! [`render`] runs a chat template, one of [`known`] or one that a tokenizer's own files bring; [`Conversation`] has the tokens,
//! each with who it comes from, and what one has to know: control that somebody typed, and a beginning that stands there twice.

mod conversation;
mod json;
mod rendering;
mod templates;

pub use conversation::{Conversation, Options, Origin, Share};
pub use rendering::{LONGEST, Message, Rendered, Role, render};
pub use templates::{OWN, Template, fitting, known, own};

#[cfg(test)]
mod tests;
