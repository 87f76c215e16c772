//! Quantized rows: numbers in blocks that share a scale, as language models keep them in GGUF files.
//!
//! Source: the blocks as `ggml-common.h` of the ggml project lays them out, and the order of arithmetic of its reference
//! `dequantize_row_*`, so that every number comes out the same to the last bit (tested against its Python package).
//! Read are all types in use for matrices of tokens. The types of less than 3 bits that need large code books are not:
//! no model keeps its tokens in them.

mod k_blocks;
mod small_blocks;
mod steps;

use bytemuck::Pod;

use super::dtype::DType;

/// Widens whole blocks of a quantized type; leaves `values` alone where the type is a plain one.
pub(super) fn widen(bytes: &[u8], dtype: DType, values: &mut [f32]) {
    use {k_blocks as k, small_blocks as small};
    match dtype {
        DType::F32 | DType::F16 | DType::Bf16 | DType::F64 | DType::I8 => {}
        DType::Q4_0 => each(bytes, values, small::Q4_0::widen),
        DType::Q4_1 => each(bytes, values, small::Q4_1::widen),
        DType::Q5_0 => each(bytes, values, small::Q5_0::widen),
        DType::Q5_1 => each(bytes, values, small::Q5_1::widen),
        DType::Q8_0 => each(bytes, values, small::Q8_0::widen),
        DType::Iq4Nl => each(bytes, values, steps::Iq4Nl::widen),
        DType::Iq4Xs => each(bytes, values, steps::Iq4Xs::widen),
        DType::Iq3S => each(bytes, values, steps::Iq3S::widen),
        DType::Q2K => each(bytes, values, k::Q2K::widen),
        DType::Q3K => each(bytes, values, k::Q3K::widen),
        DType::Q4K => each(bytes, values, k::Q4K::widen),
        DType::Q5K => each(bytes, values, k::Q5K::widen),
        DType::Q6K => each(bytes, values, k::Q6K::widen),
        DType::Q8K => each(bytes, values, k::Q8K::widen),
    }
}

/// Widens one block after another.
fn each<B: Pod, const N: usize>(bytes: &[u8], values: &mut [f32], widen: impl Fn(&B, &mut [f32; N])) {
    let blocks: &[B] = bytemuck::try_cast_slice(bytes).unwrap_or_default();
    debug_assert_eq!((blocks.len() * N, align_of::<B>()), (values.len(), 1), "whole blocks of bytes");
    for (block, values) in blocks.iter().zip(values.as_chunks_mut().0) {
        widen(block, values);
    }
}

/// A scale: a number of half precision.
fn half(bytes: [u8; 2]) -> f32 {
    half::f16::from_le_bytes(bytes).to_f32()
}

#[cfg(test)]
mod tests;
