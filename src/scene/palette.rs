//! Colors with a meaning: categories and scales, in light and in dark, apart from any window.
//!
//! The twelve category hues keep an even lightness within each theme, so that no group shouts, and are ordered so that
//! the first eight, which most maps use, stay apart for people who see few colors; a test simulates that. Beyond twelve the
//! smaller categories share grey, for more hues could not be told apart.

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
        rgb(0x002F_78C4),
        rgb(0x00D0_7A00),
        rgb(0x0000_8F6B),
        rgb(0x00B8_4A93),
        rgb(0x0029_9BC9),
        rgb(0x00C2_4A33),
        rgb(0x009A_8500),
        rgb(0x0073_59C9),
        rgb(0x0082_6A4F),
        rgb(0x0059_8A2E),
        rgb(0x00D0_6A86),
        rgb(0x0054_7A8C),
    ],
};

const DARK: Palette = Palette {
    background: rgb(0x0011_141A),
    text: rgb(0x00E9_ECF2),
    quiet: rgb(0x0097_A1B1),
    accent: rgb(0x0062_B0FF),
    counter: rgb(0x00FF_A861),
    neutral: rgb(0x004A_5261),
    categories: [
        rgb(0x005B_A3F0),
        rgb(0x00F0_A23C),
        rgb(0x0036_C296),
        rgb(0x00E0_7ABF),
        rgb(0x0064_CDF2),
        rgb(0x00EE_7A62),
        rgb(0x00D2_BC3E),
        rgb(0x00A6_8CF2),
        rgb(0x00BF_A083),
        rgb(0x0094_C961),
        rgb(0x00FF_A6BC),
        rgb(0x0091_B6C9),
    ],
};
