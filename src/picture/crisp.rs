//! Few points as discs with smooth edges, each with a thin outline, one over the other.

use super::frame::FULL;

/// One disc, in pixels of the whole picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dot {
    pub at: [f32; 2],
    pub radius: f32,
    /// Red, green and blue from 0 to 255 and opacity from 0 to 1, not premultiplied.
    pub fill: [f32; 4],
    /// The width and color of a line around the disc; a width of 0 is none.
    pub outline: (f32, [f32; 4]),
}

impl Dot {
    /// How far from its center the dot colors pixels.
    pub fn reach(&self) -> f32 {
        self.radius.max(0.5) + self.outline.0 + 1.0
    }

    /// Draws the part of the dot that lies in a band: rows of `width` premultiplied pixels, the first being row `top`.
    pub fn draw(&self, band: &mut [[f32; 4]], width: usize, top: usize) {
        let (reach, [x, y]) = (self.reach(), self.at);
        let height = band.len() / width;
        let rows = span(y - top as f32, reach, height);
        let columns = span(x, reach, width);
        // A disc thinner than a pixel is drawn a pixel wide and paler.
        let (radius, thin) =
            if self.radius < 0.5 { (0.5, 4.0 * self.radius * self.radius) } else { (self.radius, 1.0) };
        let outer = radius + self.outline.0;
        for row in rows {
            let dy = (top + row) as f32 + 0.5 - y;
            for column in columns.clone() {
                let dx = column as f32 + 0.5 - x;
                let distance = (dx * dx + dy * dy).sqrt();
                let inside = (radius + 0.5 - distance).clamp(0.0, 1.0);
                let around = (outer + 0.5 - distance).clamp(0.0, 1.0);
                let pixel = &mut band[row * width + column];
                if self.outline.0 > 0.0 && around > 0.0 && inside < 1.0 {
                    over(pixel, self.outline.1, around * thin);
                }
                if inside > 0.0 {
                    over(pixel, self.fill, inside * thin);
                }
            }
        }
    }
}

/// The pixels from `center - reach` to `center + reach` that lie in `0..len`.
fn span(center: f32, reach: f32, len: usize) -> std::ops::Range<usize> {
    let clamp = |edge: f32| edge.clamp(0.0, len as f32) as usize;
    clamp((center - reach).floor())..clamp((center + reach).ceil())
}

/// Lays `color` at `coverage` times its opacity over a premultiplied pixel, whose channels all go from 0 to 255.
#[inline]
fn over(pixel: &mut [f32; 4], color: [f32; 4], coverage: f32) {
    let opacity = color[3] * coverage;
    let left = 1.0 - opacity;
    for channel in 0..3 {
        pixel[channel] = pixel[channel] * left + color[channel] * opacity;
    }
    pixel[3] = pixel[3] * left + FULL * opacity;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(dot: Dot) -> Vec<[f32; 4]> {
        let mut band = vec![[0.0; 4]; 32 * 32];
        dot.draw(&mut band, 32, 0);
        band
    }

    const RED: [f32; 4] = [255.0, 0.0, 0.0, 1.0];
    const WHITE: [f32; 4] = [255.0, 255.0, 255.0, 1.0];

    #[test]
    fn a_dot_covers_its_area_around_its_center() {
        for (at, radius) in [([16.0, 16.0], 4.0), ([15.3, 17.8], 2.5), ([16.5, 16.5], 7.0)] {
            let band = drawn(Dot { at, radius, fill: RED, outline: (0.0, WHITE) });
            let area: f32 = band.iter().map(|pixel| pixel[3] / FULL).sum();
            let expected = std::f32::consts::PI * radius * radius;
            assert!((area / expected - 1.0).abs() < 0.03, "{area} is not {expected}");
            let mean = |coordinate: fn(usize) -> usize| {
                band.iter().enumerate().map(|(i, p)| p[3] / FULL * (coordinate(i) as f32 + 0.5)).sum::<f32>()
                    / area
            };
            assert!((mean(|i| i % 32) - at[0]).abs() < 0.05 && (mean(|i| i / 32) - at[1]).abs() < 0.05);
        }
    }

    #[test]
    fn the_outline_is_a_ring_and_leaves_the_inside_alone() {
        let band = drawn(Dot { at: [16.5, 16.5], radius: 4.0, fill: RED, outline: (2.0, WHITE) });
        assert_eq!(band[16 * 32 + 16], [255.0, 0.0, 0.0, 255.0]);
        assert_eq!(band[16 * 32 + 21], [255.0; 4]);
        assert_eq!(band[16 * 32 + 25], [0.0; 4]);
    }

    #[test]
    fn dots_far_away_or_at_the_edge_are_cut() {
        for at in [[-100.0, 5.0], [5.0, 1e30], [f32::NAN, 3.0]] {
            let dot = Dot { at, radius: 3.0, fill: RED, outline: (1.0, WHITE) };
            assert!(drawn(dot).iter().all(|pixel| pixel[3] == 0.0), "{at:?}");
        }
        let corner = drawn(Dot { at: [0.0, 0.0], radius: 3.0, fill: RED, outline: (0.0, WHITE) });
        assert_eq!(corner[0], [255.0, 0.0, 0.0, 255.0]);
    }
}
