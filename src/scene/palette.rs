//! Colors with a meaning: categories and scales, in light and in dark, apart from any window.
//!
//! The twelve category colors keep to a narrow band of lightness within each theme, so that no group shouts, and were
//! searched for so that the first eight, which most maps use, stay apart for people who lack one kind of cone. Each has the
//! same hue in both themes: who switches between them finds the blue group blue. Tests hold the colors to all this. Beyond
//! twelve the smaller categories share grey, for more hues could not be told apart.

use serde::{Deserialize, Serialize};

use crate::picture::Rgba;

/// Light on dark or dark on light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    Light,
    #[default]
    Dark,
}

/// How many categories have a color of their own.
pub const CATEGORIES: usize = 12;

/// How many steps a scale has.
pub const STEPS: usize = 5;

/// The colors of a map in one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    pub background: Rgba,
    /// Words and axes on the map.
    pub text: Rgba,
    /// Axis names and other quiet words.
    pub quiet: Rgba,
    /// The one accent: the chosen word, its lines, the active control.
    pub accent: Rgba,
    /// The second hue of the analogy, told from the accent by lightness too.
    pub counter: Rgba,
    /// Points without a category, and those not selected.
    pub neutral: Rgba,
    pub categories: [Rgba; CATEGORIES],
    /// From little to much, of one hue, evenly away from the background: it reads in gray.
    pub scale: [Rgba; STEPS],
}

impl Palette {
    /// The color of a class of points: of a category, or of a step of the scale, which come after the class without color;
    /// `None` is grey.
    #[must_use]
    pub fn class(&self, class: Option<usize>) -> Rgba {
        let Some(class) = class else { return self.neutral };
        let step = || class.checked_sub(CATEGORIES + 1).and_then(|step| self.scale.get(step));
        self.categories.get(class).or_else(step).copied().unwrap_or(self.neutral)
    }
}

/// The palette of a theme.
#[must_use]
pub const fn of(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Light => &LIGHT,
        Theme::Dark => &DARK,
    }
}

const fn rgb(hex: u32) -> Rgba {
    Rgba([(hex >> 16) as u8, (hex >> 8) as u8, hex as u8, 255])
}

const LIGHT: Palette = Palette {
    background: rgb(0x00FB_FBFC),
    text: rgb(0x001B_1F27),
    quiet: rgb(0x005C_6471),
    accent: rgb(0x000A_66C8),
    counter: rgb(0x00B2_4A00),
    neutral: rgb(0x00B4_BAC4),
    categories: [
        rgb(0x0010_7495),
        rgb(0x009A_453A),
        rgb(0x006E_A802),
        rgb(0x0092_19C4),
        rgb(0x0090_7603),
        rgb(0x00C8_207E),
        rgb(0x001E_A7A2),
        rgb(0x007C_89ED),
        rgb(0x0004_8F4B),
        rgb(0x00F7_2F62),
        rgb(0x0005_78DC),
        rgb(0x0077_5CB7),
    ],
    scale: [rgb(0x009A_D3C4), rgb(0x005F_B7A3), rgb(0x002F_9580), rgb(0x0012_6E5E), rgb(0x0004_443B)],
};

/// The colors for paper: those of the light theme, on white, with letters and grey points in more ink.
pub const PRINT: Palette = Palette {
    background: rgb(0x00FF_FFFF),
    text: rgb(0x0000_0000),
    quiet: rgb(0x0045_4B55),
    accent: rgb(0x0008_57AC),
    counter: rgb(0x009C_4000),
    neutral: rgb(0x009C_A3AE),
    ..LIGHT
};

const DARK: Palette = Palette {
    background: rgb(0x0011_141A),
    text: rgb(0x00E9_ECF2),
    quiet: rgb(0x0097_A1B1),
    accent: rgb(0x0062_B0FF),
    counter: rgb(0x00FF_A861),
    neutral: rgb(0x004A_5261),
    categories: [
        rgb(0x000B_A2C5),
        rgb(0x00EC_5B46),
        rgb(0x0095_DC71),
        rgb(0x00B5_5EFE),
        rgb(0x00D1_A50D),
        rgb(0x00FB_51AC),
        rgb(0x0015_E1E0),
        rgb(0x00A1_B0FF),
        rgb(0x0014_CD86),
        rgb(0x00FC_A7B5),
        rgb(0x005C_9FFE),
        rgb(0x0092_7EE1),
    ],
    scale: [rgb(0x001D_5B50), rgb(0x002A_8573), rgb(0x0045_B09A), rgb(0x0085_D3C1), rgb(0x00D4_F3EA)],
};

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(&str, &Palette); 3] = [("light", &LIGHT), ("dark", &DARK), ("print", &PRINT)];

    /// Linear light of an sRGB color.
    fn linear(color: Rgba) -> [f64; 3] {
        [0, 1, 2].map(|i| {
            let c = f64::from(color.0[i]) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn times(m: [[f64; 3]; 3], v: [f64; 3]) -> [f64; 3] {
        m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
    }

    /// Oklab of linear light (Ottosson, "A perceptual color space for image processing", 2020).
    fn oklab(rgb: [f64; 3]) -> [f64; 3] {
        let lms = times(
            [
                [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
            ],
            rgb,
        )
        .map(f64::cbrt);
        times(
            [
                [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
                [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
                [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
            ],
            lms,
        )
    }

    /// How people without one kind of cone see (Machado, Oliveira and Fernandes 2009, full severity, linear light).
    const WITHOUT_GREEN: [[f64; 3]; 3] = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    const WITHOUT_RED: [[f64; 3]; 3] = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];

    fn least_distance(palette: &Palette, count: usize, sight: [[f64; 3]; 3]) -> f64 {
        let seen: Vec<[f64; 3]> = palette.categories[..count]
            .iter()
            .map(|&color| oklab(times(sight, linear(color)).map(|c| c.clamp(0.0, 1.0))))
            .collect();
        let distance = |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
        let pairs = (0..count).flat_map(|i| (0..i).map(move |j| (i, j)));
        pairs.map(|(i, j)| distance(seen[i], seen[j])).fold(f64::MAX, f64::min)
    }

    #[test]
    fn the_first_eight_categories_stay_apart_for_everyone() {
        const USUAL: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (theme, palette) in ALL {
            for (name, sight, least) in
                [("usual", USUAL, 0.13), ("no green", WITHOUT_GREEN, 0.08), ("no red", WITHOUT_RED, 0.08)]
            {
                let distance = least_distance(palette, 8, sight);
                assert!(distance >= least, "{theme:?}, {name}: the nearest two are {distance:.3} apart");
            }
        }
    }

    #[test]
    fn a_category_has_one_hue_in_both_themes() {
        let hue = |color: Rgba| {
            let [_, a, b] = oklab(linear(color));
            b.atan2(a).to_degrees()
        };
        for (light, dark) in LIGHT.categories.into_iter().zip(DARK.categories) {
            let between = (hue(light) - hue(dark)).rem_euclid(360.0);
            let between = between.min(360.0 - between);
            assert!(between < 10.0, "{light:?} and {dark:?} are {between:.0}° apart");
        }
    }

    #[test]
    fn a_scale_reads_in_gray_and_steps_away_from_the_background() {
        for (theme, palette) in ALL {
            let lightness = |color: Rgba| oklab(linear(color))[0];
            let away = |color: Rgba| (lightness(color) - lightness(palette.background)).abs();
            assert!(away(palette.scale[0]) > 0.15, "{theme:?}: the first step is seen");
            for pair in palette.scale.windows(2) {
                assert!(away(pair[1]) - away(pair[0]) > 0.08, "{theme:?}: {pair:?}");
            }
            assert_eq!(palette.class(Some(CATEGORIES + 1)), palette.scale[0]);
            assert_eq!(
                (palette.class(Some(3)), palette.class(None)),
                (palette.categories[3], palette.neutral)
            );
        }
    }

    #[test]
    fn no_category_shouts_and_all_text_can_be_read() {
        for (theme, palette) in ALL {
            let lightness = palette.categories.map(|color| oklab(linear(color))[0]);
            let (least, most) = lightness.iter().fold((1.0_f64, 0.0_f64), |(a, b), &l| (a.min(l), b.max(l)));
            assert!(most - least < 0.18, "{theme:?}: lightness from {least:.2} to {most:.2}");
            let luminance = |color: Rgba| {
                let [r, g, b] = linear(color);
                0.2126 * r + 0.7152 * g + 0.0722 * b
            };
            let contrast = |a: Rgba, b: Rgba| {
                let (a, b) = (luminance(a), luminance(b));
                (a.max(b) + 0.05) / (a.min(b) + 0.05)
            };
            // The Web Content Accessibility Guidelines 2.2 ask 4.5 of text and 3 of graphics.
            assert!(contrast(palette.text, palette.background) > 7.0);
            assert!(contrast(palette.quiet, palette.background) > 4.5);
            assert!(contrast(palette.accent, palette.background) > 4.5);
            for color in palette.categories {
                assert!(contrast(color, palette.background) > 2.4, "{theme:?} {color:?}");
            }
        }
    }
}
