//! Blocks of 32 numbers, each a few bits times the block's scale, shifted by half the range or from the lowest value on.
//!
//! Bytes of 4-bit numbers hold number `j` in their lower and number `j + 16` in their upper half.

use bytemuck::{Pod, Zeroable};

use super::half;

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q4_0 {
    scale: [u8; 2],
    low: [u8; 16],
}

impl Q4_0 {
    pub(super) fn widen(&self, values: &mut [f32; 32]) {
        let scale = half(self.scale);
        let (first, second) = values.split_at_mut(16);
        for ((x, y), &q) in first.iter_mut().zip(second).zip(&self.low) {
            *x = scale * (i32::from(q & 15) - 8) as f32;
            *y = scale * (i32::from(q >> 4) - 8) as f32;
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q4_1 {
    scale: [u8; 2],
    lowest: [u8; 2],
    low: [u8; 16],
}

impl Q4_1 {
    pub(super) fn widen(&self, values: &mut [f32; 32]) {
        let (scale, lowest) = (half(self.scale), half(self.lowest));
        let (first, second) = values.split_at_mut(16);
        for ((x, y), &q) in first.iter_mut().zip(second).zip(&self.low) {
            *x = scale * f32::from(q & 15) + lowest;
            *y = scale * f32::from(q >> 4) + lowest;
        }
    }
}

/// The 32 numbers of 5 bits, from their lower four and their upper one.
fn five_bits(low: &[u8; 16], high: [u8; 4]) -> [u8; 32] {
    let high = u32::from_le_bytes(high);
    let mut numbers = [0; 32];
    let (first, second) = numbers.split_at_mut(16);
    for (((j, x), y), &q) in first.iter_mut().enumerate().zip(second).zip(low) {
        *x = q & 15 | ((high >> j) as u8 & 1) << 4;
        *y = q >> 4 | ((high >> (j + 16)) as u8 & 1) << 4;
    }
    numbers
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q5_0 {
    scale: [u8; 2],
    high: [u8; 4],
    low: [u8; 16],
}

impl Q5_0 {
    pub(super) fn widen(&self, values: &mut [f32; 32]) {
        let scale = half(self.scale);
        for (value, q) in values.iter_mut().zip(five_bits(&self.low, self.high)) {
            *value = scale * (i32::from(q) - 16) as f32;
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q5_1 {
    scale: [u8; 2],
    lowest: [u8; 2],
    high: [u8; 4],
    low: [u8; 16],
}

impl Q5_1 {
    pub(super) fn widen(&self, values: &mut [f32; 32]) {
        let (scale, lowest) = (half(self.scale), half(self.lowest));
        for (value, q) in values.iter_mut().zip(five_bits(&self.low, self.high)) {
            *value = scale * f32::from(q) + lowest;
        }
    }
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Q8_0 {
    scale: [u8; 2],
    numbers: [i8; 32],
}

impl Q8_0 {
    pub(super) fn widen(&self, values: &mut [f32; 32]) {
        let scale = half(self.scale);
        for (value, &q) in values.iter_mut().zip(&self.numbers) {
            *value = f32::from(q) * scale;
        }
    }
}
