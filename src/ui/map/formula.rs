//! Where a formula lies on the map: a mark with its text, and lines to the nearest words.

use std::sync::Arc;

use egui::{Color32, FontId, Galley, Painter, Pos2, Rect, Shape, Stroke, vec2};

use super::Stage;
use crate::ui::theme::{self, Tones, size};

/// The most characters of a formula that are written on the map.
const LONGEST: usize = 60;

/// Half the width of the mark.
const MARK: f32 = 8.0;

/// A formula's mark, laid out before the words so that none is written over it.
pub struct Mark {
    at: Pos2,
    lines: Vec<Pos2>,
    galley: Arc<Galley>,
    text: Rect,
}

impl Mark {
    /// The mark of the view's formula, if it comes to a point on this map; its place is reserved.
    pub fn lay_out(painter: &Painter, stage: &mut Stage<'_>, tones: &Tones) -> Option<Self> {
        let report = stage.state.chosen().formula?;
        let answer = report.answer()?;
        let at = stage.to_screen(answer.position(stage.cloud)?);
        let nearest = answer.without_inputs.iter();
        let lines = nearest.filter_map(|neighbor| stage.position(neighbor.row)).collect();
        let mut text: String = report.text.chars().take(LONGEST).collect();
        if text.len() < report.text.len() {
            text.push('…');
        }
        let font = FontId::new(size::BODY, theme::semibold());
        let galley = painter.layout_no_wrap(text, font, theme::color(tones.map.counter));
        let beside = at + vec2(MARK + 4.0, -galley.size().y / 2.0);
        let mut text = Rect::from_min_size(beside, galley.size());
        if text.right() > stage.rect.right() - 4.0 {
            text = text.translate(vec2(-galley.size().x - 2.0 * MARK - 8.0, 0.0));
        }
        if stage.rect.contains(at) {
            stage.reserved.push(text.union(Rect::from_center_size(at, vec2(2.0 * MARK, 2.0 * MARK))));
        }
        Some(Self { at, lines, galley, text })
    }

    /// Draws the lines to the nearest words.
    pub fn lines(&self, painter: &Painter, tones: &Tones) {
        let color = theme::color(tones.map.counter);
        for (rank, to) in self.lines.iter().enumerate() {
            let strength = 1.0 - 0.6 * rank as f32 / self.lines.len() as f32;
            painter.line_segment([self.at, *to], Stroke::new(1.6, color.gamma_multiply(0.85 * strength)));
        }
    }

    /// Draws the mark and its text, over everything else.
    pub fn paint(self, painter: &Painter, tones: &Tones) {
        let background = theme::color(tones.map.background);
        let corners = [vec2(0.0, -MARK), vec2(MARK, 0.0), vec2(0.0, MARK), vec2(-MARK, 0.0)];
        let corners = corners.map(|corner| self.at + corner).to_vec();
        let color: Color32 = theme::color(tones.map.counter);
        painter.add(Shape::convex_polygon(corners, color, Stroke::new(2.0, background)));
        painter.rect_filled(self.text.expand2(vec2(3.0, 1.0)), 3.0, background.gamma_multiply(0.85));
        painter.galley(self.text.min, self.galley, color);
    }
}
