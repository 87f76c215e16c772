//! Words on the map: the chosen ones first, then by frequency, none over another.

use std::mem::{self, Discriminant};
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Vec2, pos2, vec2};

use super::{Stage, viewport};
use crate::geometry::projection::{Layout, Method};
use crate::picture::{Candidate, LabelLimits, LabelPlacer, Rect as Reserved, Side};
use crate::scene::view::DocumentId;
use crate::ui::theme::{self, Tones, size};

/// How many words in view compete for a label.
const CANDIDATES: usize = 1_500;

/// The space above and below the letters of a line of text, in which two words may meet.
const LEADING: f32 = 2.0;

/// So few words are all written where there is room.
const FEW: usize = 400;

/// Places labels, and remembers where they were so that they do not jump.
#[derive(Default)]
pub struct Labels {
    placer: LabelPlacer,
    /// The map that the remembered places belong to. While its points are on their way it stays the same.
    map: Option<(DocumentId, Method, [usize; 2], Discriminant<Layout>)>,
}

impl Labels {
    /// Writes the words. Gives the rectangles that they take.
    pub fn paint(&mut self, painter: &Painter, stage: &Stage<'_>, tones: &Tones) -> Vec<Rect> {
        let Some(names) = stage.state.names() else { return Vec::new() };
        let cloud = stage.cloud;
        let layout = mem::discriminant(&cloud.layout);
        let map = Some((stage.state.view().document, cloud.projection.method, cloud.axes, layout));
        if self.map != map {
            self.map = map;
            self.placer.forget();
        }
        let choice = stage.state.view().map.labels;
        let greyed = stage.state.chosen().dims_others();
        let selection = &stage.state.view().map.selection;
        let mut chosen = stage.state.chosen().forced();
        chosen.extend(stage.hovered.filter(|row| !chosen.contains(row)));
        let mut candidates: Vec<Candidate> =
            chosen.iter().filter_map(|row| candidate(stage, *row, true)).collect();
        if choice.show {
            let visible = stage.camera.visible(viewport(stage.rect));
            let mut rows = stage.cloud.points.first_rows_in(&visible, CANDIDATES);
            // Of many that are selected not all can be forced; those that find room come before the others.
            rows.sort_by_key(|&row| !selection.contains(row));
            let rest = rows.into_iter().filter(|row| !chosen.contains(row));
            candidates.extend(rest.filter_map(|row| candidate(stage, row, false)));
        }
        let font = |forced: bool| FontId::proportional(if forced { choice.size + 1.0 } else { choice.size });
        let word = |row: u32| names.shown(row);
        // In a crowd only some words are written; those that step back behind a choice leave it more room still.
        let room = match (candidates.len() <= FEW, greyed) {
            (true, _) => 500.0,
            (false, false) => 5_000.0,
            (false, true) => 30_000.0,
        };
        let area = f64::from(stage.rect.area());
        let limits = LabelLimits { labels: (area / room) as usize + chosen.len(), ..LabelLimits::default() };
        let reserved: Vec<_> = stage
            .reserved
            .iter()
            .map(|rect| rect.translate(-stage.rect.min.to_vec2()))
            .map(|rect| Reserved { min: rect.min.into(), max: rect.max.into() })
            .collect();
        let measure = |row: u32| {
            let size = painter.layout_no_wrap(word(row), font(true), Color32::WHITE).size();
            [size.x, size.y - 2.0 * LEADING]
        };
        let placed = self.placer.place(viewport(stage.rect), &reserved, &candidates, &limits, measure);
        let mut taken = Vec::with_capacity(placed.len());
        for label in placed {
            let color = match (label.forced || selection.contains(label.id), greyed) {
                // In space what is far is hazy.
                (false, false) if cloud.depth(label.id as usize) > 1 => tones.quiet.gamma_multiply(0.8),
                (true, _) | (false, false) => tones.text,
                (false, true) => tones.quiet.gamma_multiply(0.55),
            };
            let [min, max] =
                [label.rect.min, label.rect.max].map(|corner| stage.rect.min + Vec2::from(corner));
            let place = Rect::from_min_max(min, max);
            let (at, align) = anchor(place, label.side);
            let ground = theme::color(tones.map.background);
            with_halo(painter, at, align, &word(label.id), font(label.forced), color, ground);
            taken.push(place);
        }
        taken
    }
}

/// Where a word is anchored in its place, and by which of its sides: at the point that it belongs to.
fn anchor(place: Rect, side: Side) -> (Pos2, Align2) {
    let top = place.top() - LEADING;
    match side {
        Side::Left | Side::AboveLeft | Side::BelowLeft => (pos2(place.right(), top), Align2::RIGHT_TOP),
        Side::Above | Side::Below => (pos2(place.center().x, top), Align2::CENTER_TOP),
        Side::Right | Side::AboveRight | Side::BelowRight => (pos2(place.left(), top), Align2::LEFT_TOP),
    }
}

fn candidate(stage: &Stage<'_>, row: u32, forced: bool) -> Option<Candidate> {
    let at = stage.position(row)? - stage.rect.min;
    let radius = stage.state.view().map.point_size / 2.0 + if forced { 1.5 } else { 0.0 };
    Some(Candidate { id: row, at: [at.x, at.y], radius, forced })
}

/// Text with a halo in the background's color, so that it is read over points and lines.
fn with_halo(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: FontId,
    color: Color32,
    halo: Color32,
) {
    let small = font.size <= size::SMALL;
    let galley = painter.layout_no_wrap(text.to_owned(), font, color);
    let corner = align.anchor_size(at, galley.size()).min;
    let corner = pos2(corner.x.round(), corner.y.round());
    let halo = halo.gamma_multiply(if small { 0.8 } else { 0.92 });
    self::halo(painter, corner, &galley, halo, 1.4);
    painter.galley(corner, galley, color);
}

/// The halo of a text whose upper left corner is at `corner`.
pub fn halo(painter: &Painter, corner: Pos2, galley: &Arc<Galley>, color: Color32, reach: f32) {
    // Slantwise, which reaches around every stroke; each one more is drawn for every word of every frame.
    const AROUND: [Vec2; 4] = [vec2(-1.0, -1.0), vec2(-1.0, 1.0), vec2(1.0, -1.0), vec2(1.0, 1.0)];
    for step in AROUND {
        painter.galley_with_override_text_color(corner + reach * step, Arc::clone(galley), color);
    }
}
