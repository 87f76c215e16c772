//! The one integration binary: what only the whole of the program, or the whole of its data, can show.

mod manifest;
