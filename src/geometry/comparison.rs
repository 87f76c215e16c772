//! Two tables of vectors side by side: two models, two corpora, two times.
//!
//! What is compared are the words that both have ([`SharedWords`]). Directions of one table mean nothing in another, so
//! the second is first turned until its words lie as near as they can to the same words of the first ([`align()`]). How
//! far a word is from itself then says how differently it is used ([`Movement`]); which words are near it in either table
//! needs no turning ([`compare_neighbors`]).

mod alignment;
mod movement;
mod neighborhood;
mod shared;

pub use alignment::{Alignment, Options, align};
pub use movement::{Movement, kept_neighbors};
pub use neighborhood::{ComparedNeighbors, Kept, OneSided, compare_neighbors};
pub use shared::SharedWords;

#[cfg(test)]
mod tests;
