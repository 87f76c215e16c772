//! GGUF: the file that language models are run from on ordinary machines. Facts by key, a tokenizer among them, and
//! tensors, quantized or not.
//!
//! Source: `docs/gguf.md` of the ggml project, versions 2 and 3 in little-endian order. Version 1 and big-endian files are
//! refused. Every length, count and offset is checked against the file before it is believed; nothing is copied, so that
//! a list of 50,000 tokens costs a walk over it.

mod reader;
mod tensors;

use std::borrow::Cow;
use std::ops::Range;

pub use tensors::{ElementType, Tensor};

use super::map::Bytes;
use super::problem::Problem;
use reader::{Reader, malformed};

/// The name of the format.
pub const NAME: &str = "GGUF";

/// Where the data of a tensor may begin, unless the file says otherwise: at multiples of this.
const ALIGNMENT: u64 = 32;

/// More keys or tensors than this are not believed. Models of 2026 have some dozens and some thousands.
const MOST_ENTRIES: u64 = 65_536;

/// What a GGUF file says of itself, and where its tensors lie.
#[derive(Debug)]
pub struct Gguf {
    bytes: Bytes,
    version: u32,
    entries: Vec<(Range<usize>, Value)>,
    tensors: Vec<Tensor>,
}

/// What stands behind a key. Text and lists stay in the file: here is where.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Integer(i128),
    Float(f64),
    Flag(bool),
    Text(Range<usize>),
    List { kind: u32, count: usize, at: Range<usize> },
}

/// Whether these bytes are a GGUF model, which holds vectors and a tokenizer in one.
#[must_use]
pub fn is_gguf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"GGUF")
}

impl Gguf {
    /// Reads everything but the tensors' data.
    ///
    /// # Errors
    /// [`Problem::Malformed`] where the bytes break the format or end too early, [`Problem::TooLarge`],
    /// [`Problem::Unsupported`] for version 1 and for big-endian files.
    pub fn read(bytes: &Bytes) -> Result<Self, Problem> {
        let mut reader = Reader::new(bytes);
        let version = version(&mut reader)?;
        let tensors = reader.count("tensors", MOST_ENTRIES, tensors::SHORTEST)?;
        let keys = reader.count("keys", MOST_ENTRIES, reader::SHORTEST_ENTRY)?;
        let mut entries = Vec::new();
        for _ in 0..keys {
            let key = reader.text()?;
            let kind = reader.u32()?;
            entries.push((key, reader.value(kind)?));
        }
        let mut gguf = Self { bytes: bytes.clone(), version, entries, tensors: Vec::new() };
        let alignment = gguf.number("general.alignment").unwrap_or(ALIGNMENT);
        if !alignment.is_power_of_two() || alignment > 1 << 20 {
            return Err(malformed(8, format!("data aligned to {alignment} bytes is not possible")));
        }
        gguf.tensors = tensors::read(&mut reader, tensors, alignment)?;
        Ok(gguf)
    }

    /// The version of the format: 2 or 3.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The keys, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.entries.iter().map(|(key, _)| String::from_utf8_lossy(&self.bytes[key.clone()]))
    }

    fn value(&self, key: &str) -> Option<&Value> {
        let bytes: &[u8] = &self.bytes;
        let found = self.entries.iter().find(|(at, _)| bytes[at.clone()] == *key.as_bytes());
        found.map(|(_, value)| value)
    }

    /// The text behind a key; bytes that are not UTF-8 show as �.
    #[must_use]
    pub fn string(&self, key: &str) -> Option<Cow<'_, str>> {
        match self.value(key)? {
            Value::Text(at) => Some(String::from_utf8_lossy(&self.bytes[at.clone()])),
            _ => None,
        }
    }

    /// The whole number behind a key, of any integer type, unless it is below zero.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.value(key)? {
            Value::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The number behind a key, of any type of number.
    #[must_use]
    pub fn float(&self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Value::Float(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// The yes or no behind a key.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The texts of a list, as bytes, straight from the file.
    #[must_use]
    pub fn strings(&self, key: &str) -> Option<impl ExactSizeIterator<Item = &[u8]> + use<'_>> {
        let (kind, count, list) = self.list(key)?;
        (kind == reader::TEXT).then(|| reader::Strings::new(list, count))
    }

    /// The whole numbers of a list, of any integer type; yes and no are 1 and 0.
    #[must_use]
    pub fn ints(&self, key: &str) -> Option<impl ExactSizeIterator<Item = i64> + use<'_>> {
        let (kind, _, list) = self.list(key)?;
        let size = reader::size(kind).filter(|_| !reader::is_float(kind))?;
        Some(list.chunks_exact(size).map(move |number| reader::integer(kind, number) as i64))
    }

    /// The numbers of a list of floating-point numbers.
    #[must_use]
    pub fn floats(&self, key: &str) -> Option<impl ExactSizeIterator<Item = f64> + use<'_>> {
        let (kind, _, list) = self.list(key)?;
        let size = reader::size(kind).filter(|_| reader::is_float(kind))?;
        Some(list.chunks_exact(size).map(move |number| reader::float(kind, number)))
    }

    /// The type of a list's elements, how many there are, and their bytes.
    fn list(&self, key: &str) -> Option<(u32, usize, &[u8])> {
        match self.value(key)? {
            Value::List { kind, count, at } => Some((*kind, *count, &self.bytes[at.clone()])),
            _ => None,
        }
    }

    /// The tensors, in the order of the file.
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// The tensor of exactly this name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }
}

/// Checks the beginning, and gives the version.
fn version(reader: &mut Reader) -> Result<u32, Problem> {
    let again = "convert the model again with a current version of llama.cpp";
    if reader.u32()? != u32::from_le_bytes(*b"GGUF") {
        return Err(malformed(0, "the file does not begin with “GGUF”"));
    }
    match reader.u32()? {
        version @ 2..=3 => Ok(version),
        1 => Err(Problem::Unsupported { what: "a GGUF file of version 1, of 2023", advice: again }),
        version if (1..=255).contains(&version.swap_bytes()) => {
            Err(Problem::Unsupported { what: "a GGUF file for big-endian machines", advice: again })
        }
        version => Err(malformed(4, format!("version {version} is not known (2 and 3 are)"))),
    }
}

#[cfg(test)]
pub(crate) mod tests;
