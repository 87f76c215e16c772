//! A text read stretch by stretch, so that a file which is shortened meanwhile gives an error.

use std::io::{self, BufReader, Read};

use crate::files::Bytes;

/// So much is read at a time.
const STRETCH: usize = 256 << 10;

/// Reads bytes from `start` to their end.
pub fn reader(bytes: &Bytes, start: usize) -> impl Read + '_ {
    BufReader::with_capacity(STRETCH, Stretches { bytes, at: start })
}

struct Stretches<'a> {
    bytes: &'a Bytes,
    at: usize,
}

impl Read for Stretches<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.bytes.is_whole() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = self.bytes.len().min(self.at.saturating_add(into.len()));
        let stretch = self.bytes.get(self.at..end).unwrap_or_default();
        into[..stretch.len()].copy_from_slice(stretch);
        self.bytes.release(self.at..end);
        self.at = end;
        Ok(stretch.len())
    }
}
