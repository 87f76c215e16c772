//! How nearness falls with distance on a map of UMAP, and the forces that follow from it.

/// The points that are pushed away each time two points pull each other.
pub const STRANGERS: usize = 5;

/// The two that pull, the strangers, and two without effect: as many as one or two vector instructions take.
const LANES: usize = 8;

/// No force is greater, so that points that start in one place do not fly apart.
const STRONGEST: f32 = 4.0;

/// Which lanes push and which pull, how often they count, and what keeps them finite.
const PUSHES: [f32; LANES] = [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
const PULLS: [f32; LANES] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
const TIMES: [f32; LANES] = [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
const SOFT: [f32; LANES] =
    [1e-12, SOFTENING, SOFTENING, SOFTENING, SOFTENING, SOFTENING, SOFTENING, SOFTENING];

/// Keeps the push of two points finite that lie in one place.
const SOFTENING: f32 = 1e-3;

/// 1 / (1 + a d²ᵇ): how near two points are to each other that lie a distance of d apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    pub a: f32,
    pub b: f32,
}

impl Curve {
    /// The curve nearest to 1 up to `min_dist`, and exp(−(d − `min_dist`) / `spread`) beyond, in least squares at 300 distances
    /// up to 3 `spread`: by the method of Levenberg and Marquardt.
    pub fn fit(min_dist: f64, spread: f64) -> Self {
        const DISTANCES: usize = 300;
        const ROUNDS: usize = 100;
        let min_dist = if min_dist.is_finite() { min_dist.clamp(0.0, 2.0 * spread) } else { 0.0 };
        let aims: Vec<(f64, f64)> = (1..DISTANCES)
            .map(|i| 3.0 * spread * i as f64 / (DISTANCES - 1) as f64)
            .map(|d| (d, if d < min_dist { 1.0 } else { (-(d - min_dist) / spread).exp() }))
            .collect();
        let near = |[a, b]: [f64; 2], d: f64| 1.0 / (1.0 + a * d.powf(2.0 * b));
        let miss = |found| aims.iter().map(|&(d, aim)| (near(found, d) - aim).powi(2)).sum::<f64>();
        let (mut best, mut damping) = ([1.0, 1.0], 1e-3);
        for _ in 0..ROUNDS {
            // The normal equations: JᵀJ of two columns, and Jᵀ times what is missed.
            let (mut aa, mut ab, mut bb, mut ra, mut rb) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for &(d, aim) in &aims {
                let (power, height) = (d.powf(2.0 * best[1]), near(best, d));
                let by_a = -height * height * power;
                let by_b = by_a * best[0] * 2.0 * d.ln();
                let off = aim - height;
                aa += by_a * by_a;
                ab += by_a * by_b;
                bb += by_b * by_b;
                ra += by_a * off;
                rb += by_b * off;
            }
            let (aa, bb) = (aa * (1.0 + damping), bb * (1.0 + damping));
            let determinant = aa * bb - ab * ab;
            let tried =
                [best[0] + (bb * ra - ab * rb) / determinant, best[1] + (aa * rb - ab * ra) / determinant];
            if tried.iter().all(|&x| x > 0.0) && miss(tried) < miss(best) {
                (best, damping) = (tried, damping / 10.0);
            } else {
                damping *= 10.0;
            }
        }
        Self { a: best[0] as f32, b: best[1] as f32 }
    }

    /// The step that a point at `at` takes while it and `other`, which are joined, pull each other, and `strangers` push it away.
    ///
    /// The pull counts twice, because each edge is there in both directions and both move both of its ends. It never takes the
    /// point beyond `other`: pairs that are joined to nothing else would leap over each other and out of the map. Every coordinate
    /// of every force is cut off at [`STRONGEST`]. Strangers in the same place do not push.
    #[inline(always)]
    pub fn step<const D: usize>(
        self,
        at: [f32; D],
        other: [f32; D],
        strangers: &[[f32; D]; STRANGERS],
        rate: f32,
    ) -> [f32; D] {
        let mut off = [[0.0_f32; LANES]; D];
        for side in 0..D {
            off[side][0] = at[side] - other[side];
            for (lane, stranger) in strangers.iter().enumerate() {
                off[side][lane + 1] = at[side] - stranger[side];
            }
        }
        let mut squares = [0.0_f32; LANES];
        for off in &off {
            for lane in 0..LANES {
                squares[lane] += off[lane] * off[lane];
            }
        }
        let mut coefficients = [0.0_f32; LANES];
        for lane in 0..LANES {
            let power = power(squares[lane], self.b);
            coefficients[lane] = (PUSHES[lane] - PULLS[lane] * self.a * power)
                / ((squares[lane] + SOFT[lane]) * (1.0 + self.a * power));
        }
        // Numbered lanes and no choices between them: that way all are found at once.
        coefficients[0] = (2.0 * self.b * coefficients[0]).max(-1.0 / (TIMES[0] * rate));
        for coefficient in &mut coefficients[1..] {
            *coefficient *= 2.0 * self.b;
        }
        let mut step = [0.0; D];
        for side in 0..D {
            let mut forces = [0.0_f32; LANES];
            for lane in 0..LANES {
                forces[lane] =
                    TIMES[lane] * (coefficients[lane] * off[side][lane]).clamp(-STRONGEST, STRONGEST);
            }
            step[side] = rate * forces.iter().sum::<f32>();
        }
        step
    }
}

/// xᵇ for x ≥ 0 to five digits, and without a call, so that eight are found at once. What is below 10⁻¹² counts as 10⁻¹².
#[inline(always)]
fn power(x: f32, b: f32) -> f32 {
    /// The binary logarithm of 1 + t for t from 0 to 1, divided by t.
    const LOGARITHM: [f32; 6] =
        [1.442_683_3, -0.720_442_4, 0.469_301_7, -0.303_389_7, 0.146_433_6, -0.034_595_2];
    /// 2 to the power of t for t from −½ to ½.
    const EXPONENTIAL: [f32; 5] = [1.000_000_1, 0.693_121, 0.240_221_1, 0.055_922_0, 0.009_676_0];
    /// Numbers this large have no digits after the point: adding it rounds.
    const ROUNDING: f32 = 12_582_912.0;
    let bits = x.max(1e-12).to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let t = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0;
    let mut logarithm = 0.0;
    for coefficient in LOGARITHM.into_iter().rev() {
        logarithm = logarithm * t + coefficient;
    }
    let scaled = (exponent as f32 + logarithm * t) * b;
    let whole = scaled + ROUNDING;
    let t = scaled - (whole - ROUNDING);
    let mut exponential = 0.0;
    for coefficient in EXPONENTIAL.into_iter().rev() {
        exponential = exponential * t + coefficient;
    }
    let shift = whole.to_bits().wrapping_sub(ROUNDING.to_bits()) << 23;
    f32::from_bits(exponential.to_bits().wrapping_add(shift))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_that_of_umap_learn() {
        // `umap.umap_.find_ab_params(1.0, min_dist)` of umap-learn 0.5.12.
        let known = [(0.0, 1.93281, 0.790_495), (0.1, 1.576_943, 0.895_061), (0.5, 0.583_03, 1.334_167)];
        for (min_dist, a, b) in known {
            let curve = Curve::fit(min_dist, 1.0);
            assert!(
                (curve.a - a).abs() < 1e-3 * a && (curve.b - b).abs() < 1e-3 * b,
                "{min_dist}: {curve:?}"
            );
        }
        for odd in [f64::NAN, -1.0, 1e9] {
            let curve = Curve::fit(odd, 1.0);
            assert!(curve.a.is_finite() && curve.b.is_finite());
        }
    }

    #[test]
    fn powers_are_right_to_five_digits() {
        for b in [0.3, 0.5, 0.895, 1.0, 1.9] {
            for i in -120..160 {
                let x = 1.27_f32.powi(i);
                let exact = f64::from(x.max(1e-12)).powf(f64::from(b));
                assert!((f64::from(power(x, b)) / exact - 1.0).abs() < 2e-5, "{x} to the power of {b}");
            }
        }
        assert!(power(0.0, 0.8).is_finite());
    }

    /// The slope of the cross entropy of one edge, by differences: what `potential` says of a distance.
    fn slope(potential: impl Fn(f64) -> f64, at: [f32; 2], other: [f32; 2]) -> [f64; 2] {
        std::array::from_fn(|side| {
            let moved = |by: f64| {
                let mut off: [f64; 2] =
                    std::array::from_fn(|side| f64::from(at[side]) - f64::from(other[side]));
                off[side] += by;
                potential(off[0].hypot(off[1]))
            };
            (moved(1e-5) - moved(-1e-5)) / 2e-5
        })
    }

    #[test]
    fn forces_are_the_slope_of_the_cross_entropy() {
        let curve = Curve::fit(0.1, 1.0);
        let (a, b) = (f64::from(curve.a), f64::from(curve.b));
        let near = |d: f64| 1.0 / (1.0 + a * d.powf(2.0 * b));
        let (at, other, far) = ([0.5, -1.0], [1.5, 1.25], [1.25, -2.5]);
        // So short a step that it does not reach the other; strangers in the same place do nothing.
        let rate = 1.0 / 16.0;
        let pull = curve.step(at, other, &[at; STRANGERS], rate).map(|x| f64::from(x / rate));
        let push = curve.step(at, at, &[at, far, at, at, far], rate).map(|x| f64::from(x / rate));
        let nearer = slope(|d| near(d).ln(), at, other);
        let away = slope(|d| (1.0 - near(d)).ln(), at, far);
        for side in 0..2 {
            assert!((pull[side] - 2.0 * nearer[side]).abs() < 1e-3, "{pull:?} is not twice {nearer:?}");
            assert!((push[side] - 2.0 * away[side]).abs() < 2e-3, "{push:?} is not twice {away:?}");
        }
    }

    #[test]
    fn a_pull_takes_no_point_beyond_the_other() {
        let curve = Curve::fit(0.1, 1.0);
        let step = curve.step([0.0, 0.0], [0.25, 0.5], &[[0.0; 2]; STRANGERS], 1.0);
        assert!((step[0] - 0.25).abs() < 1e-6 && (step[1] - 0.5).abs() < 1e-6, "{step:?}");
    }

    #[test]
    fn points_in_one_place_and_far_away_have_forces_that_are_finite() {
        let curve = Curve::fit(0.1, 1.0);
        assert_eq!(curve.step([1.0; 3], [1.0; 3], &[[1.0; 3]; STRANGERS], 1.0), [0.0; 3]);
        let strangers = [[-1e8; 2], [1e-9; 2], [0.0; 2], [1e-3; 2], [0.0; 2]];
        let step = curve.step([0.0; 2], [1e8; 2], &strangers, 1.0);
        assert!(step.iter().all(|x| x.abs() <= 7.0 * STRONGEST), "{step:?}");
    }
}
