//! word2vec binary: a line `V d`, then for each row its word, a space, its numbers as little-endian `f32`, a line feed.
//!
//! White space and control characters in words become `_`, as in the text format.

use std::io::{self, Write};
use std::path::PathBuf;

use super::Output;
use super::word2vec_text::{is_changed, say_what_is_lost};
use crate::files::write_whole_with;

/// Writes the one file.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let table = output.table;
    say_what_is_lost(output);
    write_whole_with(output.path, |out| {
        writeln!(out, "{} {}", table.rows(), table.dims())?;
        let mut bytes = Vec::new();
        output.blocks(|rows, values| {
            for (row, values) in rows.zip(values.chunks_exact(table.dims())) {
                write!(out, "{} ", table.word(row).replace(is_changed, "_"))?;
                bytes.clear();
                bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                bytes.push(b'\n');
                out.write_all(&bytes)?;
            }
            Ok(())
        })
    })?;
    Ok(vec![output.path.to_owned()])
}
