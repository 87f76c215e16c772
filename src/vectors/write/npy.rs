//! npy, version 1.0, and its words beside it, one a line. Half precision stays, other numbers become `f32`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Output, pair, written_dtype};
use crate::vectors::DType;

/// The header ends at a multiple of this, so that the numbers can be used where they lie.
const ALIGNMENT: usize = 64;

/// Where the words of a matrix in `path` go.
pub fn companion(path: &Path) -> PathBuf {
    path.with_extension("words.txt")
}

/// Writes the two files.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let (table, words_path) = (output.table, companion(output.path));
    output.say_columns_lost();
    output.say_word_list();
    // npy knows no bfloat16.
    let dtype = if written_dtype(table.dtype()) == DType::F16 { DType::F16 } else { DType::F32 };
    let descr = if dtype == DType::F16 { "<f2" } else { "<f4" };
    let shape = format!("({}, {})", table.rows(), table.dims());
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let length = (10 + header.len() + 1).next_multiple_of(ALIGNMENT) - 10;
    pair(
        output.path,
        |out| {
            out.write_all(b"\x93NUMPY\x01\x00")?;
            out.write_all(&(length as u16).to_le_bytes())?;
            writeln!(out, "{header:<width$}", width = length - 1)?;
            output.matrix(out, dtype)
        },
        &words_path,
        |out| output.word_list(out),
    )
}
