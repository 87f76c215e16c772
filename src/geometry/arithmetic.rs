//! The few vector sums that everything else is made of.
//!
//! They are written as sixteen independent running sums, which the compiler turns into vector instructions without
//! being asked: a single running sum would have to wait for itself at every step.

/// How many running sums are kept side by side.
const LANES: usize = 16;

/// Σ uᵢvᵢ over the common length of `u` and `v`, in `f32`.
#[must_use]
pub fn dot(u: &[f32], v: &[f32]) -> f32 {
    lanes(u, v, |x, y| x * y)
}

/// Σ (uᵢ − vᵢ)² over the common length of `u` and `v`, in `f32`.
#[must_use]
pub fn squared_distance(u: &[f32], v: &[f32]) -> f32 {
    lanes(u, v, |x, y| (x - y) * (x - y))
}

/// The Euclidean length of `v`, summed in `f64` so that it neither overflows nor vanishes.
#[must_use]
pub fn norm(v: &[f32]) -> f64 {
    v.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt()
}

/// `v` scaled to length 1; a zero vector stays zero.
#[must_use]
pub fn unit(v: &[f32]) -> Vec<f32> {
    let length = norm(v);
    if length > 0.0 && length.is_finite() {
        v.iter().map(|&x| (f64::from(x) / length) as f32).collect()
    } else {
        vec![0.0; v.len()]
    }
}

/// Sums `term(uᵢ, vᵢ)` in [`LANES`] running sums, and what is left over in four. How these are added up in the end decides
/// how wide the compiler makes the instructions of the loop: pair by neighboring pair it is four numbers, in other orders two.
#[inline]
fn lanes(u: &[f32], v: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let common = u.len().min(v.len());
    let (u_chunks, u_rest) = u[..common].as_chunks::<LANES>();
    let (v_chunks, v_rest) = v[..common].as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (u_chunk, v_chunk) in u_chunks.iter().zip(v_chunks) {
        for lane in 0..LANES {
            sums[lane] += term(u_chunk[lane], v_chunk[lane]);
        }
    }
    let mut four: [f32; 4] =
        std::array::from_fn(|lane| (sums[lane] + sums[lane + 8]) + (sums[lane + 4] + sums[lane + 12]));
    let (u_fours, u_rest) = u_rest.as_chunks::<4>();
    let (v_fours, v_rest) = v_rest.as_chunks::<4>();
    for (u_four, v_four) in u_fours.iter().zip(v_fours) {
        for lane in 0..4 {
            four[lane] += term(u_four[lane], v_four[lane]);
        }
    }
    let rest: f32 = u_rest.iter().zip(v_rest).map(|(&x, &y)| term(x, y)).sum();
    (four[0] + four[1]) + (four[2] + four[3]) + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_agree_with_double_precision(pairs in prop::collection::vec((-9.0_f32..9.0, -9.0_f32..9.0), 0..200)) {
            let (u, v): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            let exact_dot: f64 = u.iter().zip(&v).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
            let exact_distance: f64 = u.iter().zip(&v).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum();
            prop_assert!((f64::from(dot(&u, &v)) - exact_dot).abs() < 1e-2);
            prop_assert!((f64::from(squared_distance(&u, &v)) - exact_distance).abs() < 1e-5 * (1.0 + exact_distance));
        }
    }

    #[test]
    fn a_unit_vector_has_length_one_and_zero_stays_zero() {
        assert_eq!(unit(&[3.0, 4.0]), [0.6, 0.8]);
        assert_eq!(unit(&[0.0, 0.0]), [0.0, 0.0]);
        assert!((unit(&[3e30, 4e30])[0] - 0.6).abs() < 1e-6, "squares beyond f32 do not overflow");
        assert!(unit(&[]).is_empty());
    }
}
