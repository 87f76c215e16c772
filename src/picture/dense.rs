//! Many points as density: their discs are summed pixel by pixel, then toned.
//!
//! Where points lie thinly the sum is toned like ordinary discs; where they pile up opacity grows with the logarithm
//! of the sum, so that the densest places stay the most opaque instead of everything saturating. (The idea of counting
//! before toning is datashader's.) Colors are averaged by what each point covers.

use std::f32::consts::PI;

/// Positions within a pixel, in each direction, at which small discs are prepared.
const PHASES: usize = 8;

/// Samples across a pixel when a small disc's coverage is computed.
const SAMPLES: usize = 8;

/// Discs up to this radius are sampled; for larger ones the distance from the edge says the coverage well enough.
const SAMPLED_RADIUS: f32 = 3.0;

/// The least share of opacity that grows in proportion, so that a lone point stays visible beside dense places.
const LEAST_LINEAR: f32 = 0.2;

/// The coverage of each pixel by a disc, for a grid of positions of its center within a pixel.
#[derive(Debug, Clone, Default)]
pub(super) struct Stamp {
    radius: f32,
    side: usize,
    weights: Vec<f32>,
}

impl Stamp {
    /// The stamp of a disc of `radius` pixels. The weights of each sum to the disc's area.
    pub fn new(radius: f32) -> Self {
        let side = (2.0 * radius).ceil() as usize + 1;
        let mut weights = Vec::with_capacity(PHASES * PHASES * side * side);
        for phase in 0..PHASES * PHASES {
            let center = [phase % PHASES, phase / PHASES].map(|p| radius + (p as f32 + 0.5) / PHASES as f32);
            let start = weights.len();
            for pixel in 0..side * side {
                weights.push(coverage([pixel % side, pixel / side].map(|p| p as f32), center, radius));
            }
            let sum: f32 = weights[start..].iter().sum();
            let normal = PI * radius * radius / sum.max(f32::MIN_POSITIVE);
            weights[start..].iter_mut().for_each(|weight| *weight *= normal);
        }
        Self { radius, side, weights }
    }

    pub fn radius(&self) -> f32 {
        self.radius
    }

    /// Pixels across.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The weights for a center `fraction` (0 to 1) beyond the pixel in which the disc's left and upper edges lie.
    fn at(&self, fraction: [f32; 2]) -> &[f32] {
        let [x, y] = fraction.map(|f| ((f * PHASES as f32) as i32 as usize).min(PHASES - 1));
        let size = self.side * self.side;
        &self.weights[(y * PHASES + x) * size..][..size]
    }
}

/// The share of the pixel with upper left corner `pixel` that a disc covers.
fn coverage(pixel: [f32; 2], center: [f32; 2], radius: f32) -> f32 {
    let distance = |x: f32, y: f32| (x - center[0]).hypot(y - center[1]);
    if radius > SAMPLED_RADIUS {
        return (radius + 0.5 - distance(pixel[0] + 0.5, pixel[1] + 0.5)).clamp(0.0, 1.0);
    }
    let inside = (0..SAMPLES * SAMPLES).filter(|sample| {
        let [x, y] = [sample % SAMPLES, sample / SAMPLES].map(|s| (s as f32 + 0.5) / SAMPLES as f32);
        distance(pixel[0] + x, pixel[1] + y) < radius
    });
    inside.count() as f32 / (SAMPLES * SAMPLES) as f32
}

/// Sums of color × coverage (red, green, blue) and of coverage, for the pixels of a band with a margin around.
#[derive(Debug, Default)]
pub(super) struct Sums {
    cells: Vec<[f32; 4]>,
    stride: usize,
    margin: usize,
    /// From a disc's center to the upper left corner of its stamp among the cells, and where that corner may be.
    shift: f32,
    first_row: f32,
    corner_end: [f32; 2],
}

#[inline]
fn splat<const SIDE: usize>(cells: &mut [[f32; 4]], stride: usize, weights: &[f32], color: [f32; 4]) {
    for y in 0..SIDE {
        let row: &mut [[f32; 4]; SIDE] =
            (&mut cells[y * stride..y * stride + SIDE]).try_into().expect("a row");
        let weights: &[f32; SIDE] = weights[y * SIDE..(y + 1) * SIDE].try_into().expect("a row");
        for x in 0..SIDE {
            row[x] = plus(row[x], weights[x], color);
        }
    }
}

fn splat_any(cells: &mut [[f32; 4]], stride: usize, side: usize, weights: &[f32], color: [f32; 4]) {
    for (y, weights) in weights.chunks_exact(side).enumerate() {
        for (cell, &weight) in cells[y * stride..y * stride + side].iter_mut().zip(weights) {
            *cell = plus(*cell, weight, color);
        }
    }
}

#[inline]
fn plus(cell: [f32; 4], weight: f32, color: [f32; 4]) -> [f32; 4] {
    [
        cell[0] + weight * color[0],
        cell[1] + weight * color[1],
        cell[2] + weight * color[2],
        cell[3] + weight * color[3],
    ]
}

impl Sums {
    /// Clears the sums for a band of `width` × `height` pixels and discs of a stamp.
    pub fn reset(&mut self, width: usize, height: usize, stamp: &Stamp) {
        self.margin = stamp.side() + 1;
        self.stride = width + 2 * self.margin;
        self.shift = self.margin as f32 - stamp.radius;
        self.first_row = (self.margin - stamp.side + 1) as f32;
        self.corner_end = [(self.stride - stamp.side + 1) as f32, (height + self.margin) as f32];
        self.cells.clear();
        self.cells.resize(self.stride * (height + 2 * self.margin), [0.0; 4]);
    }

    /// Adds one disc with its center at `at`, in pixels from the band's upper left; one that does not reach the band is
    /// left out. `SIDE` is the stamp's side, or 0 for one that is not known when compiling.
    #[inline]
    pub fn add<const SIDE: usize>(&mut self, stamp: &Stamp, at: [f32; 2], color: [f32; 4]) {
        let corner = [at[0] + self.shift, at[1] + self.shift];
        let inside = corner[0] >= 0.0
            && corner[0] < self.corner_end[0]
            && corner[1] >= self.first_row
            && corner[1] < self.corner_end[1];
        if !inside {
            return;
        }
        // Not negative, so this rounds down.
        let (x, y) = (corner[0] as i32, corner[1] as i32);
        let weights = stamp.at([corner[0] - x as f32, corner[1] - y as f32]);
        let cells = &mut self.cells[y as usize * self.stride + x as usize..];
        if SIDE == 0 {
            splat_any(cells, self.stride, stamp.side, weights, color);
        } else {
            splat::<SIDE>(cells, self.stride, weights, color);
        }
    }

    /// The sums of one row of the band.
    pub fn row(&self, y: usize) -> &[[f32; 4]] {
        let start = (y + self.margin) * self.stride + self.margin;
        &self.cells[start..start + self.stride - 2 * self.margin]
    }
}

/// From a pixel's sum of coverage to its opacity, as a table over the leading bits of the sum.
#[derive(Debug)]
pub(super) struct Tone {
    /// Opacity divided by the sum.
    ratios: Vec<f32>,
}

/// Bits of a float's fraction that are dropped: 8 remain, so that neighboring entries differ by less than 0.4 %.
const DROPPED_BITS: u32 = 15;

/// The sums that the table covers; smaller ones are nothing, larger ones are full.
const LEAST_SUM: f32 = 1.0 / 1024.0;
const LARGEST_SUM: f32 = 16_777_216.0;

impl Tone {
    /// The tone for points of opacity `alpha`, where sums of `dense` are to come out (almost) fully opaque.
    pub fn new(alpha: f32, dense: f32) -> Self {
        let dense = dense.clamp(1.0, LARGEST_SUM);
        let linear = (1.0 / (1.0 + dense.ln())).max(LEAST_LINEAR);
        let logarithm = dense.ln_1p();
        let ratio = |index: u32| {
            let sum = f32::from_bits(index << DROPPED_BITS);
            let logarithmic = (sum.ln_1p() / logarithm).min(1.0);
            alpha * (linear * sum.min(1.0) + (1.0 - linear) * logarithmic) / sum
        };
        let entries = LEAST_SUM.to_bits() >> DROPPED_BITS..=LARGEST_SUM.to_bits() >> DROPPED_BITS;
        Self { ratios: entries.map(ratio).collect() }
    }

    /// What a pixel's sums are to be multiplied with to become its premultiplied color and opacity, if `sum` is its sum of
    /// coverage.
    #[inline]
    pub fn ratio(&self, sum: f32) -> f32 {
        if sum < LEAST_SUM {
            return 0.0;
        }
        let index = (sum.to_bits() >> DROPPED_BITS) - (LEAST_SUM.to_bits() >> DROPPED_BITS);
        self.ratios
            .get(index as usize)
            .copied()
            .unwrap_or_else(|| self.ratios[self.ratios.len() - 1] * LARGEST_SUM / sum)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(sums: &Sums, height: usize) -> f32 {
        (0..height).flat_map(|y| sums.row(y)).map(|cell| cell[3]).sum()
    }

    proptest! {
        #[test]
        fn a_disc_inside_adds_its_area_wherever_it_lies(x in 20f32..40.0, y in 20f32..40.0, radius in 0.3f32..12.0) {
            let (stamp, mut sums) = (Stamp::new(radius), Sums::default());
            sums.reset(60, 60, &stamp);
            sums.add::<0>(&stamp, [x, y], [0.0, 0.0, 0.0, 1.0]);
            let area = PI * radius * radius;
            prop_assert!((total(&sums, 60) - area).abs() < 1e-3 * area);
            let mut center = [0.0; 2];
            for (py, row) in (0..60).map(|py| (py, sums.row(py))) {
                for (px, cell) in row.iter().enumerate() {
                    center[0] += cell[3] / area * (px as f32 + 0.5);
                    center[1] += cell[3] / area * (py as f32 + 0.5);
                }
            }
            // A disc about as small as a pixel cannot show where in it its center lies.
            let error = 0.1 + 0.6 * (1.0 - radius).max(0.0);
            prop_assert!((center[0] - x).abs() < error && (center[1] - y).abs() < error, "{center:?}, not {x} {y}");
        }

        #[test]
        fn anything_outside_is_left_out(at in [prop::num::f32::ANY, prop::num::f32::ANY], radius in 0.3f32..12.0) {
            let (stamp, mut sums) = (Stamp::new(radius), Sums::default());
            sums.reset(16, 8, &stamp);
            sums.add::<0>(&stamp, at, [1.0; 4]);
            let near = (-12.0..=28.0).contains(&at[0]) && (-12.0..=20.0).contains(&at[1]);
            prop_assert!(near || total(&sums, 8) == 0.0);
        }
    }

    #[test]
    fn a_side_known_when_compiling_changes_nothing() {
        let stamp = Stamp::new(1.5);
        let [mut known, mut unknown] = [Sums::default(), Sums::default()];
        known.reset(16, 8, &stamp);
        unknown.reset(16, 8, &stamp);
        known.add::<4>(&stamp, [6.3, 4.9], [1.0, 2.0, 3.0, 4.0]);
        unknown.add::<0>(&stamp, [6.3, 4.9], [1.0, 2.0, 3.0, 4.0]);
        assert_eq!((stamp.side(), &known.cells), (4, &unknown.cells));
    }

    #[test]
    fn discs_cut_by_two_bands_are_whole_together() {
        let stamp = Stamp::new(2.5);
        let mut sum = 0.0;
        for top in [0.0, 8.0] {
            let mut sums = Sums::default();
            sums.reset(16, 8, &stamp);
            sums.add::<0>(&stamp, [6.3, 8.4 - top], [0.0, 0.0, 0.0, 1.0]);
            sum += total(&sums, 8);
        }
        assert!((sum - PI * 6.25).abs() < 1e-2, "{sum}");
    }

    #[test]
    fn opacity_grows_with_the_sum_and_ends_at_alpha() {
        for dense in [0.0, 1.0, 30.0, 1e5] {
            let tone = Tone::new(0.9, dense);
            let opacity = |sum: f32| tone.ratio(sum) * sum;
            let sums: Vec<f32> = (0..60).map(|i| 0.002 * 1.6f32.powi(i)).collect();
            assert!(sums.windows(2).all(|pair| opacity(pair[0]) <= opacity(pair[1]) * 1.005), "{dense}");
            assert!((opacity(dense.max(1.0) * 2.0) - 0.9).abs() < 0.01, "{dense}");
            assert_eq!(opacity(0.0), 0.0);
            assert!(opacity(1.0) > 0.9 * LEAST_LINEAR, "a lone point is visible");
        }
        let tone = Tone::new(1.0, 100.0);
        assert!(50.0 * tone.ratio(50.0) - 10.0 * tone.ratio(10.0) > 0.15, "dense places stay apart");
    }
}
