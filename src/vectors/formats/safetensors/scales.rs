//! Scales of whole numbers: small tensors beside a matrix of 8-bit integers, one number for all rows or one a row.
//!
//! Sources: the names that libraries give them. compressed-tensors writes `x.weight_scale`, quanto `x.weight._scale`,
//! bitsandbytes `x.SCB`, which is the largest number of each row and so 127 times its scale. Models in which another
//! number than 0 stands for zero are refused.

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

/// How the tensors are called that say which numbers stand for zero.
const ZERO_POINTS: &[&str] =
    &[".zero_points", ".zero_point", "_zero_points", "_zero_point", "._zero_point", ".qzeros"];

/// The name of a matrix with and without its `.weight`.
fn bases(matrix: &str) -> impl Iterator<Item = &str> {
    [Some(matrix), matrix.strip_suffix(".weight")].into_iter().flatten()
}

/// Whether another number than 0 stands for zero in a matrix.
pub(super) fn are_shifted(tensors: &Tensors, matrix: &str) -> bool {
    let mut names =
        bases(matrix).flat_map(|base| ZERO_POINTS.iter().map(move |ending| format!("{base}{ending}")));
    names.any(|name| {
        let bytes = tensors.get(&name).and_then(super::Tensor::data);
        // In whatever type it is, zero is all zeros.
        bytes.is_some_and(|bytes| bytes.iter().any(|&byte| byte != 0))
    })
}

/// The scales of a matrix of `rows` rows, if there are any that fit it.
pub(super) fn of(tensors: &Tensors, matrix: &str, rows: usize) -> Option<Vec<f32>> {
    let names = bases(matrix)
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
