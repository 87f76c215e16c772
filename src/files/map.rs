//! The bytes of a file: mapped from disk, held in memory, or embedded in the program. The only `unsafe` code lives here.
//!
//! A mapped file has a hazard: if another program shortens it in place, touching the pages that are gone ends this
//! program. Three things close it off. Files that are small enough are read instead of mapped (see
//! [`Bytes::held`]). Whoever reads rows of a mapped file asks [`Bytes::is_whole`] first, block by block, and gets
//! zeros and a warning instead of the rows that are gone; whoever reads a file from end to end asks between two stretches
//! ([`Bytes::check_whole`]), and fails. And programs that save files replace them whole, which leaves
//! the mapped one as it was. What remains is a file that is shortened within the microseconds between question and read.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memmap2::Mmap;

use super::problem::Problem;

/// Parts of mapped files up to this size are read into memory when a table is to keep them.
const READ_WHOLE: usize = 64 << 20;

/// Bytes that nobody changes, cheap to clone, to cut and to share between threads.
#[derive(Clone)]
pub struct Bytes {
    kind: Arc<Kind>,
    range: Range<usize>,
}

enum Kind {
    Mapped { map: Mmap, file: File, cut: AtomicBool },
    Owned(Vec<u8>),
    Embedded(&'static [u8]),
}

impl Kind {
    fn all(&self) -> &[u8] {
        match self {
            Self::Mapped { map, .. } => map,
            Self::Owned(bytes) => bytes,
            Self::Embedded(bytes) => bytes,
        }
    }
}

impl Bytes {
    /// Maps a file into memory: its pages are read when they are touched, and the system may drop them again.
    ///
    /// # Errors
    /// What the system says when it cannot map the file.
    #[allow(unsafe_code)]
    pub fn map(file: File) -> io::Result<Self> {
        // SAFETY: the map is read-only and is dropped with its last `Bytes`. Numbers that change under us are harmless,
        // since every bit pattern is a valid number. Files that are shortened: see the head of this file.
        let map = unsafe { Mmap::map(&file)? };
        Ok(Kind::Mapped { map, file, cut: AtomicBool::new(false) }.into())
    }

    /// Bytes that are part of the program.
    #[must_use]
    pub fn embedded(bytes: &'static [u8]) -> Self {
        Kind::Embedded(bytes).into()
    }

    /// A part of these bytes, without a copy. `None` if it reaches beyond the end.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        (range.start <= range.end && range.end <= self.len()).then(|| Self {
            kind: Arc::clone(&self.kind),
            range: self.range.start + range.start..self.range.start + range.end,
        })
    }

    /// The bytes in the form in which a table should keep them: in memory if they are few, so that a program which rewrites
    /// the file in place cannot disturb the table; else mapped.
    #[must_use]
    pub fn held(self) -> Self {
        if self.is_mapped() && self.len() <= READ_WHOLE { self.to_vec().into() } else { self }
    }

    /// Whether these bytes live in a mapped file rather than in memory of our own.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(*self.kind, Kind::Mapped { .. })
    }

    /// Whether the bytes are all still there: a mapped file may have been shortened since. Asks the system, which takes
    /// less than a microsecond; once false, always false.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Kind::Mapped { map, file, cut } = &*self.kind else { return true };
        if cut.load(Ordering::Relaxed) {
            return false;
        }
        let whole = file.metadata().is_ok_and(|about| about.len() >= map.len() as u64);
        if !whole {
            cut.store(true, Ordering::Relaxed);
        }
        whole
    }

    /// Fails once the bytes are no longer all there, so that whoever reads a mapped file for long can write
    /// `bytes.check_whole()?` between two stretches.
    ///
    /// # Errors
    /// [`Problem::Shortened`].
    pub fn check_whole(&self) -> Result<(), Problem> {
        if self.is_whole() { Ok(()) } else { Err(Problem::Shortened) }
    }

    /// The memory of our own that these bytes take: none for a mapped file or for embedded bytes.
    #[must_use]
    pub fn bytes_in_memory(&self) -> usize {
        match &*self.kind {
            Kind::Owned(bytes) => bytes.capacity(),
            Kind::Mapped { .. } | Kind::Embedded(_) => 0,
        }
    }

    /// Tells the system that `range` will not be needed soon, so that a file which is read once from end to end does
    /// not fill the memory. Its bytes stay readable: they come from the file again.
    #[allow(unsafe_code)]
    pub fn release(&self, range: Range<usize>) {
        #[cfg(unix)]
        if let Kind::Mapped { map, .. } = &*self.kind
            && range.start < range.end
            && range.end <= self.len()
        {
            // SAFETY: a read-only map of a file has no changes that could be lost; the pages are read again on demand.
            // A refusal is harmless: the pages then stay until the system wants them.
            let _ = unsafe {
                let start = self.range.start + range.start;
                map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, range.len())
            };
        }
        #[cfg(not(unix))]
        let _ = range;
    }
}

impl From<Kind> for Bytes {
    fn from(kind: Kind) -> Self {
        let range = 0..kind.all().len();
        Self { kind: Arc::new(kind), range }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Kind::Owned(bytes).into()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.kind.all()[self.range.clone()]
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
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

    fn mapped(content: &[u8]) -> (tempfile::NamedTempFile, Bytes) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let bytes = Bytes::map(file.reopen().unwrap()).unwrap();
        (file, bytes)
    }

    #[test]
    fn a_mapped_file_reads_the_same_after_its_pages_were_released() {
        let written: Vec<u8> = (0..100_000_u32).map(|i| (i % 251) as u8).collect();
        let (_file, bytes) = mapped(&written);
        assert!(*bytes == *written);
        bytes.release(10..90_000);
        assert!(*bytes == *written);
        let part = bytes.slice(50..80_000).unwrap();
        part.release(0..part.len());
        assert!(*part == written[50..80_000] && part.is_mapped());
        assert_eq!(bytes.bytes_in_memory(), 0);
    }

    #[test]
    fn a_range_beyond_the_end_is_neither_released_nor_cut() {
        let (_file, bytes) = mapped(b"abc");
        bytes.release(0..4_000_000);
        assert_eq!(&*bytes, b"abc");
        assert!(bytes.slice(0..4).is_none() && bytes.slice(1..3).unwrap().slice(0..3).is_none());
        assert_eq!(&*bytes.slice(1..3).unwrap().slice(1..2).unwrap(), b"c");
    }

    #[test]
    fn a_file_that_was_shortened_is_no_longer_whole() {
        let (file, bytes) = mapped(&[7; 10_000]);
        let part = bytes.slice(0..10).unwrap();
        assert!(bytes.is_whole() && part.is_whole());
        file.as_file().set_len(5_000).unwrap();
        assert!(!part.is_whole());
        assert!(matches!(bytes.check_whole(), Err(Problem::Shortened)));
        file.as_file().set_len(10_000).unwrap();
        assert!(!bytes.is_whole(), "what was lost does not come back");
        assert!(Bytes::from(vec![1]).is_whole());
    }
}
