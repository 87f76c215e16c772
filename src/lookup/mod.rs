//! The lookup: an ID picks a row of the matrix E (V × d), a text of n tokens becomes n × d numbers, and positions are added.
//!
//! What is seen of the matrix, and in what order ([`order`], [`tiles`]); the same lookup as a product ([`one_hot`]); how
//! heavy it is ([`models`]); what a position adds ([`positions`], [`learned`], [`bag`]).

pub mod bag;
pub mod learned;
pub mod models;
pub mod one_hot;
pub mod order;
pub mod positions;
pub mod tiles;

#[cfg(test)]
mod reference_tests;
