//! What commands give: tables to read, JSON documents, files.

use std::ffi::OsStr;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::{Failure, say};
use crate::files;

/// How a command answers.
#[derive(Debug, Args)]
pub struct Output {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
    /// Print the milliseconds of each phase as a line of JSON to standard error
    #[arg(long)]
    pub timings: bool,
}

/// Standard output, made for much of it.
pub fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Writes one JSON document to standard output.
///
/// # Errors
/// If standard output takes no more.
pub fn json(document: &impl Serialize) -> Result<(), Failure> {
    let mut out = stdout();
    write_json(&mut out, document)?;
    Ok(out.flush()?)
}

/// Writes one JSON document as a line.
///
/// # Errors
/// If `out` takes no more.
pub fn write_json(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    out.write_all(b"\n")
}

/// Writes text to standard output.
///
/// # Errors
/// If standard output takes no more.
pub fn text(text: &str) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// A number as JSON can hold it: what is beyond `f32` becomes its greatest number, and never NaN.
pub fn finite(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(f32::MIN, f32::MAX) }
}

/// The ending of a file's name in lower case.
pub fn ending(path: &Path) -> String {
    path.extension().and_then(OsStr::to_str).unwrap_or_default().to_lowercase()
}

/// Writes a file whole and says so.
///
/// # Errors
/// If it cannot be written; an old file is then untouched.
pub fn file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    files::write_whole_with(path, |out| write(out)).map_err(|error| {
        let path = path.display();
        Failure::Said(format!(
            "the file could not be written: {error}; check the folder and its permissions ({path})"
        ))
    })?;
    say(&format!("wrote {}", path.display()));
    Ok(())
}
