//! The density of the points, as it is drawn under them or instead of them.

use serde::{Deserialize, Serialize};

use super::cloud::Cloud;
use super::palette::Palette;
use crate::picture::{Density, Rgba};

/// The shares of the points that the lines hold, from the outermost to the innermost.
pub const SHARES: [f64; 5] = [0.95, 0.8, 0.6, 0.4, 0.2];

/// The least and the greatest smoothing, in hundredths of the map's larger side.
pub const SMOOTHINGS: [f32; 2] = [0.5, 8.0];

/// How opaque points are where no density is drawn.
pub const POINTS_ALONE: f32 = 0.92;

/// Whether the density is drawn, and how.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DensityChoice {
    pub show: bool,
    /// Whether the points lie over it.
    pub points: bool,
    /// How far around itself each point counts: the standard deviation, in hundredths of the map's larger side; as the number
    /// of points suggests where nothing is said.
    pub smoothing: Option<f32>,
}

impl Default for DensityChoice {
    fn default() -> Self {
        Self { show: false, points: true, smoothing: None }
    }
}

impl DensityChoice {
    /// The same choice within its bounds.
    #[must_use]
    pub fn sound(self) -> Self {
        let [least, most] = SMOOTHINGS;
        let smoothing = self.smoothing.filter(|smoothing| smoothing.is_finite());
        Self { smoothing: smoothing.map(|smoothing| smoothing.clamp(least, most)), ..self }
    }

    /// The smoothing for so many points, where nothing else is said: it becomes finer with their sixth root (Scott,
    /// "Multivariate Density Estimation", 1992), half as coarse as that rule has it for one heap, for a map has several.
    #[must_use]
    pub fn smoothing_of(self, points: usize) -> f32 {
        let usual = || 100.0 / 12.0 * (points.max(1) as f32).powf(-1.0 / 6.0);
        let [least, most] = SMOOTHINGS;
        self.smoothing.unwrap_or_else(usual).clamp(least, most)
    }

    /// How opaque points are that nobody chose, once the density is drawn: they step back where it is to be seen through them.
    #[must_use]
    pub fn point_alpha(self) -> f32 {
        match (self.show, self.points) {
            (false, _) => POINTS_ALONE,
            (true, true) => 0.55,
            (true, false) => 0.0,
        }
    }

    /// The density of a map's points.
    #[must_use]
    pub fn of(self, cloud: &Cloud) -> Density {
        Density::of(
            &cloud.points,
            &cloud.bounds,
            f64::from(self.smoothing_of(cloud.points.len())) / 100.0,
            &SHARES,
        )
    }

    /// The color of each level: of the scale's hue where they stand alone; grey under points, which have their own.
    #[must_use]
    pub fn colors(self, palette: &Palette) -> [Rgba; SHARES.len()] {
        if !self.points {
            return palette.scale;
        }
        let grey = |level: usize| palette.background.mixed(palette.quiet, 0.07 * (level + 1) as f32);
        std::array::from_fn(grey)
    }

    /// The color of the lines.
    #[must_use]
    pub fn line_color(self, palette: &Palette) -> Rgba {
        if self.points { palette.text.faded(0.55) } else { palette.quiet.faded(0.35) }
    }
}

/// What the lines mean.
#[must_use]
pub fn explanation(noun: &str) -> String {
    let percent = SHARES.map(|share| format!("{:.0}", share * 100.0));
    let (last, rest) = percent.split_last().map_or(("", &[][..]), |(last, rest)| (last, rest));
    format!("The lines hold {} and {last} % of the {noun}s", rest.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::palette::{PRINT, Theme, of};

    #[test]
    fn the_lines_say_what_they_hold() {
        assert_eq!(explanation("word"), "The lines hold 95, 80, 60, 40 and 20 % of the words");
        assert!(SHARES.is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn levels_go_away_from_the_background_step_by_step() {
        for palette in [of(Theme::Light), of(Theme::Dark), &PRINT] {
            for points in [false, true] {
                let colors = DensityChoice { points, ..DensityChoice::default() }.colors(palette);
                let far = |color: &Rgba| -> u32 {
                    (0..3).map(|i| u32::from(color.0[i].abs_diff(palette.background.0[i]))).sum()
                };
                let steps: Vec<u32> = colors.iter().map(far).collect();
                assert!(steps.is_sorted_by(|a, b| a < b) && steps[0] > 8, "{points} {steps:?}");
            }
        }
    }

    #[test]
    fn what_a_file_asks_for_is_brought_within_bounds() {
        let wild = DensityChoice { smoothing: Some(f32::NAN), ..DensityChoice::default() };
        assert_eq!(wild.sound(), DensityChoice::default());
        assert_eq!(DensityChoice { smoothing: Some(99.0), ..wild }.sound().smoothing, Some(SMOOTHINGS[1]));
        let usual = [1, 200, 10_000, 1_000_000].map(|points| DensityChoice::default().smoothing_of(points));
        assert!(usual.is_sorted_by(|a, b| a > b) && usual[3] < 1.0, "{usual:?}");
    }
}
