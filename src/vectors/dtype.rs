//! How the numbers of a row are stored.

/// How a row's numbers are stored in the file; they are widened to `f32` when read.
///
/// Numbers of the plain types stand one after another. Those of the quantized types stand in blocks that share a scale
/// (their layouts: `quantized`), and a row is a whole number of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DType {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// The upper half of an `f32`.
    Bf16,
    /// IEEE double precision, read at single precision.
    F64,
    /// Whole numbers from −128 to 127, which a scale beside them may turn into others.
    I8,
    /// 4 bits, a scale for 32 numbers.
    Q4_0,
    /// 4 bits, a scale and a lowest value for 32 numbers.
    Q4_1,
    /// 5 bits, a scale for 32 numbers.
    Q5_0,
    /// 5 bits, a scale and a lowest value for 32 numbers.
    Q5_1,
    /// 8 bits, a scale for 32 numbers.
    Q8_0,
    /// 2 bits; 256 numbers share two scales for the 4-bit scales and lowest values of 16 each. So the next ones, too.
    Q2K,
    /// 3 bits, a 6-bit scale for 16 numbers.
    Q3K,
    /// 4 bits, a 6-bit scale and lowest value for 32 numbers.
    Q4K,
    /// 5 bits, a 6-bit scale and lowest value for 32 numbers.
    Q5K,
    /// 6 bits, an 8-bit scale for 16 numbers.
    Q6K,
    /// 8 bits, a scale for 256 numbers.
    Q8K,
    /// 3 bits for four numbers together that choose from a list of 512, a sign each, a 4-bit scale for 32 numbers.
    Iq3S,
    /// 4 bits that choose one of 16 uneven steps, a scale for 32 numbers.
    Iq4Nl,
    /// The same steps, a 6-bit scale for 32 numbers.
    Iq4Xs,
}

impl DType {
    /// The bytes of a block; of the plain types, whose blocks are single numbers, the bytes of a number.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            Self::I8 => 1,
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
            Self::Q4_0 | Self::Iq4Nl => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q2K => 84,
            Self::Q3K | Self::Iq3S => 110,
            Self::Iq4Xs => 136,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
            Self::Q8K => 292,
        }
    }

    /// The numbers in a block: 1 for the plain types.
    #[must_use]
    pub fn block(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 | Self::F64 | Self::I8 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 | Self::Iq4Nl => 32,
            Self::Q2K
            | Self::Q3K
            | Self::Q4K
            | Self::Q5K
            | Self::Q6K
            | Self::Q8K
            | Self::Iq3S
            | Self::Iq4Xs => 256,
        }
    }

    /// Whether numbers share a scale with others in blocks.
    #[must_use]
    pub fn is_quantized(self) -> bool {
        self.block() > 1
    }

    /// The bytes of a row of `dims` numbers; `None` if that is no whole number of blocks, or more than there can be.
    #[must_use]
    pub fn row_bytes(self, dims: usize) -> Option<usize> {
        if !dims.is_multiple_of(self.block()) {
            return None;
        }
        (dims / self.block()).checked_mul(self.size())
    }

    /// The short name that people and JSON see: `f32`, `f16`, `bf16`, `f64`, `i8`, and for quantized types the name that
    /// GGUF's tools give them: `Q8_0`, `Q4_K`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::F64 => "f64",
            Self::I8 => "i8",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
            Self::Q2K => "Q2_K",
            Self::Q3K => "Q3_K",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
            Self::Q8K => "Q8_K",
            Self::Iq3S => "IQ3_S",
            Self::Iq4Nl => "IQ4_NL",
            Self::Iq4Xs => "IQ4_XS",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_whole_number_of_blocks() {
        assert_eq!(DType::F32.row_bytes(50), Some(200));
        assert_eq!(DType::Q8_0.row_bytes(576), Some(576 / 32 * 34));
        assert_eq!(DType::Q4K.row_bytes(512), Some(288));
        assert_eq!(DType::Q4K.row_bytes(576), None);
        assert_eq!(DType::F64.row_bytes(usize::MAX), None);
    }
}
