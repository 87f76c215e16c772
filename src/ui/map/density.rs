//! The density of the points: its levels as a picture under everything, and their lines.

use std::sync::Arc;

use egui::{ColorImage, Painter, Rect, Shape, Stroke, TextureHandle, TextureOptions, pos2};

use super::{Stage, at_hand};
use crate::picture::{Camera, Density, Image};
use crate::scene::density::DensityChoice;
use crate::scene::palette::{self, Theme};
use crate::ui::theme;
use crate::ui::widgets::Same;

/// Pixels of the picture to each of the screen's, a side: its edges lie under lines, and half as many are enough.
const COARSENESS: f32 = 2.0;

/// The picture of the levels, drawn anew only when something that it shows has changed.
#[derive(Default)]
pub struct Levels {
    image: Image,
    texture: Option<TextureHandle>,
    drawn: Option<DrawnKey>,
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
        match wanted(stage) {
            Some(density) => self.fill(painter, stage, density, stage.state.view().map.density),
            None => (self.texture, self.drawn) = (None, None),
        }
    }

    fn fill(&mut self, painter: &Painter, stage: &Stage<'_>, density: &Arc<Density>, choice: DensityChoice) {
        let scale = painter.pixels_per_point() / COARSENESS;
        let size =
            [stage.rect.width(), stage.rect.height()].map(|side| (side * scale).ceil().max(1.0) as usize);
        let theme = stage.state.settings().theme;
        let key = DrawnKey { density: Same(Arc::clone(density)), camera: stage.camera, size, choice, theme };
        if self.drawn.as_ref() != Some(&key) {
            // The picture may be a part of a pixel larger than the map; its middle is not the map's then.
            let beyond = [0, 1].map(|i| f64::from(size[i] as f32 / scale - stage.rect.size()[i]) / 2.0);
            let center = [
                stage.camera.center[0] + beyond[0] / stage.camera.scale,
                stage.camera.center[1] - beyond[1] / stage.camera.scale,
            ];
            let camera = Camera { center, scale: stage.camera.scale * f64::from(scale) };
            let colors = choice.colors(palette::of(theme));
            let image = &mut self.image;
            at_hand(|| density.paint(&camera, size, &colors, image));
            let pixels = ColorImage::from_rgba_premultiplied(size, self.image.bytes());
            match &mut self.texture {
                Some(texture) => texture.set(pixels, TextureOptions::LINEAR),
                None => {
                    self.texture =
                        Some(painter.ctx().load_texture("density", pixels, TextureOptions::LINEAR));
                }
            }
            self.drawn = Some(key);
        }
        if let Some(texture) = &self.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let rect =
                Rect::from_min_size(stage.rect.min, egui::vec2(size[0] as f32, size[1] as f32) / scale);
            painter.image(texture.id(), rect, whole, egui::Color32::WHITE);
        }
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
fn wanted<'a>(stage: &Stage<'a>) -> Option<&'a Arc<Density>> {
    let derived = stage.state.derived();
    let at_rest = derived.cloud().is_some_and(|cloud| Arc::ptr_eq(cloud, stage.cloud));
    derived.density(stage.state.view()).filter(|_| at_rest)
}
