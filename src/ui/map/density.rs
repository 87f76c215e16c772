//! The density of the points: its levels as a picture under everything, and their lines.

use std::sync::Arc;

use egui::{Painter, Rect, Shape, Stroke, TextureOptions};

use super::sheet::Sheet;
use super::{Stage, at_hand};
use crate::picture::{Camera, Density};
use crate::scene::density::DensityChoice;
use crate::scene::palette::{self, Theme};
use crate::ui::theme;
use crate::ui::widgets::Same;

/// Pixels of the screen to each of the picture's, a side: its edges lie under lines, and half as many are enough.
const COARSENESS: f32 = 2.0;

/// The picture of the levels.
#[derive(Default)]
pub struct Levels {
    sheet: Sheet<DrawnKey>,
}

/// What the picture follows from.
#[derive(PartialEq)]
struct DrawnKey {
    density: Same<Density>,
    camera: Camera,
    size: [usize; 2],
    choice: DensityChoice,
    theme: Theme,
}

impl Levels {
    /// Draws the levels, where the density of this very map is wanted and known.
    pub fn paint(&mut self, painter: &Painter, stage: &Stage<'_>) {
        let Some(density) = wanted(stage) else {
            *self = Self::default();
            return;
        };
        let scale = painter.pixels_per_point() / COARSENESS;
        let size =
            [stage.rect.width(), stage.rect.height()].map(|side| (side * scale).ceil().max(1.0) as usize);
        let key = DrawnKey {
            density: Same(Arc::clone(density)),
            camera: stage.camera,
            size,
            choice: stage.state.view().map.density,
            theme: stage.state.settings().theme,
        };
        self.sheet.draw(painter, key, TextureOptions::LINEAR, |key, image| {
            // The picture may be a part of a pixel larger than the map; its middle is not the map's then.
            let beyond = [0, 1].map(|i| f64::from(size[i] as f32 / scale - stage.rect.size()[i]) / 2.0);
            let center = [
                key.camera.center[0] + beyond[0] / key.camera.scale,
                key.camera.center[1] - beyond[1] / key.camera.scale,
            ];
            let camera = Camera { center, scale: key.camera.scale * f64::from(scale) };
            let colors = key.choice.colors(palette::of(key.theme));
            at_hand(|| density.paint(&camera, size, &colors, image));
        });
        self.sheet.show(painter, stage.rect.min, scale);
    }
}

/// Draws the lines around the levels, over the points.
pub fn lines(painter: &Painter, stage: &Stage<'_>) {
    let Some(density) = wanted(stage) else { return };
    let palette = palette::of(stage.state.settings().theme);
    let choice = stage.state.view().map.density;
    let stroke = Stroke::new(1.0, theme::color(choice.line_color(palette)));
    let seen = stage.rect.expand(2.0);
    for line in density.levels().iter().flat_map(|level| &level.contours) {
        let points: Vec<egui::Pos2> = line.0.iter().map(|&point| stage.to_screen(point)).collect();
        if Rect::from_points(&points).intersects(seen) {
            painter.add(Shape::closed_line(points, stroke));
        }
    }
}

/// The density of the points that are drawn, if it is to be seen. While they are on their way they have none.
pub fn wanted<'a>(stage: &Stage<'a>) -> Option<&'a Arc<Density>> {
    let derived = stage.state.derived();
    let at_rest = derived.cloud().is_some_and(|cloud| Arc::ptr_eq(cloud, stage.cloud));
    derived.density(stage.state.view()).filter(|_| at_rest)
}
