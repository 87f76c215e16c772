//! word2vec text: a line `V d`, then on each line a word, a space, and its numbers.
//!
//! A space ends the word for gensim and word2vec, so white space and control characters in words become `_`, as
//! word2vec's own phrases have it, and that is said.

use std::io::{self, Write};
use std::path::PathBuf;

use super::{Output, number};
use crate::files::write_whole_with;

/// Writes the one file.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let table = output.table;
    say_what_is_lost(output);
    write_whole_with(output.path, |out| {
        writeln!(out, "{} {}", table.rows(), table.dims())?;
        output.blocks(|rows, values| {
            for (row, values) in rows.zip(values.chunks_exact(table.dims())) {
                write!(out, "{}", table.word(row).replace(is_changed, "_"))?;
                for &value in values {
                    out.write_all(b" ")?;
                    number(out, value)?;
                }
                out.write_all(b"\n")?;
            }
            Ok(())
        })
    })?;
    Ok(vec![output.path.to_owned()])
}

/// Says how many words are changed, and that further properties have no place.
pub fn say_what_is_lost(output: &mut Output<'_>) {
    let changed = output.table.words().iter().filter(|word| word.contains(is_changed)).count();
    output.say_changed(changed, "white space in words became _");
    output.say_columns_lost();
}

/// Whether a letter would end a word, or the line.
pub fn is_changed(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control()
}
