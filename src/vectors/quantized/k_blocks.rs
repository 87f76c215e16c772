//! Blocks of 256 numbers, with scales of 4 to 8 bits for 16 or 32 numbers that share one scale in turn.

use bytemuck::{Pod, Zeroable};

use super::half;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q2K {
    /// For 16 numbers each: the scale in the lower half, the lowest value in the upper.
    scales: [u8; 16],
    /// For each half of the block 32 bytes, which hold four runs of 32 numbers.
    low: [[u8; 32]; 2],
    scale: [u8; 2],
    lowest: [u8; 2],
}

impl Q2K {
    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        let (scale, lowest) = (half(self.scale), half(self.lowest));
        for (run, values) in values.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let low = &self.low[run / 4];
            let shift = run % 4 * 2;
            let groups = values.as_chunks_mut::<16>().0.iter_mut().zip(low.as_chunks::<16>().0);
            for ((values, low), &scales) in groups.zip(&self.scales[run * 2..]) {
                let (scale, lowest) = (scale * f32::from(scales & 15), lowest * f32::from(scales >> 4));
                for (value, &q) in values.iter_mut().zip(low) {
                    *value = scale * f32::from(q >> shift & 3) - lowest;
                }
            }
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q3K {
    /// The upper bit of run `i` is bit `i`; where it is 0, four is taken away.
    high: [u8; 32],
    low: [[u8; 32]; 2],
    /// 16 numbers of 6 bits: the lower four in the first eight bytes, the upper two in the others.
    scales: [u8; 12],
    scale: [u8; 2],
}

impl Q3K {
    /// The scale of the 16 numbers of a group.
    fn group_scale(&self, group: usize) -> f32 {
        let low = self.scales[group % 8] >> (group / 8 * 4) & 15;
        let high = self.scales[8 + group % 4] >> (group / 4 * 2) & 3;
        f32::from((low | high << 4) as i8 - 32)
    }

    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        let scale = half(self.scale);
        for (run, values) in values.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let low = self.low[run / 4].as_chunks::<16>().0;
            let high = self.high.as_chunks::<16>().0;
            let shift = run % 4 * 2;
            let groups = values.as_chunks_mut::<16>().0.iter_mut().zip(low).zip(high).enumerate();
            for (group, ((values, low), high)) in groups {
                let scale = scale * self.group_scale(run * 2 + group);
                for ((value, &low), &high) in values.iter_mut().zip(low).zip(high) {
                    let q = (low >> shift & 3) as i8 - ((high >> run & 1 ^ 1) << 2) as i8;
                    *value = scale * f32::from(q);
                }
            }
        }
    }
}

/// The runs of 32 numbers of a block, each with its place, its scale and its lowest value: these have 6 bits each, eight of
/// both in twelve bytes, and stand for parts of the block's own.
fn runs<'a>(
    scale: [u8; 2],
    lowest: [u8; 2],
    scales: &'a [u8; 12],
    values: &'a mut [f32; 256],
) -> impl Iterator<Item = (usize, f32, f32, &'a mut [f32; 32])> {
    let (scale, lowest) = (half(scale), half(lowest));
    values.as_chunks_mut().0.iter_mut().enumerate().map(move |(run, values)| {
        let (by, from) = if run < 4 {
            (scales[run] & 63, scales[run + 4] & 63)
        } else {
            (scales[run + 4] & 15 | scales[run - 4] >> 6 << 4, scales[run + 4] >> 4 | scales[run] >> 6 << 4)
        };
        (run, scale * f32::from(by), lowest * f32::from(from), values)
    })
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q4K {
    scale: [u8; 2],
    lowest: [u8; 2],
    scales: [u8; 12],
    /// 32 bytes hold two runs, in their lower and in their upper halves.
    low: [[u8; 32]; 4],
}

impl Q4K {
    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        for (run, scale, lowest, values) in runs(self.scale, self.lowest, &self.scales, values) {
            let shift = run % 2 * 4;
            for (value, &q) in values.iter_mut().zip(&self.low[run / 2]) {
                *value = scale * f32::from(q >> shift & 15) - lowest;
            }
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q5K {
    scale: [u8; 2],
    lowest: [u8; 2],
    scales: [u8; 12],
    /// The upper bit of run `i` is bit `i`.
    high: [u8; 32],
    low: [[u8; 32]; 4],
}

impl Q5K {
    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        for (run, scale, lowest, values) in runs(self.scale, self.lowest, &self.scales, values) {
            let shift = run % 2 * 4;
            for ((value, &low), &high) in values.iter_mut().zip(&self.low[run / 2]).zip(&self.high) {
                *value = scale * f32::from(low >> shift & 15 | (high >> run & 1) << 4) - lowest;
            }
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q6K {
    /// For each half of the block twice 32 bytes, which hold runs 0 and 1 in their lower and 2 and 3 in their upper halves.
    low: [[[u8; 32]; 2]; 2],
    /// For each half of the block 32 bytes, which hold the upper two bits of four runs.
    high: [[u8; 32]; 2],
    scales: [i8; 16],
    scale: [u8; 2],
}

impl Q6K {
    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        let scale = half(self.scale);
        for (run, values) in values.as_chunks_mut::<32>().0.iter_mut().enumerate() {
            let (part, run_of_part) = (run / 4, run % 4);
            let low = self.low[part][run_of_part % 2].as_chunks::<16>().0;
            let high = self.high[part].as_chunks::<16>().0;
            let (low_shift, high_shift) = (run_of_part / 2 * 4, run_of_part * 2);
            let groups = values.as_chunks_mut::<16>().0.iter_mut().zip(low).zip(high);
            for (((values, low), high), &by) in groups.zip(&self.scales[run * 2..]) {
                let scale = scale * f32::from(by);
                for ((value, &low), &high) in values.iter_mut().zip(low).zip(high) {
                    let q = (low >> low_shift & 15 | (high >> high_shift & 3) << 4) as i8 - 32;
                    *value = scale * f32::from(q);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q8K {
    scale: [u8; 4],
    numbers: [[i8; 32]; 8],
    /// Sums of 16 numbers each, which only products need.
    _sums: [[u8; 2]; 16],
}

impl Q8K {
    pub(super) fn widen(&self, values: &mut [f32; 256]) {
        let scale = f32::from_le_bytes(self.scale);
        for (value, &q) in values.iter_mut().zip(self.numbers.as_flattened()) {
            *value = scale * f32::from(q);
        }
    }
}
