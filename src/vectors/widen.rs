//! Stored numbers of every type, widened to `f32`.

use half::slice::HalfFloatSliceExt;

use super::dtype::DType;
use super::quantized;

/// Reads little-endian numbers, at any alignment, as `f32`.
pub(super) fn widen(bytes: &[u8], dtype: DType, values: &mut [f32]) {
    match dtype {
        DType::F32 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_le_bytes(*bytes);
            }
        }
        DType::F16 => match bytemuck::try_cast_slice::<u8, half::f16>(bytes) {
            Ok(halves) if cfg!(target_endian = "little") => halves.convert_to_f32_slice(values),
            _ => {
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = half::f16::from_le_bytes(*bytes).to_f32();
                }
            }
        },
        DType::Bf16 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16);
            }
        }
        DType::F64 => {
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                *value = f64::from_le_bytes(*bytes) as f32;
            }
        }
        DType::I8 => {
            for (value, &byte) in values.iter_mut().zip(bytes) {
                *value = f32::from(byte as i8);
            }
        }
        quantized => quantized::widen(bytes, quantized, values),
    }
}
