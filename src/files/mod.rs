//! Files as they are read and written, whatever they hold: bytes mapped from disk, what lies beside a file or inside
//! an archive, what can be wrong with it, and how one is replaced whole.

pub mod archive;
pub mod choice;
pub mod find;
pub mod gguf;
pub mod guard;
mod line_ends;
pub mod map;
pub mod problem;
pub mod source;
pub mod unpack;
pub mod write;

pub use choice::{Alternative, Choice, Choosable};
pub use find::{Found, find};
pub use gguf::{Gguf, is_gguf};
pub use map::Bytes;
pub use problem::{OpenError, Place, Problem};
pub use source::Source;
pub use write::{Complete, write_whole, write_whole_with};
