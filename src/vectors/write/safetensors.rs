//! safetensors: the matrix as the one tensor `embeddings`, and its words beside it, one a line. Half precision stays,
//! other numbers become `f32`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Output, pair, written_dtype};
use crate::vectors::DType;

/// Where the words of a matrix in `path` go.
pub fn companion(path: &Path) -> PathBuf {
    path.with_extension("vocab.txt")
}

/// Writes the two files.
pub fn write(output: &mut Output<'_>) -> io::Result<Vec<PathBuf>> {
    let (table, words_path) = (output.table, companion(output.path));
    output.say_columns_lost();
    output.say_word_list();
    let dtype = written_dtype(table.dtype());
    let (rows, dims) = (table.rows(), table.dims());
    let bytes = rows as u64 * dims as u64 * dtype.size() as u64;
    let name = match dtype {
        DType::F16 => "F16",
        DType::Bf16 => "BF16",
        _ => "F32",
    };
    let header = format!(
        r#"{{"embeddings":{{"dtype":"{name}","shape":[{rows},{dims}],"data_offsets":[0,{bytes}]}}}}"#
    );
    // Spaces may follow the header, and let the numbers begin where a reader can use them.
    let length = header.len().next_multiple_of(8);
    pair(
        output.path,
        |out| {
            out.write_all(&(length as u64).to_le_bytes())?;
            write!(out, "{header:<length$}")?;
            output.matrix(out, dtype)
        },
        &words_path,
        |out| output.word_list(out),
    )
}
