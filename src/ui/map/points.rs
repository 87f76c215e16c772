//! The points as a picture, drawn anew only when something that it shows has changed.

use std::sync::Arc;

use egui::{ColorImage, Painter, Rect, TextureHandle, TextureOptions, pos2};

use super::{Stage, at_hand};
use crate::picture::{Camera, Image, Paint, Raster};
use crate::scene::cloud::Cloud;
use crate::scene::coloring::Coloring;
use crate::scene::density::DensityChoice;
use crate::scene::drawing;
use crate::scene::formula::FormulaReport;
use crate::scene::palette::{self, Theme};
use crate::scene::relation::RelationReport;
use crate::scene::view::Selection;
use crate::scene::words::{AnalogyReport, NearestWords};
use crate::ui::widgets::Same;

/// The picture of the points and what it was drawn from.
#[derive(Default)]
pub struct Points {
    raster: Raster,
    image: Image,
    texture: Option<TextureHandle>,
    paint: Option<(PaintKey, Paint)>,
    drawn: Option<DrawnKey>,
}

/// What the color and state of each point follow from.
#[derive(PartialEq, Clone)]
struct PaintKey {
    cloud: Same<Cloud>,
    coloring: Option<Same<Coloring>>,
    selection: Selection,
    neighbors: Option<Same<Vec<NearestWords>>>,
    analogy: Option<Same<AnalogyReport>>,
    formula: Option<Same<FormulaReport>>,
    relation: Option<Same<RelationReport>>,
    colors_tell: bool,
}

/// What the picture follows from.
#[derive(PartialEq)]
struct DrawnKey {
    paint: PaintKey,
    camera: Camera,
    size: [usize; 2],
    point_size: f32,
    density: DensityChoice,
    theme: Theme,
}

impl Points {
    /// Draws the points where they are not drawn yet, and shows them.
    pub fn paint(&mut self, painter: &Painter, stage: &Stage<'_>) {
        let scale = painter.pixels_per_point();
        let size = [stage.rect.width() * scale, stage.rect.height() * scale]
            .map(|side| side.round().max(1.0) as usize);
        let key = DrawnKey {
            paint: paint_key(stage),
            camera: stage.camera,
            size,
            point_size: stage.state.view().map.point_size,
            density: stage.state.view().map.density,
            theme: stage.state.settings().theme,
        };
        if self.drawn.as_ref() != Some(&key) {
            self.draw(stage, &key, scale);
            let pixels = ColorImage::from_rgba_premultiplied(size, self.image.bytes());
            match &mut self.texture {
                Some(texture) => texture.set(pixels, TextureOptions::NEAREST),
                None => {
                    let texture = painter.ctx().load_texture("points", pixels, TextureOptions::NEAREST);
                    self.texture = Some(texture);
                }
            }
            self.drawn = Some(key);
        }
        if let Some(texture) = &self.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let size = egui::vec2(size[0] as f32, size[1] as f32) / scale;
            let rect = Rect::from_min_size(stage.rect.min, size);
            painter.image(texture.id(), rect, whole, egui::Color32::WHITE);
        }
    }

    fn draw(&mut self, stage: &Stage<'_>, key: &DrawnKey, scale: f32) {
        if self.paint.as_ref().is_none_or(|(known, _)| *known != key.paint) {
            let (chosen, cloud, coloring) = (stage.chosen(), stage.cloud, coloring(stage));
            self.paint = Some((key.paint.clone(), at_hand(|| chosen.paint(cloud, coloring))));
        }
        let Some((_, paint)) = &self.paint else { return };
        let palette = palette::of(key.theme);
        let colors = drawing::class_colors(palette);
        let style = drawing::style(palette, &colors, &stage.state.view().map, scale);
        let camera = Camera { scale: key.camera.scale * f64::from(scale), ..key.camera };
        let (points, raster, image) = (&stage.cloud.points, &mut self.raster, &mut self.image);
        at_hand(|| raster.draw(points, paint, &camera, key.size, &style, image));
    }
}

fn paint_key(stage: &Stage<'_>) -> PaintKey {
    let (view, derived) = (stage.state.view(), stage.state.derived());
    PaintKey {
        cloud: Same(Arc::clone(stage.cloud)),
        coloring: derived.coloring(view.document).cloned().map(Same),
        selection: view.map.selection.clone(),
        neighbors: derived.neighbors(view.document).cloned().map(Same),
        analogy: derived.analogy(view.document).cloned().map(Same),
        formula: derived.questions().formula(view.document).cloned().map(Same),
        relation: derived.questions().relation(view).cloned().map(Same),
        colors_tell: drawing::colors_tell(&view.map),
    }
}

fn coloring<'a>(stage: &Stage<'a>) -> Option<&'a Coloring> {
    stage.state.derived().coloring(stage.state.view().document).map(AsRef::as_ref)
}
