//! Scales of whole numbers: small tensors beside a matrix of 8-bit integers, one number for all rows or one a row.
//!
//! Sources: the names that libraries give them. compressed-tensors writes `x.weight_scale`, quanto `x.weight._scale`,
//! bitsandbytes `x.SCB`, which is the largest number of each row and so 127 times its scale.

use super::super::super::rows::Rows;
use super::{Tensors, dtype};

/// What is appended to the name of a matrix, with or without its `.weight`, and what such a number is divided by.
const ENDINGS: &[(&str, f32)] = &[
    (".scales", 1.0),
    (".scale", 1.0),
    ("_scales", 1.0),
    ("_scale", 1.0),
    ("._scale", 1.0),
    (".SCB", 127.0),
];

/// The scales of a matrix of `rows` rows, if there are any that fit it.
pub(super) fn of(tensors: &Tensors, matrix: &str, rows: usize) -> Option<Vec<f32>> {
    let bases = [Some(matrix), matrix.strip_suffix(".weight")];
    let names = bases
        .into_iter()
        .flatten()
        .flat_map(|base| ENDINGS.iter().map(move |(ending, divisor)| (format!("{base}{ending}"), divisor)));
    names.into_iter().find_map(|(name, divisor)| {
        let tensor = tensors.get(&name)?;
        let fits = match tensor.info.shape[..] {
            [] => true,
            [length] | [length, 1] | [1, length] => length == rows || length == 1,
            _ => false,
        };
        let dtype = dtype(tensor.info.dtype).filter(|_| fits)?;
        let scales = Rows::contiguous(tensor.data()?, dtype, 0, tensor.numbers(), 1)?;
        let scales =
            scales.block(0..scales.count(), &mut Vec::new()).iter().map(|scale| scale / divisor).collect();
        Some(scales)
    })
}
