//! The bytes of a file: mapped from disk, held in memory, or embedded in the program. The only `unsafe` code lives here.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::Mmap;

/// Bytes that nobody changes, cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Bytes(Arc<Kind>);

enum Kind {
    Mapped(Mmap),
    Owned(Vec<u8>),
    Embedded(&'static [u8]),
}

impl Bytes {
    /// Maps a file into memory: its pages are read when they are touched, and the system may drop them again.
    ///
    /// # Errors
    /// What the system says when it cannot map the file.
    #[allow(unsafe_code)]
    pub fn map(file: &File) -> io::Result<Self> {
        // SAFETY: the map is read-only and is dropped with its last `Bytes`. What remains is the hazard that every
        // memory map has: if another program shortens the file in place meanwhile, touching the lost pages ends this
        // program. Numbers that change under us are harmless, since every bit pattern is a valid number. Files that
        // are small enough are read instead (see `Source::held`), so only very large tables stay mapped.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(Arc::new(Kind::Mapped(map))))
    }

    /// Bytes that are part of the program.
    #[must_use]
    pub fn embedded(bytes: &'static [u8]) -> Self {
        Self(Arc::new(Kind::Embedded(bytes)))
    }

    /// Whether these bytes live in a mapped file rather than in memory of our own.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(*self.0, Kind::Mapped(_))
    }

    /// The memory of our own that these bytes take: none for a mapped file or for embedded bytes.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        match &*self.0 {
            Kind::Owned(bytes) => bytes.capacity(),
            Kind::Mapped(_) | Kind::Embedded(_) => 0,
        }
    }

    /// Tells the system that `range` will not be needed soon, so that a file which is read once from end to end does
    /// not fill the memory. Its bytes stay readable: they come from the file again.
    #[allow(unsafe_code)]
    pub fn release(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let Kind::Mapped(map) = &*self.0
            && range.start < range.end
            && range.end <= map.len()
        {
            // SAFETY: a read-only map of a file has no changes that could be lost; the pages are read again on demand.
            // A refusal is harmless: the pages then stay until the system wants them.
            let _ = unsafe {
                map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, range.start, range.len())
            };
        }
        #[cfg(not(unix))]
        let _ = range;
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Kind::Owned(bytes)))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Kind::Mapped(map) => map,
            Kind::Owned(bytes) => bytes,
            Kind::Embedded(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Bytes({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_mapped_file_reads_the_same_after_its_pages_were_released() {
        let mut file = tempfile::tempfile().unwrap();
        let written: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        file.write_all(&written).unwrap();
        let bytes = Bytes::map(&file).unwrap();
        assert!(*bytes == *written);
        bytes.release(10..90_000);
        assert!(*bytes == *written);
        assert!(bytes.is_mapped());
        assert_eq!(bytes.bytes_in_memory(), 0);
    }

    #[test]
    fn a_range_beyond_the_end_is_not_released() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        let bytes = Bytes::map(&file).unwrap();
        bytes.release(0..4_000_000);
        assert_eq!(&*bytes, b"abc");
    }
}
