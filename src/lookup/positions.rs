//! What tells a model where in a text a token stands: vectors that are added to rows, or turns of pairs of numbers.
//!
//! Sources: sines and cosines, Vaswani et al., "Attention is all you need", 2017, section 3.5; rotary positions, Su et al.,
//! "`RoFormer`: enhanced transformer with rotary position embedding", 2021, section 3.2.

use std::f64::consts::TAU;

/// By how much waves get longer from the first pair of columns to the last, in both papers.
pub const BASE: f64 = 10_000.0;

/// The angle by which a pair of numbers goes on from one position to the next, in radians: base^(−2·pair/d).
#[must_use]
pub fn pace(pair: usize, dims: usize, base: f64) -> f64 {
    base.powf(-2.0 * pair as f64 / dims as f64)
}

/// After how many positions a pair of columns comes round: 2π / its pace.
#[must_use]
pub fn wave_length(pair: usize, dims: usize, base: f64) -> f64 {
    TAU / pace(pair, dims, base)
}

/// The sinusoidal vector of a position, d numbers: sines in even columns, cosines in odd ones.
#[must_use]
pub fn sinusoidal(position: usize, dims: usize) -> Vec<f32> {
    (0..dims)
        .map(|column| {
            let angle = position as f64 * pace(column / 2, dims, BASE);
            if column % 2 == 0 { angle.sin() as f32 } else { angle.cos() as f32 }
        })
        .collect()
}

/// Which numbers of a row are turned together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pairs {
    /// Neighbors: columns 2i and 2i + 1, as in the paper.
    #[default]
    Neighbors,
    /// Columns i and i + d/2, as the Transformers library has it, for which the weights of Llama are put in another order.
    Halves,
}

impl Pairs {
    /// The two columns of a pair.
    #[must_use]
    pub fn columns(self, pair: usize, dims: usize) -> [usize; 2] {
        match self {
            Self::Neighbors => [2 * pair, 2 * pair + 1],
            Self::Halves => [pair, pair + dims / 2],
        }
    }
}

/// A row turned to a position: each pair of its numbers by its own angle. A last number without a partner stays.
#[must_use]
pub fn turned(row: &[f32], position: usize, pairs: Pairs, base: f64) -> Vec<f32> {
    let mut turned = row.to_vec();
    for pair in 0..row.len() / 2 {
        let [a, b] = pairs.columns(pair, row.len());
        let (sin, cos) = (position as f64 * pace(pair, row.len(), base)).sin_cos();
        let (x, y) = (f64::from(row[a]), f64::from(row[b]));
        turned[a] = (x * cos - y * sin) as f32;
        turned[b] = (x * sin + y * cos) as f32;
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::arithmetic::{dot, norm};
    use proptest::prelude::*;

    #[test]
    fn waves_get_longer_from_pair_to_pair() {
        assert!((wave_length(0, 384, BASE) - TAU).abs() < 1e-12);
        assert!((1..192).all(|pair| wave_length(pair, 384, BASE) > wave_length(pair - 1, 384, BASE)));
        assert_eq!(sinusoidal(0, 5), [0.0, 1.0, 0.0, 1.0, 0.0]);
    }

    proptest! {
        #[test]
        fn a_turn_keeps_lengths_and_products_depend_on_the_distance_alone(
            rows in prop::collection::vec(-3_f32..3.0, 16),
            at in [0_usize..300, 0_usize..300],
            by in 0_usize..300,
        ) {
            let (u, v) = rows.split_at(8);
            for pairs in [Pairs::Neighbors, Pairs::Halves] {
                let turn = |row: &[f32], position| turned(row, position, pairs, BASE);
                prop_assert!((norm(&turn(u, at[0])) - norm(u)).abs() < 1e-4);
                let near = dot(&turn(u, at[0]), &turn(v, at[1]));
                let far = dot(&turn(u, at[0] + by), &turn(v, at[1] + by));
                prop_assert!((near - far).abs() < 1e-3, "{near} {far}");
            }
        }

        #[test]
        fn sinusoidal_vectors_of_even_width_are_all_of_one_length(position in 0_usize..5_000, pairs in 1_usize..100) {
            let length = norm(&sinusoidal(position, 2 * pairs));
            prop_assert!((length - (pairs as f64).sqrt()).abs() < 1e-5 * length);
        }
    }
}
