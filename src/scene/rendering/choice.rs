//! How a picture of the map is made, as a person chooses it.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::USUAL_SIZE;
use crate::scene::palette::{self, Palette, Theme};

/// The colors of a picture: as on a screen, or for white paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    Light,
    Dark,
    Print,
}

impl Look {
    /// Its colors.
    #[must_use]
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => palette::of(Theme::Light),
            Self::Dark => palette::of(Theme::Dark),
            Self::Print => &palette::PRINT,
        }
    }
}

/// How many pixels a picture has; a drawing has their shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureSize {
    #[default]
    Usual,
    Square,
    FourK,
    EightK,
}

impl PictureSize {
    /// Every size with its name, in the order in which they are offered.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Usual, "1600 × 1000"),
        (Self::Square, "2000 × 2000"),
        (Self::FourK, "4K · 3840 × 2160"),
        (Self::EightK, "8K · 7680 × 4320"),
    ];

    /// Width and height in pixels, and how many times larger letters, lines and points are than usual.
    #[must_use]
    pub fn pixels(self) -> ([u32; 2], f32) {
        match self {
            Self::Usual => (USUAL_SIZE, 1.0),
            Self::Square => ([2_000, 2_000], 1.6),
            Self::FourK => ([3_840, 2_160], 2.0),
            Self::EightK => ([7_680, 4_320], 4.0),
        }
    }
}

/// How a picture is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PictureChoice {
    pub size: PictureSize,
    /// The colors; those of the window where nothing else is chosen.
    pub look: Option<Look>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_pixels() {
        for (size, name) in PictureSize::ALL {
            let [width, height] = size.pixels().0;
            assert!(name.ends_with(&format!("{width} × {height}")), "{name}");
        }
    }
}
