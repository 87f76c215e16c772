//! What stands in a GGUF file beside its facts: named tensors, their types and places.

use std::ops::Range;

use super::super::problem::Problem;
use super::reader::{Reader, malformed};

/// Tensors have at most so many dimensions.
const MOST_DIMENSIONS: u32 = 4;

/// The fewest bytes that the description of a tensor takes: an empty name, no dimension, a type and an offset.
pub(super) const SHORTEST: u64 = 8 + 4 + 4 + 8;

/// A tensor: its shape and where its data lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name: `token_embd.weight`.
    pub name: String,
    /// Its dimensions as the format orders them, the numbers in a row first; at most four.
    pub shape: Vec<u64>,
    /// How its numbers are stored.
    pub element: ElementType,
    /// Its bytes in the file; of types whose sizes are not known, only where they begin.
    pub data: Range<usize>,
}

impl Tensor {
    /// The rows and the numbers in each, if this is a matrix.
    #[must_use]
    pub fn matrix(&self) -> Option<(u64, u64)> {
        match self.shape[..] {
            [dims, rows] | [dims, rows, 1] | [dims, rows, 1, 1] => Some((rows, dims)),
            _ => None,
        }
    }

    /// How many numbers it holds.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        self.shape.iter().fold(1, |product: u64, &length| product.saturating_mul(length))
    }
}

/// How the numbers of a tensor are stored, as the format numbers the ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementType(pub u32);

/// A type's number, its name, the numbers in a block, and the bytes that a block takes. Types that were given up have
/// numbers that are missing here.
const TYPES: &[(u32, &str, u64, u64)] = &[
    (0, "F32", 1, 4),
    (1, "F16", 1, 2),
    (2, "Q4_0", 32, 18),
    (3, "Q4_1", 32, 20),
    (6, "Q5_0", 32, 22),
    (7, "Q5_1", 32, 24),
    (8, "Q8_0", 32, 34),
    (9, "Q8_1", 32, 36),
    (10, "Q2_K", 256, 84),
    (11, "Q3_K", 256, 110),
    (12, "Q4_K", 256, 144),
    (13, "Q5_K", 256, 176),
    (14, "Q6_K", 256, 210),
    (15, "Q8_K", 256, 292),
    (16, "IQ2_XXS", 256, 66),
    (17, "IQ2_XS", 256, 74),
    (18, "IQ3_XXS", 256, 98),
    (19, "IQ1_S", 256, 50),
    (20, "IQ4_NL", 32, 18),
    (21, "IQ3_S", 256, 110),
    (22, "IQ2_S", 256, 82),
    (23, "IQ4_XS", 256, 136),
    (24, "I8", 1, 1),
    (25, "I16", 1, 2),
    (26, "I32", 1, 4),
    (27, "I64", 1, 8),
    (28, "F64", 1, 8),
    (29, "IQ1_M", 256, 56),
    (30, "BF16", 1, 2),
    (34, "TQ1_0", 256, 54),
    (35, "TQ2_0", 256, 66),
    (39, "MXFP4", 32, 17),
];

impl ElementType {
    /// The name that GGUF's tools give it, `Q8_0` or `BF16`; `None` for a number that is not known.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        TYPES.iter().find(|(number, ..)| *number == self.0).map(|(_, name, ..)| *name)
    }

    /// The bytes that a tensor of this shape takes; `None` where the type is not known, rows are no whole number of blocks,
    /// or there can be no such tensor.
    fn bytes(self, shape: &[u64]) -> Option<u64> {
        let &(_, _, block, size) = TYPES.iter().find(|(number, ..)| *number == self.0)?;
        let (&row, rows) = shape.split_first().unwrap_or((&1, &[]));
        let row = row.is_multiple_of(block).then(|| (row / block).checked_mul(size))??;
        rows.iter().try_fold(row, |bytes, &length| bytes.checked_mul(length))
    }
}

/// Reads the descriptions of `count` tensors, and finds their data, which begin after them.
pub(super) fn read(reader: &mut Reader, count: u64, alignment: u64) -> Result<Vec<Tensor>, Problem> {
    let mut tensors = Vec::new();
    for _ in 0..count {
        let at = reader.at;
        let name = reader.name()?;
        let dimensions = reader.u32()?;
        if dimensions > MOST_DIMENSIONS {
            return Err(malformed(
                at,
                format!("tensor “{name}” has {dimensions} dimensions: 4 are the most"),
            ));
        }
        let shape = (0..dimensions).map(|_| reader.u64()).collect::<Result<Vec<u64>, Problem>>()?;
        let element = ElementType(reader.u32()?);
        let offset = reader.u64()?;
        if !offset.is_multiple_of(alignment) {
            return Err(malformed(
                at,
                format!("tensor “{name}” begins at {offset}, which is no multiple of {alignment}"),
            ));
        }
        tensors.push((at, offset, Tensor { name, shape, element, data: 0..0 }));
    }
    let start = (reader.at as u64).next_multiple_of(alignment);
    let end = reader.length() as u64;
    let place = |(at, offset, tensor): (usize, u64, Tensor)| {
        // Of a type that is not known only the beginning can be told.
        let bytes = match tensor.element.name() {
            Some(_) => tensor.element.bytes(&tensor.shape),
            None => Some(0),
        };
        let begin = start.checked_add(offset);
        let place = begin.and_then(|begin| Some((begin, begin.checked_add(bytes?)?)));
        match place.filter(|(_, reached)| *reached <= end) {
            Some((begin, reached)) => Ok(Tensor { data: begin as usize..reached as usize, ..tensor }),
            None => Err(malformed(
                at,
                format!("tensor “{}” of shape {:?} reaches beyond the file", tensor.name, tensor.shape),
            )),
        }
    };
    tensors.into_iter().map(place).collect()
}
