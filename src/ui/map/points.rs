//! The points as a picture, drawn anew only when something that it shows has changed.

use std::sync::Arc;

use egui::{Painter, TextureOptions};

use super::sheet::Sheet;
use super::{Stage, at_hand, density};
use crate::picture::{Camera, Paint, Raster};
use crate::scene::cloud::Cloud;
use crate::scene::coloring::Coloring;
use crate::scene::density::POINTS_ALONE;
use crate::scene::drawing;
use crate::scene::formula::FormulaReport;
use crate::scene::palette::{self, Theme};
use crate::scene::relation::RelationReport;
use crate::scene::view::Selection;
use crate::scene::words::{AnalogyReport, NearestWords};
use crate::ui::widgets::Same;

/// The picture of the points and what it is drawn with.
#[derive(Default)]
pub struct Points {
    raster: Raster,
    sheet: Sheet<DrawnKey>,
    paint: Option<(PaintKey, Paint)>,
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
    diameter: f32,
    alpha: f32,
    theme: Theme,
}

impl Points {
    /// Draws the points where they are not drawn yet, and shows them.
    pub fn paint(&mut self, painter: &Painter, stage: &Stage<'_>) {
        let scale = painter.pixels_per_point();
        let size = [stage.rect.width() * scale, stage.rect.height() * scale]
            .map(|side| side.round().max(1.0) as usize);
        let map = &stage.state.view().map;
        let key = DrawnKey {
            paint: paint_key(stage),
            camera: stage.camera,
            size,
            diameter: map.point_size,
            alpha: density::wanted(stage).map_or(POINTS_ALONE, |_| map.density.point_alpha()),
            theme: stage.state.settings().theme,
        };
        let Self { raster, sheet, paint } = self;
        sheet.draw(painter, key, TextureOptions::NEAREST, |key, image| {
            if paint.as_ref().is_none_or(|(known, _)| *known != key.paint) {
                let (chosen, cloud, coloring) = (stage.state.chosen(), stage.cloud, coloring(stage));
                *paint = Some((key.paint.clone(), at_hand(|| chosen.paint(cloud, coloring))));
            }
            let Some((_, paint)) = paint else { return };
            let palette = palette::of(key.theme);
            let colors = drawing::class_colors(palette);
            let style = drawing::style(palette, &colors, key.diameter, key.alpha, scale);
            let camera = Camera { scale: key.camera.scale * f64::from(scale), ..key.camera };
            at_hand(|| raster.draw(&stage.cloud.points, paint, &camera, key.size, &style, image));
        });
        sheet.show(painter, stage.rect.min, scale);
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
