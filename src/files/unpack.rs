//! One packed file (gzip, zstd, bzip2), unpacked as a stream under a cap.
//!
//! Sources: RFC 1952 (gzip), RFC 8878 (zstd), the format's description in bzip2's manual. What comes out goes to memory
//! while it is small and to a file without a name beyond that, which is mapped and vanishes with its last user.

use std::io::{self, Read, Write};

use super::map::Bytes;
use super::problem::{Place, Problem};
use crate::progress::Progress;

/// The most that one file may unpack to: 16 GiB.
pub const LARGEST_UNPACKED: u64 = 16 << 30;

/// Beyond [`KEPT_IN_MEMORY`] a file may grow so many times; tables of vectors pack to a half or a tenth.
const MOST_TIMES: u64 = 100;

/// The most that a file of `packed` bytes may unpack to.
#[must_use]
pub fn most_unpacked(packed: u64) -> u64 {
    Limits { packed, cap: LARGEST_UNPACKED }.most()
}

/// What unpacks to more than this lies on the disk.
const KEPT_IN_MEMORY: usize = 64 << 20;

/// How a single file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    Zstd,
    Bzip2,
}

impl Packing {
    /// Recognizes packed bytes by their beginning.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Self::Bzip2),
            _ => None,
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
        }
    }

    /// The file's name without the ending that the packing adds.
    #[must_use]
    pub fn unpacked_name(self, name: &str) -> String {
        let endings: &[(&str, &str)] = match self {
            Self::Gzip => &[(".tgz", ".tar"), (".gz", "")],
            Self::Zstd => &[(".tzst", ".tar"), (".zst", ""), (".zstd", "")],
            Self::Bzip2 => &[(".tbz2", ".tar"), (".bz2", "")],
        };
        let stripped =
            endings.iter().find_map(|(ending, then)| Some(format!("{}{then}", name.strip_suffix(ending)?)));
        stripped.unwrap_or_else(|| name.to_owned())
    }

    /// Unpacks everything, to at most `cap` bytes and at most so many times as much as fits what was packed.
    ///
    /// # Errors
    /// [`Problem::Malformed`] where the bytes are damaged or cut off, [`Problem::TooLarge`], [`Problem::Cancelled`],
    /// [`Problem::Io`] if the disk is full.
    pub fn unpack(self, bytes: &Bytes, cap: u64, progress: &dyn Progress) -> Result<Bytes, Problem> {
        let packed = Counted { bytes, at: 0, progress };
        let buffered = io::BufReader::with_capacity(1 << 18, packed);
        let limits = Limits { packed: bytes.len() as u64, cap };
        match self {
            Self::Gzip => {
                collect(flate2::bufread::MultiGzDecoder::new(buffered), self.name(), limits, progress)
            }
            Self::Bzip2 => {
                collect(bzip2::bufread::MultiBzDecoder::new(buffered), self.name(), limits, progress)
            }
            Self::Zstd => {
                collect(ZstdFrames { packed: buffered, frame: None }, self.name(), limits, progress)
            }
        }
    }
}

/// A reader of packed bytes that tells how far it is, and stops when nobody waits any more.
struct Counted<'a> {
    bytes: &'a Bytes,
    at: usize,
    progress: &'a dyn Progress,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.check_whole().map_err(io::Error::other)?;
        let rest = &self.bytes[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        self.progress.report(self.at as f32 / self.bytes.len() as f32);
        Ok(length)
    }
}

/// All frames of a zstd file, one after another: the crate's reader ends with the first.
struct ZstdFrames<R: Read> {
    packed: R,
    frame: Option<Box<ruzstd::decoding::FrameDecoder>>,
}

impl<R: io::BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use ruzstd::decoding::BlockDecodingStrategy::UptoBytes;
        loop {
            let ended =
                self.frame.as_ref().is_none_or(|frame| frame.is_finished() && frame.can_collect() == 0);
            if ended {
                if self.packed.fill_buf()?.is_empty() {
                    return Ok(0);
                }
                let frame = self.frame.get_or_insert_with(Box::default);
                match frame.reset(&mut self.packed) {
                    Ok(()) => {}
                    Err(ruzstd::decoding::errors::FrameDecoderError::ReadFrameHeaderError(
                        ruzstd::decoding::errors::ReadFrameHeaderError::SkipFrame { length, .. },
                    )) => {
                        io::copy(&mut (&mut self.packed).take(u64::from(length)), &mut io::sink())?;
                        self.frame = None;
                        continue;
                    }
                    Err(error) => return Err(io::Error::other(error)),
                }
            }
            let Some(frame) = &mut self.frame else { continue };
            if !frame.is_finished() {
                frame.decode_blocks(&mut self.packed, UptoBytes(1 << 20)).map_err(io::Error::other)?;
            }
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
        }
    }
}

/// How much may come out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The bytes that it comes from.
    pub packed: u64,
    /// The most that may come out.
    pub cap: u64,
}

impl Limits {
    fn most(self) -> u64 {
        self.cap.min((self.packed.saturating_mul(MOST_TIMES)).max(KEPT_IN_MEMORY as u64))
    }
}

/// Reads all that `from` gives, to memory or, if it is much, to a file without a name.
pub(super) fn collect(
    mut from: impl Read,
    format: &'static str,
    limits: Limits,
    progress: &dyn Progress,
) -> Result<Bytes, Problem> {
    let most = limits.most();
    let mut held = Vec::new();
    let mut spilled: Option<std::fs::File> = None;
    let mut chunk = vec![0; 1 << 20];
    let mut total = 0_u64;
    loop {
        progress.check()?;
        let read = from.read(&mut chunk).map_err(|error| Problem::Malformed {
            format,
            place: Place::Byte(total),
            what: format!("the packed data cannot be read on: {error}"),
            advice: "get the file again; it may have been cut off",
        })?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > most {
            return Err(Problem::ExpandsTooFar { format, packed: limits.packed, limit: most });
        }
        match &mut spilled {
            Some(file) => file.write_all(&chunk[..read])?,
            None if held.len() + read > KEPT_IN_MEMORY => {
                let mut file = tempfile::tempfile()?;
                file.write_all(&held)?;
                file.write_all(&chunk[..read])?;
                held = Vec::new();
                spilled = Some(file);
            }
            None => held.extend_from_slice(&chunk[..read]),
        }
    }
    Ok(match spilled {
        Some(file) => Bytes::map(file)?,
        None => {
            held.shrink_to_fit();
            held.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn each_packing_is_recognized_and_undone_also_in_several_parts() {
        let text = b"cat 1 2\n".repeat(1_000);
        for (packing, pack) in
            [(Packing::Gzip, gzip as fn(&[u8]) -> Vec<u8>), (Packing::Bzip2, bzip2), (Packing::Zstd, zstd)]
        {
            let packed = pack(&text);
            assert_eq!(Packing::of(&packed), Some(packing));
            assert_eq!(*packing.unpack(&packed.clone().into(), LARGEST_UNPACKED, &Unwatched).unwrap(), *text);
            let twice = [packed.clone(), pack(b"dog 3 4\n")].concat();
            let both = packing.unpack(&twice.into(), LARGEST_UNPACKED, &Unwatched).unwrap();
            assert_eq!(*both, *[&text[..], b"dog 3 4\n"].concat());
            let cut = packed[..packed.len() / 2].to_vec();
            let error = packing.unpack(&cut.into(), LARGEST_UNPACKED, &Unwatched).unwrap_err().to_string();
            assert!(error.contains("cut off"), "{error}");
        }
        assert_eq!(Packing::of(b"cat 1 2"), None);
    }

    #[test]
    fn what_expands_too_far_is_refused() {
        let bomb: Bytes = gzip(&vec![0; 100 << 20]).into();
        let error = Packing::Gzip.unpack(&bomb, LARGEST_UNPACKED, &Unwatched).unwrap_err();
        assert!(matches!(error, Problem::ExpandsTooFar { .. }), "{error}");
        let small: Bytes = gzip(&[1; 1_000]).into();
        assert!(matches!(
            Packing::Gzip.unpack(&small, 999, &Unwatched),
            Err(Problem::ExpandsTooFar { limit: 999, .. })
        ));
    }

    #[test]
    fn much_is_kept_on_the_disk() {
        let much: Vec<u8> =
            (0..(70_u32 << 20) / 4).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let unpacked = Packing::Gzip.unpack(&gzip(&much).into(), LARGEST_UNPACKED, &Unwatched).unwrap();
        assert!(unpacked.is_mapped() && *unpacked == *much);
    }

    #[test]
    fn names_lose_the_ending_of_the_packing() {
        for (packing, name, expected) in [
            (Packing::Gzip, "glove.txt.gz", "glove.txt"),
            (Packing::Gzip, "model.tgz", "model.tar"),
            (Packing::Zstd, "a.zst", "a"),
            (Packing::Bzip2, "a.tbz2", "a.tar"),
            (Packing::Bzip2, "a", "a"),
        ] {
            assert_eq!(packing.unpacked_name(name), expected);
        }
    }
}
